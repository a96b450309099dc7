"""Checkpoints: a training in parts is the training in one, to the last bit."""

import json
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from pregao.dataset import Dataset
from pregao.errors import DeviceUnavailableError
from pregao.testing import synthetic_prices
from pregao.training import (
    Actions,
    Epoch,
    Experiment,
    FittedNetwork,
    PartialTraining,
    datasets_for,
    find_device,
    finish,
    fitted_from_checkpoint,
    train,
    train_until,
)
from pregao.zoo.networks import PatchTransformer, Recurrent, Stack

PRICES = synthetic_prices(sessions=400, seed=6)
EPOCHS = 5
LSTM = Stack(layers=(Recurrent(cell="lstm", width=8),))
BATCH_NORM = Stack(
    layers=(Recurrent(cell="gru", width=8), Recurrent(cell="gru", width=8, norm="batch"))
)
TRANSFORMER = PatchTransformer(
    patch_sessions=4, stride_sessions=2, width=8, heads=2, depth=1, feed_forward=16
)
# A rate so high that it is halved again and again, and a patience that sees it through.
BASE = Experiment(
    symbols=("TEST3",),
    features=("return", "log_sigma", "close"),
    lookback=8,
    horizon=3,
    network=LSTM,
    epochs=EPOCHS,
    patience=50,
    plateau_patience=1,
    learning_rate=0.2,
    batch_size=32,
    dropout=0.3,
)
ADAM = {"optimiser": "adam", "weight_decay": 1e-4}
BALANCED = Actions(sampler="balanced", class_weights="balanced")
EXPERIMENTS = {
    "lstm": BASE,
    "lstm, points, adam": BASE.replace(loss="mse", **ADAM),
    "gru, batch norm": BASE.replace(network=BATCH_NORM),
    "gru, batch norm, adam, no average": BASE.replace(network=BATCH_NORM, averaging=0.0, **ADAM),
    "transformer": BASE.replace(network=TRANSFORMER),
    "transformer, points": BASE.replace(network=TRANSFORMER, loss="mse"),
    "actions": BASE.replace(actions=BALANCED),
    "actions, last simple return, adam": BASE.replace(
        actions=BALANCED, loss="mse", target="simple_return", steps="last", **ADAM
    ),
    "close": BASE.replace(target="close", scaling="min_max", loss="mae", clip_norm=0.0),
    "stops early": BASE.replace(patience=2, min_delta=10.0),
}
EXPLOSIVE = BASE.replace(
    network="lstm_classic", activation="exponential", learning_rate=10.0, epochs=20, clip_norm=0.0
)


@cache
def dataset(experiment: Experiment) -> Dataset:
    return datasets_for([PRICES], [experiment])[experiment.window_settings]


@cache
def in_one(name: str) -> FittedNetwork:
    return finish(train(EXPERIMENTS[name], dataset(EXPERIMENTS[name])))


def in_parts(experiment: Experiment, stops: list[int]) -> PartialTraining:
    """Advance to each of these epochs and then to the end, from bytes alone."""
    checkpoint = None
    for stop in [*stops, experiment.epochs]:
        advanced = train_until(experiment, dataset(experiment), until=stop, checkpoint=checkpoint)
        checkpoint = advanced.checkpoint
    return advanced


def timeless(epochs: tuple[Epoch, ...]) -> list[dict[str, object]]:
    return [each.model_dump(exclude={"seconds"}) for each in epochs]


@pytest.mark.parametrize("name", EXPERIMENTS)
@settings(max_examples=5)
@given(stops=st.sets(st.integers(0, EPOCHS - 1)))
def test_a_training_in_parts_is_the_training_in_one(name: str, stops: set[int]):
    experiment = EXPERIMENTS[name]

    parts = in_parts(experiment, sorted(stops))
    again = fitted_from_checkpoint(experiment, dataset(experiment), parts.checkpoint)

    assert in_one(name).digest == again.digest
    assert timeless(in_one(name).epochs) == timeless(parts.epochs) == timeless(again.epochs)
    assert in_one(name).outcome == parts.outcome == again.outcome
    assert in_one(name).anchor.tobytes() == again.anchor.tobytes()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_epoch_at_a_time_is_the_training_in_one(name: str):
    experiment = EXPERIMENTS[name]

    parts = in_parts(experiment, list(range(EPOCHS)))

    assert timeless(in_one(name).epochs) == timeless(parts.epochs)


def test_the_trainings_compared_do_halve_their_rate_and_do_stop_early():
    halved = [name for name in EXPERIMENTS if in_one(name).epochs[-1].learning_rate < 0.2]

    # Halvings in between are what a checkpoint could lose.
    assert len(halved) >= 7
    assert "stopped early" == in_one("stops early").outcome
    assert {"finished", "stopped early"} == {in_one(name).outcome for name in EXPERIMENTS}


def test_other_trainings_in_between_change_nothing():
    first, second = (EXPERIMENTS[name] for name in ("lstm", "transformer"))
    a = train_until(first, dataset(first), until=2)
    b = train_until(second, dataset(second), until=1)
    torch.rand(7)

    a = train_until(first, dataset(first), until=EPOCHS, checkpoint=a.checkpoint)
    b = train_until(second, dataset(second), until=EPOCHS, checkpoint=b.checkpoint)

    assert timeless(in_one("lstm").epochs) == timeless(a.epochs)
    assert timeless(in_one("transformer").epochs) == timeless(b.epochs)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_going_on_after_the_end_changes_nothing(name: str):
    experiment = EXPERIMENTS[name]
    ended = in_parts(experiment, [])

    further = train_until(experiment, dataset(experiment), until=1000, checkpoint=ended.checkpoint)

    assert ended.outcome == further.outcome is not None
    assert ended.epochs == further.epochs
    assert ended.checkpoint == further.checkpoint


def test_going_to_an_epoch_that_is_past_changes_nothing():
    stopped = train_until(BASE, dataset(BASE), until=3)

    again = train_until(BASE, dataset(BASE), until=1, checkpoint=stopped.checkpoint)

    assert stopped.epochs == again.epochs
    assert stopped.checkpoint == again.checkpoint


def test_a_training_that_could_go_on_has_no_outcome():
    assert train_until(BASE, dataset(BASE), until=0).outcome is None
    assert train_until(BASE, dataset(BASE), until=EPOCHS - 1).outcome is None
    assert "finished" == train_until(BASE, dataset(BASE), until=EPOCHS).outcome
    nothing = BASE.replace(epochs=0)
    assert "finished" == train_until(nothing, dataset(nothing), until=0).outcome


@pytest.mark.parametrize("stop", range(EPOCHS))
def test_what_is_restored_is_the_best_so_far(stop: int):
    training = train(BASE, dataset(BASE))
    epochs = [next(training) for _ in range(stop + 1)]
    best = min(epochs, key=lambda each: each.validation_loss).number
    checkpoint = train_until(BASE, dataset(BASE), until=stop).checkpoint

    found = fitted_from_checkpoint(BASE, dataset(BASE), checkpoint)

    shorter = finish(train(BASE.replace(epochs=best), dataset(BASE)))
    assert best == found.best_epoch
    assert shorter.digest == found.digest


def test_a_checkpoint_is_safetensors_and_json():
    checkpoint = train_until(BASE, dataset(BASE), until=2).checkpoint

    tensors = load(checkpoint)

    assert {"module", "average", "best", "optimiser", "shuffle", "dropout"} == {
        name.split("/")[0] for name in tensors
    }
    header = json.loads(checkpoint[8 : 8 + int.from_bytes(checkpoint[:8], "little")])
    assert [0, 1, 2] == [
        each["number"] for each in json.loads(header["__metadata__"]["progress"])["epochs"]
    ]


@pytest.mark.parametrize("step", [1, 2, 20])
def test_a_training_that_diverges_ends_with_finite_weights(step: int):
    stops = list(range(0, EXPLOSIVE.epochs, step))
    whole = finish(train(EXPLOSIVE, dataset(EXPLOSIVE)))

    parts = in_parts(EXPLOSIVE, stops)
    kept = fitted_from_checkpoint(EXPLOSIVE, dataset(EXPLOSIVE), parts.checkpoint)

    assert "diverged" == parts.outcome == kept.outcome
    assert len(parts.epochs) < EXPLOSIVE.epochs
    assert all(np.isfinite(value).all() for value in kept.state.values())
    assert np.isfinite(kept.quantiles(dataset(EXPLOSIVE).validation)).all()
    assert whole.digest == kept.digest
    assert timeless(whole.epochs) == timeless(kept.epochs)


def test_the_seconds_of_all_parts_add_up():
    stopped = train_until(BASE, dataset(BASE), until=2)

    ended = train_until(BASE, dataset(BASE), until=EPOCHS, checkpoint=stopped.checkpoint)

    assert stopped.epochs == ended.epochs[:3]
    whole = fitted_from_checkpoint(BASE, dataset(BASE), ended.checkpoint)
    assert sum(each.seconds for each in ended.epochs) == pytest.approx(whole.seconds)


def test_the_processor_is_there_and_auto_finds_something():
    assert "cpu" == find_device("cpu").type
    assert find_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_auto_trains():
    result = finish(train(BASE.replace(epochs=1), dataset(BASE), device="auto"))

    assert [0, 1] == [each.number for each in result.epochs]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_refused_with_what_there_is():
    for started in (
        lambda: next(train(BASE, dataset(BASE), device="cuda")),
        lambda: train_until(BASE, dataset(BASE), until=1, device="cuda"),
    ):
        with pytest.raises(DeviceUnavailableError) as caught:
            started()

        assert "cuda" in str(caught.value)
        assert "found: cpu" in str(caught.value)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_gpu_trains_to_about_the_same_loss(name: str):
    experiment = EXPERIMENTS[name].replace(learning_rate=1e-3, dropout=0.0)

    ours, theirs = (
        finish(train(experiment, dataset(experiment), device=device)) for device in ("cpu", "cuda")
    )

    assert ours.epochs[0].validation_loss == pytest.approx(theirs.epochs[0].validation_loss, 1e-4)
    assert ours.epochs[-1].train_loss == pytest.approx(theirs.epochs[-1].train_loss, rel=0.02)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_training_goes_on_on_its_gpu():
    stopped = train_until(BASE, dataset(BASE), until=2, device="cuda")

    ended = train_until(
        BASE, dataset(BASE), until=EPOCHS, checkpoint=stopped.checkpoint, device="cuda"
    )

    assert EPOCHS == ended.epochs[-1].number
    assert np.isfinite(
        fitted_from_checkpoint(BASE, dataset(BASE), ended.checkpoint).quantiles(
            dataset(BASE).validation
        )
    ).all()
