#!/bin/sh
# test_process_chain.sh -- localisation with proofs, deterministic values, nearest donors, smallest changes, prorating and outliers as steps of one job on a small form with known
# errors: every hard rule holds afterwards, the planted values are the flagged ones, one record has no answer and goes to a person. Ends with `process chain: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process chain'
. tests/golden/common.sh

job_form sales
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "sales", "version": "1", "title_ja": "売上票", "title_en": "Sales", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "area", "total", "food", "other", "staff"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
area,地区,area,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
total,売上計,total,shop,amount,int,yen,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
food,食品,food,shop,amount,int,yen,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
other,その他,other,shop,amount,int,yen,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
staff,従業者,staff,shop,amount,int,yen,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
SUM,hard,shop,,food + other = total,計が合わない,the total does not add up,確かめる,check it,example
LESS,hard,shop,,total <= 200 * staff,一人当たりが多すぎる,too much per head,確かめる,check it,example
MORE,hard,shop,,total >= 20 * staff,一人当たりが少なすぎる,too little per head,確かめる,check it,example
C
cat >"$form/process.json" <<'J'
{
  "seed": 11, "weight": "none", "reliability": { "total": "2", "food": "1", "other": "1.5", "staff": "3" },
  "effects": { "items": ["total", "food", "other", "staff"], "by": ["area"] },
  "steps": [
    { "step": "far", "method": "outlier", "item": "staff", "limits": "fences", "by": ["area"], "exclude_beyond": "3", "min_observations": 10 },
    { "step": "where", "method": "localise", "checks": ["SUM", "LESS", "MORE"] },
    { "step": "sure", "method": "deterministic" },
    { "step": "like", "method": "donor", "by": ["area"], "nearest": 10, "min_donors": 5, "percent_donors": "20", "after": "relaxed" },
    { "step": "fit", "method": "adjust", "distance": "quadratic", "variance": "absolute" },
    { "step": "parts", "method": "prorate", "rules": "food:I + other:I = total;", "formula": "basic", "rounding": "cumulative", "moves": "imputed", "lower": "0", "upper": "10" }
  ]
}
J
# 80 good shops of two areas; 11 has one figure too many in food, 22 a total that is not the sum, 33 staff missing, 44 and 55 several errors, 66 is out of all range
awk 'BEGIN { print "no,area,total,food,other,staff"
  for (i = 1; i <= 80; i++) { staff = 5 + i * 7 % 13; food = staff * (30 + i * 11 % 40); other = staff * (10 + i * 5 % 20); total = food + other; area = 1 + i % 2
    if (i == 11) food = food * 10; if (i == 22) total = total + 9; if (i == 33) staff = ""; if (i == 44) { food = food + 500; staff = 900 } if (i == 55) { total = ""; other = "" }
    print i "," area "," total "," food "," other "," staff } }' >"$work/sales.csv"
new_office base
receive base "$work/sales.csv" 2025-12
cp -R "$work/base" "$work/one"
check 'the whole chain runs and every hard rule holds' exits 0 one process run shop/sales 2025-12 --json
cp "$work/out" "$work/run.json"
check 'no hard failure is left' prints '"imputed":{"in":80,"clean":80,"failed_hard":0'
check 'five records were solved' prints '"passed":75,"solved":5'
check 'one value is certain from the others' grep -qE '"step":"sure".*"determined":[1-9]' "$work/run.json"
check 'a donor served' grep -qE '"step":"like".*"found":[1-9]' "$work/run.json"
check 'the story of shop 11' exits 0 one process explain shop/sales 2025-12 11
check 'food was flagged' sh -c 'grep "impute" "$1" | grep -q food' - "$work/out"
check 'with its proof in two languages' sh -c 'grep -q "SUM" "$1" && grep -q "直す項目" "$1"' - "$work/out"
check 'and imputed by deduction' prints 'deterministic'
check 'the proof names no answer' sh -c '! grep -qE "[0-9]{3,}0" "$1"' - "$work/out"
check 'the story of shop 33' exits 0 one process explain shop/sales 2025-12 33 --json
check 'staff came from a donor' prints '"method":"donor"'
content one 2025-12 >"$work/expected"
same_with_threads base 0 2025-12
# the same shops in another order, cut into two files: every shop gets the same values
head -n 1 "$work/sales.csv" >"$work/back.csv"; sed 1d "$work/sales.csv" | sort -t, -k1,1nr >>"$work/back.csv"
new_office back
receive back "$work/back.csv" 2025-12
check 'backwards' exits 0 back process run shop/sales 2025-12
for shop in 11 22 33 44 55; do
  office one process explain shop/sales 2025-12 $shop --show-values --json >"$work/a" 2>/dev/null
  office back process explain shop/sales 2025-12 $((81 - shop)) --show-values --json >"$work/b" 2>/dev/null
  for f in a b; do grep -oE '"item":"[a-z]*"|"new_value":"[^"]*"|"method":"[^"]*"|"reason":"[^"]*"' "$work/$f" >"$work/$f.values"; done
  check "shop $shop gets the same in another order" cmp "$work/a.values" "$work/b.values"
done
# --- another job, with last month beside: slips of the keys and rounding first, then an estimator, a hot deck and selective editing ---
cat >"$form/process.json" <<'J'
{
  "seed": 5, "weight": "none", "effects": { "items": ["staff", "other"] },
  "steps": [
    { "step": "keys", "method": "obvious", "kind": "typing", "slips": "all", "checks": ["SUM"] },
    { "step": "round", "method": "obvious", "kind": "rounding", "most": 2, "checks": ["SUM"] },
    { "step": "gap", "method": "flag", "items": ["staff"], "flag": "impute", "when": "missing(staff)", "reason": "no answer" },
    { "step": "open", "method": "flag", "items": ["other"], "flag": "impute", "when": "missing(other)", "reason": "no answer" },
    { "step": "last", "method": "estimator", "item": "staff", "algorithm": "PREVALUE", "by": ["area"] },
    { "step": "lost", "method": "flag", "items": ["food"], "flag": "impute", "when": "missing(food)", "reason": "no answer" },
    { "step": "chain", "method": "longitudinal", "item": "food", "auxiliary": "staff", "by": ["area"], "link": "ratio_of_means", "default_link": "leave" },
    { "step": "deck", "method": "hotdeck", "items": ["other"], "by": ["area"], "draw": "random", "min_donors": 5, "collapse": false },
    { "step": "call", "method": "selective", "items": ["total", "staff"], "by": ["area"], "combine": "maximum", "threshold": "1.5", "unpredicted": "propose",
      "message_ja": "確かめたい値", "message_en": "a value to look at", "remedy_ja": "確かめる", "remedy_en": "check it" }
  ]
}
J
awk 'BEGIN { print "no,area,total,food,other,staff"
  for (i = 1; i <= 80; i++) { staff = 5 + i * 7 % 13; food = staff * (30 + i * 11 % 40); other = staff * (10 + i * 5 % 20); print i "," 1 + i % 2 "," food + other "," food "," other "," staff } }' >"$work/november.csv"
awk -F, -v OFS=, '$1 == 11 { $4 = $4 * 10 } $1 == 22 { $3 = $3 + 1 } $1 == 33 { $6 = "" } $1 == 44 { $4 = "" } $1 == 55 { $5 = "" } $1 == 66 { $3 = $3 * 4; $4 = $3 - $5 } { print }' "$work/november.csv" >"$work/december.csv"
echo '81,1,150,100,50,3' >>"$work/december.csv"
new_office two
receive two "$work/november.csv" 2025-11
receive two "$work/december.csv" 2025-12
check 'last month' exits 0 two process run shop/sales 2025-11
check 'this month with last month beside' exits 1 two process run shop/sales 2025-12 --json
cp "$work/out" "$work/run.json"
check 'a slip of the keys was corrected' grep -qE '"step":"keys".{0,160}"changed":1' "$work/run.json"
check 'a rounding difference was corrected' grep -qE '"step":"round".{0,160}"changed":1' "$work/run.json"
check 'the estimator imputed one' grep -qE '"step":"last".{0,240}"imputed":1' "$work/run.json"
check 'the hot deck served one' grep -qE '"step":"deck".{0,240}"recipients":1,"imputed":1' "$work/run.json"
check 'one record is called for its influence, one without a last month' grep -qE '"step":"call".{0,160}"proposed":2' "$work/run.json"
check 'the story of shop 33' exits 0 two process explain shop/sales 2025-12 33 --show-values --json
check 'staff is that of last month' grep -q '"new_value":"'"$(awk -F, '$1 == 33 { print $6 }' "$work/november.csv")"'"' "$work/out"
check 'by the estimator' prints '"formula":"PREVALUE: fieldid(h)"'
check 'one value is carried forward by the movement of its class' grep -qE '"step":"chain".{0,160}"changed":1.{0,120}"forward":1' "$work/run.json"
check 'the story of shop 55' exits 0 two process explain shop/sales 2025-12 55 --json
check 'names its donor' grep -qE '"method":"hotdeck_random".*"donor":"[0-9]+"' "$work/out"
check 'the calls become queries' exits 0 two query ask shop 2025-12
check 'asked of shop 66 and 81' sh -c '[ "$("$1" query list shop 2025-12 --json --office "$2" --quiet 2>/dev/null | grep -o "\"rule\":\"step:call\"" | wc -l)" -eq 2 ]' - "$program" "$work/two"
content two 2025-12 >"$work/expected"
for threads in 2 8; do
  office two process run shop/sales 2025-12 --threads "$threads" >/dev/null 2>&1
  content two 2025-12 >"$work/now"
  check "again with $threads threads: the same bits" cmp "$work/expected" "$work/now"
done
finish
