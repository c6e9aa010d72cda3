#!/bin/sh
# test_linkage_attack.sh -- somebody who holds the keys of 3,000 people looks for them: he finds most of them in the file as it is, none with a chance above
# 1/k in the protected one, whether he takes a blank for anything or knows some keys wrongly; and k by the letter does not stop him.
# Ends with `linkage attack: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
attacker="python3 $root/tests/golden/linkage_attack.py"
cd "$here" || exit 70
$attacker make .
printf 'a secret of the tests, 16 bytes or more\n' >seed
recipe() { # file, k, strict
  blocks=$(python3 -c 'import json; print(json.dumps({str(p): "B%d" % (p // 6) for p in range(47)}))')
  cat >"$1" <<R
{ "recipe": 1, "dataset": "people", "title_ja": "人", "title_en": "People", "legal_basis": "統計法 第35条", "approval": { "office": "課", "date": "2026-01-15", "document": "1" },
  "variables": [ { "name": "serial", "kind": "category" }, { "name": "pref", "kind": "category" }, { "name": "sex", "kind": "category" },
    { "name": "age", "kind": "number" }, { "name": "job", "kind": "category" }, { "name": "income", "kind": "number" } ],
  "keys": { "variables": ["pref", "sex", "age", "job"], "missing": "matches-all", "k": $2, "source": "test", "source_status": "own" },
  "steps": [ { "step": "recode", "variable": "pref", "table": $blocks, "source": "test", "source_status": "own" },
    { "step": "classes", "variable": "age", "edges": [0, 15, 30, 45, 60, 75], "labels": ["0-14", "15-29", "30-44", "45-59", "60-74", "75+"], "source": "test", "source_status": "own" },
    { "step": "suppress", "strict": $3, "source": "test", "source_status": "own" },
    { "step": "order", "source": "test", "source_status": "own" } ] }
R
}
protect() { "$shirabe" estimate anonymise people.csv --recipe "$1" --seed-file seed --out "$2" --report "$3" >out 2>err </dev/null; }
holds 'the file as it is: the attacker finds people' $attacker attack people.csv people.csv - 3 open
for k in 3 5 10; do
  recipe strict.json $k true
  rm -f strict.csv strict.report.json
  holds "k = $k" protect strict.json strict.csv strict.report.json
  holds "k = $k: nobody is found with a chance above 1/k" $attacker attack people.csv strict.csv strict.report.json $k strict
  recipe letter.json $k false
  rm -f letter.csv letter.report.json
  holds "k = $k by the letter" protect letter.json letter.csv letter.report.json
  holds "k = $k by the letter: the attacker finds some" $attacker attack people.csv letter.csv letter.report.json $k letter
done
printf 'linkage attack: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
