"""Detection of action probabilities whose columns are in another order than assumed."""

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from pregao.decisions._action_scores import NAMES, ActionName, Floats, Numbers, log_losses
from pregao.decisions._probability_calibration import with_biases
from pregao.inference import diebold_mariano
from pregao.instruments import Sessions
from pregao.values import Value

_SIGNIFICANCE_LEVEL = 0.01


class ActionOrder(Value):
    """The assumed order of the probability columns, and the one that the labels support."""

    read: tuple[ActionName, ...]
    """The action that each column is assumed to belong to."""
    found: tuple[ActionName, ...]
    """The order that the labels support: `read` unless another one is significantly better."""
    best: tuple[ActionName, ...]
    """The order of least log loss, significant or not."""
    log_loss_read: float
    """After a temperature and biases fitted to this order, as `log_loss_best`."""
    log_loss_best: float
    p_value: float
    """Of the best order against the assumed one, times the five alternatives (Bonferroni)."""

    @property
    def is_swapped(self) -> bool:
        """Return whether the columns are in another order than the assumed one."""
        return self.found != self.read


def detect_action_order(
    probabilities: Floats, labels: Numbers, *, sessions: Sessions, horizon: int
) -> ActionOrder:
    """Detect probabilities that were written in one order of the actions and are read in another.

    For each of the six orders a temperature and biases are fitted, and the log loss is computed.
    An order other than that of `ACTIONS` is reported if its loss is significantly lower (a
    Diebold-Mariano test at 1 %, Bonferroni-corrected for five alternatives). The temperature is
    not negative, so an order whose probabilities are negatively related to the labels is worth no
    more than the class shares; the biases remove the class shares from the comparison, so that
    neither balanced sampling nor a change of the shares looks like a swap. Where the columns carry
    no information about the labels no order can be detected; the accuracy beside that of the
    majority class shows that case.

    Rare actions need many windows. Windows of the training part can be included: a swap is present
    there as well, while a network that confuses falls and rises on validation alone is correct on
    training.

    Examples
    --------
    >>> from pregao.decisions._action_scores import BUY, HOLD, SELL
    >>> rng = np.random.default_rng(0)
    >>> predicted = rng.dirichlet([1, 1, 1], size=400)
    >>> labels = np.array([rng.choice(3, p=each) for each in predicted], np.int8)
    >>> days = np.datetime64("2020-01-01") + np.arange(400)
    >>> detect_action_order(predicted, labels, sessions=days, horizon=1).is_swapped
    False
    >>> swapped = predicted[:, [SELL, HOLD, BUY]]
    >>> detect_action_order(swapped, labels, sessions=days, horizon=1).found
    ('sell', 'hold', 'buy')
    """
    losses = {
        order: _losses_by_order(order, probabilities, labels)
        for order in permutations(range(len(NAMES)))
    }
    read, *others = losses
    best = min(losses, key=lambda order: float(losses[order].mean()))
    p_value = 1.0
    if best != read:
        test = diebold_mariano(losses[best], losses[read], horizon=horizon, sessions=sessions)
        p_value = min(1.0, len(others) * test.p_value)
    return ActionOrder(
        read=_named(read),
        found=_named(best if p_value < _SIGNIFICANCE_LEVEL else read),
        best=_named(best),
        log_loss_read=float(losses[read].mean()),
        log_loss_best=float(losses[best].mean()),
        p_value=p_value,
    )


def _named(order: Sequence[int]) -> tuple[ActionName, ...]:
    return tuple(NAMES[number] for number in order)


def _losses_by_order(order: Sequence[int], probabilities: Floats, labels: Numbers) -> Floats:
    """Return the log loss of each window if column j belonged to action ``order[j]``: (n,)."""
    reordered = np.empty_like(probabilities)
    reordered[:, list(order)] = probabilities
    return log_losses(labels, with_biases(reordered, labels))
