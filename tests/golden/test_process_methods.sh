#!/bin/sh
# test_process_methods.sh -- steps of the numeric methods in a job: estimators, hot decks, Gower, chains, selective editing, edit statistics; values worked out by hand, wrong options with
# their place, the same bits for 1, 2 and 8 threads and for any order of records. Ends with `process methods: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process methods'
. tests/golden/common.sh

job_form panel
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "panel", "version": "1", "title_ja": "継続票", "title_en": "Panel", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "area", "x", "y", "h", "t", "g", "l", "s"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
area,地区,area,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
x,規模,size,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
y,比,ratio item,shop,amount,int,,1,1,0,999999,,,,,,,,ANSWER,reported,,,,,
h,甲,deck number,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
t,乙,deck code,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
g,丙,near number,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
l,丁,chained,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
s,戊,scored,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
H1,hard,shop,,y <= 3 * x,yが大きすぎる,y is too large,確かめる,check it,example
H2,hard,shop,,h <= x,hが大きすぎる,h is too large,確かめる,check it,example
H3,hard,shop,,s <= 150,sが大きすぎる,s is too large,確かめる,check it,example
C
cat >"$form/process.json" <<'J'
{
  "seed": 7, "weight": "none",
  "steps": [
    { "step": "count", "method": "edit_stats", "by": ["area"] },
    { "step": "fy", "method": "flag", "items": ["y"], "flag": "impute", "when": "missing(y)", "reason": "no answer" },
    { "step": "fh", "method": "flag", "items": ["h"], "flag": "impute", "when": "missing(h)", "reason": "no answer" },
    { "step": "ft", "method": "flag", "items": ["t"], "flag": "impute", "when": "missing(t)", "reason": "no answer" },
    { "step": "fg", "method": "flag", "items": ["g"], "flag": "impute", "when": "missing(g)", "reason": "no answer" },
    { "step": "fl", "method": "flag", "items": ["l"], "flag": "impute", "when": "missing(l)", "reason": "no answer" },
    { "step": "ratio", "method": "estimator", "by": ["area"], "algorithm": "CURRATIO", "item": "y", "auxiliary": ["x"], "min_count": 2, "min_percent": "20" },
    { "step": "before", "method": "estimator", "algorithm": "PREVALUE", "item": "y" },
    { "step": "deck", "method": "hotdeck", "by": ["area"], "items": ["h", "t"], "draw": "sequential", "min_donors": 1, "collapse": false, "sort_by": "x" },
    { "step": "draw", "method": "hotdeck", "by": ["area"], "items": ["h", "t"], "draw": "random", "min_donors": 1, "collapse": true },
    { "step": "near", "method": "gower", "by": ["area"], "item": "g", "match": ["x", "t"], "k": 1, "take": "median" },
    { "step": "chain", "method": "longitudinal", "by": ["area"], "item": "l", "auxiliary": "x", "link": "ratio_of_means", "default_link": "leave" },
    { "step": "call", "method": "selective", "by": ["area"], "items": ["s"], "combine": "maximum", "threshold": "10", "unpredicted": "propose", "message_ja": "大きい", "message_en": "large", "remedy_ja": "確かめる", "remedy_en": "check it" },
    { "step": "tables", "method": "edit_stats", "by": ["area"], "checks": ["H3"] }
  ]
}
J
cat >"$work/before.csv" <<'C'
no,area,x,y,h,t,g,l,s
1,1,10,15.0,1,a,5,10,100
2,1,20,30.0,2,a,5,20,100
3,1,30,45.0,3,b,9,30,100
5,2,7,11.5,5,b,3,5,50
6,2,8,12.0,6,b,3,,50
C
# y: area 1: (20 + 40 + 80.5) / (10 + 20 + 40) * 30 = 60.2142.. -> 60.2; area 2 has one complete record, then the value of November: 11.5
# h, t: record 2 follows record 1 by size: 1; record 5 is the first of area 2, so the draw among one donor, record 6: 6, b
# g: record 1 is nearest to record 2 (size apart by 10 of 30, same t); l: area 1: link (20 + 40) / (10 + 20) = 2, record 3: 30 * 2 = 60; record 4 was not there: 40 * (20 + 40) / (10 + 20) = 80
# l of record 5: no pair in area 2, left; s: record 2 moves area 1 by 60 of 300 = 20 %; record 4 has nothing to be compared with
cat >"$work/now.csv" <<'C'
no,area,x,y,h,t,g,l,s
1,1,10,20.0,1,a,,20,100
2,1,20,40.0,,a,5,40,160
3,1,30,,3,b,9,,100
4,1,40,80.5,4,b,9,,50
5,2,7,,,,3,,50
6,2,8,9.0,6,b,3,7,50
C
new_office base
receive base "$work/before.csv" 2025-11
receive base "$work/now.csv" 2025-12
office base process run shop/panel 2025-11 >"$work/out" 2>"$work/err"; status=$?
check 'November' test "$status" -le 1

# --- wrong options, each with its place ---
wrong 'an unknown estimator' 's/CURRATIO/CURRATION/' "'algorithm' of a step" 10
wrong 'no auxiliary' 's/"item": "y", "auxiliary": \["x"\]/"item": "y"/' "'auxiliary' of a step" 10
wrong 'the item as its own auxiliary' 's/"auxiliary": \["x"\]/"auxiliary": ["y"]/' "'auxiliary' of a step" 10
wrong 'no minimum' 's/"min_count": 2, //' "'min_count' of a step" 10
wrong 'a percentage above 100' 's/"min_percent": "20"/"min_percent": "101"/' "'min_percent' of a step" 10
wrong 'a minimum without an average' 's/"PREVALUE", "item": "y"/"PREVALUE", "item": "y", "min_count": 2/' "'min_count' of a step" 11
wrong 'an exclusion without an average' 's/"PREVALUE", "item": "y"/"PREVALUE", "item": "y", "exclude_imputed": true/' "'exclude_imputed' of a step" 11
wrong 'an exponent alone' 's/"min_count": 2,/"min_count": 2, "variance_exponent": "1",/' "'variance_exponent' of a step" 10
wrong 'a key' 's/"PREVALUE", "item": "y"/"PREVALUE", "item": "no"/' "'item' of a step" 11
wrong 'a weighted draw without weights' 's/"draw": "random"/"draw": "weighted"/' "'draw' of a step" 13
wrong 'nothing to sort by' 's/, "sort_by": "x"//' "'sort_by' of a step" 12
wrong 'no donors' 's/"min_donors": 1, "collapse": true/"min_donors": 0, "collapse": true/' "'min_donors' of a step" 13
wrong 'no collapse' 's/, "collapse": true//' "'collapse' of a step" 13
wrong 'the most frequent number' 's/"take": "median"/"take": "mode"/' "'take' of a step" 14
wrong 'matched with itself' 's/"match": \["x", "t"\]/"match": ["x", "g"]/' "'match' of a step" 14
wrong 'no neighbour' 's/"k": 1/"k": 0/' "'k' of a step" 14
wrong 'trimmed means' 's/"default_link": "leave"/"default_link": "leave", "lower_trim": "5"/' "'lower_trim' of a step" 15
wrong 'half a trimming' 's/"ratio_of_means", "default_link": "leave"/"mean_of_ratios", "default_link": "leave", "lower_trim": "5"/' "'upper_trim' of a step" 15
wrong 'no word on default links' 's/, "default_link": "leave"//' "'default_link' of a step" 15
wrong 'a text in place of a number' 's/"item": "l"/"item": "t"/' "'t' of a step" 15
wrong 'no exponent of Minkowski' 's/"combine": "maximum"/"combine": "minkowski"/' "'minkowski' of a step" 16
wrong 'half a suspicion' 's/"threshold": "10"/"threshold": "10", "kappa": "1"/' "'tau' of a step" 16
wrong 'an unknown check' 's/"checks": \["H3"\]/"checks": ["H9"]/' "no check 'H9'" 17
wrong 'no threshold' 's/"threshold": "10", //' "'threshold' of a step" 16
check 'the good file' exits 0 base process rules shop/panel

# --- the run ---
cp -R "$work/base" "$work/one"
check 'the run ends with 1: H3 still fails' exits 1 one process run shop/panel 2025-12 --json
cp "$work/out" "$work/run.json"
counts() { check "$1: counts" grep -qF -- "\"step\":\"$1\",$2" "$work/run.json"; }
counts ratio '"method":"estimator","records":6,"selected":6,"groups":2,"flagged":0,"changed":1,"proposed":0'
check 'ratio: one group is too small' grep -q '"step":"ratio"[^}]*"to_impute":2,"imputed":1,"criteria_not_met":1,' "$work/run.json"
check 'before: one' grep -q '"step":"before"[^}]*"changed":1,[^}]*"to_impute":1,"imputed":1,' "$work/run.json"
check 'deck: one of two' grep -q '"step":"deck"[^}]*"changed":1,[^}]*"recipients":2,"imputed":1,"no_class":0,"no_start":1,' "$work/run.json"
check 'draw: two values of one record' grep -q '"step":"draw"[^}]*"changed":2,[^}]*"recipients":1,"imputed":2,' "$work/run.json"
check 'near: one' grep -q '"step":"near"[^}]*"changed":1,[^}]*"recipients":1,"imputed":1,"too_few":0' "$work/run.json"
check 'chain: forward, constructed, left' grep -q '"step":"chain"[^}]*"changed":2,[^}]*"to_impute":3,"forward":1,"constructed":1,"default_link":1,' "$work/run.json"
check 'call: two' grep -q '"step":"call"[^}]*"changed":0,"proposed":2,[^}]*"scored":5,"called":2,"unpredicted":1' "$work/run.json"
# edits: H1, H2, H3 and two limits of each of y, x, h, s; record 2 lacks h and fails H3, record 3 lacks y, record 5 both
check 'count: edits and records' grep -q '"step":"count"[^}]*"edits":11,"counted":6,"records_failed":1,"records_missed":2' "$work/run.json"
statistic() { check "statistics: $1" grep -qF -- "{\"step\":\"count\",$1}" "$work/run.json"; }
statistic '"table":"used","edit":3,"name":"H3: s <= 150","n":1'
statistic '"table":"edit","edit":1,"name":"H1","status":"pass","n":4'
statistic '"table":"edit","edit":1,"name":"H1","status":"miss","n":2'
statistic '"table":"edit","edit":3,"name":"H3","status":"pass","n":5'
statistic '"table":"edit","edit":3,"name":"H3","status":"fail","n":1'
statistic '"table":"variable","name":"y","status":"pass","n":12'
statistic '"table":"variable","name":"y","status":"miss","n":6'
statistic '"table":"role","name":"s","status":"pass","n":3'
statistic '"table":"role","name":"s","status":"fail","n":1'
statistic '"table":"role","name":"s","status":"not_applicable","n":2'
statistic '"table":"passed_missed_failed","name":"0","status":"fail","n":5'
statistic '"table":"passed_missed_failed","name":"1","status":"fail","n":1'
statistic '"table":"passed_missed_failed","name":"6","status":"miss","n":1'
statistic '"table":"record","status":"pass","n":3'
statistic '"table":"record","status":"miss","n":2'
statistic '"table":"record","status":"fail","n":1'
check 'tables: the named check only, after imputation' grep -q '"step":"tables"[^}]*"edits":3,"counted":6,"records_failed":1,"records_missed":0' "$work/run.json"
check 'classes stay in the stage' sh -c '! grep -q "\"class\":" "$1"' - "$work/run.json"
check 'the metrics of the run' exits 0 one process quality shop/panel 2025-12 --csv
for row in 'call,,,,reviewed,,2,5,,,' 'call,,,,pseudo_bias,,,,,,not_counted' 'deck,,,,donors,,1,1,,,' 'draw,,,,donors,,1,1,,,' 'draw,,,,donor_max_use,,1,,,,' \
  'near,,,,donor_distance,,,,,,not_logged' 'fy,,,,cardinality,1,2,2,,,'; do check "metrics: $row" grep -qxF "$row" "$work/out"; done
check 'the stage is stored' sh -c '"$0" process status shop/panel 2025-12 --json --office "$1" --quiet 2>/dev/null | grep -q "\"edit_statistics\":{\"rows\":[1-9]"' "$program" "$work/one"
story() { # record, text ...
  record=$1; shift
  check "the story of record $record" exits 0 one process explain shop/panel 2025-12 "$record" --show-values --json
  for text; do check "record $record: $text" prints "$text"; done
}
story 1 '"item":"g","old_value":"","old_status":"blank","new_value":"5","new_status":"imputed","method":"gower_median"' '"donor":"2"'
story 2 '"item":"h","old_value":"","old_status":"blank","new_value":"1","new_status":"imputed","method":"hotdeck_sequential"' '"donor":"1"'
story 3 '"item":"y","old_value":"","old_status":"blank","new_value":"60.2","new_status":"imputed","method":"estimator"' 'CURRATIO: fieldid(a) * aux1 / aux1(a)' '"new_value":"60","new_status":"imputed","method":"longitudinal"' 'FIR: value of the period before * 2'
story 4 '"new_value":"80","new_status":"imputed","method":"longitudinal"' 'C: x * 2'
story 5 '"new_value":"11.5"' '"new_value":"6","new_status":"imputed","method":"hotdeck_random"' '"new_value":"b"' '"donor":"6"'
check 'eight changes in all, none outside the flags' grep -q '"changes":8,' "$work/run.json"
check 'the call list becomes queries' exits 0 one query ask shop 2025-12
check 'the list' exits 0 one query list shop 2025-12 --json
check 'holds the call' prints '"rule":"step:call"'
check 'on paper' exits 0 one query print ministry-00 --as text
check 'the first of the list' prints "large (rank 1 of 2; score 20; s moves cell '1' by 20 %)"
check 'the one without a value to compare' prints 'large (rank 2 of 2; nothing to compare it with)'

# --- same bits ---
content one 2025-12 >"$work/expected"
same_with_threads base 1 2025-12
# killed between steps: what was counted before is there in the end
n=1 resumed=0
while :; do
  rm -rf "$work/more"; cp -R "$work/base" "$work/more"
  SHIRABE_FAULT=kill:$n office more process run shop/panel 2025-12 >"$work/out" 2>"$work/err"
  [ "$?" -gt 128 ] || break
  office more process run shop/panel 2025-12 >"$work/out" 2>"$work/err"
  office more process status shop/panel 2025-12 --json 2>/dev/null | grep -q '"resumed":true' && resumed=$((resumed + 1))
  content more 2025-12 >"$work/got"
  check "killed at durable step $n: the same bits" cmp "$work/expected" "$work/got"
  n=$((n + ${KILL_STRIDE:-97}))
done
check 'runs went on where they stopped' test "$resumed" -gt 4
# with a design weight, here the size: y of record 3 = (10*20 + 20*40 + 40*80.5) / (10*10 + 20*20 + 40*40) * 30 = 60.28.. -> 60.3; a draw by weight; H3 fails for a weight of 20
cp "$form/process.json" "$work/good.json"
sed 's/"weight": "none"/"weight": "x"/; s/"draw": "random"/"draw": "weighted"/' "$work/good.json" >"$form/process.json"
cp -R "$work/base" "$work/weighted"
check 'weighted' exits 1 weighted process run shop/panel 2025-12 --json
check 'weighted count' prints '"table":"edit","edit":3,"name":"H3","status":"fail","n":1,"weighted":"20.000000"'
check 'weighted total' prints '"table":"record","status":"pass","n":3,"weighted":"58.000000"'
check 'weighted score' grep -q '"step":"call"[^}]*"called":2' "$work/out"
check 'weighted ratio' exits 0 weighted process explain shop/panel 2025-12 3 --show-values --json
check 'is 60.3' prints '"new_value":"60.3"'
check 'weighted draw' exits 0 weighted process explain shop/panel 2025-12 5 --show-values --json
check 'from record 6' prints '"method":"hotdeck_weighted","class":"2","donors":"","donor":"6"'
# variants: classes collapsed, a code by its nearest record, links without a pair taken as 1, a score with nobody called for want of a value, a regression: y = 2 x in area 1 but for record 4
variant() { # office, sed expression
  sed "$2" "$work/good.json" >"$form/process.json"
  rm -rf "$work/$1"; cp -R "$work/base" "$work/$1"
  check "variant $1" exits 1 "$1" process run shop/panel 2025-12 --json
  cp "$work/out" "$work/run.json"
}
variant collapsed '/"step": "draw"/s/"min_donors": 1/"min_donors": 2/'
check 'collapsed: served by all areas' grep -q '"step":"draw"[^}]*"recipients":1,"imputed":2,"no_class":0' "$work/run.json"
check 'collapsed: the story' exits 0 collapsed process explain shop/panel 2025-12 5 --json
check 'collapsed: no class' prints '"method":"hotdeck_random","class":"",'
variant narrow '/"step": "draw"/{s/"min_donors": 1/"min_donors": 2/;s/"collapse": true/"collapse": false/}'
check 'not collapsed: left' grep -q '"step":"draw"[^}]*"recipients":1,"imputed":0,"no_class":1' "$work/run.json"
variant other 's/"items": \["h", "t"\]/"items": ["h"]/; s/"item": "g", "match": \["x", "t"\], "k": 1, "take": "median"/"item": "t", "match": ["x"], "k": 1, "take": "mode"/
  s/"default_link": "leave"/"default_link": "one"/; s/"unpredicted": "propose"/"unpredicted": "leave"/
  s/"CURRATIO", "item": "y", "auxiliary": \["x"\], "min_count": 2/"CURREG", "item": "y", "auxiliary": ["x"], "min_count": 3/'
check 'one call only' grep -q '"step":"call"[^}]*"proposed":1,[^}]*"called":1,"unpredicted":1' "$work/run.json"
check 'the default link is counted' grep -q '"step":"chain"[^}]*"forward":2,"constructed":1,"default_link":1' "$work/run.json"
check 'other: record 5' exits 0 other process explain shop/panel 2025-12 5 --show-values --json
check 'its code' prints '"new_value":"b","new_status":"imputed","method":"gower_mode"'
check 'its chain' prints '"item":"l","old_value":"","old_status":"blank","new_value":"5"'
check 'other: record 3' exits 0 other process explain shop/panel 2025-12 3 --show-values --json
# x = 10, 20, 40 and y = 20, 40, 80.5: slope 941.667 / 466.667 = 2.01786, intercept 46.8333 - 2.01786 * 23.3333 = -0.25; at 30: 60.2857
check 'its regression' prints '"new_value":"60.3","new_status":"imputed","method":"estimator"'
# no total of a cell: the run stops at the step
sed 's/"by": \["area"\], "items": \["s"\]/"by": ["no"], "items": ["s"], "auxiliary": ["x"]/' "$work/good.json" >"$form/process.json"
rm -rf "$work/more"; cp -R "$work/base" "$work/more"
check 'a cell without a total' exits 65 more process run shop/panel 2025-12
check 'says where' tells 'process.json:16'
sed 's/"step": "count", "method": "edit_stats", "by": \["area"\]/"step": "count", "method": "edit_stats", "checks": []/' "$work/good.json" >"$form/process.json"
check 'nothing to count' exits 78 more process run shop/panel 2025-12
check 'says so' tells "step 'count' has no check to count"
check 'and where' tells 'process.json:4'
cp "$work/good.json" "$form/process.json"
# the same values when the records arrive in two files and the other way round: record r there is record 7 - r here
new_office turned
for period in before now; do { head -n 1 "$work/$period.csv"; tail -n +2 "$work/$period.csv" | sort -r; } >"$work/$period-turned.csv"; done
receive turned "$work/before-turned.csv" 2025-11
for part in '1p;2,3p' '1p;4,7p'; do sed -n "$part" "$work/now-turned.csv" >"$work/part.csv"; receive turned "$work/part.csv" 2025-12; done
office turned process run shop/panel 2025-11 >"$work/out" 2>"$work/err"
check 'turned round' exits 1 turned process run shop/panel 2025-12 --json
check 'in two shards' prints '"shards":2'
values() { office "$1" process explain shop/panel 2025-12 "$2" --show-values --json 2>/dev/null | grep -o '"item":"[a-z]*","old_value":"[^"]*","old_status":"[a-z]*","new_value":"[^"]*"'; }
for record in 1 2 3 4 5 6; do
  values one "$record" >"$work/expected"
  values turned $((7 - record)) >"$work/got"
  check "record $record turned round: the same values" cmp "$work/expected" "$work/got"
done
finish
