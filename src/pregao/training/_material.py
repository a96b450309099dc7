"""The windows of several experiments on the same prices, in parts that are alike."""

from collections.abc import Sequence

from pregao.dataset import Borders, Dataset, Split, make_dataset
from pregao.prices import Prices
from pregao.training._experiment import Cut, Experiment

Datasets = dict[Cut, Dataset]
"""One for each way of cutting windows that a set of experiments has."""


def datasets_for(prices: Sequence[Prices], experiments: Sequence[Experiment]) -> Datasets:
    """Cut the windows of each experiment, all inside the borders of the first.

    Whatever their features and lookbacks, experiments of one horizon are then scored on the same
    validation and test windows.

    Raises
    ------
    HistoryTooShortError, SplitError
        If an experiment's windows do not fit.
    """
    assert len({each.horizon for each in experiments}) == 1, "the same windows need one horizon"
    datasets: Datasets = {}
    split: Split | Borders = experiments[0].split
    for experiment in experiments:
        cut = experiment.cut
        if cut not in datasets:
            datasets[cut] = cut_windows(prices, cut, split)
            split = next(iter(datasets.values())).borders
    return datasets


def cut_windows(prices: Sequence[Prices], cut: Cut, split: Split | Borders) -> Dataset:
    """Cut the windows of one experiment."""
    return make_dataset(
        prices,
        features=cut.features,
        lookback=cut.lookback,
        horizon=cut.horizon,
        scaling=cut.scaling,
        capped=cut.capped,
        split=split,
    )
