"""Fitted baselines as files: JSON for the shape, safetensors for arrays, text for trees.

The served forecaster must be the evaluated one, so a champion baseline is stored as it was fitted.
A file can make values of the classes listed here only; there is no pickle.
"""

import json
import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from pregao.errors import CorruptFileError
from pregao.findings import Finding
from pregao.texts import gettext_lazy as _
from pregao.zoo.baselines import (
    Anchor,
    Autoregression,
    Boosting,
    FittedBaseline,
    FittedSymbol,
    GaussianWalk,
    GjrGarch,
    GjrParameters,
    Har,
    KnownSymbols,
    Rolling,
    Trees,
)

SHAPE_FILE = "served.json"
_ARRAYS_FILE = "served.safetensors"
_TREES_FILE = "served-{number}.txt"
_FORMAT = 1

_CLASSES: dict[str, type] = {
    each.__name__: each
    for each in (
        KnownSymbols,
        Anchor,
        Autoregression,
        Boosting,
        FittedSymbol,
        GaussianWalk,
        GjrGarch,
        GjrParameters,
        Har,
        Rolling,
    )
}
"""The classes that a file may make; a new baseline adds its own."""


def baseline_files(name: str, fitted: FittedBaseline) -> dict[str, bytes]:
    """Serialise a fitted baseline; return the content of its files by name.

    Raises
    ------
    TypeError
        If it holds a value of a class that is not listed in this module.
    """
    writer = _Writer()
    shape = {"format": _FORMAT, "name": name, "forecaster": writer.node(fitted)}
    return {
        SHAPE_FILE: json.dumps(shape, indent=1, allow_nan=False).encode(),
        _ARRAYS_FILE: save(writer.arrays),
        **writer.trees,
    }


def read_baseline(read: Callable[[str], bytes]) -> tuple[str, FittedBaseline]:
    """Load a baseline; return its name and itself, with bit-equal forecasts.

    Parameters
    ----------
    read
        Returns the content of a file, such as one whose digest was verified.

    Raises
    ------
    CorruptFileError
        If a file is damaged.
    BaselineUnavailableError
        If it needs a library that cannot be loaded here.
    """
    shape = _shape(read(SHAPE_FILE))
    try:
        made = _Reader(read).value(shape["forecaster"])
    except (ValueError, LookupError, TypeError, RecursionError, SafetensorError) as error:
        raise CorruptFileError(
            SHAPE_FILE, _("no baseline: {error}", error=str(error)[:200])
        ) from None
    if type(made) not in _CLASSES.values():
        raise CorruptFileError(SHAPE_FILE, _("no baseline"))
    return str(shape["name"]), made


def baseline_name(content: bytes) -> str:
    """Return the name of a stored baseline from the content of its `SHAPE_FILE`.

    Raises
    ------
    CorruptFileError
        If the content is damaged.
    """
    return str(_shape(content)["name"])


def is_baseline_file(name: str) -> bool:
    """Return whether a file of a run belongs to its baseline.

    >>> is_baseline_file("served.json"), is_baseline_file("scaler.json")
    (True, False)
    """
    return name.startswith("served")


def _shape(content: bytes) -> dict[str, Any]:
    try:
        shape = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CorruptFileError(SHAPE_FILE, _("no baseline: {error}", error=error)) from None
    match shape:
        case {"format": int(number), "name": str(), "forecaster": _} if number == _FORMAT:
            return dict(shape)
        case {"format": found}:
            reason = _(
                "format {found!r}, and this version reads {format}", found=found, format=_FORMAT
            )
            raise CorruptFileError(SHAPE_FILE, reason)
        case _:
            raise CorruptFileError(SHAPE_FILE, _("no baseline"))


class _Writer:
    """Converts values to JSON; arrays and trees go into files of their own."""

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[np.generic]] = {}
        self.trees: dict[str, bytes] = {}

    def node(self, value: object) -> Any:
        node: Any
        match value:
            case None | bool() | int() | str():
                node = value
            case float():
                node = float(value) if math.isfinite(value) else {"float": str(value)}
            case tuple():
                node = {"tuple": [self.node(each) for each in value]}
            case np.ndarray():
                node = self.array(value)
            case Finding():
                node = {"finding": value.model_dump(mode="json")}
            case _ if _CLASSES.get(type(value).__name__) is type(value):
                assert is_dataclass(value), "every listed class is one"
                parts = {each.name: self.node(getattr(value, each.name)) for each in fields(value)}
                node = {"class": type(value).__name__, "fields": parts}
            case Trees():
                name = _TREES_FILE.format(number=len(self.trees))
                self.trees[name] = value.text.encode()
                node = {"trees": name}
            case _:
                raise TypeError(f"a {type(value).__name__} cannot be stored in a run")
        return node

    def array(self, values: NDArray[np.generic]) -> dict[str, object]:
        """Store an array and the memory order of its axes, which affects the rounding of sums."""
        axes = sorted(range(values.ndim), key=lambda axis: -abs(values.strides[axis]))
        name = str(len(self.arrays))
        self.arrays[name] = np.array(values.transpose(axes), order="C")
        return {"array": name, "axes": axes}


class _Reader:
    """Converts JSON and its files back to values."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._arrays = load(read(_ARRAYS_FILE))

    def value(self, node: Any) -> Any:
        value: Any
        match node:
            case None | bool() | int() | float() | str():
                value = node
            case {"float": str(text)}:
                value = float(text)
            case {"tuple": list(parts)}:
                value = tuple(self.value(each) for each in parts)
            case {"array": str(name), "axes": list(axes)}:
                value = self._arrays[name].transpose(np.argsort(axes))
            case {"finding": dict(content)}:
                value = _finding(content)
            case {"trees": str(name)}:
                value = Trees(self._read(name).decode())
                _ = value.booster  # raises for a text that LightGBM cannot parse
            case {"class": str(name), "fields": dict(parts)}:
                value = _made(
                    _CLASSES[name], {key: self.value(each) for key, each in parts.items()}
                )
            case _:
                raise ValueError(f"no value: {str(node)[:40]}")
        return value


def _made(kind: type, parts: dict[str, object]) -> object:
    known = {each.name for each in fields(kind)}
    if parts.keys() != known:
        raise ValueError(f"{kind.__name__} has the fields {sorted(known)}, not {sorted(parts)}")
    return kind(**parts)


def _finding(content: dict[str, object]) -> Finding:
    try:
        return Finding.model_validate(content)
    except ValidationError as error:
        raise ValueError(f"no finding: {error.errors()[0]['msg']}") from None
