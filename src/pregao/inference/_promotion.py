"""Promotion: whether the candidate network becomes champion in place of the best baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, assert_never

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
from pregao.values import Text, Value, bilingual


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
        why=Verdict.from_text(
            bilingual(
                "{gain}, {place}. {end}",
                gain=_gain_text(gain),
                place=_place_text(place),
                end=_end_text(champion, obstacle, hardest),
            )
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


@dataclass(frozen=True)
class _Place:
    """The candidate's membership in the confidence set, as the verdict states it."""

    is_member: bool
    p_value: float
    num_forecasters: int


def _gain_text(gain: _Gain) -> Text:
    facts: dict[str, Text | str | float] = {
        "sessions": gain.skill.num_observations,
        "candidate": gain.candidate,
        "baseline": gain.baseline,
        "percent": 100 * abs(gain.skill.estimate),
        "interval": _interval_text(gain.skill),
        "test": _test_text(gain.p_value),
    }
    if gain.skill.estimate >= 0:
        return bilingual(
            "On {sessions} test sessions the loss of {candidate} is {percent:.1f} % lower than "
            "that of the best baseline, {baseline} ({interval}{test})",
            **facts,
        )
    return bilingual(
        "On {sessions} test sessions the loss of {candidate} is {percent:.1f} % higher than "
        "that of the best baseline, {baseline} ({interval}{test})",
        **facts,
    )


def _interval_text(skill: Interval) -> Text:
    if skill.low is None or skill.high is None:
        return Text.same("")
    return bilingual(
        "{level} %: {low:.1f} to {high:.1f} %; ",
        level=round(100 * skill.level),
        low=100 * skill.low,
        high=100 * skill.high,
    )


def _test_text(p_value: float) -> Text:
    if p_value < 0.001:
        return bilingual("DM p < 0.001")
    if p_value < 0.01:
        return bilingual("DM p = {p_value:.3f}", p_value=p_value)
    return bilingual("DM p = {p_value:.2f}", p_value=p_value)


def _place_text(place: _Place) -> Text:
    if place.is_member:
        return bilingual(
            "and is in the confidence set of the {count} forecasters (p = {p_value:.2f})",
            count=place.num_forecasters,
            p_value=place.p_value,
        )
    return bilingual(
        "and is not in the confidence set of the {count} forecasters (p = {p_value:.2f})",
        count=place.num_forecasters,
        p_value=place.p_value,
    )


def _end_text(champion: str, obstacle: _Obstacle | None, hardest: str) -> Text:
    if obstacle is None:
        return bilingual("So {champion} is champion.", champion=champion)
    return bilingual(
        "So {champion} stays champion, without an edge: {reason}.",
        champion=champion,
        reason=_reason_text(obstacle, hardest),
    )


def _reason_text(obstacle: _Obstacle, hardest: str) -> Text:
    match obstacle:
        case "too_few":
            return bilingual("the sessions are too few to tell")
        case "not_significant":
            return bilingual("the difference is not significant")
        case "other_baseline":
            return bilingual("the difference to {baseline} is not significant", baseline=hardest)
        case "not_in_set":
            return bilingual("others are better")
        case _:
            assert_never(obstacle)
