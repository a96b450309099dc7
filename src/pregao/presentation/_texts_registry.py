"""The texts about stored runs and champions, in both languages."""

from pregao.texts import N_, translations

REGISTRY_TEXTS = translations(
    {
        "damaged_registration": N_("damaged registration"),
        "damaged_run": N_("damaged run"),
        "database": N_("database"),
        "deleted": N_("{run} is deleted"),
        "exported_to_mlflow": N_("run {run} of MLflow"),
        "folder_without_row": N_("not listed"),
        "leftover": N_("leftover"),
        "mended": N_("mended"),
        "missing_prices": N_("missing prices"),
        "no_champions": N_("No champion yet: 'pregao promote RUN' makes one."),
        "no_runs": N_("No run yet: 'pregao train' makes one."),
        "row_without_folder": N_("missing folder"),
        "serves": N_("{run} serves {symbol} for {horizon} sessions (version {version})"),
        "well": N_("No damage was found. Runs examined: {count}."),
    }
)
