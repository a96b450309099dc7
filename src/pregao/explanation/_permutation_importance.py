"""Permutation importance: the rise of the CRPS when inputs are permuted among windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Dataset, Windows
from pregao.scores import WINDOWS_AT_ONCE, Float, ForecastBlock, Truth, blocks, observed_outcomes
from pregao.values import Value

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

Rows = NDArray[np.intp]

LAG_STARTS = (1, 2, 6, 21, 61, 121, 251)
"""The first lag of each group: the cutoff's session, then about its week, month, quarter, ..."""
MOST_WINDOWS = 1024
# Windows whose inputs are permuted as a block, which preserves the similarity of neighbours.
_BLOCK_WINDOWS = 20
_LEAST_BLOCKS = 8
_LEAST_OF_A_SYMBOL = 16
# Baselines read up to a month of rows, whatever the lookback.
_LEAST_DEPTH = 32
_CLUSTER_CORRELATION = 0.7


class PermutationImportance(Value):
    """The rise of the CRPS when some inputs are permuted, in percent of the unpermuted CRPS."""

    name: str
    """A feature, lags such as ``2-5``, or the features of a cluster."""
    members: tuple[str, ...]
    """The features that were permuted together; empty where all were."""
    rise_percent: float
    standard_error_percent: float
    """Over repeats: the variability of the permutations, not the sampling error of the windows."""

    @property
    def is_clear(self) -> bool:
        """Whether the rise exceeds two standard errors."""
        return self.rise_percent > 2 * self.standard_error_percent


class PermutationImportances(Value):
    """Permutation importances of a forecaster's inputs on the validation part."""

    num_windows: int
    repeats: int
    reads_features: bool
    """False for a forecaster whose forecasts do not depend on the features."""
    everything: PermutationImportance
    """All features permuted at once: the total worth of the features."""
    by_feature: tuple[PermutationImportance, ...]
    by_cluster: tuple[PermutationImportance, ...]
    """Correlated features permuted together, as one can substitute for another."""
    by_lag: tuple[PermutationImportance, ...]
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
) -> PermutationImportances:
    """Measure the rise of the CRPS when inputs are permuted among windows of the same symbol.

    The whole lookback of a feature is taken from another window, so its values stay in order of
    time; blocks of 20 neighbouring windows are moved together, and no window keeps its own inputs.
    Lags are permuted for all features at once. The volatility that scales the forecast is not
    permuted.

    The validation part is used, never the test part: choosing features by these importances would
    otherwise select on the test part. A large part is sampled evenly.

    A feature that another can substitute for has a small rise by itself: read the clusters as
    well. A rise measures what the forecaster uses, not what drives the market.

    Parameters
    ----------
    levels
        Of the forecaster's quantiles.
    repeats
        The number of permutations, at least two.
    windows_at_once
        Windows in memory at a time; scores do not depend on it.

    References
    ----------
    Breiman (2001), Random forests, Machine Learning 45. Strobl, Boulesteix, Kneib, Augustin,
    Zeileis (2008), Conditional variable importance for random forests, BMC Bioinformatics 9, on
    inputs that are correlated.
    """
    assert repeats > 1, "one permutation cannot tell chance from importance"
    windows = sample_evenly(dataset.validation, most_windows)
    groups = _InputGroups.from_windows(windows)
    experiment = _Permutation(
        forecaster, windows, observed_outcomes([windows]), tuple(levels), windows_at_once
    )
    sources = (
        permute_windows(windows, np.random.default_rng((seed, each))) for each in range(repeats)
    )
    found = [experiment.rises(groups.all_groups, next(sources))]
    # A forecaster that ignores the features is permuted once: some take seconds to forecast.
    found += (
        [experiment.rises(groups.all_groups, source) for source in sources]
        if found[0].has_changed
        else found * (repeats - 1)
    )
    rises = dict(zip(groups.all_groups, np.array([each.percent for each in found]).T, strict=True))

    def importances(chosen: Sequence[_InputGroup]) -> tuple[PermutationImportance, ...]:
        return tuple(each.importance(rises[each]) for each in chosen)

    [everything] = importances([groups.everything])
    return PermutationImportances(
        num_windows=len(windows),
        repeats=repeats,
        reads_features=any(each.has_changed for each in found),
        everything=everything,
        by_feature=importances(groups.features),
        by_cluster=importances(groups.clusters),
        by_lag=importances(groups.lags),
    )


def sample_evenly(windows: Windows, most: int) -> Windows:
    """Choose at most `most` windows evenly in time; of a large pool, those of some symbols.

    Symbols keep 16 windows or more, as fewer leave little to permute.
    """
    if len(windows) <= most:
        return windows
    symbols = np.unique(windows.symbol_index)
    count = min(len(symbols), max(1, most // _LEAST_OF_A_SYMBOL))
    kept = symbols[np.linspace(0, len(symbols) - 1, count).astype(np.intp)]
    own = np.flatnonzero(np.isin(windows.symbol_index, kept))
    return windows.take(own[:: -(-len(own) // most)])


def permute_windows(windows: Windows, rng: np.random.Generator) -> Rows:
    """Return a permutation of the windows within each symbol, in blocks: (n,) indices.

    No window keeps its place, except the only one of its symbol.
    """
    _, counts = np.unique(windows.symbol_index, return_counts=True)
    by_symbol = np.split(np.arange(len(windows)), np.cumsum(counts)[:-1])
    return np.concatenate([_permute_blocks(own, rng) for own in by_symbol])


def _permute_blocks(own: Rows, rng: np.random.Generator) -> Rows:
    """Permute blocks of neighbours until no window keeps its place."""
    num_blocks = max(len(own) // _BLOCK_WINDOWS, min(len(own), _LEAST_BLOCKS))
    parts = np.array_split(own, num_blocks)
    while len(own) > 1:
        permuted = np.concatenate([parts[each] for each in rng.permutation(num_blocks)])
        if (permuted != own).all():
            return permuted
    return own


def lag_groups(lookback: int) -> tuple[tuple[int, int], ...]:
    """Return the first and the last lag of each group.

    >>> lag_groups(60), lag_groups(3)
    (((1, 1), (2, 5), (6, 20), (21, 60)), ((1, 1), (2, 3)))
    """
    starts = [each for each in LAG_STARTS if each <= lookback]
    lasts = [*(each - 1 for each in starts[1:]), lookback]
    return tuple(zip(starts, lasts, strict=True))


def correlated_clusters(rows: NDArray[np.floating]) -> list[list[int]]:
    """Group columns whose absolute rank correlations are all at least 0.7; omit single columns.

    Complete linkage over one less the absolute correlation of Spearman (1904).

    >>> rng = np.random.default_rng(0)
    >>> one, other = rng.normal(size=(2, 100))
    >>> correlated_clusters(np.stack([one, other, -(one**3)], axis=1))
    [[0, 2]]
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform
    from scipy.stats import rankdata

    if rows.shape[1] < 2:
        return []
    ranks = rankdata(rows, axis=0)
    centred = ranks - ranks.mean(axis=0)
    # A constant column correlates with none.
    unit = centred / np.maximum(np.linalg.norm(centred, axis=0), 1e-12)
    distance = np.clip(1 - np.abs(unit.T @ unit), 0, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "complete")
    labels = fcluster(tree, 1 - _CLUSTER_CORRELATION, "distance")
    clusters = [np.flatnonzero(labels == each).tolist() for each in np.unique(labels)]
    return sorted(each for each in clusters if len(each) > 1)


@dataclass(frozen=True)
class _InputGroup:
    """Inputs that are permuted together: columns of the features, and a range of lags."""

    name: str
    members: tuple[str, ...]
    columns: tuple[int, ...]
    lags: tuple[int, int] | None = None
    """First and last; None means all lags."""

    def permute(self, own: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, depth, features) with these inputs taken from other windows."""
        depth = own.shape[1]
        first, last = self.lags or (1, depth)
        steps = slice(depth - last, depth - first + 1)
        mixed = own.copy()
        mixed[:, steps, self.columns] = other[:, steps, self.columns]
        return mixed

    def importance(self, rises: Float) -> PermutationImportance:
        """Return the mean rise over all repeats with its standard error, in percent."""
        return PermutationImportance(
            name=self.name,
            members=self.members,
            rise_percent=_rounded(rises.mean()),
            standard_error_percent=_rounded(rises.std(ddof=1) / np.sqrt(len(rises))),
        )


@dataclass(frozen=True)
class _InputGroups:
    """The groups of inputs whose importance is measured."""

    everything: _InputGroup
    features: tuple[_InputGroup, ...]
    clusters: tuple[_InputGroup, ...]
    lags: tuple[_InputGroup, ...]

    @classmethod
    def from_windows(cls, windows: Windows) -> "_InputGroups":
        """Form the groups: each feature, correlated features, and lags."""
        names = windows.scaler.features
        columns = tuple(range(len(names)))

        def group(chosen: Sequence[int]) -> _InputGroup:
            members = tuple(names[each] for each in chosen)
            return _InputGroup(" + ".join(members), members, tuple(chosen))

        return cls(
            everything=_InputGroup("all", (), columns),
            features=tuple(group([each]) for each in columns),
            clusters=tuple(
                group(each) for each in correlated_clusters(windows.table[windows.cutoff_rows])
            ),
            lags=tuple(
                _InputGroup(lag_group_name(*each), (), columns, each)
                for each in lag_groups(windows.lookback)
            ),
        )

    @property
    def all_groups(self) -> tuple[_InputGroup, ...]:
        """All groups, that of all features first."""
        return (self.everything, *self.features, *self.clusters, *self.lags)


def lag_group_name(first: int, last: int) -> str:
    """Return the name of a group of lags.

    >>> lag_group_name(1, 1), lag_group_name(2, 5)
    ('1', '2-5')
    """
    return str(first) if first == last else f"{first}-{last}"


@dataclass(frozen=True, eq=False)
class _SeparateWindows:
    """Windows that share no rows, laid out one after the other; implements `History`."""

    horizon: int
    lookback: int
    returns: Float
    sigma: Float
    realised_variance: Float
    table: NDArray[np.float32]
    cutoff_rows: Rows
    first_rows: Rows

    @classmethod
    def from_rows(
        cls, windows: Windows, rows: Rows, table: NDArray[np.float32]
    ) -> "_SeparateWindows":
        """Copy (n, depth) rows of windows, with the features of `table`: (n, depth, features)."""
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


def _last_rows(windows: Windows, depth: int) -> Rows:
    """Return (n, depth) last rows of each window; the symbol's first row where there are less."""
    rows = windows.cutoff_rows[:, None] + np.arange(1 - depth, 1)
    return np.asarray(np.maximum(rows, windows.first_rows[:, None]), np.intp)


@dataclass(frozen=True)
class _Rises:
    """Rises of the CRPS by one permutation, a number per group of inputs."""

    percent: list[float]
    has_changed: bool
    """Whether any forecast changes when all features are permuted."""


@dataclass(frozen=True, eq=False)
class _Permutation:
    """The permutation of one forecaster's windows, with their outcomes."""

    forecaster: "Forecaster"
    windows: Windows
    truth: Truth
    levels: tuple[float, ...]
    windows_at_once: int

    def rises(self, groups: Sequence[_InputGroup], source: Rows) -> _Rises:
        """Permute the inputs of each group, the first being all features, and score."""
        own, permuted, has_changed = 0.0, np.zeros(len(groups)), False
        for block in blocks(len(self.windows), self.windows_at_once):
            scorings = self._scorings(block, groups, source)
            before, after = next(scorings), next(scorings)
            own += float(before.loss.sum())
            if np.array_equal(before.quantiles, after.quantiles):
                permuted += before.loss.sum()
                continue
            has_changed = True
            permuted += [each.loss.sum() for each in (after, *scorings)]
        # Of no loss at all, as of a price that does not move, no share is a rise.
        rises = 100 * (permuted / own - 1) if own > 0 else np.zeros(len(groups))
        return _Rises(rises.tolist(), has_changed)

    def _scorings(
        self, block: slice, groups: Sequence[_InputGroup], source: Rows
    ) -> Iterator[ForecastBlock]:
        """Forecast and score some windows as they are, then with each group permuted."""
        windows, truth = self.windows.take(block), self.truth.take(block)
        depth = max(windows.lookback, _LEAST_DEPTH)
        rows = _last_rows(windows, depth)
        own = windows.table[rows]
        other = windows.table[_last_rows(self.windows.take(source[block]), depth)]
        past = _SeparateWindows.from_rows(windows, rows, own)
        yield ForecastBlock(self.forecaster.quantiles(past), self.levels, truth)
        for each in groups:
            table = each.permute(own, other).reshape(past.table.shape)
            yield ForecastBlock(
                self.forecaster.quantiles(replace(past, table=table)), self.levels, truth
            )


def _rounded(percent: float) -> float:
    """Round a percentage to six decimals, below the noise of the permutations."""
    return round(float(percent), 6) + 0.0
