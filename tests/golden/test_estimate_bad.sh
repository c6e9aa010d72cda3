#!/bin/sh
# test_estimate_bad.sh -- `estimate` on data and designs that are wrong or extreme: it must stop with the place and a remedy, or give the right figure; never
# a wrong one without a word, never a crash (run it with an ASan build too). Ends with `estimate bad: N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
cd "$here" || exit 70
count() { if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s\n' "$2"; head -n 4 err out; fi; }
stops() { # what, status, text (errors of --json stand on stdout), command...
  what=$1 want=$2 said=$3; shift 3
  "$shirabe" "$@" >out 2>err
  got=$?
  [ "$got" -eq "$want" ] && cat out err | grep -qF -- "$said"; count $? "$what (status $got)"
}
prints() { # what, text on stdout, command...
  what=$1 said=$2; shift 2
  "$shirabe" "$@" >out 2>err && grep -qF -- "$said" out; count $? "$what"
}
lacks() { # what, text not on stdout, command...
  what=$1 said=$2; shift 2
  "$shirabe" "$@" >out 2>err && ! grep -qF -- "$said" out; count $? "$what"
}
design() { printf '%s\n' "$1" >d.json; }
plain='{ "kind": "sample", "weight": "w", "stages": [ { "stratum": "h" } ] }'
adjusted() { design '{ "kind": "sample", "weight": "w", "adjust": [ '"$1"' ], "stages": [ { "stratum": "h" } ] }'; }

# --- an item of fractions with more than 4096 values has no codes: every user of codes says so ---
awk 'BEGIN { print "h,w,y,x,g"; for (i = 0; i < 5000; i++) printf "%d,%d,%d.%04d,%d,%d\n", i % 4, 1 + i % 5, i, i + 1, i % 17, i % 3 }' >many.csv
said="'y' has too many different values to make groups of them"
design "$plain"
stops 'proportion of a fraction' 65 "$said" estimate file many.csv --design d.json --table 'proportion(y=5.5)'
stops 'change by a period of fractions' 65 "$said" estimate change many.csv --design d.json --of 'mean(x)' --period y --from 1 --to 2
stops 'factor of fractions' 65 "$said" estimate regress many.csv --design d.json --model 'x ~ factor(y)'
stops 'rows of fractions' 65 "$said" estimate test many.csv --design d.json --rows y --columns g
stops 'groups of fractions' 65 "$said" estimate test many.csv --design d.json --mean x --groups y
stops 'cells of fractions' 65 "$said" estimate diagnose many.csv --design d.json --total x --by y
design '{ "kind": "sample", "weight": "w", "stages": [ { "stratum": "y" } ] }'
stops 'strata of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
design '{ "kind": "sample", "weight": "w", "nested": true, "stages": [ { "stratum": "h", "unit": "y" } ] }'
stops 'units of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
adjusted '{ "step": "respondents", "response": "y", "codes": ["1"] }, { "step": "nonresponse", "method": "classes", "by": ["g"] }'
stops 'response of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
answer='{ "step": "respondents", "response": "g", "codes": ["0", "1"], "nonrespondents": ["2"] }'
adjusted "$answer"', { "step": "nonresponse", "method": "classes", "by": ["y"] }'
stops 'weighting classes of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
adjusted "$answer"', { "step": "nonresponse", "method": "logistic", "on": ["factor(y)"] }'
stops 'response model with a factor of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
adjusted '{ "step": "calibrate", "method": "linear", "totals": [ { "item": "y", "code": "1", "total": 3 } ] }'
stops 'margin of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
adjusted '{ "step": "calibrate", "method": "linear", "totals": [ { "item": "g:y", "code": "1:2", "total": 3 } ] }'
stops 'crossed margin of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
adjusted '{ "step": "calibrate", "method": "linear", "within": "y", "totals": [ { "item": "*", "within": "1", "total": 3 } ] }'
stops 'parts of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'
adjusted '{ "step": "calibrate", "method": "linear", "household": "y", "totals": [ { "item": "*", "total": 30000 } ] }'
stops 'households of fractions' 65 "$said" estimate file many.csv --design d.json --table 'mean(x)'

# --- a cell that is no number, a text that is not UTF-8: with its place ---
design "$plain"
for cell in '+3' ' 3' '"1,000"' 'NaN' 'Inf' '３' '0x10' '1e999'; do
  printf 'h,w,y\n1,1,3\n1,1,%s\n1,1,x\n' "$cell" >text.csv
  stops "$cell is no number" 65 "text.csv:3:3: error[E6341]: 'y' is not a number in every record" estimate file text.csv --design d.json --table 'total(y)'
done
printf 'h,w,y\n1,1,3\n1,1x,3\n' >text.csv
stops 'a weight that is no number' 65 'text.csv:3:2: error[E6341]' estimate file text.csv --design d.json --table 'total(y)'
printf 'h,w,y\n1,1,3\n\202\240,1,3\n' >cp932.csv
stops 'a label in CP932' 65 'cp932.csv:3:1: error[E6342]' estimate file cp932.csv --design d.json --table 'total(y)'
printf '\202\240,h,w,y\n1,1,1,3\n' >cp932.csv
stops 'a head in CP932' 65 'cp932.csv:1:1: error[E6342]' estimate file cp932.csv --design d.json --table 'total(y)'

# --- figures and errors beyond the numbers of the machine: never NaN, never a standard error of 0 ---
design "$plain"
too='the figure is too large to be computed'
printf 'h,w,y\n1,1e300,1e300\n1,1e300,1e300\n' >huge.csv
prints 'a total beyond 1e308' "$too" estimate file huge.csv --design d.json --table 'total(y)' --as long
lacks 'a mean beyond 1e308' NaN estimate file huge.csv --design d.json --table 'mean(y);variance(y)' --as long
stops 'a result that is no JSON' 65 E6343 estimate diagnose huge.csv --design d.json --total y --json
prints 'the same as JSON is whole' '"status":"undefined"' estimate file huge.csv --design d.json --table 'total(y)' --json
printf 'h,w,y,t\n1,1,1e200,1\n1,1,2e200,1\n1,1,1e200,2\n1,1,3e200,2\n' >huge.csv
prints 'a variance beyond 1e308' 'total(y),7e+200,,,,,,,,4,shown,no standard error: it is too large to be computed' estimate file huge.csv --design d.json --table 'total(y)' --as long
lacks 'a change beyond 1e308' an estimate change huge.csv --design d.json --of 'total(y)' --period t --from 1 --to 2 --as wide
stops 'a regression beyond 1e308' 65 'numbers too large or too small' estimate regress huge.csv --design d.json --model 'y ~ t'

# --- quantiles: an interval whose limit lies beyond the values is none (R survey gives NaN) ---
{ echo h,w,y; for y in 1 2 4 8 16 17 20 25 30 31; do echo "1,1,$y"; done; } >ten.csv
beyond='no interval: a limit lies beyond the smallest or largest value'
prints 'the lowest decile of ten values' "\"quantile(y,0.1)\",1,,,,,,,,10,shown,$beyond" estimate file ten.csv --design d.json --table 'quantile(y,0.1)' --as long
prints 'the median of ten values' 'median(y),16,6.188783091747' estimate file ten.csv --design d.json --table 'median(y)' --as long
prints 'its limits' ',9,2,30,0.95,' estimate file ten.csv --design d.json --table 'median(y)' --as long
printf 'h,w,y\n1,1,1\n1,1,2\n' >two.csv
prints 'the median of two values' "median(y),1,,,,,,,,2,shown,$beyond" estimate file two.csv --design d.json --table 'median(y)' --as long

# --- what a reader must be told ---
prints 'a code that no record has' 'no record of the data has the code of proportion(y=3)' estimate file two.csv --design d.json --table 'proportion(y=3)'
lacks 'a code that a record has' 'no record' estimate file two.csv --design d.json --table 'proportion(y=2)'
printf 'h,u,w,y,d\n1,1,1,1,a\n1,2,1,2,b\n1,3,1,4,b\n2,1,1,3,b\n2,2,1,8,b\n' >one.csv
design '{ "kind": "sample", "weight": "w", "nested": true, "replicates": { "method": "jkn" }, "stages": [ { "stratum": "h", "unit": "u" } ] }'
for m in 'mean(y)' 'median(y)'; do
  prints "replicates without a $m" "$m has no value in up to 1 of 5 replicates of a cell" estimate file one.csv --design d.json --table "$m" --by d
done
lacks 'replicates with a total' 'has no value' estimate file one.csv --design d.json --table 'total(y)' --by d
design "$plain"
printf 'h,w,y,t\n1,1,10,1\n1,1,20,1\n1,1,10,2\n1,1,30,2\n' >turn.csv
prints 'the union of two samples' 'too large for totals and counts' estimate change turn.csv --design d.json --of 'total(y)' --period t --from 1 --to 2
printf 'h,w,y\n1,1,1\n2,1,2\n2,1,3\n' >lonely.csv
stops 'a stratum with one unit: what the design may say' 65 'zero, centre, mean, average or collapse' estimate file lonely.csv --design d.json --table 'total(y)'

# --- long names in Japanese, cut by bytes in notes and errors: whole characters and whole JSON ---
awk 'BEGIN { print "h,w,y"; for (i = 0; i < 12; i++) {
  printf "a"; for (k = 0; k < 14; k++) printf "統計局調査部"; printf "%d,1,%d\n", i, i } }' >long.csv
design '{ "kind": "sample", "weight": "w", "lonely": "collapse", "stages": [ { "stratum": "h" } ] }'
prints 'joined strata with long names as JSON' '"measures":{"total(y)":{"value":66,' estimate file long.csv --design d.json --table 'total(y)' --json
iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1; count $? 'and in UTF-8'
grep -q ']}$' out; count $? 'and to its end'
prints 'as text' 'was joined with' estimate file long.csv --design d.json --table 'total(y)'
iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1; count $? 'in UTF-8 too'
design "$plain"
stops 'single units with long names' 65 E6005 estimate file long.csv --design d.json --table 'total(y)'
iconv -f UTF-8 -t UTF-8 err >/dev/null 2>&1; count $? 'their error in UTF-8'

# --- a share drawn of the units that are not sure to be drawn: the same as their population count ---
awk 'BEGIN { print "h,u,sure,m,N,f,g,w,y"; for (h = 1; h <= 3; h++) for (u = 1; u <= 5; u++) for (i = 1; i <= 3; i++) {
  sure = u <= 2; printf "%d,%d,%d,6,8,%s,%s,%s,%d\n", h, u, sure, sure ? "1" : "0.375", "0.375", sure ? 2 : 16 / 3, (h * 37 + u * u * 11 + i * i * 5) % 41 } }' >sure.csv
sure() { design '{ "kind": "sample", "nested": true, "weight": "w", "stages": [ { "stratum": "h", "unit": "u", "certainty": "sure", '"$1"' }, { "population": "m" } ] }'; }
sure '"population": "N"'; "$shirabe" estimate file sure.csv --design d.json --table 'total(y);mean(y)' --as long >by_count 2>err
for column in f g; do
  sure '"fraction": "'$column'"'; "$shirabe" estimate file sure.csv --design d.json --table 'total(y);mean(y)' --as long >by_share 2>err
  cmp -s by_count by_share; count $? "fraction $column and population of the others"
done

# --- what a sampling plan may not ask ---
printf '{"stages":[{"unit":"u","method":"srs","n":0}]}\n' >p.json
printf 'u\n1\n2\n' >frame.csv
stops 'a sample of nothing' 78 E6161 sample draw frame.csv --plan p.json --seed s --out o.csv
printf '{"stages":[{"unit":"u","method":"srs","n":1}]}\n' >p.json
printf 'u\n' >frame.csv
stops 'a frame of nobody' 65 E6106 sample draw frame.csv --plan p.json --seed s --out o.csv
for page in $(grep -o 'estimators/[a-z_/]*\.md' "$root"/base/messages/*.def | sed 's/.*://' | sort -u); do
  [ -f "$root/$page" ]; count $? "the page $page that a message names"
done

printf 'estimate bad: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
