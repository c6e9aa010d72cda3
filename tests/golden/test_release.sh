#!/bin/sh
# test_release.sh -- the same inputs give the same release to the last byte: run again, in another language, with 1, 2 and 8 threads, and after being killed
# over and over; every --json answer is one document; a withheld table leaves nothing behind. BUILD as in the Makefile.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
shirabe=$BUILD/shirabe
fail() { printf 'not ok: %s\n' "$*" >&2; exit 1; }
work=$(SMALL=1 KEEP=1 BUILD=$BUILD tests/demo/demo.sh 2>&1 | sed -n 's/^kept: //p')
[ -d "$work/offices" ] || fail "the demonstration left no offices"
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-03-20T05:00:00Z SHIRABE_PASSPHRASE_FILE=$(echo "$work"/keys/ministry-*)
SHIRABE_OFFICE=$(echo "$work"/offices/ministry-*)
export SHIRABE_FORMS SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE SHIRABE_OFFICE
run() { # folder, options
  to=$1; shift
  for month in 'mls 2025-12' 'vital 2026-01'; do
    status=0
    # shellcheck disable=SC2086
    "$shirabe" run $month --out "$work/$to" "$@" >"$work/$to.out" 2>"$work/$to.err" || status=$?
    [ "$status" -le 1 ] || { cat "$work/$to.err" >&2; fail "run $month into $to (exit $status)"; }
  done
}
passed=0 skipped=0
ok() { passed=$((passed + 1)); printf 'ok: %s\n' "$*"; }
same() { diff -r "$work/first" "$work/$1" >/dev/null || fail "$2 changes the release"; ok "$2"; }

run first --lang en
run again --lang ja; same again "another run, in Japanese"
for n in 1 2 8; do run "threads$n" --threads "$n"; same "threads$n" "threads: $n"; done

killed=0
for wait in 0.005 0.01 0.02 0.03 0.04 0.05 0.06 0.08 0.1; do
  "$shirabe" run mls 2025-12 --out "$work/killed" >/dev/null 2>&1 &
  pid=$!
  sleep "$wait"
  kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
  wait "$pid" 2>/dev/null || :
done
[ "$killed" -gt 0 ] || fail "nothing was killed"
run killed; same killed "killed $killed times, then run to its end"
"$shirabe" store verify --open >/dev/null 2>&1 || fail "the store does not verify after the kills"

json() { # expected exit, command ...
  expected=$1; shift
  status=0
  "$shirabe" "$@" --json >"$work/json" 2>/dev/null || status=$?
  [ "$status" -eq "$expected" ] || fail "$* --json: exit $status, not $expected"
  if ! command -v python3 >/dev/null; then skipped=$((skipped + 1)); return 0; fi # the reader of JSON that is not ours
  python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$work/json" || fail "$* --json is not one document"
  ok "--json of $1"
}
json 0 run mls 2025-12 --out "$work/killed"
json 0 explain 'mls-2025-12/main:C'
json 64 explain 'mls-2025-12/main?industry=E&industry=P:C'
json 64 explain 'mls-2025-12/main?industry=ZZ:C'
json 0 estimate run mls 2025-12
json 0 estimate weights mls 2025-12
json 66 estimate series tfr 2015
json 66 run mls 2024-01

for table in $(sed 's/{/\n{/g' "$work"/first/vital-*/disclosure.json | sed -n 's/.*"decision":"withhold","id":"\([a-z_]*\)".*/\1/p'); do
  if grep -l "$table" "$work"/first/vital-*/codes.csv "$work"/first/vital-*/columns.csv || ls "$work"/first/vital-*/tables/"$table".* 2>/dev/null; then fail "withheld $table left something behind"; fi
  sed 's/{/\n{/g' "$work"/first/vital-*/lineage.json | grep "\"id\":\"$table\"" | grep -q '"sha256":""' || fail "withheld $table has a hash in the lineage"
  status=0
  "$shirabe" explain "vital-2026-01/$table:count" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq 1 ] && [ ! -s "$work/out" ] || fail "explain of withheld $table (exit $status)"
  ok "$table is withheld everywhere"
done
# The public lineage: no number of records, no hash that can be found by trying.
for made in "$work"/first/*/lineage.json; do
  grep -q '"format":"shirabe-lineage-2"' "$made" || fail "$made is no public lineage"
  grep -q '"sender":' "$made" || fail "$made names no sender"
  if grep -q '"rows"' "$made"; then fail "$made tells numbers of records"; fi
done
"$shirabe" estimate run vital 2026-01 --json 2>/dev/null | grep -o '"\(content_hash\|batch\)":"[0-9a-f]\{64\}"' | grep -o '[0-9a-f]\{64\}' >"$work/hashes"
[ -s "$work/hashes" ] || fail 'no content hash to look for'
if grep -q -F -f "$work/hashes" "$work"/first/vital-*/lineage.json; then fail 'a plain hash of records goes out'; fi
ok 'the public lineage has no numbers of records and no plain hash of their content'
# A release date: the same figures and id, and the bundle says from when on it may be shown.
"$shirabe" release embargo mls 2025-12 --at 2026-03-27T08:30:00+09:00 >/dev/null 2>&1 || fail 'no release date'
status=0
"$shirabe" run mls 2025-12 --out "$work/dated" >/dev/null 2>"$work/err" || status=$?
[ "$status" -le 1 ] || { cat "$work/err" >&2; fail "run with a release date (exit $status)"; }
dated=$(echo "$work"/dated/mls-2025-12-*)
[ "$(basename "$dated")" = "$(basename "$work"/first/mls-2025-12-*)" ] || fail 'a release date changes the id'
diff -r "$work"/first/mls-2025-12-*/tables "$dated/tables" >/dev/null || fail 'a release date changes a table'
ok 'a release date changes no figure and no id'
"$shirabe" release check "$dated" >"$work/out" 2>&1 && fail 'checked too early'
grep -q 'NOT BEFORE 2026-03-27T08:30:00' "$work/out" || fail 'the bundle does not tell its date'
"$shirabe" release check "$dated" --json >"$work/out" 2>/dev/null || true
grep -q '"too_early":true' "$work/out" || fail 'the bundle does not tell its date to a program'
SHIRABE_CLOCK=2026-03-26T23:30:00Z "$shirabe" release check "$dated" >"$work/out" 2>&1 || true
grep -q 'NOT BEFORE' "$work/out" && fail 'too early at the moment itself'
ok 'a bundle tells its release date until then'
printf 'release: %s passed, 0 failed, %s skipped\n' "$passed" "$skipped"
