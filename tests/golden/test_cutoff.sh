#!/bin/sh
# test_cutoff.sh -- 速報 概数 確定: figures of a month as it had been received at a cut-off, after a late city, a correction and a withdrawal; processing,
# releases and explanations from it; a store that cannot give it back any more. Ends with `cutoff: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=cutoff
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
SHIRABE_FORMS=$PWD/forms
kind=vital/birth
setup pref office init --type prefecture --code 010006 --name 北海道 --profile light
for code in 011002 012025; do
  setup "$code" office init --type municipality --code "$code" --name "市$code" --profile light --parent "$work/pref/office.json"
  setup pref office key "$work/$code/office.json"
done
{ echo office,name,parent,survey,forms,since,until
  echo 'municipality-011002,市011002,prefecture-010006,vital,birth,,'
  echo 'municipality-012025,市012025,prefecture-010006,vital,birth,,'; } >"$work/roster.csv"
setup pref ledger roster "$work/roster.csv"
slips() { header; for n in "$@"; do slip_number "$n"; done; }
take() { city=$1; shift; office "$city" intake file "$@" --form $kind --period 2025-12 >"$work/out" 2>&1 || [ $? -eq 1 ] || { cat "$work/out"; exit 1; }; }
sent=0
send() { # city, declared
  sent=$((sent + 1))
  setup "$1" batch seal vital 2025-12 --declared "birth=$2" --out "$work/usb$sent"
  setup pref batch receive --from "$work/usb$sent" --receipts "$work/receipts$sent"
}
count() { # option ...: births in the table of months and sexes, of all received
  office pref estimate run vital 2025-12 --table births_month_sex --stage received --json "$@" 2>"$work/err" >"$work/out" || return
  grep -o '"content_hash":"[^"]*","rows":[0-9]*' "$work/out" | awk -F: '{n += $NF} END {print n + 0}'
}
counts() { want=$1; shift; got=$(count "$@"); [ "$got" = "$want" ] || { echo "counted $got, expected $want"; cat "$work/err"; false; }; }
figures() { office pref estimate run vital 2025-12 --stage received --json "$@" >"$work/$figures" 2>/dev/null; }

# --- the flash: three births of the first city ---
slips 1 2 3 >"$work/first.csv"
take 011002 "$work/first.csv"
send 011002 3
check 'nothing was cut off yet' exits 66 pref estimate run vital 2025-12 --stage received --cutoff sokuho
check 'and it says what to do' tells 'shirabe ledger snapshot'
check 'the flash, without the second city' exits 1 pref ledger snapshot vital 2025-12 sokuho
check 'three births' counts 3
check 'three at the cut-off' counts 3 --cutoff sokuho
figures=flash; figures --cutoff sokuho

# --- since then: the second city, one weight corrected, one slip withdrawn ---
slips 11 12 | sed 's/^011002,/012025,/' >"$work/second.csv"
take 012025 "$work/second.csv"
send 012025 2
slips 1 2 3 | sed '3s/,3021,/,2900,/' >"$work/corrected.csv"
take 011002 "$work/corrected.csv" --correct
send 011002 1
office 011002 intake withdraw --form $kind --period 2025-12 --key municipality_code=011002 --key event_book_year=2025 --key event_book_no=3 --reason duplicate >"$work/out" 2>&1
send 011002 1
check 'now there are four' counts 4
check 'the flash has its three' counts 3 --cutoff sokuho
figures=again; figures --cutoff sokuho
check 'to the last bit' cmp "$work/flash" "$work/again"
check 'the tables say so' grep -q 'as received until the cut-off sokuho, content [0-9a-f]*' "$work/again"
count >"$work/four"
check 'those of now do not' sh -c '! grep -q "cut-off" "$1"' - "$work/out"
check 'another cut-off' exits 0 pref ledger snapshot vital 2025-12 gaisu
check 'has the four' counts 4 --cutoff gaisu
check 'and the flash its three' counts 3 --cutoff sokuho
check 'one that is no name' exits 64 pref estimate run vital 2025-12 --cutoff yesterday

# --- processed, released and explained as of the cut-off ---
check 'all of the month at the cut-off' exits 1 pref run vital 2025-12 --cutoff sokuho --out "$work/release"
check 'processed are three' prints 'birth: 3 records'
check 'its lineage names the cut-off' sh -c 'grep -q "\"cutoff\":{\"content\":\"[0-9a-f]\{64\}\",\"name\":\"sokuho\"}" "$1"/vital-2025-12-*/lineage.json' - "$work/release"
first=$(basename "$work"/release/vital-2025-12-*)
check 'the whole month' exits 0 pref run vital 2025-12 --out "$work/release"
check 'processed are four' prints 'birth: 4 records'
check 'a figure of the first release is not explained from what is processed now' exits 65 pref explain "$first/births_month_sex?event_month=11&event_year=2025&sex=2:count()"
check 'what is processed is not of the flash: stale' exits 65 pref estimate run vital 2025-12 --cutoff sokuho
check 'processed anew for the flash' exits 0 pref process run $kind 2025-12 --cutoff sokuho
check 'it estimates' exits 0 pref estimate run vital 2025-12 --table births_month_sex --cutoff sokuho
check 'the same release again' exits 1 pref run vital 2025-12 --cutoff sokuho --out "$work/release2"
check 'has the same name' test -d "$work/release2/$first"
check 'and the same bytes' cmp "$work/release/$first/lineage.json" "$work/release2/$first/lineage.json"
check 'also of what says that it is incomplete' cmp "$work/release/$first/release.json" "$work/release2/$first/release.json"
check 'an office that was missing then is missing in it' grep -q '"taint":"incomplete: 1 offices were missing at the cut-off sokuho"' "$work/release/$first/release.json"
check 'the list of cut-offs has the rows of then' exits 0 pref ledger snapshots vital 2025-12
check 'three and four' sh -c 'grep -q "flash .* 3  *1" "$1" && grep -q "preliminary .* 4  *0" "$1"' - "$work/out"
check 'what lies between two' exits 1 pref ledger diff vital 2025-12 sokuho gaisu
check 'their rows' prints 'current rows: 3, 4; other content'
check 'a figure of it is explained' exits 0 pref explain "$first/births_month_sex?event_month=11&event_year=2025&sex=2:count()"

# --- a store that was tampered with ---
cp -R "$work/pref" "$work/forged"
sqlite3 "$work/forged/store.db" "UPDATE cutoff SET last_segment = last_segment + 1000 WHERE name = 'sokuho'" 2>/dev/null
check 'another place of the cut-off is found out' exits 65 forged estimate run vital 2025-12 --stage received --cutoff sokuho
check 'with its number' tells E3991
check 'in Japanese' exits 65 forged estimate run vital 2025-12 --stage received --cutoff sokuho --lang ja
check 'with the remedy' tells 'store verify'
finish
