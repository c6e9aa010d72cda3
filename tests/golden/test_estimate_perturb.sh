#!/bin/sh
# test_estimate_perturb.sh -- `estimate perturb`: every method on a made table of counts and one of amounts, judged by a recount of the published file and
# of the losses; same cell, same noise in a part of the table; what is refused. Ends with `estimate perturb: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. tests/golden/scratch.sh
cd "$here" || exit 70
cat >make.py <<'X'
import random, sys
random.seed(7)
regions = {'N': ['n1', 'n2', 'n3'], 'S': ['s1', 's2']}
industries = ['a', 'b', 'c', 'd']
units = []
for i in range(150):
    r = random.choice('NNS'); p = random.choice(regions[r]); k = random.choices(industries, [6, 4, 2, 1])[0]
    units.append((p, k, 'u%03d' % i, 1 + int(random.lognormvariate(3, 1.2)), 'h%d' % (i // 10) if i % 10 == 0 else ''))
places = ['T', 'N', 'S', 'n1', 'n2', 'n3', 's1', 's2']; sorts = ['T'] + industries
def inside(p, of): return of == 'T' or p == of or (of in regions and p in regions[of])
def write(prefix, places, sums):
    ids = {(p, k): n for n, (p, k) in enumerate((p, k) for p in places for k in sorts)}
    for what in ('counts', 'amounts'):
        with open(prefix + what + '.csv', 'w') as f:
            f.write('id,key,value\n')
            for (p, k), n in ids.items():
                v = sum((1 if what == 'counts' else u[3]) for u in units if inside(u[0], p) and k in ('T', u[1]))
                f.write('%d,%s|%s,%d\n' % (n, p, k, v))
        with open(prefix + what + '_units.csv', 'w') as f:
            f.write('cell,unit,value,holding\n')
            for u in units:
                if (u[0], u[1]) in ids: f.write('%d,%s,%d,%s\n' % (ids[u[0], u[1]], u[2], 1 if what == 'counts' else u[3], u[4]))
    with open(prefix + 'rels.csv', 'w') as f:
        for p in places: f.write(','.join(str(ids[p, k]) for k in sorts) + '\n')
        for top, parts in sums:
            for k in sorts: f.write(','.join(str(ids[q, k]) for q in [top] + parts) + '\n')
write('', places, [('T', ['N', 'S']), ('N', regions['N']), ('S', regions['S'])])
write('part_', ['N', 'n1', 'n2', 'n3'], [('N', regions['N'])])
X
python3 make.py || exit 70
head -c 32 /dev/zero | tr '\0' 'k' >flat
printf '0123456789abcdef0123456789ABCDEF' >secret
printf 'another secret of the survey....' >other
printf 'short' >short
cat >judge.py <<'X'
import csv, json, math, sys
def table(name): return {int(r['id']): r for r in csv.DictReader(open(name))}
what, before, after = sys.argv[1:4]
x, y = table(before), table(after)
rels = [[int(v) for v in l.split(',')] for l in open(sys.argv[4])]
v = {k: float(r['value']) for k, r in x.items()}; w = {k: float(r['value'] or 0) for k, r in y.items()}
assert v.keys() == w.keys() and all(x[k]['key'] == y[k]['key'] for k in x)
additive = all(w[r[0]] == sum(w[c] for c in r[1:]) for r in rels)
def ranks(z):
    o = sorted(z, key=lambda k: z[k]); out = {}; i = 0
    while i < len(o):
        j = i
        while j < len(o) and z[o[j]] == z[o[i]]: j += 1
        for k in o[i:j]: out[k] = (i + j - 1) / 2
        i = j
    return out
if what == 'controlled': assert additive and all(w[k] % 3 == 0 and abs(w[k] - v[k]) < 3 for k in v)
elif what == 'random': assert not additive and all(w[k] % 5 == 0 and abs(w[k] - v[k]) < 5 for k in v)
elif what == 'small': assert additive and all(w[k] == 0 or w[k] >= 3 for k in v) and any(v[k] != w[k] for k in v)
elif what == 'redact':
    for k in v:
        assert (y[k]['mark'] == 'redacted') == (v[k] < 3)
        assert y[k]['value'] == '' if v[k] < 3 else w[k] == 10 * math.floor((v[k] + 5) / 10)
elif what == 'noise': assert all(w[k] >= 0 and (v[k] != 0 or w[k] == 0) and abs(w[k] - v[k]) <= 5 for k in v) and any(v[k] != w[k] for k in v)
elif what == 'amounts': assert all(w[k] >= 0 and (v[k] != 0 or w[k] == 0) for k in v) and sum(v[k] != w[k] for k in v) > len(v) / 2
elif what == 'loss':
    l = json.load(open(sys.argv[5]))['loss']; n = len(v); d = [abs(v[k] - w[k]) for k in v]
    def near(a, b): assert abs(a - b) < 1e-9 * (1 + abs(b)), (a, b)
    near(l['cells'], n); near(l['changed'], sum(z > 0 for z in d)); near(l['largest'], max(d)); near(l['mean'], sum(d) / n)
    near(l['root_mean_square'], math.sqrt(sum(z * z for z in d) / n))
    h = sum((math.sqrt(v[k]) - math.sqrt(w[k])) ** 2 for k in v)
    near(l['hellinger_utility'], 1 - math.sqrt(h / 2) / math.sqrt(sum(v.values())))
    near(l['totals_change'], abs(w[0] - v[0]) / v[0])
    a, b = ranks(v), ranks(w); m = (n - 1) / 2
    near(l['rank_correlation'], sum((a[k] - m) * (b[k] - m) for k in v) / math.sqrt(sum((a[k] - m) ** 2 for k in v) * sum((b[k] - m) ** 2 for k in v)))
elif what == 'same': # the part's cells carry the whole table's figures, by key
    by = {r['key']: float(r['value']) for r in y.values()}
    small = {r['key']: float(r['value']) for r in table(sys.argv[5]).values()}
    assert small and all(by[k] == z for k, z in small.items())
else: raise SystemExit(2)
X
judge() { python3 judge.py "$@" 2>trouble; }
perturb() { table=$1; shift; "$shirabe" estimate perturb "$table.csv" rels.csv "$@"; }
does() { # what, judgement, table, arguments
  what=$1 judgement=$2 table=$3; shift 3
  perturb "$table" "$@" --csv >out 2>err
  status=$?
  holds "$what" test $status -eq 0
  holds "$what: recount" judge "$judgement" "$table.csv" out rels.csv
  perturb "$table" "$@" --json >loss 2>>err
  holds "$what: losses" judge loss "$table.csv" out rels.csv loss
}
refuses() { # what, status, number, arguments
  what=$1 want=$2 number=$3; shift 3
  "$shirabe" estimate perturb "$@" >out 2>err
  status=$?
  holds "$what" test $status -eq "$want"
  holds "$what: message" grep -q "error\[$number\]" err
  holds "$what: nothing printed" test ! -s out
}
does 'controlled rounding' controlled counts --method controlled --base 3
does 'small counts' small counts --method small-counts --base 3
does 'random rounding of codes' random counts --method random --base 5 --secret secret
cp out first
perturb counts --method random --base 5 --secret secret --csv >out
holds 'the same secret, the same table' cmp -s first out
perturb counts --method random --base 5 --secret other --csv >out
holds 'another secret, another table' test "$(cmp -s first out; echo $?)" -eq 1
does 'cell keys of units' noise counts --method cell-key --secret secret --contributions counts_units.csv --p-table-out noise.csv
cp out first
holds 'the table of perturbations is for the office alone' test "$(stat -c %a noise.csv)" = 600
perturb counts --method cell-key --secret secret --contributions counts_units.csv --p-table noise.csv --csv >out
holds 'the table read back makes the same' cmp -s first out
"$shirabe" estimate perturb part_counts.csv part_rels.csv --method cell-key --secret secret --contributions part_counts_units.csv --csv >part
holds 'the same cells, the same noise in a part of the table' judge same counts.csv first rels.csv part
does 'amounts by the two largest contributors' amounts amounts --method cell-key --magnitude --top 2 --flex 200 --small 20 --secret secret --contributions amounts_units.csv
cp out first
"$shirabe" estimate perturb part_amounts.csv part_rels.csv --method cell-key --magnitude --top 2 --flex 200 --small 20 --secret secret --contributions part_amounts_units.csv --csv >part
holds 'amounts: the same in a part of the table' judge same amounts.csv first rels.csv part
does 'redact with zeros, then round' redact counts --method redact-round --base 10 --threshold 3 --with-zeros
perturb counts --method controlled --base 3 --svg picture.svg >out
holds 'a picture of changes' grep -q '<svg' picture.svg
holds 'it says for whom' grep -q 'not published' picture.svg
# A marked total of two marked parts: 1 + 1 = 2, and no other way.
printf 'id,key,value\n0,T,2\n1,a,1\n2,b,1\n3,c,0\n' >tiny.csv
printf '0,1,2,3\n' >tiny_rels.csv
refuses 'what a marked total tells' 1 E6740 tiny.csv tiny_rels.csv --method redact-round --base 3 --threshold 3
# A cube of halves: no rounding to neighbouring multiples adds up (each plane needs exactly one of its two halves, and three planes contradict).
python3 - <<'X'
import itertools
ids = {c: n for n, c in enumerate(itertools.product('T01', repeat=3))}
ones = {('0', '0', '0'), ('0', '1', '1'), ('1', '0', '1'), ('1', '1', '0')}
with open('cube.csv', 'w') as f:
    f.write('id,key,value\n')
    for c, n in ids.items(): f.write('%d,%s,%d\n' % (n, '|'.join(c), sum(all(a in ('T', b) for a, b in zip(c, o)) for o in ones)))
with open('cube_rels.csv', 'w') as f:
    for d in range(3):
        for o in itertools.product('T01', repeat=2):
            f.write(','.join(str(ids[o[:d] + (k,) + o[d:]]) for k in 'T01') + '\n')
X
refuses 'a table without controlled rounding' 1 E6711 cube.csv cube_rels.csv --method controlled --base 2
"$shirabe" estimate perturb cube.csv cube_rels.csv --method controlled --base 2 --extra-step --json >out 2>err
holds 'one step more' test $? -eq 0
holds 'one step more: said' grep -q '"extra_steps":1' out
holds 'one step more: sums hold' grep -q '"additive":true' out
refuses 'no secret' 64 E6736 counts.csv rels.csv --method random --base 5
refuses 'a short secret' 65 E6734 counts.csv rels.csv --method random --base 5 --secret short
refuses 'a secret of one byte over and over' 65 E6734 counts.csv rels.csv --method cell-key --secret flat
refuses 'no base' 64 E6736 counts.csv rels.csv --method controlled
refuses 'amounts without contributions' 64 E6736 amounts.csv rels.csv --method cell-key --magnitude --secret secret
printf 'original,noise,probability,lower,upper\n0,0,1,0,1\n1,-1,0.5,0,0.5\n' >gap.csv
refuses 'a table of perturbations with a gap' 65 E6712 counts.csv rels.csv --method cell-key --secret secret --p-table gap.csv
printf 'original,noise\n0,0\n' >gap.csv
refuses 'a table of perturbations without bounds' 65 E6737 counts.csv rels.csv --method cell-key --secret secret --p-table gap.csv
# A mark below an unmarked 0: the total is 0 or 3 and more, so 1 + 3 = 4, and no other way.
printf 'id,key,value\n0,T,4\n1,a,1\n2,b,3\n' >gap.csv
printf '0,1,2\n' >gap_rels.csv
refuses 'what the gap between 0 and the threshold tells' 1 E6740 gap.csv gap_rels.csv --method redact-round --base 10 --threshold 3 --csv
# The attack cannot be switched off; what it does not judge is not passed.
for n in 0 -1; do refuses "an attack of $n searches" 64 E1054 counts.csv rels.csv --method controlled --base 3 --attacked "$n"; done
# Contributions of another table, of totals, without some cells.
k='--method cell-key --secret secret --contributions'
refuses 'contributions of another table' 65 E6733 counts.csv rels.csv $k amounts_units.csv
sed '2d' counts_units.csv >fewer.csv
refuses 'a cell with a unit less' 65 E6733 counts.csv rels.csv $k fewer.csv
printf 'cell,unit,value\n0,u,1\n' >total.csv
refuses 'contributions of a total' 65 E6732 counts.csv rels.csv $k total.csv
cut -d, -f1,2 counts_units.csv >names.csv
perturb counts $k names.csv --csv >out 2>err
holds 'without values the units are counted' test $? -eq 0
sed '2d' names.csv >fewer.csv
refuses 'a unit less, counted' 65 E6733 counts.csv rels.csv $k fewer.csv
# No output over an input.
cp secret kept
cp counts.csv kept.csv
refuses 'the secret is not written over' 64 E6763 counts.csv rels.csv --method cell-key --secret secret --p-table-out ./secret
refuses 'the cells are not written over' 64 E6763 counts.csv rels.csv --method controlled --base 3 --svg counts.csv
ln -sf counts.csv link.svg
refuses 'nor by a link' 64 E6763 counts.csv rels.csv --method controlled --base 3 --svg link.svg
holds 'the secret is as it was' cmp -s kept secret
holds 'the cells are as they were' cmp -s kept.csv counts.csv
# Options out of range, or without effect.
refuses 'a limit below a second' 64 E1054 counts.csv rels.csv --method controlled --base 3 --seconds -4
useless() { # option, arguments
  option=$1; shift
  refuses "--$option without effect" 64 E6741 counts.csv rels.csv "$@"
  holds "--$option is named" grep -q -e "--$option" err
}
useless with-zeros --method controlled --base 3 --with-zeros
useless threshold --method controlled --base 3 --threshold 3
useless magnitude --method random --base 3 --secret secret --magnitude
useless contributions --method controlled --base 3 --contributions counts_units.csv
useless p-table-out --method controlled --base 3 --p-table-out o.csv
useless range --method cell-key --secret secret --p-table noise.csv --range 3
useless share --method cell-key --secret secret --share -5
useless top --method cell-key --secret secret --top 0
printf 'id,key,value\n0,T,4.5\n1,a,1.5\n2,b,3.0\n' >decimals.csv
refuses 'amounts with decimals are not marked' 64 E6736 decimals.csv gap_rels.csv --method redact-round --base 10 --threshold 3
refuses 'nor small counts' 64 E6736 decimals.csv gap_rels.csv --method small-counts --base 3
printf 'id,key,value\n0,T,9223372036854775807\n1,a,1\n2,b,3\n' >huge.csv
refuses 'a number that is too large' 65 E6700 huge.csv gap_rels.csv --method controlled --base 3
holds 'it is said so' grep -q 'too large' err
printf 'estimate perturb: %d passed, %d failed\n' "$passed" "$failed"
exit $((failed > 0))
