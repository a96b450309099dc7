"""The numbers of a forecast that can be explained, and what each input added to them."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pregao.dataset import ACTIONS, Windows
from pregao.errors import InvalidExperimentError
from pregao.texts import gettext_lazy as _
from pregao.training._experiment import Experiment
from pregao.values import Value

Float = NDArray[np.float64]
Step = Annotated[int, Field(ge=1)]


class MedianAt(Value):
    """The median of the cumulative log return at a step, in percent."""

    kind: Literal["median"] = "median"
    step: Step


class WidthAt(Value):
    """How wide the central interval of the cumulative log return is at a step, in percent."""

    kind: Literal["width"] = "width"
    step: Step
    percent: Literal[50, 80, 90, 95] = 90


class ActionProbability(Value):
    """The probability of one of `ACTIONS`, in percent."""

    kind: Literal["probability"] = "probability"
    action: Literal["buy", "sell", "hold"]


Quantity = Annotated[MedianAt | WidthAt | ActionProbability, Field(discriminator="kind")]
"""One number of a forecast, in percent."""


def default_quantities(experiment: Experiment, *, step: int | None = None) -> tuple[Quantity, ...]:
    """Return the usual quantities of a forecast: median and 90 % range at a step, any actions.

    Parameters
    ----------
    step
        The last by default.

    Raises
    ------
    InvalidExperimentError
        If the forecast does not reach that step.

    Examples
    --------
    >>> for each in default_quantities(Experiment(symbols=("PETR4",)), step=3):
    ...     print(each)
    kind='median' step=3
    kind='width' step=3 percent=90
    """
    last = experiment.horizon
    requested = last if step is None else step
    if not 1 <= requested <= last:
        reason = _(
            "step {asked}: its forecasts reach {last} sessions ahead, so give 1 to {last}",
            asked=requested,
            last=last,
        )
        raise InvalidExperimentError(_("what to explain"), [reason])
    price: tuple[Quantity, ...] = (MedianAt(step=requested), WidthAt(step=requested))
    if experiment.actions is None:
        return price
    return (*price, *(ActionProbability.model_validate({"action": each}) for each in ACTIONS))


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each input of some windows added to one quantity of their forecasts, in percent."""

    quantity: Quantity
    inputs: Float
    """(n, features, lookback), the oldest session first."""
    value: Float
    """(n,) what is forecast."""
    reference_value: Float
    """(n,) what would be, had every input been the reference."""

    @property
    def gap(self) -> Float:
        """(n,) how far the inputs' sum is from the difference that it should be."""
        gap: Float = self.value - self.reference_value - self.inputs.sum(axis=(1, 2))
        return gap


def mean_input(windows: Windows) -> Float:
    """Average the rows that some windows hold, each row once: a number a feature.

    Of the training part it is what a network has seen on average: the input that says nothing.
    With standard scaling it is 0, the rows that a cap has cut excepted.
    """
    _, starts = np.unique(windows.symbol_index, return_index=True)
    stops = [*starts[1:], len(windows)]
    held = np.zeros(len(windows.table), np.bool_)
    for start, stop in zip(starts, stops, strict=True):
        first, last = windows.cutoff_rows[start], windows.cutoff_rows[stop - 1]
        held[first - windows.lookback + 1 : last + 1] = True
    mean: Float = windows.table[held].mean(axis=0, dtype=np.float64)
    return mean
