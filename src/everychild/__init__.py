"""everychild: one checked picture of children's rights from a country's surveys, registers, laws and budgets.

In Python: `from everychild import Survey`; `Survey.open("survey.yaml").estimate("stunting_moderate_severe")`.
"""

from __future__ import annotations

__version__ = "0.1.0"
_OF_SURVEYS = ("Options", "Survey")


def __getattr__(name: str) -> object:
    """Survey and Options, imported when they are asked for: every command imports this package first, and the site may
    never import them."""
    if name in _OF_SURVEYS:
        from importlib import import_module

        found: object = getattr(import_module("everychild.estimation.survey"), name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_OF_SURVEYS]
