"""Features: pure functions from a symbol's history to one number a session.

A feature at session t reads the market up to the close of t. `warmup_sessions` is the number of
sessions before its first valid row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from pregao.dataset._market import Market
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


@dataclass(frozen=True)
class Feature:
    """How to compute one input column, and how much history it needs first."""

    name: str
    description: str
    warmup_sessions: int
    compute: Callable[[Market], Column]
    needs_order_book: bool = False
    """Whether it reads the best offers, which few providers have."""


def _over_sigma(column: Column, market: Market) -> Column:
    return column / market.sigma


def _log_ratio(numerator: Column, denominator: Column) -> Column:
    """Give ln(a / b), a bounded below: a quiet day is quiet, not minus infinity."""
    bounded: Column = np.log(np.maximum(numerator / denominator, 0.05))
    return bounded


def _volatility_ratio(short: float, long: float) -> Callable[[Market], Column]:
    return lambda market: _log_ratio(market.volatility(short), market.volatility(long))


def _smoothed_range(market: Market) -> Column:
    smooth = np.sqrt(ewma_by_half_life(market.squared_range, 5))
    return _log_ratio(smooth, market.sigma)


def _momentum_20(market: Market) -> Column:
    momentum: Column = rolling_sum(market.returns, 20) / (market.sigma * np.sqrt(20))
    return momentum


def _volume_z_20(market: Market) -> Column:
    """Compare log volume with its last 20 sessions; an index without volume has 0."""
    level = np.log1p(market.volume)
    spread = rolling_std(level, 20)
    centred = level - rolling_mean(level, 20)
    return np.where(
        spread > 1e-9, centred / np.maximum(spread, 1e-9), np.where(spread >= 0, 0, spread)
    )


def _rolling_volatility_5(market: Market) -> Column:
    return rolling_std((market.close - market.open) / market.open, 5, ddof=1)


def _macd(market: Market) -> Column:
    return ewma_by_span(market.close, 12) - ewma_by_span(market.close, 26)


def _rsi_14(market: Market) -> Column:
    """Give Wilder's (1978) index over simple means, 50 where nothing moved."""
    change = market.close - lag(market.close, 1)
    gain = rolling_mean(np.maximum(change, 0), 14)
    loss = rolling_mean(np.maximum(-change, 0), 14)
    moved = gain + loss
    share = np.divide(gain, moved, out=np.full_like(gain, 0.5), where=moved > 0)
    return np.where(np.isnan(moved), np.nan, 100 * share)


def _volume_change(market: Market) -> Column:
    """Give the relative change of volume, 0 where there was none to compare with."""
    before = lag(market.volume, 1)
    change = np.divide(market.volume - before, before, out=np.zeros_like(before), where=before > 0)
    return np.where(np.isnan(before), np.nan, change)


def _high_breakout_20(market: Market) -> Column:
    highest_before = lag(rolling_max(market.high, 20), 1)
    return np.where(np.isnan(highest_before), np.nan, market.close > highest_before)


def _stochastic_14(market: Market) -> Column:
    """Give where the close stands between the lowest and highest close of 14 sessions, 0 to 100."""
    lowest, highest = rolling_min(market.close, 14), rolling_max(market.close, 14)
    span = highest - lowest
    place = np.divide(market.close - lowest, span, out=np.full_like(span, 0.5), where=span > 0)
    return np.where(np.isnan(span), np.nan, 100 * place)


def _spread(market: Market) -> Column:
    assert market.best_bid is not None, "has an order book"
    assert market.best_ask is not None, "has an order book"
    return market.best_ask - market.best_bid


def _close_to_best_buy(market: Market) -> Column:
    assert market.best_bid is not None, "has an order book"
    return market.close - market.best_bid


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        # Scale-free: what is left of a market once its level and its volatility are taken out.
        Feature("return", "log return over sigma", 1, lambda m: _over_sigma(m.returns, m)),
        Feature(
            "absolute_return", "its absolute value", 1, lambda m: _over_sigma(np.abs(m.returns), m)
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
            lambda m: _log_ratio(np.sqrt(m.squared_range), m.sigma),
        ),
        Feature("log_sigma", "log of sigma", 22, lambda m: np.log(m.sigma)),
        Feature("momentum_20", "return of 20 sessions over sigma sqrt(20)", 20, _momentum_20),
        Feature("volume_z_20", "z-score of log volume over 20 sessions", 20, _volume_z_20),
        Feature("gap", "overnight log return over sigma", 1, lambda m: _over_sigma(m.gap, m)),
        # The level of the price, in units of the first close of the history.
        Feature("close", "close over the first close of the history", 0, lambda m: m.close.copy()),
        # Technical analysis, prices in the same units.
        Feature(
            "rolling_volatility_5",
            "standard deviation of (close - open) / open over 5 sessions",
            5,
            _rolling_volatility_5,
        ),
        Feature("moving_avg_10", "mean close of 10", 10, lambda m: rolling_mean(m.close, 10)),
        Feature("macd", "EMA 12 less EMA 26 of the close", 26, _macd),
        Feature("rsi_14", "relative strength index over 14 sessions, 0 to 100", 15, _rsi_14),
        Feature("volume_change", "relative change of volume", 1, _volume_change),
        Feature("avg_volume_10", "mean volume of 10", 10, lambda m: rolling_mean(m.volume, 10)),
        Feature(
            "best_buy_sell_spread", "best ask less best bid", 0, _spread, needs_order_book=True
        ),
        Feature(
            "close_to_best_buy",
            "close less best bid",
            0,
            _close_to_best_buy,
            needs_order_book=True,
        ),
        Feature(
            "price_momentum_5", "close less the close 5 ago", 5, lambda m: m.close - lag(m.close, 5)
        ),
        Feature(
            "high_breakout_20", "1 where the close tops the last 20 highs", 21, _high_breakout_20
        ),
        Feature(
            "bollinger_upper",
            "mean of 20 closes plus two standard deviations",
            20,
            lambda m: rolling_mean(m.close, 20) + 2 * rolling_std(m.close, 20, ddof=1),
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


def feature(name: str) -> Feature:
    """Look a feature up, among those of Pregao and then among those of plug-ins.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    PluginError
        If it is a plug-in's, and that cannot be used.
    """
    known = FEATURES.get(name) or plugin_features().find(name)
    if known is None:
        plugins = plugin_features()
        names = dict.fromkeys((*FEATURES, *plugins.values, *FEATURE_SETS))
        raise UnknownNameError("feature", name, names, plugins.hint)
    return known


@cache
def plugin_features() -> Plugins[Feature]:
    """Load the features that other packages bring along: entry points of ``pregao.features``."""
    return load_plugins("pregao.features", _offered, built_in={*FEATURES, *FEATURE_SETS})


def column_of(each: Feature, market: Market) -> Column:
    """Compute a feature, and hold a plug-in's to what is expected of one: (sessions,) of float64.

    Raises
    ------
    PluginError
        If it fails, is no column of numbers, or is not finite after its warm-up.
    """
    origin = plugin_features().origins.get(each.name) if each.name not in FEATURES else None
    if origin is None:
        return each.compute(market)
    try:
        column = np.asarray(each.compute(market), np.float64)
    except Exception as error:
        reason = f"computing it raised {type(error).__name__}: {error}"
        raise PluginError(each.name, str(origin), reason, _LEAVE_OUT) from error
    wrong = defect(each, market, column)
    if wrong is not None:
        raise PluginError(each.name, str(origin), wrong, _LEAVE_OUT)
    return column


_LEAVE_OUT = "mend it ('pregao audit' shows more), or leave the feature out"


def defect(each: Feature, market: Market, column: Column) -> str | None:
    """Say what is wrong with a column, if something is."""
    if column.shape != (len(market),):
        return f"its shape is {column.shape} where there are {len(market)} sessions"
    finite = np.isfinite(column[each.warmup_sessions :])
    if finite.all():
        return None
    row = each.warmup_sessions + int(np.argmin(finite))
    return (
        f"it is {column[row]} on {market.sessions[row]}, row {row}, after its warm-up of "
        f"{each.warmup_sessions} sessions"
    )


def _offered(_: str, value: object) -> Mapping[str, Feature]:
    """Give the features of an entry point: one, or a list of several."""
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
