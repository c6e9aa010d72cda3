#!/bin/sh
# test_line_length.sh -- lines of C are at most 150 characters long. tests/tidy/long_lines.txt names the files that had longer ones when this
# began, and how many; a file may have fewer, never more, and files not named there have none. `* FOLDER/` there: not judged yet.
# Ends with `line length: N passed, N failed`, after a self-test.
# LIST=1 writes the list anew: for when lines have become fewer.
set -u
cd "$(dirname "$0")/../.." || exit 70
most=150
known=tests/tidy/long_lines.txt
# Characters, not bytes: the bytes that continue one do not count.
counted() {
  LC_ALL=C awk -v most="$most" '{ gsub(/[\200-\277]/, "") } length($0) > most { n[FILENAME]++ }
    END { for (f in n) print n[f], f }' "$@" | sort -k 2
}
sources() { find base forms secure-store collector processing estimators front tests -name '*.[ch]' | sort; }
judge() { # list, counts: what is worse than the list says
  awk 'FNR == NR { if ($1 == "*") later[$2] = 1; else allowed[$2] = $1; next }
    { folder = $2; sub(/[^\/]*$/, "", folder); if (folder in later) next }
    $1 > allowed[$2] + 0 { printf "%s: %d lines of more than 150 characters, %d known\n", $2, $1, allowed[$2] }' "$1" "$2"
}
scratch=$(mktemp -d) || exit 73
trap 'rm -rf "$scratch"' EXIT
# shellcheck disable=SC2046
counted $(sources) >"$scratch/now"
if [ "${LIST:-0}" != 0 ]; then
  grep '^\*' "$known" >"$scratch/later"
  cat "$scratch/later" "$scratch/now" >"$known"
fi
passed=0 failed=0
verdict() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$2"; fi; }
found=$(judge "$known" "$scratch/now")
printf '%s' "${found:+$found
}"
[ -z "$found" ]; verdict $? 'no line has become too long'
awk 'BEGIN { while (i++ < 151) printf "x"; print "" }' >"$scratch/planted.c"
counted "$scratch/planted.c" >"$scratch/planted"
[ -n "$(judge "$known" "$scratch/planted")" ]; verdict $? 'a planted line is found'
awk 'BEGIN { while (i++ < 150) printf "字"; print "" }' >"$scratch/wide.c"
counted "$scratch/wide.c" >"$scratch/wide"
[ ! -s "$scratch/wide" ]; verdict $? 'characters are counted, not bytes'
printf 'line length: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
