"""Compare candidates with baselines on the same windows, the random walk among them."""

from collections.abc import Mapping
from typing import Self

import numpy as np
from pydantic import model_validator

from pregao.errors import MissingNaiveError
from pregao.evaluation._findings import diagnose
from pregao.evaluation._layouts import ComparedBaseline, ComparedCandidate
from pregao.evaluation._results import (
    AgainstNaive,
    AgainstRival,
    EvaluatedForecaster,
    Kind,
    kind_of_candidate,
)
from pregao.evaluation._verdict import verdict_on
from pregao.findings import Finding
from pregao.inference import (
    Edge,
    Overfitting,
    Promotion,
    Verdict,
    decide_promotion,
    diebold_mariano,
    probability_of_overfitting,
)
from pregao.scores import NAIVE, ScoredForecasts, mean_by_date, skill
from pregao.values import Value

_FEWEST_TO_CHOOSE_FROM = 8
_FEWEST_DATES = 160
"""Ten for each of the sixteen groups that are put together in halves."""


class Comparison(Value):
    """Forecasters scored on the same windows; validation requires the random walk among them."""

    baselines: tuple[ComparedBaseline, ...]
    """In the order given, the random walk among them."""
    ranking: tuple[ComparedCandidate, ...]
    """The candidates, best validation CRPS first; the test part does not enter."""
    best_baseline: str
    """The baseline of the best validation CRPS."""
    candidate: str
    """The forecaster that the verdict is about: the first of the ranking unless another was named,
    or the best baseline where there are no candidates."""
    champion: str
    """The candidate if it was promoted, else the best baseline."""
    edge: Edge
    promotion: Promotion | None
    """The tests that decided on the champion; None where there are no candidates."""
    overfitting: Overfitting | None
    """How often the best candidate in sample would fall behind out of sample if the test part were
    used to choose; None for fewer than eight candidates."""
    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @model_validator(mode="after")
    def _includes_the_naive_forecast(self) -> Self:
        names = [each.name for each in (*self.baselines, *self.ranking)]
        if NAIVE not in [each.name for each in self.baselines]:
            raise ValueError(f"the baselines lack {NAIVE!r}, against which every score is shown")
        if len(set(names)) != len(names):
            raise ValueError("two forecasters share a name")
        if not {self.best_baseline, self.candidate} <= set(names):
            raise ValueError("the candidate and the best baseline are among the scored")
        champion = self.best_baseline if self.promotion is None else self.promotion.champion
        if self.champion != champion or (self.edge == "proven") != (champion != self.best_baseline):
            raise ValueError("the champion is the promoted candidate, else the best baseline")
        return self

    def forecaster(self, name: str) -> EvaluatedForecaster:
        """Return one forecaster's result."""
        return next(each for each in (*self.baselines, *self.ranking) if each.name == name)


def compare(
    candidates: Mapping[str, ScoredForecasts],
    baselines: Mapping[str, ScoredForecasts],
    *,
    subject: str | None = None,
    num_folds: int = 1,
) -> Comparison:
    """Rank candidates and baselines on validation, and test the choice once.

    Ranking and best baseline come from the validation CRPS alone. The first of the ranking becomes
    champion, and has an edge, if it passes the tests of `decide_promotion` on the test part, by its
    CRPS averaged over steps; otherwise the best baseline is champion. Only one candidate is tested,
    so there is no selection among many to correct for.

    Parameters
    ----------
    subject
        A candidate named beforehand: it is tested in place of the first of the ranking.
    num_folds
        How many times everything was fitted: more than once in a walk-forward.

    Raises
    ------
    MissingNaiveError
        If `random_walk` is not among the baselines.
    """
    if NAIVE not in baselines:
        raise MissingNaiveError(NAIVE, baselines)
    assert not set(candidates) & set(baselines), "two forecasters share a name"
    scored = {**baselines, **candidates}
    assert len({each.windows for each in scored.values()}) == 1, (
        "all are scored on the same windows"
    )
    best_baseline = min(baselines, key=lambda name: scored[name].validation_crps)
    evaluated = {
        name: _evaluated(scored, name, kind_of_candidate(name), best_baseline)
        for name in candidates
    }
    evaluated |= {name: _evaluated(scored, name, "baseline", best_baseline) for name in baselines}
    ranking = sorted((evaluated[name] for name in candidates), key=lambda e: e.validation_crps)
    first = ranking[0] if ranking else evaluated[best_baseline]
    candidate = first if subject is None else evaluated[subject]
    promotion = _promotion(candidates, baselines, candidate.name, best_baseline)
    edge: Edge = "proven" if promotion is not None and promotion.promoted else "none"
    return Comparison(
        baselines=tuple(evaluated[name] for name in baselines),
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


def _overfitting(
    candidates: Mapping[str, ScoredForecasts], rival: ScoredForecasts
) -> Overfitting | None:
    dates = len(np.unique(rival.sessions))
    if len(candidates) < _FEWEST_TO_CHOOSE_FROM or dates < _FEWEST_DATES:
        return None
    saved = np.stack([rival.loss - each.loss for each in candidates.values()], axis=1)
    return probability_of_overfitting(mean_by_date(saved, rival.sessions), measure="mean")


def _promotion(
    candidates: Mapping[str, ScoredForecasts],
    baselines: Mapping[str, ScoredForecasts],
    candidate: str,
    best_baseline: str,
) -> Promotion | None:
    if not candidates:
        return None
    rival = baselines[best_baseline]
    return decide_promotion(
        {name: each.loss for name, each in candidates.items()},
        {name: each.loss for name, each in baselines.items()},
        candidate=candidate,
        best_baseline=best_baseline,
        sessions=rival.sessions,
        horizon=rival.metrics.horizon,
    )


def _evaluated(
    scored: Mapping[str, ScoredForecasts], name: str, kind: Kind, best: str
) -> EvaluatedForecaster:
    """Return a forecaster's result, with its skill and its tests against two baselines."""
    own, naive, rival = scored[name], scored[NAIVE], scored[best]

    def p_value(other: ScoredForecasts) -> float:
        test = diebold_mariano(
            own.loss, other.loss, horizon=own.metrics.horizon, sessions=own.sessions
        )
        return test.p_value

    return EvaluatedForecaster(
        name=name,
        kind=kind,
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
