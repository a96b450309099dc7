"""The texts of explanations, in both languages; their sentences come with the explanation."""

from pregao.presentation._texts import Language

_EN: dict[str, str] = {
    "share_and_size": "{share} ({size})",
    "crps_rise": "CRPS rise, %",
    "feature": "Feature",
    "gained": "adds",
    "lag": "lag",
    "lag_axis": "lag: 1 is the last session known",
    "lags": "Lags",
    "nothing_read": "nothing is read",
    "points": "percentage points",
    "sessions_read": "of the validation part until",
    "shares_by_lag": "{quantity}, by lag",
    "shares_by_lag_mean": "{quantity}, mean size by lag",
    "standard_error": "std. error",
    "table_forecast": "What each feature adds against the average input, in percentage points; "
    "sizes, with nothing cancelling out, in brackets.",
    "table_run": "CRPS rise: on validation, when the feature is swapped among {windows} windows, "
    "{repeats} times. The other columns: mean size of its shares, in percentage points.",
    "took": "takes",
    "what_mattered": "What mattered most",
}

_PT: dict[str, str] = {
    "share_and_size": "{share} ({size})",
    "crps_rise": "Alta do CRPS, %",
    "feature": "Atributo",
    "gained": "acrescenta",
    "lag": "defasagem",
    "lag_axis": "defasagem: 1 é o último pregão conhecido",
    "lags": "Defasagens",
    "nothing_read": "nada é lido",
    "points": "pontos percentuais",
    "sessions_read": "da parte de validação até",
    "shares_by_lag": "{quantity}, por defasagem",
    "shares_by_lag_mean": "{quantity}, média por defasagem",
    "standard_error": "erro padrão",
    "table_forecast": "Quanto cada atributo acrescenta em relação à entrada média, em pontos "
    "percentuais; entre parênteses o tamanho, sem que nada se cancele.",
    "table_run": "Alta do CRPS: na validação, quando o atributo é trocado entre {windows} janelas, "
    "{repeats} vezes. As outras colunas: tamanho médio das parcelas, em pontos percentuais.",
    "took": "retira",
    "what_mattered": "O que mais pesou",
}

EXPLANATION_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
