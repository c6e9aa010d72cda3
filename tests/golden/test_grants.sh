#!/bin/sh
# test_grants.sh -- grants as a user types them: `use grant request|sign|vote|activate|revoke|list|show`, use by `store job --grant`, `use limits`,
# break-glass, `store clock`; every refusal of rows 14, 15, 27 and 30 of the attack table with its number, its words and its remedy in both languages.
# Ends with `grants: N passed, N failed, N skipped`.
set -u
# In a test build: the leak checker attaches to its own process, which a filter of system calls, or strace, forbids.
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
cd "$(dirname "$0")/../.." || exit 70
title=grants
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-01-10T00:00:00Z
. ./tests/golden/officers_common.sh
skipped=0
T=1768003200 # 2026-01-10T00:00:00Z
at() { SHIRABE_CLOCK=2026-01-10T$1Z; } # a time of the first day
leaves() { "$program" store log --json 2>/dev/null | grep -o '"result":"refused"' | wc -l; }
one_leaf() { # command ...: exactly one more refusal in the log
  before=$(leaves); "$@" || return 1; after=$(leaves)
  [ "$after" -eq $((before + 1)) ] || { echo "$before refusals before, $after after"; false; }
}
setup_check() { check "$@"; [ "$failed" -eq 0 ] || { printf '%s: %s passed, %s failed, %s skipped\n' "$title" "$passed" "$failed" "$skipped"; exit 1; }; }

# --- people and rows ---
setup_check 'the ceremony' ceremony municipality 011002 札幌市
for p in 'f ono-m 大野都 A500F' 'g kobayashi-h 小林遥 A600' 'm mori-k 森薫 A700'; do
  # shellcheck disable=SC2086
  setup_check "key of ${p%% *}" key ${p} 統計課
  setup_check "card of ${p%% *}" inside 0 store user add "$work/${p%% *}.card" --officer "$work/d.key"
done
role() { # id, role
  inside 0 store user role propose "$1" "$2" --until 2027-03-31 --officer "$work/d.key" && inside 0 store user role approve "$1" "$2" --officer "$work/d.key" &&
    inside 0 store user role approve "$1" "$2" --officer "$work/c.key"
}
setup_check 'a tabulator' role ono-m tabulator
setup_check 'another manager' role mori-k manager
{ header; slip_number 6000001; slip_number 6000002; slip_number 6000003; } >"$work/slips.csv"
setup_check 'rows' inside 0 intake file "$work/slips.csv" --form vital/birth --period 2025-12

# --- request ---
# Members that differ from the usual: NAME=VALUE ...
request_file() {
  id=$1 salt=$(printf %s "$1" | sha256sum | cut -c1-32) dataset=vital/birth/2025-12/received columns='["birth_weight","sex"]' filter='' basis=33-1-i-stat person=ono-m requester=kobayashi-h machine=this glass=''
  from=$T until=$((T + 2592000)) rows_day=-1 rows_all=-1 sessions=-1 tables=-1 exports=0
  shift
  for pair in "$@"; do eval "${pair%%=*}=\${pair#*=}"; done
  cat >"$work/$id.json" <<J
{"format":"shirabe-grant-1","id":"$id","dataset":"$dataset","columns":$columns,"filter":"$filter","legal_basis":"$basis","person":"$person",
 "requester":"$requester","machine":"$machine","break_glass":"$glass","from":$from,"until":$until,"purpose":"月報の集計","place":"統計課 集計室",
 "output_rule":"household","salt":"$salt","limits":{"cells_per_day":-1,"exports":$exports,"queries_per_day":-1,"rows_in_all":$rows_all,"rows_per_day":$rows_day,
 "sessions_per_day":$sessions,"tables_per_day":$tables}}
J
}
ask() { want=$1; shift; request_file "$@"; inside "$want" use grant request "$work/$1.json" --officer "$work/g.key"; }
vote() { inside "$1" use grant vote "$2" --approve --officer "$work/$3.key"; } # status, grant, letter
activate() { inside "$1" use grant activate "$2"; }
grant() { # a whole one: id, members that differ
  ask 0 "$@" && vote 0 "$1" d && vote 0 "$1" c && activate 0 "$1"
}
job() { # status, grant, more ...: counts rows
  want=$1 id=$2; shift 2
  inside "$want" store job --grant "$id" --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns birth_weight,sex "$@" -- true
}
job_refused() { # E-number, words, grant, more ...
  number=$1 words=$2 id=$3; shift 3
  refused "$number" "$words" store job --grant "$id" --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns birth_weight,sex "$@" -- true
}
check 'without a grant no job' refused E3552 'without a grant' store job --dataset vital/birth --period 2025-12 --columns birth_weight --purpose 32-i -- true
check 'an unknown one' inside 66 store job --grant g-9 --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns sex -- true
check 'told' tells '[E3541]'
check 'a text that is no grant' inside 65 use grant request "$work/slips.csv"
check 'requested and signed' ask 0 g-1
check 'said' prints 'g-1: requested and signed'
check 'the same words again' refused E3542 'exists in the same words' use grant request "$work/g-1.json"
check 'listed' inside 0 use grant list
check 'as requested' prints 'g-1	requested	ono-m'
check 'in Japanese' inside 0 use grant list --lang ja
check 'with words' prints '審査中'
check 'not active yet' refused E3543 'not approved by two officers' use grant activate g-1
check 'nobody uses it yet' job_refused E3543 'not approved by two officers' g-1

# --- row 14: who decides ---
check 'row14: the requester decides nothing' refused E3544 'may not decide about it' use grant vote g-1 --approve --officer "$work/g.key"
check 'row14: nor the user' refused E3544 'may not decide about it' use grant vote g-1 --approve --officer "$work/f.key"
check 'row14: one leaf for it' one_leaf inside 77 use grant vote g-1 --approve --officer "$work/g.key"
check 'row14: in the words of the remedy' tells 'another officer must decide'
request_file g-own requester=eguchi-f
check 'row14: asked by the chief' inside 0 use grant request "$work/g-own.json" --officer "$work/d.key"
check 'row14: not decided by him' refused E3544 'may not decide about it' use grant vote g-own --approve --officer "$work/d.key"
check 'row14: a key officer is no manager' refused E3521 'does not hold the role' use grant vote g-1 --approve --officer "$work/a.key"
check 'row14: nor the auditor' inside 77 use grant vote g-1 --approve --officer "$work/e.key"
check 'row14: signed in another name' inside 77 use grant sign g-1 --officer "$work/f.key"
check 'row14: told whose it is' tells '[E3557]'
check 'row14: one approval' vote 0 g-1 d
check 'row14: is not enough' activate 77 g-1
at 00:01:00
check 'row14: the same officer twice' vote 0 g-1 d
check 'row14: is still one' activate 77 g-1
check 'row14: told' tells '[E3543]'
check 'row14: a second person' vote 0 g-1 c
check 'row14: active' activate 0 g-1
check 'shown' inside 0 use grant show g-1
check 'with who approved' prints 'eguchi-f'
check 'row14: approved by somebody who comes back with another key' ask 0 g-twin
check 'row14: approves' vote 0 g-twin m
check 'row14: retires' inside 0 store user retire mori-k --officer "$work/d.key"
check 'row14: a new key, another id' key n mori-k2 森薫 A700 統計課 --namesake-of mori-k
check 'row14: registered again' inside 0 store user add "$work/n.card" --officer "$work/d.key"
check 'row14: manager again' role mori-k2 manager
at 00:02:00
check 'row14: votes again' vote 0 g-twin n
check 'row14: two keys are one person' refused E3543 'not approved by two officers' use grant activate g-twin
check 'row14: a card of somebody registered' key o aoki-2 青木春子 A100 統計課
check 'row14: is refused' inside 77 store user add "$work/o.card" --officer "$work/d.key"
check 'row14: told' tells '[E3502]'

# --- use, and what it does not cover ---
check 'a job under it' job 0 g-1
check 'three rows' prints 'rows read: 3'
check 'a column it does not name' refused E3548 "'mother_age' is outside the grant" store job --grant g-1 --officer "$work/f.key" --dataset vital/birth --period 2025-12 \
  --columns birth_weight,mother_age -- true
check 'one leaf for it' one_leaf inside 77 store job --grant g-1 --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns mother_age -- true
check 'another period' refused E3548 'outside the grant' store job --grant g-1 --officer "$work/f.key" --dataset vital/birth --period 2025-11 --columns sex -- true
check 'another purpose' refused E3722 'is not that of the grant' store job --grant g-1 --officer "$work/f.key" --purpose 32-i --dataset vital/birth --period 2025-12 \
  --columns sex -- true
check 'another person' refused E3557 'is for another person' store job --grant g-1 --officer "$work/g.key" --dataset vital/birth --period 2025-12 --columns sex -- true
here=${SHIRABE_MACHINE_ID:-}
SHIRABE_MACHINE_ID=another; export SHIRABE_MACHINE_ID
check 'another machine' job_refused E3550 'is for another machine' g-1
if [ -n "$here" ]; then SHIRABE_MACHINE_ID=$here; else unset SHIRABE_MACHINE_ID; fi
check 'identifiers for statistics' ask 77 g-id 'columns=["municipality_code"]'
check 'told' tells '[E3551]'
check 'answers for a list' ask 77 g-list basis=33-1-i-list
check 'told too' tells '[E3551]'
check 'a filter' grant g-filter "filter=birth_weight < 1"
check 'leaves no row' job 0 g-filter
check 'none' prints 'rows read: 0'
SHIRABE_GRANT=g-1 SHIRABE_OFFICER_KEY=$work/f.key; export SHIRABE_GRANT SHIRABE_OFFICER_KEY
check 'named in the environment' inside 0 store job --dataset vital/birth --period 2025-12 --columns sex -- awk 'END {print NR}' ../in/data.csv
unset SHIRABE_GRANT SHIRABE_OFFICER_KEY
check 'its product is listed' inside 0 store job --list
check 'with label and grant' prints 'job-output  answer  vital/birth/2025-12/received  g-1'

# --- row 14: edits and the end ---
check 'row14: edited: another object' ask 0 g-1 'columns=["birth_weight","sex","mother_age"]'
check 'row14: nobody has approved it' activate 77 g-1
check 'row14: told' tells '[E3543]'
check 'row14: it is used no more' job_refused E3543 'not approved by two officers' g-1
check 'row14: shown without approvals' inside 0 use grant list
check 'row14: as requested' prints 'g-1	requested'
at 00:03:00
check 'row14: approved anew' vote 0 g-1 d
check 'row14: twice' vote 0 g-1 c
check 'row14: active in these words' activate 0 g-1
check 'row14: and used' job 0 g-1
at 00:04:00
check 'row14: an approval taken back' inside 0 use grant vote g-1 --refuse --officer "$work/d.key"
check 'row14: ends it' job_refused E3543 'not approved by two officers' g-1
at 00:05:00
check 'row14: and given again' vote 0 g-1 d
check 'row14: revives it' job 0 g-1
check 'revoking needs a reason' inside 64 use grant revoke g-1 --officer "$work/d.key"
check 'and a part in it or a role' inside 77 use grant revoke g-1 --reason x --officer "$work/e.key"
check 'revoked' inside 0 use grant revoke g-1 --reason 目的の終了 --officer "$work/d.key"
check 'row14: approval after revocation' refused E3547 'was revoked' use grant vote g-1 --approve --officer "$work/c.key"
check 'row14: activation after it' refused E3547 'was revoked' use grant activate g-1
check 'row14: the id is spent' refused E3547 'was revoked' use grant request "$work/g-1.json"
check 'row14: no use' job_refused E3547 'was revoked' g-1
check 'listed as revoked' inside 0 use grant list
check 'so' prints 'g-1	revoked'

# --- row 15: time ---
check 'one that begins later' grant g-later from=$((T + 36000))
check 'row15: not before its time' job_refused E3546 'is not in force yet' g-later
check 'row15: one of an hour' grant g-hour until=$((T + 3600))
at 00:59:59
check 'row15: in its last second' job 0 g-hour
at 01:00:00
check 'row15: a second later' job_refused E3545 'has expired' g-hour
check 'row15: not voted on any more' inside 77 use grant vote g-hour --approve --officer "$work/d.key"
check 'row15: told' tells '[E3545]'
check 'row15: nor asked for in the past' ask 77 g-past until=$((T + 1))
SHIRABE_CLOCK=2025-01-10T00:00:00Z
check 'row15: the clock back a year' unlocks 75 'a b'
check 'row15: told' tells 'clock'
check 'row15: with its remedy' tells 'next:'
SHIRABE_CLOCK=2026-01-12T12:00:00Z
check 'row15: ahead by two days' job_refused E3531 'more than 24 hours' g-filter
check 'row15: the store says so' inside 0 store clock
check 'row15: ahead' prints 'ahead: two officers confirm the date'
check 'row15: in Japanese' inside 0 store clock --lang ja
check 'row15: with words' prints '担当者2名の確認が必要'
at 01:00:05
check 'row15: back again: what had expired stays so' job_refused E3545 'has expired' g-hour
check 'row15: the others go on' job 0 g-filter
SHIRABE_CLOCK=2026-01-12T12:00:00Z
check 'row15: one confirmation' inside 0 store clock --confirm 2026-01-12T13:00:00Z --officer "$work/d.key"
check 'row15: is not enough' job_refused E3531 'more than 24 hours' g-filter
check 'row15: a second one about another date' inside 0 store clock --confirm 2026-01-12T12:30:00Z --officer "$work/c.key"
check 'row15: does not count' job_refused E3531 'more than 24 hours' g-filter
check 'row15: about the same' inside 0 store clock --confirm 2026-01-12T13:00:00Z --officer "$work/c.key"
check 'row15: the date is believed' prints 'believed'
check 'row15: work goes on' job 0 g-filter
check 'row15: not a date' inside 64 store clock --confirm tomorrow --officer "$work/c.key"

# --- row 27: limits ---
day2() { SHIRABE_CLOCK=2026-01-12T$1Z; }
now=$((T + 2 * 86400 + 12 * 3600))
day2 12:10:00
check 'row27: seven rows in a day' grant g-seven from=$((now - 60)) until=$((now + 86400 * 9)) rows_day=7
check 'row27: three' job 0 g-seven
check 'row27: six' job 0 g-seven
check 'row27: nine are too many' job_refused E3549 "a limit is reached: 'rows of this grant per day'" g-seven
check 'row27: fewer columns change nothing' inside 77 store job --grant g-seven --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns sex -- true
check 'row27: used so far' inside 0 use grant show g-seven --json
check 'row27: six rows' prints '"rows":{"today":6,"in_all":6}'
check 'row27: a job of one table' grant g-table from=$((now - 60)) until=$((now + 86400 * 9)) tables=1
two_tables() { inside "$1" store job --grant g-table --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns sex -- sh -c 'echo 1 >a; echo 2 >b'; }
check 'row27: two outputs' two_tables 77
check 'row27: told' tells "tables of this grant per day"
check 'row27: sessions' grant g-once from=$((now - 60)) until=$((now + 86400 * 9)) sessions=1
check 'row27: the first' job 0 g-once
check 'row27: the second' job_refused E3549 'sessions of this grant per day' g-once
check 'row27: one that is killed in the middle' grant g-kill from=$((now - 60)) until=$((now + 86400 * 9)) rows_all=5
"$program" store unlock --quiet --officer "$work/a.key" --passphrase-file "$pass" --officer "$work/b.key" --passphrase-file "$pass" -- "$program" store job --grant g-kill \
  --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns birth_weight,sex -- sleep "62.$$" >/dev/null 2>&1 &
i=0
while ! pgrep -f "^sleep 62.$$" >/dev/null && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
victim=$(pgrep -f "store job --grant g-kill .*sleep 62.$$" | head -1)
[ -n "$victim" ] && for p in $(pgrep -f "store job --grant g-kill .*sleep 62.$$"); do kill -KILL "$p"; done
wait 2>/dev/null
check 'row27: it ran' test -n "$victim"
check 'row27: what it had read stays counted' job_refused E3549 'rows of this grant in all' g-kill
check 'row27: two at once' grant g-both from=$((now - 60)) until=$((now + 86400 * 9)) rows_all=5
for n in 1 2; do
  "$program" store unlock --quiet --officer "$work/a.key" --passphrase-file "$pass" --officer "$work/b.key" --passphrase-file "$pass" -- "$program" store job --grant g-both \
    --officer "$work/f.key" --dataset vital/birth --period 2025-12 --columns sex -- true >/dev/null 2>"$work/both.$n" &
done
wait
check 'row27: one of them is refused' sh -c '[ "$(grep -l E3549 "$1"/both.* | wc -l)" -eq 1 ]' sh "$work"
check 'limits of persons' inside 0 use limits
check 'printed' prints 'rows: at most 50000000 per person and day'
echo '{"cells_per_day":-1,"exports_per_day":1,"queries_per_day":-1,"rows_per_day":25,"sessions_per_day":-1,"tables_per_day":-1}' >"$work/limits.json"
echo '{"rows_per_day":20}' >"$work/bad.json"
check 'a proposal that lacks some' inside 65 use limits propose "$work/bad.json"
check 'proposed' inside 0 use limits propose "$work/limits.json"
check 'approved by a user' refused E3521 'does not hold the role' use limits approve --officer "$work/f.key"
check 'by the chief' inside 0 use limits approve --officer "$work/d.key"
check 'not yet' prints 'rows: at most 50000000 per person and day'
check 'by a manager' inside 0 use limits approve --officer "$work/c.key"
check 'in force' prints 'rows: at most 25 per person and day'
check 'over all grants' grant g-all from=$((now - 60)) until=$((now + 86400 * 9))
check 'some more rows' job 0 g-all
i=0
while [ $i -lt 8 ] && job 0 g-all >/dev/null 2>&1; do i=$((i + 1)); done
check 'row27: the person has had enough' job_refused E3549 'of this person per day' g-all
SHIRABE_CLOCK=2026-01-13T00:00:00Z
check 'row27: free again the next day' job 0 g-all

# --- break-glass ---
t3=$((T + 3 * 86400))
glass() { request_file "$@"; id=$1; inside 0 use grant request "$work/$id.json" --officer "$work/g.key"; }
request_file fire-2 glass=火災 from="$t3" until=$((t3 + 3601))
check 'longer than an hour' refused E3558 'is not as it must be' use grant request "$work/fire-2.json"
request_file fire-3 glass=火災 from="$t3" until=$((t3 + 3600)) exports=1
check 'with exports' refused E3558 'is not as it must be' use grant request "$work/fire-3.json"
check 'as it must be' glass fire-1 glass=火災 from="$t3" until=$((t3 + 3600))
check 'leaders do not decide it' refused E3521 'does not hold the role' use grant vote fire-1 --approve --officer "$work/d.key"
check 'one key officer' vote 0 fire-1 a
check 'is not enough' activate 77 fire-1
check 'two' vote 0 fire-1 b
check 'active' activate 0 fire-1
check 'used' job 0 fire-1
check 'the auditor has a task' inside 0 store inspect list
check 'of this kind' prints 'break-glass:fire-1'
check 'the chief does not do it' inside 77 store inspect done "$(sed -n 's/^\(task-[0-9]*\) .*/\1/p' "$work/out" | head -1)" --result in-order --officer "$work/d.key"
check 'listed again' inside 0 store inspect list
check 'the auditor does' inside 0 store inspect done "$(sed -n 's/^\(task-[0-9]*\) .*break-glass.*/\1/p' "$work/out" | head -1)" --result in-order --officer "$work/e.key"
SHIRABE_CLOCK=2026-01-13T01:00:00Z
check 'over after an hour' job_refused E3545 'has expired' fire-1

# --- row 30: no second identity by spelling ---
person() { # name, staff number: the key is not made, and no file is left
  run 65 store user key "$work/x.key" --id x-y --name "$1" --organisation 統計課 --section 企画係 --staff-no "$2" --profile light --passphrase-file "$pass" && [ ! -e "$work/x.key" ]
}
check 'row30: a look-alike of another script' person 'Аоki' X1
check 'row30: told' tells '[E3501]'
check 'row30: what to do' tells 'composed form (NFC)'
check 'row30: not composed' person "$(printf 'がき か\343\202\231')" X1
check 'row30: full-width digits' person '青木１' X1
check 'row30: a control character' person "$(printf '青木\001')" X1
check 'row30: bytes of Shift_JIS' person "$(printf '\220\302\226\330')" X1
check 'row30: an id with full-width letters' run 65 store user key "$work/x.key" --id 'ａoki' --name 青木春子 --organisation 統計課 --section 企画係 --staff-no X1 --profile light \
  --passphrase-file "$pass"
check 'row30: in Japanese' run 65 store user key "$work/x.key" --id x-y --name '青木１' --organisation 統計課 --section 企画係 --staff-no X1 --profile light \
  --passphrase-file "$pass" --lang ja
check 'row30: with words' tells '全角数字'
check 'row30: a full-width space' person '青木　春子' Z900
check 'row30: a space does not make another name' key q aoki-3 '青木 春子' Z900 統計課
check 'row30: it is the same one' inside 77 store user add "$work/q.card" --officer "$work/d.key"
check 'row30: told' tells '[E3502]'
check 'row30: a grant for a person written otherwise' ask 65 g-wide 'person=ｏno-m'
check 'row30: told' tells '[E3540]'
check 'row30: bytes that are no UTF-8' sh -c 'printf "{\"format\":\"shirabe-grant-1\",\"id\":\"g-sjis\",\"purpose\":\"\220\302\"}" >"$1/sjis.json"' sh "$work"
check 'row30: refused' inside 65 use grant request "$work/sjis.json"

# --- passphrases ---
printf 'another passphrase\n' >"$work/wrong"
wrong() { inside "$1" use grant vote g-own --approve --officer "$work/c.key" --officer-passphrase "$work/wrong"; }
check 'a wrong passphrase' wrong 77
check 'again' wrong 77
check 'a third' wrong 77
check 'then one waits' wrong 75
check 'told' tells '[E3554]'
check 'the right one as well' inside 75 use grant vote g-own --approve --officer "$work/c.key"
SHIRABE_CLOCK=2026-01-13T01:01:00Z
check 'after it the right one opens' inside 0 use grant vote g-own --approve --officer "$work/c.key"
check 'everything verifies' inside 0 store verify
printf '%s: %s passed, %s failed, %s skipped\n' "$title" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
