"""A form out of a JSON schema: each field with its kind, its range and its words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from pregao.api import SearchJobRequest
from pregao.dashboard._texts_fields import FIELDS
from pregao.dataset import FEATURES, plugin_features
from pregao.training import Experiment
from pregao.training.search import STRATEGIES
from pregao.values import Text, Value
from pregao.workbench import SOURCES

FieldKind = Literal[
    "text", "list", "many", "choice", "integer", "number", "date", "switch", "network"
]
Schema = Mapping[str, Any]


class FormField(Value):
    """One control, as the schema has it."""

    place: str = Field(description="in the experiment or in what is asked, parts joined by dots")
    kind: FieldKind
    label: Text
    help: Text
    default: Any = Field(description="null where nothing is set, or it has to be given")
    least: float | None = None
    most: float | None = None
    options: tuple[str, ...] = ()
    is_optional: bool = Field(default=False, description="whether it may be left empty")


class FieldGroup(Value):
    """Fields that are shown together."""

    name: str
    fields: tuple[FormField, ...]


class Knob(Value):
    """A field that a search may vary."""

    place: str
    label: Text
    is_number: bool
    values: tuple[Any, ...] = Field(description="what is tried by default; none leaves it alone")


GROUPS: dict[str, tuple[str, ...]] = {
    "basic": (
        "symbols", "source", "network", "lookback", "horizon", "epochs", "start", "end",
    ),
    "data": ("features", "scaling", "split", "target", "steps"),
    "network": ("activation", "dropout"),
    "fitting": (
        "loss", "optimiser", "learning_rate", "weight_decay", "batch_size", "patience",
        "min_delta", "plateau_patience", "averaging", "clip_norm", "seed",
    ),
    "ensemble": ("members", "combination"),
    "actions": ("actions",),
}  # fmt: skip
"""Where each field of an experiment stands; a test holds this to the schema."""

_KINDS: dict[str, FieldKind] = {
    "array": "list",
    "boolean": "switch",
    "integer": "integer",
    "number": "number",
    "string": "text",
}

SEARCHED = ("strategy", "trials", "budget_seconds", "pruning")
RANKED = ("ensemble", "folds")
ASKED = ("promote", "allow_findings")


def experiment_groups() -> tuple[FieldGroup, ...]:
    """Return every field of an experiment, group by group."""
    schema = Experiment.model_json_schema()
    return tuple(
        FieldGroup(name=name, fields=tuple(_fields(schema, names)))
        for name, names in GROUPS.items()
    )


def asked_group(name: str, names: Sequence[str]) -> FieldGroup:
    """Return the fields of a request beside its experiment."""
    return FieldGroup(name=name, fields=tuple(_fields(SearchJobRequest.model_json_schema(), names)))


def values_of(groups: Iterable[FieldGroup], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of each field of a form for an experiment, by its place."""
    return {each.place: _value_of(each, fields) for group in groups for each in group.fields}


def _value_of(field: FormField, fields: Mapping[str, Any]) -> Any:
    name, _, part = field.place.partition(".")
    if name not in fields:
        return field.default
    if field.kind == "switch":
        return fields[name] is not None
    # Of a value that is absent, the fields show what it would begin with.
    return (fields[name] or {}).get(part, field.default) if part else fields[name]


def knobs() -> tuple[Knob, ...]:
    """Return the fields that a search may vary and that are one number or one word."""
    found = Experiment.model_json_schema()["properties"]
    return tuple(
        Knob(
            place=name,
            label=FIELDS[name][0],
            is_number=each["type"] in {"integer", "number"},
            values=tuple(each["search"]),
        )
        for name, each in found.items()
        if "search" in each and each.get("type") in {"integer", "number", "string"}
    )


def _fields(schema: Schema, names: Iterable[str]) -> Iterator[FormField]:
    for name in names:
        yield from _spread(name, schema["properties"][name], schema.get("$defs", {}))


def _spread(place: str, found: Schema, definitions: Schema) -> Iterator[FormField]:
    """Return a field, or those of the value that it holds; an optional value is a switch."""
    variants = [each for each in found.get("anyOf", (found,)) if each.get("type") != "null"]
    is_optional = len(variants) < len(found.get("anyOf", ()))
    [only] = variants
    if "$ref" not in only:
        yield _field(place, {**found, **only}, is_optional=is_optional)
        return
    if is_optional:
        yield _field(place, {"type": "boolean", "default": found.get("default") is not None})
    held = definitions[only["$ref"].rpartition("/")[2]]
    for name, each in held["properties"].items():
        yield from _spread(f"{place}.{name}", each, definitions)


def _field(place: str, found: Schema, *, is_optional: bool = False) -> FormField:
    label, explained = FIELDS[place]
    options = _known().get(place) or tuple(found.get("enum", ()))
    whole = found.get("type") == "integer"
    return FormField(
        place=place,
        kind=_kind(found, has_options=bool(options)),
        label=label,
        help=explained,
        default=found.get("default"),
        # A browser knows no exclusive range: of numbers that are not whole, the server refuses it.
        least=found.get("minimum", _inside(found.get("exclusiveMinimum"), 1, whole=whole)),
        most=found.get("maximum", _inside(found.get("exclusiveMaximum"), -1, whole=whole)),
        options=options,
        is_optional=is_optional,
    )


def _inside(limit: float | None, step: int, *, whole: bool) -> float | None:
    return limit + step if limit is not None and whole else limit


def _known() -> dict[str, tuple[str, ...]]:
    """Return the options that stand in registries and not in the schema."""
    return {
        # A CSV file is read where it lies: no request says where that is.
        "source": tuple(each for each in reversed(SOURCES) if each != "csv"),
        "features": (*FEATURES, *plugin_features().values),
        "strategy": tuple(STRATEGIES),
    }


def _kind(found: Schema, *, has_options: bool) -> FieldKind:
    if "oneOf" in found:
        return "network"
    if has_options:
        return "many" if found["type"] == "array" else "choice"
    if found.get("format") == "date":
        return "date"
    return _KINDS[found["type"]]
