"""The words every other package uses: errors, findings, languages, code lists, ages, periods, areas, observations."""
