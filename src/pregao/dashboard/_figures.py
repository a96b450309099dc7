"""Figures of pages, drawn by `pregao.presentation`."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pregao.values import Value

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MARK = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')


class Drawing(Value):
    """A figure as Plotly takes it, in light colours: dark ones are their twins."""

    height: int = Field(description="pixels")
    figure: dict[str, Any] = Field(description="data and layout, for Plotly.newPlot")

    @classmethod
    def of(cls, figure: "go.Figure") -> "Drawing":
        """Make a drawing of a Plotly figure."""
        return cls(height=int(figure.layout.height), figure=json.loads(figure.to_json()))


@cache
def plotly_marks() -> tuple[str, ...]:
    """Return the ids by which Plotly knows that style sheets of its maps are there already.

    No page shows a map, and no page may hold a style sheet that is not a file of its own.
    """
    content = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return tuple(found.decode() for found in _MARK.findall(content))
