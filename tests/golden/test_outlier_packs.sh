#!/bin/sh
# test_outlier_packs.sh -- the outlier and winsorisation cases of the editing packs agree, and a case whose known result is changed is noticed.
# The packs are reference data; without them the test is skipped.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
REFERENCE=$(cd "${REFERENCE:-../shared/data}" 2>/dev/null && pwd) || { echo "outlier packs: 0 passed, 0 failed, 1 skipped"; exit 0; }
[ -f "$REFERENCE/edit/outlier.json" ] || { echo "outlier packs: 0 passed, 0 failed, 1 skipped"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/packs" "$work/suite" "$work/changed"
for f in "$REFERENCE"/edit/outlier.json "$REFERENCE"/edit/labour160_*.csv "$REFERENCE"/edit/others/ons/winsorisation; do ln -s "$f" "$work/packs/"; done
ln -s "$REFERENCE/edit/others/banff-tests/outlier.json" "$work/suite/"
for f in "$REFERENCE"/edit/labour160_*.csv; do ln -s "$f" "$work/changed/"; done
sed 's/71871\.0/71871.5/' "$REFERENCE/edit/outlier.json" >"$work/changed/outlier.json"
passed=0 failed=0
says() { # folder, pattern of the last line
  "$BUILD/tests/conform/edit/edit" "$work/$1" >"$work/out" 2>&1
  if tail -n 1 "$work/out" | grep -qxE "conform-edit: $2" && grep -qx 'unsupported: 0' "$work/out"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED %s\n' "$1"; tail -n 12 "$work/out"; fi
}
says packs '[1-9][0-9]* passed, 0 failed'
says suite '[1-9][0-9]* passed, 0 failed'
says changed '[1-9][0-9]* passed, 1 failed'
printf 'outlier packs: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
