#!/bin/sh
# test_hidden_told.sh -- what hidden figures tell though no sum of shown ones gives them: two few counts that add up to 2 or 18, a formula that is a sum
# under another name, the complement of a share, the poor of arpr, a quantile that is one answer, the reason that is published; where a measure that
# cannot be read stands. Ends with `hidden told: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='hidden told'
. tests/golden/common.sh

job_form person
cp forms/codelists/disclosure_profiles.json "$work/forms/codelists/"
cp -R forms/secure "$work/forms/"
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "person", "version": "1", "title_ja": "個人票", "title_en": "Persons", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "person", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "part", "region", "sex", "amount"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,person,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
part,部,part,person,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
region,地域,region,person,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
sex,性別,sex,person,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
amount,額,amount,person,amount,int,yen,1,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
C
printf 'id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\nH1,hard,person,,amount < 9000000,大きい,large,確かめる,check,example\n' >"$form/checks.csv"
printf '{ "seed": 7, "weight": "none", "steps": [ { "step": "look", "method": "edit" } ] }\n' >"$form/process.json"
# One part of the records for each attack; `truth.csv` holds the counts.
python3 - "$work" <<'P'
import sys
no, rows, truth = 0, [], []
def put(part, region, sex, amounts):
    global no
    for a in amounts:
        no += 1
        rows.append(f'{no},{part},{region},{sex},{a}')
spread = lambda n, low=400: [low + 37 * k % 601 for k in range(n)]
for part, few in (('a', 1), ('b', 9)):
    put(part, '1', '1', spread(250)), put(part, '2', '1', spread(250)), put(part, '3', '1', spread(few)), put(part, '4', '1', spread(few))
for region, sex, n in (('1', '1', 120), ('1', '2', 130), ('2', '1', 100), ('2', '2', 90), ('3', '1', 80), ('3', '2', 85), ('4', '1', 6), ('4', '2', 25)):
    put('s', region, sex, spread(n))
# poverty line 60 % of the median: in region 4 all but six lie below it
put('p', '1', '1', [500] * 90 + [100] * 30), put('p', '2', '1', [500] * 90 + [100] * 30), put('p', '3', '1', [500] * 80 + [100] * 20)
put('p', '4', '1', [100] * 24 + [500] * 6)
for region in '1234':
    put('f', region, '1', ([90000, 21, 22, 23, 24, 25] if region == '4' else spread(6)))
    put('f', region, '2', spread(6, 500))
open(sys.argv[1] + '/persons.csv', 'w').write('no,part,region,sex,amount\n' + '\n'.join(rows) + '\n')
P
head='id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note'
table() { printf '%s\n%s\n' "$head" "$1" >"$form/tables.csv"; }
table 'counts,数,counts,person,region,,count(),,,0,persons_10,'
new_office office
check 'the form is in order' exits 0 office form check shop/person
receive office "$work/persons.csv" 2025-12
setup office process run "$kind" 2025-12
hidden() { # measure: codes of the first dimension that hide it, in one line
  python3 - "$work/out" "$1" <<'P'
import json, sys
t = json.load(open(sys.argv[1]))[0]
print(' '.join(sorted(c['region'] for c in t['suppressed'] if c['measure'] == sys.argv[2])))
P
}
protects() { exits 0 office estimate protect shop 2025-12 "$1" --json --cells; }
hides() { found=$(hidden "$1"); [ "$found" = "$2" ] || { echo "hidden: $found, expected: $2"; false; }; }

# --- counts that are few and add up to what only one way gives ---
for part in a b; do
  table "counts,数,counts,person,region,,count(),,\"part = \"\"$part\"\"\",0,persons_10,"
  check "part $part" protects counts
  check "part $part: clean" prints '"verdict":"clean"'
  check "part $part: a third count goes with the two" sh -c 'test "$1" -eq 3' - "$(hidden 'count()' | wc -w)"
done

# --- the other side of a share ---
table 'share,割合,share,person,region,,proportion(sex=2),,"part = ""s""",5,persons_10,'
check 'a share' protects share
check 'a share of which six are not: hidden with a partner' sh -c 'echo "$1" | grep -q 4 && test "$(echo "$1" | wc -w)" -eq 2' - "$(hidden 'proportion(sex=2)')"
table 'poor,貧困,poor,person,region,,arpr(amount),,"part = ""p""",6,persons_10,'
check 'a poverty rate' protects poor
check 'six who are not poor: hidden with a partner' sh -c 'echo "$1" | grep -q 4 && test "$(echo "$1" | wc -w)" -eq 2' - "$(hidden 'arpr(amount)')"

# --- answers of one ---
table 'dist,分布,dist,person,region,,"total(amount);median(amount);quantile(amount,0.99)",,"part = ""s""",0,persons_10,'
check 'quantiles' protects dist
check 'the largest of some hundred is an answer' hides 'quantile(amount,0.99)' '1 2 3 4 _T'
check 'a median of 31 is none' hides 'median(amount)' ''
check 'totals stay' hides 'total(amount)' ''

# --- a sum under another name ---
table 'form,式,formula,person,region,sex,formula(total(amount)+0),,"part = ""f""",0,establishments_3,'
check 'a formula that hides a figure' exits 1 office estimate protect shop 2025-12 form --json --cells
check 'a formula is not clean without its sums' sh -c '! grep -q "\"verdict\":\"clean\"" "$1"' - "$work/out"
check 'a formula is not released' exits 1 office release build shop 2025-12 --out "$work/no"
table 'form,式,formula,person,region,sex,total(amount);formula(total(amount)+0),,"part = ""f""",0,establishments_3,'
check 'with its total beside it' protects form
check 'with its total beside it: clean' prints '"verdict":"clean"'

# --- what is published of the rule ---
check 'the release' exits 0 office release build shop 2025-12 --out "$work/release"
python3 - "$work"/release/*/tables/form.csv <<'P' >"$work/said2"
import csv, sys
r = [x['reason'] for x in csv.DictReader(open(sys.argv[1])) if x['status'] == 'suppressed']
print(len(r) > 2, len(set(r)))
P
check 'one reason for all' grep -qx 'True 1' "$work/said2"
check 'no file tells the rule of a cell' sh -c '! grep -rlE "secondary: another|fewer units than|dominated by its|too closely" "$@"' - "$work"/release/*/tables
find "$work/release" -name '*.csv' -exec grep -l CONF_STATUS {} + | head -n 1 >"$work/sdmx"
python3 - "$(cat "$work/sdmx")" <<'P' >"$work/said2"
import csv, sys
r = [x['CONF_STATUS'] for x in csv.DictReader(open(sys.argv[1], encoding='utf-8-sig')) if x['OBS_STATUS'] == 'Q']
print(len(r) > 2, *set(r))
P
check 'SDMX: one status for all' grep -qx 'True C' "$work/said2"
check 'the office is told the rule' exits 0 office explain 'shop-2025-12/form?region=4&sex=1:total(amount)'
check 'the office is told the rule: dominated' prints 'largest contributors'

# --- a measure that cannot be read ---
table 'bad,悪,bad,person,region,,quantile(amount;0.99),,,0,persons_10,'
check 'a measure that cannot be read' exits 78 office release build shop 2025-12 --out "$work/no"
check 'where it stands' tells 'person/1/tables.csv:2'
check 'of which table' tells 'table bad'
finish
