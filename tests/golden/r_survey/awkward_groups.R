suppressPackageStartupMessages(library(survey)); options(digits = 15)
rows <- function(strata, x, s) do.call(rbind, lapply(seq_along(strata), function(h) do.call(rbind, lapply(seq_len(strata[h]),
  function(p) { k <- 0:11; data.frame(stratum = h, psu = p, w = 1 + (k + p) %% 3 / 4, x = x(h, p, k), y = as.numeric((k * p + h) %% 5 < 2), g = 1 + k %% 2, s = s(h, p, k)) }))))
cat(R.version.string, as.character(packageVersion("survey")), "\n")
# 1. lonely strata without a case of the outcome
d <- rows(c(3, 3, 1, 1), function(h, p, k) if (h > 2) rep(NA, 12) else (k * k + 3 * p + h) %% 9, function(h, p, k) 1 + (k %/% 2) %% 2)
options(survey.lonely.psu = "average")
des <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, nest = TRUE, data = d)
by <- svyby(~x, ~g, subset(des, !is.na(x)), svymean, covmat = TRUE)
print(c(SE(by), SE(svycontrast(by, c(1, -1)))))
bs <- svyby(~x, ~s, subset(des, !is.na(x)), svymean, covmat = TRUE)
print(c(coef(svycontrast(bs, quote(`2` / `1`))), SE(svycontrast(bs, quote(`2` / `1`)))))
# 2. a parity whose sides lie in different strata
options(survey.lonely.psu = "adjust")
d <- rows(c(6, 6), function(h, p, k) (k * k + 3 * p + h) %% 9, function(h, p, k) rep(h, 12))
des <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, nest = TRUE, data = d)
bs <- svyby(~x, ~s, des, svymean, covmat = TRUE)
r <- svycontrast(bs, quote(`2` / `1`)); v <- as.numeric(coef(r)); se <- as.numeric(SE(r))
print(c(v, se, degf(des), exp(log(v) + c(-1, 1) * qt(.975, degf(des)) * se / v)))
# 3. a quantile near the end
print(svyquantile(~x, des, c(.5, .97), ci = TRUE, qrule = "math", interval.type = "mean", df = degf(des)))
d$z <- d$psu * 12 + (0:11) + d$stratum / 10
des <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, nest = TRUE, data = d)
print(svyquantile(~z, des, c(.5, .9), ci = TRUE, qrule = "math", interval.type = "mean", df = degf(des)))
