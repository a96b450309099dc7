"""From prices to learnable windows: the only way into a network."""

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pregao.dataset._features import Feature, column_of, feature
from pregao.dataset._labels import rule_actions
from pregao.dataset._market import SIGMA_WARMUP_SESSIONS, Market
from pregao.dataset._scaler import Scaler, Scaling
from pregao.dataset._splits import Borders, Split, WalkForward, parts_of
from pregao.dataset._windows import Float, Table, Windows
from pregao.errors import HistoryTooShortError, MissingColumnsError, SplitError
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices import Prices
from pregao.values import Text

LEAST_WINDOWS = {"train": 60, "validation": 20, "test": 20}
"""With fewer windows a part says nothing: a 90 % interval would be judged by two misses."""

Parts = dict[str, slice]
"""The cutoff rows of one symbol, by part."""


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
    scaling: Scaling = "standard",
    capped: bool = True,
    scaler: Scaler | None = None,
    least_skip_sessions: int = 0,
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
    scaling, capped
        How features are scaled, and whether extremes of standard scaling are capped.
    scaler
        One that was fitted before, for scoring a network again; then give the borders it was
        fitted inside of, and its features are used.
    least_skip_sessions
        How many sessions of each symbol have no window, even if fewer would do for these features
        and this lookback: what others need that are to be scored on the same windows.

    Raises
    ------
    UnknownNameError
        For a feature that does not exist.
    HistoryTooShortError
        With the number of sessions that would do.
    SplitError
        If borders leave a part with too few windows.
    """
    chosen, findings = _chosen(features, prices, scaler)
    warmup = _warmup(chosen)
    if isinstance(split, Borders):
        least_skip_sessions = max(least_skip_sessions, split.skip_sessions)
    skip = max(warmup + lookback - 1, least_skip_sessions)
    markets = [Market.of(each) for each in prices]
    borders, parts = _split(markets, split, skip=skip, horizon=horizon)
    _check_parts(prices, parts, skip=skip, horizon=horizon, split=split)
    for each in prices:
        _check_live(each, warmup=warmup, lookback=lookback)
    raw = _computed(chosen, markets)
    fitted = scaler or Scaler.fit(
        tuple(each.name for each in chosen),
        _seen_in_training(raw, parts, warmup=warmup, lookback=lookback),
        scaling,
        capped=capped,
    )
    scaled = _scaled(raw, fitted)
    del raw  # of a large pool the table's own columns take its place
    table = _table([each.symbol for each in prices], markets, scaled)

    def part(name: str) -> Windows:
        rows = [
            first + np.arange(each[name].start, each[name].stop)
            for first, each in zip(table.first_row_of, parts, strict=True)
        ]
        return Windows(table, lookback, horizon, np.concatenate(rows), fitted)

    return Dataset(
        train=part("train"),
        validation=part("validation"),
        live=_live(table, fitted, lookback=lookback, horizon=horizon),
        borders=borders.replace(skip_sessions=least_skip_sessions),
        sealed_test=part("test"),
        findings=(*findings, *_not_trained(prices, parts)),
    )


def folds_of(dataset: Dataset, plan: WalkForward) -> list[Borders]:
    """Give the borders of a walk-forward over the test part of a dataset.

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
    """Give how many sessions of a history come before its first window.

    >>> skipped_sessions(("return",), lookback=60)
    81
    """
    return _warmup([feature(name) for name in features]) + lookback - 1


def live_windows(
    prices: Sequence[Prices], *, scaler: Scaler, lookback: int, horizon: int
) -> Windows:
    """Cut the last window of each symbol with a scaler that was fitted before.

    Raises
    ------
    HistoryTooShortError
        If a symbol has fewer sessions than the features and the lookback need.
    """
    chosen, _ = _chosen(scaler.features, prices, scaler)
    for each in prices:
        _check_live(each, warmup=_warmup(chosen), lookback=lookback)
    markets = [Market.of(each) for each in prices]
    scaled = _scaled(_computed(chosen, markets), scaler)
    table = _table([each.symbol for each in prices], markets, scaled)
    return _live(table, scaler, lookback=lookback, horizon=horizon)


def _chosen(
    features: Sequence[str], prices: Sequence[Prices], scaler: Scaler | None
) -> tuple[list[Feature], tuple[Finding, ...]]:
    """Give the features that can be computed for every symbol, or all those of a scaler."""
    if scaler is None:
        return _available([feature(name) for name in features], prices)
    wanted = [feature(name) for name in scaler.features]
    available, _ = _available(wanted, prices)
    absent = [each.name for each in wanted if each not in available]
    if absent:
        raise MissingColumnsError(absent)
    return wanted, ()


def check_live(prices: Prices, *, features: Sequence[str], lookback: int) -> None:
    """Refuse a symbol that has no window at all.

    Raises
    ------
    HistoryTooShortError
        With the number of sessions that would do.
    """
    _check_live(prices, warmup=_warmup([feature(name) for name in features]), lookback=lookback)


def _check_live(prices: Prices, *, warmup: int, lookback: int) -> None:
    """Refuse a symbol that has no window at all: its last one would reach into the one before."""
    if len(prices) < warmup + lookback:
        because = f"a warm-up of {warmup} sessions and a lookback of {lookback}"
        raise HistoryTooShortError(str(prices.symbol), warmup + lookback, len(prices), because)


def _computed(chosen: Sequence[Feature], markets: Sequence[Market]) -> list[Float]:
    """Compute (rows, features) for each symbol, all of them parts of one array.

    Hundreds of arrays of their own would leave memory in pieces that nothing else fits into.
    """
    whole = np.empty((sum(map(len, markets)), len(chosen)))
    computed = _by_symbol(whole, markets)
    for rows, market in zip(computed, _forgetful(markets), strict=True):
        for column, each in enumerate(chosen):
            rows[:, column] = column_of(each, market)
    return computed


def _scaled(computed: Sequence[Float], scaler: Scaler) -> NDArray[np.float32]:
    """Scale the features of each symbol into (rows, features) of all."""
    scaled = np.empty((sum(map(len, computed)), len(scaler.features)), np.float32)
    for rows, each in zip(_by_symbol(scaled, computed), computed, strict=True):
        rows[:] = scaler(each)
    return scaled


def _column(
    markets: Sequence[Market], of: Callable[[Market], NDArray[Any]], dtype: DTypeLike
) -> NDArray[Any]:
    """Give (rows,) something of each session, symbol by symbol, with one symbol's at a time."""
    column = np.empty(sum(map(len, markets)), dtype)
    for rows, market in zip(_by_symbol(column, markets), _forgetful(markets), strict=True):
        rows[:] = of(market)
    return column


def _by_symbol(whole: NDArray[Any], symbols: Sequence[Sized]) -> list[NDArray[Any]]:
    """Cut an array into the rows of each symbol."""
    return np.split(whole, [*accumulate(map(len, symbols))][:-1])


def _forgetful(markets: Sequence[Market]) -> Iterator[Market]:
    """Give each market without what was worked out on it before, nor kept afterwards."""
    return (replace(market) for market in markets)


def _seen_in_training(
    raw: Sequence[Float], parts: Sequence[Parts], *, warmup: int, lookback: int
) -> Float:
    """Give every row that a training window sees, and nothing else."""
    seen = [
        rows[max(warmup, part["train"].start - lookback + 1) : part["train"].stop]
        for rows, part in zip(raw, parts, strict=True)
        if part["train"].stop > part["train"].start
    ]
    return np.concatenate(seen)


def _not_trained(prices: Sequence[Prices], parts: Sequence[Parts]) -> tuple[Finding, ...]:
    """Say which symbols of a pool have no window in the training part."""
    return tuple(
        Finding.of(
            "LRN005",
            Text.of(
                "{symbol} has no window before the end of the training part",
                "{symbol} não tem janela antes do fim da parte de treino",
                symbol=str(each.symbol),
            ),
            do=Text(
                en="judge its forecasts with care: the network knows only the other symbols",
                pt_br="leia essas previsões com cautela: a rede só conhece os outros ativos",
            ),
            symbol=str(each.symbol),
        )
        for each, part in zip(prices, parts, strict=True)
        if part["train"].stop <= part["train"].start
    )


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
    skip = skipped_sessions(features, lookback)
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
    seen = Text.of(
        "{symbols} without best offers: {features} left out",
        "{symbols} sem melhores ofertas: {features} de fora",
        symbols=", ".join(without),
        features=Text.joined([Text.same(name) for name in absent]),
    )
    finding = Finding.of("PRC014", seen)
    return [each for each in asked if each.name not in absent], (finding,)


def _split(
    markets: Sequence[Market], split: Split | Borders, *, skip: int, horizon: int
) -> tuple[Borders, list[Parts]]:
    """Give the borders, and each symbol's cutoff rows by part, those before `skip` left out."""
    cutoffs = np.unique(
        np.concatenate([m.sessions[skip : max(skip, len(m) - horizon)] for m in markets])
    )
    if isinstance(split, Borders):
        borders = split
    elif split.train_last is None and len(cutoffs) < 3:
        nothing = dict.fromkeys(LEAST_WINDOWS, slice(0, 0))
        return Borders.nowhere(), [nothing] * len(markets)
    else:
        borders = split.borders(cutoffs)
    return borders, [
        {
            name: slice(max(part.start, skip), max(part.stop, part.start, skip))
            for name, part in parts_of(market.sessions, borders, horizon=horizon).items()
        }
        for market in markets
    ]


def _check_parts(
    prices: Sequence[Prices],
    parts: Sequence[Parts],
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


def _table(symbols: list[Symbol], markets: list[Market], scaled: NDArray[np.float32]) -> Table:
    lengths = [len(market) for market in markets]
    table = Table(
        symbols=tuple(symbols),
        first_row_of=np.array([0, *accumulate(lengths)][:-1], np.intp),
        sessions=_column(markets, lambda market: market.sessions, "datetime64[D]"),
        features=scaled,
        returns=_column(markets, lambda market: market.returns, np.float64),
        sigma=_column(markets, lambda market: market.sigma, np.float64),
        realised_variance=_column(markets, lambda market: market.realised_variance, np.float64),
        close=_column(markets, lambda market: market.quoted_close, np.float64),
        rule_actions=_column(markets, rule_actions, np.int8),
    )
    for array in (
        table.first_row_of,
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
