"""Deflated Sharpe ratios and PBO, against published examples and by simulation."""

from itertools import combinations
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pregao.inference import (
    DeflatedSharpe,
    Overfitting,
    TrackRecord,
    deflated_sharpe,
    expected_max_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    probability_of_overfitting,
)

NORMAL = NormalDist()
PAPER = TrackRecord(sharpe=2.5 / 250**0.5, num_observations=1250, skewness=-3, kurtosis=10)


def test_moments_equal_those_of_scipy():
    returns = np.random.default_rng(0).gamma(2, 0.01, 300) - 0.018

    record = TrackRecord.from_returns(returns)

    assert pytest.approx(returns.mean() / returns.std(ddof=1)) == record.sharpe
    assert pytest.approx(stats.skew(returns)) == record.skewness
    assert pytest.approx(stats.kurtosis(returns, fisher=False)) == record.kurtosis


@pytest.mark.parametrize("returns", [[], [0.01], [0.0] * 50, [0.1] * 50])
def test_returns_without_variance_have_no_sharpe_ratio(returns):
    record = TrackRecord.from_returns(returns)

    assert 0.0 == record.sharpe
    assert 0.5 == probabilistic_sharpe(record)
    assert minimum_track_record(record) is None


@pytest.mark.parametrize(
    ("record", "num_trials", "expected"),
    [
        (PAPER, 100, 0.9004),
        (PAPER, 46, 0.9505),
        (PAPER.replace(skewness=0, kurtosis=3), 88, 0.9505),
    ],
)
def test_the_deflated_sharpe_ratio_equals_that_of_the_paper(record, num_trials, expected):
    # Bailey and Lopez de Prado (2014), the numerical example.
    found = deflated_sharpe(record, num_trials=num_trials, trial_variance=0.5 / 250)

    assert pytest.approx(expected, abs=6e-4) == found.deflated_sharpe


@pytest.mark.parametrize(
    ("sessions_a_year", "expected_years"), [(252, 2.73), (52, 2.83), (12, 3.24)]
)
def test_the_minimum_track_record_equals_that_of_the_paper(sessions_a_year, expected_years):
    # Bailey and Lopez de Prado (2012): an annual ratio of 2 against 1, normal returns, 95 %.
    record = TrackRecord(sharpe=2 / sessions_a_year**0.5, num_observations=100)

    found = minimum_track_record(record, benchmark=1 / sessions_a_year**0.5)

    assert pytest.approx(expected_years, abs=0.005) == found / sessions_a_year


@given(
    sharpe=st.floats(0.01, 0.5),
    skewness=st.floats(-2, 2),
    excess=st.floats(0, 5),
    level=st.floats(0.01, 0.4),
)
def test_a_record_of_the_minimum_length_is_just_significant(sharpe, skewness, excess, level):
    record = TrackRecord(
        sharpe=sharpe, num_observations=2, skewness=skewness, kurtosis=skewness**2 + 1.1 + excess
    )
    needed = minimum_track_record(record, level=level)
    variance = 1 - skewness * sharpe + (record.kurtosis - 1) / 4 * sharpe**2

    statistic = sharpe * np.sqrt((needed - 1) / variance)

    assert pytest.approx(1 - level) == NORMAL.cdf(statistic)


@pytest.mark.parametrize("num_trials", [5, 20, 100, 1000])
def test_the_expected_maximum_equals_that_of_simulated_trials(num_trials):
    drawn = np.random.default_rng(0).normal(0, 0.05, (4000, num_trials)).max(axis=1).mean()

    assert pytest.approx(drawn, rel=0.04) == expected_max_sharpe(num_trials, 0.05**2)


def test_a_single_trial_is_not_deflated():
    record = TrackRecord.from_returns(np.random.default_rng(0).normal(0.001, 0.01, 250))

    found = deflated_sharpe(record, num_trials=1)

    assert 0.0 == expected_max_sharpe(1, 0.1)
    assert found.probabilistic_sharpe == found.deflated_sharpe
    with pytest.raises(ValueError, match="at least the one"):
        expected_max_sharpe(0, 0.1)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_more_trials_lower_the_deflated_sharpe_ratio(few, more):
    few, more = sorted((few, more))

    found = [deflated_sharpe(PAPER, num_trials=count).deflated_sharpe for count in (few, more)]

    assert found[0] >= found[1]


def test_the_probability_of_one_trial_without_skill_is_uniform():
    generator = np.random.default_rng(1)
    found = [
        probabilistic_sharpe(TrackRecord.from_returns(generator.normal(0, 0.01, 250)))
        for _ in range(600)
    ]

    assert stats.kstest(found, "uniform").pvalue > 0.01


@pytest.mark.parametrize("is_known", [True, False])
def test_the_best_of_many_trials_without_skill_is_rarely_significant(is_known):
    generator, found = np.random.default_rng(2), []
    for _ in range(200):
        trials = generator.standard_t(5, (250, 30)) * 0.01
        sharpes = trials.mean(axis=0) / trials.std(axis=0, ddof=1)
        best = TrackRecord.from_returns(trials[:, sharpes.argmax()])
        variance = sharpes.var(ddof=1) if is_known else None
        found.append(deflated_sharpe(best, num_trials=30, trial_variance=variance))

    assert np.mean([each.deflated_sharpe > 0.95 for each in found]) <= 0.05
    assert 0.35 < np.mean([each.deflated_sharpe for each in found]) < 0.65
    assert np.mean([each.probabilistic_sharpe > 0.95 for each in found]) > 0.6


def test_true_skill_remains_significant_after_deflation():
    returns = np.random.default_rng(3).normal(0.002, 0.01, 1000)

    found = deflated_sharpe(TrackRecord.from_returns(returns), num_trials=50)

    assert found.deflated_sharpe > 0.95
    assert found.minimum_sessions < 1000
    assert found == DeflatedSharpe.model_validate_json(found.model_dump_json())


def overfitting_by_hand(performance, num_groups, measured):
    """Return the logits and the pairs of performance by a loop over the splits."""
    size = len(performance) // num_groups
    used = performance[len(performance) - size * num_groups :]
    groups = [used[number * size : (number + 1) * size] for number in range(num_groups)]
    logits, pairs = [], []
    for chosen in combinations(range(num_groups), num_groups // 2):
        rest = [number for number in range(num_groups) if number not in chosen]
        inside = measured(np.concatenate([groups[number] for number in chosen]))
        outside = measured(np.concatenate([groups[number] for number in rest]))
        best = int(np.argmax(inside))
        share = stats.rankdata(outside)[best] / (performance.shape[1] + 1)
        logits.append(np.log(share / (1 - share)))
        pairs.append((inside[best], outside[best]))
    return np.array(logits), np.array(pairs)


MEASURES = {
    "mean": lambda values: values.mean(axis=0),
    "sharpe": lambda values: values.mean(axis=0) / values.std(axis=0),
}


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("seed", range(3))
def test_overfitting_equals_a_count_over_splits(seed, measure):
    performance = np.random.default_rng(seed).standard_t(4, (83, 7)) * 0.01
    logits, pairs = overfitting_by_hand(performance, 8, MEASURES[measure])

    found = probability_of_overfitting(performance, num_groups=8, measure=measure)

    assert (70, 7, 80) == (found.num_splits, found.num_trials, found.num_observations)
    assert pytest.approx(np.mean(logits <= 0)) == found.pbo
    assert pytest.approx(logits.mean()) == found.logit_mean
    np.testing.assert_allclose(
        np.quantile(logits, [0.05, 0.25, 0.5, 0.75, 0.95]), found.logit_quantiles
    )
    assert pytest.approx(stats.linregress(*pairs.T).slope) == found.degradation_slope
    assert pytest.approx(np.mean(pairs[:, 1] < 0)) == found.probability_of_loss


def test_the_pbo_of_trials_without_skill_is_one_half():
    found = [
        probability_of_overfitting(
            np.random.default_rng(seed).normal(0, 0.01, (200, 20)), num_groups=8
        )
        for seed in range(150)
    ]

    assert pytest.approx(0.5, abs=0.06) == np.mean([each.pbo for each in found])
    assert np.mean([each.degradation_slope for each in found]) < 0


def test_the_pbo_of_a_true_edge_is_near_zero():
    performance = np.random.default_rng(0).normal(0, 0.01, (1000, 20))
    performance[:, 4] += 0.002

    found = probability_of_overfitting(performance)

    assert found.pbo < 0.02
    assert found.probability_of_loss < 0.02
    assert found.logit_quantiles[0] > 0
    assert 12_870 == found.num_splits
    assert found == Overfitting.model_validate_json(found.model_dump_json())


def test_identical_trials_have_a_pbo_of_one():
    one = np.random.default_rng(0).normal(0, 0.01, (160, 1))

    for performance in (np.tile(one, 4), np.zeros((160, 3)), np.full((160, 3), 0.1)):
        found = probability_of_overfitting(performance, num_groups=4)

        assert (1.0, 0.0) == (found.pbo, found.logit_mean)
        assert np.isfinite(found.degradation_slope)


@pytest.mark.parametrize(
    ("shape", "num_groups", "message"),
    [
        ((100, 1), 4, "two or more"),
        ((100, 3), 5, "even"),
        ((100, 3), 0, "even"),
        ((15, 3), 8, "few"),
    ],
)
def test_performance_that_cannot_be_split_is_an_error(shape, num_groups, message):
    with pytest.raises(ValueError, match=message):
        probability_of_overfitting(np.zeros(shape), num_groups=num_groups)
