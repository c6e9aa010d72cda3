#!/bin/sh
# Calls that have no place here: unbounded text, locale, hidden state, shells. Also words that say a thing is unfinished. Ends with a self-test.
set -u
cd "$(dirname "$0")/../.." || exit 70
banned='(^|[^a-zA-Z_0-9.>])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|system|popen|rand|srand|random|localtime|setlocale|tmpnam|mktemp|alloca)\('
marks='(^|[^A-Z])(TO''DO|FIX''ME|XX''X|HA''CK)([^A-Z]|$)|not imple''mented|place''holder'
scan() { grep -nE "$1" -- $2 2>/dev/null | grep -vE '^[^:]*:[0-9]+:[ ]*(/\*|\*|//)' ; }
cases=0 failed=0
verdict() { cases=$((cases + 1)); [ "$1" = 0 ] || { failed=$((failed + 1)); printf 'failed: %s\n' "$2"; }; }
files=$(find base forms secure-store collector processing estimators front -name '*.[ch]' | sort)
found=$(scan "$banned" "$files"); printf '%s' "${found:+$found
}"
[ -z "$found" ]; verdict $? 'banned calls'
found=$(grep -nE "$marks" $files $(find tests -name '*.[ch]') $(find . -name '*.md' -not -path './build/*') 2>/dev/null); printf '%s' "${found:+$found
}"
[ -z "$found" ]; verdict $? 'marks of unfinished work'
planted=$(mktemp); trap 'rm -f "$planted"' EXIT
printf '  strcpy(a, b);\n' >"$planted"
[ -n "$(grep -nE "$banned" "$planted")" ]; verdict $? 'a planted call is found'
printf 'banned: %s passed, %s failed\n' $((cases - failed)) "$failed"
[ "$failed" -eq 0 ]
