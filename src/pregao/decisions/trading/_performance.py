"""Performance of an equity curve: return, risk, and risk-adjusted return."""

import math

import numpy as np

from pregao.decisions.trading._decisions import SESSIONS_A_YEAR
from pregao.scores import Float
from pregao.values import Value

FEWEST_SESSIONS = 21
"""A month: shorter curves have no annual figures."""

_ROUNDING = 1e-12
_LARGEST_EXPONENT = 700.0


class Performance(Value):
    """Performance figures of an equity curve. Undefined ones are None, never infinite.

    Annual figures use 252 sessions a year, and are None for less than 21 sessions. Ratios are of
    returns in excess of the cash rate, and None where the denominator is 0.
    """

    final_equity: float
    total_return: float
    """Less than -1 where a short position or a debt lost more than the capital."""
    annual_return: float | None
    annual_volatility: float | None
    """Standard deviation of the sessions' returns times the root of 252."""
    sharpe: float | None
    sharpe_error: float | None
    """Standard error of the Sharpe ratio for independent returns (Lo 2002, eq. 9), annual."""
    sortino: float | None
    """Mean return over the root mean square of the returns below 0."""
    calmar: float | None
    """Annual return over the deepest drawdown."""
    max_drawdown: float
    """The largest fall below an earlier peak, as a share of it."""
    max_drawdown_sessions: int
    """From that peak until it was reached again, or until the end."""


def performance(equity: Float, *, cash_rate: float = 0.0) -> Performance:
    """Measure an equity curve: (sessions + 1,) with the capital first.

    ``Sharpe = mean / standard deviation * sqrt(252)`` of the sessions' returns above cash; its
    standard error is ``sqrt((1 + sharpe ** 2 / 2) / sessions)`` for the ratio of a session, times
    the root of 252. Autocorrelated returns make the true error larger. The return of a session
    that begins without equity (at most 1e-12 of the capital) is 0.

    References
    ----------
    Lo (2002), The statistics of Sharpe ratios, Financial Analysts Journal 58(4). Sortino, van der
    Meer (1991), Downside risk, Journal of Portfolio Management 17(4).

    Examples
    --------
    >>> measured = performance(np.array([100.0, 110.0, 99.0, 104.5]))
    >>> round(measured.total_return, 3), round(measured.max_drawdown, 3), measured.sharpe
    (0.045, 0.1, None)
    """
    num_sessions = len(equity) - 1
    depth, length = _deepest_drawdown(equity)
    total = float(equity[-1] / equity[0] - 1)
    annual = _annual(total, num_sessions)
    returns = _returns(equity)
    excess = returns - ((1 + cash_rate) ** (1 / SESSIONS_A_YEAR) - 1)
    sharpe, error = _sharpe(excess)
    return Performance(
        final_equity=float(equity[-1]),
        total_return=total,
        annual_return=annual,
        annual_volatility=None if annual is None else _root_of_year(float(returns.std(ddof=1))),
        sharpe=sharpe,
        sharpe_error=error,
        sortino=_ratio(excess, float(np.sqrt(np.mean(np.minimum(excess, 0.0) ** 2)))),
        calmar=None if annual is None or depth == 0 else annual / depth,
        max_drawdown=depth,
        max_drawdown_sessions=length,
    )


def _returns(equity: Float) -> Float:
    before, after = equity[:-1], equity[1:]
    # Returns on a residue of the capital would overflow when squared.
    has_equity = before > _ROUNDING * equity[0]
    return np.where(has_equity, after / np.where(has_equity, before, 1.0) - 1, 0.0)


def _annual(total: float, num_sessions: int) -> float | None:
    if num_sessions < FEWEST_SESSIONS:
        return None
    if total <= -1:
        return -1.0
    exponent = math.log1p(total) * SESSIONS_A_YEAR / num_sessions
    return math.expm1(min(exponent, _LARGEST_EXPONENT))


def _root_of_year(value: float) -> float:
    return value * math.sqrt(SESSIONS_A_YEAR)


def _ratio(excess: Float, risk: float) -> float | None:
    if len(excess) < FEWEST_SESSIONS or risk <= _ROUNDING:
        return None
    return _root_of_year(float(excess.mean()) / risk)


def _sharpe(excess: Float) -> tuple[float | None, float | None]:
    sharpe = _ratio(excess, float(excess.std(ddof=1))) if len(excess) > 1 else None
    if sharpe is None:
        return None, None
    of_a_session = sharpe / math.sqrt(SESSIONS_A_YEAR)
    return sharpe, _root_of_year(math.sqrt((1 + of_a_session**2 / 2) / len(excess)))


def _deepest_drawdown(equity: Float) -> tuple[float, int]:
    """Return the deepest drawdown, and the sessions from its peak to the recovery."""
    peaks = np.maximum.accumulate(equity)
    falls = 1 - equity / peaks
    bottom = int(falls.argmax())
    if falls[bottom] <= _ROUNDING:
        return 0.0, 0
    peak = int(np.flatnonzero(equity[: bottom + 1] == peaks[bottom])[-1])
    recovered = np.flatnonzero(equity[bottom:] >= peaks[bottom])
    end = bottom + int(recovered[0]) if len(recovered) else len(equity) - 1
    return float(falls[bottom]), end - peak
