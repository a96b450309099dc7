"""The model card of a run: what the README of an exported run states."""

from dataclasses import dataclass
from typing import Self

from pregao.dataset import Scaler
from pregao.registry._runs import Run
from pregao.training import Ensemble, Experiment


@dataclass(frozen=True)
class ModelCard:
    """What the user of an exported run needs: inputs, outputs and the served forecaster."""

    run: str
    """The id of the run."""
    version: str
    """The version of Pregao that trained it."""
    candidate: str
    champion: str
    baseline: str | None
    """The name of the served baseline; None if the network is served."""
    experiment: Experiment
    scaler: Scaler
    weights: tuple[float, ...] | None
    """The weights of an ensemble's members; None for a single network."""

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Describe a stored run without loading its weights.

        Raises
        ------
        CorruptFileError
            If a file of the run differs from what was written.
        """
        model = run.without_weights
        return cls(
            run=run.id,
            version=run.provenance.pregao,
            candidate=run.report.candidate,
            champion=run.report.champion,
            baseline=run.served_name,
            experiment=model.experiment,
            scaler=model.scaler,
            weights=model.weights if isinstance(model, Ensemble) else None,
        )
