"""The Diebold-Mariano test of equal predictive accuracy of two forecasters."""

import numpy as np
from numpy.typing import ArrayLike

from pregao.instruments import Sessions
from pregao.scores import FEWEST_OBSERVATIONS, ROUNDING, SINGLE_PRECISION, Float, mean_by_date
from pregao.values import Value


class DieboldMariano(Value):
    """A one-sided test that a forecaster's expected loss is below the naive forecaster's."""

    statistic: float
    """Negative where the forecaster is better."""
    p_value: float
    mean_difference: float
    """Mean of loss minus naive loss, in the unit of the loss."""
    num_observations: int
    """Losses compared, or dates where losses were averaged by date."""


def diebold_mariano(
    loss: ArrayLike, naive_loss: ArrayLike, *, horizon: int, sessions: Sessions | None = None
) -> DieboldMariano:
    """Test whether losses are smaller than the naive forecaster's on the same windows.

    The statistic is the mean difference over its standard error, with ``horizon - 1``
    autocovariances, as errors of overlapping forecasts are dependent, and with the small-sample
    factor of Harvey, Leybourne and Newbold against Student's t with n - 1 degrees of freedom. The
    kernel is rectangular; where it gives no positive variance, Bartlett's is used.

    The statistic is 0 and p is 1 where the losses are equal to single precision or differ by a
    constant, and with fewer than 8 observations, or no more than `horizon`.

    Parameters
    ----------
    loss, naive_loss
        (n,) in the order of time, unless `sessions` are given.
    horizon
        Steps ahead of the longest forecast in the loss.
    sessions
        (n,) the cutoff of each loss: losses are averaged by date first, as errors of symbols of
        one market are dependent. Cutoffs further apart than a session make the test conservative.

    References
    ----------
    Diebold, Mariano (1995), Comparing predictive accuracy, Journal of Business and Economic
    Statistics 13(3). Harvey, Leybourne, Newbold (1997), Testing the equality of prediction mean
    squared errors, International Journal of Forecasting 13(2).

    Examples
    --------
    >>> naive = [1.0, 2.0, 1.5, 2.5, 1.0, 2.0, 1.5, 2.5]
    >>> better = [0.8, 1.9, 1.1, 2.2, 0.9, 1.6, 1.2, 2.4]
    >>> test = diebold_mariano(better, naive, horizon=1)
    >>> round(test.statistic, 2), test.p_value < 0.01
    (-5.16, True)
    """
    # Imported here: a server starts without scipy.
    from scipy.special import stdtr

    own, naive = np.asarray(loss, np.float64), np.asarray(naive_loss, np.float64)
    difference = own - naive
    tolerance = SINGLE_PRECISION * float(np.abs(naive).mean())
    if sessions is not None:
        difference = mean_by_date(difference, sessions)
    count, mean = len(difference), float(difference.mean())
    centred = difference - mean
    if (
        count < FEWEST_OBSERVATIONS
        or count <= horizon
        or np.abs(difference).max() <= tolerance
        or np.abs(centred).max() <= ROUNDING * np.abs(difference).max()
    ):
        return DieboldMariano(
            statistic=0.0, p_value=1.0, mean_difference=mean, num_observations=count
        )
    correction = (count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count
    statistic = mean / np.sqrt(_long_run_variance(centred, horizon) / count) * np.sqrt(correction)
    return DieboldMariano(
        statistic=float(statistic),
        p_value=float(stdtr(count - 1, statistic)),
        mean_difference=mean,
        num_observations=count,
    )


def _long_run_variance(centred: Float, horizon: int) -> float:
    count = len(centred)
    own, *lagged = (float(centred[lag:] @ centred[: count - lag]) / count for lag in range(horizon))
    rectangular = own + 2 * sum(lagged)
    # Where the sum cancels, the remainder is rounding error and would make any gain significant.
    if rectangular > ROUNDING * own:
        return rectangular
    weights = 1 - np.arange(1, horizon) / horizon
    return own + 2 * float(weights @ np.array(lagged))
