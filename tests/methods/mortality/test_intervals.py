"""Limits on each scale, and comparisons that keep the covariance of shared PSUs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everychild.methods.mortality import SamplingError, difference, interval, ratio
from everychild.methods.mortality.intervals import Scale

Z95 = 1.959963984540054


def limits(rate: float, error: float, scale: Scale, level: float = 0.95) -> tuple[float, float]:
    lower, upper = interval(np.array([rate]), np.array([error]), scale, level)
    return float(lower[0]), float(upper[0])


def test_the_published_limits_are_two_standard_errors_away() -> None:
    assert limits(150.1, 6.66, "two_standard_errors") == pytest.approx((136.78, 163.42))


def test_the_linear_limits_use_the_normal_quantile() -> None:
    assert limits(150.1, 6.66, "linear") == pytest.approx((150.1 - Z95 * 6.66, 150.1 + Z95 * 6.66))
    assert limits(150.1, 6.66, "linear", 0.9)[0] == pytest.approx(150.1 - 1.6448536269514722 * 6.66)


def test_the_transformed_limits_are_normal_on_their_scale() -> None:
    q, error = 0.1, 0.01
    for limit, sign in zip(limits(100, 10, "logit"), (-1, 1), strict=True):
        reached = math.log(limit / (1000 - limit)) - math.log(q / (1 - q))
        assert reached == pytest.approx(sign * Z95 * error / (q * (1 - q)))
    for limit, sign in zip(limits(100, 10, "complementary_log_log"), (-1, 1), strict=True):
        reached = math.log(-math.log(1 - limit / 1000)) - math.log(-math.log(1 - q))
        assert reached == pytest.approx(sign * Z95 * error / ((1 - q) * -math.log(1 - q)))


@given(st.floats(0.01, 999.9), st.floats(1e-3, 300), st.sampled_from(("logit", "complementary_log_log")))
def test_transformed_limits_stay_inside_and_around_the_rate(rate: float, error: float, scale: Scale) -> None:
    lower, upper = limits(rate, error, scale)
    assert 0 <= lower <= rate * (1 + 1e-9)
    assert rate * (1 - 1e-9) <= upper <= 1000


@pytest.mark.parametrize("rate", [0.0, 1000.0, np.nan])
def test_no_transformed_limits_where_the_scale_is_infinite(rate: float) -> None:
    assert np.isnan(limits(rate, 1.0, "logit")).all()
    assert np.isnan(limits(rate, 1.0, "complementary_log_log")).all()


def test_unknown_scales_and_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="'probit' is none of"):
        interval(np.ones(1), np.ones(1), "probit")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"level 95 "):
        interval(np.ones(1), np.ones(1), "logit", 95)


ERROR = SamplingError("jk1", np.array([[1.0, -1.0, 0.5], [2.0, 0.0, -2.0]]), 2)
VALUES = np.array([100.0, 80.0])


def test_a_difference_keeps_the_covariance() -> None:
    found = difference(VALUES, ERROR, (0,), (1,))
    variance = 2.25 + 8.0 - 2 * (2.0 - 1.0)
    assert found.value == 20.0
    assert found.standard_error == pytest.approx(variance**0.5)
    assert (found.lower, found.upper) == pytest.approx((20 - Z95 * variance**0.5, 20 + Z95 * variance**0.5))


def test_a_rate_does_not_differ_from_itself() -> None:
    assert difference(VALUES, ERROR, (0,), (0,)).standard_error == 0.0
    assert ratio(VALUES, ERROR, (0,), (0,)) == ratio(VALUES, ERROR, (1,), (1,))


def test_a_ratio_has_its_error_on_the_logarithm() -> None:
    found = ratio(VALUES, ERROR, (0,), (1,))
    variance = 2.25 / 100**2 + 8.0 / 80**2 - 2 * 1.0 / (100 * 80)
    assert found.value == 1.25
    assert found.standard_error == pytest.approx(variance**0.5)
    assert math.log(found.upper / found.value) == pytest.approx(Z95 * variance**0.5)
    assert found.lower * found.upper == pytest.approx(1.25**2)


def test_there_is_no_ratio_to_nothing() -> None:
    assert np.isnan(ratio(np.array([100.0, 0.0]), ERROR, (0,), (1,)).value)
