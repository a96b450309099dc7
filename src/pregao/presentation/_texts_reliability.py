"""The texts of the reliability figure, in both languages."""

from pregao.presentation._texts import Language

_EN: dict[str, str] = {
    "after_break": "after a break: {count}",
    "all_windows": "all windows: {count}",
    "coverages_note": "What share of outcomes lay within each range, beside the share promised "
    "in the heading. Less means that the range is too narrow.",
    "in_after_break": "In the 20 sessions after a break",
    "in_all_windows": "All test windows",
    "in_volatile": "High volatility at the cutoff",
    "level": "level of the quantile",
    "luck": "luck at {step}",
    "no_windows": "none",
    "nominal": "promised",
    "observed": "share of outcomes within the range",
    "observed_less_nominal": "observed less promised, points",
    "pit_note": "Level with the dotted line is honest, a valley is too narrow, a hill too wide, "
    "a slope biased.",
    "pit_title": "Where outcomes fell",
    "ranges": "Do the ranges hold what they promise?",
    "reliability": "Level by level, and in hard times",
    "reliability_note": "Above, how many more outcomes fell below each quantile than its "
    "level says: on the zero line it is honest, up on the left and down on the right it is too "
    "narrow. What stays in the grey band may be luck. Below, what the ranges held when "
    "volatility at the cutoff was in the top tercile of the sessions before the test part, and in "
    "the 20 sessions after a session that moved more than 4 sigmas.",
    "step": "{step} ahead",
    "volatile": "high volatility: {count}",
}

_PT: dict[str, str] = {
    "after_break": "após uma ruptura: {count}",
    "all_windows": "todas as janelas: {count}",
    "coverages_note": "Que fração dos resultados ficou dentro de cada faixa, ao lado da fração "
    "prometida no título. Menos quer dizer que a faixa é estreita demais.",
    "in_after_break": "Nos 20 pregões após uma ruptura",
    "in_all_windows": "Todas as janelas de teste",
    "in_volatile": "Volatilidade alta no corte",
    "level": "nível do quantil",
    "luck": "acaso a {step}",
    "no_windows": "nenhuma",
    "nominal": "prometido",
    "observed": "fração dos resultados dentro da faixa",
    "observed_less_nominal": "observado menos prometido, pontos",
    "pit_note": "Plano como a linha pontilhada é honesto, vale é estreito demais, morro é largo "
    "demais, rampa é viés.",
    "pit_title": "Onde os resultados caíram",
    "ranges": "As faixas cumprem o que prometem?",
    "reliability": "Nível a nível, e em tempos difíceis",
    "reliability_note": "Acima, quantos resultados a mais caíram abaixo de cada quantil do "
    "que diz o seu nível: na linha zero é honesto, acima à esquerda e abaixo à direita é estreito "
    "demais. O que fica na banda cinza pode ser acaso. Abaixo, o que as faixas contiveram "
    "quando a volatilidade no corte estava no tercil superior dos pregões anteriores à parte de "
    "teste, e nos 20 pregões após um pregão que se moveu mais de 4 sigmas.",
    "step": "{step} à frente",
    "volatile": "volatilidade alta: {count}",
}

RELIABILITY_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
