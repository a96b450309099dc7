"""Explanation of a network's forecasts: of one, or of a run on its validation part."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, Self

from pydantic import Field

from pregao.explanation._integrated_gradients import IntegratedGradients
from pregao.explanation._narrative import (
    IGNORES_INPUTS,
    REMINDER,
    WITHOUT_EDGE,
    baseline_served,
    describe_forecast,
    describe_run,
)
from pregao.explanation._permutation_importance import PermutationImportances
from pregao.inference import Edge
from pregao.training import Attribution, Model, model_members
from pregao.values import Text, Value


class Explanation(Value):
    """Attributions of one forecast or of a run, with a narrative and the edge of the run.

    The attributions of a forecast are integrated gradients from the average input. A run has their
    average over windows of its validation part, and permutation importances beside them.
    """

    about: Literal["run", "forecast"]
    run: str
    model: str
    """The digest of the weights."""
    forecaster: str
    served: str | None = None
    """The baseline that is served instead, where the network was not promoted."""
    edge: Edge
    """Whether the run beat the best baseline on its test part significantly."""
    symbol: str | None = None
    """The symbol of a forecast; None for a run."""
    as_of: date
    """The last session that is read; of a run, the last cutoff of its validation part."""
    features: tuple[str, ...]
    lags: tuple[int, ...]
    """The oldest session first; lag 1 is that of the cutoff."""
    is_untrained: bool
    """Whether no epoch beat the untrained network, which equals its anchor and ignores inputs."""
    num_windows: int = Field(ge=1)
    """The windows that attributions are averaged over: 1 for a forecast."""
    attributed: tuple[IntegratedGradients, ...] = Field(min_length=1)
    importances: PermutationImportances | None = None
    """Of a run; None for a forecast."""
    what_mattered: tuple[Text, ...]
    """The narrative: the attributions in sentences."""

    @classmethod
    def from_attributions(
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
        importances: PermutationImportances | None = None,
    ) -> Self:
        """Assemble attributions, and for a run importances, with the narrative drawn from them."""
        features = model.scaler.features
        attributed = tuple(
            IntegratedGradients.from_attribution(each, features) for each in attributions
        )
        if is_untrained(model) and not any(each.absolute_percent for each in attributed):
            sentences = [IGNORES_INPUTS]
        elif importances is None:
            sentences = [*describe_forecast(attributed), _reminder(edge)]
        else:
            sentences = [*describe_run(attributed, importances), _reminder(edge)]
        if served is not None:
            sentences.append(baseline_served(served))
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
    """Return whether no epoch of any member beat the untrained network on validation."""
    members = model_members(model)
    return all(each.best_epoch == 0 for each in members)
