"""Polls of volunteers: weights that fit the population's margins, and what they cannot mend."""
