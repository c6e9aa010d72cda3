#!/bin/sh
# test_stale.sh -- figures are never made from a month that was processed before its last batch came in.
set -u
cd "$(dirname "$0")/../.." || exit 70
root=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
PATH=$BUILD:$BUILD/tests/demo:$PATH
SHIRABE_FORMS=$root/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z
export PATH SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 70
passed=0 failed=0
expect() { # what, exit status, command...
  what=$1 want=$2; shift 2
  "$@" >out 2>&1; got=$?
  if [ "$got" = "$want" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s (exit %s instead of %s)\n' "$what" "$got" "$want"; tail -n 5 out; fi
}
printf 'stale months are not tabulated\n' >passphrase
SHIRABE_PASSPHRASE_FILE=$here/passphrase
export SHIRABE_PASSPHRASE_FILE
generate --small sent >/dev/null
expect 'a prefecture' 0 shirabe office init --office prefecture --type prefecture --code 010006 --name 北海道 --profile light
expect 'a city' 0 shirabe office init --office city --type municipality --code 012025 --name 函館市 --parent prefecture/office.json --profile light
expect 'its card' 0 shirabe office key city/office.json --office prefecture
expect 'births come in, with problems' 1 shirabe intake file sent/vital/012025-birth.csv --form vital/birth --period 2026-01 --office city
expect 'births are sealed' 0 shirabe batch seal vital 2026-01 --declared birth=40 --declared death=0 --out usb --office city
expect 'the month runs, one table withheld' 1 shirabe run vital 2026-01 --from usb --out release --office prefecture
expect 'births can be tabulated' 0 shirabe estimate table vital 2026-01 births_prefecture_sex --office prefecture
expect 'another city' 0 shirabe office init --office late --type municipality --code 012033 --name 小樽市 --parent prefecture/office.json --profile light
expect 'its card too' 0 shirabe office key late/office.json --office prefecture
shirabe intake file sent/vital/012033-birth.csv --form vital/birth --period 2026-01 --office late --json >taken 2>/dev/null
declared=$(tr ',' '\n' <taken | awk -F: '/"accepted"/ {a = $2} /"rejected"/ {r = $2} END {print a + r}')
expect 'its births are sealed' 0 shirabe batch seal vital 2026-01 --declared "birth=$declared" --declared death=0 --out usb --office late
expect 'the second batch arrives' 0 shirabe batch receive --from usb --office prefecture
expect 'the births are stale until they are processed' 65 shirabe estimate table vital 2026-01 births_prefecture_sex --office prefecture
grep -q 'E6063' out && passed=$((passed + 1)) || { failed=$((failed + 1)); printf 'failed: the refusal is E6063\n'; tail -n 3 out; }
expect 'a second edition wants its reason' 64 shirabe run vital 2026-01 --out release --office prefecture
expect 'processed again' 1 shirabe run vital 2026-01 --out release --reason 'a late city' --office prefecture
expect 'births can be tabulated again' 0 shirabe estimate table vital 2026-01 births_prefecture_sex --office prefecture
printf 'stale: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
