"""Permutation importance is positive for inputs that are read, and 0 for others."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, spearmanr

from pregao.dataset import Dataset, Split, make_dataset
from pregao.explanation import PermutationImportances, permutation_importance, sample_evenly
from pregao.explanation._permutation_importance import (
    _last_rows,
    _SeparateWindows,
    correlated_clusters,
    lag_groups,
    permute_windows,
)
from pregao.scores import observed_outcomes, window_crps
from pregao.testing import randomise_after, synthetic_prices
from pregao.training import LEVELS, Experiment, finish, train
from pregao.zoo.baselines import BASELINES

FEATURES = ("return", "range", "log_sigma", "volatility_11_60", "momentum_20")
LOOKBACK, HORIZON = 8, 3
PRICES = (synthetic_prices(sessions=500, seed=3), synthetic_prices("NVDA", sessions=450, seed=4))


@cache
def dataset() -> Dataset:
    return make_dataset(
        PRICES, features=FEATURES, lookback=LOOKBACK, horizon=HORIZON, split=Split()
    )


@dataclass(frozen=True)
class Reader:
    """A forecaster whose interval width is a function of some inputs."""

    columns: tuple[int, ...] = (1,)
    lag: int = 1

    def quantiles(self, past):
        rows = past.cutoff_rows - (self.lag - 1)
        read = past.table[rows][:, list(self.columns)].sum(axis=1, dtype=np.float64)
        scale = past.sigma[past.cutoff_rows][:, None] * np.sqrt(np.arange(1, HORIZON + 1))
        return (scale * np.exp(0.3 * read)[:, None])[..., None] * norm.ppf(LEVELS)


def foresighted() -> Dataset:
    """Return the same windows with a feature that leaks the size of tomorrow's return."""
    data = dataset()
    table = data.train.table.copy()
    moves = np.abs(np.roll(data.train.returns, -1)) / data.train.sigma
    table[:, 1] = 3 * np.log(np.maximum(moves, 0.2))
    return replace(data, validation=with_table(data.validation, table))


def importances(forecaster, **options) -> PermutationImportances:
    return permutation_importance(forecaster, dataset(), levels=LEVELS, **options)


def rises(found) -> dict[str, float]:
    return {each.name: each.rise_percent for each in found}


def test_only_the_feature_that_is_read_has_importance():
    found = permutation_importance(Reader(columns=(1,)), foresighted(), levels=LEVELS)

    others = {name: rise for name, rise in rises(found.by_feature).items() if name != "range"}
    assert dict.fromkeys(others, 0.0) == others
    assert rises(found.by_feature)["range"] == found.everything.rise_percent > 5
    assert [False, True, False, False, False] == [each.is_clear for each in found.by_feature]
    assert found.reads_features
    assert [each.name for each in found.by_feature] == list(FEATURES)


@pytest.mark.parametrize(("lag", "group"), [(1, "1"), (2, "2-5"), (5, "2-5"), (8, "6-8")])
def test_only_the_lags_that_are_read_have_importance(lag: int, group: str):
    found = importances(Reader(lag=lag))

    assert ["1", "2-5", "6-8"] == list(rises(found.by_lag))
    assert {group} == {name for name, rise in rises(found.by_lag).items() if rise != 0}


def test_the_rise_equals_that_of_scores_on_manually_permuted_inputs():
    windows = dataset().validation
    truth, reader = observed_outcomes([windows]), Reader(columns=(0, 1))
    scale = windows.scale * np.exp(0.3 * windows.inputs[:, -1, [0, 1]].sum(axis=1))[:, None]

    def crps(scale: np.ndarray) -> float:
        return window_crps(scale[..., None] * norm.ppf(LEVELS), LEVELS, truth).mean()

    by_hand = []
    for repeat in range(3):
        source = permute_windows(windows, np.random.default_rng((7, repeat)))
        read = windows.inputs[:, -1, 0] + windows.inputs[source, -1, 1].astype(np.float64)
        swapped = windows.scale * np.exp(0.3 * read)[:, None]
        by_hand.append(100 * (crps(swapped) / crps(scale) - 1))

    found = importances(reader, repeats=3, seed=7).by_feature[1]

    assert np.mean(by_hand) == pytest.approx(found.rise_percent, rel=1e-4)
    error = np.std(by_hand, ddof=1) / np.sqrt(3)
    assert error == pytest.approx(found.standard_error_percent, rel=1e-3)


@pytest.mark.parametrize("name", [name for name in BASELINES if name != "lightgbm"])
def test_a_baseline_of_returns_reads_no_features(name: str):
    fitted = BASELINES[name].fit(dataset().train, LEVELS, 0)

    found = permutation_importance(fitted, dataset(), levels=LEVELS, repeats=2, most_windows=40)

    assert not found.reads_features
    everything = (found.everything, *found.by_feature, *found.by_cluster, *found.by_lag)
    assert {(0.0, 0.0)} == {(e.rise_percent, e.standard_error_percent) for e in everything}


def test_trees_read_features():
    # With fewer windows, no leaf is large enough to be split.
    prices = [synthetic_prices(sessions=1600, seed=8)]
    data = make_dataset(prices, features=FEATURES, lookback=20, horizon=HORIZON, split=Split())

    found = permutation_importance(
        BASELINES["lightgbm"].fit(data.train, LEVELS, 0), data, levels=LEVELS, repeats=2
    )

    assert found.reads_features
    assert found.everything.rise_percent != 0


@pytest.mark.parametrize("name", ["lstm_small", "lightgbm", "har"])
def test_separate_windows_have_the_same_forecasts_as_overlapping_ones(name: str):
    windows = dataset().validation
    fitted = BASELINES[name].fit(dataset().train, LEVELS, 0) if name in BASELINES else trained()
    rows = _last_rows(windows, 32)

    found = fitted.quantiles(_SeparateWindows.from_rows(windows, rows, windows.table[rows]))

    np.testing.assert_array_equal(fitted.quantiles(windows), found)


@cache
def trained():
    experiment = Experiment(
        symbols=("TEST3", "NVDA"),
        features=FEATURES,
        lookback=LOOKBACK,
        horizon=HORIZON,
        network="lstm_small",
        epochs=2,
        learning_rate=1e-2,
    )
    fitted = finish(train(experiment, dataset()))
    last = "network.last.weight"
    said = np.random.default_rng(0).normal(0, 0.2, fitted.state[last].shape)
    return replace(fitted, state={**fitted.state, last: said.astype(np.float32)})


def test_an_untrained_network_reads_no_features():
    experiment = trained().experiment.replace(epochs=0)

    found = importances(finish(train(experiment, dataset())))

    assert not found.reads_features
    assert 0 == found.everything.rise_percent


def test_importance_does_not_change_when_the_test_part_does():
    prices = PRICES[:1]
    cuts = {"features": FEATURES, "lookback": LOOKBACK, "horizon": HORIZON}
    known = make_dataset(prices, split=Split(), **cuts)
    first = int(known.sealed_test.cutoff_rows[0])
    changed = make_dataset(
        [randomise_after(prices[0], first - 1)], split=known.borders, scaler=known.scaler, **cuts
    )

    found = permutation_importance(trained(), known, levels=LEVELS)

    assert found == permutation_importance(trained(), changed, levels=LEVELS)
    assert found.everything.rise_percent != 0


def test_importances_are_reproducible_by_seed_and_differ_between_seeds():
    assert importances(Reader()) == importances(Reader())
    assert importances(Reader()).everything != importances(Reader(), seed=1).everything


def test_importances_do_not_depend_on_the_block_size():
    whole, parts = importances(Reader()), importances(Reader(), windows_at_once=7)

    for ours, theirs in zip(whole.by_feature, parts.by_feature, strict=True):
        assert ours.rise_percent == pytest.approx(theirs.rise_percent, abs=1e-6)


def test_importances_round_trip_through_json():
    found = importances(Reader())

    assert found == PermutationImportances.model_validate_json(found.model_dump_json())


@given(st.integers(0, 2**32))
def test_every_window_is_replaced_by_another_one_of_its_symbol(seed: int):
    windows = dataset().validation

    source = permute_windows(windows, np.random.default_rng(seed))

    places = np.arange(len(windows))
    assert sorted(source.tolist()) == places.tolist()
    assert (source != places).all()
    np.testing.assert_array_equal(windows.symbol_index, windows.symbol_index[source])


def test_neighbouring_windows_are_permuted_as_a_block():
    windows = dataset().validation

    source = permute_windows(windows, np.random.default_rng(0))

    stay_neighbours = np.mean(np.diff(source) == 1)
    assert stay_neighbours > 0.7


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_a_few_windows_are_permuted_too(count: int):
    windows = dataset().validation.for_symbol(1).take(slice(0, count))

    source = permute_windows(windows, np.random.default_rng(0))

    assert sorted(source.tolist()) == list(range(count))
    assert (source != np.arange(count)).all() or count == 1


@given(most=st.integers(1, 200))
def test_at_most_the_requested_number_of_windows_is_sampled(most: int):
    windows = dataset().validation

    chosen = sample_evenly(windows, most)

    assert 0 < len(chosen) <= most
    assert set(chosen.cutoff_rows) <= set(windows.cutoff_rows)
    if len(windows) <= most:
        assert len(windows) == len(chosen)


def test_sampled_symbols_of_a_large_pool_keep_windows_to_permute():
    prices = [synthetic_prices(f"AAAA{n}", sessions=330, seed=n) for n in (3, 4, 5, 6, 11)]
    pool = make_dataset(prices, features=["return"], lookback=4, horizon=2, split=Split())

    chosen = sample_evenly(pool.validation, 40)

    counts = np.unique(chosen.symbol_index, return_counts=True)[1]
    assert 2 == len(counts)
    assert counts.min() >= 10


@pytest.mark.parametrize("lookback", [1, 2, 5, 6, 20, 21, 60, 61, 120, 300, 2000])
def test_lag_groups_hold_every_lag_once(lookback: int):
    groups = lag_groups(lookback)

    assert list(range(1, lookback + 1)) == [
        lag for first, last in groups for lag in range(first, last + 1)
    ]


def test_correlated_features_form_a_cluster():
    rng = np.random.default_rng(5)
    one, two, alone = rng.normal(size=(3, 400))
    rows = np.stack([one, alone, two, -np.exp(one), two + 0.2 * alone, np.zeros(400)], axis=1)
    correlation = spearmanr(rows[:, :5]).statistic

    clusters = correlated_clusters(rows)

    assert [[0, 3], [2, 4]] == clusters
    for cluster in clusters:
        assert np.abs(correlation[np.ix_(cluster, cluster)]).min() >= 0.7
    assert np.abs(correlation[0, [1, 2, 4]]).max() < 0.7


def test_substitutable_features_are_permuted_together_as_well():
    rng = np.random.default_rng(0)
    data = dataset()
    table = data.train.table.copy()
    table[:, 4] = table[:, 1] + 0.01 * rng.normal(size=len(table))
    twin = replace(data, validation=with_table(data.validation, table))

    found = permutation_importance(Reader(columns=(1, 4)), twin, levels=LEVELS)

    cluster = next(each for each in found.by_cluster if "range" in each.members)
    assert ("range", "momentum_20") == cluster.members
    assert cluster.rise_percent == found.everything.rise_percent
    assert cluster.rise_percent > rises(found.by_feature)["range"]


def with_table(windows, table: np.ndarray):
    return replace(windows, source=replace(windows.source, features=table))
