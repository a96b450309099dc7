"""Training as a generator of epochs, and the fitted forecaster that it returns."""

import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from pregao.dataset import Dataset
from pregao.training._experiment import LEVELS, Experiment
from pregao.training._fitted import Epoch, Fitted, Outcome, State
from pregao.training._head import Anchored, Criterion, PointHead, QuantileHead
from pregao.zoo import Past, anchor_quantiles, build, spread

_LEAST_IMPROVEMENT = 1e-6
_FORECAST_BATCH = 64
# Half of the patience is too short a life for a rate; below this nothing moves any more.
_LEAST_LEARNING_RATE = 1e-6


def forecast(fitted: Fitted, past: Past) -> NDArray[np.float64]:
    """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
    with one_thread(), torch.inference_mode():
        standardised = _forecast(rebuilt(fitted), _Feed(past)).numpy()
    return standardised.astype(np.float64) * spread(past)[..., None]


def rebuilt(fitted: Fitted) -> Anchored:
    """Rebuild a trained network, ready to forecast."""
    module = untrained(fitted.experiment, fitted.anchor, num_features=len(fitted.scaler.features))
    module.load_state_dict({name: torch.tensor(value) for name, value in fitted.state.items()})
    return module.eval()


def untrained(
    experiment: Experiment, anchor: NDArray[np.float32], *, num_features: int
) -> Anchored:
    """Build the network of an experiment as it is before the first step: the anchor itself."""
    kind = QuantileHead if experiment.loss == "pinball" else PointHead
    head = kind(torch.from_numpy(anchor.copy()))
    network = build(
        experiment.network,
        num_features=num_features,
        lookback=experiment.lookback,
        num_outputs=experiment.num_outputs,
        activation=experiment.activation,
        dropout=experiment.dropout,
        seed=experiment.seed,
    )
    return Anchored(network, head)


def train(experiment: Experiment, dataset: Dataset) -> Generator[Epoch, None, Fitted]:
    """Train one network, an epoch a step, and return the best epoch's weights.

    The untrained network is epoch 0 and competes in early stopping, so the result is never worse
    than the anchor on the validation part. A loss that is not finite ends the training before the
    optimiser's step, as ``diverged``, with the best weights so far. Runs on one thread and leaves
    the global random state as it was: the same dataset, experiment and seed give the same digest.
    Thread count and random state belong to the process, so train one network at a time in each.

    Stop iterating to cancel; progress bars, pruning and tests are consumers like any other.
    """
    started = perf_counter()
    anchor = anchor_quantiles(dataset.train.targets, LEVELS).astype(np.float32)
    loop = _Loop.of(experiment, dataset, anchor)
    epochs = [loop.measure_untrained()]
    best, best_loss = loop.copy_state(), epochs[0].validation_loss
    yield epochs[0]
    outcome: Outcome = "finished"
    for number in range(1, experiment.epochs + 1):
        epoch = loop.run_epoch(number, best_loss=best_loss)
        if epoch is None:
            outcome = "diverged"
            break
        epochs.append(epoch)
        if epoch.is_best:
            best, best_loss = loop.copy_state(), epoch.validation_loss
        yield epoch
        if number - max(e.number for e in epochs if e.is_best) >= experiment.patience:
            outcome = "stopped early"
            break
    return Fitted(
        experiment=experiment,
        scaler=dataset.scaler,
        borders=dataset.borders,
        anchor=anchor,
        state=best,
        epochs=tuple(epochs),
        outcome=outcome,
        seconds=perf_counter() - started,
    )


def finish(
    training: Generator[Epoch, None, Fitted], on_epoch: Callable[[Epoch], None] | None = None
) -> Fitted:
    """Run a training to its end, telling `on_epoch` of each epoch."""
    while True:
        try:
            epoch = next(training)
        except StopIteration as end:
            fitted: Fitted = end.value
            return fitted
        if on_epoch:
            on_epoch(epoch)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: sums of floats depend on how they are divided among threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _Feed:
    """Batches out of a strided view of the table: a permutation costs an index, not a copy."""

    def __init__(self, past: Past) -> None:
        with warnings.catch_warnings():
            # The table is read-only on purpose (many processes may map it) and is only read here.
            warnings.filterwarnings("ignore", "The given NumPy array is not writable", UserWarning)
            table = torch.from_numpy(past.table)
        self.windows = table.unfold(0, past.lookback, 1).transpose(1, 2)
        self.starts = torch.from_numpy(past.cutoff_rows - (past.lookback - 1))

    def __len__(self) -> int:
        return len(self.starts)

    def batch(self, index: Tensor | slice) -> Float[Tensor, "batch lookback features"]:
        return self.windows[self.starts[index]]


@dataclass
class _Loop:
    """The moving parts of one training."""

    experiment: Experiment
    module: Anchored
    average: Anchored
    """The moving average of the weights: it forecasts, it is never trained."""
    criterion: Criterion
    optimiser: torch.optim.Optimizer
    plateau: torch.optim.lr_scheduler.ReduceLROnPlateau
    train: _Feed
    train_targets: Tensor
    validation: _Feed
    validation_targets: Tensor
    shuffle: torch.Generator
    dropout_state: Tensor = field(repr=False)
    weights: list[Tensor]
    """Everything of `module` that moves; `averages` is the same of `average`, in the same order."""
    averages: list[Tensor]
    num_steps: int = 0

    @classmethod
    def of(cls, experiment: Experiment, dataset: Dataset, anchor: NDArray[np.float32]) -> "_Loop":
        module = untrained(experiment, anchor, num_features=dataset.train.table.shape[1])
        average = deepcopy(module).eval().requires_grad_(False)
        optimiser = _optimiser(experiment, module)
        return cls(
            experiment=experiment,
            module=module,
            average=average,
            criterion=Criterion(experiment.loss),
            optimiser=optimiser,
            plateau=torch.optim.lr_scheduler.ReduceLROnPlateau(
                optimiser,
                factor=0.5,
                patience=experiment.plateau_patience - 1,
                min_lr=_LEAST_LEARNING_RATE,
            ),
            train=_Feed(dataset.train),
            train_targets=torch.from_numpy(dataset.train.targets.astype(np.float32)),
            validation=_Feed(dataset.validation),
            validation_targets=torch.from_numpy(dataset.validation.targets.astype(np.float32)),
            shuffle=torch.Generator().manual_seed(experiment.seed),
            dropout_state=torch.Generator().manual_seed(experiment.seed + 1).get_state(),
            weights=_moving(module),
            averages=_moving(average),
        )

    def measure_untrained(self) -> Epoch:
        started = perf_counter()
        with one_thread(), torch.inference_mode():
            # The last layer is zero: what is said of one window is said of all.
            anchor = _forecast(self.average, self.train, only=1)
            train_loss, validation_loss = (
                float(self.criterion(anchor.expand(len(targets), -1, -1), targets))
                for targets in (self.train_targets, self.validation_targets)
            )
        return Epoch(
            number=0,
            train_loss=train_loss,
            validation_loss=validation_loss,
            learning_rate=self.experiment.learning_rate,
            seconds=perf_counter() - started,
            is_best=True,
        )

    def run_epoch(self, number: int, *, best_loss: float) -> Epoch | None:
        """Train once over all windows; None if the loss stopped being finite."""
        started = perf_counter()
        learning_rate = float(self.optimiser.param_groups[0]["lr"])
        with one_thread(), self.own_dropout():
            train_loss = self.descend()
        validation_loss = self.validation_loss()
        if not np.isfinite(train_loss) or not np.isfinite(validation_loss):
            return None
        self.plateau.step(validation_loss)
        return Epoch(
            number=number,
            train_loss=train_loss,
            validation_loss=validation_loss,
            learning_rate=learning_rate,
            seconds=perf_counter() - started,
            is_best=validation_loss < best_loss - _LEAST_IMPROVEMENT,
        )

    def descend(self) -> float:
        """Take one step a batch over a fresh permutation, and give the mean loss."""
        self.module.train()
        order = torch.randperm(len(self.train), generator=self.shuffle)
        total, num_windows = 0.0, 0
        for batch in torch.split(order, self.experiment.batch_size):
            # A single row has no variance for batch normalisation to learn from.
            if len(batch) * self.experiment.lookback == 1:
                continue
            self.optimiser.zero_grad(set_to_none=True)
            loss = self.criterion(self.module(self.train.batch(batch)), self.train_targets[batch])
            value = float(loss.detach())
            if not np.isfinite(value):
                return value
            loss.backward()
            nn.utils.clip_grad_norm_(self.module.parameters(), self.experiment.clip_norm)
            self.optimiser.step()
            self.num_steps += 1
            self.follow()
            total += value * len(batch)
            num_windows += len(batch)
        return total / max(num_windows, 1)

    def follow(self) -> None:
        """Move the average a step towards the weights, faster at first (Polyak, Juditsky, 1992).

        What one batch teaches of markets is mostly noise; the average forgets it.
        """
        decay = min(self.experiment.averaging, self.num_steps / (9 + self.num_steps))
        torch._foreach_lerp_(self.averages, self.weights, 1 - decay)

    def validation_loss(self) -> float:
        with one_thread(), torch.inference_mode():
            forecast = _forecast(self.average, self.validation)
            return float(self.criterion(forecast, self.validation_targets))

    @contextmanager
    def own_dropout(self) -> Iterator[None]:
        """Draw dropout from this training's own stream, whoever else draws in between."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.dropout_state)
            yield
            self.dropout_state = torch.get_rng_state()

    def copy_state(self) -> State:
        return {name: value.numpy().copy() for name, value in self.average.state_dict().items()}


def _moving(module: nn.Module) -> list[Tensor]:
    """Give the tensors that training changes, in place: weights, and running moments."""
    return [value for value in module.state_dict().values() if value.is_floating_point()]


def _optimiser(experiment: Experiment, module: nn.Module) -> torch.optim.Optimizer:
    kind = torch.optim.Adam if experiment.optimiser == "adam" else torch.optim.AdamW
    return kind(
        module.parameters(),
        lr=experiment.learning_rate,
        weight_decay=experiment.weight_decay,
        fused=True,
    )


def _forecast(module: Anchored, feed: _Feed, only: int | None = None) -> Tensor:
    """Forecast all windows (or the first few) in batches that fit the cache."""
    stop = len(feed) if only is None else min(only, len(feed))
    parts = [
        module(feed.batch(slice(start, min(start + _FORECAST_BATCH, stop))))
        for start in range(0, stop, _FORECAST_BATCH)
    ]
    return torch.cat(parts) if parts else torch.empty(0)
