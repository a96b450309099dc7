"""Everything that a run depends on, in one frozen value."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import tomli_w
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from pregao.dataset import ACTIONS, FEATURE_SETS, Labelling, Scaling, Split, find_feature
from pregao.errors import Fault, InputError, InvalidExperimentError, validation_message
from pregao.instruments import Symbol
from pregao.texts import gettext_lazy as _
from pregao.values import Value
from pregao.zoo.networks import (
    Activation,
    Network,
    Part,
    find_network,
    network_parts,
    num_parameters,
)

DEFAULT_HORIZON = 10
"""Sessions ahead, where neither an experiment nor a champion names a horizon."""

Target = Literal["scaled_return", "simple_return", "close"]
Loss = Literal["pinball", "mse", "mae", "huber"]
Optimiser = Literal["adam", "adamw"]
Combination = Literal["uniform", "weighted", "stacked"]
DeviceName = Literal["auto", "cpu", "cuda"]
"""Where to train; no part of an experiment."""

# True is no number of sessions, and "5" none either.
Count = Annotated[int, Field(strict=True)]
Amount = Annotated[float, Field(strict=True)]

DEFAULT_NETWORK = "lstm_small"
CURVE_TERMS = 3
"""How many terms a curve over the steps has: its level, its slope and its bend."""

LEVELS: tuple[float, ...] = (
    0.01, 0.025,
    0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45,
    0.50,
    0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95,
    0.975, 0.99,
)  # fmt: skip
"""The quantile levels of every forecast."""


SEARCH = "search"
"""Where the schema of a field keeps the values that a search tries by default.

A field that has it can be searched, one that has not cannot: trials with another horizon or loss
would not be comparable.
"""


def _searched(default: Any, *values: Any, **constraints: Any) -> Any:
    """Make a field that a search may vary, over these values if it is told no others."""
    return Field(default=default, json_schema_extra={SEARCH: list(values)}, **constraints)


def _network(value: object) -> object:
    return find_network(value) if isinstance(value, str) else value


def _features(value: object) -> object:
    names = FEATURE_SETS.get(value, (value,)) if isinstance(value, str) else value
    for name in names if isinstance(names, list | tuple) else ():
        if isinstance(name, str):
            find_feature(name)
    return names


def _tickers(value: object) -> object:
    tickers = [value] if isinstance(value, str) else value
    if isinstance(tickers, list | tuple):
        return tuple(str(Symbol.parse(t)) if isinstance(t, str) else t for t in tickers)
    return tickers


class WindowSettings(Value):
    """How windows are cut: experiments that agree in it share one dataset."""

    features: tuple[str, ...]
    lookback: int
    horizon: int
    scaling: Scaling
    capped: bool


class Actions(Value):
    """A second task of the same network: what to do, buy, sell or hold."""

    labels: Labelling = Field(
        default="forward", description="from what came after, or by rule from the indicators"
    )
    cost: Amount = Field(default=0.001, ge=0, lt=1, description="of a round trip, for labels")
    threshold_sigmas: Amount = Field(default=0.5, ge=0, le=10, description="for labels")
    focus: Amount = Field(
        default=3.0, ge=0, le=10, description="gamma of the focal loss; 0 is cross-entropy"
    )
    class_weights: Literal["none", "balanced"] = "none"
    sampler: Literal["uniform", "balanced"] = Field(
        default="uniform", description="balanced draws windows of each action equally often"
    )
    weight: Amount = Field(default=1.0, ge=0, le=1e6, description="of the focal loss")
    price_weight: Amount = Field(default=1.0, ge=0, le=1e6, description="of the price's loss")


class Experiment(Value):
    """What to learn, from what, and how; the TOML file, the CLI's options and the API's body.

    >>> experiment = Experiment(symbols=("PETR4",), network="lstm_classic", horizon=5)
    >>> Experiment.from_json(experiment.to_json()) == experiment
    True
    >>> experiment.replace(seed=7).digest == experiment.digest
    False
    """

    symbols: Annotated[tuple[str, ...], BeforeValidator(_tickers)] = Field(
        min_length=1, max_length=5_000, description="tickers; several are pooled into one network"
    )
    source: str = Field(default="sample", description="provider of the prices")
    start: date | None = Field(default=None, description="first session used")
    end: date | None = Field(default=None, description="last session used; nothing after it is")
    features: Annotated[tuple[str, ...], BeforeValidator(_features)] = Field(
        default=FEATURE_SETS["scale_free"],
        min_length=1,
        max_length=256,
        json_schema_extra={SEARCH: []},
    )
    lookback: Count = _searched(60, ge=1, le=2_000, description="sessions a window looks back")
    horizon: Count = Field(default=DEFAULT_HORIZON, ge=1, le=250, description="sessions ahead")
    split: Split = Split()
    scaling: Scaling = Field(default="standard", description="of features, fitted on training")
    target: Target = Field(
        default="scaled_return",
        description="scaled_return starts at the anchor; simple_return and close are points",
    )
    steps: Literal["each", "last"] = Field(
        default="each", description="points for each step, or for the last alone"
    )
    network: Annotated[Network, BeforeValidator(_network)] = Field(
        default_factory=lambda: find_network(DEFAULT_NETWORK),
        description="a spec, or a name out of the zoo",
        json_schema_extra={SEARCH: []},
    )
    loss: Loss = Field(
        default="pinball",
        description="pinball trains the anchored quantile head; mse, mae and huber a point head",
    )
    actions: Actions | None = Field(default=None, description="a second task, or none")
    optimiser: Optimiser = _searched("adamw")
    learning_rate: Amount = _searched(1e-3, 1e-4, 5e-4, 1e-3, 5e-3, 1e-2, gt=0, le=10)
    weight_decay: Amount = _searched(1.0, ge=0, le=10)
    epochs: Count = _searched(30, 10, 20, 30, 50, ge=0, le=10_000)
    patience: Count = _searched(
        6, ge=1, le=10_000, description="epochs without a better one before training stops"
    )
    min_delta: Amount = Field(
        default=0.0, ge=0, description="what an epoch must gain for patience to begin anew"
    )
    plateau_patience: Count = _searched(3, ge=1, description="epochs before the rate is halved")
    batch_size: Count = _searched(64, 16, 32, 64, 128, ge=1, le=65_536)
    dropout: Amount = _searched(0.5, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, ge=0, lt=1)
    activation: Activation = _searched(
        "relu", "relu", "tanh", "elu", "selu", "swish", "gelu", "leaky_relu"
    )
    averaging: Amount = _searched(
        0.998, ge=0, lt=1, description="decay of the average of the weights; 0 is none"
    )
    clip_norm: Amount = _searched(1.0, ge=0, description="largest norm of a gradient; 0 is any")
    seed: Count = _searched(0, ge=0, lt=2**32)
    members: Count = Field(
        default=1, ge=1, le=50, description="networks of following seeds, averaged"
    )
    combination: Combination = Field(
        default="uniform", description="weights of an ensemble: alike, by validation, stacked"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.start and self.end and self.start >= self.end:
            raise ValueError(
                _("start {start} is not before end {end}", start=self.start, end=self.end)
            )
        if len(set(self.features)) < len(self.features):
            raise ValueError(_("a feature is named twice"))
        if len(set(self.symbols)) < len(self.symbols):
            raise ValueError(_("a symbol is named twice"))
        if self.loss == "pinball" and (self.target, self.steps) != ("scaled_return", "each"):
            raise ValueError(
                _(
                    "loss pinball has quantiles of scaled_return for each step, not {target} for "
                    "{steps}: choose mse, mae or huber",
                    target=self.target,
                    steps=self.steps,
                )
            )
        if self.target == "close" and "close" not in self.features:
            raise ValueError(_("target close is read off the feature close, which is not there"))
        return self

    @property
    def num_outputs(self) -> int:
        """How many numbers a network gives: those of the price, then one an action, if asked."""
        return self.num_price_outputs + (len(ACTIONS) if self.actions else 0)

    @property
    def num_price_outputs(self) -> int:
        """How many numbers a network says about the price.

        For quantiles, a curve over the steps (three numbers) of each of location, width, skew and
        tails; for points, one number a step, or one in all.
        """
        if self.loss == "pinball":
            return 4 * self._num_terms
        return self.horizon if self.steps == "each" else 1

    @property
    def window_settings(self) -> WindowSettings:
        """How its windows are cut."""
        return WindowSettings(
            features=self.features,
            lookback=self.lookback,
            horizon=self.horizon,
            scaling=self.scaling,
            capped=self.target != "close",
        )

    def num_parameters(self, num_features: int) -> int:
        """Count the weights of the network and of its head, from the specs alone."""
        network = num_parameters(
            self.network,
            num_features=num_features,
            lookback=self.lookback,
            num_outputs=self.num_outputs,
        )
        return network + (self._num_terms if self.loss == "pinball" else 0)

    def parts(self, num_features: int) -> tuple[Part, ...]:
        """Return the parts of the network and its head; they sum up to `num_parameters`."""
        network = network_parts(
            self.network,
            num_features=num_features,
            lookback=self.lookback,
            num_outputs=self.num_outputs,
        )
        if self.loss != "pinball":
            return network
        width = self.horizon * len(LEVELS)
        head = Part(at="quantiles", kind="quantiles", width=width, parameters=self._num_terms)
        return (*network, head)

    @property
    def _num_terms(self) -> int:
        return min(CURVE_TERMS, self.horizon)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, first 16 hex digits."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @classmethod
    def parse(cls, fields: Mapping[str, Any], *, source: str = "the experiment") -> Self:
        """Make an experiment from untrusted fields.

        Raises
        ------
        InvalidExperimentError
            With every field that is unknown or impossible, and the nearest known name.
        UnknownNameError, InvalidSymbolError
            If a network, a feature or a ticker is all that is wrong.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            reasons = error.errors()
            cause = reasons[0].get("ctx", {}).get("error")
            if len(reasons) == 1 and isinstance(cause, InputError):
                raise cause from None
            raise InvalidExperimentError(source, [_fault(each) for each in reasons]) from None

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read an experiment from a TOML file, all fields at the top level."""
        return cls.parse(read_toml_fields(path), source=str(path))

    def to_toml(self) -> str:
        """Write the experiment as TOML; fields that are None are left out."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read an experiment from JSON."""
        return cls.model_validate_json(text)

    def to_json(self) -> str:
        """Write the experiment as JSON."""
        return self.model_dump_json(indent=2)


def read_toml_fields(path: Path) -> dict[str, Any]:
    """Read the fields of a TOML file, unchecked.

    Raises
    ------
    InvalidExperimentError
        For a file that is absent or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidExperimentError(str(path), [str(error)]) from None
    except RecursionError:
        raise InvalidExperimentError(str(path), [_("nested too deeply")]) from None


def _fields_of(place: tuple[object, ...]) -> Iterable[str]:
    """Return the names of the fields at a place; a network's depend on its kind, so none."""
    values: dict[tuple[object, ...], type[Value]] = {
        (): Experiment,
        ("actions",): Actions,
        ("split",): Split,
    }
    return values[place].model_fields if place in values else ()


def _fault(error: Any) -> Fault:
    """Return one clause on what is wrong with a field."""
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        near = get_close_matches(name, _fields_of(error["loc"][:-1]), n=1, cutoff=0.6)
        if near:
            return Fault(place, _("unknown field, did you mean {nearest!r}?", nearest=near[0]))
        return Fault(place, _("unknown field"))
    message = validation_message(error)
    found = error.get("input")
    if place and isinstance(found, int | float | str):
        message = _("{message} (found {found})", message=message, found=repr(found))
    return Fault(place, message)
