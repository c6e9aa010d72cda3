# pack.R -- writes estimation cases in the JSON layout of the reference packs (README.md beside this file): a design is described once and becomes
# both the R object and the JSON member, so the two cannot differ.
suppressWarnings(suppressPackageStartupMessages(library(survey)))
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE, survey.ultimate.cluster = FALSE, survey.replicates.mse = FALSE)

# --- JSON: named list = object, list or vector longer than one = array, NULL and NA = null ---
quoted <- function(s) paste0('"', gsub('"', '\\"', gsub("\\", "\\\\", enc2utf8(s), fixed = TRUE), fixed = TRUE), '"')
json <- function(v) {
  if (is.null(v)) return("null")
  if (is.list(v) && !is.null(names(v)))
    return(paste0("{", paste(vapply(names(v), function(k) paste0(quoted(k), ":", json(v[[k]])), ""), collapse = ","), "}"))
  if (is.list(v) || is.matrix(v)) {
    if (is.matrix(v)) v <- lapply(seq_len(nrow(v)), function(i) as.list(unname(v[i, ])))
    return(paste0("[", paste(vapply(v, json, ""), collapse = ","), "]"))
  }
  if (inherits(v, "AsIs") || length(v) > 1) return(paste0("[", paste(vapply(unname(unclass(v)), json, ""), collapse = ","), "]"))
  if (is.factor(v)) v <- as.character(v)
  if (is.na(v)) return("null")
  if (is.character(v)) return(quoted(v))
  if (is.logical(v)) return(if (v) "true" else "false")
  if (!is.finite(v)) return("null")
  trimws(formatC(v, digits = 15, format = "g"))
}

PACK <- new.env()
PACK$brief <- FALSE; PACK$cases <- list(); PACK$seconds <- 0; PACK$folder <- "."
table_of <- function(name, ...) {
  d <- read.csv(file.path(PACK$folder, name), fileEncoding = "UTF-8", na.strings = c("", "NA"), check.names = FALSE, ...)
  attr(d, "file") <- name
  d
}
put_table <- function(d, name, header = TRUE) {
  for (k in names(d)) if (is.numeric(d[[k]])) d[[k]] <- ifelse(is.na(d[[k]]), NA, trimws(formatC(d[[k]], digits = 15, format = "g")))
  con <- file(file.path(PACK$folder, name), "wb")
  cell <- function(s) ifelse(is.na(s), "", ifelse(grepl('[",\n]', s), paste0('"', gsub('"', '""', s), '"'), s))
  lines <- do.call(paste, c(lapply(d, function(x) cell(enc2utf8(as.character(x)))), sep = ","))
  writeLines(c(if (header) paste(cell(names(d)), collapse = ","), lines), con, useBytes = TRUE)
  close(con)
}
timed <- function(e) { # processor time of R's part alone
  before <- sum(proc.time()[1:2])
  v <- suppressMessages(suppressWarnings(e))
  PACK$seconds <- PACK$seconds + sum(proc.time()[1:2]) - before
  v
}
# A case: expected is evaluated here, so its time counts; one that R refuses is told and left out.
LEFT_OUT <- "pps-tille|rep-(jknmse|brrmse|boot|plain|mrb)-|cal-(slopes|wr|no-intercept|stages|interaction|rake-crossed)$|lonely-certainty|lonely-.*domain-few|ineq-.*-wr$|quantile-(hf5|hf8|school|hf9)-|change-.*-wr-3$"
case <- function(id, data, design, estimator, expected, r_call, ...) {
  if (PACK$brief && grepl(LEFT_OUT, id)) return(invisible(NULL))
  rows <- tryCatch(timed(expected), error = function(e) { message("left out ", id, ": R says ", conditionMessage(e)); NULL })
  if (is.null(rows)) return(invisible(NULL))
  topic <- sub("^([a-z0-9]+)-.*", "\\1", sub("^(own|api|peer)-", "", id))
  more <- list(...)
  if (is.list(rows) && !is.null(rows$rows)) { more <- c(more, rows[setdiff(names(rows), "rows")]); rows <- rows$rows }
  PACK$cases[[length(PACK$cases) + 1]] <- c(list(id = id, topic = topic, dataset = attr(data, "file"), design = design$json, estimator = estimator,
    r_call = r_call, expected = rows), more)
  invisible(NULL)
}
write_cases <- function(prefix) {
  topics <- vapply(PACK$cases, function(c) c$topic, "")
  for (t in unique(topics)) {
    con <- file(file.path(PACK$folder, paste0(prefix, t, ".json")), "wb")
    writeLines(c("[", paste(vapply(PACK$cases[topics == t], json, ""), collapse = ",\n"), "]"), con, useBytes = TRUE)
    close(con)
  }
  cat(sprintf("R %s.%s, survey %s: %d cases in %.2f s of processor time\n", R.version$major, R.version$minor, packageVersion("survey"),
    length(PACK$cases), PACK$seconds))
}

# --- designs ---
formula_of <- function(v) if (is.null(v)) NULL else reformulate(sprintf("`%s`", v))
taylor <- function(data, ids = "1", strata = NULL, fpc = NULL, weights = NULL, nest = FALSE, lonely = "fail", domain_lonely = FALSE, ultimate = FALSE,
                   probs = NULL, periods = NULL) {
  crossed <- if (is.null(strata)) NULL else do.call(paste, c(lapply(strata, function(s) as.character(data[[s]])), sep = "|"))
  ids_of <- if (identical(ids, "1")) ~1 else formula_of(ids)
  args <- list(ids = ids_of, data = data, nest = nest)
  if (!is.null(crossed)) args$strata <- crossed
  if (!is.null(fpc)) args$fpc <- data[fpc] # not a formula: it would drop a column named twice
  if (!is.null(weights)) args$weights <- if (weights == "w=1") rep(1, nrow(data)) else formula_of(weights)
  if (!is.null(probs)) args$probs <- formula_of(probs)
  j <- list(method = "taylor", ids = ids, strata = strata, fpc = fpc, weights = weights, nest = nest, lonely_psu = lonely,
    adjust_domain_lonely = domain_lonely, ultimate_cluster = ultimate)
  if (!is.null(probs)) j$probs <- probs
  if (!is.null(periods)) j$periods <- periods
  if (is.null(weights)) j["weights"] <- list(NULL)
  old <- options(survey.lonely.psu = lonely, survey.adjust.domain.lonely = domain_lonely, survey.ultimate.cluster = ultimate)
  list(r = timed(do.call(svydesign, args)), json = j, data = data)
}
with_options <- function(d, e) {
  j <- if (is.null(d$json$base)) d$json else d$json$base
  is <- function(x) !is.null(x) && x
  options(survey.lonely.psu = if (is.null(j$lonely_psu)) "fail" else j$lonely_psu, survey.adjust.domain.lonely = is(j$adjust_domain_lonely),
    survey.ultimate.cluster = is(j$ultimate_cluster))
  on.exit(options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE, survey.ultimate.cluster = FALSE))
  force(e)
}
unequal <- function(data, pik, pps, form, more = list(), strata = NULL, ...) {
  args <- list(ids = ~1, fpc = formula_of(pik), data = data, pps = pps, ...)
  if (!is.null(strata)) args$strata <- formula_of(strata)
  j <- c(list(method = "pps", ids = "1", pik = pik, pps = form), more)
  if (!is.null(strata)) j$strata <- strata
  list(r = timed(do.call(svydesign, args)), json = j, data = data)
}
replicated <- function(base, r, type, file = NULL, weights = NULL, more = list()) {
  j <- c(list(method = "replicate", type = type, base = base$json), more)
  if (!is.null(file)) {
    put_table(as.data.frame(weights), file)
    j$replicate_weights_file <- file
  }
  rs <- r$rscales
  j$scale <- r$scale
  j$rscales <- if (length(unique(rs)) == 1) list(constant = rs[1], n = length(rs)) else as.numeric(rs)
  j$mse <- isTRUE(r$mse)
  j$combined_weights <- TRUE
  list(r = r, json = j, data = base$data)
}
R_rep <- function(base, type, ...) timed(suppressWarnings(as.svrepdesign(base$r, type = type, ...)))
analysis <- function(r) { w <- as.matrix(weights(r, "analysis")); colnames(w) <- sprintf("r%d", seq_len(ncol(w))); w }

# --- expected rows ---
Z <- qnorm(0.975)
figure <- function(est, se, df = NULL, label = NULL, domain = NULL, deff = NULL) {
  r <- list()
  if (!is.null(domain)) r$domain <- domain
  if (!is.null(label)) r$label <- label
  r$estimate <- as.numeric(est)
  r["se"] <- list(if (is.finite(se)) as.numeric(se) else NULL)
  if (!PACK$brief && is.finite(se) && est != 0) r$cv <- abs(as.numeric(se / est))
  if (!is.null(df)) {
    r$df <- df
    if (!PACK$brief && is.finite(se)) r$ci95_normal <- as.numeric(est + c(-1, 1) * Z * se)
    if (df > 0 && is.finite(se)) r$ci95_t <- as.numeric(est + c(-1, 1) * qt(0.975, df) * se)
  }
  if (!is.null(deff)) r$deff <- as.numeric(deff)
  r
}
stat_rows <- function(d, s, deff = FALSE, df = degf(d$r)) {
  est <- coef(s)
  lapply(seq_along(est), function(k) figure(est[k], SE(s)[k], df, names(est)[k], deff = if (deff) deff(s)[k]))
}
ratio_rows <- function(d, s, df = degf(d$r)) {
  lapply(seq_along(coef(s)), function(k) figure(coef(s)[k], SE(s)[k], df, names(coef(s))[k]))
}
by_rows <- function(d, s, by, vars) {
  est <- matrix(coef(s), nrow = nrow(s)); se <- as.matrix(SE(s)); rows <- list()
  for (k in seq_len(nrow(s))) for (v in seq_len(ncol(est))) {
    domain <- lapply(by, function(b) as.character(s[[b]][k])); names(domain) <- by
    rows[[length(rows) + 1]] <- figure(est[k, v], se[k, v], label = if (length(vars) > 1) vars[v], domain = domain)
  }
  rows
}
quantile_rows <- function(d, q, probs, df, domain = NULL, label = NULL) {
  lapply(seq_along(probs), function(k) {
    m <- q[[1]]
    row <- list(prob = probs[k], estimate = m[k, 1], ci95 = as.numeric(m[k, 2:3]), se = m[k, 4], df = df)
    if (!is.null(domain)) row <- c(list(domain = domain), row)
    if (!is.null(label)) row <- c(list(label = label), row)
    row
  })
}
