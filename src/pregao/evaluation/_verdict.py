"""The outcome of a comparison in one sentence, in both languages."""

from pregao.evaluation._results import EvaluatedForecaster
from pregao.inference import Promotion, Verdict
from pregao.values import Text, bilingual


def verdict_on(
    candidate: EvaluatedForecaster, promotion: Promotion | None, *, num_folds: int = 1
) -> Verdict:
    """Return whether the candidate has an edge over the best baseline, and what follows."""
    return Verdict.from_text(_sentence(candidate, promotion, num_folds))


def _sentence(candidate: EvaluatedForecaster, promotion: Promotion | None, num_folds: int) -> Text:
    if promotion is None:
        return bilingual(
            "No edge: there is no network to compare, and the best baseline is {name}; use the "
            "ranges, not the direction.",
            name=candidate.name,
        )
    rival = candidate.versus_best_baseline
    facts: dict[str, Text | str | float] = {
        "windows": candidate.metrics.num_windows,
        "folds": _folds(num_folds),
        "name": candidate.name,
        "than": _than(rival.crps_skill),
        "rival": rival.name,
        "p": _p_value(rival.tested_p_value),
    }
    if promotion.promoted:
        return bilingual(
            "Edge: on {windows} test windows{folds} {name}'s CRPS is {than} that of the best "
            "baseline, {rival} (DM {p}).",
            **facts,
        )
    return bilingual(
        "No edge: on {windows} test windows{folds} {name}'s CRPS is {than} that of the best "
        "baseline, {rival} (DM {p}){set}; forecasts are {rival}'s: use the ranges, not the "
        "direction.",
        **facts,
        set=_set(promotion),
    )


def _folds(number: int) -> Text:
    return Text.same("") if number == 1 else bilingual(" of {n} folds", n=number)


def _than(skill: float) -> Text:
    percent = 100 * abs(skill)
    if f"{percent:.1f}" == "0.0":
        return bilingual("the same as")
    if skill > 0:
        return bilingual("{percent:.1f} % lower than", percent=percent)
    return bilingual("{percent:.1f} % higher than", percent=percent)


def _p_value(p_value: float) -> Text:
    if p_value < 0.001:
        return bilingual("p < 0.001")
    if p_value < 0.01:
        return bilingual("p = {p_value:.3f}", p_value=p_value)
    return bilingual("p = {p_value:.2f}", p_value=p_value)


def _set(promotion: Promotion) -> Text:
    """Return what else prevents the promotion of a candidate that beats the best baseline."""
    if promotion.dm_p_value >= promotion.level:
        return Text.same("")
    if promotion.hardest_p_value >= promotion.level:
        return bilingual(
            ", but the difference to {name} is not significant", name=promotion.hardest_baseline
        )
    if promotion.in_confidence_set:
        return Text.same("")
    return bilingual(", but another forecaster is better")
