#!/bin/sh
# test_process_close.sh -- records that miss a check by less than the search's tolerance, as 100 yen of 100,000,000,000, are handed to people and never
# passed over in silence; totals of large and of decimal amounts keep their limits to the last unit. Ends with `process close: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process close'
. tests/golden/common.sh
job_form close
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "close", "version": "1", "title_ja": "大きい額", "title_en": "Large amounts", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "a", "b", "t", "d", "f", "g"] }], "codelists": {}, "source": "example" }
J
{
  echo 'name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note'
  echo 'no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,'
  for item in a b t; do echo "$item,$item,$item,shop,amount,int,,1,0,0,999999999999999,,,,,,,,ANSWER,reported,,,,,"; done
  for item in d f g; do echo "$item,$item,$item,shop,amount,int,,1,2,0,9999999,,,,,,,,ANSWER,reported,,,,,"; done
} >"$form/items.csv"
cat >"$work/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source,weight
SUM,hard,shop,,a + b = t,和が合わない,not the sum,確かめる,check it,example,
C
cat >"$work/now.csv" <<'C'
no,a,b,t,d,f,g
1,60000000000,40000000000,100000000100,0.1,0.2,0.3
2,60000000000,40000000000,100000000000,1.1,2.2,3.3
3,600,400,1001,0.1,0.2,0.41
4,100000000000003,3,100000000000005,1.1,2.2,3.31
C
job() { printf '{ "seed": 1, "weight": "none", "reliability": { "a": "2", "b": "3" }, "steps": [ %s ] }\n' "$1" >"$form/process.json"; }
job '{ "step": "where", "method": "localise" }'
cp "$work/checks.csv" "$form/checks.csv"
new_office base
receive base "$work/now.csv" 2025-12
again() { rm -rf "$work/$1"; cp -R "$work/base" "$work/$1"; }

again linear
check 'linear' exits 1 linear process run shop/close 2025-12 --json
check 'linear: two are too close for the search' prints '"edits":1,"judged":4,"passed":1,"solved":1,"rejected_cardinality":0,"unsolved":2'
check 'linear: record 1' exits 0 linear process explain shop/close 2025-12 1 --json
check 'linear: record 1 goes to people' prints '"rule":"step:where"'

# the same with an IF-THEN: the search of all rules. A ratio against 0 is a rule that can be used.
{ cat "$work/checks.csv"; cat <<'C'; } >"$form/checks.csv"
IFB,hard,shop,,if a > 5 then b >= 1,小さい,too small,確かめる,check it,example,
SIGN,hard,shop,,g / (d + 1) >= 0,負である,negative,確かめる,check it,example,
C
again mixed
check 'mixed' exits 1 mixed process run shop/close 2025-12 --json
check 'mixed: two are too close for the search' prints '"passed":1,"solved":1,"rejected_cardinality":0,"unsolved":2,'
check 'mixed: every check is used' prints '"checks_not_used":0'
check 'mixed: record 4' exits 0 mixed process explain shop/close 2025-12 4 --json
check 'mixed: record 4 goes to people with the check' prints 'cannot be settled by rule (SUM)'

cp "$work/checks.csv" "$form/checks.csv"
job '{ "step": "cents", "method": "totals", "total": "g", "parts": ["d", "f"], "amend": "total", "absolute": "0" },
     { "step": "yen", "method": "totals", "total": "t", "parts": ["a", "b"], "amend": "total", "absolute": "5" }'
again totals
check 'totals' exits 1 totals process run shop/close 2025-12 --json
check 'totals: 0.1 + 0.2 is 0.3, and 0.41 is not' prints '"total":0,"components":0,"none":2,"manual":2,'
check 'totals: 100 of 100,000,000,000 is more than 5' prints '"total":2,"components":0,"none":1,"manual":1,'
# whether there is an answer is said in words
{ cat "$work/checks.csv"; cat <<'C'; } >"$form/checks.csv"
ASKED,hard,shop,,if missing(d) then f = 0,dがない,d is not there,確かめる,check it,example,
GIVEN,hard,shop,,if f > 0 then not missing(d),dがない,d is not there,確かめる,check it,example,
C
job '{ "step": "where", "method": "localise" }'
sed 's/^2,.*/2,600,400,1000,,0.2,0.2/' "$work/now.csv" >"$work/gap.csv"
sed -i 's/"b": "3"/"b": "3", "f": "3"/' "$form/process.json"
new_office gap
receive gap "$work/gap.csv" 2025-12
check 'presence' exits 1 gap process run shop/close 2025-12
check 'presence: record 2' exits 0 gap process explain shop/close 2025-12 2 --json
check 'presence: in English' prints 'ASKED shows that one of these must change: f, whether d has an answer'
check 'presence: in Japanese' prints 'ASKED から、次の少なくとも一つを直す必要があります: f、dの回答の有無'
# a value that the item's decimals cannot hold
{ cat "$work/checks.csv"; echo 'THIRD,hard,shop,,3 * f = 1,合わない,does not fit,確かめる,check it,example,'; } >"$form/checks.csv"
check 'a third' exits 0 gap process rules shop/close
check 'a third: no record has it' prints "determined, but not in the item's decimals: no record can pass"
# the only whole step left is the item's limit: 0.28 + 0.01 is above 0.29 in binary, and yet d can be 0.29
sed -i '/^d,/s/9999999/0.29/' "$form/items.csv"
{ cat "$work/checks.csv"; echo 'STEP,hard,shop,,if a = 600 then 3 * d > 0.85,小さい,too small,確かめる,check it,example,'; } >"$form/checks.csv"
printf 'no,a,b,t,d,f,g\n1,600,400,1000,0.28,0.1,0.1\n' >"$work/step.csv"
new_office step
receive step "$work/step.csv" 2025-12
check 'a last step' exits 1 step process run shop/close 2025-12
check 'a last step: record 1' exits 0 step process explain shop/close 2025-12 1 --json
check 'a last step: the cheapest item' prints '"flags":[{"item":"d","flag":"impute"'
finish
