#!/bin/sh
# test_use.sh -- secondary use by the commands: an application from the first talk to its closing, what is refused on the way and why, sanctions, deadlines,
# the list for publication, and the register made from the log and checked without keys.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=use
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
verify=$(cd "$BUILD" && pwd)/shirabe-verify
"$BUILD/tests/demo/extract_office" "$work" 60 'a passphrase of the tests' >"$work/setup" 2>&1 || { cat "$work/setup"; echo 'use: 0 passed, 1 failed'; exit 1; }
as() { who=$1 want=$2; shift 2; exits "$want" office "$@" --officer-key "$work/$who.key" --officer-passphrase-file "$work/pass"; }
apply() { who=$1 want=$2; shift 2; as "$who" "$want" use apply "$@"; }
refusals() { office office store log --json 2>/dev/null | tr '{' '\n' | grep -c '"result":"refused"'; }
json() { office office use list --json >"$work/list" 2>/dev/null; python3 - "$work/list" "$1" <<'P'
import json, sys
rows = {r["id"]: r for r in json.load(open(sys.argv[1], encoding="utf-8"))}
assert eval(sys.argv[2], {}, {"rows": rows}), rows
P
}
hash=$(printf %064d 7)
begun=$("$program" use list --json --office "$work/office" --quiet 2>/dev/null | head -c 2)
check 'no application yet' test "$begun" = '[]'
check 'an application begins with a talk' apply manager-b 0 consult a-1 --title '出生体重の研究' --applicant '大学' --applicant-kind legal
check 'it cannot be handed in yet' apply manager-b 64 apply a-1
check 'what is missing is named' tells 'section'
check 'a step too far' apply manager-b 77 accept a-1
check 'says where it stands' tells 'consulting'
check 'nobody without a role' apply user-u 77 consult a-1 --title other
full="--section 疫学 --representative 学長 --contact 03-0000 --identity-sha256 $hash --purpose 研究 --need 表にない区分 --analysis 回帰 --basis 33-2 --rows all --publication 論文"
full="$full --place 研究室 --machine pc-1 --network none --erasure 上書き --outsourcing none --holdings none --route ordinary --user user-u --dataset vital/birth/2025-12"
full="$full --declaration no-offence --declaration no-gang --declaration no-misuse"
# shellcheck disable=SC2086
check 'the rest is told' apply manager-b 0 consult a-1 $full --item 'birth_weight: 分布' --from 2026-01-20 --until 2026-04-20
check 'sensitive items are shown' prints 'birth_weight: answer state of health [M]'
check 'each item needs its reason' apply manager-b 0 consult a-1 --item birth_weight
check 'an item without one' apply manager-b 64 apply a-1
check 'names the item' tells 'why it is needed'
check 'an item nobody knows' apply manager-b 64 consult a-1 --item 'birth_wieght: 分布'
check 'is named' tells 'birth_wieght'
check 'with the nearest names' tells 'birth_weight'
check 'a label is understood' apply manager-b 64 consult a-1 --item '体重(g): 分布'
check 'as the item it labels' tells 'birth_weight'
check 'wide letters, too' apply manager-b 64 consult a-1 --item 'ｓｅｘ: 分布'
check 'by their name' tells 'sex'
check 'an item twice' apply manager-b 64 consult a-1 --item 'sex: a' --item 'sex: b'
check 'an item that identifies, for research' apply manager-b 77 consult a-1 --item 'event_book_no: 照合'
check 'is refused with the basis' tells '33-2'
check 'an answer, for a list' apply manager-b 77 consult a-1 --basis 33-1-i-list --item 'sex: 抽出'
check 'a list takes what a frame has' apply manager-b 0 consult a-list --title 名簿 --basis 33-1-i-list --dataset vital/birth/2025-12 --item 'event_book_no: 抽出'
check 'a dataset twice' apply manager-b 64 consult a-1 --dataset vital/birth/2025-12 --dataset vital/birth/2025-12
check 'no such form' apply manager-b 64 consult a-1 --dataset vital/brith/2025-12
check 'is named' tells 'vital/brith/2025-12'
check 'a path is no form' apply manager-b 64 consult a-1 --dataset ../../x/2025-12
check 'no such period' apply manager-b 64 consult a-1 --dataset vital/birth/2025-13
check 'rows that are no condition' apply manager-b 64 consult a-1 --rows 'sex is boy'
check 'say so' tells 'sex is boy'
check 'rows of another type' apply manager-b 64 consult a-1 --rows 'birth_weight + 1'
check 'a step takes what is its own' apply manager-b 64 send-back a-1 --title x
check 'and says what is not' tells '--title'
check 'a person twice' apply manager-b 0 consult a-list --user user-u --user user-u --applicant 県 --applicant-kind public --section 課 --contact x --representative y
check 'is refused when it is handed in' apply manager-b 64 apply a-list
check 'and named' tells 'each person once'
check 'a period that ends before it begins' apply manager-b 0 consult a-list --user user-u --from 2026-04-01 --until 2026-03-01
check 'the last day is shown as it was given' sh -c "SHIRABE_LANG=en '$program' use apply show a-list --office '$work/office' --quiet 2>/dev/null | grep -q '^until *2026-03-01T23:59:59'"
check 'the reason' apply manager-b 0 consult a-1 --item 'birth_weight: 分布の比較'
check 'a sanction of the chief' as chief-a 0 use sanction set s-1 --who 大学 --who-kind applicant --reason '別の機器での利用' --until 2026-01-25
check 'nobody else sets one' as manager-b 77 use sanction set s-2 --who 大学 --who-kind applicant --reason x
check 'sanctions as JSON' exits 0 office use sanction list --json
check 'are JSON' prints '"who":"大学"'
check 'a sanction of nobody' as chief-a 66 use sanction set s-3 --who nobody --who-kind officer --reason x
check 'a sanction without a name' as chief-a 64 use sanction set s-3 --who-kind applicant --reason x
check 'it stands against the application' apply manager-b 77 apply a-1
check 'by its name' tells 's-1'
check 'lifted' as chief-a 0 use sanction set s-1 --who 大学 --who-kind applicant --reason '解除' --from 2026-01-01 --until 2026-01-02
check 'handed in' apply manager-b 0 apply a-1
check 'a vote before the formal check' apply review-g 77 vote a-1 --approve
check 'formal check' apply manager-b 0 check a-1
check 'the review has a deadline' json 'rows["a-1"]["due_review"] > 0 and rows["a-1"]["state"] == "checked"'
check 'no decision without votes' apply manager-b 77 accept a-1
check 'one vote' apply review-g 0 vote a-1 --approve
check 'nobody sees one vote' json 'not rows["a-1"]["votes_complete"] and rows["a-1"]["votes_for"] == 0'
check 'nor decides on it' apply manager-b 77 accept a-1
check 'a manager who is no reviewer does not vote' apply manager-b 77 vote a-1 --approve
check 'sent back' apply manager-b 0 send-back a-1 --note '区分を直す'
check 'changed' apply manager-b 0 consult a-1 --purpose '研究と論文'
check 'handed in again' apply manager-b 0 apply a-1
check 'checked again' apply manager-b 0 check a-1
check 'second reviewer' apply manager-c 0 vote a-1 --approve
check 'the first vote was about something else' apply manager-b 77 accept a-1
check 'first reviewer again, against' apply review-g 0 vote a-1 --refuse
check 'both are in' json 'rows["a-1"]["votes_complete"] and rows["a-1"]["votes_for"] == 1 and rows["a-1"]["votes_against"] == 1'
check 'not accepted against a vote' apply manager-b 77 accept a-1
check 'a decision cannot bring a grant' apply manager-b 64 accept a-1 --grant g-1
SHIRABE_CLOCK=2026-01-20T00:01:00Z # a later word replaces an earlier one
export SHIRABE_CLOCK
check 'he changes his mind' apply review-g 0 vote a-1 --approve
check 'accepted' apply manager-b 0 accept a-1 --conditions '3月までに中間報告'
check 'provided before the pledge' apply pack-j 77 provide a-1 --grant g-1
check 'a pledge of somebody else' apply manager-b 77 pledge a-1 --pledge "user-v $hash"
check 'the pledge' apply manager-b 0 pledge a-1 --pledge "user-u $hash"
check 'that was the last one' json 'rows["a-1"]["state"] == "pledged"'
check 'not with the grant of another user' apply pack-j 77 provide a-1 --grant g-2
check 'nor with one under another basis' apply pack-j 77 provide a-1 --grant g-trace
check 'nor one that is longer' apply pack-j 77 provide a-1 --grant g-1
check 'says which end' tells 'no later'
check 'another application, longer' apply manager-b 0 consult a-2 --title 二つ目 --applicant '大学' --applicant-kind legal
# shellcheck disable=SC2086
check 'with everything' apply manager-b 0 consult a-2 $full --item 'sex: 性比' --item 'birth_weight: 分布' --from 2026-01-20 --until 2027-12-31
check 'in' apply manager-b 0 apply a-2
check 'checked' apply manager-b 0 check a-2
check 'vote one' apply review-g 0 vote a-2 --approve
check 'vote two' apply manager-c 0 vote a-2 --approve
check 'accepted too' apply manager-b 0 accept a-2
check 'pledged' apply manager-b 0 pledge a-2 --pledge "user-u $hash"
check 'not with items that were not applied for' apply pack-j 77 provide a-2 --grant g-1
check 'the item is named' tells 'no item that was not applied for'
check 'what the grant has to say' as manager-b 0 use apply show a-2
check 'the columns' prints '"columns": ["birth_weight","sex"]'
check 'as JSON' as manager-b 0 use apply show a-2 --json
check 'with its filters' prints '"filters":[""]'
check 'provided' apply pack-j 0 provide a-2 --grant g-site
check 'received' apply pack-j 0 receive a-2 --note "$hash"
check 'its facts have to be published' json 'rows["a-2"]["due_announcement"] > 0 and rows["a-2"]["due_end"] > 0'
check 'the list for publication' exits 0 office use list --publication
check 'names the recipient' prints '大学'
check 'announced' apply manager-b 0 announce a-2
check 'once' apply manager-b 77 announce a-2
check 'an extension' apply manager-b 0 extend a-2 --until 2028-03-31
check 'needs votes of its own' apply manager-b 77 grant-extension a-2
check 'vote' apply review-g 0 vote a-2 --approve
check 'and vote' apply manager-c 0 vote a-2 --approve
check 'extended' apply manager-b 0 grant-extension a-2
check 'inspected' apply manager-b 0 inspect a-2 --note '異常なし'
check 'results without their hash' apply review-g 64 confirm a-2
check 'results' apply review-g 0 confirm a-2 --results-sha256 "$hash"
check 'three months to publish them' json 'rows["a-2"]["due_results"] > rows["a-2"]["results_at"]'
check 'the end' apply manager-b 0 end a-2
check 'closed before the report of erasure' apply manager-b 77 close a-2 --note x
check 'no proof where no package was made' apply manager-b 64 return a-2 --destruction-sha256 "$hash" --proof lost
check 'the report' apply manager-b 0 return a-2 --destruction-sha256 "$hash"
check 'published' apply manager-b 0 publish a-2
check 'closed' apply manager-b 0 close a-2 --note '媒体・管理簿・証明を照合'
check 'nothing after that' apply manager-b 77 consult a-2 --title again
before=$(refusals)
check 'a refusal' apply manager-b 77 accept a-2
check 'is one entry' test "$(refusals)" -eq $((before + 1))

# --- a local government, a package on a medium, its proof and what happens when it is not ours ---
area="--section 統計 --representative 知事 --contact 011-000 --purpose 県の統計 --need 表にない区分 --analysis 集計 --basis 33-1-i-stat --publication 報告書"
area="$area --place 統計室 --machine pc-2 --network closed --erasure 上書き --outsourcing none --holdings none --route ordinary --user user-v"
area="$area --declaration no-offence --declaration no-gang --declaration no-misuse --dataset vital/birth/2025-12"
period='--from 2026-01-20 --until 2026-04-30'
# shellcheck disable=SC2086
check 'a local government' apply manager-b 0 consult a-3 --title 県 --applicant 北海道 --applicant-kind local:01 $area --item 'sex: 性比' --item 'birth_weight: 分布' --rows 'sex = 1' $period
check 'gets its own area' as manager-b 0 use apply show a-3
check 'by a condition of the program' prints "\"filter\": \"prefix(municipality_code, 2) = '01' and (sex = 1)\""
check 'quotes are those of a request' sh -c "'$program' use apply consult a-q --title q --applicant-kind public --basis 33-2 --dataset vital/birth/2025-12 --item 'sex: x' --rows 'sex = \"1\"' --office '$work/office' --quiet --officer-key '$work/manager-b.key' --officer-passphrase-file '$work/pass' 2>/dev/null >/dev/null && '$program' use apply show a-q --office '$work/office' --quiet 2>/dev/null | grep -qF 'sex = \\\"1\\\"'"
check 'labelled as a rule from memory' prints '[M]'
check 'a code that is none' apply manager-b 64 consult a-3 --applicant-kind local:hokkaido
# shellcheck disable=SC2086
check 'the basis of public bodies' apply manager-b 0 consult a-4 --title 県 --applicant 会社 --applicant-kind legal $area --identity-sha256 "$hash" --item 'sex: x' --rows all $period
check 'is not for others' apply manager-b 64 apply a-4
check 'in' apply manager-b 0 apply a-3
check 'a user of the data checks nothing' as user-v 77 use apply check a-3
check 'checked' apply manager-b 0 check a-3
check 'vote' apply review-g 0 vote a-3 --approve
check 'vote' apply manager-c 0 vote a-3 --approve
check 'accepted' apply manager-b 0 accept a-3
check 'pledged' apply manager-b 0 pledge a-3 --pledge "user-v $hash"
check 'not a grant with the rows of everybody' apply pack-j 77 provide a-3 --grant g-2
both="--officer $work/pack-j.key --officer $work/manager-c.key --officer-passphrase $work/pass --officer-passphrase $work/pass"
# shellcheck disable=SC2086
check 'the package' exits 0 office use provide g-local --out "$work/packages" $both --formats csv --json
recipient=$(grep -o 'age1[a-z0-9]*' "$work/out" | head -n 1)
package=$work/packages/extract-g-local/extract-g-local.tar.zst.age
check 'a package needs its medium' apply pack-j 64 provide a-3 --grant g-local
sealed() { as manager-b 0 store medium register "$1" --kind usb --content extract --place 統計課 && as manager-b 0 store medium seal "$1" --sha256 "$2" --recipient "$recipient" --dataset vital/birth/2025-12; }
check 'a medium' sealed usb-1 "$hash"
check 'with something else' apply pack-j 77 provide a-3 --grant g-local --medium usb-1
check 'the medium of the package' sealed usb-2 "$(sha256sum "$package" | cut -d' ' -f1)"
check 'provided on it' apply pack-j 0 provide a-3 --grant g-local --medium usb-2
check 'received' apply pack-j 0 receive a-3 --note "$hash"
"$program" use open "$package" --identity "$work/user-v.key" --keys "$work/pack-j.pub,$work/manager-c.pub" --out "$work/got" --passphrase-file "$work/pass" >"$work/out" 2>"$work/err"
check 'what the recipient has' test -s "$work/got/data/birth.csv"
look() { python3 - "$work/got/data/birth.csv" <<'P'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
assert rows[0][1:] and sorted(rows[0][1:]) == ["birth_weight", "sex"], rows[0]
assert len(rows) > 1 and all(r[1 + rows[0][1:].index("sex")] == "1" for r in rows[1:]), len(rows)
P
}
check 'is exactly the items and rows applied for' look
check 'the end' apply manager-b 0 end a-3
check 'without the proof' apply manager-b 64 return a-3 --destruction-sha256 "$hash"
check 'the proof is asked for' tells 'proof'
proof=$work/got/provision.tlog-proof
sed 's/^index [0-9]*$/index 1/' "$proof" >"$work/other.proof"
check 'the proof of another entry' apply manager-b 77 return a-3 --destruction-sha256 "$hash" --proof "$work/other.proof"
check 'is an alarm' tells 'does not stand in the log'
python3 - "$proof" "$work/forged.proof" <<'P'
import sys
lines = open(sys.argv[1]).read().split("\n")
first = next(i for i, l in enumerate(lines) if i > 1 and len(l) == 44)
lines[first] = "A" * 43 + "="
open(sys.argv[2], "w").write("\n".join(lines))
P
check 'a forged path' apply manager-b 77 return a-3 --destruction-sha256 "$hash" --proof "$work/forged.proof"
printf 'not a proof\n' >"$work/none.proof"
check 'a file that is no proof is no alarm' apply manager-b 64 return a-3 --destruction-sha256 "$hash" --proof "$work/none.proof"
tasks() { office office store log --json 2>/dev/null | tr '{' '\n' | grep -c 'record task:proof:a-3'; }
check 'two tasks for the auditor' test "$(tasks)" -eq 2
check 'lost needs a word' apply manager-b 64 return a-3 --destruction-sha256 "$hash" --proof lost
check 'the proof as it was given' apply manager-b 0 return a-3 --destruction-sha256 "$hash" --proof "$proof"
check 'is no task' test "$(tasks)" -eq 2

# --- the register ---
check 'the register' exits 0 office use ledger --out "$work/book.csv"
check 'tiles' exits 0 office store log --tiles "$work/tiles"
book() { status=0; "$verify" ledger "$1" "$work/tiles" >"$work/out" 2>"$work/err" || status=$?; [ "$status" -eq "$2" ] || { echo "exit $status, expected $2"; cat "$work/out" "$work/err"; false; }; }
if office office store log --help | grep -q -- --tiles && [ -x "$verify" ]; then
  check 'agrees with the log, checked without keys' book "$work/book.csv" 2
  sed '12d' "$work/book.csv" >"$work/short.csv"
  check 'a row left out is found' book "$work/short.csv" 1
  sed 's/package-handover,done/package-handover,refused/' "$work/book.csv" >"$work/other.csv"
  check 'a changed word is found' book "$work/other.csv" 1
  check 'of one application' exits 0 office use ledger --for application:a-2 --out "$work/one.csv"
  check 'tiles again' exits 0 office store log --tiles "$work/tiles2"
  check 'also agrees' sh -c "'$verify' ledger '$work/one.csv' '$work/tiles2' >/dev/null 2>&1; [ \$? -eq 2 ]"
fi
check 'an unknown action' exits 64 office use ledger --action media-fly
check 'from before the beginning' exits 64 office use ledger --from -1
check 'from behind the end' exits 64 office use ledger --from 999999
check 'an unknown step' apply manager-b 64 fly a-1
check 'names the steps' tells 'consult, apply, vote'
check 'an application nobody knows' exits 66 office use apply show a-99
check 'says where the others are' tells 'shirabe use list'

# --- who owes a report gets nothing more; the months pass as in an office that opens its store every day ---
check 'a talk' apply manager-b 0 consult a-5 --title 三つ目 --applicant 大学 --applicant-kind legal
# shellcheck disable=SC2086
check 'all of it' apply manager-b 0 consult a-5 $full --item 'sex: 性比' --item 'birth_weight: 分布' $period
check 'in' apply manager-b 0 apply a-5
check 'checked' apply manager-b 0 check a-5
check 'vote' apply review-g 0 vote a-5 --approve
check 'vote' apply manager-c 0 vote a-5 --approve
check 'accepted' apply manager-b 0 accept a-5
check 'pledged' apply manager-b 0 pledge a-5 --pledge "user-u $hash"
check 'provided' apply pack-j 0 provide a-5 --grant g-site
check 'received' apply pack-j 0 receive a-5 --note "$hash"
for day in $(python3 -c "
import datetime
d = datetime.date(2026, 1, 20)
print(*[d + datetime.timedelta(i) for i in range(1, 103)])"); do
  SHIRABE_CLOCK=${day}T00:00:00Z
  as manager-b 0 use apply inspect a-5 --note "$day" >/dev/null 2>&1
  [ "$day" != 2026-02-10 ] || office office use list --due >"$work/feb" 2>&1
done
check 'the announcement was near in February' grep -q 'announcement 2026-02-19 T-' "$work/feb"
check 'the report is overdue in May' exits 1 office use list --due
check 'a warning says it' tells 'E3801'
check 'and says so' prints 'OVERDUE'
check 'who unlocks the store is told' exits 0 office store unlock --administration
check 'too' tells 'E3801'
check 'in Japanese' sh -c "SHIRABE_LANG=ja '$program' use list --due --office '$work/office' --quiet | grep -q '期限超過'"
check 'as JSON' sh -c "'$program' use list --due --json --office '$work/office' --quiet | grep -q '\"reminder\":\"overdue\"'"
# shellcheck disable=SC2086
check 'a new application in wide letters' apply manager-b 0 consult a-6 --title 四つ目 --applicant '大　学' --applicant-kind legal $full --item 'sex: 性比' --from 2026-05-01 --until 2026-09-30
check 'is not taken' apply manager-b 77 apply a-6
check 'before the report' tells 'a-5'
sed 's/^ *//' >"$work/new.json" <<'J'
{"format":"shirabe-grant-1","id":"g-new","dataset":"vital/birth/2025-12/received","columns":["sex"],"filter":"","legal_basis":"33-2","person":"user-u",
"requester":"review-g","machine":"this","break_glass":"","limits":{"cells_per_day":-1,"exports":1,"queries_per_day":-1,"rows_in_all":-1,
"rows_per_day":-1,"sessions_per_day":-1,"tables_per_day":-1},"from":1777593600,"until":1780272000,"purpose":"x","place":"y","output_rule":"household"}
J
check 'nor a new grant' exits 77 office use grant request "$work/new.json"
check 'that says why' tells 'a-5'
check 'the policy' as chief-a 0 use policy set --publish-days 60 --area off
check 'is shown' exits 0 office use policy show --json
check 'with its source' prints '"area_source":"[M]"'
check 'it is the chief who sets it' as manager-b 77 use policy set --area own
check 'an item that the form does not have' as chief-a 64 use policy set --area-item 'vital/birth nothing'
check 'or that is no code' as chief-a 64 use policy set --area-item 'vital/birth birth_weight'
check 'or a path' as chief-a 64 use policy set --area-item '../x/y z'
check 'no spans of nothing' as chief-a 64 use policy set --review-days 0
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
