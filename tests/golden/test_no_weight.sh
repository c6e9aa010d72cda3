#!/bin/sh
# test_no_weight.sh -- there is no default weight: a month without register or strata, a unit without weight, and a weight that is not the inverse of the drawn
# rate each stop `run` before anything is released.
set -u
cd "$(dirname "$0")/../.." || exit 70
root=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
PATH=$BUILD:$BUILD/tests/demo:$PATH
SHIRABE_FORMS=$root/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-02-20T00:00:00Z
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 70
printf 'no weight is ever supposed\n' >passphrase
SHIRABE_PASSPHRASE_FILE=$here/passphrase
export PATH SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
passed=0 failed=0
generate --small sent >/dev/null
shirabe office init --office new --type ministry --code 00 --name 本省 --profile light >out 2>&1 || { cat out; echo 'no weight: 0 passed, 1 failed'; exit 1; }
for file in sent/mls/establishment-*-2025-12.csv; do shirabe intake file "$file" --form mls/establishment --period 2025-12 --office new >/dev/null 2>&1; done
take() { shirabe intake file "$2" --form "mls/$1" --period 2025-12 --office office >out 2>&1 || { failed=$((failed + 1)); printf 'failed: %s is not taken in\n' "$1"; tail -n 3 out; }; }
# what, exit status, pattern of the message; the office is made by the functions above
stops() {
  shirabe run mls 2025-12 --out release --office office >out 2>&1; got=$?
  if [ "$got" = "$2" ] && grep -qE "$3" out && [ ! -e release ]; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'failed: %s (exit %s instead of %s)\n' "$1" "$got" "$2"; tail -n 4 out; fi
  rm -rf release
}
fresh() { rm -rf office; cp -R new office; }
without() { # column, file: the column's first value is emptied
  awk -F, -v OFS=, -v name="$1" 'FNR == 1 { for (i = 1; i <= NF; i++) { h = $i; gsub(/"/, "", h); if (h == name) k = i } } FNR == 2 { $k = "" } {print} END { exit !k }' "$2"
}
fresh; stops 'a month without register and strata' 65 'E6002|E6001'
fresh; take register sent/mls/register-2025-12.csv; take cell sent/mls/cell-2025-12.csv; stops 'a month without strata' 65 'E600[0-9]|no stratum'
fresh; take cell sent/mls/cell-2025-12.csv; take stratum sent/mls/stratum-2025-12.csv; stops 'a month without register' 65 'E6002|E6001'
heading=$(head -n 1 sent/mls/register-2025-12.csv | tr -d '"\r' | tr ',' '\n' | grep -nE 'weight_num|分子' | cut -d: -f2 | head -n 1)
without "$heading" sent/mls/register-2025-12.csv >register.csv
fresh; take register register.csv; take cell sent/mls/cell-2025-12.csv; take stratum sent/mls/stratum-2025-12.csv; stops 'a unit without weight' 65 'E6001|weight'
without "$heading" sent/mls/register-2025-12.csv | awk -F, -v OFS=, 'FNR == NR && FNR == 2 { for (i = 1; i <= NF; i++) if ($i == "") { $i = 2; break } } {print}' >register.csv
fresh; take register register.csv; take cell sent/mls/cell-2025-12.csv; take stratum sent/mls/stratum-2025-12.csv; stops 'a weight that departs from the drawn rate' 78 'E60[0-9]+'
fresh; take register sent/mls/register-2025-12.csv; take cell sent/mls/cell-2025-12.csv; take stratum sent/mls/stratum-2025-12.csv
shirabe run mls 2025-12 --out release --office office >out 2>&1; got=$?
if [ "$got" -le 1 ] && [ -d release ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: the whole month runs (exit %s)\n' "$got"; tail -n 4 out; fi
printf 'no weight: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
