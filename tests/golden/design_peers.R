# design_peers.R -- samples, designs (design.json) and what R's survey package says of them; read by test_design_peers.sh. Usage: Rscript design_peers.R FOLDER
suppressMessages(library(survey))
folder <- commandArgs(TRUE)[1]
set.seed(20251129)
out <- character(0)
put <- function(name, data, json) {
  write.csv(data, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
  writeLines(json, file.path(folder, paste0(name, ".json")))
}
say <- function(name, measure, x, cell = "_T") out <<- c(out, sprintf("%s|%s|%s|%.17g|%.17g", name, measure, cell, as.numeric(coef(x)), as.numeric(SE(x))))
all_of <- function(name, d, data) {
  say(name, "total(y)", svytotal(~y, d)); say(name, "mean(y)", svymean(~y, d)); say(name, "ratio(y,x)", svyratio(~y, ~x, d))
  for (cell in sort(unique(data$dom))) {
    s <- subset(d, dom == cell)
    say(name, "total(y)", svytotal(~y, s), cell); say(name, "mean(y)", svymean(~y, s), cell)
  }
}
values <- function(d) { d$x <- round(rexp(nrow(d), 1 / 50) + 5, 2); d$y <- round(d$x * runif(nrow(d), .5, 1.5) + 3 * d$h, 2); d$dom <- sample(c("p", "q", "r"), nrow(d), TRUE); d }

# three stages, strata at the first and second
three <- do.call(rbind, lapply(1:4, function(h) do.call(rbind, lapply(1:3, function(i) do.call(rbind, lapply(1:4, function(j)
  data.frame(h, psu = i, s2 = (j - 1) %/% 2, ssu = j, k = 1:(1 + (i + j) %% 3), N1 = 10 + h, N2 = 6 + i %% 2, N3 = 9 + j)))))))
three <- values(three); n3 <- ave(three$k, three$h, three$psu, three$ssu, FUN = length); three$w <- three$N1 / 3 * three$N2 / 2 * three$N3 / n3
put("three", three, '{"kind":"sample","nested":true,"weight":"populations","lonely":"zero","stages":[{"unit":"psu","stratum":"h","population":"N1"},{"unit":"ssu","stratum":"s2","population":"N2"},{"population":"N3"}]}')
options(survey.lonely.psu = "certainty")
three$row <- seq_len(nrow(three))
all_of("three", svydesign(~psu + ssu + row, strata = ~h + s2, fpc = ~N1 + N2 + N3, weights = ~w, data = three, nest = TRUE), three)
options(survey.lonely.psu = "fail")

# crossed strata, ultimate clusters
put("ultimate", three, '{"kind":"sample","nested":true,"weight":"w","ultimate_cluster":true,"stages":[{"unit":"psu","stratum":["h"],"population":"N1"},{"unit":"ssu","population":"N2"}]}')
all_of("ultimate", svydesign(~psu, strata = ~h, fpc = ~N1, weights = ~w, data = three, nest = TRUE), three)
cross <- data.frame(h = rep(1:3, each = 24), a = rep(c("u", "r"), 36)); cross <- values(cross); cross$f <- .25; cross$w <- 4
put("cross", cross, '{"kind":"sample","weight":{"inverse_of":"f"},"stages":[{"stratum":["h","a"],"fraction":"f"}]}')
all_of("cross", svydesign(~1, strata = ~interaction(h, a), fpc = ~I(ave(h, h, a, FUN = length) / f), weights = ~w, data = cross), cross)

# units sure to be drawn: in R every such unit is a stratum and its second-stage units are the first stage
sure <- do.call(rbind, lapply(1:3, function(h) do.call(rbind, lapply(1:4, function(i)
  data.frame(h, psu = 10 * h + i, sure = as.integer(i == 1), ssu = 1:3, N1 = 20, N2 = 8 + i)))))
sure <- values(sure); sure$w <- ifelse(sure$sure == 1, 1, sure$N1 / 3) * sure$N2 / 3
put("sure", sure, '{"kind":"sample","weight":"w","stages":[{"unit":"psu","stratum":"h","population":"N1","certainty":"sure"},{"unit":"ssu","population":"N2"}]}')
s <- sure; s$H <- ifelse(s$sure == 1, 1000 + s$psu, s$h); s$U1 <- ifelse(s$sure == 1, 100 * s$psu + s$ssu, s$psu); s$F1 <- ifelse(s$sure == 1, s$N2, s$N1)
s$U2 <- s$ssu; s$F2 <- ifelse(s$sure == 1, 1, s$N2)
all_of("sure", svydesign(~U1 + U2, strata = ~H, fpc = ~F1 + F2, weights = ~w, data = s, nest = TRUE), s)

# unequal probabilities: one stage, and two stages with Brewer's form
# labels of three digits: R sorts the totals of the units as texts and takes their probabilities in order of appearance
pps <- data.frame(h = 1, psu = 101:112, size = 3:14); pps$pi <- 4 * pps$size / 200; pps <- values(pps); pps$w <- 1 / pps$pi
put("brewer", pps, '{"kind":"sample","weight":{"inverse_of":"pi"},"stages":[{"unit":"psu"}],"pps":{"form":"brewer","probability":"pi"}}')
all_of("brewer", svydesign(~psu, fpc = ~pi, data = pps, pps = "brewer"), pps)
put("overton", pps, '{"kind":"sample","weight":{"inverse_of":"pi"},"stages":[{"unit":"psu"}],"pps":{"form":"overton","probability":"pi"}}')
d <- svydesign(~psu, fpc = ~pi, data = pps, pps = "overton"); say("overton", "mean(y)", svymean(~y, d))
put("hr", pps, '{"kind":"sample","weight":{"inverse_of":"pi"},"stages":[{"unit":"psu"}],"pps":{"form":"hartley-rao","probability":"pi","sum_pi2_over_n":"0.11"}}')
d <- svydesign(~psu, fpc = ~pi, data = pps, pps = HR(.11)); say("hr", "mean(y)", svymean(~y, d)); say("hr", "total(y)", svytotal(~y, d))
joint <- outer(pps$pi, pps$pi) * .92; diag(joint) <- pps$pi
put("joint", pps, '{"kind":"sample","weight":{"inverse_of":"pi"},"stages":[{"unit":"psu"}],"pps":{"form":"joint","probability":"pi","joint":"joint_matrix.csv"}}')
put("ht", pps, '{"kind":"sample","weight":{"inverse_of":"pi"},"stages":[{"unit":"psu"}],"pps":{"form":"horvitz-thompson","probability":"pi","joint":"joint_matrix.csv"}}')
m <- cbind(unit = pps$psu, format(joint, digits = 17, trim = TRUE)); colnames(m) <- c("unit", pps$psu)
write.csv(m, file.path(folder, "joint_matrix.csv"), row.names = FALSE, quote = FALSE)
d <- svydesign(~psu, fpc = ~pi, data = pps, pps = ppsmat(joint), variance = "YG"); say("joint", "mean(y)", svymean(~y, d)); say("joint", "total(y)", svytotal(~y, d))
d <- svydesign(~psu, fpc = ~pi, data = pps, pps = ppsmat(joint), variance = "HT"); say("ht", "mean(y)", svymean(~y, d)); say("ht", "total(y)", svytotal(~y, d))
two <- pps[rep(1:12, each = 3), c("h", "psu", "pi")]; two$ssu <- rep(1:3, 12); two$N2 <- 7 + two$psu %% 3; two <- values(two); two$w <- 1 / two$pi * two$N2 / 3
two$pi2 <- 3 / two$N2; two$h <- 1 + two$psu %% 2
put("stages", two, '{"kind":"sample","weight":"w","stages":[{"unit":"psu","stratum":"h"},{"unit":"ssu","population":"N2"}],"nested":true,"pps":{"form":"brewer","probability":"pi"}}')
all_of("stages", svydesign(~psu + ssu, strata = ~h, fpc = ~pi + pi2, data = two, pps = "brewer", nest = TRUE), two)

# two phases: strata and clusters in the first, strata in the second
phase <- do.call(rbind, lapply(1:3, function(h) do.call(rbind, lapply(1:5, function(i) data.frame(h, psu = 10 * h + i, k = 1:8, N1 = 30)))))
phase <- values(phase); phase$g <- sample(1:4, nrow(phase), TRUE); phase$w1 <- 6; phase$on <- 0L
for (g in 1:4) { i <- which(phase$g == g); phase$on[sample(i, round(length(i) * (.2 + .1 * g)))] <- 1L }
phase$y2 <- phase$y; phase$y[phase$on == 0] <- NA; phase$id <- seq_len(nrow(phase))
put("phases", phase, '{"kind":"sample","weight":"w1","stages":[{"unit":"psu","stratum":"h","population":"N1"}],"two_phase":{"selected":"on","stratum":"g"}}')
d <- twophase(id = list(~psu, ~id), strata = list(~h, ~g), fpc = list(~N1, NULL), subset = ~I(on == 1), data = phase, method = "full")
all_of("phases", d, phase[phase$on == 1, ])
phase$N0 <- ave(phase$h, phase$h, FUN = length) * 6
put("simple", phase, '{"kind":"sample","weight":"w1","stages":[{"stratum":"h","population":"N0"}],"two_phase":{"selected":"on","stratum":"g"}}')
d <- twophase(id = list(~id, ~id), strata = list(~h, ~g), fpc = list(~N0, NULL), subset = ~I(on == 1), data = phase, method = "full")
say("simple", "total(y)", svytotal(~y, d)); say("simple", "mean(y)", svymean(~y, d)); say("simple", "ratio(y,x)", svyratio(~y, ~x, d))
writeLines(out, file.path(folder, "expected"))
