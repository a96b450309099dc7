"""The errors that Pregao raises on purpose.

Every message names what was requested, what was found and what to do. Errors carry their facts as
attributes, so that the command line maps a class to an exit code, and the API to a status, in one
place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Literal


class PregaoError(Exception):
    """The base class of all errors of Pregao."""


class InputError(PregaoError, ValueError):
    """Input that cannot be used; the exit code of the command line is 2."""


class UnknownNameError(InputError):
    """A name that is in no registry, with the nearest ones.

    >>> str(UnknownNameError("network", "lstm_clasic", ["lstm_classic", "gru_classic"]))
    "unknown network 'lstm_clasic': did you mean lstm_classic or gru_classic?"
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        by_lower_case = {each.lower(): each for each in self.known}
        near = get_close_matches(name.lower(), by_lower_case, n=3, cutoff=0.5)
        self.nearest = tuple(by_lower_case[each] for each in near)
        advice = (
            f"did you mean {_either(self.nearest)}?"
            if self.nearest
            else f"known are {', '.join(self.known)}."
        )
        super().__init__(f"unknown {kind} {name!r}: {advice}{f' {hint}' if hint else ''}")


class InvalidSymbolError(InputError):
    """A text that is no ticker."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text[:40]!r} is not a ticker: use 1 to 15 of A-Z, 0-9, '.', '^', '=', '-', "
            "such as PETR4, VALE3.SA, NVDA, BRK.B or ^BVSP"
        )


class UnknownSymbolError(InputError):
    """A symbol that a provider does not have."""

    def __init__(self, symbol: str, provider: str, hint: str) -> None:
        self.symbol, self.provider, self.hint = symbol, provider, hint
        super().__init__(f"{provider} has no {symbol}: {hint}")


ProviderReason = Literal[
    "rate_limited", "unknown_symbol", "auth", "bad_payload", "schema_changed", "unavailable"
]


class ProviderError(PregaoError):
    """A failed download from a provider on the network, with the reason and advice."""

    _ADVICE: ClassVar[Mapping[ProviderReason, str]] = {
        "rate_limited": "wait, or use another source: --source live goes on to the next one",
        "unknown_symbol": "check the spelling, or use another source",
        "auth": "set its key in the environment, or use another source",
        "bad_payload": "try again later, or use another source: --source live goes on to the next",
        "schema_changed": "nothing was stored; use another source until Pregao supports this form",
        "unavailable": "check the network, or use what is here: --source store or --source csv",
    }

    def __init__(
        self,
        provider: str,
        symbol: str,
        reason: ProviderReason,
        found: str,
        *,
        retry_after_seconds: float | None = None,
        advice: str | None = None,
    ) -> None:
        self.provider, self.symbol, self.reason = provider, symbol, reason
        self.found = found
        self.retry_after_seconds = retry_after_seconds
        again = "" if retry_after_seconds is None else f" (again in {retry_after_seconds:.0f} s)"
        super().__init__(
            f"{provider} gave no prices of {symbol}: {found}{again}; "
            f"{advice or self._ADVICE[reason]}"
        )


class MalformedFileError(InputError):
    """A file that cannot be parsed as daily bars, with the line and the reason."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        where = path if line is None else f"{path}, line {line}"
        super().__init__(f"{where}: {reason}")


class HistoryTooShortError(InputError):
    """A history with fewer sessions than the lookback, the horizon and the split need."""

    def __init__(self, symbol: str, needed: int, found: int, because: str) -> None:
        self.symbol, self.needed, self.found = symbol, needed, found
        super().__init__(
            f"{symbol} has {found} session{'' if found == 1 else 's'}, "
            f"and {because} needs at least {needed}: "
            "give an earlier --start, or a smaller --lookback or --horizon"
        )


class SharedFileError(InputError):
    """One file that was read for several symbols."""

    def __init__(self, symbol: str, path: str) -> None:
        self.symbol, self.path = symbol, path
        super().__init__(
            f"{path} was read for {symbol} and for another symbol: "
            "give --path the folder that holds a file for each"
        )


class MissingColumnsError(InputError):
    """Prices without the order book columns that a stored run was trained on."""

    def __init__(self, features: Sequence[str]) -> None:
        self.features = tuple(features)
        super().__init__(
            f"the run uses {' and '.join(features)}, and these prices have no best offers: "
            "give prices from a provider with an order book"
        )


class SplitError(InputError):
    """Split dates that leave a part with too few windows."""

    def __init__(self, part: str, found: int, needed: int) -> None:
        self.part, self.found, self.needed = part, found, needed
        super().__init__(
            f"the {part} part has {found} windows and needs at least {needed}: "
            "move the split's dates, or give an earlier --start"
        )


@dataclass(frozen=True)
class Fault:
    """An error in one field of a request.

    >>> str(Fault("split.train_fraction", "at most 1"))
    'split.train_fraction: at most 1'
    """

    at: str
    """The field; inner ones after a dot. Empty where it concerns all fields."""
    message: str

    def __str__(self) -> str:
        return f"{self.at}: {self.message}" if self.at else self.message


class InvalidExperimentError(InputError):
    """An experiment with unknown or invalid fields, all of them listed."""

    def __init__(self, source: str, reasons: Sequence[str | Fault]) -> None:
        self.source, self.reasons = source, tuple(reasons)
        super().__init__(f"{source}: {'; '.join(map(str, reasons))}")

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

    def __init__(self, symbol: str, findings: Sequence[str]) -> None:
        self.symbol, self.findings = symbol, tuple(findings)
        super().__init__(
            f"{symbol} is quarantined: {'; '.join(findings)}. "
            f"See 'pregao check {symbol}', or give --allow-findings to train on it all the same"
        )


class NothingLeftError(InputError):
    """Symbols or trials of which every one failed."""

    def __init__(self, reasons: Sequence[str], none_of: str = "symbol can be used") -> None:
        self.reasons = tuple(reasons)
        more = f" (and {len(reasons) - 3} more)" if len(reasons) > 3 else ""
        super().__init__(f"no {none_of}: {'; '.join(reasons[:3])}{more}")


class UnknownRunError(InputError):
    """An id that no stored run has."""

    def __init__(self, run: str, known: Sequence[str]) -> None:
        self.run, self.known = run, tuple(known)
        newest = f"the newest are {', '.join(known[:3])}" if known else "none is stored yet"
        super().__init__(f"no run {run!r}: {newest}; 'pregao train' makes one")


class NotRegisteredError(PregaoError):
    """A run that is not registered, and cannot be served."""

    def __init__(self, run: str) -> None:
        self.run = run
        super().__init__(f"the run {run} is not registered: 'pregao promote {run}' does that first")


class RegistrationError(PregaoError):
    """A run that cannot be registered, as its forecasts are not reproduced."""

    def __init__(self, run: str, reason: str) -> None:
        self.run, self.reason = run, reason
        super().__init__(f"the run {run} cannot be registered ({reason}): train it again")


class ChampionConflictError(PregaoError):
    """A champion with another version than expected: it was changed concurrently."""

    def __init__(self, symbol: str, horizon: int, expected: int, found: int) -> None:
        self.symbol, self.horizon, self.expected, self.found = symbol, horizon, expected, found
        super().__init__(
            f"the champion of {symbol} for {horizon} sessions is at version {found}, "
            f"not {expected}: reload it, then decide"
        )


class UnknownChampionError(InputError):
    """A symbol or horizon without a champion."""

    def __init__(self, symbol: str, horizon: int | None, known: Sequence[str]) -> None:
        self.symbol, self.horizon, self.known = symbol, horizon, tuple(known)
        place = symbol if horizon is None else f"{symbol} for {horizon} sessions"
        others = f"there are champions of {', '.join(known[:5])}" if known else "there is none yet"
        super().__init__(f"no champion of {place}: {others}; 'pregao promote RUN' makes one")


class NoEarlierChampionError(InputError):
    """A champion without a predecessor to roll back to."""

    def __init__(self, symbol: str, horizon: int) -> None:
        self.symbol, self.horizon = symbol, horizon
        super().__init__(
            f"{symbol} for {horizon} sessions never had another champion: promote another run"
        )


class NotTrainedOnError(InputError):
    """A run that was not trained on the symbol of which it was to become champion."""

    def __init__(self, run: str, symbol: str, trained_on: Sequence[str]) -> None:
        self.run, self.symbol, self.trained_on = run, symbol, tuple(trained_on)
        super().__init__(
            f"the run {run} was trained on {', '.join(trained_on[:5])}, not on {symbol}: "
            "train one on it, or name one of those"
        )


class ServingRunError(PregaoError):
    """A run that cannot be deleted, as it is or was a champion."""

    def __init__(self, run: str, places: Sequence[str]) -> None:
        self.run, self.places = run, tuple(places)
        super().__init__(
            f"the run {run} is or was champion of {', '.join(places)}, and is kept to go back to"
        )


class FolderInUseError(InputError):
    """A folder to be created that exists and is not empty."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} is there already and not empty: name a new folder")


class UnknownJobError(InputError):
    """An id that no job has."""

    def __init__(self, job: str, known: Sequence[str]) -> None:
        self.job, self.known = job, tuple(known)
        newest = f"the newest are {', '.join(known)}" if known else "there is none yet"
        super().__init__(f"no job {job[:60]!r}: {newest}; 'pregao jobs' lists them")


class JobTooLargeError(InputError):
    """A job beyond the size limits."""

    def __init__(self, what: str, found: int, most: int) -> None:
        self.what, self.found, self.most = what, found, most
        super().__init__(
            f"the job asks for {found:,} {what}, and at most {most:,} are allowed: request fewer, "
            "or use the command line, which has no such limit"
        )


class QueueFullError(PregaoError):
    """A queue with the maximum number of waiting jobs."""

    def __init__(self, most: int, retry_after_seconds: int) -> None:
        self.most, self.retry_after_seconds = most, retry_after_seconds
        super().__init__(
            f"{most:,} jobs are waiting: try again in {retry_after_seconds} s, or start another "
            "'pregao worker'"
        )


class IdempotencyMismatchError(InputError):
    """An idempotency key that belongs to another request."""

    def __init__(self, key: str, job: str) -> None:
        self.key, self.job = key, job
        super().__init__(
            f"the key {key[:60]!r} stands for another request, which became {job}: "
            "give each request a key of its own"
        )


class JobStateError(InputError):
    """An operation that the state of a job does not allow."""

    def __init__(self, job: str, state: str, operation: str) -> None:
        self.job, self.state, self.operation = job, state, operation
        super().__init__(f"the job {job} is {state}, and cannot be {operation}")


class LostLeaseError(PregaoError):
    """A worker whose lease on a job has expired; the job belongs to another worker."""

    def __init__(self, job: str, worker: str) -> None:
        self.job, self.worker = job, worker
        super().__init__(f"the job {job} no longer belongs to {worker}: its result was discarded")


class TooManyTrialsError(InputError):
    """A search with so many trials that they must be confirmed."""

    def __init__(self, found: int, num_entries: int, most: int) -> None:
        self.found, self.num_entries, self.most = found, num_entries, most
        each = f" for each of {num_entries} networks" if num_entries > 1 else ""
        super().__init__(
            f"the search would try {found:,} combinations{each}, more than {most}: give --trials "
            f"{most} for a part of them, --strategy random or bayesian for 20, or --force for all"
        )


class UnknownSearchError(InputError):
    """An id that no stored search has."""

    def __init__(self, search: str, known: Sequence[str]) -> None:
        self.search, self.known = search, tuple(known)
        newest = f"the newest are {', '.join(known[:3])}" if known else "none is stored yet"
        super().__init__(f"no search {search!r}: {newest}; 'pregao search' makes one")


class SearchMismatchError(InputError):
    """A stored search that was to be resumed with other settings."""

    def __init__(self, search: str, differences: Sequence[str]) -> None:
        self.search, self.differences = search, tuple(differences)
        super().__init__(
            f"the search {search} is another one: {'; '.join(differences)}. "
            "Use the settings that it was begun with, or begin a new one"
        )


class ReplayError(PregaoError):
    """A stored search whose recorded trials differ from those that its sampler proposes now."""

    def __init__(self, entry: str, trial: int, recorded: str, replayed: str) -> None:
        self.entry, self.trial = entry, trial
        super().__init__(
            f"trial {trial} of {entry} was recorded as {recorded}, and would now be {replayed}: "
            "go on with the versions of Pregao and Optuna that began the search, or begin a new one"
        )


class InvalidNetworkError(InputError):
    """A network that cannot be built for these windows, or is too large."""

    def __init__(self, reason: str, advice: str, *, at: str = "") -> None:
        self.reason, self.advice, self.at = reason, advice, at
        super().__init__(f"{reason}: {advice}")


class DeviceUnavailableError(InputError):
    """A device that this machine does not have."""

    def __init__(self, device: str, found: Sequence[str]) -> None:
        self.device, self.found = device, tuple(found)
        super().__init__(
            f"no device {device!r} here (found: {', '.join(found)}): give --device cpu or auto, or "
            "install torch for your GPU and its driver"
        )


class CorruptFileError(PregaoError):
    """A stored file whose content does not match its digest."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} is damaged ({reason}): restore it, or delete it and fetch again")


class BaselineUnavailableError(PregaoError):
    """A baseline whose library cannot be loaded on this machine."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(
            f"the baseline {name} cannot be had here ({reason}): install what is missing "
            "(LightGBM needs the system's libgomp), or go on without it"
        )


class MissingNaiveError(PregaoError):
    """A comparison without the naive forecast on the same windows."""

    def __init__(self, needed: str, found: Iterable[str]) -> None:
        self.needed, self.found = needed, tuple(found)
        super().__init__(
            f"no score stands alone: the baselines lack {needed!r} "
            f"(found: {', '.join(self.found) or 'none'}); fit it and score it too"
        )


class WorkerLostError(PregaoError):
    """A worker process that died; `task` is the task if it was the cause."""

    def __init__(self, reason: str, task: object = None) -> None:
        self.task = task
        super().__init__(
            f"a worker process died ({reason}): too little memory (try fewer workers, or a smaller "
            "network or batch), or a script that calls Pregao outside `if __name__ == '__main__':`"
        )


class MissingExtraError(InputError):
    """An optional package that is needed and not installed."""

    def __init__(self, extra: str, package: str, reason: str) -> None:
        self.extra, self.package = extra, package
        super().__init__(
            f"this needs the package {package}, which cannot be loaded ({reason}): "
            f"pip install 'pregao[{extra}]'"
        )


class TrackingError(PregaoError):
    """An MLflow server that does not accept a run."""

    def __init__(self, uri: str, reason: str) -> None:
        self.uri = uri
        super().__init__(
            f"MLflow at {uri[:80]!r} did not take the run ({' '.join(reason.split())[:200]}): see "
            "that the server runs, and that it serves artifacts"
        )


class EngineUnavailableError(InputError):
    """A requested cluster that cannot be used."""

    def __init__(self, address: str, found: str, advice: str) -> None:
        self.address, self.found = address, found
        super().__init__(f"no Ray cluster can be used at {address[:80]!r}: {found}; {advice}")


class StoreBusyError(PregaoError):
    """A stored file that another process locked for too long."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} is in use by another process: try again when it has finished")


class InvalidDatabaseUrlError(InputError):
    """An unusable database URL, which is not repeated, as it may hold a password."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"PREGAO_DATABASE_URL cannot be used ({reason}): give sqlite:////folder/pregao.db or "
            "postgresql://user:password@host/name, or leave it out"
        )


class DatabaseUnavailableError(PregaoError):
    """A database that does not answer."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(
            f"the database {name} cannot be reached ({reason}): see that it runs, and that "
            "PREGAO_DATABASE_URL and its rights are as meant"
        )


class DatabaseBusyError(PregaoError):
    """A database that another process locked for too long."""

    def __init__(self, waited_seconds: float) -> None:
        self.waited_seconds = waited_seconds
        super().__init__(
            f"the database was locked for {waited_seconds:.0f} s: try again, and see which process "
            "holds it"
        )


class CorruptDatabaseError(PregaoError):
    """A damaged database file; it is never replaced by an empty one."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"the database {path} is damaged ({reason}) and was left as it is: put a backup in its "
            f"place, or move it away and run 'pregao doctor' to index the runs again"
        )


class NewerSchemaError(PregaoError):
    """A database with the schema of a newer version of Pregao."""

    def __init__(self, name: str, found: str, known: str) -> None:
        self.name, self.found, self.known = name, found, known
        super().__init__(
            f"the database {name} has schema {found} and this version of Pregao knows {known}: "
            "install the newer version, or restore the backup beside it"
        )


class PluginError(InputError):
    """A requested plug-in that cannot be used, with its package, the reason and advice."""

    def __init__(self, name: str, distribution: str, reason: str, advice: str) -> None:
        self.name, self.distribution = name, distribution
        self.reason, self.advice = reason, advice
        super().__init__(
            f"the plug-in {name!r} of {distribution} cannot be used ({reason}): {advice}"
        )


class MissingPluginError(InputError):
    """A stored run that needs plug-ins that are not installed."""

    def __init__(self, run: str, plugins: Sequence[str]) -> None:
        self.run, self.plugins = run, tuple(plugins)
        super().__init__(
            f"the run {run} needs {' and '.join(plugins)}, not installed here: "
            "install it with pip, in the version that the run was made with"
        )


def _either(names: Sequence[str]) -> str:
    """Return names as an enumeration: 'a, b or c'."""
    *rest, last = names
    return f"{', '.join(rest)} or {last}" if rest else last


class ServiceBusyError(PregaoError):
    """Too many requests wait for the same resource; the same request succeeds later."""
