"""The settings of an experiment as lines: a name that says where it stands, and a value."""

import json
from collections.abc import Iterator, Mapping

from pydantic import Field

from pregao.training import Experiment
from pregao.values import Value

Plain = bool | int | float | str | tuple[bool | int | float | str, ...] | None
"""A value on one line."""


class Setting(Value):
    """One setting, beside its default."""

    name: str = Field(description="where it stands, such as split.train_fraction")
    value: Plain
    default: Plain
    is_changed: bool


def flattened(experiment: Experiment) -> dict[str, Plain]:
    """Return every setting by its place.

    >>> lines = flattened(Experiment(symbols=("PETR4",)))
    >>> lines["split.train_fraction"], lines["network.layers"]
    (0.7, ('recurrent cell=lstm width=32',))
    """
    return dict(_lines("", experiment.model_dump(mode="json")))


def settings_of(experiment: Experiment) -> tuple[Setting, ...]:
    """Return every setting, those that differ from the default first."""
    usual = flattened(Experiment(symbols=experiment.symbols))
    own = flattened(experiment)
    found = [
        Setting(
            name=name,
            value=value,
            # Symbols have no default: an experiment without them is none.
            default=None if name == "symbols" else usual.get(name),
            is_changed=name == "symbols" or value != usual.get(name),
        )
        for name, value in own.items()
    ]
    return tuple(sorted(found, key=lambda each: not each.is_changed))


def _lines(place: str, value: object) -> Iterator[tuple[str, Plain]]:
    match value:
        case Mapping():
            for name, each in value.items():
                yield from _lines(f"{place}.{name}" if place else str(name), each)
        case list():
            yield place, tuple(_item(each) for each in value)
        case bool() | int() | float() | str() | None:
            yield place, value
        case _:
            raise AssertionError("JSON holds nothing else")


def _item(value: object) -> bool | int | float | str:
    """Return an item of a list as a word, or a layer's fields as a few."""
    match value:
        case bool() | int() | float() | str():
            return value
        case Mapping():
            fields = {
                name: each
                for name, each in value.items()
                if each is not False and each not in (None, "none")
            }
            kind = fields.pop("kind", "")
            return " ".join([str(kind), *(f"{name}={each}" for name, each in fields.items())])
        case _:
            return json.dumps(value)
