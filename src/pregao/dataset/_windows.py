"""From prices to learnable windows: the only way into a network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from pregao.calendars import Sessions
from pregao.dataset._features import Feature, feature
from pregao.dataset._market import SIGMA_WARMUP_SESSIONS, Market
from pregao.dataset._scaler import Scaler
from pregao.dataset._splits import Borders, Split, parts_of
from pregao.errors import HistoryTooShortError, SplitError
from pregao.findings import Finding
from pregao.prices import Prices
from pregao.symbols import Symbol

Float = NDArray[np.float64]
Rows = NDArray[np.intp]

LEAST_WINDOWS = {"train": 60, "validation": 20, "test": 20}
"""With fewer windows a part says nothing: a 90 % interval would be judged by two misses."""


@dataclass(frozen=True, eq=False)
class Table:
    """Daily rows of all symbols, one symbol after the other; every array is read-only."""

    symbols: tuple[Symbol, ...]
    first_row_of: Rows
    """(symbols,) the first row of each symbol."""
    sessions: Sessions
    features: NDArray[np.float32]
    """(rows, features) scaled; NaN before every feature is valid."""
    returns: Float
    sigma: Float
    realised_variance: Float
    close: Float
    """(rows,) close as quoted."""

    def __len__(self) -> int:
        return len(self.sessions)

    def rows_of(self, symbol: int) -> slice:
        """Give the rows of one symbol."""
        stops = (*self.first_row_of[1:].tolist(), len(self))
        return slice(int(self.first_row_of[symbol]), stops[symbol])


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of one part: inputs up to each cutoff, and (unless live) what came after.

    Satisfies ``pregao.zoo.Past`` and, where there are targets, ``pregao.zoo.Taught``.
    """

    source: Table
    lookback: int
    horizon: int
    cutoff_rows: Rows
    """(n,) the table row of each cutoff, symbol by symbol, ascending in each."""
    scaler: Scaler

    def __len__(self) -> int:
        return len(self.cutoff_rows)

    @property
    def table(self) -> NDArray[np.float32]:
        """(rows, features) scaled features of all sessions."""
        return self.source.features

    @property
    def returns(self) -> Float:
        """(rows,) log return of each session, total-return adjusted."""
        return self.source.returns

    @property
    def sigma(self) -> Float:
        """(rows,) EWMA volatility known at each close."""
        return self.source.sigma

    @property
    def realised_variance(self) -> Float:
        """(rows,) variance of each session out of its range and opening gap."""
        return self.source.realised_variance

    @cached_property
    def symbol_index(self) -> Rows:
        """(n,) which symbol each window belongs to."""
        return np.searchsorted(self.source.first_row_of, self.cutoff_rows, side="right") - 1

    @property
    def first_rows(self) -> Rows:
        """(n,) the first row of each window's symbol."""
        return self.source.first_row_of[self.symbol_index]

    @property
    def cutoffs(self) -> Sessions:
        """(n,) the session of each cutoff."""
        return self.source.sessions[self.cutoff_rows]

    @property
    def last_price(self) -> Float:
        """(n,) the quoted close at each cutoff."""
        return self.source.close[self.cutoff_rows]

    @cached_property
    def scale(self) -> Float:
        """(n, horizon) ``sigma_t * sqrt(h)``: what a target of step h was divided by."""
        steps = np.sqrt(np.arange(1, self.horizon + 1))
        return self.sigma[self.cutoff_rows][:, None] * steps

    @property
    def all_inputs(self) -> NDArray[np.float32]:
        """(rows - lookback + 1, lookback, features), a strided view: a window for every row."""
        return np.lib.stride_tricks.sliding_window_view(
            self.table, self.lookback, axis=0
        ).transpose(0, 2, 1)

    @property
    def inputs(self) -> NDArray[np.float32]:
        """(n, lookback, features): a view where cutoffs are consecutive, a copy where pooled."""
        starts = self.cutoff_rows - (self.lookback - 1)
        if len(starts) > 0 and starts[-1] - starts[0] == len(starts) - 1:
            return self.all_inputs[starts[0] : starts[-1] + 1]
        return self.all_inputs[starts]

    @cached_property
    def future_returns(self) -> Float:
        """(n, horizon) cumulative log returns after each cutoff. Never an input to a model."""
        last = int(self.cutoff_rows.max(initial=-1)) + self.horizon
        assert last < len(self.source), "live windows have no future"
        ahead = self.cutoff_rows[:, None] + np.arange(1, self.horizon + 1)
        return np.cumsum(self.returns[ahead], axis=1)

    @cached_property
    def targets(self) -> Float:
        """(n, horizon) cumulative log returns over ``sigma_t * sqrt(h)``."""
        return self.future_returns / self.scale

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "Windows":
        """Give some of the windows."""
        return replace(self, cutoff_rows=self.cutoff_rows[index])

    def of_symbol(self, symbol: int) -> "Windows":
        """Give the windows of one symbol."""
        return self.take(self.symbol_index == symbol)


@dataclass(frozen=True, eq=False)
class Dataset:
    """The windows of one experiment, split and purged, with the scaler of its training part.

    `training` code takes `train` and `validation`. The test part is opened by
    `pregao.evaluation` alone.
    """

    train: Windows
    validation: Windows
    live: Windows
    """One window a symbol, at its last session: what a forecast is made from."""
    borders: Borders
    sealed_test: Windows
    """Opened by evaluation, and by nothing else."""
    findings: tuple[Finding, ...] = ()

    @property
    def scaler(self) -> Scaler:
        """The scaler, fitted on the training part."""
        return self.train.scaler

    @property
    def num_windows(self) -> dict[str, int]:
        """How many windows each part has."""
        return {
            "train": len(self.train),
            "validation": len(self.validation),
            "test": len(self.sealed_test),
        }


def make_dataset(
    prices: Sequence[Prices],
    *,
    features: Sequence[str],
    lookback: int,
    horizon: int,
    split: Split | Borders,
) -> Dataset:
    """Cut the windows of one symbol, or of many pooled, and fit their scaler.

    Parameters
    ----------
    prices
        One history a symbol.
    features
        Names out of ``FEATURES``. Those that need an order book are left out, with a finding,
        unless every symbol has one.
    lookback, horizon
        Sessions that a window looks back and forward.

    Raises
    ------
    UnknownNameError
        For a feature that does not exist.
    HistoryTooShortError
        With the number of sessions that would do.
    """
    chosen, findings = _available([feature(name) for name in features], prices)
    markets = [Market.of(each) for each in prices]
    warmup = _warmup(chosen)
    skip = warmup + lookback - 1
    borders, parts = _split(markets, split, skip=skip, horizon=horizon)
    _check_parts(prices, parts, skip=skip, horizon=horizon, split=split)
    raw = [np.column_stack([each.compute(market) for each in chosen]) for market in markets]
    # Everything a training window sees, and nothing later: rows up to its last cutoff.
    seen = [
        rows[warmup : part["train"].stop]
        for rows, part in zip(raw, parts, strict=True)
        if part["train"].stop > part["train"].start
    ]
    scaler = Scaler.fit(tuple(each.name for each in chosen), np.concatenate(seen))
    table = _table([each.symbol for each in prices], markets, [scaler(rows) for rows in raw])

    def part(name: str) -> Windows:
        rows = [
            first + np.arange(each[name].start, each[name].stop)
            for first, each in zip(table.first_row_of, parts, strict=True)
        ]
        return Windows(table, lookback, horizon, np.concatenate(rows), scaler)

    return Dataset(
        train=part("train"),
        validation=part("validation"),
        live=_live(table, scaler, lookback=lookback, horizon=horizon),
        borders=borders,
        sealed_test=part("test"),
        findings=findings,
    )


def live_windows(
    prices: Sequence[Prices], *, scaler: Scaler, lookback: int, horizon: int
) -> Windows:
    """Cut the last window of each symbol with a scaler that was fitted before.

    Raises
    ------
    HistoryTooShortError
        If a symbol has fewer sessions than the features and the lookback need.
    """
    chosen = [feature(name) for name in scaler.features]
    warmup = _warmup(chosen)
    for each in prices:
        if len(each) < warmup + lookback:
            raise HistoryTooShortError(
                str(each.symbol), warmup + lookback, len(each), f"a lookback of {lookback}"
            )
    markets = [Market.of(each) for each in prices]
    scaled = [scaler(np.column_stack([each.compute(m) for each in chosen])) for m in markets]
    table = _table([each.symbol for each in prices], markets, scaled)
    return _live(table, scaler, lookback=lookback, horizon=horizon)


def _live(table: Table, scaler: Scaler, *, lookback: int, horizon: int) -> Windows:
    last_rows = [table.rows_of(symbol).stop - 1 for symbol in range(len(table.symbols))]
    return Windows(table, lookback, horizon, np.array(last_rows, np.intp), scaler)


def check_length(
    symbol: str,
    num_sessions: int,
    *,
    features: Sequence[str],
    lookback: int,
    horizon: int,
    split: Split,
) -> None:
    """Refuse a history that is too short whatever is in it, before anything is computed.

    Raises
    ------
    HistoryTooShortError
        With the number of sessions that would do.
    """
    if split.train_last is not None:
        return
    # A feature without its order book would need less; those have no warm-up at all.
    skip = _warmup([feature(name) for name in features]) + lookback - 1
    needed = _least_sessions(split, skip=skip, horizon=horizon)
    if num_sessions < needed:
        raise _too_short(symbol, num_sessions, needed, skip=skip, horizon=horizon)


def _too_short(
    symbol: str, found: int, needed: int, *, skip: int, horizon: int
) -> HistoryTooShortError:
    because = f"a window of {skip + 1} (warm-up and lookback) with horizon {horizon}"
    return HistoryTooShortError(symbol, needed, found, because)


def _warmup(chosen: Sequence[Feature]) -> int:
    """Give the sessions before every feature, and sigma, is valid."""
    return max((SIGMA_WARMUP_SESSIONS, *(each.warmup_sessions for each in chosen)))


def _available(
    asked: list[Feature], prices: Sequence[Prices]
) -> tuple[list[Feature], tuple[Finding, ...]]:
    """Leave out what needs an order book, and say so, where a symbol has none."""
    without = [str(p.symbol) for p in prices if p.bars.best_bid is None or p.bars.best_ask is None]
    absent = [each.name for each in asked if each.needs_order_book and without]
    if not absent:
        return asked, ()
    finding = Finding(
        code="PRC014",
        title="no order book",
        severity="info",
        seen=f"{', '.join(without)} without best offers: {' and '.join(absent)} left out",
        do="use a provider with best offers, such as B3's own files, or ask for fewer features",
    )
    return [each for each in asked if each.name not in absent], (finding,)


def _split(
    markets: list[Market], split: Split | Borders, *, skip: int, horizon: int
) -> tuple[Borders, list[dict[str, slice]]]:
    """Give the borders, and each symbol's cutoff rows by part, those before `skip` left out."""
    cutoffs = np.unique(np.concatenate([m.sessions[skip : len(m) - horizon] for m in markets]))
    if len(cutoffs) < 3 and isinstance(split, Split):
        empty = dict.fromkeys(LEAST_WINDOWS, slice(0, 0))
        return Borders(date.min, date.min.replace(day=2), date.max), [empty] * len(markets)
    purge = split.purge_sessions if isinstance(split, Split) else None
    borders = split.borders(cutoffs) if isinstance(split, Split) else split
    parts = []
    for market in markets:
        rows = parts_of(market.sessions, borders, horizon=horizon, purge_sessions=purge)
        parts.append(
            {
                name: slice(max(part.start, skip), max(part.stop, part.start, skip))
                for name, part in rows.items()
            }
        )
    return borders, parts


def _check_parts(
    prices: Sequence[Prices],
    parts: Sequence[dict[str, slice]],
    *,
    skip: int,
    horizon: int,
    split: Split | Borders,
) -> None:
    """Refuse parts with too few windows, and say how many sessions would do."""
    found = {
        name: sum(each[name].stop - each[name].start for each in parts) for name in LEAST_WINDOWS
    }
    short = [name for name, least in LEAST_WINDOWS.items() if found[name] < least]
    if not short:
        return
    longest = max(prices, key=len)
    if isinstance(split, Split) and split.train_last is None:
        needed = _least_sessions(split, skip=skip, horizon=horizon)
        raise _too_short(str(longest.symbol), len(longest), needed, skip=skip, horizon=horizon)
    raise SplitError(short[0], found[short[0]], LEAST_WINDOWS[short[0]])


def _least_sessions(split: Split, *, skip: int, horizon: int) -> int:
    """Give the shortest history of one symbol whose parts all have enough windows."""
    purge = max(split.purge_sessions or 0, horizon)
    num_cutoffs = 1
    while True:
        num_train = int(num_cutoffs * split.train_fraction)
        num_seen = int(num_cutoffs * (split.train_fraction + split.validation_fraction))
        num_windows = {
            "train": num_train - purge,
            "validation": num_seen - num_train - purge,
            "test": num_cutoffs - num_seen,
        }
        if all(num_windows[name] >= least for name, least in LEAST_WINDOWS.items()):
            return num_cutoffs + skip + horizon
        num_cutoffs += 1


def _table(
    symbols: list[Symbol], markets: list[Market], scaled: list[NDArray[np.float32]]
) -> Table:
    lengths = [len(market) for market in markets]
    table = Table(
        symbols=tuple(symbols),
        first_row_of=np.array([0, *accumulate(lengths)][:-1], np.intp),
        sessions=np.concatenate([market.sessions for market in markets]),
        features=np.concatenate(scaled),
        returns=np.concatenate([market.returns for market in markets]),
        sigma=np.concatenate([market.sigma for market in markets]),
        realised_variance=np.concatenate([market.realised_variance for market in markets]),
        close=np.concatenate([market.quoted_close for market in markets]),
    )
    for array in (
        table.first_row_of,
        table.sessions,
        table.features,
        table.returns,
        table.sigma,
        table.realised_variance,
        table.close,
    ):
        array.flags.writeable = False
    return table
