# Answers of R's survey package on totals of groups, degrees of freedom and quantiles with replicate weights, beside
# those of engine_cases.R and on the same invented survey.
# Usage: Rscript totals_and_degrees.R FOLDER OUTPUT_CSV   (the folder has engine_cases.csv and engine_replicates.csv)
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", survey.adjust.domain.lonely = FALSE, warn = 1)
folder <- commandArgs(trailingOnly = TRUE)[1]

d <- read.csv(file.path(folder, "engine_cases.csv"), na.strings = "",
              colClasses = c(wealth = "character", empty = "numeric"))
d$total <- "total"
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = d)
flat <- svydesign(ids = ~interaction(stratum, psu, drop = TRUE), weights = ~weight, data = d)
factors <- read.csv(file.path(folder, "engine_replicates.csv"))
place <- match(paste(d$stratum, d$psu), paste(factors$stratum, factors$psu))
combined <- as.matrix(factors[place, -(1:2)]) * d$weight

lines <- list()
put <- function(case, statistic, domain, group, option, value) {
  lines[[length(lines) + 1]] <<- data.frame(case = case, statistic = statistic, domain = domain, group = group,
    option = option, value = sprintf("%.17g", as.numeric(value)), stringsAsFactors = FALSE)
}
groups_of <- function(domain) sort(unique(d[[domain]][!is.na(d[[domain]])]))
part_of <- function(data, domain, group, known) {
  subset(data, data$variables[[domain]] %in% group & !is.na(data$variables[[known]]))
}

# 1. totals of groups that share PSUs: covariances and differences
for (name in c("common", "limited", "score")) for (domain in c("sex", "residence", "region", "wealth")) {
  for (rule in c("adjust", "certainty")) {
    options(survey.lonely.psu = rule)
    known <- subset(design, !is.na(design$variables[[name]]) & !is.na(design$variables[[domain]]))
    by <- svyby(as.formula(paste0("~", name)), as.formula(paste0("~", domain)), known, svytotal, covmat = TRUE)
    v <- vcov(by)
    for (pair in combn(names(coef(by)), 2, simplify = FALSE)) {
      label <- paste(pair, collapse = " - ")
      put(paste0("total:", name), "difference", domain, label, rule, coef(by)[pair[1]] - coef(by)[pair[2]])
      put(paste0("total:", name), "covariance", domain, label, rule, v[pair[1], pair[2]])
      put(paste0("total:", name), "difference_se", domain, label, rule,
          sqrt(v[pair[1], pair[1]] + v[pair[2], pair[2]] - 2 * v[pair[1], pair[2]]))
    }
  }
}
options(survey.lonely.psu = "certainty")

# 2. degrees of freedom: of a design, and of what subset leaves of it
given <- svrepdesign(data = d, repweights = combined, weights = ~weight, combined.weights = TRUE, type = "other",
                     scale = 1 / 24, rscales = rep(1, ncol(combined)), mse = TRUE)
fewer <- svrepdesign(data = d, repweights = combined[, 1:20], weights = ~weight, combined.weights = TRUE,
                     type = "other", scale = 1 / 20, rscales = rep(1, 20), mse = TRUE)
designs <- list(taylor = design, jk1 = as.svrepdesign(flat, type = "JK1", mse = TRUE),
                jkn = as.svrepdesign(design, type = "JKn", mse = TRUE), given = given, "given 20" = fewer)
for (name in names(designs)) {
  put("degf", "df", "all rows", "all rows", name, degf(designs[[name]]))
  for (known in c("common", "limited", "score")) for (domain in c("total", "sex", "wealth", "ethnicity")) {
    for (group in groups_of(domain)) {
      put(paste0("degf:", known), "df", domain, group, name, degf(part_of(designs[[name]], domain, group, known)))
    }
  }
}

# 3. quantiles: limits and standard errors from the replicates of the share below them; JKn with PSUs less strata
for (about in c("estimate", "replicates")) for (name in c("jk1", "jkn", "given")) {
  whole <- designs[[name]]
  whole$mse <- about == "estimate"
  for (known in c("score", "months")) for (domain in c("total", "sex", "wealth")) for (group in groups_of(domain)) {
    part <- part_of(whole, domain, group, known)
    df <- if (name == "jkn") degf(part_of(design, domain, group, known)) else degf(part)
    answer <- svyquantile(as.formula(paste0("~", known)), part, c(0.25, 0.5, 0.75), ci = TRUE, qrule = "math",
                          interval.type = "mean", df = df)[[1]]
    for (k in 1:3) for (column in 1:4) {
      put(paste0("quantile:", known), paste0("q", c(0.25, 0.5, 0.75)[k], c("", "_low", "_high", "_se")[column]),
          domain, group, paste(name, "around the", about), answer[k, column])
    }
  }
}

table <- do.call(rbind, lines)
stopifnot(!any(duplicated(table[1:5])))
write.csv(table, commandArgs(trailingOnly = TRUE)[2], row.names = FALSE, quote = FALSE, eol = "\n")
cat(nrow(table), "values; survey", as.character(packageVersion("survey")), R.version.string, "\n")
