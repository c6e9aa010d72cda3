#!/bin/sh
# test_batches.sh -- batches as an officer meets them: a correction and a withdrawal from the city to the centre, a held number let in, a restored machine that
# begins anew, parts in any order over several media, zips for a gateway, the printed slip. What is wrong is said with its part, its number, its next step.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
printf 'a passphrase of the tests\n' >"$work/pass"
passed=0 failed=0
office() { folder=$1; shift; "$program" "$@" --office "$work/$folder"; }
check() {
  what=$1; shift
  if "$@" >"$work/out" 2>"$work/err"; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 6 "$work/out" "$work/err"; fi
}
exits() { want=$1; shift; status=0; "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; cat "$work/stdout" "$work/stderr"; false; }; }
says() { cat "$work/stdout" "$work/stderr" | tr -s ' ' | grep -qF -- "$(printf '%s' "$1" | tr -s ' ')" || { echo "not said: $1"; cat "$work/stdout" "$work/stderr"; false; }; }
matches() { grep -q -- "$1" "$work/stdout" "$work/stderr" || { echo "not said: $1"; cat "$work/stdout" "$work/stderr"; false; }; }

header=$(sed -n "s/^slip_header='\(.*\)'$/\1/p" tests/golden/bad_input_csv.sh)
slip='011002,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,1,1,1,39,3,2,0,2,1'
births() { printf '%s\n' "$header"; for n in "$@"; do printf '%s\n' "$slip" | sed "s/NUMBER/$n/"; done; } # births.csv of the numbers given
count() { office "$1" estimate run vital 2025-12 --table births_month_sex --stage received --json 2>/dev/null | grep -o '"content_hash":"[^"]*","rows":[0-9]*' | sed 's/.*://' | paste -sd+ | sed 's/^$/0/'; }
counts() { [ "$(($(count "$1")))" -eq "$2" ] || { echo "$1 counts $(count "$1"), expected $2"; false; }; }
only() { find "$work/$1" -type f | sort; }

check 'a centre is made' office centre office init --type health_centre --code 0101 --name 保健所0101 --profile light
check 'a city is made' office city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/centre/office.json"
check 'and enrolled' office centre office key "$work/city/office.json"

# --- correction and withdrawal ---
births 1 2 3 >"$work/births.csv"
check 'three births are taken in' office city intake file "$work/births.csv" --form vital/birth --period 2025-12
check 'and sealed' office city batch seal vital 2025-12 --declared birth=3 --proxy '保健所0101 for 札幌市' --out "$work/one"
check 'and received' office centre batch receive --from "$work/one" --receipts "$work/receipts"
births 1 2 3 | sed '3s/,3021,/,2900,/' >"$work/corrected.csv"
check 'a corrected file changes what differs' exits 1 office city intake file "$work/corrected.csv" --form vital/birth --period 2025-12 --correct
check 'one record' matches 'corrections among the accepted  *1$'
check 'and says what stayed the same' matches 'same as taken in, unchanged  *2$'
check 'a correction needs the store' exits 64 office city intake file "$work/corrected.csv" --form vital/birth --period 2025-12 --correct --dry-run
check 'a withdrawal names its reason' exits 64 office city intake withdraw --form vital/birth --period 2025-12 --key municipality_code=011002 --key event_book_year=2025 --key event_book_no=3 --reason because
check 'and its record' exits 66 office city intake withdraw --form vital/birth --period 2025-12 --key municipality_code=011002 --key event_book_year=2025 --key event_book_no=99 --reason duplicate
check 'a record is withdrawn' office city intake withdraw --form vital/birth --period 2025-12 --key municipality_code=011002 --key event_book_year=2025 --key event_book_no=3 --reason duplicate
check 'the city counts two' counts city 2
check 'they are declared' exits 65 office city batch seal vital 2025-12 --declared birth=1 --out "$work/two"
check 'and sealed as a correction' office city batch seal vital 2025-12 --declared birth=2 --out "$work/two"
check 'the centre still counts three' counts centre 3
check 'the centre receives them' office centre batch receive --from "$work/two" --receipts "$work/receipts"
check 'and counts two' counts centre 2
check 'the books balance' office centre ledger balance vital 2025-12
check 'also at the city' office city ledger balance vital 2025-12
check 'processing reads the current records' sh -c '"$1" process run vital/birth 2025-12 --office "$2" --json | grep -q "\"edited\":{\"in\":2,"' - "$program" "$work/centre"
check 'a table of what was processed counts them once' sh -c '"$1" estimate run vital 2025-12 --table births_month_sex --stage edited --json --office "$2" | grep -q "2025-12/edited\",\"form_hash\":\"[0-9a-f]*\",\"rows\":2,"' - "$program" "$work/centre"
check 'no conflict waits' exits 0 office centre batch conflicts
check 'the kind stands in the manifest' sh -c '"$1" batch show "$2"/*.age --office "$3" | grep -q "kind correction"' - "$program" "$work/two" "$work/centre"

# --- parts ---
# Notes below the table that do not compress make the kept original large.
{ births 11 12 13; awk 'BEGIN { x = 7; for (i = 0; i < 6000; i++) { line = ""; for (k = 0; k < 10; k++) { x = (x * 69069 + 1) % 4294967296; line = line sprintf("%06x", int(x / 256)) } print "note " line } }'; } >"$work/more.csv"
check 'a third file is taken in' exits 0 office city intake file "$work/more.csv" --form vital/birth --period 2025-12 --problems 0
check 'a part size is judged' exits 64 office city batch seal vital 2025-12 --declared birth=3 --volume-size 1KiB --out "$work/parts"
check 'it is sealed in parts' exits 0 office city batch seal vital 2025-12 --declared birth=3 --volume-size 64KiB --out "$work/parts"
parts=$(find "$work/parts" -name '*.vol' | wc -l)
check 'more than two' test "$parts" -gt 2
check 'whose names fit any medium' sh -c 'for f in "$1"/*; do n=$(basename "$f"); test ${#n} -le 64 || exit 1; case $n in *[!a-z0-9._-]*) exit 1 ;; esac; done' - "$work/parts"
check 'a part says what it is' exits 0 office centre batch show "$work/parts/vital-2025-12-municipality-011002-000003.0002-000$parts.vol"
check 'by its number' says "part 2 of $parts"
mkdir "$work/first" "$work/rest" "$work/broken"
mv "$work/parts/"*".0002-"* "$work/first/"; mv "$work/parts/"* "$work/rest/"
check 'one part alone waits' exits 1 office centre batch receive --from "$work/first" --receipts "$work/receipts"
check 'for the others by number' says "missing: 1, 3"
{ head -c 30000 "$work/rest/"*".0001-"*; printf 'sixteen bytes...'; tail -c +30017 "$work/rest/"*".0001-"*; } >"$work/broken/bad.vol"
check 'a damaged part is named' exits 65 office centre batch receive --from "$work/broken" --receipts "$work/receipts"
check 'with its number' says '(part 1) is damaged'
check 'the centre does not count it yet' counts centre 2
check 'the others come on another medium' exits 0 office centre batch receive --from "$work/rest" --receipts "$work/receipts"
check 'now it counts' counts centre 5
check 'nothing stays in the inbox' test -z "$(find "$work/centre/inbox" -type f)"
check 'the same batch in zipped parts' office city batch seal vital 2025-12 --again 3 --volume-size 64KiB --zip --out "$work/zipped"
check 'is known' exits 0 office centre batch receive --from "$work/zipped" --receipts "$work/receipts"
check 'as received before' says "already here $parts"
check 'in the zip twin' office city batch seal vital 2025-12 --again 3 --zip --out "$work/zip"
check 'the zip is readable by others' sh -c 'command -v unzip >/dev/null || exit 0; unzip -tq "$1"/*.zip' - "$work/zip"
check 'a zip that holds more is refused' sh -c 'cat "$1"/*.zip "$1"/*.zip >"$2/double.zip"; "$3" batch receive "$2/double.zip" --receipts "$2/r" --office "$2/centre"; test $? -eq 65' - "$work/zip" "$work" "$program"
check 'the zip is received' exits 0 office centre batch receive --from "$work/zip" --receipts "$work/receipts"
check 'and was received before' says 'already here 1'
check 'what was altered in it is refused' sh -c 'f=$(echo "$1"/*.zip); { head -c 5000 "$f"; printf "sixteen bytes..."; tail -c +5017 "$f"; } >"$2/altered.zip"; "$3" batch receive "$2/altered.zip" --receipts "$2/r" --office "$2/centre"; test $? -eq 65' - "$work/zip" "$work" "$program"
check 'five births are counted' counts centre 5

# --- a held number let in ---
births 21 >"$work/four.csv"; births 22 >"$work/five.csv"; births 23 >"$work/six.csv"
for n in four five six; do
  check "$n is taken in" office city intake file "$work/$n.csv" --form vital/birth --period 2025-12
  check "$n is sealed" office city batch seal vital 2025-12 --declared birth=1 --out "$work/$n"
done
check 'five waits for four' exits 1 office centre batch receive --from "$work/five" --receipts "$work/receipts"
check 'and says so' says 'number 4 has not arrived'
held=$(office centre batch show 2>/dev/null | sed -n 's/^held .* \([0-9a-f]*\)$/\1/p')
check 'a release needs its batch' exits 66 office centre batch release 00000000 --reason lost
check 'and a reason' exits 64 office centre batch release "$held" --reason ''
check 'a person lets it in' office centre batch release "$held" --reason 'number 4 was lost on the way' --receipts "$work/receipts"
check 'the missing number stays listed' sh -c '"$1" ledger gaps vital 2025-12 --office "$2" | grep -q sequence' - "$program" "$work/centre"
check 'six follows five' office centre batch receive --from "$work/six" --receipts "$work/receipts"
check 'four still fits in' office centre batch receive --from "$work/four" --receipts "$work/receipts"
check 'all are counted' counts centre 8
check 'and no hole is left' sh -c '! "$1" ledger gaps vital 2025-12 --office "$2" | grep -q sequence' - "$program" "$work/centre"

# --- a restored machine ---
cp -R "$work/city" "$work/restored"
births 31 >"$work/seven.csv"; births 32 >"$work/other.csv"
check 'seven is taken in' office city intake file "$work/seven.csv" --form vital/birth --period 2025-12
check 'seven is sealed' office city batch seal vital 2025-12 --declared birth=1 --out "$work/seven"
check 'seven is received' office centre batch receive --from "$work/seven" --receipts "$work/receipts"
check 'the restored machine takes in another' office restored intake file "$work/other.csv" --form vital/birth --period 2025-12
check 'and seals it as seven' office restored batch seal vital 2025-12 --declared birth=1 --out "$work/fork"
check 'that is a fork' exits 65 office centre batch receive --from "$work/fork" --receipts "$work/receipts"
last=$(office centre batch show "$work"/seven/*.age 2>/dev/null | sed -n 's/^id  *//p' | tr -d ' ')
check 'the last accepted batch is named in full' exits 64 office restored batch reissue vital --from 7 --after 7=abc
check 'what has a receipt is not set aside' sh -c '"$1" batch receipt "$2"/receipts/receipt-vital-2025-12-municipality-011002-000006.tar.zst.age --office "$2/restored" && "$1" batch reissue vital --from 6 --after "7=$3" --office "$2/restored"; test $? -eq 77' - "$program" "$work" "$last"
check 'the refused batch is set aside' office restored batch reissue vital --from 7 --after "7=$last"
check 'and sealed behind the accepted one' office restored batch seal vital 2025-12 --declared birth=1 --out "$work/eight"
check 'which is received' office centre batch receive --from "$work/eight" --receipts "$work/receipts"
check 'both machines are counted' counts centre 10
check 'the books balance at the restored machine' office restored ledger balance vital 2025-12
check 'and at the centre' office centre ledger balance vital 2025-12

# --- a correction after processing makes its result stale ---
check 'everything is processed' exits 0 office centre process run vital/birth 2025-12
check 'and can be counted' exits 0 office centre estimate run vital 2025-12 --table births_month_sex --stage edited --json
births 2 | sed '2s/,3021,/,2950,/; 2s/,2900,/,2950,/' >"$work/again.csv"
check 'a second correction' exits 0 office restored intake file "$work/again.csv" --form vital/birth --period 2025-12 --correct
check 'is sealed' office restored batch seal vital 2025-12 --declared birth=1 --out "$work/stale"
check 'and received' office centre batch receive --from "$work/stale" --receipts "$work/receipts"
check 'the edited records no longer stand for them' sh -c '! "$1" estimate run vital 2025-12 --table births_month_sex --stage edited --json --office "$2"' - "$program" "$work/centre"
check 'ten records still' counts centre 10

# --- an amendment ---
keys='--key municipality_code=011002 --key event_book_year=2025 --key event_book_no=1'
# shellcheck disable=SC2086
check 'a centre edits no record of a city' exits 0 office centre batch amend vital/birth 2025-12 --of municipality-011002 $keys --withdraw duplicate --reason 'same as number 2' --receipts "$work/amended"
check 'it still counts ten' counts centre 10
check 'the receipt carries the amendment' exits 0 office restored batch receipt "$work"/amended/*.age
check 'and says so' says 'with 1 amendments of higher offices'
check 'the owner is reminded' exits 1 office restored batch amendments
amendment=$(sed -n 's/^\([0-9a-f]\{16\}\) .*open.*$/\1/p' "$work/stdout")
check 'it can be read' exits 0 office restored batch amendments "$amendment"
check 'with its reason' says 'reason: same as number 2'
check 'an answer needs a reason' exits 65 office restored batch amendments "$amendment" --adopt
check 'the owner adopts it' exits 0 office restored batch amendments "$amendment" --adopt --reason 'the slip was copied'
check 'as a withdrawal of its own' office restored batch seal vital 2025-12 --declared birth=1 --out "$work/adopted"
check 'that travels up' office centre batch receive --from "$work/adopted" --receipts "$work/receipts"
check 'now nine count' counts centre 9
check 'the answer is known above' sh -c '"$1" batch amendments --office "$2" | grep -q adopted' - "$program" "$work/centre"
check 'reasons rest sealed' sh -c '! grep -rqa -e "same as number 2" -e "number 4 was lost" -e "the slip was copied" -e "0101 for" "$1/centre" "$1/restored"' - "$work"

check 'the set-aside batch stays listed' sh -c '"$1" batch show --office "$2" | grep -q "^set aside"' - "$program" "$work/restored"
check 'proxy entry is marked where it was sent' sh -c '"$1" batch show --office "$2" | grep "^sent" | head -n 1 | grep -q "initial  *proxy"' - "$program" "$work/city"
check 'and where it was received' sh -c '"$1" batch show --office "$2" | grep "^received" | head -n 1 | grep -q "initial  *proxy"' - "$program" "$work/centre"

# --- the slip ---
id=$(office centre batch show "$work"/one/*.age 2>/dev/null | sed -n 's/^id  *//p' | tr -d ' ')
groups=$(printf '%s' "$id" | cut -c1-32 | sed 's/..../& /g; s/ $//')
check 'the sender prints the slip from its own books' exits 0 office city batch show "$(printf '%s' "$id" | cut -c1-12)" --print
check 'with the id in eight groups' says "    $groups"
check 'the count' sh -c 'grep -q "^birth  *3  *3  *0  *0  *0$" "$1"' - "$work/stdout"
check 'and the proxy entry' says 'proxy entry       保健所0101 for 札幌市'
check 'no sum of three records' sh -c '! grep -q 3021 "$1" && grep -q "fewer than 10 records" "$1"' - "$work/stdout"
check 'on one page' test "$(wc -l <"$work/stdout")" -le 60
check 'in Japanese' sh -c '"$1" batch show "$2" --print --lang ja --office "$3" | head -n 1 | grep -q 送付書' - "$program" "$(printf '%s' "$id" | cut -c1-12)" "$work/city"
check 'as HTML' sh -c '"$1" batch show "$2"/one/*.age --html --office "$2/centre" | grep -q "<th scope=\"row\">birth</th>"' - "$program" "$work"
check 'the receiver prints the same' sh -c '"$1" batch show "$2"/one/*.age --print --office "$2/centre" >"$2/there" && cmp "$2/there" "$2/stdout"' - "$program" "$work"
check 'the stores verify' sh -c 'for o in city centre restored; do "$1" store verify --office "$2/$o" || exit 1; done' - "$program" "$work"

printf 'batches: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
