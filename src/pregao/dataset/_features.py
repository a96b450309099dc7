"""Features: pure functions from a symbol's history to one number per session.

A feature at session t reads bars up to the close of t. `warmup_sessions` is the number of sessions
before its first valid row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from pregao.dataset._adjusted_bars import AdjustedBars
from pregao.dataset._rolling import (
    Column,
    ewma_by_half_life,
    ewma_by_span,
    lag,
    rolling_max,
    rolling_mean,
    rolling_min,
    rolling_std,
    rolling_sum,
)
from pregao.errors import PluginError, UnknownNameError
from pregao.plugins import Plugins, load_plugins
from pregao.texts import gettext_lazy as _
from pregao.texts import join_messages


@dataclass(frozen=True)
class Feature:
    """An input column: how to compute it, and how many sessions it needs first."""

    name: str
    description: str
    warmup_sessions: int
    compute: Callable[[AdjustedBars], Column]
    needs_order_book: bool = False
    """Whether it reads the best bid and ask, which few providers have."""
    is_level: bool = False
    """Whether it is told in units of a base session, as prices are, and not free of scale."""


def _over_sigma(column: Column, bars: AdjustedBars) -> Column:
    return column / bars.sigma


def _log_ratio(numerator: Column, denominator: Column) -> Column:
    """Return ln(a / b), bounded below: a day without movement must not be minus infinity."""
    bounded: Column = np.log(np.maximum(numerator / denominator, 0.05))
    return bounded


def _volatility_ratio(short: float, long: float) -> Callable[[AdjustedBars], Column]:
    return lambda bars: _log_ratio(bars.volatility(short), bars.volatility(long))


def _smoothed_range(bars: AdjustedBars) -> Column:
    smooth = np.sqrt(ewma_by_half_life(bars.squared_range, 5))
    return _log_ratio(smooth, bars.sigma)


def _momentum_20(bars: AdjustedBars) -> Column:
    momentum: Column = rolling_sum(bars.returns, 20) / (bars.sigma * np.sqrt(20))
    return momentum


def _volume_z_20(bars: AdjustedBars) -> Column:
    """Return the z-score of log volume over 20 sessions.

    Sessions without volume are left out of the window, and have 0, as all of an index.
    """
    is_traded = bars.volume > 0
    weight = is_traded.astype(np.float64)
    level = np.log(np.where(is_traded, bars.volume, 1.0))
    count = rolling_sum(weight, 20)
    mean = rolling_sum(level, 20) / np.maximum(count, 1)
    squares = np.zeros_like(level)
    for back in range(20):
        squares += lag(weight, back) * (lag(level, back) - mean) ** 2
    spread = np.sqrt(squares / np.maximum(count, 1))
    score = weight * (level - mean) / np.maximum(spread, 1e-9)
    return np.where(spread > 1e-9, score, np.where(spread >= 0, 0, spread))


def _rolling_volatility_5(bars: AdjustedBars) -> Column:
    return rolling_std((bars.close - bars.open) / bars.open, 5, ddof=1)


def _macd(bars: AdjustedBars) -> Column:
    return ewma_by_span(bars.close, 12) - ewma_by_span(bars.close, 26)


def _rsi_14(bars: AdjustedBars) -> Column:
    """Return Wilder's (1978) index over simple means, 50 where no price moved."""
    change = bars.close - lag(bars.close, 1)
    gain = rolling_mean(np.maximum(change, 0), 14)
    loss = rolling_mean(np.maximum(-change, 0), 14)
    moved = gain + loss
    share = np.divide(gain, moved, out=np.full_like(gain, 0.5), where=moved > 0)
    return np.where(np.isnan(moved), np.nan, 100 * share)


def _volume_change(bars: AdjustedBars) -> Column:
    """Return the relative change of volume, 0 after a session without volume."""
    before = lag(bars.volume, 1)
    change = np.divide(bars.volume - before, before, out=np.zeros_like(before), where=before > 0)
    return np.where(np.isnan(before), np.nan, change)


def _high_breakout_20(bars: AdjustedBars) -> Column:
    highest_before = lag(rolling_max(bars.high, 20), 1)
    return np.where(np.isnan(highest_before), np.nan, bars.close > highest_before)


def _stochastic_14(bars: AdjustedBars) -> Column:
    """Return the place of the close between the extreme closes of 14 sessions, 0 to 100."""
    lowest, highest = rolling_min(bars.close, 14), rolling_max(bars.close, 14)
    span = highest - lowest
    place = np.divide(bars.close - lowest, span, out=np.full_like(span, 0.5), where=span > 0)
    return np.where(np.isnan(span), np.nan, 100 * place)


def _spread(bars: AdjustedBars) -> Column:
    assert bars.best_bid is not None, "has an order book"
    assert bars.best_ask is not None, "has an order book"
    return bars.best_ask - bars.best_bid


def _close_to_best_buy(bars: AdjustedBars) -> Column:
    assert bars.best_bid is not None, "has an order book"
    return bars.close - bars.best_bid


FEATURES: dict[str, Feature] = {
    find_feature.name: find_feature
    for find_feature in (
        # Scale-free: independent of the level of prices and of volatility.
        Feature("return", "log return over sigma", 1, lambda bars: _over_sigma(bars.returns, bars)),
        Feature(
            "absolute_return",
            "its absolute value",
            1,
            lambda bars: _over_sigma(np.abs(bars.returns), bars),
        ),
        Feature(
            "volatility_3_11",
            "log ratio of EWMA volatilities, half-lives 3 and 11",
            22,
            _volatility_ratio(3, 11),
        ),
        Feature(
            "volatility_11_60",
            "log ratio of EWMA volatilities, half-lives 11 and 60",
            60,
            _volatility_ratio(11, 60),
        ),
        Feature("range_smoothed", "log Parkinson range over sigma, smoothed", 10, _smoothed_range),
        Feature(
            "range",
            "log Parkinson range of the session over sigma",
            1,
            lambda bars: _log_ratio(np.sqrt(bars.squared_range), bars.sigma),
        ),
        Feature("log_sigma", "log of sigma", 22, lambda bars: np.log(bars.sigma)),
        Feature("momentum_20", "return of 20 sessions over sigma sqrt(20)", 20, _momentum_20),
        Feature("volume_z_20", "z-score of log volume over 20 sessions", 20, _volume_z_20),
        Feature(
            "gap", "overnight log return over sigma", 1, lambda bars: _over_sigma(bars.gap, bars)
        ),
        # The level of the price, in units of the close of a base session.
        Feature(
            "close",
            "close over the close of the base session",
            0,
            lambda bars: bars.close.copy(),
            is_level=True,
        ),
        # Technical analysis, prices in the same units.
        Feature(
            "rolling_volatility_5",
            "standard deviation of (close - open) / open over 5 sessions",
            5,
            _rolling_volatility_5,
        ),
        Feature(
            "moving_avg_10",
            "mean close of 10",
            10,
            lambda bars: rolling_mean(bars.close, 10),
            is_level=True,
        ),
        Feature("macd", "EMA 12 less EMA 26 of the close", 26, _macd, is_level=True),
        Feature("rsi_14", "relative strength index over 14 sessions, 0 to 100", 15, _rsi_14),
        Feature("volume_change", "relative change of volume", 1, _volume_change),
        Feature(
            "avg_volume_10",
            "mean volume of 10",
            10,
            lambda bars: rolling_mean(bars.volume, 10),
            is_level=True,
        ),
        Feature(
            "best_buy_sell_spread",
            "best ask less best bid",
            0,
            _spread,
            needs_order_book=True,
            is_level=True,
        ),
        Feature(
            "close_to_best_buy",
            "close less best bid",
            0,
            _close_to_best_buy,
            needs_order_book=True,
            is_level=True,
        ),
        Feature(
            "price_momentum_5",
            "close less the close 5 ago",
            5,
            lambda bars: bars.close - lag(bars.close, 5),
            is_level=True,
        ),
        Feature(
            "high_breakout_20", "1 where the close tops the last 20 highs", 21, _high_breakout_20
        ),
        Feature(
            "bollinger_upper",
            "mean of 20 closes plus two standard deviations",
            20,
            lambda bars: rolling_mean(bars.close, 20) + 2 * rolling_std(bars.close, 20, ddof=1),
            is_level=True,
        ),
        Feature(
            "stochastic_14", "place between the extreme closes of 14 sessions", 14, _stochastic_14
        ),
    )
}

_SCALE_FREE = tuple(FEATURES)[:10]
_TECHNICAL = (
    "rolling_volatility_5",
    "moving_avg_10",
    "macd",
    "rsi_14",
    "volume_change",
    "avg_volume_10",
    "best_buy_sell_spread",
    "close_to_best_buy",
    "price_momentum_5",
    "high_breakout_20",
    "bollinger_upper",
    "stochastic_14",
    "close",
)

FEATURE_SETS: dict[str, tuple[str, ...]] = {
    "scale_free": _SCALE_FREE,
    "close": ("close",),
    "technical": _TECHNICAL,
}


def find_feature(name: str) -> Feature:
    """Return a feature by name, of Pregao or else of a plug-in.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    PluginError
        If the plug-in of that name is broken.
    """
    known = FEATURES.get(name) or plugin_features().find(name)
    if known is None:
        plugins = plugin_features()
        names = dict.fromkeys((*FEATURES, *plugins.values, *FEATURE_SETS))
        hint = join_messages(plugins.hints, " ") if plugins.hints else None
        raise UnknownNameError(_("feature"), name, names, hint)
    return known


@cache
def plugin_features() -> Plugins[Feature]:
    """Load the features of other packages: entry points of the group ``pregao.features``."""
    return load_plugins("pregao.features", _parse_entry_point, built_in={*FEATURES, *FEATURE_SETS})


def compute_feature(each: Feature, bars: AdjustedBars) -> Column:
    """Compute (sessions,) of a feature, and check the column if it is a plug-in's.

    Raises
    ------
    PluginError
        If a plug-in raises, returns no column of numbers, or is not finite after its warm-up.
    """
    origin = plugin_features().origins.get(each.name) if each.name not in FEATURES else None
    if origin is None:
        return each.compute(bars)
    try:
        column = np.asarray(each.compute(bars), np.float64)
    except Exception as error:
        reason = _("computing it raised {kind}: {error}", kind=type(error).__name__, error=error)
        raise PluginError(each.name, str(origin), reason, _ADVICE) from error
    problem = column_defect(each, bars, column)
    if problem is not None:
        raise PluginError(each.name, str(origin), problem, _ADVICE)
    return column


_ADVICE = _("correct it ('pregao audit' shows more), or leave the feature out")


def column_defect(each: Feature, bars: AdjustedBars, column: Column) -> str | None:
    """Return what is wrong with a column of a feature; None if nothing is."""
    if column.shape != (len(bars),):
        return f"its shape is {column.shape} where there are {len(bars)} sessions"
    finite = np.isfinite(column[each.warmup_sessions :])
    if finite.all():
        return None
    row = each.warmup_sessions + int(np.argmin(finite))
    return (
        f"it is {column[row]} on {bars.sessions[row]}, row {row}, after its warm-up of "
        f"{each.warmup_sessions} sessions"
    )


def _parse_entry_point(_: str, value: object) -> Mapping[str, Feature]:
    """Return the features of an entry point: one, or a list of several."""
    found: dict[str, Feature] = {}
    for each in value if isinstance(value, list | tuple) else [value]:
        if not isinstance(each, Feature):
            raise TypeError(f"it gives {type(each).__name__}, not Feature or a list of them")
        if each.warmup_sessions < 0:
            raise ValueError(f"the warm-up of {each.name} is {each.warmup_sessions} sessions")
        if each.name in found:
            raise ValueError(f"it names {each.name} twice")
        found[each.name] = each
    return found
