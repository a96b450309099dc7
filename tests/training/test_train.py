"""Training: starts at the anchor, keeps only what helps, gives the same bits again."""

from collections.abc import Generator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_pinball_loss

from pregao.dataset import Dataset, Split, live_windows, make_dataset
from pregao.prices import Bars
from pregao.scores import observed_outcomes, window_crps
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Epoch, Experiment, FittedNetwork, finish, train, untrained
from pregao.training._head import Criterion, QuantileHead
from pregao.zoo.baselines import BASELINES, anchor_quantiles
from pregao.zoo.networks import ZOO

PRICES = synthetic_prices(sessions=700, seed=11)
SMALL = Experiment(
    symbols=("TEST3",),
    network="lstm_small",
    lookback=12,
    horizon=3,
    epochs=3,
    learning_rate=5e-3,
    dropout=0.1,
)


@cache
def dataset(lookback: int = 12, horizon: int = 3) -> Dataset:
    return make_dataset(
        [PRICES], features=SMALL.features, lookback=lookback, horizon=horizon, split=Split()
    )


@cache
def fitted() -> FittedNetwork:
    return finish(train(SMALL, dataset()))


@pytest.mark.parametrize("name", ZOO)
def test_an_untrained_network_forecasts_what_the_anchor_forecasts(name: str):
    data = dataset(lookback=16)
    experiment = SMALL.replace(network=name, lookback=16, epochs=0)
    anchor = BASELINES["anchor"].fit(data.train, LEVELS, 0)

    network = finish(train(experiment, data))

    np.testing.assert_allclose(
        anchor.quantiles(data.validation), network.quantiles(data.validation), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_an_untrained_point_network_forecasts_the_last_price(loss: str):
    data = dataset()

    network = finish(train(SMALL.replace(loss=loss, epochs=0), data))

    assert 0 == np.abs(network.quantiles(data.validation)[..., LEVELS.index(0.5)]).max()


def test_the_same_seed_gives_the_same_weights_whatever_else_draws_and_runs():
    expected = fitted().digest
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    first, second = train(SMALL, dataset()), train(SMALL, dataset())

    digests = interleaved(first, second)

    torch.set_num_threads(threads)
    assert [expected, expected] == digests


def interleaved(*trainings: Generator[Epoch, None, FittedNetwork]) -> list[str]:
    """Advance trainings in turn, drawing from the global generator in between."""
    digests = {}
    while len(digests) < len(trainings):
        for place, training in enumerate(trainings):
            torch.rand(3)
            try:
                next(training)
            except StopIteration as end:
                digests.setdefault(place, end.value.digest)
    return [digests[place] for place in range(len(trainings))]


def test_training_leaves_the_global_random_state_alone():
    before = torch.get_rng_state()

    finish(train(SMALL.replace(epochs=1), dataset()))

    assert torch.equal(before, torch.get_rng_state())


def test_another_seed_gives_other_weights():
    assert fitted().digest != finish(train(SMALL.replace(seed=1), dataset())).digest


def test_the_first_epoch_is_the_anchor_and_the_best_is_never_worse():
    epochs = fitted().epochs

    assert [0, 1, 2, 3] == [each.number for each in epochs]
    best = epochs[fitted().best_epoch].validation_loss
    assert best == min(each.validation_loss for each in epochs)


def test_a_network_that_only_gets_worse_returns_the_anchor():
    data = dataset()
    awful = finish(train(SMALL.replace(learning_rate=10.0, epochs=2), data))
    anchor = BASELINES["anchor"].fit(data.train, LEVELS, 0)

    assert 0 == awful.best_epoch
    assert ["LRN002"] == [each.code for each in awful.findings if each.code == "LRN002"]
    np.testing.assert_allclose(
        anchor.quantiles(data.validation), awful.quantiles(data.validation), rtol=1e-5, atol=1e-7
    )


def test_training_stops_when_its_patience_ends():
    stopped = finish(train(SMALL.replace(learning_rate=10.0, epochs=9, patience=2), dataset()))

    assert "stopped early" == stopped.outcome
    assert 3 == len(stopped.epochs)


def test_the_rate_is_halved_on_a_plateau():
    rates = [
        each.learning_rate
        for each in train(
            SMALL.replace(learning_rate=8.0, epochs=5, patience=9, plateau_patience=1), dataset()
        )
    ]

    assert 8.0 == rates[1]
    assert rates[-1] < 8.0


def test_a_loss_that_is_not_finite_ends_the_training_with_the_best_finite_weights():
    explosive = SMALL.replace(
        network="lstm_classic",
        activation="exponential",
        learning_rate=10.0,
        epochs=20,
        clip_norm=1e9,
    )

    diverged = finish(train(explosive, dataset()))

    assert "diverged" == diverged.outcome
    assert "LRN003" in [each.code for each in diverged.findings]
    assert all(np.isfinite(value).all() for value in diverged.state.values())
    assert np.isfinite(diverged.quantiles(dataset().validation)).all()


def test_a_training_can_be_cancelled_between_epochs():
    training = train(SMALL.replace(epochs=1000, patience=1000), dataset())
    seen = [next(training).number, next(training).number]
    training.close()

    assert [0, 1] == seen


def test_training_learns_what_there_is_to_learn():
    data = dataset()
    longer = finish(train(SMALL.replace(epochs=15, dropout=0.0), data))

    assert longer.epochs[-1].train_loss < 0.97 * longer.epochs[0].train_loss


def test_the_validation_loss_is_the_crps_in_units_of_sigma():
    data = dataset()
    quantiles = fitted().quantiles(data.validation) / data.validation.scale[..., None]
    error = data.validation.targets[..., None] - quantiles
    levels = np.array([0, *LEVELS, 1.0])
    pinball = np.maximum(np.array(LEVELS) * error, (np.array(LEVELS) - 1) * error)

    expected = (pinball * (levels[2:] - levels[:-2])).sum(-1).mean()

    best = fitted().epochs[fitted().best_epoch]
    assert expected == pytest.approx(best.validation_loss, rel=1e-5)


def test_training_minimises_the_crps_that_evaluation_reports():
    data = dataset()
    quantiles = fitted().quantiles(data.validation)

    reported = window_crps(quantiles, LEVELS, observed_outcomes([data.validation]))
    scaled = reported / data.validation.scale / 100

    best = fitted().epochs[fitted().best_epoch]
    assert scaled.mean() == pytest.approx(best.validation_loss, rel=1e-5)


def test_a_forecast_is_the_same_bits_when_the_future_is_cut_off():
    data = dataset()
    row = int(data.sealed_test.cutoff_rows[5])
    live = live_windows(
        [PRICES.up_to(PRICES.sessions[row])], scaler=data.scaler, lookback=12, horizon=3
    )

    full = fitted().quantiles(data.sealed_test.take(np.array([5])))

    assert full.tobytes() == fitted().quantiles(live).tobytes()


@given(raw=st.lists(st.floats(-50, 50), min_size=12, max_size=12))
def test_quantiles_never_cross_whatever_the_network_says(raw: list[float]):
    anchor = anchor_quantiles(dataset().train.targets, LEVELS).astype(np.float32)
    head = QuantileHead(torch.from_numpy(anchor))

    quantiles = head(torch.tensor([raw]))

    assert torch.isfinite(quantiles).all()
    assert (quantiles.diff(dim=-1) >= 0).all()


@given(raw=st.lists(st.floats(-3, 3), min_size=12, max_size=12))
def test_neighbouring_sessions_have_neighbouring_forecasts(raw: list[float]):
    anchor = torch.zeros(20, len(LEVELS)) + torch.linspace(-2, 2, len(LEVELS))

    change = QuantileHead(anchor)(torch.tensor([raw]))[0] - anchor

    # A curve of three terms turns at most once: along the steps the location has one extreme.
    moves = change[:, LEVELS.index(0.5)].diff()
    turns = (moves[1:].sign() * moves[:-1].sign() < 0) & (moves[1:].abs() > 1e-5)
    assert turns.sum() <= 1


def test_each_raw_output_changes_what_its_name_says():
    anchor = anchor_quantiles(dataset().train.targets, LEVELS).astype(np.float32)
    head = QuantileHead(torch.from_numpy(anchor))
    base = head(torch.zeros(1, 12))[0, 0]
    median = LEVELS.index(0.5)

    def changed(output: int) -> torch.Tensor:
        raw = torch.zeros(1, 12)
        raw[0, output] = 0.5
        return head(raw)[0, 0]

    location, width, skew, tails = (changed(output) for output in range(4))

    torch.testing.assert_close(base + 0.05, location)
    assert (width[-1] - width[0]) > (base[-1] - base[0])
    assert skew[-1] - skew[median] > base[-1] - base[median]
    assert skew[median] - skew[0] < base[median] - base[0]
    assert tails[-1] - tails[-2] > base[-1] - base[-2]
    assert tails[median + 1] - tails[median] < base[median + 1] - base[median]
    for other in (width, skew, tails):
        torch.testing.assert_close(base[median], other[median])


def test_points_are_the_medians_of_distributions_as_wide_as_the_anchor():
    experiment = SMALL.replace(loss="mse", epochs=2)
    anchor = BASELINES["anchor"].fit(dataset().train, LEVELS, 0).quantiles(dataset().validation)

    said = finish(train(experiment, dataset())).quantiles(dataset().validation)

    median = said[..., LEVELS.index(0.5), None]
    assert np.abs(median).max() > 0
    np.testing.assert_allclose(anchor, said - median, atol=1e-7)


def test_pinball_equals_an_independent_implementation():
    rng = np.random.default_rng(0)
    quantiles = np.sort(rng.normal(size=(40, 3, len(LEVELS))), axis=-1).astype(np.float32)
    targets = rng.normal(size=(40, 3)).astype(np.float32)
    edges = np.array([0, *LEVELS, 1.0])

    expected = sum(
        weight * mean_pinball_loss(targets.ravel(), quantiles[..., i].ravel(), alpha=level)
        for i, (level, weight) in enumerate(zip(LEVELS, edges[2:] - edges[:-2], strict=True))
    )

    found = Criterion(SMALL, torch.ones(3)).of_price(
        torch.from_numpy(quantiles), torch.from_numpy(targets)
    )
    assert expected == pytest.approx(float(found), rel=1e-5)


@pytest.mark.parametrize("loss", ["pinball", "mse", "mae", "huber"])
def test_every_loss_trains(loss: str):
    result = finish(train(SMALL.replace(loss=loss, epochs=2), dataset()))

    assert np.isfinite(result.epochs[-1].train_loss)
    assert result.epochs[-1].train_loss < result.epochs[0].train_loss


@pytest.mark.parametrize("loss", ["pinball", "mse"])
@pytest.mark.parametrize("horizon", [1, 2, 3, 10])
def test_the_declared_parameter_count_is_the_built_one(loss: str, horizon: int):
    experiment = SMALL.replace(loss=loss, horizon=horizon)
    anchor = np.linspace([-1.0] * horizon, [1.0] * horizon, len(LEVELS), axis=1, dtype=np.float32)

    built = untrained(experiment, anchor, num_features=10)

    assert experiment.num_parameters(10) == sum(each.numel() for each in built.parameters())


def test_a_drift_that_all_windows_share_is_learnt_in_an_epoch():
    rising = synthetic_prices(sessions=700, seed=11)
    growth = np.exp(0.004 * np.arange(len(rising)))
    columns = {
        name: column if name == "volume" else column * growth
        for name, column in rising.bars.columns.items()
    }
    rising = replace(rising, bars=Bars.from_columns(rising.sessions, columns))
    data = make_dataset([rising], features=SMALL.features, lookback=12, horizon=3, split=Split())

    learnt = finish(train(SMALL.replace(epochs=1, averaging=0.0, learning_rate=1e-2), data))

    median = learnt.quantiles(data.validation)[:, 2, LEVELS.index(0.5)]
    assert median.mean() > 0.3 * data.validation.future_returns[:, 2].mean() > 0


def test_batches_of_one_window_learn_too():
    result = finish(train(SMALL.replace(batch_size=1, epochs=1, averaging=0.0), dataset()))

    assert result.epochs[1].train_loss > 0
    assert result.epochs[1].train_loss != result.epochs[0].train_loss


def test_a_last_batch_of_one_window_does_not_stop_batch_normalisation():
    size = len(dataset().train) - 1

    result = finish(
        train(SMALL.replace(network="lstm_batch_norm", epochs=1, batch_size=size), dataset())
    )

    assert "finished" == result.outcome


PATIENT = SMALL.replace(learning_rate=2e-2, epochs=12, plateau_patience=12, averaging=0.0)


@pytest.mark.parametrize("min_delta", [0.0, 1e-4, 1e-3, 1e-2, 100.0])
@pytest.mark.parametrize("patience", [1, 2, 4])
def test_patience_counts_from_the_last_gain_of_min_delta(min_delta: float, patience: int):
    whole = finish(train(PATIENT.replace(patience=12), dataset())).epochs
    reference, waited, stop = whole[0].validation_loss, 0, PATIENT.epochs
    for each in whole[1:]:
        # A share of a millionth counts as nothing.
        if reference - each.validation_loss > max(min_delta, 1e-6 * reference):
            reference, waited = each.validation_loss, 0
        else:
            waited += 1
        if waited == patience:
            stop = each.number
            break

    found = finish(train(PATIENT.replace(patience=patience, min_delta=min_delta), dataset()))

    assert stop == found.epochs[-1].number
    assert ("stopped early" if waited == patience else "finished") == found.outcome


def test_the_best_epoch_is_kept_even_if_it_gained_less_than_min_delta():
    data = drifting()
    found = finish(train(SMALL.replace(min_delta=100.0, patience=3), data))

    losses = [each.validation_loss for each in found.epochs]
    assert "stopped early" == found.outcome
    assert 4 == len(losses)
    assert int(np.argmin(losses)) == found.best_epoch > 0


@cache
def drifting() -> Dataset:
    growth = np.exp(0.004 * np.arange(len(PRICES)))
    columns = {
        name: column if name == "volume" else column * growth
        for name, column in PRICES.bars.columns.items()
    }
    prices = replace(PRICES, bars=Bars.from_columns(PRICES.sessions, columns))
    return make_dataset([prices], features=SMALL.features, lookback=12, horizon=3, split=Split())


@pytest.mark.parametrize("target", ["scaled_return", "simple_return"])
def test_the_best_epoch_is_the_least_loss_whatever_its_scale(target: str):
    # The squared error of a simple return is itself a few ten-thousandths.
    experiment = SMALL.replace(
        loss="mse", target=target, epochs=8, patience=8, learning_rate=1e-3, averaging=0.0
    )

    found = finish(train(experiment, drifting()))

    losses = [each.validation_loss for each in found.epochs]
    best = losses[found.best_epoch]
    assert best <= min(losses) * (1 + 1e-6)
    assert best < losses[0]
