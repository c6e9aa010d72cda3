# What R's survey package needs for the work of bench_taylor, bench_taylor_many, bench_quantile, bench_calibrate and bench_bootstrap, on data of the same
# layout: strata of first-stage units of 20 records, 940 domains. Usage: Rscript peers.R RECORDS. One line each; processor seconds and peak memory.
suppressMessages(library(survey))
n <- as.integer(commandArgs(TRUE)[1])
strata <- if (n < 50000) 94L else 470L
per <- n %/% strata %/% 20L * 20L
n <- per * strata
set.seed(1)
h <- rep(seq_len(strata), each = per)
d <- data.frame(h = h, psu = (seq_len(n) - 1L) %/% 20L, id = seq_len(n), dom = factor(((h - 1L) * 2L + sample.int(2L, n, TRUE) - 1L) %% 940L),
                w = 12 + h %% 7, n1 = per / 20 * 4 + 400, n2 = 60, y = runif(n) * 1e5, x = runif(n) * 1e3, sex = factor(sample.int(2L, n, TRUE)),
                age = factor(sample.int(18L, n, TRUE)), area = factor(sample.int(47L, n, TRUE)))
peak <- function() { line <- grep("^VmHWM", readLines("/proc/self/status"), value = TRUE); as.numeric(gsub("[^0-9]", "", line)) / 1024 }
say <- function(what, expression) {
  t <- system.time(force(expression))
  cat(sprintf("R %s.%s survey %s: %-44s %9d records %8.2f s of the processor, peak %5.0f MiB\n", R.version$major, R.version$minor,
              packageVersion("survey"), what, n, t[["user.self"]] + t[["sys.self"]], peak()))
}
if (n < 50000) {
  two <- svydesign(~psu + id, strata = ~h, fpc = ~n1 + n2, data = d)
  say("total, two stages", svytotal(~y, two))
  say("ratio, two stages", svyratio(~y, ~x, two))
  say("total by domain, two stages", svyby(~y, ~dom, two, svytotal))
}
say("design", one <- svydesign(~psu, strata = ~h, weights = ~w, data = d))
say("total, ultimate cluster", svytotal(~y, one))
say("ratio, ultimate cluster", svyratio(~y, ~x, one))
say("3 quantiles, ultimate cluster", svyquantile(~y, one, c(.25, .5, .75)))
if (n <= 100000) say("total by domain (940), ultimate cluster", svyby(~y, ~dom, one, svytotal))
totals <- c(sum(d$w), tapply(d$w, d$sex, sum)[-1] * 1.01, tapply(d$w, d$age, sum)[-1] * seq(.98, 1.02, length.out = 17), tapply(d$w, d$area, sum)[-1] *
            seq(1.01, .99, length.out = 46))
names(totals) <- colnames(model.matrix(~sex + age + area, d[1:2000, ]))
say("calibration by raking, 65 margins", calibrate(one, ~sex + age + area, totals, calfun = "raking"))
say("calibration by logit, 65 margins", calibrate(one, ~sex + age + area, totals, calfun = "logit", bounds = c(.5, 2)))
if (n <= 100000) {
  say("500 bootstrap replicates (Rao-Wu)", rep <- as.svrepdesign(one, type = "subbootstrap", replicates = 500))
  say("total under 500 replicates", svytotal(~y, rep))
}
