#!/bin/sh
# test_session.sh -- `shirabe store unlock -- COMMAND`: a month of a town within one session, how a session ends, and what other processes of the same user can do
# to the one that holds the keys (rows 23 and 24 of the attack table). Ends with `session: N passed, N failed, N skipped`.
set -u
# In a test build: the leak checker attaches to its own process, which a filter of system calls, or strace, forbids.
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
cd "$(dirname "$0")/../.." || exit 70
title=session
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-01-10T00:00:00Z
export SHIRABE_FORMS SHIRABE_CLOCK
skipped=0
skip() { skipped=$((skipped + 1)); printf 'skipped: %s\n' "$1"; }
pass=$SHIRABE_PASSPHRASE_FILE
unset SHIRABE_PASSPHRASE_FILE # from here on only a session, or --passphrase-file, opens anything
in_session() { "$program" store unlock --office "$work/$1" --passphrase-file "$pass" --quiet -- sh "$work/script" >"$work/out" 2>"$work/err" </dev/null; }
script() { cat >"$work/script"; }
status_is() { want=$1; shift; status=0; "$@" || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; false; }; }
export program work

SHIRABE_PASSPHRASE_FILE=$pass
export SHIRABE_PASSPHRASE_FILE
setup prefecture office init --type prefecture --code 010006 --name 北海道 --profile light
setup city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/prefecture/office.json"
setup prefecture office key "$work/city/office.json"
unset SHIRABE_PASSPHRASE_FILE
{ header; slip_number 11; slip_number 12; } >"$work/slips.csv"

# --- a month: keys made and saved, segments sealed, a batch signed and encrypted, another one opened ---
script <<'S'
set -e
"$program" intake file "$work/slips.csv" --form vital/birth --period 2025-12 --office "$work/city" --quiet || [ $? -eq 1 ]
"$program" batch seal vital 2025-12 --declared birth=2 --declared death=0 --out "$work/usb" --office "$work/city" --quiet
"$program" store verify --open --office "$work/city"
"$program" store show --json --office "$work/city"
S
check 'a month of a town with one passphrase' status_is 0 in_session city
check 'its records are there' prints '"rows":2'
script <<'S'
set -e
"$program" batch receive --from "$work/usb" --receipts "$work/usb" --office "$work/prefecture" --quiet
"$program" store verify --open --office "$work/prefecture"
S
check 'a batch is opened within a session' status_is 0 in_session prefecture
check 'and is whole' prints 'problems: 0'
check 'afterwards the passphrase still opens it' exits 0 city store verify --open --passphrase-file "$pass"
check 'without session and passphrase nothing opens' exits 66 city store unlock
check 'the log tells the session' exits 0 city store log
check 'its beginning' prints ' begin'
check 'its end' prints 'end:command-ended'
check 'and what was opened within' prints 'epoch:1 session'

# --- row 7: what a session has written, put back without the key file ---
cp -R "$work/city" "$work/earlier"
script <<'S'
"$program" store verify --open --office "$work/city"
S
check 'one more command, no new key' status_is 0 in_session city
mkdir "$work/aside"; cp "$work/city/store.db" "$work/city/log2" "$work/aside"
cp "$work/earlier/store.db" "$work/earlier/log2" "$work/city"
check 'database and log of before: the key file has seen more' exits 65 city store unlock --passphrase-file "$pass"
check 'it says so' tells 'the key file has seen'
check 'without keys as well' exits 65 city store verify
cp "$work/aside"/* "$work/city"
check 'the right ones open' exits 0 city store verify --open --passphrase-file "$pass"

# --- refused ---
script <<'S'
"$program" store unlock --office "$work/prefecture"
S
check 'the session of one office does not open another' status_is 66 in_session city
script <<'S'
"$program" store unlock --office "$work/prefecture" --passphrase-file "$PASS"
S
PASS=$pass; export PASS
check 'a passphrase that is given goes before the session' status_is 0 in_session city
check 'a number that is no session' status_is 77 env SHIRABE_SESSION=77 "$program" store unlock --office "$work/city"
script <<'S'
python3 -c 'import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))' "$program" store unlock --office "$work/city"
S
check 'a program that closes what it inherits loses the session' status_is 77 in_session city
printf 'another passphrase\n' >"$work/wrong"
check 'a wrong passphrase begins nothing' status_is 77 "$program" store unlock --office "$work/city" --passphrase-file "$work/wrong" -- touch "$work/never"
check 'and runs nothing' test ! -e "$work/never"
check 'a command that is not there' status_is 127 "$program" store unlock --office "$work/city" --passphrase-file "$pass" -- no-such-command
check 'the status of the command is passed on' status_is 9 "$program" store unlock --office "$work/city" --passphrase-file "$pass" -- sh -c 'exit 9'
check 'a signal too' status_is 143 "$program" store unlock --office "$work/city" --passphrase-file "$pass" -- sh -c 'kill -TERM $$'
check 'idle is 1 to 15 minutes' status_is 64 "$program" store unlock --office "$work/city" --passphrase-file "$pass" --idle 16 -- true

# --- ends ---
script <<'S'
sleep 3
"$program" store unlock --office "$work/city"
S
SHIRABE_SESSION_SECONDS=1,100; export SHIRABE_SESSION_SECONDS
check 'after idle time a command is refused' status_is 77 in_session city
check 'and told why' tells 'E3929'
SHIRABE_SESSION_SECONDS=100,1
check 'after its longest time too' status_is 77 in_session city
unset SHIRABE_SESSION_SECONDS
check 'both ends stand in the log' exits 0 city store log
check 'idle' prints 'end:idle'
check 'too long' prints 'end:too-long'
script <<'S'
echo "$PPID" >"$work/broker"
sleep 1
case $(readlink "/proc/$PPID/exe") in */shirabe) kill -KILL "$PPID" ;; esac
"$program" store unlock --office "$work/city"
echo $? >"$work/after"
S
in_session city 2>/dev/null
sleep 1.5
check 'a killed holder of the keys answers no more' grep -qx 77 "$work/after"

# --- the holder of the keys, seen from outside ---
script <<'S'
grep -E '^(Seccomp|NoNewPrivs):' "/proc/$PPID/status" | tr -d '\t' >"$work/confined"
ls -l "/proc/$PPID/fd" >"$work/descriptors" 2>&1
sed -n '/Max core file size/p' "/proc/$PPID/limits"
S
sleep_for_shut_in() { printf 'sleep 1\n' | cat - "$work/script" >"$work/script2" && mv "$work/script2" "$work/script"; }
sleep_for_shut_in
check 'a look at the holder' status_is 0 in_session city
check 'it is under a filter' grep -qx 'Seccomp:2' "$work/confined"
check 'it can gain nothing' grep -qx 'NoNewPrivs:1' "$work/confined"
check 'it writes no core' grep -qE 'Max core file size +0 +0' "$work/out"

# --- row 24, as a user who is not root: whoever runs as the same user cannot read it ---
# A build with AddressSanitizer stays readable, since its leak checker attaches to its own process, and its core file would be as large as its shadow memory.
case ${BUILD:-build} in */asan) checked_build=yes ;; *) checked_build= ;; esac
if [ -n "$checked_build" ]; then skip 'row24: a process under AddressSanitizer does not shut itself off'
elif [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
  home=$(mktemp -d /tmp/shirabe-nobody-XXXXXX)
  cp "$program" "$home/shirabe"
  printf 'a passphrase of the tests\n' >"$home/pass"
  chown -R 65534:65534 "$home"
  as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
  as_nobody env SHIRABE_FORMS="$SHIRABE_FORMS" "$home/shirabe" office init --type municipality --code 011002 --name 札幌市 --profile light --office "$home/o" \
    --passphrase-file "$home/pass" --quiet >/dev/null 2>&1
  as_nobody "$home/shirabe" office init --type ministry --code 00 --name 本省 --profile standard --office "$home/std" --passphrase-file "$home/pass" --quiet >/dev/null 2>&1
  cat >"$home/attack" <<'S'
sleep 1
ulimit -f 200000 # a dump that succeeds does not fill the disk
head -c 1 "/proc/$PPID/mem" 2>"$1/mem"; echo "mem $?" >"$1/result"
cat "/proc/$PPID/environ" >/dev/null 2>&1; echo "environ $?" >>"$1/result"
ls "/proc/$PPID/fd" >/dev/null 2>&1; echo "fd $?" >>"$1/result"
if command -v gcore >/dev/null; then gcore -o "$1/core" "$PPID" >"$1/gcore" 2>&1; echo "gcore $?" >>"$1/result"; else echo 'gcore none' >>"$1/result"; fi
"$1/shirabe" store verify --open --office "$1/o" >/dev/null 2>&1; echo "works $?" >>"$1/result"
S
  as_nobody "$home/shirabe" store unlock --office "$home/o" --passphrase-file "$home/pass" --quiet -- sh "$home/attack" "$home" >"$work/out" 2>"$work/err"
  check 'row24: the session of an ordinary user works' grep -qx 'works 0' "$home/result"
  check 'row24: /proc/PID/mem by the same user' grep -qx 'mem 1' "$home/result"
  check 'row24: it is refused, not missing' grep -q 'Permission denied' "$home/mem"
  check 'row24: /proc/PID/environ by the same user' grep -qE '^environ [1-9]' "$home/result"
  check 'row24: its descriptors by the same user' grep -qE '^fd [1-9]' "$home/result"
  if grep -qx 'gcore none' "$home/result"; then skip 'gcore is not installed'
  else
    check 'row24: gcore by the same user' grep -qE '^gcore [1-9]' "$home/result"
    check 'row24: no core file' test -z "$(find "$home" -name 'core*')"
  fi
  # A control: a process that does not protect itself can be read by the same user, so the refusals above mean something.
  as_nobody sh -c 'sleep 5 & head -c 1 "/proc/$!/environ" >/dev/null; status=$?; kill $!; exit $status' >/dev/null 2>&1
  check 'row24: the control can be read' test $? -eq 0
  # mlock refused: the real store stays closed, the demonstration says so.
  as_nobody sh -c 'ulimit -l 0; "$1/shirabe" store unlock --office "$1/std" --passphrase-file "$1/pass"' sh "$home" >"$work/out" 2>"$work/err"
  check 'row24: no locked memory, no real store' test $? -eq 77
  check 'row24: E_STORE_MLOCK' tells 'E3004'
  as_nobody sh -c 'ulimit -l 64; "$1/shirabe" store unlock --office "$1/std" --passphrase-file "$1/pass"' sh "$home" >"$work/out" 2>"$work/err"
  check 'row24: 64 KiB are enough for all keys of a command' test $? -eq 0
  as_nobody sh -c 'ulimit -l 0; "$1/shirabe" store unlock --office "$1/o" --passphrase-file "$1/pass"' sh "$home" >"$work/out" 2>"$work/err"
  check 'row24: a demonstration goes on' test $? -eq 0
  check 'row24: and says that keys are not locked' prints 'could not be locked'
  as_nobody sh -c 'ulimit -l 0; "$1/shirabe" store unlock --office "$1/std" --passphrase-file "$1/pass" -- touch "$1/never"' sh "$home" >"$work/out" 2>"$work/err"
  check 'row24: no session either' test $? -eq 77
  check 'row24: nothing was run' test ! -e "$home/never"
  rm -rf "$home"
else skip 'row24: other users than root need setpriv and root'
fi
printf '%s: %s passed, %s failed, %s skipped\n' "$title" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
