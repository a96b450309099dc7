"""Forecasts of past sessions beside their outcomes."""

from datetime import date
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from pregao.dataset import Windows
from pregao.instruments import as_date
from pregao.monitoring._live_scores import known_windows
from pregao.training import LEVELS
from pregao.values import Value
from pregao.zoo.baselines import Forecaster

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_AT = [LEVELS.index(each) for each in _LEVELS]


class PastForecasts(Value):
    """Ranges for past sessions, each forecast `step` sessions before, in prices.

    A price is that of the cutoff times a return with dividends, as in all scores: it differs from
    the quoted price by what was paid between cutoff and session.
    """

    symbol: str
    step: int = Field(description="sessions from the cutoff to the session that is forecast")
    sessions: tuple[date, ...] = Field(description="the sessions that were forecast")
    low_90: tuple[float, ...]
    low_50: tuple[float, ...]
    median: tuple[float, ...]
    high_50: tuple[float, ...]
    high_90: tuple[float, ...]
    naive: tuple[float, ...] = Field(description="the price at the cutoff")
    came: tuple[float, ...]
    """The outcomes."""

    @model_validator(mode="after")
    def _is_rectangular(self) -> Self:
        columns = (self.low_90, self.low_50, self.median, self.high_50, self.high_90)
        if {len(self.sessions)} != {len(each) for each in (*columns, self.naive, self.came)}:
            raise ValueError("every column needs one value per session")
        return self

    @property
    def coverage_90(self) -> float:
        """The share of outcomes inside the 90 % ranges: 0.9 is nominal."""
        inside = [
            low <= came <= high
            for low, came, high in zip(self.low_90, self.came, self.high_90, strict=True)
        ]
        return sum(inside) / len(inside)

    @property
    def error_ratio(self) -> float:
        """Mean absolute error of the median over that of the last price: 1 is naive."""
        naive = sum(abs(a - b) for a, b in zip(self.naive, self.came, strict=True))
        own = sum(abs(a - b) for a, b in zip(self.median, self.came, strict=True))
        return own / naive if naive else 1.0


def past_forecasts(
    forecaster: Forecaster,
    live: Windows,
    *,
    symbol: str,
    closes: np.ndarray[tuple[int], np.dtype[np.float64]],
    trained_to: np.datetime64,
    step: int,
) -> PastForecasts | None:
    """Forecast the newest cutoffs with a known outcome; None without one.

    Parameters
    ----------
    live
        The last window of the symbol, with the table of its whole history.
    closes
        (sessions,) quoted closes of that history.
    trained_to
        The last session that training or validation saw: cutoffs come after it.
    step
        Sessions ahead, up to the horizon.
    """
    known = known_windows(live, trained_to)
    if len(known) == 0:
        return None
    last = closes[known.cutoff_rows]
    columns = last * np.exp(forecaster.quantiles(known)[:, step - 1, _AT].T)
    low_90, low_50, median, high_50, high_90 = (tuple(each.tolist()) for each in columns)
    return PastForecasts(
        symbol=symbol,
        step=step,
        sessions=tuple(as_date(each) for each in live.source.sessions[known.cutoff_rows + step]),
        low_90=low_90,
        low_50=low_50,
        median=median,
        high_50=high_50,
        high_90=high_90,
        naive=tuple(last.tolist()),
        came=tuple((last * np.exp(known.future_returns[:, step - 1])).tolist()),
    )
