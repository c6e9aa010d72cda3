#!/bin/sh
# test_release_anonymise.sh -- anonymised records through the door: two officers' approvals over the exact recipe, k, complete periods, one seed; a bundle
# that is the same bytes each time, holds nothing that undoes it, and is whole or not there when the process is killed at any write (every third one;
# KILL_STRIDE=1 tries each).
# Ends with `release anonymise: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='release anonymise'
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
truth="python3 $PWD/tests/golden/recipes_truth.py"
[ -x "$BUILD/tests/demo/extract_office" ] || { printf 'release anonymise: skipped, no extract_office; next: make tools\n'; exit 77; }
SHIRABE_CLOCK=2026-01-20T00:30:00Z "$BUILD/tests/demo/extract_office" "$work" 4000 'a passphrase of the tests' >"$work/setup" 2>&1 || { cat "$work/setup"; exit 70; }
second=0
later() {
  second=$((second + 1))
  SHIRABE_CLOCK=$(printf '2026-01-20T%02d:%02d:%02dZ' $((1 + second / 3600)) $((second / 60 % 60)) $((second % 60)))
  export SHIRABE_CLOCK
}
as() { who=$1 want=$2; shift 2; later; exits "$want" office "$@" --officer-key "$work/$who.key" --officer-passphrase-file "$work/pass"; }
vote() { who=$1 want=$2; shift 2; as "$who" "$want" release recipe "$recipe" "$@"; }
leave() { # who, status, grant, options
  who=$1 want=$2 grant=$3; shift 3
  as "$who" "$want" release anonymise vital 2025-12 --recipe "$recipe" --stage received --grant "$grant" "$@"
}
refusals() { office office store log --json 2>/dev/null | tr '{' '\n' | grep -c '"result":"refused"'; }
releases() { office office store log --json 2>/dev/null | tr '{' '\n' | grep -c '"action":"output-release"'; }
recipe=$work/births.json
cp forms/secure/recipes/vital_birth.json "$recipe"
printf 'a secret of the tests, 16 bytes or more\n' >"$work/seed"
printf 'another secret of the tests, 16 bytes\n' >"$work/seed2"

# --- who may ---
check 'nobody has approved it' vote chief-a 0
check 'which is said' prints 'not approved by two'
check 'the report alone needs no approval' leave manager-c 0 g-trace --seed-file "$work/seed" --report "$work/review.json"
check 'nothing leaves without approvals' leave manager-c 77 g-trace --seed-file "$work/seed" --out "$work/public"
check 'by its number' tells E6768
check 'one approval' vote chief-a 0 --approve
check 'is not two' leave manager-c 77 g-trace --seed-file "$work/seed" --out "$work/public"
check 'a user approves nothing' vote user-u 77 --approve
check 'the one who builds' vote manager-c 0 --approve
check 'is not the second' leave manager-c 77 g-trace --seed-file "$work/seed" --out "$work/public"
check 'a third officer' vote review-g 0 --approve
check 'makes two' prints 'approved by two'
check 'the report of the reviewers' leave manager-c 0 g-trace --seed-file "$work/seed" --report "$work/two.txt"
check 'says who approved' grep -q 'approved in the store by: .*chief-a.*review-g' "$work/two.txt"
check 'and nothing else' sh -c "! grep -qE 'NOT APPROVED|two are needed' '$work/two.txt'"
check 'no officer, no file' exits 77 office release anonymise vital 2025-12 --recipe "$recipe" --stage received --seed-file "$work/seed" --out "$work/public"
check 'not without a grant' as manager-c 64 release anonymise vital 2025-12 --recipe "$recipe" --stage received --seed-file "$work/seed" --out "$work/public"
check 'not under the grant of another' leave chief-a 77 g-trace --seed-file "$work/seed" --out "$work/public"
check 'not under a grant for extracts that lacks the items' leave user-u 77 g-1 --seed-file "$work/seed" --out "$work/public"
check 'not without the seed' leave manager-c 77 g-trace --out "$work/public"
sed 's/"k": 3/"k": 4/' "$recipe" >"$work/other.json"; recipe=$work/other.json
check 'an edited recipe has no approval' leave manager-c 77 g-trace --seed-file "$work/seed" --out "$work/public"
check 'whatever was edited' tells E6768
recipe=$work/births.json
check 'nothing is outside' test ! -e "$work/public"
before=$(refusals)
check 'an approval taken back' vote review-g 0 --refuse
check 'counts no more' leave manager-c 77 g-trace --seed-file "$work/seed" --out "$work/public"
check 'and leaves one entry' test "$(refusals)" -eq $((before + 1))
check 'given again' vote review-g 0 --approve

# --- the bundle ---
cp -R "$work/office" "$work/before" # nothing has been issued from it yet
n=$(releases)
check 'the bundle' leave manager-c 0 g-trace --seed-file "$work/seed" --out "$work/public"
check 'of a demonstration store' prints 'NOT RELEASABLE'
check 'has an entry before and one after' test "$(releases)" -eq $((n + 2))
bundle=$(ls -d "$work"/public/vital-birth-2025-12-*)
check 'is checked by anybody' exits 1 office release anonymised "$bundle"
check 'who is told that it is a demonstration' prints 'NOT RELEASABLE'
check 'k is reached, counted in Python' $truth file "$recipe" "$bundle/data/records.csv"
check 'nothing but the files of the manifest' test "$(cd "$bundle" && find . -type f | sort | tr '\n' ' ')" = './anonymised.json ./anonymised.json.minisig ./codebook.csv ./data/records.csv ./report.en.txt ./report.ja.txt ./report.json ./risk.svg '
check 'no half-written folder' test "$(ls -A "$work/public" | wc -l)" -eq 1
check 'every hash of the manifest' python3 -c '
import hashlib, json, os, sys
m = json.load(open(sys.argv[1] + "/anonymised.json"))
assert "recipe_sha256" not in m and len(m["recipe_token"]) == 64
assert all(hashlib.sha256(open(sys.argv[1] + "/" + f["name"], "rb").read()).hexdigest() == f["sha256"] and f["bytes"] == os.path.getsize(sys.argv[1] + "/" + f["name"]) for f in m["files"])
assert m["releasable"] is False and m["records"] == len(open(sys.argv[1] + "/data/records.csv").read().splitlines()) - 1' "$bundle" "$recipe"
check 'the codebook names what codes mean, but none that were merged' python3 -c '
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
label = {(r["name"], r["code"]): r["label_ja"] for r in rows if r["kind"] == "code"}
assert label["sex", "1"] == "男" and label["plurality", "2+"] == "" and label["place_of_birth", "3-5"] == "" and label["place_of_birth", "1"] == "病院", label' "$bundle/codebook.csv"
check 'no seed, rate or threshold goes out' sh -c "! grep -rqE 'secret of the tests|\"share\"|\"percent\"|\"rate\"|threshold\"|\"amount\"|\"changed\"|\"n_swapped\"' '$bundle'"
check 'nor the hash of the recipe, which likely recipes could be tried against' sh -c "! grep -rqi \"\$(sha256sum <'$recipe' | cut -c1-64)\" '$bundle'"
check 'the reviewers see them' grep -q '"changed"' "$work/review.json"
check 'no record is in clear in the store' sh -c "! grep -rqF \"\$(sed -n 2p '$bundle/data/records.csv')\" '$work/office'"
before=$(cd "$bundle" && find . -type f -exec sha256sum {} + | sort)
check 'said again' leave manager-c 0 g-trace --seed-file "$work/seed" --out "$work/public"
check 'nothing has changed' test "$(cd "$bundle" && find . -type f -exec sha256sum {} + | sort)" = "$before"
check 'somewhere else' leave manager-c 0 g-trace --seed-file "$work/seed" --out "$work/elsewhere" --threads 2
check 'the same bytes' diff -r "$work/public" "$work/elsewhere"
check 'another seed' leave manager-c 77 g-trace --seed-file "$work/seed2" --out "$work/elsewhere"
check 'is refused: noise could be averaged' tells E6773
cp -R "$bundle" "$work/altered"
printf ' ' >>"$work/altered/report.json"
check 'one byte more' exits 65 office release anonymised "$work/altered"
check 'is found' tells E6774
cp -R "$bundle" "$work/more"; echo x >"$work/more/data/extra.csv"
check 'a file beside' exits 65 office release anonymised "$work/more"
cp "$bundle/report.json" "$work/public.json"; printf '{}\n' >"$bundle/report.json"
check 'what was issued is never written over' leave manager-c 73 g-trace --seed-file "$work/seed" --out "$work/public"
check 'and says so' tells E6775
cp "$work/public.json" "$bundle/report.json"

# --- refused by the data ---
cp -R "$work/before" "$work/tainted"
printf 'office,name,parent,survey,forms,since,until\nmunicipality-011002,札幌市,ministry-00,vital,birth,,\nmunicipality-012025,函館市,ministry-00,vital,birth,,\n' >"$work/roster.csv"
later
check 'a roster with an office that has not reported' exits 0 tainted ledger roster "$work/roster.csv"
later
check 'an incomplete month' exits 77 tainted release anonymise vital 2025-12 --recipe "$recipe" --stage received --grant g-trace --seed-file "$work/seed" \
  --out "$work/incomplete" --officer-key "$work/manager-c.key" --officer-passphrase-file "$work/pass"
check 'does not leave' tells E6770
check 'no folder of an incomplete month' test ! -e "$work/incomplete"
python3 -c '
import json, sys
r = json.load(open(sys.argv[1])); r["dataset"] = "below"; r["steps"] = [s for s in r["steps"] if s["step"] not in ("suppress", "peculiar")]
r["keys"]["variables"].append("household_job"); json.dump(r, open(sys.argv[2], "w"))' "$recipe" "$work/below.json"
recipe=$work/below.json
check 'approved' vote chief-a 0 --approve
check 'by two' vote review-g 0 --approve
check 'but records stay below k' leave manager-c 77 g-trace --seed-file "$work/seed" --out "$work/public"
check 'nothing leaves' tells E6769
check 'no folder of it' sh -c "! ls -d '$work'/public/below*"
recipe=$work/births.json
check 'the release date' as chief-a 0 release embargo vital 2025-12 --at 2026-01-25T08:30:00+09:00
check 'nothing before it' leave manager-c 77 g-trace --seed-file "$work/seed" --out "$work/early"
check 'by its number' tells E3831
check 'no folder' test ! -e "$work/early"

# --- killed at every write: no folder, or the whole of it ---
SHIRABE_CLOCK=2026-01-20T02:00:00Z; export SHIRABE_CLOCK
stride=${KILL_STRIDE:-3} kills=0 wholes=0 halves=0 unmended=0 step=1
leave_again() { # office, folder
  "$program" release anonymise vital 2025-12 --recipe "$recipe" --stage received --grant g-trace --seed-file "$work/seed" --out "$2" --office "$1" \
    --quiet --officer-key "$work/manager-c.key" --officer-passphrase-file "$work/pass" >/dev/null 2>"$work/err"
}
while [ $step -le 400 ]; do
  rm -rf "$work/killed" "$work/killed-out"; cp -R "$work/before" "$work/killed"
  SHIRABE_FAULT=kill:$step leave_again "$work/killed" "$work/killed-out"
  status=$?
  [ $status -eq 0 ] && break
  kills=$((kills + 1))
  for b in "$work"/killed-out/vital-birth-*; do
    [ -e "$b" ] || continue
    "$program" release anonymised "$b" --quiet >"$work/out" 2>&1
    if grep -q 'signature and hashes hold' "$work/out"; then wholes=$((wholes + 1)); else halves=$((halves + 1)); fi
  done
  [ $((kills % 7)) -eq 0 ] && { leave_again "$work/killed" "$work/killed-out" && diff -r "$work/killed-out" "$work/elsewhere" >/dev/null || unmended=$((unmended + 1)); }
  step=$((step + stride))
done
check "killed at $kills of $step writes: $halves half bundles, $wholes whole ones" test "$step" -gt 40 -a "$kills" -gt 0 -a "$halves" -eq 0 -a "$status" -eq 0
check 'what was cut off is said again, to the same bytes' test "$unmended" -eq 0
check 'the last run is whole, and leaves nothing else' diff -r "$work/killed-out" "$work/elsewhere"
check 'and so is the store' exits 0 killed store verify
# --- a full disk: told, and nothing is left that looks like a bundle ---
full=0 left=0 step=2
while [ $step -le 90 ]; do
  rm -rf "$work/killed" "$work/killed-out"; cp -R "$work/before" "$work/killed"
  SHIRABE_FAULT=enospc:$step leave_again "$work/killed" "$work/killed-out" || full=$((full + 1))
  for b in "$work"/killed-out/.anonymised-*; do [ -e "$b" ] && left=$((left + 1)); done
  for b in "$work"/killed-out/vital-birth-*; do
    [ -e "$b" ] || continue
    "$program" release anonymised "$b" --quiet >"$work/out" 2>&1
    grep -q 'signature and hashes hold' "$work/out" || left=$((left + 1))
  done
  step=$((step + 11))
done
check "a full disk at $full writes leaves nothing behind" test "$full" -gt 3 -a "$left" -eq 0
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
