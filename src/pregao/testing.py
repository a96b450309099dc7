"""For tests: contracts of providers and engines, and synthetic prices.

A third party's provider passes the contract by giving one case::

    @pytest.mark.parametrize("check", PROVIDER_CONTRACT.values(), ids=list(PROVIDER_CONTRACT))
    def test_my_provider_fulfils_the_contract(check):
        check(ProviderCase(MyProvider(), Symbol.parse("PETR4"), Symbol.parse("NONE3")))

and an engine likewise by the checks of ``ENGINE_CONTRACT``, which take the engine itself.
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
from pregao.instruments import Symbol, as_date, exchange_date, last_complete_session, next_sessions
from pregao.prices import Bars, Prices, Provider, validate_download
from pregao.training.engines import Engine, run


@dataclass(frozen=True)
class ProviderCase:
    """A provider, with a symbol that it has and one that it does not have."""

    provider: Provider
    symbol: Symbol
    absent: Symbol
    now: datetime | None = None
    """The time of the provider's clock, where it has one, to check for provisional bars."""


def _has_a_plain_name(case: ProviderCase) -> None:
    name = case.provider.name
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), f"{name!r}: use a-z, 0-9 and _"


def _names_its_source(case: ProviderCase) -> None:
    download = case.provider.download(case.symbol)
    assert download.symbol == case.symbol, "the requested symbol"
    assert download.provider == case.provider.name, "its own name"
    assert download.source, "a source for messages"
    if download.lines is not None:
        assert len(download.lines) == len(download.bars), "a line for each row"


def _returns_bars_that_validate(case: ProviderCase) -> None:
    prices, findings = validate_download(case.provider.download(case.symbol))
    assert prices.symbol == case.symbol
    assert not [str(each) for each in findings if each.severity == "error"], "no quarantine"


def _returns_equal_bars_again(case: ProviderCase) -> None:
    first, second = (case.provider.download(case.symbol) for _ in range(2))
    assert _equal(first.bars, second.bars), "equal bars for equal requests"


def _returns_the_span(case: ProviderCase) -> None:
    everything = case.provider.download(case.symbol).bars
    ordered = np.sort(everything.sessions)
    start, end = ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4]
    some = case.provider.download(case.symbol, as_date(start), as_date(end)).bars
    inside = (everything.sessions >= start) & (everything.sessions <= end)
    assert _equal(everything.take(inside), some), "the rows of the span, both ends included"


def _returns_no_rows_for_an_empty_span(case: ProviderCase) -> None:
    last = case.provider.download(case.symbol).bars.sessions.max()
    after = as_date(last + np.timedelta64(1, "D"))
    assert len(case.provider.download(case.symbol, after, None).bars) == 0, "nothing after the last"


def _refuses_an_absent_symbol(case: ProviderCase) -> None:
    message = ""
    try:
        case.provider.download(case.absent)
    except UnknownSymbolError as error:
        message = str(error)
    assert str(case.absent) in message, "UnknownSymbolError with the symbol"


def _leaves_out_the_running_session(case: ProviderCase) -> None:
    if case.now is None:
        return
    download = case.provider.download(case.symbol)
    final = last_complete_session(case.symbol.exchange, case.now)
    today = exchange_date(case.symbol.exchange, case.now)
    running = download.bars.sessions[download.bars.sessions > final]
    assert not (running <= np.datetime64(today)).any(), "no bar that may still change"
    assert download.as_of == today, "the day of the download"


def _returns_read_only_arrays(case: ProviderCase) -> None:
    bars = case.provider.download(case.symbol).bars
    arrays = (bars.sessions, *bars.columns.values())
    assert not any(array.flags.writeable for array in arrays), "read-only arrays"


PROVIDER_CONTRACT: dict[str, Callable[[ProviderCase], None]] = {
    "has a plain name": _has_a_plain_name,
    "names its symbol, provider and source": _names_its_source,
    "returns bars that validate": _returns_bars_that_validate,
    "returns equal bars for equal requests": _returns_equal_bars_again,
    "returns the rows of the span": _returns_the_span,
    "returns no rows for an empty span": _returns_no_rows_for_an_empty_span,
    "refuses an absent symbol by name": _refuses_an_absent_symbol,
    "leaves out the running session": _leaves_out_the_running_session,
    "returns read-only arrays": _returns_read_only_arrays,
}


def provider_contract(case: ProviderCase) -> None:
    """Run all checks of the contract; an AssertionError names the one that fails."""
    for name, check in PROVIDER_CONTRACT.items():
        try:
            check(case)
        except AssertionError as error:
            raise AssertionError(f"{case.provider.name}: {name!r} is broken: {error}") from error


class _CountingData:
    """Data that counts how often this process has pickled it."""

    num_pickles: ClassVar[int] = 0

    def __init__(self) -> None:
        self.values = np.arange(1000.0)

    def __getstate__(self) -> dict[str, object]:
        _CountingData.num_pickles += 1
        return self.__dict__


def _sum_data(data: NDArray[np.float64], task: int) -> float:
    return float(data.sum()) + task


def _repr_data(data: object, _: int) -> str:
    return repr(data)


def _process_and_address(data: _CountingData, _: int) -> tuple[int, int]:
    return os.getpid(), id(data.values)


def _try_to_write(data: NDArray[np.float64], _: int) -> str:
    try:
        data[0] = 1.0
    except ValueError as error:
        return str(error)
    return "written"


def _omp_num_threads(_: object, __: int) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")  # noqa: TID251 - what libraries of the worker read


def _fail(_: object, task: str) -> str:
    match task:
        case "lookup":
            raise LookupError(f"{task} has no answer", 42)
        case "name":
            raise UnknownNameError("network", "lstm_clasic", ["lstm_classic"])
    return task


def _wait_for_file(_: object, task: tuple[str, str]) -> str:
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


def _returns_every_result_once(engine: Engine) -> None:
    found = sorted(run(_sum_data, range(7), data=np.arange(10.0), engine=engine))
    assert [(task, 45.0 + task) for task in range(7)] == found, "each task with its own result"


def _accepts_tasks_while_it_returns(engine: Engine) -> None:
    with engine.pool(np.zeros(1)) as pool:
        pool.submit(_sum_data, 3)
        found = []
        for task, result in pool.results():
            found.append(result)
            for _ in range(task):
                pool.submit(_sum_data, task - 1)
        assert list(pool.results()) == [], "no result twice"
    assert sorted(found) == [0.0] * 6 + [1.0] * 6 + [2.0] * 3 + [3.0], (
        "the tasks submitted later too"
    )


def _returns_in_order_of_completion(engine: Engine) -> None:
    with TemporaryDirectory() as folder, engine.pool(None) as pool:
        if pool.num_workers == 1:
            return
        pool.submit(_wait_for_file, (folder, "second was returned"))
        pool.submit(_wait_for_file, (folder, ""))
        order = []
        for task, _ in pool.results():
            order.append(task[1])
            (Path(folder) / "second was returned").touch()
    assert order == ["", "second was returned"], "the shorter task's result first"


def _passes_the_data_unchanged(engine: Engine) -> None:
    data = {"values": np.linspace(0.0, 1.0, 7), "none": np.empty(0), "words": ("PETR4", 1.5, None)}
    [(_, seen)] = run(_repr_data, [0], data=data, engine=engine)
    assert seen == repr(data), "equal data"


def _sends_the_data_once_per_worker(engine: Engine) -> None:
    with engine.pool(_CountingData()) as pool:
        before = _CountingData.num_pickles
        for task in range(3 * pool.num_workers):
            pool.submit(_process_and_address, task)
        seen = {each for _, each in pool.results()}
        assert _CountingData.num_pickles - before <= pool.num_workers, (
            "at most once per worker, never with a task"
        )
    assert len(seen) == len({process for process, _ in seen}), "opened once in a worker"


def _passes_read_only_data(engine: Engine) -> None:
    [(_, message)] = run(_try_to_write, [0], data=np.zeros(3), engine=engine)
    assert "read-only" in message, "arrays that no worker can change"


def _computes_on_one_thread(engine: Engine) -> None:
    [(_, num_threads)] = run(_omp_num_threads, [0], data=None, engine=engine)
    assert num_threads == "1", "OMP_NUM_THREADS=1 in the workers"


def _raises_the_error_of_a_task(engine: Engine) -> None:
    with engine.pool(None) as pool:
        for task in ("lookup", "name", "fine"):
            pool.submit(_fail, task)
        results = pool.results()
        outcomes: list[object] = []
        while len(outcomes) < 3:
            try:
                outcomes.append(next(results, ("", None))[1])
            except (LookupError, UnknownNameError) as error:
                outcomes.append(error)
                results = pool.results()
    found = {type(each): each for each in outcomes}
    assert found.keys() == {LookupError, UnknownNameError, str}, "the same classes, and a result"
    assert getattr(found[LookupError], "args", ()) == ("lookup has no answer", 42), "all arguments"
    assert getattr(found[UnknownNameError], "name", "") == "lstm_clasic", "all attributes"
    assert "did you mean lstm_classic" in str(found[UnknownNameError]), "the same message"


def _repeats_the_task_of_a_lost_worker(engine: Engine) -> None:
    with TemporaryDirectory() as folder:
        tasks = [(folder, number) for number in range(4)]
        try:
            found = [number for _, number in run(_die_once, tasks, data=None, engine=engine)]
        except WorkerLostError as error:
            raise AssertionError(f"a task whose worker dies runs again ({error})") from error
    assert sorted(found) == [0, 1, 2, 3], "every task once"


def _gives_up_on_a_deadly_task(engine: Engine) -> None:
    message, task = "", None
    try:
        list(run(_die, ["poison"], data=None, engine=engine))
    except WorkerLostError as error:
        message, task = str(error), error.task
    assert "poison" in message, "WorkerLostError whose message names the task"
    assert task == "poison", "WorkerLostError with the task"


def _ends_with_its_block(engine: Engine) -> None:
    with TemporaryDirectory() as folder, engine.pool(None) as pool:
        # Without an end at the block this task would wait forever.
        pool.submit(_wait_for_file, (folder, "never"))


ENGINE_CONTRACT: dict[str, Callable[[Engine], None]] = {
    "gives every result once": _returns_every_result_once,
    "takes more while it gives": _accepts_tasks_while_it_returns,
    "gives first what finishes first": _returns_in_order_of_completion,
    "shows the data as it is": _passes_the_data_unchanged,
    "sends the data once": _sends_the_data_once_per_worker,
    "lets nobody write": _passes_read_only_data,
    "computes on one thread": _computes_on_one_thread,
    "raises what the work raises": _raises_the_error_of_a_task,
    "loses nothing with a worker": _repeats_the_task_of_a_lost_worker,
    "gives up on what kills its workers": _gives_up_on_a_deadly_task,
    "ends with its block": _ends_with_its_block,
}


def engine_contract(engine: Engine) -> None:
    """Run all checks of the contract; an AssertionError names the one that fails.

    Workers of the engine must import this module, and read the files of this machine.
    """
    for name, check in ENGINE_CONTRACT.items():
        try:
            check(engine)
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
    """Make random prices: GARCH(1, 1) returns on real sessions, with dividends.

    No forecaster can beat the naive one on the returns, while volatility clusters as in real
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
    return Prices(parsed, Bars.from_columns(days, columns), "synthetic")


def rescale_prices(prices: Prices, factor: float) -> Prices:
    """Return the prices times a constant; volume stays as it is."""
    columns = {
        name: column if name == "volume" else column * factor
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


def randomise_after(prices: Prices, row: int, *, seed: int = 0) -> Prices:
    """Return the prices up to a row, and noise in every column after it."""
    rng = np.random.default_rng(seed)
    columns = {
        name: np.concatenate([column[: row + 1], rng.uniform(1, 1000, len(prices) - row - 1)])
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


def _garch(shocks: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return the volatility of each session: GARCH(1, 1) with alpha 0.08 and beta 0.87."""
    variance = np.empty(len(shocks))
    current = 1.0
    for row, shock in enumerate(shocks.tolist()):
        variance[row] = current
        current = 0.05 + 0.87 * current + 0.08 * current * shock * shock
    return level * np.sqrt(variance)
