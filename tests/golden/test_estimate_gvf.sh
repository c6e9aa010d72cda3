#!/bin/sh
# test_estimate_gvf.sh -- `estimate gvf`: variance functions over tables of the demonstration's households against least squares in exact fractions
# (estimate_gvf.py), accounts of the cells, the picture, what it refuses. Ends with `estimate gvf: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
gvf() { "$shirabe" estimate gvf "$@"; }
stops() { # what, status, number, place, arguments: the message has its place, its number and a remedy, and nothing is printed
  what=$1 want=$2 number=$3 place=$4; shift 4
  gvf "$@" >out 2>err
  status=$?
  if [ "$status" -eq "$want" ] && [ ! -s out ] && grep -q "^$place:.*error\[$number\]" err && grep -q '^  next: .' err; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'failed: %s (status %s)\n' "$what" "$status"; cat err; fi
}
cd "$here" || exit 70
cp "$root"/tests/demo/household* .
check=$root/tests/golden/estimate_gvf.py
"$shirabe" estimate file household.csv --design household_design.json --table 'mean(income);total(persons);count()' --by 'prefecture;sex;persons' --json >table.json

# --- figures ---
for model in loglog inverse quadratic; do
  gvf table.json --model $model --json >fit
  holds "$model, least squares" python3 "$check" fit table.json fit 'total(persons)' $model 0 0
  gvf table.json --model $model --measure 'count()' --drop 2 --inner --json >fit
  holds "$model of counts, inner cells, far ones dropped" python3 "$check" fit table.json fit 'count()' $model 0 2 inner
done
for model in inverse quadratic; do
  gvf table.json --model $model --rounds 200 --json >fit
  holds "$model in weighted rounds" python3 "$check" fit table.json fit 'total(persons)' $model 200 0
  holds "$model: the rounds settled" grep -q '"settled":true' fit
  gvf table.json --model $model --rounds 1 --json >fit
  holds "$model, one round" python3 "$check" fit table.json fit 'total(persons)' $model 1 0
  gvf table.json --model $model --rounds 1 >text
  holds "$model: unfinished rounds are said" grep -q 'NOT SETTLED' text
done
gvf table.json --json >fit
gvf table.json --as csv >csv
holds 'CSV has the predictions of JSON' python3 "$check" csv fit csv
"$shirabe" estimate file household.csv --design household_design.json --table 'mean(income);total(persons);count()' --by 'prefecture;sex;persons' --as long >long.csv
gvf long.csv --json >from_csv
holds 'the long CSV gives the same function' python3 "$check" same fit from_csv
gvf table.json --at '150; 2500;1e7' --as csv >csv
holds 'the sizes asked for, in their order' test "$(cut -d, -f1 csv | tr '\n' ' ')" = 'size 150 2500 10000000 '
holds 'a size outside the cells is marked' grep -q '^10000000,.*,0$' csv
gvf table.json --at '150;1e7' >text
holds 'and marked in the text' grep -qE '^10000000 +[0-9.]+% +\*' text

# --- accounts ---
python3 "$check" make
gvf odd.json --json >fit
holds 'every cell is used or has its reason; what is hidden has no number' python3 "$check" odd fit
gvf odd.json >text
for line in '6 used' '1 left out: hidden' '1 left out: no standard error' '1 left out: known' '2 left out: not above 0'; do holds "the text says: $line" grep -q " $line" text; done
gvf odd.json --inner >text
holds 'totals are left out with --inner' grep -q ' 1 left out: totals' text
gvf growing.json >text
holds 'a cv that grows with size is not passed over' grep -q 'grows with size' text
gvf negative.json --model inverse >text
holds 'no variance above 0 is a dash with its reason' sh -c 'grep -q " -  " text && grep -q "no variance above 0" text'
gvf refused.json >text
holds 'a table that may not be released: status 1' test $? -eq 1
holds 'and it is said' grep -q 'may not be released: a test' text
gvf table.json --lang ja >text
holds 'Japanese text' sh -c 'grep -q 分散関数 text && grep -q 予測変動係数 text'

# --- the picture ---
gvf wild.json --drop 3 --as svg >picture.svg
holds 'the picture: a mark per cell used or dropped, a curve, ticks of a logarithm' python3 "$check" picture picture.svg
gvf wild.json --drop 3 --as svg --lang ja >picture.svg
holds 'the picture in Japanese' sh -c 'grep -q 変動係数 picture.svg && grep -q "100万" picture.svg'

# --- what is refused ---
stops 'fewer than three cells' 65 E6072 few.json few.json
holds 'how many there were' grep -q '(2 / 4)' err
stops 'cells of one size' 65 E6322 same.json same.json
stops 'dropping too much' 65 E6324 table.json table.json --drop 0.0001
stops 'an unknown measure' 64 E6320 table.json table.json --measure 'total(wealth)'
holds 'its totals are named' grep -qF 'total(persons); count()' err
stops 'a mean' 65 E6321 table.json table.json --measure 'mean(income)'
stops 'a file that is no result' 65 E6304 household.csv:1 household.csv
printf '{"table": "x"' >broken.json
stops 'a file that is no JSON' 65 E1420 broken.json:1:13 broken.json
stops 'sizes with commas' 64 E6325 --at table.json --at '1,000;5,000'
stops 'a size of 0' 64 E6325 --at table.json --at '10;0'
stops 'no size' 64 E6325 --at table.json --at ';'
stops 'several tables' 64 E6307 two.json two.json
stops 'a table the file has not' 66 E6043 two.json two.json --table third
gvf two.json --table wild >text
holds 'one of several tables' grep -q 'table wild' text
refuses() { gvf "$@" >out 2>err; [ $? -eq 64 ] && [ ! -s out ] && grep -q 'expected: ' err; }
holds 'rounds without a use' refuses table.json --rounds 5
holds 'too many rounds' refuses table.json --model inverse --rounds 1001
holds 'a drop that is no number' refuses table.json --drop far
gvf absent.json >out 2>err
holds 'a file that is not there' test $? -eq 66
printf 'estimate gvf: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
