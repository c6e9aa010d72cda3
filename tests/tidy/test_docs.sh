#!/bin/sh
# test_docs.sh -- the documents are true: README's commands run as printed, every file a document names exists, every command answers --help in both
# languages with its examples, the manual has no mistake of form. Ends with `docs: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
root=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
shirabe=$BUILD/shirabe
passed=0 failed=0 skipped=0
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
unset SHIRABE_FORMS SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_FAULT SHIRABE_CLOCK 2>/dev/null
SHIRABE_LANG=en
export SHIRABE_LANG
holds() { # what, command...
  what=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; fi
}

# The sh blocks of a document as one script; each line must end with 0, or with the status its comment announces.
script_of() { # document
  awk -v document="${1##*/}" '
    /^```sh$/ {inside = 1; next}
    /^```/ {inside = 0; next}
    inside && NF {
      expected = match($0, /# exit status [0-9]+/) ? substr($0, RSTART + 14, RLENGTH - 14) : 0
      print
      printf "s=$?; [ $s -eq %d ] || { echo \"%s:%d ended with $s, expected %d\" >&2; exit 1; }; lines=$((${lines:-0} + 1))\n", expected, document, FNR, expected
    }
    END {print "echo \"lines run: $lines\""}' "$1"
}
run_document() { # document; in a scratch folder that looks like a built checkout
  mkdir -p "$here/checkout" "$here/tmp" "$here/home"
  for name in forms tests; do ln -sfn "$root/$name" "$here/checkout/$name"; done
  ln -sfn "$BUILD" "$here/checkout/build"
  script_of "$1" >"$here/script"
  (cd "$here/checkout" && HOME=$here/home TMPDIR=$here/tmp sh "$here/script") >"$here/out" 2>"$here/err" || { tail -n 15 "$here/err"; return 1; }
}
if [ -x "$BUILD/tests/demo/generate" ]; then
  holds 'the commands of README.md, as printed' run_document README.md
  holds 'README.md has commands' grep -qE '^lines run: [1-9][0-9]' "$here/out"
  awk '/^    / {sub(/^    /, ""); print}' README.md >"$here/shown"
  missing=$(grep -vxF -f "$here/out" "$here/shown")
  holds 'README.md shows a table as it was printed' test -z "$missing"
  holds 'README.md shows a table' test -s "$here/shown"
else printf 'skipped: README.md; next: make tools\n'; skipped=$((skipped + 4)); fi
for goal in $(sed -n 's|^\(make.*\)\{0,1\}\./setup \([a-z]*\).*|\2|p' README.md | sort -u); do
  holds "./setup $goal of README.md is a goal of setup" grep -q "^$goal)" setup
done

# Files named in backticks: `name.ext` stands somewhere in the tree, `folder/name.ext` at that place (or under the document's folder).
find . -type f -not -path './build/*' -not -path './.git/*' | sed 's|^\./||' | sort >"$here/files"
names_of() { # document: file names in backticks, outside code blocks
  awk '/^```/ {inside = !inside} !inside' "$1" | grep -oE '`[A-Za-z0-9_./-]+\.(c|h|md|sh|csv|json|def|py|txt)`' | tr -d '`' | sort -u
}
absent_in() { # document
  folder=$(dirname "$1")
  names_of "$1" | while read -r name; do
    case $name in
    */*) if [ -e "$folder/$name" ] || [ -e "$name" ] || grep -qF -- "/$name" "$here/files"; then continue; fi ;;
    *) grep -qE "(^|/)$(printf '%s' "$name" | sed 's/[.]/[.]/g')$" "$here/files" && continue ;;
    esac
    grep -qE -- "[\"/ ]$(printf '%s' "$name" | sed 's/[.]/[.]/g')" $(cat "$here/code") /dev/null && continue # a file that the program or a test writes
    printf '%s names %s\n' "$1" "$name"
  done
}
grep -E '\.(c|h|sh)$' "$here/files" | grep -vF tests/tidy/test_docs.sh >"$here/code"
for document in $(grep '\.md$' "$here/files"); do
  absent=$(absent_in "$document")
  holds "every file that $document names exists${absent:+: $absent}" test -z "$absent"
done
printf 'This names `base/never_was.h` and `never_was.csv`.\n' >"$here/planted.md"
planted=$(absent_in "$here/planted.md" | wc -l)
holds 'planted names of absent files are found' test "$planted" -eq 2
for folder in $(sed -n 's/^| \([a-z-]*\) | .*`.*|$/\1/p' ARCHITECTURE.md); do holds "folder $folder of ARCHITECTURE.md" test -d "$folder"; done

# Every command helps, in both languages, with two examples that name it.
commands=$(for symbol in $(sed -n 's/^COMMAND(\(cmd_[a-z_]*\))$/\1/p' front/commands.def); do
  grep -h -A3 "^const struct command $symbol *=" $(cat "$here/code") | tr '\n' ' ' |
    sed -n 's/.*\.noun = "\([a-z]*\)", *\.verb = "\([a-z]*\)".*/\1_\2 /p; s/.*\.noun = "\([a-z]*\)", *\.verb = NULL.*/\1 /p; s/.*\.noun = "\([a-z]*\)", *\.summary.*/\1 /p'
done)
listed=$(grep -c '^COMMAND(' front/commands.def)
helps() { # noun_verb, language
  # shellcheck disable=SC2046
  "$shirabe" $(printf '%s' "$1" | tr _ ' ') --help --lang "$2" >"$here/help" 2>"$here/err" || return 1
  [ "$(grep -c "shirabe $(printf '%s' "$1" | tr _ ' ')" "$here/help")" -ge 2 ] && [ ! -s "$here/err" ]
}
n=0
for command in $commands; do
  n=$((n + 1))
  for lang in ja en; do holds "$command --help --lang $lang, with its examples" helps "$command" "$lang"; done
done
holds "every command of commands.def was asked for help ($n of $listed)" test "$n" -eq "$listed"
japanese=$("$shirabe" --help --lang ja | LC_ALL=C grep -c '[^ -~]')
holds 'the Japanese help is in Japanese' test "$japanese" -gt 10

if command -v man >/dev/null 2>&1; then
  for lang in en ja; do # where a long line of Japanese breaks is no mistake of form
    "$shirabe" --man --lang $lang >"$here/shirabe.1"
    warned=$(LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -E UTF-8 -l "$here/shirabe.1" 2>&1 >/dev/null | grep -vE "can.t break line|cannot adjust line")
    holds "the manual ($lang) has no mistake of form${warned:+: $warned}" test -z "$warned"
  done
else printf 'skipped: man is not installed\n'; skipped=$((skipped + 2)); fi
printf 'docs: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
