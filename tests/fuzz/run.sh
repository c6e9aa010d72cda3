#!/bin/sh
# run.sh -- every built fuzz target on its corpus for FUZZ_SECONDS each. New inputs go to a scratch corpus under the build folder, what crashes to
# fuzz-artifacts there. Ends with `fuzz: N passed, M failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
FUZZ_SECONDS=${FUZZ_SECONDS:-20}
passed=0 failed=0
mkdir -p "$BUILD/fuzz-artifacts" "$BUILD/fuzz-corpus"
for target in "$BUILD"/fuzz/fuzz_*; do
  case $target in *.d | *.o | *'*') continue ;; esac
  [ -x "$target" ] || continue
  name=${target##*/fuzz_}
  seeds=tests/fuzz/corpus/$name
  scratch=$BUILD/fuzz-corpus/$name
  mkdir -p "$scratch"
  [ -d "$seeds" ] || seeds=
  log=$BUILD/fuzz-artifacts/$name.log
  # shellcheck disable=SC2086
  if "$target" -max_total_time="$FUZZ_SECONDS" -max_len=65536 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$BUILD/fuzz-artifacts/$name-" "$scratch" $seeds >"$log" 2>&1; then
    passed=$((passed + 1))
    printf '   %-20s %9s runs, no crash\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    failed=$((failed + 1))
    printf '== %s crashed; input and log in %s\n' "$name" "$BUILD/fuzz-artifacts"
    tail -n 40 "$log"
  fi
done
printf 'fuzz: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
