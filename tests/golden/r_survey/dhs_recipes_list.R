# One call a recipe: universe, numerator, denominator on value labels. A universe or denominator that is NA leaves the row
# out, a numerator that is NA is no success. reading = "recipe" is the recipe with its notes; "expression" is the
# expression alone where a note adds a step; "definition" departs from the recipe on purpose (README.md says why).

# Variables of a recipe that the practice files do not have (beside b19, b19_01: ages are v008 - b3, v008 - b3_01).
# A missing item counts as not reported; where nothing is left of the recipe, "used" names the survey's own variable.
absent <- c(
  hepb_birth_dose_coverage = "h50 (shp0 used)",
  pcv3_coverage = "h54 h55 h56 (spc1 spc2 spc3 used)",
  diarrhoea_careseeking = "h12g h12h h12i h12p h12q h12r h12v h12w",
  ari_careseeking = "h32h h32i h32p h32q h32r h32v h32w",
  fever_careseeking = "h32h h32i h32p h32q h32r h32v h32w",
  diarrhoea_ors = "h13b",
  diarrhoea_ors_zinc = "h13b",
  diarrhoea_ort_continued_feeding = "h13b",
  exclusive_bf_0_5m =
    "v409a v410a v412b v413a v413b v413c v413d v414a v414b v414c v414d v414q v414r v414t v414u v414w",
  age_appropriate_bf_0_23m =
    "v409a v410a v412b v413a v413b v413c v413d v414a v414b v414c v414d v414q v414r v414t v414u v414w",
  predominant_bf_0_5m = "v412b v414a v414b v414c v414d v414q v414r v414t v414u v414w",
  intro_solids_6_8m = "v412b v414a v414b v414c v414d v414q v414r v414t v414u v414w",
  pnc_newborn_2days = "m74_1 m75_1 m76_1",
  health_insurance_women = "v481e v481f v481g v481h",
  hiv_discriminatory_attitudes_women = "v857a",
  ipv_physical_12m = "d105g"
)

# children of the last five years: vaccination at 12-23 months
recipe("bcg_coverage", "KR", alive & age >= 12 & age <= 23, shot(h2))
recipe("polio3_coverage", "KR", alive & age >= 12 & age <= 23, polio >= 3)
recipe("dtp1_coverage", "KR", alive & age >= 12 & age <= 23, dpt >= 1)
recipe("dtp3_coverage", "KR", alive & age >= 12 & age <= 23, dpt >= 3)
recipe("zero_dose_children", "KR", alive & age >= 12 & age <= 23, dpt == 0)
recipe("mcv1_coverage", "KR", alive & age >= 12 & age <= 23, shot(h9))
recipe("full_immunisation_basic", "KR", alive & age >= 12 & age <= 23, shot(h2) & dpt == 3 & polio == 3 & shot(h9))
recipe("no_vaccinations", "KR", alive & age >= 12 & age <= 23,
       not_shot(h2) & not_shot(h0) & not_shot(h9) & dpt == 0 & polio == 0)
recipe("vaccination_card_seen", "KR", alive & age >= 12 & age <= 23, h1 == "yes, seen")
recipe("hepb_birth_dose_coverage", "KR", alive & age >= 12 & age <= 23, shot(shp0), reading = "definition")
recipe("pcv3_coverage", "KR", alive & age >= 12 & age <= 23, pcv_own >= 3, reading = "definition")

# illness in the last two weeks
recipe("diarrhoea_prevalence_2w", "KR", alive, diarrhoea)
recipe("diarrhoea_careseeking", "KR", alive & diarrhoea, care_diarrhoea)
recipe("diarrhoea_ors", "KR", alive & diarrhoea, ors)
recipe("diarrhoea_ors_zinc", "KR", alive & diarrhoea, ors & h15e == "yes")
recipe("diarrhoea_ort_continued_feeding", "KR", alive & diarrhoea,
       (ors | home_fluid | h38 %in% "more") & h39 %in% c("somewhat less", "about the same", "more"))
recipe("ari_symptoms_prevalence", "KR", alive, ari)
recipe("ari_careseeking", "KR", alive & ari, care_fever)
recipe("fever_prevalence_2w", "KR", alive, h22 == "yes")
recipe("fever_careseeking", "KR", alive & h22 == "yes", care_fever)

# weight at birth
recipe("low_birth_weight", "KR", number(m19) <= 9000, number(m19) < 2500)
recipe("weighed_at_birth", "KR", TRUE, number(m19) <= 9000)

# breastfeeding and food
recipe("ever_breastfed", "KR", midx == "1" & age < 24,
       m4 %in% c("still breastfeeding", "ever breastfed, not currently breastfeeding"))
recipe("early_initiation_bf", "KR", midx == "1" & age < 24, m34 %in% c("immediately", "within first hour"))
recipe("bottle_feeding_0_23m", "KR", alive & age < 24, m38 == "yes")
recipe("exclusive_bf_0_5m", "KR", fed & age < 6, only_breast)
recipe("predominant_bf_0_5m", "KR", fed & age < 6, breastfed & !solids & !milk)
recipe("age_appropriate_bf_0_23m", "KR", fed, (age < 6 & only_breast) | (age >= 6 & breastfed & solids))
recipe("intro_solids_6_8m", "KR", fed & age >= 6 & age <= 8, solids)
recipe("continued_bf_1yr", "KR", fed & age >= 12 & age <= 15, breastfed)
recipe("continued_bf_2yr", "KR", fed & age >= 20 & age <= 23, breastfed)
recipe("min_dietary_diversity_6_23m", "KR", fed & age >= 6, groups >= 5)
recipe("min_meal_frequency_6_23m", "KR", fed & age >= 6, meals_ok)
recipe("min_acceptable_diet_6_23m", "KR", fed & age >= 6,
       (breastfed & groups >= 5 & meals_ok) | (!breastfed & groups_not_breastfed >= 4 & meals_ok & milkfeeds >= 2))
recipe("milk_feeding_non_bf_6_23m", "KR", fed & age >= 6 & !breastfed, milkfeeds >= 2)
# every child under two living with the mother, as the expression alone says
recipe("exclusive_bf_0_5m", "KR", under2_with_mother & age < 6, only_breast, reading = "expression")
recipe("predominant_bf_0_5m", "KR", under2_with_mother & age < 6, breastfed & !solids & !milk, reading = "expression")
recipe("age_appropriate_bf_0_23m", "KR", under2_with_mother,
       (age < 6 & only_breast) | (age >= 6 & breastfed & solids), reading = "expression")
recipe("intro_solids_6_8m", "KR", under2_with_mother & age >= 6 & age <= 8, solids, reading = "expression")
recipe("continued_bf_1yr", "KR", under2_with_mother & age >= 12 & age <= 15, breastfed, reading = "expression")
recipe("continued_bf_2yr", "KR", under2_with_mother & age >= 20 & age <= 23, breastfed, reading = "expression")
recipe("min_dietary_diversity_6_23m", "KR", under2_with_mother & age >= 6, groups >= 5, reading = "expression")
recipe("min_meal_frequency_6_23m", "KR", under2_with_mother & age >= 6, meals_ok, reading = "expression")
recipe("min_acceptable_diet_6_23m", "KR", under2_with_mother & age >= 6,
       (breastfed & groups >= 5 & meals_ok) | (!breastfed & groups_not_breastfed >= 4 & meals_ok & milkfeeds >= 2),
       reading = "expression")
recipe("milk_feeding_non_bf_6_23m", "KR", under2_with_mother & age >= 6 & !breastfed, milkfeeds >= 2,
       reading = "expression")
# a missing number of milk feeds is no feed
recipe("min_meal_frequency_6_23m", "KR", fed & age >= 6, meals_ok_known, reading = "definition")
recipe("min_acceptable_diet_6_23m", "KR", fed & age >= 6, (breastfed & groups >= 5 & meals_ok_known) |
       (!breastfed & groups_not_breastfed >= 4 & meals_ok_known & milkfeeds_known >= 2), reading = "definition")
recipe("milk_feeding_non_bf_6_23m", "KR", fed & age >= 6 & !breastfed, milkfeeds_known >= 2, reading = "definition")
recipe("vitamin_a_supplementation", "KR", alive & age >= 6 & age <= 59, h34 == "yes")
recipe("deworming_6_59m", "KR", alive & age >= 6 & age <= 59, h43 == "yes")

# births of the last five years
recipe("institutional_delivery", "BR", age < 60, m15 %in% c("government hospital", "government health center",
       "government health post", "other public sector", "private hospital/clinic", "other private sector"))
recipe("skilled_birth_attendance", "BR", age < 60, yes(m3a, m3b))
recipe("caesarean_section", "BR", age < 60, m17 == "yes")

# last birth of a woman
recipe("anc_skilled_1plus", "IR", since_birth < 60, yes(m2a_1, m2b_1))
recipe("anc_4plus", "IR", since_birth < 60, visits(m14_1) >= 4)
recipe("anc_8plus", "IR", since_birth < 60, visits(m14_1) >= 8)
recipe("anc_first_trimester", "IR", since_birth < 60, m14_1 != "no antenatal visits" & number(m13_1) <= 3)
recipe("anc_content_bp_urine_blood", "IR", since_birth < 60, m42c_1 == "yes" & m42d_1 == "yes" & m42e_1 == "yes")
recipe("neonatal_tetanus_protection", "IR", since_birth < 60, tt_protected)
recipe("iron_supplementation_pregnancy", "IR", since_birth < 60, m45_1 == "yes")
recipe("pnc_mother_2days", "IR", since_birth < 24, m50_1 == "yes" & !(m52_1 %in% c("other", "missing")) &
       (m51_1 %in% c("zero hours", "1 hours", "1 days", "202") | (number(m51_1) >= 102 & number(m51_1) <= 171)))
recipe("pnc_newborn_2days", "IR", since_birth < 24, m70_1 == "yes" & !(m72_1 %in% c("other", "missing")) &
       (m71_1 %in% c("immediately/in first hour", "hours: 1", "days: 1", "202") |
        (number(m71_1) >= 102 & number(m71_1) <= 171)))
recipe("hiv_anc_counselling", "IR", since_birth < 24, v838a == "yes" & v838b == "yes" & v838c == "yes")
recipe("hiv_anc_testing", "IR", since_birth < 24, v840 == "yes" & v841 == "yes")

# family planning, fertility, marriage
recipe("contraceptive_prevalence_any", "IR", v502 == "currently in union/living with a man", v313 != "no method")
recipe("contraceptive_prevalence_modern", "IR", v502 == "currently in union/living with a man", v313 == "modern method")
recipe("unmet_need_family_planning", "IR", v502 == "currently in union/living with a man", grepl("^unmet need", v626a))
recipe("demand_satisfied_modern", "IR", v502 == "currently in union/living with a man",
       grepl("^using for", v626a) & v313 == "modern method", grepl("^(using|unmet need) for", v626a))
recipe("teenage_childbearing_begun", "IR", v013 == "15-19", number(v201) > 0 | v213 == "yes")
recipe("early_childbearing", "IR", years >= 20 & years <= 24, number(v212) < 18)
recipe("child_marriage_before15", "IR", years >= 20 & years <= 24, number(v511) < 15)
recipe("child_marriage_before18", "IR", years >= 20 & years <= 24, number(v511) < 18)
recipe("currently_married_15_19", "IR", v013 == "15-19", v502 == "currently in union/living with a man")
recipe("child_marriage_before18_men", "MR", years >= 20 & years <= 24, number(mv511) < 18)

# literacy, media, insurance
recipe("literacy_women_15_24", "IR", years >= 15 & years <= 24, v106 == "higher" | grepl("^able to read", v155))
recipe("literacy_men_15_24", "MR", years >= 15 & years <= 24, mv106 == "higher" | grepl("^able to read", mv155))
recipe("mass_media_weekly_women", "IR", years <= 49, v157 %in% c("at least once a week", "almost every day") &
       v158 %in% c("at least once a week", "almost every day") & v159 %in% c("at least once a week", "almost every day"))
recipe("health_insurance_women", "IR", years <= 49, yes(v481a, v481b, v481c, v481d, v481x))

# HIV
recipe("hiv_comprehensive_knowledge_women_15_24", "IR", years >= 15 & years <= 24,
       v754cp == "yes" & v754dp == "yes" & v756 == "yes" & v754jp == "no" & v754wp == "no")
recipe("hiv_comprehensive_knowledge_men_15_24", "MR", years >= 15 & years <= 24,
       mv754cp == "yes" & mv754dp == "yes" & mv756 == "yes" & mv754jp == "no" & mv823 == "no")
recipe("hiv_mtct_knowledge_women", "IR", TRUE, v774a == "yes" & v774b == "yes" & v774c == "yes")
recipe("hiv_discriminatory_attitudes_women", "IR", v751 != "no", v825 == "no")
recipe("hiv_know_test_place_women", "IR", TRUE, yes(v781, v783))
recipe("hiv_tested_12m_women_15_24", "IR", years >= 15 & years <= 24, v828 == "yes" & number(v826a) <= 11)
recipe("sex_before_15_women_15_24", "IR", years <= 24, number(v531) < 15)
recipe("sex_before_15_men_15_24", "MR", years <= 24, number(mv531) < 15)
recipe("never_had_sex_women_15_24", "IR", v501 == "never in union" & years >= 15 & years <= 24,
       v525 %in% c("not had sex", "missing"))
recipe("never_had_sex_women_15_24", "IR", v501 == "never in union" & years >= 15 & years <= 24,
       v525 == "not had sex", reading = "definition")
# the recipe's range 2-99 takes "don't know" (98) and missing (99) as two partners or more
recipe("multiple_partners_women", "IR", TRUE, sex12 & (partners >= 2 | v766b %in% c("don't know", "missing")))
recipe("multiple_partners_women", "IR", TRUE, sex12 & partners >= 2, reading = "definition")
recipe("condom_multiple_partners_women", "IR", sex12 & (partners >= 2 | v766b %in% c("don't know", "missing")),
       v761 == "yes")
recipe("condom_multiple_partners_women", "IR", sex12 & partners >= 2, v761 == "yes", reading = "definition")
recipe("nonregular_partner_women_15_24", "IR", years >= 15 & years <= 24 & sex12, risk_a | risk_b | risk_c)
recipe("condom_nonregular_women_15_24", "IR", years >= 15 & years <= 24 & (risk_a | risk_b | risk_c), condom_risk)
recipe("condom_nonregular_men_15_24", "MR", years >= 15 & years <= 24 & (risk_a | risk_b | risk_c), condom_risk)

# violence, anaemia of women
recipe("attitudes_domestic_violence", "IR", TRUE, yes(v744a, v744b, v744c, v744d, v744e))
recipe("ipv_physical_12m", "IR", v044 == "woman selected and interviewed" & v502 != "never in union",
       last_year(d105a) | last_year(d105b) | last_year(d105c) | last_year(d105d) | last_year(d105e) |
       last_year(d105f) | last_year(d105j), weight = "violence_weight")
recipe("sexual_violence_before18_women", "IR", v044 == "woman selected and interviewed" & years >= 18 & years <= 29,
       number(d126) < 18, weight = "violence_weight")
recipe("anaemia_women_15_49", "IR", v042 == "selected", v457 %in% c("mild", "moderate", "severe"),
       v455 %in% "measured" | v457 %in% c("mild", "moderate", "severe"))

# household members: growth and anaemia of children under five
recipe("stunting_moderate_severe", "PR", present, hc70 < -200, !is.na(hc70))
recipe("stunting_severe", "PR", present, hc70 < -300, !is.na(hc70))
recipe("wasting_moderate_severe", "PR", present, hc72 < -200, !is.na(hc72))
recipe("wasting_severe", "PR", present, hc72 < -300, !is.na(hc72))
recipe("overweight_moderate_severe", "PR", present, hc72 > 200, !is.na(hc72))
recipe("overweight_severe", "PR", present, hc72 > 300, !is.na(hc72))
recipe("underweight_moderate_severe", "PR", present, hc71 < -200, !is.na(hc71))
recipe("underweight_severe", "PR", present, hc71 < -300, !is.na(hc71))
recipe("stunted_and_wasted", "PR", present, hc70 < -200 & hc72 < -200, !is.na(hc70) & !is.na(hc72))
recipe("anaemia_children_6_59m", "PR", present & number(hc1) >= 6 & number(hc1) <= 59, haemoglobin < 110,
       !is.na(haemoglobin))

# household members: registration and parents
recipe("birth_registration", "PR", resident & years < 5, hv140 %in% c("has certificate", "registered"), !is.na(hv140))
recipe("birth_certificate", "PR", resident & years < 5, hv140 == "has certificate")
recipe("not_living_with_parents", "PR", resident & years <= 17,
       hv112 == "mother not in household" & hv114 == "father not in household" & hv111 %in% c("yes", "no") &
       hv113 %in% c("yes", "no"))
recipe("living_with_both_parents", "PR", resident & years <= 17,
       hv112 != "mother not in household" & hv114 != "father not in household")
recipe("one_or_both_parents_dead", "PR", resident & years <= 17, hv111 %in% "no" | hv113 %in% "no")

# household members: water, toilet, hand washing
recipe("improved_water", "PR", resident, good_water)
recipe("basic_water", "PR", resident, good_water & near_water)
recipe("improved_sanitation", "PR", resident, good_toilet)
recipe("basic_sanitation", "PR", resident, good_toilet & hv225 == "no")
recipe("open_defecation", "PR", resident, hv205 == "no facility/bush/field")
recipe("handwashing_facility", "PR", resident, hv230b == "water is available" & hv232 == "yes",
       hv230a %in% c("observed", "not observed: not in dwelling", "not observed: no permission to see"))

# households
recipe("iodised_salt_any", "HR", TRUE, hv234a == "iodine present", hv234a %in% c("iodine present", "no iodine"))
recipe("electricity_access", "HR", TRUE, hv206 == "yes")
recipe("clean_fuels_cooking", "HR", TRUE, hv226 %in% c("electricity", "lpg", "natural gas", "biogas",
       "lpg/natural gas/biogas"))
