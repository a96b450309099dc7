"""Action scores against those of scikit-learn, action reports, and implied actions."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    matthews_corrcoef,
    precision_recall_fscore_support,
)

from pregao.dataset import ACTIONS, make_dataset
from pregao.decisions import (
    NO_TRADE,
    ActionName,
    ActionReport,
    ActionScores,
    DecisionSettings,
    action_findings,
    action_scores,
    evaluate_actions,
    evaluate_implied_actions,
    forecaster_action_probabilities,
)
from pregao.decisions._action_scores import BUY, HOLD, NAMES, SELL, count_actions
from pregao.prices import Bars, Prices
from pregao.testing import rescale_prices, synthetic_prices
from pregao.training import LEVELS, Actions, Experiment, finish, train
from pregao.zoo.baselines import BASELINES
from pregao.zoo.networks import PerStep, Stack

SIZES = st.integers(30, 300)


def drawn(count, seed, *, sharpness=1.0):
    """Return probabilities and labels drawn from them."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.array([2.0, 1.0, 4.0]) / sharpness, size=count)
    right = (probabilities.cumsum(axis=1) < rng.random(count)[:, None]).sum(axis=1)
    return probabilities, np.minimum(right, 2).astype(np.int8)


@given(SIZES, st.integers(0, 1000))
def test_scores_equal_those_of_scikit_learn(count, seed):
    probabilities, right = drawn(count, seed)
    said = probabilities.argmax(axis=1)
    occurs = np.unique(right)
    seen = np.union1d(right, said)

    scores = action_scores(right, probabilities, training=right)

    table = [[scores.confusion[came][name] for name in NAMES] for came in NAMES]
    assert confusion_matrix(right, said, labels=[0, 1, 2]).tolist() == table
    assert accuracy_score(right, said) == pytest.approx(scores.accuracy)
    recalls = [(said[right == each] == each).mean() for each in occurs]
    assert np.mean(recalls) == pytest.approx(scores.balanced_accuracy)
    if len(seen) == len(occurs):
        assert balanced_accuracy_score(right, said) == pytest.approx(scores.balanced_accuracy)
    assert f1_score(right, said, labels=seen, average="macro") == pytest.approx(scores.macro_f1)
    assert matthews_corrcoef(right, said) == pytest.approx(scores.mcc, abs=1e-12)
    assert log_loss(right, probabilities, labels=[0, 1, 2]) == pytest.approx(scores.log_loss)
    expected = brier_score_loss(right, probabilities, labels=[0, 1, 2], scale_by_half=False)
    assert expected == pytest.approx(scores.brier)


def test_scores_by_action_equal_those_of_scikit_learn():
    probabilities, right = drawn(500, 3)
    said = probabilities.argmax(axis=1)

    scores = action_scores(right, probabilities, training=right).per_action

    expected = precision_recall_fscore_support(right, said, labels=[0, 1, 2])
    found = [[getattr(scores[n], field) for n in NAMES] for field in ("precision", "recall", "f1")]
    np.testing.assert_allclose(expected[:3], found)
    assert expected[3].tolist() == [scores[name].support for name in NAMES]
    assert np.bincount(said, minlength=3).tolist() == [scores[name].num_said for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_reliability_bins_equal_those_of_scikit_learn(name: ActionName):
    probabilities, right = drawn(700, 4)
    number = ACTIONS.index(name)

    bins = action_scores(right, probabilities, training=right).per_action[name].reliability

    observed, predicted = calibration_curve(
        right == number, probabilities[:, number], n_bins=10, strategy="quantile"
    )
    np.testing.assert_allclose(observed, [each.observed for each in bins])
    np.testing.assert_allclose(predicted, [each.predicted for each in bins])
    assert 700 == sum(each.count for each in bins)


def test_equal_probabilities_share_one_bin():
    right = drawn(100, 5)[1]
    alike = np.full((100, 3), 1 / 3)

    scores = action_scores(right, alike, training=right)

    [only] = scores.per_action["hold"].reliability
    assert 100 == only.count
    share = float((right == HOLD).mean())
    assert abs(1 / 3 - share) == pytest.approx(scores.per_action["hold"].calibration_error)


def test_scores_always_include_the_majority_class_baseline():
    probabilities, right = drawn(200, 6)
    scores = action_scores(right, probabilities, training=right)
    required = {name for name, field in ActionScores.model_fields.items() if field.is_required()}

    assert set(ActionScores.model_fields) == required
    with pytest.raises(TypeError, match="training"):
        action_scores(right, probabilities)
    for absent in ("majority", "majority_of_training"):
        with pytest.raises(ValueError, match=absent):
            ActionScores.model_validate({**dict(scores), absent: None})


def test_the_training_majority_class_is_scored_on_the_given_windows():
    training = np.repeat([BUY, HOLD], [30, 10]).astype(np.int8)
    probabilities, right = drawn(300, 7)

    scores = action_scores(right, probabilities, training=training)

    always_buy, always_own = scores.majority_of_training, scores.majority
    assert ("buy", 0.75) == (always_buy.action, always_buy.share)
    assert float((right == BUY).mean()) == always_buy.accuracy
    assert ACTIONS[np.bincount(right).argmax()] == always_own.action
    assert float(np.bincount(right).max() / 300) == always_own.accuracy == always_own.share
    shares = (np.array([30, 0, 10]) + 0.5) / 41.5
    expected = log_loss(right, np.tile(shares, (300, 1)), labels=[0, 1, 2])
    assert expected == pytest.approx(always_buy.log_loss)


def test_always_predicting_the_majority_class_does_not_beat_it():
    right = np.repeat([BUY, SELL, HOLD], [5, 5, 990]).astype(np.int8)

    scores = action_scores(right, np.tile([0.1, 0.1, 0.8], (1000, 1)), training=right)

    assert (0.99, False) == (scores.accuracy, scores.beats_majority)
    assert (1 / 3, 0.0) == (scores.balanced_accuracy, scores.mcc)
    assert scores.per_action["buy"].precision is None
    assert 0.0 == scores.per_action["buy"].recall


def test_a_probability_of_zero_for_the_label_has_a_finite_log_loss():
    right = np.array([BUY, HOLD], np.int8)
    sure = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])

    assert 10 < action_scores(right, sure, training=right).log_loss < 20


# Evaluating a forecaster.

RULE = Experiment(
    symbols=("TEST3",),
    features=("rsi_14", "macd", "volume_change", "price_momentum_5"),
    lookback=1,
    horizon=2,
    network=Stack(layers=(PerStep(width=64), PerStep(width=64))),
    epochs=20,
    patience=20,
    plateau_patience=20,
    learning_rate=1e-2,
    batch_size=128,
    dropout=0.0,
    weight_decay=0.0,
    averaging=0.0,
    actions=Actions(labels="rule", sampler="balanced", price_weight=0.0),
)


def cut(experiment, *prices):
    return make_dataset(
        prices or [synthetic_prices(sessions=2500, seed=10)],
        features=experiment.features,
        lookback=experiment.lookback,
        horizon=experiment.horizon,
        split=experiment.split,
    )


@dataclass(frozen=True)
class Swapped:
    """A network whose last layer is in another order of the actions."""

    model: object
    order: tuple[str, ...]

    @property
    def experiment(self):
        return self.model.experiment

    def action_probabilities(self, past):
        said = self.model.action_probabilities(past)
        return said[:, [ACTIONS.index(name) for name in self.order]]


@pytest.fixture(scope="module")
def trained():
    data = cut(RULE)
    return finish(train(RULE, data)), data


@pytest.fixture(scope="module")
def report(trained):
    return evaluate_actions(*trained)


def test_an_experiment_without_actions_has_no_report():
    experiment = RULE.replace(actions=None, epochs=0)
    data = cut(experiment)

    report = evaluate_actions(finish(train(experiment, data)), data)

    assert report is None
    assert () == action_findings(report)


def test_an_action_report_equals_its_own_json(report):
    assert report == ActionReport.model_validate_json(report.model_dump_json())


def test_a_report_holds_the_label_kind_and_the_class_balance(report, trained):
    data = trained[1]

    assert report.is_by_rule
    assert {
        "train": len(data.train),
        "validation": len(data.validation),
        "test": len(data.sealed_test),
    } == {part: sum(counts.values()) for part, counts in report.balance.items()}
    for shares in report.shares.values():
        assert sum(shares.values()) == pytest.approx(1)
        assert shares["hold"] > 0.9


def test_calibration_corrects_balanced_sampling_and_focal_loss(report):
    validation, test = report.validation, report.test

    assert validation.calibrated.log_loss < 0.8 * validation.raw.log_loss
    assert test.calibrated.log_loss < 0.8 * test.raw.log_loss
    assert test.calibrated.calibration_error < 0.8 * test.raw.calibration_error
    assert test.calibrated.log_loss < test.calibrated.majority_of_training.log_loss


def test_a_report_decides_by_its_calibration_and_thresholds(report, trained):
    model, data = trained

    decided = report.decided(model.action_probabilities(data.sealed_test))

    said = {name: one.num_said for name, one in report.test.tuned.per_action.items()}
    assert said == count_actions(decided)


def test_a_network_with_swapped_labels_is_detected(trained, report):
    model, data = trained
    order = ("sell", "hold", "buy")

    trapped = evaluate_actions(Swapped(model, order), data)

    assert not report.order.is_swapped
    assert trapped.order.is_swapped
    assert order == trapped.order.found
    assert trapped.test.raw.accuracy < report.test.raw.accuracy


def test_the_accuracy_finding_states_the_majority_class_accuracy(report):
    [found] = action_findings(report)

    scores = report.test.raw
    assert "EVA006" == found.code
    assert f"{100 * scores.accuracy:.1f} %" in str(found)
    assert f"always hold {100 * scores.majority.accuracy:.1f} %" in str(found)


FORWARD = Experiment(
    symbols=("TEST3",), features=("return", "range"), lookback=20, horizon=5, actions=Actions()
)


@pytest.mark.parametrize("name", ["random_walk", "anchor", "rolling_250", "har"])
def test_every_baseline_has_implied_action_probabilities(name: str):
    data = cut(FORWARD)
    fitted = BASELINES[name].fit(data.train, LEVELS, 0)

    report = evaluate_implied_actions(fitted, data, levels=LEVELS)

    assert ("quantiles", "forward", False) == (
        report.source,
        report.labels,
        report.order.is_swapped,
    )
    assert len(data.sealed_test) == report.test.raw.num_windows
    assert report.validation.calibrated.log_loss <= report.validation.raw.log_loss


@dataclass(frozen=True)
class Counting:
    """Counts the windows that a forecaster forecasts."""

    forecaster: object
    asked: list[int] = field(default_factory=list)

    def quantiles(self, past):
        self.asked.append(len(past.cutoff_rows))
        return self.forecaster.quantiles(past)


def test_each_window_of_validation_and_test_is_forecast_once():
    data = cut(FORWARD)
    counting = Counting(BASELINES["anchor"].fit(data.train, LEVELS, 0))

    evaluate_implied_actions(counting, data, levels=LEVELS)

    assert len(data.validation) + len(data.sealed_test) == sum(counting.asked)


def test_a_random_market_is_not_traded():
    traded = []
    for seed in range(8):
        data = cut(FORWARD, synthetic_prices(sessions=900, seed=seed))
        fitted = BASELINES["anchor"].fit(data.train, LEVELS, 0)
        traded.append(
            evaluate_implied_actions(fitted, data, levels=LEVELS).tuning.thresholds != NO_TRADE
        )

    assert sum(traded) <= 2


@dataclass(frozen=True)
class Oracle:
    """Forecasts the true drift of returns that follow yesterday's sign."""

    drift: float

    def quantiles(self, past):
        scale = past.sigma[past.cutoff_rows][:, None, None] * np.ones((past.horizon, 1))
        mean = self.drift * np.sign(past.returns[past.cutoff_rows])[:, None, None]
        return mean + scale * norm.ppf(LEVELS)


def test_a_true_edge_is_traded_and_gains_out_of_sample():
    rng = np.random.default_rng(11)
    returns = np.zeros(2000)
    for row in range(1, 2000):
        returns[row] = 0.006 * np.sign(returns[row - 1] or 1) + rng.normal(0, 0.01)
    close = 100 * np.exp(returns.cumsum())
    columns = dict.fromkeys(("open", "high", "low", "close", "adj_close"), close)
    sessions = synthetic_prices(sessions=2000).sessions
    bars = Bars.from_columns(sessions, {**columns, "volume": np.full(2000, 1e6)})
    market = replace(synthetic_prices(sessions=2000), bars=bars)
    data = cut(FORWARD.replace(horizon=1), market)

    report = evaluate_implied_actions(
        Oracle(0.006), data, levels=LEVELS, terms=DecisionSettings(cost=0.002)
    )

    assert report.tuning.thresholds.is_trading
    assert report.test_earnings.decided.low > 0
    assert report.test_earnings.over_always.low > 0
    assert report.test.raw.mcc > 0.1


def _said(prices: Prices, data, fitted):
    return forecaster_action_probabilities(
        fitted, data, levels=LEVELS, cost=0.001, threshold_sigmas=0.5
    )


def test_implied_actions_do_not_change_with_the_unit_of_prices():
    prices = synthetic_prices(sessions=700, seed=5)
    said = []
    for market in (prices, rescale_prices(prices, 4.0)):
        data = cut(FORWARD, market)
        fitted = BASELINES["rolling_250"].fit(data.train, LEVELS, 0)
        said.append(_said(market, data.sealed_test, fitted))

    np.testing.assert_array_equal(*said)


def test_implied_actions_do_not_depend_on_later_prices():
    prices = synthetic_prices(sessions=700, seed=5)
    data = cut(FORWARD, prices)
    fitted = BASELINES["rolling_250"].fit(data.train, LEVELS, 0)
    chosen = data.sealed_test.take(np.array([3]))
    earlier = make_dataset(
        [prices.up_to(prices.sessions[int(chosen.cutoff_rows[0])])],
        features=FORWARD.features,
        lookback=FORWARD.lookback,
        horizon=FORWARD.horizon,
        split=FORWARD.split,
        scaler=data.scaler,
    )

    full = _said(prices, chosen, fitted)

    np.testing.assert_array_equal(full, _said(prices, earlier.live, fitted))
