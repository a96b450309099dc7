"""Forecasts of a trained network, computed with torch on the CPU."""

import numpy as np
import torch
from numpy.typing import NDArray

from pregao.dataset import ACTIONS, Scaler
from pregao.training._epochs import State
from pregao.training._experiment import Experiment
from pregao.training._head import Headed
from pregao.training._loop import Feed, one_thread, untrained
from pregao.training._targets import quantiles_of
from pregao.zoo.baselines import History

_CPU = torch.device("cpu")


def forecast(
    experiment: Experiment,
    scaler: Scaler,
    anchor: NDArray[np.float32],
    state: State,
    past: History,
) -> NDArray[np.float64]:
    """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
    feed = Feed(past, _CPU)
    if not len(feed):
        return np.empty((0, *anchor.shape))
    module = rebuild(experiment, scaler, anchor, state)
    with one_thread(), torch.inference_mode():
        outputs = torch.cat([module(batch) for batch in feed.batches()]).numpy()
    return quantiles_of(experiment, scaler, anchor, outputs, past)


def action_probabilities(
    experiment: Experiment,
    scaler: Scaler,
    anchor: NDArray[np.float32],
    state: State,
    past: History,
) -> NDArray[np.float64]:
    """Return (n, 3) probabilities of `ACTIONS`."""
    if not len(past.cutoff_rows):
        return np.empty((0, len(ACTIONS)))
    module = rebuild(experiment, scaler, anchor, state)
    with one_thread(), torch.inference_mode():
        logits = torch.cat([module.both(batch)[1] for batch in Feed(past, _CPU).batches()])
    probabilities: NDArray[np.float64] = logits.double().softmax(dim=-1).numpy()
    return probabilities


def rebuild(
    experiment: Experiment, scaler: Scaler, anchor: NDArray[np.float32], state: State
) -> Headed:
    """Rebuild a trained network from its weights, ready to forecast."""
    module = untrained(experiment, anchor, num_features=len(scaler.features))
    module.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    return module.eval()
