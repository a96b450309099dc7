"""The errors that Pregao raises on purpose.

Every message names what was requested, what was found and what to do. Errors carry their facts as
attributes, so that the command line maps a class to an exit code, and the API to a status, in one
place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, ClassVar, Literal

from pregao.texts import (
    N_,
    Language,
    LocalText,
    Translatable,
    in_language,
    join_messages,
    list_alternatives,
    ngettext_lazy,
)
from pregao.texts import gettext_lazy as _


class PregaoError(Exception):
    """The base class of all errors of Pregao, with its message in every language."""

    def __init__(self, message: LocalText) -> None:
        self.message = message
        super().__init__(str(message))

    def in_language(self, language: Language) -> str:
        """Return the message in a language; `str` returns it in English."""
        return in_language(self.message, language)


class InputError(PregaoError, ValueError):
    """Input that cannot be used; the exit code of the command line is 2."""


class UnknownNameError(InputError):
    """A name that is in no registry, with the nearest ones.

    >>> str(UnknownNameError("network", "lstm_clasic", ["lstm_classic", "gru_classic"]))
    "unknown network 'lstm_clasic': did you mean lstm_classic or gru_classic?"
    """

    def __init__(
        self, kind: LocalText, name: str, known: Iterable[str], hint: LocalText | None = None
    ) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        by_lower_case = {each.lower(): each for each in self.known}
        near = get_close_matches(name.lower(), by_lower_case, n=3, cutoff=0.5)
        self.nearest = tuple(by_lower_case[each] for each in near)
        advice: LocalText = (
            _("did you mean {nearest}?", nearest=list_alternatives(self.nearest))
            if self.nearest
            else _("known are {known}.", known=", ".join(self.known))
        )
        if hint is not None:
            advice = join_messages([advice, hint], " ")
        super().__init__(
            _(
                "unknown {kind} {name!r}: {advice}",
                kind=kind,
                name=name,
                advice=advice,
            )
        )


class InvalidSymbolError(InputError):
    """A text that is no ticker."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            _(
                "{text!r} is not a ticker: use 1 to 15 of A-Z, 0-9, '.', '^', '=', '-', such as "
                "PETR4, VALE3.SA, NVDA, BRK.B or ^BVSP",
                text=text[:40],
            )
        )


class UnknownExchangeError(InvalidSymbolError):
    """A ticker that does not tell its exchange, or one with an exchange that is not known."""

    def __init__(self, text: str, code: str = "", known: Iterable[str] = ()) -> None:
        self.text, self.code, self.known = text, code, tuple(known)
        if code:
            message = _(
                "no exchange {code} is known for {text}: give one of {known}, with --exchange, as "
                "{text}@XETR, or in PREGAO_HOME/instruments.toml",
                code=code,
                text=text[:20],
                known=", ".join(self.known),
            )
        else:
            message = _(
                "the exchange of {text} is not known: state it, as {text}@XETR or {text}@XETR:EUR "
                "with the currency, or with --exchange and --currency, or in "
                "PREGAO_HOME/instruments.toml; known by themselves are tickers such as PETR4, "
                "VALE3.SA, NVDA or ^BVSP",
                text=text[:20],
            )
        PregaoError.__init__(self, message)


class StatedTwiceError(InvalidSymbolError):
    """A ticker that states one exchange or currency, with another one beside it."""

    def __init__(self, text: str, own: str, given: str) -> None:
        self.text = text
        PregaoError.__init__(
            self,
            _(
                "{text} states {own}, and {given} is stated beside it: give one",
                text=text[:40],
                own=own[:20],
                given=given[:20],
            ),
        )


class UnknownSymbolError(InputError):
    """A symbol that a provider does not have."""

    def __init__(self, symbol: str, provider: str, hint: LocalText) -> None:
        self.symbol, self.provider, self.hint = symbol, provider, hint
        super().__init__(
            _("{provider} has no {symbol}: {hint}", provider=provider, symbol=symbol, hint=hint)
        )


ProviderReason = Literal[
    "rate_limited", "unknown_symbol", "auth", "bad_payload", "schema_changed", "unavailable"
]


class ProviderError(PregaoError):
    """A failed download from a provider on the network, with the reason and advice."""

    _ADVICE: ClassVar[Mapping[ProviderReason, str]] = {
        "rate_limited": N_("wait, or use another source: --source live goes on to the next one"),
        "unknown_symbol": N_("check the spelling, or use another source"),
        "auth": N_("set its key in the environment, or use another source"),
        "bad_payload": N_(
            "try again later, or use another source: --source live goes on to the next"
        ),
        "schema_changed": N_(
            "nothing was stored; use another source until Pregao supports this form"
        ),
        "unavailable": N_("check the network, or use what is here: --source store or --source csv"),
    }

    def __init__(
        self,
        provider: str,
        symbol: str,
        reason: ProviderReason,
        found: LocalText,
        *,
        retry_after_seconds: float | None = None,
        advice: LocalText | None = None,
    ) -> None:
        self.provider, self.symbol, self.reason = provider, symbol, reason
        self.found = found
        self.retry_after_seconds = retry_after_seconds
        if retry_after_seconds is not None:
            found = _(
                "{found} (again in {seconds:.0f} s)", found=found, seconds=retry_after_seconds
            )
        super().__init__(
            _(
                "{provider} gave no prices of {symbol}: {found}; {advice}",
                provider=provider,
                symbol=symbol,
                found=found,
                advice=advice or _(self._ADVICE[reason]),
            )
        )


class MalformedFileError(InputError):
    """A file that cannot be parsed as daily bars, with the line and the reason."""

    def __init__(self, path: str, line: int | None, reason: LocalText) -> None:
        self.path, self.line, self.reason = path, line, reason
        if line is None:
            super().__init__(join_messages([path, reason], ": "))
        else:
            super().__init__(
                _("{path}, line {line:d}: {reason}", path=path, line=line, reason=reason)
            )


class HistoryTooShortError(InputError):
    """A history with fewer sessions than the lookback, the horizon and the split need."""

    def __init__(self, symbol: str, needed: int, found: int, because: LocalText) -> None:
        self.symbol, self.needed, self.found = symbol, needed, found
        super().__init__(
            ngettext_lazy(
                "{symbol} has {count} session, and {because} needs at least {needed}: give an "
                "earlier --start, or a smaller --lookback or --horizon",
                "{symbol} has {count} sessions, and {because} needs at least {needed}: give an "
                "earlier --start, or a smaller --lookback or --horizon",
                symbol=symbol,
                count=found,
                because=because,
                needed=needed,
            )
        )


class UnusableWindowsError(HistoryTooShortError):
    """A history that is long enough, but for its holes and the sessions without a move."""

    def __init__(
        self,
        symbol: str,
        *,
        part: str,
        found: int,
        needed: int,
        num_sessions: int,
        num_unusable: int,
    ) -> None:
        self.symbol, self.part, self.found, self.needed = symbol, part, found, needed
        PregaoError.__init__(
            self,
            _(
                "{symbol} has {num_sessions} sessions, of which {num_unusable} lie at a hole or "
                "in a month without a move: the {part} part keeps {found} windows and needs at "
                "least {needed}: use a span that trades, with --start and --end",
                symbol=symbol,
                num_sessions=num_sessions,
                num_unusable=num_unusable,
                part=part,
                found=found,
                needed=needed,
            ),
        )


class SharedFileError(InputError):
    """One file that was read for several symbols."""

    def __init__(self, symbol: str, path: str) -> None:
        self.symbol, self.path = symbol, path
        super().__init__(
            _(
                "{path} was read for {symbol} and for another symbol: give --path the folder that "
                "holds a file for each",
                path=path,
                symbol=symbol,
            )
        )


class MissingColumnsError(InputError):
    """Prices without the order book columns that a stored run was trained on."""

    def __init__(self, features: Sequence[str]) -> None:
        self.features = tuple(features)
        super().__init__(
            _(
                "the run uses {features}, and these prices have no best offers: give prices from a "
                "provider with an order book",
                features=_enumeration(features),
            )
        )


class BaseSessionError(InputError):
    """Features of the level of prices, of prices without the session that they are told by."""

    def __init__(self, symbol: str, features: Sequence[str], base: date | None) -> None:
        self.symbol, self.features, self.base = symbol, tuple(features), base
        names = ", ".join(self.features)
        if base is None:
            message = _(
                "the network reads levels of prices ({names}), which it has learnt of other "
                "symbols than {symbol}: train it on {symbol}, or with the features scale_free",
                names=names,
                symbol=symbol,
            )
        else:
            message = _(
                "the network reads levels of prices ({names}) in units of {symbol} on {base}, and "
                "these prices have no such session: give a history that begins on {base} or "
                "earlier, or train with the features scale_free",
                names=names,
                symbol=symbol,
                base=base,
            )
        super().__init__(message)


class SplitError(InputError):
    """Split dates that leave a part with too few windows."""

    def __init__(self, part: str, found: int, needed: int) -> None:
        self.part, self.found, self.needed = part, found, needed
        super().__init__(
            _(
                "the {part} part has {found} windows and needs at least {needed}: move the split's "
                "dates, or give an earlier --start",
                part=part,
                found=found,
                needed=needed,
            )
        )


@dataclass(frozen=True)
class Fault:
    """An error in one field of a request.

    >>> str(Fault("split.train_fraction", "at most 1"))
    'split.train_fraction: at most 1'
    """

    at: str
    """The field; inner ones after a dot. Empty where it concerns all fields."""
    message: LocalText

    def __str__(self) -> str:
        """Return the English text."""
        return self.in_language("en")

    def in_language(self, language: Language) -> str:
        """Return the field and what is wrong with it, in a language."""
        message = in_language(self.message, language)
        return f"{self.at}: {message}" if self.at else message


_VALIDATION_MESSAGES: Mapping[str, str] = {
    "bool_parsing": N_("Input should be a valid boolean"),
    "bool_type": N_("Input should be a valid boolean"),
    "date_from_datetime_parsing": N_("Input should be a valid date, such as 2024-01-31"),
    "date_parsing": N_("Input should be a valid date, such as 2024-01-31"),
    "date_type": N_("Input should be a valid date, such as 2024-01-31"),
    "dict_type": N_("Input should be an object"),
    "enum": N_("Input should be {expected}"),
    "extra_forbidden": N_("Extra inputs are not permitted"),
    "finite_number": N_("Input should be a finite number"),
    "float_parsing": N_("Input should be a valid number"),
    "float_type": N_("Input should be a valid number"),
    "greater_than": N_("Input should be greater than {gt}"),
    "greater_than_equal": N_("Input should be greater than or equal to {ge}"),
    "int_from_float": N_("Input should be a valid integer"),
    "int_parsing": N_("Input should be a valid integer"),
    "int_type": N_("Input should be a valid integer"),
    "json_invalid": N_("Invalid JSON: {error}"),
    "less_than": N_("Input should be less than {lt}"),
    "less_than_equal": N_("Input should be less than or equal to {le}"),
    "list_type": N_("Input should be a list"),
    "literal_error": N_("Input should be {expected}"),
    "missing": N_("Field required"),
    "model_attributes_type": N_("Input should be an object"),
    "model_type": N_("Input should be an object"),
    "string_pattern_mismatch": N_("Input should match the pattern '{pattern}'"),
    "string_too_long": N_("Input should have at most {max_length} characters"),
    "string_too_short": N_("Input should have at least {min_length} characters"),
    "string_type": N_("Input should be a valid string"),
    "too_long": N_("Input should have at most {max_length} items, not {actual_length}"),
    "too_short": N_("Input should have at least {min_length} items, not {actual_length}"),
    "tuple_type": N_("Input should be a list"),
    "union_tag_invalid": N_("Input should be {expected_tags}, not '{tag}'"),
    "union_tag_not_found": N_("Field {discriminator} is required"),
}
"""What pydantic finds wrong with a value, by its type of error."""


def _whole(value: object) -> object:
    """Return a whole number without its decimal places."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def validation_message(error: Mapping[str, Any]) -> LocalText:
    """Return the message of one of pydantic's errors, without repeating the input.

    >>> str(validation_message({"type": "less_than", "ctx": {"lt": 3}}))
    'Input should be less than 3'
    """
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Exception) and cause.args and not isinstance(cause.args[0], str):
        message = cause.args[0]
        return message if isinstance(message, Translatable) else str(cause)
    if isinstance(cause, Translatable):
        return cause
    if (sentence := _VALIDATION_MESSAGES.get(error["type"])) is not None:
        return _(sentence, **{name: _whole(value) for name, value in context.items()})
    return str(error["msg"]).removeprefix("Value error, ")


class InvalidExperimentError(InputError):
    """An experiment with unknown or invalid fields, all of them listed."""

    def __init__(self, source: LocalText, reasons: Sequence[LocalText]) -> None:
        self.source, self.reasons = source, tuple(reasons)
        super().__init__(join_messages([source, join_messages(reasons)], ": "))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The reasons that concern one field."""
        return tuple(each for each in self.reasons if isinstance(each, Fault) and each.at)

    def within(self, outer: str) -> "InvalidExperimentError":
        """Return the same error for an experiment that is a field of a larger request."""
        moved = [
            Fault(f"{outer}.{each.at}", each.message) if isinstance(each, Fault) else each
            for each in self.reasons
        ]
        return InvalidExperimentError(self.source, moved)


class DataQualityError(InputError):
    """Prices with findings of severity error, which must not be trained on."""

    def __init__(self, symbol: str, findings: Sequence[LocalText]) -> None:
        self.symbol, self.findings = symbol, tuple(findings)
        super().__init__(
            _(
                "{symbol} is quarantined: {findings}. See 'pregao check {symbol}', or give "
                "--allow-findings to train on it all the same",
                symbol=symbol,
                findings=join_messages(findings),
            )
        )


class NoForecastError(DataQualityError):
    """Prices of which nothing can be forecast: they do not move, or are not positive."""

    def __init__(self, symbol: str, found: LocalText) -> None:
        self.symbol, self.findings = symbol, (found,)
        PregaoError.__init__(
            self,
            _(
                "nothing is forecast of {symbol}: {found}; give a span that trades, or another "
                "source",
                symbol=symbol,
                found=found,
            ),
        )


class NothingLeftError(InputError):
    """Symbols or trials of which every one failed."""

    def __init__(self, reasons: Sequence[LocalText], summary: LocalText | None = None) -> None:
        self.reasons = tuple(reasons)
        shown: LocalText = join_messages(reasons[:3])
        if len(reasons) > 3:
            shown = _("{shown} (and {count} more)", shown=shown, count=len(reasons) - 3)
        super().__init__(join_messages([summary or _("no symbol can be used"), shown], ": "))


class UnknownRunError(InputError):
    """An id that no stored run has."""

    def __init__(self, run: str, known: Sequence[str]) -> None:
        self.run, self.known = run, tuple(known)
        super().__init__(
            _("no run {run!r}: {newest}; 'pregao train' makes one", run=run, newest=_newest(known))
        )


class NotRegisteredError(PregaoError):
    """A run that is not registered, and cannot be served."""

    def __init__(self, run: str) -> None:
        self.run = run
        super().__init__(
            _("the run {run} is not registered: 'pregao promote {run}' does that first", run=run)
        )


class RegistrationError(PregaoError):
    """A run that cannot be registered, as its forecasts are not reproduced."""

    def __init__(self, run: str, reason: LocalText) -> None:
        self.run, self.reason = run, reason
        super().__init__(
            _(
                "the run {run} cannot be registered ({reason}): train it again",
                run=run,
                reason=reason,
            )
        )


class ChampionConflictError(PregaoError):
    """A champion with another version than expected: it was changed concurrently."""

    def __init__(self, symbol: str, horizon: int, expected: int, found: int) -> None:
        self.symbol, self.horizon, self.expected, self.found = symbol, horizon, expected, found
        super().__init__(
            _(
                "the champion of {symbol} for {horizon} sessions is at version {found}, not "
                "{expected}: reload it, then decide",
                symbol=symbol,
                horizon=horizon,
                found=found,
                expected=expected,
            )
        )


class UnknownChampionError(InputError):
    """A symbol or horizon without a champion."""

    def __init__(self, symbol: str, horizon: int | None, known: Sequence[str]) -> None:
        self.symbol, self.horizon, self.known = symbol, horizon, tuple(known)
        place: LocalText = (
            symbol
            if horizon is None
            else _("{symbol} for {horizon} sessions", symbol=symbol, horizon=horizon)
        )
        others = (
            _("there are champions of {known}", known=", ".join(known[:5]))
            if known
            else _("there is none yet")
        )
        super().__init__(
            _(
                "no champion of {place}: {others}; 'pregao promote RUN' makes one",
                place=place,
                others=others,
            )
        )


class NoEarlierChampionError(InputError):
    """A champion without a predecessor to roll back to."""

    def __init__(self, symbol: str, horizon: int) -> None:
        self.symbol, self.horizon = symbol, horizon
        super().__init__(
            _(
                "{symbol} for {horizon} sessions never had another champion: promote another run",
                symbol=symbol,
                horizon=horizon,
            )
        )


class NotTrainedOnError(InputError):
    """A run that was not trained on the symbol of which it was to become champion."""

    def __init__(self, run: str, symbol: str, trained_on: Sequence[str]) -> None:
        self.run, self.symbol, self.trained_on = run, symbol, tuple(trained_on)
        super().__init__(
            _(
                "the run {run} was trained on {trained_on}, not on {symbol}: train one on it, or "
                "name one of those",
                run=run,
                trained_on=", ".join(trained_on[:5]),
                symbol=symbol,
            )
        )


class ServingRunError(PregaoError):
    """A run that cannot be deleted, as it is or was a champion."""

    def __init__(self, run: str, places: Sequence[str]) -> None:
        self.run, self.places = run, tuple(places)
        super().__init__(
            _(
                "the run {run} is or was champion of {places}, and is kept to go back to",
                run=run,
                places=", ".join(places),
            )
        )


class FolderInUseError(InputError):
    """A folder to be created that exists and is not empty."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(_("{path} is there already and not empty: name a new folder", path=path))


class UnknownJobError(InputError):
    """An id that no job has."""

    def __init__(self, job: str, known: Sequence[str]) -> None:
        self.job, self.known = job, tuple(known)
        super().__init__(
            _(
                "no job {job!r}: {newest}; 'pregao jobs' lists them",
                job=job[:60],
                newest=_newest(known),
            )
        )


class JobTooLargeError(InputError):
    """A job beyond the size limits."""

    def __init__(self, what: LocalText, found: int, most: int) -> None:
        self.what, self.found, self.most = what, found, most
        super().__init__(
            _(
                "the job asks for {found:,} {what}, and at most {most:,} are allowed: request "
                "fewer, or use the command line, which has no such limit",
                found=found,
                what=what,
                most=most,
            )
        )


class QueueFullError(PregaoError):
    """A queue with the maximum number of waiting jobs."""

    def __init__(self, most: int, retry_after_seconds: int) -> None:
        self.most, self.retry_after_seconds = most, retry_after_seconds
        super().__init__(
            _(
                "{most:,} jobs are waiting: try again in {retry_after_seconds} s, or start another "
                "'pregao worker'",
                most=most,
                retry_after_seconds=retry_after_seconds,
            )
        )


class IdempotencyMismatchError(InputError):
    """An idempotency key that belongs to another request."""

    def __init__(self, key: str, job: str) -> None:
        self.key, self.job = key, job
        super().__init__(
            _(
                "the key {key!r} stands for another request, which became {job}: give each request "
                "a key of its own",
                key=key[:60],
                job=job,
            )
        )


class JobStateError(InputError):
    """An operation that the state of a job does not allow."""

    def __init__(self, job: str, state: LocalText, operation: LocalText) -> None:
        self.job, self.state, self.operation = job, state, operation
        super().__init__(
            _(
                "the job {job} is {state}, and cannot be {operation}",
                job=job,
                state=state,
                operation=operation,
            )
        )


class LostLeaseError(PregaoError):
    """A worker whose lease on a job has expired; the job belongs to another worker."""

    def __init__(self, job: str, worker: str) -> None:
        self.job, self.worker = job, worker
        super().__init__(
            _(
                "the job {job} no longer belongs to {worker}: its result was discarded",
                job=job,
                worker=worker,
            )
        )


class TooManyTrialsError(InputError):
    """A search with so many trials that they must be confirmed."""

    def __init__(self, found: int, num_entries: int, most: int) -> None:
        self.found, self.num_entries, self.most = found, num_entries, most
        combinations = ngettext_lazy(
            "{found:,} combinations",
            "{found:,} combinations for each of {count} networks",
            count=num_entries,
            found=found,
        )
        super().__init__(
            _(
                "the search would try {combinations}, more than {most}: give --trials"
                " {most} for a part of them, --strategy random or bayesian for 20, or --force for "
                "all",
                combinations=combinations,
                most=most,
            )
        )


class UnknownSearchError(InputError):
    """An id that no stored search has."""

    def __init__(self, search: str, known: Sequence[str]) -> None:
        self.search, self.known = search, tuple(known)
        super().__init__(
            _(
                "no search {search!r}: {newest}; 'pregao search' makes one",
                search=search,
                newest=_newest(known),
            )
        )


class SearchMismatchError(InputError):
    """A stored search that was to be resumed with other settings."""

    def __init__(self, search: str, differences: Sequence[LocalText]) -> None:
        self.search, self.differences = search, tuple(differences)
        super().__init__(
            _(
                "the search {search} is another one: {differences}. Use the settings that it was "
                "begun with, or begin a new one",
                search=search,
                differences=join_messages(differences),
            )
        )


class ReplayError(PregaoError):
    """A stored search whose recorded trials differ from those that its sampler proposes now."""

    def __init__(self, entry: str, trial: int, recorded: str, replayed: str) -> None:
        self.entry, self.trial = entry, trial
        super().__init__(
            _(
                "trial {trial} of {entry} was recorded as {recorded}, and would now be {replayed}: "
                "go on with the versions of Pregao and Optuna that began the search, or begin a new"
                " one",
                trial=trial,
                entry=entry,
                recorded=recorded,
                replayed=replayed,
            )
        )


class InvalidNetworkError(InputError):
    """A network that cannot be built for these windows, or is too large."""

    def __init__(self, reason: LocalText, advice: LocalText, *, at: str = "") -> None:
        self.reason, self.advice, self.at = reason, advice, at
        super().__init__(join_messages([reason, advice], ": "))


class DeviceUnavailableError(InputError):
    """A device that this machine does not have."""

    def __init__(self, device: str, found: Sequence[str]) -> None:
        self.device, self.found = device, tuple(found)
        super().__init__(
            _(
                "no device {device!r} here (found: {found}): give --device cpu or auto, or install "
                "torch for your GPU and its driver",
                device=device,
                found=", ".join(found),
            )
        )


class CorruptFileError(PregaoError):
    """A stored file whose content does not match its digest."""

    def __init__(self, path: str, reason: LocalText) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            _(
                "{path} is damaged ({reason}): restore it, or delete it and fetch again",
                path=path,
                reason=reason,
            )
        )


class BaselineUnavailableError(PregaoError):
    """A baseline whose library cannot be loaded on this machine."""

    def __init__(self, name: str, reason: LocalText) -> None:
        self.name, self.reason = name, reason
        super().__init__(
            _(
                "the baseline {name} cannot be had here ({reason}): install what is missing "
                "(LightGBM needs the system's libgomp), or go on without it",
                name=name,
                reason=reason,
            )
        )


class MissingNaiveError(PregaoError):
    """A comparison without the naive forecast on the same windows."""

    def __init__(self, needed: str, found: Iterable[str]) -> None:
        self.needed, self.found = needed, tuple(found)
        super().__init__(
            _(
                "no score stands alone: the baselines lack {needed!r} (found: {found}); fit it and "
                "score it too",
                needed=needed,
                found=", ".join(self.found) or _("none"),
            )
        )


class WorkerLostError(PregaoError):
    """A worker process that died; `task` is the task if it was the cause."""

    def __init__(self, reason: LocalText, task: object = None) -> None:
        self.task = task
        super().__init__(
            _(
                "a worker process died ({reason}): too little memory (try fewer workers, or a "
                "smaller network or batch), or a script that calls Pregao outside `if __name__ == "
                "'__main__':`",
                reason=reason,
            )
        )


class MissingExtraError(InputError):
    """An optional package that is needed and not installed."""

    def __init__(self, extra: str, package: str, reason: LocalText) -> None:
        self.extra, self.package = extra, package
        super().__init__(
            _(
                "this needs the package {package}, which cannot be loaded ({reason}): pip install "
                "'pregao[{extra}]'",
                package=package,
                reason=reason,
                extra=extra,
            )
        )


class TrackingError(PregaoError):
    """An MLflow server that does not accept a run."""

    def __init__(self, uri: str, reason: str) -> None:
        self.uri = uri
        super().__init__(
            _(
                "MLflow at {uri!r} did not take the run ({reason}): see that the server runs, and "
                "that it serves artifacts",
                uri=uri[:80],
                reason=" ".join(reason.split())[:200],
            )
        )


class EngineUnavailableError(InputError):
    """A requested cluster that cannot be used."""

    def __init__(self, address: str, found: LocalText, advice: LocalText) -> None:
        self.address, self.found = address, found
        super().__init__(
            _(
                "no Ray cluster can be used at {address!r}: {found}; {advice}",
                address=address[:80],
                found=found,
                advice=advice,
            )
        )


class StoreBusyError(PregaoError):
    """A stored file that another process locked for too long."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            _("{path} is in use by another process: try again when it has finished", path=path)
        )


class InvalidDatabaseUrlError(InputError):
    """An unusable database URL, which is not repeated, as it may hold a password."""

    def __init__(self, reason: LocalText) -> None:
        self.reason = reason
        super().__init__(
            _(
                "PREGAO_DATABASE_URL cannot be used ({reason}): give sqlite:////folder/pregao.db or"
                " postgresql://user:password@host/name, or leave it out",
                reason=reason,
            )
        )


class DatabaseUnavailableError(PregaoError):
    """A database that does not answer."""

    def __init__(self, name: str, reason: LocalText) -> None:
        self.name, self.reason = name, reason
        super().__init__(
            _(
                "the database {name} cannot be reached ({reason}): see that it runs, and that "
                "PREGAO_DATABASE_URL and its rights are as meant",
                name=name,
                reason=reason,
            )
        )


class DatabaseBusyError(PregaoError):
    """A database that another process locked for too long."""

    def __init__(self, waited_seconds: float) -> None:
        self.waited_seconds = waited_seconds
        super().__init__(
            _(
                "the database was locked for {waited_seconds:.0f} s: try again, and see which "
                "process holds it",
                waited_seconds=waited_seconds,
            )
        )


class CorruptDatabaseError(PregaoError):
    """A damaged database file; it is never replaced by an empty one."""

    def __init__(self, path: str, reason: LocalText) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            _(
                "the database {path} is damaged ({reason}) and was left as it is: put a backup in "
                "its place, or move it away and run 'pregao doctor' to index the runs again",
                path=path,
                reason=reason,
            )
        )


class NewerSchemaError(PregaoError):
    """A database with the schema of a newer version of Pregao."""

    def __init__(self, name: str, found: LocalText, known: str) -> None:
        self.name, self.found, self.known = name, found, known
        super().__init__(
            _(
                "the database {name} has schema {found} and this version of Pregao knows {known}: "
                "install the newer version, or restore the backup beside it",
                name=name,
                found=found,
                known=known,
            )
        )


class PluginError(InputError):
    """A requested plug-in that cannot be used, with its package, the reason and advice."""

    def __init__(self, name: str, distribution: str, reason: LocalText, advice: LocalText) -> None:
        self.name, self.distribution = name, distribution
        self.reason, self.advice = reason, advice
        super().__init__(
            _(
                "the plug-in {name!r} of {distribution} cannot be used ({reason}): {advice}",
                name=name,
                distribution=distribution,
                reason=reason,
                advice=advice,
            )
        )


class MissingPluginError(InputError):
    """A stored run that needs plug-ins that are not installed."""

    def __init__(self, run: str, plugins: Sequence[str]) -> None:
        self.run, self.plugins = run, tuple(plugins)
        super().__init__(
            _(
                "the run {run} needs {plugins}, not installed here: install it with pip, in the "
                "version that the run was made with",
                run=run,
                plugins=" and ".join(plugins),
            )
        )


class ServiceBusyError(PregaoError):
    """Too many requests wait for the same resource; the same request succeeds later."""


def _newest(known: Sequence[str]) -> Translatable:
    """Return the newest ids, of those that are known."""
    if not known:
        return _("none is stored yet")
    return _("the newest are {known}", known=", ".join(known[:3]))


def _enumeration(names: Sequence[str]) -> LocalText:
    """Return names as an enumeration: 'a, b and c'."""
    *rest, last = names
    return _("{rest} and {last}", rest=", ".join(rest), last=last) if rest else last
