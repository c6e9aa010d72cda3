#!/bin/sh
# test_intake_fix.sh -- a proposed repair on the command line: listed without answers, in the way of sealing, accepted with a reason, in the sealed batch, and
# the books balance. Then `intake fix` is killed at a durable write, later each time (KILL_STEP=1 tries every write, the default every ninth): afterwards the
# office verifies, the decision is made or not made, and the same command ends in the same records.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
printf 'a passphrase of the tests\n' >"$work/pass"
. ./tests/golden/bad_input_csv.sh
office() { folder=$1; shift; "$program" "$@" --office "$work/$folder" --quiet; }
passed=0 failed=0
pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); printf 'FAILED %s\n' "$1"; head -n 8 "$work/out" "$work/err"; }
# name, expected exit status, text that must stand in the output or the messages, then the command
check() {
  name=$1 want=$2 text=$3
  shift 3
  office "$@" >"$work/out" 2>"$work/err"
  status=$?
  [ "$status" -eq "$want" ] || { fail "$name: exit $status"; return; }
  grep -q -- "$text" "$work/out" "$work/err" || { fail "$name: no '$text'"; return; }
  pass
}
absent() { if grep -q -- "$2" "$work/out" "$work/err"; then fail "$1: '$2' is shown"; else pass; fi; }

# The ward 221317 ended on 2023-12-31; 221384 is what it went to.
{ header; slip_number 1; slip_number 2 | awk -F, -v OFS=, '{ $11 = "22"; $12 = "221317"; print }'; } >"$work/births.csv"
check 'the health centre is made' 0 '' centre office init --type health_centre --code 0101 --name 保健所0101 --profile light
check 'the city is made' 0 '' city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/centre/office.json"
check 'the city is enrolled' 0 '' centre office key "$work/city/office.json"
check 'a city without intakes has no proposals' 0 'no proposed repairs' city intake fix
check 'the file comes in with a proposal' 1 'E4261' city intake file "$work/births.csv" --form vital/birth --period 2025-12
absent 'messages hold no answers' 221384
check 'the overview counts it' 1 'proposed 1, open 1' city intake fix
check 'the list shows its place' 1 '3:12 .*residence_municipality_code .*code-of-the-day .*proposed .*999999' city intake fix 1
absent 'the list holds no answers' 221384
check 'the answers are shown when asked for' 1 '221317.*221384' city intake fix 1 --show-values
check 'JSON says the same' 1 '"line":3,"cell":12,"item":"residence_municipality_code","rule":"code-of-the-day","state":"proposed"' city intake fix 1 --json
check 'the stored problem names its date' 1 "date of 'filing_date'" city intake check 1
check 'the problems go into a file for a spreadsheet' 1 '' city intake check 1 --excel "$work/problems.csv" --lang ja
iconv -f CP932 -t UTF-8 "$work/problems.csv" >"$work/out"
if [ "$(head -n 1 "$work/out")" = "$(printf '行,セル,項目,番号,内容,対応\r')" ] && grep -q '^3,12,residence_municipality_code,E4261,.*提案' "$work/out"; then pass; else fail 'the file for a spreadsheet'; fi
absent 'the file holds no answers' 2213
check 'an existing file is kept' 73 '' city intake check 1 --excel "$work/problems.csv"
check 'a batch with an open proposal is not sealed' 1 'E4269' city batch seal vital 2025-12 --declared birth=2 --out "$work/media"
check 'a decision needs a reason' 64 'E4270' city intake fix 1 --accept 3:12
check 'a decision needs an intake' 66 'E4102' city intake fix --accept 3:12 --reason x
check 'only what is proposed is accepted' 66 'E4265' city intake fix 1 --accept 2:12 --reason x
cp -R "$work/city" "$work/before"
check 'the proposal is accepted' 0 '1 changed; accepted 1, refused 0, open 0' city intake fix 1 --accept code-of-the-day --reason 'ward reform of 2024'
check 'accepting it again changes nothing' 0 '0 changed; accepted 1' city intake fix 1 --accept 3:12 --reason 'again'
check 'the list knows' 0 'accepted' city intake fix 1
check 'the books balance' 0 '' city ledger balance vital 2025-12
check 'the store verifies' 0 '' city store verify
check 'the batch is sealed' 0 '' city batch seal vital 2025-12 --declared birth=2 --out "$work/media"
check 'what is sealed is not changed' 77 'E4264' city intake fix 1 --refuse 3:12 --reason 'too late'
check 'the batch is received' 0 '' centre batch receive "$(find "$work/media" -name '*.age')" --receipts "$work/receipts"
check 'the books of the centre balance' 0 '' centre ledger balance vital 2025-12

holds() { office "$1" estimate run vital 2025-12 --table births_month_sex --stage received --json 2>/dev/null | grep -o '"content_hash":"[^"]*","rows":[0-9]*'; }
fix() { office "$1" intake fix 1 --accept code-of-the-day --reason 'ward reform of 2024'; }
cp -R "$work/before" "$work/expected"
fix expected >"$work/out" 2>"$work/err" || fail 'the undisturbed decision'
holds before >"$work/open"
holds expected >"$work/decided"
if [ -s "$work/decided" ] && ! cmp -s "$work/open" "$work/decided"; then pass; else fail 'the decision shows in the records'; fi
step=${KILL_STEP:-9} n=1 killed=0
while [ "$n" -lt 2000 ]; do
  rm -rf "$work/trial"
  cp -R "$work/before" "$work/trial"
  SHIRABE_FAULT=kill:$n fix trial >"$work/out" 2>"$work/err"
  status=$?
  [ "$status" -eq 137 ] || { [ "$status" -eq 0 ] || fail "kill $n: exit $status"; break; }
  killed=$((killed + 1))
  holds trial >"$work/now"
  cmp -s "$work/now" "$work/open" || cmp -s "$work/now" "$work/decided" || fail "kill $n: half a decision"
  fix trial >"$work/out" 2>"$work/err" || fail "kill $n: the second try"
  holds trial >"$work/now"
  if cmp -s "$work/now" "$work/decided" && office trial store verify >"$work/out" 2>"$work/err"; then pass; else fail "kill $n: other records"; fi
  n=$((n + step))
done
if [ "$killed" -gt 3 ]; then pass; else fail "only $killed writes were seen"; fi
printf 'intake fix: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
