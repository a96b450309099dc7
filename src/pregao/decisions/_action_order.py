"""In which order the columns of probabilities are, whatever they are said to be."""

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from pregao.decisions._action_scores import NAMES, ActionName, Floats, Numbers, log_losses
from pregao.decisions._probabilities import with_biases
from pregao.inference import diebold_mariano
from pregao.instruments import Sessions
from pregao.values import Value

_SWAPPED_BELOW = 0.01


class ActionOrder(Value):
    """In which order the columns of probabilities seem to be, beside that they are read in."""

    read: tuple[ActionName, ...]
    """The action that each column is taken to be of."""
    found: tuple[ActionName, ...]
    """The action that each column tells best; `read` unless another is clearly better."""
    best: tuple[ActionName, ...]
    """The order of least log loss, be it by luck."""
    log_loss_read: float
    """After a temperature and biases of its own, as `log_loss_best`."""
    log_loss_best: float
    p_value: float
    """Of the best being better than the one read, times the five others that were tried."""

    @property
    def is_swapped(self) -> bool:
        """Tell whether the columns are in another order than they are read in."""
        return self.found != self.read


def order_of_actions(
    probabilities: Floats, right: Numbers, *, sessions: Sessions, horizon: int
) -> ActionOrder:
    """Detect probabilities that were written in one order of the actions and are read in another.

    Each of the six orders gets a temperature and biases of its own and is scored by the log loss;
    another than that of `ACTIONS` is exposed if it is better beyond doubt (a Diebold-Mariano test
    at 1 %, corrected for trying five). The temperature is not negative, so an order in which
    probabilities speak against what comes is worth no more than the shares of the actions; and
    the biases make each order free of them, so that neither balanced sampling nor a change of the
    shares looks like a swap. Where columns tell nothing of what comes, no order can be told: then
    the accuracy beside the commonest action is what shows it.

    Rare actions take many windows to tell. Those of the training part serve as well: a swap is
    there too, and a network that is merely wrong on validation, taking falls for rises, is right
    on training.

    Examples
    --------
    >>> from pregao.decisions._action_scores import BUY, HOLD, SELL
    >>> rng = np.random.default_rng(0)
    >>> said = rng.dirichlet([1, 1, 1], size=400)
    >>> right = np.array([rng.choice(3, p=each) for each in said], np.int8)
    >>> days = np.datetime64("2020-01-01") + np.arange(400)
    >>> order_of_actions(said, right, sessions=days, horizon=1).is_swapped
    False
    >>> written = said[:, [SELL, HOLD, BUY]]
    >>> order_of_actions(written, right, sessions=days, horizon=1).found
    ('sell', 'hold', 'buy')
    """
    losses = {
        order: _losses_in(order, probabilities, right) for order in permutations(range(len(NAMES)))
    }
    read, *others = losses
    best = min(losses, key=lambda order: float(losses[order].mean()))
    p_value = 1.0
    if best != read:
        test = diebold_mariano(losses[best], losses[read], horizon=horizon, sessions=sessions)
        p_value = min(1.0, len(others) * test.p_value)
    return ActionOrder(
        read=_named(read),
        found=_named(best if p_value < _SWAPPED_BELOW else read),
        best=_named(best),
        log_loss_read=float(losses[read].mean()),
        log_loss_best=float(losses[best].mean()),
        p_value=p_value,
    )


def _named(order: Sequence[int]) -> tuple[ActionName, ...]:
    return tuple(NAMES[number] for number in order)


def _losses_in(order: Sequence[int], probabilities: Floats, right: Numbers) -> Floats:
    """Give the log loss of each window if column j were of action ``order[j]``."""
    reading = np.empty_like(probabilities)
    reading[:, list(order)] = probabilities
    return log_losses(right, with_biases(reading, right))
