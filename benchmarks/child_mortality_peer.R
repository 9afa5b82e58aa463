# Five rates of early childhood mortality in total and by classes, with JK1 errors, as a user of R would write them:
# exposure and deaths of all births for each age segment, sums by PSU with rowsum, each PSU left out in turn.
# Usage: Rscript child_mortality_peer.R BIRTHS.csv (birth, interview, died, weight, psu, g1 ... ; died NA if alive).
# Prints JSON: seconds without reading, and rate and error of under-five mortality by class.
births <- read.csv(commandArgs(TRUE)[1])
limits <- c(0, 1, 3, 6, 12, 24, 36, 48, 60)
rates <- list(nmr = 1, pnmr = NA, imr = 1:4, cmr = 5:8, u5mr = 1:8)
sums <- function(rows) {
  low0 <- rows$birth - rows$interview
  age <- ifelse(is.na(rows$died), Inf, rows$died)
  both <- NULL
  for (i in 1:8) {
    low <- low0 + limits[i]; high <- low0 + limits[i + 1]
    before <- low < -60 & high >= -60; whole <- low >= -60 & high < 0; after <- low >= -60 & low < 0 & high >= 0
    exposed <- (0.5 * before + whole + 0.5 * after) * (age >= limits[i])
    dead <- (0.5 * before + whole + after) * (age >= limits[i] & age < limits[i + 1])
    both <- cbind(both, rows$weight * dead, rows$weight * exposed)
  }
  rowsum(both, factor(rows$psu, levels = psus), reorder = TRUE)
}
of <- function(total) {
  survive <- 1 - total[seq(1, 16, 2)] / total[seq(2, 16, 2)]
  found <- sapply(rates, function(s) if (anyNA(s)) NA else 1000 * (1 - prod(survive[s])))
  found["pnmr"] <- found["imr"] - found["nmr"]
  found
}
psus <- sort(unique(births$psu))
k <- length(psus)
answers <- NULL
seconds <- system.time({
  classes <- list(rep(TRUE, nrow(births)))
  for (g in grep("^g[0-9]+$", names(births), value = TRUE))
    for (level in sort(unique(births[[g]][births[[g]] >= 0]))) classes <- c(classes, list(births[[g]] == level))
  for (inside in classes) {
    rows <- births[inside, ]
    by_psu <- matrix(0, k, 16, dimnames = list(psus, NULL))
    found <- sums(rows)
    by_psu[rownames(found), ] <- found
    total <- colSums(by_psu)
    whole <- of(total)
    left <- t(sapply(seq_len(k), function(i) of(total - by_psu[i, ])))
    errors <- sqrt((k - 1) / k * colSums(sweep(left, 2, whole)^2))
    answers <- rbind(answers, c(whole["u5mr"], errors["u5mr"]))
  }
})[["elapsed"]]
cat(sprintf('{"seconds": %.4f, "version": "%s.%s", "u5mr": [%s], "errors": [%s]}\n', seconds, R.version$major,
            R.version$minor, paste(sprintf("%.12g", answers[, 1]), collapse = ", "),
            paste(sprintf("%.12g", answers[, 2]), collapse = ", ")))
