"""What a network is taught, and how what it says becomes a distribution of log returns."""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import ACTIONS, Scaler, Windows, action_labels
from pregao.training._experiment import Experiment
from pregao.zoo.baselines import History, return_scale

Float32 = NDArray[np.float32]

# Whatever a network says of a price, the share of it that is left cannot be less.
_LEAST_SHARE = 0.05


def price_targets(experiment: Experiment, windows: Windows) -> Float32:
    """Return the outcomes in units of the target: (n, steps), or one column for the last."""
    steps = slice(None) if experiment.steps == "each" else slice(-1, None)
    match experiment.target:
        case "scaled_return":
            targets = windows.targets[:, steps]
        case "simple_return":
            targets = np.expm1(windows.future_returns[:, steps])
        case "close":
            ahead = np.arange(1, windows.horizon + 1)[steps]
            closes = windows.table[:, windows.scaler.features.index("close")]
            targets = closes[windows.cutoff_rows[:, None] + ahead]
        case _:
            assert_never(experiment.target)
    return np.ascontiguousarray(targets, np.float32)


def action_targets(experiment: Experiment, windows: Windows) -> NDArray[np.int64]:
    """Return the index of each window's correct action: (n,); all 0 without actions."""
    actions = experiment.actions
    if actions is None:
        return np.zeros(len(windows), np.int64)
    labels = action_labels(
        windows, actions.labels, cost=actions.cost, threshold_sigmas=actions.threshold_sigmas
    )
    return labels.astype(np.int64)


def class_weights(labels: NDArray[np.int64]) -> Float32:
    """Weigh each action by how rare it is, the mean weight of a window being 1."""
    counts = np.bincount(labels, minlength=len(ACTIONS))
    present = np.count_nonzero(counts)
    weights = np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0)
    return weights.astype(np.float32)


def quantiles_of(
    experiment: Experiment, scaler: Scaler, anchor: Float32, predicted: Float32, past: History
) -> NDArray[np.float64]:
    """Return (n, horizon, levels) quantiles of the cumulative log return.

    Points are the medians of distributions as wide as the anchor's.
    """
    scale = return_scale(past)
    if experiment.loss == "pinball":
        return predicted.astype(np.float64) * scale[..., None]
    points = _log_returns(experiment, scaler, predicted.astype(np.float64), past)
    if experiment.steps == "last":
        # A straight line to the last step is all that is known of those before it.
        points = points * np.linspace(0, 1, experiment.horizon + 1)[1:]
    return points[..., None] + anchor.astype(np.float64) * scale[..., None]


def _log_returns(
    experiment: Experiment, scaler: Scaler, points: NDArray[np.float64], past: History
) -> NDArray[np.float64]:
    """Turn points in units of the target into cumulative log returns: (n, steps)."""
    match experiment.target:
        case "scaled_return":
            steps = slice(None) if experiment.steps == "each" else slice(-1, None)
            return points * return_scale(past)[:, steps]
        case "simple_return":
            share = 1 + points
        case "close":
            last = past.table[past.cutoff_rows, scaler.features.index("close")]
            share = scaler.unscale("close", points) / scaler.unscale("close", last)[:, None]
        case _:
            assert_never(experiment.target)
    logs: NDArray[np.float64] = np.log(np.maximum(share, _LEAST_SHARE))
    return logs
