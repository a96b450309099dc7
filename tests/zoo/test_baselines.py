"""Baselines: they see the past alone, and their numbers are those of other implementations."""

import subprocess
import sys
from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
import statsmodels.api as sm
from arch import arch_model
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pregao.zoo._autoregression import autoregression_regressors, fit_autoregression
from pregao.zoo._baselines import BASELINES
from pregao.zoo._boosting import along_shape
from pregao.zoo._empirical import anchor_quantiles, fit_anchor, fit_rolling
from pregao.zoo._garch import (
    FEWEST_RETURNS,
    filtered_variances,
    fit_gjr_garch,
    fitted_parameters,
    simulated_quantiles,
    stratified_draws,
)
from pregao.zoo._har import fit_har, har_regressors

LEVELS = (0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99)
MEDIAN = LEVELS.index(0.5)
HORIZON = 5
LOOKBACK = 30


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a synthetic market, with the attributes that a forecaster may read."""

    horizon: int
    lookback: int
    returns: np.ndarray
    sigma: np.ndarray
    realised_variance: np.ndarray
    table: np.ndarray
    cutoff_rows: np.ndarray
    first_rows: np.ndarray
    targets: np.ndarray

    def take(self, chosen):
        return replace(
            self,
            cutoff_rows=self.cutoff_rows[chosen],
            first_rows=self.first_rows[chosen],
            targets=self.targets[chosen],
        )

    def upto(self, row):
        """Give the same with every table cut off after a row."""
        return self.with_tables(lambda values: values[: row + 1])

    def with_tables(self, change):
        tables = ("returns", "sigma", "realised_variance", "table")
        return replace(self, **{name: change(getattr(self, name)) for name in tables})


def simulated_returns(generator, sessions, volatility=0.012):
    """Simulate a GJR-GARCH with fat tails, and a first row without a return."""
    returns, variance = np.zeros(sessions), 1.0
    for row in range(1, sessions):
        shock = np.sqrt(variance) * generator.standard_t(6) / np.sqrt(1.5)
        returns[row] = volatility * (shock + 0.03)
        variance = 0.04 + (0.03 + 0.12 * (shock < 0)) * shock**2 + 0.87 * variance
    return returns


def ewma_sigma(returns):
    decay, variance = 0.5 ** (1 / 11), np.full(len(returns), np.mean(returns[1:21] ** 2))
    for row in range(1, len(returns)):
        variance[row] = decay * variance[row - 1] + (1 - decay) * returns[row] ** 2
    return np.sqrt(variance)


def market(*returns_of_symbols, seed=0):
    """Put symbols one after the other, with every possible cutoff after a lookback."""
    generator = np.random.default_rng(seed)
    steps = np.arange(1, HORIZON + 1)
    sigmas = [ewma_sigma(each) for each in returns_of_symbols]
    returns, sigma = np.concatenate(returns_of_symbols), np.concatenate(sigmas)
    lengths = [len(each) for each in returns_of_symbols]
    firsts = np.cumsum([0, *lengths[:-1]])
    cutoffs = [
        np.arange(first + LOOKBACK, first + length - HORIZON)
        for first, length in zip(firsts, lengths, strict=True)
    ]
    rows = np.concatenate(cutoffs)
    total = np.cumsum(returns)
    ahead = total[rows[:, None] + steps] - total[rows, None]
    features = [returns / sigma, np.abs(returns) / sigma, generator.normal(size=len(returns))]
    return Part(
        horizon=HORIZON,
        lookback=LOOKBACK,
        returns=returns,
        sigma=sigma,
        realised_variance=sigma**2 * generator.gamma(2, 0.5, len(returns)),
        table=np.stack(features, axis=1).astype(np.float32),
        cutoff_rows=rows,
        first_rows=np.repeat(firsts, [len(each) for each in cutoffs]),
        targets=ahead / (sigma[rows, None] * np.sqrt(steps)),
    )


@pytest.fixture(scope="module")
def whole():
    generator = np.random.default_rng(7)
    return market(simulated_returns(generator, 900), simulated_returns(generator, 800, 0.02))


@pytest.fixture(scope="module")
def training(whole):
    own_age = whole.cutoff_rows - whole.first_rows
    return whole.take(own_age < 600)


@pytest.fixture(scope="module")
def later(whole):
    own_age = whole.cutoff_rows - whole.first_rows
    return whole.take(own_age >= 600 + HORIZON)


@pytest.fixture(scope="module", params=BASELINES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(name, training):
    return BASELINES[name].fit(training, LEVELS, 11)


def noisy_after(part, row, seed=3):
    generator = np.random.default_rng(seed)

    def change(values):
        changed = values.copy()
        changed[row + 1 :] = generator.normal(scale=50, size=changed[row + 1 :].shape)
        return changed

    return part.with_tables(change)


def test_registry_key_is_the_name(name):
    assert name == BASELINES[name].name
    assert BASELINES[name].title
    assert BASELINES[name].description.endswith(".")


def test_quantiles_are_finite_ordered_and_of_the_declared_shape(fitted, later):
    forecast = fitted.quantiles(later)

    assert (len(later.cutoff_rows), HORIZON, len(LEVELS)) == forecast.shape
    assert np.float64 == forecast.dtype
    assert np.isfinite(forecast).all()
    assert (np.diff(forecast, axis=-1) >= 0).all()


def test_forecast_reads_nothing_after_its_cutoff(fitted, later):
    forecast = fitted.quantiles(later)
    for number in (0, 57, len(later.cutoff_rows) - 1):
        row = later.cutoff_rows[number]
        one = later.take([number])

        noisy, cut = noisy_after(one, row), one.upto(row)

        np.testing.assert_array_equal(forecast[number], fitted.quantiles(noisy)[0])
        np.testing.assert_array_equal(forecast[number], fitted.quantiles(cut)[0])


def test_forecast_does_not_depend_on_other_cutoffs(fitted, later):
    forecast = fitted.quantiles(later)
    shuffled = np.random.default_rng(0).permutation(len(later.cutoff_rows))[:40]

    np.testing.assert_array_equal(forecast[shuffled], fitted.quantiles(later.take(shuffled)))


def test_forecast_reads_nothing_before_its_symbol(fitted, later, whole):
    first = whole.first_rows.max()
    second = later.take(later.first_rows == first)
    alone = second.with_tables(lambda values: values[first:])
    alone = replace(
        alone, cutoff_rows=alone.cutoff_rows - first, first_rows=alone.first_rows - first
    )

    np.testing.assert_array_equal(fitted.quantiles(second), fitted.quantiles(alone))


def test_fit_reads_nothing_after_the_last_training_cutoff(name, fitted, later, training):
    def change(values):
        changed = values.copy()
        for first in np.unique(training.first_rows):
            last = training.cutoff_rows[training.first_rows == first].max()
            following = training.first_rows[training.first_rows > first]
            end = following.min() if len(following) else len(values)
            changed[last + 1 : end] = 1e6
        return changed

    refitted = BASELINES[name].fit(training.with_tables(change), LEVELS, 11)

    np.testing.assert_array_equal(fitted.quantiles(later), refitted.quantiles(later))


def test_same_seed_gives_the_same_forecast(name, fitted, later, training):
    again = BASELINES[name].fit(training, LEVELS, 11)

    np.testing.assert_array_equal(fitted.quantiles(later), again.quantiles(later))


def test_coverage_on_a_stationary_market_is_near_nominal(fitted, later):
    forecast = fitted.quantiles(later)
    came = later.targets * later.sigma[later.cutoff_rows, None] * np.sqrt(np.arange(1, HORIZON + 1))
    low, high = forecast[..., LEVELS.index(0.05)], forecast[..., LEVELS.index(0.95)]

    assert pytest.approx(0.9, abs=0.07) == np.mean((low <= came) & (came <= high))


def test_stranger_and_newcomer_get_a_forecast_of_their_own_scale(fitted):
    generator = np.random.default_rng(99)
    calm = market(simulated_returns(generator, 400, 0.004))
    newcomer = calm.take([0])
    newcomer = replace(newcomer, cutoff_rows=np.array([3]))

    forecast = fitted.quantiles(calm)

    assert np.isfinite(forecast).all()
    assert np.isfinite(fitted.quantiles(newcomer)).all()
    assert (forecast[..., -1] > forecast[..., 0]).all()


@pytest.mark.parametrize("name", ["random_walk", "anchor"])
def test_median_of_the_naive_forecasts_is_the_last_price(name, training, later):
    forecast = BASELINES[name].fit(training, LEVELS, 0).quantiles(later)

    assert (forecast[..., MEDIAN] == 0).all()


def test_random_walk_spreads_by_the_training_volatility_of_each_symbol(training, later):
    forecast = BASELINES["random_walk"].fit(training, LEVELS, 0).quantiles(later)

    for first in np.unique(later.first_rows):
        last = training.cutoff_rows[training.first_rows == first].max()
        volatility = training.returns[first + 1 : last + 1].std()
        # 1.6449 is the 95 % quantile of the standard normal.
        upper = forecast[later.first_rows == first][:, :, LEVELS.index(0.95)]
        expected = 1.6448536 * volatility * np.sqrt(np.arange(1, HORIZON + 1))
        np.testing.assert_allclose(upper, np.broadcast_to(expected, upper.shape), rtol=1e-6)


def test_drift_moves_the_median_by_the_mean_training_return(training, later):
    forecast = BASELINES["drift"].fit(training, LEVELS, 0).quantiles(later)

    first = later.first_rows[0]
    last = training.cutoff_rows[training.first_rows == first].max()
    mean = training.returns[first + 1 : last + 1].mean()
    np.testing.assert_allclose(forecast[0, :, MEDIAN], mean * np.arange(1, HORIZON + 1))


def test_rolling_quantiles_equal_those_of_a_loop(training, later):
    forecast = fit_rolling(training, LEVELS, 0).quantiles(later)

    for number in (0, 100, len(later.cutoff_rows) - 1):
        cutoff = later.cutoff_rows[number]
        window = later.returns[cutoff - 249 : cutoff + 1]
        for step in range(1, HORIZON + 1):
            sums = [window[k : k + step].sum() for k in range(250 - step + 1)]
            expected = np.quantile(sums, LEVELS)
            np.testing.assert_allclose(expected, forecast[number, step - 1], atol=1e-13)


def test_rolling_quantiles_take_what_is_there_and_then_the_anchor(training):
    rolling = fit_rolling(training, LEVELS, 0)
    first = training.take([0, 0])
    young = replace(first, cutoff_rows=np.array([22, 10]))

    forecast = rolling.quantiles(young)

    known = training.returns[1:23]
    np.testing.assert_allclose(np.quantile(known, LEVELS), forecast[0, 0], atol=1e-14)
    anchor = fit_anchor(training, LEVELS, 0).quantiles(young)
    # 22 returns give 20 sums of 3 sessions, and 19 of 4.
    assert not np.array_equal(anchor[0, 2], forecast[0, 2])
    np.testing.assert_array_equal(anchor[0, 3:], forecast[0, 3:])
    np.testing.assert_array_equal(anchor[1], forecast[1])


def test_har_coefficients_equal_those_of_statsmodels(training):
    har = fit_har(training, LEVELS, 0)
    step = 3
    responses, regressors = [], []
    for first in np.unique(training.first_rows):
        cutoffs = training.cutoff_rows[training.first_rows == first]
        for cutoff in cutoffs[cutoffs + step <= cutoffs.max()]:
            rv = training.realised_variance[: cutoff + 1]
            row = [
                np.log(max(rv[-k:].mean(), 0.01 * training.sigma[cutoff] ** 2)) for k in (1, 5, 22)
            ]
            regressors.append(row)
            responses.append(
                np.log(training.realised_variance[cutoff + 1 : cutoff + 1 + step].mean())
            )

    expected = sm.OLS(responses, sm.add_constant(np.array(regressors))).fit().params

    np.testing.assert_allclose(expected, har.coefficients[step - 1], rtol=1e-6)


def test_har_survives_sessions_without_any_range(training):
    still = replace(training, realised_variance=np.zeros_like(training.realised_variance))

    forecast = fit_har(still, LEVELS, 0).quantiles(still)

    assert np.isfinite(har_regressors(still)).all()
    assert np.isfinite(forecast).all()


def test_autoregression_equals_statsmodels_and_chooses_lags_by_its_bic(training):
    fitted = fit_autoregression(training, LEVELS, 0)
    scaled = {
        lags: np.array(
            [
                training.returns[cutoff - lags + 1 : cutoff + 1][::-1] / training.sigma[cutoff]
                for cutoff in training.cutoff_rows
            ]
        )
        for lags in range(1, 11)
    }
    models = {
        lags: sm.OLS(training.targets[:, 0], sm.add_constant(values)).fit()
        for lags, values in scaled.items()
    }

    best = min(models, key=lambda lags: models[lags].bic)

    assert best == fitted.num_lags
    for step in range(HORIZON):
        model = sm.OLS(training.targets[:, step], sm.add_constant(scaled[best])).fit()
        np.testing.assert_allclose(model.params, fitted.coefficients[step], rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(np.quantile(model.resid, LEVELS), fitted.shape[step], atol=1e-10)


def test_autoregression_finds_a_planted_dependence():
    generator = np.random.default_rng(5)
    returns = generator.normal(scale=0.01, size=3000)
    for row in range(1, len(returns)):
        returns[row] += 0.3 * returns[row - 1]
    part = market(returns)

    fitted = fit_autoregression(part, LEVELS, 0)

    assert pytest.approx(0.3, abs=0.05) == fitted.coefficients[0, 1]
    assert fitted.num_lags == 1
    assert autoregression_regressors(part, 1).shape == (len(part.cutoff_rows), 2)


def test_garch_filter_equals_the_conditional_volatility_of_arch(training):
    returns = training.returns[1:600]
    parameters = fitted_parameters(returns)
    model = arch_model(
        returns / returns.std(),
        mean="Constant",
        vol="GARCH",
        p=1,
        o=1,
        q=1,
        dist="t",
        rescale=False,
    )
    reference = model.fit(disp="off")

    variances = filtered_variances(parameters, returns)

    np.testing.assert_allclose(reference.conditional_volatility**2, variances[:-1], rtol=1e-7)
    ahead = reference.forecast(horizon=1).variance.to_numpy()[-1, 0]
    assert pytest.approx(ahead, rel=1e-7) == variances[-1]


def test_garch_simulation_has_the_variance_that_the_recursion_implies(training):
    garch = fit_gjr_garch(training, LEVELS, 0)
    parameters = replace(garch.known[0].parameters, mean=0.0)
    generator = np.random.default_rng(1)
    # Symmetric draws of unit variance: the mean of the next variance is then exactly linear.
    draws = np.stack([generator.permutation(np.repeat([-1.0, 1.0], 1000)) for _ in range(HORIZON)])
    start = np.array([0.5, 2.0])

    low, high = np.moveaxis(
        simulated_quantiles(parameters, start, draws, levels=(0.25, 0.75)), -1, 0
    )

    np.testing.assert_allclose(np.sqrt(start), high[:, 0], rtol=1e-12)
    np.testing.assert_allclose(-np.sqrt(start), low[:, 0], rtol=1e-12)
    assert (high[0] < high[1]).all()


def test_garch_one_step_quantiles_are_those_of_the_residuals(training, later):
    garch = fit_gjr_garch(training, LEVELS, 0)
    one = later.take([0])
    symbol = garch.known[0]
    returns = later.returns[1 : one.cutoff_rows[0] + 1]
    deviation = np.sqrt(filtered_variances(symbol.parameters, returns)[-1])

    forecast = garch.quantiles(one)[0, 0]

    quantiles = np.quantile(symbol.residuals, LEVELS)
    expected = symbol.parameters.scale * (symbol.parameters.mean + deviation * quantiles)
    np.testing.assert_allclose(expected, forecast, atol=2e-4)


def test_garch_draws_are_stratified_and_seeded():
    residuals = np.random.default_rng(0).normal(size=900)

    draws = stratified_draws(residuals, 4, 5)

    np.testing.assert_array_equal(draws, stratified_draws(residuals, 4, 5))
    assert not np.array_equal(draws, stratified_draws(residuals, 4, 6))
    np.testing.assert_array_equal(np.sort(draws[0]), np.sort(draws[3]))
    assert pytest.approx(residuals.std(), rel=0.01) == draws[1].std()


@pytest.mark.parametrize("sessions", [FEWEST_RETURNS - 50, 600])
def test_garch_says_so_where_it_cannot_be_fitted(sessions):
    returns = simulated_returns(np.random.default_rng(2), sessions)
    still = returns * 0 if sessions > FEWEST_RETURNS else returns
    part = replace(market(returns), returns=still)

    garch = fit_gjr_garch(part, LEVELS, 0)

    assert [finding.code for finding in garch.findings] == ["LRN010"]
    assert np.isfinite(garch.quantiles(part)).all()


def test_garch_forecasts_a_stranger_about_as_one_it_knows(training, later):
    garch = fit_gjr_garch(training, LEVELS, 0)
    known = garch.quantiles(later)
    unknown = replace(garch, symbols=replace(garch.symbols, heads=garch.symbols.heads + 1))

    stranger = unknown.quantiles(later)

    width = (stranger[..., -3] - stranger[..., 2]) / (known[..., -3] - known[..., 2])
    assert pytest.approx(1.0, abs=0.25) == np.median(width)


def test_boosting_finds_a_planted_spread(training):
    noisy = np.random.default_rng(4).normal(size=(len(training.cutoff_rows), HORIZON))
    loud = training.table[training.cutoff_rows, 2] > 0
    planted = replace(training, targets=noisy * np.where(loud, 3.0, 0.5)[:, None])

    boosting = BASELINES["lightgbm"].fit(planted, LEVELS, 0)
    forecast = boosting.quantiles(planted) / planted.sigma[planted.cutoff_rows, None, None]

    width = forecast[:, 0, -3] - forecast[:, 0, 2]
    assert width[loud].mean() > 1.5 * width[~loud].mean()


def test_unmoved_knots_give_the_shape_back(training):
    knots = anchor_quantiles(training.targets, (0.1, 0.5, 0.9))
    shape = anchor_quantiles(training.targets, LEVELS)

    np.testing.assert_allclose(shape[None], along_shape(knots[None], knots, shape), atol=1e-12)


@given(hnp.arrays(np.float64, (3, 2, 3), elements=st.floats(-5, 5)))
@settings(max_examples=50, deadline=None)
def test_levels_along_the_shape_never_cross(moved):
    knots = np.array([[-1.0, 0.0, 1.5], [-2.0, 0.1, 1.0]])
    shape = np.array([[-3.0, -1.0, -0.2, 0.0, 2.0], [-2.5, -2.0, 0.5, 1.0, 4.0]])

    forecast = along_shape(np.sort(moved, axis=-1), knots, shape)

    assert (np.diff(forecast, axis=-1) >= -1e-12).all()


@given(hnp.arrays(np.float64, (40, 2), elements=st.floats(-5, 5)), st.floats(0.1, 10))
@settings(max_examples=50, deadline=None)
def test_anchor_is_centred_ordered_and_scales_with_the_targets(targets, factor):
    anchor = anchor_quantiles(targets, LEVELS)

    assert (anchor[:, MEDIAN] == 0).all()
    assert (np.diff(anchor, axis=1) >= 0).all()
    scaled = anchor_quantiles(factor * targets, LEVELS)
    np.testing.assert_allclose(factor * anchor, scaled, rtol=1e-9, atol=1e-9)


LIBGOMP_MISSING = """
import sys
sys.path.insert(0, {shadow!r})
from pregao.errors import BaselineUnavailableError
from pregao.zoo._baselines import BASELINES
try:
    BASELINES["lightgbm"].fit(None, (0.5,), 0)
except BaselineUnavailableError as error:
    print(error.name, "|", error.reason)
"""


@pytest.mark.parametrize("raised", ["OSError", "ImportError"])
def test_boosting_says_so_where_its_library_does_not_load(tmp_path, raised):
    reason = "libgomp.so.1: cannot open shared object file"
    (tmp_path / "lightgbm.py").write_text(f"raise {raised}({reason!r})")

    done = subprocess.run(
        [sys.executable, "-c", LIBGOMP_MISSING.format(shadow=str(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"lightgbm | {reason}\n" == done.stdout, done.stderr


def test_no_baseline_needs_torch_or_pandas_to_be_listed():
    code = (
        "import sys, pregao.zoo._baselines; print({'torch', 'lightgbm', 'arch'} & {*sys.modules})"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout == "set()\n", done.stderr


def test_part_has_what_the_protocols_name():
    expected = {"horizon", "lookback", "returns", "sigma", "realised_variance", "table"}

    assert expected <= {field.name for field in fields(Part)}
