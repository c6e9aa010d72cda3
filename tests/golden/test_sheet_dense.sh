#!/bin/sh
# test_sheet_dense.sh -- a workbook of few bytes and many rows: the bytes of a packed sheet say nothing about how many records it unpacks to. Twenty
# thousand slips that differ in their number alone are about eleven bytes a row; all are taken in, typed as the CSV they were made from.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_OFFICE=$work/office SHIRABE_PASSPHRASE_FILE=$work/pass SHIRABE_CLOCK=2026-01-10T00:00:00Z
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_CLOCK
printf 'a passphrase of the tests\n' >"$work/pass"
chmod 600 "$work/pass"
. ./tests/golden/bad_input_csv.sh
. ./tests/golden/bad_input_xlsx.sh
rows=20000 passed=0 failed=0
check() {
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  printf 'FAILED: %s\n  expected %s\n  found    %s\n' "$1" "$2" "$3"
}
counts() { "$program" intake check --json 2>/dev/null | sed 's/.*"rows":\([0-9]*\),"accepted":\([0-9]*\),"rejected":\([0-9]*\),"duplicate":\([0-9]*\).*/\1 \2 \3 \4/'; }

{ header; slip_number NUMBER | awk -v n="$rows" '{ for (i = 1; i <= n; i++) { row = $0; sub("NUMBER", i, row); print row } }'; } >"$work/slips.csv"
xlsx_of dense <"$work/slips.csv" >"$work/slips.xlsx"
bytes=$(wc -c <"$work/slips.xlsx")
check "the workbook has fewer bytes than cells" yes "$([ "$bytes" -lt $((rows * 39 / 2)) ] && echo yes || echo "no: $bytes bytes")"
for file in slips.csv slips.xlsx; do
  rm -rf "$work/office"
  "$program" office init --type municipality --code 011002 --name 札幌市 --profile light >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  "$program" intake file "$work/$file" --form vital/birth --period 2025-12 >"$work/$file.out" 2>>"$work/log"
  check "$file is taken in" 0 "$?"
  check "$file: rows accepted rejected duplicate" "$rows $rows 0 0" "$(counts)"
done
check "the same cells" "$(grep -E 'typed|blank|problem' "$work/slips.csv.out")" "$(grep -E 'typed|blank|problem' "$work/slips.xlsx.out")"
printf 'dense workbook: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
