#!/bin/sh
# Estimators and chains along time against the packs of Statistics Canada and the Office for National Statistics; skipped where the reference data is absent.
set -u
cd "$(dirname "$0")/../.." || exit 70
edit=${BUILD:-build}/tests/conform/edit/edit
packs=$(cd "${REFERENCE:-../shared/data}/edit" 2>/dev/null && pwd) || { printf 'estimator packs: 0 passed, 0 failed, 1 skipped\n'; exit 0; }
scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$scratch"' EXIT
ln -s "$packs/estimator.json" "$packs"/est160_*.csv "$packs/others/banff-tests/estimato.json" "$packs/others/ons/ratio_imputation" "$scratch"
"$edit" "$scratch" >"$scratch/out" 2>&1
status=$?
grep -E 'failed$|^ ' "$scratch/out" | head -n 40
sed -n 's/^conform-edit:/estimator packs:/p' "$scratch/out"
exit "$status"
