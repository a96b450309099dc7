"""For tests: what every provider and engine promises, and markets made of nothing but chance.

A third party's provider passes the contract by giving one case::

    @pytest.mark.parametrize("promise", PROVIDER_CONTRACT.values(), ids=list(PROVIDER_CONTRACT))
    def test_my_provider_keeps_its_promise(promise):
        promise(ProviderCase(MyProvider(), Symbol.parse("PETR4"), Symbol.parse("NONE3")))

and an engine likewise, with nothing but itself: ``ENGINE_CONTRACT`` holds its promises.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from pregao.errors import UnknownNameError, UnknownSymbolError, WorkerLostError
from pregao.instruments import Symbol, as_date, day_at, last_complete_session, next_sessions
from pregao.prices import Bars, Prices, Provider, validated
from pregao.training.engines import Engine, run


@dataclass(frozen=True)
class ProviderCase:
    """A provider, a symbol that it has and one that it has not."""

    provider: Provider
    symbol: Symbol
    absent: Symbol
    now: datetime | None = None
    """What the provider's clock says, where it has one: it may not tell of a running session."""


def _has_a_plain_name(case: ProviderCase) -> None:
    name = case.provider.name
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), f"{name!r}: use a-z, 0-9 and _"


def _says_whose_bars_they_are(case: ProviderCase) -> None:
    download = case.provider.download(case.symbol)
    assert download.symbol == case.symbol, "the symbol that was asked for"
    assert download.provider == case.provider.name, "its own name"
    assert download.source, "a source that messages can name"
    if download.lines is not None:
        assert len(download.lines) == len(download.bars), "a line for each row"


def _gives_bars_that_validate(case: ProviderCase) -> None:
    prices, findings = validated(case.provider.download(case.symbol))
    assert prices.symbol == case.symbol
    assert not [str(each) for each in findings if each.severity == "error"], "no quarantine"


def _gives_the_same_twice(case: ProviderCase) -> None:
    first, second = (case.provider.download(case.symbol) for _ in range(2))
    assert _equal(first.bars, second.bars), "equal bars for equal questions"


def _keeps_to_the_span(case: ProviderCase) -> None:
    everything = case.provider.download(case.symbol).bars
    ordered = np.sort(everything.sessions)
    start, end = ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4]
    some = case.provider.download(case.symbol, as_date(start), as_date(end)).bars
    inside = (everything.sessions >= start) & (everything.sessions <= end)
    assert _equal(everything.take(inside), some), "the rows of the span, both ends included"


def _gives_no_rows_for_an_empty_span(case: ProviderCase) -> None:
    last = case.provider.download(case.symbol).bars.sessions.max()
    after = as_date(last + np.timedelta64(1, "D"))
    assert len(case.provider.download(case.symbol, after, None).bars) == 0, "nothing after the last"


def _knows_what_it_has_not(case: ProviderCase) -> None:
    message = ""
    try:
        case.provider.download(case.absent)
    except UnknownSymbolError as error:
        message = str(error)
    assert str(case.absent) in message, "UnknownSymbolError that names what was asked for"


def _leaves_the_running_session_out(case: ProviderCase) -> None:
    if case.now is None:
        return
    download = case.provider.download(case.symbol)
    final = last_complete_session(case.symbol.exchange, case.now)
    today = day_at(case.symbol.exchange, case.now)
    running = download.bars.sessions[download.bars.sessions > final]
    assert not (running <= np.datetime64(today)).any(), "no bar that may still change"
    assert download.as_of == today, "the day on which it was asked"


def _is_read_only(case: ProviderCase) -> None:
    bars = case.provider.download(case.symbol).bars
    arrays = (bars.sessions, *bars.columns.values())
    assert not any(array.flags.writeable for array in arrays), "arrays that nobody can change"


PROVIDER_CONTRACT: dict[str, Callable[[ProviderCase], None]] = {
    "has a plain name": _has_a_plain_name,
    "says whose bars they are": _says_whose_bars_they_are,
    "gives bars that validate": _gives_bars_that_validate,
    "gives the same twice": _gives_the_same_twice,
    "keeps to the span": _keeps_to_the_span,
    "gives no rows for an empty span": _gives_no_rows_for_an_empty_span,
    "knows what it has not": _knows_what_it_has_not,
    "leaves the running session out": _leaves_the_running_session_out,
    "is read-only": _is_read_only,
}


def provider_contract(case: ProviderCase) -> None:
    """Check all that every provider promises; an AssertionError names the broken promise."""
    for name, promise in PROVIDER_CONTRACT.items():
        try:
            promise(case)
        except AssertionError as error:
            raise AssertionError(f"{case.provider.name} {name!r} is broken: {error}") from error


class _Sent:
    """Data that knows how often it was packed in this process."""

    times: ClassVar[int] = 0

    def __init__(self) -> None:
        self.values = np.arange(1000.0)

    def __getstate__(self) -> dict[str, object]:
        _Sent.times += 1
        return self.__dict__


def _sum(data: NDArray[np.float64], task: int) -> float:
    return float(data.sum()) + task


def _words(data: object, _: int) -> str:
    return repr(data)


def _place(data: _Sent, _: int) -> tuple[int, int]:
    return os.getpid(), id(data.values)


def _write(data: NDArray[np.float64], _: int) -> str:
    try:
        data[0] = 1.0
    except ValueError as error:
        return str(error)
    return "written"


def _num_threads(_: object, __: int) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")  # noqa: TID251 - what libraries of the worker read


def _fail(_: object, task: str) -> str:
    match task:
        case "lookup":
            raise LookupError(f"{task} has no answer", 42)
        case "name":
            raise UnknownNameError("network", "lstm_clasic", ["lstm_classic"])
    return task


def _wait_for_the_file(_: object, task: tuple[str, str]) -> str:
    folder, name = task
    while name and not (Path(folder) / name).exists():
        time.sleep(0.01)
    return name


def _die_once(_: object, task: tuple[str, int]) -> int:
    folder, number = task
    marker = Path(folder) / f"tried-{number}"
    if number % 2 and not marker.exists():
        marker.touch()
        _die(None, "now")
    return number


def _die(_: object, __: str) -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def _gives_every_result_once(engine: Engine) -> None:
    found = sorted(run(_sum, range(7), data=np.arange(10.0), engine=engine))
    assert [(task, 45.0 + task) for task in range(7)] == found, "each task with its own result"


def _takes_more_while_it_gives(engine: Engine) -> None:
    with engine.crew(np.zeros(1)) as crew:
        crew.submit(_sum, 3)
        found = []
        for task, result in crew.results():
            found.append(result)
            for _ in range(task):
                crew.submit(_sum, task - 1)
        assert list(crew.results()) == [], "nothing twice"
    assert sorted(found) == [0.0] * 6 + [1.0] * 6 + [2.0] * 3 + [3.0], "what was submitted late too"


def _gives_first_what_finishes_first(engine: Engine) -> None:
    with TemporaryDirectory() as folder, engine.crew(None) as crew:
        if crew.num_workers == 1:
            return
        crew.submit(_wait_for_the_file, (folder, "second was given"))
        crew.submit(_wait_for_the_file, (folder, ""))
        order = []
        for task, _ in crew.results():
            order.append(task[1])
            (Path(folder) / "second was given").touch()
    assert order == ["", "second was given"], "the shorter task's result first"


def _shows_the_data_as_it_is(engine: Engine) -> None:
    data = {"values": np.linspace(0.0, 1.0, 7), "none": np.empty(0), "words": ("PETR4", 1.5, None)}
    [(_, seen)] = run(_words, [0], data=data, engine=engine)
    assert seen == repr(data), "equal data"


def _sends_the_data_once(engine: Engine) -> None:
    with engine.crew(_Sent()) as crew:
        before = _Sent.times
        for task in range(3 * crew.num_workers):
            crew.submit(_place, task)
        places = {place for _, place in crew.results()}
        assert _Sent.times - before <= crew.num_workers, "at most once a worker, never with a task"
    assert len(places) == len({process for process, _ in places}), "opened once in a worker"


def _lets_nobody_write(engine: Engine) -> None:
    [(_, said)] = run(_write, [0], data=np.zeros(3), engine=engine)
    assert "read-only" in said, "arrays that no worker can change"


def _computes_on_one_thread(engine: Engine) -> None:
    [(_, num_threads)] = run(_num_threads, [0], data=None, engine=engine)
    assert num_threads == "1", "OMP_NUM_THREADS=1 in the workers"


def _raises_what_the_work_raises(engine: Engine) -> None:
    with engine.crew(None) as crew:
        for task in ("lookup", "name", "fine"):
            crew.submit(_fail, task)
        results = crew.results()
        outcomes: list[object] = []
        while len(outcomes) < 3:
            try:
                outcomes.append(next(results, ("", None))[1])
            except (LookupError, UnknownNameError) as error:
                outcomes.append(error)
                results = crew.results()
    found = {type(each): each for each in outcomes}
    assert found.keys() == {LookupError, UnknownNameError, str}, "the very classes, and a result"
    assert getattr(found[LookupError], "args", ()) == ("lookup has no answer", 42), "all arguments"
    assert getattr(found[UnknownNameError], "asked", "") == "lstm_clasic", "all attributes"
    assert "did you mean lstm_classic" in str(found[UnknownNameError]), "the very words"


def _loses_nothing_with_a_worker(engine: Engine) -> None:
    with TemporaryDirectory() as folder:
        tasks = [(folder, number) for number in range(4)]
        try:
            found = [number for _, number in run(_die_once, tasks, data=None, engine=engine)]
        except WorkerLostError as error:
            raise AssertionError(f"a task whose worker dies runs again ({error})") from error
    assert sorted(found) == [0, 1, 2, 3], "every task once"


def _gives_up_on_what_kills_its_workers(engine: Engine) -> None:
    message, task = "", None
    try:
        list(run(_die, ["poison"], data=None, engine=engine))
    except WorkerLostError as error:
        message, task = str(error), error.task
    assert "poison" in message, "WorkerLostError that names the task"
    assert task == "poison", "WorkerLostError that gives the task"


def _ends_with_its_block(engine: Engine) -> None:
    with TemporaryDirectory() as folder, engine.crew(None) as crew:
        crew.submit(_wait_for_the_file, (folder, "never"))  # else one waits for it without end


ENGINE_CONTRACT: dict[str, Callable[[Engine], None]] = {
    "gives every result once": _gives_every_result_once,
    "takes more while it gives": _takes_more_while_it_gives,
    "gives first what finishes first": _gives_first_what_finishes_first,
    "shows the data as it is": _shows_the_data_as_it_is,
    "sends the data once": _sends_the_data_once,
    "lets nobody write": _lets_nobody_write,
    "computes on one thread": _computes_on_one_thread,
    "raises what the work raises": _raises_what_the_work_raises,
    "loses nothing with a worker": _loses_nothing_with_a_worker,
    "gives up on what kills its workers": _gives_up_on_what_kills_its_workers,
    "ends with its block": _ends_with_its_block,
}


def engine_contract(engine: Engine) -> None:
    """Check all that every engine promises; an AssertionError names the broken promise.

    Workers of the engine run functions of this module, and see the files of this machine.
    """
    for name, promise in ENGINE_CONTRACT.items():
        try:
            promise(engine)
        except AssertionError as error:
            raise AssertionError(f"{engine} {name!r} is broken: {error}") from error


def _equal(one: Bars, two: Bars) -> bool:
    return (
        np.array_equal(one.sessions, two.sessions)
        and one.columns.keys() == two.columns.keys()
        and all(np.array_equal(one.columns[n], two.columns[n], equal_nan=True) for n in one.columns)
    )


def synthetic_prices(
    symbol: str = "TEST3",
    sessions: int = 600,
    *,
    seed: int = 0,
    scale: float = 1.0,
    first: str = "2015-01-02",
    annual_volatility: float = 0.3,
    dividend: float = 0.01,
) -> Prices:
    """Make a market of chance: GARCH(1, 1) returns on real sessions, with dividends.

    No forecaster can beat the naive one on its returns, while volatility clusters as in real
    markets (persistence 0.95). Prices are exactly proportional to `scale` where it is a power of
    two, and the same seed gives the same bits.

    Parameters
    ----------
    symbol
        Ticker, whose exchange gives the sessions.
    sessions
        How many of them, from `first` on.
    seed
        Of the random numbers.
    scale
        The price level: the first close is near ``100 * scale``.
    first
        The first day that may be a session.
    annual_volatility
        Standard deviation of a year's log return.
    dividend
        Share of the price paid every 63 sessions; adj_close grows by it against close.

    >>> prices = synthetic_prices(sessions=300, seed=7)
    >>> len(prices), str(prices.first), prices == synthetic_prices(sessions=300, seed=7)
    (300, '2015-01-02', True)
    """
    parsed = Symbol.parse(symbol)
    random = np.random.default_rng(seed)
    volatility = _garch(random.standard_normal(sessions), annual_volatility / np.sqrt(252))
    noise = random.standard_normal((3, sessions))
    total_returns = random.standard_normal(sessions) * volatility
    pays = (np.arange(sessions) % 63 == 62) * np.log1p(-dividend)
    close = 100.0 * np.exp(np.cumsum(total_returns + pays))
    adj_close = close * np.exp(pays.sum() - np.cumsum(pays))
    before = np.concatenate([[100.0], close[:-1]])
    open_ = before * np.exp(0.4 * volatility * noise[0] + pays)
    high = np.maximum(open_, close) * np.exp(0.5 * volatility * np.abs(noise[1]))
    low = np.minimum(open_, close) * np.exp(-0.5 * volatility * np.abs(noise[2]))
    prices = {"open": open_, "high": high, "low": low, "close": close, "adj_close": adj_close}
    columns = {name: scale * column for name, column in prices.items()}
    columns["volume"] = np.round(1e6 * np.exp(0.4 * random.standard_normal(sessions)))
    day_before = np.datetime64(first, "D") - np.timedelta64(1, "D")
    days = next_sessions(parsed.exchange, day_before, sessions)
    return Prices(parsed, Bars.of(days, columns), "synthetic")


def in_other_units(prices: Prices, factor: float) -> Prices:
    """Give the same market with every price times a constant; volume stays as it is."""
    columns = {
        name: column if name == "volume" else column * factor
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.of(prices.sessions, columns))


def noisy_after(prices: Prices, row: int, *, seed: int = 0) -> Prices:
    """Give the same market up to a row, and noise in every column after it."""
    rng = np.random.default_rng(seed)
    columns = {
        name: np.concatenate([column[: row + 1], rng.uniform(1, 1000, len(prices) - row - 1)])
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.of(prices.sessions, columns))


def _garch(shocks: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Give the volatility of each session: GARCH(1, 1) with alpha 0.08 and beta 0.87."""
    variance = np.empty(len(shocks))
    current = 1.0
    for row, shock in enumerate(shocks.tolist()):
        variance[row] = current
        current = 0.05 + 0.87 * current + 0.08 * current * shock * shock
    return level * np.sqrt(variance)
