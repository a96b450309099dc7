"""Forecasters beside the naive forecast, on the same windows, in one value."""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from pregao.errors import MissingNaiveError
from pregao.evaluation._diagnosis import diagnose
from pregao.evaluation._judge import Judged
from pregao.evaluation._results import (
    NAIVE,
    AgainstNaive,
    AgainstRival,
    Scored,
    Verdict,
    has_edge,
)
from pregao.evaluation._scores import skill
from pregao.evaluation._significance import diebold_mariano
from pregao.evaluation._verdict import verdict_on
from pregao.findings import Finding
from pregao.values import Value


class Comparison(Value):
    """Many forecasters scored on the same windows; it cannot exist without the random walk."""

    baselines: tuple[Scored, ...]
    """In the order given, the random walk among them."""
    ranking: tuple[Scored, ...]
    """The candidates, best validation CRPS first; the test part has no say in it."""
    best_baseline: str
    """The baseline of the best validation CRPS."""
    champion: str
    """The one that the verdict is about: the first of the ranking unless another was asked for, or
    the best baseline where there are no candidates."""
    edge: bool
    """Whether the champion beats the best baseline on the test part, at the 5 % level."""
    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @model_validator(mode="after")
    def _stands_beside_naive(self) -> Self:
        names = [each.name for each in (*self.baselines, *self.ranking)]
        if NAIVE not in [each.name for each in self.baselines]:
            raise ValueError(f"the baselines lack {NAIVE!r}: no score stands alone")
        if len(set(names)) != len(names):
            raise ValueError("a name stands for one forecaster")
        if not {self.best_baseline, self.champion} <= set(names):
            raise ValueError("the champion and the best baseline are among the scored")
        return self

    def scored(self, name: str) -> Scored:
        """Give one forecaster's scores."""
        return next(each for each in (*self.baselines, *self.ranking) if each.name == name)


def compare(
    candidates: Mapping[str, Judged],
    baselines: Mapping[str, Judged],
    *,
    subject: str | None = None,
) -> Comparison:
    """Put candidates beside baselines, choose on validation, and test the choice once.

    Ranking and best baseline come from the validation CRPS alone. The champion has an edge where
    its test CRPS, averaged over steps, is smaller than the best baseline's by a one-sided
    Diebold-Mariano test at 5 %, losses averaged by date. The test part is asked about one candidate
    only, so there is no luck of the many to correct for. A `subject` named beforehand is that
    candidate, wherever it ranks.

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
    champion = first if subject is None else scored[subject]
    return Comparison(
        baselines=tuple(scored[name] for name in baselines),
        ranking=tuple(ranking),
        best_baseline=best_baseline,
        champion=champion.name,
        edge=has_edge(champion),
        verdict=verdict_on(champion),
        findings=diagnose(champion, ranking),
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
