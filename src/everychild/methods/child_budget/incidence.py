"""Benefit incidence: which groups public money reaches through the services they use.

Demery 2000, Benefit incidence: a practitioner's guide (World Bank): s_j = Σ_i (E_ij / E_i) (S_i / S). It takes cost for
benefit and one unit cost per service.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everychild.methods.errors import MethodError

Floats = NDArray[np.float64]


def incidence(spending: ArrayLike, users: ArrayLike) -> Floats:
    """Share of all spending that reaches each group (j,), 0 to 1, from spending by service (i,) net of fees, and users
    by service and group (i, j). Raises MethodError for a service with money and without users."""
    money, people = np.asarray(spending, dtype=np.float64), np.asarray(users, dtype=np.float64)
    if people.ndim != 2 or money.shape != people.shape[:1]:
        raise MethodError("incidence_shape", f"{money.size} services do not fit users of shape {people.shape}")
    if (money < 0).any() or (people < 0).any() or not money.sum() > 0:
        raise MethodError("incidence_negative", "spending and users are not negative, and some money is spent")
    used = people.sum(axis=1)
    if (empty := np.flatnonzero((used == 0) & (money > 0))).size:
        raise MethodError("incidence_no_users", f"services {empty.tolist()} have money and no users")
    parts = people / np.where(used > 0, used, 1)[:, None]
    found: Floats = (money / money.sum()) @ parts
    return found


def concentration_index(shares: ArrayLike) -> float:
    """1 - Σ (C_k + C_{k-1}) / n over n groups of equal size from the poorest; under 0 the poor receive more."""
    cumulated = np.concatenate([[0.0], np.cumsum(np.asarray(shares, dtype=np.float64))])
    return float(1 - (cumulated[1:] + cumulated[:-1]).sum() / (len(cumulated) - 1))
