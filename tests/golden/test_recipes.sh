#!/bin/sh
# test_recipes.sh -- the recipes that come with the program: each names every item of its form, kept or left out with a reason, and no other; each reaches
# its k on a generated month or year, which Python counts again; households stay whole. Ends with `recipes: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=recipes
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
export SHIRABE_FORMS
truth="python3 $PWD/tests/golden/recipes_truth.py"
recipes=$PWD/forms/secure/recipes
for tool in generate livelihood_year; do
  [ -x "$BUILD/tests/demo/$tool" ] || { printf 'recipes: skipped, no %s; next: make tools\n' "$tool"; exit 77; }
done
for r in "$recipes"/*.json; do
  grep -q '"form"' "$r" && check "$(basename "$r"): every item, and no other" $truth cover "$r" forms
done
sed '0,/"sex"/s/"sex"/"sexe"/' "$recipes/vital_birth.json" >"$work/bad.json"
check 'the search finds an item that is none' sh -c "! $truth cover '$work/bad.json' forms"
printf 'a secret of the tests, 16 bytes or more\n' >"$work/seed"
approved() { python3 -c '
import json, sys
r = json.load(open(sys.argv[1])); r["approval"] = {"office": "課", "date": "2026-01-15", "document": "1"}; exec(sys.argv[3]); json.dump(r, open(sys.argv[2], "w"))' "$1" "$2" "${3:-0}"; }
anonymise() { "$program" estimate anonymise "$@" --seed-file "$work/seed" >"$work/out" 2>"$work/err" </dev/null; }

# --- living conditions: households and people from two files ---
"$BUILD/tests/demo/livelihood_year" "$work/year" || exit 70
approved "$recipes/livelihood_household.json" "$work/live.json"
year() { anonymise "$work/year/person.csv" --households "$work/year/household.csv" "$@"; }
check 'a year of living conditions' year --recipe "$work/live.json" --out "$work/live.csv" --report "$work/live.report.json" --report "$work/live.risk.svg"
check 'reaches its k, counted in Python' $truth file "$work/live.json" "$work/live.csv"
check 'the report says so too' python3 -c '
import json, sys
r = json.load(open(sys.argv[1])); a, b = r["after"], r["before"]
assert r["k"]["safe"] and b["below_k"] > 0 and a["below_k"] == 0 and a["households"] == int(0.8 * b["households"]), (a["households"], b["households"])
assert sum(a["risk_classes"]) == a["records"] and sum(b["risk_classes"]) == b["records"]
assert a["households_below_k"] < b["households_below_k"]
hours = [u for u in r["utility"] if u["variable"] == "hours_week"][0]
assert abs(hours["before"]["mean"] - hours["after"]["mean"]) < 0.1 * hours["before"]["sd"]' "$work/live.report.json"
check 'means are those of the files' python3 -c '
import csv, json, sys
def mean(path, w, x):
    rows = [r for r in csv.DictReader(open(path)) if r[x]]
    return sum(float(r[w]) * float(r[x]) for r in rows) / sum(float(r[w]) for r in rows)
r = json.load(open(sys.argv[1])); hours = [u for u in r["utility"] if u["variable"] == "hours_week"][0]
assert abs(mean(sys.argv[2], "weight", "hours_week") - hours["after"]["mean"]) < 1e-9 * hours["after"]["mean"]' "$work/live.report.json" "$work/live.csv"
check 'the picture of the risk is XML' python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$work/live.risk.svg"
check 'households in a file of their own' year --recipe "$work/live.json" --out "$work/p.csv" --out-households "$work/h.csv"
check 'join to their members' $truth households "$work/p.csv" "$work/h.csv"
check 'and together are the one file' python3 -c '
import csv, sys
homes = {r["household_serial"]: r for r in csv.DictReader(open(sys.argv[2]))}
both = [{**homes[r["household_serial"]], **r} for r in csv.DictReader(open(sys.argv[1]))]
flat = list(csv.DictReader(open(sys.argv[3])))
assert [{k: r[k] for k in flat[0]} for r in both] == flat' "$work/p.csv" "$work/h.csv" "$work/live.csv"
check 'not without the members' sh -c "! '$program' estimate anonymise '$work/year/person.csv' --households '$work/year/household.csv' --recipe '$work/live.json' --seed-file '$work/seed' --out-households '$work/alone.csv' >'$work/out' 2>'$work/err'"
check 'is a file of households written' test ! -e "$work/alone.csv"
approved "$recipes/livelihood_income.json" "$work/income.json"
check 'incomes' anonymise "$work/year/income_person.csv" --households "$work/year/income.csv" --recipe "$work/income.json" --out "$work/income.csv"
check 'reach their k' $truth file "$work/income.json" "$work/income.csv"
approved "$recipes/livelihood_health.json" "$work/health.json"
check 'health' anonymise "$work/year/health.csv" --recipe "$work/health.json" --out "$work/health.csv"
check 'reaches its k' $truth file "$work/health.json" "$work/health.csv"
approved "$recipes/livelihood_household.json" "$work/named.json" 'r["dataset"] = "another"'
check 'the same people under another name' year --recipe "$work/named.json" --out "$work/named.csv"
check 'are in another order, and others were drawn' python3 -c '
import sys
a, b = (open(p).read().splitlines() for p in sys.argv[1:])
assert len(a) != len(b) or sum(x == y for x, y in zip(a, b)) < len(a) / 20' "$work/live.csv" "$work/named.csv"
sed '2d' "$work/year/household.csv" >"$work/short.csv"
check 'a person without a household' sh -c "! '$program' estimate anonymise '$work/year/person.csv' --households '$work/short.csv' --recipe '$work/live.json' --seed-file '$work/seed' 2>'$work/err' >'$work/out'"
check 'is told' tells E6766
{ cat "$work/year/household.csv"; sed -n 2p "$work/year/household.csv"; } >"$work/twice.csv"
check 'a household twice' sh -c "! '$program' estimate anonymise '$work/year/person.csv' --households '$work/twice.csv' --recipe '$work/live.json' --seed-file '$work/seed' 2>'$work/err' >'$work/out'"
check 'is told as well' tells E6766
# Blanks of a household are in all its members: a recipe without coarse classes needs many of them.
approved "$recipes/livelihood_household.json" "$work/fine.json" 'r["steps"] = [s for s in r["steps"] if s["step"] in ("suppress", "order")]; r["variables"] = [v for v in r["variables"] if v["name"] != "household_no"] + [{"name": "household_no", "kind": "category"}]; r["keys"]["variables"] = ["members", "structure", "household_type", "sex", "age", "marital", "relation", "housing"]; r["variables"] = [dict(v, kind="category") if v["name"] in ("pref", "district", "unit_area") else v for v in r["variables"]]; r["steps"][0]["importance"] = {"age": 9, "sex": 9}'
check 'fine keys' year --recipe "$work/fine.json" --out "$work/fine.csv" --report "$work/fine.report.json"
check 'are blanked for the household as one' python3 -c '
import collections, csv, sys
of = collections.defaultdict(set); blanks = 0
for r in csv.DictReader(open(sys.argv[1])):
    for k in ("members", "structure", "household_type", "housing"):
        of[r["pref"], r["district"], r["unit_area"], r["household_no"], k].add(r[k]); blanks += r[k] == "X"
assert blanks > 50 and all(len(v) == 1 for v in of.values()), blanks' "$work/fine.csv"
check 'and reach k' $truth file "$work/fine.json" "$work/fine.csv"
approved "$work/fine.json" "$work/all.json" 'r["steps"][0].update(households="same-keys")'
check 'all keys of a household' year --recipe "$work/all.json" --out "$work/all.csv" --report "$work/all.report.json"
check 'are blanked in all members' python3 -c '
import collections, csv, sys
of = collections.defaultdict(set); blanks = 0
for r in csv.DictReader(open(sys.argv[1])):
    for k in ("sex", "relation"): # asked of everybody
        of[r["pref"], r["district"], r["unit_area"], r["household_no"], k].add(r[k] == "X"); blanks += r[k] == "X"
assert blanks > 20 and all(len(v) == 1 for v in of.values()), blanks' "$work/all.csv"
# Peculiar households, counted by hand.
approved "$recipes/livelihood_household.json" "$work/rare.json" 'r["steps"] = [dict(step="peculiar", variables=["sex", "relation"], unit="household", least=20, source="test", source_status="own")] + r["steps"]'
check 'peculiar households' year --recipe "$work/rare.json" --report "$work/rare.report.json"
check 'are those that fewer than 20 share' python3 -c '
import collections, csv, json, sys
of = collections.defaultdict(list)
for r in csv.DictReader(open(sys.argv[1])): of[r["pref"], r["district"], r["unit_area"], r["household_no"]].append((r["sex"], r["relation"]))
n = collections.Counter(tuple(sorted(v)) for v in of.values())
gone = sum(len(v) for v in of.values() if n[tuple(sorted(v))] < 20)
s = json.load(open(sys.argv[2]))["steps"][0]
assert gone > 0 and s["records_before"] - s["records_after"] == gone, (gone, s)' "$work/year/person.csv" "$work/rare.report.json"
# Geography: areas with fewer people than the limit stop, merged ones pass.
area='r["variables"] = [v for v in r["variables"] if v["name"] != "pref"] + [{"name": "pref", "kind": "category"}]; r["steps"] = [dict(step="geography", variable="pref", least=LEAST, population=PEOPLE, source="test", source_status="unconfirmed"INTO)] + r["steps"]'
check 'the recipe with areas' approved "$recipes/livelihood_household.json" "$work/area.json" "$(echo "$area" | sed 's/LEAST/1000/; s/PEOPLE/"weights"/; s/INTO//')"
check 'large areas pass' year --recipe "$work/area.json" --report "$work/area.report.json"
check 'the smallest area is that of the weights' python3 -c '
import collections, csv, json, sys
w = {(r["pref"], r["district"], r["unit_area"], r["household_no"]): float(r["weight"]) for r in csv.DictReader(open(sys.argv[2]))}
people = collections.Counter()
for r in csv.DictReader(open(sys.argv[1])): people[r["pref"]] += w[r["pref"], r["district"], r["unit_area"], r["household_no"]]
s = json.load(open(sys.argv[3]))["steps"][0]
assert s["areas"] == len(people) and abs(s["smallest_area"] - min(people.values())) < 1e-6 * s["smallest_area"], (s, people)' "$work/year/person.csv" "$work/year/household.csv" "$work/area.report.json"
approved "$recipes/livelihood_household.json" "$work/area.json" "$(echo "$area" | sed 's/LEAST/500000/; s/PEOPLE/"weights"/; s/INTO//')"
check 'small ones stop' sh -c "! '$program' estimate anonymise '$work/year/person.csv' --households '$work/year/household.csv' --recipe '$work/area.json' --seed-file '$work/seed' >'$work/out' 2>'$work/err'"
check 'by their number' tells E6767
table='{p: 3000 for p in PREFS} | {PREFS[0]: 900}'
prefs=$(python3 -c 'import csv, sys; print(sorted({r["pref"] for r in csv.DictReader(open(sys.argv[1]))}))' "$work/year/household.csv")
with_table() { # what into: an area of 900 people and others of 3,000
  approved "$recipes/livelihood_household.json" "$work/area.json" "PREFS = $prefs; $(echo "$area" | sed "s/LEAST/2500/; s/PEOPLE/$table/; s/INTO/$1/")"
}
with_table ''
check 'an area below the limit by a table' sh -c "! '$program' estimate anonymise '$work/year/person.csv' --households '$work/year/household.csv' --recipe '$work/area.json' --seed-file '$work/seed' >'$work/out' 2>'$work/err'"
check 'stops' tells '900 people'
with_table ', into={PREFS[0]: "merged", PREFS[1]: "merged"}'
check 'merged with another' year --recipe "$work/area.json" --report "$work/merged.report.json" --out "$work/merged.csv"
check 'it passes, and both are one' python3 -c '
import csv, json, sys
s = json.load(open(sys.argv[1]))["steps"][0]; codes = {r["pref"] for r in csv.DictReader(open(sys.argv[2]))}
prefs = eval(sys.argv[3])
assert s["smallest_area"] == 3000 and s["areas"] == len(prefs) - 1 and codes == set(prefs[2:]) | {"merged"}, (s, codes)' "$work/merged.report.json" "$work/merged.csv" "$prefs"

# A step on households and people at once.
approved "$recipes/livelihood_household.json" "$work/mixed.json" 'r["steps"] = [dict(step="noise", variables=["spending", "hours_week"], amount=0.1, source="test", source_status="own")] + r["steps"]'
check 'a step on both levels' sh -c "! '$program' estimate anonymise '$work/year/person.csv' --households '$work/year/household.csv' --recipe '$work/mixed.json' --seed-file '$work/seed' >'$work/out' 2>'$work/err'"
check 'is refused' tells 'variables of one level'

# --- a month of births, deaths and establishments through the store: nothing leaves, the report tells ---
"$BUILD/tests/demo/generate" "$work/world" >"$work/setup" 2>&1 || { cat "$work/setup"; exit 70; }
new_office centre
for f in "$work"/world/vital/*-birth.csv; do office centre intake file "$f" --form vital/birth --period 2026-01 >>"$work/setup" 2>&1; done
for f in "$work"/world/vital/*-death.csv; do office centre intake file "$f" --form vital/death --period 2026-01 >>"$work/setup" 2>&1; done
for f in "$work"/world/mls/establishment-*-2025-12.csv; do office centre intake file "$f" --form mls/establishment --period 2025-12 >>"$work/setup" 2>&1; done
trial() { # survey, period, recipe
  check "$3 on a generated month" exits 0 centre release anonymise "$1" "$2" --recipe "$recipes/$3.json" --seed-file "$work/seed" --stage received --json
  check "$3 reaches its k" python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
assert r["k"]["safe"] and r["after"]["below_k"] == 0 and r["k"]["counted_again"]["below_k"] == 0 and r["after"]["records"] > 20, r["after"]' "$work/out"
}
trial vital 2026-01 vital_birth
trial vital 2026-01 vital_death
trial mls 2025-12 mls_establishment
check 'another survey than the recipe' exits 78 centre release anonymise mls 2025-12 --recipe "$recipes/vital_birth.json" --seed-file "$work/seed" --stage received
check 'is told by its number' tells E6771
check 'a period without records' exits 66 centre release anonymise vital 2025-03 --recipe "$recipes/vital_birth.json" --seed-file "$work/seed" --stage received
check 'out of an office of one person nothing leaves' exits 77 centre release anonymise vital 2026-01 --recipe "$recipes/vital_birth.json" --seed-file "$work/seed" --stage received --out "$work/public"
check 'for want of two approvals' tells E6768
check 'no folder is there' test ! -e "$work/public"
finish
