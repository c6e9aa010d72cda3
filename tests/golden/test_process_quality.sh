#!/bin/sh
# test_process_quality.sh -- process metrics and data quality per sender: two prefectures send six records to a ministry, every figure worked out
# by hand, unweighted and weighted; offices add up
# to the whole; the same for 1, 2 and 8 threads and for records turned round; the outcome of a query; the trend; the picture. And a generated month
# against a
# count by another program. Ends with `process quality: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process quality'
. tests/golden/common.sh
# A file with problems is taken in all the same.
setup() {
  office "$@" >"$work/setup" 2>&1 || [ $? -eq 1 ] || {
    echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'process quality: 0 passed, 1 failed'; exit 1
  }
}

form=$work/forms/library/shop/panel/1
mkdir -p "$form" "$work/forms/codelists"
cat >"$work/forms/library/shop/survey.json" <<'J'
{ "survey": "shop", "code": "00000000", "title_ja": "商店", "title_en": "Shops", "law": "example", "levels": ["prefecture", "ministry"],
  "due_days": [10, 20], "query_days": [7, 7], "retention_class": "short", "forms": ["panel"], "source": "example" }
J
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "panel", "version": "1", "title_ja": "継続票", "title_en": "Panel", "period": "month",
  "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "area", "w", "x", "y"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
area,地区,area,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
w,乗率,weight,shop,count,int,,1,0,1,999,,,,,,,,ANSWER,reported,,,,,
x,規模,size,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
y,売上,sales,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
H1,hard,shop,,y <= 3 * x,売上が大きすぎる,sales are too large,確かめる,check it,example
C1,hard,shop,area = '1',x <= 50,規模が大きすぎる,the size is too large,確かめる,check it,example
S1,soft,shop,,y >= x,売上が小さい,sales are small,確かめる,check it,example
C
cat >"$form/group_checks.csv" <<'C'
id,severity,record,universe,by,measures,expression,message_ja,message_en,remedy_ja,remedy_en,source
G1,soft,shop,not missing(x),area,s=sum(x),x <= 0.5 * s,地区の半分を超える,more than half of the area,確かめる,check it,example
C
cat >"$form/process.json" <<'J'
{
  "seed": 7, "weight": "w", "effects": { "items": ["y"], "by": ["area"] },
  "steps": [
    { "step": "count", "method": "edit_stats", "by": ["area"] },
    { "step": "fy", "method": "flag", "items": ["y"], "flag": "impute", "when": "missing(y)", "reason": "no answer" },
    { "step": "fbig", "method": "flag", "items": ["x", "y"], "flag": "impute", "when": "y > 3 * x", "reason": "too large" },
    { "step": "fix", "method": "assign", "item": "y", "value": "2 * x", "when": "missing(y) or y > 3 * x" }
  ]
}
J
# Prefecture 01: records 1 to 4, prefecture 02: 5 and 6. As received:
#   no  w   H1    C1       S1    G1 (half of the area: 55 and 27.5)
#   1   2   pass  pass     pass  pass
#   2   3   fail  fail     pass  fail
#   3   2   miss  outside  miss  pass
#   4   4   pass  outside  fail  fail
#   5   5   pass  pass     pass  pass
#   6  10   fail  outside  pass  pass
# y becomes 120 in record 2 (was 250), 40 in 3 (was missing), 10 in 6 (was 99).
head='no,area,w,x,y'
{ echo $head; printf '1,1,2,10,20\n2,1,3,60,250\n3,2,2,20,\n4,2,4,30,10\n'; } >"$work/a.csv"
{ echo $head; printf '5,1,5,40,40\n6,2,10,5,99\n'; } >"$work/b.csv"
# November: prefecture 01 fails nothing, prefecture 02 sends nothing.
{ echo $head; printf '1,1,2,10,20\n2,1,3,10,20\n'; } >"$work/a11.csv"
setup m office init --type ministry --code mhlw --name 本省 --profile light
for p in a:010006:北海道 b:020001:青森県; do
  o=${p%%:*}; rest=${p#*:}
  setup "$o" office init --type prefecture --code "${rest%%:*}" --name "${rest#*:}" --profile light --parent "$work/m/office.json"
  setup m office key "$work/$o/office.json"
done
A=$(sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' "$work/a/office.json" | head -n 1)
B=$(sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' "$work/b/office.json" | head -n 1)
send() { # office, file, period, records, folder
  setup "$1" intake file "$2" --form shop/panel --period "$3"
  setup "$1" batch seal shop "$3" --declared "panel=$4" --out "$work/$5"
  setup m batch receive --from "$work/$5" --receipts "$work/$5-r"
}
send a "$work/a11.csv" 2025-11 2 up11
send a "$work/a.csv" 2025-12 4 upa
cp -R "$work/m" "$work/half"
send b "$work/b.csv" 2025-12 2 upb
check 'without a run' exits 66 m process quality shop/panel 2025-12
check 'says what to do' tells 'shirabe process run'
setup m process run shop/panel 2025-11
cp -R "$work/m" "$work/before"
office m process run shop/panel 2025-12 --json >"$work/run.json" 2>"$work/err"; check 'the run' test $? -le 1

# --- edit statistics: all checks ---
statistic() { check "statistics: $1" grep -qF -- "{\"step\":\"count\",$1}" "$work/run.json"; }
statistic '"table":"checks_used","edit":1,"name":"H1","n":2'
statistic '"table":"checks_check","edit":1,"name":"H1","status":"pass","n":3,"weighted":"11.000000"'
statistic '"table":"checks_check","edit":1,"name":"H1","status":"miss","n":1,"weighted":"2.000000"'
statistic '"table":"checks_check","edit":1,"name":"H1","status":"fail","n":2,"weighted":"13.000000"'
statistic '"table":"checks_check","edit":2,"name":"C1","status":"outside","n":3,"weighted":"16.000000"'
statistic '"table":"checks_check","edit":4,"name":"G1","status":"fail","n":2,"weighted":"7.000000"'
statistic '"table":"checks_variable","name":"y","status":"fail","n":3,"weighted":"17.000000"'
statistic '"table":"checks_passed_missed_failed","name":"3","status":"fail","n":1,"weighted":"3.000000"'
statistic '"table":"checks_record","status":"fail","n":3,"weighted":"17.000000"'
statistic '"table":"checks_record","status":"miss","n":1,"weighted":"2.000000"'
statistic '"table":"checks_role","name":"y","status":"fail","n":3,"weighted":"17.000000"'
statistic '"table":"checks_role","name":"x","status":"miss","n":1,"weighted":"2.000000"'

# --- the stage, as CSV: step,item,check,office,metric,detail,part,whole,weighted_part,weighted_whole,reason ---
check 'csv' exits 0 m process quality shop/panel 2025-12 --csv
cp "$work/out" "$work/csv"
figure() { check "figure $1" grep -qxF -- "$1" "$work/csv"; }
figure ",,,$A,unit_response,,4,4,11,11,"
figure ",,,$A,record_failed,,1,4,3,11,"
figure ",,,$A,record_undecided,,1,4,2,11,"
figure ",,,$B,record_failed,,1,2,10,15,"
figure ",,,$B,record_undecided,,0,2,0,15,"
figure ",,,,record_failed_after,,1,6,3,26,"
figure ",,H1,$A,check_failure,hard,1,3,3,9,"
figure ",,H1,$B,check_failure,hard,1,2,10,15,"
figure ",,H1,$A,check_unknown,hard,1,4,2,11,"
figure ",,C1,$A,check_failure,hard,1,2,3,5,"
figure ",,C1,$B,check_failure,hard,0,1,0,5,"
figure ",,S1,$A,check_failure,soft,1,3,4,9,"
figure ",,G1,$A,check_failure,soft,2,4,7,11,"
figure ",,G1,,check_failure,soft,2,6,7,26,"
figure ',,H1,,check_cost,hard,2,2,13,13,'
figure ',,C1,,check_cost,hard,0,1,0,3,'
figure ",y,,$A,item_response,,3,4,9,11,"
figure ',y,,,item_response,,5,6,24,26,'
figure ",y,,$A,net_imputation,,1,4,2,11,"
figure ",y,,$A,modification,,1,4,3,11,"
figure ',y,,,imputation,,1,6,2,26,'
figure ',y,,,imputation_value,,40,240,80,820,'
figure ',y,,,cancellation,,0,6,0,26,'
figure ",y,,$A,mean_change,,130,1,390,3,"
figure ',y,,,mean_change,,219,2,1280,13,'
figure ",y,,$A,total_change,,-90,280,-310,830,"
figure ",y,,$B,total_change,,-89,139,-890,1190,"
figure ',y,,,total_change,,-179,419,-1200,2020,'
figure ',y,,,imputation_method,assigned,3,6,15,26,'
figure ',y,,,imputation_method_value,assigned,170,240,540,820,'
figure ',,,,item_response,,23,24,102,104,'
figure 'fix,y,,,changed,,3,6,15,26,'
figure 'fbig,,,,hit_rate,,2,4,13,26,'
figure 'fbig,,,,cardinality,2,2,2,,,'
check 'a rate of nothing is no row' sh -c '! grep -q "^fy,.*hit_rate" "$1"' - "$work/csv"
check 'no class, no other answer in the CSV' sh -c '! grep -q class "$1"' - "$work/csv"
check 'with classes' exits 0 m process quality shop/panel 2025-12 --csv --classes
check 'area 2: records 3, 4 and 6' prints ',y,,2,,item_response,,2,3,14,16,'
check 'classes without --csv' exits 64 m process quality shop/panel 2025-12 --classes
check 'offices add up to the whole' python3 - "$work/csv" <<'P'
import csv, sys
from collections import defaultdict
from decimal import Decimal as D
rows = list(csv.DictReader(open(sys.argv[1])))
columns = ('part', 'whole', 'weighted_part', 'weighted_whole')
sums, whole = defaultdict(lambda: [D(0)] * 4), {}
for r in rows:
    if r['step'] or r['metric'] == 'check_cost': continue
    key, v = (r['item'], r['check'], r['metric'], r['detail']), [D(r[c] or 0) for c in columns]
    if r['office']: sums[key] = [a + b for a, b in zip(sums[key], v)]
    else: whole[key] = v
assert len(whole) > 30 and set(sums) == set(whole), set(sums) ^ set(whole)
for k in whole: assert sums[k] == whole[k], (k, sums[k], whole[k])
P

# --- reports ---
check 'text' exits 0 m process quality shop/panel 2025-12
check 'a row for the first' sh -c 'grep -Eq "^$1 .* 4 +93\.8 +25\.0 +41\.7 +↑ \+41\.7 \(2025-11\)" "$2"' - "$A" "$work/out"
check 'a row for the second, without a trend' sh -c 'grep -Eq "^$1 .* 2 +100\.0 +50\.0 +14\.3 +– " "$2"' - "$B" "$work/out"
check 'says that it is internal' prints 'nothing of it may be published'
check 'no roster is said' prints 'no roster'
check 'json' exits 0 m process quality shop/panel 2025-12 --json
cp "$work/out" "$work/q.json"
check 'json says the same' python3 - "$work/q.json" "$A" "$B" <<'P'
import json, sys
q = json.load(open(sys.argv[1]))
s = {x['office']: x for x in q['senders']}
a, b = s[sys.argv[2]], s[sys.argv[3]]
assert a['check_failure']['part'] == 5 and a['check_failure']['whole'] == 12 and b['check_failure']['whole'] == 7, a
assert a['before_check_failure']['rate'] == 0 and 'before_period' not in b
assert 'offices_due' not in q and q['weighted'] is True and q['use'] == 'internal'
assert q['all']['record_failed'] == {'part': 2, 'whole': 6, 'rate': 2 / 6, 'weighted_rate': 13 / 26}
h1 = [c for c in q['checks'] if c['check'] == 'H1'][0]
assert h1['cost'] == 4 and h1['values_changed'] == 2 and h1['examples'] == []
assert len(q['run']) == 16 and len(q['inputs']) == 64 and q['steps'][0]['step'] == 'count'
P
check 'one sender' exits 0 m process quality shop/panel 2025-12 --sender "$A"
check 'with records to look at' sh -c 'grep -Eq "^H1 +hard +1 +3 +33\.3 +40\.0 +2 \(2\) " "$1"' - "$work/out"
check 'and the item to look at' sh -c 'grep -Eq "^y +sales +75\.0 +25\.0 +25\.0" "$1"' - "$work/out"
check 'and no answer' sh -c '! grep -Eq "250|, 60" "$1"' - "$work/out"
check 'another has sent nothing' exits 64 m process quality shop/panel 2025-12 --sender prefecture-470007
check 'one form of output' exits 64 m process quality shop/panel 2025-12 --csv --svg
check 'picture' exits 0 m process quality shop/panel 2025-12 --svg
check 'is XML with every cell' python3 - "$work/out" <<'P'
import sys, xml.dom.minidom as d
t = [x.firstChild.data for x in d.parse(sys.argv[1]).getElementsByTagName('title')]
assert len(t) == 12 and 'all / H1: 2 / 5' in t and any(x.endswith('H1: 1 / 3') for x in t) and any(x.endswith('C1: 0 / 1') for x in t), t
P

# --- roster and queries ---
{ echo office,name,parent,survey,forms,since,until
  for o in "$A,北海道" "$B,青森県" 'prefecture-030007,岩手県'; do echo "$o,ministry-mhlw,shop,panel,2020-01-01,"; done; } >"$work/roster.csv"
setup m ledger roster "$work/roster.csv"
setup m query ask shop 2025-12 --form panel
setup m query send --out "$work/q"
for letter in "$work"/q/query-*; do office b query take "$letter" >"$work/taken" 2>&1 && break; done
number=$(office b query list --json 2>/dev/null | tr '{' '\n' | grep '"rule":"H1"' | sed 's/.*"number":\([0-9]*\).*/\1/' | head -n 1)
setup b query answer "$number" --confirm --reason 'a large order'
setup b query send --out "$work/answer"
setup m query take "$work"/answer/query-*
check 'with roster and answers' exits 0 m process quality shop/panel 2025-12 --json
check 'outcome and response of offices' python3 - "$work/out" "$B" <<'P'
import json, sys
q = json.load(open(sys.argv[1]))
b = [x for x in q['senders'] if x['office'] == sys.argv[2]][0]['queries']
h1 = [c for c in q['checks'] if c['check'] == 'H1'][0]['queries']
assert b['confirmed'] == 1 and b['corrected'] == 0, b
assert h1['asked'] == 2 and h1['confirmed'] == 1 and h1['open'] == 1, h1
assert q['offices_due'] == 3 and q['offices_sent'] == 2
assert [x for x in q['senders'] if x['office'] == 'prefecture-030007'][0].get('unit_response') is None
P

# --- the same bits ---
content() { office "$1" process status shop/panel 2025-12 --json 2>/dev/null | grep -o '"\(process_metrics\|edit_statistics\)":{[^}]*}'; }
content m >"$work/expected"
check 'both stages are there' test "$(wc -l <"$work/expected")" -eq 2
for n in 1 2 8; do
  rm -rf "$work/t"; cp -R "$work/before" "$work/t"
  office t process run shop/panel 2025-12 --threads $n >"$work/out" 2>"$work/err"
  content t >"$work/got"
  check "threads $n" cmp "$work/expected" "$work/got"
done
setup turned office init --type ministry --code mhlw --name 本省 --profile light
rm -rf "$work/one"; cp -R "$work/turned" "$work/one"
{ cat "$work/a.csv"; tail -n +2 "$work/b.csv"; } >"$work/all.csv"
{ echo $head; tail -n +2 "$work/all.csv" | sort -r; } >"$work/reverse.csv"
setup one intake file "$work/all.csv" --form shop/panel --period 2025-12
setup turned intake file "$work/reverse.csv" --form shop/panel --period 2025-12
for o in one turned; do
  office $o process run shop/panel 2025-12 >"$work/out" 2>"$work/err"
  office $o process quality shop/panel 2025-12 --csv >"$work/$o.csv" 2>"$work/err"
done
check 'there are figures' test "$(wc -l <"$work/one.csv")" -gt 60
check 'turned round: the same figures' cmp "$work/one.csv" "$work/turned.csv"
grep -E '^[^,]*,[^,]*,[^,]*,,' "$work/one.csv" >"$work/one.all"
grep -E '^[^,]*,[^,]*,[^,]*,,' "$work/csv" >"$work/m.all"
check 'cut in offices or not: the same whole' cmp "$work/one.all" "$work/m.all"

# An office's figures are those of its records alone, but for the check across records.
office half process run shop/panel 2025-12 >"$work/out" 2>"$work/err"
office half process quality shop/panel 2025-12 --csv 2>"$work/err" | grep ",$A," | grep -v ',G1,' >"$work/half.a"
grep ",$A," "$work/csv" | grep -v ',G1,' >"$work/whole.a"
check 'an office has figures' test "$(wc -l <"$work/whole.a")" -gt 20
check 'alone or with others: the same' cmp "$work/half.a" "$work/whole.a"

# --- weight none: nothing is weighted, and that is said ---
sed -i 's/"weight": "w"/"weight": "none"/' "$form/process.json"
office one process run shop/panel 2025-12 >"$work/out" 2>"$work/err"
check 'weight none' exits 0 one process quality shop/panel 2025-12 --csv
check 'weighted columns are blank' sh -c 'awk -F, "NR > 1 && (\$9 != \"\" || \$10 != \"\")" "$1" | grep -q . && exit 1; exit 0' - "$work/out"
check 'weight none, text' exits 0 one process quality shop/panel 2025-12
check 'it is said' prints 'none is weighted'
# --- a generated month of the labour survey from two prefectures, counted again from its files by another program ---
bin=$(cd "$BUILD" && pwd)
SHIRABE_FORMS=$PWD/forms
"$bin/tests/demo/generate" --seed 20251201 "$work/sent" >/dev/null
setup l office init --type ministry --code mhlw --name 本省 --profile light
setup l intake file "$work/sent/mls/register-2025-12.csv" --form mls/register --period 2025-12
for p in 01:010006 34:340006; do
  month=$work/sent/mls/establishment-${p%%:*}-2025-12.csv
  setup "p${p%%:*}" office init --type prefecture --code "${p#*:}" --name 県 --profile light --parent "$work/l/office.json"
  setup l office key "$work/p${p%%:*}/office.json"
  setup "p${p%%:*}" intake file "$month" --form mls/establishment --period 2025-12
  setup "p${p%%:*}" batch seal mls 2025-12 --declared "establishment=$(($(wc -l <"$month") - 1))" --out "$work/mls${p%%:*}"
  setup l batch receive --from "$work/mls${p%%:*}" --receipts "$work/mls-r"
done
office l process run mls/establishment 2025-12 >"$work/out" 2>"$work/err"
check 'a month of two prefectures' exits 0 l process quality mls/establishment 2025-12 --csv
check 'counted again' python3 - "$work/out" "$work/sent/mls" <<'P'
import csv, sys
from fractions import Fraction as F
got = {(r['office'], r['item'], r['check'], r['metric']): r for r in csv.DictReader(open(sys.argv[1]))
       if not r['step'] and not r['metric'].startswith('imputation_')}
weight = {(r[0], r[1]): F(int(r[7]), int(r[8])) for r in list(csv.reader(open(sys.argv[2] + '/register-2025-12.csv', encoding='utf-8-sig')))[1:]}
compared = 0
def same(office, item, check, metric, part, whole, wpart, wwhole):
    global compared
    r = got[(office, item, check, metric)]
    assert (int(r['part']), int(r['whole'])) == (part, whole), (office, item, check, metric, r, part, whole)
    for text, exact in ((r['weighted_part'], wpart), (r['weighted_whole'], wwhole)):
        assert abs(float(text) - float(exact)) <= 1e-6 * max(1, float(exact)), (office, metric, r, float(exact))
    compared += 1
total = {}
pairs = {'H2_hs': '所定内労働時間数（延べ）', 'H2_d': '出勤日数（延べ）', 'H2_e0': '前調査期間末の常用労働者数', 'H2_inc': '本月中の増加'}
items = {'hs_total': '所定内労働時間数（延べ）（計）', 'd_male': '出勤日数（延べ）（男）'}
for code, office in (('01', 'prefecture-010006'), ('34', 'prefecture-340006')):
    raw = open(f'{sys.argv[2]}/establishment-{code}-2025-12.csv', 'rb').read()
    text = raw.decode('utf-8-sig') if raw[:3] == b'\xef\xbb\xbf' else raw.decode('cp932')
    rows = list(csv.DictReader(text.splitlines()))
    w = [weight[(r['都道府県番号'], r['事業所一連番号'])] for r in rows]
    for check, heading in pairs.items():
        t = [0, 0, F(0), F(0)]
        for r, v in zip(rows, w):
            m, f, s = (r[heading + x] for x in ('（男）', '（女）', '（計）'))
            if r['調査票の状態'] != '0' or '' in (m, f, s): continue
            fail = int(m) + int(f) != int(s)
            t[0] += fail; t[1] += 1; t[2] += fail * v; t[3] += v
        same(office, '', check, 'check_failure', *t)
        total[check] = [a + b for a, b in zip(total.get(check, [0] * 4), t)]
    for item, heading in items.items():
        there = [(r[heading] != '', v) for r, v in zip(rows, w) if r['調査票の状態'] == '0' or r[heading] != '']
        t = [sum(a for a, _ in there), len(there), sum(v for a, v in there if a), sum(v for _, v in there)]
        same(office, item, '', 'item_response', *t)
        total[item] = [a + b for a, b in zip(total.get(item, [0] * 4), t)]
for check in pairs: same('', '', check, 'check_failure', *total[check])
for item in items: same('', item, '', 'item_response', *total[item])
assert compared == 18
P
finish
