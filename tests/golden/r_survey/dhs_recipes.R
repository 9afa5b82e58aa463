# Child indicators of the DHS practice survey, written on the value labels of the files, estimated by R's survey package.
# Usage: Rscript dhs_recipes.R FOLDER_OF_CSV OUTPUT_CSV   (run.py makes the folder: one CSV a recode, labels as text)
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", warn = 1)
arguments <- commandArgs(trailingOnly = TRUE)
input <- arguments[1]
output <- arguments[2]

# ---------------------------------------------------------------- files
read_recode <- function(name) {
  read.csv(file.path(input, paste0(name, ".csv")), colClasses = "character", na.strings = "", check.names = FALSE,
           encoding = "UTF-8")
}
number <- function(x) suppressWarnings(as.numeric(x))   # a label ("missing", "don't know") is no number: NA
yes <- function(...) Reduce(`|`, lapply(list(...), function(x) x %in% "yes"))

KR <- read_recode("children")
BR <- read_recode("births")
IR <- read_recode("women")
MR <- read_recode("men")
PR <- read_recode("members")
HR <- read_recode("households")

for (name in c("KR", "BR")) {
  d <- get(name)
  d$age <- number(d$v008) - number(d$b3)                # completed months since birth, dead or alive
  assign(name, d)
}
IR$since_birth <- number(IR$v008) - number(IR$b3_01)
IR$years <- number(IR$v012)
MR$years <- number(MR$mv012)
PR$years <- number(PR$hv105)
KR$alive <- KR$b5 == "yes"
KR$under2_with_mother <- KR$age < 24 & KR$b9 %in% "respondent"
# the youngest child under two living with the woman: rows of a woman run from her last birth backwards
KR <- KR[order(KR$caseid, number(KR$bidx)), ]
youngest <- rep(FALSE, nrow(KR))
candidates <- which(KR$under2_with_mother)
youngest[candidates] <- !duplicated(KR$caseid[candidates])
KR$fed <- youngest
rm(youngest, candidates)

shot <- function(x) x %in% c("vaccination date on card", "reported by mother", "vaccination marked on card")
not_shot <- function(x) x %in% c("no", "don't know")
KR$dpt <- shot(KR$h3) + shot(KR$h5) + shot(KR$h7)
KR$polio <- shot(KR$h4) + shot(KR$h6) + shot(KR$h8)
KR$pcv_own <- shot(KR$spc1) + shot(KR$spc2) + shot(KR$spc3)
KR$diarrhoea <- grepl("^yes", KR$h11)
KR$ors <- grepl("^yes", KR$h13)
KR$home_fluid <- grepl("^yes", KR$h14)
any_source <- function(d, stem, letters_) {
  columns <- intersect(paste0(stem, letters_), names(d))
  apply(d[columns] == "yes" & !is.na(d[columns]), 1, any)
}
# every source of advice or treatment but the traditional practitioner (letter t)
sources <- setdiff(letters, c("t", "y", "z"))
KR$care_diarrhoea <- any_source(KR, "h12", sources)
KR$care_fever <- any_source(KR, "h32", sources)
KR$ari <- KR$h31b %in% "yes" &
  (KR$h31c %in% c("chest only", "both") | (is.na(KR$h31c) & KR$h31 %in% "yes, last two weeks"))

KR$breastfed <- KR$m4 == "still breastfeeding"
KR$solids <- any_source(KR, "v414", letters[1:23]) | yes(KR$v412a, KR$m39a)
KR$milk <- yes(KR$v411, KR$v411a)
KR$liquids <- yes(KR$v410, KR$v412c, KR$v413)
KR$water <- yes(KR$v409)
KR$only_breast <- with(KR, breastfed & !solids & !milk & !liquids & !water)
KR$meals <- ifelse(KR$m39 == "7+", 7, ifelse(KR$m39 == "none", 0, number(KR$m39)))
feeds <- function(x, missing_as) {
  value <- ifelse(x %in% "7+", 7, ifelse(x %in% "missing", missing_as, number(x)))
  ifelse(is.na(value), 0, value)
}
# the recipe takes the code of a missing number of feeds, 9, as nine feeds; the definition takes it as none
KR$milkfeeds <- with(KR, feeds(v469e, 9) + feeds(v469f, 9) + feeds(v469x, 9))
KR$milkfeeds_known <- with(KR, feeds(v469e, 0) + feeds(v469f, 0) + feeds(v469x, 0))
KR$groups <- with(KR, breastfed + yes(v411a, v411, v414p, v414v) + yes(v412a, v414e, v414f) +
  yes(v414i, v414j, v414k) + yes(v414l) + yes(v414g) + yes(v414h, v414m, v414n) + yes(v414o))
KR$groups_not_breastfed <- with(KR, yes(v412a, v414e) + yes(v414f) + yes(v414o) + yes(v414h, v414m, v414n) +
  yes(v414i, v414j, v414k) + yes(v414l) + yes(v414g))
often_enough <- function(milk_feeds_counted) with(KR, (breastfed & age >= 6 & age <= 8 & meals >= 2) |
  (breastfed & age >= 9 & age <= 23 & meals >= 3) | (!breastfed & meals >= 1 & milk_feeds_counted + meals >= 4))
KR$meals_ok <- often_enough(KR$milkfeeds)
KR$meals_ok_known <- often_enough(KR$milkfeeds_known)

IR$tt_doses <- number(ifelse(IR$m1_1 %in% "received no injection", "0", IR$m1_1))
IR$tt_doses_before <- number(ifelse(IR$m1a_1 %in% "received no injection", "0",
                                    ifelse(IR$m1a_1 %in% "7+", "7", IR$m1a_1)))
IR$tt_lifetime <- with(IR, ifelse(is.na(tt_doses), 0, tt_doses) + ifelse(is.na(tt_doses_before), 0, tt_doses_before))
# years between the last injection and the birth; an injection in the pregnancy itself is at distance 0
IR$tt_distance <- with(IR, ifelse(tt_doses %in% 1:7, 0, number(m1d_1) - floor(since_birth / 12)))
IR$tt_protected <- with(IR, tt_doses >= 2 | (tt_lifetime >= 2 & tt_distance <= 2) |
  (tt_lifetime >= 3 & tt_distance <= 4) | (tt_lifetime >= 4 & tt_distance <= 9) | tt_lifetime >= 5)

visits <- function(x) number(ifelse(x %in% "no antenatal visits", "0", x))
# times since last sex within a year: days and weeks as they stand, months up to 11
within_year <- function(x) {
  n <- number(x)
  x %in% c("<1 day ago", "days: 1", "weeks: 1", "months: 1") | (n >= 102 & n <= 251) %in% TRUE |
    (n >= 302 & n <= 311) %in% TRUE
}
not_spouse <- function(x) !is.na(x) & !(x %in% c("spouse", "live-in partner", "missing"))
IR$sex12 <- within_year(IR$v527)
MR$sex12 <- within_year(MR$mv527)
for (k in c("a", "b", "c")) {
  IR[[paste0("risk_", k)]] <- IR$sex12 & not_spouse(IR[[paste0("v767", k)]])
  MR[[paste0("risk_", k)]] <- MR$sex12 & not_spouse(MR[[paste0("mv767", k)]])
}
IR$condom_risk <- with(IR, ifelse(risk_a, yes(v761), ifelse(risk_b, yes(v761b), yes(v761c))))
MR$condom_risk <- with(MR, ifelse(risk_a, yes(mv761), ifelse(risk_b, yes(mv761b), yes(mv761c))))
IR$partners <- number(IR$v766b)
last_year <- function(x) x %in% c("often", "sometimes")

improved_water <- c("piped into dwelling", "piped to yard/plot", "public tap/standpipe", "tube well or borehole",
                    "protected well", "protected spring", "rainwater", "tanker truck", "cart with small tank",
                    "bottled water or sachets")
improved_toilet <- c("flush to piped sewer system", "flush to septic tank", "flush to pit latrine",
                     "flush, don't know where", "ventilated improved pit latrine (vip)", "pit latrine with slab",
                     "composting toilet")
PR$good_water <- PR$hv201 %in% improved_water
PR$near_water <- PR$hv204 %in% "on premises" | number(PR$hv204) <= 30
PR$good_toilet <- PR$hv205 %in% improved_toilet
PR$resident <- PR$hv102 %in% "yes"
PR$present <- PR$hv103 %in% "yes"
for (z in c("hc70", "hc71", "hc72")) PR[[z]] <- number(PR[[z]])
PR$haemoglobin <- number(PR$hc56)

for (name in c("KR", "BR", "IR", "MR", "PR", "HR")) {
  d <- get(name)
  v <- switch(name, MR = "mv0", PR = , HR = "hv0", "v0")
  wealth <- switch(name, MR = "mv190", PR = , HR = "hv270", "v190")
  d$stratum <- d[[paste0(v, "22")]]
  d$psu <- d[[paste0(v, "21")]]
  d$weight <- number(d[[paste0(v, "05")]]) / 1e6
  d$total <- "total"
  d$residence <- d[[paste0(v, "25")]]
  d$region <- d[[paste0(v, "24")]]
  d$wealth <- d[[wealth]]
  if (name %in% c("KR", "BR")) d$sex <- d$b4
  if (name == "PR") d$sex <- d$hv104
  assign(name, d)
}
IR$violence_weight <- ifelse(is.na(IR$d005), 0, number(IR$d005) / 1e6)   # not selected for the module: weight 0

# ---------------------------------------------------------------- recipes
recipes <- list()
recipe <- function(code, file, universe, numerator, denominator = TRUE, reading = "recipe", weight = "weight") {
  recipes[[length(recipes) + 1]] <<- list(code = code, file = file, universe = substitute(universe),
    numerator = substitute(numerator), denominator = substitute(denominator), reading = reading, weight = weight)
}
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "dhs_recipes_list.R"))

files <- sapply(recipes, function(r) r$file)
names(files) <- sapply(recipes, function(r) r$code)
for (code in names(absent)) {
  missing_ <- strsplit(sub(" \\(.*", "", absent[[code]]), " ")[[1]]
  stopifnot(code %in% names(files), !any(missing_ %in% names(get(files[[code]]))))
}

# ---------------------------------------------------------------- estimates
designs <- new.env()
design_of <- function(file, weight) {
  key <- paste(file, weight)
  if (is.null(designs[[key]])) {
    d <- get(file)
    d$design_weight <- d[[weight]]
    designs[[key]] <- svydesign(ids = ~psu, strata = ~stratum, weights = ~design_weight, nest = TRUE, data = d)
  }
  designs[[key]]
}
estimate <- function(r) {
  design <- design_of(r$file, r$weight)
  d <- design$variables
  within <- eval(r$universe, d)
  counted <- eval(r$denominator, d)
  success <- eval(r$numerator, d)
  rows <- rep_len(within, nrow(d)) %in% TRUE & rep_len(counted, nrow(d)) %in% TRUE
  design <- update(design, success = as.numeric(success %in% TRUE), one = 1)
  design <- subset(design, rows)
  result <- list()
  for (breakdown in intersect(c("total", "residence", "region", "wealth", "sex"), names(d))) {
    by <- svyby(~success, as.formula(paste0("~", breakdown)), denominator = ~one, design = design, svyratio)
    for (group in as.character(by[[breakdown]])) {
      part <- subset(design, design$variables[[breakdown]] %in% group)
      row <- which(as.character(by[[breakdown]]) == group)
      result[[length(result) + 1]] <- data.frame(code = r$code, reading = r$reading, file = r$file,
        breakdown = breakdown, group = group, estimate = 100 * coef(by)[row], se = 100 * SE(by)[row],
        n = sum(weights(part, "sampling") > 0), df = degf(part), weighted_n = sum(weights(part, "sampling")),
        absent = if (r$code %in% names(absent)) absent[[r$code]] else "", stringsAsFactors = FALSE)
    }
  }
  do.call(rbind, result)
}
table <- do.call(rbind, lapply(recipes, estimate))
for (column in c("estimate", "se", "weighted_n")) table[[column]] <- sprintf("%.17g", table[[column]])
write.csv(table, output, row.names = FALSE, quote = FALSE, na = "", eol = "\n")
cat(length(recipes), "computations,", length(unique(table$code)), "recipes,", nrow(table), "rows; survey",
    as.character(packageVersion("survey")), R.version.string, "\n")
