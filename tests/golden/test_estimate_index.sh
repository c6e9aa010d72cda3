#!/bin/sh
# test_estimate_index.sh -- `estimate index`: months, periods, growth and real wages of published figures, the reference of a benchmark, kept base, what is
# refused. Ends with `estimate index: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
SHIRABE_LANG=en SHIRABE_FORMS=$PWD/forms
export SHIRABE_LANG SHIRABE_FORMS
cd "$here" || exit 70
passed=0 failed=0
check() { what=$1; shift; if "$@" >said 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; tail -n 6 said out err; fi; }
index() { want=$1; shift; "$program" estimate index "$@" >out 2>err </dev/null; got=$?; [ "$got" -eq "$want" ] || { echo "exit $got, expected $want"; false; }; }
line() { grep -qxF -- "$1" out || { echo "no line $1"; false; }; }
series() { echo period,value; year=$1; shift; for v in "$@"; do m=$((${m:-0} + 1)); printf '%d-%02d,%s\n' "$((year + (m - 1) / 12))" "$(((m - 1) % 12 + 1))" "$v"; done; m=0; }
# Total cash earnings as published (2020 = 100), 2023 to 2025, and consumer prices without imputed rent.
series 2023 87.0 85.2 91.9 89.4 89.5 145.1 119.4 88.5 87.2 87.7 91.1 179.8 90.3 88.3 94.9 92.9 93.4 156.7 126.6 93.0 91.6 91.9 96.9 193.9 \
  91.9 90.7 97.1 94.8 94.7 161.5 130.9 94.2 93.5 94.2 98.5 198.6 >earnings.csv
{ echo period,value; echo 2025-12,115.3; echo 2024-01,108.2; } >cpi.csv
check 'published indices' index 0 earnings.csv --indices --cpi cpi.csv --as csv
check 'year 2023, first of the file' line '2023,103.5,,,'
check 'year 2025 with its growth' line '2025,111.7,2.3,,'
check 'first quarter' line '2025-Q1,93.2,2.2,,'
check 'second half' line '2025-H2,118.3,2.2,,'
check 'fiscal year' line '2024-FY,109.7,5.2,,'
check 'real wage of a month' line '2025-12,198.6,2.4,172.2,'
check 'and of another; growth over the benchmark as it stands' line '2024-01,90.3,3.8,83.5,'
{ echo period,value; echo 2024-01,89.0; } >reference.csv
check 'with the reference of the year before' index 0 earnings.csv --indices --reference reference.csv --as csv
check 'growth is against it, the level stays' line '2024-01,90.3,1.5,,'
series 2020 290000 300000 310000 290000 300000 310000 290000 300000 310000 290000 300000 310000 303150 >levels.csv
check 'levels' index 0 levels.csv --base 2020 --as csv
check 'the base year is 100' line '2020,100.0,,,'
check 'half a tenth is rounded up' line '2021-01,101.1,4.6,,'
check 'a kept base' index 0 levels.csv --level 298000 --as csv
check 'is used' line '2020-02,100.7,,,'
check 'as JSON' index 0 levels.csv --json
check 'with numbers' grep -q '{"period":"2020-01","index":96.7}' out
check 'as text' index 0 levels.csv
check 'with a heading' grep -q 'period.*index.*growth' out
check 'as a picture' index 0 levels.csv --base 2020 --as svg --mark '2020-07=base:2015 to 2020'
check 'with its base and the mark' grep -q 'Unit: 2020 = 100' out
check 'the mark in words' grep -q 'A  2020-07  change of base year: 2015 to 2020' out
printf 'period,value\n2020-05,99.0\n' >may.csv
check 'a reference is a mark' index 0 levels.csv --base 2020 --reference may.csv --as svg --lang ja
check 'of a benchmark' grep -q 'A  2020-05  ベンチマーク更新' out
check 'a mark outside the series' index 64 levels.csv --as svg --mark 2031-01=base
check 'a base year that is not there' index 65 levels.csv --base 2015
check 'no year' index 64 levels.csv --base twenty
check 'no file' index 66 nothing.csv
printf 'period,value\n2020-13,4\n' >bad.csv
check 'a month that is none' index 65 bad.csv --indices
check 'says where' grep -q 'bad.csv:2' err
printf 'month,value\n2020-01,4\n' >bad.csv
check 'other columns' index 65 bad.csv --indices
printf 'estimate index: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
