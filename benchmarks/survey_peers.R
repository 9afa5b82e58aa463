# R's survey package on the rows of the benchmark: seconds as JSON. Reading and the design are not counted.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust")
rows <- read.csv(commandArgs(TRUE)[1])
design <- svydesign(ids = ~hh1, strata = ~stratum, weights = ~w, data = rows, nest = TRUE)
by <- list(~sex, ~residence, ~region, ~wealth, ~education, ~age, ~disability, ~ethnicity, ~sex + residence,
           ~region + residence, ~region + sex, ~wealth + residence)
indicators <- 2
ratio <- system.time(for (k in 0:(indicators - 1)) {
  above <- as.formula(paste0("~y", k)); below <- as.formula(paste0("~x", k))
  svyratio(above, below, design)
  for (g in by) svyby(above, g, design, svyratio, denominator = below)
})[["elapsed"]]
all <- as.formula(paste("~", paste(c(paste0("y", 0:59), paste0("x", 0:59)), collapse = "+")))
total <- system.time({ svytotal(all, design); for (g in by) svyby(all, g, design, svytotal) })[["elapsed"]]
cat(sprintf('{"indicators": %d, "ratio": %.4f, "total": %.4f, "version": "%s"}\n', indicators, ratio, total,
            as.character(packageVersion("survey"))))
