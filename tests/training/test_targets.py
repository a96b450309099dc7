"""Targets and heads: what a network is taught, and how what it says is read back."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load
from sklearn.metrics import balanced_accuracy_score, log_loss

from pregao.dataset import ACTIONS, Dataset, live_windows
from pregao.prices import Bars, Prices
from pregao.testing import randomise_after, rescale_prices, synthetic_prices
from pregao.training import (
    LEVELS,
    Actions,
    Experiment,
    FittedNetwork,
    datasets_for,
    finish,
    train,
    train_until,
)
from pregao.training._head import Criterion, focal_loss
from pregao.training._loop import Loop
from pregao.training._targets import action_targets, class_weights, price_targets, quantiles_of
from pregao.zoo.baselines import anchor_quantiles
from pregao.zoo.networks import PerStep, Recurrent, Stack

PRICES = synthetic_prices(sessions=500, seed=5)
MEDIAN = LEVELS.index(0.5)
BASE = Experiment(
    symbols=("TEST3",),
    features=("close", "return", "log_sigma"),
    lookback=6,
    horizon=4,
    network=Stack(layers=(Recurrent(cell="lstm", width=8),)),
    loss="mse",
    epochs=2,
    learning_rate=1e-2,
    dropout=0.0,
)
CLOSE = BASE.replace(target="close", scaling="min_max")
SIMPLE = BASE.replace(target="simple_return")
POINTS = {
    "scaled return": BASE,
    "last scaled return": BASE.replace(steps="last"),
    "simple return": SIMPLE,
    "last simple return": SIMPLE.replace(steps="last"),
    "close": CLOSE,
    "last close": CLOSE.replace(steps="last"),
    "close, standard": CLOSE.replace(scaling="standard"),
    "close, unscaled": CLOSE.replace(scaling="none"),
}


def cut(experiment: Experiment, prices: Prices = PRICES) -> Dataset:
    return datasets_for([prices], [experiment])[experiment.window_settings]


@cache
def trained(name: str) -> FittedNetwork:
    return finish(train(POINTS[name], cut(POINTS[name])))


@cache
def talkative(name: str) -> FittedNetwork:
    """Give a network that says something else of every window, whether that helped or not."""
    rng = np.random.default_rng(0)
    state = trained(name).state
    last = "network.last.weight"
    said = rng.normal(0, 0.3, state[last].shape).astype(np.float32)
    return replace(trained(name), state={**state, last: said})


def anchor_of(data: Dataset) -> np.ndarray:
    return anchor_quantiles(data.train.targets, LEVELS).astype(np.float32)


def medians(experiment: Experiment, data: Dataset, said: np.ndarray) -> np.ndarray:
    anchor = np.zeros_like(anchor_of(data))
    said = said.astype(np.float32)
    return quantiles_of(experiment, data.scaler, anchor, said, data.validation)[..., MEDIAN]


def test_the_close_target_is_the_scaled_close_of_each_session_ahead():
    data = cut(CLOSE)
    rows = data.validation.cutoff_rows
    first = data.train.cutoff_rows[0] - (CLOSE.lookback - 1)
    closes = PRICES.bars.adj_close / PRICES.bars.adj_close[0]
    seen = closes[first : data.train.cutoff_rows[-1] + 1]

    expected = [
        [(closes[row + step] - seen.min()) / (seen.max() - seen.min()) for step in (1, 2, 3, 4)]
        for row in rows
    ]

    np.testing.assert_allclose(expected, price_targets(CLOSE, data.validation), rtol=1e-6)


def test_the_simple_return_target_is_the_change_over_the_last_price():
    data = cut(SIMPLE)
    rows, closes = data.validation.cutoff_rows, PRICES.bars.adj_close

    expected = [[closes[row + step] / closes[row] - 1 for step in (1, 2, 3, 4)] for row in rows]

    found = price_targets(SIMPLE, data.validation)
    np.testing.assert_allclose(expected, found, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["scaled return", "simple return", "close"])
def test_the_last_step_alone_is_the_last_column(name: str):
    experiment, windows = POINTS[name], cut(POINTS[name]).validation

    last = price_targets(experiment.replace(steps="last"), windows)

    assert (len(windows), 1) == last.shape
    assert price_targets(experiment, windows)[:, -1:].tobytes() == last.tobytes()


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("factor", [4.0, 3.7])
def test_the_currency_changes_neither_targets_nor_forecasts(name: str, factor: float):
    experiment = POINTS[name]
    ours, theirs = cut(experiment), cut(experiment, rescale_prices(PRICES, factor))
    # Doubling is exact in binary; other factors round.
    tolerance = 0 if factor == 4.0 else 2e-5

    np.testing.assert_allclose(
        price_targets(experiment, ours.train),
        price_targets(experiment, theirs.train),
        rtol=tolerance,
        atol=tolerance,
    )
    np.testing.assert_allclose(
        talkative(name).quantiles(ours.validation),
        talkative(name).quantiles(theirs.validation),
        rtol=tolerance,
        atol=tolerance,
    )


@pytest.mark.parametrize("name", POINTS)
def test_a_forecast_is_the_same_bits_when_the_future_is_cut_off(name: str):
    experiment, data = POINTS[name], cut(POINTS[name])
    row = int(data.sealed_test.cutoff_rows[7])
    window = {
        "scaler": data.scaler,
        "lookback": experiment.lookback,
        "horizon": experiment.horizon,
    }

    full = talkative(name).quantiles(data.sealed_test.take(np.array([7])))

    cut_off = live_windows([PRICES.up_to(PRICES.sessions[row])], **window)
    assert full.tobytes() == talkative(name).quantiles(cut_off).tobytes()


@pytest.mark.parametrize("name", POINTS)
def test_training_reads_nothing_after_the_validation_part(name: str):
    experiment, data = POINTS[name], cut(POINTS[name])
    changed = randomise_after(PRICES, int(data.sealed_test.cutoff_rows[0]) - 1)

    again = finish(train(experiment, cut(experiment, changed)))

    assert trained(name).digest == again.digest
    assert losses(trained(name)) == losses(again)


def losses(fitted: FittedNetwork) -> list[tuple[float, float]]:
    return [(each.train_loss, each.validation_loss) for each in fitted.epochs]


@pytest.mark.parametrize("name", ["close", "last close", "close, standard", "close, unscaled"])
def test_saying_the_scaled_last_close_is_forecasting_the_last_price(name: str):
    experiment, data = POINTS[name], cut(POINTS[name])
    last = data.validation.inputs[:, -1, data.scaler.features.index("close"), None]
    num_steps = experiment.num_price_outputs

    found = medians(experiment, data, np.repeat(last, num_steps, axis=1))

    assert 0 == np.abs(found).max()


@pytest.mark.parametrize("name", POINTS)
def test_saying_the_target_is_forecasting_what_came(name: str):
    experiment, data = POINTS[name], cut(POINTS[name])
    steps = [0, 1, 2, 3] if experiment.steps == "each" else [3]

    found = medians(experiment, data, price_targets(experiment, data.validation))

    np.testing.assert_allclose(
        data.validation.future_returns[:, steps], found[:, steps], rtol=1e-4, atol=2e-6
    )


@pytest.mark.parametrize("name", [name for name in POINTS if "last" in name])
def test_the_steps_before_the_last_lie_on_a_straight_line(name: str):
    data = cut(POINTS[name])

    found = talkative(name).quantiles(data.validation)[..., MEDIAN]
    drawn = found - talkative(name).anchor[:, MEDIAN] * data.validation.scale

    expected = drawn[:, -1:] * np.array([0.25, 0.5, 0.75, 1.0])
    assert np.abs(drawn[:, -1]).max() > 0
    np.testing.assert_allclose(expected, drawn, atol=1e-12)


@pytest.mark.parametrize("name", POINTS)
@given(point=st.floats(-1e6, 1e6, width=32))
def test_whatever_a_network_says_quantiles_are_finite_and_do_not_cross(name: str, point: float):
    experiment, data = POINTS[name], cut(POINTS[name])
    said = np.full((len(data.validation), experiment.num_price_outputs), point, np.float32)

    found = quantiles_of(experiment, data.scaler, anchor_of(data), said, data.validation)

    assert (len(data.validation), 4, len(LEVELS)) == found.shape
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=-1) >= 0).all()


def test_a_close_target_is_not_capped():
    experiment = CLOSE.replace(scaling="standard")
    columns = dict(PRICES.bars.columns)
    boom = np.where(np.arange(len(PRICES)) > 400, 50.0, 1.0)
    for name in ("open", "high", "low", "close", "adj_close"):
        columns[name] = columns[name] * boom
    data = cut(experiment, replace(PRICES, bars=Bars.from_columns(PRICES.sessions, columns)))

    assert price_targets(experiment, data.sealed_test).max() > 100
    assert data.scaler.cap is None
    assert 6.0 == cut(SIMPLE).scaler.cap


def focal_by_numpy(logits, labels, weights, gamma):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = (exponentials / exponentials.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]
    return (weights[labels] * (1 - p) ** gamma * -np.log(p)).mean()


@given(
    gamma=st.floats(0, 5, width=32),
    seed=st.integers(0, 1000),
    weights=st.lists(st.floats(0, 10, width=32), min_size=3, max_size=3),
)
def test_focal_loss_equals_an_independent_formula(gamma: float, seed: int, weights: list[float]):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(0, 3, (50, 3)), rng.integers(0, 3, 50)

    expected = focal_by_numpy(logits, labels, np.array(weights), gamma)

    found = focal_loss(
        torch.from_numpy(logits),
        torch.from_numpy(labels),
        torch.tensor(weights, dtype=torch.float64),
        gamma=gamma,
    )
    assert expected == pytest.approx(float(found), rel=1e-9, abs=1e-12)


def test_focal_loss_without_focus_is_the_weighted_cross_entropy_of_scikit_learn():
    rng = np.random.default_rng(2)
    logits, labels = torch.from_numpy(rng.normal(0, 2, (80, 3))), rng.integers(0, 3, 80)
    weights = np.array([0.5, 2.0, 4.0])

    expected = log_loss(
        labels, logits.softmax(-1).numpy(), sample_weight=weights[labels], labels=[0, 1, 2]
    )

    found = focal_loss(logits, torch.from_numpy(labels), torch.from_numpy(weights), gamma=0.0)
    # Scikit-learn divides by the weights, focal loss by the windows.
    assert expected == pytest.approx(float(found) / weights[labels].mean(), rel=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("logit", [0.0, 15.0, 17.0, 30.0, 200.0])
@pytest.mark.parametrize("label", [0, 1])
def test_the_gradient_of_focal_loss_is_finite_however_sure(gamma: float, logit: float, label: int):
    logits = torch.tensor([[logit, 0.0, 0.0]], requires_grad=True)

    focal_loss(logits, torch.tensor([label]), torch.ones(3), gamma=gamma).backward()

    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_balanced_weights_make_actions_count_alike():
    labels = np.repeat([0, 1, 2], [5, 15, 80])

    weights = class_weights(labels)

    np.testing.assert_allclose([100 / 15, 100 / 45, 100 / 240], weights, rtol=1e-6)
    totals = [weights[labels][labels == action].sum() for action in range(3)]
    np.testing.assert_allclose([100 / 3] * 3, totals, rtol=1e-5)
    assert weights[labels].mean() == pytest.approx(1)


def test_an_action_that_is_absent_weighs_nothing_and_the_others_still_average_one():
    labels = np.repeat([0, 2], [20, 60])

    weights = class_weights(labels)

    assert 0 == weights[1]
    assert weights[labels].mean() == pytest.approx(1)


RULE = Actions(labels="rule", cost=0.0)


@pytest.mark.parametrize("labels", ["forward", "rule"])
def test_the_balanced_sampler_draws_each_action_equally_often(labels: str):
    prices = synthetic_prices(sessions=1500, seed=3)
    experiment = BASE.replace(actions=RULE.replace(labels=labels, sampler="balanced"))
    data = cut(experiment, prices)
    loop = Loop.of(experiment, data, anchor_of(data), torch.device("cpu"))
    present = np.unique(action_targets(experiment, data.train))

    drawn = np.concatenate([loop.train.labels[loop.order()].numpy() for _ in range(20)])

    counts = np.bincount(drawn, minlength=3)[present]
    # Six standard deviations of a binomial count.
    share = 1 / len(present)
    bound = 6 * np.sqrt(len(drawn) * share * (1 - share))
    assert set(present) == set(np.unique(drawn))
    assert np.abs(counts - len(drawn) * share).max() < bound
    assert len(present) == 3


def test_the_uniform_sampler_takes_each_window_once():
    data = cut(BASE)
    loop = Loop.of(BASE, data, anchor_of(data), torch.device("cpu"))

    first, second = loop.order().tolist(), loop.order().tolist()

    assert list(range(len(data.train))) == sorted(first) == sorted(second)
    assert first != second


def test_training_goes_on_where_only_one_action_was_right():
    actions = Actions(threshold_sigmas=10.0, class_weights="balanced", sampler="balanced")
    experiment = BASE.replace(actions=actions)
    data = cut(experiment)

    assert {2} == set(action_targets(experiment, data.train).tolist())
    result = finish(train(experiment, data))
    assert np.isfinite([each.validation_loss for each in result.epochs]).all()


@pytest.mark.parametrize("loss", ["pinball", "mse"])
def test_probabilities_of_actions_sum_to_one(loss: str):
    experiment = BASE.replace(loss=loss, actions=Actions())
    data = cut(experiment)

    result = finish(train(experiment, data))
    found = result.action_probabilities(data.validation)

    assert (len(data.validation), len(ACTIONS)) == found.shape
    np.testing.assert_allclose(1, found.sum(axis=1), rtol=1e-12)
    assert (found > 0).all()
    assert (0, 3) == result.action_probabilities(data.validation.take(slice(0, 0))).shape


def test_an_untrained_network_finds_all_actions_alike():
    experiment = BASE.replace(actions=Actions(), epochs=0)
    data = cut(experiment)

    found = finish(train(experiment, data)).action_probabilities(data.validation)

    np.testing.assert_allclose(1 / 3, found, rtol=1e-12)


def test_an_action_does_not_change_with_what_comes_after():
    experiment = BASE.replace(actions=Actions())
    data = cut(experiment)
    result = finish(train(experiment, data))
    row = int(data.sealed_test.cutoff_rows[3])
    live = live_windows(
        [PRICES.up_to(PRICES.sessions[row])],
        scaler=data.scaler,
        lookback=experiment.lookback,
        horizon=experiment.horizon,
    )

    full = result.action_probabilities(data.sealed_test.take(np.array([3])))

    assert full.tobytes() == result.action_probabilities(live).tobytes()


TECHNICAL = BASE.replace(
    features=("rsi_14", "macd", "volume_change", "price_momentum_5"),
    lookback=1,
    network=Stack(layers=(PerStep(width=64), PerStep(width=64))),
    epochs=40,
    patience=40,
    plateau_patience=40,
    averaging=0.0,
    actions=RULE.replace(sampler="balanced", focus=0.0),
)


def test_a_network_of_two_tasks_learns_the_rule():
    prices = synthetic_prices(sessions=1500, seed=3)
    data = cut(TECHNICAL, prices)
    labels = action_targets(TECHNICAL, data.train)

    said = finish(train(TECHNICAL, data)).action_probabilities(data.train).argmax(axis=1)

    assert {0, 1, 2} == set(labels.tolist())
    assert balanced_accuracy_score(labels, said) > 0.9


@pytest.mark.parametrize(("weight", "price_weight"), [(20.0, 50.0), (1.0, 0.0), (0.0, 1.0)])
def test_the_loss_of_two_tasks_is_their_weighted_sum(weight: float, price_weight: float):
    rng = np.random.default_rng(0)
    actions = Actions(weight=weight, price_weight=price_weight, focus=2.0)
    price, targets = (rng.normal(size=(30, 4)).astype(np.float32) for _ in range(2))
    logits, labels = rng.normal(size=(30, 3)).astype(np.float32), rng.integers(0, 3, 30)

    expected = weight * focal_by_numpy(logits, labels, np.ones(3), 2.0)
    expected += price_weight * ((price - targets) ** 2).mean()

    found = Criterion(BASE.replace(actions=actions), torch.ones(3))(
        (torch.from_numpy(price), torch.from_numpy(logits)),
        torch.from_numpy(targets),
        torch.from_numpy(labels),
    )
    assert expected == pytest.approx(float(found), rel=1e-5)


@pytest.mark.parametrize("learnt", ["price", "action"])
def test_a_task_of_weight_zero_is_not_learnt(learnt: str):
    weights = {"price": (0.0, 1.0), "action": (1.0, 0.0)}[learnt]
    actions = Actions(weight=weights[0], price_weight=weights[1])
    experiment = BASE.replace(actions=actions, averaging=0.0, weight_decay=0.0)
    data = cut(experiment)
    # The last layer starts at zero, and only a task with a weight moves it.
    last = load(train_until(experiment, data, until=2).checkpoint)["module/network.last.weight"]

    moved = {"price": np.abs(last[:4]).max() > 0, "action": np.abs(last[4:]).max() > 0}

    assert [learnt] == [name for name, has_moved in moved.items() if has_moved]
