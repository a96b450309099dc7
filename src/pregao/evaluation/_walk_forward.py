"""The result of a walk-forward: a forecaster refitted before each fold of its test part."""

from collections.abc import Mapping
from datetime import date
from typing import Self

from pregao.dataset import Dataset, WalkForward
from pregao.evaluation._comparison import Comparison
from pregao.evaluation._results import WindowCounts
from pregao.instruments import as_date
from pregao.scores import ScoredForecasts, skill
from pregao.values import Value


class Fold(Value):
    """One fold of a walk-forward: the borders of its parts, and each forecaster's CRPS."""

    train_first: date
    train_last: date
    """The last session that a training target touches."""
    validation_first: date
    validation_last: date
    test_first: date
    test_last: date
    """The last test cutoff."""
    windows: WindowCounts
    crps: dict[str, float]
    """Of the test windows, by forecaster."""

    @classmethod
    def from_scores(cls, dataset: Dataset, scored: Mapping[str, ScoredForecasts]) -> Self:
        """Summarise the dataset and the scores of a fold."""
        cutoffs = {
            "train": dataset.train.cutoffs,
            "validation": dataset.validation.cutoffs,
            "test": dataset.sealed_test.cutoffs,
        }
        return cls(
            train_first=as_date(cutoffs["train"].min()),
            train_last=dataset.borders.train_last,
            validation_first=as_date(cutoffs["validation"].min()),
            validation_last=dataset.borders.validation_last,
            test_first=as_date(cutoffs["test"].min()),
            test_last=as_date(cutoffs["test"].max()),
            windows=WindowCounts.model_validate(dataset.num_windows),
            crps={name: each.metrics.crps for name, each in scored.items()},
        )


class WalkForwardResult(Value):
    """Forecasters compared over all folds together, on every window of the test part."""

    plan: WalkForward
    folds: tuple[Fold, ...]
    comparison: Comparison

    def skills(self, name: str, rival: str) -> tuple[float, ...]:
        """Return a forecaster's skill against another one, fold by fold."""
        return tuple(skill(each.crps[name], each.crps[rival]) for each in self.folds)
