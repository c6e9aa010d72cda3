#!/bin/sh
# test_oversight.sh -- policy, inspections and contractors of a store with officers, as a user types them: what lapses, what is refused and with which
# words, what stays possible; and an office of one passphrase that knows none of it. Ends with `oversight: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=oversight
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-01-10T00:00:00Z
. ./tests/golden/officers_common.sh
said() { grep -qF -- "$1" "$work/outer" || grep -qF -- "$1" "$work/err"; }
intake() { # status, number of a slip
  { header; slip_number "$2"; } >"$work/slips.csv"
  inside "$1" intake file "$work/slips.csv" --form vital/birth --period 2025-12
}
policy() { # version, review date, more ...
  version=$1 review=$2; shift 2
  inside 0 store policy set "$work/policy.txt" --version "$version" --review "$review" --officer "$work/d.key" "$@"
}
check 'the ceremony' ceremony municipality 011002 札幌市
check 'a person of a contractor' key g tomura-g 戸村元 X100 保守会社
printf '調票情報の管理方針\n' >"$work/policy.txt"

# --- policy ---
check 'it opens without a policy at first' unlocks 0 'a b'
check 'and says until when' tells 'until 2026-02-08'
check 'in Japanese' unlocks 0 'a b' --lang ja
check 'as well' tells '管理方針は 2026-02-08 までに二人の署名が必要です'
check 'there is none' inside 0 store policy show
check 'it says so' prints 'no policy is in force'
check 'answers come in' intake 0 6000001 || cat "$work/err"
check 'thirty days later' vouch 2026-02-10T09
check 'unlocking is refused' unlocks 77 'a b'
check 'with its number' tells '[E3724]'
check 'with its remedy' tells 'store unlock --administration'
check 'and that of an emergency' tells 'break-glass'
check 'refused in Japanese' unlocks 77 'a b' --lang ja
check 'with words' tells '管理方針に二人の署名がありません'
check 'with the remedy' tells '`sign`'
check 'the log has the refusal' run 0 store log
check 'with its reason' prints 'E_POLICY_UNSIGNED'
export OPEN=--administration
check 'for administration it opens' inside 0 store policy show
check 'but nothing is written' intake 77 6000002
check 'for the same reason' tells '[E3724]'
check 'a date in the past is no review' inside 65 store policy set "$work/policy.txt" --version 1 --review 2026-02-10 --officer "$work/d.key"
check 'told' tells '[E3729]'
check 'the auditor sets none' inside 77 store policy set "$work/policy.txt" --version 1 --review 2026-06-30 --officer "$work/e.key"
check 'it needs a role' tells '[E3521]'
check 'set by the chief' policy 2026-1 2026-06-30 --inspect-every 0 --grace 10 --inspect-grace 5
check 'proposed only' prints 'proposed, not in force'
check 'one signature is not enough' unlocks 77 'a b'
check 'the auditor does not sign' inside 77 store policy sign --officer "$work/e.key"
check 'the manager signs' inside 0 store policy sign --officer "$work/c.key"
check 'in force' prints 'in force: version 2026-1 of policy.txt'
check 'signed by two' prints 'signed by: eguchi-f, ueda-a'
unset OPEN
check 'unlocking goes on' unlocks 0 'a b'
check 'answers come in again' intake 0 6000002
check 'the file is the policy in force' run 0 store policy show "$work/policy.txt"
printf 'altered\n' >"$work/other.txt"
check 'another one is not' run 1 store policy show "$work/other.txt"
check 'told so' tells '[E3728]'
check 'as JSON' run 0 store policy show --json
check 'with both signatures' prints '"signatures":2'
check 'a second version is only proposed' policy 2026-2 2026-12-31 --inspect-every 0
check 'the first one stays' prints 'in force: version 2026-1'
check 'beside the proposal' prints 'proposed, not in force: version 2026-2'

# --- inspections ---
check 'planned by the manager' inside 0 store inspect plan media-1 --due 2026-02-20 --about 媒体の現物確認 --every 30 --officer "$work/c.key"
check 'listed' prints 'media-1'
check 'planning again moves nothing' inside 77 store inspect plan media-1 --due 2027-02-20 --about x --officer "$work/c.key"
check 'told' tells '[E3733]'
check 'the day comes' vouch 2026-02-22T09
check 'it is due' unlocks 0 'a b'
check 'the unlock says so' tells '[E3731]'
check 'answers still come in' intake 0 6000003
check 'five days later' vouch 2026-02-26T09
check 'it opens' unlocks 0 'a b'
check 'and says that it is read-only' tells '[E3743]'
check 'nothing is written' intake 77 6000004
check 'with its number' tells '[E3730]'
check 'with its remedy' tells 'store inspect done'
check 'in Japanese' inside 77 intake file "$work/slips.csv" --form vital/birth --period 2025-12 --lang ja
check 'with the remedy' tells '点検を行い'
check 'verifying goes on' inside 0 store verify
check 'what was found must be said' inside 65 store inspect done media-1 --result corrected --officer "$work/c.key"
check 'no such inspection' inside 66 store inspect done media-9 --result in-order --officer "$work/c.key"
check 'a key officer does not inspect' inside 77 store inspect done media-1 --result in-order --officer "$work/a.key"
check 'open is not done' inside 0 store inspect done media-1 --result open --findings 封印の破れ --officer "$work/c.key"
check 'still overdue' prints 'overdue'
check 'still read-only' intake 77 6000004
check 'corrected' inside 0 store inspect done media-1 --result corrected --findings 封印を貼り直した --officer "$work/c.key"
check 'due again in thirty days' prints '2026-03-28'
check 'answers come in again' intake 0 6000004
check 'as JSON' run 0 store inspect list --json
check 'with the state of the log' prints '"log_root":"'

# --- training (O6) ---
check 'the list of people' run 0 store user list
check 'with their training' prints '2025-12-01'
check 'for a program' run 0 store user list --json
check 'with the date' prints '"trained":"2025-12-01"'

# --- contractors ---
check 'registered' inside 0 store user add "$work/g.card" --officer "$work/d.key"
role() { inside "$1" store user role propose tomura-g "$2" --until "$3" --officer "$work/d.key"; }
check 'no contract, no maintenance' role 77 maintenance 2026-06-30
check 'told with number' tells '[E3734]'
check 'and remedy' tells 'store contract propose'
contract() { # status, id, more ...
  want=$1 id=$2; shift 2
  inside "$want" store contract propose "$id" --purpose 機器の保守 --officer "$work/d.key" "$@"
}
check 'datasets have a form' contract 65 fix-1 --organisation 保守会社 --datasets nonsense --until 2026-09-30
check 'proposed' contract 0 fix-1 --organisation 保守会社 --datasets 'vital/birth/*/received' --until 2026-09-30
check 'waits' prints 'waits for two approvals'
check 'one approval' inside 0 store contract approve fix-1 --officer "$work/d.key"
check 'still waits' prints 'waits for two approvals'
check 'the auditor does not approve' inside 77 store contract approve fix-1 --officer "$work/e.key"
check 'two' inside 0 store contract approve fix-1 --officer "$work/c.key"
check 'in force' prints 'in force'
check 'not longer than the contract' role 77 maintenance 2026-10-31
check 'told' tells '[E3735]'
check 'no leading role' role 77 manager 2026-06-30
check 'told why' tells '[E3737]'
check 'maintenance within it' role 0 maintenance 2026-09-30
check 'approved by the chief' inside 0 store user role approve tomura-g maintenance --officer "$work/d.key"
check 'and the manager' inside 0 store user role approve tomura-g maintenance --officer "$work/c.key"
check 'in force now' prints 'now in force'
check 'a sub-contract beyond it' contract 77 sub-1 --organisation 孫請会社 --datasets 'vital/*/*/received' --until 2026-09-30 --parent fix-1
check 'told' tells '[E3742]'
check 'one within it' contract 0 sub-1 --organisation 孫請会社 --datasets 'vital/birth/2025-12/received' --until 2026-09-30 --parent fix-1
check 'approved once' inside 0 store contract approve sub-1 --officer "$work/d.key"
check 'twice' inside 0 store contract approve sub-1 --officer "$work/c.key"
check 'not enough' prints "waits for the chief's second approval"
check 'the manager cannot' inside 77 store contract approve sub-1 --second --officer "$work/c.key"
check 'the chief can' inside 0 store contract approve sub-1 --second --officer "$work/d.key"
check 'in force as well' sh -c '! grep -q waits "$1"' sh "$work/out"
check 'they sign in, and are refused' inside 77 store inspect done media-1 --result in-order --officer "$work/g.key"
check 'the report' run 0 store contract report fix-1
check 'has the refusal' prints 'refused'
check 'and sums up' prints '保守会社: 1 people'
check 'as JSON' run 0 store contract report fix-1 --json
check 'entries' prints '"officer":"tomura-g"'
check 'no certificate, no end' inside 77 store contract end fix-1 --officer "$work/d.key"
check 'told' tells '[E3740]'
printf '消去証明書\n' >"$work/certificate.txt"
check 'ended' inside 0 store contract end fix-1 --certificate "$work/certificate.txt" --reason 期間満了 --officer "$work/d.key"
check 'with its certificate' prints 'ended, certificate kept'
check 'its hash stands in the list' run 0 store contract list --json
check 'as of the file' prints "$(sha256sum "$work/certificate.txt" | cut -d' ' -f1)"
check 'the role is over' run 0 store user role list
check 'revoked' prints 'revoked'
check 'everything verifies' inside 0 store verify --open

# --- an office of one ---
setup_one() { SHIRABE_PASSPHRASE_FILE=$pass "$program" office init --type ministry --code 00 --name 本省 --profile light --office "$work/one" >"$work/out" 2>"$work/err"; }
one() { want=$1; shift; SHIRABE_PASSPHRASE_FILE=$pass run "$want" "$@" --office "$work/one"; }
check 'one passphrase' setup_one
SHIRABE_CLOCK=2029-01-10T00:00:00Z
check 'opens after three years' one 0 store unlock
check 'and asks for no policy' sh -c '! grep -q E372 "$1"' sh "$work/err"
check 'nobody could sign one' one 64 store policy set "$work/policy.txt" --version 1 --review 2029-06-30 --officer "$work/d.key"
check 'told' tells '[E3744]'
check 'nor plan an inspection' one 64 store inspect plan x-1 --due 2029-06-30 --about x --officer "$work/d.key"
check 'nor contract anybody' one 64 store contract approve x-1 --officer "$work/d.key"
printf '%s: %s passed, %s failed\n' "$title" "$passed" "$failed"
[ "$failed" -eq 0 ]
