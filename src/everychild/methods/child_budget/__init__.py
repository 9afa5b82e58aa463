"""How much of a budget is spent on children: rules, shares with their range, totals, execution, real terms.

UNICEF, child-focused public expenditure measurement (working paper 2 of Public Finance for Children, 2016).
"""
