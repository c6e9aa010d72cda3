#!/bin/sh
# Our own estimation cases with the figures of R's survey package (tests/reference/estimation), and the reference packs where they are present.
set -u
cd "$(dirname "$0")/../.." || exit 70
estimation=${BUILD:-build}/tests/conform/estimation/estimation
packs=${REFERENCE:-../shared/data}/estimation
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
ln -s "$PWD/tests/reference/estimation" "$scratch/own"
[ ! -d "$packs" ] || ln -s "$(cd "$packs" && pwd)" "$scratch/packs"
"$estimation" "$scratch" >"$scratch/out" 2>&1
status=$?
grep -v '^conform-estimation:\|: 0$' "$scratch/out" | head -n 40
sed -n 's/^conform-estimation:/estimation cases:/p' "$scratch/out"
exit "$status"
