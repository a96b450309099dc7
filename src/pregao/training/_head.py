"""Heads: from a network's raw outputs to quantiles, starting at the anchor.

The anchor is the baseline forecast in units of sigma_t sqrt(h): its median is the last price, its
spread the training quantiles. A network only ever *changes* it, so all zeros is the anchor itself.
"""

from typing import assert_never

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from pregao.training._experiment import CURVE_TERMS, LEVELS, Experiment

_MEDIAN = LEVELS.index(0.5)

# A network may widen or narrow a gap between two quantiles at most e**2-fold in one direction: far
# beyond anything seen in markets, and no exponential can overflow.
_MOST_LOG_CHANGE = 2.0

_LEAST_UNSURE = 1e-12

# How far one raw unit reaches in location, width, skew and tails. Tomorrow's volatility can be
# learnt and tomorrow's direction hardly: with equal reach the location is what overfits first.
_REACH = (0.1, 1.0, 0.3, 0.3)
# And how far in the level, the slope and the bend over the steps: a range that is wider on one
# session than two later is hardly ever right.
_TERM_REACH = (1.0, 0.3, 0.1)


class QuantileHead(nn.Module):
    """Change location, width, skew and tails of the anchor, step by step.

    The gap between neighbouring quantiles at levels around u (centred, -1 to 1) is multiplied by
    ``exp(width + skew * u + tails * (u**2 - mean))``, so quantiles never cross; the median moves by
    ``location``. Each of the four is a curve over the steps (level, slope and bend in the log of
    the step), so neighbouring sessions have neighbouring forecasts. Twelve raw outputs in all, the
    four of the level first. A drift that is the same for every window has a curve of its own: it is
    learnt in a few steps, which a location that may hardly move could not do.
    """

    gaps: Tensor
    centre: Tensor
    curves: Tensor
    to_location: Tensor
    to_gaps: Tensor
    from_median: Tensor

    def __init__(self, anchor: Float[Tensor, "horizon levels"]) -> None:
        super().__init__()
        curves = _curves(len(anchor))
        reach = torch.outer(torch.tensor(_TERM_REACH), torch.tensor(_REACH))[: curves.shape[1]]
        # From a raw output to each step's location, width, skew and tails, in one product.
        to_change = _to_change(curves, reach)
        self.register_buffer("gaps", anchor.diff(dim=1))
        self.register_buffer("centre", anchor[:, _MEDIAN])
        self.register_buffer("curves", curves.contiguous())
        self.register_buffer("to_location", to_change[..., 0].contiguous())
        to_gaps = to_change[..., 1:] @ _basis() / _MOST_LOG_CHANGE
        self.register_buffer("to_gaps", to_gaps.flatten(1).contiguous())
        self.register_buffer("from_median", _sums_from_median())
        self.drift = nn.Parameter(torch.zeros(curves.shape[1]))

    def forward(self, raw: Float[Tensor, "batch outputs"]) -> Float[Tensor, "batch horizon levels"]:
        """Return the quantiles in units of sigma_t sqrt(h)."""
        bounded = torch.tanh(raw @ self.to_gaps).view(-1, *self.gaps.shape)
        gaps = self.gaps * torch.exp(_MOST_LOG_CHANGE * bounded)
        location = raw @ self.to_location + (self.centre + self.curves @ self.drift)
        return torch.matmul(gaps, self.from_median) + location[..., None]


class PointHead(nn.Module):
    """A head of one number per step, in units of the target; the spread is the anchor's."""

    def forward(self, raw: Float[Tensor, "batch outputs"]) -> Float[Tensor, "batch outputs"]:
        """Return the points as they are."""
        return raw


class Headed(nn.Module):
    """A network and its heads: windows in, what it says of the price, and of the action, out."""

    def __init__(
        self, network: nn.Module, head: QuantileHead | PointHead, *, num_price_outputs: int
    ) -> None:
        super().__init__()
        self.network = network
        self.head = head
        self.num_price_outputs = num_price_outputs

    def forward(self, x: Float[Tensor, "batch lookback features"]) -> Tensor:
        """Return quantiles in units of sigma_t sqrt(h), or points in the target's units."""
        return self.both(x)[0]

    def both(
        self, x: Float[Tensor, "batch lookback features"]
    ) -> tuple[Tensor, Float[Tensor, "batch actions"]]:
        """Return the price outputs and the logits of the actions, if any."""
        raw: Tensor = self.network(x)
        price: Tensor = self.head(raw[:, : self.num_price_outputs])
        return price, raw[:, self.num_price_outputs :]


def _to_change(
    curves: Float[Tensor, "horizon terms"], reach: Float[Tensor, "terms 4"]
) -> Float[Tensor, "outputs horizon 4"]:
    """Return the contribution of each raw output to location, width, skew and tails by step."""
    each_alone = torch.diag_embed(reach)
    return torch.einsum("ht,tjk->tjhk", curves, each_alone).flatten(0, 1)


def _basis() -> Float[Tensor, "3 gaps"]:
    """Return the effect of width, skew and tails on the gap between each two levels."""
    place = torch.tensor(LEVELS[1:]) + torch.tensor(LEVELS[:-1]) - 1
    return torch.stack([torch.ones_like(place), place, place**2 - (place**2).mean()])


def _sums_from_median() -> Tensor:
    """Return the (gaps, levels) matrix that adds gaps up to the right of the median, and down."""
    num_levels = len(LEVELS)
    sums = np.zeros((num_levels - 1, num_levels), np.float32)
    for level in range(num_levels):
        sums[_MEDIAN:level, level] = 1
        sums[level:_MEDIAN, level] = -1
    return torch.from_numpy(sums)


def _curves(horizon: int) -> Tensor:
    """Return (horizon, terms) Legendre polynomials in the log of the step, scaled to -1 .. 1."""
    steps = np.log(np.arange(1, horizon + 1))
    place = 2 * steps / max(steps[-1], np.log(2)) - 1
    curves = np.polynomial.legendre.legvander(place, min(CURVE_TERMS, horizon) - 1)
    return torch.from_numpy(curves.astype(np.float32))


def crps_weights() -> Float[Tensor, " levels"]:
    """Return the weights that turn pinball losses at `LEVELS` into the CRPS, as a trapezoid."""
    levels = np.array([0.0, *LEVELS, 1.0])
    return torch.tensor(levels[2:] - levels[:-2], dtype=torch.float32)


class Criterion(nn.Module):
    """The loss of a batch: of the price, and of the action where that is learnt too."""

    weights: Tensor
    weighted_levels: Tensor
    class_weights: Tensor

    def __init__(self, experiment: Experiment, class_weights: Float[Tensor, " actions"]) -> None:
        super().__init__()
        self.loss = experiment.loss
        self.actions = experiment.actions
        self.register_buffer("weights", crps_weights())
        self.register_buffer("weighted_levels", torch.tensor(LEVELS) * crps_weights())
        self.register_buffer("class_weights", class_weights)

    def forward(
        self,
        predicted: tuple[Tensor, Float[Tensor, "batch actions"]],
        targets: Float[Tensor, "batch steps"],
        labels: Int[Tensor, " batch"],
    ) -> Float[Tensor, ""]:
        """Return the mean over windows and steps."""
        price, logits = predicted
        loss = self.of_price(price, targets)
        if self.actions is None:
            return loss
        focal = focal_loss(logits, labels, self.class_weights, gamma=self.actions.focus)
        return self.actions.weight * focal + self.actions.price_weight * loss

    def of_price(
        self, predicted: Tensor, targets: Float[Tensor, "batch steps"]
    ) -> Float[Tensor, ""]:
        """Return the loss of (batch, steps, levels) quantiles, or of (batch, steps) points."""
        match self.loss:
            case "pinball":
                # max(level * e, (level - 1) * e) is level * e, and what of e is negative.
                error = targets[..., None] - predicted
                below = functional.relu(-error)
                return (error @ self.weighted_levels + below @ self.weights).mean()
            case "mse":
                return functional.mse_loss(predicted, targets)
            case "mae":
                return functional.l1_loss(predicted, targets)
            case "huber":
                return functional.huber_loss(predicted, targets)
            case _:
                assert_never(self.loss)


def focal_loss(
    logits: Float[Tensor, "batch actions"],
    labels: Int[Tensor, " batch"],
    class_weights: Float[Tensor, " actions"],
    *,
    gamma: float,
) -> Float[Tensor, ""]:
    """Return the cross-entropy, less of it the surer the right class is: ``-(1 - p)**gamma log p``.

    References
    ----------
    Lin, Goyal, Girshick, He, Dollar (2017), Focal loss for dense object detection, ICCV.

    Examples
    --------
    >>> sure, torn = torch.tensor([[4.0, 0.0]]), torch.tensor([[0.0, 0.0]])
    >>> first, alike = torch.tensor([0]), torch.ones(2)
    >>> float(focal_loss(sure, first, alike, gamma=3.0)) < 1e-6
    True
    >>> round(float(focal_loss(torn, first, alike, gamma=0.0)), 4)
    0.6931
    """
    log_p = functional.log_softmax(logits, dim=-1).gather(1, labels[:, None])[:, 0]
    # Where p rounds to 1, a root of 1 - p would have an infinite slope, and the gradient be NaN.
    unsure = (1 - log_p.exp()).clamp_min(_LEAST_UNSURE)
    return (-class_weights[labels] * unsure**gamma * log_p).mean()
