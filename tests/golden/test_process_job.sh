#!/bin/sh
# test_process_job.sh -- a job of steps on a small form: checking of process.json with places, dry run, flags, corrections, imputation, proposals that become queries, the story of a
# record, the same bits for 1, 2, 8 threads and after kill -9 at every durable step. Ends with `process job: N passed, N failed`.
# KILL_STRIDE=1 tries every durable step (about 450, some minutes); else every 41st.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process job'
. tests/golden/common.sh

# --- the form: a = b + c; b and c are imputed by class mean; a unit's sales are asked about when they are half of the area's ---
job_form sales
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "sales", "version": "1", "title_ja": "売上票", "title_en": "Sales", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "area", "a", "b", "c", "note"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
area,地区,area,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
a,売上計,total,shop,amount,int,yen,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
b,売上1,first,shop,amount,int,yen,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
c,売上2,second,shop,amount,int,yen,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
note,備考,remark,shop,text,text,,1,0,,,,,,,,,,ANSWER,reported,,,,,
d,差,difference,shop,amount,int,yen,1,0,,,,,,,,,,ANSWER,derived,b - c,,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
H1,hard,shop,,a = b + c,計が合わない,the total does not add up,確かめる,check it,example
H2,hard,shop,,b <= 1000,売上1が大きすぎる,the first is too large,確かめる,check it,example
C
cat >"$form/group_checks.csv" <<'C'
id,severity,record,universe,by,measures,expression,message_ja,message_en,remedy_ja,remedy_en,source
G1,soft,shop,not missing(a),area,s=sum(a);n=count(),n = 1 or a <= 0.5 * s,地区の半分を超える,more than half of the area,確かめる,check it,example
C
cat >"$form/impute.csv" <<'C'
order,items,method,classes,parameters,note
1,b,class_mean,area>,min_class=2;weight=none,
2,c,class_mean,area>,min_class=2;weight=none,
C
cat >"$form/process.json" <<'J'
{
  "seed": 7, "weight": "none", "reliability": { "a": "3", "b": "1.5" },
  "effects": { "items": ["a", "b", "c"], "by": ["area"] },
  "blocks": {
    "clean": [
      { "step": "unit", "method": "assign", "item": "b", "value": "b / 1000", "when": "b > 1000 and b / 1000 + c = a" },
      { "step": "wrong", "method": "flag", "items": ["b"], "flag": "impute", "when": "b > 1000 or (missing(c) and b > a)", "reason": "above the limit" },
      { "step": "take", "method": "clear" }
    ]
  },
  "steps": [
    { "step": "first", "block": "clean" },
    { "step": "look", "method": "edit" },
    { "step": "fill", "method": "impute" },
    { "step": "total", "method": "assign", "item": "a", "value": "b + c", "filter": "area != '9'", "when": "not (a = b + c) or missing(a)" },
    { "step": "rest", "method": "derive" },
    { "step": "large", "method": "propose", "items": ["a", "b"], "when": "a >= 900", "message_ja": "大きい", "message_en": "large", "remedy_ja": "確かめる", "remedy_en": "check it" }
  ]
}
J
# 1 is right; 2 has b in thousandths; 3 b far out; 4 no c; 5 no b and no c; 6 wrong total in area 9; 7 the largest of its area
cat >"$work/sales.csv" <<'C'
no,area,a,b,c,note
1,1,30,10,20,
2,1,40,15000,25,
3,1,30,5000,20,
4,1,50,20,,
5,2,,,,
6,9,99,10,20,
7,2,900,500,400,
8,2,30,10,20,
C
new_office base
receive base "$work/sales.csv" 2025-12

# --- the file is checked, with its place ---
wrong 'an unknown method' 's/"method": "clear"/"method": "clean"/' "method 'clean' is not known" 8
wrong 'a block in itself' 's/"step": "take", "method": "clear"/"step": "take", "block": "clean"/' "block 'clean' contains itself" 8
wrong 'an unknown name' 's/"method": "edit"/"method": "edit", "speed": 1/' "'speed' has no place" 13
wrong 'a filter on a step for all records' 's/"method": "edit"/"method": "edit", "filter": "a > 1"/' "'filter' has no place" 13
wrong 'a missing option' 's/, "reason": "above the limit"//' "'reason' of a step" 7
wrong 'an expression with no such item' 's/b > 1000 and/bb > 1000 and/' "bb" 6
wrong 'no weight' 's/"weight": "none",//' "'weight' of a step" 1
wrong 'a reliability of nothing' 's/"a": "3"/"a": "0"/' "'a' of a step" 2
wrong 'two steps of one name' 's/"step": "look"/"step": "fill"/' "'fill' of a step" 14
check 'the good file' exits 0 base process rules shop/sales

# --- dry run, then the run ---
cp -R "$work/base" "$work/dry"
check 'a dry run tells what would be done' exits 1 dry process run shop/sales 2025-12 --dry-run --json
cp "$work/out" "$work/dry.json"
check 'and stores nothing' exits 66 dry process status shop/sales 2025-12
cp -R "$work/base" "$work/one"
check 'the run ends with 1: a hard failure remains' exits 1 one process run shop/sales 2025-12 --json
check 'and names record state and rule' tells 'FAILED_POST'
check 'H1 by name' tells 'H1 1'
check 'the dry run said the same' sh -c 'for f in "$1" "$2"; do sed "s/\"cpu_us\":[0-9]*//g; s/\"stored\":[a-z]*//" "$f" >"$f.plain"; done; cmp "$1.plain" "$2.plain"' - "$work/dry.json" "$work/out"
check 'one value was assigned' prints '"step":"first/unit","method":"assign","records":8,"selected":8,"groups":1,"flagged":0,"changed":1'
check 'one was flagged' prints '"step":"first/wrong","method":"flag","records":8,"selected":8,"groups":1,"flagged":1'
check 'two proposals' prints '"proposals":1'
# b: 10, 15, (5000 taken), 20, -, 10, 500, 10 -> area 1: mean of 10 15 20 = 15; area 2: 255; c: area 1: 20 25 20 -> 65/3 = 22; area 2: 210
check 'totals before' prints '{"item":"b","weighting":"none","stage":"before","n":7,"changed":0,"total":"20550"'
check 'totals after' prints '{"item":"b","weighting":"none","stage":"after","n":8,"changed":3,"total":"835","least":"10","p05":"10","p25":"10","p50":"15","p75":"20","p95":"500","greatest":"500"}'
check 'watching' exits 1 one process run shop/sales 2025-12 --watch
check 'tells each step' tells 'step 6/8 total (assign): 7 selected'

# --- the story of a record ---
check 'the story of record 3' exits 0 one process explain shop/sales 2025-12 3 --show-values
check 'its flag' prints 'above the limit'
check 'its step' prints 'first/wrong'
check 'its new value' prints '5000'
check 'its class' prints 'class_mean'
check 'how it ended' prints 'every hard rule holds'
check 'the story of record 2' exits 0 one process explain shop/sales 2025-12 2 --show-values
check 'its formula' prints 'b / 1000'
check 'the story of record 6' exits 0 one process explain shop/sales 2025-12 6
check 'it failed' prints 'after all steps: failed_post H1'
check 'the status of the run' exits 0 one process status shop/sales 2025-12
check 'with all steps' prints 'large'
check 'of the group rule' exits 0 one process explain shop/sales 2025-12 7 --json
check 'its failure' prints '"check_id":"G1"'

# --- proposals become queries ---
check 'asking' exits 0 one query ask shop 2025-12
check 'the list' exits 0 one query list shop 2025-12 --json
check 'holds the proposal' prints '"rule":"step:large"'
check 'and the failed rule of the group' prints '"rule":"G1"'

# --- same bits: threads, and kill -9 at every durable step ---
content one 2025-12 >"$work/expected"
check 'nine stages have a content' test "$(grep -o '"content":"[0-9a-f]\{64\}"' "$work/expected" | wc -l)" -eq 9
same_with_threads base 1 2025-12
n=1 killed=0 resumed=0 waiting=0
while :; do
  rm -rf "$work/more"; cp -R "$work/base" "$work/more"
  SHIRABE_FAULT=kill:$n office more process run shop/sales 2025-12 >"$work/out" 2>"$work/err"
  [ "$?" -gt 128 ] || break
  killed=$((killed + 1))
  office more process status shop/sales 2025-12 >/dev/null 2>&1
  [ "$?" -ne 1 ] || waiting=$((waiting + 1))
  office more process run shop/sales 2025-12 >"$work/out" 2>"$work/err"; status=$?
  office more process status shop/sales 2025-12 --json 2>/dev/null | grep -q '"resumed":true' && resumed=$((resumed + 1))
  content more 2025-12 >"$work/now"
  check "killed at step $n: the next run ends as it should" test "$status" -eq 1
  check "killed at step $n: the same bits" cmp "$work/expected" "$work/now"
  office more process status shop/sales 2025-12 >/dev/null 2>&1
  check "killed at step $n: nothing is left waiting" test "$?" -eq 0
  n=$((n + ${KILL_STRIDE:-41}))
done
check 'steps were killed' test "$killed" -gt 9
check 'runs went on where they stopped' test "$resumed" -gt 5
check 'process status had told so' test "$waiting" -eq "$resumed"
finish
