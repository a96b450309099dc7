"""What a network read: for one forecast, or over a run's validation part."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, Self

from pydantic import Field

from pregao.explanation._integrated_gradients import Attributed
from pregao.explanation._narrative import (
    READS_NOTHING,
    REMINDER,
    WITHOUT_EDGE,
    of_forecast,
    of_run,
    served_instead,
)
from pregao.explanation._permutation import Importances
from pregao.inference import Edge
from pregao.training import Attribution, Model, members_of
from pregao.values import Text, Value


class Explanation(Value):
    """What mattered to a forecast, or to a run, and how much of it to believe.

    Shares of a forecast are integrated gradients from the average input. A run has them too, on
    average over windows of its validation part, and beside them what it costs to swap inputs.
    """

    about: Literal["run", "forecast"]
    run: str
    model: str
    """The digest of the weights."""
    forecaster: str
    served: str | None = None
    """The baseline that forecasts in the network's place, where the network did not earn it."""
    edge: Edge
    """Whether the run beat the best baseline on its test part, beyond chance."""
    symbol: str | None = None
    """Whose forecast it is; None for a run."""
    as_of: date
    """The last session that is read: of a run, the last cutoff of its validation part."""
    features: tuple[str, ...]
    lags: tuple[int, ...]
    """The oldest session first; lag 1 is that of the cutoff."""
    is_untrained: bool
    """Whether no epoch beat the untrained network: it then equals its anchor and reads nothing."""
    num_windows: int = Field(ge=1)
    """Over how many windows shares are averaged: 1 for a forecast."""
    attributed: tuple[Attributed, ...] = Field(min_length=1)
    importances: Importances | None = None
    """Of a run; None for a forecast."""
    what_mattered: tuple[Text, ...]
    """In plain sentences."""

    @classmethod
    def of(
        cls,
        attributions: Sequence[Attribution],
        model: Model,
        *,
        run: str,
        forecaster: str,
        served: str | None,
        edge: Edge,
        as_of: date,
        symbol: str | None = None,
        importances: Importances | None = None,
    ) -> Self:
        """Put shares, and for a run importances, together with what they say in a sentence."""
        features = model.scaler.features
        attributed = tuple(Attributed.of(each, features) for each in attributions)
        if is_untrained(model) and not any(each.absolute_percent for each in attributed):
            sentences = [READS_NOTHING]
        elif importances is None:
            sentences = [*of_forecast(attributed), _reminder(edge)]
        else:
            sentences = [*of_run(attributed, importances), _reminder(edge)]
        if served is not None:
            sentences.append(served_instead(served))
        return cls(
            about="forecast" if importances is None else "run",
            run=run,
            model=model.digest,
            forecaster=forecaster,
            served=served,
            edge=edge,
            symbol=symbol,
            as_of=as_of,
            features=features,
            lags=tuple(range(model.experiment.lookback, 0, -1)),
            is_untrained=is_untrained(model),
            num_windows=len(attributions[0].value),
            attributed=attributed,
            importances=importances,
            what_mattered=tuple(sentences),
        )


def _reminder(edge: Edge) -> Text:
    return REMINDER if edge == "proven" else WITHOUT_EDGE


def is_untrained(model: Model) -> bool:
    """Tell whether no epoch of any member beat the network as it was before the first step."""
    members = members_of(model)
    return all(each.best_epoch == 0 for each in members)
