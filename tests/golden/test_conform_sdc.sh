#!/bin/sh
# test_conform_sdc.sh -- the reference packs of disclosure control, the large table and the four linked ones left to `make conform-sdc`.
# Ends with `disclosure packs: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
runner=${BUILD:-build}/tests/conform/sdc/sdc
packs=${REFERENCE:-../shared/data}/sdc
if [ ! -d "$packs" ]; then
  printf 'skipped: %s is not there\ndisclosure packs: 0 passed, 0 failed, 1 skipped\n' "$packs"
  exit 0
fi
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
for p in "$packs"/*/; do
  case $p in */bench_*/ | */insee_all4/) ;; *) ln -s "$(cd "$p" && pwd)" "$scratch/" ;; esac
done
"$runner" "$scratch" >"$scratch.out" 2>&1
status=$?
grep -v '^conform-sdc:\|^unsupported' "$scratch.out" | head -n 40
sed -n 's/^conform-sdc:/disclosure packs:/p' "$scratch.out"
rm -f "$scratch.out"
exit "$status"
