#!/bin/sh
# test_anonymise.sh -- `estimate anonymise`: a made survey of persons in households through a recipe with every kind of step; the file that comes out is
# judged by a count of its own in awk, made again bit for bit, and refused whenever approval, seed, limit or a member is missing. Extracts never reach
# this code. Ends with `anonymise: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
holds() { # what, command...
  what=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; tail -n 5 err 2>/dev/null; fi
}
anonymise() { "$shirabe" estimate anonymise "$@" >out 2>err </dev/null; }
stops() { # what, status, number, arguments: the number and a remedy are told
  what=$1 want=$2 number=$3; shift 3
  anonymise "$@"
  status=$?
  if [ "$status" -eq "$want" ] && grep -q "\[$number\]" err && grep -q '^  next: .' err; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'failed: %s (status %s)\n' "$what" "$status"; cat err; fi
}
cd "$here" || exit 70
printf 'a secret of the tests, 16 bytes or more\n' >seed
printf 'another secret of the tests, 16 bytes or more\n' >seed2
printf 'short' >short
awk 'BEGIN {
  print "id,home,region,age,sex,work,income,rent,w,remark"
  for (i = 1; i <= 600; i++) {
    h = int((i + 1) / 2); a = (i * 37) % 92; r = (h * 7) % 5; j = (i * i * 13 + i) % 9
    inc = (a < 15) ? ".." : 1000 + (i * 7919) % 9000 + (i % 97 == 0 ? 90000 : 0)
    printf "P%04d,H%03d,R%d,%d,%d,job%d,%s,%d.%d,%d,note %d\n", i, h, r, a, 1 + i % 2, (i == 300) ? 99 : j, inc, 20 + (i * 31) % 80, i % 10, 40 + h % 20, i
  }
}' >people.csv
cat >recipe.json <<'R'
{ "recipe": 1, "dataset": "people-2025", "title_ja": "人の調査", "title_en": "People", "legal_basis": "統計法 第35条",
  "approval": { "office": "統計課", "date": "2026-01-15", "document": "承認第1号" },
  "missing": { "..": "not_applicable", "-9": "refused", "x": "suppressed" },
  "variables": [
    { "name": "id", "kind": "identifier" }, { "name": "home", "kind": "identifier" },
    { "name": "region", "kind": "category", "label_ja": "地域", "label_en": "region" }, { "name": "age", "kind": "number" },
    { "name": "sex", "kind": "category" }, { "name": "work", "kind": "category" },
    { "name": "income", "kind": "number" }, { "name": "rent", "kind": "number", "decimals": 1 }, { "name": "w", "kind": "number", "decimals": 6 } ],
  "record": "id", "household": "home", "weight": "w",
  "keys": { "variables": ["region", "age", "sex", "work"], "missing": "matches-all", "k": 3, "source": "the office", "source_status": "own" },
  "sensitive": { "variable": "income", "ordered": true, "l": 2, "c": 3, "t": 0.5 },
  "steps": [
    { "step": "record-swap", "areas": ["region"], "risk": ["work", "sex"], "similar": ["sex"], "k": 3, "rate": 0.05, "source": "s", "source_status": "own" },
    { "step": "delete", "variable": "work", "values": ["job99"], "source": "s", "source_status": "own" },
    { "step": "resample", "share": 0.8, "by": "weight", "source": "s", "source_status": "confirmed" },
    { "step": "classes", "variable": "age", "edges": [0, 15, 40, 65], "labels": ["0-14", "15-39", "40-64", "65+"], "source": "s", "source_status": "own" },
    { "step": "recode", "variable": "work", "table": { "job0": "A", "job1": "A", "job2": "B", "job3": "B", "job4": "B" }, "else": "C", "source": "s", "source_status": "own" },
    { "step": "pram", "variable": "sex", "least": 0.9, "alpha": 0.5, "source": "s", "source_status": "own" },
    { "step": "suppress", "importance": { "region": 2, "sex": 0 }, "household_keys": ["region"], "source": "s", "source_status": "own" },
    { "step": "top-code", "variable": "income", "share": 0.04, "replace": "mean", "source": "s", "source_status": "unconfirmed" },
    { "step": "bottom-code", "variable": "rent", "threshold": 25, "replace": "threshold", "source": "s", "source_status": "own" },
    { "step": "microaggregate", "variables": ["income", "rent"], "k": 3, "weighted": true, "source": "s", "source_status": "own" },
    { "step": "rank-swap", "variable": "rent", "percent": 2, "source": "s", "source_status": "own" },
    { "step": "noise-correlated", "variables": ["income", "rent"], "amount": 0.01, "source": "s", "source_status": "own" },
    { "step": "order", "source": "s", "source_status": "own" } ] }
R
# --- the file that comes out ---
holds 'a recipe with every kind of step' anonymise people.csv --recipe recipe.json --seed-file seed --out one.csv --codebook codes.csv --report one.json --report one.svg --report one.txt
holds 'the unconfirmed limit is told' grep -q "E6760.*'top-code'" err
holds 'the report on standard output is that of the file' cmp out one.txt
holds 'columns that the recipe names, identifiers and others gone' test "$(head -n 1 one.csv)" = region,age,sex,work,income,rent,w
holds 'no identifier and no remark' sh -c '! grep -qE "P0|H[0-9]{3}|note" one.csv'
holds 'records of the file are those of the report' python3 -c '
import json
r = json.load(open("one.json")); n = len(open("one.csv").read().splitlines()) - 1
assert r["after"]["records"] == n and r["k"]["safe"] and r["k"]["counted_again"]["below_k"] == 0
assert r["before"]["below_k"] > 0 and r["after"]["below_k"] == 0 and r["after"]["global_risk"] < r["before"]["global_risk"]
assert abs(r["steps"][2]["weights_after"] / r["steps"][2]["weights_before"] - 1) < 0.02
assert r["information_loss"]["linked_by_distance"] < 0.5 and r["steps"][0]["changed"] > 10 and [s["source_status"] for s in r["steps"]].count("unconfirmed") == 1
assert r["before"]["whole_below_k"] > 0 and r["after"]["whole_below_k"] == 0
assert r["out_sha256"] == __import__("hashlib").sha256(open("one.csv", "rb").read()).hexdigest()'
below=$(awk -F, 'NR > 1 { n++; for (j = 1; j <= 4; j++) v[n, j] = ($j == "x") ? "" : $j }
  END { for (i = 1; i <= n; i++) { c = 0
      for (k = 1; k <= n; k++) { same = 1
        for (j = 1; j <= 4 && same; j++) if (v[i, j] != "" && v[k, j] != "" && v[i, j] != v[k, j]) same = 0
        c += same }
      if (c < 3) b++ }
    print b + 0, n }' one.csv)
holds "every record agrees with two others, counted in awk ($below)" test "${below% *}" = 0
holds 'a key that may not be blanked is not' sh -c '! tail -n +2 one.csv | cut -d, -f3 | grep -q x'
holds 'the codebook keeps the mean of a tail of ten and more' grep -q '^income,.*,top-code,,,top-coded; weighted mean [0-9]' codes.csv
holds 'but neither thresholds nor how many' sh -c '! grep -q threshold codes.csv && ! grep -qE "(top|bottom)-code,,[0-9]" codes.csv'
sed 's/"share": 0.04, "replace": "mean"/"share": 0.01, "replace": "mean"/' recipe.json >few.json
stops 'the mean of four is not put in their place' 78 E6752 people.csv --recipe few.json --seed-file seed
holds 'a code that is gone is not in the codebook' sh -c '! grep -q job99 codes.csv'
holds 'the file is for its owner only' test "$(stat -c %a one.csv)" = 600
holds 'the picture is XML' python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("one.svg")'
holds 'the seed is in no report' sh -c '! grep -qF "$(head -c 8 seed)" one.json one.txt codes.csv'
# --- made again ---
holds 'again' anonymise people.csv --recipe recipe.json --seed-file seed --out two.csv --threads 2
holds 'the same bytes' cmp one.csv two.csv
holds 'another seed' anonymise people.csv --recipe recipe.json --seed-file seed2 --out three.csv
holds 'is another file' sh -c '! cmp -s one.csv three.csv'
{ head -n 1 people.csv; tail -n +2 people.csv | sort -t, -k2,2r -k1,1; } >turned.csv
for step in order resample record-swap; do # steps whose numbers hang on records alone
  python3 -c '
import json, sys
r = json.load(open("recipe.json")); r["steps"] = [s for s in r["steps"] if s["step"] in (sys.argv[1], "order")]; r["keys"]["variables"] = ["sex"]
json.dump(r, open("some.json", "w"))' $step
  anonymise people.csv --recipe some.json --seed-file seed --out a.csv --replace
  anonymise turned.csv --recipe some.json --seed-file seed --out b.csv --replace
  holds "$step does not hang on the order of the file" cmp a.csv b.csv
done
# --- sharing: fewer blanks, and the report says who leans on them ---
changed() { python3 -c "
import json, sys
r = json.load(open('recipe.json'))
$1
json.dump(r, open('bad.json', 'w'))"; }
changed "r['steps'][6].update(sharing=1)"
holds 'with sharing' anonymise people.csv --recipe bad.json --seed-file seed --report shared.json
holds 'fewer values are blanked, and as many whole records are below k as are carried' python3 -c '
import json
own, shared = json.load(open("one.json")), json.load(open("shared.json"))
blanks = lambda r: sum(r["steps"][6]["blanks"].values())
assert 0 < blanks(shared) < blanks(own) and shared["k"]["safe"]
assert shared["after"]["whole_below_k"] > 0 and shared["steps"][6]["carried_by_others"] > 0'
# --- refusals ---
stops 'without a seed' 77 E6765 people.csv --recipe recipe.json
stops 'a seed that is too short' 77 E6765 people.csv --recipe recipe.json --seed-file short
changed "r['approval']['document'] = ''"
stops 'an approval without a document' 77 E6756 people.csv --recipe bad.json --seed-file seed --out never.csv
holds 'writes nothing' test ! -e never.csv
holds 'but reports' anonymise people.csv --recipe bad.json --seed-file seed
changed "r['steps'] = [s for s in r['steps'] if s['step'] != 'suppress']"
stops 'a file below k' 1 E6758 people.csv --recipe bad.json --seed-file seed --out never.csv --report below.json
holds 'is not written' test ! -e never.csv
holds 'its report is' grep -q '"safe":false' below.json
changed "r['steps'][6]['sharee'] = 2"
stops 'a member that is not known' 78 E6755 people.csv --recipe bad.json --seed-file seed
changed "del r['steps'][7]['source_status']"
stops 'a limit without the status of its source' 78 E6755 people.csv --recipe bad.json --seed-file seed
changed "r['steps'][1]['step'] = 'remove'"
stops 'a step that is none' 78 E6759 people.csv --recipe bad.json --seed-file seed
changed "r['steps'][7]['variable'] = 'sex'"
stops 'a step on the wrong kind of variable' 78 E6750 people.csv --recipe bad.json --seed-file seed
changed "r['steps'].append({'step': 'drop', 'variables': ['sex'], 'source': 's', 'source_status': 'own'})"
stops 'a key is not dropped' 78 E6755 people.csv --recipe bad.json --seed-file seed
changed "r['steps'][4].pop('else')"
stops 'a code without a row' 65 E6757 people.csv --recipe bad.json --seed-file seed
changed "r['steps'][7] = {'step': 'top-code', 'variable': 'income', 'records': 1, 'replace': 'mean', 'source': 's', 'source_status': 'own'}"
stops 'the mean of one value' 78 E6752 people.csv --recipe bad.json --seed-file seed
changed "r['variables'].append({'name': 'nowhere', 'kind': 'number'})"
stops 'a variable that the file does not have' 78 E6750 people.csv --recipe bad.json --seed-file seed
sed '5s/,[0-9]*,note/,0,note/' people.csv >weight.csv
stops 'a weight of 0' 65 E6753 weight.csv --recipe recipe.json --seed-file seed
sed '9s/,[0-9]*[.][0-9],/,Sato Hanako,/' people.csv >name.csv
stops 'a text among numbers' 65 E6761 name.csv --recipe recipe.json --seed-file seed
holds 'has its place' grep -q '^name.csv:9:' err
holds 'and is not repeated' sh -c '! grep -q Hanako err'
sed '9s/^P[0-9]*/P0001/' people.csv >twice.csv
stops 'two records of one id' 65 E6754 twice.csv --recipe recipe.json --seed-file seed
head -n 1 people.csv >empty.csv
stops 'a file without records' 65 E6764 empty.csv --recipe recipe.json --seed-file seed
stops 'the data as the target' 64 E6763 people.csv --recipe recipe.json --seed-file seed --out ./people.csv --replace
stops 'the seed as the report' 64 E6763 people.csv --recipe recipe.json --seed-file seed --report seed --replace
anonymise people.csv --recipe recipe.json --seed-file seed2 --out one.csv
holds 'an earlier file stays without --replace' test $? -eq 73
holds 'as it was' cmp one.csv two.csv
holds 'in Japanese too' sh -c '"$1" estimate anonymise people.csv --recipe recipe.json --seed-file seed --lang ja 2>err | grep -q 再計数' - "$shirabe"
# --- the shipped recipe ---
cp "$root/tests/demo/household.csv" .
holds 'the recipe of the demonstration' anonymise household.csv --recipe "$root/forms/secure/recipes/demo_household.json" --seed-file seed --json
holds 'says what is not confirmed' test "$(grep -c E6760 err)" -eq 2
# --- extracts under art. 33 stay as they were collected: what makes and opens them reaches none of this ---
cd "$root" || exit 70
reached() { # file: headers of ours that it includes, followed down
  python3 - "$1" <<'P'
import os, re, sys
seen, todo = set(), [sys.argv[1]]
while todo:
    f = todo.pop()
    if f in seen or not os.path.exists(f): continue
    seen.add(f)
    todo += re.findall(r'#include "([^"]+)"', open(f, encoding="utf-8").read())
print("\n".join(sorted(seen)))
P
}
for file in secure-store/extract/*.c secure-store/use/*.c secure-store/cmd_use_*.c front/cmd_use_*.c; do
  [ -e "$file" ] || continue
  reached "$file" | grep -q 'estimators/sdc/micro' && { echo "$file reaches estimators/sdc/micro"; echo x >>"$here/reaches"; }
done
holds 'no header of microdata protection is reached from extracts' test ! -e "$here/reaches"
holds 'the search finds one where it is' sh -c '. /dev/stdin' <<'S'
python3 -c '
import re
assert "estimators/sdc/micro/micro_report.h" in re.findall("#include \"([^\"]+)\"", open("estimators/command/cmd_anonymise.h").read())'
S
calls=$(for o in "$BUILD"/secure-store/*.o "$BUILD"/secure-store/*/*.o "$BUILD"/front/*.o "$BUILD"/collector/*.o "$BUILD"/processing/*/*.o; do
  [ -e "$o" ] && [ "$o" != "$BUILD/front/cmd_release_anonymise.o" ] && nm -u "$o"; done | grep -cE ' (micro|near_tree|recipe|suppress)_')
holds 'no object of store, front, collector or processing calls it, but the command of the door' test "$calls" -eq 0
calls=$(nm -u "$BUILD"/estimators/command/cmd_estimate_anonymise.o | grep -cE ' micro_')
holds 'the command does' test "$calls" -gt 3
printf 'anonymise: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
