#!/bin/sh
# test_bad_input.sh -- every row of tests/spec/bad_input.csv: the input is made, the command is run in a fresh demonstration office, and exit status, message
# number and place are compared. Where nothing could be read (exit 64 and above) the ledger must list no intake afterwards.
# `input` names a function input_<name> of a bad_input_*.sh file here, which writes the file; `absent` and `folder` are made as what they say. In `command`
# FILE, WRONG and OUT are the input, a wrong passphrase file and an empty folder; FORMS is a copy of the forms that input_ functions named forms_* have changed.
# Words NAME=VALUE before the command are its environment (SHIRABE_FAULT=enospc:20 is a disk that is full at the 20th durable step). No code: no message. `place` must begin the
# message, FILE for the file's name; a column that the place does not name may be anything.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
SHIRABE_FORMS=$PWD/forms SHIRABE_LANG=en SHIRABE_OFFICE=$work/office SHIRABE_PASSPHRASE_FILE=$work/pass SHIRABE_CLOCK=2026-01-10T00:00:00Z
export SHIRABE_FORMS SHIRABE_LANG SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_CLOCK
printf 'a passphrase of the tests\n' >"$work/pass"
printf 'another passphrase\n' >"$work/wrong"
chmod 600 "$work/pass" "$work/wrong"
for makers in tests/golden/bad_input_*.sh; do
  # shellcheck disable=SC1090
  . "./$makers"
done
"$program" office init --type municipality --code 011002 --name 札幌市 --profile light >"$work/init" 2>&1 || { cat "$work/init"; echo "bad input: 0 passed, 1 failed"; exit 1; }
cp -R "$work/office" "$work/office.new"

passed=0 failed=0
report() { # what
  failed=$((failed + 1))
  printf 'FAILED %s: %s\n' "$name" "$1"
  head -n 12 "$work/err"
}
make_input() { # name -> $file
  file=$work/input.csv
  rm -rf "$file"
  case $1 in
    absent) ;;
    folder) mkdir "$file" ;;
    forms_*)
      rm -rf "$work/forms"
      cp -R "$SHIRABE_FORMS" "$work/forms"
      "input_$1" "$work/forms" || return 1
      ;;
    *) "input_$1" >"$file" || return 1 ;;
  esac
}
run_case() {
  make_input "$input" || { : >"$work/err"; report "no input_$input"; return; }
  rm -rf "$work/office" "$work/out"
  cp -R "$work/office.new" "$work/office"
  mkdir "$work/out"
  # shellcheck disable=SC2046
  set -- $(printf '%s' "$command" | sed "s#FILE#$file#g; s#WRONG#$work/wrong#g; s#OUT#$work/out#g; s#FORMS=FORMS#FORMS=$work/forms#")
  environment=
  while case $1 in [A-Z]*=*) true ;; *) false ;; esac; do environment="$environment $1"; shift; done
  # shellcheck disable=SC2086
  env $environment "$program" "$@" >"$work/out.txt" 2>"$work/err" </dev/null
  status=$?
  [ "$status" -eq "$exit_status" ] || { report "exit $status, expected $exit_status"; return; }
  [ -z "$code" ] || grep -qF "[$code]" "$work/err" || { report "no message $code"; return; }
  if [ -n "$place" ]; then
    wanted=$(printf '%s' "$place" | sed 's#FILE#input.csv#')
    grep -F "[$code]" "$work/err" | grep -qE "(^|/)$wanted(:[0-9]+)*: " || { report "the message does not stand at $wanted"; return; }
  fi
  if [ "$status" -ge 64 ]; then
    taken=$("$program" intake check --json 2>/dev/null)
    [ "$taken" = '[]' ] || { report "something was taken in: $taken"; return; }
  fi
  passed=$((passed + 1))
}
{
  read -r _header
  while IFS=, read -r name input command exit_status code place; do
    case $command in batch*) ;; *) run_case ;; esac # batches need a sender: test_bad_batches.sh
  done
} <tests/spec/bad_input.csv
printf 'bad input: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
