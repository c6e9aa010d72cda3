#!/bin/sh
# test_commands.sh -- what a stranger meets: --help leads on, every command shows two examples in both languages, a typo is answered with the nearest
# command, a wrong call ends with 64.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
check() {
  what=$1; shift
  if "$@" >"$scratch/out" 2>&1; then passed=$((passed + 1))
  else
    failed=$((failed + 1)); printf 'FAILED %s\n' "$what"; tail -n 8 "$scratch/out"
  fi
}
exits() { want=$1; shift; status=0; "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?; [ "$status" -eq "$want" ] || { echo "exit $status, expected $want"; cat "$scratch/stderr"; false; }; }
says() { grep -qF -- "$1" "$scratch/stderr" || { echo "not said: $1"; cat "$scratch/stderr"; false; }; }
SHIRABE_LANG=en SHIRABE_FORMS=$PWD/forms
export SHIRABE_LANG SHIRABE_FORMS
unset SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE 2>/dev/null || true

# --- the first screen ---
check '--help ends with 0' exits 0 "$program" --help
cp "$scratch/stdout" "$scratch/help"
check '--help says nothing on stderr' test ! -s "$scratch/stderr"
check 'no arguments at all is a wrong call or the help, never silence' sh -c '"$1" >"$2" 2>&1 </dev/null; test -s "$2"' - "$program" "$scratch/none"
for word in 'office init' 'intake file' 'batch seal' 'ledger gaps' 'explain' 'store verify' 'release build'; do check "--help names $word" grep -q "$word" "$scratch/help"; done
check '--version ends with 0' exits 0 "$program" --version
check 'Japanese help is Japanese' sh -c '"$1" --help --lang ja | grep -q 様式' - "$program"

# --- every command ---
"$program" --help | sed -n 's/^    \([a-z][a-z]*\( [a-z][a-z]*\)\{0,1\}\)   *[^ ].*$/\1/p' | sort -u >"$scratch/commands"
check 'the help lists at least thirty commands' test "$(wc -l <"$scratch/commands")" -ge 30
while read -r command; do
  for lang in en ja; do
    # shellcheck disable=SC2086
    check "$command --help ($lang) ends with 0" exits 0 "$program" $command --help --lang $lang
    check "$command --help ($lang) begins with two examples" sh -c 'test "$(head -n 8 "$1" | grep -c "^  \\$ shirabe ")" -ge 2' - "$scratch/stdout"
  done
  # shellcheck disable=SC2086
  check "$command refuses an unknown option with 64" exits 64 "$program" $command --no-such-option
  case $command in
    'form check' | 'form codes' | 'form show' | 'office show' | 'office key' | 'intake check' | 'batch show' | 'ledger roster' | 'store '* | 'release list') ;; # work without operands
    *)
      # shellcheck disable=SC2086
      check "$command without what it needs is a wrong call or a missing input, and not 0" sh -c '"$@" >/dev/null 2>&1 </dev/null; s=$?; test $s -ge 64 -a $s -lt 79' - "$program" $command ;;
  esac
done <"$scratch/commands"

# --- what the store promises, and what it does not: in help and manual, both languages ---
for lang in en ja; do
  "$program" store --help --lang "$lang" | tr -d '\n ' >"$scratch/promises"
  "$program" --man --lang "$lang" | tr -d '\n ' | sed 's/\\-/-/g' >"$scratch/manual"
  for c in C1. C2. C3. C4. C5. C6. root; do
    check "store --help ($lang) says $c" grep -qF "$c" "$scratch/promises"
    check "the manual ($lang) says $c" grep -qF "$c" "$scratch/manual"
  done
done
for words in '約束しないこと' '立会人がない場合' '期限後に読めなくなる'; do check "store --help (ja) says $words" grep -qF "$words" "$scratch/promises"; done
check 'what is not claimed, in English' sh -c '"$1" store --help --lang en | tr "\n" " " | grep -q "Not claimed: .*root.*outside *witness.*old key *backup"' - "$program"

# --- typing mistakes ---
while IFS='|' read -r typed meant; do
  # shellcheck disable=SC2086
  check "'$typed' ends with 64" exits 64 "$program" $typed
  check "'$typed' suggests $meant" says "$meant"
done <<'END'
intake fille|shirabe intake file
batch receve|shirabe batch receive
leger gaps|shirabe ledger gaps
ofice init|shirabe office init
estimate tabel|shirabe estimate table
exlpain|shirabe explain
END
check 'a misspelt option names the right one' exits 64 "$program" intake file x.csv --form vital/birth --perod 2025-12
check 'as a suggestion' says '--period'
check 'a choice outside its list ends with 64' exits 64 "$program" office init --type village --code 011002 --name x
check 'a period that is none ends with 64' exits 64 "$program" intake file x.csv --form vital/birth --period 2025-13
check 'a number that is none ends with 64' exits 64 "$program" intake file x.csv --form vital/birth --period 2025-12 --declared many
check 'the talk of an error stands on stderr only' test ! -s "$scratch/stdout"
check 'errors are JSON when asked for' sh -c '"$1" intake file absent.csv --form vital/birth --period 2025-12 --dry-run --json 2>&1 | grep -q "\"number\":\"E1010\"" ' - "$program"
check 'a malformed test clock is refused' sh -c 'SHIRABE_CLOCK=yesterday "$1" ledger gaps vital 2025-12 >/dev/null 2>&1; test $? -eq 64' - "$program"
check 'a malformed fault is refused' sh -c 'SHIRABE_FAULT=maybe "$1" form check >/dev/null 2>&1; test $? -eq 64' - "$program"

printf 'commands: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
