"""The windows of several experiments on the same prices, in parts that are alike."""

from collections.abc import Sequence

from pregao.dataset import Borders, Dataset, Split, make_dataset, skipped_sessions
from pregao.prices import Prices
from pregao.training._experiment import Experiment, WindowSettings

Datasets = dict[WindowSettings, Dataset]
"""One for each way of cutting windows that a set of experiments has."""


def datasets_for(
    prices: Sequence[Prices], experiments: Sequence[Experiment], *, borders: Borders | None = None
) -> Datasets:
    """Cut the windows of each experiment, all inside the borders given, or those of the first.

    Whatever their features and lookbacks, experiments of one horizon are then scored on the same
    validation and test windows.

    Raises
    ------
    HistoryTooShortError, SplitError
        If an experiment's windows do not fit.
    """
    assert len({each.horizon for each in experiments}) == 1, "the same windows need one horizon"
    cuts = list(dict.fromkeys(each.window_settings for each in experiments))
    skip = max(skipped_sessions(each.features, each.lookback) for each in cuts)
    datasets: Datasets = {}
    split: Split | Borders = borders or experiments[0].split
    for cut in cuts:
        datasets[cut] = make_dataset(
            prices,
            features=cut.features,
            lookback=cut.lookback,
            horizon=cut.horizon,
            scaling=cut.scaling,
            capped=cut.capped,
            split=split,
            min_skip_sessions=skip if len(cuts) > 1 else 0,
        )
        split = datasets[cut].borders
    return datasets
