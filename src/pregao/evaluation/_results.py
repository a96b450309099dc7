"""What a comparison says about one forecaster."""

from pregao.evaluation._scores import Metrics
from pregao.values import Value

NAIVE = "random_walk"
"""The baseline without which no score is reported."""
SIGNIFICANCE = 0.05


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


class Verdict(Value):
    """One plain sentence, in English and in Brazilian Portuguese."""

    en: str
    pt_br: str


def has_edge(scored: Scored) -> bool:
    """Tell whether the best baseline is beaten by more than luck would allow."""
    rival = scored.versus_best_baseline
    return rival.crps_skill > 0 and rival.dm_p_value < SIGNIFICANCE
