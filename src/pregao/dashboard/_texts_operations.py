"""Texts of the page of operations by key."""

from pregao.values import Text, bilingual

_SHOWN: dict[str, Text] = {
    "operations_title": bilingual("Operations"),
    "operations_lead": bilingual(
        "The state of this server, by its own measurements. Unknown values are a dash."
    ),
    "operations_ready": bilingual("ready"),
    "operations_not_ready": bilingual("not ready"),
    "operations_as_of": bilingual("as of {at}"),
    "operations_links": bilingual("For machines"),
    "operations_limits": bilingual("Limits"),
    "operations_readiness": bilingual("Readiness"),
    "operations_pause": bilingual("Pause"),
    "operations_server": bilingual("Server"),
    "operations_requests": bilingual("Requests answered"),
    "operations_errors": bilingual("Refused (4xx)"),
    "operations_failures": bilingual("Failed (5xx)"),
    "operations_in_flight": bilingual("In flight"),
    "operations_p50": bilingual("Median"),
    "operations_p95": bilingual("95th percentile"),
    "operations_cpu": bilingual("CPU time used"),
    "operations_memory": bilingual("Resident memory"),
    "operations_files": bilingual("Open files"),
    "operations_since": bilingual("Since"),
    "operations_up_since": bilingual("up since"),
    "operations_streams": bilingual("Event streams open"),
    "operations_most": bilingual("{most} at most"),
    "operations_forecasts": bilingual("Forecasts"),
    "operations_by_network": bilingual("By networks"),
    "operations_by_baseline": bilingual("By baselines"),
    "operations_estimates": bilingual(
        "Times are estimates: a histogram counts how many answers fell between two borders, and "
        "within them they are taken to lie evenly. Counts begin when the server comes up, and this "
        "page's own questions are among them; workers are processes of their own, and not counted."
    ),
    "operations_pace": bilingual("The last five minutes"),
    "operations_pace_requests": bilingual("Requests per second"),
    "operations_pace_cpu": bilingual("CPU"),
    "operations_pace_memory": bilingual("Memory"),
    "operations_queue": bilingual("Queue"),
    "operations_no_queue": bilingual("The queue cannot be read: {reason}"),
    "operations_oldest": bilingual("Oldest waiting for"),
    "operations_workers": bilingual("Workers"),
    "operations_worker": bilingual("Worker"),
    "operations_host": bilingual("Host"),
    "operations_beat": bilingual("Last beat"),
    "operations_works_on": bilingual("Works on"),
    "operations_alive": bilingual("alive"),
    "operations_silent": bilingual("silent"),
    "operations_no_workers": bilingual("No worker is there: jobs wait until one is started."),
    "operations_jobs": bilingual("Newest jobs"),
    "operations_job": bilingual("Job"),
    "operations_what": bilingual("Of"),
    "operations_state": bilingual("State"),
    "operations_message": bilingual("Progress"),
    "operations_created": bilingual("Requested"),
    "operations_took": bilingual("Took"),
    "operations_change": bilingual("Change"),
    "operations_no_jobs": bilingual("No job yet."),
    "operations_all_jobs": bilingual("All about training"),
    "operations_champions": bilingual("Champions"),
    "operations_no_champions": bilingual("No champion is set: baselines answer."),
    "operations_champion": bilingual("Champion"),
    "operations_answers": bilingual("Champions in service"),
    "operations_itself": bilingual("itself"),
    "operations_a_baseline": bilingual("a baseline"),
    "operations_trouble": bilingual("Problems"),
    "operations_live": bilingual("Champions since their training"),
    "operations_live_note": bilingual(
        "Of all champions together, on sessions after training; taken every ten minutes."
    ),
    "operations_error_ratio": bilingual("Error over naive"),
    "operations_coverage": bilingual("Coverage 90\N{NO-BREAK SPACE}%"),
    "operations_drift": bilingual("Drift of the inputs"),
    "operations_worst": bilingual("worst"),
    "operations_naive_is": bilingual("1 is naive"),
    "operations_right_is": bilingual("90 % is right"),
    "operations_drift_is": bilingual("in training deviations"),
    "operations_providers": bilingual("Providers of prices"),
    "operations_no_providers": bilingual("No provider on the network is asked."),
    "operations_provider": bilingual("Provider"),
    "operations_success": bilingual("Last answer"),
    "operations_failure": bilingual("Last failure"),
    "operations_retry_at": bilingual("Asked again"),
    "operations_routes": bilingual("Routes"),
    "operations_route": bilingual("Route"),
    "operations_count": bilingual("Answers"),
}

_STATUS: dict[str, Text] = {
    "operations_asked": bilingual("active"),
    "operations_left_alone": bilingual("paused after a failure"),
    "operations_reason_rate_limited": bilingual("too many questions"),
    "operations_reason_unknown_symbol": bilingual("unknown symbol"),
    "operations_reason_auth": bilingual("key refused"),
    "operations_reason_bad_payload": bilingual("invalid response"),
    "operations_reason_schema_changed": bilingual("answer of a new form"),
    "operations_reason_unavailable": bilingual("not reachable"),
    "operations_idle": bilingual("nothing"),
}

OPERATIONS: dict[str, Text] = {
    **_SHOWN,
    **_STATUS,
    "js_operations_pause": _SHOWN["operations_pause"],
    "js_operations_resume": bilingual("Go on"),
    "js_operations_lost": bilingual(
        "The server does not answer, so these numbers are old. It is asked again every few seconds."
    ),
    "js_operations_cancel": bilingual("Cancel"),
    "js_operations_cancel_one": bilingual("Cancel {job}"),
    "js_operations_cancel_title": bilingual("Cancel this job?"),
    "js_operations_cancel_help": bilingual(
        "{job} stops within seconds. It can be tried again later."
    ),
    "js_operations_cancel_yes": bilingual("Cancel the job"),
    "js_operations_retry": bilingual("Retry"),
    "js_operations_retry_one": bilingual("Retry {job}"),
    "js_operations_highest": bilingual("highest {value}"),
}
