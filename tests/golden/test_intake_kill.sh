#!/bin/sh
# test_intake_kill.sh -- `intake file` is killed at a durable write, later each time until it gets through. KILL_STEP=1 tries every write, the default every
# seventh. After every kill the office opens, verifies, and
# holds either nothing or the whole file; the run after a kill succeeds or answers "already taken in".
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
{ header; slip_number 1; slip_number 2; slip_number 2; } >"$work/slips.csv"
"$program" office init --type municipality --code 011002 --name 札幌市 --profile light >"$work/log" 2>&1 || { cat "$work/log"; echo "intake killed: 0 passed, 1 failed"; exit 1; }
cp -R "$work/office" "$work/office.new"

passed=0 failed=0 finished=0
fail() { failed=$((failed + 1)); printf 'FAILED at write %s: %s\n' "$n" "$1"; cat "$work/log"; }
counts() { "$program" intake check --json 2>>"$work/log" | sed 's/.*"rows":\([0-9]*\),"accepted":\([0-9]*\),"rejected":\([0-9]*\),"duplicate":\([0-9]*\).*/\1 \2 \3 \4/'; }
step=${KILL_STEP:-7}
n=$((1 - step))
while [ "$n" -lt 3000 ]; do
  n=$((n + step))
  rm -rf "$work/office"
  cp -R "$work/office.new" "$work/office"
  : >"$work/log"
  SHIRABE_FAULT=kill:$n "$program" intake file "$work/slips.csv" --form vital/birth --period 2025-12 >/dev/null 2>>"$work/log"
  status=$?
  [ "$status" -eq 137 ] || { finished=1; [ "$status" -eq 1 ] || fail "exit $status without a kill"; break; }
  "$program" store verify >>"$work/log" 2>&1 || { fail "the store does not verify"; continue; }
  held=$(counts)
  case $held in '[]' | '3 2 0 1') ;; *) fail "half a file: $held"; continue ;; esac
  "$program" intake file "$work/slips.csv" --form vital/birth --period 2025-12 >>"$work/log" 2>&1
  again=$?
  held=$(counts)
  { [ "$again" -le 1 ] && [ "$held" = '3 2 0 1' ]; } || { fail "the second try ends with $again and holds $held"; continue; }
  passed=$((passed + 1))
done
[ "$finished" -eq 1 ] && [ "$n" -gt 5 ] || fail "only $n writes were seen, or never an end"
printf 'intake killed: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
