"""Ratios and their linearised variances for many domains at once, from totals by PSU.

With N and D the weighted totals of numerator and denominator, the ratio of a domain is R = ΣN/ΣD. Its variance is that
of the linearised total z_i = (N_i − R·D_i)/ΣD over the PSUs i of each stratum h:

    V(R) = Σ_h  n_h/(n_h − 1) · ( Σ_i z_i² − (Σ_i z_i)²/n_h )

n_h counts all PSUs of the stratum, also those without a member of the domain, whose z is zero (Särndal, Swensson and
Wretman 1992, 5.5 and 5.8; R survey svyratio and svyby give the same). The sums over PSUs are kept by "bundles" (PSUs of
one stratum that lie in the same groups), centred at the ratio of the whole sample: any domain made of bundles follows
from five small arrays. Without centring the errors of certain cells would be noise of 1e-8 instead of zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LonelyPsu = Literal["adjust", "average", "certainty"]
"""What a stratum with one PSU adds to a variance: the square of its own z (adjust: its distance from the overall mean
of z, which is zero), as much as the other strata do on average (average), or nothing (certainty: the PSU was drawn
with certainty)."""
PIECE: Final = 60_000
"""Numbers of one kind that are worked on at a time."""
SMALL: Final = 8
"""PSUs of a bundle, on average, below which bundles are summed all at once."""
EDGE: Final = 1e-14


@dataclass(frozen=True)
class Moments:
    """Sums over the PSUs of each bundle; every array is (bundles, cells, indicators) but `centre` (cells, indicators).

    n and d: of N − centre·D and of D. nn, nd, dd: of their squares and product. `psus`: PSUs with members. nd and dd
    are None where every domain takes all PSUs: its ratio is the centre, and they would be multiplied by zero.
    """

    centre: Floats
    n: Floats
    d: Floats
    nn: Floats
    nd: Floats | None
    dd: Floats | None
    psus: Integers


def moments(
    numerator: Floats, denominator: Floats, members: Floats, bundle: Integers, centre: Floats | None = None,
    *, divided: bool = True,
) -> Moments:  # fmt: skip
    """Sums by bundle. `numerator`, `denominator`: (PSUs, cells, indicators); `members`: of the same shape, positive
    where a PSU has members of the domain; `bundle`: (PSUs), ascending from 0. `centre`: the ratios of the whole sample
    (cells, indicators), when they are known already. `divided`: whether bundles will be taken apart into groups."""
    starts = np.flatnonzero(np.r_[True, bundle[1:] != bundle[:-1]])
    if centre is None:
        centre = quotient(numerator.sum(axis=0), denominator.sum(axis=0))
    centre = np.where(np.isfinite(centre), centre, 0.0)
    pieces = list(_pieces(starts, len(bundle), max(PIECE // max(centre.size, 1), 1)))
    longest = max((end - begin for *_, begin, end in pieces), default=0)
    away, below = np.empty((2, longest, *centre.shape))
    sums = _Sums(len(starts), centre.shape, divided)
    for first, last, begin, end in pieces:
        n, d = away[: end - begin], below[: end - begin]
        d[...] = denominator[begin:end]
        np.subtract(numerator[begin:end], np.multiply(centre, d, out=n), out=n)
        held = d > 0 if members is denominator else members[begin:end] > 0
        sums.add(slice(first, last), n, d, held, starts[first:last] - begin)
    return Moments(centre, sums.n, sums.d, sums.nn, sums.nd, sums.dd, sums.psus)


class _Sums:
    """The sums of each bundle. A bundle of many PSUs is summed by itself, which is three times as fast a number as
    cutting all at once; of small ones there are too many for that."""

    def __init__(self, bundles: int, shape: tuple[int, ...], divided: bool) -> None:
        self.n, self.d, self.nn = np.empty((3, bundles, *shape))
        self.nd: Floats | None = np.empty((bundles, *shape)) if divided else None
        self.dd: Floats | None = np.empty((bundles, *shape)) if divided else None
        self.psus = np.empty((bundles, *shape), dtype=np.int64)

    def add(self, here: slice, n: Floats, d: Floats, held: NDArray[np.bool_], starts: Integers) -> None:
        """Sums of the bundles `here`, which begin at `starts` among the PSUs of a piece."""
        products = [(n, n, self.nn), (n, d, self.nd), (d, d, self.dd)]
        if len(n) < SMALL * len(starts):
            np.add.reduceat(n, starts, out=self.n[here])
            np.add.reduceat(d, starts, out=self.d[here])
            np.add.reduceat(held, starts, dtype=np.int64, out=self.psus[here])
            for one, other, out in products:
                if out is not None:
                    np.add.reduceat(one * other, starts, out=out[here])
            return
        for k, begin, end in zip(range(here.start, here.stop), starts, (*starts[1:], len(n)), strict=True):
            part = slice(begin, end)
            np.add.reduce(n[part], out=self.n[k])
            np.add.reduce(d[part], out=self.d[k])
            kind = np.uint8 if end - begin < 256 else np.int64
            self.psus[k] = np.add.reduce(held[part].view(np.uint8), dtype=kind)
            for one, other, out in products:
                if out is not None:
                    np.einsum("pci,pci->ci", one[part], other[part], out=out[k])


def _pieces(starts: Integers, size: int, psus: int) -> Iterator[tuple[int, int, int, int]]:
    """Runs of bundles with about that many PSUs: first bundle, last, first PSU, last. What is made of a piece stays in
    the cache; all PSUs at once were twice as slow."""
    ends = np.append(starts[1:], size)
    first = 0
    while first < len(starts):
        last = max(int(np.searchsorted(ends, starts[first] + psus, side="right")), first + 1)
        yield first, last, int(starts[first]), int(ends[last - 1])
        first = last


@dataclass(frozen=True)
class Estimates:
    """Of each domain; every array is (groups, cells, indicators).

    `value` is NaN where the denominator is zero. `variance` is NaN there, and where all members of the domain are in
    one PSU, from which no error can be told. `psus` and `strata` are those with members; `lonely` counts the strata
    with a single PSU among them. `weight` is the weighted denominator.
    """

    value: Floats
    variance: Floats
    weight: Floats
    psus: Integers
    strata: Integers
    lonely: Integers

    @property
    def df(self) -> Integers:
        """Degrees of freedom: PSUs with members less strata with members, the convention of R's degf on the subset of
        the domain."""
        return self.psus - self.strata


def domain_estimates(
    sums: Moments, stratum: Integers, group: Integers, groups: int, psus_of_stratum: Integers,
    lonely: LonelyPsu = "adjust",
) -> Estimates:  # fmt: skip
    """Ratios and variances for groups of bundles, crossed with cells.

    `stratum`, `group`: (bundles); group 0 is outside every group, 1 to `groups` are estimated.
    """
    pairs, owner, home = _pairs(stratum, group)
    n, d, zz = (_by_pair(array, pairs) for array in (sums.n, sums.d, sums.nn))
    by_owner = summed_by(owner, groups)
    weight = by_owner(d)
    shift = quotient(by_owner(n), weight)
    here = shift[owner]
    z = n - here * d
    if sums.nd is not None and sums.dd is not None:
        zz = zz - 2 * here * _by_pair(sums.nd, pairs) + here**2 * _by_pair(sums.dd, pairs)
    size = psus_of_stratum[home].astype(np.float64)[:, None, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = size / (size - 1) * (zz - z * z / size)
    single = size == 1
    spread = np.where(single, zz if lonely == "adjust" else 0.0, spread)
    members = _by_pair(sums.psus, pairs)
    present = (members > 0).astype(np.int64)
    psus, strata = by_owner(members), by_owner(present)
    alone = by_owner(present * single)
    variance = np.maximum(by_owner(spread), 0.0)
    if lonely == "average":
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = variance * (strata / (strata - alone))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = variance / weight**2
    variance = np.where(psus > 1, variance, np.nan)
    value = _exact_ends(sums.centre + shift)
    certain = (value == 0) | (value == 1)
    variance = np.where(certain & (variance < EDGE), 0.0, variance)  # the same noise, squared
    return Estimates(value, variance, weight, psus, strata, alone.astype(np.int64))


def _exact_ends(value: Floats) -> Floats:
    """Shares of none and of all as exactly 0 and 1: centring leaves 1e-18 of them, and at the ends intervals differ."""
    value = np.where(np.abs(value) < EDGE, 0.0, value)
    return np.where(np.abs(value - 1) < EDGE, 1.0, value)


Pairs = tuple[Integers | slice, Integers | None]
"""Bundles sorted by stratum and group, and where each pair of the two begins; None when each bundle is a pair."""


def _pairs(stratum: Integers, group: Integers) -> tuple[Pairs, Integers, Integers]:
    """Pairs, and for each its group (from 0) and stratum. Most often bundles are sorted already and each is a pair, so
    that nothing is copied."""
    order = np.lexsort((group, stratum))
    order = order[group[order] > 0]
    s, g = stratum[order], group[order]
    starts = np.flatnonzero(np.r_[True, (s[1:] != s[:-1]) | (g[1:] != g[:-1])]) if len(order) else order
    asis = len(order) == len(stratum) and bool(np.all(order[1:] > order[:-1]))
    return (slice(None) if asis else order, None if len(starts) == len(order) else starts), g[starts] - 1, s[starts]


def _by_pair(array: NDArray[Any], pairs: Pairs) -> Floats:
    order, starts = pairs
    return array[order] if starts is None else np.add.reduceat(array[order], starts, axis=0)


def summed_by(owner: Integers, groups: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """What sums rows of arrays by their group, from 0 to `groups` − 1, in the order in which they stand."""
    order = np.argsort(owner, kind="stable")
    ordered = owner[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else np.zeros(0, dtype=np.int64)

    def summed(array: NDArray[Any]) -> NDArray[Any]:
        out = np.zeros((groups, *array.shape[1:]), dtype=array.dtype)
        if len(starts):
            out[ordered[starts]] = np.add.reduceat(array[order], starts, axis=0)
        return out

    return summed


def quotient(numerator: Floats, denominator: Floats) -> Floats:
    """NaN where the denominator is not positive."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)


def covariance(
    z: Floats, stratum: Integers, psus_of_stratum: Integers, lonely: LonelyPsu = "adjust",
    members: NDArray[np.bool_] | None = None,
) -> Floats:  # fmt: skip
    """(domains, domains): covariances of estimates from their linearised totals `z` (PSUs, domains).

    Every PSU has its row (zeros where it has no member), strata ascending. A difference of two domains then has the
    variance v_aa + v_bb − 2·v_ab. The rule "average" counts the strata with PSUs that have `members` of any of the
    domains (PSUs; all by default), as R's svyby(covmat = TRUE) does; NaN where each of these has a single PSU.
    """
    starts, alone, away, scale = _within_strata(z, stratum, psus_of_stratum, lonely)
    found = (away * scale[:, None]).T @ away
    if lonely == "average":
        held = np.ones(len(alone), dtype=bool) if members is None else np.logical_or.reduceat(members, starts)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = found * (held.sum() / (held & ~alone).sum())
    return found


def total_variance(
    z: Floats, members: NDArray[np.bool_], stratum: Integers, psus_of_stratum: Integers, lonely: LonelyPsu = "adjust"
) -> Floats:
    """(domains): variance of weighted totals from their parts by PSU, `z` (PSUs, domains), strata ascending:

        V = Σ_h  n_h/(n_h − 1) · Σ_i (z_i − z̄_h)²

    `members`: of the same shape, whether a PSU has members of the domain; the rule "average" counts their strata. A
    stratum with one PSU adds the square of its z by the rule "adjust", which for a total is the whole of it. A domain
    in one PSU has an error, for which clusters have members varies from sample to sample; one without members has
    none (NaN). Source: Särndal, Swensson and Wretman 1992, 4.2; R survey svytotal.
    """
    starts, alone, away, scale = _within_strata(z, stratum, psus_of_stratum, lonely)
    found: Floats = np.einsum("pd,pd,p->d", away, away, scale)
    held = np.logical_or.reduceat(members, starts, axis=0)
    if lonely == "average":
        with np.errstate(invalid="ignore", divide="ignore"):
            found = found * (held.sum(axis=0) / held[~alone].sum(axis=0))
    return np.where(held.any(axis=0), found, np.nan)


def _within_strata(
    z: Floats, stratum: Integers, psus_of_stratum: Integers, lonely: LonelyPsu
) -> tuple[Integers, NDArray[np.bool_], Floats, Floats]:
    """First PSU of each stratum, whether it is the only one; of each PSU its distance from the mean of the stratum and
    what its square is multiplied with."""
    starts = np.flatnonzero(np.r_[True, stratum[1:] != stratum[:-1]])
    size = psus_of_stratum.astype(np.float64)
    alone = size == 1
    scale = np.where(alone, 1.0 if lonely == "adjust" else 0.0, size / np.maximum(size - 1, 1))
    mean = np.where(alone[:, None], 0.0, np.add.reduceat(z, starts, axis=0) / size[:, None])
    return starts, alone, z - mean[stratum], scale[stratum]


def linearised(numerator: Floats, denominator: Floats) -> Floats:
    """(PSUs, domains): z of ratios, from totals of the same shape; NaN for a domain without members."""
    weight = denominator.sum(axis=0)
    value = quotient(numerator.sum(axis=0), weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        z: Floats = (numerator - value * denominator) / weight
    return z
