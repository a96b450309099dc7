"""The result of one forecaster, from its scores to the pages that show it."""

from collections.abc import Mapping
from typing import Literal

from pydantic.json_schema import SkipJsonSchema

from pregao.scores import Metrics
from pregao.training import Combination, Epoch
from pregao.training.search import Plain
from pregao.values import Value

COMBINATIONS: Mapping[str, Combination] = {
    "ensemble_uniform": "uniform",
    "ensemble_weighted": "weighted",
    "ensemble_stacked": "stacked",
}
"""The ensembles that are ranked beside the networks they average, by name."""

Kind = Literal["network", "ensemble", "baseline"]


class WindowCounts(Value):
    """The number of windows of each part."""

    train: int
    validation: int
    test: int


class Trials(Value):
    """How often these test sessions have been accessed, and for how many configurations."""

    num_openings: int = 1
    num_trials: int = 1
    """All configurations tried on these sessions, not only those of one report: the deflated
    Sharpe ratio corrects for them."""
    num_lost: int = 0
    """Lines that the ledger is known to have had and lost."""


class AgainstNaive(Value):
    """Test scores relative to the random walk's, on the same windows."""

    crps_skill: float
    mae_skill: float
    dm_p_value: float


class AgainstRival(Value):
    """Test scores relative to those of the baseline with the best validation CRPS."""

    name: str
    crps_skill: float
    dm_p_value: float | SkipJsonSchema[None]
    """None for a baseline of a report, of which it is not stored."""

    @property
    def tested_p_value(self) -> float:
        """The p-value where it is known: of every candidate, and of a fresh comparison."""
        assert self.dm_p_value is not None, "reports do not store it for baselines"
        return self.dm_p_value


class Training(Value):
    """How a network was trained, which a comparison does not know."""

    parameters: int
    epochs: tuple[Epoch, ...]
    best_epoch: int
    seconds: float
    """Of all its trainings, those of its trials included."""
    best_params: dict[str, Plain] | None = None
    """What a search chose; None where nothing was searched."""
    trials: int | None = None
    pruned: int | None = None


class EvaluatedForecaster(Value):
    """One forecaster's result: its scores, its tests against baselines, and its training.

    Reports store it in the layouts of `_layouts`, which leave out what their place implies.
    """

    name: str
    kind: Kind
    metrics: Metrics
    """Scores of the test part."""
    validation_crps: float
    versus_random_walk: AgainstNaive
    versus_best_baseline: AgainstRival
    parameters: int | None = None
    """None for a baseline, as `best_epoch` and `seconds`."""
    epochs: tuple[Epoch, ...] = ()
    best_epoch: int | None = None
    seconds: float | None = None
    best_params: dict[str, Plain] | None = None
    """What a search chose; None where nothing was searched, as `trials` and `pruned`."""
    trials: int | None = None
    pruned: int | None = None

    @property
    def is_baseline(self) -> bool:
        """Whether it is one of the baselines."""
        return self.kind == "baseline"

    @property
    def is_searched(self) -> bool:
        """Whether a search chose its settings."""
        return self.trials is not None

    @property
    def best_validation_loss(self) -> float | None:
        """The validation loss of the weights that were kept; None without a training."""
        losses = {each.number: each.validation_loss for each in self.epochs}
        return None if self.best_epoch is None else losses.get(self.best_epoch)

    def untested(self) -> "EvaluatedForecaster":
        """Return the same result without its test against the best baseline, as reports store it.

        Reports of baselines never had it.
        """
        rival = self.versus_best_baseline.replace(dm_p_value=None)
        return self.replace(versus_best_baseline=rival)

    def beside_training(self, training: Training) -> "EvaluatedForecaster":
        """Return the same result with how the network was trained."""
        return self.replace(**dict(training))


def kind_of_candidate(name: str) -> Kind:
    """Return whether a candidate is a network or an average of some, by its name."""
    return "ensemble" if name in COMBINATIONS else "network"
