#!/bin/sh
# test_process_models.sh -- steps that impute by models (em, pmm, chained, multiple) and what imputation adds to variances, in a job: values worked out by hand, wrong options with their
# place, classes that do not converge, the same bits for 1, 2 and 8 threads, the same values for any order of records and any subset of classes. Ends with `process models: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process models'
. tests/golden/common.sh

mkdir -p "$work/forms/library/shop/model/1" "$work/forms/codelists"
form=$work/forms/library/shop/model/1
cp forms/codelists/disclosure_profiles.csv "$work/forms/codelists/" 2>/dev/null || true
cat >"$work/forms/library/shop/survey.json" <<'J'
{ "survey": "shop", "code": "00000000", "title_ja": "商店", "title_en": "Shops", "law": "example", "levels": ["ministry"], "due_days": [10], "query_days": [7], "retention_class": "short", "forms": ["model"], "source": "example" }
J
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "model", "version": "1", "title_ja": "模型票", "title_en": "Models", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "shop", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "area", "x", "w", "y", "c", "q", "t", "r", "p"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,shop,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
area,地区,area,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
x,規模,size,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
w,従業者,workers,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
y,甲,EM item,shop,amount,int,,1,1,0,999999,,,,,,,,ANSWER,reported,,,,,
c,乙,chained number,shop,amount,int,,1,1,0,60,,,,,,,,ANSWER,reported,,,,,
q,丙,matched number,shop,amount,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
t,丁,chained code,shop,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
r,戊,ratio item,shop,amount,int,,1,1,0,999999,,,,,,,,ANSWER,reported,,,,,
p,母集団,units of the stratum,shop,count,int,,1,0,0,999999,,,,,,,,ANSWER,reported,,,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
H1,hard,shop,,y <= 100 * x,yが大きすぎる,y is too large,確かめる,check it,example
C
cat >"$form/process.json" <<'J'
{
  "seed": 7, "weight": "none",
  "steps": [
    { "step": "fy", "method": "flag", "items": ["y"], "flag": "impute", "when": "missing(y)", "reason": "no answer" },
    { "step": "fc", "method": "flag", "items": ["c"], "flag": "impute", "when": "missing(c)", "reason": "no answer" },
    { "step": "fq", "method": "flag", "items": ["q"], "flag": "impute", "when": "missing(q)", "reason": "no answer" },
    { "step": "ft", "method": "flag", "items": ["t"], "flag": "impute", "when": "missing(t)", "reason": "no answer" },
    { "step": "normal", "method": "em", "by": ["area"], "items": ["x", "y"], "take": "mean", "max_iterations": 500, "tolerance": "0.000000001", "min_count": 4 },
    { "step": "match", "method": "pmm", "by": ["area"], "item": "q", "predictors": ["w"], "k": 1, "min_count": 4 },
    { "step": "chain", "method": "chained", "by": ["area"], "items": ["x", "c", "t"], "robust": "none", "max_rounds": 30, "tolerance": "0.0001", "min_count": 4 },
    { "step": "fr", "method": "flag", "items": ["r"], "flag": "impute", "when": "missing(r)", "reason": "no answer" },
    { "step": "sets", "method": "multiple", "item": "r", "model": "ratio", "auxiliary": ["x"], "m": 5, "take": "draw", "min_count": 4, "stratum": "area", "population": "p", "confidence": "0.95" }
  ]
}
J
# area 1, five complete records: mean x 32, mean of the item 32.4, squares of x 1480, products 1406: slope 0.95, intercept 2; at x = 50: 49.5.
# EM of a monotone pattern gives it. c goes with t too: of b, 40 and 60 have 42 and 58, and at their middle 50.0 whatever the slope.
# q: the regression on w orders as w does; the record nearest to 48 is that of 40: 42 (of 60 it is 12 away). t: b from 40 on.
# r is x / 2 without a residual: every set is the same, 25.0 and 10.0. Total 10 * 105 + 10 * 30 = 1350; variance 60^2 * 0.9 / 6 * 87.5 + 30^2 * 0.9 / 3 * 25 = 54000, its root 232.379;
# degrees of freedom without variance between sets: (7 + 1) / (7 + 3) * 7 = 5.6. Mean 1350 / 90 = 15.
# area 2 has three records with an item each: too small.
cat >"$work/now.csv" <<'C'
no,area,x,w,y,c,q,t,r,p
1,1,10,10,12.0,12.0,12,a,5.0,60
2,1,20,20,19.0,19.0,19,a,10.0,60
3,1,30,30,31.0,31.0,31,a,15.0,60
4,1,40,40,42.0,42.0,42,b,20.0,60
5,1,50,48,,,,,,60
6,1,60,60,58.0,58.0,58,b,30.0,60
7,2,10,10,12.0,12.0,12,a,5.0,30
8,2,20,20,,,,,,30
9,2,30,30,31.0,31.0,31,a,15.0,30
C
setup base office init --type ministry --code 00 --name 本省 --profile light
setup base intake file "$work/now.csv" --form shop/model --period 2025-12

# --- wrong options, each with its place ---
wrong() { # what, sed expression, message, line
  cp "$form/process.json" "$work/good.json"
  sed "$2" "$work/good.json" >"$form/process.json"
  check "$1" exits 78 base process rules shop/model
  check "$1: says why" tells "$3"
  check "$1: says where" tells "process.json:$4"
  cp "$work/good.json" "$form/process.json"
}
wrong 'one item of EM' 's/"items": \["x", "y"\]/"items": ["y"]/' "'items' of a step" 8
wrong 'an item twice' 's/"items": \["x", "y"\]/"items": ["y", "y"]/' "'items' of a step" 8
wrong 'a code in EM' 's/"items": \["x", "y"\]/"items": ["x", "t"]/' "'t' of a step" 8
wrong 'neither mean nor draw' 's/"take": "mean", //' "'take' of a step" 8
wrong 'the logarithm of another item' 's/"take": "mean"/"take": "mean", "log": ["w"]/' "'log' of a step" 8
wrong 'no tolerance' 's/"tolerance": "0.000000001"/"tolerance": "0"/' "'tolerance' of a step" 8
wrong 'matched with itself' 's/"predictors": \["w"\]/"predictors": ["q"]/' "'predictors' of a step" 9
wrong 'a predictor twice' 's/"predictors": \["w"\]/"predictors": ["w", "w"]/' "'predictors' of a step" 9
wrong 'fewer records than neighbours' 's/"k": 1/"k": 5/' "'min_count' of a step" 9
wrong 'no word on robustness' 's/"robust": "none", //' "'robust' of a step" 10
wrong 'a chain of one' 's/"items": \["x", "c", "t"\]/"items": ["c"]/' "'items' of a step" 10
wrong 'a key in a chain' 's/"items": \["x", "c", "t"\]/"items": ["no", "c"]/' "'items' of a step" 10
wrong 'one set' 's/"m": 5/"m": 1/' "'m' of a step" 12
wrong 'a ratio without its auxiliary' 's/"auxiliary": \["x"\], "m"/"m"/' "'auxiliary' of a step" 12
wrong 'neighbours of a ratio' 's/"m": 5/"m": 5, "k": 3/' "'k' of a step" 12
wrong 'a stratum alone' 's/"population": "p", //' "'population' of a step" 12
wrong 'no confidence' 's/, "confidence": "0.95"//' "'confidence' of a step" 12
check 'the good file' exits 0 base process rules shop/model

# --- the run ---
cp -R "$work/base" "$work/one"
check 'the run' exits 0 one process run shop/model 2025-12 --json
cp "$work/out" "$work/run.json"
counts() { check "$1: $2" grep -q -- "\"step\":\"$1\"[^}]*$2" "$work/run.json"; }
for step in normal match; do
  counts "$step" '"changed":1,'
  counts "$step" '"to_impute":2,"imputed":1,"out_of_range":0,"not_applicable":0,"no_group":0,"classes_fitted":1,"too_small":1,"not_fitted":0,"not_converged":0'
done
counts chain '"changed":2,'
counts chain '"to_impute":4,"imputed":2,"out_of_range":0,"not_applicable":0,"no_group":0,"classes_fitted":1,"too_small":1,"not_fitted":0,"not_converged":0'
counts match '"condition":'
story() { # record, text ...
  record=$1; shift
  check "the story of record $record" exits 0 one process explain shop/model 2025-12 "$record" --show-values --json
  for text; do check "record $record: $text" prints "$text"; done
}
story 5 '"item":"y","old_value":"","old_status":"blank","new_value":"49.5","new_status":"imputed","method":"em_mean","class":"1"' '"formula":"mean given x"' \
  '"item":"q","old_value":"","old_status":"blank","new_value":"42","new_status":"imputed","method":"pmm","class":"1","donors":"5","donor":"4","formula":"one of the 1 records nearest by the regression on w"' \
  '"item":"t","old_value":"","old_status":"blank","new_value":"b","new_status":"imputed","method":"chained","class":"1"' '"formula":"logits on x, c"' '"item":"c","old_value":"","old_status":"blank","new_value":"50.0"' '"formula":"least squares on x, t"'
check 'nothing outside the flags' grep -q '"changes":6,' "$work/run.json"
counts sets '"changed":2,'
counts sets '"to_impute":2,"imputed":2,"out_of_range":0,"not_applicable":0,"no_group":0,"classes_fitted":1,"too_small":0,"not_fitted":0,"not_converged":0,"no_predictor":0,"sets":5,"not_estimated":0'
story 8 '"item":"r","old_value":"","old_status":"blank","new_value":"10.0","new_status":"imputed","method":"multiple_draw","class":"","donors":"7","donor":"","formula":"draw beside those of 5 sets: ratio"'
estimate() { check "estimate: $1" grep -qF -- "{\"step\":$1" "$work/run.json"; }
estimate '"sets","item":"r","measure":"total","method":"multiple","n":9,"imputed":2,"estimate":"1350","standard_error":"232.379000772",'
estimate '"sets","item":"r","measure":"mean","method":"multiple","n":9,"imputed":2,"estimate":"15",'
check 'nothing between the sets' grep -q '"measure":"total"[^}]*"within":"54000","between":"0","degrees":"5.6"' "$work/run.json"
check 'the sets are stored' sh -c '"$0" process status shop/model 2025-12 --json --office "$1" --quiet 2>/dev/null | grep -q "\"imputed_sets\":{\"rows\":10"' "$program" "$work/one"

# --- same bits ---
content() { office "$1" process status shop/model 2025-12 --json 2>/dev/null | grep -o '"stored":{.*'; }
content one >"$work/expected"
for threads in 2 8; do
  cp -R "$work/base" "$work/threads$threads"
  check "$threads threads" exits 0 "threads$threads" process run shop/model 2025-12 --threads "$threads"
  content "threads$threads" >"$work/got"
  check "$threads threads: the same bits" cmp "$work/expected" "$work/got"
done
# killed between steps: what was estimated before is there in the end
n=1 resumed=0
while :; do
  rm -rf "$work/more"; cp -R "$work/base" "$work/more"
  SHIRABE_FAULT=kill:$n office more process run shop/model 2025-12 >"$work/out" 2>"$work/err"
  [ "$?" -gt 128 ] || break
  office more process run shop/model 2025-12 >"$work/out" 2>"$work/err"
  office more process status shop/model 2025-12 --json 2>/dev/null | grep -q '"resumed":true' && resumed=$((resumed + 1))
  content more >"$work/got"
  check "killed at durable step $n: the same bits" cmp "$work/expected" "$work/got"
  n=$((n + ${KILL_STRIDE:-97}))
done
check 'runs went on where they stopped' test "$resumed" -gt 2
# variants: drawn instead of expected, one round too few, a robust chain, one class alone, records the other way round
cp "$form/process.json" "$work/good.json"
variant() { # office, exit status, sed expression
  sed "$3" "$work/good.json" >"$form/process.json"
  rm -rf "$work/$1"; cp -R "$work/base" "$work/$1"
  check "variant $1" exits "$2" "$1" process run shop/model 2025-12 --json
  cp "$work/out" "$work/run.json"
}
values() { office "$1" process explain shop/model 2025-12 "$2" --show-values --json 2>/dev/null | grep -o '"item":"[a-z]*","old_value":"[^"]*","old_status":"[a-z]*","new_value":"[^"]*"'; }
variant drawn 0 's/"take": "mean"/"take": "draw"/; s/"robust": "none"/"robust": "huber"/'
check 'drawn: the method is told' exits 0 drawn process explain shop/model 2025-12 5 --json
check 'drawn: em_draw' prints '"method":"em_draw"'
check 'drawn: Huber' prints '"formula":"Huber on x, t"'
values drawn 5 >"$work/drawn.values"
check 'a draw is no mean' sh -c '! grep -q "\"item\":\"y\".*\"new_value\":\"49.5\"" "$1"' - "$work/drawn.values"
variant logs 0 's/"take": "mean"/"take": "mean", "log": ["x", "y"]/'
check 'logarithms' exits 0 logs process explain shop/model 2025-12 5 --json
check 'are told' prints '"formula":"mean of its logarithm given log x"'
variant short 0 's/"max_iterations": 500/"max_iterations": 1/; s/"max_rounds": 30/"max_rounds": 1/'
counts normal '"changed":0,"proposed":1,'
counts normal '"to_impute":2,"imputed":0,"out_of_range":0,"not_applicable":0,"no_group":0,"classes_fitted":0,"too_small":1,"not_fitted":0,"not_converged":1'
counts chain '"changed":0,"proposed":1,'
check 'a warning names the step' tells "warning[E5520]: the model of step 'normal' did not converge in 1 of its classes"
variant alone 0 's/"by": \["area"\]/"by": ["area"], "filter": "area = \\"1\\""/; s/"take": "mean"/"take": "draw"/; s/"robust": "none"/"robust": "huber"/'
values alone 5 >"$work/got"
check 'one class alone: the same values' cmp "$work/drawn.values" "$work/got"
setup turned office init --type ministry --code 00 --name 本省 --profile light
{ head -n 1 "$work/now.csv"; tail -n +2 "$work/now.csv" | sort -r; } >"$work/now-turned.csv"
for part in '1p;2,4p' '1p;5,10p'; do sed -n "$part" "$work/now-turned.csv" >"$work/part.csv"; setup turned intake file "$work/part.csv" --form shop/model --period 2025-12; done
sed 's/"take": "mean"/"take": "draw"/; s/"robust": "none"/"robust": "huber"/' "$work/good.json" >"$form/process.json"
check 'turned round' exits 0 turned process run shop/model 2025-12 --json
check 'in two shards' prints '"shards":2'
values turned 5 >"$work/got"
check 'turned round: the same values' cmp "$work/drawn.values" "$work/got"
cp "$work/good.json" "$form/process.json"
# multiple imputation in its forms: by class, by other models, the mean of the sets; classes that cannot be estimated; a design that does not fit
variant classes 0 's/"step": "sets", "method": "multiple"/"step": "sets", "method": "multiple", "by": ["area"]/; s/"take": "draw", "min_count": 4/"take": "mean", "min_count": 2/'
estimate '"sets","item":"r","measure":"total","method":"multiple","n":9,"imputed":2,"estimate":"1350","standard_error":"232.379000772",'
estimate '"sets","class_no":1,"item":"r","measure":"total","method":"multiple","n":6,"imputed":1,"estimate":"1050","standard_error":"217.370651'
estimate '"sets","class_no":2,"item":"r","measure":"mean","method":"multiple","n":3,"imputed":1,"estimate":"10",'
variant small 0 's/"step": "sets", "method": "multiple"/"step": "sets", "method": "multiple", "by": ["area"]/'
check 'small: no total of all' sh -c '! grep -q "\"step\":\"sets\",\"item\":\"r\",\"measure\"" "$1"' - "$work/run.json"
estimate '"sets","class_no":1,"item":"r","measure":"total","method":"multiple","n":6,"imputed":1,"estimate":"1050"'
check 'small: a warning' tells "warning[E5521]: step 'sets' estimated nothing for 2 domains"
for model in '"regression"' '"pmm", "k": 3' '"normal", "max_iterations": 500, "tolerance": "0.000001"'; do
  variant model 0 "s/\"model\": \"ratio\", \"auxiliary\": \[\"x\"\]/\"model\": $model, \"auxiliary\": [\"w\"]/"
  check "$model: filled" grep -q '"step":"sets"[^}]*"changed":2,' "$work/run.json"
done
design() { # what, sed expression, message
  sed "$2" "$work/good.json" >"$form/process.json"
  rm -rf "$work/more"; cp -R "$work/base" "$work/more"
  check "$1" exits 65 more process run shop/model 2025-12
  check "$1: says why" tells "$3"
  check "$1: says where" tells 'process.json:12'
}
design 'two populations in a stratum' 's/"stratum": "area"/"stratum": "1"/' 'record 7 does not fit the sampling design: another population than its stratum'
design 'more units than the frame has' 's/"population": "p"/"population": "5"/' "step 'sets' cannot estimate under the sampling design"
cp "$work/good.json" "$form/process.json"
# a value in doubt that the step did not replace, or that another step imputed, is no basis of an estimate
variant doubt 0 's/"when": "missing(r)"/"when": "no = 5 or no = 9"/; s/"step": "sets", "method": "multiple"/&, "by": ["area"], "filter": "no != 8"/'
estimate '"sets","class_no":1,"item":"r","measure":"total","method":"multiple","n":6,"imputed":1,"estimate":"1050"'
check 'doubt: no estimate of class 2' sh -c '! grep -q "\"class_no\":2" "$1"' - "$work/run.json"
check 'doubt: no estimate of all' sh -c '! grep -q "\"step\":\"sets\",\"item\":\"r\",\"measure\"" "$1"' - "$work/run.json"
check 'doubt: a warning' tells "warning[E5521]: step 'sets' estimated nothing for 2 domains"
variant other 0 's/"step": "sets", "method": "multiple"/"step": "first", "method": "estimator", "algorithm": "CURRATIO", "item": "r", "auxiliary": ["x"], "min_count": 1, "min_percent": "1" }, { &/'
check 'other: no estimate' sh -c '! grep -q "\"step\":\"sets\",\"item\":\"r\",\"measure\"" "$1"' - "$work/run.json"
# --- variance due to imputation ---
# y in area 1 by ratio: 162 / 160 = 1.0125, at 50: 50.6. Residuals 1.875, -1.25, 0.625, 1.5, -2.75: squares 15.28125; s2 = 15.28125 / 160 * 5 / 4 = 0.119384765625. d = 10,
# extra = 500 / 160 = 3.125: V_imp = s2 * (3.125^2 * 160 + 100 * 50) = 783.462524414, V_mix = s2 * (3.125 * 9 * 160 - 10 * 9 * 50) = 0; total 10 * 212.6; naive 540 * 324.246666667 =
# 175093.2; V_sam = that + 100 * 0.9 * 50 * s2 = 175630.431445.
cat >"$work/variance.json" <<'J'
{
  "seed": 7, "weight": "none",
  "steps": [
    { "step": "fy", "method": "flag", "items": ["y"], "flag": "impute", "when": "missing(y)", "reason": "no answer" },
    { "step": "fq", "method": "flag", "items": ["q"], "flag": "impute", "when": "missing(q)", "reason": "no answer" },
    { "step": "fc", "method": "flag", "items": ["c"], "flag": "impute", "when": "missing(c)", "reason": "no answer" },
    { "step": "fr", "method": "flag", "items": ["r"], "flag": "impute", "when": "missing(r)", "reason": "no answer" },
    { "step": "ratio", "method": "estimator", "by": ["area"], "algorithm": "CURRATIO", "item": "y", "auxiliary": ["x"], "min_count": 2, "min_percent": "1" },
    { "step": "mean", "method": "estimator", "by": ["area"], "algorithm": "CURMEAN", "item": "c", "min_count": 2, "min_percent": "1" },
    { "step": "line", "method": "estimator", "algorithm": "CURREG", "item": "r", "auxiliary": ["w"], "min_count": 2, "min_percent": "1" },
    { "step": "near", "method": "gower", "item": "q", "match": ["p", "x"], "k": 1, "take": "draw", "weights": ["0.01", "1"] },
    { "step": "vy", "method": "variance", "by": ["area"], "item": "y", "model": "ratio", "auxiliary": ["x"], "stratum": "area", "population": "p", "confidence": "0.95" },
    { "step": "vc", "method": "variance", "by": ["area"], "item": "c", "model": "mean", "stratum": "area", "population": "p", "confidence": "0.95" },
    { "step": "vr", "method": "variance", "item": "r", "model": "regression", "auxiliary": ["w"], "stratum": "area", "population": "p", "confidence": "0.95", "bootstrap": 200 },
    { "step": "vq", "method": "variance", "item": "q", "model": "donor", "auxiliary": ["x"], "stratum": "area", "population": "p", "confidence": "0.95", "bootstrap": 200 }
  ]
}
J
sed 's/, "weights": \["0.01", "1"\]//' "$work/variance.json" >"$work/plain.json"
cp "$work/plain.json" "$work/good.json"
variant parts 0 ''
estimate '"vy","class_no":1,"item":"y","measure":"total","method":"ratio","n":6,"imputed":1,"estimate":"2126","standard_error":"420.016'
check 'the parts of area 1' grep -q '"step":"vy","class_no":1[^}]*"naive":"175093.2","sampling":"175630.431445","imputation":"783.462524414","mix":"0","share":"0.00444' "$work/run.json"
check 'means' grep -q '"step":"vc"[^}]*"no_formula":0,"missing":0,"not_estimated":0' "$work/run.json"
check 'a regression, with its bootstrap' grep -q '"step":"vr","item":"r"[^}]*"method":"regression"[^}]*"bootstrap":"[0-9]' "$work/run.json"
check 'donors, with their bootstrap' grep -q '"step":"vq","item":"q"[^}]*"method":"donor","n":9,"imputed":2[^}]*"bootstrap":"[0-9]' "$work/run.json"
content parts >"$work/parts.content"
cp -R "$work/base" "$work/parts8"
check 'parts with 8 threads' exits 0 parts8 process run shop/model 2025-12 --threads 8
content parts8 >"$work/got"
check 'parts: the same bits' cmp "$work/parts.content" "$work/got"
grep -o '"estimates":.*' "$work/run.json" >"$work/parts.values"
rm -rf "$work/turned2"; cp -R "$work/turned" "$work/turned2"
check 'parts turned round' exits 0 turned2 process run shop/model 2025-12 --json
grep -o '"estimates":.*' "$work/out" >"$work/got"
check 'parts turned round: the same to 12 digits' cmp "$work/parts.values" "$work/got"
variant told 0 's/"item": "c", "model": "mean"/"item": "c", "model": "donor"/'
check 'told: no formula' grep -q '"step":"vc"[^}]*"no_formula":2,"missing":0,"not_estimated":3' "$work/run.json"
check 'told: a warning' tells "warning[E5524]: step 'vc' has no variance formula for 2 imputed values: they were not imputed as 'donor' within its by-group"
# in area 2 p is the same for all and x of the gap is the mean of the others: there both models give the same value
variant size 0 's/"item": "y", "model": "ratio", "auxiliary": \["x"\]/"item": "y", "model": "ratio", "auxiliary": ["p"]/'
check 'another auxiliary than that of the imputation' grep -q '"step":"vy"[^}]*"no_formula":1,"missing":0,"not_estimated":2' "$work/run.json"
check 'is told' tells "warning[E5524]: step 'vy' has no variance formula for 1 imputed values"
variant error 0 's/"algorithm": "CURMEAN", "item": "c"/"random_error": true, &/'
check 'a random error added has no formula' grep -q '"step":"vc"[^}]*"no_formula":[12],' "$work/run.json"
variant pooled 0 's/"step": "vc", "method": "variance", "by": \["area"\]/"step": "vc", "method": "variance"/'
check 'pooled: means of areas are no mean of all' grep -q '"step":"vc"[^}]*"no_formula":2,"missing":0,"not_estimated":1' "$work/run.json"
cp "$work/good.json" "$form/process.json"
check 'as text' exits 0 parts process run shop/model 2025-12 --dry-run
check 'as text: the total of all with its share' grep -Eq '^ *vy +y +total +ratio +2 +2771 +448.922481025 ' "$work/out"
# --- the auxiliary of the period before: y of November is x, so that the trend of December is the ratio of above, with its parts ---
awk -F, -v OFS=, 'NR > 1 {$5 = $3 ".0"; $6 = $7 = $3; $8 = "a"; $9 = $3 ".0"} {print}' "$work/now.csv" >"$work/november.csv"
setup trend office init --type ministry --code 00 --name 本省 --profile light
setup trend intake file "$work/november.csv" --form shop/model --period 2025-11
setup trend intake file "$work/now.csv" --form shop/model --period 2025-12
sed 's/"algorithm": "CURRATIO", "item": "y", "auxiliary": \["x"\]/"algorithm": "DIFTREND", "item": "y"/; s/"model": "ratio", "auxiliary": \["x"\]/"model": "ratio", "auxiliary": ["y"], "previous": true/' \
  "$work/plain.json" >"$form/process.json"
check 'November' exits 0 trend process run shop/model 2025-11
check 'December' exits 0 trend process run shop/model 2025-12 --json
cp "$work/out" "$work/run.json"
check 'the trend has the parts of the ratio' grep -q '"step":"vy","class_no":1[^}]*"naive":"175093.2","sampling":"175630.431445","imputation":"783.462524414","mix":"0","share":"0.00444' "$work/run.json"
sed 's/"model": "ratio", "auxiliary": \["x"\]/"model": "ratio", "auxiliary": ["w"], "previous": true/' "$work/plain.json" >"$form/process.json"
check 'a ratio of now is none of before' exits 0 trend process run shop/model 2025-12 --json
check 'and is told' tells "warning[E5524]: step 'vy' has no variance formula for 2 imputed values"
# --- outside the limits: c would be 87 at x = 60, above its limit of 60 ---
cat >"$work/steep.csv" <<'C'
no,area,x,w,y,c,q,t,r,p
1,1,10,10,12.0,15.0,12,a,5.0,60
2,1,20,20,19.0,30.0,19,a,10.0,60
3,1,30,30,31.0,44.0,31,a,15.0,60
4,1,40,40,42.0,58.0,42,a,20.0,60
5,1,60,60,58.0,,58,a,30.0,60
C
setup steep office init --type ministry --code 00 --name 本省 --profile light
setup steep intake file "$work/steep.csv" --form shop/model --period 2025-12
cat >"$form/process.json" <<'J'
{ "seed": 7, "weight": "none", "steps": [
    { "step": "fc", "method": "flag", "items": ["c"], "flag": "impute", "when": "missing(c)", "reason": "no answer" },
    { "step": "chain", "method": "chained", "items": ["x", "c"], "robust": "tukey", "max_rounds": 30, "tolerance": "0.0001", "min_count": 4 } ] }
J
check 'steep' exits 0 steep process run shop/model 2025-12 --json
cp "$work/out" "$work/run.json"
counts chain '"changed":0,"proposed":1,[^}]*"to_impute":1,"imputed":0,"out_of_range":1,'
check 'steep: the record is named' exits 0 steep query ask shop 2025-12
check 'steep: its query' exits 0 steep query list shop 2025-12 --json
check 'steep: by the step' prints '"rule":"step:chain"'
# --- weights of the match, a cold deck ---
# record 8 (p 30, x 20): records 7 and 9 have its p and are 10 of 50 away in x, 0.1 in the mean of both; record 2 has its x and another p: 0.01 / 1.01 with the weights, 0.5 without
values parts 8 >"$work/got"
check 'without weights: not the record of the same size' sh -c '! grep -q "\"item\":\"q\".*\"new_value\":\"19\"" "$1"' - "$work/got"
cp "$work/variance.json" "$work/good.json"
variant weighed 0 ''
check 'weighed' exits 0 weighed process explain shop/model 2025-12 8 --show-values --json
check 'with weights: the record of the same size' prints '"item":"q","old_value":"","old_status":"blank","new_value":"19","new_status":"imputed","method":"gower_draw","class":"","donors":"1","donor":"2"'
sed 's/"method": "gower".*/"method": "hotdeck", "by": ["area"], "filter": "no >= 8", "items": ["q", "c"], "draw": "sequential", "min_donors": 1, "collapse": false, "sort_by": "x", "cold": [["1", "7", "7.5"], ["2", "8", "8.5"]] },/; /"step": "mean"/d; /"step": "v[cq]"/d' "$work/variance.json" | sed '/"step": "vr"/s/},$/}/' >"$work/good.json"
variant cold 0 ''
check 'cold: two values' grep -q '"step":"near"[^}]*"changed":2,[^}]*"recipients":1,"imputed":2,"no_class":0,"no_start":1,[^}]*"cold":2' "$work/run.json"
check 'cold: the story' exits 0 cold process explain shop/model 2025-12 8 --show-values --json
check 'cold: the starting value of the class' prints '"item":"q","old_value":"","old_status":"blank","new_value":"8","new_status":"imputed","method":"hotdeck_cold","class":"2","donors":"","donor":""'
check 'cold: with decimals' prints '"item":"c","old_value":"","old_status":"blank","new_value":"8.5"'
wrong 'a cold deck of draws' 's/"draw": "sequential"/"draw": "random"/; s/, "sort_by": "x"//' "'cold' of a step" 10
wrong 'a short row' 's/\["2", "8", "8.5"\]/["2", "8"]/' "'cold' of a step" 10
wrong 'rows without all items' 's/\["1", "7", "7.5"\], \["2", "8", "8.5"\]/["1", "7"], ["2", "8"]/' "'cold' of a step" 10
wrong 'a class twice' 's/\["2", "8", "8.5"\]/["1", "8", "8.5"]/' "'cold' of a step" 10
wrong 'a value above the limit' 's/"8.5"/"60.1"/' "'cold' of a step" 10
wrong 'a value with too many decimals' 's/"8.5"/"8.55"/' "'cold' of a step" 10
cp "$work/variance.json" "$work/good.json"
cp "$work/good.json" "$form/process.json"
wrong 'one weight for two' 's/"weights": \["0.01", "1"\]/"weights": ["1"]/' "'weights' of a step" 11
wrong 'no weight at all' 's/"weights": \["0.01", "1"\]/"weights": ["0", "1"]/' "'weights' of a step" 11
wrong 'a word as a weight' 's/"weights": \["0.01", "1"\]/"weights": ["a", "1"]/' "'weights' of a step" 11
wrong 'a ratio without a size' 's/"model": "ratio", "auxiliary": \["x"\], /"model": "ratio", /' "'auxiliary' of a step" 12
wrong 'the previous of nothing' 's/"model": "mean"/"model": "mean", "previous": true/' "'previous' of a step" 13
finish
