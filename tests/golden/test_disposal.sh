#!/bin/sh
# test_disposal.sh -- retention, destruction, media and incidents by the commands, in an office without officers: what a user types and sees. BUILD as in the Makefile.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=disposal
. tests/golden/common.sh
job_form sales
cat >"$form/form.json" <<'J'
{ "id": "sales", "version": "1", "title_ja": "売上", "title_en": "Sales", "since": "2000-01-01", "record_types": [{"id": "shop", "key": ["id"]}] }
J
new_office base
at() { SHIRABE_CLOCK=$1; export SHIRABE_CLOCK; }

check 'nothing is registered: permanent' exits 0 base store retain list
check 'and says so' prints 'Data without an entry are kept permanently'
check 'a period' exits 0 base store retain set 'shop/*/*' --until 2026-01-31 --custodian chief-a --basis 'order 12'
check 'a period without a basis' exits 64 base store retain set 'shop/*/*' --until 2026-01-31 --custodian chief-a
check 'a bad name of data' exits 64 base store retain set 'shop' --until 2026-01-31 --custodian chief-a --basis x
check 'a hold' exits 0 base store retain hold 'shop/*/*' --id h-1 --reason court
check 'the list' exits 0 base store retain list --json
check 'the list has the hold' prints '"id":"h-1"'
check 'lifting it' exits 0 base store retain unhold h-1 --reason settled
check 'an unknown hold' exits 66 base store retain unhold h-2 --reason settled
check 'destruction of what is not there' exits 77 base store destroy propose shop/sales/2020-12 --id d-1 --reason over --closed done
check 'says that the period runs' tells 'is not over'
at 2026-02-02T00:00:00Z
check 'after the period: nothing is there' exits 66 base store destroy propose shop/sales/2020-12 --id d-1 --reason over --closed done
check 'status is empty' exits 0 base store destroy status --json
check 'an empty list' prints '[]'
check 'the rule' exits 0 base store destroy policy
check 'its values' prints '7 days'
check 'a weak rule' exits 64 base store destroy policy --cooling-days 0
check 'an unknown action' exits 64 base store destroy burn

hash=$(printf %064d 7)
key=$(office base office show --json 2>/dev/null | sed -n 's/.*"age_recipient":"\([^"]*\)".*/\1/p')
check 'a medium' exits 0 base store medium register usb-7 --kind usb --content transport --place 'cabinet 2'
check 'twice' exits 77 base store medium register usb-7 --kind usb --content transport --place 'cabinet 2'
check 'lent before it is sealed' exits 77 base store medium lend usb-7 --holder carrier-x --route 'by train' --until 2026-02-05
check 'sealed' exits 0 base store medium seal usb-7 --dataset shop/sales/2020-12 --sha256 "$hash" --recipient "$key"
check 'lent' exits 0 base store medium lend usb-7 --holder carrier-x --route 'by train' --until 2026-02-05
check 'not yet overdue' exits 0 base store medium list
check 'lent, in the list' prints 'lent'
at 2026-02-06T00:00:00Z
check 'overdue' exits 0 base store medium list
check 'says overdue' tells 'overdue'
check 'the alarm is in the log' exits 0 base store log
check 'as one entry' sh -c 'test "$(grep -c "medium overdue" "$1")" -eq 1' - "$work/out"
check 'an incident' exits 0 base store incident open i-1 --kind loss --found-at 2026-02-05T23:00:00Z --found-by 'head of section' --survey shop --medium usb-7 --households 30
check 'lost' exits 0 base store medium lost usb-7 --incident i-1
check 'what was on it' exits 0 base store incident medium usb-7
check 'keys' prints 'this office'
check 'never on it' prints 'never on it'
check 'what was on it, with proofs' exits 0 base store incident medium usb-7 --json
check 'a proof' prints 'c2sp.org/tlog-proof'
check 'the list of incidents' exits 0 base store incident list
check 'a report' exits 0 base store incident report i-1 --stage internal --to 'general manager'
check 'closing too early' exits 64 base store incident close i-1
check 'update' exits 0 base store incident update i-1 --cause 'left in a train' --containment searched --prevention 'locked cases'
check 'final report' exits 0 base store incident report i-1 --stage final --to ministry
check 'closed' exits 0 base store incident close i-1
check 'closed is closed' exits 77 base store incident update i-1 --cause x
check 'Japanese' exits 0 base store incident show i-1 --lang ja
check 'the store verifies' exits 0 base store verify --open
if command -v python3 >/dev/null; then
  check 'an edited row' python3 - "$work/base/store.db" <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE rights_record SET text = replace(text, 'cabinet 2', 'cabinet 9') WHERE object = 'medium:usb-7'")
db.commit()
P
  check 'is called tampered' exits 65 base store medium list
fi
# A certificate of three officers, as the other program sees it, which shares no code with the writer.
if [ -x "$BUILD/shirabe-verify" ] && [ -x "$BUILD/tests/unit/test_disposal" ]; then
  SHIRABE_KEEP_CERTIFICATE=$work/certificate.json "$BUILD/tests/unit/test_disposal" >"$work/said" 2>&1
  verified() { status=0; "$BUILD/shirabe-verify" certificate "$1" >"$work/out" 2>"$work/err" || status=$?; [ "$status" -eq "$2" ]; }
  check 'it says what is not claimed, in both languages' sh -c 'grep -q "Not claimed: " "$1" && grep -q "約束しないこと" "$1"' - "$work/certificate.json"
  check 'shirabe-verify: it agrees' verified "$work/certificate.json" 2
  sed 's/"records":110/"records":111/' "$work/certificate.json" >"$work/changed.json"
  check 'shirabe-verify: a changed number is refused' verified "$work/changed.json" 1
  sed 's/"role":"auditor"/"role":"manager"/' "$work/certificate.json" >"$work/changed.json"
  check 'shirabe-verify: a changed role is refused' verified "$work/changed.json" 1
else echo 'skipped: shirabe-verify; next: make'; fi
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
