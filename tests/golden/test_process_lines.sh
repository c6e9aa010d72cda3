#!/bin/sh
# test_process_lines.sh -- lines of impute.csv for the same item in several steps, with other steps between that fill or empty it: the counts add up, killed or not.
# Ends with `process lines: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process lines'
. tests/golden/common.sh

job_form lines
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "lines", "version": "1", "title_ja": "票", "title_en": "Form", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "area", "x", "y"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
area,地区,area,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
x,規模,size,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
y,額,amount,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
H1,hard,shop,,y <= 3 * x,yが大きすぎる,y is too large,確かめる,check it,example
C
cat >"$form/impute.csv" <<'C'
order,items,method,classes,parameters,note
1,y,class_ratio,area,auxiliary=x;min_class=3;weight=none,
2,y,class_ratio,area>,auxiliary=x;min_class=3;weight=none,
C
cat >"$form/process.json" <<'J'
{
  "seed": 7, "weight": "none", "checkpoint": true,
  "steps": [
    { "step": "first", "method": "impute", "to": 1 },
    { "step": "open", "method": "flag", "items": ["y"], "flag": "impute", "when": "missing(y)", "reason": "no answer" },
    { "step": "like", "method": "donor", "filter": "area = \"2\"", "nearest": 1, "min_donors": 1, "percent_donors": "1", "after": "strict" },
    { "step": "second", "method": "impute", "from": 2 },
    { "step": "doubt", "method": "flag", "items": ["y"], "flag": "impute", "when": "x = 4 or x = 5", "reason": "in doubt" },
    { "step": "gone", "method": "clear" },
    { "step": "third", "method": "impute", "from": 2 }
  ]
}
J
# area 1: 3 donors, 1 missing: the first line. Area 2: 2 donors, 1 missing: the first line leaves it, the donor gives it; then two of area 1 are emptied and the second line, run again, fills them
cat >"$work/in.csv" <<'C'
no,area,x,y
1,1,2,4
2,1,4,8
3,1,5,10
4,1,6,
5,2,10,21
6,2,20,39
7,2,11,
C
new_office base
receive base "$work/in.csv" 2025-12
cp -R "$work/base" "$work/one"
check 'a donor step between two lines' exits 0 one process run shop/lines 2025-12 --json
check 'the counts' prints '"values_missing":2,"values_imputed":3,"values_left":0,"values_filled":1,"values_emptied":2'
check 'as text' exits 0 one process run shop/lines 2025-12 --dry-run
check 'it is told' prints 'other steps filled 1 of the missing values and left 2 more missing'
content one 2025-12 >"$work/expected"
n=1
while :; do
  rm -rf "$work/more"; cp -R "$work/base" "$work/more"
  SHIRABE_FAULT=kill:$n office more process run shop/lines 2025-12 >"$work/out" 2>"$work/err"
  [ "$?" -gt 128 ] || break
  check "killed at write $n: goes on" exits 0 more process run shop/lines 2025-12
  content more 2025-12 >"$work/now"
  check "killed at write $n: the same bits" cmp "$work/expected" "$work/now"
  n=$((n + 97))
done
check 'there were kills' test "$n" -gt 97
finish
