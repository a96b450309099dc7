"""Texts of the list of runs, of a run and of the comparison by key."""

from pregao.values import Text, bilingual

_LIST: dict[str, Text] = {
    "runs_title": bilingual("Runs"),
    "runs_lead": bilingual(
        "Every training that was kept, the newest first, with its scores on unseen sessions."
    ),
    "runs_none": bilingual("No run is kept yet: the first one comes from a training."),
    "runs_none_of": bilingual("No run is kept of {symbol}."),
    "runs_none_older": bilingual("No older run is kept."),
    "runs_train": bilingual("Train a network"),
    "runs_filter": bilingual("Filter"),
    "runs_filter_text": bilingual("Containing"),
    "runs_filter_text_hint": bilingual("id, network, symbol"),
    "runs_filter_symbol_help": bilingual("Press the button to look among all runs."),
    "runs_filter_edge": bilingual("Edge"),
    "runs_filter_any": bilingual("any"),
    "runs_filter_go": bilingual("Look among all"),
    "runs_all": bilingual("All runs"),
    "runs_shown": bilingual("{count} runs"),
    "runs_of": bilingual("of {symbol}"),
    "runs_newest": bilingual("Newest runs"),
    "runs_older": bilingual("Older runs"),
    "runs_pages": bilingual("Pages of the list"),
    "runs_compare": bilingual("Compare"),
    "runs_compare_help": bilingual("Tick two to five runs to put them side by side."),
    "runs_choose": bilingual("Choose"),
    "runs_choose_one": bilingual("Choose {run}"),
    "runs_run": bilingual("Run"),
    "runs_made": bilingual("Made"),
    "runs_symbols": bilingual("Symbols"),
    "runs_forecaster": bilingual("Network"),
    "runs_served": bilingual("Served by"),
    "runs_itself": bilingual("itself"),
    "runs_crps": bilingual("CRPS"),
    "runs_skill_best": bilingual("vs best baseline"),
    "runs_skill_naive": bilingual("vs random walk"),
    "runs_mase": bilingual("MASE"),
    "runs_coverage": bilingual("Coverage 90\N{NO-BREAK SPACE}%"),
    "runs_champion": bilingual("Champion of"),
    "runs_note": bilingual(
        "Scores are those of the network on the test part of one fit. Lower CRPS and "
        "MASE are better; skill is the reduction of the CRPS against the baseline. "
        "Scores of runs on other data or other horizons are not on the same scale. Press "
        "a heading to sort."
    ),
}

_RUN: dict[str, Text] = {
    "runs_test_part": bilingual("Performance"),
    "runs_about": bilingual("{symbols}, {horizon} sessions ahead, made {made}"),
    "runs_more_symbols": bilingual("and {count} more"),
    "runs_report": bilingual("Download the full report"),
    "runs_report_note": bilingual(
        "One HTML file of a few megabytes that needs nothing else; making it takes some seconds."
    ),
    "runs_in_words": bilingual("In plain words"),
    "runs_ranking": bilingual("Ranking"),
    "runs_ranking_note": bilingual(
        "Networks beside every baseline, ordered by validation CRPS so that the test "
        "part does not determine the order; all other scores are of the test part. Press "
        "a heading to sort."
    ),
    "runs_walked_note": bilingual(
        "The verdict above rests on several folds; this table is of a single fit."
    ),
    "runs_ranking_label": bilingual("Reduction of the CRPS against the random walk, by forecaster"),
    "runs_ranking_figure": bilingual(
        "Reduction of the test CRPS against the random walk. Zero is the naive forecast, "
        "the dotted line the baseline that was best on validation; further right is "
        "better."
    ),
    "runs_rank": bilingual("Rank"),
    "runs_name": bilingual("Name"),
    "runs_parameters": bilingual("Parameters"),
    "runs_validation_crps": bilingual("Validation CRPS"),
    "runs_dm_p": bilingual("p-value (Diebold-Mariano)"),
    "runs_mae": bilingual("MAE"),
    "runs_seconds": bilingual("Seconds"),
    "runs_baseline": bilingual("baseline"),
    "runs_mark_champion": bilingual("champion"),
    "runs_mark_candidate": bilingual("candidate"),
    "runs_mark_asked_for": bilingual("asked for"),
    "runs_mark_best_network": bilingual("best network"),
    "runs_learning": bilingual("Learning"),
    "runs_learning_label": bilingual("Training and validation loss by epoch"),
    "runs_learning_note": bilingual(
        "Epoch 0 is the untrained network. The best epoch on validation is kept; where that is "
        "epoch 0, nothing was learned."
    ),
    "runs_learner": bilingual("Curves of"),
    "runs_ranges": bilingual("Are the ranges calibrated?"),
    "runs_pit_label": bilingual("Where outcomes fell in the forecast distribution"),
    "runs_pit_note": bilingual(
        "Bars of equal height mean calibrated ranges; a hill means that they were too "
        "wide, a valley too narrow. The line is the random walk's."
    ),
    "runs_findings": bilingual("Findings"),
    "runs_no_findings": bilingual("Nothing to report."),
    "runs_experiment": bilingual("Experiment"),
    "runs_changed": bilingual("{count} settings differ from the default."),
    "runs_members": bilingual(
        "It averages {count} networks; the settings are those of the best one."
    ),
    "runs_all_settings": bilingual("All settings"),
    "runs_setting": bilingual("Setting"),
    "runs_value": bilingual("Value"),
    "runs_default": bilingual("Default"),
    "runs_toml": bilingual("As a file for pregao train --experiment"),
    "runs_provenance": bilingual("Made from"),
    "runs_data_caption": bilingual("Prices that were used; a digest changes with any bar of them."),
    "runs_provider": bilingual("Provider"),
    "runs_sessions": bilingual("Sessions"),
    "runs_first": bilingual("First"),
    "runs_last": bilingual("Last"),
    "runs_digest": bilingual("Digest"),
    "runs_windows": bilingual("Windows: training, validation, test"),
    "runs_seed": bilingual("Seed"),
    "runs_software": bilingual("Software"),
    "runs_machine": bilingual("Machine"),
    "runs_plugins": bilingual("Plug-ins"),
    "runs_overridden": bilingual("Trained in spite of these findings"),
    "runs_files": bilingual("Files and their SHA-256, verified when the run is loaded"),
    "runs_file": bilingual("File"),
    "runs_registration": bilingual("For serving (ONNX)"),
    "runs_registered": bilingual(
        "registered: {count} ONNX files, at most {difference} from what was trained"
    ),
    "runs_registered_baseline": bilingual("registered: a baseline serves, which needs no ONNX"),
    "runs_not_registered": bilingual(
        "not registered yet: promoting it does that first, which takes about a minute"
    ),
}

_CHAMPION: dict[str, Text] = {
    "runs_serving": bilingual("Symbols served"),
    "runs_serving_note": bilingual(
        "A champion serves the forecasts of its symbol. Every change is recorded and can be undone."
    ),
    "runs_serving_more": bilingual("The first {shown} of {count} symbols are shown."),
    "runs_sessions_ahead": bilingual("{count} sessions"),
    "runs_now": bilingual("Champion now"),
    "runs_this": bilingual("this run"),
    "runs_nobody": bilingual("no champion"),
    "runs_version": bilingual("version {version}"),
    "runs_since": bilingual("since {at}"),
    "runs_change": bilingual("Change"),
    "runs_promote": bilingual("Promote"),
    "runs_promote_for": bilingual("Promote this run for {symbol}"),
    "runs_roll_back": bilingual("Roll back"),
    "runs_roll_back_for": bilingual("Roll back to the previous champion of {symbol}"),
    "runs_trail": bilingual("Audit trail of {symbol}, {horizon} sessions"),
    "runs_when": bilingual("When"),
    "runs_did": bilingual("What"),
    "runs_did_promote": bilingual("promoted"),
    "runs_did_rollback": bilingual("rolled back to"),
    "runs_before": bilingual("Before"),
    "runs_by": bilingual("By"),
    "runs_reason": bilingual("Reason"),
    "runs_no_script": bilingual(
        "Promoting and rolling back need JavaScript; the API and the command line do the same."
    ),
    "js_runs_promote_title": bilingual("Promote for {symbol}, {horizon} sessions?"),
    "js_runs_promote_replaces": bilingual("{run} takes the place of {champion}."),
    "js_runs_promote_first": bilingual("{run} becomes the first champion."),
    "js_runs_promote_slow": bilingual(
        "It is exported and proven first, which takes about a minute."
    ),
    "js_runs_roll_back_title": bilingual("Roll back {symbol}, {horizon} sessions?"),
    "js_runs_roll_back_help": bilingual(
        "{champion} gives its place back to the champion before it."
    ),
    "js_runs_reason": bilingual("Reason, kept in the audit trail"),
    "js_runs_promote": bilingual("Promote"),
    "js_runs_roll_back": bilingual("Roll back"),
    "js_runs_stale": bilingual(
        "This champion was changed by another user after this page was opened, so "
        "nothing was done. Look at the present champion, then decide again."
    ),
    "js_runs_reload": bilingual("Load the page again"),
    "js_runs_chosen": bilingual("{count} chosen"),
    "js_runs_matching": bilingual("{count} of {total} runs match"),
}

_COMPARE: dict[str, Text] = {
    "runs_compare_title": bilingual("Runs side by side"),
    "runs_back": bilingual("Back to the list"),
    "runs_doubts": bilingual("These scores cannot be compared"),
    "runs_doubt_symbols": bilingual("The runs are of different symbols."),
    "runs_doubt_data": bilingual(
        "The prices they were made from are not the same: their digests differ."
    ),
    "runs_doubt_horizon": bilingual("They look ahead different numbers of sessions."),
    "runs_doubt_windows": bilingual(
        "Their test parts begin, end or count differently: they were scored on other windows."
    ),
    "runs_doubts_do": bilingual(
        "So no score is marked as the best. Skills compare each run with baselines on "
        "its own windows, and are more informative here than the other scores."
    ),
    "runs_same_windows": bilingual(
        "All were scored on the same windows of the same prices. The best of each line "
        "is marked; small differences may be chance."
    ),
    "runs_scores": bilingual("Scores on the test part"),
    "runs_score": bilingual("Score"),
    "runs_best": bilingual("best"),
    "runs_score_crps": bilingual("CRPS"),
    "runs_score_naive_crps": bilingual("CRPS of the random walk"),
    "runs_score_best_crps": bilingual("CRPS of the best baseline"),
    "runs_score_skill_best": bilingual("Skill vs best baseline"),
    "runs_score_skill_naive": bilingual("Skill vs random walk"),
    "runs_score_mase": bilingual("MASE"),
    "runs_score_mae": bilingual("MAE"),
    "runs_score_coverage_90": bilingual("Coverage of the 90 % range"),
    "runs_score_edge": bilingual("Edge"),
    "runs_score_parameters": bilingual("Parameters"),
    "runs_score_seconds": bilingual("Seconds of training"),
    "runs_differences": bilingual("Settings that differ"),
    "runs_no_differences": bilingual("The experiments are the same in every setting."),
    "runs_curves": bilingual("Learning curves of all runs"),
    "runs_curves_label": bilingual("Validation loss of each run by epoch"),
    "runs_curves_note": bilingual(
        "The dot is the epoch that was kept. Epoch 0 is the untrained network."
    ),
    "runs_curves_differ": bilingual(
        "The losses are not of the same windows or not of the same kind: compare shapes, not "
        "heights."
    ),
}

RUNS: dict[str, Text] = {**_LIST, **_RUN, **_CHAMPION, **_COMPARE}
