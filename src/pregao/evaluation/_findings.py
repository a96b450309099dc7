"""Findings about a comparison: what should make its reader stop."""

from collections.abc import Iterable, Sequence

from pregao.evaluation._checks import BELIEVABLE_R2, FEW_WINDOWS, best_accuracy, not_promoted
from pregao.evaluation._results import Scored
from pregao.findings import Finding
from pregao.inference import Promotion
from pregao.scores import NAIVE
from pregao.values import Text

LEAST_COVERAGE_90 = 0.8


def diagnose(
    candidate: Scored, candidates: Sequence[Scored], promotion: Promotion | None
) -> tuple[Finding, ...]:
    """Give what is wrong with the candidate, and which of them all are too good to be true."""
    suspects = candidates or [candidate]
    return (
        *_worse_than_naive(candidate),
        *(finding for each in suspects for finding in _too_good(each)),
        *_edge_within_noise(candidate, promotion),
        *_outdone(promotion),
        *_underdispersed(candidate),
    )


def _worse_than_naive(champion: Scored) -> Iterable[Finding]:
    best = champion.versus_best_baseline
    rivals = {best.name: best.crps_skill, NAIVE: champion.versus_random_walk.crps_skill}
    worse = [
        Text.of("{by:.1f} % worse than {rival}", "{by:.1f} % pior que {rival}", by=by, rival=rival)
        for rival, by in ((rival, -100 * skill) for rival, skill in rivals.items())
        if by > 0
    ]
    if worse:
        seen = Text.of(
            "{name}'s test CRPS is {worse}",
            "o CRPS de teste de {name} é {worse}",
            name=champion.name,
            worse=Text.joined(worse),
        )
        do = Text.of(
            "serve {rival}; more series or a simpler network may help, more epochs will not",
            "sirva {rival}; mais séries ou uma rede mais simples podem ajudar, mais épocas não",
            rival=best.name,
        )
        yield Finding.of("EVA001", seen, do=do)


def _too_good(scored: Scored) -> Iterable[Finding]:
    metrics = scored.metrics
    seen = []
    if metrics.r2_returns > BELIEVABLE_R2:
        r2 = Text.of(
            "an R2 on returns of {r2:.2f}", "um R2 de {r2:.2f} nos retornos", r2=metrics.r2_returns
        )
        seen.append(r2)
    # Where prices rise nearly always, so many hits are no wonder.
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
            name=scored.name,
            seen=Text.joined(seen),
            windows=metrics.num_windows,
        )
        yield Finding.of("EVA002", text)


def _outdone(promotion: Promotion | None) -> Iterable[Finding]:
    """Say so where the candidate beats the best baseline, and is not the best there is."""
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


def _edge_within_noise(champion: Scored, promotion: Promotion | None) -> Iterable[Finding]:
    rival = champion.versus_best_baseline
    is_luck = promotion is not None and promotion.dm_p_value >= promotion.level
    if rival.crps_skill > 0 and is_luck:
        seen = Text.of(
            "{name}'s test CRPS is {skill:.1f} % lower than {rival}'s, which luck alone does with "
            "p = {p:.2f}",
            "o CRPS de teste de {name} é {skill:.1f} % menor que o de {rival}, o que a sorte "
            "sozinha faz com p = {p:.2f}",
            name=champion.name,
            skill=100 * rival.crps_skill,
            rival=rival.name,
            p=rival.dm_p_value,
        )
        yield Finding.of("EVA004", seen)


def _underdispersed(champion: Scored) -> Iterable[Finding]:
    coverage = champion.metrics.coverage_90
    if coverage < LEAST_COVERAGE_90:
        seen = Text.of(
            "{name}'s 90 % interval held {held:.0f} % of what came",
            "a faixa de 90 % de {name} conteve {held:.0f} % do que veio",
            name=champion.name,
            held=100 * coverage,
        )
        yield Finding.of("EVA005", seen)
