#!/bin/sh
# test_foreign_files.sh -- files that other people wrote with other systems are named by what they are and refused with what to do, whatever their names.
# The files are reference data; without them the test is skipped.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
REFERENCE=${REFERENCE:-../shared/data}
[ -d "$REFERENCE/intake" ] || { echo "foreign files: 0 passed, 0 failed, 1 skipped"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms
export SHIRABE_FORMS
passed=0 failed=0
refused() { # file, code, words
  cp "$REFERENCE/intake/$1" "$work/slips.csv" # the name must not help
  "$BUILD/shirabe" intake file "$work/slips.csv" --form vital/birth --period 2025-12 --dry-run --lang en >"$work/out" 2>&1
  status=$?
  if [ "$status" -eq 65 ] && grep -qF "[$2]" "$work/out" && grep -qF "$3" "$work/out" && grep -q '^  next: ' "$work/out"; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s: exit %s\n' "$1" "$status"; head -n 5 "$work/out"; fi
  rm -f "$work/slips.csv"
}
refused cspro71_feature_showcase.dcf E4241 'a CSPro dictionary (.dcf)'
refused cspro_ThreeLevelTest.csdb E4242 'a CSPro data file (.csdb)'
refused odk_household_survey.xform.xml E4241 'an ODK XForm (XML)'
refused xlsform_widgets.xls E4241 'an XLSForm (.xls)'
refused xlsform_cascading.xls E4241 'an XLSForm (.xls)'
refused ipums_cps_00157.ddi.xml E4241 'a DDI-Codebook (XML)'
refused fugohyo_layout_table1.xlsx E4241 'a codebook (符号表)'
printf 'foreign files: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
