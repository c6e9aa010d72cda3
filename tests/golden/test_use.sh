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
check 'each item needs its reason' apply manager-b 0 consult a-1 --item birth_weight
check 'an item without one' apply manager-b 64 apply a-1
check 'names the item' tells 'why it is needed'
check 'the reason' apply manager-b 0 consult a-1 --item 'birth_weight: 分布の比較'
check 'a sanction of the chief' as chief-a 0 use sanction set s-1 --who 大学 --who-kind applicant --reason '別の機器での利用' --until 2026-01-25
check 'nobody else sets one' as manager-b 77 use sanction set s-2 --who 大学 --who-kind applicant --reason x
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
check 'with everything' apply manager-b 0 consult a-2 $full --item 'sex: 性比' --from 2026-01-20 --until 2027-12-31
check 'in' apply manager-b 0 apply a-2
check 'checked' apply manager-b 0 check a-2
check 'vote one' apply review-g 0 vote a-2 --approve
check 'vote two' apply manager-c 0 vote a-2 --approve
check 'accepted too' apply manager-b 0 accept a-2
check 'pledged' apply manager-b 0 pledge a-2 --pledge "user-u $hash"
check 'provided' apply pack-j 0 provide a-2 --grant g-1
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
check 'the report' apply manager-b 0 return a-2 --destruction-sha256 "$hash"
check 'published' apply manager-b 0 publish a-2
check 'closed' apply manager-b 0 close a-2 --note '媒体・管理簿・証明を照合'
check 'nothing after that' apply manager-b 77 consult a-2 --title again
before=$(refusals)
check 'a refusal' apply manager-b 77 accept a-2
check 'is one entry' test "$(refusals)" -eq $((before + 1))

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
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
