"""The report as one HTML file that needs nothing else, in both languages."""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pregao.errors import InputError
from pregao.evaluation import NAIVE
from pregao.plots._bilingual import environment
from pregao.plots._calibration import calibration_figure
from pregao.plots._fan import fan_figure
from pregao.plots._learning import learning_curves_figure
from pregao.plots._numbers import currency_sign, price_digits
from pregao.plots._prices import prices_figure
from pregao.plots._ranking import ranking_figure
from pregao.plots._rows import Row, best_loss, has_ensembles, row_of, rows_of, searched_of
from pregao.plots._steps import skill_by_step_figure
from pregao.plots._texts import TEXTS, Language
from pregao.plots._theme import PALETTES, dark_twins

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import Forecast, NetworkScore, Report
    from pregao.prices import Prices

MOST_SYMBOLS = 40
"""A page with more symbols than this would take a browser minutes to open."""
QUANTILE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Drawing:
    """A figure of the page, drawn once for each language."""

    name: str
    json: dict[Language, str]
    height: int


@dataclass(frozen=True)
class SymbolPanel:
    """A symbol's forecast: the fan, the table below it, and the prices behind it."""

    forecast: "Forecast"
    fan: Drawing
    history: Drawing
    sign: str
    digits: int


@dataclass(frozen=True)
class Searched:
    """What a search chose for one network."""

    score: "NetworkScore"
    best_loss: float
    knobs: tuple[object, ...]
    """In the order of the page's; None is what this network was not searched for."""


@dataclass(frozen=True)
class Page:
    """All that the template shows."""

    report: "Report"
    rows: tuple[Row, ...]
    champion: Row
    panels: tuple[SymbolPanel, ...]
    num_symbols: int
    ranking: Drawing
    calibration: Drawing
    steps: Drawing
    learning: Drawing | None
    """None without networks."""
    learners: tuple[str, ...]
    """Networks whose curves can be shown, the champion first."""
    has_ensembles: bool
    averages: bool
    """Whether a learning curve is that of the best of several networks."""
    knobs: Mapping[str, Literal["number", "text"]]
    """Fields that a search varied, and how they are sorted."""
    searched: tuple[Searched, ...]
    command: str
    levels: tuple[float, ...] = QUANTILE_LEVELS


def write_page(
    path: Path,
    report: "Report",
    prices: "Sequence[Prices]",
    forecasts: "Sequence[Forecast]",
) -> None:
    """Write the page whole or not at all; its folders are made.

    Raises
    ------
    InputError
        If the path is a directory, a device or another special file, or cannot be written.
    """
    check_page_path(path)
    content = page_html(report, prices, forecasts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def check_page_path(path: Path) -> None:
    """Refuse a path at which no page can be written, before the work that the page is to show.

    Raises
    ------
    InputError
        If the path is a directory, a device or another special file, or its folder is read-only.
    """
    try:
        if path.is_dir():
            raise InputError(
                f"{path} is a directory: name a file in it, such as {path / 'report.html'}"
            )
        # The page takes the place of what is there, and nobody wants to lose a device.
        if path.exists() and not path.is_file():
            raise _unwritable(path, "not a regular file")
        folder = next(each for each in path.absolute().parents if each.exists())
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    if not folder.is_dir():
        raise _unwritable(path, f"{folder} is no folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(path, f"the folder {folder} is read-only")


def _unwritable(path: Path, reason: str) -> InputError:
    return InputError(f"{path} cannot be written ({reason}): name another file")


def page_html(report: "Report", prices: "Sequence[Prices]", forecasts: "Sequence[Forecast]") -> str:
    """Give the page: no request leaves it, for Plotly is inside."""
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    folder = Path(__file__).parent
    page = _page(report, prices, forecasts)
    return (
        environment(folder)
        .get_template("page.html.j2")
        .render(
            page=page,
            palettes=PALETTES,
            twins=dark_twins(),
            texts=TEXTS,
            # Ours, not the user's: the rest of the page is escaped.
            style=Markup((folder / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - own file
            script=Markup((folder / "page.js").read_text(encoding="utf-8")),  # noqa: S704 - own file
            plotly=Markup(get_plotlyjs()),  # noqa: S704 - the installed package's file
        )
    )


def _page(report: "Report", prices: "Sequence[Prices]", forecasts: "Sequence[Forecast]") -> Page:
    champion = row_of(report, report.champion)
    learners = sorted(report.ranking, key=lambda each: each.network != report.champion)
    scored = report.winner if champion.kind == "network" else report.baseline(champion.name)
    naive = report.baseline(NAIVE)
    knobs = knobs_of(report)
    return Page(
        report=report,
        rows=rows_of(report),
        champion=champion,
        panels=tuple(
            _panel(index, *each)
            for index, each in enumerate(zip(prices, forecasts, strict=True))
            if index < MOST_SYMBOLS
        ),
        num_symbols=len(forecasts),
        ranking=_drawing("ranking", lambda language: ranking_figure(report, language=language)),
        calibration=_drawing(
            "calibration",
            lambda language: calibration_figure(
                scored, naive=None if scored == naive else naive, language=language
            ),
        ),
        steps=_drawing("steps", lambda language: skill_by_step_figure(report, language=language)),
        learning=_drawing(
            "learning", lambda language: learning_curves_figure(learners, language=language)
        )
        if learners
        else None,
        learners=tuple(each.network for each in learners),
        has_ensembles=has_ensembles(report),
        averages=has_ensembles(report) or report.experiment.members > 1,
        knobs=knobs,
        searched=tuple(_searched(each, knobs) for each in searched_of(report)),
        command=command_of(report),
    )


def knobs_of(report: "Report") -> dict[str, Literal["number", "text"]]:
    """Give the fields that a search varied, numbers apart from texts."""
    values: dict[str, list[object]] = {}
    for score in searched_of(report):
        for name, value in (score.best_params or {}).items():
            values.setdefault(name, []).append(value)
    return {
        name: "number" if all(isinstance(each, int | float) for each in found) else "text"
        for name, found in values.items()
    }


def _searched(score: "NetworkScore", knobs: Iterable[str]) -> Searched:
    chosen = score.best_params or {}
    return Searched(score, best_loss(score), tuple(chosen.get(name) for name in knobs))


def _panel(index: int, prices: "Prices", forecast: "Forecast") -> SymbolPanel:
    return SymbolPanel(
        forecast=forecast,
        fan=_drawing(
            f"fan-{index}", lambda language: fan_figure(prices, forecast, language=language)
        ),
        history=_drawing(
            f"prices-{index}", lambda language: prices_figure(prices, language=language)
        ),
        sign=currency_sign(forecast.currency),
        digits=price_digits(forecast.last_price),
    )


def _drawing(name: str, draw: "Callable[[Language], go.Figure]") -> Drawing:
    figures: dict[Language, go.Figure] = {language: draw(language) for language in TEXTS}
    # Plotly writes < and / as \u003c and \u002f: no name can end the script element.
    texts = {language: figure.to_json() for language, figure in figures.items()}
    return Drawing(name, texts, int(figures["en"].layout.height))


def command_of(report: "Report") -> str:
    """Give the command that makes this report again from its experiment.

    What a search chose is trained again, not searched: the report does not hold the space.
    """
    from pregao.training import RECIPES
    from pregao.zoo import ZOO

    names = {each.network for each in report.ranking}
    path = " --path PRICES.csv" if report.experiment.source == "csv" else ""
    rest = f"--experiment experiment.toml{path}"
    if report.champion in RECIPES:
        return f"pregao train --recipe {report.champion} {rest} --report report.html"
    if len(names) < 2 or searched_of(report):
        return f"pregao train {rest} --report report.html"
    ordered = [name for name in ZOO if name in names]
    chosen = "" if len(ordered) == len(ZOO) else f" --networks {','.join(ordered)}"
    alone = "" if has_ensembles(report) else " --ensemble 0"
    return f"pregao sweep {rest}{chosen}{alone} --report report.html"


def _replace(path: Path, content: str) -> None:
    """Write beside the file, then take its place: a reader sees the old page or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        # mkstemp makes files for their owner alone; a report is to be shared.
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
