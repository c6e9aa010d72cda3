# cases.R FOLDER -- cases on the data of data.py (FOLDER holds its files): every design, estimator and adjustment that R survey has an answer to.
args <- commandArgs(FALSE)
here <- dirname(sub("^--file=", "", grep("^--file=", args, value = TRUE)))
source(file.path(here, "pack.R"))
PACK$folder <- commandArgs(TRUE)[1]; PACK$brief <- identical(commandArgs(TRUE)[2], "brief") # without cv and normal limits
text <- c(district = "character", area = "character", code = "character", region = "character", urban = "character")
three <- table_of("three.csv", colClasses = text)
lonely <- table_of("lonely.csv"); clusters <- table_of("clusters.csv"); pairs <- table_of("pairs.csv")
income <- table_of("income.csv"); panel <- table_of("panel.csv", colClasses = c(stratum = "character")); nonresponse <- table_of("nonresponse.csv")
population <- table_of("frame.csv")

# --- three stages, fpc as counts, fractions, infinite, take-all, crossed strata, text labels ---
S <- c("region", "urban"); I <- c("district", "area", "household")
counts <- c("n_district", "n_area", "n_household"); parts <- c("f_district", "f_area", "f_household")
designs <- list(
  counts = taylor(three, I, S, counts, nest = TRUE), fractions = taylor(three, I, S, parts, nest = TRUE),
  weights = taylor(three, I, S, counts, "w", nest = TRUE), wr = taylor(three, I, S, NULL, "w", nest = TRUE),
  lower = taylor(three, I, S, c("n_district", "n_area", "no_fpc"), "w", nest = TRUE),
  first = taylor(three, I, S, c("n_district", "no_fpc", "no_fpc"), "w", nest = TRUE),
  two = taylor(three, I[1:2], S, counts[1:2], "w", nest = TRUE), one = taylor(three, I[1], S, counts[1], "w", nest = TRUE),
  ultimate = taylor(three, I, S, counts, nest = TRUE, ultimate = TRUE), zero = taylor(three, I, S, counts, "w0", nest = TRUE),
  records = taylor(three, "1", S, NULL, "w"), region = taylor(three, "1", "region", NULL, "w"), plain = taylor(three, "1", NULL, NULL, "w"),
  even = taylor(three, "1", NULL, NULL, "w=1"))
for (n in names(designs)) {
  d <- designs[[n]]
  case(paste0("own-stages-", n, "-total"), three, d, list(kind = "total", vars = c("y", "x"), na_rm = TRUE),
    with_options(d, stat_rows(d, svytotal(~y + x, d$r, na.rm = TRUE))), "svytotal(~y+x, design, na.rm=TRUE)")
  case(paste0("own-stages-", n, "-mean-gap"), three, d, list(kind = "mean", vars = I("y_gap"), na_rm = TRUE, deff = "wor"),
    with_options(d, stat_rows(d, svymean(~y_gap, d$r, na.rm = TRUE, deff = TRUE), deff = TRUE)), "svymean(~y_gap, design, na.rm=TRUE, deff=TRUE)")
}
for (n in if (PACK$brief) c("counts", "zero") else c("counts", "weights", "first", "zero")) {
  d <- designs[[n]]
  case(paste0("own-domains-", n, "-kind"), three, d, list(kind = "total", vars = I("y"), by = I("kind"), na_rm = TRUE),
    with_options(d, by_rows(d, svyby(~y, ~kind, d$r, svytotal, na.rm = TRUE), "kind", "y")), "svyby(~y, ~kind, design, svytotal)")
  case(paste0("own-domains-", n, "-three"), three, d, list(kind = "mean", vars = c("y", "x"), by = c("region", "kind", "code"), na_rm = TRUE),
    with_options(d, by_rows(d, svyby(~y + x, ~region + kind + code, d$r, svymean, na.rm = TRUE), c("region", "kind", "code"), c("y", "x"))),
    "svyby(~y+x, ~region+kind+code, design, svymean)")
  case(paste0("own-domains-", n, "-ratio"), three, d, list(kind = "ratio", numerator = "y", denominator = "x", by = I("urban"), na_rm = TRUE),
    with_options(d, by_rows(d, svyby(~y, ~urban, d$r, svyratio, denominator = ~x), "urban", "y/x")), "svyby(~y, ~urban, design, svyratio, ~x)")
  case(paste0("own-domains-", n, "-where"), three, d, list(kind = "total", vars = I("y"), na_rm = TRUE, where = list(urban = "地方", job = 1)),
    with_options(d, { s <- subset(d$r, urban == "地方" & job == 1); stat_rows(d, svytotal(~y, s), df = degf(s)) }),
    "svytotal(~y, subset(design, urban=='地方' & job==1))")
  case(paste0("own-domains-", n, "-rare"), three, d, list(kind = "mean", vars = I("x"), by = I("rare"), na_rm = TRUE),
    with_options(d, by_rows(d, svyby(~x, ~rare, d$r, svymean), "rare", "x")), "svyby(~x, ~rare, design, svymean)")
}
d <- designs$counts
case("own-strat-levels", three, d, list(kind = "mean", vars = I("kind"), na_rm = TRUE),
  stat_rows(d, svymean(~kind, d$r, na.rm = TRUE)), "svymean(~kind, design, na.rm=TRUE)")
case("own-strat-levels-total", three, d, list(kind = "total", vars = c("kind", "y"), na_rm = TRUE),
  stat_rows(d, svytotal(~kind + y, d$r, na.rm = TRUE)), "svytotal(~kind+y, design, na.rm=TRUE)")
case("own-strat-code-label", three, d, list(kind = "mean", vars = I("y"), by = I("code"), na_rm = TRUE),
  by_rows(d, svyby(~y, ~code, d$r, svymean), "code", "y"), "svyby(~y, ~code, design, svymean) with codes 01, 02, 03")
case("own-strat-vcov", three, d, list(kind = "total", vars = c("y", "x", "job"), vcov = TRUE),
  { s <- svytotal(~y + x + job, d$r); list(rows = stat_rows(d, s), expected_vcov = unname(as.matrix(vcov(s)))) }, "vcov(svytotal(~y+x+job, design))")
case("own-strat-vcov-domains", three, d, list(kind = "total", vars = I("y"), by = I("urban"), vcov = TRUE),
  { s <- svyby(~y, ~urban, d$r, svytotal, covmat = TRUE); list(rows = by_rows(d, s, "urban", "y"), expected_vcov = unname(as.matrix(vcov(s)))) },
  "vcov(svyby(~y, ~urban, design, svytotal, covmat=TRUE))")
case("own-strat-ratios", three, d, list(kind = "ratio", numerator = c("y", "job"), denominator = "x", na_rm = TRUE),
  ratio_rows(d, svyratio(~y + job, ~x, d$r)), "svyratio(~y+job, ~x, design)")
for (n in c("counts", "records")) {
  d <- designs[[n]]
  case(paste0("own-strat-variance-", n), three, d, list(kind = "population_variance", vars = I("y")),
    { s <- svyvar(~y, d$r); list(figure(coef(s)[1], SE(s)[1], label = "y")) }, "svyvar(~y, design)")
  case(paste0("own-strat-deff-replace-", n), three, d, list(kind = "mean", vars = c("y", "x"), deff = "replace"),
    stat_rows(d, svymean(~y + x, d$r, deff = "replace"), deff = TRUE), "svymean(~y+x, design, deff='replace')")
  case(paste0("own-strat-deff-total-", n), three, d, list(kind = "total", vars = c("y", "x"), deff = "wor"),
    stat_rows(d, svytotal(~y + x, d$r, deff = TRUE), deff = TRUE), "svytotal(~y+x, design, deff=TRUE)")
  case(paste0("own-strat-deff-by-", n), three, d, list(kind = "mean", vars = I("y"), by = I("urban"), deff = "wor"),
    { s <- svyby(~y, ~urban, d$r, svymean, deff = TRUE); rows <- by_rows(d, s, "urban", "y")
      for (k in seq_along(rows)) rows[[k]]$deff <- deff(s)[[k]]
      rows }, "svyby(~y, ~urban, design, svymean, deff=TRUE)")
  for (m in c("logit", "asin", "beta", "mean", "xlogit", "likelihood")) {
    case(paste0("own-prop-", m, "-", n), three, d, list(kind = "proportion_ci", var = "job", level = 1, method = m, confidence = 0.95),
      { s <- svyciprop(~I(job == 1), d$r, method = m)
        list(list(label = "job=1", estimate = as.numeric(s), se = as.numeric(SE(s)), ci95 = as.numeric(confint(s)), df = degf(d$r))) },
      sprintf("svyciprop(~I(job==1), design, method='%s')", m))
    case(paste0("own-prop-", m, "-where-", n), three, d,
      list(kind = "proportion_ci", var = "code", level = "02", method = m, confidence = 0.9, where = list(urban = "都市", kind = c("製造", "食料, 飲料"))),
      { sub <- subset(d$r, urban == "都市" & kind %in% c("製造", "食料, 飲料")); s <- svyciprop(~I(code == "02"), sub, method = m, level = 0.9)
        list(list(label = "code", estimate = as.numeric(s), se = as.numeric(SE(s)), ci90 = as.numeric(confint(s)), df = degf(sub))) },
      sprintf("svyciprop(~I(code=='02'), subset(design, urban=='都市' & kind %%in%% c('製造','食料, 飲料')), method='%s', level=0.9)", m))
  }
}
d <- designs$weights
case("own-contrast-linear", three, d, list(kind = "contrast", base = list(kind = "mean", vars = I("y"), by = I("urban")), coefs = list(`都市` = 1, `地方` = -1)),
  { s <- svycontrast(svyby(~y, ~urban, d$r, svymean, covmat = TRUE), c(`都市` = 1, `地方` = -1)); stat_rows(d, structure(s, names = "contrast")) },
  "svycontrast(svyby(~y, ~urban, design, svymean, covmat=TRUE), c(都市=1, 地方=-1))")
case("own-contrast-two-by", three, d,
  list(kind = "contrast", base = list(kind = "total", vars = I("y"), by = c("urban", "code")), coefs = list(`都市.01` = 1, `都市.02` = -0.5, `地方.03` = 2)),
  { s <- svycontrast(svyby(~y, ~urban + code, d$r, svytotal, covmat = TRUE), c(`都市.01` = 1, `都市.02` = -0.5, `地方.03` = 2))
    stat_rows(d, structure(s, names = "contrast")) }, "svycontrast(svyby(~y, ~urban+code, design, svytotal, covmat=TRUE), ...)")
case("own-contrast-vars", three, d, list(kind = "contrast", base = list(kind = "mean", vars = c("y", "x")), coefs = list(y = 2, x = -1)),
  { s <- svycontrast(svymean(~y + x, d$r), c(y = 2, x = -1)); stat_rows(d, structure(s, names = "contrast")) }, "svycontrast(svymean(~y+x, design), c(y=2, x=-1))")
for (x in c("y/x", "log(y) - 2*log(x)", "sqrt(y*x) / exp(job/y)", "(y - x)^2 / x", "y^1.5 + abs(x - y)"))
  case(paste0("own-contrast-smooth-", make.names(x)), three, d, list(kind = "nonlinear", base = list(kind = "mean", vars = c("y", "x", "job")), expr = x),
    { s <- svycontrast(svymean(~y + x + job, d$r), parse(text = if (grepl("abs", x)) "y^1.5 + (x - y)" else x)[[1]])
      stat_rows(d, structure(s, names = "contrast")) }, sprintf("svycontrast(svymean(~y+x+job, design), quote(%s))", x))

# --- quantiles ---
for (n in c("records", "counts")) for (rule in c("math", "school", "shahvaish", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")) {
  d <- designs[[n]]; p <- c(0.113, 0.25, 0.5, 0.757, 0.9)
  case(paste0("own-quantile-", rule, "-", n), three, d, list(kind = "quantile", vars = I("y"), probs = p, qrule = rule, interval = "mean", confidence = 0.95),
    with_options(d, quantile_rows(d, svyquantile(~y, d$r, p, qrule = rule, interval.type = "mean"), p, degf(d$r))),
    sprintf("svyquantile(~y, design, c(%s), qrule='%s', interval.type='mean')", paste(p, collapse = ","), rule))
}
for (t in c("xlogit", "asin", "beta")) for (rule in c("math", "hf7")) {
  d <- designs$weights; p <- c(0.2, 0.5, 0.81)
  case(paste0("own-quantile-", t, "-", rule), three, d, list(kind = "quantile", vars = I("y_gap"), probs = p, qrule = rule, interval = t, na_rm = TRUE),
    quantile_rows(d, svyquantile(~y_gap, d$r, p, qrule = rule, interval.type = t, na.rm = TRUE), p, degf(subset(d$r, !is.na(y_gap)))),
    sprintf("svyquantile(~y_gap, design, c(%s), qrule='%s', interval.type='%s', na.rm=TRUE)", paste(p, collapse = ","), rule, t))
}
d <- designs$wr
case("own-quantile-by", three, d, list(kind = "quantile", vars = I("x"), probs = I(0.437), by = c("urban", "job"), qrule = "math", interval = "mean"),
  unlist(lapply(c("都市", "地方"), function(a) lapply(0:1, function(b) { s <- subset(d$r, urban == a & job == b)
    quantile_rows(d, svyquantile(~x, s, 0.437), 0.437, degf(s), list(urban = a, job = as.character(b)))[[1]] })), recursive = FALSE),
  "svyquantile(~x, subset(design, urban==a & job==b), 0.437)")
case("own-quantile-vars", three, d, list(kind = "quantile", vars = c("x", "y"), probs = c(0.3, 0.7), qrule = "hf8", interval = "xlogit", confidence = 0.95),
  c(quantile_rows(d, svyquantile(~x, d$r, c(0.3, 0.7), qrule = "hf8", interval.type = "xlogit"), c(0.3, 0.7), degf(d$r), label = "x"),
    quantile_rows(d, svyquantile(~y, d$r, c(0.3, 0.7), qrule = "hf8", interval.type = "xlogit"), c(0.3, 0.7), degf(d$r), label = "y")),
  "svyquantile(~x+y, design, c(.3,.7), qrule='hf8', interval.type='xlogit')")

# --- lonely units ---
for (policy in c("remove", "certainty", "adjust", "average")) for (n in c("wr", "fpc")) for (adl in c(FALSE, TRUE)) {
  d <- if (n == "wr") taylor(lonely, "psu", "h", NULL, "w", TRUE, policy, adl)
    else taylor(lonely, c("psu", "ssu"), "h", c("n_psu", "n_ssu"), "w", TRUE, policy, adl)
  if (!(policy == "average" && n == "fpc"))
    case(sprintf("own-lonely-%s-%s%s-total", policy, n, if (adl) "-domain" else ""), lonely, d, list(kind = "total", vars = c("y", "x")),
      with_options(d, stat_rows(d, svytotal(~y + x, d$r))), sprintf("options(survey.lonely.psu='%s'); svytotal(~y+x, design)", policy))
  if (policy == "average") next
  case(sprintf("own-lonely-%s-%s%s-by", policy, n, if (adl) "-domain" else ""), lonely, d, list(kind = "mean", vars = I("y"), by = I("dom")),
    with_options(d, by_rows(d, svyby(~y, ~dom, d$r, svymean), "dom", "y")), "svyby(~y, ~dom, design, svymean)")
  case(sprintf("own-lonely-%s-%s%s-few", policy, n, if (adl) "-domain" else ""), lonely, d, list(kind = "total", vars = I("y"), by = I("few")),
    with_options(d, by_rows(d, svyby(~y, ~few, d$r, svytotal), "few", "y")), "svyby(~y, ~few, design, svytotal)")
}

# --- calibration ---
blocks <- function(d, total = NULL, mean = NULL, ratio = NULL, quantile = NULL) {
  f <- function(v) reformulate(v)
  c(lapply(total, function(v) list(estimator = paste0("total_", v), rows = stat_rows(d, svytotal(f(v), d$r)))),
    lapply(mean, function(v) list(estimator = paste0("mean_", v), rows = stat_rows(d, svymean(f(v), d$r)))),
    lapply(ratio, function(v) list(estimator = paste0("ratio_", v[1]), rows = ratio_rows(d, svyratio(f(v[1]), f(v[2]), d$r)))))
}
save_weights <- function(id, r) { name <- sprintf("w_%s.csv", id); put_table(data.frame(w = weights(r, "sampling")), name); name }
base <- list(clusters = taylor(clusters, "psu", NULL, "n_psu", "w"), wr = taylor(clusters, "psu", NULL, NULL, "w"), stages = designs$counts, strata = designs$records)
truth <- function(model, data, w, lift) { # totals of the design weights, moved a little: what a register might say
  t <- colSums(model.matrix(model, data) * w)
  k <- seq_along(t)
  t * (1 + lift * ifelse(k == 1, 0.02, ((k * 7) %% 5 - 2) / 50))
}
calibrated <- function(id, b, model, lift = 1, ..., method = "linear", args = list(), more = list(), keep = TRUE, total = "y", mean = "x", ratio = list(c("y", "x"))) {
  d <- base[[b]]; data <- d$data
  t <- truth(model, data, weights(d$r), lift)
  call <- c(list(d$r, model, t), args, if (method != "linear" || !is.null(args$bounds)) list(calfun = method, epsilon = 1e-13, maxit = 500))
  r <- tryCatch(timed(do.call(calibrate, call)), error = function(e) { message("left out ", id, ": ", conditionMessage(e)); NULL })
  if (is.null(r)) return(invisible())
  j <- c(list(method = method, model = paste(deparse(model), collapse = ""), totals = as.list(t)), if (!is.null(args$bounds)) list(bounds = args$bounds), more)
  finish(id, data, d, r, j, keep, sprintf("calibrate(design, %s, totals%s)", j$model, if (method == "linear") "" else sprintf(", calfun='%s'", method)), total, mean, ratio)
}
finish <- function(id, data, d, r, j, keep, call, total = "y", mean = "x", ratio = list(c("y", "x"))) {
  e <- list(r = r, json = d$json, data = data)
  more <- if (keep) list(calibrated_weights_file = save_weights(id, r)) else list()
  do.call(case, c(list(id, data, e, list(kind = "calibrated", calibration = j), quote(blocks(e, total, mean, ratio)), call), more), envir = environment())
}
case_now <- case
case <- function(id, data, design, estimator, expected, r_call, ...) eval.parent(substitute(case_now(id, data, design, estimator, expected, r_call, ...)))
finish <- function(id, data, d, r, j, keep, call, total = "y", mean = "x", ratio = list(c("y", "x"))) {
  e <- list(r = r, json = d$json, data = data)
  file <- if (keep) save_weights(id, r) else NULL
  case_now(id, data, e, list(kind = "calibrated", calibration = j), blocks(e, total, mean, ratio), call, calibrated_weights_file = file)
}
case <- case_now
calibrated("own-cal-linear", "clusters", ~sex + age + x)
calibrated("own-cal-interaction", "clusters", ~sex * age)
calibrated("own-cal-slopes", "clusters", ~sex * x, total = c("y", "z"))
calibrated("own-cal-no-intercept", "clusters", ~0 + area + x)
calibrated("own-cal-wr", "wr", ~age + area)
calibrated("own-cal-raking", "clusters", ~sex + age + x, method = "raking")
calibrated("own-cal-raking-bounded", "clusters", ~sex + age + area, method = "raking", args = list(bounds = c(0.85, 1.2)), keep = FALSE)
calibrated("own-cal-logit", "clusters", ~sex + age + x, method = "logit", args = list(bounds = c(0.6, 1.8)))
calibrated("own-cal-logit-tight", "clusters", ~sex + area, method = "logit", args = list(bounds = c(0.92, 1.12)), keep = FALSE)
calibrated("own-cal-linear-bounded", "clusters", ~sex + age + x, args = list(bounds = c(0.82, 1.22)))
calibrated("own-cal-linear-wide", "clusters", ~age + x, lift = 2, args = list(bounds = c(0.7, 1.5)), keep = FALSE)
calibrated("own-cal-aggregate", "clusters", ~sex + x, args = list(aggregate.stage = 1), more = list(aggregate_stage = 1))
calibrated("own-cal-aggregate-raking", "clusters", ~sex + age, method = "raking", args = list(aggregate.stage = 1), more = list(aggregate_stage = 1), keep = FALSE)
calibrated("own-cal-sigma2", "clusters", ~sex + x, args = list(variance = clusters$z), more = list(sigma2 = "z (variance proportional to z)"))
calibrated("own-cal-sigma2-ratio", "clusters", ~x + 0, args = list(variance = 1), more = list(sigma2 = "x"))
calibrated("own-cal-stages", "stages", ~urban + code + x)
calibrated("own-cal-stages-raking", "stages", ~region + job, method = "raking", keep = FALSE)
calibrated("own-cal-strata", "strata", ~region * urban, keep = FALSE)
{
  d <- base$clusters; w <- weights(d$r)
  cells <- aggregate(list(Freq = w), clusters[c("sex", "age")], sum); cells$Freq <- round(cells$Freq * 1.05, 2)
  rows <- lapply(seq_len(nrow(cells)), function(k) as.list(cells[k, ]))
  r <- timed(postStratify(d$r, ~sex + age, cells))
  finish("own-cal-poststrat-two", clusters, d, r, list(method = "poststratify", vars = c("sex", "age"), totals = rows), TRUE, "postStratify(design, ~sex+age, cells)")
  e <- list(r = r, json = d$json)
  case("own-cal-poststrat-by", clusters, e, list(kind = "mean", vars = I("y"), by = I("area"), calibration = list(method = "poststratify", vars = c("sex", "age"), totals = rows)),
    by_rows(e, svyby(~y, ~area, r, svymean), "area", "y"), "svyby(~y, ~area, postStratify(...), svymean)")
  margin <- function(v, lift) { m <- aggregate(list(Freq = w), clusters[v], sum); m$Freq <- m$Freq * lift[seq_len(nrow(m))]; m$Freq <- m$Freq / sum(m$Freq) * 1800; m }
  three_margins <- list(margin("sex", c(1, 1.1)), margin("age", c(1, 1.1, 0.95, 1.02)), margin("area", c(0.9, 1, 1.05)))
  r <- timed(rake(d$r, list(~sex, ~age, ~area), three_margins, control = list(maxit = 1000, epsilon = 1e-12, verbose = FALSE)))
  j <- list(method = "rake_ipf", margins = lapply(three_margins, function(m) list(var = names(m)[1], totals = lapply(seq_len(nrow(m)), function(k) as.list(m[k, ])))))
  finish("own-cal-rake-three", clusters, d, r, j, TRUE, "rake(design, list(~sex, ~age, ~area), margins)")
  two <- list(margin(c("sex", "age"), rep(c(1, 1.08, 0.97), 3)), margin("area", c(1, 1.1, 1)))
  r <- timed(rake(d$r, list(~sex + age, ~area), two, control = list(maxit = 1000, epsilon = 1e-12, verbose = FALSE)))
  j <- list(method = "rake_ipf", margins = lapply(two, function(m) list(var = setdiff(names(m), "Freq"), totals = lapply(seq_len(nrow(m)), function(k) as.list(m[k, ])))))
  finish("own-cal-rake-crossed", clusters, d, r, j, FALSE, "rake(design, list(~sex+age, ~area), margins)")
  t <- truth(~sex + age + x, clusters, w, 3)
  greg <- timed(calibrate(d$r, ~sex + age + x, t))
  j <- list(method = "linear_then_trim", model = "~sex + age + x", totals = as.list(t), lower = 9, upper = 12.5)
  finish("own-cal-trim", clusters, d, timed(trimWeights(greg, upper = 12.5, lower = 9)), j, TRUE, "trimWeights(calibrate(...), upper=12.5, lower=9)")
  j$strict <- TRUE
  finish("own-cal-trim-strict", clusters, d, timed(trimWeights(greg, upper = 12.5, lower = 9, strict = TRUE)), j, TRUE, "trimWeights(calibrate(...), upper=12.5, lower=9, strict=TRUE)")
  j <- list(method = "linear", model = "~sex + age + x", totals = as.list(t))
  e <- list(r = greg, json = d$json)
  case("own-cal-greg-by", clusters, e, list(kind = "total", vars = I("y"), by = c("area", "sex"), calibration = j),
    by_rows(e, svyby(~y, ~area + sex, greg, svytotal), c("area", "sex"), "y"), "svyby(~y, ~area+sex, calibrate(...), svytotal)")
  case("own-cal-greg-ratio-by", clusters, e, list(kind = "ratio", numerator = "y", denominator = "z", by = I("age"), calibration = j),
    by_rows(e, svyby(~y, ~age, greg, svyratio, denominator = ~z), "age", "y/z"), "svyby(~y, ~age, calibrate(...), svyratio, ~z)")
  case("own-cal-greg-quantile", clusters, e, list(kind = "quantile", vars = I("y"), probs = c(0.25, 0.61), qrule = "math", interval = "mean", calibration = j),
    quantile_rows(e, svyquantile(~y, greg, c(0.25, 0.61)), c(0.25, 0.61), degf(greg)), "svyquantile(~y, calibrate(...), c(.25,.61))")
  for (m in c("beta", "asin")) case(paste0("own-cal-greg-prop-", m), clusters, e, list(kind = "proportion_ci", var = "job", level = 1, method = m, where = list(sex = "f"), calibration = j),
    { sub <- subset(greg, sex == "f"); s <- svyciprop(~job, sub, method = m)
      list(list(label = "job", estimate = as.numeric(s), se = as.numeric(SE(s)), ci95 = as.numeric(confint(s)), df = degf(sub))) },
    sprintf("svyciprop(~job, subset(calibrate(...), sex=='f'), method='%s')", m))
  case("own-cal-greg-deff", clusters, e, list(kind = "mean", vars = c("y", "z"), deff = "wor", calibration = j),
    stat_rows(e, svymean(~y + z, greg, deff = TRUE), deff = TRUE), "svymean(~y+z, calibrate(...), deff=TRUE)")
  for (sep in c(FALSE, TRUE)) {
    s <- designs$region; X <- if (sep) lapply(split(three$x * three$w, three$region), sum) else sum(three$x * three$w) * 1.1
    p <- timed(predict(svyratio(~y, ~x, s$r, separate = sep), total = X))
    v <- if (sep) sum(unlist(p$se)^2) else NULL
    case(paste0("own-cal-ratio-total", if (sep) "-separate" else ""), three, s,
      list(kind = if (sep) "separate_ratio_total" else "ratio_total", numerator = "y", denominator = "x", total_x = if (sep) X else X),
      list(figure(as.numeric(p$total), as.numeric(p$se), label = "y")), sprintf("predict(svyratio(~y, ~x, design, separate=%s), total=X)", sep))
  }
}

# --- replicates ---
cl <- base$clusters; st <- taylor(three, I, S, counts, nest = TRUE); pr <- taylor(pairs, "psu", "h", NULL, "w", nest = TRUE)
sb <- designs$records
reps <- list(
  jk1 = replicated(cl, R_rep(cl, "JK1"), "JK1"), jk1mse = replicated(base$wr, R_rep(base$wr, "JK1", mse = TRUE), "JK1"),
  jkn = replicated(pr, R_rep(pr, "JKn"), "JKn"), jknfpc = replicated(designs$one, R_rep(designs$one, "JKn"), "JKn"),
  jknmse = replicated(pr, R_rep(pr, "JKn", mse = TRUE), "JKn"))
add_file <- function(name, base, type, call, more = list(), ...) {
  set.seed(1000 + length(reps))
  r <- timed(suppressWarnings(as.svrepdesign(base$r, type = call, ...)))
  reps[[name]] <<- replicated(base, r, type, sprintf("rep_%s.csv", name), round(analysis(r), 10), more)
}
add_file("brr", pr, "BRR", "BRR"); add_file("brrmse", pr, "BRR", "BRR", mse = TRUE); add_file("fay", pr, "Fay", "Fay", list(rho = 0.4), fay.rho = 0.4)
add_file("subboot", pr, "subbootstrap (Rao-Wu, m=n-1)", "subbootstrap", replicates = 20)
add_file("boot", pr, "bootstrap (Canty-Davison)", "bootstrap", replicates = 20)
add_file("mrb", cl, "mrbbootstrap (Preston 2009)", "mrbbootstrap", replicates = 20)
{ # multipliers by unit, with scales of their own
  m <- analysis(reps$brr$r) / pairs$w
  once <- !duplicated(pairs[c("h", "psu")])
  put_table(cbind(pairs[once, c("h", "psu")], as.data.frame(m[once, ])), "rep_units.csv")
  rs <- seq(0.8, 1.2, length.out = ncol(m))
  r <- timed(svrepdesign(data = pairs, repweights = m, weights = ~w, type = "other", scale = 0.11, rscales = rs, combined.weights = FALSE, mse = TRUE))
  j <- list(method = "replicate", type = "other", base = pr$json, replicate_weights_file = "rep_units.csv", replicate_weights_level = "psu", scale = 0.11,
    rscales = rs, mse = TRUE, combined_weights = FALSE)
  reps$units <- list(r = r, json = j, data = pairs)
  put_table(as.data.frame(m * pairs$w), "rep_plain.csv")
  r <- timed(svrepdesign(data = pairs, repweights = m * pairs$w, weights = ~w, type = "BRR", combined.weights = TRUE))
  reps$plain <- list(r = r, json = list(method = "replicate", type = "BRR", weights = "w", replicate_weights_file = "rep_plain.csv", scale = r$scale,
    rscales = list(constant = 1, n = ncol(m)), mse = FALSE, combined_weights = TRUE), data = pairs)
}
for (n in names(reps)) {
  d <- reps[[n]]; g <- if (identical(d$data, pairs)) "g" else if (identical(d$data, clusters)) "area" else "urban"
  case(sprintf("own-rep-%s-several", n), d$data, d, list(kind = "several"), blocks(d, c("y", "x"), "y", list(c("y", "x"))), "svytotal, svymean, svyratio on the replicate design")
  case(sprintf("own-rep-%s-by", n), d$data, d, list(kind = "mean", vars = I("y"), by = I(g)), by_rows(d, svyby(~y, reformulate(g), d$r, svymean), g, "y"), sprintf("svyby(~y, ~%s, rep, svymean)", g))
  if (n %in% c("jkn", "brr", "subboot", "units")) {
    case(sprintf("own-rep-%s-where", n), d$data, d, list(kind = "total", vars = I("y"), where = list(g = "u")),
      { s <- subset(d$r, g == "u"); stat_rows(d, svytotal(~y, s), df = NULL) }, "svytotal(~y, subset(rep, g=='u'))")
    case(sprintf("own-rep-%s-contrast", n), d$data, d, list(kind = "nonlinear", base = list(kind = "total", vars = c("y", "x")), expr = "log(y/x)"),
      { s <- svycontrast(svytotal(~y + x, d$r), quote(log(y / x))); stat_rows(d, structure(s, names = "contrast")) }, "svycontrast(svytotal(~y+x, rep), quote(log(y/x)))")
    for (t in c("mean", "xlogit", "beta", "asin", "quantile")) case(sprintf("own-rep-%s-quantile-%s", n, t), d$data, d,
      list(kind = "quantile", vars = I("y"), probs = c(0.3, 0.5), qrule = "hf7", interval = t),
      quantile_rows(d, svyquantile(~y, d$r, c(0.3, 0.5), qrule = "hf7", interval.type = t), c(0.3, 0.5), degf(d$r)), sprintf("svyquantile(~y, rep, c(.3,.5), qrule='hf7', interval.type='%s')", t))
    case(sprintf("own-rep-%s-prop", n), d$data, d, list(kind = "proportion_ci", var = "job", level = 1, method = "asin"),
      { s <- svyciprop(~job, d$r, method = "asin"); list(list(label = "job", estimate = as.numeric(s), se = as.numeric(SE(s)), ci95 = as.numeric(confint(s)), df = degf(d$r))) },
      "svyciprop(~job, rep, method='asin')")
  }
}
for (m in c("linear", "raking", "logit")) {
  d <- reps$jk1; t <- truth(~sex + age, clusters, clusters$w, 1)
  a <- list(d$r, ~sex + age, t, calfun = m, epsilon = 1e-12, maxit = 500); if (m == "logit") a$bounds <- c(0.4, 2.5)
  r <- timed(do.call(calibrate, a))
  k <- list(method = m, model = "~sex + age", totals = as.list(t), each_replicate = TRUE); if (m == "logit") k$bounds <- c(0.4, 2.5)
  e <- list(r = r, json = c(d$json, list(calibration = k)), data = clusters)
  case(sprintf("own-rep-calibrated-%s", m), clusters, e, list(kind = "several"), blocks(e, c("y", "z"), "x", list(c("y", "x"))), sprintf("calibrate(rep, ~sex+age, totals, calfun='%s')", m))
}

# --- unequal probabilities ---
draw <- function(name, select, joint, n = 16, seed = 5) {
  pik <- sampling::inclusionprobabilities(population$size, n)
  set.seed(seed)
  s <- select(pik) == 1
  d <- population[s, ]; d$pik <- pik[s]
  put_table(d, paste0(name, ".csv")); d <- table_of(paste0(name, ".csv"))
  J <- joint(pik)[s, s]; diag(J) <- d$pik
  put_table(as.data.frame(J), paste0(name, "_joint.csv"), header = FALSE)
  list(data = d, joint = as.matrix(read.csv(file.path(PACK$folder, paste0(name, "_joint.csv")), header = FALSE)), sum2 = sum(pik^2) / n)
}
if (requireNamespace("sampling", quietly = TRUE)) {
  samples <- list(maxent = draw("pps_maxent", sampling::UPmaxentropy, sampling::UPmaxentropypi2), tille = draw("pps_tille", sampling::UPtille, sampling::UPtillepi2, seed = 8))
  for (n in names(samples)) {
    s <- samples[[n]]; dimnames(s$joint) <- NULL; jf <- sprintf("pps_%s_joint.csv", n)
    forms <- list(brewer = unequal(s$data, "pik", "brewer", "brewer"), overton = unequal(s$data, "pik", "overton", "overton"),
      hr = unequal(s$data, "pik", HR(s$sum2), "hartley-rao", list(sum_pik2_over_n = s$sum2)), hr1 = unequal(s$data, "pik", HR(), "hartley-rao"),
      ht = unequal(s$data, "pik", ppsmat(s$joint), "joint", list(joint_file = jf, variance = "HT"), variance = "HT"),
      yg = unequal(s$data, "pik", ppsmat(s$joint), "joint", list(joint_file = jf, variance = "YG"), variance = "YG"),
      wr = taylor(s$data, "1", NULL, NULL, NULL, probs = "pik"),
      brewerparts = unequal(s$data, "pik", "brewer", "brewer", strata = "part"), overtonparts = unequal(s$data, "pik", "overton", "overton", strata = "part"))
    for (f in names(forms)) {
      d <- forms[[f]]
      case(sprintf("own-pps-%s-%s", n, f), s$data, d, list(kind = "several"),
        { b <- blocks(d, c("y", "x"), "x", list(c("y", "x"))); for (k in seq_along(b)) b[[k]]$rows <- lapply(b[[k]]$rows, function(r) r[setdiff(names(r), c("df", "ci95_t"))]); b },
        sprintf("svytotal, svymean, svyratio on pps='%s'", f))
      case(sprintf("own-pps-%s-%s-by", n, f), s$data, d, list(kind = "total", vars = I("y"), by = I("job")),
        by_rows(d, svyby(~y, ~job, d$r, svytotal), "job", "y"), "svyby(~y, ~job, design, svytotal)")
    }
  }
}

# --- poverty and inequality: linearised as Deville (1999), Osier (2009) and Langel & Tille (2013) give it, variance by R survey ---
kernel <- function(y, w, at) { N <- sum(w); s <- sqrt((sum(w * y^2) - sum(w * y)^2 / N) / N); h <- s / N^0.2; list(f = sum(w * dnorm((at - y) / h)) / (h * N), s = sum(w * y * dnorm((at - y) / h)) / h) }
quantile_of <- function(y, w, p) { o <- order(y); y[o][which(cumsum(w[o]) / sum(w) >= p)[1]] }
influence_q <- function(y, w, q, p) -((y <= q) - p) / (sum(w) * kernel(y, w, q)$f)
measures <- list(
  gini = function(y, w, ...) { o <- order(y); r <- G <- numeric(length(y)); r[o] <- cumsum(w[o]); G[o] <- cumsum((w * y)[o]); N <- sum(w); Y <- sum(w * y); T1 <- sum(r * w * y)
    list(v = sum((2 * r - 1) * w * y) / (N * Y) - 1, u = (2 * (Y - G + w * y + r * y) - y) / (Y * N) - (2 * T1 - Y) * y / (Y^2 * N) - (2 * T1 - Y) / (Y * N^2)) },
  arpt = function(y, w, q = 0.5, c = 0.6, ...) { m <- quantile_of(y, w, q); list(v = c * m, u = c * influence_q(y, w, m, q)) },
  arpr = function(y, w, q = 0.5, c = 0.6, inside = rep(TRUE, length(y)), ...) { t <- measures$arpt(y, w, q, c); n <- sum(w[inside]); r <- sum(w[inside] * (y[inside] <= t$v)) / n
    list(v = r, u = inside * ((y <= t$v) - r) / n + kernel(y[inside], w[inside], t$v)$f * t$u, t = t) },
  poormed = function(y, w, q = 0.5, c = 0.6, ...) { a <- measures$arpr(y, w, q, c); p <- y <= a$t$v; m <- quantile_of(y[p], w[p], 0.5)
    list(v = m, u = (0.5 * a$u - ((y <= m) - 0.5 * a$v) / sum(w)) / kernel(y, w, m)$f, t = a$t) },
  rmpg = function(y, w, q = 0.5, c = 0.6, ...) { m <- measures$poormed(y, w, q, c); list(v = (m$t$v - m$v) / m$t$v, u = m$v * m$t$u / m$t$v^2 - m$u / m$t$v) },
  qsr = function(y, w, a = 0.2, ...) { ql <- quantile_of(y, w, a); qh <- quantile_of(y, w, 1 - a); L <- sum(w * y * (y <= ql)); H <- sum(w * y * (y > qh))
    ul <- y * (y <= ql) + kernel(y, w, ql)$s * influence_q(y, w, ql, a); uh <- y * (y > qh) - kernel(y, w, qh)$s * influence_q(y, w, qh, 1 - a)
    list(v = H / L, u = uh / L - H * ul / L^2) },
  fgt = function(y, w, g = 0, line, ...) { h <- ifelse(y <= line, ((line - y) / line)^g, 0); v <- sum(w * h) / sum(w); list(v = v, u = (h - v) / sum(w)) })
smooth_figure <- function(d, totals, quote) { s <- svycontrast(svytotal(totals, d$r), quote); list(figure(coef(s), SE(s), label = "income")) }
inc <- list(wr = taylor(income, "psu", "stratum", NULL, "w"), fpc = taylor(income, "psu", "stratum", "n_psu", "w"))
for (n in names(inc)) {
  d <- inc[[n]]
  run <- function(id, kind, args, var = "income", more = list(), keep = rep(TRUE, nrow(income))) {
    y <- income[[var]]
    case(sprintf("own-ineq-%s-%s", id, n), income, d, c(list(kind = kind, var = var), more),
      { m <- do.call(measures[[kind]], c(list(y = y[keep], w = income$w[keep]), args)); u <- numeric(nrow(income)); u[keep] <- m$u
        list(figure(m$v, SE(svytotal(~u, update(d$r, u = u))), label = var)) }, sprintf("svytotal of the linearised %s (%s)", kind, n))
  }
  for (v in c("income", "net")) { run(paste0("gini-", v), "gini", list(), v); run(paste0("arpt-", v), "arpt", list(0.5, 0.6), v, list(quantile = 0.5, percent = 0.6)) }
  run("arpr-40", "arpr", list(0.5, 0.4), "income", list(quantile = 0.5, percent = 0.4)); run("arpr-70", "arpr", list(0.4, 0.7), "net", list(quantile = 0.4, percent = 0.7))
  run("rmpg", "rmpg", list(), "income"); run("poormed", "poormed", list(0.5, 0.7), "income", list(quantile = 0.5, percent = 0.7))
  run("qsr-20", "qsr", list(0.2), "income", list(alpha1 = 0.2)); run("qsr-10", "qsr", list(0.1), "income", list(alpha1 = 0.1))
  for (g in 0:2) run(paste0("fgt-", g), "fgt", list(g, 15000), "income", list(g = g, abs_thresh = 15000))
  for (r in c("NE", "S")) { k <- income$region == r
    run(paste0("gini-", r), "gini", list(), "income", list(where = list(region = r)), k)
    run(paste0("qsr-", r), "qsr", list(0.2), "income", list(where = list(region = r)), k)
    case(sprintf("own-ineq-arpr-%s-%s", r, n), income, d, list(kind = "arpr", var = "income", quantile = 0.5, percent = 0.6, where = list(region = r), threshold_from = "whole sample"),
      { m <- measures$arpr(income$income, income$w, inside = k); list(figure(m$v, SE(svytotal(~u, update(d$r, u = m$u))), label = "income")) }, "as above, domain") }
  z <- list(r = update(d$r, one = 1, l = log(income), s = sqrt(income), e = income * log(income), p2 = income^2, p5 = income^-0.5), json = d$json)
  case(paste0("own-ineq-gei0-", n), income, d, list(kind = "gei", var = "income", epsilon = 0), smooth_figure(z, ~income + l + one, quote(log(income / one) - l / one)), "GEI(0) by the delta method")
  case(paste0("own-ineq-gei1-", n), income, d, list(kind = "gei", var = "income", epsilon = 1), smooth_figure(z, ~income + e + one, quote(e / income - log(income / one))), "GEI(1)")
  case(paste0("own-ineq-gei2-", n), income, d, list(kind = "gei", var = "income", epsilon = 2), smooth_figure(z, ~income + p2 + one, quote((p2 / one / (income / one)^2 - 1) / 2)), "GEI(2)")
  case(paste0("own-ineq-atk1-", n), income, d, list(kind = "atkinson", var = "income", epsilon = 1), smooth_figure(z, ~income + l + one, quote(1 - exp(l / one) / (income / one))), "Atkinson(1)")
  case(paste0("own-ineq-atk05-", n), income, d, list(kind = "atkinson", var = "income", epsilon = 0.5), smooth_figure(z, ~income + s + one, quote(1 - (s / one)^2 / (income / one))), "Atkinson(0.5)")
  case(paste0("own-ineq-atk15-", n), income, d, list(kind = "atkinson", var = "income", epsilon = 1.5), smooth_figure(z, ~income + p5 + one, quote(1 - (p5 / one)^(-2) / (income / one))), "Atkinson(1.5)")
  case(paste0("own-ineq-gpg-", n), income, d, list(kind = "gpg", var = "pay", sex = "sex", male = "male", female = "female"),
    { g <- update(d$r, M = sex == "male", F = sex == "female", ym = pay * (sex == "male"), yf = pay * (sex == "female"))
      s <- svycontrast(svytotal(~ym + M + yf + F, g), quote((ym / MTRUE - yf / FTRUE) / (ym / MTRUE))); list(figure(coef(s), SE(s), label = "pay")) },
    "(mean pay of men - women) / men, by the delta method")
}

# --- change, variance functions, nonresponse ---
for (n in c("wr", "fpc")) for (pair in list(c(1, 2), c(1, 3))) {
  d <- taylor(panel, "psu", "stratum", if (n == "fpc") "n_psu", "w", periods = list(var = "period", t1 = pair[1], t2 = pair[2]))
  two <- as.character(pair); tag <- sprintf("%s-%d", n, pair[2])
  both <- svyby(~emp, ~period, d$r, svytotal, covmat = TRUE); means <- svyby(~wage, ~period, d$r, svymean, covmat = TRUE)
  ratios <- svyby(~wage, ~period, d$r, svyratio, denominator = ~emp, covmat = TRUE)
  change <- function(id, s, measure, base, more = list()) {
    e <- parse(text = sprintf(c(difference = "`%2$s` - `%1$s`", relative = "`%2$s` / `%1$s` - 1", ratio = "`%2$s` / `%1$s`")[measure], two[1], two[2]))[[1]]
    x <- coef(s); V <- vcov(s); names(x) <- sub(":.*", "", names(x)); dimnames(V) <- list(names(x), names(x))
    st <- structure(x, var = V, class = "svystat", statistic = "x")
    case(sprintf("own-change-%s-%s", id, tag), panel, d, c(list(kind = "change", measure = measure, base = base), more),
      { k <- svycontrast(st, e); list(rows = list(figure(coef(k), SE(k), label = "contrast")), cov12 = V[two[1], two[2]]) }, sprintf("svycontrast(svyby(..., ~period, covmat=TRUE), %s)", deparse(e)))
  }
  for (m in c("difference", "relative", "ratio")) change(paste0("total-", m), both, m, list(kind = "total", vars = I("emp")))
  change("mean-difference", means, "difference", list(kind = "mean", vars = I("wage"))); change("ratio-relative", ratios, "relative", list(kind = "ratio", numerator = "wage", denominator = "emp"))
  dom <- svyby(~emp, ~period, subset(d$r, ind == "D, E"), svytotal, covmat = TRUE)
  change("domain", dom, "relative", list(kind = "total", vars = I("emp")), list(where = list(ind = "D, E")))
}
{
  d <- designs$wr; by <- c("region", "code")
  s <- timed(svyby(~y, ~region + code, d$r, svytotal)); X <- coef(s); rv <- (SE(s) / X)^2; ok <- rv > 0
  fit <- function(f, X, rv) list(list(label = "a", estimate = unname(coef(f)[1])), list(label = "b", estimate = unname(coef(f)[2])), list(label = "r_squared", estimate = summary(f)$r.squared))
  base_of <- list(kind = "total", vars = I("y"), by = by)
  case("own-gvf-relvar", three, d, list(kind = "gvf", model = "relvar = a + b/X (OLS)", base = base_of), fit(lm(rv[ok] ~ I(1 / X[ok]))), "lm(relvar ~ I(1/X))")
  case("own-gvf-loglog", three, d, list(kind = "gvf", model = "log(relvar) = a + b*log(X) (OLS)", base = base_of), fit(lm(log(rv[ok]) ~ log(X[ok]))), "lm(log(relvar) ~ log(X))")
  f <- lm(I(SE(s)[ok]^2) ~ 0 + X[ok] + I(X[ok]^2))
  case("own-gvf-quadratic", three, d, list(kind = "gvf", model = "se^2 = a*X + b*X^2 (OLS)", base = base_of), fit(f)[1:2], "lm(se^2 ~ 0 + X + I(X^2))")
}
for (n in c("strata", "units")) for (cells in list("cell", c("cell", "sex"))) {
  d <- if (n == "strata") taylor(nonresponse, "1", "stratum", NULL, "w") else taylor(nonresponse, "psu", "stratum", "n_psu", "w")
  key <- do.call(paste, c(nonresponse[cells], sep = "."))
  a <- tapply(nonresponse$w, key, sum) / tapply(nonresponse$w * nonresponse$resp, key, sum)
  answered <- nonresponse[nonresponse$resp == 1, ]; answered$w <- answered$w * a[key[nonresponse$resp == 1]]; attr(answered, "file") <- "nonresponse.csv"
  e <- if (n == "strata") taylor(answered, "1", "stratum", NULL, "w") else taylor(answered, "psu", "stratum", "n_psu", "w")
  tag <- sprintf("%s-%d", n, length(cells))
  case(paste0("own-nonresp-classes-", tag), nonresponse, d, list(kind = "several", nonresponse = list(method = "weighting_class", cells = if (length(cells) > 1) cells else cells, response = "resp")),
    c(blocks(e, "y", "y"), if (length(cells) == 1) list(list(estimator = "factors", rows = lapply(names(a), function(k) list(label = k, estimate = unname(a[k])))))), "w * a_c; design of the respondents")
  model <- if (length(cells) == 1) resp ~ cell + x else resp ~ cell * sex
  p <- timed(fitted(suppressWarnings(svyglm(model, d$r, family = quasibinomial, control = glm.control(epsilon = 1e-14, maxit = 100)))))
  answered <- nonresponse[nonresponse$resp == 1, ]; answered$w <- answered$w / p[nonresponse$resp == 1]; attr(answered, "file") <- "nonresponse.csv"
  e <- if (n == "strata") taylor(answered, "1", "stratum", NULL, "w") else taylor(answered, "psu", "stratum", "n_psu", "w")
  case(paste0("own-nonresp-logistic-", tag), nonresponse, d, list(kind = "several", nonresponse = list(method = "logistic", model = paste(deparse(model), collapse = ""), weighted = TRUE)),
    blocks(e, "y", "y"), "w / fitted(svyglm(model, quasibinomial)); design of the respondents")
}
write_cases("own_")
