"""Every text that people read in figures, on the page and in the terminal, in both languages."""

from pregao.texts import N_, Language, translations

__all__ = ["TEXTS", "Language"]

TEXTS = translations(
    {
        "and_more": N_("{shown} and {count} more"),
        "best_baseline": N_("best baseline"),
        "champion_of": N_("Champion of"),
        "done": N_("Done"),
        "edge_none": N_("no edge"),
        "edge_none_help": N_(
            "No network beat the best baseline beyond chance: use the ranges, not the direction."
        ),
        "edge_proven": N_("edge"),
        "edge_proven_help": N_("It beat the best baseline significantly on unseen sessions."),
        "job": N_("Job"),
        "kind": N_("Kind"),
        "job_train": N_("training"),
        "job_sweep": N_("sweep"),
        "job_search": N_("search"),
        "job_fetch": N_("download"),
        "job_queued": N_("waiting"),
        "job_running": N_("running"),
        "job_succeeded": N_("done"),
        "job_stopping": N_("stopping"),
        "job_failed": N_("failed"),
        "job_cancelled": N_("cancelled"),
        "job_dead": N_("dead"),
        "message": N_("Message"),
        "progress_short": N_("{done}/{total}"),
        "progress_of": N_("{done} of {total}"),
        "result": N_("Result"),
        "took": N_("Took"),
        "advice": N_("What to do"),
        "advice_none": N_("Nothing to report."),
        "as_of": N_("as of"),
        "asked_for": N_("Asked for"),
        "baseline": N_("baseline"),
        "baselines": N_("baselines"),
        "best_epoch": N_("best epoch"),
        "best_loss": N_("Best loss"),
        "best_network": N_("Best network"),
        "best_so_far": N_("best so far: {name}, validation loss {loss}"),
        "candidate": N_("Candidate"),
        "category_attention": N_("Attention and hybrids"),
        "category_beyond": N_("Beyond recurrence"),
        "action_grouping": N_("{ratio} to 1"),
        "action_inferred": N_("inferred from the prices"),
        "action_kind": N_("Corporate action"),
        "action_ratio": N_("1 to {ratio}"),
        "action_size": N_("Ratio or amount"),
        "action_source": N_("Source"),
        "action_state": N_("State"),
        "category_bidirectional": N_("Bidirectional"),
        "category_gru": N_("GRU"),
        "category_lstm": N_("LSTM"),
        "category_plugin": N_("Plug-ins"),
        "category_residual": N_("Residual"),
        "category_stacked": N_("Stacked"),
        "champion": N_("Champion"),
        "close": N_("close"),
        "coverage_90": N_("Coverage 90 %"),
        "corporate_actions_note": N_(
            "Amounts are gross, for each share as it was then. An inferred action is a step of "
            "the adjusted closes: its factor is what earlier prices are multiplied by."
        ),
        "crps": N_("CRPS"),
        "crps_validation": N_("Validation CRPS"),
        "data": N_("Data"),
        "data_note": N_("The digest of a symbol changes with any bar that was used of it."),
        "digest": N_("Digest"),
        "dm_p": N_("p-value (Diebold-Mariano)"),
        "in_set": N_("In set"),
        "in_set_yes": N_("yes"),
        "in_set_note": N_(
            "In set: in the model confidence set (95 %), so that the test part cannot tell "
            "it from the best."
        ),
        "edge": N_("Edge"),
        "ensemble_note": N_(
            "Ensembles average the quantiles of the best networks: ensemble_uniform weighs "
            "all alike, ensemble_weighted each by its reduction of the CRPS on validation, "
            "ensemble_stacked by the best fit on validation."
        ),
        "epoch": N_("epoch"),
        "epochs": N_("Epochs"),
        "family_EVA": N_("Evaluation"),
        "family_LRN": N_("Learning"),
        "family_SRV": N_("Serving"),
        "family_PRC": N_("Prices"),
        "fan_note": N_(
            "The shaded ranges hold the future close with the stated probability; the line "
            "within them is the median. The dotted line repeats the last price: the naive forecast."
        ),
        "fate_diverged": N_("diverged"),
        "fate_duplicate": N_("repeated"),
        "fate_failed": N_("failed"),
        "ex_date": N_("Ex-date"),
        "fate_finished": N_("finished"),
        "fate_goes_on": N_("goes on"),
        "fate_pruned": N_("pruned"),
        "fate_unfinished": N_("unfinished"),
        "findings": N_("Findings"),
        "findings_note": N_(
            "'pregao finding CODE' says what a code means; docs/findings has a page on each."
        ),
        "first_session": N_("First"),
        "forecast": N_("Forecast"),
        "forecast_edge": N_("It was promoted: see below."),
        "forecast_no_edge": N_(
            "No network has beaten the baselines significantly, so use the ranges and not "
            "the direction."
        ),
        "forecast_of": N_("The forecast is that of {name}."),
        "frequency": N_("share of outcomes"),
        "hidden_rows": N_("and {count} more networks: --report writes them all, --json too"),
        "horizon": N_("Horizon"),
        "last_price": N_("last price (naive)"),
        "last_session": N_("last session"),
        "last_session_used": N_("Last"),
        "last_trial": N_("Last trial"),
        "learning": N_("Learning curves"),
        "learning_ensemble_note": N_("The curves of an ensemble are those of its best member."),
        "learning_note": N_(
            "Epoch 0 is the untrained network: the anchor, unless prices themselves are "
            "the target. The best epoch on validation is kept; where that is epoch 0, nothing "
            "was learned."
        ),
        "lookback": N_("Lookback"),
        "loss": N_("loss"),
        "loss_function": N_("Loss"),
        "loss_of_validation": N_("Validation loss"),
        "made": N_("Made"),
        "mae": N_("MAE"),
        "mase": N_("MASE"),
        "meaning": N_("What it means"),
        "median": N_("median"),
        "more_networks": N_("and {count} more: {running} running, {done} done, {waiting} waiting"),
        "name": N_("Name"),
        "network": N_("network"),
        "networks": N_("networks"),
        "next_session": N_("next session"),
        "attempts": N_("attempts"),
        "no_jobs": N_("no jobs: POST /v1/trainings of 'pregao serve' makes one"),
        "no": N_("no"),
        "no_edge": N_("No edge"),
        "no_corporate_actions": N_("no dividend and no split is known"),
        "no_findings": N_("no findings"),
        "one_finding": N_("finding"),
        "one_finding_many": N_("findings"),
        "one_session": N_("session"),
        "one_session_many": N_("sessions"),
        "outside_90": N_("outside 90 %"),
        "page": N_("Page"),
        "parameters": N_("Parameters"),
        "part_test": N_("test"),
        "part_train": N_("train"),
        "part_validation": N_("validation"),
        "pit": N_("place of the outcome in the forecast distribution"),
        "prices": N_("Prices"),
        "provider": N_("Provider"),
        "pruned": N_("Pruned"),
        "quantiles_of": N_("{symbol}: Quantiles of the close ({sign}), as of {day}: {price}"),
        "quarantined": N_("quarantined"),
        "range_90": N_("90 % range"),
        "rank": N_("Rank"),
        "ranking": N_("Ranking"),
        "ranking_figure_note": N_(
            "Reduction of the test CRPS against the random walk, in the order of the table. "
            "Zero is the naive forecast, the dotted line the baseline that was best on "
            "validation; further right is better."
        ),
        "ranking_note": N_(
            "Ordered by validation CRPS, so that the test part does not determine the order; "
            "all other scores are of the test part. Lower CRPS, MAE and MASE are better."
        ),
        "registered": N_("Registered"),
        "report": N_("Forecast report"),
        "reproduce": N_("How to reproduce"),
        "reproduce_note": N_(
            "Save this as experiment.toml and run the command. Prices with the same "
            "digest give the same numbers."
        ),
        "reproduce_run_note": N_(
            "This trains the stored run again on the same prices, and compares the "
            "result to the last bit."
        ),
        "reproduce_searched_note": N_(
            "Save this as experiment.toml and run the command: it trains again "
            "what the search chose, of an ensemble the best member. Prices with the same "
            "digest give the "
            "same numbers."
        ),
        "rows_added": N_("{count} new, revision {revision}"),
        "run": N_("Run"),
        "scoring": N_("Scoring"),
        "searched": N_("Settings that the search chose"),
        "searched_note": N_(
            "For each network the trial of least validation loss. Pruned trials were stopped "
            "early; the seconds are those of all trials together. The test part is not used "
            "in the choice."
        ),
        "searching": N_("Search"),
        "seconds": N_("Seconds"),
        "served": N_("Served"),
        "session": N_("Session"),
        "sessions": N_("Sessions"),
        "sessions_ahead": N_("sessions ahead"),
        "severity": N_("Severity"),
        "severity_error": N_("error"),
        "severity_info": N_("info"),
        "severity_warning": N_("warning"),
        "show_network": N_("Network"),
        "since": N_("Since"),
        "skill_best": N_("Skill vs best baseline"),
        "skill_best_axis": N_("skill vs best baseline, %"),
        "skill_naive": N_("Skill vs random walk"),
        "skill_naive_axis": N_("skill vs random walk, %"),
        "skill_short_best": N_("vs best"),
        "skill_short_naive": N_("vs naive"),
        "sort_note": N_("Press a heading to sort."),
        "software": N_("Software"),
        "state": N_("State"),
        "state_done": N_("done"),
        "state_running": N_("running"),
        "state_waiting": N_("waiting"),
        "step": N_("Skill step by step"),
        "step_below": N_("below the scale"),
        "step_note": N_(
            "Reduction of the CRPS against the best baseline, which is the zero line, at "
            "each session ahead. A reduction at one session ahead does not imply one at two "
            "weeks."
        ),
        "symbol": N_("Symbol"),
        "symbols": N_("Symbols"),
        "symbols_left_out": N_("{shown} of {count} symbols are shown."),
        "target": N_("Target"),
        "theme": N_("Dark"),
        "tickers_counted": N_(
            "Tickers ranked: {total}; with an edge: {edges}; left out: {left_out}."
        ),
        "time_left": N_("{time} left"),
        "training_loss": N_("training"),
        "trials": N_("Trials"),
        "trials_of": N_("{done} of {total} trials"),
        "untrained": N_("untrained"),
        "validation_loss": N_("validation"),
        "version": N_("Version"),
        "volume": N_("volume"),
        "windows": N_("Windows"),
        "yes": N_("yes"),
    }
)
