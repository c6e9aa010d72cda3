#!/bin/sh
# test_livelihood.sh -- a made year of the survey of living conditions: intake, checks, estimates from the store and from files against the known truth,
# planted errors found, plans and records that are refused, the published series. Ends with `livelihood: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=livelihood
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
export SHIRABE_FORMS
[ -x "$BUILD/tests/demo/livelihood_year" ] || { printf 'livelihood: skipped, no %s/tests/demo/livelihood_year; next: make tools\n' "$BUILD"; exit 77; }
"$BUILD/tests/demo/livelihood_year" "$work/year" || exit 70
"$BUILD/tests/demo/livelihood_year" --spoil "$work/spoilt" || exit 70

cat >"$work/plan.json" <<'J'
{ "kind": "livelihood", "year": 2025, "weights": "recommended", "nonresponse": "area_size", "raking": true, "basis": "old", "median": "math",
  "lonely": "stop", "fpc": false, "rate_base": "members", "variance": { "bootstrap": 500, "seed": 20250605, "jackknife": true }, "suppress_cv": 30,
  "price": { "base": 1985, "index": "125.3" } }
J
plan() { sed "$1" "$work/plan.json" >"$work/other.json"; } # sed expression: the plan with a change
large='s/"recommended", "nonresponse": "area_size", "raking": true/"official_large"/'
small='s/"recommended", "nonresponse": "area_size", "raking": true/"official_small"/'
column='s/"recommended", "nonresponse": "area_size", "raking": true/"column"/'
files="--household $work/year/household.csv --person $work/year/person.csv --income $work/year/income.csv --health $work/year/health.csv
  --stratum $work/year/stratum.csv --population $work/year/population.csv"

# --- taken in and checked: a clean year has no failure, a spoilt one those that were planted ---
receive_year() { # office, folder of the year
  setup "$1" office init --type ministry --code 00 --name 本省 --profile light
  while read -r file form layout; do
    setup "$1" intake file "$2/$file.csv" --form "livelihood/$form" ${layout:+--layout "$layout"} --period 2025
  done <<'L'
household household households
person household persons
income income households
income_person income persons
health health
care care
savings savings
stratum stratum
population population
L
}
receive_year clean "$work/year"
receive_year bad "$work/spoilt"
for form in household income health care savings; do
  check "no check fails: $form" exits 0 clean process run "livelihood/$form" 2025 --json
  check "nothing undecided: $form" grep -q '"undecided":0' "$work/out"
  office bad process run "livelihood/$form" 2025 >"$work/bad.$form" 2>>"$work/setup"
done
planted=0
while IFS=, read -r form rule records; do
  [ "$form" = form ] && continue
  planted=$((planted + 1))
  check "planted: $form $rule" awk -v rule="$rule" -v n="$records" '$1 == rule && $3 >= n && n > 0 { found = 1 } END { exit !found }' "$work/bad.$form"
done <"$work/spoilt/planted.csv"
check 'a frame by name is the same' exits 0 clean process run livelihood/income 2025 --frame household --dry-run
check 'a frame that is none' exits 66 clean process run livelihood/income 2025 --frame nothing --dry-run
cp -R forms "$work/forms.other"
sed -i 's/"frame": "household"/"frame": "House hold"/' "$work/forms.other/library/livelihood/income/2016/form.json"
check 'a form whose frame is no name' env SHIRABE_FORMS="$work/forms.other" sh -c '"$1" form check livelihood/income; [ $? -eq 78 ]' sh "$program"
check 'fifteen kinds of errors were planted' test "$planted" -eq 15
check 'records without a household stop the estimates' exits 65 bad estimate livelihood poverty 2025 --plan "$work/plan.json"
check 'and say of which form' tells "records of income belong to no household of the household form: 3 / 2642"
check 'check says so too' exits 1 bad estimate livelihood check 2025

# --- the fixed files of 2016: household block of the income form, unknown amounts by their codes ---
python3 - "$work" <<'P'
import csv, sys
work = sys.argv[1]
items = [i for i in csv.DictReader(open("forms/library/livelihood/income/2016/items.csv", encoding="utf-8")) if i["position"]]
rows = list(csv.DictReader(open(work + "/year/income.csv")))[:50]
with open(work + "/tape.txt", "wb") as out:
    for k, row in enumerate(rows):
        line = bytearray(b" " * 350)
        row["tax_resident"] = "999999" if k == 3 else "999998" if k == 4 else row["tax_resident"]
        for i in items:
            at, n = int(i["position"]) - 1, int(i["bytes"])
            text = row.get(i["name"], "")
            if text and i["type"] == "int": text = text.rjust(n, "0")
            line[at:at + n] = text.encode().ljust(n)
        out.write(bytes(line) + b"\n")
P
setup tape office init --type ministry --code 00 --name 本省 --profile light
check 'a fixed file' exits 0 tape intake file "$work/tape.txt" --form livelihood/income --layout tape2016 --period 2025
check 'fifty records' grep -q '= accepted *50$' "$work/out"
check 'none has a household form' exits 1 tape process run livelihood/income 2025 --frame household
check 'and that is said of each' grep -q '^L1 *hard *50 ' "$work/out"
blank=$(awk -F, 'NR > 1 && NR < 52 && $28 == "" { n++ } END { print n + 2 }' "$work/year/income.csv")
check 'the codes are unknown amounts' grep -q "^M7 *info *[0-9]* *[0-9]* *$blank " "$work/out"

check 'all forms link in a clean year' exits 0 clean estimate livelihood check 2025 --as csv
check 'six forms, nothing unlinked' awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "unlinked") at = i; next }
  { n++; unlinked += $at } END { exit !(n == 6 && at && unlinked == 0) }' "$work/out"

# --- estimates: store and files agree to the last digit ---
for kind in poverty lines inequality households health; do
  check "$kind from the store" exits 0 clean estimate livelihood $kind 2025 --plan "$work/plan.json" --as csv
  cp "$work/out" "$work/store.$kind"
  # shellcheck disable=SC2086
  check "$kind from files" exits 0 clean estimate livelihood $kind --plan "$work/plan.json" $files --as csv
  check "$kind: the same" cmp -s "$work/out" "$work/store.$kind"
done
# shellcheck disable=SC2086
for threads in 2 8; do
  check "$threads threads: the same bits" exits 0 clean estimate livelihood lines --plan "$work/plan.json" $files --as csv --threads $threads
  check "$threads threads: compared" cmp -s "$work/out" "$work/store.lines"
done

# --- against the truth: within 4 standard errors always, within the 95 % interval in nine of ten rows and more (all but one of short lists) ---
against() { # tables ... : figure and method with value, se, low, high beside the truth
  awk -F, -v least="$least" 'FNR == NR { truth[$1] = $2; next }
    FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $1 in truth && $(column["value_se"]) > 0 {
      t = truth[$1]; n++
      inside += $(column["value_low"]) <= t && t <= $(column["value_high"])
      d = $(column["value"]) - t; if (d < 0) d = -d
      if (d > 4 * $(column["value_se"])) { print "far:", $0, "truth", t; far++ }
    }
    END { printf "%d of %d intervals hold the truth\n", inside, n; exit !(n >= least && !far && n - inside <= (n > 10 ? 0.1 * n : 1)) }' "$work/year/truth.csv" "$@"
}
least=15 check 'poverty rates against the truth' against "$work/store.poverty"
least=4 check 'Gini and P90/P10 against the truth' against "$work/store.inequality"
least=20 check 'lines and deciles against the truth' against "$work/store.lines"
least=4 check 'shares of households against the truth' against "$work/store.households"
least=3 check 'health against the truth' against "$work/store.health"
plan 's/"old"/"2018"/'
check 'the basis of 2018' exits 0 clean estimate livelihood poverty 2025 --plan "$work/other.json" --as csv
sed 's/^rate_all,/rate_all_2018,/; s/^rate_children,/rate_children_2018,/' "$work/out" >"$work/new"
least=6 check 'the basis of 2018 against its own truth' against "$work/new"
plan "$large"
check 'weights of large years' exits 0 clean estimate livelihood households 2025 --plan "$work/other.json" --as csv
people=$(awk -F, 'NR > 1 { n += $4 } END { printf "%.2f", n }' "$work/year/stratum.csv")
check 'people are those of the strata, without error' awk -F, -v n="$people" '$1 == "people" && $3 == n && $4 < 1e-6 { found = 1 } END { exit !found }' "$work/out"
plan "$small"
check 'weights of small years' exits 0 clean estimate livelihood poverty 2025 --plan "$work/other.json"
check 'incomes without weights are said to be' prints 'unweighted: averages and shares only'
check 'the line in prices of the base year' grep -q '^poverty_line_real,' "$work/store.lines"

# --- what is printed, drawn, and not printed ---
plan 's/"suppress_cv": 30/"suppress_cv": 5/'
check 'a low limit' exits 0 clean estimate livelihood poverty 2025 --plan "$work/other.json" --as csv
check 'hides the wide figures' awk -F, 'NR > 1 && $1 == "rate_one_adult" { n++; hidden += /unreliable/ } END { exit !(n == 3 && hidden == 3) }' "$work/out"
check 'and keeps the others' grep -q '^rate_all,linearised,16' "$work/out"
check 'no ministry formula is claimed' exits 0 clean estimate livelihood poverty 2025 --plan "$work/plan.json"
check 'it is said' prints "the ministry's formula was not found in public sources; these are ours"
check 'in Japanese' exits 0 clean estimate livelihood poverty 2025 --plan "$work/plan.json" --lang ja
check 'it is said in Japanese' prints '省の算式は公開資料に見つからない'
digest() { sed -n 's/^ *\(digest\|ダイジェスト\) //p' "$work/out"; }
for kind in poverty households health check; do
  p=; [ $kind = check ] || p="--plan $work/plan.json"
  # shellcheck disable=SC2086
  for lang in en ja; do
    check "$kind in $lang" exits 0 clean estimate livelihood $kind 2025 $p --lang $lang
    digest >"$work/digest.$lang"
    exits 0 clean estimate livelihood $kind 2025 $p --lang $lang --json
    cp "$work/out" "$work/json.$lang"
  done
  check "$kind: one digest in both languages" cmp "$work/digest.en" "$work/digest.ja"
  check "$kind: it is that of JSON" grep -q "\"digest\":\"$(cat "$work/digest.ja")\"" "$work/json.ja"
  check "$kind: JSON in both languages the same" cmp "$work/json.en" "$work/json.ja"
done
check 'all tables as one list' exits 0 clean estimate livelihood tables 2025 --plan "$work/plan.json" --json
check 'five tables' python3 -c 'import json,sys; t = json.load(open(sys.argv[1])); sys.exit(len(t) != 5)' "$work/out"
check 'a picture' exits 0 clean estimate livelihood poverty 2025 --plan "$work/plan.json" --svg
check 'with the line' prints 'poverty line 80.'
check 'of all households' prints 'Histogram of 2566 values in 60 bins'
check 'and their weights' prints 'livelihood, 2566 households of known income; weights: drawn share'
check 'by area' exits 0 clean estimate livelihood health 2025 --plan "$work/plan.json" --by area --as csv
check 'twelve areas of three rates' test "$(wc -l <"$work/out")" -eq 37
check 'tables of the forms' exits 0 clean estimate run livelihood 2025
check 'households of the first record type' prints 'livelihood/household/2025/imputed: 7243 records'

check 'the whole year in one command' exits 0 clean run livelihood 2025 --out "$work/release"
check 'its tables' prints 'table     income_type'
check 'a figure explains itself' exits 0 clean explain 'livelihood-2025/income_type?household_type=1:mean(total_income)'
check 'computed again' prints 'computed again from the sealed segments: the same bits'

# --- refused ---
refused() { # what, exit, message, sed expression of the plan
  plan "$4"
  check "$1" exits "$2" clean estimate livelihood poverty 2025 --plan "$work/other.json"
  check "$1: says so" tells "$3"
}
refused 'no rule of weights' 78 "entry 'weights' of the plan is absent" 's/"weights": "recommended",//'
refused 'an unknown rule' 78 "entry 'weights' of the plan is equal" 's/"recommended"/"equal"/'
refused 'no basis' 78 "entry 'basis' of the plan is absent" 's/"basis": "old",//'
refused '499 replicates' 78 "entry 'bootstrap' of the plan is 499" 's/500/499/'
refused 'no policy for lonely districts' 78 "entry 'lonely' of the plan is absent" 's/"lonely": "stop",//'
check 'no plan' exits 64 clean estimate livelihood poverty 2025
check 'no files' exits 64 clean estimate livelihood poverty --plan "$work/plan.json"
check 'an unknown kind' exits 64 clean estimate livelihood wealth 2025 --plan "$work/plan.json"
plan 's/"year": 2025/"year": 2024/'
check 'a year without data' exits 66 clean estimate livelihood poverty 2024 --plan "$work/other.json"
spoil() { # file, awk program: the year with one file changed
  awk -F, -v OFS=, "$2" "$work/year/$1.csv" >"$work/$1.csv"
  changed=$(echo "$files" | sed "s|$work/year/$1.csv|$work/$1.csv|" | tr '\n' ' ')
}
with_file() { # what, exit, message, file, awk program, plan
  plan "$6"
  spoil "$4" "$5"
  # shellcheck disable=SC2086
  check "$1" exits "$2" clean estimate livelihood "${of_kind:-poverty}" --plan "$work/other.json" $changed
  check "$1: says so" tells "$3"
}
with_file 'a weight of 0' 65 'has no weight above 0' income 'NR == 5 { $NF = 0 } 1' "$column"
with_file 'a missing weight' 65 'has no weight above 0' income 'NR == 5 { $NF = "" } 1' "$column"
with_file 'a code of tapes for an amount' 65 "'tax_resident' of a record must be an amount" income 'NR == 7 { $30 = 999999 } 1' 's/x/x/'
with_file 'an area without people' 65 "there is no people for 'area 3'" stratum '$1 == "03" { $4 = "" } 1' "$large"
with_file 'a household twice' 65 'two records of household have the same keys' household 'NR == 3 { $4 = 1 } 1' 's/x/x/'
with_file 'an income of nobody' 65 'records of income belong to no household' income 'NR == 3 { $4 = 97 } 1' 's/x/x/'
with_file 'an age without people' 65 'there is no people for' population '!/,80,|,85,/' 's/x/x/'

# --- persons that are not those of the household, heads, codes and amounts ---
same='s/x/x/'
with_file 'every second person' 65 "'members (01-1-1-1)' of a record must be = " person 'NR == 1 || NR % 2 == 0' "$same"
with_file 'every person twice' 65 'two records of person have the same keys' person '{ print } NR > 1' "$same"
of_kind=households with_file 'every person twice, households' 65 'two records of person have the same keys' person '{ print } NR > 1' "$same"
with_file 'persons twice and far apart' 65 'two records of person have the same keys' person '{ print } NR == 2 { kept = $0 } END { print kept }' "$same"
of_kind=health with_file 'health records twice' 65 'two records of health have the same keys' health '{ print } NR > 1 && NR < 3000' "$same"
with_file 'a household without persons' 65 '(person; 1 / 7243)' person '!($1 == "01" && $2 == 1 && $3 == 1 && $4 == 2)' "$same"
with_file 'two heads' 65 "'relation (01-1-1-1)' of a record must be 01 x 1 (01 x 2; 1 / 7243)" person 'NR == 3 { $6 = "01" } 1' "$same"
with_file 'no head' 65 "must be 01 x 1 (01 x 0; 1 / 7243)" person 'NR == 2 { $6 = "05" } 1' "$same"
# shellcheck disable=SC2086
check 'the check counts them' exits 1 clean estimate livelihood check $changed
check 'heads' prints '1 households without exactly one head'
spoil person '{ print } NR > 1'
# shellcheck disable=SC2086
check 'the check tells of persons twice' exits 1 clean estimate livelihood check $changed
check 'which' prints 'person: a person is there twice, record 2'
spoil health 'NR == 1 || NR % 2 == 0'
# shellcheck disable=SC2086
check 'members without a health record' exits 0 clean estimate livelihood health --plan "$work/plan.json" $changed
check 'are counted' prints "$(awk 'END { print int((NR - 1) / 2) }' "$work/year/health.csv") members without a health record, in no rate"
with_file 'an age of 999' 65 "'age' of a record must be 0 - 130" person 'NR == 3 { $8 = 999 } 1' "$same"
with_file 'an age of -5' 65 "'age' of a record must be 0 - 130" person 'NR == 3 { $8 = -5 } 1' "$same"
with_file 'a tax below 0' 65 "'tax_income' of a record must be >= 0" income 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "tax_income") at = i }
  NR == 9 { $at = -50000000 } 1' "$same"
of_kind=health with_file 'a code of no list' 65 "'symptoms' of a record must be 1, 2, 9" health 'NR == 5 { $10 = 8 } 1' "$same"
check 'with its place' tells 'health.csv:4'
of_kind=health with_file 'hospitalised 3' 65 "'hospitalised' of a record must be 1, 2, 9" health 'NR == 5 { $9 = 3 } 1' "$same"

# --- year and period, options without a use ---
plan 's/"year": 2025/"year": 2022/'
check 'a plan of another year' exits 78 clean estimate livelihood poverty 2025 --plan "$work/other.json"
check 'says so' tells "entry 'year' of the plan is 2022; it must be 2025"
check 'a file beside the store' exits 64 clean estimate livelihood poverty 2025 --plan "$work/plan.json" --household "$work/year/household.csv"
check 'which' tells '2025 --household'
check 'poverty by area' exits 64 clean estimate livelihood poverty 2025 --plan "$work/plan.json" --by area
check 'not that option' tells "'--by' is not a possible argument"
check 'health as a picture' exits 64 clean estimate livelihood health 2025 --plan "$work/plan.json" --svg
check 'not that option either' tells "'--svg' is not a possible argument"

# --- an area of one district, joined: replicates without it miss its people ---
lone='NR == 1 || $1 != "10" || $2 == kept { print; next } kept == "" { kept = $2; print }'
spoil household "$lone"
for form in person income; do awk -F, "$lone" "$work/year/$form.csv" >"$work/$form.csv"; done
lonely="--household $work/household.csv --person $work/person.csv --income $work/income.csv --stratum $work/year/stratum.csv
  --population $work/year/population.csv"
plan 's/"lonely": "stop"/"lonely": "collapse"/'
# shellcheck disable=SC2086
check 'a joined area' exits 0 clean estimate livelihood poverty --plan "$work/other.json" $lonely --as csv
check 'no bootstrap of the replicates that are left' awk -F, '$2 == "bootstrap" { n++; none += $3 == "" && $4 == "" && /undefined/ }
  $2 == "linearised" && $4 > 0 { kept++ } END { exit !(n == 5 && none == 5 && kept == 5) }' "$work/out"
# shellcheck disable=SC2086
check 'in words' exits 0 clean estimate livelihood poverty --plan "$work/other.json" $lonely
check 'how many' grep -q 'bootstrap: weights of [0-9]* of 500 replicates could not be made again, above 5 per cent: no error is given' "$work/out"
check 'few are left out' prints 'jackknife: weights of 1 of '

# --- the unit areas of the income sample ---
with_file 'marks emptied' 65 "'income_selected' of a record must be 0, 1" household '$7 == "01" && NR % 2 { $25 = "" } 1' "$same"
with_file 'a mark of no list' 65 "'income_selected' of a record must be 0, 1" household 'NR > 1 && $25 == 0 { $25 = 7 } 1' "$same"
with_file 'all marks empty' 65 "'income_selected' of a record must be 0, 1" household 'NR > 1 { $25 = "" } 1' "$same"
with_file 'an income form that was not asked' 65 "'income_selected' of a record must be 1 (income)" household '$1 == "01" && $2 == 1 { $25 = 0 } 1' "$same"
with_file 'all marks 1: said' 0 'amounts not known' household 'NR > 1 { $25 = 1 } 1' "$same"
check 'unit areas without any form' grep -q '[0-9] selected unit areas without any income form' "$work/out"

# --- areas of the stratum form ---
with_file 'an area twice' 65 'two records of stratum have the same keys' stratum '{ print } NR == 4' "$same"
with_file 'an area without records twice' 65 'two records of stratum have the same keys' stratum '{ print } END { $1 = 77; print; print }' "$same"
with_file 'an area without records' 0 'amounts not known' stratum '{ print } END { $1 = 77; $4 = 1234; print }' "$same"
check 'is said with its people' prints '1 areas of the stratum form have no household record, 1234 people'

# --- the published series ---
check 'the published series' exits 0 clean estimate livelihood series tests/reference/livelihood_poverty.csv --as csv
check '1994 by rounding, thirteen agree' awk -F, 'NR > 1 { n[$2]++; if ($2 == "by_rounding") year = $1 } END { exit !(n["agrees"] == 13 && n["by_rounding"] == 1 && year == 1994) }' "$work/out"
sed 's/,254,127$/,254,130/' tests/reference/livelihood_poverty.csv >"$work/wrong.csv"
check 'a line that is no half' exits 1 clean estimate livelihood series "$work/wrong.csv"
check 'is said to contradict' prints contradicts
check 'the series as a picture' exits 0 clean estimate livelihood series tests/reference/livelihood_poverty.csv --svg
check 'with its lines' prints 'Line chart: 14 points in 4 series'
sed 's/,289,/,-289,/' tests/reference/livelihood_poverty.csv >"$work/wrong.csv"
check 'a negative median' exits 65 clean estimate livelihood series "$work/wrong.csv"
series() { # what, awk program, message
  awk -F, -v OFS=, "$2" tests/reference/livelihood_poverty.csv >"$work/wrong.csv"
  check "series: $1" exits 65 clean estimate livelihood series "$work/wrong.csv"
  check "series: $1, says so" tells "$3"
}
series 'a rate of 500' 'NR == 3 { $2 = 500 } 1' "row rate of the series is 500; it must be 0 - 100"
series 'children of -1' 'NR == 3 { $3 = -1 } 1' "row children of the series is -1; it must be 0 - 100"
series 'a year twice' '{ print } NR == 4' 'it must be there once'

printf 'livelihood: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
