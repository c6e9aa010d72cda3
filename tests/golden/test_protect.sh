#!/bin/sh
# test_protect.sh -- disclosure control of a month in the store: planted cells of few, dominated and of one owner; what is hidden against a recount from
# the records, an attacker with linear programmes against the pattern and against the naive one, `explain` of hidden cells, the disclosure report, the
# picture; no hidden figure in anything that is printed. Ends with `protect: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=protect
. tests/golden/common.sh
truth() { python3 tests/golden/protect_truth.py "$@"; }

job_form stores
cp forms/codelists/disclosure_profiles.json "$work/forms/codelists/"
cp -R forms/secure "$work/forms/"
# the profile of establishments with the owners merged, under a name of its own
python3 - "$work/forms/codelists" <<'P'
import json, sys
name = sys.argv[1] + '/disclosure_profiles.json'
d = json.load(open(name))
own = json.loads(json.dumps(next(p for p in d['profiles'] if p['name'] == 'establishments_3')))
own['name'], own['items']['holding'], own['source'] = 'shops_by_owner', 'owner', 'made for a test'
d['profiles'].append(own)
json.dump(d, open(name, 'w'), indent=1)
open(sys.argv[1] + '/disclosure_profiles.csv', 'a').write('shops_by_owner,店,shops,,,,valid\n')
P
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "stores", "version": "1", "title_ja": "店舗票", "title_en": "Stores", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "stores", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "pref", "region", "kind", "owner", "sales", "goods", "service"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,stores,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
pref,都道府県,prefecture,stores,code,code,,1,0,,,places,,,,,,,ANSWER,reported,,,,,
region,地域,region,stores,code,code,,1,0,,,places,,,,,,,ANSWER,reported,,,,,
kind,業種,kind of shop,stores,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
owner,企業,owner,stores,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
sales,売上,sales,stores,amount,int,yen,1000,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
C
cat >>"$form/items.csv" <<'C'
goods,物品,goods,stores,amount,int,yen,1000,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
service,サービス,service,stores,amount,int,yen,1000,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
C
printf 'id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\nH1,hard,stores,,sales < 90000000,大きい,large,確かめる,check,example\nH2,hard,stores,,goods + service = sales,和が違う,does not add up,確かめる,check,example\n' >"$form/checks.csv"
printf '{ "seed": 7, "weight": "none", "steps": [ { "step": "look", "method": "edit" } ] }\n' >"$form/process.json"
cat >"$form/tables.csv" <<'C'
id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note
sales,都道府県・業種別,Sales by prefecture and kind,stores,pref,kind,count();total(sales);mean(sales),,,0,shops_by_owner,
prefs,都道府県別,Sales by prefecture,stores,pref,,total(sales),,,0,shops_by_owner,
regions,地域・業種別,Sales by region and kind,stores,region,kind,total(sales),,,0,shops_by_owner,
parts,内訳,Goods and service by kind,stores,pref,kind,total(goods);total(service);total(sales),,no > 0,0,shops_by_owner,
C
# prefectures lie in regions: N = 01, M = 08 13, S = 23 27 40
mkdir -p "$form/codes"
cat >"$form/codes/places.csv" <<'C'
code,label_ja,label_en,parent,valid_from,valid_to,status
N,北,North,,,,valid
M,中,Middle,,,,valid
S,南,South,,,,valid
01,北海道,Hokkaido,N,,,valid
08,茨城,Ibaraki,M,,,valid
13,東京,Tokyo,M,,,valid
23,愛知,Aichi,S,,,valid
27,大阪,Osaka,S,,,valid
40,福岡,Fukuoka,S,,,valid
C
truth make "$work" || exit 70
new_office office
check 'the form is in order' exits 0 office form check shop/stores
receive office "$work/shops.csv" 2025-12
setup office process run "$kind" 2025-12

# --- what is hidden ---
check 'the month is protected' exits 0 office estimate protect shop 2025-12 sales --json --cells
cp "$work/out" "$work/pattern.json"
check 'audited and clean' prints '"verdict":"clean"'
truth primary "$work" | sort >"$work/want"
check 'the recount hides something by each rule' test "$(wc -l <"$work/want")" -eq 8
python3 - "$work/pattern.json" >"$work/have" <<'P'
import json, sys
for c in json.load(open(sys.argv[1]))[0]['suppressed']:
    if c['rule'] in ('few', 'dominated', 'p_percent'): print(c['pref'], c['kind'], c['measure'], sep=',')
P
sort -o "$work/have" "$work/have"
check 'primary figures are those of the recount' diff "$work/want" "$work/have"
check 'three shops of one owner are few' grep -q '^27,D,count()' "$work/have"
check 'a dominated cell keeps its number of shops' sh -c '! grep -q "^08,B,count()" "$1"' - "$work/have"
check 'the pattern stands for both tables' exits 0 office estimate protect shop 2025-12 --json --cells
python3 - "$work/out" >"$work/said2" <<'P'
import json, sys
t = {x['table']: x for x in json.load(open(sys.argv[1]))}
a = {c['pref'] for c in t['sales']['suppressed'] if c['kind'] == '_T' and c['measure'] == 'total(sales)'}
b = {c['pref'] for c in t['prefs']['suppressed'] if c['measure'] == 'total(sales)'}
sys.exit(a != b)
P
check 'a cell of two tables is hidden in both or in none' test $? -eq 0
cp "$work/out" "$work/all.json"
python3 - "$work/all.json" <<'P'
import json, sys
t = {x['table']: x for x in json.load(open(sys.argv[1]))}
inner = {c['kind'] for c in t['sales']['suppressed'] if c['pref'] == '01' and c['measure'] == 'total(sales)'}
outer = {c['kind'] for c in t['regions']['suppressed'] if c['region'] == 'N'}
sys.exit(inner != outer)
P
check 'the region of one prefecture is hidden like the prefecture' test $? -eq 0
python3 - "$work/all.json" <<'P'
import json, sys
t = {x['table']: x for x in json.load(open(sys.argv[1]))}['parts']
rows = [{(c['pref'], c['kind']) for c in t['suppressed'] if c['measure'] == f'total({m})'} for m in ('goods', 'service', 'sales')]
sys.exit(not (rows[0] and rows[0] == rows[1] == rows[2]))
P
check 'parts and whole of an equation of the form go together' test $? -eq 0

# --- the attacker ---
check 'hidden cells cover the primaries' truth attack "$work" "$work/all.json"
attacker() { "$program" estimate suppress "$work/cells.csv" "$work/rels.csv" --exact --audit-only "$work/$1.csv" >"$work/out" 2>"$work/err"; }
check 'no attacker comes closer than the levels' attacker pattern
check 'the naive pattern is broken' sh -c '! "$@" >/dev/null 2>&1' - "$program" estimate suppress "$work/cells.csv" "$work/rels.csv" --exact --audit-only "$work/naive.csv"

# --- shown to officers ---
check 'as text' exits 0 office estimate protect shop 2025-12 sales --cells
cp "$work/out" "$work/text"
check 'text: the rule' prints 'shops_by_owner: fewer than 3 units, (2, 90 %), p 10 %, safety range 10 %, weights raw'
check 'text: its status and source' prints 'status unconfirmed; source: made for a test'
check 'text: a cell and why' prints 'sales?pref=08&kind=B:total(sales)  dominated  primary: its largest contributors'
check 'text: a secondary cell' prints '  secondary  secondary: hidden so that'
check 'in Japanese' exits 0 office estimate protect shop 2025-12 sales --cells --lang ja
cp "$work/out" "$work/text_ja"
check 'in Japanese: the rule' prints '客体数 3 未満、上位 2 者 90%、p=10%'
check 'a picture' exits 0 office estimate protect shop 2025-12 sales --svg
cp "$work/out" "$work/pattern.svg"
check 'a picture: well-formed' python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$work/pattern.svg"
check 'a picture: primary is black' prints 'fill="#000"'
check 'a picture: secondary is hatched' sh -c 'test "$(grep -c "<rect x.*url(#hatch)" "$1")" -gt 1' - "$work/pattern.svg"
check 'a picture of two tables' exits 64 office estimate protect shop 2025-12 --svg
check 'another rule' exits 0 office estimate protect shop 2025-12 sales --rule establishment_x --json --cells
check 'another rule: one owner of three shops is no few there' sh -c '! grep -q "\"pref\":\"27\",\"kind\":\"D\",\"measure\":\"count()\",\"rule\":\"few\"" "$1"' - "$work/out"
check 'another rule: never released' prints 'another disclosure profile than that of the table was tried'
check 'a rule that is not there' exits 78 office estimate protect shop 2025-12 sales --rule nobody
for threads in 2 8; do
  check "$threads threads" exits 0 office estimate protect shop 2025-12 sales --json --cells --threads "$threads"
  check "$threads threads: the same pattern" cmp "$work/out" "$work/pattern.json"
done

# --- released, explained ---
check 'the release' exits 0 office release build shop 2025-12 --out "$work/release"
cat "$work"/release/*/disclosure.json >"$work/disclosure.json"
check 'disclosure report: audit' grep -q '"verdict":"clean"' "$work/disclosure.json"
check 'disclosure report: no width of an interval' sh -c '! grep -q "narrowest\|interval" "$1"' - "$work/disclosure.json"
check 'as JSON: the level is reached, no width' sh -c 'grep -q "\"intervals_reach_the_level\":true" "$1" && ! grep -q narrowest "$1"' - "$work/pattern.json"
check 'as text: the level is reached, no width' sh -c 'grep -q "at least the level" "$1" && ! grep -q "^sales .*[0-9] %" "$1"' - "$work/text"
check 'in Japanese: the level is reached' grep -q '水準以上' "$work/text_ja"
check 'disclosure report: the profile with its status' grep -q '"profile_source":"made for a test","profile_status":"unconfirmed"' "$work/disclosure.json"
for ask in 'pref=08&kind=B:total(sales)' 'pref=23&kind=C:count()' 'pref=27&kind=D:mean(sales)'; do
  check "explain $ask" exits 0 office explain "shop-2025-12/sales?$ask"
  cat "$work/out" "$work/err" >>"$work/explained"
  check "explain $ask: audited" prints 'audited: no hidden figure'
  check "explain $ask: profile" prints 'profile shops_by_owner, unconfirmed; source: made for a test'
  check "explain $ask: JSON" exits 0 office explain "shop-2025-12/sales?$ask" --json
  check "explain $ask: JSON has no value" prints '"value":null,"hidden_by":'
  cat "$work/out" "$work/err" >>"$work/explained"
  check "explain $ask: Japanese" exits 0 office explain "shop-2025-12/sales?$ask" --lang ja
  cat "$work/out" "$work/err" >>"$work/explained"
done
check 'explain: dominated' grep -q 'largest contributors make up more' "$work/explained"
check 'explain: few' grep -q 'fewer units than the minimum' "$work/explained"
second=$(python3 -c 'import json, sys
c = next(c for c in json.load(open(sys.argv[1]))[0]["suppressed"] if c["rule"] == "secondary" and c["measure"] == "total(sales)")
print("pref=%s&kind=%s" % (c["pref"], c["kind"]))' "$work/pattern.json")
check 'explain a secondary cell' exits 0 office explain "shop-2025-12/sales?$second:total(sales)"
check 'explain a secondary cell: why' prints 'hidden so that other hidden figures cannot be found from sums'
cat "$work/out" "$work/err" >>"$work/explained"
check 'explain a cell that is not there' exits 64 office explain 'shop-2025-12/sales?pref=08&kind=Q:total(sales)'
cat "$work/out" "$work/err" >>"$work/explained"

# --- no hidden figure anywhere ---
truth secrets "$work" "$work/pattern.json" | sort -u >"$work/needles"
check 'there is something to look for' test "$(wc -l <"$work/needles")" -ge 20
cat "$work"/release/*/*.json "$work"/release/*/*.csv "$work"/release/*/tables/* >"$work/released"
for made in pattern.json text text_ja pattern.svg explained disclosure.json released; do
  check "nothing hidden in $made" sh -c '! grep -w -F -f "$1" "$2"' - "$work/needles" "$work/$made"
done
check 'a search that finds' grep -q -w -F -f "$work/needles" "$work/shops.csv"
check 'no owner is named' sh -c '! grep -w -e chain -e o1 "$@"' - "$work/explained" "$work/text" "$work/pattern.json"

# --- a list of profiles that cannot be ---
cp "$work/forms/codelists/disclosure_profiles.json" "$work/good.json"
sed 's/"coalition": 1/"coalition": 0/' "$work/good.json" >"$work/forms/codelists/disclosure_profiles.json"
check 'a profile that cannot be' exits 78 office estimate protect shop 2025-12 sales
check 'a profile that cannot be: where and what' tells "'persons_10 coalition' must be at least 1"
cp "$work/good.json" "$work/forms/codelists/disclosure_profiles.json"
finish
