"""The outcome of a comparison in one sentence, in both languages."""

from pregao.evaluation._results import EvaluatedForecaster
from pregao.inference import Promotion, Verdict
from pregao.values import Text


def verdict_on(
    candidate: EvaluatedForecaster, promotion: Promotion | None, *, num_folds: int = 1
) -> Verdict:
    """Return whether the candidate has an edge over the best baseline, and what follows."""
    if promotion is None:
        return Verdict.of(
            "No edge: there is no network to compare, and the best baseline is {name}; use the "
            "ranges, not the direction.",
            "Sem vantagem: não há rede para comparar, e a melhor referência é {name}; use as "
            "faixas, não a direção.",
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
        return Verdict.of(
            "Edge: on {windows} test windows{folds} {name}'s CRPS is {than} that of the best "
            "baseline, {rival} (DM {p}).",
            "Há vantagem: em {windows} janelas de teste{folds}, o CRPS de {name} é {than} da "
            "melhor referência, {rival} (DM {p}).",
            **facts,
        )
    return Verdict.of(
        "No edge: on {windows} test windows{folds} {name}'s CRPS is {than} that of the best "
        "baseline, {rival} (DM {p}){set}; forecasts are {rival}'s: use the ranges, not the "
        "direction.",
        "Sem vantagem: em {windows} janelas de teste{folds}, o CRPS de {name} é {than} da melhor "
        "referência, {rival} (DM {p}){set}; as previsões são as de {rival}: use as faixas, não a "
        "direção.",
        **facts,
        set=_set(promotion),
    )


def _folds(number: int) -> Text:
    if number == 1:
        return Text.same("")
    return Text.of(" of {n} folds", " de {n} dobras", n=number)


def _than(skill: float) -> Text:
    by = f"{100 * abs(skill):.1f}"
    if by == "0.0":
        return Text(en="the same as", pt_br="igual ao")
    sides = (
        (" % lower than", " % menor que o") if skill > 0 else (" % higher than", " % maior que o")
    )
    return Text(en=by + sides[0], pt_br=by.replace(".", ",") + sides[1])


def _p_value(p_value: float) -> Text:
    if p_value < 0.001:
        return Text(en="p < 0.001", pt_br="p < 0,001")
    text = f"p = {p_value:.{3 if p_value < 0.01 else 2}f}"
    return Text(en=text, pt_br=text.replace(".", ","))


def _set(promotion: Promotion) -> Text:
    """Return what else prevents the promotion of a candidate that beats the best baseline."""
    if promotion.dm_p_value >= promotion.level:
        return Text.same("")
    if promotion.hardest_p_value >= promotion.level:
        return Text.of(
            ", but {name} is not beaten beyond luck",
            ", mas {name} não é vencido além da sorte",
            name=promotion.hardest_baseline,
        )
    if promotion.in_confidence_set:
        return Text.same("")
    return Text(
        en=", but another forecaster is better still",
        pt_br=", mas outra previsão é ainda melhor",
    )
