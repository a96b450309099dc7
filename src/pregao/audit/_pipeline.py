"""The functions of the pipeline that an audit compares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from pregao.dataset import Borders, Dataset, Feature, Scaler, Split, Windows, find_feature
from pregao.dataset import live_windows as cut_live
from pregao.dataset import make_dataset as cut_windows
from pregao.prices import Prices
from pregao.training import Experiment, FittedNetwork, price_targets
from pregao.zoo.baselines import BASELINES, Baseline


def _make_dataset(
    prices: Sequence[Prices], experiment: Experiment, split: Split | Borders
) -> Dataset:
    cut = experiment.window_settings
    return cut_windows(
        prices,
        features=cut.features,
        lookback=cut.lookback,
        horizon=cut.horizon,
        scaling=cut.scaling,
        capped=cut.capped,
        split=split,
    )


def _live_windows(prices: Sequence[Prices], experiment: Experiment, scaler: Scaler) -> Windows:
    return cut_live(prices, scaler=scaler, lookback=experiment.lookback, horizon=experiment.horizon)


def _train(experiment: Experiment, dataset: Dataset) -> FittedNetwork:
    from pregao.training import finish, train

    return finish(train(experiment, dataset))


@dataclass(frozen=True)
class Pipeline:
    """The functions from prices to forecasts; by default those of Pregao.

    An audit calls these and compares their results; pass other functions to audit another
    pipeline. For an audit in several processes, define them at the top level of a module.
    """

    find_feature: Callable[[str], Feature] = find_feature
    make_dataset: Callable[[Sequence[Prices], Experiment, Split | Borders], Dataset] = _make_dataset
    live_windows: Callable[[Sequence[Prices], Experiment, Scaler], Windows] = _live_windows
    """The window of the last session of each symbol, with a fitted scaler."""
    targets: Callable[[Experiment, Windows], NDArray[Any]] = price_targets
    """The training targets of a network: (n, steps)."""
    baselines: Mapping[str, Baseline] = field(default_factory=lambda: dict(BASELINES))
    train: Callable[[Experiment, Dataset], FittedNetwork] = _train


DEFAULT_PIPELINE = Pipeline()
"""The pipeline of Pregao."""
