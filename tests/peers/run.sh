#!/bin/sh
# run -- R's survey package and the estimation library beside each other on random designs: cases are written by designs.R and cases.R in the layout of the
# reference packs and compared by the conformance runner. DESIGNS (200) and SEED (20261129) may be set. Skipped, with a line that says so, without R.
set -u
cd "$(dirname "$0")/../.." || exit 70
runner=${BUILD:-build}/tests/conform/estimation/estimation
for package in survey sampling; do
  if ! Rscript -e "if (!requireNamespace('$package', quietly = TRUE)) quit(status = 1)" >/dev/null 2>&1; then
    printf 'peers: skipped, no R with its package %s here (./setup peers installs them)\n' "$package"
    exit 0
  fi
done
folder=$(mktemp -d) || exit 70
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/random" "$folder/named" || exit 73
status=0
Rscript tests/peers/designs.R "$folder/random" "${DESIGNS:-200}" "${SEED:-20261129}" || exit 70
python3 tests/peers/data.py "$folder/named" && Rscript tests/peers/cases.R "$folder/named" || exit 70
for part in random named; do
  printf -- '--- %s designs\n' "$part"
  "$runner" --worst "$folder/$part" || status=1
done
exit $status
