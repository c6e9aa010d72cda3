#!/bin/sh
# test_table_peers.sh -- tables by two items with all margins over two-stage and stratified samples, every figure beside R's survey package: totals, means, ratios,
# variances, functions of totals, medians, shares; the same text with one thread and eight.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
if ! Rscript -e 'library(survey)' >/dev/null 2>&1; then echo 'tables beside R: skipped, no R with its survey package; next: ./setup peers'; echo 'tables beside R: 0 passed, 0 failed, 1 skipped'; exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
Rscript tests/golden/table_peers.R "$work" >"$work/said" 2>&1 || { cat "$work/said"; echo 'tables beside R: 0 passed, 1 failed'; exit 1; }
python3 tests/golden/table_peers.py "$(cd "$BUILD" && pwd)/shirabe" "$work"
