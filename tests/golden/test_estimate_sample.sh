#!/bin/sh
# test_estimate_sample.sh -- a household survey of two stages the whole way: intake, processing, weights, tables, against an independent computation; the same records
# as a CSV file give the same figures; missing stratum, weight or count and a design that is wrong stop with their place. Ends with `estimate sample: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='estimate sample'
. tests/golden/common.sh

job_form house
cp forms/codelists/disclosure_profiles.json "$work/forms/codelists/"
cat >"$form/form.json" <<'J'
{ "survey": "shop", "form": "house", "version": "1", "title_ja": "世帯票", "title_en": "Households", "period": "month", "since": "2020-01-01", "until": "", "predecessor": "", "event_date": "", "office_item": "",
  "records": [{ "name": "house", "parent": "", "keys": ["no"] }],
  "layouts": [{ "name": "csv", "kind": "csv", "header": true, "items": ["no", "pref", "urban", "district", "n_districts", "m_houses", "members", "income", "food"] }], "codelists": {}, "source": "example" }
J
cat >"$form/items.csv" <<'C'
name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,origin,expression,as_of,era_table,required,note
no,番号,number,house,count,int,,1,0,1,999999,,,,,,,,ID,reported,,,,yes,
pref,県,prefecture,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
urban,都市,urban,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
district,地区,district,house,code,code,,1,0,,,,,,,,,,ANSWER,reported,,,,,
n_districts,地区数,districts,house,count,int,,1,0,1,9999,,,,,,,,ANSWER,reported,,,,,
m_houses,世帯数,households,house,count,int,,1,0,1,99999,,,,,,,,ANSWER,reported,,,,,
members,人数,members,house,count,int,,1,0,1,20,,,,,,,,ANSWER,reported,,,,,
income,収入,income,house,amount,int,yen,1000,0,0,99999999,,,,,,,,ANSWER,reported,,,,,
food,食費,food,house,amount,int,yen,1000,1,0,99999999,,,,,,,,ANSWER,reported,,,,,
single,単身,single,house,flag,int,,1,0,,,,,,,,,,ANSWER,derived,"choose(members = 1, 1, 0)",,,,
C
cat >"$form/checks.csv" <<'C'
id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source
H1,hard,house,,income <= 90000,大きすぎる,too large,確かめる,check it,example
C
cat >"$form/process.json" <<'J'
{ "seed": 7, "weight": "none",
  "steps": [
    { "step": "unit", "method": "assign", "item": "income", "value": "income / 1000", "when": "income > 90000" },
    { "step": "look", "method": "edit" },
    { "step": "rest", "method": "derive" }
  ]
}
J
cat >"$form/tables.csv" <<'C'
id,title_ja,title_en,dataset,rows,columns,measure,domain,filter,rounding,disclosure,note
income,収入,income,house,urban,,"count();total(income);mean(income);ratio(food,income);median(income)",,,,establishments_3,
single,単身,single,house,pref,,mean(food),single = 1,,,establishments_3,
C
cat >"$form/design.json" <<'J'
{ "kind": "sample", "unit": "household", "nested": true, "weight": "populations", "lonely": "stop",
  "stages": [ { "unit": "district", "stratum": ["pref", "urban"], "population": "n_districts" }, { "unit": "no", "population": "m_houses" } ],
  "source": "example" }
J
python3 tests/golden/estimate_sample.py make "$work"
new_office office
check 'the form is in order' exits 0 office form check shop/house
receive office "$work/house.csv" 2025-12
setup office process run "$kind" 2025-12

check 'weights' exits 0 office estimate weights shop 2025-12
check 'weights: how many' prints '96'
check 'a table' exits 0 office estimate table shop 2025-12 income --as long
cp "$work/out" "$work/income.csv"
check 'a table of a derived condition' exits 0 office estimate table shop 2025-12 single --as long
cp "$work/out" "$work/single.csv"
check 'figures and errors are those of an independent computation' python3 tests/golden/estimate_sample.py judge "$work"
check 'the run' exits 0 office estimate run shop 2025-12
check 'the run names its weights' prints 'weights'

# the same records as a file
cat >"$work/file.json" <<'J'
{ "kind": "sample", "nested": true, "weight": "populations",
  "stages": [ { "unit": "district", "stratum": ["pref", "urban"], "population": "n_districts" }, { "unit": "no", "population": "m_houses" } ] }
J
file() { "$program" estimate file "$work/clean.csv" --design "$work/file.json" --table 'count();total(income);mean(income);ratio(food,income);median(income)' --by urban --as long "$@"; }
check 'the same from a file' sh -c '"$@" >"$0"' "$work/file.out" "$program" estimate file "$work/clean.csv" --design "$work/file.json" --table 'count();total(income);mean(income);ratio(food,income);median(income)' --by urban --as long
check 'a file and the store give the same figures' cmp "$work/income.csv" "$work/file.out"
for threads in 2 8; do
  file --threads "$threads" >"$work/threads.out" 2>/dev/null
  check "$threads threads: the same bytes" cmp "$work/file.out" "$work/threads.out"
done
(head -n 1 "$work/clean.csv"; tail -n +2 "$work/clean.csv" | sort -t, -k 8 ) >"$work/shuffled.csv"
"$program" estimate file "$work/shuffled.csv" --design "$work/file.json" --table 'count();mean(income)' --as csv >"$work/shuffled.out" 2>/dev/null
"$program" estimate file "$work/clean.csv" --design "$work/file.json" --table 'count();mean(income)' --as csv >"$work/ordered.out" 2>/dev/null
check 'records in another order: the same figures to ten digits' python3 tests/golden/estimate_sample.py near "$work/shuffled.out" "$work/ordered.out"

# --- what stops ---
stops() { # what, status, message, data, design
  check "$1" sh -c '"$1" estimate file "$2" --design "$3" --table "mean(income)" >"$4" 2>"$5"; test $? -eq "$6"' - "$program" "$4" "$5" "$work/out" "$work/err" "$2"
  check "$1: says so" tells "$3"
}
sed '5s/,[^,]*,\([^,]*,[^,]*,[^,]*,[^,]*\)$/,,\1/' "$work/clean.csv" >"$work/bad.csv"
stops 'a missing count' 65 "column 'n_districts', record 4" "$work/bad.csv" "$work/file.json"
sed '7s/^\([^,]*\),[^,]*,/\1,,/' "$work/clean.csv" >"$work/bad.csv"
stops 'a missing stratum' 65 "column 'pref', record 6" "$work/bad.csv" "$work/file.json"
sed 's/"weight": "populations",//' "$work/file.json" >"$work/bad.json"
stops 'no weight' 78 'there is no default' "$work/clean.csv" "$work/bad.json"
sed 's/"nested": true,/"nested": true, "lonley": "zero",/' "$work/file.json" >"$work/bad.json"
stops 'a key that is misspelt' 78 'lonley' "$work/clean.csv" "$work/bad.json"
sed 's/"nested": true,//' "$work/file.json" >"$work/bad.json"
stops 'labels that repeat across strata without a word about it' 65 "column 'district'" "$work/clean.csv" "$work/bad.json"
sed 's/m_houses/m_hoses/' "$work/file.json" >"$work/bad.json"
stops 'a column that is not there' 65 'm_hoses' "$work/clean.csv" "$work/bad.json"
awk -F, 'NR == 1 || $2 != "01" || $3 != "1" || $4 == "1"' "$work/clean.csv" >"$work/lonely.csv"
stops 'a stratum with a single unit' 65 '01/1' "$work/lonely.csv" "$work/file.json"
sed 's/"nested": true,/"nested": true, "lonely": "collapse", "collapse": { "within": "pref" },/' "$work/file.json" >"$work/collapse.json"
check 'joined with a neighbour' sh -c '"$1" estimate file "$2" --design "$3" --table "mean(income)" >"$4"' - "$program" "$work/lonely.csv" "$work/collapse.json" "$work/out"
check 'joined with a neighbour: which' prints 'stratum 01/2 was joined with 01/1'
finish
