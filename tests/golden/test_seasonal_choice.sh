#!/bin/sh
# test_seasonal_choice.sh -- `estimate seasonal` when the data choose: logarithms, days of the calendar, the model; series made so that the choice is known.
# Ends with `seasonal choice: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
cd "$here" || exit 70
seasonal() { "$shirabe" estimate seasonal "$@"; }
airline='(0 1 1)(0 1 1)'
# Sums with a swing of constant size; products; products with an effect of the weekdays, an outlier and a step.
python3 - <<'P'
import calendar, math
noise, sums, products, wages = 0.3, [], [], []
for i in range(144):
    y, m = 2010 + i // 12, i % 12 + 1
    noise = 3.9 * noise * (1 - noise)
    level = 100 + 3 * i
    swing = [10, -5, 3, 8, -12, 20, -3, 2, -9, 4, -6, -12][m - 1]
    weekdays = sum(calendar.weekday(y, m, d) < 5 for d in range(1, calendar.monthrange(y, m)[1] + 1))
    sums.append(f'{y}-{m:02d},{level + 2 * swing + 6 * (noise - 0.5):.4f}')
    products.append(f'{y}-{m:02d},{level * (1 + swing / 50) * math.exp(0.05 * (noise - 0.5)):.4f}')
    x = 1000 * (1 + swing / 50) * math.exp(0.002 * (weekdays - 21) + 0.004 * (noise - 0.5))
    if (y, m) == (2015, 3): x *= 1.3
    if (y, m) >= (2018, 5): x *= 0.8
    wages.append(f'{y}-{m:02d},{x:.4f}')
for name, rows in ('sums', sums), ('products', products), ('wages', wages):
    open(name + '.csv', 'w').write('period,value\n' + '\n'.join(rows) + '\n')
P
cat >taken.py <<'P'
import json, sys
r = json.load(open('fit')); c = r[sys.argv[1] + '_candidates']
assert [x['name'] for x in c if x['taken']] == [sys.argv[2]], c
assert len(c) == int(sys.argv[3]) and r['mode'] == sys.argv[4], (len(c), r['mode'])
P
seasonal sums.csv --model "$airline" --transform auto --json >fit
holds 'sums are taken as they are, and adjusted additively' python3 taken.py transform none 2 add
seasonal products.csv --model "$airline" --transform auto --mode add --json >fit
holds 'products by their logarithms' python3 taken.py transform log 2 mult
sed 's/^2010-05,.*/2010-05,-1/' sums.csv >below.csv
seasonal below.csv --model "$airline" --transform auto --json >fit
holds 'a value below zero leaves no choice' python3 taken.py transform none 1 add
known='--regress ls2018-05 --regress ao2015-03'
# shellcheck disable=SC2086
seasonal wages.csv --model "$airline" $known --regress auto --json >fit
holds 'a number of weekdays is td1 and the length of February: both are found among six sets of days' python3 taken.py calendar 'td1 lpyear' 6 mult
seasonal products.csv --model "$airline" --regress auto --json >fit
holds 'a series without days gets none' python3 taken.py calendar none 6 mult
# shellcheck disable=SC2086
seasonal wages.csv --model auto $known --regress td1 --json >fit
holds 'the model taken has the smallest BIC of those without a flaw, and is the one used' python3 -c "
import json; r = json.load(open('fit')); c = r['model_candidates']; t = [x for x in c if x['taken']]
assert len(t) == 1 and 12 < len(c) <= 64 and len({x['name'] for x in c}) == len(c)
assert t[0]['bic'] == min(x['bic'] for x in c if 'flaw' not in x)
o = r['model']['order']; assert t[0]['name'] == '(%d %d %d)(%d %d %d)' % tuple(o), (t[0]['name'], o)
assert o[1] <= 2 and o[4] <= 1"
# shellcheck disable=SC2086
seasonal wages.csv --model five $known --regress td1 --json >fit
holds 'of five: the smallest forecast error of those without a flaw' python3 -c "
import json; r = json.load(open('fit')); c = r['model_candidates']; t = [x for x in c if x['taken']]
assert [x['name'] for x in c] == ['(0 1 1)(0 1 1)', '(0 1 2)(0 1 1)', '(2 1 0)(0 1 1)', '(0 2 2)(0 1 1)', '(2 1 2)(0 1 1)']
sound = [x for x in c if 'flaw' not in x] or c
assert t[0]['forecast_error'] == min(x['forecast_error'] for x in sound)"
seasonal wages.csv --model auto --regress auto --transform auto --threads 1 >one
seasonal wages.csv --model auto --regress auto --transform auto --threads 8 >two
holds 'choices do not depend on threads' cmp -s one two
holds 'and say why' sh -c 'grep -q "the smallest BIC" one && grep -q "the smallest AICC" one && grep -q "scale chosen by AICC" one && grep -q "^  \* (" one'
seasonal wages.csv --model "$airline" --regress const1-1 --json >fit
holds 'a constant of the differences is estimated and not taken out' python3 -c "
import json; r = json.load(open('fit')); assert r['model']['regression'][0]['name'] == 'const1-1'
assert all(abs(o / a / f - 1) < 1e-9 for o, a, f in zip(r['original'], r['adjusted'], r['combined']))
assert max(r['combined']) < 2"
seasonal wages.csv --model auto --history 6 --json >fit
holds 'a chosen model serves the history too' python3 -c "
import json; h = json.load(open('fit'))['history']; assert len(h['first']) == 6"
# shellcheck disable=SC2086
seasonal wages.csv --model "$airline" $known --regress td1 --method seats --json >fit
# shellcheck disable=SC2086
seasonal wages.csv --model "$airline" $known --regress td1 --json >x11
holds 'SEATS: factor, trend and irregular make the series again; near X-11' python3 -c "
import json; r = json.load(open('fit')); x = json.load(open('x11'))
assert r['method'] == 'seats' and len(r['next_factors']) == 12
for o, t, f, i in zip(r['original'], r['trend'], r['combined'], r['irregular']): assert abs(t * f * i / o - 1) < 1e-9
d = [abs(a / b - 1) for a, b in zip(r['adjusted'], x['adjusted'])]
assert 0 < sum(d) / len(d) < 0.005, sum(d) / len(d)"
seasonal products.csv --model '(2 1 0)(0 1 1)' --method seats >out 2>err
holds 'SEATS needs the airline model' sh -c 'test ! -s out && grep -q "E6403" err'
seasonal products.csv --method seats >out 2>err
holds 'and a model at all' sh -c 'test ! -s out && grep -q "E6403" err'
seasonal products.csv --model "$airline" --method seats >text
holds 'the report says whose statistics it shows' grep -q 'not the parts shown' text
seasonal wages.csv --transform auto >out 2>err
holds 'a scale to choose needs a model' sh -c 'test ! -s out && grep -q -- "--model" err'
printf 'seasonal choice: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
