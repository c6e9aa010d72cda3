#!/bin/sh
# test_rules.sh -- `process rules`: what a set of rules says together, in both languages and as JSON; exit status 1 when no record can pass.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$scratch/log" 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 12 "$scratch/log"; fi
}
exits() { want=$1; shift; status=0; "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; cat "$scratch/out" "$scratch/err"; false; }; }
says() { grep -qF -- "$1" "$scratch/out" || { echo "not said: $1"; cat "$scratch/out"; false; }; }
complains() { grep -qF -- "$1" "$scratch/err" || { echo "not said: $1"; cat "$scratch/err"; false; }; }
SHIRABE_LANG=en SHIRABE_FORMS=$PWD/forms
export SHIRABE_LANG SHIRABE_FORMS

# --- the text form ---
printf 'A + B <= 10; A + B >= 10; A <= 8; 2*A <= 16;' >"$scratch/edits"
check 'hidden equation, duplicate: ends with 0' exits 0 "$program" process rules --edits "$scratch/edits"
check 'the hidden equation is named' says 'can only hold as an equation'
check 'the minimal set is counted' says '6 rules with bounds, 3 in a minimal set'
check 'least and most of B' sh -c 'grep -qE "^B +2 +10" "$1"' - "$scratch/out"
check 'JSON' exits 0 "$program" process rules --edits "$scratch/edits" --json
check 'JSON is JSON, with the duplicate' sh -c 'python3 -c "
import json, sys
d = json.load(open(sys.argv[1]))
assert d[\"consistent\"] and len(d[\"minimal\"]) == 3 and d[\"rules\"][3][\"duplicate_of\"] == \"3\"
assert d[\"items\"][1] == {\"item\": \"B\", \"least\": 2, \"most\": 10, \"proved\": True, \"determined\": False}
" "$1"' - "$scratch/out"
printf 'A >= 5; B <= 2; A <= 3;' >"$scratch/conflict"
check 'a conflict ends with 1' exits 1 "$program" process rules --edits "$scratch/conflict"
check 'both rules of it are named' sh -c 'grep -q "1: -A <= -5" "$1" && grep -q "3: A <= 3" "$1" && ! grep -q "B <= 2" "$1"' - "$scratch/out"
check 'in Japanese' exits 1 "$program" process rules --edits "$scratch/conflict" --lang ja
check 'Japanese words' says '同時には成り立ちません'
printf 'A <= B; B <= C; C <= 9;' >"$scratch/chain"
check 'implied and extremal' exits 0 "$program" process rules --edits "$scratch/chain" --implied 50 --extremal 3
check 'A - C <= 0 is implied' says 'A - C <= 0'
check 'a corner' says 'A=9 B=9 C=9'
check 'all of them' says 'implied: 5, all'
check 'fewer are said to be fewer' exits 0 "$program" process rules --edits "$scratch/chain" --implied 2
check 'in so many words' says 'implied: 2, there are more'
printf '1000000000*A + B <= 1000000000000; A <= 0.000000001; B <= 999999999998.9;' >"$scratch/sizes"
check 'sizes from 1e-9 to 1e12' exits 0 "$program" process rules --edits "$scratch/sizes"
check 'redundant by a tenth of a unit in 10^12' sh -c 'grep -qE "^1 .* redundant$" "$1"' - "$scratch/out"
printf 'A <= 0.000001; A >= 0.0000010000001; B <= 1000000000000;' >"$scratch/near"
check 'a conflict by 1e-13' exits 1 "$program" process rules --edits "$scratch/near"
printf 'A != B;' >"$scratch/bad"
check 'a rule that says nothing usable is refused with 78' exits 78 "$program" process rules --edits "$scratch/bad"
check 'with its place' complains 'edits:1:5: error[E5013]'
: >"$scratch/none"
check 'no rule at all is refused' exits 78 "$program" process rules --edits "$scratch/none"
check 'no such file' exits 66 "$program" process rules --edits "$scratch/absent"

# --- a form ---
check 'the establishment form' exits 0 "$program" process rules mls/establishment
row=$(grep -n '^H7d_total,' forms/library/mls/establishment/2018/checks.csv | cut -d: -f1)
check 'refused checks stand with their row and reason' says "checks.csv:$row: H7d_total: uses something that is no sum of items"
group=$(grep -n '^S9_d,' forms/library/mls/establishment/2018/group_checks.csv | cut -d: -f1)
check 'those across records stand with their own table' says "group_checks.csv:$group: S9_d:"
check 'what other checks already say' says 'H5_male: the other checks already say it (10 of 10 clauses)'
check 'the same as JSON' exits 0 "$program" process rules mls/establishment --json
check 'used and refused add up to the checks' sh -c 'python3 -c "
import json, sys
d = json.load(open(sys.argv[1]))
assert sum(r[\"used\"] + len(r[\"refused\"]) for r in d[\"records\"]) == len(d[\"checks\"])
assert all(r[\"possible\"] == \"yes\" for r in d[\"records\"])
" "$1"' - "$scratch/out"
for form in vital/birth vital/death mls/stratum mls/register mls/master_table; do check "$form is consistent" exits 0 "$program" process rules "$form"; done
mkdir -p "$scratch/forms"
cp -r forms/. "$scratch/forms/"
chmod -R u+w "$scratch/forms"
version=$(find "$scratch/forms/library/mls/stratum" -name checks.csv | head -n 1)
[ -n "$version" ] && printf 'Z1,hard,stratum,,drawn_establishments >= frame_establishments + 1,抽出が多い,more drawn,直す,correct it,R\n' >>"$version"
check 'two checks that contradict each other: 1' exits 1 env SHIRABE_FORMS="$scratch/forms" "$program" process rules mls/stratum
check 'they are named, and only they' says 'no record can pass these checks together: W1, Z1'

printf 'rules: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
