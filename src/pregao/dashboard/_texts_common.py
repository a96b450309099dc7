"""Texts that several pages share by key."""

from pregao.values import Text, bilingual

COMMON: dict[str, Text] = {
    "tagline": bilingual("From a ticker to a calibrated forecast, always beside the naive one."),
    "skip": bilingual("Skip to the content"),
    "nav": bilingual("Pages"),
    "nav_overview": bilingual("Overview"),
    "nav_training": bilingual("Training"),
    "nav_network": bilingual("Custom network"),
    "nav_runs": bilingual("Runs"),
    "nav_operations": bilingual("Operations"),
    "search": bilingual("Find a ticker"),
    "search_hint": bilingual("PETR4, VALE3, NVDA"),
    "search_go": bilingual("Open"),
    "theme": bilingual("Light or dark"),
    "language": bilingual("Language"),
    "footer_json": bilingual("This page as JSON"),
    "footer_api": bilingual("API"),
    "footer_metrics": bilingual("Metrics"),
    "not_advice": bilingual(
        "Forecasts are ranges, not advice. Every score is shown beside that of the naive forecast."
    ),
    "problem_title": bilingual("Failed"),
    "problem_nowhere": bilingual(
        "No page has the address {path}. The menu above leads to all of them."
    ),
    "problem_back": bilingual("Back to the overview"),
    "problem_logged": bilingual("The server's log says more; there this request is"),
    "problem_nearest": bilingual("Did you mean"),
    "edge_proven": bilingual("edge"),
    "edge_none": bilingual("no edge"),
    "edge_proven_help": bilingual("It beat the best baseline significantly on unseen sessions."),
    "edge_none_help": bilingual(
        "No network beat the best baseline beyond chance: use the ranges, not the direction."
    ),
    "severity_error": bilingual("error"),
    "severity_warning": bilingual("warning"),
    "severity_info": bilingual("note"),
    "state_queued": bilingual("waiting"),
    "state_running": bilingual("running"),
    "state_succeeded": bilingual("done"),
    "state_failed": bilingual("failed"),
    "state_cancelled": bilingual("cancelled"),
    "state_dead": bilingual("dead"),
    "baseline": bilingual("baseline"),
    "champion": bilingual("champion"),
    "none": bilingual("none"),
    "yes": bilingual("yes"),
    "no": bilingual("no"),
    "horizon": bilingual("Horizon"),
    "symbol": bilingual("Symbol"),
    "close": bilingual("Close"),
    "js_key_title": bilingual("A key is required"),
    "js_key_help": bilingual(
        "This server asks for an API key for what changes something. It is kept until this tab "
        "is closed."
    ),
    "js_key_label": bilingual("API key"),
    "js_ok": bilingual("Continue"),
    "js_cancel": bilingual("Cancel"),
    "js_unreachable": bilingual("The server did not answer. Is it still running?"),
    "js_busy": bilingual("Working ..."),
}
