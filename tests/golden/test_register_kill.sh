#!/bin/sh
# test_register_kill.sh -- kill -9 and a full disk at durable steps of `release build` of a second edition: the register and the release stand or fall together, and
# the same command run again gives what an undisturbed run gives, to the last byte. KILL_STRIDE=1 tries every step. Ends with `register kill: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
title='register kill'
. tests/golden/common.sh
. tests/golden/register_survey.sh
awk 'BEGIN { print "no,region,sex,age5,amount"; for (i = 1; i <= 200; i++) printf "%d,%d,%d,%02d,%d\n", i, i % 3, i % 2 + 1, i % 7 * 5, i }' >"$work/month.csv"
printf 'no,region,sex,age5,amount\n201,1,1,05,3\n' >"$work/late.csv"
new_office base
receive base "$work/month.csv" 2025-12
setup base process run "$kind" 2025-12
setup base release build shop 2025-12 --out "$work/first"
receive base "$work/late.csv" 2025-12
setup base process run "$kind" 2025-12
build() { office "$1" release build shop 2025-12 --out "$work/bundle-$1" --reason 'a late record'; }
holds() { # what the store says of its releases: list, register, entry
  office "$1" release list 2>/dev/null
  office "$1" release register shop --json 2>/dev/null
  last=$(office "$1" release list 2>/dev/null | tail -n 1 | cut -f1)
  office "$1" release register show "$last" --json 2>/dev/null
}
together() { # neither without the other
  [ "$(office "$1" release list 2>/dev/null | wc -l)" = "$(office "$1" release register shop 2>/dev/null | wc -l)" ]
}
cp -R "$work/base" "$work/whole"
check 'an undisturbed run' build whole
holds whole >"$work/expected"
check 'has two releases and two entries' sh -c '[ "$(grep -c "^shop-2025-12-" "$1")" = 2 ] && grep -q "\"edition\":2" "$1"' - "$work/expected"
one() { # fault
  rm -rf "$work/trial" "$work/bundle-trial"
  cp -R "$work/base" "$work/trial"
  status=0
  SHIRABE_FAULT=$1 build trial >"$work/out" 2>"$work/err" || status=$?
}
trial() { # fault: after it, and after the same command again
  together trial || { echo 'a release without an entry, or the other way round'; return 1; }
  build trial >"$work/out" 2>"$work/err" || { echo "the second run ends with $?"; return 1; }
  holds trial >"$work/now"
  cmp "$work/expected" "$work/now" && diff -r "$work/bundle-whole" "$work/bundle-trial" && office trial store verify >"$work/out" 2>"$work/err"
}
n=1 stride=${KILL_STRIDE:-4} status=137 tried=0
while [ "$status" -eq 137 ] && [ "$n" -lt 500 ]; do
  one "kill:$n" 2>/dev/null
  check "killed at step $n" trial
  tried=$((tried + 1)) n=$((n + stride))
done
check 'there was something to kill' test "$tried" -gt 5
for n in 3 9 15 21; do
  one "enospc:$n"
  check "a full disk at step $n" trial
done
finish
