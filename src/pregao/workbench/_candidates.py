"""Who competes on which windows, on what terms, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pregao.calibration import Serving
from pregao.dataset import Dataset, WalkForward, make_dataset
from pregao.decisions.trading import Trading
from pregao.evaluation import Examined, Report, Trained
from pregao.findings import Finding
from pregao.scores import Judged
from pregao.training import Combination, Datasets, DeviceName, Experiment, Model, datasets_for
from pregao.training.engines import Engine, Local
from pregao.workbench._prices import Checked
from pregao.zoo.baselines import FittedBaseline, Forecaster

COMBINATIONS: Mapping[str, Combination] = {
    "ensemble_uniform": "uniform",
    "ensemble_weighted": "weighted",
    "ensemble_stacked": "stacked",
}
"""The ensembles that stand beside the networks they average, by name."""


@dataclass(frozen=True)
class Terms:
    """How a contest is run, and how much is asked of it."""

    engine: Engine = field(default_factory=Local)
    device: DeviceName = "cpu"
    ensemble: int = 0
    """How many of the best networks are averaged; fewer than two is none."""
    walk: WalkForward | None = None
    """How the champion is proven over many origins; None judges its single fit."""


@dataclass(frozen=True)
class Progress:
    """One forecaster is done."""

    stage: Literal["baseline", "network"]
    name: str
    done: int
    total: int
    seconds: float
    fold: int = 1
    """Of a walk-forward, from 1 on."""


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class Chosen:
    """What a search says of the entrant that it chose."""

    checkpoint: bytes
    best_params: Mapping[str, object]
    trials: int
    pruned: int
    seconds: float


@dataclass(frozen=True)
class Entrant:
    """A network that competes: to be trained, or chosen and trained by a search before."""

    name: str
    experiment: Experiment
    chosen: Chosen | None = None


@dataclass(frozen=True, eq=False)
class Said:
    """What one forecaster said, judged, with its forecast from each symbol's last session."""

    judged: Judged
    live: NDArray[np.float64]
    """(symbols, horizon, levels)"""
    serving: Serving
    """What it takes to forecast with it."""
    seconds: float
    findings: tuple[Finding, ...] = ()
    model: Model | None = None
    """None for a baseline, and for networks that are out of the running."""
    trained: Trained | None = None
    baseline: FittedBaseline | None = None
    """None for a network."""
    examined: Examined | None = None
    """Of the candidate and of the best baseline, where one contest is held."""

    @property
    def forecaster(self) -> Forecaster:
        """What was fitted."""
        found = self.model or self.baseline
        assert found is not None, "it is still at hand"
        return found


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished contest: the report, and what is needed to store and to serve what won."""

    report: Report
    candidate: Said
    champion: Said
    """The candidate, or the best baseline where that has not earned its place."""
    made_from: tuple[Experiment, ...]
    """What the candidate was asked to be: an experiment, or those of the networks it averages."""
    prices: tuple[Checked, ...]
    tradings: Mapping[str, tuple[Trading, ...]]
    """The simulated accounts of who was examined, one a market."""


@dataclass(frozen=True, eq=False)
class Group:
    """Symbols whose windows are pooled, and the networks that compete on them."""

    prices: tuple[Checked, ...]
    entrants: tuple[Entrant, ...]
    datasets: Datasets

    @classmethod
    def of(cls, prices: Sequence[Checked], entrants: Sequence[Entrant]) -> "Group":
        """Cut the windows of all entrants, inside the borders of the first.

        Raises
        ------
        HistoryTooShortError, SplitError
            If they do not fit.
        """
        experiments = [each.experiment for each in entrants]
        datasets = datasets_for([each.prices for each in prices], experiments)
        return cls(tuple(prices), tuple(entrants), datasets)

    @classmethod
    def as_learnt(
        cls, prices: Sequence[Checked], model: Model, entrants: Sequence[Entrant] = ()
    ) -> "Group":
        """Cut windows as a trained model reads them; the entrants are what it was asked to be.

        Scaler and borders are its own: what it was trained or chosen on is never its test part.
        """
        dataset = make_dataset(
            [each.prices for each in prices],
            features=model.scaler.features,
            lookback=model.experiment.lookback,
            horizon=model.experiment.horizon,
            split=model.borders,
            scaler=model.scaler,
        )
        return cls(tuple(prices), tuple(entrants), {model.experiment.cut: dataset})

    @property
    def first(self) -> Dataset:
        """The dataset that baselines are fitted on."""
        return next(iter(self.datasets.values()))

    @property
    def largest_first(self) -> list[Entrant]:
        """The entrants by size."""
        num_features = len(self.first.scaler.features)
        return sorted(self.entrants, key=lambda each: -each.experiment.num_parameters(num_features))
