"""How errors are taken, as asked; and which of the choices do not suit what is estimated, and so are not followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from everychild.estimation.groups import AskedWrongly
from everychild.methods.sampling.intervals import METHODS, Method
from everychild.methods.sampling.taylor import LonelyPsu
from everychild.microdata.description import PsuSource
from everychild.microdata.located import finding
from everychild.vocabulary.findings import Finding

Errors = Literal["taylor", "jkn", "jk1", "replicates"]
KNOWN: Final[Mapping[str, tuple[str | None, ...]]] = {
    "lonely": get_args(LonelyPsu), "interval": (None, *METHODS), "psus": (None, *get_args(PsuSource)),
    "errors": get_args(Errors),
}  # fmt: skip
OWN_METHOD: Final[Mapping[str, Method]] = {
    "proportion": "logit", "mean": "linear", "total": "linear", "ratio": "log", "parity": "log",
}  # fmt: skip
"""The interval that suits a kind; quantiles have Woodruff's, from the share below them, whatever is asked."""
SUITED: Final[Mapping[Method, Collection[str]]] = {
    "logit": ("proportion",), "log": ("ratio", "parity"), "linear": tuple(OWN_METHOD), "two_se": tuple(OWN_METHOD),
}  # fmt: skip
"""Kinds that a method can be asked for. A logit exists between 0 and 1 only, a logarithm above 0 only: means may be
negative, and the logarithm of a share ends beyond 100 percent."""
UNSUITED: Final[Mapping[str, str]] = {
    "proportion": "estimate_interval_of_shares", "mean": "estimate_interval_of_means",
    "total": "estimate_interval_of_totals", "ratio": "estimate_interval_of_quotients",
    "parity": "estimate_interval_of_quotients", "quantile": "estimate_interval_of_quantiles",
}  # fmt: skip
"""What is said when the method that was asked for is not taken, by kind."""


@dataclass(frozen=True)
class Options:
    """How errors are taken; every choice is printed with the results.

    `lonely`: what a stratum with one PSU adds (methods.sampling.taylor.LonelyPsu). `interval`: None is logit for shares
    (Korn–Graubard at 0 and 1), linear for means and totals, log for quotients, Woodruff's for quantiles; or one method
    for all kinds that it suits. `psus`: whether all PSUs of the survey count in a stratum, or those that the file has
    rows of; None is as the description says. `errors`: Taylor linearisation, the jackknife over PSUs within strata
    (jkn) or without them (jk1), or the replicate weights that the description names.

    Raises AskedWrongly, with what there is, for any other value.
    """

    lonely: LonelyPsu = "adjust"
    interval: Method | None = None
    psus: PsuSource | None = None
    errors: Errors = "taylor"

    def __post_init__(self) -> None:
        wrong = [
            finding("", name, getattr(self, name), "estimate_no_option", known=", ".join(map(str, known)))
            for name, known in KNOWN.items()
            if getattr(self, name) not in known
        ]
        if wrong:
            raise AskedWrongly(wrong)

    def as_asked(self, kinds: Collection[str] = tuple(OWN_METHOD)) -> str:
        """The choices that are not the defaults, as the command line writes them; empty when there are none, or when
        none can be followed for these kinds."""
        chosen = {
            "--errors": self.errors if self.errors != "taylor" else None,
            "--lonely": self.lonely if self.lonely != "adjust" else None,
            "--interval": self.interval if self.interval and set(kinds) & set(SUITED[self.interval]) else None,
            "--clusters": self.psus,
        }
        return " ".join(f"{option} {value}" for option, value in chosen.items() if value is not None)

    def method(self, kind: str) -> Method:
        """The interval of a kind: as asked where that suits it, else its own."""
        return self.interval if self.interval is not None and kind in SUITED[self.interval] else OWN_METHOD[kind]


def not_followed(options: Options, kinds: Collection[str], *, drawn: bool) -> Iterator[Finding]:
    """Choices that were asked for and say nothing on the kinds of indicators that were estimated. `drawn`: whether the
    cases are a sample at all."""
    if options.interval is not None and drawn:
        unsuited = [kind for kind in UNSUITED if kind in kinds and kind not in SUITED[options.interval]]
        for rule in dict.fromkeys(UNSUITED[kind] for kind in unsuited):
            yield finding("", "--interval", options.interval, rule)
    if options.lonely != "adjust" and options.errors != "taylor" and drawn:
        yield finding("", "--lonely", options.lonely, "estimate_lonely_not_used", errors=options.errors)
