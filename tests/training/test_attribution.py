"""Integrated gradients: shares that add up, and that an independent sum agrees with."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from pregao.dataset import Dataset, Windows, live_windows
from pregao.errors import InvalidExperimentError
from pregao.testing import randomise_after, synthetic_prices
from pregao.training import (
    LEVELS,
    ActionProbability,
    Actions,
    Attribution,
    Ensemble,
    Experiment,
    FittedNetwork,
    MedianAt,
    WidthAt,
    attribute,
    datasets_for,
    default_quantities,
    finish,
    mean_input,
    train,
)
from pregao.training._train import rebuilt
from pregao.zoo.networks import ZOO, DLinear, Recurrent, Stack

PRICES = synthetic_prices(sessions=420, seed=31)
SMALL = Experiment(
    symbols=("TEST3",),
    features=("return", "log_sigma", "close"),
    lookback=6,
    horizon=4,
    network=Stack(layers=(Recurrent(cell="lstm", width=5),)),
    epochs=0,
    dropout=0.0,
)
POINTS = SMALL.replace(loss="mse")
KINDS = {
    "quantiles": SMALL,
    "quantiles, min_max": SMALL.replace(scaling="min_max"),
    "scaled return": POINTS,
    "last scaled return": POINTS.replace(steps="last"),
    "simple return": POINTS.replace(target="simple_return"),
    "last simple return": POINTS.replace(target="simple_return", steps="last"),
    "close": POINTS.replace(target="close", scaling="min_max"),
    "last close": POINTS.replace(target="close", steps="last"),
}
WHOLE = Experiment(symbols=("TEST3",), lookback=16, horizon=3, epochs=0)


@cache
def cut(experiment: Experiment) -> Dataset:
    return datasets_for([PRICES], [experiment])[experiment.window_settings]


@cache
def talkative(experiment: Experiment, seed: int = 0) -> FittedNetwork:
    """Give a network that says something else of every window, as training would have it."""
    fitted = finish(train(experiment.replace(seed=seed), cut(experiment)))
    last = "network.last.weight"
    said = np.random.default_rng(seed).normal(0, 0.3, fitted.state[last].shape)
    return replace(fitted, state={**fitted.state, last: said.astype(np.float32)})


def some(experiment: Experiment, count: int) -> Windows:
    validation = cut(experiment).validation
    return validation.take(np.linspace(0, len(validation) - 1, count).astype(np.intp))


def average_input(experiment: Experiment) -> np.ndarray:
    return mean_input(cut(experiment).train)


def explained(model, windows: Windows, quantities, **how) -> tuple[Attribution, ...]:
    reference = average_input(model.experiment)
    return attribute(model, windows, quantities, reference=reference, **how)


def assert_adds_up(found: Attribution, tolerance: float) -> None:
    difference = found.value - found.reference_value
    allowed = tolerance * np.abs(found.inputs).sum(axis=(1, 2))

    assert (np.abs(difference) > 0).any()
    assert (np.abs(difference - found.inputs.sum(axis=(1, 2))) <= allowed).all()


@pytest.mark.parametrize("name", ZOO)
def test_shares_of_every_network_add_up_to_what_it_says(name: str):
    experiment = WHOLE.replace(network=name)
    windows = some(experiment, 2)

    found = explained(talkative(experiment), windows, [WidthAt(step=3)], tolerance=5e-3)

    [width] = found
    assert (2, len(experiment.features), 16) == width.inputs.shape
    assert_adds_up(width, 5e-3)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_explained_is_what_is_forecast(name: str):
    experiment = KINDS[name]
    windows = some(experiment, 7)
    said = 100 * talkative(experiment).quantiles(windows)

    median, width = explained(
        talkative(experiment), windows, default_quantities(experiment, step=2)
    )

    np.testing.assert_allclose(said[:, 1, LEVELS.index(0.5)], median.value, rtol=1e-4, atol=1e-5)
    span = said[:, 1, LEVELS.index(0.95)] - said[:, 1, LEVELS.index(0.05)]
    np.testing.assert_allclose(span, width.value, rtol=1e-4)
    assert_adds_up(median, 1e-3)


@pytest.mark.parametrize("name", [name for name in KINDS if "quantiles" not in name])
def test_inputs_have_no_share_of_a_width_that_is_always_the_anchors(name: str):
    experiment = KINDS[name]

    [width] = explained(talkative(experiment), some(experiment, 3), [WidthAt(step=1)])

    assert 0 == np.abs(width.inputs).max()
    np.testing.assert_allclose(width.reference_value, width.value, rtol=1e-12)


def test_a_linear_network_has_exactly_weight_times_distance():
    experiment = POINTS.replace(network=DLinear(trend_sessions=3))
    fitted, windows = talkative(experiment), some(experiment, 4)
    module = rebuilt(fitted).double()
    units = torch.eye(6 * 3, dtype=torch.float64).view(-1, 6, 3)
    with torch.no_grad():
        slopes = (module(units) - module(torch.zeros_like(units)))[:, 2].view(6, 3).numpy()
    scale = 100 * windows.scale[:, 2]

    [median] = explained(fitted, windows, [MedianAt(step=3)], num_nodes=1)

    distance = windows.inputs.astype(np.float64) - average_input(experiment)
    expected = scale[:, None, None] * (slopes * distance).transpose(0, 2, 1)
    np.testing.assert_allclose(expected, median.inputs, rtol=1e-9, atol=1e-12)


def test_a_recurrent_network_agrees_with_a_sum_over_finite_differences():
    fitted, windows = talkative(SMALL), some(SMALL, 1)
    module = rebuilt(fitted).double()
    start = np.broadcast_to(average_input(SMALL), (6, 3))
    window = windows.inputs[0].astype(np.float64)
    low, high = LEVELS.index(0.05), LEVELS.index(0.95)

    def width(inputs: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            said = module(torch.from_numpy(inputs)).numpy()[:, 3]
        return 100 * windows.scale[0, 3] * (said[:, high] - said[:, low])

    # Midpoints of the path, and a central difference in each of the 18 directions.
    places = (np.arange(200) + 0.5) / 200
    path = start + places[:, None, None] * (window - start)
    nudges = 1e-5 * np.eye(18).reshape(18, 1, 6, 3)
    up, down = (width((path + sign * nudges).reshape(-1, 6, 3)) for sign in (1, -1))
    slopes = ((up - down) / 2e-5).reshape(18, 200).mean(axis=1).reshape(6, 3)
    expected = (slopes * (window - start)).T

    [found] = explained(fitted, windows, [WidthAt(step=4)])

    np.testing.assert_allclose(expected, found.inputs[0], rtol=1e-4, atol=1e-7)


def test_an_ensemble_has_the_weighted_shares_of_its_members():
    members = (talkative(SMALL, 1), talkative(SMALL, 2))
    ensemble = Ensemble(members, (0.3, 0.7), "stacked")
    windows, quantities = some(SMALL, 3), default_quantities(SMALL)
    said = 100 * ensemble.quantiles(windows)[:, 3, LEVELS.index(0.5)]

    together = explained(ensemble, windows, quantities)

    apart = [explained(each, windows, quantities) for each in members]
    for whole, first, second in zip(together, *apart, strict=True):
        np.testing.assert_allclose(
            0.3 * first.inputs + 0.7 * second.inputs, whole.inputs, rtol=1e-12, atol=1e-15
        )
        assert_adds_up(whole, 1e-3)
    np.testing.assert_allclose(said, together[0].value, rtol=1e-4, atol=1e-5)


def test_what_makes_one_action_likelier_makes_others_less_likely():
    experiment = SMALL.replace(actions=Actions())
    windows = some(experiment, 3)
    quantities = default_quantities(experiment)[2:]

    found = explained(talkative(experiment), windows, quantities)

    assert ["buy", "sell", "hold"] == [each.action for each in quantities]
    said = 100 * talkative(experiment).action_probabilities(windows)
    np.testing.assert_allclose(said, np.stack([each.value for each in found], axis=1), rtol=1e-4)
    np.testing.assert_allclose(0, sum(each.inputs for each in found), atol=1e-9)
    assert_adds_up(found[0], 1e-3)


def test_an_untrained_network_reads_nothing():
    fitted = finish(train(SMALL, cut(SMALL)))

    found = explained(fitted, some(SMALL, 3), default_quantities(SMALL))

    assert [0.0, 0.0] == [np.abs(each.inputs).max() for each in found]
    assert [0.0, 0.0] == [np.abs(each.gap).max() for each in found]


def test_a_feature_that_is_not_read_has_no_share():
    fitted = talkative(SMALL)
    first = "network.body.layers.0.cell.cell.weight_ih_l0"
    deaf = fitted.state[first].copy()
    deaf[:, 1] = 0
    fitted = replace(fitted, state={**fitted.state, first: deaf})

    [found] = explained(fitted, some(SMALL, 3), [WidthAt(step=4)])

    assert 0 == np.abs(found.inputs[:, 1]).max()
    assert np.abs(found.inputs[:, [0, 2]]).max() > 0


@pytest.mark.parametrize("name", KINDS)
def test_shares_are_the_same_bits_whatever_comes_after(name: str):
    experiment = KINDS[name]
    data = cut(experiment)
    row = int(data.sealed_test.cutoff_rows[5])
    window = {"scaler": data.scaler, "lookback": 6, "horizon": 4}

    def at_row(prices) -> list[bytes]:
        windows = replace(live_windows([prices], **window), cutoff_rows=np.array([row]))
        found = explained(talkative(experiment), windows, default_quantities(experiment))
        return [each.inputs.tobytes() for each in found]

    known = at_row(PRICES)

    assert known == at_row(PRICES.up_to(PRICES.sessions[row]))
    assert known == at_row(randomise_after(PRICES, row, seed=3))


def test_windows_do_not_change_each_others_shares():
    windows = some(SMALL, 9)

    [together] = explained(talkative(SMALL), windows, [WidthAt(step=4)])

    for place in range(9):
        alone = windows.take(slice(place, place + 1))
        [own] = explained(talkative(SMALL), alone, [WidthAt(step=4)])
        np.testing.assert_allclose(own.inputs[0], together.inputs[place], rtol=1e-9, atol=1e-12)


def test_too_few_nodes_leave_a_gap_that_is_told():
    experiment = WHOLE.replace(network="nhits")
    windows = some(experiment, 2)

    [rough] = explained(
        talkative(experiment), windows, [WidthAt(step=3)], num_nodes=1, most_nodes=1
    )
    [fine] = explained(talkative(experiment), windows, [WidthAt(step=3)], num_nodes=1)

    assert np.abs(rough.gap).max() > 5 * np.abs(fine.gap).max()


@pytest.mark.parametrize("step", [0, -1, 5])
def test_a_step_that_is_not_forecast_is_refused(step: int):
    with pytest.raises(InvalidExperimentError, match="give 1 to 4"):
        default_quantities(SMALL, step=step)


def test_the_last_step_and_every_action_are_explained_by_default():
    assert (MedianAt(step=4), WidthAt(step=4)) == default_quantities(SMALL)
    assert (
        ActionProbability(action="hold") == default_quantities(SMALL.replace(actions=Actions()))[-1]
    )


def test_the_average_input_is_that_of_every_row_that_training_held():
    experiment = SMALL.replace(symbols=("TEST3", "NVDA"), scaling="none")
    prices = [PRICES, synthetic_prices("NVDA", sessions=400, seed=2)]
    windows = datasets_for(prices, [experiment])[experiment.window_settings].train
    rows = {row - lag for row in windows.cutoff_rows.tolist() for lag in range(6)}

    expected = windows.table[sorted(rows)].astype(np.float64).mean(axis=0)

    np.testing.assert_allclose(expected, mean_input(windows), rtol=1e-12)


def test_with_standard_scaling_the_average_input_is_zero_but_for_the_cap():
    np.testing.assert_allclose(0, average_input(SMALL), atol=0.01)
