#!/bin/sh
# test_estimate_attackers.sh -- contributions, certificates and what attackers know beforehand, on the command line: primary cells and levels are recounted,
# certificates are refused when they are of another table or were changed. Ends with `estimate attackers: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. tests/golden/scratch.sh
cd "$here" || exit 70
cat >make.py <<'X'
import random
random.seed(11)
places = ['T', 'a', 'b', 'c', 'd', 'e']; sorts = ['T', 'x', 'y', 'z', 'w']
units = []
for i in range(120):
    units.append((random.choices(places[1:], [8, 4, 3, 2, 1])[0], random.choices(sorts[1:], [5, 3, 2, 1])[0], 'u%d' % i, 1 + int(random.lognormvariate(3, 1.5)),
                  'h%d' % (i % 7) if i < 21 else ''))
ids = {(p, k): n for n, (p, k) in enumerate((p, k) for p in places for k in sorts)}
def inside(u, p, k): return p in ('T', u[0]) and k in ('T', u[1])
with open('cells.csv', 'w') as f:
    f.write('id,key,value\n')
    for (p, k), n in ids.items(): f.write('%d,%s|%s,%d\n' % (n, p, k, sum(u[3] for u in units if inside(u, p, k))))
with open('rels.csv', 'w') as f:
    for p in places: f.write(','.join(str(ids[p, k]) for k in sorts) + '\n')
    for k in sorts: f.write(','.join(str(ids[p, k]) for p in places) + '\n')
with open('units.csv', 'w') as f:
    f.write('cell,unit,value,holding\n')
    for u in units: f.write('%d,%s,%d,%s\n' % (ids[u[0], u[1]], u[2], u[3], u[4]))
with open('primary', 'w') as f: # fewer than 3 owners, or the rest below 15 % of the largest
    for (p, k), n in ids.items():
        own = {}
        for u in units:
            if inside(u, p, k): own[u[4] or u[2]] = own.get(u[4] or u[2], 0) + u[3]
        x = sorted(own.values(), reverse=True); rest = sum(x[2:])
        if x and (len(x) < 3 or rest < 0.15 * x[0]): f.write('%d\n' % n)
X
python3 make.py || exit 70
printf '{"name":"test","status":"unconfirmed","rule":{"min_n":3,"p_percent":15}}' >rule.json
suppress() { "$shirabe" estimate suppress cells.csv rels.csv "$@"; }
given='--contributions units.csv --profile rule.json'
suppress $given --pairs --owner-programmes 400 --csv --certificate proof >out 2>err
holds 'a pattern from contributions' test $? -eq 0
grep ',primary,' out | cut -d, -f1 >found
holds 'the primary cells are those of a recount' cmp -s found primary
holds 'there are some' test -s primary
holds 'there are secondaries' grep -q ',secondary,1' out
cut -d, -f1,4 out >pattern.csv
suppress $given --verify proof >out 2>err
holds 'its certificate is accepted' test $? -eq 0
holds 'and says so' grep -q 'proves that the pattern protects' out
suppress --verify proof >out 2>err
holds 'not for the table without levels' test $? -eq 1
holds 'the reason' grep -q 'error\[E6731\]' err
suppress $given --known 50 --verify proof >out 2>err
holds 'not against attackers who know more' test $? -eq 1
sed 's/^reach \([0-9]*\) low 0$/reach \1 low 1/' proof >forged
cmp -s proof forged && sed 's/1$/2/' proof >forged
suppress $given --verify forged >out 2>err
holds 'a changed certificate' test $? -eq 65
holds 'the seal' grep -q 'seal' err
# The primary cells alone do not protect: the certificate says by how much, and proves it.
printf 'id\n' >bare.csv
suppress $given --audit-only bare.csv --certificate proof >out 2>err
holds 'the primary cells alone are not enough' test $? -eq 1
suppress $given --verify proof --json >out 2>err
holds 'a certificate of an unsafe pattern ends with 1' test $? -eq 1
holds 'nothing is left unproved' grep -q '"unproved":0' out
holds 'narrow cells are proved' test "$(sed 's/.*"narrow":\([0-9]*\).*/\1/' out)" -gt 0
# Who knows every figure to within 20 % cannot be kept from levels beyond that, but learns nothing exactly.
suppress $given --known 20 --certificate proof >out 2>err
holds 'attackers who know 20 % beforehand' test $? -eq 0
suppress $given --known 20 --verify proof >out 2>err
holds 'their certificate' test $? -eq 0
# Two units in one cell, one of them the only one of its row beside it: who reports 40 of 50 knows the other's 10 unless the cell is wide.
printf 'id,key,value\n0,T|T,170\n1,T|x,90\n2,T|y,80\n3,a|T,90\n4,a|x,50\n5,a|y,40\n6,b|T,80\n7,b|x,40\n8,b|y,40\n' >cells.csv
printf '0,1,2\n3,4,5\n6,7,8\n0,3,6\n1,4,7\n2,5,8\n' >rels.csv
{ printf 'cell,unit,value\n4,A,40\n4,B,10\n'; for k in 1 2 3 4; do printf '5,C%s,10\n7,D%s,10\n8,E%s,10\n' $k $k $k; done; } >units.csv
suppress $given --owner-programmes 400 --json >out 2>err
holds 'a cell of two' test $? -eq 0
holds 'owners are judged by programmes' test "$(sed 's/.*"owners_by_programme":\([0-9]*\).*/\1/' out)" -ge 2
printf 'id\n5\n7\n8\n' >pattern.csv
suppress $given --owner-programmes 400 --audit-only pattern.csv --json >out 2>err
holds 'the whole inner table hidden protects' test $? -eq 0
refuses() { # what, status, number, arguments
  what=$1 want=$2 number=$3; shift 3
  suppress "$@" >out 2>err
  status=$?
  holds "$what" test $status -eq "$want"
  holds "$what: message" grep -q "error\[$number\]" err
  holds "$what: nothing printed" test ! -s out
}
sed 's/4,A,40/4,A,41/' units.csv >wrong.csv
refuses 'contributions that do not add up' 65 E6733 --contributions wrong.csv --profile rule.json
sed 's/^4,A/3,A/' units.csv >wrong.csv
refuses 'a contribution to a total' 65 E6732 --contributions wrong.csv --profile rule.json
sed 's/,unit,/,person,/' units.csv >wrong.csv
refuses 'a column that is not there' 65 E6732 --contributions wrong.csv --profile rule.json
refuses 'a profile that is not there' 78 E6735 --contributions units.csv --profile nothing
printf '{"rule":{"min_n":"three"}}' >rule.json
refuses 'a rule that is no number' 78 E6735 --contributions units.csv --profile rule.json
refuses 'a share that is none' 64 E6739 --known 0
printf 'shirabe-certificate 2\n' >proof
refuses 'no certificate' 65 E6730 --verify proof
printf 'estimate attackers: %d passed, %d failed\n' "$passed" "$failed"
exit $((failed > 0))
