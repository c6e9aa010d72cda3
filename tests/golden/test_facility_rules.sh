#!/bin/sh
# test_facility_rules.sh -- the rules of the four facility surveys, line by line: every check that a survey's page names is in its forms with messages, remedies
# and a source, and every check of the forms stands on the page; a check gone from either is noticed. Unconfirmed lists say so in their first row.
# Ends with `facility rules: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$work/log" 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; head -n 12 "$work/log"; fi
}
cat >"$work/rules.py" <<'P'
import csv, fnmatch, glob, re, sys
folder, survey = sys.argv[1:3]
wrong, checks, named = [], {}, []
for path in sorted(glob.glob(f'{folder}/{survey}/*/*/*checks.csv')):
    for row in csv.DictReader(open(path, encoding='utf-8')):
        checks[row['id']] = row
        for column in ('message_ja', 'message_en', 'remedy_ja', 'remedy_en', 'source'):
            if not row[column].strip(): wrong.append(f"{row['id']} has no {column}")
        if not re.search('[\u3040-\u30ff\u4e00-\u9fff]', row['message_ja']): wrong.append(f"{row['id']}: message_ja is not Japanese")
for line in open(f'{folder}/{survey}/{survey}.md', encoding='utf-8'):
    cells = [c.strip() for c in line.strip().strip('|').split('|')]
    if line.startswith('|') and len(cells) == 3: named += re.findall(r'\b[A-Z]{1,2}\d*_?\*|\b[A-Z]{1,2}\d+(?:_\*)?', cells[1])
named = [n for n in named if n not in ('R',)]
for n in named:
    if not [c for c in checks if fnmatch.fnmatchcase(c, n)]: wrong.append(f'no check {n}')
for c in checks:
    if not [n for n in named if fnmatch.fnmatchcase(c, n)]: wrong.append(f'check {c} stands on no page')
for path in glob.glob(f'{folder}/{survey}/*/*/codes/*.csv'):
    name = path.rsplit('/', 1)[1]
    first = list(csv.DictReader(open(path, encoding='utf-8')))[0]
    if name in ('founder.csv', 'facility_type.csv', 'law.csv', 'service_kind.csv', 'notice_kind.csv') and (first['status'] != 'heading' or '未確認' not in first['label_ja']):
        wrong.append(f'{path} does not say that it is unconfirmed')
print('\n'.join(wrong) or f'{survey}: {len(checks)} checks of {len(named)} names')
sys.exit(1 if wrong or len(checks) < 20 else 0)
P
for survey in medical_facility hospital_report welfare_facility care_service; do
  check "$survey: page and forms agree" python3 "$work/rules.py" forms/library $survey
  cat "$work/log"
done
noticed() { # what must be said, survey, file, sed
  rm -rf "$work/library"; cp -R forms/library "$work/library"
  sed -i "$4" "$work/library/$2/$3"
  python3 "$work/rules.py" "$work/library" "$2" >"$work/said" && { echo "not noticed: $1"; return 1; }
  grep -qF -- "$1" "$work/said" || { echo "not said: $1"; cat "$work/said"; return 1; }
}
check 'a check gone' noticed 'no check T4' hospital_report patient/2018/checks.csv '/^T4,/d'
check 'a rule gone from the page' noticed 'check U8 stands on no page' care_service care_service.md '/^| claims/d'
check 'a message gone' noticed 'U5 has no message_en' care_service detail/2018/checks.csv 's/,rooms times their places are not the capacity,/,,/'
check 'a list that no longer says unconfirmed' noticed 'does not say that it is unconfirmed' welfare_facility detail/2018/codes/founder.csv '2d'
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en
export SHIRABE_FORMS SHIRABE_LANG
for form in medical_facility/static medical_facility/notice medical_facility/register medical_facility/population hospital_report/patient hospital_report/register \
  hospital_report/staff welfare_facility/register welfare_facility/detail care_service/register care_service/detail; do
  check "form check $form" "${BUILD:-build}/shirabe" form check $form
done
printf 'facility rules: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
