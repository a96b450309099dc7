"""Promotion: whether the candidate network becomes champion in place of the best baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import model_validator

from pregao.errors import MissingNaiveError
from pregao.inference._bootstrap import Interval, is_enough, skill_interval
from pregao.inference._confidence_set import ConfidenceSet, confidence_set
from pregao.inference._diebold_mariano import DieboldMariano, diebold_mariano
from pregao.inference._edge import SIGNIFICANCE, Verdict
from pregao.inference._superior_ability import (
    SuperiorPredictiveAbility,
    superior_predictive_ability,
)
from pregao.instruments import Sessions
from pregao.scores import NAIVE, Float
from pregao.values import Value


class Promotion(Value):
    """The decision whether the candidate becomes champion, with the tests behind it.

    Validation enforces the conditions: a candidate is promoted if and only if it is in the
    confidence set and beats every baseline, both at the level, on enough sessions.
    """

    champion: str
    """The candidate if it is promoted, else the best baseline."""
    promoted: bool
    candidate: str
    """Chosen on validation, as the best baseline was."""
    best_baseline: str
    in_confidence_set: bool
    """Whether the candidate is in the confidence set of all candidates and baselines."""
    set_p_value: float
    dm_p_value: float
    """Of the one-sided Diebold-Mariano test that it beats the best baseline."""
    hardest_baseline: str
    """The baseline of largest p-value: the best one on validation need not be the best on test."""
    hardest_p_value: float
    level: float
    """Of both tests."""
    has_enough_sessions: bool
    """Whether the test part has eight dates and four horizons; with fewer there is no promotion."""
    spa_p_value: float
    """Of the SPA test that any candidate beats the best baseline, corrected for their number. No
    condition of promotion, as one candidate alone is tested."""
    skill: Interval
    """The relative reduction of the best baseline's loss by the candidate."""
    num_forecasters: int
    why: Verdict
    """The decision in a sentence."""
    confidence_set: tuple[str, ...] = ()
    """The members, candidates and baselines, of the model confidence set."""

    @model_validator(mode="after")
    def _follows_from_its_conditions(self) -> Self:
        beats = self.hardest_p_value < self.level
        promoted = self.has_enough_sessions and self.in_confidence_set and beats
        if self.promoted != promoted:
            raise ValueError("a candidate is promoted if and only if it meets all conditions")
        if self.champion != (self.candidate if promoted else self.best_baseline):
            raise ValueError("the champion is the candidate if promoted, else the best baseline")
        return self


def decide_promotion(
    candidates: Mapping[str, Float],
    baselines: Mapping[str, Float],
    *,
    candidate: str,
    best_baseline: str,
    sessions: Sessions,
    horizon: int,
    level: float = SIGNIFICANCE,
    num_resamples: int = 1000,
    seed: int = 0,
) -> Promotion:
    """Decide whether the candidate becomes champion.

    It must be in the confidence set of all candidates and baselines, and beat every baseline in a
    one-sided Diebold-Mariano test. Candidate and best baseline are chosen on validation, so there
    is one test on the test part and no multiplicity to correct for: a candidate as good as the
    baseline is promoted no more often than the level. (For forecasts over many steps a little more
    often, 8 % instead of 5 % with eight horizons of dates; with fewer than four there is no
    promotion.)

    Parameters
    ----------
    candidates, baselines
        (n,) test losses of each, all on the same windows.
    sessions
        (n,) the cutoff of each window: losses are averaged by date first.
    horizon
        Steps ahead of the longest forecast in the loss.

    Raises
    ------
    MissingNaiveError
        If `random_walk` is not among the baselines.

    Examples
    --------
    >>> import numpy as np
    >>> draw = np.random.default_rng(0)
    >>> days, naive = np.datetime64("2020-01-01") + np.arange(300), draw.gamma(2, 1, 300)
    >>> found = decide_promotion(
    ...     {"lstm": naive - 0.2 + draw.normal(0, 0.5, 300)},
    ...     {"random_walk": naive, "drift": naive + 0.1},
    ...     candidate="lstm", best_baseline="random_walk", sessions=days, horizon=1,
    ... )
    >>> found.champion, found.dm_p_value < 0.001
    ('lstm', True)
    """
    if NAIVE not in baselines:
        raise MissingNaiveError(NAIVE, baselines)
    assert not set(candidates) & set(baselines), "a name stands for one forecaster"
    own, rival = candidates[candidate], baselines[best_baseline]
    found = confidence_set(
        {**baselines, **candidates},
        sessions=sessions,
        horizon=horizon,
        level=level,
        num_resamples=num_resamples,
        seed=seed,
    )
    superiority = superior_predictive_ability(
        rival,
        candidates,
        sessions=sessions,
        horizon=horizon,
        num_resamples=num_resamples,
        seed=seed,
    )
    tests = {
        name: diebold_mariano(own, loss, horizon=horizon, sessions=sessions)
        for name, loss in baselines.items()
    }
    skill = skill_interval(own, rival, sessions=sessions, horizon=horizon, seed=seed)
    return _decide(
        candidate,
        best_baseline,
        found=found,
        superiority=superiority,
        tests=tests,
        skill=skill,
        horizon=horizon,
    )


def _decide(
    candidate: str,
    best_baseline: str,
    *,
    found: ConfidenceSet,
    superiority: SuperiorPredictiveAbility,
    tests: Mapping[str, DieboldMariano],
    skill: Interval,
    horizon: int,
) -> Promotion:
    """Derive the decision and its verdict from the tests of the candidate."""
    level = found.level
    test, hardest = tests[best_baseline], max(tests, key=lambda name: tests[name].p_value)
    gain = _Gain(candidate, best_baseline, skill, test.p_value)
    place = _Place(candidate in found.members, found.p_values[candidate], len(found.p_values))
    enough = is_enough(found.num_observations, horizon)
    obstacle = _obstacle(
        enough=enough,
        beats_best=test.p_value < level,
        beats_all=tests[hardest].p_value < level,
        in_set=place.is_member,
    )
    champion = best_baseline if obstacle else candidate
    return Promotion(
        champion=champion,
        promoted=obstacle is None,
        candidate=candidate,
        best_baseline=best_baseline,
        in_confidence_set=place.is_member,
        set_p_value=place.p_value,
        dm_p_value=test.p_value,
        hardest_baseline=hardest,
        hardest_p_value=tests[hardest].p_value,
        level=level,
        has_enough_sessions=enough,
        spa_p_value=superiority.consistent,
        skill=gain.skill,
        num_forecasters=place.num_forecasters,
        confidence_set=found.members,
        why=Verdict(
            en=f"{_gain_in_english(gain)}, {_place_in_english(place)}. "
            f"{_end_in_english(champion, obstacle, hardest)}",
            pt_br=f"{_gain_in_portuguese(gain)}, {_place_in_portuguese(place)}. "
            f"{_end_in_portuguese(champion, obstacle, hardest)}",
        ),
    )


_Obstacle = Literal["too_few", "not_significant", "other_baseline", "not_in_set"]


def _obstacle(*, enough: bool, beats_best: bool, beats_all: bool, in_set: bool) -> _Obstacle | None:
    """Return the first condition that the candidate fails, if any."""
    if not enough:
        return "too_few"
    if not beats_best:
        return "not_significant"
    if not beats_all:
        return "other_baseline"
    return None if in_set else "not_in_set"


@dataclass(frozen=True)
class _Gain:
    """The candidate's skill over the best baseline, as the verdict states it."""

    candidate: str
    baseline: str
    skill: Interval
    p_value: float

    def ends(self, to: str) -> str:
        """Format the ends of the interval; empty without an interval."""
        if self.skill.low is None or self.skill.high is None:
            return ""
        level = round(100 * self.skill.level)
        return f"{level} %: {100 * self.skill.low:.1f} {to} {100 * self.skill.high:.1f} %; "

    @property
    def is_lower(self) -> bool:
        """Return whether the candidate's loss is not above the baseline's."""
        return self.skill.estimate >= 0

    @property
    def test(self) -> str:
        """The p-value of the test, formatted."""
        p_value = self.p_value
        written = f"= {p_value:.{3 if p_value < 0.01 else 2}f}" if p_value >= 0.001 else "< 0.001"
        return f"DM p {written}"


@dataclass(frozen=True)
class _Place:
    """The candidate's membership in the confidence set, as the verdict states it."""

    is_member: bool
    p_value: float
    num_forecasters: int


def _gain_in_english(gain: _Gain) -> str:
    return (
        f"On {gain.skill.num_observations} test sessions the loss of {gain.candidate} is "
        f"{100 * abs(gain.skill.estimate):.1f} % {'lower' if gain.is_lower else 'higher'} than "
        f"that of the best baseline, {gain.baseline} ({gain.ends('to')}{gain.test})"
    )


def _gain_in_portuguese(gain: _Gain) -> str:
    numbers = f"({gain.ends('a')}{gain.test})".replace(".", ",")
    by = f"{100 * abs(gain.skill.estimate):.1f} %".replace(".", ",")
    return (
        f"Em {gain.skill.num_observations} pregões de teste, a perda de {gain.candidate} é {by} "
        f"{'menor' if gain.is_lower else 'maior'} que a da melhor referência, {gain.baseline} "
        f"{numbers}"
    )


def _place_in_english(place: _Place) -> str:
    member = "is in" if place.is_member else "is not in"
    return (
        f"and {member} the confidence set of the {place.num_forecasters} forecasters "
        f"(p = {place.p_value:.2f})"
    )


def _place_in_portuguese(place: _Place) -> str:
    member = "está" if place.is_member else "não está"
    return (
        f"e {member} no conjunto de confiança dos {place.num_forecasters} previsores "
        f"(p = {place.p_value:.2f}".replace(".", ",")
        + ")"
    )


_IN_ENGLISH: dict[_Obstacle, str] = {
    "too_few": "the sessions are too few to tell",
    "not_significant": "luck would explain as much",
    "other_baseline": "{hardest} is not beaten beyond luck",
    "not_in_set": "others are better still",
}
_IN_PORTUGUESE: dict[_Obstacle, str] = {
    "too_few": "são poucos pregões para saber",
    "not_significant": "a sorte explicaria o mesmo",
    "other_baseline": "{hardest} não é vencido além da sorte",
    "not_in_set": "outros são ainda melhores",
}


def _end_in_english(champion: str, obstacle: _Obstacle | None, hardest: str) -> str:
    if obstacle is None:
        return f"So {champion} is champion."
    why = _IN_ENGLISH[obstacle].format(hardest=hardest)
    return f"So {champion} stays champion, without an edge: {why}."


def _end_in_portuguese(champion: str, obstacle: _Obstacle | None, hardest: str) -> str:
    if obstacle is None:
        return f"Assim, {champion} é o campeão."
    why = _IN_PORTUGUESE[obstacle].format(hardest=hardest)
    return f"Assim, {champion} segue campeão, sem vantagem: {why}."
