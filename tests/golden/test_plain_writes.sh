#!/bin/sh
# test_plain_writes.sh -- row 19: every write that the month of a town and its prefecture makes to a file is looked at as it happens (strace), files that are gone a
# moment later among them: intake of a CSV and of a workbook, seal, receive, edits, queries, verification, a job, and SQLite sorting and vacuuming with a tiny cache.
# No planted answer is among the bytes. Sockets, pipes and memory files are no disk. Ends with `plain writes: N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='plain writes'
command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null || { printf '%s: 0 passed, 0 failed, 1 skipped\n' "$title"; exit 0; }
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
. ./tests/golden/bad_input_xlsx.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-01-10T00:00:00Z TMPDIR=$work/tmp
export SHIRABE_FORMS SHIRABE_CLOCK TMPDIR
mkdir -p "$work/tmp" "$work/usb"
{ header; slip_number 7719284; slip_number 7741903; slip_number 7741903; slip_number 7755217 | sed 's/,3021,/,東雲紫苑之助,/'; } >"$work/slips.csv"
{ header; slip_number 7766001; } >"$work/more.csv"
xlsx_of sheet <"$work/more.csv" >"$work/more.xlsx"
. ./tests/golden/traced.sh
{ number 7719284; number 7741903; number 7755217; number 7766001; text 東雲紫苑之助; } >"$work/patterns"
traced() { # what, allowed statuses, command ...
  step=$1 allowed=$2; shift 2
  status=0
  trace_writes "$@" || status=$?
  case " $allowed " in *" $status "*) good=0 ;; *) good=1 ;; esac
  check "$step: it ran (exit $status)" test "$good" -eq 0
  check "$step: writes were seen" test "$(wc -l <"$work/writes")" -ge "${least:-5}"
  check "$step: no answer among them" sh -c '! grep -nF -f "$1" "$2" | cut -c1-200 | grep .' sh "$work/patterns" "$work/writes"
}
new_city() { setup city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/prefecture/office.json"; }
setup prefecture office init --type prefecture --code 010006 --name 北海道 --profile light
new_city
setup prefecture office key "$work/city/office.json"
traced 'intake of a CSV' '0 1' "$program" intake file "$work/slips.csv" --form vital/birth --period 2025-12 --office "$work/city"
traced 'intake of a workbook' '0 1' "$program" intake file "$work/more.xlsx" --form vital/birth --period 2025-12 --office "$work/city"
accepted=$("$program" store show --json --office "$work/city" 2>/dev/null | sed -n 's/.*"dataset":"vital\/birth\/2025-12\/received"[^}]*"rows":\([0-9]*\).*/\1/p')
traced 'seal' 0 "$program" batch seal vital 2025-12 --declared "birth=${accepted:-3}" --declared death=0 --out "$work/usb" --office "$work/city"
traced 'receive' 0 "$program" batch receive --from "$work/usb" --receipts "$work/usb" --office "$work/prefecture"
traced 'edits' '0 1' "$program" process run vital/birth 2025-12 --office "$work/prefecture"
traced 'questions' 0 "$program" query ask vital 2025-12 --office "$work/prefecture"
traced 'possible doubles' '0 1' "$program" intake duplicates vital 2025-12 --office "$work/prefecture"
traced 'verification' 0 "$program" store verify --open --office "$work/prefecture"
traced 'a job' 0 "$program" store job --dataset vital/birth --period 2025-12 --columns event_book_no --purpose 32-i --office "$work/prefecture" -- awk -F, 'NR > 1 {print $1 > "numbers"}' ../in/data.csv
traced 'a session' 0 "$program" store unlock --office "$work/prefecture" -- "$program" store verify --open --office "$work/prefecture"
[ -x "$BUILD/tests/fault/test_spill" ] && { CMOCKA_TEST_FILTER=row19; export CMOCKA_TEST_FILTER; traced 'SQLite beyond its cache' 0 "$BUILD/tests/fault/test_spill"; }

# The test of the test: the same bytes written to a file are found.
printf 'x%sx' 7719284 >"$work/planted"
strace -f -y -xx -s 4000000 -e trace=write -o "$work/trace" sh -c 'printf "a7719284b" >"$1"' sh "$work/planted2"
files "$work/trace" >"$work/writes"
check 'a planted number is found' grep -qF -f "$work/patterns" "$work/writes"
strace -f -y -xx -s 4000000 -e trace=write -o "$work/trace" sh -c 'printf 東雲紫苑之助 >"$1"' sh "$work/planted2"
files "$work/trace" >"$work/writes"
check 'a planted text is found' grep -qF -f "$work/patterns" "$work/writes"
printf '%s: %s passed, %s failed, 0 skipped\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
