#!/bin/sh
# test_process_household.sh -- a household survey of two record types: checks within and between persons, nearest-neighbour minimum change, detection and recovery against the known truth, the same bits
# for 1, 2 and 8 threads, permuted rows and after a kill; persons without household. Ends with `process household: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='process household'
. tests/golden/common.sh
. tests/golden/household_survey.sh
new_office() { # folder, houses, persons ...
  setup "$1" office init --type ministry --code 00 --name 本省 --profile light
  setup "$1" intake file "$2" --form home/census --layout houses --period 2025-12
  folder_=$1; shift 2
  for part; do setup "$folder_" intake file "$part" --form home/census --layout persons --period 2025-12; done
}

household_form
cat >"$form/process.json" <<'J'
{
  "seed": 7, "weight": "none", "effects": { "items": ["age", "income"] },
  "steps": [
    { "step": "top", "method": "flag", "record": "person", "by": ["area"], "items": ["income"], "flag": "impute", "when": "income > 2000 and total > 2500", "reason": "above what can be" },
    { "step": "house", "method": "nim", "record": "household", "persons": "person", "items": ["age", "rel", "sex", "marital", "work", "income"],
      "weights": "equal", "scales": "age=20;income=1000", "donors": 10, "alpha": "0.9", "gamma": "1.1", "t": "1", "fixed": 0, "max_size": 8, "max_nodes": 20000 },
    { "step": "again", "method": "edit" }
  ]
}
J
household_data 1000 60
new_office base "$work/houses.csv" "$work/persons.csv"

# --- wrong options, each with its place ---
wrong() { # what, sed expression, message, line
  cp "$form/process.json" "$work/good.json"
  sed "$2" "$work/good.json" >"$form/process.json"
  check "$1" exits 78 base process rules home/census
  check "$1: says why" tells "$3"
  check "$1: says where" tells "process.json:$4"
  cp "$work/good.json" "$form/process.json"
}
wrong 'an unknown record type' 's/"record": "person"/"record": "animal"/' "'animal' of a step" 4
wrong 'an item of another type' 's/"items": \["income"\], "flag"/"items": ["members"], "flag"/' "'members' belongs to another record type" 4
wrong 'a condition below the type' 's/"record": "person", //' "belongs to another record type" 4
wrong 'no scale' 's/;income=1000//' "'scales' of a step" 5
wrong 'half the weights' 's/"weights": "equal"/"weights": "age=1"/' "'weights' of a step" 5
wrong 'no donors' 's/"donors": 10, //' "'donors' of a step" 5
wrong 'alpha of a half' 's/"alpha": "0.9"/"alpha": "0.5"/' "'alpha' of a step" 6
wrong 'a scale of nothing' 's/;income=1000/;income=1000;incom=5/' "'scales' of a step" 5
wrong 'a weight of nothing' 's/"weights": "equal"/"weights": "age=1;rel=1;sex=1;marital=1;work=1;income=1;incom=2"/' "'weights' of a step" 5
wrong 'a weight that is no number' 's/"weights": "equal"/"weights": "age=1;rel=1;sex=1;marital=1;work=1;income=1.+5"/' "'weights' of a step" 5
wrong 'an item twice' 's/"work", "income"\]/"work", "income", "age"]/' "'items' of a step" 5
wrong 'a key' 's/"items": \["age"/"items": ["p", "age"/' "'items' of a step" 5
check 'the good file' exits 0 base process rules home/census

# --- the run ---
cp -R "$work/base" "$work/one"
check 'after the job every hard check holds' exits 0 one process run home/census 2025-12 --json --threads 1
cp "$work/out" "$work/run.json"
check 'the household step' grep -q '"step":"house","method":"nim","records":1000,"selected":1000,' "$work/run.json"
check 'all that failed are served' grep -q '"failed":\([0-9]*\),"donors":[0-9]*,"served":\1,"no_donor":0,"no_action":0,"too_large":0,"no_group":0,"without_values":0,"truncated":0,"checks_left_out":0' "$work/run.json"
check 'judged again: none fails' grep -q '"step":"again"[^}]*"failed_hard":0,"undecided":0' "$work/run.json"
check 'the person step by an item of the household' grep -q '"step":"top","method":"flag","records":[0-9]*,"selected":[0-9]*,"groups":3,' "$work/run.json"

check 'the rules say what is constant' exits 0 one process rules home/census
check 'sums over persons' prints 'counts and sums over records below, and items of records above, are constants'

# --- numeric steps by record type: items of the household beside the persons are constants, by-items come from both ---
cp "$form/process.json" "$work/good.json"
cat >"$form/process.json" <<'J'
{ "seed": 7, "weight": "none", "steps": [
  { "step": "persons", "method": "localise", "record": "person" }, { "step": "houses", "method": "localise" },
  { "step": "young", "method": "flag", "record": "person", "items": ["income"], "flag": "impute", "when": "missing(income) and work = 1", "reason": "no answer" },
  { "step": "deck", "method": "hotdeck", "record": "person", "by": ["area", "work"], "items": ["income"], "draw": "random", "min_donors": 1, "collapse": true },
  { "step": "derive", "method": "derive" } ] }
J
cp -R "$work/base" "$work/numeric"
check 'steps of both types' exits 1 numeric process run home/census 2025-12 --json
check 'households are localised' grep -q '"step":"houses","method":"localise","records":1000,"selected":1000,' "$work/out"
deck=$(grep -o '"step":"deck".*' "$work/out" | grep -o '"changed":[0-9]*' | head -n 1 | cut -d: -f2)
derived=$(grep -o '"step":"derive".*' "$work/out" | grep -o '"changed":[0-9]*' | head -n 1 | cut -d: -f2)
check 'incomes are imputed' test "$deck" -gt 0
check 'the income of their households follows' test "$derived" -gt 0 -a "$derived" -le "$deck"
cp "$work/good.json" "$form/process.json"

# --- larger households than the step takes: called for only where a check fails or is undecided; missing answers that nobody was asked for are not flagged ---
sed 's/"max_size": 8/"max_size": 2/' "$work/good.json" >"$form/process.json"
cp -R "$work/base" "$work/small"
check 'small households only' exits 1 small process run home/census 2025-12 --json
numbers() { grep -o "\"step\":\"house\".*" "$work/out" | grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d: -f2; }
check 'many are too large' test "$(numbers too_large)" -gt 300
check 'few of them are called for' test "$(numbers proposed)" -gt 0 -a "$(numbers proposed)" -lt 150
cat >"$form/process.json" <<'J'
{ "seed": 7, "weight": "none", "steps": [
  { "step": "gap", "method": "flag", "record": "person", "items": ["income"], "flag": "impute", "when": "missing(income)", "reason": "no answer" } ] }
J
check 'a gap is flagged' exits 1 small process run home/census 2025-12 --json
children=$(awk -F, 'NR > 1 && $3 != "" && $3 < 15 && $8 == ""' "$work/persons.csv" | wc -l)
check 'but not of children' prints "\"outside_universe\":$children"
cat >"$form/process.json" <<'J'
{ "seed": 7, "weight": "none", "steps": [
  { "step": "one", "method": "nim", "record": "person", "items": ["age"], "weights": "equal", "scales": "age=20", "donors": 10, "alpha": "0.9", "gamma": "1.1", "t": "1", "fixed": 0, "max_size": 0, "max_nodes": 20000 } ] }
J
check 'a check of a person that reads the household' exits 78 small process run home/census 2025-12
check 'is named with its item' tells 'head_age is not one'
check 'at its place' tells 'process.json:2'
cp "$work/good.json" "$form/process.json"

# --- against the truth: the errors are known, and so is what was changed ---
first=$(wc -l <"$work/houses.csv")
"$program" process explain home/census 2025-12 "$first" --show-values --json --office "$work/one" --quiet >"$work/out" 2>"$work/err"
check 'the first person is the record after the households' prints '"record_type":"person"'
persons=$(($(wc -l <"$work/persons.csv") - 1))
story() { office one process explain home/census 2025-12 "$1" --show-values --json 2>/dev/null; }
# every erroneous person: is something of the household changed, is the true value back?
: >"$work/verdict"
while IFS=, read -r h p item; do
  line=$(awk -F, -v h="$h" -v p="$p" 'NR > 1 && $1 == h && $2 == p { print NR - 1; exit }' "$work/persons.csv")
  truth=$(awk -F, -v h="$h" -v p="$p" -v item="$item" 'BEGIN { n = split("no,p,age,rel,sex,marital,work,income", name, ","); for (i = 1; i <= n; i++) at[name[i]] = i } $1 == h && $2 == p { print $at[item]; exit }' "$work/truth.csv")
  changed=no back=no
  story $((1000 + line)) >"$work/story"
  grep -q "\"item\":\"$item\",\"old_value\":\"[^\"]*\",\"old_status\":\"[a-z]*\",\"new_value\":\"[^\"]*\",\"new_status\":\"imputed\",\"method\":\"nim\"" "$work/story" && changed=yes
  grep -q "\"item\":\"$item\",\"old_value\":\"[^\"]*\",\"old_status\":\"[a-z]*\",\"new_value\":\"$truth\",\"new_status\":\"imputed\",\"method\":\"nim\"" "$work/story" && back=yes
  echo "$item $changed $back" >>"$work/verdict"
done <"$work/errors.csv"
count() { grep -c "$1" "$work/verdict"; }
errors=$(count .) found=$(count ' yes ') codes=$(grep -c '^\(rel\|sex\|marital\) yes' "$work/verdict") codes_back=$(grep -c '^\(rel\|sex\|marital\) yes yes' "$work/verdict")
printf 'errors put in %s; the wrong value changed %s; codes changed %s, of these the true code back %s\n' "$errors" "$found" "$codes" "$codes_back"
check 'at least a quarter of the errors is found (many break no rule)' test $((found * 4)) -ge "$errors"
check 'nine of ten changed codes are the true ones' test $((codes_back * 10)) -ge $((codes * 9))
check 'there are some' test "$codes" -ge 10

# --- the story of a person ---
n=$(awk -F, '$3 == "rel" { print $1 "," $2; exit }' "$work/errors.csv")
line=$(awk -F, -v k="$n" '$1 "," $2 == k { print NR - 1; exit }' "$work/persons.csv")
check 'explain a person' exits 0 one process explain home/census 2025-12 $((1000 + line)) --show-values
check 'names its type' prints 'person'
check 'names its household' prints "household ${n%,*}"

# --- same bits ---
content() { office "$1" process status home/census 2025-12 --json 2>/dev/null | grep -o '"stored":{.*'; }
content one >"$work/expected"
for threads in 2 8; do
  cp -R "$work/base" "$work/threads$threads"
  check "$threads threads" exits 0 "threads$threads" process run home/census 2025-12 --threads "$threads"
  content "threads$threads" >"$work/got"
  check "$threads threads: the same bits" cmp "$work/expected" "$work/got"
done
n=1 resumed=0
while :; do
  rm -rf "$work/more"; cp -R "$work/base" "$work/more"
  SHIRABE_FAULT=kill:$n office more process run home/census 2025-12 >"$work/out" 2>"$work/err"
  [ "$?" -gt 128 ] || break
  office more process run home/census 2025-12 >"$work/out" 2>"$work/err"
  office more process status home/census 2025-12 --json 2>/dev/null | grep -q '"resumed":true' && resumed=$((resumed + 1))
  content more >"$work/got"
  cmp -s "$work/expected" "$work/got" || check "killed at write $n: the same bits" false
  n=$((n + ${KILL_STRIDE:-29}))
done
check 'some runs went on after a kill' test "$resumed" -ge 1
check 'there were kills' test "$n" -gt "${KILL_STRIDE:-29}"

# --- permuted rows: households the other way round, persons in two files, the second before the first ---
turned() { { head -n 1 "$1"; tail -n +2 "$1" | sort -t, -k2,2nr -k1,1n; } >"$2"; }
{ head -n 1 "$work/houses.csv"; tail -n +2 "$work/houses.csv" | sort -t, -k3,3n -k1,1nr; } >"$work/houses-turned.csv"
turned "$work/persons.csv" "$work/turned.csv"
half=$(($(wc -l <"$work/turned.csv") / 2))
{ head -n 1 "$work/turned.csv"; tail -n +"$((half + 1))" "$work/turned.csv"; } >"$work/second.csv"
head -n "$half" "$work/turned.csv" >"$work/first.csv"
new_office turned "$work/houses-turned.csv" "$work/second.csv" "$work/first.csv"
check 'turned round' exits 0 turned process run home/census 2025-12 --json
cp "$work/out" "$work/turned.json"
counts() { grep -o '"step":"house".*"checks_left_out":[0-9]*' "$1" | sed 's/"cpu_us":[0-9]*,//'; }
counts "$work/run.json" >"$work/expected.counts"; counts "$work/turned.json" >"$work/got.counts"
check 'turned round: the same counts' cmp "$work/expected.counts" "$work/got.counts"
effects() { grep -o '"effects":\[.*' "$1" | sed 's/"statistics".*//'; }
effects "$work/run.json" >"$work/expected.effects"; effects "$work/turned.json" >"$work/got.effects"
check 'turned round: the same totals and distributions' cmp "$work/expected.effects" "$work/got.effects"
check 'there are effects' test -s "$work/expected.effects"
sed 1d "$work/houses-turned.csv" | cat -n | awk '{ split($2, f, ","); print f[1], $1 }' >"$work/house-number"
{ sed 1d "$work/second.csv"; sed 1d "$work/first.csv"; } | awk -F, '{ print $1 "," $2, NR + 1000 }' >"$work/person-number"
values() { office "$1" process explain home/census 2025-12 "$2" --show-values --json 2>/dev/null | grep -o '"item":"[a-z_]*","old_value":"[^"]*","old_status":"[a-z_]*","new_value":"[^"]*"'; }
same=0
for key in $(cut -d, -f1,2 "$work/errors.csv" | sed -n '1~4p'); do
  line=$(awk -F, -v k="$key" '$1 "," $2 == k { print NR - 1; exit }' "$work/persons.csv")
  other=$(awk -v k="$key" '$1 == k { print $2; exit }' "$work/person-number")
  values one $((1000 + line)) >"$work/expected"; values turned "$other" >"$work/got"
  cmp -s "$work/expected" "$work/got" && same=$((same + 1)) || check "person $key turned round: the same values" false
done
check 'persons were compared' test "$same" -ge 20

# --- without household, without persons ---
head -n 1 "$work/houses.csv" >"$work/few.csv"; sed -n '2,10p' "$work/houses.csv" >>"$work/few.csv"
{ head -n 1 "$work/persons.csv"; awk -F, 'NR > 1 && (($1 >= 2 && $1 <= 9) || $1 == 11)' "$work/persons.csv"; } >"$work/some.csv"
orphans=$(awk -F, '$1 == 11' "$work/some.csv" | wc -l)
new_office lone "$work/few.csv" "$work/some.csv"
office lone process run home/census 2025-12 --json >"$work/out" 2>"$work/err"
check 'persons without household are named' tells "$orphans records of type 'person' have no parent"
check 'households without persons are named' tells "1 records have no record of type 'person' below them"
check 'none is dropped' prints "\"in\":$((9 + $(wc -l <"$work/some.csv") - 1))"
check 'each is a proposal' exits 0 lone process explain home/census 2025-12 $((9 + $(wc -l <"$work/some.csv") - 1))
check 'and says so' prints 'there is no record above this one'
finish
