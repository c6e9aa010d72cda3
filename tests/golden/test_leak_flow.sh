#!/bin/sh
# test_leak_flow.sh -- what a municipality and its prefecture do in a month, by command line, with distinctive answers in the file: keys of records, a value in a
# cell where it does not belong, and the reasons people type: intake, seal, receive, queries, amendments, withdrawals, guess. Then every byte the two offices, the medium and the talk left behind is searched for them. Some commands
# are killed half-way first. The last case leaks on purpose and must be found.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
scan=$(cd "$BUILD" && pwd)/tests/demo/leak_scan
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
left=$work/left # everything in here is searched; the answers themselves lie outside
mkdir -p "$left/tmp" "$left/usb" "$work/in"
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_PASSPHRASE_FILE=$work/pass SHIRABE_CLOCK=2026-01-10T00:00:00Z TMPDIR=$left/tmp
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_PASSPHRASE_FILE SHIRABE_CLOCK TMPDIR
printf 'a passphrase of the tests\n' >"$work/pass"
chmod 600 "$work/pass"
. ./tests/golden/bad_input_csv.sh
cat >"$work/values" <<'END'
# numbers and texts that cannot occur by chance
int:7719284
int:7741903
int:7755217
東雲紫苑之助
シノノメ川
蒼鷺照会事由
蒼鷺修正事由
蒼鷺回答事由
蒼鷺判定事由
a passphrase of the tests
END
{ header; slip_number 7719284; slip_number 7741903; slip_number 7741903; slip_number 7755217 | sed 's/,3021,/,東雲紫苑之助,/'; slip_number 6 | sed 's/,HC0101,/,シノノメ川,/'; } >"$work/in/plain.csv"
iconv -f UTF-8 -t CP932 "$work/in/plain.csv" >"$work/in/slips.csv"

passed=0 failed=0
verdict() { if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED: %s\n' "$2"; fi; }
run() { # office, allowed exit statuses, command...
  office=$1 allowed=$2; shift 2
  "$program" "$@" --office "$left/$office" >>"$left/talk" 2>&1
  status=$?
  case " $allowed " in *" $status "*) verdict 0 ;; *) tail -n 6 "$left/talk"; verdict 1 "$office: $* (exit $status)" ;; esac
}
searched() { # what was done before
  "$scan" "$left" "$work/values" >"$work/found"
  status=$?
  [ "$status" -eq 0 ] || head -n 12 "$work/found"
  verdict "$status" "$1: answers in clear text"
}

run prefecture 0 office init --type prefecture --code 010006 --name 北海道 --profile light
run city 0 office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$left/prefecture/office.json"
run prefecture 0 office key "$left/city/office.json"
for n in 9 25 40; do # stopped in the middle of the packs, the database, the log
  { (SHIRABE_FAULT=kill:$n; export SHIRABE_FAULT; cd "$left/tmp" && ulimit -c unlimited && "$program" intake file "$work/in/slips.csv" --form vital/birth --period 2025-12 --office "$left/city" >>"$left/talk" 2>&1); } 2>/dev/null
  [ "$?" -eq 137 ]; verdict $? "kill at write $n"
  searched "intake killed at write $n"
done
run city "0 1" intake file "$work/in/slips.csv" --form vital/birth --period 2025-12
run city "0 1" intake check 1
searched 'intake'
accepted=$("$program" intake check --json --office "$left/city" 2>/dev/null | sed 's/.*"accepted":\([0-9]*\).*/\1/')
[ "${accepted:-0}" -ge 2 ]; verdict $? "the file was really taken in (accepted: ${accepted:-none})"
run city 0 batch seal vital 2025-12 --declared "birth=$accepted" --declared death=0 --out "$left/usb"
searched 'seal'
run prefecture 0 batch receive --from "$left/usb" --receipts "$left/usb"
searched 'receive'
for office in city prefecture; do
  run $office 0 store verify --open
  run $office 0 store log
  run $office 0 store show
done
"$program" store show --json --office "$left/prefecture" 2>/dev/null | grep -q "\"rows\":$accepted"; verdict $? "the prefecture holds the $accepted records"
searched 'looking at both stores'

# --- what came with corrections, queries and layouts; what is meant to be read goes outside ---
shown() { # office, allowed exit statuses, command...: its output is for the officer's eyes
  office=$1 allowed=$2; shift 2
  "$program" "$@" --office "$left/$office" >>"$work/in/shown" 2>>"$left/talk"
  status=$?
  case " $allowed " in *" $status "*) verdict 0 ;; *) tail -n 6 "$left/talk"; verdict 1 "$office: $* (exit $status)" ;; esac
}
run city 0 batch receipt "$left"/usb/receipt-*
run prefecture "0 1" process run vital/birth 2025-12
run prefecture 0 query ask vital 2025-12
run prefecture 0 query list --json
shown prefecture 0 query show 1
shown prefecture 0 query print municipality-011002 --as text
run prefecture 0 query send --out "$left/usb"
run city 0 query take "$left"/usb/query-*
shown city 0 query show 1
run city 65 query answer 1 --correct birth_weight=東雲紫苑之助
run city 0 query answer 1 --confirm --reason 蒼鷺回答事由
run city 0 query send --out "$left/usb/up"
run prefecture 0 query take "$left"/usb/up/query-*
searched 'queries'
grep -q 7755217 "$work/in/shown"; verdict $? 'the record was really asked about and shown'
run prefecture "0 1" batch amend vital/birth 2025-12 --of municipality-011002 --key municipality_code=011002 --key event_book_year=2025 \
  --key event_book_no=7719284 --withdraw duplicate --reason 蒼鷺修正事由 --receipts "$left/usb"
run city "0 1" batch receipt "$left"/usb/receipt-*
run city "0 1" batch amendments
run city "0 1" batch amendments --json
"$program" batch amendments --json --office "$left/city" 2>/dev/null | grep -q municipality-011002; verdict $? 'the amendment reached the city'
run prefecture "0 1" batch amendments
run prefecture "0 1" batch conflicts
run prefecture "0 1" intake duplicates vital 2025-12
run prefecture "0 1" intake duplicates vital 2025-12 --json
run city "0 1" intake fix
run city "0 1" intake fix --json
run city 0 intake withdraw --form vital/birth --period 2025-12 --key municipality_code=011002 --key event_book_year=2025 --key event_book_no=7719284 --reason duplicate
run city 0 batch seal vital 2025-12 --declared birth=1 --out "$left/usb2" --volume-size 64KiB --zip
run prefecture "0 1" batch receive --from "$left/usb2" --receipts "$left/usb2"
searched 'amendments and withdrawals'
run city "0 1" intake guess "$work/in/slips.csv" --form vital/birth --out "$left/tmp/layout"
[ -s "$left/tmp/layout" ] || [ -d "$left/tmp/layout" ]; verdict $? 'the layout was written'
for what in "ledger status" "ledger gaps" "ledger balance"; do
  run prefecture "0 1" $what vital 2025-12
  run prefecture "0 1" $what vital 2025-12 --json
done
for office in city prefecture; do
  run $office 0 store verify --open
  run $office 0 store log
done
searched 'guess, ledger and log'

# The test of the test: one answer in clear text, found.
printf 'x東雲紫苑之助x' >"$left/tmp/careless"
"$scan" "$left" "$work/values" >"$work/found"
[ $? -eq 1 ]; verdict $? 'a planted answer is found'
printf 'leak flow: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
