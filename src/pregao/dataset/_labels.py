"""Action labels of windows: buy, sell or hold, by the future or by a rule of indicators."""

from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from pregao.dataset._adjusted_bars import AdjustedBars
from pregao.dataset._features import FEATURES
from pregao.dataset._windows import Windows

Labels = NDArray[np.int8]

ACTIONS = ("buy", "sell", "hold")
"""The classes in the order of their numbers, which are defined here only."""
BUY, SELL, HOLD = range(len(ACTIONS))

Labelling = Literal["forward", "rule"]

_RULE_FEATURES = ("rsi_14", "macd", "volume_change", "price_momentum_5")


def action_labels(
    windows: Windows, labelling: Labelling, *, cost: float, threshold_sigmas: float
) -> Labels:
    """Return the label of each window: (n,) numbers of `ACTIONS`.

    Parameters
    ----------
    labelling
        ``forward``: buy where the return over the whole horizon exceeds
        ``cost + threshold_sigmas * sigma_t * sqrt(horizon)``, sell below the mirror of it, hold
        between. ``rule``: by indicators at the cutoff, a function of the inputs alone, so that a
        network that learns it has learnt nothing about the future.
    cost
        Of a round trip, as a share of the price.

    Live windows have no forward label, as nothing follows their cutoff.
    """
    match labelling:
        case "rule":
            return windows.source.rule_actions[windows.cutoff_rows]
        case "forward":
            threshold = cost + threshold_sigmas * windows.scale[:, -1]
            future = np.expm1(windows.future_returns[:, -1])
            actions = np.where(future > threshold, BUY, np.where(future < -threshold, SELL, HOLD))
            return actions.astype(np.int8)
        case _:
            assert_never(labelling)


def rule_actions(bars: AdjustedBars) -> Labels:
    """Return the label of each session by four indicators; hold until all of them are valid.

    Buy when the relative strength index is below 30 with a positive MACD and rising volume; sell
    above 70 with a negative five-session momentum and falling volume.
    """
    indicators = [FEATURES[name] for name in _RULE_FEATURES]
    rsi, macd, volume, momentum = (each.compute(bars) for each in indicators)
    buy = (rsi < 30) & (macd > 0) & (volume > 0)
    sell = (rsi > 70) & (momentum < 0) & (volume < 0)
    actions = np.where(buy, BUY, np.where(sell, SELL, HOLD)).astype(np.int8)
    # An exponential average has a value from the first session on, long before it is meaningful.
    actions[: max(each.warmup_sessions for each in indicators)] = HOLD
    return actions
