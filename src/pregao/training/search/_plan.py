"""What a search is asked to do, and what it writes down of its trials."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from pregao.errors import Fault, InvalidExperimentError, TooManyTrialsError, UnknownNameError
from pregao.texts import gettext_lazy as _
from pregao.training import Count, Experiment, Outcome, PartialTraining, WindowSettings
from pregao.training.search._space import Choices, Params, Plain, Space, default_space, refused
from pregao.training.search._strategies import STRATEGIES, Strategy, StrategyName
from pregao.values import Value
from pregao.zoo.networks import Network, find_network

MAX_COMBINATIONS = 500
"""How many trials of an entry a search has without being told that they are meant."""

TrialStatus = Literal["finished", "pruned", "diverged", "failed", "duplicate", "unfinished"]
"""What became of a trial; unfinished is one that the time was too short for."""


def _network(value: object) -> object:
    return find_network(value) if isinstance(value, str) else value


def _strategy(value: object) -> object:
    if isinstance(value, str) and value not in STRATEGIES:
        raise UnknownNameError(_("strategy"), value, STRATEGIES)
    return value


class Search(Value):
    """Which experiment to vary, how, and for which networks; each of them is a race of its own.

    >>> base = Experiment(symbols=("SP500",))
    >>> plan = Search(experiment=base, entries={"lstm_classic": "lstm_classic"}, trials=12)
    >>> Search.model_validate_json(plan.model_dump_json()) == plan
    True
    >>> plan.trial_experiment("lstm_classic", {"dropout": 0.1}).dropout
    0.1
    """

    experiment: Experiment
    entries: dict[str, Annotated[Network, BeforeValidator(_network)]] = Field(min_length=1)
    space: Space = Field(default_factory=default_space)
    strategy: Annotated[StrategyName, BeforeValidator(_strategy)] = "bayesian"
    trials: Count | None = Field(
        default=None, ge=1, le=1_000_000, description="of each entry; a grid has all combinations"
    )
    pruning: bool = Field(default=True, description="stop bad trials early")
    seed: Count = Field(default=0, ge=0, lt=2**32, description="of the choice of trials")

    @model_validator(mode="after")
    def _check(self) -> Self:
        ranges = [n for n, knob in self.space.knobs.items() if not isinstance(knob, Choices)]
        if ranges and not self.chooser.takes_ranges:
            raise InvalidExperimentError(
                _("the search space"),
                [
                    Fault(
                        f"space.{name}",
                        _(
                            "a {strategy} needs a list of values, not a range: give a list, or "
                            "the strategy random or bayesian",
                            strategy=self.strategy,
                        ),
                    )
                    for name in ranges
                ],
            )
        if "network" in self.space.knobs and len(self.entries) > 1:
            raise ValueError(
                _(
                    "network: {num_entries} networks race, so it cannot be a knob as well: take "
                    "it out of the space, or search one experiment",
                    num_entries=len(self.entries),
                )
            )
        return self

    @classmethod
    def parse(cls, fields: Mapping[str, Any], *, source: str = "the search") -> Self:
        """Make a search from untrusted fields.

        Raises
        ------
        InvalidExperimentError
            For unknown or impossible fields, or a grid over a range.
        UnknownNameError
            For an unknown network.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            refused(source, error)

    @property
    def chooser(self) -> Strategy:
        """How it chooses its trials."""
        return STRATEGIES[self.strategy]

    @property
    def num_trials(self) -> int:
        """How many trials each entry has."""
        number = self.chooser.num_trials(self.space, self.trials)
        assert number is not None, "a grid over a range is refused"
        return number

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, first 16 hex digits."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def check_size(self, *, force: bool = False) -> None:
        """Refuse more trials than anybody asks for by accident.

        Raises
        ------
        TooManyTrialsError
            If an entry has more than `MAX_COMBINATIONS` and they are not forced.
        """
        if self.num_trials > MAX_COMBINATIONS and not force:
            raise TooManyTrialsError(self.num_trials, len(self.entries), MAX_COMBINATIONS)

    def trial_experiment(self, entry: str, params: Params) -> Experiment:
        """Return the experiment of a trial.

        Raises
        ------
        InvalidExperimentError
            If these parameters cannot be together.
        """
        fields = {**dict(self.experiment), "network": self.entries[entry], **params}
        return Experiment.parse(fields, source="the trial")

    def window_variants(self) -> tuple[Experiment, ...]:
        """Return an experiment for each way of cutting windows that a trial may need."""
        knobs = {
            name: knob.values
            for name, knob in self.space.knobs.items()
            if name in WindowSettings.model_fields and isinstance(knob, Choices)
        }
        varied = [
            Experiment.parse({**dict(self.experiment), **dict(zip(knobs, values, strict=True))})
            for values in product(*knobs.values())
        ]
        return tuple({each.window_settings: each for each in varied}.values())


@dataclass(frozen=True, eq=False)
class Step:
    """A part of a trial: train it to an epoch, from the start or from its checkpoint."""

    entry: str
    trial: int
    params: Params
    experiment: Experiment
    digest: str
    """Of the experiment."""
    until: int
    checkpoint: bytes | None = field(default=None, repr=False)

    @property
    def key(self) -> tuple[str, int, int]:
        """What names the step in its search."""
        return self.entry, self.trial, self.until


class StepResult(Value):
    """What is known of a trial after a step of it."""

    losses: tuple[float, ...]
    """On validation, after each epoch so far; the first is the untrained network's."""
    best_epoch: int
    """The epoch whose weights are kept."""
    outcome: Outcome | Literal["failed"] | None
    """None if it could go on."""
    reason: str = ""
    seconds: float
    """Of training, in all."""

    @classmethod
    def of(cls, advanced: PartialTraining) -> Self:
        """Sum up how far a training went."""
        epochs = advanced.epochs
        return cls(
            losses=tuple(each.validation_loss for each in epochs),
            best_epoch=next(each.number for each in reversed(epochs) if each.is_best),
            outcome=advanced.outcome,
            reason=f"the loss stopped being finite after epoch {epochs[-1].number}"
            if advanced.outcome == "diverged"
            else "",
            seconds=sum(each.seconds for each in epochs),
        )

    @classmethod
    def failed(cls, reason: str) -> Self:
        """Record that a trial cannot be trained."""
        return cls(losses=(), best_epoch=0, outcome="failed", reason=reason, seconds=0.0)

    @property
    def num_epochs(self) -> int:
        """How many epochs were trained."""
        return max(len(self.losses) - 1, 0)

    @property
    def loss(self) -> float | None:
        """The validation loss of the weights that are kept."""
        return self.losses[self.best_epoch] if self.losses else None

    def trained_loss(self, until: int | None = None) -> float | None:
        """Return the least validation loss of a trained epoch, until the one given.

        Epoch 0 is the same for all trials and tells nothing of any, where there is another.
        """
        trained = self.losses[1:] if until is None else self.losses[1 : until + 1]
        return min(trained or self.losses, default=None)


class TrialRecord(Value):
    """A trial and what became of it."""

    entry: str
    trial: int
    params: dict[str, Plain]
    fate: TrialStatus
    reason: str = ""
    epochs: int = 0
    best_epoch: int = 0
    loss: float | None = None
    """On validation, of the best epoch, the untrained network being one."""
    trained_loss: float | None = None
    """On validation, of the best epoch that was trained."""
    seconds: float = 0.0
    duplicate_of: int | None = None
    """The trial with the same parameters, whose result it has."""


class EntryTrials(Value):
    """All trials of one entry, and the best."""

    entry: str
    trials: tuple[TrialRecord, ...]
    best: int | None
    """The number of the trial with the least validation loss; None if none could be trained."""
    is_complete: bool
    """False if the time was too short for all trials."""

    @property
    def champion(self) -> TrialRecord | None:
        """The best trial."""
        return next((each for each in self.trials if each.trial == self.best), None)

    @property
    def num_pruned(self) -> int:
        """How many trials were stopped early."""
        return sum(each.fate == "pruned" for each in self.trials)

    @property
    def seconds(self) -> float:
        """Of training, in all."""
        return sum(each.seconds for each in self.trials if each.fate != "duplicate")


class SearchResult(Value):
    """What a search found."""

    entries: dict[str, EntryTrials]

    @property
    def best(self) -> TrialRecord | None:
        """The best trial of all entries; None if none could be trained."""
        champions = [each.champion for each in self.entries.values()]
        trained = [each for each in champions if each and each.loss is not None]
        return min(trained, key=lambda each: each.loss or 0.0, default=None)

    @property
    def num_trials(self) -> int:
        """How many trials there were."""
        return sum(len(each.trials) for each in self.entries.values())

    @property
    def num_pruned(self) -> int:
        """How many of them were stopped early."""
        return sum(each.num_pruned for each in self.entries.values())

    @property
    def seconds(self) -> float:
        """Of training, in all."""
        return sum(each.seconds for each in self.entries.values())

    @property
    def is_complete(self) -> bool:
        """False if the time was too short for all trials."""
        return all(each.is_complete for each in self.entries.values())
