"""Prices: what the checks find in a thousand mutated series, what they say of clean ones, and time.

The series are those of ``shared/data/panel`` beside the project, where that folder is; else the
bundled ones. A mutation is a kind, a place and a size; it is found if a finding of severity warning
or error names a session within two of those that were changed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from _figures import show
from pregao.dataset._adjusted_bars import AdjustedBars
from pregao.instruments import Symbol, as_date
from pregao.prices import (
    PROVIDERS,
    Bars,
    CorporateAction,
    Download,
    Prices,
    PriceStore,
    find_defects,
    validate_download,
)
from pregao.prices._action_effects import effects_of_actions
from pregao.testing import synthetic_prices

NUM_MUTATIONS = 1_000
NUM_SYMBOLS, NUM_SESSIONS = 400, 5_000
PRICES = ("open", "high", "low", "close", "adj_close")
Mutate = Callable[[Bars, int, float], tuple[dict[str, np.ndarray], slice]]


def main() -> None:
    """Measure and print."""
    series = list(clean_series())
    report_clean(series)
    report_mutations(series)
    report_times()


def clean_series() -> Iterator[Prices]:
    """Yield the series of the panel, or the bundled ones in parts."""
    files = [up / "shared/data/panel" for up in Path(__file__).resolve().parents]
    folder = next((each for each in files if each.is_dir()), None)
    if folder is None:
        for name in ("SP500", "NASDAQ"):
            symbol = Symbol.parse(name)
            prices, _ = validate_download(PROVIDERS["sample"]().download(symbol))
            for year in range(2000, 2018, 3):
                yield prices.between(f"{year}-01-01", f"{year + 2}-12-31")
        return
    import pyarrow.parquet as pq

    for file in sorted(folder.glob("*.parquet")):
        frame = pq.read_table(file).to_pandas()
        for ticker, rows in frame.groupby(frame["ticker"].astype(str)):
            ordered = rows.sort_values("session")
            columns = {name: ordered[name].to_numpy(float) for name in (*PRICES, "volume")}
            bars = Bars.from_columns(ordered["session"].to_numpy("datetime64[D]"), columns)
            yield Prices(Symbol.parse(str(ticker)), bars, "panel")


def report_clean(series: list[Prices]) -> None:
    """Print how many clean series have a finding of severity error."""
    codes: Counter[str] = Counter()
    quarantined = 0
    for prices in series:
        errors = {
            each.code
            for each in find_defects(prices.bars, prices.symbol)
            if each.severity == "error"
        }
        codes.update(errors)
        quarantined += bool(errors)
    print(f"{len(series)} clean series, {sum(map(len, series)):,} bars: errors {dict(codes)}")
    show("clean series in quarantine", 100 * quarantined / len(series), 0.5, "%")


def scaled_from(bars: Bars, row: int, size: float) -> tuple[dict[str, np.ndarray], slice]:
    """Leave a split, a grouping or a spin-off without adjustment."""
    columns = {name: bars.columns[name].copy() for name in PRICES}
    for column in columns.values():
        column[:row] *= size
    return columns, slice(row, row + 1)


def scaled_for_days(bars: Bars, row: int, size: float) -> tuple[dict[str, np.ndarray], slice]:
    """Write up to five sessions in another unit."""
    rows = slice(row, row + 1 + row % 5)
    columns = {name: bars.columns[name].copy() for name in PRICES}
    for column in columns.values():
        column[rows] *= size
    return columns, rows


def one_close(bars: Bars, row: int, size: float) -> tuple[dict[str, np.ndarray], slice]:
    """Make one close wrong, in both columns."""
    columns = {name: bars.columns[name].copy() for name in ("close", "adj_close")}
    for column in columns.values():
        column[row] *= size
    return columns, slice(row, row + 1)


def one_adjusted_close(bars: Bars, row: int, size: float) -> tuple[dict[str, np.ndarray], slice]:
    """Make one adjusted close wrong."""
    column = bars.adj_close.copy()
    column[row] *= size
    return {"adj_close": column}, slice(row, row + 1)


def dividend_that_was_not(bars: Bars, row: int, size: float) -> tuple[dict[str, np.ndarray], slice]:
    """Put a dividend into the adjusted closes that the quoted ones do not show."""
    column = bars.adj_close.copy()
    column[:row] *= min(size, 1 / size)
    return {"adj_close": column}, slice(row, row + 1)


def repeated_bars(bars: Bars, row: int, size: float) -> tuple[dict[str, np.ndarray], slice]:
    """Repeat one bar under new dates; the return after them is the one that moves."""
    rows = slice(row, row + 3 + row % 10)
    columns = {name: column.copy() for name, column in bars.columns.items()}
    for column in columns.values():
        column[rows] = column[row - 1]
    del size
    return columns, rows


MUTATIONS: dict[str, Mutate] = {
    "lasting step": scaled_from,
    "another level for days": scaled_for_days,
    "one close": one_close,
    "one adjusted close": one_adjusted_close,
    "dividend that was not": dividend_that_was_not,
    "repeated bars": repeated_bars,
}


def report_mutations(series: list[Prices]) -> None:
    """Print by kind and size how many mutations are found, of those that move a return."""
    rng = np.random.default_rng(2026)
    found: dict[str, list[bool]] = defaultdict(list)
    by_size: dict[str, list[bool]] = defaultdict(list)
    quarantined: list[bool] = []
    while sum(map(len, found.values())) < NUM_MUTATIONS:
        prices = series[rng.integers(len(series))]
        kind = list(MUTATIONS)[rng.integers(len(MUTATIONS))]
        row = int(rng.integers(80, len(prices) - 20))
        size = float(np.exp(rng.choice([-1, 1]) * rng.uniform(np.log(1.05), np.log(200))))
        columns, rows = MUTATIONS[kind](prices.bars, row, size)
        bars = Bars.from_columns(prices.sessions, {**prices.bars.columns, **columns})
        before, after = (np.diff(np.log(each.adj_close)) for each in (prices.bars, bars))
        moved = np.abs(after - before) / before[max(0, row - 250) : row].std()
        if moved.max() <= 3:
            continue
        near = prices.sessions[max(0, rows.start - 2) : rows.stop + 2]
        findings = [
            each
            for each in find_defects(bars, prices.symbol)
            if each.severity != "info" and set(each.sessions) & set(map(str, near))
        ]
        found[kind].append(bool(findings))
        label = next(name for most, name in SIZES if moved.max() <= most)
        by_size[label].append(bool(findings))
        quarantined.append(any(each.severity == "error" for each in findings))
    for title, table in (("kind", found), ("daily standard deviations", by_size)):
        print(f"mutations found, by {title}")
        for name, each in sorted(table.items()):
            print(f"  {name:28} {sum(each):4} of {len(each):4}  {100 * np.mean(each):5.1f} %")
    everything = [each for some in found.values() for each in some]
    show("mutations found", 100 * float(np.mean(everything)), 99, "%", at_least=True)
    print(f"  in quarantine {100 * np.mean(quarantined):.1f} %")


SIZES = ((6, "3 to 6"), (12, "6 to 12"), (30, "12 to 30"), (np.inf, "above 30"))


def report_times() -> None:
    """Print how long reading and checking take."""
    prices = synthetic_prices("TEST3", sessions=NUM_SESSIONS, seed=1, dividend=0.0)
    actions = [
        CorporateAction(
            ex_date=as_date(prices.sessions[row]),
            kind="dividend",
            amount=0.01 * float(prices.bars.close[row - 1]),
            source="bench",
        )
        for row in range(63, NUM_SESSIONS, 63)
    ]
    prices, _ = validate_download(
        Download(prices.symbol, prices.bars, "csv", "", actions=tuple(actions))
    )

    def adjust() -> None:
        effects = effects_of_actions(prices.bars, actions)
        AdjustedBars.from_prices(replace(prices, actions=effects)).returns  # noqa: B018 - computed

    seconds = min(timed(adjust) for _ in range(5))
    show(f"{NUM_SESSIONS:,} rows and {len(actions)} actions adjusted", 1000 * seconds, 5, "ms")
    with TemporaryDirectory() as folder:
        store = PriceStore(Path(folder))
        store.append(prices)
        seconds = min(timed(lambda: store.read(prices.symbol, "csv").adjusted) for _ in range(5))
    show("read from the store and adjusted", 1000 * seconds, 5, "ms")
    histories = [
        replace(synthetic_prices(sessions=NUM_SESSIONS, seed=seed), provider="panel")
        for seed in range(20)
    ]
    seconds = timed(lambda: [find_defects(each.bars, each.symbol) for each in histories])
    show(f"{NUM_SYMBOLS} symbols checked", seconds * NUM_SYMBOLS / len(histories), 20, "s")


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    started = perf_counter()
    call()
    return perf_counter() - started


if __name__ == "__main__":
    main()
