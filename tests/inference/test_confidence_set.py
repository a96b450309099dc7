"""The Model Confidence Set: equality with arch, and its properties."""

import numpy as np
import pytest
from arch.bootstrap import MCS
from hypothesis import given
from hypothesis import strategies as st

from pregao.inference import ConfidenceSet, confidence_set
from pregao.inference._confidence_set import set_p_values

DAY = np.datetime64("2020-01-01")


def losses(seed, count, gaps):
    """Return correlated losses whose means differ by these gaps."""
    generator = np.random.default_rng(seed)
    hard = generator.gamma(2, 1, count)
    return np.stack([hard + gap + generator.normal(0, 0.5, count) for gap in gaps], axis=1)


def named(columns):
    return {f"f{number}": column for number, column in enumerate(columns.T)}


def found(columns, *, horizon=1, **options):
    return confidence_set(
        named(columns), sessions=DAY + np.arange(len(columns)), horizon=horizon, **options
    )


@pytest.mark.parametrize("seed", range(6))
def test_p_values_equal_those_of_arch_on_the_same_resamples(seed):
    gaps = np.random.default_rng(seed).uniform(0, 0.15, 12)
    columns = losses(seed, 300, gaps)
    reference = MCS(columns, size=0.1, reps=500, block_size=7, method="R", seed=seed)
    reference.compute()
    expected = reference.pvalues["Pvalue"].sort_index().to_numpy()
    resampled = np.stack([columns[rows].mean(axis=0) for rows in reference._bootstrap_indices])

    p_values = set_p_values(columns.mean(axis=0), resampled)

    np.testing.assert_allclose(expected, p_values, atol=1e-12)
    assert 0.01 < np.median(p_values) < 0.999


def test_p_values_equal_those_of_arch_up_to_sampling_error():
    columns = losses(11, 500, [0.0, 0.02, 0.03, 0.05, 0.06, 0.2])
    reference = MCS(columns, size=0.1, reps=4000, block_size=8, method="R", seed=5)
    reference.compute()
    expected = reference.pvalues["Pvalue"].sort_index().to_numpy()

    own = found(columns, num_resamples=4000)

    assert 8 == own.block_sessions
    np.testing.assert_allclose(expected, list(own.p_values.values()), atol=0.035)


@pytest.mark.parametrize("horizon", [1, 5])
def test_the_set_contains_the_best_at_the_nominal_rate(horizon):
    inside = 0
    for seed in range(150):
        shared = np.random.default_rng(seed).normal(size=(250 + horizon - 1, 5))
        smooth = np.stack([np.convolve(each, np.ones(horizon), "valid") for each in shared.T])
        columns = 5 + smooth.T + [0.0, 0.0, 0.0, 0.3, 0.6]
        inside += "f0" in found(columns, horizon=horizon, num_resamples=300, seed=seed).members

    # For overlapping losses the block bootstrap slightly underestimates the variance.
    assert inside / 150 >= (0.9 if horizon == 1 else 0.86)


def test_a_clearly_inferior_forecaster_is_eliminated():
    own = found(losses(1, 400, [0.0, 0.0, 0.4, 0.8]))

    assert ("f0", "f1") == own.members
    assert max(own.p_values["f2"], own.p_values["f3"]) <= 0.01
    assert 400 == own.num_observations


def test_the_best_of_the_sample_is_always_a_member():
    for seed in range(20):
        columns = losses(seed, 60, np.zeros(6))
        best = f"f{columns.mean(axis=0).argmin()}"

        assert 1.0 == found(columns, num_resamples=100).p_values[best]


@given(st.integers(0, 2**16), st.permutations(range(5)))
def test_p_values_do_not_depend_on_the_order_nor_on_the_unit(seed, order):
    columns = losses(seed, 120, np.linspace(0, 0.2, 5))
    expected = found(columns, num_resamples=200).p_values

    turned = confidence_set(
        {f"f{number}": 7 * columns[:, number] for number in order},
        sessions=DAY + np.arange(120),
        horizon=1,
        num_resamples=200,
    )

    assert {name: pytest.approx(each, abs=0.006) for name, each in expected.items()} == (
        turned.p_values
    )


def test_tied_forecasters_have_equal_p_values():
    columns = losses(3, 300, [0.0, 0.05, 0.3])
    alone = found(columns).p_values
    copied = columns[:, [0, 1, 2, 0, 2]]
    copied[:, 3] *= 1 - 1e-7

    together = found(copied).p_values

    assert alone["f0"] == together["f0"] == together["f3"]
    assert alone["f1"] == together["f1"]
    assert alone["f2"] == together["f2"] == together["f4"]


@pytest.mark.parametrize(
    "columns",
    [
        np.ones((50, 3)),
        np.zeros((50, 2)),
        np.ones((50, 2)) * [1.0, 2.0],
        np.add(np.random.default_rng(0).gamma(2, 1, (50, 1)), [0.0, 0.5]),
        np.random.default_rng(0).gamma(2, 1, (50, 1)),
        np.random.default_rng(0).gamma(2, 1, (7, 3)),
        np.random.default_rng(0).gamma(2, 1, (1, 2)),
    ],
    ids=["equal", "zero", "constant", "shifted", "alone", "few", "one"],
)
def test_all_forecasters_are_members_where_no_test_is_possible(columns):
    own = found(columns)

    assert {1.0} == set(own.p_values.values())
    assert tuple(own.p_values) == own.members


def test_fewer_than_four_horizons_of_dates_eliminate_no_forecaster():
    columns = losses(0, 39, [0.0, 2.0])

    assert 2 == len(found(columns, horizon=10).members)
    assert 1 == len(found(columns, horizon=9).members)


def test_losses_are_averaged_by_date_first():
    columns, days = losses(5, 200, [0.0, 0.05, 0.1]), DAY + np.arange(200)
    order = np.random.default_rng(0).permutation(400)

    twice = confidence_set(
        named(np.concatenate([columns - 0.2, columns + 0.2])[order]),
        sessions=np.tile(days, 2)[order],
        horizon=1,
    )

    assert found(columns) == twice


def test_the_seed_decides_and_the_value_equals_its_own_json():
    columns = losses(6, 150, [0.0, 0.05, 0.1])

    first, again, other = (found(columns, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other
    assert first == ConfidenceSet.model_validate_json(first.model_dump_json())


def test_a_lower_level_keeps_more_members():
    columns = losses(8, 200, np.linspace(0, 0.3, 8))

    sizes = [len(found(columns, level=level).members) for level in (0.5, 0.25, 0.1, 0.01)]

    assert sorted(sizes) == sizes
    assert sizes[0] < sizes[-1]
