"""Texts of a symbol's page by key."""

from pregao.values import Text, bilingual

SYMBOL: dict[str, Text] = {
    "symbol_lead": bilingual("Last price {price} on {day}; the next {count} sessions."),
    "symbol_late": bilingual(
        "{count} sessions have been held since: the forecast starts from old prices."
    ),
    "symbol_watch": bilingual("Watch"),
    "symbol_unwatch": bilingual("Stop watching"),
    "symbol_refresh": bilingual("Update prices"),
    "symbol_train": bilingual("Train on it"),
    "symbol_forecast": bilingual("Forecast"),
    "symbol_fan_note": bilingual(
        "The shaded ranges hold the future close with the stated probability; the line within them is the median. The dotted line repeats the last price: the naive forecast."
    ),
    "symbol_by_run": bilingual("{name} forecasts, champion since {day}."),
    "symbol_by_baseline": bilingual(
        "{name} forecasts, a baseline fitted on the spot: nothing has been trained for this symbol and horizon."
    ),
    "symbol_trouble": bilingual(
        "The champion could not be loaded, and a substitute serves: {reason}"
    ),
    "symbol_quantiles_in": bilingual("Quantiles, {currency}"),
    "symbol_quantiles": bilingual("Quantiles"),
    "symbol_session": bilingual("Session"),
    "symbol_median": bilingual("Median"),
    "symbol_actions": bilingual("Buy, sell or hold"),
    "symbol_actions_learnt": bilingual(
        "Probabilities of a head that was taught these actions, calibrated."
    ),
    "symbol_actions_implied": bilingual("Probabilities that follow from the ranges, calibrated."),
    "symbol_actions_threshold": bilingual(
        "Trades are made from these probabilities on, chosen on validation for a round "
        "trip of {cost}:"
    ),
    "symbol_never": bilingual("never"),
    "symbol_decided": bilingual("Decision"),
    "symbol_probability": bilingual("Probability"),
    "symbol_threshold": bilingual("Threshold"),
    "symbol_action": bilingual("Action"),
    "symbol_buy": bilingual("buy"),
    "symbol_sell": bilingual("sell"),
    "symbol_hold": bilingual("hold"),
    "symbol_no_trade": bilingual(
        "On validation no threshold paid for its costs: the decision is to hold, "
        "whatever the probabilities."
    ),
    "symbol_history": bilingual("Prices"),
    "symbol_history_note": bilingual("Closes as quoted, volume below."),
    "symbol_years": bilingual("How much of it"),
    "symbol_years_1": bilingual("1 year"),
    "symbol_years_2": bilingual("2 years"),
    "symbol_years_5": bilingual("5 years"),
    "symbol_years_all": bilingual("all"),
    "symbol_past": bilingual("Past forecasts against what happened"),
    "symbol_past_note": bilingual(
        "Each range was made {step} sessions before its session, by the present "
        "forecaster, on sessions that were not used in training or validation."
    ),
    "symbol_past_none": bilingual("No session has come since training: nothing to compare yet."),
    "symbol_past_count": bilingual("Sessions compared"),
    "symbol_past_coverage": bilingual("Inside the 90 % range"),
    "symbol_past_right": bilingual("90 % is right"),
    "symbol_past_error": bilingual("Error against naive"),
    "symbol_past_error_note": bilingual("1 is the last price's"),
    "symbol_calibration": bilingual("Calibration"),
    "symbol_calibration_note": bilingual(
        "On the test part: the share of outcomes below each level, less its nominal "
        "value; then the coverage of the ranges in adverse periods."
    ),
    "symbol_explanation": bilingual("What mattered"),
    "symbol_explanation_lead": bilingual(
        "Which features and which sessions moved the forecast away from that of an average input. It takes some seconds."
    ),
    "symbol_explain": bilingual("Explain this forecast"),
    "symbol_explanation_none": bilingual(
        "The baseline that answers reads past returns alone; there is no network to explain. Train one first."
    ),
    "symbol_simulator": bilingual("Simulator"),
    "symbol_simulator_lead": bilingual(
        "The same forecast from prices of your own: fill in the last year, edit what you like, or upload a file. Nothing of it is kept."
    ),
    "symbol_champion": bilingual("Champion"),
    "symbol_champion_run": bilingual("Run"),
    "symbol_champion_version": bilingual("Version"),
    "symbol_champion_since": bilingual("Since"),
    "symbol_trail": bilingual("History of champions"),
    "symbol_trail_promote": bilingual("promoted"),
    "symbol_trail_rollback": bilingual("rolled back"),
    "symbol_certificate": bilingual("Data certificate"),
    "symbol_source": bilingual("Source"),
    "symbol_first": bilingual("First session"),
    "symbol_last": bilingual("Last session"),
    "symbol_count": bilingual("Sessions"),
    "symbol_digest": bilingual("Digest"),
    "symbol_adjusted": bilingual("Adjusted"),
    "symbol_coverage": bilingual("Sessions with a bar"),
    "symbol_no_findings": bilingual("No problem was found in these prices."),
    "symbol_forecast_findings": bilingual("About this forecast"),
}
