"""Sums over the PSUs of bundles: the same however bundles are cut into pieces, and those of a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everychild.methods.sampling import taylor
from everychild.methods.sampling.taylor import Moments, domain_estimates, moments


def totals(psus: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numerators, denominators and members of three cells and two indicators; some PSUs have no member."""
    random = np.random.default_rng(seed)
    denominator = random.random((psus, 3, 2)) * (random.random((psus, 3, 2)) < 0.7)
    numerator = denominator * random.random((psus, 3, 2))
    return numerator, denominator, (denominator > 0).astype(float)


def plain(numerator: np.ndarray, denominator: np.ndarray, members: np.ndarray, bundle: np.ndarray) -> list[np.ndarray]:
    """n, d, nn, nd, dd and PSUs of each bundle, one PSU after another."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.nan_to_num(numerator.sum(axis=0) / denominator.sum(axis=0))
    sums = [np.zeros((int(bundle[-1]) + 1, 3, 2)) for _ in range(6)]
    for i, k in enumerate(bundle):
        away, below = numerator[i] - centre * denominator[i], denominator[i]
        for held, further in zip(
            sums, (away, below, away * away, away * below, below * below, members[i] > 0), strict=True
        ):
            held[k] += further
    return sums


def arrays(found: Moments) -> list[np.ndarray]:
    assert found.nd is not None
    assert found.dd is not None
    return [found.n, found.d, found.nn, found.nd, found.dd, found.psus]


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=12), seed=st.integers(0, 10**6))
@pytest.mark.parametrize(("piece", "small"), [(60_000, 8), (60_000, 10**6), (60_000, 0), (40, 8), (1, 0)])
def test_sums_of_bundles_are_those_of_a_loop(piece: int, small: int, sizes: list[int], seed: int) -> None:
    bundle = np.repeat(np.arange(len(sizes)), sizes)
    numerator, denominator, members = totals(len(bundle), seed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(taylor, "PIECE", piece)
        patched.setattr(taylor, "SMALL", small)
        found = arrays(moments(numerator, denominator, members, bundle))
    for one, other in zip(found, plain(numerator, denominator, members, bundle), strict=True):
        assert np.allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("small", [0, 10**6])
def test_a_bundle_of_more_psus_than_a_byte_counts(monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(taylor, "SMALL", small)
    ones = np.ones((1000, 1, 1))
    found = moments(ones, ones, ones, np.repeat([0, 1], [300, 700]))
    assert found.psus.ravel().tolist() == [300, 700]
    assert found.n.ravel().tolist() == [0, 0], "a share of all is 1 to the last bit"


@pytest.mark.parametrize("seed", range(30))
def test_a_group_of_whom_all_or_none_meet_a_condition_has_no_error_at_all(seed: int) -> None:
    """Its share is far from that of the whole, where the sums are centred; what remains must not pass for an error."""
    random = np.random.default_rng(seed)
    weights = random.random((60, 1, 1)) + 0.1
    group = np.repeat([1, 2, 3], 20)
    share = np.where(group == 1, 1.0, np.where(group == 2, 0.0, random.random(60)))[:, None, None]
    sums = moments(share * weights, weights, weights, np.repeat(np.arange(6), 10))
    stratum, size = np.array([0, 1, 0, 1, 0, 1]), np.array([30, 30])
    found = domain_estimates(sums, stratum, np.array([1, 1, 2, 2, 3, 3]), 3, size)
    assert found.value.ravel()[:2].tolist() == [1, 0]
    assert found.variance.ravel()[:2].tolist() == [0, 0]
    assert found.variance.ravel()[2] > 0
