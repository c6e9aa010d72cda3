#!/bin/sh
# test_design_peers.sh -- designs read from design.json and estimated from CSV files, beside R's survey package on the same files: three stages with strata at two,
# ultimate clusters, crossed strata with fractions, units sure to be drawn, unequal probabilities with and without stages below, two phases.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
if ! Rscript -e 'library(survey)' >/dev/null 2>&1; then echo 'designs beside R: skipped, no R with its survey package; next: ./setup peers'; echo 'designs beside R: 0 passed, 0 failed, 1 skipped'; exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
Rscript tests/golden/design_peers.R "$work" >"$work/said" 2>&1 || { cat "$work/said"; echo 'designs beside R: 0 passed, 1 failed'; exit 1; }
python3 tests/golden/design_peers.py "$(cd "$BUILD" && pwd)/shirabe" "$work"
