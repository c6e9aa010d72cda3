#!/bin/sh
# test_estimate_weights.sh -- the weight programme and the replicates of a design, from a file: what is calibrated has no standard error, the pages' examples run, what
# cannot be met or is not known stops with its place. Against R survey where it is installed. Ends with `estimate weights: N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
stops() { # what, text that must be said, arguments...
  what=$1 said=$2; shift 2
  "$shirabe" estimate file "$@" >out 2>err
  status=$?
  if [ "$status" -gt 1 ] && grep -qF "$said" err; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s (status %s)\n' "$what" "$status"; cat err; fi
}
block() { awk -v name="$2" '$0 == "```" name {inside = 1; next} /^```/ {inside = 0} inside' "$1"; } # document, name
cd "$here" || exit 70

# 600 households of two strata in 30 districts each; one in five did not answer, some are no part of the population.
python3 - <<'P'
import random
random.seed(11)
with open('data.csv', 'w') as f:
    f.write('area,district,no,n_districts,m_houses,answer,sex,income,rep_1,rep_2,rep_3,rep_4\n')
    for a in (1, 2):
        for d in range(30):
            for h in range(10):
                u = random.random()
                answer = '9' if u < 0.03 else '2' if u < 0.2 + 0.1 * a else '1'
                income = '' if answer != '1' else str(int(random.lognormvariate(8 + 0.2 * a, 0.5)))
                f.write(f"{a},{a}-{d:02d},{h},{60 + a},{100 + 3 * d},{answer},{random.choice('12')},{income},{random.random() * 2:.4f},1,{random.random():.4f},1.5\n")
P
design() { printf '{ "kind": "sample", "unit": "household", "stages": [ { "unit": "district", "stratum": ["area"], "population": "n_districts" }, { "unit": "no", "population": "m_houses" } ], "nested": true, "weight": "populations", "lonely": "stop"%s }\n' "$1"; }
page=$root/estimators/weight/weight_plan.md
block "$page" margins.csv | sed 's/2600/19000/; s/2700/20000/; s/2500/18500/; s/2800/20500/' >margins.csv
steps=$(block "$page" weights.json | sed 's/"high": 400/"high": 150/')
design ", \"adjust\": $steps" >programme.json
table() { "$shirabe" estimate file data.csv "$@" --as csv 2>err; }
se() { awk -F, -v column="$1" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == column) at = i} NR == 2 {print $at}'; }

table --design programme.json --table 'count();mean(income)' >all
holds 'the example of weight_plan.md runs' test -s all
"$shirabe" estimate file data.csv --design programme.json --table 'count();proportion(sex=1)' >text 2>err
holds 'all steps stand in the notes' test "$(grep -c '^  weights, ' text)" -eq 4
holds 'the calibrated size is exact' awk -F, 'NR == 2 {exit !($1 > 38999.999 && $1 < 39000.001)}' all
holds 'what is calibrated has no standard error' awk -v v="$(se 'count()_se' <all)" 'BEGIN {exit !(v < 1e-6)}'
holds 'what is not has one' awk -v v="$(se 'mean(income)_se' <all)" 'BEGIN {exit !(v > 1)}'
awk -F, 'NR == 1; NR > 1 {print rand() "\t" $0}' data.csv | { read -r head; printf '%s\n' "$head"; sort | cut -f 2; } >other.csv
"$shirabe" estimate file other.csv --design programme.json --table 'count();mean(income)' --as csv >shuffled 2>err
holds 'the order of the records changes nothing beyond the last digits' python3 - <<'P'
a, b = (open(n).read().split('\n')[1].split(',') for n in ('all', 'shuffled'))
x, y = ([float(v) for v in r if v and v not in ('shown',)] for r in (a, b))
assert len(x) == len(y) and all(abs(p - q) <= 1e-9 * abs(p) + 1e-9 for p, q in zip(x, y)), (x, y)
P

# Replicates: every method of the page.
for method in '"method": "jkn"' '"method": "bootstrap", "count": 60, "seed": "a"' '"method": "preston", "count": 60, "seed": "a"' \
  '"method": "generalized", "count": 64, "seed": "a", "tau": 2' '"method": "given", "weights": {"prefix": "rep_", "count": 4}, "scale": "0.25"'; do
  design ", \"replicates\": { $method }" >plain.json
  table --design plain.json --table 'count();mean(income)' >r1
  holds "replicates { $method }" awk -v v="$(se 'mean(income)_se' <r1)" 'BEGIN {exit !(v > 0.1)}'
done
design ', "replicates": { "method": "jkn" }' >jk.json
design '' >none.json
# Without correction at the first stage the jackknife of a total is the linearised variance.
sed 's/, "population": "n_districts"//; s/"weight": "populations"/"weight": "m_houses"/' none.json >u.json
sed 's/, "population": "n_districts"//; s/"weight": "populations"/"weight": "m_houses"/' jk.json >ujk.json
table --design u.json --table 'count()' >u; table --design ujk.json --table 'count()' >ujk
holds 'the jackknife of a total is its linearised variance' awk -v a="$(se 'count()_se' <u)" -v b="$(se 'count()_se' <ujk)" 'BEGIN {exit !(a > 0 && (a - b) / a < 1e-9 && (b - a) / a < 1e-9)}'
boot=$(block "$root/estimators/variance/replicates.md" replicates.json)
design ", \"replicates\": $boot" >boot.json
table --design boot.json --table 'mean(income);median(income)' >b1
"$shirabe" estimate file data.csv --threads 1 --design boot.json --table 'mean(income);median(income)' --as csv >b2 2>err
holds 'the example of replicates.md runs and does not depend on threads' cmp -s b1 b2
design ", \"adjust\": [ { \"step\": \"calibrate\", \"method\": \"raking\", \"margins\": \"margins.csv\" } ], \"replicates\": { \"method\": \"jkn\" }" >cal.json
table --design cal.json --table 'count();mean(income)' >c1
holds 'calibrated again in each replicate: no standard error of what is calibrated' awk -v v="$(se 'count()_se' <c1)" 'BEGIN {exit !(v < 1e-5)}'

# What must stop.
stops 'a code that no list names' '[E6' data.csv --table 'count()' --design "$(design ', "adjust": [ { "step": "respondents", "response": "answer", "codes": ["1"], "nonrespondents": ["2"] } ]' >x.json; echo x.json)"
holds 'it is named with its value' grep -q '9' err
stops 'totals that bounds do not reach' 'E6210' data.csv --table 'count()' --design "$(design ', "adjust": [ { "step": "calibrate", "method": "truncated", "bounds": ["0.9", "1.1"], "totals": [ { "item": "sex", "code": "1", "total": 90000 }, { "item": "sex", "code": "2", "total": 10 } ] } ]' >x.json; echo x.json)"
stops 'margins that disagree' 'E62' data.csv --table 'count()' --design "$(design ', "adjust": [ { "step": "calibrate", "method": "raking", "totals": [ { "item": "sex", "code": "1", "total": 10 }, { "item": "sex", "code": "2", "total": 10 }, { "item": "area", "code": "1", "total": 10 }, { "item": "area", "code": "2", "total": 11 } ] } ]' >x.json; echo x.json)"
stops 'a code without a total' 'E62' data.csv --table 'count()' --design "$(design ', "adjust": [ { "step": "calibrate", "method": "raking", "totals": [ { "item": "sex", "code": "1", "total": 10 } ] } ]' >x.json; echo x.json)"
stops 'a margins file that is not there' 'no.csv' data.csv --table 'count()' --design "$(design ', "adjust": [ { "step": "calibrate", "method": "raking", "margins": "no.csv" } ]' >x.json; echo x.json)"
stops 'a margins file elsewhere' 'E61' data.csv --table 'count()' --design "$(design ', "adjust": [ { "step": "calibrate", "method": "raking", "margins": "../no.csv" } ]' >x.json; echo x.json)"
stops 'an unknown key' 'bonds' data.csv --table 'count()' --design "$(design ', "adjust": [ { "step": "calibrate", "method": "raking", "margins": "margins.csv", "bonds": 1 } ]' >x.json; echo x.json)"
stops 'a bootstrap without a seed' 'seed' data.csv --table 'count()' --design "$(design ', "replicates": { "method": "bootstrap", "count": 20 }' >x.json; echo x.json)"
stops 'an unknown method' 'method' data.csv --table 'count()' --design "$(design ', "replicates": { "method": "bootstrp" }' >x.json; echo x.json)"

if command -v Rscript >/dev/null 2>&1 && Rscript -e 'library(survey)' >/dev/null 2>&1; then
  cat >r.R <<'R'
suppressMessages(library(survey))
d <- read.csv("data.csv"); d$income[is.na(d$income)] <- 0; d$district <- factor(d$district); d$sex <- factor(d$sex); d$area <- factor(d$area)
des <- svydesign(~district + no, strata = ~area, fpc = ~n_districts + m_houses, data = d, nest = TRUE)
cal <- calibrate(des, ~area + sex, c(`(Intercept)` = 39000, area2 = 20000, sex2 = 20500), calfun = "raking", epsilon = 1e-13)
a <- svytotal(~income, cal); b <- svymean(~income, cal)
jk <- calibrate(as.svrepdesign(des, type = "JKn"), ~area + sex, c(`(Intercept)` = 39000, area2 = 20000, sex2 = 20500), calfun = "raking", epsilon = 1e-13)
m <- svymean(~income, jk)
cat(sprintf("%.17g %.17g %.17g %.17g %.17g\n", coef(a), SE(a), coef(b), SE(b), SE(m)))
R
  Rscript --vanilla r.R >r.out 2>r.err
  awk -F, 'BEGIN {OFS = ","} NR > 1 && $8 == "" {$8 = 0} {print}' data.csv >filled.csv
  for x in cal.json; do sed 's/, "replicates": { "method": "jkn" }//' $x >lin.json; done
  "$shirabe" estimate file filled.csv --design lin.json --table 'total(income);mean(income)' --as csv >lin 2>err
  "$shirabe" estimate file filled.csv --design cal.json --table 'mean(income)' --as csv >rep 2>err
  holds 'raking and the calibrated jackknife as R survey has them' python3 - <<'P'
import csv
r = [float(v) for v in open('r.out').read().split()]
lin = next(csv.DictReader(open('lin'))); rep = next(csv.DictReader(open('rep')))
ours = [float(lin['total(income)']), float(lin['total(income)_se']), float(lin['mean(income)']), float(lin['mean(income)_se']), float(rep['mean(income)_se'])]
for o, e, limit in zip(ours, r, (1e-9, 1e-8, 1e-9, 1e-8, 1e-7)):
    assert abs(o - e) <= limit * abs(e), (ours, r)
P
else printf 'skipped: R with its package survey is not installed; next: ./setup peers\n'; skipped=$((skipped + 1))
fi
printf 'estimate weights: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
