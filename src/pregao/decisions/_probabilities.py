"""Probabilities of actions, from what a network says to what comes true."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from pydantic import Field

from pregao.decisions._action_scores import (
    BUY,
    NAMES,
    SELL,
    ActionName,
    Floats,
    Numbers,
    log_losses,
)
from pregao.instruments import Sessions
from pregao.values import Value

Method = Literal["identity", "temperature", "biased_temperature", "vector"]

# Isotonic regression by class was tried too: on forward labels of five stocks its log loss on the
# test part was 0.4 to 7 % higher than that of no calibration at all.

# A probability of exactly 0 or 1 has no logit.
_LEAST = 1e-9
_MOST_SLOPE, _MOST_BIAS = 20.0, 30.0


class ProbabilityCalibration(Value):
    """How the probabilities that a network says become those with which actions come true.

    ``log p' = slope * log p + bias``, action by action, and then to sum to 1; before that, what
    a focal loss did to them is undone (`unfocused`). Temperature has one slope for all actions and
    no bias; a biased temperature has one slope and a bias for each; a vector, a slope and a bias
    for each.
    """

    method: Method
    focus: float = Field(ge=0)
    """Gamma of the focal loss that is undone first; 0 undoes nothing."""
    slopes: dict[ActionName, float]
    biases: dict[ActionName, float]
    num_windows: int
    log_loss_before: float
    """On the windows that it was fitted on, as `log_loss_after`."""
    log_loss_after: float

    def applied(self, probabilities: Floats) -> Floats:
        """Calibrate (n, 3) probabilities of `ACTIONS`; without method and focus nothing changes."""
        if self.method == "identity" and self.focus == 0:
            return probabilities
        slopes, biases = (
            np.array([each[name] for name in NAMES]) for each in (self.slopes, self.biases)
        )
        return _softmax(slopes * _logs(probabilities, self.focus) + biases)


@dataclass(frozen=True)
class _Form:
    """A family of calibrations: which slopes and biases move together."""

    method: Method
    moves: Floats
    """(free, 6): what each free number adds to the three slopes and the three biases."""
    start: Floats
    """(free,) at which nothing changes."""

    @property
    def num_free(self) -> int:
        return len(self.start)


def _form(method: Method, slopes: Sequence[Sequence[float]], *, is_biased: bool) -> _Form:
    # Of three biases two are free, as only differences count: holding has none.
    rows = [[*slope, 0.0, 0.0, 0.0] for slope in slopes]
    biases = np.eye(6)[[3 + BUY, 3 + SELL]].tolist() if is_biased else []
    start = [1.0] * len(rows) + [0.0] * len(biases)
    return _Form(method, np.array([*rows, *biases]), np.array(start))


_BIASED: Final = _form("biased_temperature", [[1, 1, 1]], is_biased=True)
_FORMS: Final = (
    _form("temperature", [[1, 1, 1]], is_biased=False),
    _BIASED,
    _form("vector", np.eye(3).tolist(), is_biased=True),
)


def calibrate_probabilities(
    probabilities: Floats,
    right: Numbers,
    *,
    sessions: Sessions,
    horizon: int,
    focus: float = 0.0,
) -> ProbabilityCalibration:
    """Fit a calibration to the validation part, with as few numbers as will do.

    Of the three forms, and of none, with and without what undoes the focal loss, the one is taken
    whose log loss is least after each free number has paid for itself (Akaike's criterion, where
    windows that overlap or share a date count as one). Taking none is free, so on these windows
    the log loss never rises. Slopes are not negative: a calibration trusts less, down to the mere
    shares of the actions, but does not turn a network around (that is for `order_of_actions`).
    Biases undo what balanced sampling and class weights did.

    Parameters
    ----------
    probabilities
        (n, 3) of `ACTIONS`, as the network says them.
    right
        (n,) the right actions.
    sessions, horizon
        (n,) the cutoffs, and how many sessions a label looks ahead.
    focus
        Gamma of the focal loss that the network was taught with.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks, ICML (temperature
    and vector scaling). Alexandari, Kundaje, Shrikumar (2020), Maximum likelihood with
    bias-corrected calibration is hard-to-beat at label shift adaptation, ICML. Akaike (1974),
    A new look at the statistical model identification, IEEE Transactions on Automatic Control 19.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> honest = rng.dirichlet([4, 2, 4], size=500)
    >>> right = np.array([rng.choice(3, p=each) for each in honest], np.int8)
    >>> too_sure = honest**3 / (honest**3).sum(axis=1, keepdims=True)
    >>> days = np.datetime64("2020-01-01") + np.arange(500)
    >>> found = calibrate_probabilities(too_sure, right, sessions=days, horizon=1)
    >>> found.method, round(found.slopes["buy"], 1)
    ('temperature', 0.3)
    """
    independent = max(len(np.unique(sessions)) / horizon, 3.0)
    before = float(log_losses(right, probabilities).mean())

    def price(found: ProbabilityCalibration) -> float:
        num_free = next((form.num_free for form in _FORMS if form.method == found.method), 0)
        return independent * found.log_loss_after + num_free

    return min(_tried(probabilities, right, focus, before), key=price)


def _tried(
    probabilities: Floats, right: Numbers, focus: float, before: float
) -> Iterator[ProbabilityCalibration]:
    """Give every calibration that may be taken, the simplest first."""
    for undone in (0.0, focus) if focus else (0.0,):
        logs = _logs(probabilities, undone)
        found = [("identity", np.ones(3), np.zeros(3))]
        found += [(form.method, *_fit(form, logs, right)) for form in _FORMS]
        for method, slopes, biases in found:
            # Without any of it the very probabilities are left, not their logs' exponentials.
            nothing = method == "identity" and undone == 0
            said = probabilities if nothing else _softmax(slopes * logs + biases)
            yield ProbabilityCalibration.model_validate(
                {
                    "method": method,
                    "focus": undone,
                    "slopes": dict(zip(NAMES, slopes.tolist(), strict=True)),
                    "biases": dict(zip(NAMES, biases.tolist(), strict=True)),
                    "num_windows": len(right),
                    "log_loss_before": before,
                    "log_loss_after": float(log_losses(right, said).mean()),
                }
            )


def _fit(form: _Form, logs: Floats, right: Numbers) -> tuple[Floats, Floats]:
    """Minimise the log loss over slopes and biases, which is convex.

    Each action counts as if it had come once more (Platt, 1999, Probabilistic outputs for support
    vector machines): one that never came is improbable, not impossible.
    """
    from scipy.optimize import minimize

    count = len(right)
    targets = (np.eye(len(NAMES))[right] * count + 1) / (count + len(NAMES))

    def loss(free: Floats) -> tuple[float, Floats]:
        both = free @ form.moves
        raw = both[:3] * logs + both[3:]
        log_said = raw - _log_sum(raw)
        slope = (np.exp(log_said) - targets) / count
        gradient = np.concatenate([(slope * logs).sum(axis=0), slope.sum(axis=0)])
        return float(-(targets * log_said).sum() / count), form.moves @ gradient

    bounds = [
        (0.0, _MOST_SLOPE) if start else (-_MOST_BIAS, _MOST_BIAS) for start in form.start.tolist()
    ]
    found = minimize(loss, form.start, jac=True, method="L-BFGS-B", bounds=bounds)
    both = found.x @ form.moves
    return both[:3], both[3:]


def with_biases(probabilities: Floats, right: Numbers) -> Floats:
    """Calibrate with a biased temperature, fitted on these very windows: (n, 3)."""
    logs = _logs(probabilities, 0.0)
    slopes, biases = _fit(_BIASED, logs, right)
    return _softmax(slopes * logs + biases)


def unfocused(probabilities: Floats, focus: float) -> Floats:
    """Turn probabilities that are least in focal loss into those of the actions: (n, 3).

    A focal loss with gamma ``g`` is least not at the true probabilities but at a ``p`` that is less
    sure. Truth is proportional to ``p / ((1 - p)**g - g * (1 - p)**(g - 1) * p * log(p))``.

    References
    ----------
    Charoenphakdee, Vongkulbhisal, Chairatanakul, Sugiyama (2021), On focal loss for class-posterior
    probability estimation: a theoretical perspective, CVPR.

    Examples
    --------
    >>> unfocused(np.array([[0.2, 0.3, 0.5]]), focus=0.0).round(3).tolist()
    [[0.2, 0.3, 0.5]]
    >>> unfocused(np.array([[0.2, 0.3, 0.5]]), focus=3.0).round(3).tolist()
    [[0.097, 0.189, 0.714]]
    """
    return np.asarray(np.exp(_logs(probabilities, focus)), np.float64)


def _logs(probabilities: Floats, focus: float) -> Floats:
    """Give log probabilities, the focal loss undone: (n, 3)."""
    said = np.clip(probabilities, _LEAST, 1 - _LEAST)
    unsure = 1 - said
    raw = np.log(said) - (focus - 1) * np.log(unsure) - np.log(unsure - focus * said * np.log(said))
    return np.asarray(raw - _log_sum(raw), np.float64)


def _log_sum(raw: Floats) -> Floats:
    """Give the log of the sum of exponentials of each row: (n, 1)."""
    most = raw.max(axis=1, keepdims=True)
    return np.asarray(most + np.log(np.exp(raw - most).sum(axis=1, keepdims=True)), np.float64)


def _softmax(raw: Floats) -> Floats:
    return np.asarray(np.exp(raw - _log_sum(raw)), np.float64)
