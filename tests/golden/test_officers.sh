#!/bin/sh
# test_officers.sh -- a store held by officers, from the command line: key files and cards, the ceremony, unlocking two of three, sessions, roles, a change of
# officers, attempts that wait, and the root key rebuilt with Debian's tools alone. Ends with `officers: N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=officers
. ./tests/golden/common.sh
SHIRABE_CLOCK=2026-01-10T00:00:00Z
export SHIRABE_CLOCK program work
unset SHIRABE_PASSPHRASE_FILE SHIRABE_GRANT SHIRABE_OFFICER_KEY SHIRABE_OFFICER_PASSPHRASE_FILE 2>/dev/null || true
skipped=0
skip() { skipped=$((skipped + 1)); printf 'skipped: %s\n' "$1"; }
pass=$work/pass
printf 'another passphrase\n' >"$work/wrong"
printf 'short\n' >"$work/short"
at() { SHIRABE_CLOCK=$1; shift; "$@"; status=$?; SHIRABE_CLOCK=2026-01-10T00:00:00Z; return $status; }
run() { # status, command of the program ...
  want=$1; shift; status=0
  "$program" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
  [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }
}
key() { # letter, id, name, staff number
  run 0 store user key "$work/$1.key" --id "$2" --name "$3" --organisation 統計課 --section 企画係 --staff-no "$4" --trained 2025-12-01 --pledge "$pass" \
    --profile light --passphrase-file "$pass"
}
unlocks() { # status, letters, more ...: each key with the right passphrase
  want=$1 letters=$2; shift 2
  set -- store unlock --office "$work/store" --quiet "$@"
  for l in $letters; do set -- "$@" --officer "$work/$l.key" --passphrase-file "$pass"; done
  run "$want" "$@"
}
in_session() { # letters: the script on standard input, within a session
  cat >"$work/script"
  set -- "$1" store unlock --office "$work/store" --quiet
  letters=$1; shift
  for l in $letters; do set -- "$@" --officer "$work/$l.key" --passphrase-file "$pass"; done
  "$program" "$@" -- sh "$work/script" >"$work/out" 2>"$work/err" </dev/null
}
status_is() { want=$1; shift; status=0; "$@" || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }; }
said() { grep -qF -- "$1" "$work/out"; }
not_said() { ! grep -qF -- "$1" "$work/out"; }

# --- key files and cards ---
check 'a key file and a card' key a aoki-h 青木春子 A100
check 'the card is shown with its fingerprint' prints 'fingerprint'
check 'the next step is said' tells 'read the fingerprint aloud'
check 'the key file is for its owner only' test "$(stat -c %a "$work/a.key")" = 600
check 'the card lies beside it' test -s "$work/a.card"
check 'a key file is never overwritten' run 73 store user key "$work/a.key" --id x-y --name 木村望 --organisation 統計課 --section 企画係 --staff-no X1 \
  --profile light --passphrase-file "$pass" --card "$work/other.card"
for p in 'b inoue-n 井上夏雄 A200' 'c ueda-a 上田秋江 A300' 'd eguchi-f 江口冬樹 A400' 'e kato-m 加藤実 A500' 'f kudo-s 工藤静 A600'; do
  # shellcheck disable=SC2086
  check "key of ${p%% *}" key $p
done
check 'a look-alike name makes no key' run 65 store user key "$work/x.key" --id x-y --name 'Аоки' --organisation 統計課 --section 企画係 --staff-no X1 \
  --profile light --passphrase-file "$pass"
check 'and no file' test ! -e "$work/x.key"
check 'a short passphrase is refused' run 64 store user key "$work/x.key" --id x-y --name 青木 --organisation 統計課 --section 企画係 --staff-no X1 \
  --profile light --passphrase-file "$work/short"
check 'a card is renewed' run 0 store user card "$work/b.card" --trained 2026-01-05
check 'and says so in JSON' run 0 store user card "$work/b.card" --json
check 'with the new date' prints '"trained":"2026-01-05"'

# --- the ceremony ---
init() { # status, more ...
  want=$1; shift
  run "$want" store init --office "$work/store" --type prefecture --code 010006 --name 北海道 --profile light --key-officer "$work/a.card" \
    --key-officer "$work/b.card" --key-officer "$work/c.card" --manager "$work/c.card" "$@"
}
check 'no auditor, no store' init 64 --chief "$work/d.card" --authority-threshold 3/4
check 'one leader, no store' init 64 --auditor "$work/e.card" --authority-threshold 3/4
check 'a number that does not fit' init 64 --chief "$work/d.card" --auditor "$work/e.card" --authority-threshold 3/6
check 'it says how many are named' tells '6 holders, and 5 are named'
check 'a threshold of one' init 64 --chief "$work/d.card" --auditor "$work/e.card" --unlock-threshold 1/3
check 'the auditor is no chief' init 77 --chief "$work/d.card" --auditor "$work/d.card" --authority-threshold 3/4
check 'nothing was made' test ! -e "$work/store/office.json"
check 'the ceremony' init 0 --chief "$work/d.card" --auditor "$work/e.card" --shares "$work/shares"
check 'who holds what' prints 'ueda-a    上田秋江  manager, key-officer'
check 'thresholds' prints 'key epoch 1: 2 of 3 unlock; 3 of 5, an auditor among them, change officers and destroy keys'
check 'eight share files' test "$(find "$work/shares" -name '*.age' | wc -l)" -eq 8
check 'not twice' init 73 --chief "$work/d.card" --auditor "$work/e.card"

# --- unlocking ---
check 'two of three unlock' unlocks 0 'a b'
check 'and are named' prints 'by aoki-h, inoue-n'
check 'another two, in JSON' unlocks 0 'b c' --json
check 'with their ids' prints '"officers":["inoue-n","ueda-a"]'
check 'one does not' unlocks 77 'a'
check 'and is told how many' tells '1 of 2 shares needed'
check 'in Japanese' unlocks 77 'a' --lang ja
check 'as well' tells '2 個のシェアのうち 1 個だけが有効です'
check 'a passphrase does not' run 77 store unlock --office "$work/store" --passphrase-file "$pass"
check 'and is told who does' tells '2 of 3 officers'
check 'nobody is asked for a passphrase that cannot help' run 77 store verify --open --office "$work/store"
check 'the auditor does not unlock' unlocks 77 'a e'
check 'three failures in a row: wait' unlocks 75 'a b'
check 'how long' tells 'the next one is allowed in 15 s'
check 'after the time it opens' at 2026-01-10T00:01:00Z unlocks 0 'a b'
SHIRABE_CLOCK=2026-01-10T00:02:00Z
check 'a wrong passphrase' run 77 store unlock --office "$work/store" --officer "$work/a.key" --passphrase-file "$pass" --officer "$work/b.key" \
  --passphrase-file "$work/wrong"
check 'one passphrase file for two keys is a mistake' run 64 store unlock --office "$work/store" --officer "$work/a.key" --passphrase-file "$pass" --officer "$work/b.key"
b_share=$(find "$work/shares" -name 'root-e1-inoue-n.*')
a_share=$(find "$work/shares" -name 'root-e1-aoki-h.*')
check 'exported shares instead of those in the keystore' unlocks 0 'a b' --share "$a_share" --share "$b_share"
check 'exchanged, they are refused' unlocks 77 'a b' --share "$b_share" --share "$a_share"
check 'and the share is named' tells "share $(printf %s "$b_share" | sed 's/.*\.0*\([0-9]*\)\.age/\1/') of inoue-n"
check 'the log tells the attempts' run 0 store log --office "$work/store"
check 'with their reason' prints 'E_SHARE_REFUSED'

# --- Debian's tools alone ---
if command -v age >/dev/null && command -v gfcombine >/dev/null && command -v python3 >/dev/null; then
  c_share=$(find "$work/shares" -name 'root-e1-ueda-a.*')
  for p in "a $a_share" "b $b_share" "c $c_share"; do
    file=${p#* }
    number=$(printf %s "$file" | sed 's/.*\.\([0-9]*\)\.age/\1/')
    check "age opens the share of ${p%% *}" python3 tests/unit/age_pty.py "$(cat "$pass")" age -d -o "$work/root.$number" -i "$work/${p%% *}.key" "$file"
  done
  # shellcheck disable=SC2046
  set -- $(find "$work" -maxdepth 1 -name 'root.*' | sort)
  check 'gfcombine rebuilds ROOT from two' gfcombine -o "$work/root12" "$1" "$2"
  check 'the same from the other two' gfcombine -o "$work/root23" "$2" "$3"
  check 'of 32 bytes' test "$(wc -c <"$work/root12")" -eq 32
  check 'both are one' cmp "$work/root12" "$work/root23"
  rm -f "$work"/root.* "$work/root12" "$work/root23"
else skip 'age or gfcombine is not installed'; fi

# --- a session: the register and roles ---
export SHIRABE_CLOCK=2026-01-10T01:00:00Z
SHIRABE_OFFICER_PASSPHRASE_FILE=$pass PASS=$pass
export SHIRABE_OFFICER_PASSPHRASE_FILE PASS
check 'officer f is registered and made a key officer' status_is 0 in_session 'a b' <<'S'
set -e
u() { "$program" store user "$@" --office "$work/store" --quiet; }
u add "$work/f.card" --officer "$work/d.key"
u role propose kudo-s key-officer --until 2027-03-31 --officer "$work/d.key"
u role approve kudo-s key-officer --officer "$work/d.key"
u role list
u role approve kudo-s key-officer --officer "$work/c.key"
u list
S
check 'one approval is not enough' prints 'not yet in force'
check 'the list says that it waits' prints 'waits for approvals'
check 'two are' prints 'approved, now in force'
check 'refused: nobody but leaders registers' status_is 77 in_session 'a b' <<'S'
"$program" store user add "$work/f.card" --officer "$work/e.key" --office "$work/store" --quiet
S
check 'it says which roles may' tells 'chief'
check 'refused: the auditor becomes no manager' status_is 77 in_session 'a b' <<'S'
"$program" store user role propose kato-m manager --until 2027-03-31 --officer "$work/d.key" --office "$work/store" --quiet
S
check 'refused: another fingerprint' status_is 77 in_session 'a b' <<'S'
"$program" store user add "$work/f.card" --fingerprint '0000 1111' --officer "$work/d.key" --office "$work/store" --quiet
S
check 'keys are not changed within a session' status_is 77 in_session 'a b' <<'S'
"$program" store rotate --authority "$work/a.key" --authority "$work/d.key" --authority "$work/e.key" --passphrase-file "$PASS" --passphrase-file "$PASS" \
  --passphrase-file "$PASS" --office "$work/store" --quiet
S
check 'a session is sealed from within' status_is 0 in_session 'a b' <<'S'
"$program" store seal --office "$work/store" --quiet || exit 3
sleep 1
"$program" store verify --open --office "$work/store" --quiet && exit 4
exit 0
S
check 'and says so' prints 'the keys of this session are wiped'
check 'the log knows' run 0 store log --office "$work/store"
check 'how it ended' prints 'end:sealed'
check 'outside a session there is nothing to seal' run 1 store seal --office "$work/store"

# --- a change of officers ---
rotate() { # status, who unlocks, who authorises, more ...
  want=$1 unlocking=$2 authorising=$3; shift 3
  set -- store rotate --office "$work/store" --quiet "$@"
  for l in $unlocking; do set -- "$@" --officer "$work/$l.key" --passphrase-file "$pass"; done
  for l in $authorising; do set -- "$@" --authority "$work/$l.key" --passphrase-file "$pass"; done
  run "$want" "$@"
}
check 'two of five are too few' rotate 77 'a b' 'a d'
check 'three without an auditor' rotate 77 'a b' 'a b d'
check 'it says what is missing' tells 'is an auditor'
check 'none at all' rotate 77 'a b' ''
check 'it says who' tells '3 of 5 officers, one of them an auditor'
set -- --unlock-holder aoki-h --unlock-holder ueda-a --unlock-holder kudo-s --authority-holder aoki-h --authority-holder ueda-a --authority-holder kudo-s \
  --authority-holder eguchi-f --authority-holder kato-m
check 'somebody unknown' rotate 66 'a b' 'a d e' --unlock-holder nobody --unlock-holder aoki-h
check 'the auditor gets no share that unlocks' rotate 64 'a b' 'a d e' --unlock-holder kato-m --unlock-holder aoki-h
check 'inoue-n leaves, kudo-s comes' rotate 0 'a b' 'a d e' "$@" --shares "$work/shares2"
check 'epoch 2' prints 'key epoch 2: 2 of 3 unlock'
check 'the one who left holds nothing' run 0 store user list --office "$work/store" --json
check 'in the register without shares' prints '"id":"inoue-n","name":"井上夏雄","organisation":"統計課","section":"企画係","roles":"key-officer","unlock_share":0,"authority_share":0'
check 'and unlocks nothing' unlocks 77 'a b'
check 'also not with the old share' unlocks 77 'a b' --share "$a_share" --share "$b_share"
check 'the new one does' unlocks 0 'a f'
check 'another threshold' rotate 0 'a f' 'a d e' --unlock-threshold 3/3
check 'two are not enough now' unlocks 77 'a f'
check 'three are' unlocks 0 'a c f'
check 'inoue-n retires' status_is 0 in_session 'a c f' <<'S'
"$program" store user retire inoue-n --officer "$work/d.key" --office "$work/store" --quiet
S
check 'and is listed so' run 0 store user list --office "$work/store"
check 'as retired' prints 'retired'
check 'retired people come back under no old name' status_is 77 in_session 'a c f' <<'S'
"$program" store user add "$work/b.card" --officer "$work/d.key" --office "$work/store" --quiet
S
check 'everything verifies' run 0 store verify --office "$work/store"
check 'without problems' prints 'problems: 0'

# --- an office of one ---
SHIRABE_PASSPHRASE_FILE=$pass; export SHIRABE_PASSPHRASE_FILE
setup one office init --type ministry --code 00 --name 本省 --profile light
printf 'a new passphrase of the tests\n' >"$work/new"
check 'a new passphrase' run 0 store rotate --office "$work/one" --new-passphrase-file "$work/new"
check 'the old one is refused' run 77 store unlock --office "$work/one"
check 'the new one opens' run 0 store unlock --office "$work/one" --passphrase-file "$work/new"
check 'officers need officers' run 64 store unlock --office "$work/one" --officer "$work/a.key" --passphrase-file "$pass"
check 'it becomes a store with officers' run 0 store rotate --office "$work/one" --passphrase-file "$work/new" --key-officer "$work/a.card" --key-officer "$work/c.card" \
  --chief "$work/d.card" --manager "$work/c.card" --auditor "$work/e.card" --unlock-threshold 2/2 --authority-threshold 3/4
check 'and says who' prints '2 of 2 unlock'
check 'the passphrase is over' run 77 store unlock --office "$work/one" --passphrase-file "$work/new"
check 'its officers open it' run 0 store unlock --office "$work/one" --officer "$work/a.key" --passphrase-file "$pass" --officer "$work/c.key" --passphrase-file "$pass"
printf '%s: %s passed, %s failed, %s skipped\n' "$title" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
