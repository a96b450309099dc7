"""Datasets: from prices to windows, the only input of a network."""

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pregao.dataset._adjusted_bars import SIGMA_WARMUP_SESSIONS, AdjustedBars
from pregao.dataset._features import Feature, compute_feature, find_feature
from pregao.dataset._labels import rule_actions
from pregao.dataset._scaler import BaseSession, Scaler, Scaling
from pregao.dataset._splits import Borders, Split, WalkForward, split_rows
from pregao.dataset._windows import Float, Table, Windows
from pregao.errors import (
    BaseSessionError,
    HistoryTooShortError,
    MissingColumnsError,
    SplitError,
    UnusableWindowsError,
)
from pregao.findings import Finding
from pregao.instruments import Sessions, Symbol, as_date, closing_days
from pregao.prices import Prices, find_holes
from pregao.texts import gettext_lazy as _
from pregao.values import Text, bilingual

MIN_WINDOWS = {"train": 60, "validation": 20, "test": 20}
"""With fewer windows the scores of a part mean nothing: a 90 % interval has two misses in 20."""

Parts = dict[str, slice]
"""The cutoff rows of one symbol, by part."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """The windows of one experiment, split and purged, with the scaler of its training part.

    Training reads `train` and `validation`; only evaluation reads `sealed_test`.
    """

    train: Windows
    validation: Windows
    live: Windows
    """One window per symbol, at its last session: the input of a live forecast."""
    borders: Borders
    sealed_test: Windows
    """The test part, for evaluation only."""
    findings: tuple[Finding, ...] = ()

    @property
    def scaler(self) -> Scaler:
        """The scaler, fitted on the training part."""
        return self.train.scaler

    @property
    def num_windows(self) -> dict[str, int]:
        """The number of windows of each part."""
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
    scaling: Scaling = "standard",
    capped: bool = True,
    scaler: Scaler | None = None,
    min_skip_sessions: int = 0,
) -> Dataset:
    """Make the windows of one symbol, or of many pooled, and fit their scaler.

    Parameters
    ----------
    prices
        One history per symbol.
    features
        Names in ``FEATURES`` or of plug-ins. Those that need an order book are left out, with a
        finding, unless every symbol has one.
    lookback, horizon
        The numbers of sessions of a window before and after its cutoff.
    scaling, capped
        How features are scaled, and whether standard scaling caps extremes.
    scaler
        A scaler fitted before, for scoring a network again: its features are used, and `split`
        must be the borders inside of which it was fitted.
    min_skip_sessions
        The least number of first sessions without a window of each symbol, where other experiments
        that are scored on the same windows need more than these features and this lookback.

    Raises
    ------
    UnknownNameError
        For a feature that does not exist.
    HistoryTooShortError
        With the number of sessions needed.
    SplitError
        If borders leave a part with too few windows.
    """
    chosen, findings = _select_features(features, prices, scaler)
    warmup = _warmup(chosen)
    if isinstance(split, Borders):
        min_skip_sessions = max(min_skip_sessions, split.skip_sessions)
    skip = max(warmup + lookback - 1, min_skip_sessions)
    histories = _adjust(prices, chosen, scaler)
    days = _border_days(prices)
    borders, parts = _split(days, split, skip=skip, horizon=horizon)
    usable = [usable_cutoffs(each, skip=skip, horizon=horizon) for each in histories]
    _check_parts(prices, parts, usable, skip=skip, horizon=horizon, split=split)
    for each in prices:
        _check_live_window(each, warmup=warmup, lookback=lookback)
    raw = _compute_features(chosen, histories)
    fitted = scaler or Scaler.fit(
        tuple(each.name for each in chosen),
        _training_rows(raw, parts, warmup=warmup, lookback=lookback),
        scaling,
        capped=capped,
        bases=_bases(prices, chosen),
    )
    scaled = _scale_features(raw, fitted)
    del raw  # in a large pool the other columns of the table need its memory
    table = _make_table([each.symbol for each in prices], histories, scaled)
    live = _live_windows(table, fitted, lookback=lookback, horizon=horizon)
    return Dataset(
        train=replace(live, cutoff_rows=_cutoff_rows(table, parts, usable, "train")),
        validation=replace(live, cutoff_rows=_cutoff_rows(table, parts, usable, "validation")),
        live=live,
        borders=borders.replace(skip_sessions=min_skip_sessions),
        sealed_test=replace(live, cutoff_rows=_cutoff_rows(table, parts, usable, "test")),
        findings=(*findings, *_untrained_findings(prices, parts)),
    )


def _cutoff_rows(
    table: Table, parts: Sequence[Parts], usable: Sequence[NDArray[np.bool_]], name: str
) -> NDArray[np.intp]:
    """Return (n,) the table rows of the cutoffs of one part."""
    rows = [
        first + each[name].start + np.flatnonzero(mask[each[name]])
        for first, each, mask in zip(table.symbol_starts, parts, usable, strict=True)
    ]
    return np.concatenate(rows)


def usable_cutoffs(bars: AdjustedBars, *, skip: int, horizon: int) -> NDArray[np.bool_]:
    """Return (rows,) whether a window at a row may be used.

    With its warm-up and its horizon it spans no hole, and the price has moved among the last
    `SIGMA_WARMUP_SESSIONS`: without a move there is no volatility to tell targets in.
    """
    usable = bars.sessions_since_move < SIGMA_WARMUP_SESSIONS
    for row in bars.rows_after_holes:
        usable[max(0, row - horizon) : row + skip] = False
    return usable


def walk_forward_folds(dataset: Dataset, plan: WalkForward) -> list[Borders]:
    """Return the borders of the folds of a walk-forward over the test part of a dataset.

    Raises
    ------
    SplitError
        If a fold would have too few windows.
    """
    return plan.folds(
        dataset.borders,
        np.unique(dataset.sealed_test.source.sessions),
        np.unique(dataset.sealed_test.cutoffs),
    )


def skipped_sessions(features: Sequence[str], lookback: int) -> int:
    """Return the number of sessions of a history before its first cutoff.

    >>> skipped_sessions(("return",), lookback=60)
    81
    """
    return _warmup([find_feature(name) for name in features]) + lookback - 1


def live_windows(
    prices: Sequence[Prices], *, scaler: Scaler, lookback: int, horizon: int
) -> Windows:
    """Make the last window of each symbol with a scaler fitted before.

    Raises
    ------
    HistoryTooShortError
        If a symbol has fewer sessions than the features and the lookback need.
    """
    chosen, _ = _select_features(scaler.features, prices, scaler)
    for each in prices:
        _check_live_window(each, warmup=_warmup(chosen), lookback=lookback)
    histories = _adjust(prices, chosen, scaler)
    scaled = _scale_features(_compute_features(chosen, histories), scaler)
    table = _make_table([each.symbol for each in prices], histories, scaled)
    return _live_windows(table, scaler, lookback=lookback, horizon=horizon)


def _bases(prices: Sequence[Prices], chosen: Sequence[Feature]) -> tuple[BaseSession, ...]:
    """Return the base session of each symbol; none where no feature is a level."""
    if not any(each.is_level for each in chosen):
        return ()
    return tuple(
        BaseSession(symbol=str(each.symbol), session=as_date(each.first)) for each in prices
    )


def _adjust(
    prices: Sequence[Prices], chosen: Sequence[Feature], scaler: Scaler | None
) -> list[AdjustedBars]:
    """Adjust each history; levels are in units of the base session, of earlier scalers of none.

    Raises
    ------
    BaseSessionError
        If a feature is a level, and a symbol has no base, or its history not that session.
    """
    levels = [each.name for each in chosen if each.is_level]
    if not levels or (scaler is not None and not scaler.bases):
        return [AdjustedBars.from_prices(each) for each in prices]
    if scaler is None:
        return [AdjustedBars.from_prices(each, as_date(each.first)) for each in prices]
    histories = []
    for each in prices:
        base = scaler.base_of(str(each.symbol))
        if base is None or np.datetime64(base) not in each.sessions:
            raise BaseSessionError(str(each.symbol), levels, base)
        histories.append(AdjustedBars.from_prices(each, base))
    return histories


def _select_features(
    features: Sequence[str], prices: Sequence[Prices], scaler: Scaler | None
) -> tuple[list[Feature], tuple[Finding, ...]]:
    """Return the features that every symbol has the columns for, or all those of a scaler."""
    if scaler is None:
        return _without_order_book([find_feature(name) for name in features], prices)
    needed = [find_feature(name) for name in scaler.features]
    available, _ = _without_order_book(needed, prices)
    absent = [each.name for each in needed if each not in available]
    if absent:
        raise MissingColumnsError(absent)
    return needed, ()


def check_live_window(prices: Prices, *, features: Sequence[str], lookback: int) -> None:
    """Check that a symbol has at least one window.

    Raises
    ------
    HistoryTooShortError
        With the number of sessions needed.
    """
    _check_live_window(
        prices, warmup=_warmup([find_feature(name) for name in features]), lookback=lookback
    )


def _check_live_window(prices: Prices, *, warmup: int, lookback: int) -> None:
    """Check that a symbol has a window: else, in a pool, it would read rows of another one."""
    holes = find_holes(prices.sessions, prices.symbol)
    if holes and len(prices) - holes[-1].row < warmup + lookback <= len(prices):
        because = _(
            "a warm-up of {warmup} sessions and a lookback of {lookback}, after {holes} sessions "
            "without a bar before {day},",
            warmup=warmup,
            lookback=lookback,
            holes=holes[-1].num_absent,
            day=as_date(prices.sessions[holes[-1].row]),
        )
        found = len(prices) - holes[-1].row
        raise HistoryTooShortError(str(prices.symbol), warmup + lookback, found, because)
    if len(prices) < warmup + lookback:
        because = _(
            "a warm-up of {warmup} sessions and a lookback of {lookback}",
            warmup=warmup,
            lookback=lookback,
        )
        raise HistoryTooShortError(str(prices.symbol), warmup + lookback, len(prices), because)


def _compute_features(chosen: Sequence[Feature], histories: Sequence[AdjustedBars]) -> list[Float]:
    """Compute the features (rows, features) of each symbol, as views of one array.

    Hundreds of separate arrays would fragment memory.
    """
    whole = np.empty((sum(map(len, histories)), len(chosen)))
    computed = _split_by_symbol(whole, histories)
    for rows, bars in zip(computed, _uncached(histories), strict=True):
        for column, each in enumerate(chosen):
            rows[:, column] = compute_feature(each, bars)
    return computed


def _scale_features(computed: Sequence[Float], scaler: Scaler) -> NDArray[np.float32]:
    """Scale the features of each symbol into one array (rows, features)."""
    scaled = np.empty((sum(map(len, computed)), len(scaler.features)), np.float32)
    for rows, each in zip(_split_by_symbol(scaled, computed), computed, strict=True):
        rows[:] = scaler(each)
    return scaled


def _stack_column(
    histories: Sequence[AdjustedBars],
    compute: Callable[[AdjustedBars], NDArray[Any]],
    dtype: DTypeLike,
) -> NDArray[Any]:
    """Compute a column (rows,) of all symbols, one symbol at a time."""
    column = np.empty(sum(map(len, histories)), dtype)
    for rows, bars in zip(_split_by_symbol(column, histories), _uncached(histories), strict=True):
        rows[:] = compute(bars)
    return column


def _split_by_symbol(whole: NDArray[Any], symbols: Sequence[Sized]) -> list[NDArray[Any]]:
    """Split an array into the rows of each symbol."""
    return np.split(whole, [*accumulate(map(len, symbols))][:-1])


def _uncached(histories: Sequence[AdjustedBars]) -> Iterator[AdjustedBars]:
    """Yield copies without cached properties, so that those are freed after use."""
    return (replace(bars) for bars in histories)


def _training_rows(
    raw: Sequence[Float], parts: Sequence[Parts], *, warmup: int, lookback: int
) -> Float:
    """Return the rows that training windows read, and no others."""
    seen = [
        rows[max(warmup, part["train"].start - lookback + 1) : part["train"].stop]
        for rows, part in zip(raw, parts, strict=True)
        if part["train"].stop > part["train"].start
    ]
    return np.concatenate(seen)


def _untrained_findings(prices: Sequence[Prices], parts: Sequence[Parts]) -> tuple[Finding, ...]:
    """Report the symbols of a pool without a window in the training part."""
    return tuple(
        Finding.from_code(
            "LRN005",
            bilingual(
                "{symbol} has no window before the end of the training part",
                symbol=str(each.symbol),
            ),
            do=bilingual("judge its forecasts with care: the network knows only the other symbols"),
            symbol=str(each.symbol),
        )
        for each, part in zip(prices, parts, strict=True)
        if part["train"].stop <= part["train"].start
    )


def _live_windows(table: Table, scaler: Scaler, *, lookback: int, horizon: int) -> Windows:
    last_rows = [table.symbol_rows(symbol).stop - 1 for symbol in range(len(table.symbols))]
    return Windows(table, lookback, horizon, np.array(last_rows, np.intp), scaler)


def check_history_length(
    symbol: str,
    num_sessions: int,
    *,
    features: Sequence[str],
    lookback: int,
    horizon: int,
    split: Split,
) -> None:
    """Check that a history has enough sessions, before anything is computed.

    Raises
    ------
    HistoryTooShortError
        With the number of sessions needed.
    """
    if split.train_last is not None:
        return
    # Features that are left out for want of an order book have no warm-up, so that none is counted.
    skip = skipped_sessions(features, lookback)
    needed = _min_sessions(split, skip=skip, horizon=horizon)
    if num_sessions < needed:
        raise _too_short_error(symbol, num_sessions, needed, skip=skip, horizon=horizon)


def _too_short_error(
    symbol: str, found: int, needed: int, *, skip: int, horizon: int
) -> HistoryTooShortError:
    because = _(
        "a window of {sessions} (warm-up and lookback) with horizon {horizon}",
        sessions=skip + 1,
        horizon=horizon,
    )
    return HistoryTooShortError(symbol, needed, found, because)


def _warmup(chosen: Sequence[Feature]) -> int:
    """Return the number of sessions before every feature, and sigma, is valid."""
    return max((SIGMA_WARMUP_SESSIONS, *(each.warmup_sessions for each in chosen)))


def _without_order_book(
    features: list[Feature], prices: Sequence[Prices]
) -> tuple[list[Feature], tuple[Finding, ...]]:
    """Leave out features that need an order book, with a finding, where a symbol has none."""
    without = [str(p.symbol) for p in prices if p.bars.best_bid is None or p.bars.best_ask is None]
    absent = [each.name for each in features if each.needs_order_book and without]
    if not absent:
        return features, ()
    seen = bilingual(
        "{symbols} without best offers: {features} left out",
        symbols=", ".join(without),
        features=Text.joined([Text.same(name) for name in absent]),
    )
    finding = Finding.from_code("PRC014", seen)
    return [each for each in features if each.name not in absent], (finding,)


def _border_days(prices: Sequence[Prices]) -> list[Sessions]:
    """Return the days by which borders divide each history: of several exchanges, by instants."""
    if len({each.symbol.exchange for each in prices}) == 1:
        return [each.sessions for each in prices]
    return [closing_days(each.symbol.exchange, each.sessions) for each in prices]


def _split(
    days: Sequence[Sessions], split: Split | Borders, *, skip: int, horizon: int
) -> tuple[Borders, list[Parts]]:
    """Return the borders, and the cutoff rows of each symbol by part, from `skip` on."""
    cutoffs = np.unique(
        np.concatenate([each[skip : max(skip, len(each) - horizon)] for each in days])
    )
    if isinstance(split, Borders):
        borders = split
    elif split.train_last is None and len(cutoffs) < 3:
        empty = dict.fromkeys(MIN_WINDOWS, slice(0, 0))
        return Borders.placeholder(), [empty] * len(days)
    else:
        borders = split.borders(cutoffs)
    return borders, [
        {
            name: slice(max(part.start, skip), max(part.stop, part.start, skip))
            for name, part in split_rows(each, borders, horizon=horizon).items()
        }
        for each in days
    ]


def _check_parts(
    prices: Sequence[Prices],
    parts: Sequence[Parts],
    usable: Sequence[NDArray[np.bool_]],
    *,
    skip: int,
    horizon: int,
    split: Split | Borders,
) -> None:
    """Check that every part has enough windows, else raise with the number of sessions needed."""
    found = {
        name: sum(int(mask[each[name]].sum()) for each, mask in zip(parts, usable, strict=True))
        for name in MIN_WINDOWS
    }
    short = [name for name, least in MIN_WINDOWS.items() if found[name] < least]
    if not short:
        return
    longest = max(prices, key=len)
    if isinstance(split, Split) and split.train_last is None:
        needed = _min_sessions(split, skip=skip, horizon=horizon)
        if len(longest) >= needed:
            raise UnusableWindowsError(
                str(longest.symbol),
                part=short[0],
                found=found[short[0]],
                needed=MIN_WINDOWS[short[0]],
                num_sessions=len(longest),
                num_unusable=sum(int((~mask).sum()) for mask in usable),
            )
        raise _too_short_error(
            str(longest.symbol), len(longest), needed, skip=skip, horizon=horizon
        )
    raise SplitError(short[0], found[short[0]], MIN_WINDOWS[short[0]])


def _min_sessions(split: Split, *, skip: int, horizon: int) -> int:
    """Return the shortest history of one symbol whose parts all have enough windows."""
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
        if all(num_windows[name] >= least for name, least in MIN_WINDOWS.items()):
            return num_cutoffs + skip + horizon
        num_cutoffs += 1


def _make_table(
    symbols: list[Symbol], histories: list[AdjustedBars], scaled: NDArray[np.float32]
) -> Table:
    lengths = [len(bars) for bars in histories]
    table = Table(
        symbols=tuple(symbols),
        symbol_starts=np.array([0, *accumulate(lengths)][:-1], np.intp),
        sessions=_stack_column(histories, lambda bars: bars.sessions, "datetime64[D]"),
        features=scaled,
        returns=_stack_column(histories, lambda bars: bars.returns, np.float64),
        sigma=_stack_column(histories, lambda bars: bars.sigma, np.float64),
        realised_variance=_stack_column(histories, lambda bars: bars.realised_variance, np.float64),
        close=_stack_column(histories, lambda bars: bars.quoted_close, np.float64),
        rule_actions=_stack_column(histories, rule_actions, np.int8),
    )
    for array in (
        table.symbol_starts,
        table.sessions,
        table.features,
        table.returns,
        table.sigma,
        table.realised_variance,
        table.close,
        table.rule_actions,
    ):
        array.flags.writeable = False
    return table
