#!/bin/sh
# test_ledger.sh -- a month from the first batch to the final cut-off, as two offices meet it: states, decisions that reach the sender, cut-offs, the red
# banner, the picture. Ends with `ledger: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_LANG=en SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-01-18T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_LANG SHIRABE_FORMS SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
unset SHIRABE_OFFICE 2>/dev/null || true
printf 'a passphrase of the tests\n' >"$work/pass"
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 12 "$work/said"; fi
}
exits() { # status, office, command
  want=$1 office=$2; shift 2; status=0
  (cd "$work" && "$program" "$@" --office "$office") >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; cat "$work/out" "$work/err"; false; }
}
shows() { grep -qE -- "$1" "$work/out" || { echo "not shown: $1"; cat "$work/out"; false; }; }
says() { grep -qF -- "$1" "$work/err" || { echo "not said: $1"; cat "$work/err"; false; }; }
city=municipality-012025 pref=prefecture-010006

check 'a prefecture' exits 0 pref office init --type prefecture --code 010006 --name 北海道 --profile light
check 'a city below it' exits 0 city office init --type municipality --code 012025 --name 函館市 --profile light --parent pref/office.json
check 'enrolled' exits 0 pref office key city/office.json
header=$(sed -n "s/^slip_header='\(.*\)'$/\1/p" "$root/tests/golden/bad_input_csv.sh")
slip='012025,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,1,1,1,39,3,2,0,2,1'
slips() { printf '%s\n' "$header"; for n in "$@"; do printf '%s\n' "$slip" | sed "s/NUMBER/$n/"; done; }
slips 1 2 3 6 7 >"$work/one.csv"; slips 9 >"$work/two.csv"; slips 4 >"$work/three.csv"
printf 'office,name,parent,survey,forms,since,until,successor,expected\n' >"$work/head"
{ cat "$work/head"; printf '%s,函館市,%s,vital,birth,,,,\nmunicipality-013331,旧町,%s,vital,birth,,2025-12-31,%s,\nmunicipality-011002,札幌市,%s,vital,birth,,,,\n' $city $pref $pref $city $pref; } >"$work/roster.csv"
{ cat "$work/head"; printf 'municipality-013331,旧町,%s,vital,birth,,2025-12-31,municipality-999999,\n' $pref; } >"$work/hole.csv"
check 'a merger into an office that is not on the roster is refused' exits 65 pref ledger roster hole.csv
check 'naming the successor' says municipality-999999
check 'the roster' exits 0 pref ledger roster roster.csv
check 'the roster as it stands' exits 0 pref ledger roster
cp "$work/out" "$work/roster_out.csv"
check 'begins with its columns' sh -c 'head -n 1 "$1" | grep -q "^office,name,parent,survey,forms,since,until,successor,expected$"' - "$work/roster_out.csv"
check 'and has every line' test "$(wc -l <"$work/roster_out.csv")" -eq "$(wc -l <"$work/roster.csv")"
check 'it can be taken in again' exits 0 pref ledger roster roster_out.csv
check 'and is the same then' exits 0 pref ledger roster
check 'to the byte' cmp "$work/out" "$work/roster_out.csv"
check 'the city takes its file in' exits 0 city intake file one.csv --form vital/birth --period 2026-01
check 'and seals' exits 0 city batch seal vital 2026-01 --declared birth=5 --out usb
check 'the prefecture receives' exits 0 pref batch receive --from usb --receipts receipts

# --- the banner at the sender ---
later() { SHIRABE_CLOCK=2026-02-10T00:00:00Z; export SHIRABE_CLOCK; }
check 'a young batch without receipt raises no banner' exits 0 city batch show
check 'no banner yet' sh -c '! grep -q "NO RECEIPT" "$1"' - "$work/err"
later
check 'an old one does, and the exit status stays' exits 0 city batch show
check 'on stderr' says 'NO RECEIPT: vital 2026-01 #1 was sent 23 days ago'
check 'with what to do' says 'shirabe ledger gaps vital 2026-01'
check 'not among the data' sh -c '! grep -q "NO RECEIPT" "$1"' - "$work/out"
check 'the receipt ends it' exits 0 city batch receipt "receipts/receipt-vital-2026-01-$city-000001.tar.zst.age"
check 'it is quiet now' exits 0 city ledger gaps vital 2026-01
check 'no banner any more' sh -c '! grep -q "NO RECEIPT" "$1"' - "$work/err"

# --- who has reported ---
check 'an office is missing: exit 1' exits 1 pref ledger status vital 2026-01
check 'shouting' shows 'municipality-011002.*!! missing !!'
check 'the merged one is not' sh -c '! grep -q 013331 "$1"' - "$work/out"
check 'the picture' exits 1 pref ledger status vital 2025-11..2026-02
check 'a letter per month, the merged office out of the picture from January on' shows '^municipality-013331 +MM --'
check 'the city: two months missing, one here, one not due' shows '^municipality-012025 +MM R\.'
check 'CSV' exits 1 pref ledger status vital 2026-01 --csv
check 'of keys' shows "^$city,2026-01,received\$"
check 'a page' exits 1 pref ledger status vital 2025-11..2026-02 --html page.html --lang ja
check 'states stand as letter and text, heads have their scope' sh -c 'grep -q "<b>M</b><span>未着</span>" "$1" && grep -q "scope=\"col\"" "$1" && grep -q "scope=\"row\"" "$1" && grep -q "lang=\"ja\"" "$1"' - "$work/page.html"
check 'and fetches nothing' sh -c '! grep -qE "https?:|src=|<script" "$1"' - "$work/page.html"
check 'no period' exits 64 pref ledger status vital 2026-01..2025-12

# --- the event book: 1 2 3 6 7 came, and another office has a book of its own ---
check 'numbers are missing' exits 1 pref ledger gaps vital 2026-01 --books
check 'as a range, of office, form and year' shows "^book_missing +$city birth book 2025: 4-5 not here \\(2\\)\$"
check 'one range only' test "$(grep -c '^book' "$work/out")" -eq 1

# --- decisions ---
check 'a month is sent back only with a reason' exits 64 pref ledger return vital 2026-01 $city --receipts receipts
check 'sent back' exits 0 pref ledger return vital 2026-01 $city --reason 'slips 4 and 5 are missing' --receipts receipts
check 'the sender hears it' exits 0 city batch receipt "receipts/receipt-vital-2026-01-$city-000001.tar.zst.age"
check 'and is told whenever it opens its store' exits 0 city batch show
check 'by whom' says "RETURNED: $pref has sent vital 2026-01 back"
check 'and why' exits 0 city ledger history vital 2026-01
check 'the reason' shows 'slips 4 and 5 are missing'
check 'which rests sealed' sh -c '! grep -aq "slips 4 and 5" "$1"/city/store.db* "$1"/pref/store.db*' - "$work"
check 'the city answers' exits 0 city intake file two.csv --form vital/birth --period 2026-01
check 'with a second batch' exits 0 city batch seal vital 2026-01 --declared birth=1 --out usb2
check 'that ends the banner' exits 0 city batch show
check 'it does' sh -c '! grep -q RETURNED "$1"' - "$work/err"
check 'received' exits 0 pref batch receive --from usb2 --receipts receipts
check 'which makes the month late and open again' exits 1 pref ledger status vital 2026-01
check 'late' shows "^$city .* late "
check 'a parent waits for all its children' exits 1 pref ledger approve vital 2026-01 $pref --receipts receipts
check 'naming the first' says 'municipality-011002 is missing (and 1 more)'
check 'what is not approved cannot be final' exits 1 pref ledger accept vital 2026-01 $city --receipts receipts
check 'approved' exits 0 pref ledger approve vital 2026-01 $city --receipts receipts
check 'an office cannot reopen itself' exits 77 city ledger reopen vital 2026-01 $city --reason x
check 'declared impossible' exits 0 pref ledger disaster municipality-011002 --since 2026-01-15 --reason 'no access to the building'
check 'a gap of its own kind' exits 1 pref ledger gaps vital 2026-01
check 'named' shows '^disaster +municipality-011002'
check 'and no longer missing' sh -c '! grep -q "^missing" "$1"' - "$work/out"
check 'the first cut-off' exits 0 pref ledger snapshot vital 2026-01 概数
check 'is never taken again' exits 1 pref ledger snapshot vital 2026-01 gaisu
check 'nor followed by an earlier kind' exits 1 pref ledger snapshot vital 2026-01 速報
check 'final' exits 0 pref ledger accept vital 2026-01 $city --receipts receipts
check 'the sender learns it' exits 0 city batch receipt "receipts/receipt-vital-2026-01-$city-000002.tar.zst.age"
check 'more slips' exits 0 city intake file three.csv --form vital/birth --period 2026-01
check 'are not sealed into a final month' exits 77 city batch seal vital 2026-01 --declared birth=1 --out usb3
check 'saying who holds it' says "$pref"
check 'reopened above' exits 0 pref ledger reopen vital 2026-01 $city --reason 'one slip was found' --receipts receipts
check 'the sender learns that too' exits 0 city batch receipt "receipts/receipt-vital-2026-01-$city-000002.tar.zst.age"
check 'and seals' exits 0 city batch seal vital 2026-01 --declared birth=1 --out usb3
check 'received again' exits 0 pref batch receive --from usb3 --receipts receipts
check 'the final cut-off waits for approval' exits 1 pref ledger snapshot vital 2026-01 kakutei
check 'of the city' says "$city late (1)"
check 'approved again' exits 0 pref ledger approve vital 2026-01 $city --receipts receipts
check 'now' exits 0 pref ledger snapshot vital 2026-01 確定
check 'from 概数 to 確定' exits 1 pref ledger diff vital 2026-01 概数 確定
check 'seven births instead of six' shows '^birth +all +6 +7 +\+1$'
check 'nothing since' exits 0 pref ledger diff vital 2026-01 kakutei now
check 'the list' exits 0 pref ledger snapshots vital 2026-01
check 'one batch after the first' shows '^preliminary .* 2 +6 +6 +0 +1 '
check 'signed off' exits 0 pref ledger approve vital 2026-01 $pref --receipts receipts
check 'after which nothing below is taken back' exits 77 pref ledger reopen vital 2026-01 $city --reason x --receipts receipts

# --- the counts ---
check 'the books balance' exits 0 pref ledger balance vital 2026-01 --by level
check 'from level to level' shows '^prefecture +1 +0 +0 +7 +0 +7$'

# --- counts that are hard to believe ---
check 'nothing to compare with' exits 0 pref ledger alerts vital 2026-01
check 'said' says '0 cells compared'
check 'with where the band comes from' says 'proposed thresholds, confirmed by no ministry'
sed "s/^\($city,.*\),\$/\1,30/" "$work/roster.csv" >"$work/expected.csv"
check 'thirty are expected' exits 0 pref ledger roster expected.csv
check 'seven are not thirty' exits 1 pref ledger alerts vital 2026-01
check 'of which office and form' shows "^soft +$city +birth +7 +30.0 +expected count\$"
printf 'office,form,count\n%s,birth,7\n' $city >"$work/register.csv"
check 'the register agrees' exits 0 pref ledger reconcile vital 2025-02..2026-01 register.csv
printf 'office,form,count\n%s,birth,8\n' $city >"$work/register.csv"
check 'one in eight is more than 3 %' exits 1 pref ledger reconcile vital 2025-02..2026-01 register.csv
check 'named' shows "^$city birth register 8, here 7 \\(-1\\)\$"
printf 'office,form,count\n%s,birth,many\n' $city >"$work/register.csv"
check 'a count that is none' exits 65 pref ledger reconcile vital 2025-02..2026-01 register.csv
check 'at its line' says 'register.csv:2'

printf 'ledger: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
