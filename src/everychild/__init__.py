"""everychild: one checked picture of children's rights from a country's surveys, registers, laws and budgets."""

__version__ = "0.1.0"
