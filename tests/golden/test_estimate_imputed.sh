#!/bin/sh
# test_estimate_imputed.sh -- totals and means with imputed values: V1, V2 and V3 of every cell and margin against an independent computation; replicates that impute again
# near the linearised errors; one and several threads; nothing flagged = the same bytes; what must stop and what must be said; records of the store by their status.
# Ends with `estimate imputed: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='estimate imputed'
. tests/golden/common.sh
python=tests/golden/estimate_imputed.py
python3 $python make "$work" || exit 70

items='"imputed": [ { "item": "income", "flag": "income_imputed", "class": "class", "method": "ratio", "auxiliary": "x" },
  { "item": "wage", "flag": "wage_imputed", "class": ["class", "kind"], "method": "mean" }, { "item": "rent", "flag": "rent_imputed", "method": "hotdeck" } ]'
two='"kind": "sample", "nested": true, "weight": "populations", "stages": [ { "unit": "psu", "stratum": ["stratum"], "population": "n1" }, { "unit": "no", "population": "n2" } ]'
one='"kind": "sample", "nested": true, "weight": "w", "stages": [ { "unit": "psu", "stratum": ["stratum"] } ]'
design() { printf '{ %s }\n' "$2" >"$work/$1.json"; } # name, content
design two "$two, $items"
design none "$two"
design said "$two, \"imputed\": \"as observed\""
design one "$one, $items"
design jkn "$one, $items, \"replicates\": { \"method\": \"jkn\" }"
design boot "$one, $items, \"replicates\": { \"method\": \"bootstrap\", \"count\": 2000, \"seed\": \"imputed\" }"
design naive "$one, \"replicates\": { \"method\": \"jkn\" }"
calibrated='"adjust": [ { "step": "calibrate", "method": "linear", "totals": [ { "item": "sex", "code": "1", "total": 400 }, { "item": "sex", "code": "2", "total": 420 } ] } ]'
design calibrated "$one, $items, $calibrated"
design calibrated_jkn "$one, $items, $calibrated, \"replicates\": { \"method\": \"jkn\" }"

file() { name=$1; shift; "$program" estimate file "$work/${data:-data}.csv" --design "$work/$name.json" "$@"; }
says() { out=$1; shift; "$@" >"$work/$out" 2>"$work/err" </dev/null; } # file for stdout, command
fails() { status=0; "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?; [ "$status" -gt 1 ]; }
refuses() { # what, message, command
  what=$1 said=$2; shift 2
  check "$what" fails "$@"
  check "$what: says so" tells "$said"
}
all='total(income);mean(income);total(wage);mean(wage);total(rent);mean(rent)'

# --- against the formulas ---
check 'a table of all cells' says all file two --table "$all" --by 'area;sex' --as csv --threads 1
check 'V1 + V2 + V3 of every cell and margin are those of an independent computation' python3 $python judge "$work" "$work/all"
sed -n 's/^[0-9].*/  &/p' "$work/said"
for threads in 2 8; do
  check "$threads threads" says more file two --table "$all" --by 'area;sex' --as csv --threads "$threads"
  check "$threads threads: the same bytes" cmp "$work/all" "$work/more"
done
{ head -n 1 "$work/data.csv"; tail -n +2 "$work/data.csv" | sort -t, -k 11; } >"$work/shuffled.csv"
data=shuffled check 'records in another order' says more file two --table "$all" --by 'area;sex' --as csv
check 'records in another order: the same to ten digits' python3 $python judge "$work" "$work/more"

# --- nothing flagged ---
data=clean check 'nothing flagged, with the key' says with file two --table "$all;median(income);ratio(rent,income)" --by 'area;sex' --deff replace --as csv
data=clean check 'nothing flagged, without the key' says without file none --table "$all;median(income);ratio(rent,income)" --by 'area;sex' --deff replace --as csv
check 'nothing flagged: the same bytes' cmp "$work/with" "$work/without"
check 'items that are not listed, with the key' says with file two --table 'total(plain);median(plain)' --by 'area;sex' --as csv
check 'items that are not listed, without the key' says without file none --table 'total(plain);median(plain)' --by 'area;sex' --as csv
check 'items that are not listed: the same bytes' cmp "$work/with" "$work/without"

# --- replicates that impute again ---
# 10 to 14 units a stratum: jackknife and linearisation differ by terms of the order 1/units (curvature of means and ratios), 2,000 bootstrap replicates by 1.6 per cent
# of the error besides; measured 0.967 to 1.043. Of a hot deck V3 takes the variance of the class where replicates take the donors' own residuals: in a cell of 20
# drawn values these differ by some 15 per cent; measured 0.960 to 1.130. Imputed values taken as observed are below by up to 31 per cent.
smooth='total(income);mean(income);total(wage);mean(wage);total(plain)' deck='total(rent);mean(rent)'
check 'linearised, with replacement' says one file one --table "$smooth" --by area --as csv
check 'linearised, hot deck' says one_deck file one --table "$deck" --by area --as csv
for set in jkn boot; do
  check "$set" says "$set" file $set --table "$smooth" --by area --as csv
  check "$set: errors are those of the linearised figures" python3 $python near "$work/$set" "$work/one" 0.95 1.06
  check "$set: hot deck" says "$set" file $set --table "$deck" --by area --as csv
  check "$set: hot deck, errors" python3 $python near "$work/$set" "$work/one_deck" 0.88 1.15
done
check 'a jackknife of completed values' says naive file naive --table "$smooth" --by area --as csv
naive() { ! python3 $python near "$work/naive" "$work/one" 0.95 1.06; }
check 'a jackknife that does not impute again is not near' naive
check 'calibrated, linearised' says linear file calibrated --table "$smooth" --by area --as csv
check 'calibrated, weights and values made again in each replicate' says again file calibrated_jkn --table "$smooth" --by area --as csv
check 'calibrated: errors near the linearised ones' python3 $python near "$work/again" "$work/linear" 0.93 1.08

# A class whose only answers stand in one unit: bootstrap replicates without it are left out and told, a jackknife stops.
awk -F, -v OFS=, 'NR > 1 && $2 == 1 && $3 < 3 { $8 = "rare"; $16 = $3 - 1 } { print }' "$work/data.csv" >"$work/rare.csv"
data=rare check 'replicates without a class' says out file boot --table 'total(income)' --by area
check 'replicates without a class: are told' grep -q '[1-9][0-9]* replicates were left out, a class has imputed values and no answer in them' "$work/out"
data=rare refuses 'a jackknife without a class' 'of income in 1 of 36 replicates' file jkn --table 'total(income)'

# --- what is said ---
check 'text' says out file two --table 'mean(income);total(rent)' --by area
check 'text: how much, by which method' prints 'values are imputed (ratio to x within class), '
check 'text: the parts' prints 'standard errors with the sample, the chance of answering and the draw of donors'
check 'replicates' says out file jkn --table 'mean(income)'
check 'replicates: the method' prints 'standard errors from replicates that impute again'
check 'json' says result.json file two --table 'mean(income);total(rent)' --by area --json
check 'json: notes' grep -q '"mean(income): [0-9]* of 241 values are imputed (ratio to x within class)' "$work/result.json"
check 'codebook' says out "$program" estimate codebook --from "$work/result.json"
check 'codebook: how much' prints 'values are imputed (ratio to x within class), '
sed 's/"method": "ratio", "auxiliary": "x"/"method": "mean"/' "$work/two.json" >"$work/other.json"
check 'values not made as the design says' says out file other --table 'total(income)'
check 'values not made as the design says: are told' prints 'imputed values differ from the mean within class by up to'

# --- what stops ---
refuses 'a median' 'E6330' file two --table 'median(income)'
refuses 'a ratio' 'E6330' file two --table 'mean(plain);ratio(plain,rent)'
refuses 'a formula' 'E6330' file two --table 'formula(total(income)/total(plain))'
refuses 'a table by imputed values' 'a table by it' file two --table 'total(plain)' --by wage
refuses 'a condition on imputed values' 'E6330' file two --table 'total(plain)' --where 'rent > 40'
refuses 'a change' 'E6330' "$program" estimate change "$work/data.csv" --design "$work/one.json" --of 'total(income)' --period kind --from 1 --to 2
refuses 'a regression' 'E6330' "$program" estimate regress "$work/data.csv" --design "$work/two.json" --model 'plain ~ log(income)'
refuses 'a test' 'E6330' "$program" estimate test "$work/data.csv" --design "$work/two.json" --mean wage --groups sex
check 'a regression without them' says out "$program" estimate regress "$work/data.csv" --design "$work/two.json" --model 'plain ~ x'
check 'said to be observed: a median' says out file two --table 'median(income)' --imputed as-observed
check 'said to be observed: in the result' prints 'TAKEN AS OBSERVED'
check 'said to be observed: a warning' tells 'E6331'
check 'said to be observed: how much' prints 'values are imputed (ratio to x within class), '
check 'said to be observed by the design' says out file said --table 'median(income)'
check 'said to be observed by the design: in the result' prints 'TAKEN AS OBSERVED'
check 'said to be observed: a regression' says out "$program" estimate regress "$work/data.csv" --design "$work/two.json" --model 'plain ~ income' --imputed as-observed
check 'said to be observed: in its notes' prints 'TAKEN AS OBSERVED'
check 'said to be observed: JSON' says out "$program" estimate test "$work/data.csv" --design "$work/two.json" --mean wage --groups sex --imputed as-observed --json
check 'said to be observed: in the JSON' prints '"imputed":"as observed"'
refuses 'said to be observed, nothing listed' 'without "imputed"' file none --table 'mean(income)' --imputed as-observed
wrongly() { # what, message, sed expression on the design
  sed "$3" "$work/two.json" >"$work/wrong.json"
  refuses "$1" "$2" file wrong --table 'mean(income)'
}
wrongly 'a key that is not known' 'imputed[1].clas' 's/"class": "class"/"clas": "class"/'
wrongly 'a method that is not known' 'mean, ratio or hotdeck' 's/hotdeck/nearest/'
wrongly 'a ratio without its auxiliary' 'imputed[1].auxiliary' 's/, "auxiliary": "x"//'
wrongly 'an item twice' 'twice' 's/"wage", "flag": "wage_imputed"/"income", "flag": "income_imputed"/'
wrongly 'an auxiliary that was imputed' "auxiliary of 'income'" 's/"auxiliary": "x"/"auxiliary": "wage"/'
wrongly 'an item that is not there' 'salary' 's/"item": "wage"/"item": "salary"/'
wrongly 'a file without a flag' 'E6332' 's/"flag": "wage_imputed", //'
wrongly 'a flag that is no flag' '0 (answered) or 1 (imputed)' 's/"flag": "wage_imputed"/"flag": "kind"/'
wrongly 'flags of another item' "column 'wage_imputed'" 's/"flag": "rent_imputed"/"flag": "wage_imputed"/'
wrongly 'lonely_in_domain' 'lonely_in_domain' 's/"nested": true/"nested": true, "lonely_in_domain": true/'
wrongly 'a word that is not known' 'as observed' 's/"imputed": \[.*/"imputed": "observed" }/; /^  {/d'
awk -F, -v OFS=, 'NR > 1 && $8 == "a" { $16 = 1 } { print }' "$work/data.csv" >"$work/lost.csv"
holds() { [ "$(head -n 1 "$work/lost.csv" | cut -d, -f16)" = income_imputed ]; }
check 'the flag is the column of the test' holds
data=lost refuses 'a class without answers' 'E6246' file two --table 'mean(income)'
sed 's/"item": "sex", "code": "1", "total": 400/"item": "rent", "total": 19000/; s/, { "item": "sex", "code": "2", "total": 420 }//' "$work/calibrated.json" >"$work/wrong.json"
refuses 'weights calibrated on imputed values' 'weight programme' file wrong --table 'mean(plain)'

# --- records of the store: the status says what was imputed ---
python3 $python store "$work"
job_form house
cp forms/codelists/disclosure_profiles.json "$work/forms/codelists/"
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "house", "version": "1", "title_ja": "世帯票", "title_en": "Households", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "house", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "pref", "unit", "area", "w", "income"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,house,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
pref,県,prefecture,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
unit,地区,unit,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
area,地域,area,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
w,ウェイト,weight,house,count,int,,1,0,1,9999,,,,,,,,ANSWER,reported,,,,,
income,収入,income,house,amount,int,,1,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
C
printf 'id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\nH1,hard,house,,income <= 90000,大きすぎる,too large,確かめる,check it,example\n' >"$form/checks.csv"
cat >"$form/process.json" <<'J'
{ "seed": 7, "weight": "none",
  "steps": [
    { "step": "gap", "method": "flag", "items": ["income"], "flag": "impute", "when": "missing(income)", "reason": "no answer" },
    { "step": "mean", "method": "estimator", "by": ["pref"], "algorithm": "CURMEAN", "item": "income", "min_count": 2, "min_percent": "20" } ] }
J
cat >"$form/tables.csv" <<'C'
id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note
income,収入,income,house,area,,"count();total(income);mean(income)",,,,establishments_3,
middle,中央値,median,house,area,,"median(income)",,,,establishments_3,
above,高収入,above,house,area,,"count()",,income > 400,,establishments_3,
C
rest='"unit": "household", "nested": true, "weight": "w", "stages": [ { "unit": "unit", "stratum": ["pref"] } ]'
design file "\"kind\": \"sample\", $rest, \"imputed\": [ { \"item\": \"income\", \"flag\": \"flag\", \"class\": \"pref\", \"method\": \"mean\" } ]"
printf '{ "kind": "sample", %s, "imputed": [ { "item": "income", "class": "pref", "method": "mean" } ], "source": "example" }\n' "$rest" >"$form/design.json"
new_office office
check 'the form is in order' exits 0 office form check shop/house
receive office "$work/raw.csv" 2025-12
setup office process run "$kind" 2025-12
check 'a table of the store' exits 0 office estimate table shop 2025-12 income --as long
cp "$work/out" "$work/stored"
data=full check 'the same records as a file' says file.out file file --table 'count();total(income);mean(income)' --by area --as long
check 'store and file: the same bytes' cmp "$work/stored" "$work/file.out"
check 'a table as text' exits 0 office estimate table shop 2025-12 income
check 'a table as text: how much' prints 'values are imputed (mean within pref)'
check 'a codebook' exits 0 office estimate codebook shop 2025-12 income
check 'a codebook: how much' prints 'values are imputed (mean within pref)'
check 'a median of the store stops' exits 78 office estimate table shop 2025-12 middle
check 'a median of the store: says so' tells 'E6330'
check 'a condition of the store stops' exits 78 office estimate table shop 2025-12 above
check 'a condition of the store: says so' tells 'E6330'
finish
