#!/bin/sh
# test_reencrypt.sh -- a data key may be known to others: `shirabe store rotate --reencrypt`, in one go, in portions, killed and said again, and in a store with
# officers. What is read afterwards is what was read before. Ends with `reencrypt: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title=reencrypt
. ./tests/golden/common.sh
. ./tests/golden/bad_input_csv.sh
SHIRABE_FORMS=$PWD/forms
printf 'a new passphrase of the tests\n' >"$work/new"
setup city office init --type municipality --code 011002 --name 札幌市 --profile light
{ header; slip_number 7712345; slip_number 7741903; } >"$work/slips.csv"
office city intake file "$work/slips.csv" --form vital/birth --period 2025-12 >"$work/setup" 2>&1 || [ $? -eq 1 ] || { cat "$work/setup"; exit 1; }
cp -R "$work/city" "$work/base"
rows() { # office: what a job reads
  office "$1" store job --dataset vital/birth --period 2025-12 --columns event_book_no,birth_weight --purpose 32-i --show "$(
    office "$1" store job --dataset vital/birth --period 2025-12 --columns event_book_no,birth_weight --purpose 32-i -- awk '{print > "/dev/stderr"}' ../in/data.csv 2>/dev/null |
      sed -n 's/^messages: //p')"
}
office() { folder=$1; shift; SHIRABE_OFFICE=$work/$folder "$program" "$@"; }
rows base >"$work/before" 2>/dev/null
check 'there is something to read' grep -q 7712345 "$work/before"
same_rows() { rows "$1" >"$work/now" 2>/dev/null; cmp "$work/before" "$work/now"; }

# --- wrong use ---
check 'a dataset without --reencrypt' exits 64 base store rotate vital/birth/2025-12 --new-passphrase-file "$work/new"
check 'is told what is missing' tells '--reencrypt with it'
check 'new officers at the same time' exits 64 base store rotate --reencrypt --unlock-holder a
check 'a key that is not there' exits 66 base store rotate --reencrypt vital/death/2025-12
check 'is named' tells 'vital/death/2025-12'
check 'in Japanese, too' exits 66 base store rotate --reencrypt vital/death/2025-12 --lang ja
check 'with what to do' tells 'E3760'

# --- in one go ---
check 'one part' exits 0 base store rotate --reencrypt vital/birth/2025-12 --part ID --new-passphrase-file "$work/pass"
check 'the old key is destroyed' prints 'old keys: destroyed'
check 'everything reads as before' same_rows base
cp -R "$work/base" "$work/all"
check 'all keys' exits 0 all store rotate --reencrypt --new-passphrase-file "$work/new"
check 'the old passphrase opens nothing' exits 77 all store verify --open
SHIRABE_PASSPHRASE_FILE=$work/new
check 'the new one does' exits 0 all store verify --open
check 'without a problem' prints 'problems: 0'
check 'everything reads as before, again' same_rows all
# 24 bytes out of the middle of the largest pack, searched at any place of any file.
largest=$(find "$work/base/segments" -name '*.pack' -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
piece=$(od -An -tx1 -v -j 2000 -N 24 "$largest" | tr -d ' \n')
in_files() { find "$work/$1" -type f -exec sh -c 'od -An -tx1 -v "$1" | tr -d " \n"; echo' - {} \; | grep -q "$piece"; }
check 'bytes under the old key: the search finds them before' in_files base
not_in_files() { ! in_files "$1"; }
check 'and nowhere afterwards' not_in_files all
check 'the log tells it' exits 0 all store log
check 'portion by portion' prints 'reencrypt:vital/birth/2025-12 part:2 segments:'
SHIRABE_PASSPHRASE_FILE=$work/pass

# --- in portions, and killed ---
cp -R "$work/base" "$work/slow"
check 'a portion, nothing destroyed' exits 0 slow store rotate --reencrypt --portion 1
check 'and it says so' tells 'E3762'
check 'old and new read meanwhile' same_rows slow
session() { "$program" store unlock --office "$work/$1" --passphrase-file "$work/pass" --quiet -- "$program" store verify --open --office "$work/$1" >"$work/out" 2>"$work/err"; }
check 'within a session as well' session slow
check 'without a problem' prints 'problems: 0'
check 'in JSON' exits 0 slow store rotate --reencrypt --json
check 'not finished without a passphrase for the new epoch' prints '"finished":false'
killed=0
for at in 8 25 40 60 75 90 110; do
  rm -rf "$work/cut"; cp -R "$work/base" "$work/cut"
  (export SHIRABE_FAULT=kill:$at; office cut store rotate --reencrypt --new-passphrase-file "$work/new") >"$work/out" 2>"$work/err" || killed=$((killed + 1))
  office cut store verify --open >"$work/out" 2>"$work/err" || SHIRABE_PASSPHRASE_FILE=$work/new
  check "killed at $at: verify finds nothing" exits 0 cut store verify --open
  check "killed at $at: everything reads" same_rows cut
  check "killed at $at: said again it ends" exits 0 cut store rotate --reencrypt --new-passphrase-file "$work/new"
  SHIRABE_PASSPHRASE_FILE=$work/new
  check "killed at $at: and reads" same_rows cut
  SHIRABE_PASSPHRASE_FILE=$work/pass
done
check 'kills did happen' test "$killed" -ge 4
check 'within a session it is refused' sh -c '"$1" store unlock --office "$2/base" --passphrase-file "$2/pass" -- "$1" store rotate --reencrypt --office "$2/base" >"$2/out" 2>"$2/err"; [ $? -ne 0 ]' - "$program" "$work"
finish
