#!/bin/sh
# test_demo.sh -- the demonstration in a small size (4 municipalities, 1 health centre, 1 prefecture, the ministry, 40 establishments) with its checks, and
# what it leaves behind: nothing in clear, nothing twice, nothing that depends on the order of arrival.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
bin=$(cd "$BUILD" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
check() { # what, command...
  what=$1; shift
  if "$@" >"$scratch/out" 2>&1; then passed=$((passed + 1))
  else
    failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 12 "$scratch/out"
  fi
}
not() { ! "$@"; }
exits() { want=$1; shift; status=0; "$@" || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }; }

# --- the generator ---
for name in one two; do "$bin/tests/demo/generate" --small --seed 5 "$scratch/$name"; done
"$bin/tests/demo/generate" --small --seed 6 "$scratch/three"
check 'the same seed gives the same bytes' diff -r "$scratch/one" "$scratch/two"
check 'another seed gives other records' not cmp -s "$scratch/one/vital/012025-birth.csv" "$scratch/three/vital/012025-birth.csv"

# --- the whole demonstration ---
mkdir "$scratch/kept"
TMPDIR=$scratch/kept SMALL=1 KEEP=1 tests/demo/demo.sh >"$scratch/demo.txt" 2>&1
status=$?
[ "$status" -eq 0 ] || { cat "$scratch/demo.txt"; printf 'demo: %s passed, %s failed\n' "$passed" $((failed + 1)); exit 1; }
passed=$((passed + 1))
work=$(echo "$scratch"/kept/shirabe-demo.*)
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-03-10T08:00:00Z
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK
in_office() { # folder, office whose passphrase opens it, command...
  folder=$1 key=$2; shift 2
  SHIRABE_PASSPHRASE_FILE=$work/keys/$key "$bin/shirabe" "$@" --office "$folder" --quiet
}
datasets() { in_office "$1" "$2" store show --json 2>/dev/null | tr '{' '\n' | grep '"root"' | grep '/received' | grep -o '"\(dataset\|root\|rows\|name\)":"\{0,1\}[^",]*' | sort; }
ministry=$work/offices/ministry-mhlw

check 'the lost month ends ledger status with 1' exits 1 in_office "$ministry" ministry-mhlw ledger status vital 2026-01
check 'the lost month is named' grep -q '^missing *municipality-012050 birth' "$work/gaps"
check 'no other month is missing' test "$(grep -c '^missing' "$work/gaps")" -eq 2
check 'the books balance' in_office "$ministry" ministry-mhlw ledger balance vital 2026-01
check 'every store verifies to its last segment' sh -c 'for o in "$1"/offices/*; do n=${o##*/}; case $n in flipped) continue ;; esac
  SHIRABE_PASSPHRASE_FILE=$1/keys/$n "$2" store verify --open --office "$o" | grep -q "^problems: 0" || { echo "$n"; exit 1; }; done' - "$work" "$bin/shirabe"

# --- a batch again ---
datasets "$ministry" ministry-mhlw >"$scratch/before"
in_office "$ministry" ministry-mhlw batch receive --from "$work/media/ministry-mhlw" --receipts "$scratch/receipts" >"$scratch/again" 2>&1
check 'a replayed batch answers "already"' grep -q '^received 0, already here 1, held 0, refused 0; 0 records' "$scratch/again"
datasets "$ministry" ministry-mhlw >"$scratch/after"
check 'and changes no dataset' cmp "$scratch/before" "$scratch/after"
check 'there are datasets to compare' test "$(wc -l <"$scratch/before")" -ge 6
check 'a file taken in again answers "already"' sh -c 'SHIRABE_PASSPHRASE_FILE=$1/keys/municipality-012025 "$2" intake file "$1/in/vital/012025-birth.csv" --form vital/birth --period 2026-01 \
  --office "$1/offices/municipality-012025" 2>/dev/null | grep -q already' - "$work" "$bin/shirabe"

# --- two orders of arrival ---
centre=health_centre-0101
for order in forwards backwards; do cp -R "$work/offices.new/$centre" "$scratch/$order"; cp -R "$work/offices.new/ministry-mhlw" "$scratch/ministry-$order"; done
names=$(find "$work/media/$centre" "$work/media/forgotten" -name '*.age' | sort)
for f in $names; do in_office "$scratch/forwards" $centre batch receive "$f" --receipts "$scratch/receipts" >/dev/null 2>&1; done
for f in $(printf '%s\n' "$names" | sort -r); do in_office "$scratch/backwards" $centre batch receive "$f" --receipts "$scratch/receipts" >/dev/null 2>&1; done
# lineage with the content hash of every shard, in dataset order, and the tables made from them
results() { in_office "$1" "$2" estimate run "$3" "$4" --stage received --json 2>/dev/null; }
results "$scratch/forwards" $centre vital 2026-01 >"$scratch/a"
results "$scratch/backwards" $centre vital 2026-01 >"$scratch/b"
check 'a health centre holds the same shards and makes the same tables in either order of arrival' cmp "$scratch/a" "$scratch/b"
check 'of four municipalities and two forms' test "$(grep -o '"content_hash"' "$scratch/a" | wc -l)" -eq 8
mls=$(find "$work/media/mls" -name '*.age' | sort)
for f in $mls; do in_office "$scratch/ministry-forwards" ministry-mhlw batch receive "$f" --receipts "$scratch/receipts" >/dev/null 2>&1; done
for f in $(printf '%s\n' "$mls" | sort -r); do in_office "$scratch/ministry-backwards" ministry-mhlw batch receive "$f" --receipts "$scratch/receipts" >"$scratch/held" 2>&1; [ -s "$scratch/first" ] || cp "$scratch/held" "$scratch/first"; done
check 'the second batch of an office is held until the first has come' grep -q 'held 1' "$scratch/first"
for order in forwards backwards; do
  for form in register stratum cell; do in_office "$scratch/ministry-$order" ministry-mhlw intake file "$work/in/mls/$form-2025-12.csv" --form "mls/$form" --period 2025-12 >/dev/null 2>&1; done
  results "$scratch/ministry-$order" ministry-mhlw mls 2025-12 >"$scratch/mls-$order"
done
check 'and then both are there: the same content hashes and the same figures to the last bit' cmp "$scratch/mls-forwards" "$scratch/mls-backwards"
check 'with estimates in them' test "$(wc -c <"$scratch/mls-forwards")" -gt 20000

# --- nothing in clear ---
for place in offices media receipts log; do
  check "no planted answer lies in clear under $place" "$bin/tests/demo/leak_scan" "$work/$place" "$work/in/planted.txt"
done
check 'the planted answers were really sent in' exits 1 "$bin/tests/demo/leak_scan" "$work/in/mls" "$work/in/planted.txt"
mkdir "$scratch/leak"
cp -R "$work/offices/municipality-012025" "$scratch/leak/office"
LC_ALL=C grep -a -h 8765431 "$work/in/vital/012025-birth.csv" | head -n 1 >"$scratch/leak/office/segments/leftover.tmp"
check 'a leak planted on purpose is found' exits 1 "$bin/tests/demo/leak_scan" "$scratch/leak" "$work/in/planted.txt"

# --- one unit cell altered by 1 ---
TMPDIR=$scratch/kept SMALL=1 ALTER=1 tests/demo/demo.sh >"$scratch/altered" 2>&1
status=$?
check 'one unit cell altered by 1 makes the comparison fail' test "$status" -ne 0
check 'and the figures that differ are named' grep -q 'DIFFERS E/' "$scratch/altered"
rm -rf "$scratch"/kept/*

printf 'demo: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
