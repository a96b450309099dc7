"""Texts of the overview by key."""

from pregao.values import Text, bilingual

OVERVIEW: dict[str, Text] = {
    "overview_title": bilingual("Watchlist"),
    "overview_lead": bilingual(
        "The next sessions of each symbol as a range, and whether a network has beaten "
        "the baselines."
    ),
    "overview_last": bilingual("Last price"),
    "overview_day": bilingual("Day"),
    "overview_forecast": bilingual("Forecast"),
    "overview_range": bilingual("90 % range"),
    "overview_edge": bilingual("Edge"),
    "overview_by": bilingual("By"),
    "overview_data": bilingual("Data"),
    "overview_ahead": bilingual("for {session}"),
    "overview_sessions_late": bilingual("{count} sessions behind"),
    "overview_current": bilingual("up to date"),
    "overview_failed": bilingual("no forecast: {reason}"),
    "overview_start": bilingual("Start here"),
    "overview_start_lead": bilingual(
        "No network has been trained yet. Three clicks on the bundled data lead to a first "
        "forecast of your own; the ranges below come from a baseline in the meantime."
    ),
    "overview_step_1": bilingual("Choose the sample: twenty years of the S&P 500, already here"),
    "overview_step_2": bilingual("Start the training: it takes about a minute"),
    "overview_step_3": bilingual("Open the forecast, beside the naive one"),
    "overview_begin": bilingual("Try it on the sample"),
    "overview_own": bilingual(
        "Or find a ticker above: PETR4, VALE3 and NVDA are fetched when you ask for them."
    ),
    "overview_none": bilingual("No symbol yet: find one above."),
    "overview_more": bilingual("The first {shown} of {count} symbols are shown."),
    "overview_champions": bilingual("Champions"),
    "overview_num_symbols": bilingual("available symbols"),
    "overview_jobs": bilingual("jobs under way"),
    "overview_runs": bilingual("runs kept"),
}
