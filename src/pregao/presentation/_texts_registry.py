"""The texts about stored runs and champions, in both languages."""

from pregao.presentation._texts import Language

_EN: dict[str, str] = {
    "damaged_registration": "damaged registration",
    "damaged_run": "damaged run",
    "database": "database",
    "deleted": "{run} is deleted",
    "exported": "{count} files in {folder}",
    "exported_to_mlflow": "run {run} of MLflow",
    "folder_without_row": "not listed",
    "leftover": "leftover",
    "mended": "mended",
    "missing_prices": "missing prices",
    "no_champions": "No champion yet: 'pregao promote RUN' makes one.",
    "no_runs": "No run yet: 'pregao train' makes one.",
    "row_without_folder": "missing folder",
    "serves": "{run} serves {symbol} for {horizon} sessions (version {version})",
    "well": "Nothing is wrong. Runs looked at: {count}.",
}

_PT: dict[str, str] = {
    "damaged_registration": "registro danificado",
    "damaged_run": "execução danificada",
    "database": "banco de dados",
    "deleted": "{run} foi apagada",
    "exported": "{count} arquivos em {folder}",
    "exported_to_mlflow": "execução {run} do MLflow",
    "folder_without_row": "fora da lista",
    "leftover": "resto",
    "mended": "consertado",
    "missing_prices": "preços ausentes",
    "no_champions": "Ainda não há campeã: 'pregao promote RUN' faz uma.",
    "no_runs": "Ainda não há execução: 'pregao train' faz uma.",
    "row_without_folder": "pasta ausente",
    "serves": "{run} serve {symbol} para {horizon} pregões (versão {version})",
    "well": "Nada está errado. Execuções examinadas: {count}.",
}

REGISTRY_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
