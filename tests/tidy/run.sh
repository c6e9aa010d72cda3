#!/bin/sh
# make tidy: layers, banned calls, dead files, clang-tidy and cppcheck over the tree. A tool that is not installed is named, and counts as a failure.
set -u
cd "$(dirname "$0")/../.." || exit 70
passed=0 failed=0
step() { name=$1; shift; if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$name"; fi; }
need() { command -v "$1" >/dev/null 2>&1 || { printf '%s is not installed; next: ./setup check\n' "$1"; return 1; }; }
sources=$(find base forms secure-store collector processing estimators front -name '*.c' | sort)
# Left out, because in C of this style they fire on what is meant: parameters of one type side by side, ints that index, conditions that assign,
# equal branches of a table, X macros that cannot be bracketed, feature macros of the system, sizeof of an expression, int64_t as long long (one width here); `if (strcmp(a, b))` is an idiom here.
tidy_checks='-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-assignment-in-if-condition,-bugprone-branch-clone,-bugprone-macro-parentheses,-bugprone-reserved-identifier,-bugprone-sizeof-expression,-bugprone-misplaced-widening-cast,clang-analyzer-core*,clang-analyzer-unix*,clang-analyzer-deadcode*'
clang_tidy() {
  need clang-tidy-14 || return 1
  found=${BUILD:-build}/tidy.out
  # shellcheck disable=SC2016,SC2086
  printf '%s\n' $sources | xargs -P 2 -n 8 sh -c 'clang-tidy-14 --quiet --warnings-as-errors="*" --checks="$0" --config="{CheckOptions: [{key: bugprone-suspicious-string-compare.WarnOnImplicitComparison, value: 0}]}" "$@" -- -std=c17 -D_GNU_SOURCE -DSHIRABE_VERSION=\"tidy\" -I.' \
    "$tidy_checks" >"$found" 2>"$found.err" && [ ! -s "$found" ] && return 0
  grep -E 'warning:|error:' "$found" "$found.err" | head -n 60
  return 1
}
# An arithmetic shift of a signed number is what gcc and clang do.
cpp_check() {
  need cppcheck || return 1
  cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches --suppress=shiftTooManyBitsSigned --error-exitcode=1 -j 2 -I. -D_GNU_SOURCE $sources
}
dead_files() { # every header is included by somebody else, every corpus belongs to a target
  dead=$(for h in $(find base forms secure-store collector processing estimators front -name '*.h'); do
    grep -rlF --include='*.[ch]' "\"$h\"" base forms secure-store collector processing estimators front tests | grep -qv "^$h$" || printf '%s is included nowhere\n' "$h"; done
    for c in tests/fuzz/corpus/*/; do n=$(basename "$c"); [ -e "tests/fuzz/fuzz_$n.c" ] || printf '%s has no target\n' "$c"; done)
  [ -z "$dead" ] || { printf '%s\n' "$dead"; return 1; }
}
hooks='fault_|cancel_requested|fail_at_countdown|[.][0-9]+$'
writable() { # file-scope data is const: state travels in arguments (test hooks and signal flags are named here)
  found=$(objdump -t "${BUILD:-build}/libshirabe.a" | awk '/^[^ ].*\.o:/ {file = $1} / O / && NF > 3 && $(NF - 2) ~ /^\.t?(data|bss)/ && $(NF - 2) !~ /^\.data\.rel\.ro/ {print file, $NF}' | grep -vE "$hooks")
  [ -z "$found" ] || { printf 'writable file-scope data:\n%s\n' "$found"; return 1; }
}
step 'layers' sh tests/tidy/test_layers.sh
step 'banned calls' sh tests/tidy/test_banned.sh
step 'dead files' dead_files
step 'writable data' writable
step 'cppcheck' cpp_check
step 'clang-tidy' clang_tidy
printf 'tidy: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
