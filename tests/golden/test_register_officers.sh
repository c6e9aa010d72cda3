#!/bin/sh
# test_register_officers.sh -- the register in a store with officers: who may add to it, nobody looks before the release date who does not prepare the release, and
# two different officers accept small revisions. Ends with `register officers: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='register officers'
. tests/golden/common.sh
SHIRABE_FORMS=$PWD/forms
"$BUILD/tests/demo/extract_office" "$work" 60 'a passphrase of the tests' >"$work/setup" 2>&1 || { cat "$work/setup"; echo 'register officers: 0 passed, 1 failed'; exit 1; }
second=0
later() { # every command a second later: two words of one officer about one thing in one second are refused
  second=$((second + 1))
  SHIRABE_CLOCK=$(printf '2026-01-20T%02d:%02d:%02dZ' $((1 + second / 3600)) $((second / 60 % 60)) $((second % 60)))
  export SHIRABE_CLOCK
}
as() { who=$1 want=$2; shift 2; later; exits "$want" office "$@" --officer-key "$work/$who.key" --officer-passphrase-file "$work/pass"; }
register() { who=$1 want=$2; shift 2; as "$who" "$want" release register "$@"; }
refusals() { office office store log --json 2>/dev/null | tr '{' '\n' | grep -c '"result":"refused"'; }
table() { # file, total, region 1, region 2
  printf 'residence_prefecture,measure,kind,value,n\n_T,count(),count,%s,%s\n01,count(),count,%s,%s\n02,count(),count,%s,%s\n' "$2" "$2" "$3" "$3" "$4" "$4" >"$work/$1"
}
table births.csv 60 30 30; table fewer.csv 58 28 30
set -- --form birth --profile persons_10
check 'an empty register' register review-g 0 vital
check 'a tabulator adds nothing' register user-u 77 add vital 2025-12 --table "$work/births.csv" "$@" --reason 'press notice'
check 'for want of a role' tells E3521
check 'the chief does' register chief-a 0 add vital 2025-12 --table "$work/births.csv" "$@" --reason 'press notice'
id=$(grep '^outside-vital-2025-12-' "$work/out")
check 'under a name' test -n "$id"
check 'anybody may look after the release' register user-u 0 show "$id"
check 'and see what it is' prints 'births'
check 'a table with two births fewer' register review-g 1 check vital 2025-12 --table "$work/fewer.csv" "$@"
check 'is named by its codes' prints 'residence_prefecture=01'
check 'and never by its number' sh -c '! grep -Eq "[^0-9](28|30|58|60)[^0-9]" "$1"' - "$work/out"

# --- outputs of secondary use that went out count too ---
out() { who=$1 want=$2; shift 2; as "$who" "$want" use output "$@"; }
{ echo 'unit,residence_prefecture,weight'; i=0; while [ $i -lt 90 ]; do i=$((i + 1)); echo "birth-$i,0$((i % 2 + 1)),1"; done; } >"$work/units.csv"
printf 'residence_prefecture,measure,kind,value,n\n_T,births,count,90,90\n01,births,count,45,45\n02,births,count,45,45\n' >"$work/o.csv"
check 'an output' out user-u 0 submit o-1 --grant g-1 --file "$work/o.csv" --units "$work/units.csv" --note births
check 'checked' out review-g 0 vote o-1 --approve
check 'by two' out manager-c 0 vote o-1 --approve
check 'is released' out chief-a 0 release o-1 --out "$work/public"
table nearly.csv 88 43 45
check 'a table near to it' register review-g 1 check vital 2025-12 --table "$work/nearly.csv" "$@"
check 'is held against it' prints 'output o-1, o.csv'

# --- before the date ---
check 'a release date' as chief-a 0 release embargo vital 2025-12 --at 2026-01-21T08:30:00+09:00
before=$(refusals)
check 'no early look' register user-u 77 show "$id"
check 'says until when' tells E3831
check 'one entry of the log' test "$(refusals)" -eq $((before + 1))
check 'nor through a comparison' register user-u 77 check vital 2025-12 --table "$work/fewer.csv" "$@"
check 'again refused' tells E3831
check 'nor without a name' exits 77 office release register show "$id"
check 'who prepares it may' register review-g 0 show "$id"
check 'the list tells no figure' register user-u 0 vital
check 'but that there is a release' prints "$id"

# --- small revisions that the rules refuse: two people ---
inputs=$(printf x | sha256sum | cut -c1-64)
accept() { who=$1 want=$2; shift 2; register "$who" "$want" accept vital 2025-12 "$@"; }
check 'a tabulator accepts nothing' accept user-u 77 --inputs "$inputs"
check 'not without what is accepted' accept chief-a 64
check 'one officer' accept chief-a 1 --inputs "$inputs"
check 'is not enough' prints 'a second one is needed'
check 'the same again' accept chief-a 1 --inputs "$inputs"
check 'is still one' prints 'a second one is needed'
check 'another' accept review-g 0 --inputs "$inputs"
check 'makes two' prints 'accepted by two officers'
check 'of these inputs only' accept manager-b 1 --inputs "$(printf y | sha256sum | cut -c1-64)"
check 'no key, no word' exits 77 office release register accept vital 2025-12 --inputs "$inputs"
check 'the store verifies' exits 0 office store verify --open
finish
