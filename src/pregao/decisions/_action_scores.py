"""Scores of action forecasts: by class, and always beside those of the majority class."""

from typing import Final, Literal, cast

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import ACTIONS
from pregao.values import Value

Floats = NDArray[np.float64]
Numbers = NDArray[np.int8]
"""Indices into `ACTIONS`, one per window."""

ActionName = Literal["buy", "sell", "hold"]
NAMES: Final = cast("tuple[ActionName, ...]", ACTIONS)
BUY: Final = ACTIONS.index("buy")
SELL: Final = ACTIONS.index("sell")
HOLD: Final = ACTIONS.index("hold")

NUM_BINS = 10
_LEAST_PROBABILITY = 1e-12


class ReliabilityBin(Value):
    """Windows of similar predicted probability of one action, and the observed frequency."""

    predicted: float
    """The mean predicted probability."""
    observed: float
    """The share of windows whose label is this action."""
    count: int


class OneAction(Value):
    """Precision, recall and calibration of one action; None where a score is undefined."""

    support: int
    """Windows whose label is this action."""
    num_said: int
    """Windows for which it was predicted."""
    precision: float | None
    """The share of correct predictions among those of this action; None if never predicted."""
    recall: float | None
    """The share of its windows for which it was predicted; None if it is never the label."""
    f1: float | None
    """The harmonic mean of both; None if it is neither predicted nor a label."""
    reliability: tuple[ReliabilityBin, ...]
    calibration_error: float
    """Mean absolute difference of predicted probability and observed frequency, over ten bins."""


class Constant(Value):
    """Scores of the majority-class forecast: one action always, with constant probabilities.

    The action is the most frequent one of a reference part; the probabilities are the class shares
    of that part.
    """

    action: ActionName
    share: float
    """The share of this action among the labels of the reference part."""
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    log_loss: float
    brier: float


class ActionScores(Value):
    """Scores of action forecasts, always beside those of the majority-class forecast."""

    num_windows: int
    confusion: dict[ActionName, dict[ActionName, int]]
    """Counts by label, then by predicted action."""
    per_action: dict[ActionName, OneAction]
    accuracy: float
    balanced_accuracy: float
    """Mean recall over the actions that occur as labels."""
    macro_f1: float
    """Mean F1 over the actions that occur as labels or predictions."""
    mcc: float
    """Matthews correlation of labels and predictions: 1 perfect, 0 chance or one constant class."""
    log_loss: float
    """Mean of minus the log of the probability of the label, in nats."""
    brier: float
    """Mean over windows of the squared errors of the three probabilities, summed: 0 to 2."""
    calibration_error: float
    """Mean of the calibration errors of the actions."""
    majority_of_training: Constant
    """Of the majority class of the training part, which is known in advance."""
    majority: Constant
    """Of the majority class of the scored windows, known only in hindsight: the stricter bar."""

    @property
    def beats_majority(self) -> bool:
        """Return whether the accuracy is above that of the majority class of these windows."""
        return self.accuracy > self.majority.accuracy


def action_scores(
    labels: Numbers, probabilities: Floats, *, training: Numbers, predicted: Numbers | None = None
) -> ActionScores:
    """Score action forecasts, beside the majority-class forecast on the same windows.

    Parameters
    ----------
    labels
        (n,) the label of each window, as indices into `ACTIONS`.
    probabilities
        (n, 3) in the order of `ACTIONS`.
    training
        The labels of the training part: its majority class is the reference known in advance.
    predicted
        (n,) the predicted actions; by default the likeliest ones.

    References
    ----------
    Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather
    Review 78(1). Gorodkin (2004), Comparing two K-category assignments by a K-category correlation
    coefficient, Computational Biology and Chemistry 28. Kull et al. (2019), Beyond temperature
    scaling, NeurIPS (the calibration error by class; bins are equally full here).

    Examples
    --------
    >>> labels = np.array([HOLD, HOLD, BUY, HOLD], np.int8)
    >>> always_hold = np.full((4, 3), 0.1) + 0.7 * np.eye(3)[HOLD]
    >>> scores = action_scores(labels, always_hold, training=labels)
    >>> scores.accuracy, scores.majority_of_training.accuracy, scores.balanced_accuracy
    (0.75, 0.75, 0.5)
    >>> scores.confusion["buy"]["hold"], scores.beats_majority
    (1, False)
    """
    assert len(labels) == len(probabilities) > 0, "probabilities for every window"
    table = _table(labels, likeliest(probabilities) if predicted is None else predicted)
    per_action = {
        name: _one_action(table, number, probabilities[:, number], labels == number)
        for number, name in enumerate(NAMES)
    }
    errors = [each.calibration_error for each in per_action.values()]
    return ActionScores(
        num_windows=len(labels),
        confusion=_named(table),
        per_action=per_action,
        accuracy=float(table.trace() / table.sum()),
        balanced_accuracy=_balanced_accuracy(table),
        macro_f1=_macro_f1(table),
        mcc=_mcc(table),
        log_loss=float(log_losses(labels, probabilities).mean()),
        brier=_brier(labels, probabilities),
        calibration_error=float(np.mean(errors)),
        majority_of_training=score_majority(training, labels),
        majority=score_majority(labels, labels),
    )


def likeliest(probabilities: Floats) -> Numbers:
    """Return the likeliest action of each row, the first of `ACTIONS` in a tie: (n,)."""
    return np.asarray(probabilities.argmax(axis=1), np.int8)


def count_actions(labels: Numbers) -> dict[ActionName, int]:
    """Count each action.

    >>> count_actions(np.array([HOLD, BUY, HOLD], np.int8))
    {'buy': 1, 'sell': 0, 'hold': 2}
    """
    counts = np.bincount(labels, minlength=len(NAMES)).tolist()
    return dict(zip(NAMES, counts, strict=True))


def score_majority(reference: Numbers, labels: Numbers) -> Constant:
    """Score the majority-class forecast of the `reference` labels against `labels`."""
    counts = np.bincount(reference, minlength=len(NAMES))
    number = int(counts.argmax())
    table = _table(labels, np.full(len(labels), number, np.int8))
    # Half a window more of each: a class absent from the reference part may occur here.
    shares = (counts + 0.5) / (counts + 0.5).sum()
    probabilities = np.broadcast_to(shares, (len(labels), len(NAMES)))
    return Constant(
        action=NAMES[number],
        share=float(counts[number] / counts.sum()),
        accuracy=float(table.trace() / table.sum()),
        balanced_accuracy=_balanced_accuracy(table),
        macro_f1=_macro_f1(table),
        log_loss=float(log_losses(labels, probabilities).mean()),
        brier=_brier(labels, probabilities),
    )


def log_losses(labels: Numbers, probabilities: Floats) -> Floats:
    """Return minus the log of the probability of each label: (n,)."""
    assigned = probabilities[np.arange(len(labels)), labels]
    # A probability of 0 for a label that occurs would make the mean infinite.
    return np.asarray(-np.log(np.maximum(assigned, _LEAST_PROBABILITY)), np.float64)


def reliability_bins(
    probability: Floats, is_label: NDArray[np.bool_], *, num_bins: int = NUM_BINS
) -> tuple[ReliabilityBin, ...]:
    """Compare (n,) probabilities with observed frequencies, in equally populated bins.

    Equal probabilities share a bin, so there may be fewer bins, down to one.

    >>> high, low = np.full(4, 0.75), np.full(4, 0.25)
    >>> occurred = np.array([True, True, True, False, False, False, True, False])
    >>> for each in reliability_bins(np.concatenate([high, low]), occurred, num_bins=2):
    ...     print(each.predicted, each.observed, each.count)
    0.25 0.25 4
    0.75 0.75 4
    """
    edges = np.quantile(probability, np.linspace(0, 1, num_bins + 1)[1:-1])
    number = np.searchsorted(edges, probability)
    counts = np.bincount(number, minlength=num_bins)
    predicted = np.bincount(number, probability, minlength=num_bins)
    observed = np.bincount(number, is_label, minlength=num_bins)
    return tuple(
        ReliabilityBin(
            predicted=float(predicted[each] / counts[each]),
            observed=float(observed[each] / counts[each]),
            count=int(counts[each]),
        )
        for each in np.flatnonzero(counts)
    )


def _table(labels: Numbers, predicted: Numbers) -> Floats:
    """Count pairs of label and prediction: (3, 3)."""
    size = len(NAMES)
    cells = np.bincount(size * labels.astype(np.intp) + predicted, minlength=size**2)
    return cells.reshape(size, size).astype(np.float64)


def _named(table: Floats) -> dict[ActionName, dict[ActionName, int]]:
    return {
        name: dict(zip(NAMES, map(int, row), strict=True))
        for name, row in zip(NAMES, table.tolist(), strict=True)
    }


def _one_action(
    table: Floats, number: int, probability: Floats, is_label: NDArray[np.bool_]
) -> OneAction:
    hits, support, predicted = table[number, number], table[number].sum(), table[:, number].sum()
    bins = reliability_bins(probability, is_label)
    return OneAction(
        support=int(support),
        num_said=int(predicted),
        precision=_share(hits, predicted),
        recall=_share(hits, support),
        f1=_share(2 * hits, support + predicted),
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
    occurs = either > 0
    return float((2 * table.diagonal()[occurs] / either[occurs]).mean())


def _mcc(table: Floats) -> float:
    total, labels, predicted = table.sum(), table.sum(axis=1), table.sum(axis=0)
    spread = np.sqrt((total**2 - predicted @ predicted) * (total**2 - labels @ labels))
    return float((table.trace() * total - predicted @ labels) / spread) if spread > 0 else 0.0


def _brier(labels: Numbers, probabilities: Floats) -> float:
    errors = probabilities - np.eye(len(NAMES))[labels]
    return float((errors**2).sum(axis=1).mean())
