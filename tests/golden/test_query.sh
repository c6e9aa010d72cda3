#!/bin/sh
# test_query.sh -- queries from a failed check at the prefecture through the health centre to the city and back; on paper; doubles of two cities; kill -9 at
# durable steps of ask, send, take and answer; no answer in clear outside the printed sheet. Ends with `query: N passed, N failed`.
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
setup() { office "$@" >>"$work/setup" 2>&1 || [ $? -eq 1 ] || { echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'query: 0 passed, 1 failed'; exit 1; }; }
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1))
  else
    failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 8 "$work/said" "$work/out" "$work/err"
  fi
}
exits() { want=$1; shift; status=0; office "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }; }
prints() { grep -qF -- "$1" "$work/out" || { echo "not printed: $1"; false; }; }
tells() { grep -qF -- "$1" "$work/err" || { echo "not told: $1"; false; }; }

# --- a month: the weight of record 4 cannot be read; a neighbour sends record 1 of the city once more under its own number ---
header=$(sed -n "s/^slip_header='\(.*\)'$/\1/p" tests/golden/bad_input_csv.sh)
slip='011002,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,1,1,1,39,3,2,0,2,1'
other() { sed 's/,3021,/,3387,/; s/,1994-02-28,/,1993-07-19,/; s/,1992-03-05,/,1990-01-02,/; s/,9,5,1,/,14,41,1,/; s/,33,31,/,35,32,/'; }
{ printf '%s\n' "$header"; printf '%s\n' "$slip" | sed 's/NUMBER/1/'; printf '%s\n' "$slip" | sed 's/NUMBER/4/' | other | sed 's/,3387,/,33S7,/; s/2025-11-30/2025-11-12/'; } >"$work/city.csv"
{ printf '%s\n' "$header"; printf '%s\n' "$slip" | sed 's/NUMBER/77/; s/^011002/012025/'; } >"$work/town.csv"
setup pref office init --type prefecture --code 010006 --name 北海道 --profile light
setup centre office init --type health_centre --code 0101 --name 保健所0101 --profile light --parent "$work/pref/office.json"
for o in city:011002:札幌市 town:012025:函館市; do
  setup "${o%%:*}" office init --type municipality --code "$(echo "$o" | cut -d: -f2)" --name "${o##*:}" --profile light --parent "$work/centre/office.json"
  setup centre office key "$work/${o%%:*}/office.json"
done
setup pref office key "$work/centre/office.json"
setup city intake file "$work/city.csv" --form vital/birth --period 2025-12
setup town intake file "$work/town.csv" --form vital/birth --period 2025-12
setup city batch seal vital 2025-12 --declared birth=2 --out "$work/up"
setup town batch seal vital 2025-12 --declared birth=1 --out "$work/up"
setup centre batch receive --from "$work/up" --receipts "$work/receipts"
setup centre batch seal vital 2025-12 --out "$work/up2"
setup pref batch receive --from "$work/up2" --receipts "$work/receipts"

# --- asking ---
check 'before process run only unreadable cells can be asked about, and that is said' exits 1 pref query ask vital 2025-12 --form birth --rule G07b
check 'with the number of records' tells '3 of the records'
setup pref process run vital/birth 2025-12
cp -R "$work/pref" "$work/pref.edited"
check 'queries are made' exits 0 pref query ask vital 2025-12
check 'one for the check and one for the cell' prints '2 queries made'
check 'asked again' exits 0 pref query ask vital 2025-12
check 'nothing new' prints '0 queries made; 2 are open already'
check 'the list' exits 0 pref query list vital 2025-12 --json
check 'names the owner' prints '"office":"municipality-011002"'
check 'the list holds no answer' sh -c '! grep -qE "2025-11-12|1993-07-19" "$1"' - "$work/out"
check 'a query is shown' exits 0 pref query show 1
check 'with the event-book number' prints 'event_book_no = 4'
check 'each look is in the access log' sh -c '"$1" store log --office "$2" --json 2>/dev/null | grep -q query-show || "$1" store log --office "$2" 2>/dev/null | grep -q "query:"' - "$program" "$work/pref"
check 'a rule that needs no such form' exits 64 pref query ask vital 2025-12 --item birth_weight
check 'a wrong number' exits 66 pref query show 99
check 'no number' exits 66 pref query show one

cp -R forms "$work/forms"
sed -i '/"query_days"/,/]/d' "$work/forms/library/vital/survey.json"
cp -R "$work/pref.edited" "$work/nodays"
check 'without days for an answer nothing is asked' sh -c 'SHIRABE_FORMS=$3 "$1" query ask vital 2025-12 --office "$2" >"$4" 2>&1; test $? -eq 78 && grep -q E4728 "$4"' - "$program" "$work/nodays" "$work/forms" "$work/out"
check 'with --days it is' sh -c 'SHIRABE_FORMS=$3 "$1" query ask vital 2025-12 --days 4 --office "$2" 2>/dev/null | grep -q "2 queries made"' - "$program" "$work/nodays" "$work/forms"
check 'by that day' sh -c '"$1" query list --office "$2" 2>/dev/null | grep -q 2026-01-24' - "$program" "$work/nodays"

# --- down ---
check 'sent' exits 0 pref query send --out "$work/q1"
check 'nothing more' exits 0 pref query send --out "$work/q1"
check 'no second file' test "$(find "$work/q1" -name 'query-*' | wc -l)" -eq 1
check 'the city cannot read the letter to the centre' exits 65 city query take "$work"/q1/query-*
check 'the centre takes it' exits 0 centre query take "$work"/q1/query-*
check 'and forwards it' exits 0 centre query send --out "$work/q2"
cp -R "$work/city" "$work/city.before"
check 'the city takes it' exits 0 city query take "$work"/q2/query-*
check 'twice' exits 0 city query take "$work"/q2/query-*
check 'without effect' prints '0 questions, 0 answers, 0 closings; 2 were here before'
SHIRABE_CLOCK=2026-02-01T00:00:00Z
check 'a deadline that has passed shows in the status' exits 1 city query list
check 'and as a banner' tells '!! 2 queries are UNANSWERED'
SHIRABE_CLOCK=2026-01-20T00:00:00Z

# --- paper ---
check 'printed' exits 0 pref query print municipality-011002 --out "$work/sheet.html"
for text in '照会票' '事件簿番号：4' '回答期限' 'unreadable' '2026-01-27' '体重'; do
  case $text in unreadable) text='could not be read' ;; esac
  check "the sheet shows $text" grep -qF "$text" "$work/sheet.html"
done
check 'as text' exits 0 pref query print municipality-011002 --as text
check 'with room for an answer' prints '記載どおり confirm'
check 'nobody else has queries' exits 1 pref query print municipality-012025 --as text

# --- answers ---
check 'a value that cannot be one is refused' exits 65 city query answer 2 --correct birth_weight=33S7
check 'without being repeated' sh -c '! grep -q 33S7 "$1"' - "$work/err"
check 'a key is not corrected' exits 65 city query answer 2 --correct event_book_no=9
check 'two kinds at once' exits 64 city query answer 2 --correct birth_weight=3387 --confirm --reason x
check 'confirmed without a reason' exits 64 city query answer 1 --confirm
check 'confirmed' exits 0 city query answer 1 --confirm --reason 鑿岩鍍金
check 'corrected' exits 0 city query answer 2 --correct birth_weight=3387
check 'once' exits 65 city query answer 2 --correct birth_weight=3388
check 'the centre answers nothing' exits 77 centre query answer 1 --confirm --reason x
for o in city:answered city:city.answers centre:above pref:top; do cp -R "$work/${o%%:*}" "$work/${o##*:}"; done
check 'an answer becomes the next version of the record' exits 0 answered query apply
check 'of one record' prints 'records corrected: 1, withdrawn: 0, as answered already: 0'
check 'once' exits 0 answered query apply
check 'then nothing waits' prints 'records corrected: 0, withdrawn: 0, as answered already: 0'
check 'a query that waits for nothing' exits 66 answered query apply 1
check 'nobody else has anything to apply' sh -c '"$1" query apply --office "$2" 2>/dev/null | grep -q "^records corrected: 0"' - "$program" "$work/above"
check 'it travels in the next batch' exits 0 answered batch seal vital 2025-12 --declared birth=1 --declared death=0 --out "$work/c1"
check 'to the centre' exits 0 above batch receive --from "$work/c1" --receipts "$work/c1r"
check 'and on' exits 0 above batch seal vital 2025-12 --out "$work/c2"
check 'to the prefecture' exits 0 top batch receive --from "$work/c2" --receipts "$work/c2r"
check 'whose checks now pass' sh -c '"$1" process run vital/birth 2025-12 --office "$2" >/dev/null 2>&1; "$1" query ask vital 2025-12 --office "$2" 2>/dev/null | grep -q "^0 queries made; 0 are open already"' - "$program" "$work/top"
check 'and the counts hold' exits 0 top ledger balance vital 2025-12
check 'answers go up' exits 0 city query send --out "$work/q3"
check 'to the centre' exits 0 centre query take "$work"/q3/query-*
check 'and on' exits 0 centre query send --out "$work/q4"
check 'to the prefecture' exits 0 pref query take "$work"/q4/query-*
check 'which sees them' exits 0 pref query show 1
check 'with the reason' prints 鑿岩鍍金
check 'a confirmed value is not asked about again' exits 0 pref query ask vital 2025-12
check 'nor after another run of the checks' sh -c '"$1" process run vital/birth 2025-12 --office "$2" >/dev/null 2>&1; "$1" query ask vital 2025-12 --office "$2" 2>/dev/null | grep -q "0 queries made; 1 are open already, 1 were confirmed before"' - "$program" "$work/pref"
check 'closed' exits 0 pref query close 1
check 'per office' exits 0 pref query list --offices
check 'counts' sh -c 'grep -Eq "municipality-011002 +0 +0 +0 +1 +1" "$1"' - "$work/out"

# --- doubles of two cities ---
check 'a double is found across two cities' exits 1 pref intake duplicates vital 2025-12 --json
check 'one pair' sh -c 'test "$(grep -o "\"pair\":" "$1" | wc -l)" -eq 1' - "$work/out"
check 'with both offices' sh -c 'grep -q "municipality-011002" "$1" && grep -q "municipality-012025" "$1"' - "$work/out"
check 'without values' sh -c '! grep -q 1994-02-28 "$1"' - "$work/out"
check 'with values when asked' exits 1 pref intake duplicates vital 2025-12 --show-values
check 'both' prints '1994-02-28     1994-02-28'
check 'a decision needs a reason' exits 64 pref intake duplicates vital 2025-12 --decide 1 --as duplicate
check 'a pair that is none' exits 66 pref intake duplicates vital 2025-12 --decide 9 --as duplicate --reason x
check 'decided' exits 0 pref intake duplicates vital 2025-12 --decide 1 --as duplicate --reason 燭臺工場
check 'a query to the owner' prints 'a query to the owner was made'
check 'not twice' exits 65 pref intake duplicates vital 2025-12 --decide 1 --as distinct --reason x
check 'nothing is open now' exits 0 pref intake duplicates vital 2025-12
check 'the query asks the second city' exits 0 pref query list --sender municipality-012025 --json
check 'about the pair' prints '"rule":"duplicate:1"'
check 'no record was removed' sh -c '"$1" ledger balance vital 2025-12 --office "$2" | grep -q "accepted 3 .* stored 3; differences 0"' - "$program" "$work/pref"

# --- nothing in clear ---
for secret in 鑿岩鍍金 燭臺工場 'could not be read' 33S7; do
  check "no office and no letter holds '$secret' in clear" sh -c '! grep -rqaF "$1" "$2/pref" "$2/centre" "$2/city" "$2/q1" "$2/q2" "$2/q3" "$2/q4"' - "$secret" "$work"
done
for o in pref centre city; do check "store verify of $o" exits 0 "$o" store verify --open; done

# --- kill -9 at a spread of durable steps: the same command once more ends as an undisturbed one ---
states() { office "$1" query list --json 2>/dev/null | sed 's/"id":"[^"]*"//g; s/"number":[0-9]*//g' | tr '{' '\n' | sort; }
killed() { # name, office to copy, expected number of queries, command...
  name=$1 from=$2 want=$3 n=1 status=137; shift 3
  while [ "$status" -eq 137 ] && [ "$n" -lt 400 ]; do
    rm -rf "$work/trial" "$work/trial-out"; cp -R "$work/$from" "$work/trial"
    status=0; SHIRABE_FAULT=kill:$n office trial "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    if [ "$status" -eq 137 ]; then
      office trial "$@" >"$work/out" 2>"$work/err" </dev/null || [ $? -eq 65 ] || { failed=$((failed + 1)); echo "FAILED $name kill:$n: the second run"; tail -n 3 "$work/err"; }
    fi
    now=$(states trial | grep -c '"state"')
    if [ "$now" -eq "$want" ] && office trial store verify >"$work/out" 2>"$work/err"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $name kill:$n: $now queries, expected $want"; fi
    n=$((n + 29))
  done
  [ "$n" -gt 30 ] || { failed=$((failed + 1)); echo "FAILED $name has too few durable steps"; }
}
killed ask pref.edited 2 query ask vital 2025-12
killed take city.before 2 query take "$work"/q2/query-*
rm -rf "$work/trial"; cp -R "$work/pref.edited" "$work/asked"; setup asked query ask vital 2025-12
killed send asked 2 query send --out "$work/trial-out"
killed apply city.answers 2 query apply
killed answer asked 2 query answer 1 --confirm --reason x
printf 'query: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
