"""Calibration of action probabilities, and the probabilities implied by quantiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from pregao.decisions import (
    ProbabilityCalibration,
    action_scores,
    calibrate_probabilities,
    implied_action_probabilities,
)
from pregao.decisions._action_scores import BUY, HOLD, SELL
from pregao.decisions._probability_calibration import undo_focal_loss
from pregao.training import LEVELS

SEEDS = st.integers(0, 1000)


def days(count):
    return np.datetime64("2015-01-01") + np.arange(count)


def honest(count, seed, *, shares=(2.0, 1.0, 4.0)):
    """Return calibrated probabilities and labels drawn from them."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.array(shares), size=count)
    right = (probabilities.cumsum(axis=1) < rng.random(count)[:, None]).sum(axis=1)
    return probabilities, np.minimum(right, 2).astype(np.int8)


def normed(weights):
    return weights / weights.sum(axis=1, keepdims=True)


def fitted(probabilities, right, **options) -> ProbabilityCalibration:
    return calibrate_probabilities(
        probabilities, right, **{"sessions": days(len(right)), "horizon": 1, **options}
    )


BENT = {
    "too sure": lambda p: normed(p**3),
    "too shy": lambda p: normed(p**0.3),
    "balanced sampling": lambda p: normed(p / [0.3, 0.1, 0.6]),
    "balanced sampling and weights, too sure": lambda p: normed((p / [0.09, 0.01, 0.36]) ** 2),
    "one action too sure": lambda p: normed(p ** np.array([3.0, 1.0, 1.0])),
}


@pytest.mark.parametrize("name", BENT)
def test_calibration_recovers_distorted_probabilities(name: str):
    said, right = honest(2000, 1)
    later, came = honest(4000, 2)

    found = fitted(BENT[name](said), right)
    calibrated = action_scores(came, found.apply(BENT[name](later)), training=right)

    best = action_scores(came, later, training=right)
    bent = action_scores(came, BENT[name](later), training=right)
    assert calibrated.log_loss - best.log_loss < 0.1 * (bent.log_loss - best.log_loss)
    assert calibrated.calibration_error < 0.5 * bent.calibration_error


NUM_FREE = {"identity": 0, "temperature": 1, "biased_temperature": 3, "vector": 5}


@pytest.mark.parametrize(
    ("name", "least", "enough"),
    [
        (None, 0, 0),
        ("too sure", 1, 1),
        ("too shy", 1, 1),
        ("balanced sampling", 3, 3),
        ("balanced sampling and weights, too sure", 3, 3),
        ("one action too sure", 5, 5),
    ],
)
def test_the_form_with_the_fewest_sufficient_parameters_is_chosen(name, least, enough):
    fitted_numbers = []
    for seed in range(15):
        said, right = honest(1500, seed)
        found = fitted(BENT[name](said) if name else said, right)
        fitted_numbers.append(NUM_FREE[found.method])

    assert least <= min(fitted_numbers)
    assert enough == np.median(fitted_numbers)


@pytest.mark.parametrize("focus", [0.5, 1.0, 2.0, 3.0, 5.0])
def test_undoing_a_focal_loss_recovers_the_probabilities_of_its_minimiser(focus: float):
    for truth in ([0.2, 0.3, 0.5], [0.05, 0.05, 0.9], [0.34, 0.33, 0.33], [0.6, 0.01, 0.39]):

        def loss(logits, truth=truth):
            log_p = logits - np.log(np.exp(logits).sum())
            return -(np.array(truth) * (1 - np.exp(log_p)) ** focus * log_p).sum()

        minimiser = minimize(loss, np.zeros(3), tol=1e-12).x
        said = np.exp(minimiser) / np.exp(minimiser).sum()

        np.testing.assert_allclose(truth, undo_focal_loss(said[None], focus)[0], atol=2e-4)


def test_calibration_uses_the_focal_formula_for_a_focal_loss():
    said, right = honest(3000, 4)
    grid = np.linspace(1e-4, 1 - 1e-4, 4001)
    weight = grid / ((1 - grid) ** 3 - 3 * (1 - grid) ** 2 * grid * np.log(grid))

    def minimiser(truth):
        # The minimiser of the focal loss: p of sum 1 whose weights are proportional to the truth.
        low, high = np.zeros(len(truth)), np.full(len(truth), 1e6)
        for _ in range(80):
            scale = (low + high) / 2
            p = np.interp(truth * scale[:, None], weight, grid)
            low, high = (
                np.where(p.sum(axis=1) < 1, scale, low),
                np.where(p.sum(axis=1) < 1, high, scale),
            )
        return normed(p)

    found = fitted(minimiser(said), right, focus=3.0)

    np.testing.assert_allclose(said, undo_focal_loss(minimiser(said), 3.0), atol=2e-3)
    assert 3.0 == found.focus
    assert np.abs(said - found.apply(minimiser(said))).mean() < 0.02


@given(SEEDS, st.integers(20, 300), st.sampled_from([1, 5, 20]), st.sampled_from([0.0, 3.0]))
def test_calibration_never_raises_the_log_loss_of_its_fit(seed, count, horizon, focus):
    rng = np.random.default_rng(seed)
    said = rng.dirichlet([1.0, 1.0, 1.0], size=count)
    right = rng.integers(0, 3, count).astype(np.int8)

    found = fitted(said, right, horizon=horizon, focus=focus)

    before, after = (
        action_scores(right, each, training=right).log_loss for each in (said, found.apply(said))
    )
    assert after <= before + 1e-12
    assert (before, after) == pytest.approx((found.log_loss_before, found.log_loss_after))


@given(SEEDS)
def test_calibrated_probabilities_sum_to_one(seed):
    said, right = honest(200, seed)

    found = fitted(BENT["too sure"](said), right).apply(np.vstack([said, np.eye(3)]))

    np.testing.assert_allclose(1, found.sum(axis=1))
    assert (found >= 0).all()
    assert np.isfinite(found).all()


def test_calibrated_probabilities_are_unchanged_to_the_last_bit():
    said, right = honest(500, 3)
    found = fitted(said, right, horizon=50)

    assert "identity" == found.method
    assert said.tobytes() == found.apply(said).tobytes()


def test_uninformative_probabilities_are_calibrated_to_the_class_shares():
    rng = np.random.default_rng(5)
    said = rng.dirichlet([1, 1, 1], size=3000)
    right = rng.choice(3, p=[0.2, 0.1, 0.7], size=3000).astype(np.int8)

    calibrated = fitted(said, right).apply(said)

    np.testing.assert_allclose([0.2, 0.1, 0.7], calibrated.mean(axis=0), atol=0.03)
    assert calibrated.std(axis=0).max() < 0.02


def test_an_action_without_labels_is_improbable_and_not_impossible():
    said, _ = honest(300, 6)
    right = np.where(said[:, BUY] > 0.5, BUY, HOLD).astype(np.int8)

    found = fitted(said, right).apply(said)

    assert 1e-5 < found[:, SELL].mean() < 0.02


def test_overlapping_windows_count_as_fewer_observations():
    said, right = honest(400, 7)
    bent = normed(said**1.5)

    assert "temperature" == fitted(bent, right).method
    assert "identity" == fitted(bent, right, horizon=100).method


def test_calibration_never_reverses_a_network():
    said, right = honest(500, 8)

    found = fitted(1 / said / (1 / said).sum(axis=1, keepdims=True), right)

    assert min(found.slopes.values()) >= 0


def test_a_calibration_equals_its_own_json():
    said, right = honest(300, 9)
    found = fitted(BENT["too sure"](said), right, focus=2.0)

    assert found == ProbabilityCalibration.model_validate_json(found.model_dump_json())
    with pytest.raises(ValueError):
        found.replace(slopes={"long": 1.0})


# Implied by quantiles.

SCALES = st.floats(0.001, 0.2)
BARS = st.floats(0.0, 0.5)


@pytest.mark.parametrize(
    "distribution",
    [stats.norm(0.001, 0.02), stats.t(4, 0.0, 0.015), stats.gumbel_l(0.01, 0.03)],
    ids=["normal", "t4", "skewed"],
)
def test_quantiles_imply_the_probabilities_of_their_distribution(distribution):
    bars = np.array([0.0005, 0.005, 0.02, 0.05, 0.1])
    quantiles = np.tile(distribution.ppf(LEVELS), (len(bars), 1))

    found = implied_action_probabilities(quantiles, LEVELS, bars)

    np.testing.assert_allclose(distribution.sf(np.log1p(bars)), found[:, BUY], atol=2e-3)
    np.testing.assert_allclose(distribution.cdf(np.log1p(-bars)), found[:, SELL], atol=2e-3)


@given(SEEDS, SCALES, BARS)
def test_implied_probabilities_are_probabilities(seed, scale, bar):
    rng = np.random.default_rng(seed)
    quantiles = np.sort(rng.normal(0, scale, (20, len(LEVELS))), axis=1)
    # Constant prices give tied quantiles.
    quantiles[:5] = np.round(quantiles[:5], 2)

    found = implied_action_probabilities(quantiles, LEVELS, np.full(20, bar))

    np.testing.assert_allclose(1, found.sum(axis=1), atol=1e-12)
    assert (found >= 0).all()


@given(SEEDS, SCALES)
def test_a_higher_bar_lowers_the_probabilities_of_trading(seed, scale):
    rng = np.random.default_rng(seed)
    quantiles = np.sort(rng.normal(0, scale, len(LEVELS)))
    bars = np.linspace(0, 0.9, 200)

    found = implied_action_probabilities(np.tile(quantiles, (200, 1)), LEVELS, bars)

    for action in (BUY, SELL):
        assert (np.diff(found[:, action]) <= 1e-15).all()


def test_the_implied_probability_at_a_quantile_is_its_level():
    quantiles = np.array(stats.norm.ppf(LEVELS)) * 0.05
    above = quantiles > 0
    bars = np.expm1(quantiles[above])

    found = implied_action_probabilities(np.tile(quantiles, (len(bars), 1)), LEVELS, bars)

    np.testing.assert_allclose(1 - np.array(LEVELS)[above], found[:, BUY], atol=1e-12)


def test_the_tails_decay_beyond_the_outer_quantiles_without_end():
    distribution = stats.t(4, 0, 0.01)
    quantiles = np.tile(distribution.ppf(LEVELS), (3, 1))
    bars = np.expm1(distribution.ppf([0.992, 0.995, 0.999]))

    found = implied_action_probabilities(quantiles, LEVELS, bars)[:, BUY]

    true = np.array([0.008, 0.005, 0.001])
    assert (found < 0.01).all()
    np.testing.assert_allclose(np.log(true), np.log(found), atol=1.0)
    assert (found[1:] > 0.3 * true[1:]).all()


def test_a_degenerate_distribution_implies_hold():
    still = np.zeros((2, len(LEVELS)))

    found = implied_action_probabilities(still, LEVELS, np.array([0.0, 0.01]))

    assert [0.0, 0.0, 1.0] == found[1].tolist()
    # A return of 0 exceeds no bar; no more is left for a rise than lies beyond the last quantile.
    assert found[0, BUY] <= 1 - LEVELS[-1] + 1e-12


def test_a_fall_beyond_the_whole_price_has_no_probability():
    quantiles = np.tile(stats.norm.ppf(LEVELS), (1, 1))

    found = implied_action_probabilities(quantiles, LEVELS, np.array([1.5]))

    assert found[0, SELL] < 1e-6
