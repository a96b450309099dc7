"""What a comparison says about one forecaster."""

from pregao.scores import Metrics
from pregao.values import Value


class WindowCounts(Value):
    """How many windows each part has."""

    train: int
    validation: int
    test: int


class Trials(Value):
    """How often these test sessions were opened by now, and for how many configurations."""

    num_openings: int = 1
    num_trials: int = 1
    """All that were tried on them, not only those of one report: a good score is measured by it."""
    num_lost: int = 0
    """Lines that the ledger is known to have had and lost."""


class AgainstNaive(Value):
    """Test scores beside the random walk's, on the same windows."""

    crps_skill: float
    mae_skill: float
    dm_p_value: float


class AgainstRival(Value):
    """Test scores beside those of the baseline that was best on validation."""

    name: str
    crps_skill: float
    dm_p_value: float


class Scored(Value):
    """One forecaster's test scores, its validation CRPS, and what they are worth."""

    name: str
    metrics: Metrics
    validation_crps: float
    versus_random_walk: AgainstNaive
    versus_best_baseline: AgainstRival
