"""What a search may vary: knobs by the name of an experiment's field, each with its values."""

from collections.abc import Iterable, Mapping
from functools import cache
from math import prod
from pathlib import Path
from typing import Annotated, Any, NoReturn, Self, assert_never

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from pregao.errors import (
    Fault,
    InputError,
    InvalidExperimentError,
    UnknownNameError,
    validation_message,
)
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _
from pregao.training import SEARCH, Experiment, WindowSettings, read_toml_fields
from pregao.values import Value

Params = dict[str, Any]
"""One value for each knob of a space: what a trial changes in its experiment."""


def plain(value: object) -> object:
    """Return a value as it reads back from JSON, lists being tuples: it equals its round trip."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(plain(each) for each in value)
    return value


Plain = Annotated[Any, BeforeValidator(plain)]


class Choices(Value):
    """A knob that takes one of some values."""

    values: tuple[Plain, ...] = Field(min_length=1, max_length=1_000)

    @model_validator(mode="after")
    def _check(self) -> Self:
        twice = [each for place, each in enumerate(self.values) if each in self.values[:place]]
        if twice:
            raise ValueError(_("{twice!r} is there twice", twice=twice[0]))
        return self

    @property
    def is_ordered(self) -> bool:
        """Whether neighbours are alike: they are numbers, in order."""
        numbers = [
            each
            for each in self.values
            if isinstance(each, int | float) and not isinstance(each, bool)
        ]
        return len(numbers) == len(self.values) and numbers == sorted(numbers)


class Range(Value):
    """A knob that takes any number from `low` to `high`, both included.

    With `log` a tenth and ten times a value are as far from it; with `integer` only whole numbers
    count, which the knob of a whole number has by itself.
    """

    low: float
    high: float
    log: bool = False
    integer: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.low < self.high:
            raise ValueError(
                _("low {low:g} is not below high {high:g}", low=self.low, high=self.high)
            )
        if self.log and self.low <= 0:
            raise ValueError(
                _("low {low:g} has no logarithm: give one above 0, or log = false", low=self.low)
            )
        if self.integer and (self.low % 1 or self.high % 1):
            raise ValueError(
                _("{low:g} to {high:g} are no whole numbers", low=self.low, high=self.high)
            )
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high, as the field would get them."""
        return (int(self.low), int(self.high)) if self.integer else (self.low, self.high)


Knob = Choices | Range


class Space(Value):
    """All combinations of some knobs.

    >>> space = Space.parse({"learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}})
    >>> space.num_combinations is None
    True
    >>> default_space().num_combinations
    3360
    """

    knobs: dict[str, Knob] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, fields: Any) -> Any:
        """Put knobs in the order of the fields, and make ranges of whole numbers know it.

        However it was written, one space is then one value, with one order of trials.
        """
        if not isinstance(fields, Mapping) or not isinstance(fields.get("knobs"), Mapping):
            return fields
        places = {name: place for place, name in enumerate(Experiment.model_fields)}
        in_order = sorted(fields["knobs"], key=lambda name: places.get(name, len(places)))
        knobs = {str(name): fields["knobs"][name] for name in in_order}
        for name in knobs.keys() & _integers():
            knob = knobs[name]
            if isinstance(knob, Range):
                knobs[name] = knob.replace(integer=True)
            elif isinstance(knob, Mapping) and "low" in knob:
                knobs[name] = {**knob, "integer": True}
        return {**fields, "knobs": knobs}

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, knob in self.knobs.items():
            _check_knob(name, knob)
        return self

    @classmethod
    def parse(cls, fields: Mapping[str, Any], *, source: str = "the search space") -> Self:
        """Make a space from untrusted fields: a list of values, or a table of `low` and `high`.

        Raises
        ------
        UnknownNameError
            For a knob that is none, or an unknown network or feature, with the nearest.
        InvalidExperimentError
            For a value that the field refuses, or an empty or reversed range.
        """
        try:
            return cls.model_validate(
                {"knobs": {name: _spelt_out(source, name, each) for name, each in fields.items()}}
            )
        except ValidationError as error:
            refused(source, error)

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read a space from a TOML file, all knobs at the top level."""
        return cls.parse(read_toml_fields(path), source=str(path))

    @property
    def num_combinations(self) -> int | None:
        """How many different trials there are; None if a range is continuous."""
        counts = [_num_values(knob) for knob in self.knobs.values()]
        return None if None in counts else prod(each for each in counts if each is not None)


def searchable() -> dict[str, tuple[Any, ...]]:
    """Return the fields that a search may vary, with the values that it tries by default.

    >>> searchable()["batch_size"], searchable()["lookback"]
    ((16, 32, 64, 128), ())
    """
    return {
        name: tuple(each.json_schema_extra[SEARCH])  # type: ignore[arg-type] # a list by SEARCH
        for name, each in Experiment.model_fields.items()
        if isinstance(each.json_schema_extra, dict) and SEARCH in each.json_schema_extra
    }


def default_space() -> Space:
    """Return the default search space."""
    return Space(
        knobs={name: Choices(values=values) for name, values in searchable().items() if values}
    )


def refused(source: LocalText, error: ValidationError) -> NoReturn:
    """Convert validation errors to an error of the user's input."""
    reasons = error.errors()
    for each in reasons:
        cause = each.get("ctx", {}).get("error")
        if isinstance(cause, InputError):
            raise cause from None
    raise InvalidExperimentError(source, [_fault(each) for each in reasons]) from None


def _fault(reason: Any) -> Fault:
    skipped = ("knobs", "Choices", "Range")
    place = ".".join(str(part) for part in reason["loc"] if part not in skipped)
    return Fault(place, validation_message(reason))


def _spelt_out(source: str, name: str, knob: object) -> object:
    match knob:
        case Choices() | Range():
            return knob
        case Mapping():
            # Checked here: of a union, pydantic would say twice what is wrong.
            try:
                return Range.model_validate(knob)
            except ValidationError as error:
                reasons = [Fault(name, _fault(each)) for each in error.errors()]
                raise InvalidExperimentError(source, reasons) from None
        case list() | tuple():
            return {"values": knob}
        case _:
            alone = _(
                "{value} alone is no search: give a list, or set it in the experiment",
                value=repr(knob),
            )
            raise InvalidExperimentError(source, [Fault(name, alone)])


def _check_knob(name: str, knob: Knob) -> None:
    if name not in searchable():
        raise UnknownNameError(_("knob"), name, searchable())
    match knob:
        case Choices():
            values: Iterable[Any] = knob.values
        case Range():
            if name in WindowSettings.model_fields:
                raise InvalidExperimentError(
                    _("the search space"),
                    [
                        Fault(
                            name, _("each value needs windows of its own: give a list, not a range")
                        )
                    ],
                )
            values = knob.ends
        case _:
            assert_never(knob)
    for value in values:
        # The symbols are any: only the knob's own field can be at fault.
        Experiment.parse({"symbols": ("SP500",), name: value}, source="the search space")


def _num_values(knob: Knob) -> int | None:
    match knob:
        case Choices():
            return len(knob.values)
        case Range():
            return int(knob.high - knob.low) + 1 if knob.integer else None
        case _:
            assert_never(knob)


@cache
def _integers() -> frozenset[str]:
    """Name the fields that hold whole numbers."""
    schema = Experiment.model_json_schema()["properties"]
    return frozenset(name for name, each in schema.items() if each.get("type") == "integer")
