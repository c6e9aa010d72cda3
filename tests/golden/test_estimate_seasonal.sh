#!/bin/sh
# test_estimate_seasonal.sh -- `estimate seasonal`: a series whose parts are known, forms of output, what it refuses.
# Ends with `estimate seasonal: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
seasonal() { "$shirabe" estimate seasonal "$@"; }
stops() { # what, status, number, arguments: the message has its number and a remedy, and nothing is printed
  what=$1 want=$2 number=$3; shift 3
  seasonal "$@" >out 2>err
  status=$?
  if [ "$status" -eq "$want" ] && [ ! -s out ] && grep -q "error\[E$number\]" err && grep -q '^  next: .' err; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'failed: %s (status %s)\n' "$what" "$status"; cat err; fi
}
cd "$here" || exit 70
# 12 years: level 1000, June bonus, a working-day effect of 2 per mille a weekday, an outlier of 30 % in 2015-03, a step of 20 % down from 2018-05.
python3 - <<'P'
import calendar, math
noise, rows = 0.3, []
for i in range(144):
    y, m = 2010 + i // 12, i % 12 + 1
    noise = 3.9 * noise * (1 - noise)
    weekdays = sum(calendar.weekday(y, m, d) < 5 for d in range(1, calendar.monthrange(y, m)[1] + 1))
    x = 1000 * (1.4 if m == 6 else 1.1 if m == 12 else 0.95) * math.exp(0.002 * (weekdays - 21) + 0.004 * (noise - 0.5))
    if (y, m) == (2015, 3): x *= 1.3
    if (y, m) >= (2018, 5): x *= 0.8
    rows.append(f'{y}-{m:02d},{x:.4f},{i + 1}')
open('wages.csv', 'w').write('period,wage,other\n' + '\n'.join(rows) + '\n')
quarter = [f'{2000 + i // 4}-Q{i % 4 + 1},{100 + [5, -3, 8, -10][i % 4]}' for i in range(40)]
open('quarters.csv', 'w').write('period,value\n' + '\n'.join(quarter) + '\n')
P
seasonal wages.csv --model '(0 1 1)(0 1 1)' --outliers ao,ls,tc --regress td1 --json >fit
holds 'the search names the outlier and the step, and no other' python3 -c "
import json; r = json.load(open('fit'))['model']['regression']
names = sorted(x['name'] for x in r if x['name'] != 'td1')
assert names == ['ao2015-03', 'ls2018-05'], names"
holds 'their sizes come back' python3 -c "
import json, math; r = {x['name']: x['estimate'] for x in json.load(open('fit'))['model']['regression']}
assert abs(r['ao2015-03'] - math.log(1.3)) < 0.01 and abs(r['ls2018-05'] - math.log(0.8)) < 0.01, r"
seasonal wages.csv --model '(0 1 1)(0 1 1)' --regress ao2015-03 --regress ls2018-05 --regress td1 --as csv >csv
holds 'factor, trend and irregular make the series again, in every observed row' python3 -c "
import csv
rows = [r for r in csv.DictReader(open('csv')) if r['kind'] == 'observed']
assert len(rows) == 144
for r in rows:
    x = float(r['trend']) * float(r['combined']) * float(r['irregular'])
    assert abs(x / float(r['original']) - 1) < 1e-12 and abs(float(r['adjusted']) * float(r['combined']) / float(r['original']) - 1) < 1e-12"
holds 'the step stays in the trend, the outlier in the irregular' python3 -c "
import csv
rows = {r['period']: r for r in csv.DictReader(open('csv'))}
assert float(rows['2018-05']['trend']) / float(rows['2018-04']['trend']) < 0.83
assert float(rows['2015-03']['irregular']) > 1.25 and abs(float(rows['2015-03']['trend']) / float(rows['2015-02']['trend']) - 1) < 0.02"
holds 'a year of forecasts follows with their limits' python3 -c "
import csv
rows = [r for r in csv.DictReader(open('csv')) if r['kind'] == 'forecast']
assert [r['period'] for r in rows][::11] == ['2022-01', '2022-12']
for r in rows: assert float(r['low']) < float(r['original']) < float(r['high'])"
seasonal quarters.csv --mode add --as csv >csv
holds 'a stable additive pattern comes back exactly' python3 -c "
import csv
for r in csv.DictReader(open('csv')):
    if r['kind'] == 'observed': assert abs(float(r['adjusted']) - 100) < 1e-9, r"
holds 'next factors without a model: last year goes on' python3 -c "
import csv
s = [float(r['seasonal']) for r in csv.DictReader(open('csv')) if r['kind'] == 'forecast']
assert len(s) == 4 and max(abs(a - b) for a, b in zip(s, [5, -3, 8, -10])) < 1e-9, s"
seasonal wages.csv --model '(0 1 1)(0 1 1)' --regress ao2015-03 --regress ls2018-05 --regress td1 --seasonal 3x5 --spans --history 24 --json >fit
holds 'four spans of a steady pattern agree' python3 -c "
import json; s = json.load(open('fit'))['sliding_spans']
assert s['spans'] == 4 and s['unstable_factors'] == 0 and s['factors'] > 60 and s['worst_factor'] < 1.5, s"
holds 'history: the first figure is that of the series cut there' sh -c '
  head -n 140 wages.csv >cut.csv && "$0" estimate seasonal cut.csv --model "(0 1 1)(0 1 1)" --regress ao2015-03 --regress ls2018-05 --regress td1 --seasonal 3x5 --json >cut &&
  python3 -c "
import json; h = json.load(open(\"fit\"))[\"history\"]; c = json.load(open(\"cut\"))[\"adjusted\"]
assert len(h[\"first\"]) == 24 and h[\"first\"][24 - 6] == c[-1], (h[\"first\"][18], c[-1])
assert abs(sum(abs(b / a - 1) for a, b in zip(h[\"first\"], h[\"last\"])) / 24 * 100 - h[\"mean_level\"]) < 1e-12"' "$shirabe"
stops 'spans of an additive series' 64 6403 wages.csv --mode add --spans
stops 'a history longer than the series allows' 65 6400 wages.csv --history 120
seasonal wages.csv --as svg >svg
holds 'the picture is XML with a title and three lines' python3 -c "
import xml.etree.ElementTree as t
text = ''.join(t.parse('svg').getroot().itertext()); assert 'seasonally adjusted' in text and 'trend-cycle' in text"
has() { # file, words...: each stands in the text of the picture, and the file is XML
  file=$1; shift
  python3 -c "
import sys, xml.etree.ElementTree as t
text = ''.join(t.parse(sys.argv[1]).getroot().itertext())
missing = [w for w in sys.argv[2:] if w not in text]
assert not missing, missing" "$file" "$@"
}
airline='(0 1 1)(0 1 1)'
seasonal wages.csv --model "$airline" --regress ls2018-05 --as svg --mark '2015=base:2015=100' --mark '2012-03=benchmark:new sample' --title Wages --unit yen --source survey >svg
holds 'marks of breaks: letters in order of time, the shift of the model with its size' has svg Wages 'Unit: yen' 'Source: survey.' 'A  2012-03  benchmark: new sample' \
  'B  2015-01  change of base year: 2015=100' 'C  2018-05  level shift: ls2018-05 -2'
seasonal wages.csv --model "$airline" --as svg --draw forecast >svg
holds 'the fan: three bands behind the last observation' has svg 'forecasts from 2021-12' '95 %' '80 %' '50 %' observed forecast
SHIRABE_CLOCK=2026-01-20T00:00:00Z seasonal wages.csv --model "$airline" --as svg --draw forecast >one
SHIRABE_CLOCK=2026-01-20T00:00:00Z seasonal wages.csv --model "$airline" --as svg --draw forecast --threads 4 >two
holds 'the same picture from the same day, with its date' sh -c 'cmp one two && grep -q "Drawn 2026-01-20" one'
holds 'half of the outcomes lie inside the inner band: its edge is 0.674 of a standard error' python3 -c "
import re
bands = re.findall(r'<path d=\"M([^\"]*)Z\" fill=\"#', open('one').read()); assert len(bands) == 3
def width(b):
    y = [float(p.split()[1]) for p in b.split('L')]; n = len(y) // 2
    assert y[0] == y[-1]
    return y[n] - y[n - 1]
w = [width(b) for b in bands]
assert abs(w[1] / w[0] - 1.2816 / 1.96) < 0.03 and abs(w[2] / w[0] - 0.6745 / 1.96) < 0.03, w"
seasonal wages.csv --model "$airline" --as svg --draw vintages --history 24 --lang ja >svg
holds 'vintages: one circle for each first figure, and one in the legend' sh -c 'test "$(grep -c "<circle" svg)" -eq 25'
holds 'in Japanese' has svg 季節調整値の改訂 公表時の系列 '最近 24 期' 出典：wages.csv
seasonal wages.csv --history 3 --json >fit
holds 'vintages as JSON end with the first figure' python3 -c "
import json; h = json.load(open('fit'))['history']
assert [v[-1] for v in h['vintages']] == h['first'] and {len(v) for v in h['vintages']} == {13}"
stops 'a fan without a model' 64 6414 wages.csv --as svg --draw forecast
stops 'vintages without a history' 64 6414 wages.csv --as svg --draw vintages
stops 'a mark outside the picture' 64 6413 wages.csv --as svg --mark '2030-01=base'
stops 'a mark of no kind' 64 6413 wages.csv --as svg --mark '2015-01=tea'
seasonal wages.csv --lang ja >text
holds 'Japanese: header and verdict' grep -q '季節性あり' text
seasonal wages.csv --column other --mode add --seasonal stable >text
holds 'a straight line has no seasonality: exit status 1' test $? -eq 1
holds 'and says so' grep -q 'NOT present' text
seasonal wages.csv --json >one; seasonal wages.csv --json --threads 8 >two
holds 'same bits whatever the threads' cmp -s one two
sed '20d' wages.csv >gap.csv; sed 's/^2012-03,[0-9.]*/2012-03,/' wages.csv >empty.csv; sed 's/^2012-03,[0-9.]*/2012-03,-5/' wages.csv >negative.csv
head -n 30 wages.csv >short.csv; printf 'a\n2010-01\n' >one_column.csv; : >nothing.csv
stops 'a period that is missing' 65 6411 gap.csv
stops 'an empty value' 65 6402 empty.csv
stops 'a negative value of a multiplicative series' 65 6401 negative.csv
holds 'its place is the row of the file' sh -c '"$0" estimate seasonal negative.csv 2>&1 | grep -q "^negative.csv:28:"' "$shirabe"
stops 'a short series' 65 6400 short.csv
stops 'no column of values' 65 6410 one_column.csv
stops 'a column that does not exist' 65 6410 wages.csv --column nothing
stops 'a regressor nobody knows' 64 6408 wages.csv --model '(0 1 1)(0 1 1)' --regress moon
stops 'a date outside the series' 65 6409 wages.csv --model '(0 1 1)(0 1 1)' --regress ao2030-01
stops 'regressors that explain each other' 65 6406 wages.csv --model '(0 1 1)(0 1 1)' --regress ao2015-03 --regress ao2015-03
stops 'no model' 64 6404 wages.csv --model airline
stops 'an even number of terms' 64 6403 wages.csv --trend 12
holds 'other refusals name their remedy' sh -c '! "$0" estimate seasonal wages.csv --regress td1 2>err && grep -q "next:" err' "$shirabe"
printf 'estimate seasonal: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
