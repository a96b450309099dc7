"""The outcome of a comparison in one sentence, for people, in their language."""

from pregao.evaluation._results import Scored, Verdict, has_edge


def verdict_on(champion: Scored) -> Verdict:
    """Say whether the champion has an edge over the best baseline, and what to do with that."""
    if champion.name == champion.versus_best_baseline.name:
        return _verdict_on_baseline(champion)
    return _verdict_with_edge(champion) if has_edge(champion) else _verdict_without(champion)


def _verdict_on_baseline(champion: Scored) -> Verdict:
    return Verdict(
        en=f"No edge: there is no network to compare, and the best baseline is {champion.name}; "
        "use the ranges, not the direction.",
        pt_br=f"Sem vantagem: não há rede para comparar, e a melhor referência é {champion.name}; "
        "use as faixas, não a direção.",
    )


def _verdict_with_edge(champion: Scored) -> Verdict:
    windows, rival = champion.metrics.num_windows, champion.versus_best_baseline
    saved, p_value = _percent(rival.crps_skill), _p_value(rival.dm_p_value)
    return Verdict(
        en=f"Edge: on {windows} test windows {champion.name}'s CRPS is {saved} lower than that of "
        f"the best baseline, {rival.name} (DM {p_value}).",
        pt_br=f"Há vantagem: em {windows} janelas de teste, o CRPS de {champion.name} é "
        f"{_comma(saved)} menor que o da melhor referência, {rival.name} (DM {_comma(p_value)}).",
    )


def _verdict_without(champion: Scored) -> Verdict:
    windows, rival = champion.metrics.num_windows, champion.versus_best_baseline
    difference, p_value = _percent(rival.crps_skill), _p_value(rival.dm_p_value)
    english = f"{difference} {'lower than' if rival.crps_skill > 0 else 'higher than'}"
    portuguese = f"{_comma(difference)} {'menor que o' if rival.crps_skill > 0 else 'maior que o'}"
    if difference == _percent(0):
        english, portuguese = "the same as", "igual ao"
    return Verdict(
        en=f"No edge: on {windows} test windows {champion.name}'s CRPS is {english} that of the "
        f"best baseline, {rival.name} (DM {p_value}); use the ranges, not the direction.",
        pt_br=f"Sem vantagem: em {windows} janelas de teste, o CRPS de {champion.name} é "
        f"{portuguese} da melhor referência, {rival.name} (DM {_comma(p_value)}); use as faixas, "
        "não a direção.",
    )


def _percent(skill: float) -> str:
    return f"{100 * abs(skill):.1f} %"


def _p_value(p_value: float) -> str:
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.{3 if p_value < 0.01 else 2}f}"


def _comma(text: str) -> str:
    """Write numbers as in Portuguese."""
    return text.replace(".", ",")
