#!/bin/sh
# test_intake_long_text.sh -- remarks of 700,000 characters in every record: more text than one segment holds is sealed in several row groups, not refused.
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
python3 -c '
import csv, random
texts = random.Random(7)
items = [r for r in csv.DictReader(open("forms/library/mls/establishment/2018/items.csv", encoding="utf-8")) if r["record"] == "establishment" and r["origin"] == "reported"]
names = [r["name"] for r in items if r["name"] != "minimum_wage"]
print(",".join(names))
for row in range(40):
    cell = {"prefecture": "13", "establishment_no": str(10000 + row), "remarks": texts.randbytes(350000).hex()}
    print(",".join(cell.get(n, "") for n in names))
' >"$work/long.csv"
"$program" office init --type ministry --code 000001 --name 厚生労働省 --profile light --office "$work/top" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$program" office init --type prefecture --code 130001 --name 東京都 --parent "$work/top/office.json" --profile light >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$program" office key "$work/office/office.json" --office "$work/top" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$program" intake file "$work/long.csv" --form mls/establishment --period 2025-12 >"$work/out" 2>&1
status=$?
accepted=$(sed -n 's/^= accepted *\([0-9]*\).*/\1/p' "$work/out")
verified=$("$program" store verify 2>/dev/null | grep -c 'problems: 0')
# What an office takes in, the office above can receive.
"$program" batch seal mls 2025-12 --declared establishment=40 --out "$work/usb" >"$work/sealed" 2>&1
"$program" batch receive --large --from "$work/usb" --receipts "$work/receipts" --office "$work/top" >"$work/received" 2>&1
received=$(grep -c '^  40 records' "$work/received")
above=$("$program" store verify --office "$work/top" 2>/dev/null | grep -c 'problems: 0')
if [ "$received" = 1 ] && [ "$above" = 1 ] && [ "$status" -le 1 ] && [ "$accepted" = 40 ] && [ "$verified" = 1 ]; then
  echo "long texts: 1 passed, 0 failed"
else
  cut -c1-200 "$work/out" "$work/sealed" "$work/received"
  echo "long texts: 0 passed, 1 failed (exit $status, accepted '$accepted', verified $verified)"
  exit 1
fi
