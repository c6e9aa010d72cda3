#!/bin/sh
# test_query_record.sh -- an answer changes the record: failed check, query, answer "correct" or "withdraw" at the city, batch, three levels, table; the query closes
# by itself. And the ledger with it: queried, current counts, amendments in the chain, cut-offs, a locked month. Ends with `query record: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
unset SHIRABE_OFFICE SHIRABE_FAULT 2>/dev/null || true
printf 'a passphrase of the tests\n' >"$work/pass"
office() { folder=$1; shift; "$program" "$@" --office "$work/$folder" --quiet; }
setup() { office "$@" >>"$work/setup" 2>&1 || [ $? -eq 1 ] || { echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'query record: 0 passed, 1 failed'; exit 1; }; }
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 8 "$work/said" "$work/out" "$work/err"; fi
}
exits() { want=$1; shift; status=0; office "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }; }
prints() { grep -qF -- "$1" "$work/out" || { echo "not printed: $1"; false; }; }
tells() { grep -qF -- "$1" "$work/err" || { echo "not told: $1"; false; }; }
up() { # a round from the city to the prefecture, with the receipts back: folder, declared count
  setup city batch seal vital 2025-12 --declared "birth=$2" --out "$work/$1"
  setup centre batch receive --from "$work/$1" --receipts "$work/$1-r"
  setup centre batch seal vital 2025-12 --out "$work/$1-2"
  setup pref batch receive --from "$work/$1-2" --receipts "$work/$1-r2"
}
down() { # queries of the prefecture to the city: folder
  setup pref query send --out "$work/$1"; setup centre query take "$work/$1"/query-*
  setup centre query send --out "$work/$1-2"; setup city query take "$work/$1-2"/query-*
}
answers() { # and the answers up: folder
  setup city query send --out "$work/$1"; setup centre query take "$work/$1"/query-*
  setup centre query send --out "$work/$1-2"; setup pref query take "$work/$1-2"/query-*
}
number() { office "$1" query list --json 2>/dev/null | tr '{' '\n' | grep "\"rule\":\"$2\"" | sed 's/.*"number":\([0-9]*\).*/\1/' | head -n 1; }
open_queries() { office pref query list --json 2>/dev/null | tr '{' '\n' | grep '"id"' | grep -vc '"state":"closed"'; }
state_of() { office pref ledger status vital 2025-12 --json 2>/dev/null | tr '{' '\n' | grep '"office":"municipality-011002"' | grep '"form":"birth"'; }
has() { state_of | grep -qF -- "$1" || { state_of; false; }; }
rows() { office "$1" estimate run vital 2025-12 --table births_month_sex --stage received --json 2>/dev/null | grep -o '"content_hash":"[^"]*","rows":[0-9]*' | sed 's/.*://' | paste -sd+ | sed 's/^$/0/'; }
counts() { [ "$(($(rows "$1")))" -eq "$2" ] || { echo "$1 counts $(rows "$1"), expected $2"; false; }; }

# --- a month of three births; the weight of number 2 cannot be read ---
header=$(sed -n "s/^slip_header='\(.*\)'$/\1/p" tests/golden/bad_input_csv.sh)
slip='011002,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,1,1,1,39,3,2,0,2,1'
{ printf '%s\n' "$header"; for n in 1 2 3; do printf '%s\n' "$slip" | sed "s/NUMBER/$n/"; done | sed '2s/,3021,/,33S7,/'; } >"$work/city.csv"
key='--key municipality_code=011002 --key event_book_year=2025 --key event_book_no'
setup pref office init --type prefecture --code 010006 --name 北海道 --profile light
setup centre office init --type health_centre --code 0101 --name 保健所0101 --profile light --parent "$work/pref/office.json"
setup city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/centre/office.json"
setup centre office key "$work/city/office.json"
setup pref office key "$work/centre/office.json"
{ echo office,name,parent,survey,forms,since,until
  echo 'health_centre-0101,保健所0101,prefecture-010006,vital,birth,,'
  echo 'municipality-011002,札幌市,health_centre-0101,vital,birth,,'; } >"$work/roster.csv"
setup pref ledger roster "$work/roster.csv"
setup city intake file "$work/city.csv" --form vital/birth --period 2025-12
up one 3
check 'the city has reported' has '"state":"late"'
check 'a first cut-off' exits 1 pref ledger snapshot vital 2025-12 sokuho
setup pref process run vital/birth 2025-12
setup pref query ask vital 2025-12
check 'with open questions the office is queried' has '"state":"queried"'
check 'so it does in the picture' sh -c '"$1" ledger status vital 2025-12 --matrix --office "$2" --lang en 2>/dev/null | grep municipality-011002 | grep -q " Q"' - "$program" "$work/pref"
check 'and cannot be approved' exits 1 pref ledger approve vital 2025-12 municipality-011002

# --- correct ---
down q1
n=$(number city intake:birth_weight)
check 'the city corrects by answering' exits 0 city query answer "$n" --correct birth_weight=3387
cp -R "$work/city" "$work/city.before"
check 'and applies the answer' exits 0 city query apply
check 'its own record is another version' prints 'records corrected: 1'
check 'the answer goes up' exits 0 city query send --out "$work/a1"
setup centre query take "$work/a1"/query-*
setup centre query send --out "$work/a1-2"
setup pref query take "$work/a1-2"/query-*
setup pref query ask vital 2025-12
check 'before the record has come the query waits' exits 0 pref query list --json
check 'as answered' prints '"state":"answered"'
before=$(office pref estimate run vital 2025-12 --table births_month_sex --stage received --json 2>/dev/null | sed 's/.*"content_hash"/"content_hash"/')
up two 1
check 'the batch is a correction' sh -c '"$1" batch show "$2"/*.age --office "$3" | grep -q "kind correction"' - "$program" "$work/two" "$work/centre"
check 'three births are counted, not four' counts pref 3
check 'the corrected record is what is counted' sh -c '[ "$1" != "$2" ]' - "$before" "$(office pref estimate run vital 2025-12 --table births_month_sex --stage received --json 2>/dev/null | sed 's/.*"content_hash"/"content_hash"/')"
check 'the ledger counts it once' has '"current":3'
check 'the books balance' exits 0 pref ledger balance vital 2025-12 --by office
check 'with three here' sh -c 'grep prefecture-010006 "$1" | grep -Eq "0 +3 +0 +3 *$"' - "$work/out"
setup pref process run vital/birth 2025-12
check 'asked after the checks were run anew' exits 0 pref query ask vital 2025-12
check 'both queries about it have closed themselves' prints '2 queries closed'
check 'the office is queried no more' sh -c '! "$1" ledger status vital 2025-12 --office "$2" --lang en 2>/dev/null | grep -q queried' - "$program" "$work/pref"
check 'and nothing new is asked about the weight' sh -c '[ "$("$1" query list --json --office "$2" 2>/dev/null | tr "{" "\n" | grep "intake:birth_weight" | grep -c "\"state\":\"closed\"")" -eq 1 ]' - "$program" "$work/pref"
check 'a second cut-off, without the centre' exits 1 pref ledger snapshot vital 2025-12 gaisu
check 'names the correction' exits 1 pref ledger diff vital 2025-12 sokuho gaisu
check 'as one batch of the city' prints municipality-011002

# --- withdraw ---
# shellcheck disable=SC2086
setup pref query ask vital 2025-12 --form birth $key=3 --item birth_weight --message 'is this slip a copy of number 1?'
down q2
n=$(number city hand:birth_weight)
check 'a withdrawal as the answer' exits 0 city query answer "$n" --withdraw --reason 'duplicate of number 1'
check 'applied with a code' exits 0 city query apply --withdraw-as duplicate
check 'the city counts two' counts city 2
answers a2
up three 1
check 'the batch is a withdrawal' sh -c '"$1" batch show "$2"/*.age --office "$3" | grep -q "kind withdrawal"' - "$program" "$work/three" "$work/centre"
check 'the prefecture counts two' counts pref 2
check 'and so does the ledger' has '"current":2'
setup pref process run vital/birth 2025-12
check 'asked again' exits 0 pref query ask vital 2025-12
check 'the query about the withdrawn record has closed itself' prints '1 queries closed'
check 'the books balance still' exits 0 pref ledger balance vital 2025-12 --by office
check 'with two here' sh -c 'grep prefecture-010006 "$1" | grep -Eq "0 +2 +0 +2 *$"' - "$work/out"

# --- an open amendment counts, an answered one does not ---
# shellcheck disable=SC2086
check 'the prefecture would withdraw one' exits 0 pref batch amend vital/birth 2025-12 --of municipality-011002 $key=1 --withdraw void --reason 'not a birth of this month' --receipts "$work/amended"
check 'the chain has it' exits 0 pref ledger balance vital 2025-12 --by office
check 'as one record less of the city' sh -c 'grep municipality-011002 "$1" | grep -Eq "2 +0 +-1 +1 *$"' - "$work/out"
check 'and at every level above' sh -c 'grep prefecture-010006 "$1" | grep -Eq "0 +1 +0 +1 *$"' - "$work/out"

# --- killed at durable steps of apply: version and request, both or neither ---
n=1 status=137
while [ "$status" -eq 137 ] && [ "$n" -lt 400 ]; do
  rm -rf "$work/trial"; cp -R "$work/city.before" "$work/trial"
  status=0; SHIRABE_FAULT=kill:$n office trial query apply >"$work/out" 2>"$work/err" </dev/null || status=$?
  [ "$status" -ne 137 ] || office trial query apply >"$work/out" 2>"$work/err" </dev/null || [ $? -eq 65 ] || { failed=$((failed + 1)); echo "FAILED kill:$n the second run"; }
  check "kill:$n the corrected record is sealed" exits 0 trial batch seal vital 2025-12 --declared birth=1 --out "$work/trial-out"
  rm -rf "$work/trial-out"; n=$((n + 23))
done
printf 'query record: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
