# traced.sh -- every write a command makes to a file, as it happens (strace), searched for planted values. Is read by test_plain_writes.sh and test_door.sh after
# common.sh. Planted values stand in $work/patterns as strace writes bytes: texts in UTF-8, CP932 and UTF-16; numbers as digits and as 64 bits.
escaped() { od -An -v -tx1 | tr -d ' \n' | sed 's/../\\x&/g'; echo; }
number() { printf %s "$1" | escaped; printf %s "$1" | iconv -t UTF-16LE | escaped; printf '%016x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\\x\8\\x\7\\x\6\\x\5\\x\4\\x\3\\x\2\\x\1/'; echo; }
text() { printf %s "$1" | escaped; printf %s "$1" | iconv -t CP932 | escaped; printf %s "$1" | iconv -t UTF-16LE | escaped; }
# Writes to files by their path, which strace writes in the same way: not /dev/ (terminal, memory), /memfd:, /proc/, and no sockets or pipes, which have no path.
files() { grep -E '^[0-9]+ +[a-z0-9_]+\([0-9]+<\\x2f' "$1" | grep -vE '^[0-9]+ +[a-z0-9_]+\([0-9]+<(\\x2f\\x64\\x65\\x76\\x2f|\\x2f\\x6d\\x65\\x6d\\x66\\x64\\x3a|\\x2f\\x70\\x72\\x6f\\x63\\x2f)'; }
# A test build's leak checker attaches to its own process, which a filter of system calls, or strace, forbids.
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
trace_writes() { # command ...: its writes in $work/writes, its words in $work/out, $work/err; returns its status
  strace -f -y -xx -s 4000000 -e trace=write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range -o "$work/trace" "$@" >"$work/out" 2>"$work/err" </dev/null
  traced_status=$?
  files "$work/trace" >"$work/writes"
  return $traced_status
}
