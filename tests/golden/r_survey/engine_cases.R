# Answers of R's survey package to the invented survey of make_cases.py, in one tidy table.
# Usage: Rscript engine_cases.R FOLDER OUTPUT_CSV   (the folder has engine_cases.csv and the three files beside it)
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", survey.adjust.domain.lonely = FALSE, warn = 1)
folder <- commandArgs(trailingOnly = TRUE)[1]

d <- read.csv(file.path(folder, "engine_cases.csv"), na.strings = "",
              colClasses = c(wealth = "character", empty = "numeric"))
d$one <- 1
d$total <- "total"
d$sex_residence <- paste(d$sex, d$residence, sep = " / ")
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = d)
domains <- c("total", "sex", "residence", "region", "wealth", "ethnicity", "sex_residence")
indicators <- c("common", "second", "rare", "never", "always", "limited", "one_psu", "two_strata", "lonely",
                "weightless", "empty")
measures <- c("score", "meals", "visits", "months")

lines <- list()
put <- function(case, statistic, domain, group, option, value) {
  lines[[length(lines) + 1]] <<- data.frame(case = case, statistic = statistic, domain = domain, group = group,
    option = option, value = sprintf("%.17g", as.numeric(value)), stringsAsFactors = FALSE)
}
groups_of <- function(domain) sort(unique(d[[domain]][!is.na(d[[domain]])]))
part_of <- function(domain, group, known, data = design) {
  subset(data, data$variables[[domain]] %in% group & complete.cases(data$variables[known]))
}
weighted <- function(part) nrow(part$variables) > 0 && any(weights(part, "sampling") > 0)
each_group <- function(known, action, over = domains) {
  for (domain in over) for (group in groups_of(domain)) {
    part <- part_of(domain, group, known)
    if (weighted(part)) action(part, domain, group)
  }
}
with_lonely <- function(name, action) {
  old <- options(survey.lonely.psu = sub("\\+domain$", "", name), survey.adjust.domain.lonely = grepl("domain", name))
  on.exit(options(old))
  suppressWarnings(action())
}
rules <- c("adjust", "average", "certainty", "remove", "adjust+domain", "average+domain")

# ------------------------------------------------------------ 1. proportions, means, ratios, totals
taylor <- function(case, numerator, denominator) {
  top <- as.formula(paste0("~", numerator))
  bottom <- as.formula(paste0("~", denominator))
  for (domain in domains) for (group in groups_of(domain)) {
    part <- part_of(domain, group, c(numerator, denominator))
    put(case, "n", domain, group, "", sum(weights(part, "sampling") > 0))
    if (!weighted(part)) next
    put(case, "df", domain, group, "", degf(part))
    put(case, "estimate", domain, group, "", coef(svyratio(top, bottom, part)))
    put(case, "total", domain, group, "", coef(svytotal(top, part)))
    for (rule in rules) with_lonely(rule, function() {
      put(case, "se", domain, group, rule, SE(svyratio(top, bottom, part)))
      put(case, "total_se", domain, group, rule, SE(svytotal(top, part)))
    })
  }
}
for (name in indicators) taylor(paste0("proportion:", name), name, "one")
for (name in measures) taylor(paste0("mean:", name), name, "one")
taylor("ratio:visits/months", "visits", "months")
taylor("ratio:score/visits", "score", "visits")
put("design", "df", "total", "total", "", degf(design))

# svyby must say what subset says, and svymean what svyratio over ones says
by <- svyby(~common, ~sex, design, svymean)
for (group in groups_of("sex")) {
  single <- svyratio(~common, ~one, subset(design, sex == group))
  stopifnot(isTRUE(all.equal(unname(coef(by)[group]), unname(coef(single)), tolerance = 1e-14)),
            isTRUE(all.equal(unname(SE(by)[by$sex == group]), unname(as.vector(SE(single))), tolerance = 1e-13)))
}

# ------------------------------------------------------------ 2. intervals
interval <- function(case, domain, group, option, limits) {
  put(case, "low", domain, group, option, limits[1])
  put(case, "high", domain, group, option, limits[2])
}
for (name in c("common", "second", "rare", "limited", "two_strata")) {
  formula <- as.formula(paste0("~", name))
  each_group(name, function(part, domain, group) {
    p <- coef(svymean(formula, part))
    df <- degf(part)
    if (p <= 0 || p >= 1 || df < 1) return()
    for (level in if (name %in% c("common", "rare")) c(0.95, 0.9) else 0.95) {
      case <- paste0("interval:", name)
      suffix <- paste0(" ", 100 * level)
      for (method in c("xlogit", "logit", "mean", "asin", "beta")) {
        ci <- suppressWarnings(confint(svyciprop(formula, part, method = method, level = level, df = df)))
        interval(case, domain, group, paste0(method, suffix), ci)
      }
      positive <- subset(part, weights(part, "sampling") > 0)
      interval(case, domain, group, paste0("beta weight>0", suffix),
               confint(svyciprop(formula, positive, method = "beta", level = level)))
    }
  }, c("total", "sex", "wealth", "ethnicity"))
}
for (name in c("score", "meals")) each_group(name, function(part, domain, group) {
  formula <- as.formula(paste0("~", name))
  df <- degf(part)
  if (df < 1) return()
  interval(paste0("interval:", name), domain, group, "t 95", confint(svymean(formula, part), df = df))
  interval(paste0("interval:", name), domain, group, "normal 95", confint(svymean(formula, part)))
}, c("total", "sex", "wealth"))
# where p is 0 or 1, or the group lives in one PSU: what R answers, to be known and not to be copied
for (name in c("never", "always")) for (method in c("xlogit", "logit", "beta")) {
  ci <- suppressWarnings(confint(svyciprop(as.formula(paste0("~", name)), design, method = method)))
  interval(paste0("interval:", name), "total", "total", paste0(method, " 95"), ci)
}

# ------------------------------------------------------------ 3. design effects
expanded <- svydesign(ids = ~psu, strata = ~stratum, weights = ~I(1000 * weight), nest = TRUE, data = d)
for (name in c("common", "rare", "limited", "second", "score", "meals")) {
  formula <- as.formula(paste0("~", name))
  each_group(name, function(part, domain, group) {
    put(paste0("deff:", name), "deff", domain, group, "replace", deff(svymean(formula, part, deff = "replace")))
    large <- part_of(domain, group, name, expanded)
    put(paste0("deff:", name), "deff", domain, group, "without replacement, weights x 1000",
        deff(svymean(formula, large, deff = TRUE)))
  }, c("total", "sex", "wealth", "residence"))
}

# ------------------------------------------------------------ 4. differences between groups, with their covariance
pairs_ <- list(sex = c("female", "male"), residence = c("rural", "urban"), wealth = c("5", "1"),
               region = c("north", "west"))
for (name in c("common", "second", "rare", "limited", "score", "meals")) for (domain in names(pairs_)) {
  one <- pairs_[[domain]][1]
  two <- pairs_[[domain]][2]
  part <- part_of(domain, groups_of(domain), name)
  case <- paste0("difference:", name)
  label <- paste(one, "-", two)
  for (rule in rules[1:4]) with_lonely(rule, function() {
    by <- svyby(as.formula(paste0("~", name)), as.formula(paste0("~", domain)), part, svymean, covmat = TRUE)
    weights_ <- ifelse(by[[domain]] == one, 1, ifelse(by[[domain]] == two, -1, 0))
    gap <- svycontrast(by, list(gap = weights_))
    put(case, "difference_se", domain, label, rule, SE(gap))
    if (rule != "adjust") return()
    put(case, "difference", domain, label, "", coef(gap))
    put(case, "covariance", domain, label, rule, vcov(by)[by[[domain]] == one, by[[domain]] == two])
    two_groups <- part_of(domain, c(one, two), name)
    put(case, "df", domain, label, "of the two groups", degf(two_groups))
    t <- coef(gap) / SE(gap)
    put(case, "p", domain, label, "two-sided t, df of the two groups", 2 * pt(-abs(t), degf(two_groups)))
    names(by)[names(by) == name] <- "estimate"
    v <- vcov(by)[match(c(one, two), by[[domain]]), match(c(one, two), by[[domain]])]
    m <- by$estimate[match(c(one, two), by[[domain]])]
    g <- c(1 / m[2], -m[1] / m[2]^2)
    put(case, "quotient", domain, label, "", m[1] / m[2])
    put(case, "quotient_se", domain, label, rule, sqrt(drop(t(g) %*% v %*% g)))
  })
  if (domain == "sex" && name == "common") {   # an independent way to the same number
    fit <- svyglm(as.formula(paste0(name, "~ I(sex == 'female')")), part)
    put("difference:common", "difference_se", "sex", "female - male", "svyglm, adjust", SE(fit)[2])
  }
}
# a group against everyone, and two indicators with universes of their own: ratios that share rows
overlap <- function(case, label, top1, bottom1, top2, bottom2) {
  x <- update(design, a = top1, b = top2, c = bottom1, e = bottom2)
  both <- svyratio(~a + b, ~c + e, x, covmat = TRUE)
  v <- both$vcov[c(1, 4), c(1, 4)]
  put(case, "difference", "overlap", label, "", both$ratio[1, 1] - both$ratio[2, 2])
  put(case, "difference_se", "overlap", label, "adjust", sqrt(v[1, 1] + v[2, 2] - 2 * v[1, 2]))
  put(case, "covariance", "overlap", label, "adjust", v[1, 2])
}
zero <- function(x) ifelse(is.na(x), 0, x)
known <- function(x) as.numeric(!is.na(x))
female <- as.numeric(d$sex == "female")
overlap("difference:common", "female - everyone", d$common * female, female, d$common, d$one)
overlap("difference:limited", "female - everyone", zero(d$limited) * female, known(d$limited) * female,
        zero(d$limited), known(d$limited))
overlap("difference:common", "common - second", d$common, d$one, zero(d$second), known(d$second))
overlap("difference:rare", "rare - limited", d$rare, d$one, zero(d$limited), known(d$limited))

# ------------------------------------------------------------ 5. quantiles
for (name in c("score", "meals", "months")) each_group(name, function(part, domain, group) {
  formula <- as.formula(paste0("~", name))
  case <- paste0("quantile:", name)
  probabilities <- c(0.1, 0.25, 0.5, 0.75)
  for (rule in c("math", "school", "shahvaish", "hf4", "hf5", "hf6", "hf7", "hf8")) {
    q <- svyquantile(formula, part, probabilities, ci = FALSE, qrule = rule)
    for (k in seq_along(probabilities)) put(case, paste0("q", probabilities[k]), domain, group, rule, coef(q)[k])
  }
  if (degf(part) < 1) return()
  for (way in c("math mean", "school mean", "hf4 mean", "hf7 mean", "math xlogit", "math beta")) {
    rule <- strsplit(way, " ")[[1]][1]
    type <- strsplit(way, " ")[[1]][2]
    answer <- suppressWarnings(svyquantile(formula, part, probabilities, ci = TRUE, qrule = rule,
                                           interval.type = type)[[1]])
    for (k in seq_along(probabilities)) {
      put(case, paste0("q", probabilities[k], "_low"), domain, group, way, answer[k, 2])
      put(case, paste0("q", probabilities[k], "_high"), domain, group, way, answer[k, 3])
      put(case, paste0("q", probabilities[k], "_se"), domain, group, way, answer[k, 4])
    }
  }
}, c("total", "sex", "wealth", "ethnicity"))

# ------------------------------------------------------------ 6. replicates
replicated <- function(case, x, option, names_ = c("common", "second", "limited", "score"),
                       over = c("total", "sex", "wealth")) {
  put(case, "df", "design", "total", option, degf(x))
  for (name in names_) for (domain in over) for (group in sort(unique(na.omit(x$variables[[domain]])))) {
    rows <- x$variables[[domain]] %in% group & !is.na(x$variables[[name]])
    part <- x[rows, ]
    answer <- suppressWarnings(svyratio(as.formula(paste0("~", name)), ~one, part))
    put(case, paste0(name, "_se"), domain, group, option, sqrt(answer$var))
    put(case, paste0(name, "_total_se"), domain, group, option, SE(svytotal(as.formula(paste0("~", name)), part)))
  }
}
flat <- svydesign(ids = ~interaction(stratum, psu, drop = TRUE), weights = ~weight, data = d)
for (mse in c(FALSE, TRUE)) {
  option <- if (mse) "around the estimate" else "around the mean of the replicates"
  replicated("replicates:jk1", as.svrepdesign(flat, type = "JK1", mse = mse), option)
  for (rule in c("adjust", "remove", "certainty", "average")) {
    x <- with_lonely(rule, function() as.svrepdesign(design, type = "JKn", mse = mse))
    replicated("replicates:jkn", x, paste0(rule, ", ", option))
    if (!mse) put("replicates:jkn", "replicates", "design", "total", rule, ncol(weights(x, "replication")))
  }
  # a group in one PSU has no value in the replicate without that PSU: R leaves the replicate out
  x <- as.svrepdesign(design, type = "JKn", mse = mse)
  part <- x[x$variables$ethnicity %in% "d", ]
  answer <- suppressWarnings(svyratio(~common, ~one, part))
  put("replicates:jkn", "common_se", "ethnicity", "d", paste0("adjust, ", option), sqrt(answer$var))
}
factors <- read.csv(file.path(folder, "engine_replicates.csv"))
place <- match(paste(d$stratum, d$psu), paste(factors$stratum, factors$psu))
multipliers <- as.matrix(factors[place, -(1:2)])
uneven <- seq(0.5, 1.5, length.out = ncol(multipliers))
for (mse in c(FALSE, TRUE)) {
  option <- if (mse) "around the estimate" else "around the mean of the replicates"
  make <- function(...) suppressWarnings(svrepdesign(data = d, repweights = multipliers, weights = ~weight,
                                                     combined.weights = FALSE, mse = mse, ...))
  replicated("replicates:bootstrap", make(type = "bootstrap"), option)
  replicated("replicates:other", make(type = "other", scale = 1 / 24, rscales = rep(1, 24)),
             paste0("scale 1/24, ", option))
  replicated("replicates:other", make(type = "other", scale = 1 / 24, rscales = uneven),
             paste0("scale 1/24 rscales 0.5..1.5, ", option))
}
paired <- read.csv(file.path(folder, "paired_cases.csv"))
paired$one <- 1
paired$total <- "total"
signs <- read.csv(file.path(folder, "paired_replicates.csv"))
place <- match(paste(paired$stratum, paired$psu), paste(signs$stratum, signs$psu))
signs <- as.matrix(signs[place, -(1:2)])
pairs_design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = paired)
for (name in c("common", "score")) {
  put("replicates:paired", paste0(name, "_se"), "total", "total", "taylor",
      SE(svyratio(as.formula(paste0("~", name)), ~one, pairs_design)))
}
for (mse in c(FALSE, TRUE)) {
  option <- if (mse) "around the estimate" else "around the mean of the replicates"
  make <- function(factor, ...) suppressWarnings(svrepdesign(data = paired, repweights = factor, weights = ~weight,
                                                             combined.weights = FALSE, mse = mse, ...))
  replicated("replicates:brr", make(1 + signs, type = "BRR"), option, c("common", "score"), c("total", "sex"))
  for (rho in c(0.3, 0.5)) {
    replicated("replicates:fay", make(1 + (1 - rho) * signs, type = "Fay", rho = rho), paste0("rho ", rho, ", ", option),
               c("common", "score"), c("total", "sex"))
  }
}

# ------------------------------------------------------------ 7. exact intervals for counts
for (x in c(0, 1, 3, 10, 47, 250, 1800)) for (level in c(0.95, 0.9)) {
  ci <- poisson.test(x, conf.level = level)$conf.int
  interval("exact:poisson", "events", as.character(x), paste0("two-sided ", 100 * level), ci)
}
for (pair in list(c(3, 12500), c(47, 26310.5), c(250, 98765.4))) {
  label <- paste(pair, collapse = " / ")
  test <- poisson.test(pair[1], pair[2])
  interval("exact:poisson rate", "events / exposure", label, "two-sided 95", test$conf.int)
}
for (set in list(c(12, 1500, 20, 1700), c(0, 900, 4, 950), c(55, 12000, 41, 12900))) {
  label <- paste0(set[1], " / ", set[2], " : ", set[3], " / ", set[4])
  test <- poisson.test(set[c(1, 3)], set[c(2, 4)])
  interval("exact:poisson rate ratio", "two rates", label, "two-sided 95", test$conf.int)
  put("exact:poisson rate ratio", "estimate", "two rates", label, "", test$estimate)
  put("exact:poisson rate ratio", "p", "two rates", label, "two-sided", test$p.value)
}
for (set in list(c(0, 20), c(1, 20), c(7, 25), c(49, 50), c(50, 50), c(312, 1044))) for (level in c(0.95, 0.9)) {
  ci <- binom.test(set[1], set[2], conf.level = level)$conf.int
  interval("exact:binomial", "successes / trials", paste(set, collapse = " / "), paste0("two-sided ", 100 * level), ci)
}

table <- do.call(rbind, lines)
stopifnot(!any(duplicated(table[1:5])), !any(grepl("[,\"]", unlist(table[c("case", "statistic", "domain", "group")]))))
table$option <- gsub(",", ";", table$option)
write.csv(table, commandArgs(trailingOnly = TRUE)[2], row.names = FALSE, quote = FALSE, eol = "\n")
cat(nrow(table), "values; survey", as.character(packageVersion("survey")), R.version.string, "\n")
