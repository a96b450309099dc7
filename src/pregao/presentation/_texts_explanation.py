"""The texts of explanations, in both languages; their sentences come with the explanation."""

from pregao.texts import N_, translations

EXPLANATION_TEXTS = translations(
    {
        "share_and_size": N_("{share} ({size})"),
        "crps_rise": N_("CRPS rise, %"),
        "feature": N_("Feature"),
        "gained": N_("adds"),
        "lag": N_("lag"),
        "lag_axis": N_("lag: 1 is the last session known"),
        "lags": N_("Lags"),
        "nothing_read": N_("nothing is read"),
        "points": N_("percentage points"),
        "sessions_read": N_("of the validation part until"),
        "shares_by_lag": N_("{quantity}, by lag"),
        "shares_by_lag_mean": N_("{quantity}, mean size by lag"),
        "standard_error": N_("std. error"),
        "table_forecast": N_(
            "What each feature adds against the average input, in percentage points; "
            "sizes, with nothing cancelling out, in brackets."
        ),
        "table_run": N_(
            "CRPS rise: on validation, when the feature is swapped among {windows} windows, "
            "{repeats} times. The other columns: mean size of its shares, in percentage points."
        ),
        "took": N_("takes"),
        "what_mattered": N_("Most important features"),
    }
)
