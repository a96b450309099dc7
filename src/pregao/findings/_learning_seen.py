"""Findings about learning, each with its sentence: what had no part in a result, and why."""

from collections.abc import Sequence

from pregao.findings._finding import Finding
from pregao.texts import LocalText, join_messages
from pregao.values import Text, bilingual

_MOST_SYMBOLS = 5


def not_trained_on(run: str, trained_on: Sequence[str], symbol: str) -> Finding:
    """Return that a run forecasts a symbol it was not trained on (LRN005)."""
    seen = bilingual(
        "{run} was trained on {symbols}, not on {symbol}",
        run=run,
        symbols=", ".join(trained_on[:_MOST_SYMBOLS]),
        symbol=symbol,
    )
    return Finding.from_code("LRN005", seen, symbol=symbol)


def network_left_out(name: str, reason: LocalText) -> Finding:
    """Return that a network of the zoo does not fit an experiment (LRN006)."""
    return Finding.from_code("LRN006", Text.from_message(join_messages([name, reason], ": ")))


def ticker_left_out(symbol: str, reason: LocalText) -> Finding:
    """Return that a symbol of many has no part in the result (LRN007)."""
    return Finding.from_code("LRN007", Text.from_message(reason), symbol=symbol)


def no_trial_trained(network: str, reason: LocalText | None) -> Finding:
    """Return that a search trained no trial of a network (LRN008); without a reason, for time."""
    why = bilingual(" in the time given") if reason is None else join_messages([":", reason], " ")
    seen = bilingual("no trial of {network} could be trained{why}", network=network, why=why)
    return Finding.from_code("LRN008", seen)


def search_unfinished(search: str, num_trials: int) -> Finding:
    """Return that a search ran out of time (LRN009)."""
    seen = bilingual("the time was up after {trials} trials", trials=num_trials)
    do = bilingual("'pregao search --resume {search}' goes on", search=search)
    return Finding.from_code("LRN009", seen, do=do)


def horizon_mismatch(run: str, *, requested: int, trained: int) -> Finding | None:
    """Compare a requested horizon with the one that a run was trained for (LRN011)."""
    if requested == trained:
        return None
    seen = bilingual(
        "{run} was trained for {trained} sessions ahead, and {requested} were asked for",
        run=run,
        trained=trained,
        requested=requested,
    )
    return Finding.from_code("LRN011", seen)


def baseline_unavailable(reason: LocalText) -> Finding:
    """Return that a baseline could not be fitted (EVA010)."""
    return Finding.from_code("EVA010", Text.from_message(reason))
