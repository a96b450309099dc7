"""The moving parts of one training: batches, steps, the average of the weights."""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import accumulate
from time import perf_counter

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from pregao.dataset import ACTIONS, Dataset, Windows
from pregao.training._epochs import Epoch, State
from pregao.training._experiment import Experiment
from pregao.training._head import Criterion, Headed, PointHead, QuantileHead
from pregao.training._targets import action_targets, class_weights, price_targets
from pregao.zoo.baselines import History
from pregao.zoo.networks import build

# A share and no amount: the squared error of a scaled close is itself a few millionths.
_LEAST_IMPROVEMENT = 1e-6
_FORECAST_BATCH = 64
_CACHE_LINE = 16
_SCORED_AT_ONCE = 64 * _FORECAST_BATCH
# Half of the patience is too short a life for a rate; below this nothing moves any more.
_LEAST_LEARNING_RATE = 1e-6


def untrained(experiment: Experiment, anchor: NDArray[np.float32], *, num_features: int) -> Headed:
    """Build the network of an experiment as it is before the first step.

    Where it has an anchor, it is the anchor itself.
    """
    head = (
        QuantileHead(torch.from_numpy(anchor.copy()))
        if experiment.loss == "pinball"
        else PointHead()
    )
    network = build(
        experiment.network,
        num_features=num_features,
        lookback=experiment.lookback,
        num_outputs=experiment.num_outputs,
        activation=experiment.activation,
        dropout=experiment.dropout,
        seed=experiment.seed,
    )
    return Headed(network, head, num_price_outputs=experiment.num_price_outputs)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: sums of floats depend on how they are divided among threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Feed:
    """Batches out of a strided view of the table: a permutation costs an index, not a copy."""

    def __init__(self, past: History, device: torch.device) -> None:
        with warnings.catch_warnings():
            # The table is read-only on purpose (many processes may map it) and is only read here.
            warnings.filterwarnings("ignore", "The given NumPy array is not writable", UserWarning)
            table = torch.from_numpy(past.table).to(device)
        self.windows = table.unfold(0, past.lookback, 1).transpose(1, 2)
        self.starts = torch.from_numpy(past.cutoff_rows - (past.lookback - 1)).to(device)

    def __len__(self) -> int:
        return len(self.starts)

    def batch(self, index: Tensor | slice) -> Float[Tensor, "batch lookback features"]:
        """Return the windows at these indices."""
        return self.windows[self.starts[index]]

    def batches(self, start: int = 0, stop: int | None = None) -> Iterator[Tensor]:
        """Return the windows in order, in batches that fit the cache."""
        stop = len(self) if stop is None else min(stop, len(self))
        for first in range(start, stop, _FORECAST_BATCH):
            yield self.batch(slice(first, min(first + _FORECAST_BATCH, stop)))


@dataclass(frozen=True, eq=False)
class Part:
    """Windows with what came after them, on the device that trains."""

    feed: Feed
    targets: Float[Tensor, "n steps"]
    labels: Int[Tensor, " n"]

    @classmethod
    def of(cls, experiment: Experiment, windows: Windows, device: torch.device) -> "Part":
        """Put a part of a dataset onto the device."""
        return cls(
            feed=Feed(windows, device),
            targets=torch.from_numpy(price_targets(experiment, windows)).to(device),
            labels=torch.from_numpy(action_targets(experiment, windows)).to(device),
        )

    def __len__(self) -> int:
        return len(self.feed)


@dataclass
class Loop:
    """One training between two epochs: everything that an epoch changes is in here."""

    experiment: Experiment
    module: Headed
    average: Headed
    """The moving average of the weights: it forecasts, it is never trained."""
    criterion: Criterion
    optimiser: torch.optim.Optimizer
    plateau: torch.optim.lr_scheduler.ReduceLROnPlateau
    train: Part
    validation: Part
    draw: Tensor | None
    """How likely each window is to be drawn; None takes each once an epoch."""
    shuffle: torch.Generator
    dropout_state: Tensor = field(repr=False)
    device: torch.device
    weights: list[nn.Parameter]
    """What the optimiser moves."""
    moving: list[Tensor] = field(repr=False)
    """All that training changes: weights, and running moments; `averages` are of `average`."""
    averages: list[Tensor] = field(repr=False)
    num_steps: int = 0

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        dataset: Dataset,
        anchor: NDArray[np.float32],
        device: torch.device,
    ) -> "Loop":
        """Set a training up, before its first step."""
        module = untrained(experiment, anchor, num_features=dataset.train.table.shape[1])
        module = module.to(device)
        average = deepcopy(module).eval().requires_grad_(False)
        weights = one_block(module)
        optimiser = _optimiser(experiment, weights)
        train = Part.of(experiment, dataset.train, device)
        return cls(
            experiment=experiment,
            module=module,
            average=average,
            criterion=Criterion(experiment, _class_weights(experiment, train)).to(device),
            optimiser=optimiser,
            plateau=torch.optim.lr_scheduler.ReduceLROnPlateau(
                optimiser,
                factor=0.5,
                patience=experiment.plateau_patience - 1,
                min_lr=_LEAST_LEARNING_RATE,
            ),
            train=train,
            validation=Part.of(experiment, dataset.validation, device),
            draw=_draw(experiment, train),
            shuffle=torch.Generator().manual_seed(experiment.seed),
            dropout_state=torch.Generator(device).manual_seed(experiment.seed + 1).get_state(),
            device=device,
            weights=weights,
            moving=[*weights, *_moments(module)],
            averages=[*one_block(average), *_moments(average)],
        )

    def measure_untrained(self) -> Epoch:
        """Return epoch 0, that of the untrained network."""
        started = perf_counter()
        with one_thread(), torch.inference_mode():
            # The last layer is zero: what is said of one window is said of all.
            [first] = self.train.feed.batches(stop=1)
            price, logits = self.average.both(first)

            def predicted(start: int, stop: int) -> tuple[Tensor, Tensor]:
                count = stop - start
                return price.expand(count, *price.shape[1:]), logits.expand(count, -1)

            train_loss, validation_loss = (
                self.mean_loss(part, predicted) for part in (self.train, self.validation)
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
        if not math.isfinite(train_loss) or not math.isfinite(validation_loss):
            return None
        self.plateau.step(validation_loss)
        return Epoch(
            number=number,
            train_loss=train_loss,
            validation_loss=validation_loss,
            learning_rate=learning_rate,
            seconds=perf_counter() - started,
            is_best=is_gain(validation_loss, best_loss),
        )

    def descend(self) -> float:
        """Take one step per batch over a new order of the windows; return the mean loss."""
        self.module.train()
        total, num_windows = 0.0, 0
        for batch in torch.split(self.order(), self.experiment.batch_size):
            # A single row has no variance for batch normalisation to learn from.
            if len(batch) * self.experiment.lookback == 1:
                continue
            value = self.step(batch)
            if not math.isfinite(value):
                return value
            total += value * len(batch)
            num_windows += len(batch)
        return total / max(num_windows, 1)

    def order(self) -> Int[Tensor, " n"]:
        """Draw the windows of an epoch: each once, or each action as often as the others."""
        if self.draw is None:
            order = torch.randperm(len(self.train), generator=self.shuffle)
        else:
            order = torch.multinomial(
                self.draw, len(self.train), replacement=True, generator=self.shuffle
            )
        return order.to(self.device)

    def step(self, batch: Int[Tensor, " batch"]) -> float:
        """Move the weights by one batch, unless its loss is not finite."""
        train = self.train
        # Gradients are views of one block: they are emptied, not given up.
        self.optimiser.zero_grad(set_to_none=False)
        predicted = self.module.both(train.feed.batch(batch))
        loss = self.criterion(predicted, train.targets[batch], train.labels[batch])
        value = float(loss.detach())
        if not math.isfinite(value):
            return value
        loss.backward()
        if self.experiment.clip_norm:
            nn.utils.clip_grad_norm_(self.weights, self.experiment.clip_norm)
        self.optimiser.step()
        self.num_steps += 1
        self.follow()
        return value

    def follow(self) -> None:
        """Move the average a step towards the weights, faster at first (Polyak, Juditsky, 1992).

        What one batch teaches of markets is mostly noise; the average forgets it.
        """
        decay = min(self.experiment.averaging, self.num_steps / (9 + self.num_steps))
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, self.moving, 1 - decay)

    def validation_loss(self) -> float:
        """Return the loss of the averaged weights on the validation part."""
        part = self.validation

        def predicted(start: int, stop: int) -> tuple[Tensor, Tensor]:
            both = [self.average.both(batch) for batch in part.feed.batches(start, stop)]
            price, logits = (torch.cat(each) for each in zip(*both, strict=True))
            return price, logits

        with one_thread(), torch.inference_mode():
            return self.mean_loss(part, predicted)

    def mean_loss(
        self, part: Part, predicted: Callable[[int, int], tuple[Tensor, Tensor]]
    ) -> float:
        """Average the loss over a part, in blocks: a million windows of 23 levels are gigabytes."""
        total = 0.0
        for start in range(0, len(part), _SCORED_AT_ONCE):
            stop = min(start + _SCORED_AT_ONCE, len(part))
            rows = slice(start, stop)
            loss = self.criterion(predicted(start, stop), part.targets[rows], part.labels[rows])
            total += float(loss) * (stop - start)
        return total / len(part)

    @contextmanager
    def own_dropout(self) -> Iterator[None]:
        """Draw dropout from this training's own stream, whoever else draws in between."""
        on_cpu = self.device.type == "cpu"
        with torch.random.fork_rng(devices=[] if on_cpu else [self.device]):
            if on_cpu:
                torch.set_rng_state(self.dropout_state)
                yield
                self.dropout_state = torch.get_rng_state()
            else:
                torch.cuda.set_rng_state(self.dropout_state, self.device)
                yield
                self.dropout_state = torch.cuda.get_rng_state(self.device)

    def copy_state(self) -> State:
        """Copy the averaged weights."""
        state = self.average.state_dict()
        return {name: value.cpu().numpy().copy() for name, value in state.items()}


def is_gain(loss: float, reference: float, *, min_delta: float = 0.0) -> bool:
    """Return whether a loss is lower than another by more than the minimum."""
    return loss < reference - max(min_delta, _LEAST_IMPROVEMENT * reference)


def one_block(module: nn.Module) -> list[nn.Parameter]:
    """Lay all parameters, and their gradients, into one block each, and give that to move.

    What an optimiser, a norm and an average do, they do to each number alike; a block costs them
    one operation where a network has a dozen tensors. On a GPU a recurrent layer has a block of its
    own, which is left to it.
    """
    parameters = list(module.parameters())
    if any(each.device.type != "cpu" for each in parameters):
        return parameters
    # A cache line's worth of numbers: products are slower where a matrix begins between two.
    starts = [0, *accumulate(each.numel() + -each.numel() % _CACHE_LINE for each in parameters)]
    block = nn.Parameter(torch.zeros(starts[-1]), requires_grad=parameters[0].requires_grad)
    block.grad = torch.zeros_like(block)
    for each, start in zip(parameters, starts, strict=False):
        own = slice(start, start + each.numel())
        block.data[own] = each.data.reshape(-1)
        each.data = block.data[own].view_as(each)
        if each.requires_grad:
            each.grad = block.grad[own].view_as(each)
    return [block]


def _moments(module: nn.Module) -> list[Tensor]:
    """Return the running moments of batch normalisation."""
    return [
        moment
        for part in module.modules()
        if isinstance(part, nn.BatchNorm1d)
        for moment in (part.running_mean, part.running_var)
        if moment is not None
    ]


def _optimiser(experiment: Experiment, weights: list[nn.Parameter]) -> torch.optim.Optimizer:
    kind = torch.optim.Adam if experiment.optimiser == "adam" else torch.optim.AdamW
    return kind(
        weights,
        lr=experiment.learning_rate,
        weight_decay=experiment.weight_decay,
        fused=True,
    )


def _class_weights(experiment: Experiment, train: Part) -> Tensor:
    actions = experiment.actions
    if actions is None or actions.class_weights == "none":
        return torch.ones(len(ACTIONS))
    return torch.from_numpy(class_weights(train.labels.cpu().numpy()))


def _draw(experiment: Experiment, train: Part) -> Tensor | None:
    actions = experiment.actions
    if actions is None or actions.sampler == "uniform":
        return None
    labels = train.labels.cpu()
    return torch.from_numpy(class_weights(labels.numpy()))[labels]
