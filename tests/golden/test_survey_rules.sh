#!/bin/sh
# test_survey_rules.sh -- the rules of the two surveys, line by line: tests/spec/survey_rules.csv against the forms,
# and that the look notices a check, a message, a step or a row gone.
# Ends with `survey rules: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$work/log" 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; head -n 12 "$work/log"; fi
}
table=tests/spec/survey_rules.csv
check 'every rule stands in its form, or the page says why not' python3 tests/golden/survey_rules.py forms/library "$table"
# What is gone is noticed: in a copy of the forms.
noticed() { # what must be said, file, what sed does to it
  rm -rf "$work/library"; cp -R forms/library "$work/library"; cp "$table" "$work/table"
  sed -i "$3" "$work/$2"
  python3 tests/golden/survey_rules.py "$work/library" "$work/table" >"$work/said" && { echo "not noticed: $1"; return 1; }
  grep -qF -- "$1" "$work/said" || { echo "not said: $1"; cat "$work/said"; return 1; }
}
mls=library/mls/establishment/2018 birth=library/vital/birth/2015
check 'a check gone' noticed 'S2: no check S2' $mls/checks.csv '/^S2,/d'
check 'a rule across records gone' noticed 'G06: no check G06' $birth/group_checks.csv '/^G06,/d'
check 'a message gone' noticed 'B10: B10 has no message_en' $birth/checks.csv 's/,"born in a hospital[^"]*",/,,/'
check 'a step gone' noticed 'S11: no step influence' $mls/process.json 's/"step": "influence"/"step": "other"/'
check 'a reason gone from the page' noticed 'D13: the page' library/vital/checks.md '/^| D13/d'
check 'a row gone from the table' noticed 'vital: 46 rules' table '/^B12,/d'
check 'a check that belongs to no rule' noticed 'check S5 belongs to no rule' table '/^S5,/d'
printf 'survey rules: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
