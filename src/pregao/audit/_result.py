"""The results of an audit: checks, and the first difference of each."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from pregao.training import Experiment
from pregao.values import Value

Noise = Literal["scaled", "huge", "mirrored", "reversed", "truncated"]
"""The replacements of bars after a cutoff; a leak can be insensitive to one, hardly to all."""

Kind = Literal[
    "feature", "market", "split", "scaler", "target", "anchor", "baseline", "training", "forecast"
]

Problem = Literal["moved", "known", "not_reproducible", "failed", "not_finite"]
"""``moved``: depends on prices after the cutoff. ``known``: known at the cutoff, where it should
depend on later prices. ``not_reproducible``: differs between two computations. ``failed``: raised
an error. ``not_finite``: not a finite number where one is required."""


class Difference(Value):
    """The first difference found: its cutoff, row and size."""

    cutoff: date
    """The last session whose bars are unchanged."""
    noise: Noise
    symbol: str | None = None
    session: date | None = None
    """The first row that differs: its session, or the cutoff of its window."""
    place: str = ""
    """The index within the row, if it holds several numbers."""
    before: float | None = None
    """None where it is not a finite number."""
    after: float | None = None

    @property
    def by(self) -> float | None:
        """The absolute difference."""
        if self.before is None or self.after is None:
            return None
        return abs(self.after - self.before)


class Check(Value):
    """The audit of one item: whether it depends on later prices."""

    name: str
    kind: Kind
    cutoffs: int = Field(ge=0)
    """The number of cutoffs tried."""
    noises: tuple[Noise, ...]
    passed: bool
    problem: Problem | None = None
    first: Difference | None = None
    reason: str | None = None
    """The error raised, or the value that is not finite or not reproducible."""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.passed != (self.problem is None):
            raise ValueError("a check passes if it has no problem")
        return self


class Audit(Value):
    """The checks of an experiment's pipeline, in the order of the data flow.

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
    """Those of the whole pipeline; features are audited at more."""
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
        """The checks that did not pass; the first is the earliest in the data flow."""
        return tuple(each for each in self.checks if not each.passed)
