"""Preparation of losses for statistical tests: averages by date, and tolerances."""

import numpy as np

from pregao.instruments import Sessions
from pregao.scores._outcomes import Float

FEWEST_OBSERVATIONS = 8
"""Tests need at least this many dates."""
SINGLE_PRECISION = 1e-5
"""Networks compute in float32: differences smaller than this, relative to the loss, count as 0."""
ROUNDING = 1e-12
"""A result this much smaller than its operands is rounding error."""


def mean_by_date(values: Float, sessions: Sessions) -> Float:
    """Average over the windows of each date, dates ascending: (n, ...) to (dates, ...).

    Errors of symbols on one date are dependent, so a date is one observation.

    >>> sessions = np.array(["2024-02-09", "2024-02-08", "2024-02-09"], "datetime64[D]")
    >>> mean_by_date(np.array([1.0, 5.0, 2.0]), sessions)
    array([5. , 1.5])
    """
    _, date, count = np.unique(sessions, return_inverse=True, return_counts=True)
    columns = values.reshape(len(values), -1).T
    sums = np.stack([np.bincount(date, weights=column) for column in columns], axis=-1)
    means: Float = (sums / count[:, None]).reshape(len(count), *values.shape[1:])
    return means
