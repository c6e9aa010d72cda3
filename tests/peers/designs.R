# designs.R FOLDER N SEED -- N random designs with data, and what R survey says of each: strata, one to three stages, population counts at none, some
# or all of them, units taken in full, unequal weights, lonely units under every policy, domains, missing values; calibrated or with replicates in turn.
args <- commandArgs(FALSE)
source(file.path(dirname(sub("^--file=", "", grep("^--file=", args, value = TRUE))), "pack.R"))
given <- commandArgs(TRUE)
PACK$folder <- given[1]; many <- as.integer(given[2]); set.seed(as.integer(given[3]))
pick <- function(x, ...) x[sample.int(length(x), 1, ...)]

sampled_tree <- function(stages, lonely) { # records of a nested sample: unit labels repeat in every parent
  rows <- list()
  for (h in seq_len(sample(1:6, 1))) {
    n <- if (lonely && h %% 3 == 0) 1 else sample(2:6, 1)
    N <- if (runif(1) < 0.15) n else n + sample(1:20, 1)
    for (p in seq_len(n)) {
      m <- if (stages > 1) sample(2:4, 1) else sample(1:6, 1)
      M <- if (stages > 1 && runif(1) < 0.2) m else m + sample(1:15, 1)
      for (s in seq_len(m)) {
        k <- if (stages > 2) sample(2:3, 1) else 1
        K <- if (runif(1) < 0.2) k else k + sample(1:9, 1)
        rows[[length(rows) + 1]] <- data.frame(h = h, p = p, s = s, t = seq_len(k), N = N, M = M, K = K, n = n, m = m, k = k)
      }
    }
  }
  do.call(rbind, rows)
}
random_data <- function(stages, lonely, name) {
  d <- sampled_tree(stages, lonely); n <- nrow(d)
  effect <- rnorm(1000)
  d$w <- round(d$N / d$n * (if (stages > 1) d$M / d$m else 1) * (if (stages > 2) d$K / d$k else 1) * runif(n, 0.7, 1.4), 4)
  d$y <- round(50 + 10 * effect[d$h] + 6 * effect[100 + d$h * 7 + d$p] + 8 * rnorm(n), 3)
  d$x <- round(abs(d$y * runif(n, 1, 1.5)) + 1, 2)
  d$gap <- ifelse(runif(n) < 0.1, NA, round(d$x * 3 + rnorm(n), 2))
  d$g <- sample(c("a", "b b", "c,d"), n, TRUE); d$v <- sample(0:1, n, TRUE)
  put_table(d, name)
  table_of(name)
}
levels_both <- function(d) all(table(d$data$g) > 1) && all(table(d$data$v) > 1)
policies <- c("remove", "certainty", "adjust")
for (i in seq_len(many)) {
  stages <- pick(1:3); lonely <- i %% 4 == 0; name <- sprintf("peer_%03d.csv", i); data <- random_data(stages, lonely, name)
  policy <- if (!lonely) "fail" else pick(policies)
  ids <- c("p", "s", "t")[seq_len(stages)]; counts <- c("N", "M", "K")[seq_len(stages)]
  kind <- pick(c("none", "all", "first", "derived"))
  fpc <- switch(kind, none = NULL, all = counts, first = counts[1], derived = counts)
  ids_used <- if (kind == "first") ids[1] else ids
  base <- tryCatch(taylor(data, ids_used, "h", fpc, if (kind == "derived") NULL else "w", nest = TRUE, lonely = policy, domain_lonely = lonely && runif(1) < 0.3),
    error = function(e) { message(name, ": R says ", conditionMessage(e)); NULL })
  if (is.null(base)) next
  id <- function(what) sprintf("peer-%s-%03d", what, i)
  call <- sprintf("on svydesign(%s; fpc %s; lonely.psu %s)", paste(ids_used, collapse = "+"), kind, policy)
  add <- function(what, estimator, rows, d = base, text = "") case(id(what), data, d, estimator, with_options(d, rows), paste(what, text, call))
  add("total", list(kind = "total", vars = c("y", "x"), na_rm = TRUE), stat_rows(base, svytotal(~y + x, base$r)))
  add("mean", list(kind = "mean", vars = I("gap"), na_rm = TRUE, deff = "wor"), stat_rows(base, svymean(~gap, base$r, na.rm = TRUE, deff = TRUE), deff = TRUE))
  add("ratio", list(kind = "ratio", numerator = "y", denominator = "x"), ratio_rows(base, svyratio(~y, ~x, base$r)))
  add("domains", list(kind = "total", vars = I("x"), by = c("g", "v")), by_rows(base, svyby(~x, ~g + v, base$r, svytotal), c("g", "v"), "x"))
  add("where", list(kind = "mean", vars = I("y"), where = list(v = 1)), { s <- subset(base$r, v == 1); stat_rows(base, svymean(~y, s), df = degf(s)) })
  if (degf(base$r) > 1) {
    rule <- pick(c("math", "school", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")); p <- c(0.2137, 0.5121)
    add("quantile", list(kind = "quantile", vars = I("y"), probs = p, qrule = rule, interval = "mean"),
      quantile_rows(base, svyquantile(~y, base$r, p, qrule = rule), p, degf(base$r)))
    add("contrast", list(kind = "nonlinear", base = list(kind = "total", vars = c("y", "x")), expr = "log(x) - y / x"),
      { s <- svycontrast(svytotal(~y + x, base$r), quote(log(x) - y / x)); stat_rows(base, structure(s, names = "contrast")) })
  }
  if (i %% 2 == 0 && levels_both(base) && nrow(data) > 20) { # calibrated
    model <- list(~g, ~g + v, ~g + x)[[sample(3, 1)]]; method <- pick(c("linear", "raking", "logit"))
    t <- colSums(model.matrix(model, data) * weights(base$r)); t <- t * c(1, runif(length(t) - 1, 0.97, 1.03))
    a <- list(base$r, model, t); if (method != "linear") a <- c(a, list(calfun = method, epsilon = 1e-13, maxit = 500)); if (method == "logit") a$bounds <- c(0.4, 2.2)
    r <- tryCatch(timed(do.call(calibrate, a)), error = function(e) NULL)
    if (!is.null(r)) {
      k <- list(method = method, model = paste(deparse(model), collapse = ""), totals = as.list(t)); if (method == "logit") k$bounds <- c(0.4, 2.2)
      e <- list(r = r, json = base$json, data = data)
      add("calibrated", list(kind = "calibrated", calibration = k), list(list(estimator = "total_y", rows = stat_rows(e, svytotal(~y, r))),
        list(estimator = "mean_x", rows = stat_rows(e, svymean(~x, r)))), e, method)
      add("calibrateddomains", list(kind = "total", vars = I("y"), by = I("v"), calibration = k), by_rows(e, svyby(~y, ~v, r, svytotal), "v", "y"), e, method)
    }
  }
  if (i %% 3 == 0 && !lonely && kind != "derived") { # replicates
    type <- if (length(unique(data$h)) > 1) "JKn" else "JK1"
    r <- tryCatch(R_rep(base, type), error = function(e) NULL)
    if (!is.null(r)) {
      e <- replicated(base, r, type)
      add(type, list(kind = "several"), list(list(estimator = "mean_y", rows = stat_rows(e, svymean(~y, r))), list(estimator = "ratio_y", rows = ratio_rows(e, svyratio(~y, ~x, r)))), e)
    }
    r <- tryCatch(R_rep(base, "subbootstrap", replicates = 12), error = function(e) NULL)
    if (!is.null(r)) {
      e <- replicated(base, r, "subbootstrap", sprintf("peer_rep_%03d.csv", i), analysis(r))
      e$r <- timed(svrepdesign(data = data, repweights = as.matrix(read.csv(file.path(PACK$folder, sprintf("peer_rep_%03d.csv", i)))), weights = ~w, type = "bootstrap",
        scale = r$scale, rscales = r$rscales, combined.weights = TRUE))
      add("bootstrap", list(kind = "several"), list(list(estimator = "total_x", rows = stat_rows(e, svytotal(~x, e$r), df = NULL)),
        list(estimator = "ratio_y", rows = ratio_rows(e, svyratio(~y, ~x, e$r), df = NULL))), e)
    }
  }
}
write_cases("peer_")
