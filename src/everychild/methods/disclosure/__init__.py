"""Small counts of children in published tables: hidden cells, and enough beside them that totals do not give them away.

Hundepool et al. 2012, Statistical Disclosure Control, chapter 4.
"""
