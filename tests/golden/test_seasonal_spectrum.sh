#!/bin/sh
# test_seasonal_spectrum.sh -- `estimate seasonal --spectrum`: peaks where they were put, QS worked out again, and the filters and sigmas asked for by name.
# Ends with `seasonal spectrum: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
cd "$here" || exit 70
seasonal() { "$shirabe" estimate seasonal "$@"; }
airline='(0 1 1)(0 1 1)'
# days: weekdays move the series; loud: December is ten times as noisy as the other months; 25 years.
python3 - <<'P'
import calendar, math, random
random.seed(5)
days, loud, level = [], [], 0
for i in range(300):
    y, m = 1995 + i // 12, i % 12 + 1
    swing = [10, -5, 3, 8, -12, 20, -3, 2, -9, 4, -6, -12][m - 1] / 100
    weekdays = sum(calendar.weekday(y, m, d) < 5 for d in range(1, calendar.monthrange(y, m)[1] + 1))
    level += random.gauss(0, 0.004)
    days.append(f'{y}-{m:02d},{1000 * math.exp(level + swing + 0.01 * (weekdays - 21) + random.gauss(0, 0.004)):.4f}')
    loud.append(f'{y}-{m:02d},{1000 * math.exp(swing + random.gauss(0, 0.05 if m == 12 else 0.005)):.4f}')
for name, rows in ('days', days), ('loud', loud): open(name + '.csv', 'w').write('period,value\n' + '\n'.join(rows) + '\n')
open('short.csv', 'w').write('period,value\n' + '\n'.join(days[:50]) + '\n')
open('flat.csv', 'w').write('period,value\n' + ''.join(f'{2000 + i // 4}-Q{i % 4 + 1},{100 + [5, -3, 8, -10][i % 4]}\n' for i in range(80)))
P
cat >peaks.py <<'P'
import json, sys
r = json.load(open('fit'))['spectrum']
series, kind, want = sys.argv[1:4]
found = sum(p['significant'] for p in r[series]['peaks'] if p['kind'] == kind)
assert str(found) == want, (series, kind, found)
P
seasonal days.csv --model "$airline" --spectrum --json >fit
holds 'the original has seasonal peaks' python3 -c "
import json; p = json.load(open('fit'))['spectrum']['original']['peaks']
assert sum(x['significant'] for x in p if x['kind'] == 'seasonal') >= 3, p"
holds 'the adjusted series has none' python3 peaks.py adjusted seasonal 0
holds 'but one of trading days that nobody took out' python3 peaks.py adjusted trading_day 1
holds 'QS of the original, worked out again' python3 -c "
import json, math
r = json.load(open('fit')); x = [math.log(v) for v in r['original']]
for _ in range(2): x = [b - a for a, b in zip(x, x[1:])]
m = sum(x) / len(x); x = [v - m for v in x]; n = len(x)
c = [sum(x[i] * x[i - k] for i in range(k, n)) for k in (0, 12, 24)]
qs = n * (n + 2) * (max(0, c[1] / c[0]) ** 2 / (n - 12) + max(0, c[2] / c[0]) ** 2 / (n - 24))
assert abs(r['qs']['original']['statistic'] / qs - 1) < 1e-9 and r['qs']['original']['probability'] < 1e-6
assert set(r['qs']) == {'original', 'adjusted', 'irregular', 'residuals'}"
holds '61 frequencies, the autoregression and the window near each other' python3 -c "
import json; s = json.load(open('fit'))['spectrum']
assert len(s['frequency']) == 61 and s['frequency'][10] * 12 == 1
a, w = s['original']['ar'], s['original']['smooth']
assert sum(abs(p - q) for p, q in zip(a, w) if q is not None) / 61 < 6"
seasonal days.csv --model "$airline" --regress td1 --regress lpyear --spectrum --json >fit
holds 'with days in the model the peak is gone' python3 peaks.py adjusted trading_day 0
holds 'and QS finds no seasonality left' python3 -c "import json; assert json.load(open('fit'))['qs']['adjusted']['probability'] > 0.01"
seasonal days.csv --model "$airline" --spectrum >text
holds 'as text, with a mark' grep -q '^  0.3482  trading days .*! ' text
seasonal days.csv --as svg --draw spectrum --lang ja >picture
holds 'as a picture' python3 -c "
import xml.etree.ElementTree as t; text = ''.join(t.parse('picture').getroot().itertext()); assert 'スペクトル' in text and '曜日の山' in text"
seasonal short.csv --spectrum >out 2>err
holds 'a short series is refused' sh -c 'test $? -ne 0; grep -q "E6415" err && test ! -s out'
seasonal flat.csv --mode add --spectrum >text 2>err
holds 'a series that leaves nothing has no spectrum, and says so' grep -q 'constant, it has no spectrum' text
seasonal loud.csv --calendar-sigma signif >text
holds 'unequal months: sigma of each month' grep -q "Cochran.* sigma of each month" text
seasonal days.csv --model "$airline" --calendar-sigma signif --regress td1 >text
holds 'equal months: windows' grep -q "Cochran.* sigma of five-year windows" text
seasonal loud.csv --calendar-sigma all --as csv >by_month; seasonal loud.csv --as csv >windows
holds 'fewer Decembers are extreme when they are judged by Decembers' python3 -c "
import csv
def low(f): return sum(float(r['weight']) < 1 for r in csv.DictReader(open(f)) if r['kind'] == 'observed' and r['period'].endswith('-12'))
assert low('by_month') < low('windows') / 2, (low('by_month'), low('windows'))"
seasonal loud.csv --seasonal 3x15 --json >fit
holds '3x15 is used when asked for' python3 -c "
import json; assert json.load(open('fit'))['seasonal_filter'] == '3x15'"
seasonal loud.csv --seasonal 3x15 >text
holds 'its ends are named as ours' grep -q 'end weights of 3x15 are ours' text
printf 'seasonal spectrum: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
