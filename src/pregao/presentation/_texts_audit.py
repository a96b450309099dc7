"""The texts of leak audits, in both languages."""

from pregao.presentation._texts import Language

_EN: dict[str, str] = {
    "auditing": "looking for leaks",
    "checks": "Checks",
    "clean": "No leak: nothing that is known at a cutoff moves with what comes after it.",
    "cutoffs": "Cutoffs",
    "examined": "{checks} checks on {symbols}, {sessions} sessions, {seconds} s.",
    "failed": "failed: {reason}",
    "kind_anchor": "anchor",
    "kind_baseline": "baselines",
    "kind_feature": "features",
    "kind_forecast": "forecasts",
    "kind_market": "market",
    "kind_scaler": "scaler",
    "kind_split": "split",
    "kind_target": "targets",
    "kind_training": "training",
    "known": "already known: what should come after {cutoff} stays {before} whatever comes",
    "moved_by": "{where} was {before} and became {after}, by {by}, as {noise} replaced what comes "
    "after {cutoff}",
    "noise_huge": "huge values",
    "noise_mirrored": "the mirrored and calmed bars",
    "noise_reversed": "the bars in reverse order",
    "noise_scaled": "scaled noise",
    "noise_truncated": "nothing at all",
    "not_finite": "no finite number: {reason}",
    "not_reproducible": "not reproducible: {reason}",
    "not_the_same_again": "the same again gives another result",
    "number_of_rows": "the number of rows",
    "other_row": "{where} is another one, as {noise} replaced what comes after {cutoff}",
    "plugins": "Plug-ins: {names}.",
    "problems": "{count} of {checks} checks found something; data flows in this order, so begin "
    "with the first:",
    "unknown": "no number",
}

_PT: dict[str, str] = {
    "auditing": "procurando vazamentos",
    "checks": "Verificações",
    "clean": "Sem vazamento: nada do que se sabe num corte muda com o que vem depois dele.",
    "cutoffs": "Cortes",
    "examined": "{checks} verificações em {symbols}, {sessions} pregões, {seconds} s.",
    "failed": "falhou: {reason}",
    "kind_anchor": "âncora",
    "kind_baseline": "referências",
    "kind_feature": "atributos",
    "kind_forecast": "previsões",
    "kind_market": "mercado",
    "kind_scaler": "escalonador",
    "kind_split": "divisão",
    "kind_target": "alvos",
    "kind_training": "treino",
    "known": "já conhecido: o que devia vir depois de {cutoff} fica {before} venha o que vier",
    "moved_by": "{where} era {before} e passou a {after}, por {by}, quando {noise} substituiu o "
    "que vem depois de {cutoff}",
    "noise_huge": "valores enormes",
    "noise_mirrored": "o espelho calmo dos preços",
    "noise_reversed": "a ordem inversa",
    "noise_scaled": "ruído em escala",
    "noise_truncated": "nada",
    "not_finite": "número não finito: {reason}",
    "not_reproducible": "não reprodutível: {reason}",
    "not_the_same_again": "o mesmo outra vez dá outro resultado",
    "number_of_rows": "o número de linhas",
    "other_row": "{where} é outra, quando {noise} substituiu o que vem depois de {cutoff}",
    "plugins": "Plug-ins: {names}.",
    "problems": "{count} de {checks} verificações acharam algo; os dados fluem nesta ordem, então "
    "comece pela primeira:",
    "unknown": "sem número",
}

AUDIT_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
