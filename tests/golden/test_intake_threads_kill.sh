#!/bin/sh
# test_intake_threads_kill.sh -- a file large enough for two threads, while a durable write kills the program, finds the disk full or fails. KILL_STEP=1
# tries every write, the default every 229th. After every fault the office opens, verifies and holds nothing or the whole file; the run
# after it succeeds or answers "already taken in", and 5 is known as a duplicate: the pages of record keys are with the records or not there.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_OFFICE=$work/office SHIRABE_PASSPHRASE_FILE=$work/pass SHIRABE_CLOCK=2026-01-10T00:00:00Z
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_CLOCK
printf 'a passphrase of the tests\n' >"$work/pass"
chmod 600 "$work/pass"
. ./tests/golden/bad_input_csv.sh
rows=29000
{ header; slip_number NUMBER | awk -v n="$rows" '{ for (i = 1; i <= n; i++) { row = $0; sub("NUMBER", i, row); print row } }'; slip_number 5; } >"$work/slips.csv"
{ header; slip_number 5; slip_number "$rows"; slip_number $((rows + 1)); } >"$work/later.csv"
"$program" office init --type municipality --code 011002 --name 札幌市 --profile light >"$work/log" 2>&1 || { cat "$work/log"; echo "two threads: 0 passed, 1 failed"; exit 1; }
cp -R "$work/office" "$work/office.new"

passed=0 failed=0
whole="$((rows + 1)) $rows 0 1"
fail() { failed=$((failed + 1)); printf 'FAILED %s at write %s: %s\n' "$kind" "$n" "$1"; tail -5 "$work/log"; }
take() { "$program" intake file "$work/$1" --form vital/birth --period 2025-12 --threads 2 >>"$work/log" 2>&1; }
counts() { "$program" intake check --json 2>>"$work/log" | sed 's/.*"rows":\([0-9]*\),"accepted":\([0-9]*\),"rejected":\([0-9]*\),"duplicate":\([0-9]*\).*/\1 \2 \3 \4/'; }
settled() { # the store as it was left
  "$program" store verify >>"$work/log" 2>&1 || { fail "the store does not verify"; return 1; }
  held=$(counts)
  case $held in '[]' | "$whole") ;; *) fail "half a file: $held"; return 1 ;; esac
  take slips.csv
  again=$?
  held=$(counts)
  { [ "$again" -le 1 ] && [ "$held" = "$whole" ]; } || { fail "the second try ends with $again and holds $held"; return 1; }
  take later.csv
  case "$("$program" intake check --json 2>>"$work/log")" in
    *'"rows":3,"accepted":1,"rejected":0,"duplicate":2'*) ;;
    *) fail "keys of the file are not known"; return 1 ;;
  esac
  "$program" store verify >>"$work/log" 2>&1 || { fail "the store does not verify at the end"; return 1; }
}

step=${KILL_STEP:-229}
for kind in kill enospc eio; do
  n=$((1 - step + 30)) finished=0 tried=0
  [ "$step" -gt 30 ] || n=$((1 - step))
  while [ "$n" -lt 9000 ]; do
    n=$((n + step))
    [ "$n" -ge 1 ] || continue
    rm -rf "$work/office"
    cp -R "$work/office.new" "$work/office"
    : >"$work/log"
    SHIRABE_FAULT=$kind:$n
    export SHIRABE_FAULT
    take slips.csv 2>/dev/null
    status=$?
    unset SHIRABE_FAULT
    if [ "$status" -le 1 ]; then finished=1; held=$(counts); [ "$held" = "$whole" ] || fail "exit $status and holds $held"; [ "$kind" = kill ] && break; fi
    tried=$((tried + 1))
    settled && passed=$((passed + 1))
    [ "$finished" -eq 0 ] || break
  done
  [ "$finished" -eq 1 ] && [ "$tried" -gt 3 ] || fail "only $tried writes were tried, or never an end"
done
printf 'two threads: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
