"""Figures of pages: drawn by `pregao.plots`, kept while what they show is the same."""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import Field

from pregao.values import Value

if TYPE_CHECKING:
    import plotly.graph_objects as go

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MARK = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')


class Drawing(Value):
    """A figure as Plotly takes it, in light colours: dark ones are their twins."""

    height: int = Field(description="pixels")
    figure: dict[str, Any] = Field(description="data and layout, for Plotly.newPlot")

    @classmethod
    def of(cls, figure: "go.Figure") -> "Drawing":
        """Take a figure."""
        return cls(height=int(figure.layout.height), figure=json.loads(figure.to_json()))


class Kept(Generic[K, V]):
    """The last few answers to questions that are asked again and again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, made: Callable[[], V]) -> V:
        """Give what is known under the key, or make it."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = made()
        with self._lock:
            self._known[key] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found


@cache
def plotly_marks() -> tuple[str, ...]:
    """Give the ids by which Plotly knows that style sheets of its maps are there already.

    No page shows a map, and no page may hold a style sheet that is not a file of its own.
    """
    content = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return tuple(found.decode() for found in _MARK.findall(content))
