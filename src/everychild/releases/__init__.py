"""Releases: immutable sets of figures, published by pointing at one, compared number by number."""
