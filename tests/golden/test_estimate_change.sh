#!/bin/sh
# test_estimate_change.sh -- `estimate change`: two periods whose samples overlap, against sums over the units of the union computed apart in Python; by cell and margin, shuffled,
# and what must stop. With the reference data also R survey's contrasts of the estimation pack. Ends with `estimate change: N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
stops() { # what, text, arguments
  what=$1 said=$2; shift 2
  "$shirabe" estimate change "$@" >out 2>err
  status=$?
  if [ "$status" -gt 1 ] && grep -qF "$said" err; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s (status %s)\n' "$what" "$status"; cat err; fi
}
cd "$here" || exit 70
cat >design.json <<'J'
{ "kind": "sample", "unit": "record", "stages": [ { "unit": "psu", "stratum": ["stratum"] } ], "nested": true, "weight": "w", "lonely": "stop" }
J
cat >make.py <<'P'
import random
random.seed(5)
with open('panel.csv', 'w') as f:
    f.write('month,stratum,psu,w,workers,wages,industry\n')
    for m in (1, 2):
        for h in (1, 2, 3):
            for p in range(1, 13):
                if (p > 9 and m == 1) or (p < 4 and m == 2): continue  # a quarter out, a quarter in
                random.seed(h * 100 + p)
                base = random.randint(5, 60)
                random.seed(h * 100 + p + m * 10000)
                for k in range(3):
                    n = max(1, base + random.randint(-3, 3) + m)
                    f.write(f"{m},{h},{p},{10 * h + m},{n},{'' if k == 2 and p == 5 else n * random.randint(200, 320)},{'AB'[k % 2]}\n")
P
cat >check.py <<'P'
import csv, math, sys
rows = [r for r in csv.DictReader(open('panel.csv'))]
table = {r['industry']: r for r in csv.DictReader(open(sys.argv[1]))}
units = sorted({(r['stratum'], r['psu']) for r in rows})
def var(z):  # z: value per record; units of the union, those without records of the cell count as 0
    v = 0
    for h in '123':
        t = {u: 0.0 for u in units if u[0] == h}
        for r, x in zip(rows, z):
            if r['stratum'] == h: t[(h, r['psu'])] += x
        n = len(t); mean = sum(t.values()) / n
        v += n / (n - 1) * sum((x - mean) ** 2 for x in t.values())
    return v
bad = 0
def near(name, a, b, limit=1e-9):
    global bad
    if abs(float(a) - b) > limit * max(abs(b), 1e-12): print(name, a, b); bad += 1
for cell in ('_T', 'A', 'B'):
    r = table[cell]
    inside = [cell in ('_T', q['industry']) for q in rows]
    w = [float(q['w']) for q in rows]
    def total(m, key, need): return sum(a * float(q[key]) for a, q, i in zip(w, rows, inside) if i and q['month'] == m and (not need or q['wages']))
    def z(m, f): return [a * f(q) if i and q['month'] == m else 0 for a, q, i in zip(w, rows, inside)]
    t1, t2 = total('1', 'workers', False), total('2', 'workers', False)
    z1, z2 = z('1', lambda q: float(q['workers'])), z('2', lambda q: float(q['workers']))
    near('old', r['total(workers) [1]'], t1); near('new', r['total(workers) [2]'], t2)
    near('old se', r['total(workers) [1]_se'], math.sqrt(var(z1)))
    near('change', r['change of total(workers)'], t2 - t1)
    near('change se', r['change of total(workers)_se'], math.sqrt(var([b - a for a, b in zip(z1, z2)])))
    near('relative', r['relative change of total(workers)'], t2 / t1 - 1)
    near('relative se', r['relative change of total(workers)_se'], math.sqrt(var([(b - t2 / t1 * a) / t1 for a, b in zip(z1, z2)])))
    near('correlation', r['correlation of total(workers)'], (var(z1) + var(z2) - var([b - a for a, b in zip(z1, z2)])) / 2 / math.sqrt(var(z1) * var(z2)), 1e-8)
    def ratio(m):
        y, x = total(m, 'wages', True), total(m, 'workers', True)
        return y / x, z(m, lambda q: (float(q['wages']) - y / x * float(q['workers'])) / x if q['wages'] else 0)
    (r1, y1), (r2, y2) = ratio('1'), ratio('2')
    near('ratio', r['change of ratio(wages,workers)'], r2 - r1, 1e-8)
    near('ratio se', r['change of ratio(wages,workers)_se'], math.sqrt(var([b - a for a, b in zip(y1, y2)])))
sys.exit(bad > 0)
P
python3 make.py
change() { "$shirabe" estimate change "$@" --design design.json --of 'total(workers);ratio(wages,workers)' --period month --from 1 --to 2 --by industry --as csv; }
change panel.csv >one
holds 'levels, differences, relative changes and correlations of the union' python3 check.py one
{ head -n 1 panel.csv; tail -n +2 panel.csv | sort -t, -k5,5n; } >other.csv
change other.csv >two
holds 'the same from a shuffled file' python3 check.py two
change panel.csv --threads 1 >three
holds 'the same bytes with one thread' cmp -s one three
"$shirabe" estimate change panel.csv --design design.json --of 'mean(workers)' --period month --from 1 --to 2 >text
holds 'the overlap is told' grep -q '18 in both periods, 9 only in 1, 9 only in 2' text
stops 'a period without records' '3' panel.csv --design design.json --of 'total(workers)' --period month --from 1 --to 3
stops 'one period' E6265 panel.csv --design design.json --of 'total(workers)' --period month --from 1 --to 1
stops 'a quantile' E6040 panel.csv --design design.json --of 'median(workers)' --period month --from 1 --to 2
sed 's/"weight": "w"/"weight": "populations"/; s/\["stratum"\]/["stratum"], "population": "w"/' design.json >p.json
stops 'weights made from the counts of the union' E6 panel.csv --design p.json --of 'total(workers)' --period month --from 1 --to 2
if [ -f "$REFERENCE/estimation/09_change.json" ]; then
  sed 's/"nested": true/"nested": false/' design.json >pack.json
  "$shirabe" estimate change "$REFERENCE/estimation/syn_panel.csv" --design pack.json --of 'total(emp);ratio(wage,emp);total(wage)' --period period --from 1 --to 2 --by ind --as csv >pack
  holds 'the contrasts of R survey in the estimation pack' python3 - "$REFERENCE/estimation/09_change.json" <<'P'
import csv, json, sys
t = {r['ind']: r for r in csv.DictReader(open('pack'))}
seen = 0
for case, cell, name in (('pub-change-diff-total', '_T', 'change of total(emp)'), ('pub-change-relchange-total', '_T', 'relative change of total(emp)'),
                         ('pub-change-diff-ratio', '_T', 'change of ratio(wage,emp)'), ('pub-change-diff-total-dom-C', 'C', 'change of total(wage)'),
                         ('pub-change-diff-total-dom-D', 'D', 'change of total(wage)')):
    for c in json.load(open(sys.argv[1])):
        if c['id'] == case:
            e = c['expected'][0]; seen += 1
            assert abs(float(t[cell][name]) - e['estimate']) <= 1e-9 * abs(e['estimate']) and abs(float(t[cell][name + '_se']) - e['se']) <= 1e-9 * e['se'], case
assert seen == 5
P
else printf 'skipped: the reference data are not here\n'; skipped=$((skipped + 1))
fi
printf 'estimate change: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
