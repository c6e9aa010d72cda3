#!/bin/sh
# test_estimate_suppress.sh -- `estimate suppress`: patterns, audits of given patterns, contributors, trapped cells, what it refuses; the reference packs
# where they are present. Ends with `estimate suppress: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
root=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
shirabe=$BUILD/shirabe
passed=0 failed=0
here=$(mktemp -d) || exit 73
trap 'rm -rf "$here"' EXIT
unset SHIRABE_OFFICE SHIRABE_PASSPHRASE_FILE SHIRABE_CLOCK 2>/dev/null
SHIRABE_LANG=en
export SHIRABE_LANG
holds() { # what, command...
  what=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$what"; fi
}
suppress() { "$shirabe" estimate suppress cells.csv rels.csv "$@"; }
ends() { # what, status, arguments
  what=$1 want=$2; shift 2
  suppress "$@" >out 2>err
  status=$?
  if [ "$status" -eq "$want" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s (status %s)\n' "$what" "$status"; cat out err; fi
}
refuses() { # what, status, number, arguments
  what=$1 want=$2 number=$3; shift 3
  ends "$what" "$want" "$@"
  holds "$what: message" grep -q "error\[$number\]" err
  holds "$what: nothing printed" test ! -s out
}
cd "$here" || exit 70
cells() { cat >cells.csv; }
cells <<'X'
id,key,value,status,lpl,upl
0,T|T,60,s,0,0
1,T|A,20,s,0,0
2,T|B,40,s,0,0
3,P|T,15,s,0,0
4,P|A,5,u,1,1
5,P|B,10,u,1,1
6,Q|T,45,s,0,0
7,Q|A,15,s,0,0
8,Q|B,30,s,0,0
X
printf '0,1,2\n3,4,5\n6,7,8\n0,3,6\n1,4,7\n2,5,8\n' >rels.csv
ends 'a pattern that protects' 0 --exact --cost value
holds 'the interval is printed' grep -q '^4 (P|A): 0 \.\. 15$' out
holds 'two secondaries' grep -q 'secondary 2 (value 45)' out
ends 'as JSON' 0 --json --exact --cost value
holds 'JSON says clean' grep -q '"clean":true' out
holds 'JSON lists the cells' grep -q '"suppressed":\[7,8\]' out
ends 'as CSV' 0 --csv --cost value
holds 'CSV marks primary and secondary' test "$(grep -c ',primary,1$' out)$(grep -c ',secondary,1$' out)" = 22
cp out pattern.csv
ends 'the CSV is a pattern again' 0 --audit-only pattern.csv
printf 'id\n7\n' >pattern.csv
ends 'one secondary is not enough' 1 --audit-only pattern.csv
holds 'it says what is wrong' grep -q 'the pattern does not protect' out
printf 'cell,owner\n4,a\n5,b\n' >owners.csv
printf 'id\n7\n8\n' >pattern.csv
ends 'a contributor subtracts himself' 1 --audit-only pattern.csv --owners owners.csv
ends 'a pattern safe from contributors' 0 --owners owners.csv
holds 'it needs a third cell' sh -c "! grep -q 'secondary 2 ' out"
ends 'the optimum' 0 --method optimal --cost value
holds 'it is proved' grep -q '(optimal)' out
ends 'elimination' 0 --method elimination
for lang in en ja; do ends "text in $lang" 0 --lang $lang; done
holds 'Japanese' grep -q '一次秘匿 2' out
suppress --json --threads 1 >one && suppress --json --threads 2 >two
holds 'threads change nothing' cmp -s one two
printf 'cell,owner\n4,a\n5,b\n' >owners.csv
suppress --owners owners.csv --owner-programmes 1 >out 2>err
holds 'owners beyond the limit are told' grep -q '^1 owners judged by linear algebra only' out
suppress --owners owners.csv --owner-programmes 1 --json >out 2>err
holds 'in JSON as well' grep -q '"owners_by_linear_algebra_only":1' out
cp cells.csv kept.csv
refuses 'the cells are not written over' 64 E6763 --certificate cells.csv
refuses 'nor the owners' 64 E6763 --owners owners.csv --certificate ./owners.csv
holds 'the cells are as they were' cmp -s kept.csv cells.csv
for n in 0 -1; do refuses "$n owners by programmes" 64 E1054 --owners owners.csv --owner-programmes "$n"; done
refuses 'a limit below a second' 64 E1054 --method optimal --seconds -4
refuses 'pairs without contributions' 64 E6741 --pairs
refuses 'a profile without contributions' 64 E6741 --profile establishments_3
refuses 'a certificate beside its check' 64 E6741 --verify proof.txt --certificate more.txt
refuses 'the last pattern beside an audit' 64 E6741 --audit-only pattern.csv --last pattern.csv
holds 'the option is named' grep -q -e '--last' err
sed -i 's/^0,T|T,60,s/0,T|T,61,s/' cells.csv
refuses 'sums that do not hold' 65 E6702
sed -i 's/^0,T|T,61,s/0,T|T,60,s/; s/^3,P|T,15,s/3,P|T,15,z/; s/^7,Q|A,15,s/7,Q|A,15,z/' cells.csv
ends 'with two cells forced there still is one' 0
printf 'id\n7\n' >pattern.csv
refuses 'a pattern with a forced cell' 65 E6714 --audit-only pattern.csv
sed -i 's/^\([0-9],[^,]*,[0-9]*\),s/\1,z/; s/^5,P|B,10,u/5,P|B,10,z/' cells.csv
ends 'a cell without partner' 1
holds 'it is named with its relation' grep -q 'cell 4 (P|A) cannot be protected: relation in line' out
printf '0,1,99\n' >rels.csv
refuses 'a relation to nowhere' 65 E6701
for pack in insee_act_size synth_8x10x4_p10_s1; do
  from=$root/${REFERENCE:-../shared/data}/sdc/$pack
  case ${REFERENCE:-} in /*) from=$REFERENCE/sdc/$pack ;; esac
  [ -d "$from" ] || { printf 'skipped: %s is not there\n' "$pack"; continue; }
  cp "$from/cells.csv" "$from/rels.csv" .
  ends "$pack" 0
done
printf 'estimate suppress: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
