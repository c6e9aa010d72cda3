#!/bin/sh
# test_store_job.sh -- `shirabe store job`: a program gets its columns in memory and nothing else; what it leaves is sealed, what it tried stands in the log, and
# no answer reaches a disk. Row 23 of the attack table, with a leaf for each. Ends with `store job: N passed, N failed, N skipped`.
set -u
# In a test build: the leak checker attaches to its own process, which a filter of system calls, or strace, forbids.
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
cd "$(dirname "$0")/../.." || exit 70
title='store job'
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
SHIRABE_FORMS=$PWD/forms SHIRABE_CLOCK=2026-01-10T00:00:00Z TMPDIR=$work/tmp
export SHIRABE_FORMS SHIRABE_CLOCK TMPDIR
mkdir -p "$work/tmp"
scan=$BUILD/tests/demo/leak_scan
skipped=0
office() { folder=$1; shift; SHIRABE_OFFICE=$work/$folder "$program" "$@"; } # what follows -- is the program's
setup city office init --type municipality --code 011002 --name 札幌市 --profile light
mine=$((7000000 + $$ % 900000)) # this run's own number: others may run at the same time
{ header; slip_number "$mine"; slip_number 7741903; } >"$work/slips.csv"
office city intake file "$work/slips.csv" --form vital/birth --period 2025-12 >"$work/setup" 2>&1 || [ $? -eq 1 ] || { cat "$work/setup"; exit 1; }
rm "$work/slips.csv"
job() { # expected exit status, options ... -- program ...
  want=$1; shift
  exits "$want" city store job --dataset vital/birth --period 2025-12 --columns event_book_no,birth_weight --purpose 32-i "$@"
}
last_leaf() { office city store log >"$work/log" 2>/dev/null; grep -E "$1" "$work/log" | tail -n 1 >"$work/leaf"; grep -qE "$2" "$work/leaf" || { cat "$work/leaf"; false; }; }
left() { grep -lF "$mine" /dev/shm/shirabe-job-*/in/data.csv 2>/dev/null; }
nothing_left() { [ -z "$(left)" ] || { left; false; }; }

# --- an honest job ---
check 'rows are counted' job 0 -- awk -F, 'END {print NR - 1 > "count"; print "done" > "/dev/stderr"}' ../in/data.csv
check 'two rows were read' prints 'rows read: 2'
check 'its file is listed' prints '  count'
check 'its content is not shown' sh -c '! grep -q "$2" "$1"' sh "$work/out" "$mine"
check 'the intent stands in the log' last_leaf 'job.*intended' 'dataset:vital/birth/2025-12/received job:[0-9a-f]* program:[0-9a-f]*'
check 'the end too' last_leaf 'job' 'done \(of'
check 'nothing is left in memory' nothing_left
id=$(sed -n 's/^messages: //p' "$work/out")
check 'its messages can be shown' exits 0 city store job --show "$id"
check 'as it wrote them' prints 'done'
check 'it got the columns it was to get' job 0 -- awk -F, 'NR == 1 && $0 != "event_book_no,birth_weight\r" {exit 9} NR == 2 && $1 !~ /^7/ {exit 8}' ../in/data.csv
check 'and the status of each value' job 0 -- awk -F, 'NR == 2 && $1 != "reported" {exit 9}' ../in/status.csv
check 'outputs cannot be shown as messages' sh -c '
  "$1" store job --office "$2/city" --dataset vital/birth --period 2025-12 --columns birth_weight --purpose 32-i -- awk "BEGIN {print 1 > \"x\"}" >"$2/out" 2>"$2/err"
  id=$(sed -n "s/^\([0-9a-f]\{64\}\)  .*  x$/\1/p" "$2/out"); [ -n "$id" ] || exit 9
  "$1" store job --office "$2/city" --show "$id" >"$2/out" 2>"$2/err"; [ $? -eq 66 ]' sh "$program" "$work"

# --- what it must not do ---
cat >"$work/attack.py" <<'P'
import ctypes, os, socket, sys
def tried(name, act, *wanted):
    try:
        act()
        print(name, 'succeeded'); sys.exit(1)
    except OSError as e:
        if e.errno not in wanted: print(name, e.errno); sys.exit(2)
import errno
store = sys.argv[1]
E = (errno.EACCES, errno.EPERM)
tried('passwd', lambda: open('/etc/passwd'), *E)
tried('keystore', lambda: open(store + '/keystore'), *E)
tried('database', lambda: open(store + '/store.db', 'r+b'), *E)
tried('list the store', lambda: os.listdir(store), *E)
tried('other scratch', lambda: os.listdir('/dev/shm'), *E)
tried('home', lambda: os.listdir('/root'), *E)
tried('write input', lambda: open('../in/data.csv', 'a'), *E)
tried('write tmp', lambda: open('/tmp/x', 'w'), *E)
tried('socket', lambda: socket.socket(), *E)
tried('unix socket', lambda: socket.socket(socket.AF_UNIX), *E)
tried('truncate', lambda: os.truncate(store + '/keystore', 0), *E)
tried('fork', os.fork, *E)
tried('symlink', lambda: os.symlink(store, 'out'), *E)
tried('chmod', lambda: os.chmod(store + '/keystore', 0o666), *E)
tried('parent memory', lambda: open('/proc/%d/mem' % int(sys.argv[2]), 'rb'), *E)
tried('signal', lambda: os.kill(int(sys.argv[2]), 9), errno.EPERM, errno.ESRCH)
tried('nice', lambda: os.setpriority(0, 0, -5), *E)
names = {k for k in os.environ} - {'SHIRABE_JOB_IN', 'HOME', 'TMPDIR', 'PATH', 'LANG', 'LC_CTYPE'}
if names: print('environment', names); sys.exit(3)
if sorted(os.listdir('/dev/shm/' + os.environ['HOME'].split('/')[3] + '/work')) != []: sys.exit(4)
P
if [ -x /usr/bin/python3 ]; then
  LD_PRELOAD=/nonexistent/evil.so job 0 --script "$work/attack.py" -- /usr/bin/python3 -I -S "$work/attack.py" "$work/city" "$$" >"$work/said" 2>&1
  check 'row23: seventeen attacks of a program are refused' test $? -eq 0
  [ "$failed" -eq 0 ] || { id=$(sed -n 's/^messages: //p' "$work/out"); cat "$work/said" "$work/err"; }
  check 'row23: its keystore is as it was' exits 0 city store verify --open
  for attack in ptrace:101 process_vm_readv:310 bpf:321 mount:165; do
    number=${attack#*:}
    [ "$(uname -m)" = x86_64 ] || { skipped=$((skipped + 1)); continue; }
    check "row23: ${attack%:*} ends the program" job 65 -- /usr/bin/python3 -I -S -c "import ctypes; open('stolen', 'w').write('x'); ctypes.CDLL(None).syscall($number, 0, 0, 0, 0, 0)"
    check "row23: ${attack%:*} is told" tells 'forbidden system call'
    check "row23: ${attack%:*} leaves a leaf" last_leaf 'job' 'failed \(of'
  done
  check 'row23: outputs of a killed program are dropped' sh -c '! "$1" store show --json --office "$2/city" 2>/dev/null | grep -q stolen' sh "$program" "$work"
  check 'row23: killed by itself' job 65 -- /usr/bin/python3 -I -S -c 'import os; os.kill(os.getpid(), 9)'
  check 'row23: a file beyond its limit' job 65 -- awk 'BEGIN {s = sprintf("%4096s", "x"); for (i = 0; i < 70000; i++) printf "%s", s > "big"}'
  check 'row23: told with the limit' tells 'a file of more than'
  check 'row23: memory beyond its limit' job 1 --memory 64 -- /usr/bin/python3 -I -S -c 'x = bytearray(200 << 20)'
  check 'row23: a name that is no text' job 65 -- /usr/bin/python3 -I -S -c 'open(b"a\nb", "w")'
  check 'row23: 300 files' job 65 -- /usr/bin/python3 -I -S -c 'for i in range(300): open("f%d" % i, "w")'
  check 'row23: other programs only when allowed' job 1 -- /usr/bin/python3 -I -S -c 'import os; os.posix_spawn("/bin/true", ["true"], {})'
  check 'row23: allowed' job 0 --processes -- /usr/bin/python3 -I -S -c 'import os; os.posix_spawn("/bin/true", ["true"], {})'
else skipped=$((skipped + 22)); fi
check 'a status of its own is told' job 1 -- sh -c 'exit 3'
check 'with the number' tells 'status 3'
check 'nothing is left in memory after all this' nothing_left

# --- refused before anything is read ---
check 'no such program' job 75 -- no-such-program
check 'no such column' exits 65 city store job --dataset vital/birth --period 2025-12 --columns nothing --purpose 32-i -- true
check 'no such dataset' exits 66 city store job --dataset vital/birth --period 2024-12 --columns birth_weight --purpose 32-i -- true
check 'no purpose' exits 64 city store job --dataset vital/birth --period 2025-12 --columns birth_weight -- true
check 'no program' exits 64 city store job --dataset vital/birth --period 2025-12 --columns birth_weight --purpose 32-i
check 'every intent has its end' sh -c '"$1" store unlock --office "$2/city" 2>&1 | grep -q E3442 && exit 1 || exit 0' sh "$program" "$work"

# --- a job that is killed with its parent leaves columns in memory: the next one removes them ---
SHIRABE_OFFICE=$work/city "$program" store job --dataset vital/birth --period 2025-12 --columns event_book_no --purpose 32-i -- sleep "61.$$" >/dev/null 2>&1 &
started=$!
sleep 2
check 'its program runs' sh -c 'ps -eo args | grep -qxF "sleep 61.$1"' sh "$$"
kill -KILL "$started"
wait 2>/dev/null
check 'a killed job leaves its folder' test -n "$(left)"
check 'its program is gone as well' sh -c 'sleep 0.5; ! ps -eo args | grep -qxF "sleep 61.$1"' sh "$$"
check 'the next job runs' job 0 -- true
check 'and has removed it' nothing_left
check 'the interrupted one stands in the log' last_leaf 'end not recorded' 'job:'

# --- no answer in clear on a disk ---
printf 'int:%s\nint:7741903\n' "$mine" >"$work/values"
mkdir "$work/searched" && mv "$work/city" "$work/tmp" "$work/searched"
if [ -x "$scan" ]; then check 'row19: no answer rests on the disk' "$scan" "$work/searched" "$work/values"; else skipped=$((skipped + 1)); fi
printf '%s: %s passed, %s failed, %s skipped\n' "$title" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
