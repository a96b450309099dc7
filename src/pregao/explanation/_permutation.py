"""Permutation importance: what it costs a forecaster to be shown another window's inputs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Dataset, Windows
from pregao.scores import WINDOWS_AT_ONCE, Float, Scoring, Truth, blocks, truth_of
from pregao.values import Value

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

Rows = NDArray[np.intp]

LAG_STARTS = (1, 2, 6, 21, 61, 121, 251)
"""The first lag of each group: the cutoff's session, its week, its month, its quarter and on."""
MOST_WINDOWS = 1024
# Windows whose inputs travel together, so that neighbours stay alike as they are in the market.
_BLOCK_WINDOWS = 20
_LEAST_BLOCKS = 8
_LEAST_OF_A_SYMBOL = 16
# Baselines read rows of their own, up to a month of them, however short the lookback is.
_LEAST_DEPTH = 32
_CLUSTER_CORRELATION = 0.7


class Importance(Value):
    """What permuting some inputs costs: the rise of the CRPS, in percent of what it was."""

    name: str
    """A feature, lags such as ``2-5``, or the features of a cluster."""
    members: tuple[str, ...]
    """The features that were permuted together; none is named where all were."""
    rise_percent: float
    standard_error_percent: float
    """Over repeats: how far chance in the permutations moves the rise, not chance in the market."""

    @property
    def is_clear(self) -> bool:
        """Whether the rise stands out from the chance of the permutations."""
        return self.rise_percent > 2 * self.standard_error_percent


class Importances(Value):
    """What a forecaster reads, by how much worse it is without it, on the validation part."""

    num_windows: int
    repeats: int
    reads_features: bool
    """False for a forecaster that says the same whatever the features are."""
    everything: Importance
    """All features at once: what reading them is worth in all."""
    by_feature: tuple[Importance, ...]
    by_cluster: tuple[Importance, ...]
    """Features that move together, permuted together: one may stand in for another."""
    by_lag: tuple[Importance, ...]
    """Lags of all features; lag 1 is the session of the cutoff."""


def permutation_importance(
    forecaster: "Forecaster",
    dataset: Dataset,
    *,
    levels: Sequence[float],
    repeats: int = 5,
    seed: int = 0,
    most_windows: int = MOST_WINDOWS,
    windows_at_once: int = WINDOWS_AT_ONCE,
) -> Importances:
    """Measure how much the CRPS rises when inputs are swapped among windows of their symbol.

    A feature's whole lookback is taken from another window, so its values stay together in time;
    blocks of 20 neighbouring windows move together, and no window keeps its own. Lags are swapped
    for all features at once. The volatility that scales the forecast stays the window's own.

    The validation part is used and never the test part: explaining is not scoring, and whoever
    chose features by what is found would have seen the answers. Of a large part, windows are
    chosen evenly.

    A feature that another can stand in for costs little by itself: read the clusters as well. A
    rise says what the forecaster uses, not what moves the market.

    Parameters
    ----------
    levels
        Of the forecaster's quantiles.
    repeats
        How many permutations, two at least.
    windows_at_once
        How many windows are held apart at a time; scores are the same however many those are.

    References
    ----------
    Breiman (2001), Random forests, Machine Learning 45. Strobl, Boulesteix, Kneib, Augustin,
    Zeileis (2008), Conditional variable importance for random forests, BMC Bioinformatics 9, on
    inputs that are correlated.
    """
    assert repeats > 1, "one permutation cannot tell chance from importance"
    windows = evenly_chosen(dataset.validation, most_windows)
    subjects = _Subjects.of(windows)
    trial = _Trial(forecaster, windows, truth_of([windows]), tuple(levels), windows_at_once)
    sources = (
        another_window(windows, np.random.default_rng((seed, each))) for each in range(repeats)
    )
    found = [trial.rises(subjects.everyone, next(sources))]
    # Who says the same whatever the features are is asked once: some take seconds to answer.
    found += (
        [trial.rises(subjects.everyone, source) for source in sources]
        if found[0].has_moved
        else found * (repeats - 1)
    )
    rises = dict(zip(subjects.everyone, np.array([each.percent for each in found]).T, strict=True))

    def measured(chosen: Sequence[_Subject]) -> tuple[Importance, ...]:
        return tuple(each.importance(rises[each]) for each in chosen)

    [everything] = measured([subjects.everything])
    return Importances(
        num_windows=len(windows),
        repeats=repeats,
        reads_features=any(each.has_moved for each in found),
        everything=everything,
        by_feature=measured(subjects.features),
        by_cluster=measured(subjects.clusters),
        by_lag=measured(subjects.lags),
    )


def evenly_chosen(windows: Windows, most: int) -> Windows:
    """Choose at most so many windows evenly in time, of a large pool those of some symbols.

    A symbol with fewer than 16 would have little to swap with.
    """
    if len(windows) <= most:
        return windows
    symbols = np.unique(windows.symbol_index)
    count = min(len(symbols), max(1, most // _LEAST_OF_A_SYMBOL))
    kept = symbols[np.linspace(0, len(symbols) - 1, count).astype(np.intp)]
    own = np.flatnonzero(np.isin(windows.symbol_index, kept))
    return windows.take(own[:: -(-len(own) // most)])


def another_window(windows: Windows, rng: np.random.Generator) -> Rows:
    """Give each window another one of its symbol, neighbours going together: (n,) places.

    Every window is given once; one that has its symbol to itself is given itself.
    """
    _, counts = np.unique(windows.symbol_index, return_counts=True)
    places = np.split(np.arange(len(windows)), np.cumsum(counts)[:-1])
    return np.concatenate([_swapped(own, rng) for own in places])


def _swapped(own: Rows, rng: np.random.Generator) -> Rows:
    num_blocks = max(len(own) // _BLOCK_WINDOWS, min(len(own), _LEAST_BLOCKS))
    parts = np.array_split(own, num_blocks)
    while len(own) > 1:
        swapped = np.concatenate([parts[each] for each in rng.permutation(num_blocks)])
        if (swapped != own).all():
            return swapped
    return own


def lag_groups(lookback: int) -> tuple[tuple[int, int], ...]:
    """Give the first and the last lag of each group.

    >>> lag_groups(60), lag_groups(3)
    (((1, 1), (2, 5), (6, 20), (21, 60)), ((1, 1), (2, 3)))
    """
    starts = [each for each in LAG_STARTS if each <= lookback]
    lasts = [*(each - 1 for each in starts[1:]), lookback]
    return tuple(zip(starts, lasts, strict=True))


def clusters_of(rows: NDArray[np.floating]) -> list[list[int]]:
    """Group columns all of whose rank correlations are at least 0.7, either way: those of several.

    Complete linkage over one less the absolute correlation of Spearman (1904).

    >>> rng = np.random.default_rng(0)
    >>> one, other = rng.normal(size=(2, 100))
    >>> clusters_of(np.stack([one, other, -(one**3)], axis=1))
    [[0, 2]]
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform
    from scipy.stats import rankdata

    if rows.shape[1] < 2:
        return []
    ranks = rankdata(rows, axis=0)
    centred = ranks - ranks.mean(axis=0)
    # A constant column goes with nothing.
    unit = centred / np.maximum(np.linalg.norm(centred, axis=0), 1e-12)
    distance = np.clip(1 - np.abs(unit.T @ unit), 0, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "complete")
    labels = fcluster(tree, 1 - _CLUSTER_CORRELATION, "distance")
    clusters = [np.flatnonzero(labels == each).tolist() for each in np.unique(labels)]
    return sorted(each for each in clusters if len(each) > 1)


@dataclass(frozen=True)
class _Subject:
    """Some inputs: columns of the features, and lags from the first to the last."""

    name: str
    members: tuple[str, ...]
    columns: tuple[int, ...]
    lags: tuple[int, int] | None = None
    """None is all that a forecaster is shown."""

    def swapped(self, own: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give (n, depth, features) with these inputs out of other windows."""
        depth = own.shape[1]
        first, last = self.lags or (1, depth)
        place = slice(depth - last, depth - first + 1)
        mixed = own.copy()
        mixed[:, place, self.columns] = other[:, place, self.columns]
        return mixed

    def importance(self, rises: Float) -> Importance:
        """Sum up the rises of all repeats, in percent."""
        return Importance(
            name=self.name,
            members=self.members,
            rise_percent=_rounded(rises.mean()),
            standard_error_percent=_rounded(rises.std(ddof=1) / np.sqrt(len(rises))),
        )


@dataclass(frozen=True)
class _Subjects:
    """Whose importance is measured."""

    everything: _Subject
    features: tuple[_Subject, ...]
    clusters: tuple[_Subject, ...]
    lags: tuple[_Subject, ...]

    @classmethod
    def of(cls, windows: Windows) -> "_Subjects":
        """Name the features, those that go together, and the lags of some windows."""
        names = windows.scaler.features
        columns = tuple(range(len(names)))

        def together(chosen: Sequence[int]) -> _Subject:
            members = tuple(names[each] for each in chosen)
            return _Subject(" + ".join(members), members, tuple(chosen))

        return cls(
            everything=_Subject("all", (), columns),
            features=tuple(together([each]) for each in columns),
            clusters=tuple(
                together(each) for each in clusters_of(windows.table[windows.cutoff_rows])
            ),
            lags=tuple(
                _Subject(lags_from(*each), (), columns, each)
                for each in lag_groups(windows.lookback)
            ),
        )

    @property
    def everyone(self) -> tuple[_Subject, ...]:
        """All of them, all features at once first."""
        return (self.everything, *self.features, *self.clusters, *self.lags)


def lags_from(first: int, last: int) -> str:
    """Name a group of lags.

    >>> lags_from(1, 1), lags_from(2, 5)
    ('1', '2-5')
    """
    return str(first) if first == last else f"{first}-{last}"


@dataclass(frozen=True, eq=False)
class _Apart:
    """Windows that share no row: each has rows of its own, one after the other."""

    horizon: int
    lookback: int
    returns: Float
    sigma: Float
    realised_variance: Float
    table: NDArray[np.float32]
    cutoff_rows: Rows
    first_rows: Rows

    @classmethod
    def of(cls, windows: Windows, rows: Rows, table: NDArray[np.float32]) -> "_Apart":
        """Lay out (n, depth) rows of windows, the features as they are in the table given."""
        count, depth = rows.shape
        starts = depth * np.arange(count)
        known = np.minimum(windows.cutoff_rows - windows.first_rows + 1, depth)
        return cls(
            horizon=windows.horizon,
            lookback=windows.lookback,
            returns=windows.returns[rows].ravel(),
            sigma=windows.sigma[rows].ravel(),
            realised_variance=windows.realised_variance[rows].ravel(),
            table=table.reshape(count * depth, -1),
            cutoff_rows=starts + depth - 1,
            first_rows=starts + depth - known,
        )


def _rows_of(windows: Windows, depth: int) -> Rows:
    """Give the last (n, depth) rows of each window, its symbol's first one where there are less."""
    rows = windows.cutoff_rows[:, None] + np.arange(1 - depth, 1)
    return np.asarray(np.maximum(rows, windows.first_rows[:, None]), np.intp)


@dataclass(frozen=True)
class _Rises:
    """What one permutation cost: for each subject, in percent."""

    percent: list[float]
    has_moved: bool
    """Whether any forecast is another one with everything swapped."""


@dataclass(frozen=True, eq=False)
class _Trial:
    """A forecaster, the windows that it is shown, and what came."""

    forecaster: "Forecaster"
    windows: Windows
    truth: Truth
    levels: tuple[float, ...]
    windows_at_once: int

    def rises(self, subjects: Sequence[_Subject], source: Rows) -> _Rises:
        """Swap the inputs of each subject, the first being everything, and score what is said."""
        own, others, has_moved = 0.0, np.zeros(len(subjects)), False
        for block in blocks(len(self.windows), self.windows_at_once):
            said = self._said(block, subjects, source)
            before, after = next(said), next(said)
            own += float(before.loss.sum())
            if np.array_equal(before.quantiles, after.quantiles):
                others += before.loss.sum()
                continue
            has_moved = True
            others += [each.loss.sum() for each in (after, *said)]
        return _Rises((100 * (others / own - 1)).tolist(), has_moved)

    def _said(self, block: slice, subjects: Sequence[_Subject], source: Rows) -> Iterator[Scoring]:
        """Forecast some windows as they are, then with each subject's inputs swapped."""
        windows, came = self.windows.take(block), self.truth.take(block)
        depth = max(windows.lookback, _LEAST_DEPTH)
        rows = _rows_of(windows, depth)
        own = windows.table[rows]
        other = windows.table[_rows_of(self.windows.take(source[block]), depth)]
        past = _Apart.of(windows, rows, own)
        yield Scoring(self.forecaster.quantiles(past), self.levels, came)
        for each in subjects:
            swapped = each.swapped(own, other).reshape(past.table.shape)
            yield Scoring(
                self.forecaster.quantiles(replace(past, table=swapped)), self.levels, came
            )


def _rounded(percent: float) -> float:
    """Round to what chance leaves of a percentage."""
    return round(float(percent), 6) + 0.0
