"""Forecasters beside the naive forecast, on the same windows, in one value."""

from collections.abc import Mapping
from typing import Self

import numpy as np
from pydantic import model_validator

from pregao.errors import MissingNaiveError
from pregao.evaluation._findings import diagnose
from pregao.evaluation._results import AgainstNaive, AgainstRival, Scored
from pregao.evaluation._verdict import verdict_on
from pregao.findings import Finding
from pregao.inference import (
    Edge,
    Overfitting,
    Promotion,
    Verdict,
    diebold_mariano,
    probability_of_overfitting,
    promote,
)
from pregao.scores import NAIVE, Judged, mean_by_date, skill
from pregao.values import Value

_FEWEST_TO_CHOOSE_FROM = 8
_FEWEST_DATES = 160
"""Ten for each of the sixteen groups that are put together in halves."""


class Comparison(Value):
    """Many forecasters scored on the same windows; it cannot exist without the random walk."""

    baselines: tuple[Scored, ...]
    """In the order given, the random walk among them."""
    ranking: tuple[Scored, ...]
    """The candidates, best validation CRPS first; the test part has no say in it."""
    best_baseline: str
    """The baseline of the best validation CRPS."""
    candidate: str
    """The one that the verdict is about: the first of the ranking unless another was asked for, or
    the best baseline where there are no candidates."""
    champion: str
    """The candidate if it has earned it, else the best baseline."""
    edge: Edge
    promotion: Promotion | None
    """What the champion rests on; None where there are no candidates."""
    overfitting: Overfitting | None
    """How often the best candidate in sample falls behind out of sample, were the test part used to
    choose; None for fewer than eight candidates."""
    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @model_validator(mode="after")
    def _stands_beside_naive(self) -> Self:
        names = [each.name for each in (*self.baselines, *self.ranking)]
        if NAIVE not in [each.name for each in self.baselines]:
            raise ValueError(f"the baselines lack {NAIVE!r}: no score stands alone")
        if len(set(names)) != len(names):
            raise ValueError("a name stands for one forecaster")
        if not {self.best_baseline, self.candidate} <= set(names):
            raise ValueError("the candidate and the best baseline are among the scored")
        champion = self.best_baseline if self.promotion is None else self.promotion.champion
        if self.champion != champion or (self.edge == "proven") != (champion != self.best_baseline):
            raise ValueError("the champion is who was promoted, else the best baseline")
        return self

    def scored(self, name: str) -> Scored:
        """Give one forecaster's scores."""
        return next(each for each in (*self.baselines, *self.ranking) if each.name == name)


def compare(
    candidates: Mapping[str, Judged],
    baselines: Mapping[str, Judged],
    *,
    subject: str | None = None,
    num_folds: int = 1,
) -> Comparison:
    """Put candidates beside baselines, choose on validation, and test the choice once.

    Ranking and best baseline come from the validation CRPS alone. The first of the ranking becomes
    champion, and has an edge, where the test part leaves no other way (`promote`), by its CRPS
    averaged over steps; otherwise the best baseline is champion. The test part is asked about one
    candidate only, so there is no luck of the many to correct for. A `subject` named beforehand is
    that candidate, wherever it ranks.

    Parameters
    ----------
    num_folds
        How many times everything was fitted: more than once in a walk-forward.

    Raises
    ------
    MissingNaiveError
        If `random_walk` is not among the baselines.
    """
    if NAIVE not in baselines:
        raise MissingNaiveError(NAIVE, baselines)
    assert not set(candidates) & set(baselines), "a name stands for one forecaster"
    judged = {**baselines, **candidates}
    assert len({each.windows for each in judged.values()}) == 1, "all judged on the same windows"
    best_baseline = min(baselines, key=lambda name: judged[name].validation_crps)
    scored = {name: _beside(judged, name, best_baseline) for name in judged}
    ranking = sorted((scored[name] for name in candidates), key=lambda each: each.validation_crps)
    first = ranking[0] if ranking else scored[best_baseline]
    candidate = first if subject is None else scored[subject]
    promotion = _promotion(candidates, baselines, candidate.name, best_baseline)
    edge: Edge = "proven" if promotion is not None and promotion.promoted else "none"
    return Comparison(
        baselines=tuple(scored[name] for name in baselines),
        ranking=tuple(ranking),
        best_baseline=best_baseline,
        candidate=candidate.name,
        champion=best_baseline if promotion is None else promotion.champion,
        edge=edge,
        promotion=promotion,
        overfitting=_overfitting(candidates, baselines[best_baseline]),
        verdict=verdict_on(candidate, promotion, num_folds=num_folds),
        findings=diagnose(candidate, ranking, promotion),
    )


def _overfitting(candidates: Mapping[str, Judged], rival: Judged) -> Overfitting | None:
    dates = len(np.unique(rival.sessions))
    if len(candidates) < _FEWEST_TO_CHOOSE_FROM or dates < _FEWEST_DATES:
        return None
    saved = np.stack([rival.loss - each.loss for each in candidates.values()], axis=1)
    return probability_of_overfitting(mean_by_date(saved, rival.sessions), measure="mean")


def _promotion(
    candidates: Mapping[str, Judged],
    baselines: Mapping[str, Judged],
    candidate: str,
    best_baseline: str,
) -> Promotion | None:
    if not candidates:
        return None
    rival = baselines[best_baseline]
    return promote(
        {name: each.loss for name, each in candidates.items()},
        {name: each.loss for name, each in baselines.items()},
        candidate=candidate,
        best_baseline=best_baseline,
        sessions=rival.sessions,
        horizon=rival.metrics.horizon,
    )


def _beside(judged: Mapping[str, Judged], name: str, best: str) -> Scored:
    own, naive, rival = judged[name], judged[NAIVE], judged[best]

    def p_value(other: Judged) -> float:
        test = diebold_mariano(
            own.loss, other.loss, horizon=own.metrics.horizon, sessions=own.sessions
        )
        return test.p_value

    return Scored(
        name=name,
        metrics=own.metrics,
        validation_crps=own.validation_crps,
        versus_random_walk=AgainstNaive(
            crps_skill=skill(own.metrics.crps, naive.metrics.crps),
            mae_skill=skill(own.metrics.mae, naive.metrics.mae),
            dm_p_value=p_value(naive),
        ),
        versus_best_baseline=AgainstRival(
            name=best,
            crps_skill=skill(own.metrics.crps, rival.metrics.crps),
            dm_p_value=p_value(rival),
        ),
    )
