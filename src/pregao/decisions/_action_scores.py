"""Scores of actions: each class by its name, and never an accuracy alone."""

from typing import Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import ACTIONS
from pregao.values import Value

Floats = NDArray[np.float64]
Numbers = NDArray[np.int8]
"""Numbers of `ACTIONS`, one a window."""

ActionName = Literal["buy", "sell", "hold"]
NAMES: Final = cast("tuple[ActionName, ...]", ACTIONS)
BUY: Final = ACTIONS.index("buy")
SELL: Final = ACTIONS.index("sell")
HOLD: Final = ACTIONS.index("hold")

NUM_BINS = 10
_LEAST_PROBABILITY = 1e-12


class ReliabilityBin(Value):
    """Windows with like probabilities of one action: what was said, and how often it was right."""

    predicted: float
    """The mean probability."""
    observed: float
    """The share of windows of which it was the right action."""
    count: int


class OneAction(Value):
    """How well one action was told from the others; None where it cannot be said."""

    support: int
    """How many windows it was right for."""
    num_said: int
    precision: float | None
    """The share of right ones among those said; None where it never was said."""
    recall: float | None
    """The share of those it was right for that were said; None where it never was right."""
    f1: float | None
    """The harmonic mean of both; None where it was neither said nor right."""
    reliability: tuple[ReliabilityBin, ...]
    calibration_error: float
    """Mean distance between its probability and how often it was right, over ten bins."""


class Constant(Value):
    """What one gets without looking: always one action, and probabilities that never change.

    The action is the commonest of some part, and the probabilities are that part's shares.
    """

    action: ActionName
    share: float
    """Of the windows of that part, it was right for so many."""
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    log_loss: float
    brier: float


class ActionScores(Value):
    """Scores of what was said, beside those of never looking; there are none without the others."""

    num_windows: int
    confusion: dict[ActionName, dict[ActionName, int]]
    """How often: the right action, then the action said."""
    per_action: dict[ActionName, OneAction]
    accuracy: float
    balanced_accuracy: float
    """Mean recall over the actions that were right somewhere."""
    macro_f1: float
    """Mean F1 over the actions that were right or said somewhere."""
    mcc: float
    """Matthews' correlation of said and right: 1 is perfect, 0 is chance, or always the same."""
    log_loss: float
    """Mean of minus the log of the probability of the right action, in nats."""
    brier: float
    """Mean over windows of the squared errors of the three probabilities, summed: 0 to 2."""
    calibration_error: float
    """Mean over the actions of theirs."""
    majority_of_training: Constant
    """Of the training part, which is all that one could have known."""
    majority: Constant
    """Of these very windows: what hindsight gives, and an accuracy has to beat."""

    @property
    def beats_majority(self) -> bool:
        """Tell whether more is right than by always saying the commonest action."""
        return self.accuracy > self.majority.accuracy


def action_scores(
    right: Numbers, probabilities: Floats, *, training: Numbers, said: Numbers | None = None
) -> ActionScores:
    """Score what was said of some windows, beside what always the same would have got there.

    Parameters
    ----------
    right
        (n,) the right action of each window, as numbers of `ACTIONS`.
    probabilities
        (n, 3) of `ACTIONS`.
    training
        The right actions of the training part: its commonest is what one says without looking.
    said
        (n,) what was decided, the likeliest action by default.

    References
    ----------
    Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather
    Review 78(1). Gorodkin (2004), Comparing two K-category assignments by a K-category correlation
    coefficient, Computational Biology and Chemistry 28. Kull et al. (2019), Beyond temperature
    scaling, NeurIPS (the calibration error by class; bins are equally full here).

    Examples
    --------
    >>> right = np.array([HOLD, HOLD, BUY, HOLD], np.int8)
    >>> always_hold = np.full((4, 3), 0.1) + 0.7 * np.eye(3)[HOLD]
    >>> scores = action_scores(right, always_hold, training=right)
    >>> scores.accuracy, scores.majority_of_training.accuracy, scores.balanced_accuracy
    (0.75, 0.75, 0.5)
    >>> scores.confusion["buy"]["hold"], scores.beats_majority
    (1, False)
    """
    assert len(right) == len(probabilities) > 0, "probabilities for every window"
    decided = likeliest(probabilities) if said is None else said
    table = _table(right, decided)
    per_action = {
        name: _one_action(table, number, probabilities[:, number], right == number)
        for number, name in enumerate(NAMES)
    }
    errors = [each.calibration_error for each in per_action.values()]
    return ActionScores(
        num_windows=len(right),
        confusion=_named(table),
        per_action=per_action,
        accuracy=float(table.trace() / table.sum()),
        balanced_accuracy=_balanced_accuracy(table),
        macro_f1=_macro_f1(table),
        mcc=_mcc(table),
        log_loss=float(log_losses(right, probabilities).mean()),
        brier=_brier(right, probabilities),
        calibration_error=float(np.mean(errors)),
        majority_of_training=constant(training, right),
        majority=constant(right, right),
    )


def likeliest(probabilities: Floats) -> Numbers:
    """Say the likeliest action of each row, the first of `ACTIONS` where several are."""
    return np.asarray(probabilities.argmax(axis=1), np.int8)


def counts_of(right: Numbers) -> dict[ActionName, int]:
    """Count each action.

    >>> counts_of(np.array([HOLD, BUY, HOLD], np.int8))
    {'buy': 1, 'sell': 0, 'hold': 2}
    """
    counts = np.bincount(right, minlength=len(NAMES)).tolist()
    return dict(zip(NAMES, counts, strict=True))


def constant(source: Numbers, right: Numbers) -> Constant:
    """Score always saying the commonest action of `source`, where others are `right`."""
    counts = np.bincount(source, minlength=len(NAMES))
    number = int(counts.argmax())
    table = _table(right, np.full(len(right), number, np.int8))
    # Half a window more of each: what never happened there may happen here.
    shares = (counts + 0.5) / (counts + 0.5).sum()
    probabilities = np.broadcast_to(shares, (len(right), len(NAMES)))
    return Constant(
        action=NAMES[number],
        share=float(counts[number] / counts.sum()),
        accuracy=float(table.trace() / table.sum()),
        balanced_accuracy=_balanced_accuracy(table),
        macro_f1=_macro_f1(table),
        log_loss=float(log_losses(right, probabilities).mean()),
        brier=_brier(right, probabilities),
    )


def log_losses(right: Numbers, probabilities: Floats) -> Floats:
    """Give minus the log of the probability of the right action: (n,)."""
    given = probabilities[np.arange(len(right)), right]
    # A probability of 0 for what came would be an infinite loss, which no mean survives.
    return np.asarray(-np.log(np.maximum(given, _LEAST_PROBABILITY)), np.float64)


def reliability_of(
    probability: Floats, is_right: NDArray[np.bool_], *, num_bins: int = NUM_BINS
) -> tuple[ReliabilityBin, ...]:
    """Lay (n,) probabilities beside how often they came true, in bins that are equally full.

    Equal probabilities share a bin, so there may be fewer bins, down to one.

    >>> often, seldom = np.full(4, 0.75), np.full(4, 0.25)
    >>> came = np.array([True, True, True, False, False, False, True, False])
    >>> for each in reliability_of(np.concatenate([often, seldom]), came, num_bins=2):
    ...     print(each.predicted, each.observed, each.count)
    0.25 0.25 4
    0.75 0.75 4
    """
    edges = np.quantile(probability, np.linspace(0, 1, num_bins + 1)[1:-1])
    number = np.searchsorted(edges, probability)
    counts = np.bincount(number, minlength=num_bins)
    predicted = np.bincount(number, probability, minlength=num_bins)
    observed = np.bincount(number, is_right, minlength=num_bins)
    return tuple(
        ReliabilityBin(
            predicted=float(predicted[each] / counts[each]),
            observed=float(observed[each] / counts[each]),
            count=int(counts[each]),
        )
        for each in np.flatnonzero(counts)
    )


def _table(right: Numbers, said: Numbers) -> Floats:
    """Count (right, said): (3, 3)."""
    size = len(NAMES)
    cells = np.bincount(size * right.astype(np.intp) + said, minlength=size**2)
    return cells.reshape(size, size).astype(np.float64)


def _named(table: Floats) -> dict[ActionName, dict[ActionName, int]]:
    return {
        name: dict(zip(NAMES, map(int, row), strict=True))
        for name, row in zip(NAMES, table.tolist(), strict=True)
    }


def _one_action(
    table: Floats, number: int, probability: Floats, is_right: NDArray[np.bool_]
) -> OneAction:
    hits, support, said = table[number, number], table[number].sum(), table[:, number].sum()
    bins = reliability_of(probability, is_right)
    return OneAction(
        support=int(support),
        num_said=int(said),
        precision=_share(hits, said),
        recall=_share(hits, support),
        f1=_share(2 * hits, support + said),
        reliability=bins,
        calibration_error=sum(each.count * abs(each.predicted - each.observed) for each in bins)
        / len(probability),
    )


def _share(part: float, whole: float) -> float | None:
    return None if whole == 0 else float(part / whole)


def _balanced_accuracy(table: Floats) -> float:
    support = table.sum(axis=1)
    occurs = support > 0
    return float((table.diagonal()[occurs] / support[occurs]).mean())


def _macro_f1(table: Floats) -> float:
    either = table.sum(axis=1) + table.sum(axis=0)
    seen = either > 0
    return float((2 * table.diagonal()[seen] / either[seen]).mean())


def _mcc(table: Floats) -> float:
    total, right, said = table.sum(), table.sum(axis=1), table.sum(axis=0)
    spread = np.sqrt((total**2 - said @ said) * (total**2 - right @ right))
    return float((table.trace() * total - said @ right) / spread) if spread > 0 else 0.0


def _brier(right: Numbers, probabilities: Floats) -> float:
    errors = probabilities - np.eye(len(NAMES))[right]
    return float((errors**2).sum(axis=1).mean())
