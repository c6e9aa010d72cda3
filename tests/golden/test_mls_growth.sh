#!/bin/sh
# test_mls_growth.sh -- `estimate growth` over two months of the generator: nothing changed, pay that changed, a sample that changed; the parts add up.
# Ends with `mls growth: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
PATH=$BUILD:$BUILD/tests/demo:$PATH SHIRABE_CLOCK=2026-02-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$here/passphrase
export PATH SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
cd "$here" || exit 70
printf 'two months of one survey\n' >passphrase
check() { what=$1; shift; if "$@" >said 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; tail -n 6 said out err; fi; }
growth() { want=$1 office=$2; shift 2; shirabe estimate growth mls 2025-12 2025-11 --stage received --office "$office" "$@" >out 2>err; got=$?; [ "$got" -eq "$want" ] || { echo "exit $got"; false; }; }
# what must hold of the JSON: a Python expression over the line `t` of all sizes; in every line the parts add up and growth is that of the averages
holds() {
  python3 -c '
import json, sys
rows = json.load(open("out"))
for r in rows:
    assert abs(r["pay"] + r["panel"] + r["composition"] + r.get("benchmark", 0) - r["change"]) < 1e-6 * r["now"], r
    assert abs(r["growth"] - 100 * (r["now"] / r["before"] - 1)) < 1e-9, r
t = [r for r in rows if r["size"] == "T"][0]
assert eval(sys.argv[1]), t' "$1"
}
generate --small sent >/dev/null
shirabe office init --office empty --type ministry --code 00 --name 本省 --profile light >out 2>&1 || { cat out; echo 'mls growth: 0 passed, 1 failed'; exit 1; }
take() { shirabe intake file "$3" --form "mls/$2" --period "$4" --office "$1" >/dev/null 2>&1; } # office, form, file, period
for month in 2025-11 2025-12; do for form in register cell stratum; do take empty $form sent/mls/$form-2025-12.csv $month; done; done
take empty establishment sent/mls/establishment-01-2025-12.csv 2025-12
office() { cp -R empty "$1"; take "$1" establishment "$2" 2025-11; } # office, reports of the month before
column() { head -n 1 sent/mls/establishment-01-2025-12.csv | tr ',' '\n' | grep -n "^$1\$" | cut -d: -f1; }
pay=$(column 'きまって支給する給与（計）')
office same sent/mls/establishment-01-2025-12.csv
awk -F, -v OFS=, -v k="$pay" 'FNR > 1 && $k != "" { $k = $k * 10 } {print}' sent/mls/establishment-01-2025-12.csv >tenfold.csv
office tenfold tenfold.csv
awk -F, 'FNR == 1 || FNR % 5' sent/mls/establishment-01-2025-12.csv >fewer.csv
office fewer fewer.csv

check 'the same reports twice' growth 0 same --json
check 'no growth and no error' holds 't["growth"] == 0 and t["se"] < 1e-9 and t["pay"] == 0 and t["panel"] == 0 and t["composition"] == 0'
check 'pay ten times as high the month before' growth 0 tenfold --json
check 'is pay, not panel' holds 'abs(t["growth"] + 90) < 1e-3 and abs(t["common_growth"] + 90) < 0.06 and abs(t["panel"]) < 2 and t["se"] < 1e-6'
check 'fewer reports the month before' growth 0 fewer --json
check 'is panel, not pay' holds 't["pay"] == 0 and t["common_growth"] == 0 and t["panel"] != 0 and t["se"] > 0'
check 'with the weights of each month' growth 0 fewer --weights own --json
check 'the common establishments, each cell for its E, are as they were' holds 't["common_growth"] == 0 and t["pay"] == 0'
check 'hours as text' growth 0 fewer --column H
check 'names its months, average and industry' grep -qx 'mls: growth from 2025-11 to 2025-12, average H, industry TL' out
check 'says of which workers' grep -q 'unrounded workers; the published tables use whole workers' out
check 'says which weights' grep -q 'weights of the common establishments: now' out
# The later month began with a benchmark for one cell: without it, its workers would have been half as many.
awk -F, -v OFS=, 'FNR == 1 { print "cell,workers"; next } { print $1, $1 == "E-7" ? $4 / 2 : $4 }' sent/mls/cell-2025-12.csv >carried.csv
check 'the part of a benchmark' growth 0 same --carried carried.csv --json
check 'undoes the composition where nothing else changed' holds 't["change"] == 0 and t["benchmark"] != 0 and abs(t["benchmark"] + t["composition"]) < 1e-6 and t["pay"] == 0'
awk -F, -v OFS=, 'FNR == 1 { print "cell,workers"; next } { print $1, $4 }' sent/mls/cell-2025-12.csv >nothing.csv
check 'a benchmark that changes nothing' growth 0 same --carried nothing.csv --json
check 'has no part' holds 'abs(t["benchmark"]) < 1e-9'
check 'as text, too' growth 0 same --carried carried.csv
check 'with its column' grep -q 'benchmark' out
sed '/^E-7/d' carried.csv >gap.csv
check 'a cell that is not told stops' growth 65 same --carried gap.csv
check 'by its name' grep -q 'E-7' err
check 'an industry' growth 0 same --industry E
check 'one that is not there' growth 65 same --industry Z
check 'by its name' grep -q 'no industry Z in both months' err
check 'JSON has the months, too' growth 0 same --column H --json
check 'in every line' holds 'all(r["month"] == "2025-12" and r["month_before"] == "2025-11" and r["column"] == "H" and r["industry"] == "TL" for r in rows)'
sed '1s/workers/people/' carried.csv >columns.csv
check 'a file without workers' growth 65 same --carried columns.csv
check 'says which columns' grep -q 'no column cell or workers' err
months() { want=$1; shift; shirabe estimate growth mls "$@" --stage received --office same >out 2>err; got=$?; [ "$got" -eq "$want" ] || { echo "exit $got"; false; }; }
check 'the earlier month first' months 64 2025-11 2025-12
check 'says which is expected' grep -q 'a month before 2025-11' err
check 'a month against itself' months 64 2025-12 2025-12
check 'quarters' months 64 2025-Q4 2025-Q3
check 'are no months' grep -q 'a month 2025-12' err
check 'a year before a month' months 64 2025-12 2024
printf 'mls growth: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
