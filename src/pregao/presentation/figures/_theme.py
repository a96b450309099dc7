"""The look of every figure: one palette in light and dark, one template."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from pregao.presentation import Language

if TYPE_CHECKING:
    import plotly.graph_objects as go

Theme = Literal["light", "dark"]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean; blue and orange stay apart for every kind of colour blindness."""

    paper: str
    surface: str
    ink: str
    muted: str
    faint: str
    """Lines that stand back: context, not data."""
    grid: str
    network: str
    baseline: str
    band_95: str
    band_90: str
    band_80: str
    band_50: str
    good: str
    warning: str
    error: str


# No colour twice within a palette: the page turns light figures dark by replacing each by its twin.
PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        paper="#ffffff",
        surface="#f5f6f8",
        ink="#1a1f26",
        muted="#5a6472",
        faint="#b4bcc7",
        grid="#e3e7ec",
        network="#0b5fa5",
        baseline="#b45309",
        band_95="#e2edf7",
        band_90="#cbdff0",
        band_80="#a9cae7",
        band_50="#7fb0da",
        good="#0b6b4b",
        warning="#8a5200",
        error="#b3261e",
    ),
    "dark": Palette(
        paper="#12161b",
        surface="#1b2128",
        ink="#e6e9ed",
        muted="#a2adba",
        faint="#566170",
        grid="#2a313a",
        network="#66b2f0",
        baseline="#f0a050",
        band_95="#17293a",
        band_90="#1c3850",
        band_80="#234c6e",
        band_50="#2e6694",
        good="#5ad1a2",
        warning="#f0b649",
        error="#ff9187",
    ),
}


def dark_twins() -> dict[str, str]:
    """Return the dark colour for each light one."""
    light, dark = asdict(PALETTES["light"]), asdict(PALETTES["dark"])
    return {light[name]: dark[name] for name in light}


def template(theme: Theme = "light", language: Language = "en") -> "go.layout.Template":
    """Make the Pregao template: plain lines on paper, a grid along the values only."""
    import plotly.graph_objects as go

    colours = PALETTES[theme]
    axis = {
        "showgrid": False,
        "zeroline": False,
        "linecolor": colours.faint,
        "tickcolor": colours.faint,
        "tickfont": {"color": colours.muted, "size": 12},
        "title": {"font": {"color": colours.muted, "size": 12}, "standoff": 8},
        "automargin": True,
        "gridcolor": colours.grid,
        "fixedrange": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": colours.ink},
            "paper_bgcolor": colours.paper,
            "plot_bgcolor": colours.paper,
            "colorway": [colours.network, colours.baseline, colours.muted, colours.good],
            "margin": {"l": 8, "r": 8, "t": 36, "b": 8},
            "xaxis": {**axis, "showline": True, "ticks": "outside", "ticklen": 4},
            "yaxis": {**axis, "showgrid": True},
            "hoverlabel": {
                "bgcolor": colours.surface,
                "bordercolor": colours.faint,
                "font": {"family": FONT, "size": 13, "color": colours.ink},
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.0,
                "yanchor": "bottom",
                "font": {"color": colours.muted, "size": 12},
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "annotationdefaults": {"showarrow": False, "font": {"size": 12}},
            # No dragging: a finger on a figure scrolls the page.
            "dragmode": False,
            "separators": ".," if language == "en" else ",.",
        }
    )


def date_stops(language: Language) -> list[dict[str, object]] | None:
    """Return the tick names of an axis of dates for languages other than Plotly's English.

    >>> date_stops("en"), [each["value"] for each in date_stops("pt")]
    (None, ['%d/%m/%Y', '%m/%Y', '%Y'])
    """
    if language == "en":
        return None
    return [
        {"dtickrange": [None, "M1"], "value": "%d/%m/%Y"},
        {"dtickrange": ["M1", "M6"], "value": "%m/%Y"},
        {"dtickrange": ["M12", None], "value": "%Y"},
    ]


def empty_figure(theme: Theme, language: Language, *, height: int) -> "go.Figure":
    """Start a figure in the Pregao template."""
    import plotly.graph_objects as go

    return go.Figure(layout={"template": template(theme, language), "height": height})
