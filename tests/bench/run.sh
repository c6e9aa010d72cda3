#!/bin/sh
# make bench: every benchmark, one line per row: work, rows/s, peak memory, ratio to a peer or floor measured in the same run, target. Prints targets, judges nothing.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
printf 'machine: %s, %s cores; %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(${CC:-gcc} --version | head -n 1)"
status=0
for b in "$BUILD"/tests/bench/bench_*; do
  case $b in *.o | *.d | *'*') continue ;; esac
  printf '== %s\n' "${b##*/}"
  SHIRABE="$BUILD/shirabe" SHIRABE_FORMS=${SHIRABE_FORMS:-$PWD/forms} "$b" || { printf 'it ended with %s\n' $?; status=1; }
done
exit $status
