"""Texts of the pages of trainings and jobs by key."""

from pregao.dashboard._texts_common import COMMON
from pregao.jobs import JOB_KINDS
from pregao.presentation import TEXTS
from pregao.values import Text, bilingual

_OF_REPORTS = (
    "ranking", "ranking_figure_note", "learning", "learning_note", "show_network", "searched",
    "findings",
)  # fmt: skip
_STATES = ("queued", "running", "succeeded", "failed", "cancelled", "dead")

TRAINING: dict[str, Text] = {
    **{f"training_{key}": Text(en=TEXTS["en"][key], pt_br=TEXTS["pt"][key]) for key in _OF_REPORTS},
    **{f"js_training_state_{state}": COMMON[f"state_{state}"] for state in _STATES},
    "training_title": bilingual("Train networks"),
    "training_lead": bilingual(
        "One network or the whole catalogue: every result is evaluated beside the "
        "baselines, on sessions not used in training."
    ),
    "training_sample_title": bilingual("Everything is filled in for a first try"),
    "training_sample_lead": bilingual(
        "A small network learns from twenty years of the S&P 500 that are already here. It "
        "takes about a minute, and there is nothing to change below."
    ),
    "training_own_title": bilingual("Or with your own settings"),
    "training_start": bilingual("Start the training"),
    "training_mode": bilingual("What is trained"),
    "training_mode_train": bilingual("One network"),
    "training_mode_train_help": bilingual("Trained with the settings below."),
    "training_mode_fast": bilingual("Fast sweep"),
    "training_mode_fast_help": bilingual("Many networks, one epoch each: a first look."),
    "training_mode_full": bilingual("Full sweep"),
    "training_mode_full_help": bilingual("Many networks, each with all epochs, ranked."),
    "training_mode_search": bilingual("Optimised search"),
    "training_mode_search_help": bilingual("Tries settings and keeps the best of each network."),
    "training_recipe": bilingual("Recipe"),
    "training_recipe_help": bilingual("Fills in the form; what you changed yourself stays."),
    "training_recipe_none": bilingual("none: my own experiment"),
    "training_recipe_network": bilingual("the recipe's own"),
    "training_group_basic": bilingual("Experiment"),
    "training_group_data": bilingual("Data and parts"),
    "training_group_network": bilingual("Network"),
    "training_group_fitting": bilingual("Loss and optimiser"),
    "training_group_ensemble": bilingual("Ensemble"),
    "training_group_actions": bilingual("Actions"),
    "training_group_searched": bilingual("Search"),
    "training_group_ranked": bilingual("Ranking"),
    "training_more": bilingual("More settings"),
    "training_sets": bilingual("Choose a set:"),
    "training_networks": bilingual("Networks"),
    "training_networks_of": bilingual("Searched are"),
    "training_networks_own": bilingual("the network chosen above"),
    "training_networks_chosen": bilingual("those checked below"),
    "training_networks_of_help": bilingual(
        "Each network has all its trials: many networks take long."
    ),
    "training_all": bilingual("All"),
    "training_no_networks": bilingual("None"),
    "training_all_of": bilingual("All of {category}"),
    "training_none_of": bilingual("None of {category}"),
    "training_parameters_short": bilingual("{count} parameters"),
    "training_space": bilingual("What is varied"),
    "training_space_help": bilingual(
        "Values with spaces between them, decimals with a point; a field left empty stays as it "
        "is set above."
    ),
    "training_afterwards": bilingual("Afterwards"),
    "training_preview": bilingual("The request as JSON"),
    "training_preview_help": bilingual(
        "Only what differs from the defaults or the recipe is sent."
    ),
    "training_script": bilingual(
        "Starting a training needs JavaScript; 'pregao train' and the API do without."
    ),
    "training_jobs": bilingual("Last jobs"),
    "training_jobs_none": bilingual("Nothing has been asked for yet."),
    "training_progress": bilingual("Progress"),
    "training_created": bilingual("Asked for"),
    "training_num_networks": bilingual("{count} networks"),
    "training_more_symbols": bilingual("and {count} more"),
    "training_done_of": bilingual("{done} of {total}"),
    **{f"training_title_{each.name}": each.heading for each in JOB_KINDS.values()},
    "training_took": bilingual("took {time}"),
    "training_job_started": bilingual("Time taken"),
    "training_job_left": bilingual("Time left"),
    "training_job_done": bilingual("Done"),
    "training_job_attempt": bilingual("attempt {count}"),
    "training_job_log": bilingual("Log"),
    "training_job_log_note": bilingual("Times are UTC."),
    "training_job_reload": bilingual("This page follows the job by itself."),
    "training_cancel": bilingual("Cancel the job"),
    "training_cancelling": bilingual("Stopping ..."),
    "training_retry": bilingual("Try again"),
    "training_again": bilingual("Start another"),
    "training_failed": bilingual("Not finished"),
    "training_last_lines": bilingual("Its last lines"),
    "training_cancelled": bilingual("It was cancelled; nothing of it is served."),
    "training_gone": bilingual("The run that it made was deleted since."),
    "training_request": bilingual("What was asked for"),
    "training_verdict": bilingual("Verdict"),
    "training_open": bilingual("Open the forecast"),
    "training_open_of": bilingual("Forecast of {symbol}"),
    "training_prices_of": bilingual("Prices of {symbol}"),
    "training_not_promoted": bilingual(
        "It was not put into service: the forecast is that of the present champion."
    ),
    "training_run": bilingual("The run"),
    "training_download": bilingual("Download the report"),
    "training_skill_figure": bilingual("Skill against the naive forecast"),
    "training_findings_none": bilingual("Nothing to report."),
    "js_training_networks_none": bilingual("Choose at least one network."),
    "js_training_symbols_none": bilingual("Name at least one symbol."),
    "js_training_num_chosen": bilingual("{count} chosen"),
    "js_training_combinations": bilingual("{count} combinations in all."),
    "js_training_cancel_title": bilingual("Cancel this job?"),
    "js_training_cancel_help": bilingual("What it has done so far is not kept as a run."),
    "js_training_cancel_do": bilingual("Cancel the job"),
    "js_training_cancelling": bilingual("Stopping ..."),
    "js_training_done_of": bilingual("{done} of {total}"),
    "js_training_almost": bilingual("a moment"),
    "js_training_unknown": bilingual("not known yet"),
}
