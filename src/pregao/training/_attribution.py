"""Integrated gradients: what each input of a window added to a number of its forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from pregao.dataset import ACTIONS
from pregao.training._ensemble import Model
from pregao.training._experiment import LEVELS
from pregao.training._fitted import FittedNetwork
from pregao.training._head import Headed
from pregao.training._loop import Feed, one_thread
from pregao.training._quantity import ActionProbability, Attribution, MedianAt, Quantity, WidthAt
from pregao.training._targets import _LEAST_SHARE
from pregao.training._train import rebuilt
from pregao.zoo.baselines import History, return_scale
from pregao.zoo.networks import Plugin

_CPU = torch.device("cpu")
# Points of a path in one pass: more of them leave the cache, fewer pay for a step too often.
_POINTS_AT_ONCE = 256
_FINER = 4

# Named here and not at each use: linters take the text of a shape for a forward reference.
Inputs = Float[Tensor, "windows lookback features"]
Points = Float[Tensor, "points lookback features"]
Steps = Float[Tensor, "points steps"]
Price = Float[Tensor, "points steps *levels"]
Quantiles = Float[Tensor, "points horizon levels"]
Said = Float[Tensor, "points quantities"]
Shares = Float[Tensor, "quantities windows lookback features"]
Owners = Int[Tensor, " points"]


def attribute(
    model: Model,
    past: History,
    quantities: Sequence[Quantity],
    *,
    reference: NDArray[np.float64],
    num_nodes: int = 32,
    most_nodes: int = 512,
    tolerance: float = 1e-3,
) -> tuple[Attribution, ...]:
    """Divide each quantity of each forecast among the inputs that it was made from.

    Along the straight line from a reference input x' to the window x, input i gets
    ``(x_i - x'_i) * integral over u from 0 to 1 of df/dx_i (x' + u (x - x'))``. What a network
    does not read gets 0, and all shares together are ``f(x) - f(x')`` (completeness). Integrals
    are taken by Gauss-Legendre, with four times the nodes for windows whose shares do not add up.

    Volatility at the cutoff, which scales a forecast beside the network, is held as it is: shares
    are of what the network says. In an ensemble they are averaged as its quantiles are. A target
    that is read off the last close counts that close as an input.

    Nothing after a window's cutoff is read.

    Parameters
    ----------
    quantities
        What to explain; steps are within the horizon, and actions were taught.
    reference
        (features,) the scaled input that says nothing, taken at every lag: `mean_input` of the
        training part, which is 0 where scaling is standard.
    num_nodes, most_nodes
        At how many points gradients are taken, at first and at most.
    tolerance
        How far shares may be from adding up, as a part of the sum of their absolute values.

    References
    ----------
    Sundararajan, Taly, Yan (2017), Axiomatic attribution for deep networks, ICML.
    """
    members = (model,) if isinstance(model, FittedNetwork) else model.members
    weights = (1.0,) if isinstance(model, FittedNetwork) else model.weights
    path = _Path(torch.from_numpy(reference), num_nodes, most_nodes, tolerance)
    with one_thread():
        parts = [path.divide(_Voice.of(each, past, quantities)) for each in members]
    total = parts[0].times(weights[0])
    for part, weight in zip(parts[1:], weights[1:], strict=True):
        total = total.plus(part.times(weight))
    return tuple(
        Attribution(
            quantity=quantity,
            inputs=total.shares[index].transpose(1, 2).contiguous().numpy(),
            value=total.value[:, index].contiguous().numpy(),
            reference_value=total.reference_value[:, index].contiguous().numpy(),
        )
        for index, quantity in enumerate(quantities)
    )


@dataclass(frozen=True, eq=False)
class _Voice:
    """A network as a function from inputs to quantities, in double precision.

    In single precision the shares of a deep network add up to three digits only. The network of a
    plug-in stays as it was written: it may hold tensors that nobody else knows of.
    """

    fitted: FittedNetwork
    module: Headed
    quantities: tuple[Quantity, ...]
    inputs: Inputs
    scale: Float[Tensor, "windows horizon"]

    @classmethod
    def of(cls, fitted: FittedNetwork, past: History, quantities: Sequence[Quantity]) -> "_Voice":
        """Make the network ready to be asked about the windows of a past."""
        module = rebuilt(fitted).requires_grad_(False)
        return cls(
            fitted=fitted,
            module=module if _is_foreign(fitted) else module.double(),
            quantities=tuple(quantities),
            inputs=Feed(past, _CPU).batch(slice(None)).double(),
            scale=torch.from_numpy(return_scale(past)),
        )

    def say(self, points: Points, owners: Owners) -> Said:
        """Return the quantities at points of the paths of some windows."""
        inputs = points.float() if _is_foreign(self.fitted) else points
        price, logits = self.module.both(inputs)
        quantiles = self._quantiles(price.double(), points, self.scale[owners])
        outputs = [_read(each, quantiles, logits.double()) for each in self.quantities]
        return 100 * torch.stack(outputs, dim=1)

    def _quantiles(self, price: Price, points: Points, scale: Steps) -> Quantiles:
        """Do what `quantiles_of` does, differentiably."""
        experiment = self.fitted.experiment
        if experiment.loss == "pinball":
            return price * scale[..., None]
        returns = self._log_returns(price, points, scale)
        if experiment.steps == "last":
            returns = returns * torch.linspace(0, 1, experiment.horizon + 1, dtype=torch.double)[1:]
        anchor = torch.from_numpy(self.fitted.anchor).double()
        return returns[..., None] + anchor * scale[..., None]

    def _log_returns(self, outputs: Steps, points: Points, scale: Steps) -> Steps:
        experiment, scaler = self.fitted.experiment, self.fitted.scaler
        match experiment.target:
            case "scaled_return":
                return outputs * (scale if experiment.steps == "each" else scale[:, -1:])
            case "simple_return":
                share = 1 + outputs
            case "close":
                column = scaler.features.index("close")
                center, unit = scaler.center[column], scaler.scale[column]
                share = (outputs * unit + center) / (points[:, -1, column, None] * unit + center)
            case _:
                assert_never(experiment.target)
        return torch.log(share.clamp_min(_LEAST_SHARE))


def _is_foreign(fitted: FittedNetwork) -> bool:
    return isinstance(fitted.experiment.network, Plugin)


def _read(quantity: Quantity, quantiles: Quantiles, logits: Tensor) -> Float[Tensor, " points"]:
    match quantity:
        case MedianAt():
            return _at(quantiles, quantity.step, 0.5)
        case WidthAt():
            high = _at(quantiles, quantity.step, 0.5 + quantity.percent / 200)
            return high - _at(quantiles, quantity.step, 0.5 - quantity.percent / 200)
        case ActionProbability():
            return logits.softmax(dim=-1)[:, ACTIONS.index(quantity.action)]
        case _:
            assert_never(quantity)


def _at(quantiles: Quantiles, step: int, level: float) -> Float[Tensor, " points"]:
    # A difference of floats is not quite the level that it is meant to be.
    column = int(np.abs(np.array(LEVELS) - level).argmin())
    return quantiles[:, step - 1, column]


@dataclass(frozen=True, eq=False)
class _Divided:
    """Shares of one network, and what they should add up to."""

    shares: Shares
    value: Float[Tensor, "windows quantities"]
    reference_value: Float[Tensor, "windows quantities"]

    def times(self, weight: float) -> "_Divided":
        """Scale everything."""
        return _Divided(self.shares * weight, self.value * weight, self.reference_value * weight)

    def plus(self, other: "_Divided") -> "_Divided":
        """Add everything."""
        return _Divided(
            self.shares + other.shares,
            self.value + other.value,
            self.reference_value + other.reference_value,
        )


@dataclass(frozen=True, eq=False)
class _Path:
    """The straight lines from a reference input to windows, and how closely they are followed."""

    reference: Float[Tensor, " features"]
    num_nodes: int
    most_nodes: int
    tolerance: float

    def divide(self, voice: _Voice) -> _Divided:
        """Integrate for all windows, and more finely for those whose shares do not add up."""
        everyone = torch.arange(len(voice.inputs))
        value, origin = (self._ends(voice, end) for end in (1.0, 0.0))
        difference = (value - origin).mT
        shares = self._integrate(voice, everyone, self.num_nodes)
        num_nodes = self.num_nodes * _FINER
        while num_nodes <= self.most_nodes:
            gap = (difference - shares.sum(dim=(2, 3))).abs()
            allowed = self.tolerance * shares.abs().sum(dim=(2, 3))
            loose = everyone[(gap > allowed).any(dim=0)]
            if not len(loose):
                break
            shares[:, loose] = self._integrate(voice, loose, num_nodes)
            num_nodes *= _FINER
        return _Divided(shares, value, origin)

    def _ends(self, voice: _Voice, end: float) -> Float[Tensor, "windows quantities"]:
        """Return the quantities at one end of each window's path."""
        with torch.no_grad():
            return torch.cat(
                [
                    voice.say(self._points(voice.inputs[owners], torch.tensor(end)), owners)
                    for owners in torch.split(torch.arange(len(voice.inputs)), _POINTS_AT_ONCE)
                ]
            )

    def _integrate(self, voice: _Voice, windows: Owners, num_nodes: int) -> Shares:
        """Return the attributions of some windows, the points of their paths in even batches."""
        nodes, weights = (torch.from_numpy(each) for each in _gauss_legendre(num_nodes))
        count = len(windows)
        total = torch.zeros(len(voice.quantities), *voice.inputs[windows].shape, dtype=torch.double)
        for pairs in torch.split(torch.arange(count * num_nodes), _POINTS_AT_ONCE):
            place, node = pairs // num_nodes, pairs % num_nodes
            owners = windows[place]
            points = self._points(voice.inputs[owners], nodes[node][:, None, None])
            outputs = voice.say(points.requires_grad_(), owners)
            for index, gradient in enumerate(_gradients(outputs, points)):
                total[index].index_add_(0, place, gradient * weights[node][:, None, None])
        return total * (voice.inputs[windows] - self.reference)

    def _points(self, inputs: Points, place: Tensor) -> Points:
        return torch.lerp(self.reference.expand_as(inputs), inputs, place.double())


def _gradients(outputs: Said, points: Points) -> list[Points]:
    """Return each quantity's gradient; a window's forecast depends on no other window's inputs."""
    if not outputs.requires_grad:
        # A point head says nothing of the width: it is the anchor's, whatever the inputs are.
        return [torch.zeros_like(points)] * outputs.shape[1]
    last = outputs.shape[1] - 1
    return [
        torch.autograd.grad(outputs[:, index].sum(), points, retain_graph=index < last)[0]
        for index in range(outputs.shape[1])
    ]


def _gauss_legendre(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes in (0, 1), and weights that sum to 1.

    >>> nodes, weights = _gauss_legendre(3)
    >>> round(float(weights @ nodes**5), 12)
    0.166666666667
    """
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2
