#!/bin/sh
# test_estimate_action.sh -- a survey whose profile rounds instead of suppressing: the table of the store is changed, says so, carries no standard error, and a
# profile that cannot be carried out stops or refuses the table. Ends with `estimate action: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='estimate action'
. tests/golden/common.sh

job_form house
mkdir -p "$form/codes" && cp forms/codelists/prefectures.csv "$form/codes/"
profile() {
  printf '{ "profiles": [ { "name": "establishments_3", "status": "unconfirmed", "source": "example", "items": { "holding": "", "waiver": "", "asked": "" },
    "rule": { "min_n": 3, "dominance_n": 0, "dominance_percent": 0, "p_percent": 0, "q_percent": 100, "coalition": 1, "request": false, "request_percent": 0,
      "zero_is_group": false, "safety_range_percent": 0, "weights": "raw" }, "publish": { %s } } ] }\n' "$1" >"$work/forms/codelists/disclosure_profiles.json"
}
cp forms/codelists/*.csv forms/codelists/publication_rules.json "$work/forms/codelists/"; cp -R forms/secure "$work/forms/"
profile '"action": "round", "base": 5'
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "house", "version": "1", "title_ja": "世帯票", "title_en": "Households", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "house", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "pref", "type"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,house,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
pref,都道府県,prefecture,house,code,code,,1,0,,,prefectures,,,,,,,ANSWER,reported,,,,,
type,世帯類型,type of household,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
C
printf 'id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\nH1,hard,house,,no > 0,正,positive,確かめる,check,example\n' >"$form/checks.csv"
printf '{ "seed": 7, "weight": "none", "steps": [ { "step": "look", "method": "edit" } ] }\n' >"$form/process.json"
cat >"$form/tables.csv" <<'C'
id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note
houses,都道府県・世帯類型別の世帯数,Households by prefecture and type,house,pref,type,count(),,,0,establishments_3,
C
python3 - "$work" <<'P'
import random, sys
draw = random.Random(5)
with open(f'{sys.argv[1]}/house.csv', 'w') as f:
    f.write('no,pref,type\n')
    for no in range(1, 151): f.write(f'{no},{draw.choice(["01", "13", "13", "27", "47"])},{draw.choice("1112223344")}\n')
P
cat >"$work/judge.py" <<'P'
import csv, json, sys
how, truth, t = sys.argv[1], list(csv.DictReader(open(sys.argv[2]))), list(csv.DictReader(open(sys.argv[3])))
count = {}
for r in truth:
    for p in (r['pref'], '_T'):
        for k in (r['type'], '_T'): count[p, k] = count.get((p, k), 0) + 1
seen = {}
for r in t:
    p, k = r['pref'], r['type']; v = count.get((p, k), 0)
    assert r['se'] == '' and r['cv'] == '' and r['df'] == '', r
    seen[p, k] = None if r['status'] != 'shown' else int(float(r['value']))
    if how == 'round':
        assert r['status'] == 'shown' and seen[p, k] % 5 == 0 and abs(seen[p, k] - v) < 5 and int(r['n']) == seen[p, k], (r, v)
    elif how == 'redact':
        assert (r['status'] == 'suppressed') == (v < 8), (r, v)
        if v >= 8: assert seen[p, k] == 10 * ((v + 5) // 10), (r, v)
        else: assert r['n'] == '', r
assert len(seen) >= 20
if how == 'round':
    ps = sorted({p for p, k in seen} - {'_T'}); ks = sorted({k for p, k in seen} - {'_T'})
    for p in ps + ['_T']: assert seen[p, '_T'] == sum(seen.get((p, k), 0) for k in ks)
    for k in ks + ['_T']: assert seen['_T', k] == sum(seen.get((p, k), 0) for p in ps)
    assert any(seen[x] != count.get(x, 0) for x in seen)
P
new_office office
check 'the form is in order' exits 0 office form check shop/house
receive office "$work/house.csv" 2025-12
setup office process run "$kind" 2025-12
check 'a rounded table' exits 0 office estimate table shop 2025-12 houses --as long
cp "$work/out" "$work/long.csv"
check 'rounded: multiples that add up, no errors, n as well' python3 "$work/judge.py" round "$work/house.csv" "$work/long.csv"
check 'rounded: as text' exits 0 office estimate table shop 2025-12 houses
check 'rounded: it says so' prints 'neighbouring multiple of 5'
check 'protect finds nothing to refuse' exits 0 office estimate protect shop 2025-12
office office estimate run shop 2025-12 --json >"$work/five" 2>/dev/null </dev/null
profile '"action": "round", "base": 3'
office office estimate run shop 2025-12 --json >"$work/three" 2>/dev/null </dev/null
spec() { grep -o '"spec[a-z_]*":"[0-9a-f]*"' "$1" | head -n 1; }
check 'the specification has its digest' test -n "$(spec "$work/five")"
check 'another base is another specification' test "$(spec "$work/five")" != "$(spec "$work/three")"
profile '"action": "redact-round", "base": 10, "threshold": 8'
check 'redacted, then rounded' exits 0 office estimate table shop 2025-12 houses --as long
cp "$work/out" "$work/long.csv"
check 'redacted: rows of few are hidden with n' python3 "$work/judge.py" redact "$work/house.csv" "$work/long.csv"
check 'a rounded table with hidden rows goes through the door' exits 0 office release build shop 2025-12 --out "$work/release"
check 'its report says how it was protected' grep -q '"method": *"rounding instead of suppression' "$work"/release/shop-2025-12-*/disclosure.json
check 'and that it withstood' grep -q '"verdict": *"clean"' "$work"/release/shop-2025-12-*/disclosure.json
check 'hidden rows stay hidden in every form' python3 - "$work/house.csv" "$work"/release/shop-2025-12-*/tables <<'P'
import csv, sys
count = {}
for r in csv.DictReader(open(sys.argv[1])): count[r['pref'], r['type']] = count.get((r['pref'], r['type']), 0) + 1
small = {k for k, v in count.items() if v < 8}
rows = [r for r in csv.DictReader(open(sys.argv[2] + '/houses.csv', encoding='utf-8-sig')) if (r['pref'], r['type']) in small]
assert small and len(rows) >= len(small) and all(r['value'] == '' and r['n'] == '' and r['status'] == 'suppressed' for r in rows), rows
P
profile '"action": "cell-key", "range": 4, "variance": 3'
check 'noise without its secret' exits 1 office estimate protect shop 2025-12 --json
check 'noise without its secret: refused' prints 'no secret of the survey'
printf 'a secret of the survey, long enough' >"$work/noise"
SHIRABE_NOISE_SECRET_FILE=$work/noise
export SHIRABE_NOISE_SECRET_FILE
check 'noise' exits 0 office estimate table shop 2025-12 houses --as long
cp "$work/out" "$work/long.csv"
check 'noise: the same again' exits 0 office estimate table shop 2025-12 houses --as long
check 'noise: the same again: bytes' cmp "$work/out" "$work/long.csv"
profile '"action": "round"'
check 'rounding without a base' exits 78 office estimate protect shop 2025-12
check 'rounding without a base: what is missing' tells 'base'
profile '"action": "suppress"'
check 'suppression, said' exits 0 office estimate table shop 2025-12 houses --as long
finish
