"""Training as a generator of epochs, and the fitted forecaster that it returns."""

import json
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save

from pregao.dataset import Dataset
from pregao.errors import DeviceUnavailableError
from pregao.training._epochs import Epoch, Outcome, PartialTraining, State
from pregao.training._experiment import LEVELS, DeviceName, Experiment
from pregao.training._fitted import FittedNetwork
from pregao.training._head import Headed
from pregao.training._loop import Loop, is_gain, one_thread
from pregao.training._prediction import rebuild
from pregao.zoo.baselines import anchor_quantiles

_CPU = torch.device("cpu")


def rebuilt(fitted: FittedNetwork) -> Headed:
    """Rebuild a trained network, ready to forecast."""
    return rebuild(fitted.experiment, fitted.scaler, fitted.anchor, fitted.state)


class _BothHeads(torch.nn.Module):
    """What a network says of the price, and of the action where that was learnt."""

    def __init__(self, headed: Headed, *, has_actions: bool) -> None:
        super().__init__()
        self.headed, self.has_actions = headed, has_actions

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return one tensor, or two."""
        price, logits = self.headed.both(x)
        return (price, logits) if self.has_actions else (price,)


def both_heads(fitted: FittedNetwork) -> torch.nn.Module:
    """Rebuild a trained network as a module with an output for each of its heads."""
    has_actions = fitted.experiment.actions is not None
    return _BothHeads(rebuilt(fitted), has_actions=has_actions).eval()


def heads_of(
    fitted: FittedNetwork, windows: NDArray[np.float32]
) -> tuple[NDArray[np.float32], ...]:
    """Return each head's outputs for (n, lookback, features) windows."""
    with one_thread(), torch.inference_mode():
        predicted = both_heads(fitted)(torch.from_numpy(windows))
    return tuple(each.numpy() for each in predicted)


def find_device(name: DeviceName) -> torch.device:
    """Find the device to train on; ``auto`` takes a GPU where there is one.

    Raises
    ------
    DeviceUnavailableError
        If it is not there.
    """
    has_cuda = torch.cuda.is_available()
    if name == "cuda" and not has_cuda:
        raise DeviceUnavailableError(name, ["cpu"])
    return torch.device("cuda" if name == "cuda" or (name == "auto" and has_cuda) else "cpu")


def train(
    experiment: Experiment,
    dataset: Dataset,
    *,
    device: DeviceName = "cpu",
    checkpoint: bytes | None = None,
    keep: Callable[[bytes], None] | None = None,
) -> Generator[Epoch, None, FittedNetwork]:
    """Train one network, an epoch a step, and return the best epoch's weights.

    The untrained network is epoch 0 and competes in early stopping, so the result is never worse
    than the anchor on the validation part. A loss that is not finite ends the training before the
    optimiser's step, as ``diverged``, with the best weights so far. Runs on one thread and leaves
    the global random state as it was: the same dataset, experiment and seed give the same digest.
    Thread count and random state belong to the process, so train one network at a time in each.

    Stop iterating to cancel; progress bars, pruning and tests are consumers like any other.

    Parameters
    ----------
    checkpoint
        Where an earlier training of the same was cut off: it goes on from there, to the same end,
        after the epochs that were trained by then.
    keep
        Told of a checkpoint after each epoch.
    """
    training = _Training.begun(experiment, dataset, find_device(device), checkpoint)
    yield from list(training.epochs)
    while (epoch := training.next_epoch()) is not None:
        if keep is not None:
            keep(training.checkpoint())
        yield epoch
    return training.fitted()


def finish(
    training: Generator[Epoch, None, FittedNetwork], on_epoch: Callable[[Epoch], None] | None = None
) -> FittedNetwork:
    """Run a training to its end, telling `on_epoch` of each epoch."""
    while True:
        try:
            epoch = next(training)
        except StopIteration as end:
            fitted: FittedNetwork = end.value
            return fitted
        if on_epoch:
            on_epoch(epoch)


def train_until(
    experiment: Experiment,
    dataset: Dataset,
    *,
    until: int,
    checkpoint: bytes | None = None,
    device: DeviceName = "cpu",
) -> PartialTraining:
    """Train to an epoch, or to the end if that comes first, from the start or from a checkpoint.

    In any number of parts it is, bit for bit, the training that `train` does in one.
    """
    training = _Training.begun(experiment, dataset, find_device(device), checkpoint)
    while training.epochs[-1].number < until and training.next_epoch() is not None:
        pass
    return PartialTraining(tuple(training.epochs), training.outcome, training.checkpoint())


def fitted_from_checkpoint(
    experiment: Experiment, dataset: Dataset, checkpoint: bytes
) -> FittedNetwork:
    """Return the best epoch so far of a training that was stopped."""
    return _Training.begun(experiment, dataset, _CPU, checkpoint).fitted()


class _Training:
    """A training under way: its loop, its epochs, the best weights so far."""

    def __init__(self, experiment: Experiment, dataset: Dataset, device: torch.device) -> None:
        self.experiment = experiment
        self.dataset = dataset
        self.anchor = anchor_quantiles(dataset.train.targets, LEVELS).astype(np.float32)
        self.loop = Loop.of(experiment, dataset, self.anchor, device)
        self.epochs: list[Epoch] = []
        self.best: State = {}
        self.outcome: Outcome | None = None

    @classmethod
    def begun(
        cls,
        experiment: Experiment,
        dataset: Dataset,
        device: torch.device,
        checkpoint: bytes | None = None,
    ) -> "_Training":
        """Set up a training before its first epoch, or where a checkpoint was made."""
        training = cls(experiment, dataset, device)
        if checkpoint is None:
            training.epochs.append(training.loop.measure_untrained())
            training.best = training.loop.copy_state()
            training.outcome = "finished" if experiment.epochs == 0 else None
        else:
            training._restore(checkpoint)
        return training

    def next_epoch(self) -> Epoch | None:
        """Train one more epoch; None if the training is at its end."""
        if self.outcome is not None:
            return None
        best = next(each for each in reversed(self.epochs) if each.is_best)
        number = self.epochs[-1].number + 1
        epoch = self.loop.run_epoch(number, best_loss=best.validation_loss)
        if epoch is None:
            self.outcome = "diverged"
            return None
        self.epochs.append(epoch)
        if epoch.is_best:
            self.best = self.loop.copy_state()
        if number - _last_gain(self.epochs, self.experiment.min_delta) >= self.experiment.patience:
            self.outcome = "stopped early"
        elif number == self.experiment.epochs:
            self.outcome = "finished"
        return epoch

    def fitted(self) -> FittedNetwork:
        """Return the best epoch so far."""
        return FittedNetwork(
            experiment=self.experiment,
            scaler=self.dataset.scaler,
            borders=self.dataset.borders,
            anchor=self.anchor,
            state=self.best,
            epochs=tuple(self.epochs),
            outcome=self.outcome or "finished",
            seconds=sum(each.seconds for each in self.epochs),
        )

    def checkpoint(self) -> bytes:
        """Write down all that going on needs, and the best weights."""
        loop = self.loop
        optimiser = loop.optimiser.state_dict()
        progress = {
            "epochs": [each.model_dump() for each in self.epochs],
            "outcome": self.outcome,
            "device": loop.device.type,
            "num_steps": loop.num_steps,
            "learning_rate": optimiser["param_groups"][0]["lr"],
            "plateau": loop.plateau.state_dict(),
        }
        tensors = {
            **_prefixed("module", loop.module.state_dict()),
            **_prefixed("average", loop.average.state_dict()),
            **{
                f"optimiser/{index}/{name}": value
                for index, moments in optimiser["state"].items()
                for name, value in moments.items()
            },
            "shuffle": loop.shuffle.get_state(),
            "dropout": loop.dropout_state,
        }
        # Safetensors writes memory as it lies, and a transposed matrix lies the other way around.
        arrays = {name: value.cpu().contiguous().numpy() for name, value in tensors.items()}
        best = _prefixed("best", self.best)
        return save({**arrays, **best}, metadata={"progress": json.dumps(progress)})

    def _restore(self, checkpoint: bytes) -> None:
        progress = _progress_of(checkpoint)
        tensors = load(checkpoint)
        loop = self.loop
        self.epochs = [Epoch.model_validate(each) for each in progress["epochs"]]
        self.outcome = progress["outcome"]
        self.best = _under("best", tensors)
        loop.num_steps = progress["num_steps"]
        _fill(loop.module, _under("module", tensors))
        _fill(loop.average, _under("average", tensors))
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in _under("optimiser", tensors).items():
            index, kind = name.split("/")
            moments.setdefault(int(index), {})[kind] = torch.tensor(value)
        state = loop.optimiser.state_dict()
        state["param_groups"][0]["lr"] = progress["learning_rate"]
        loop.optimiser.load_state_dict({**state, "state": moments})
        loop.plateau.load_state_dict(progress["plateau"])
        loop.shuffle.set_state(torch.tensor(tensors["shuffle"]))
        if progress["device"] == loop.device.type:
            # Another kind of device has random numbers of its own, and begins a stream of them.
            loop.dropout_state = torch.tensor(tensors["dropout"])


def _last_gain(epochs: list[Epoch], min_delta: float) -> int:
    """Return the last epoch that improved on all before it by `min_delta`."""
    reference = epochs[0]
    for each in epochs:
        if is_gain(each.validation_loss, reference.validation_loss, min_delta=min_delta):
            reference = each
    return reference.number


def _fill(module: torch.nn.Module, state: State) -> None:
    """Fill a module's tensors in place: the optimiser and the average hold on to them."""
    module.load_state_dict({name: torch.tensor(value) for name, value in state.items()})


def _prefixed(prefix: str, state: Any) -> dict[str, Any]:
    return {f"{prefix}/{name}": value for name, value in state.items()}


def _under(prefix: str, tensors: State) -> State:
    return {
        name.removeprefix(f"{prefix}/"): value
        for name, value in tensors.items()
        if name.startswith(f"{prefix}/")
    }


def _progress_of(checkpoint: bytes) -> dict[str, Any]:
    """Read the metadata of a safetensors file: its header is JSON after eight bytes of length."""
    length = int.from_bytes(checkpoint[:8], "little")
    progress: dict[str, Any] = json.loads(
        json.loads(checkpoint[8 : 8 + length])["__metadata__"]["progress"]
    )
    return progress
