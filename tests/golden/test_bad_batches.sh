#!/bin/sh
# test_bad_batches.sh -- the rows of tests/spec/bad_input.csv whose command begins with "batch": each medium is made, received by a fresh office, and exit
# status, message number and place are compared. Afterwards the office holds nothing of it, and still takes the right batches: nothing was lost.
# `input` names a function medium_<name> that puts the file to receive at $file and may change $office (the receiving office), $forms or $pass.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
program=$(cd "$BUILD" && pwd)/shirabe
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SHIRABE_LANG=en SHIRABE_CLOCK=2026-01-20T00:00:00Z
export SHIRABE_LANG SHIRABE_CLOCK
printf 'a passphrase of the tests\n' >"$work/pass"
printf 'another passphrase\n' >"$work/wrong"
in_office() { folder=$1; shift; SHIRABE_FORMS=${forms:-$PWD/forms} SHIRABE_PASSPHRASE_FILE=${pass:-$work/pass} "$program" "$@" --office "$work/$folder"; }
setup() { in_office "$@" >>"$work/setup" 2>&1 || { [ $? -eq 1 ] || { echo "setup failed: $*"; tail -n 5 "$work/setup"; echo 'bad batches: 0 passed, 1 failed'; exit 1; }; }; }

# --- a health centre, another one, a city; the city's first and second batch ---
header=$(sed -n "s/^slip_header='\(.*\)'$/\1/p" tests/golden/bad_input_csv.sh)
slip='011002,HC0101,2025,NUMBER,2025-12-10,2025-12-11,1,01,,0,01,011011,1,2,2025-11-30,9,5,1,1992-03-05,1994-02-28,33,31,1,1,2020-04,3,0,3021,0,49.5,1,1,1,39,3,2,0,2,1'
slips() { printf '%s\n' "$header"; for n in "$@"; do printf '%s\n' "$slip" | sed "s/NUMBER/$n/"; done; }
slips 1 2 >"$work/first.csv"; slips 3 >"$work/second.csv"; slips 7 8 9 >"$work/other.csv"
setup centre office init --type health_centre --code 0101 --name 保健所0101 --profile light
setup stranger office init --type health_centre --code 0102 --name 保健所0102 --profile light
setup city office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/centre/office.json"
setup impostor office init --type municipality --code 011002 --name 札幌市 --profile light --parent "$work/centre/office.json"
printf 'office,name,parent,survey,forms,since,until\nmunicipality-011002,札幌市,health_centre-0101,vital,birth,,\n' >"$work/roster.csv"
for office in centre stranger; do setup $office ledger roster "$work/roster.csv"; done
cp -R "$work/centre" "$work/centre.empty"
setup centre office key "$work/city/office.json"
cp -R "$work/city" "$work/restored"
take() { setup "$1" intake file "$work/$2" --form vital/birth --period 2025-12; setup "$1" batch seal vital 2025-12 --declared "birth=$3" --out "$work/media-$1"; }
take city first.csv 2; take city second.csv 1
take restored other.csv 3
take impostor first.csv 2
one=$(find "$work/media-city" -name '*-000001*'); two=$(find "$work/media-city" -name '*-000002*')
fork=$(find "$work/media-restored" -name '*-000001*'); foreign=$(find "$work/media-impostor" -name '*-000001*')
size=$(wc -c <"$one")
flip() { # file, byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  # shellcheck disable=SC2059
  printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

medium_whole() { cp "$one" "$file"; }
medium_absent() { :; }
medium_truncated() { head -c $((size / 2)) "$one" >"$file"; }
medium_truncated_last_byte() { head -c $((size - 1)) "$one" >"$file"; }
medium_flipped_header() { cp "$one" "$file"; flip "$file" 3; }
medium_flipped_middle() { cp "$one" "$file"; flip "$file" $((size / 2)); }
medium_flipped_end() { cp "$one" "$file"; flip "$file" $((size - 1)); }
medium_nothing() { : >"$file"; }
medium_no_batch() { cp "$work/first.csv" "$file"; }
medium_replayed() { setup case batch receive "$one" --receipts "$work/receipts"; cp "$one" "$file"; }
medium_out_of_order() { cp "$two" "$file"; }
medium_forked() { setup case batch receive "$one" --receipts "$work/receipts"; cp "$fork" "$file"; }
medium_other_address() { cp "$one" "$file"; rm -rf "$work/case"; cp -R "$work/stranger" "$work/case"; }
medium_not_enrolled() { cp "$one" "$file"; rm -rf "$work/case"; cp -R "$work/centre.empty" "$work/case"; }
medium_other_keys() { cp "$foreign" "$file"; }
medium_unknown_form() { cp "$one" "$file"; cp -R forms "$work/forms"; rm -rf "$work/forms/library/vital/birth/2015"; forms=$work/forms; }

passed=0 failed=0
report() { failed=$((failed + 1)); printf 'FAILED %s: %s\n' "$name" "$1"; head -n 8 "$work/err"; }
books() { forms='' pass=''; in_office case ledger balance vital 2025-12 2>/dev/null; }
run_case() {
  rm -rf "$work/case" "$work/medium"; cp -R "$work/centre" "$work/case"; mkdir "$work/medium"
  file=$work/medium/input.age forms='' pass=''
  "medium_$input" 2>"$work/err" || { report "no medium_$input"; return; }
  before=$(saved=$forms; books; forms=$saved)
  case $command in *WRONG*) pass=$work/wrong ;; esac
  # shellcheck disable=SC2046
  set -- $(printf '%s' "$command" | sed "s#FILE#$file#g; s#--passphrase-file WRONG##; s#OUT#$work/receipts#g")
  in_office case "$@" >"$work/out" 2>"$work/err" </dev/null
  status=$?
  [ "$status" -eq "$exit_status" ] || { report "exit $status, expected $exit_status"; return; }
  [ -z "$code" ] || grep -qF "[$code]" "$work/err" || { report "no message $code"; return; }
  [ -z "$place" ] || grep -qF "$(printf '%s' "$place" | sed 's#FILE#input.age#')" "$work/err" || { report "the message does not name $place"; return; }
  [ "$before" = "$(books)" ] || { report "the books changed: $before -> $(books)"; return; }
  case $input in
    other_address | not_enrolled) ;;
    *) # what is right still comes in, whole
      forms='' pass=''
      in_office case batch receive "$one" "$two" --receipts "$work/receipts" >"$work/out" 2>"$work/err" || { report 'the right batches are no longer taken'; return; }
      books | grep -q '^declared 3 = accepted 3 .* stored 3; differences 0' || { report "after the right batches: $(books)"; return; } ;;
  esac
  in_office case store verify --open >"$work/out" 2>&1 || { report 'store verify'; return; }
  passed=$((passed + 1))
}
while IFS=, read -r name input command exit_status code place; do
  case $command in batch*) run_case ;; esac
done <tests/spec/bad_input.csv
[ "$passed" -gt 0 ] || failed=$((failed + 1))
printf 'bad batches: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
