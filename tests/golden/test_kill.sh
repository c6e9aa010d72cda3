#!/bin/sh
# test_kill.sh -- kill -9 at every durable step of `intake file`, `batch seal`, `batch receive`, of a correction, a withdrawal and of receiving both in parts, and a full disk at a spread of them: afterwards the same
# command is run again without the fault, and the office must hold exactly what an undisturbed run leaves: the same books, content hashes and batch id, a
# store that verifies. Each step starts from a copy of the same office. KILL_STRIDE=1 tries every step (about 750, some minutes); else every ninth.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z SHIRABE_PASSPHRASE_FILE=$work/pass
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE
printf 'a passphrase of the tests\n' >"$work/pass"
office() { folder=$1; shift; "$program" "$@" --office "$work/$folder" --quiet; }
setup() { office "$@" >>"$work/setup" 2>&1 || { echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'kill: 0 passed, 1 failed'; exit 1; }; }

# Two records are enough: the steps are counted, not the rows.
header=$(sed -n "s/^slip_header='\(.*\)'$/\1/p" tests/golden/bad_input_csv.sh)
slip='011002,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,1,1,1,39,3,2,0,2,1'
{ printf '%s\n' "$header"; for n in 1 2; do printf '%s\n' "$slip" | sed "s/NUMBER/$n/"; done; } >"$work/births.csv"
# Notes below the table that do not compress make the batch larger than a part.
{ printf '%s\n' "$header"; for n in 1 2; do printf '%s\n' "$slip" | sed "s/NUMBER/$n/; s/,3021,/,2900,/"; done
  awk 'BEGIN { x = 7; for (i = 0; i < 3000; i++) { line = ""; for (k = 0; k < 10; k++) { x = (x * 69069 + 1) % 4294967296; line = line sprintf("%06x", int(x / 256)) } print "note " line } }'; } >"$work/corrected.csv"
setup centre office init --type health_centre --code 0101 --name 保健所0101 --profile light
setup city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/centre/office.json"
setup centre office key "$work/city/office.json"

intake() { office "$1" intake file "$work/births.csv" --form vital/birth --period 2025-12; }
seal() { office "$1" batch seal vital 2025-12 --declared birth=2 --out "$work/media-$1"; }
# Sealed and only the file lost: the batch is written again by its number.
seal_again() { seal "$1" || office "$1" batch seal vital 2025-12 --again 1 --out "$work/media-$1"; }
# Run again after it was done, a correction finds nothing to correct and says so with 1.
correct() { office "$1" intake file "$work/corrected.csv" --form vital/birth --period 2025-12 --correct; s=$?; [ "$s" -ne 1 ] || s=0; return "$s"; }
withdraw() { office "$1" intake withdraw --form vital/birth --period 2025-12 --key municipality_code=011002 --key event_book_year=2025 --key event_book_no=2 --reason duplicate; }
receive_parts() { office "$1" batch receive --from "$work/parts" --receipts "$work/receipts"; }
receive() { office "$1" batch receive "$work/medium.age" --receipts "$work/receipts"; }
# What the office holds: rows and content hash of every shard, the books, what was sent and received (without times, and without the id of a batch sealed
# here: it is salted, so no two seals are alike).
holds() {
  office "$1" estimate run vital 2025-12 --table births_month_sex --stage received --json 2>/dev/null | grep -o '"batch":"[^"]*","sender":"[^"]*","content_hash":"[^"]*","rows":[0-9]*'
  office "$1" intake check --json 2>/dev/null | grep -o '"\(accepted\|rejected\|duplicate\)":[0-9]*'
  office "$1" ledger balance vital 2025-12 2>/dev/null
  office "$1" batch show 2>/dev/null | sed '/^sent/s/[0-9a-f]*$//'
}

stride=${KILL_STRIDE:-9}
passed=0 failed=0
report() { failed=$((failed + 1)); printf 'FAILED %s\n' "$*"; tail -n 4 "$work/err"; }
one_fault() { # command, office to copy, fault; leaves its exit status in $status
  rm -rf "$work/trial" "$work/media-trial" "$work/receipts"
  cp -R "$work/$2" "$work/trial"
  SHIRABE_FAULT=$3 "$1" trial >"$work/out" 2>"$work/err"
  status=$?
}
then_again() { # command, fault
  again=$1
  [ "$1" != seal ] || again=seal_again
  "$again" trial >"$work/out" 2>"$work/err" || { report "$1 $2: the second run ends with $?"; return; }
  holds trial >"$work/now"
  cmp -s "$work/expected-$1" "$work/now" || { diff "$work/expected-$1" "$work/now" >"$work/err"; report "$1 $2: the office holds something else"; return; }
  if [ "$1" = seal ] && [ "$(find "$work/media-trial" -name '*.age' | wc -l)" -ne 1 ]; then report "$1 $2: not one batch file"; return; fi
  office trial store verify >"$work/out" 2>"$work/err" || { report "$1 $2: store verify"; return; }
  passed=$((passed + 1))
}
try() { # command, office to start from
  rm -rf "$work/expected" "$work/media-expected"
  cp -R "$work/$2" "$work/expected"
  setup_office=expected
  "$1" $setup_office >"$work/out" 2>"$work/err" || { report "$1 without a fault"; return; }
  holds expected >"$work/expected-$1"
  [ -s "$work/expected-$1" ] || { report "$1: nothing to compare"; return; }
  n=$((1 - stride)) status=137
  while [ "$status" -eq 137 ] && [ "$n" -lt 2000 ]; do
    n=$((n + stride))
    one_fault "$1" "$2" "kill:$n" 2>/dev/null
    [ "$status" -eq 137 ] || [ "$status" -eq 0 ] || { report "$1 kill:$n ends with $status"; continue; }
    then_again "$1" "kill:$n"
  done
  [ "$n" -gt 5 ] || report "$1 has only $n durable steps"
  last=$n n=2
  while [ "$n" -lt "$last" ]; do
    one_fault "$1" "$2" "enospc:$n"
    [ "$status" -ne 137 ] || report "$1 enospc:$n was killed"
    then_again "$1" "enospc:$n"
    n=$((n + 5 * stride))
  done
  printf '%s: completes before step %s, every %s. step tried\n' "$1" "$last" "$stride"
}
try intake city
setup city intake file "$work/births.csv" --form vital/birth --period 2025-12
try seal city
setup city batch seal vital 2025-12 --declared birth=2 --out "$work/media-city"
mv "$work"/media-city/*.age "$work/medium.age"
try receive centre
setup centre batch receive "$work/medium.age" --receipts "$work/receipts"
try correct city
correct city >>"$work/setup" 2>&1
try withdraw city
withdraw city >>"$work/setup" 2>&1
setup city batch seal vital 2025-12 --declared birth=3 --volume-size 64KiB --out "$work/parts"
[ "$(find "$work/parts" -name '*.vol' | wc -l)" -gt 1 ] || report 'the batch is not in parts'
try receive_parts centre
printf 'kill: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
