#!/bin/sh
# Error localisation against every set tried by an exact rational simplex: 600 random systems at five sizes of numbers.
set -u
cd "$(dirname "$0")/../.." || exit 70
edit=${BUILD:-build}/tests/conform/edit/edit
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
python3 tests/conform/edit_random.py "$scratch" 20 600 || exit 70
"$edit" "$scratch" >"$scratch/out" 2>&1
status=$?
grep -E ': failed$|^ ' "$scratch/out" | head -n 40
sed -n 's/^conform-edit:/edit random:/p' "$scratch/out"
exit "$status"
