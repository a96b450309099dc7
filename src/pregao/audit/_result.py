"""What an audit found, as values: checks, and the first thing that moved."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from pregao.training import Experiment
from pregao.values import Value

Noise = Literal["scaled", "huge", "mirrored", "reversed", "truncated"]
"""What is done to the bars after a cutoff; a leak may be blind to one of them, not to all."""

Kind = Literal[
    "feature", "market", "split", "scaler", "target", "anchor", "baseline", "training", "forecast"
]

Problem = Literal["moved", "known", "not_reproducible", "failed", "not_finite"]
"""Moved with what comes after the cutoff; known at the cutoff where it should come after it;
different when computed again; raised an error; neither a number nor allowed not to be one."""


class Difference(Value):
    """The first thing that moved: at which cutoff, in which row, by how much."""

    cutoff: date
    """The last session that was left as it is."""
    noise: Noise
    symbol: str | None = None
    session: date | None = None
    """The first row that moved: its session, or the cutoff of its window."""
    place: str = ""
    """Where in the row, if it holds several numbers."""
    before: float | None = None
    """None where it is no finite number."""
    after: float | None = None

    @property
    def by(self) -> float | None:
        """How far it moved."""
        if self.before is None or self.after is None:
            return None
        return abs(self.after - self.before)


class Check(Value):
    """One thing that must not see the future, and whether it does."""

    name: str
    kind: Kind
    cutoffs: int = Field(ge=0)
    """How many were tried."""
    noises: tuple[Noise, ...]
    passed: bool
    problem: Problem | None = None
    first: Difference | None = None
    reason: str | None = None
    """What was raised, or what is not finite."""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.passed != (self.problem is None):
            raise ValueError("a check passes if it has no problem")
        return self


class Audit(Value):
    """Every check of an experiment's pipeline, in the order in which data flows through it.

    >>> check = Check(name="sigma", kind="market", cutoffs=20, noises=("huge",), passed=True)
    >>> audit = Audit(
    ...     experiment=Experiment(symbols=("SP500",)),
    ...     sessions=500,
    ...     cutoffs=(date(2018, 1, 2),),
    ...     checks=(check,),
    ...     seconds=1.5,
    ... )
    >>> audit.is_clean, Audit.model_validate_json(audit.model_dump_json()) == audit
    (True, True)
    """

    experiment: Experiment
    sessions: int
    """Of all symbols together."""
    cutoffs: tuple[date, ...]
    """Those of the whole pipeline; a feature is tried at more."""
    checks: tuple[Check, ...]
    plugins: tuple[str, ...] = ()
    """The packages whose features or networks were audited."""
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Whether every check passed."""
        return all(each.passed for each in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass; the first is where data goes wrong first."""
        return tuple(each for each in self.checks if not each.passed)
