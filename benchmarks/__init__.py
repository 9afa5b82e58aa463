"""Measurements of speed and size; `make bench` runs all and writes benchmarks/RESULTS.md."""
