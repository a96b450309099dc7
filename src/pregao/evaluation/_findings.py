"""Findings about a comparison: results that are too good, too bad, or due to chance."""

from collections.abc import Iterable, Sequence

from pregao.evaluation._checks import BELIEVABLE_R2, FEW_WINDOWS, best_accuracy, not_promoted
from pregao.evaluation._results import EvaluatedForecaster
from pregao.findings import Finding
from pregao.inference import Promotion
from pregao.scores import NAIVE
from pregao.values import Text

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
        do = Text.of(
            "serve {rival}; more series or a simpler network may help, more epochs rarely do",
            "sirva {rival}; mais séries ou uma rede mais simples podem ajudar, mais épocas "
            "raramente",
            rival=best.name,
        )
        yield Finding.from_code("EVA001", _worse(candidate.name, best.name, best.crps_skill), do=do)
    if naive.crps_skill < 0:
        yield Finding.from_code("EVA017", _worse(candidate.name, NAIVE, naive.crps_skill))


def _worse(name: str, rival: str, skill: float) -> Text:
    return Text.of(
        "{name}'s test CRPS is {by:.1f} % worse than {rival}'s",
        "o CRPS de teste de {name} é {by:.1f} % pior que o de {rival}",
        name=name,
        by=-100 * skill,
        rival=rival,
    )


def _implausible(forecaster: EvaluatedForecaster) -> Iterable[Finding]:
    metrics = forecaster.metrics
    seen = []
    if metrics.r2_returns > BELIEVABLE_R2:
        r2 = Text.of(
            "an R2 on returns of {r2:.2f}", "um R2 de {r2:.2f} nos retornos", r2=metrics.r2_returns
        )
        seen.append(r2)
    # Where prices nearly always rise, so many hits are possible.
    possible = best_accuracy([1 - metrics.hit_rate_always_up, metrics.hit_rate_always_up])
    if metrics.hit_rate > possible:
        hit_rate = Text.of(
            "a hit rate of {rate:.2f}, where {possible:.2f} is possible",
            "acertos de direção de {rate:.2f}, onde {possible:.2f} é possível",
            rate=metrics.hit_rate,
            possible=possible,
        )
        seen.append(hit_rate)
    if seen and metrics.num_windows > FEW_WINDOWS:
        text = Text.of(
            "{name} has {seen} on {windows} windows",
            "{name} tem {seen} em {windows} janelas",
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
        seen = Text.of(
            "{name}'s test CRPS is {skill:.1f} % lower than {rival}'s, which luck alone does with "
            "p = {p:.2f}",
            "o CRPS de teste de {name} é {skill:.1f} % menor que o de {rival}, o que a sorte "
            "sozinha faz com p = {p:.2f}",
            name=candidate.name,
            skill=100 * rival.crps_skill,
            rival=rival.name,
            p=rival.tested_p_value,
        )
        yield Finding.from_code("EVA004", seen)


def _underdispersed(candidate: EvaluatedForecaster) -> Iterable[Finding]:
    coverage = candidate.metrics.coverage_90
    if coverage < LEAST_COVERAGE_90:
        seen = Text.of(
            "{name}'s 90 % interval held {held:.0f} % of what came",
            "a faixa de 90 % de {name} conteve {held:.0f} % do que veio",
            name=candidate.name,
            held=100 * coverage,
        )
        yield Finding.from_code("EVA005", seen)
