"""Findings about a comparison: what should make its reader stop."""

from collections.abc import Iterable, Sequence

from pregao.evaluation._results import NAIVE, Scored, has_edge
from pregao.findings import Finding

BELIEVABLE_R2 = 0.2
BELIEVABLE_HIT_RATE = 0.65
FEW_WINDOWS = 200
LEAST_COVERAGE_90 = 0.8


def diagnose(champion: Scored, candidates: Sequence[Scored]) -> tuple[Finding, ...]:
    """Give what is wrong with the champion, and which candidates are too good to be true."""
    suspects = candidates or [champion]
    return (
        *_worse_than_naive(champion),
        *(finding for each in suspects for finding in _too_good(each)),
        *_edge_within_noise(champion),
        *_underdispersed(champion),
    )


def _worse_than_naive(champion: Scored) -> Iterable[Finding]:
    rivals = {
        champion.versus_best_baseline.name: champion.versus_best_baseline.crps_skill,
        NAIVE: champion.versus_random_walk.crps_skill,
    }
    worse = [
        f"{-100 * skill:.1f} % worse than {name}" for name, skill in rivals.items() if skill < 0
    ]
    if worse:
        yield Finding(
            code="EVA001",
            title="worse than naive",
            severity="warning",
            seen=f"{champion.name}'s test CRPS is {' and '.join(worse)}",
            do=f"serve {champion.versus_best_baseline.name}; more series or a simpler network may "
            "help, more epochs will not",
        )


def _too_good(scored: Scored) -> Iterable[Finding]:
    metrics = scored.metrics
    seen = []
    if metrics.r2_returns > BELIEVABLE_R2:
        seen.append(f"an R2 on returns of {metrics.r2_returns:.2f}")
    if metrics.hit_rate > BELIEVABLE_HIT_RATE:
        seen.append(f"a hit rate of {metrics.hit_rate:.2f}")
    if seen and metrics.num_windows > FEW_WINDOWS:
        yield Finding(
            code="EVA002",
            title="too good to be true",
            severity="error",
            seen=f"{scored.name} has {' and '.join(seen)} on {metrics.num_windows} windows",
            do="look for what sees the future: a feature, or prices that were filled in later",
        )


def _edge_within_noise(champion: Scored) -> Iterable[Finding]:
    rival = champion.versus_best_baseline
    if rival.crps_skill > 0 and not has_edge(champion):
        yield Finding(
            code="EVA004",
            title="edge within noise",
            severity="info",
            seen=f"{champion.name}'s test CRPS is {100 * rival.crps_skill:.1f} % lower than "
            f"{rival.name}'s, which luck alone does with p = {rival.dm_p_value:.2f}",
            do="treat it as equal to the baseline; a longer test part or more symbols may decide",
        )


def _underdispersed(champion: Scored) -> Iterable[Finding]:
    coverage = champion.metrics.coverage_90
    if coverage < LEAST_COVERAGE_90:
        yield Finding(
            code="EVA005",
            title="underdispersed",
            severity="warning",
            seen=f"{champion.name}'s 90 % interval held {100 * coverage:.0f} % of what came",
            do="calibrate the intervals on the validation part before using them",
        )
