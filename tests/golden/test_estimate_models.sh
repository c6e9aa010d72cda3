#!/bin/sh
# test_estimate_models.sh -- `estimate regress` and `estimate test` on the demonstration's households: what they print, what they refuse, and the figures of R's survey
# package (4.1-1; svyglm, svychisq, svyttest, svyranktest), stored here and computed again where R is installed. Ends with `estimate models: N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 70
. ./tests/golden/scratch.sh
stops() { # what, text, arguments of estimate...
  what=$1 said=$2; shift 2
  "$shirabe" estimate "$@" >out 2>err
  status=$?
  if [ "$status" -gt 1 ] && grep -qF "$said" err; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'failed: %s (status %s)\n' "$what" "$status"; cat err; fi
}
cd "$here" || exit 70
cp "$root"/tests/demo/household* .
design=household_design.json
"$shirabe" estimate regress household.csv --design $design --model 'income ~ persons + factor(prefecture)' --json >linear
"$shirabe" estimate regress household.csv --design $design --model 'sex = 1 ~ log(income) + persons' --family logistic --json >logistic
"$shirabe" estimate regress household.csv --design $design --model 'persons ~ factor(sex) + log(income)' --family poisson --json >poisson
"$shirabe" estimate test household.csv --design $design --rows sex --columns prefecture --json >table
"$shirabe" estimate test household.csv --design $design --mean income --groups sex --json >two
"$shirabe" estimate test household.csv --design $design --mean income --groups prefecture --ranks --json >ranks
"$shirabe" estimate test household.csv --design $design --mean income --value 3000000 --json >one
cat >figures.py <<'P'
import json
def of(name): return json.load(open(name))
out = []
for name in ('linear', 'logistic', 'poisson'):
    f = of(name)
    out += [k['coefficient'] for k in f['coefficients']] + [k['se'] for k in f['coefficients']] + [f['df']]
t = of('table'); out += [t['pearson'], t['f'], t['f_df1'], t['f_df2'], t['f_p'], t['chi_p'], t['wald'], t['wald_p'], t['adjusted_wald'], t['adjusted_wald_p']]
t = of('two'); out += [t['difference'], t['t'], t['df'], t['p']]
t = of('ranks'); out += [t['p']]
t = of('one'); out += [t['difference'], t['se']]
print('\n'.join('%.17g' % v for v in out))
P
python3 figures.py >ours
cat >compare.py <<'P'
import sys
a = [float(v) for v in open('ours')]; b = [float(v) for v in open(sys.argv[1])]
assert len(a) == len(b), (len(a), len(b))
for k, (x, y) in enumerate(zip(a, b)):
    assert abs(x - y) <= 1e-7 * abs(y) + 1e-12, (k, x, y)
P
cat >stored <<'T'
3201586.407079
-18555.40295754
310538.5350874
409994.5638021
191664.9805527
435295.9964278
91538.34579734
398493.7164845
412884.0483246
312708.9802661
12
1.184832449792
-0.05495891811306
-0.1369088990912
5.242636722776
0.3535944033603
0.07843107284413
14
1.373704187213
0.116467736918
-0.01393318260966
1.259762446912
0.06756358736121
0.08321040938398
14
0.7909103539518
0.2120581750033
2.693857541175
43.1017206588
0.8686724399143
0.8881033684078
0.2338629847368
0.8714428124474
0.2046301116447
0.8914755992237
-27450.28423432
-0.08746336801756
15
0.931460152498
0.9030754019637
368202.7316366
145752.8921654
T
holds 'the stored figures of R survey' python3 compare.py stored
if command -v Rscript >/dev/null 2>&1 && Rscript -e 'library(survey)' >/dev/null 2>&1; then
  cat >r.R <<'R'
suppressMessages(library(survey))
d <- read.csv("household.csv", colClasses = c(prefecture = "character"))
d$prefecture <- factor(d$prefecture); d$sexf <- factor(d$sex); d$isone <- as.numeric(d$sex == 1); d$n_districts <- as.numeric(d$n_districts)
des <- svydesign(~district + household, strata = ~prefecture, fpc = ~n_districts + m_households, data = d, nest = TRUE)
say <- function(...) cat(sprintf("%.17g\n", c(...)), sep = "")
tight <- list(epsilon = 1e-14, maxit = 100)
for (m in list(svyglm(income ~ persons + prefecture, des, control = tight), svyglm(isone ~ log(income) + persons, des, family = quasibinomial(), control = tight),
               svyglm(persons ~ sexf + log(income), des, family = quasipoisson(), control = tight))) say(coef(m), SE(m), m$df.residual)
f <- svychisq(~sexf + prefecture, des, statistic = "F"); c1 <- svychisq(~sexf + prefecture, des, statistic = "Chisq")
w <- svychisq(~sexf + prefecture, des, statistic = "Wald"); a <- svychisq(~sexf + prefecture, des, statistic = "adjWald")
say(c1$statistic, f$statistic, f$parameter, f$p.value, c1$p.value, w$statistic, w$p.value, a$statistic, a$p.value)
t <- svyttest(income ~ sexf, des); say(t$estimate, t$statistic, t$parameter, t$p.value)
r <- svyranktest(income ~ prefecture, des); say(r$p.value)
m <- svymean(~I(income - 3000000), des); say(coef(m), SE(m))
R
  Rscript --vanilla r.R >live 2>r.err
  holds 'R survey, computed now' python3 compare.py live
else printf 'skipped: R with its package survey is not installed; next: ./setup peers\n'; skipped=$((skipped + 1))
fi
"$shirabe" estimate regress household.csv --design $design --model 'income ~ persons' >text
holds 'a regression as text' grep -q '^persons ' text
"$shirabe" estimate regress household.csv --design $design --model 'income ~ persons' --as csv >csv
holds 'a regression as CSV' test "$(wc -l <csv)" -eq 3
"$shirabe" estimate regress household.csv --design $design --model 'income ~ persons' --where 'sex = 1' --json >part
holds 'a condition keeps the design' grep -q '"n":7[0-9]' part
holds 'and Japanese' sh -c "\"$shirabe\" estimate test household.csv --design $design --mean income --groups sex --lang ja | grep -q 自由度"
stops 'a model that cannot be read' E6261 regress household.csv --design $design --model 'income persons'
stops 'an item that is not there' E6262 regress household.csv --design $design --model 'income ~ age'
stops 'a response beyond 0 and 1' E6264 regress household.csv --design $design --model 'income ~ persons' --family logistic
awk -F, 'BEGIN {OFS = ","} NR == 1 {print $0, "z"} NR > 1 {print $0, ($7 > 3) ? 1 : 0}' household.csv >apart.csv
stops 'a response that an item separates' E6263 regress apart.csv --design $design --model 'z ~ persons' --family logistic
stops 'half a table' E6 test household.csv --design $design --rows sex
stops 'a mean without anything to compare' E6 test household.csv --design $design --mean income
stops 'a text as a value' E6 test household.csv --design $design --mean income --value abc
printf 'estimate models: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
