"""The one pass over a survey file: from rows to totals by primary sampling unit (PSU) and group."""
