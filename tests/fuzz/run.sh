#!/bin/sh
# run.sh -- every built fuzz target on its corpus for FUZZ_SECONDS each, FUZZ_JOBS at a time (2). New inputs go to a scratch corpus under the build folder,
# what crashes to fuzz-artifacts there. Ends with `fuzz: N passed, M failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
FUZZ_SECONDS=${FUZZ_SECONDS:-20}
FUZZ_JOBS=${FUZZ_JOBS:-2}
artifacts=$BUILD/fuzz-artifacts
export BUILD FUZZ_SECONDS artifacts

if [ "${1:-}" = one ]; then # one target; the verdict is the file's name
  name=${2##*/fuzz_}
  scratch=$BUILD/fuzz-corpus/$name
  seeds=tests/fuzz/corpus/$name
  mkdir -p "$scratch"
  [ -d "$seeds" ] || seeds=
  log=$artifacts/$name.log
  # shellcheck disable=SC2086
  if "$2" -max_total_time="$FUZZ_SECONDS" -max_len=65536 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$artifacts/$name-" "$scratch" $seeds >"$log" 2>&1; then
    printf '   %-20s %9s runs, no crash\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    : >"$artifacts/$name.passed"
  else
    printf '== %s crashed; input and log in %s\n' "$name" "$artifacts"
    tail -n 40 "$log"
    : >"$artifacts/$name.failed"
  fi
  exit 0
fi

mkdir -p "$artifacts" "$BUILD/fuzz-corpus"
rm -f "$artifacts"/*.passed "$artifacts"/*.failed
for target in "$BUILD"/fuzz/fuzz_*; do
  case $target in *.d | *.o | *'*') continue ;; esac
  [ -x "$target" ] && printf '%s\n' "$target"
done | xargs -r -n 1 -P "$FUZZ_JOBS" sh tests/fuzz/run.sh one
passed=$(find "$artifacts" -name '*.passed' | wc -l)
failed=$(find "$artifacts" -name '*.failed' | wc -l)
printf 'fuzz: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
