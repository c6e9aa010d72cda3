#!/bin/sh
# test_bundle.sh -- what a release bundle holds beside its CSV: workbook, SDMX-CSV with its structure, charts, quality report, notes. Read by other readers
# than ours (bundle_truth.py: zipfile, ElementTree, csv) and counted again; changed by hand it is refused; settings that cannot be are refused. BUILD.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
shirabe=$BUILD/shirabe
fail() { printf 'not ok: %s\n' "$*" >&2; exit 1; }
work=$(SMALL=1 KEEP=1 BUILD=$BUILD tests/demo/demo.sh 2>&1 | sed -n 's/^kept: //p')
[ -d "$work/offices" ] || fail "the demonstration left no offices"
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_CLOCK=2026-03-20T05:00:00Z SHIRABE_PASSPHRASE_FILE=$(echo "$work"/keys/ministry-*)
SHIRABE_OFFICE=$(echo "$work"/offices/ministry-*)
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_CLOCK SHIRABE_PASSPHRASE_FILE SHIRABE_OFFICE
passed=0 failed=0 skipped=0
check() { # what, command ...
  what=$1; shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 12 "$work/said"; fi
}
exits() { # status, command ...
  want=$1; shift; status=0
  "$shirabe" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
  [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; cat "$work/err"; false; }
}
tells() { grep -qF -- "$1" "$work/out" "$work/err" || { echo "not told: $1"; cat "$work/err"; false; }; }
not() { ! "$@"; }

check 'a bundle of the labour survey' exits 0 release build mls 2025-12 --out "$work/a"
check 'a bundle of vital statistics, of an incomplete month' exits 0 release build vital 2026-01 --out "$work/a"
mls=$(echo "$work"/a/mls-2025-12-*) vital=$(echo "$work"/a/vital-2026-01-*)
check 'its check (a demonstration is not releasable)' exits 1 release check "$mls"
check 'holds' tells 'signature and hashes hold; rules passed'
check 'nothing failed' tells 'failed 0'

if command -v python3 >/dev/null; then
  truth() { python3 tests/golden/bundle_truth.py "$@"; }
  check 'process quality of the month' exits 0 process quality mls/establishment 2025-12 --json
  cp "$work/out" "$work/quality.json"
  check 'labour survey: every format by other readers' truth "$mls" "$work/quality.json" establishment
  sed -n '$p' "$work/said"
  check 'vital statistics: every format by other readers' truth "$vital"
  sed -n '$p' "$work/said"
  # The reader above must be able to fail: one figure, one state, one line.
  for change in 's/,13,,,,13,shown/,14,,,,13,shown/' 's/,suppressed,/,undefined,/' '2d'; do
    rm -rf "$work/changed"; cp -R "$vital" "$work/changed"
    sed "$change" "$vital/tables/deaths_cause_sex.csv" >"$work/changed/tables/deaths_cause_sex.csv"
    check "'$change' changes something" not cmp -s "$vital/tables/deaths_cause_sex.csv" "$work/changed/tables/deaths_cause_sex.csv"
    check "a long form changed by '$change' is seen" not truth "$work/changed"
  done
else
  skipped=$((skipped + 5))
fi
if command -v xmllint >/dev/null; then
  check 'structures and charts are well-formed' xmllint --noout "$vital"/tables/*.dsd.xml "$vital"/tables/*.svg "$mls"/tables/*.dsd.xml "$mls"/tables/*.svg
else
  skipped=$((skipped + 1))
fi

# The same inputs, the same bytes: in another language and another time zone.
TZ=Asia/Tokyo SHIRABE_LANG=ja "$shirabe" release build mls 2025-12 --out "$work/b" >/dev/null 2>&1 || fail 'a second bundle'
check 'the same bytes in another language and time zone' diff -r "$work/a/$(basename "$mls")" "$work/b/$(basename "$mls")"

# A file that is changed, left out or added.
for file in tables/main.xlsx tables/main.sdmx.csv tables/main.dsd.xml tables/responses.ja.svg quality.json quality.md notes.csv tables.csv codes.csv; do
  rm -rf "$work/changed"; cp -R "$mls" "$work/changed"
  printf ' ' >>"$work/changed/$file"
  check "$file changed" exits 65 release check "$work/changed"
  check "$file is named" tells "$file"
done
rm -f "$work/changed/codes.csv"
check 'a file left out' not exits 1 release check "$work/changed"

# Agency of the SDMX structures.
check 'another agency' exits 0 release build mls 2025-12 --out "$work/c" --agency JP.MHLW
check 'is in the structure' grep -q 'agencyID="JP.MHLW"' "$work"/c/mls-2025-12-*/tables/main.dsd.xml
check 'and in the data' grep -q '^dataflow,JP.MHLW:DF_MLS_MAIN(1.0.0),R,' "$work"/c/mls-2025-12-*/tables/main.sdmx.csv
check 'an agency that is no identifier' exits 65 release build mls 2025-12 --out "$work/d" --agency '9 x'
check 'is named' tells 'cannot be an identifier in SDMX'
check 'and nothing is left of it' not test -d "$work/d"
check 'help tells what a bundle holds' exits 0 release build --help
check 'workbook and SDMX' tells 'SDMX-CSV 2.0'

# Notes: the incomplete month is told, signs are explained; the quality report gives reasons where it has no rate.
check 'taint in the notes' grep -q ',taint,.*incomplete' "$vital/notes.csv"
check 'no release date is a reason, not a figure' grep -q '"punctuality":{"available":false,"reason_ja"' "$mls/quality.json"
check 'a release date' exits 0 release embargo mls 2025-12 --at 2026-03-27T08:30:00+09:00
check 'a bundle with its date' exits 0 release build mls 2025-12 --out "$work/e"
check 'the date and the days from the end of the month' grep -q '"release_date":"2026-03-26T23:30:00Z","days_after_period":86' "$work"/e/mls-2025-12-*/quality.json
printf 'bundle: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
