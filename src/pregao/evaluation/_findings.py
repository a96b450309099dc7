"""Findings about a comparison: results that are too good, too bad, or due to chance."""

from collections.abc import Iterable, Sequence

from pregao.evaluation._checks import BELIEVABLE_R2, FEW_WINDOWS, best_accuracy, not_promoted
from pregao.evaluation._results import EvaluatedForecaster
from pregao.findings import Finding
from pregao.inference import Promotion
from pregao.scores import NAIVE
from pregao.values import Text, bilingual

LEAST_COVERAGE_90 = 0.8


def diagnose(
    candidate: EvaluatedForecaster,
    candidates: Sequence[EvaluatedForecaster],
    promotion: Promotion | None,
) -> tuple[Finding, ...]:
    """Return the findings about the candidate, and about all scores that no forecast can have."""
    suspects = candidates or [candidate]
    return (
        *_worse_than_baselines(candidate),
        *(finding for each in suspects for finding in _implausible(each)),
        *_edge_within_noise(candidate, promotion),
        *_not_promoted(promotion),
        *_underdispersed(candidate),
    )


def _worse_than_baselines(candidate: EvaluatedForecaster) -> Iterable[Finding]:
    """Yield a finding for the best baseline and one for the naive one, where each is better."""
    best, naive = candidate.versus_best_baseline, candidate.versus_random_walk
    if best.crps_skill < 0 and best.name != NAIVE:
        do = bilingual(
            "serve {rival}; more series or a simpler network may help, more epochs rarely do",
            rival=best.name,
        )
        yield Finding.from_code("EVA001", _worse(candidate.name, best.name, best.crps_skill), do=do)
    if naive.crps_skill < 0:
        yield Finding.from_code("EVA017", _worse(candidate.name, NAIVE, naive.crps_skill))


def _worse(name: str, rival: str, skill: float) -> Text:
    return bilingual(
        "{name}'s test CRPS is {by:.1f} % worse than {rival}'s",
        name=name,
        by=-100 * skill,
        rival=rival,
    )


def _implausible(forecaster: EvaluatedForecaster) -> Iterable[Finding]:
    metrics = forecaster.metrics
    seen = []
    if metrics.r2_returns > BELIEVABLE_R2:
        r2 = bilingual("an R2 on returns of {r2:.2f}", r2=metrics.r2_returns)
        seen.append(r2)
    # Where prices nearly always rise, so many hits are possible.
    possible = best_accuracy([1 - metrics.hit_rate_always_up, metrics.hit_rate_always_up])
    if metrics.hit_rate > possible:
        hit_rate = bilingual(
            "a hit rate of {rate:.2f}, where {possible:.2f} is possible",
            rate=metrics.hit_rate,
            possible=possible,
        )
        seen.append(hit_rate)
    if seen and metrics.num_windows > FEW_WINDOWS:
        text = bilingual(
            "{name} has {seen} on {windows} windows",
            name=forecaster.name,
            seen=Text.joined(seen),
            windows=metrics.num_windows,
        )
        yield Finding.from_code("EVA002", text)


def _not_promoted(promotion: Promotion | None) -> Iterable[Finding]:
    """Find a candidate that beats the best baseline and yet is not promoted (EVA011)."""
    if promotion is None or promotion.promoted or promotion.dm_p_value >= promotion.level:
        return
    found = not_promoted(
        promotion.candidate,
        promotion.hardest_baseline,
        in_confidence_set=promotion.in_confidence_set,
        p_value=promotion.hardest_p_value,
        level=promotion.level,
    )
    if found is not None:
        yield found


def _edge_within_noise(
    candidate: EvaluatedForecaster, promotion: Promotion | None
) -> Iterable[Finding]:
    rival = candidate.versus_best_baseline
    is_luck = promotion is not None and promotion.dm_p_value >= promotion.level
    if rival.crps_skill > 0 and is_luck:
        seen = bilingual(
            "{name}'s test CRPS is {skill:.1f} % lower than {rival}'s, which chance alone "
            "gives with p = {p:.2f}",
            name=candidate.name,
            skill=100 * rival.crps_skill,
            rival=rival.name,
            p=rival.tested_p_value,
        )
        yield Finding.from_code("EVA004", seen)


def _underdispersed(candidate: EvaluatedForecaster) -> Iterable[Finding]:
    coverage = candidate.metrics.coverage_90
    if coverage < LEAST_COVERAGE_90:
        seen = bilingual(
            "{name}'s 90 % interval covered {held:.0f} % of the outcomes",
            name=candidate.name,
            held=100 * coverage,
        )
        yield Finding.from_code("EVA005", seen)
