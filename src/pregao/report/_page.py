"""The report as one HTML file that needs nothing else, in both languages."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pregao.errors import InputError
from pregao.presentation.figures import PALETTES, dark_twins
from pregao.report._bilingual import bilingual_environment
from pregao.report._contents import page_of
from pregao.report._html import FOLDER
from pregao.texts import gettext_lazy as _

if TYPE_CHECKING:
    from pregao.decisions.trading import Trading
    from pregao.evaluation import Forecast, Report
    from pregao.explanation import Explanation
    from pregao.prices import Prices
    from pregao.workbench import Result


def write_result(path: Path, result: "Result", explanations: "Sequence[Explanation]" = ()) -> None:
    """Write the page of a training or a sweep.

    Raises
    ------
    InputError
        As `write_page`.
    """
    write_page(
        path,
        result.report,
        result.prices,
        result.forecasts,
        tradings=result.tradings,
        explanations=explanations,
        run=result.run.id,
        software=result.run.provenance.software,
    )


def write_page(
    path: Path,
    report: "Report",
    prices: "Sequence[Prices]",
    forecasts: "Sequence[Forecast]",
    *,
    tradings: "Mapping[str, tuple[Trading, ...]]" = MappingProxyType({}),
    explanations: "Sequence[Explanation]" = (),
    run: str | None = None,
    software: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write the page whole or not at all; its folders are made.

    The rest is as `page_html` takes it.

    Raises
    ------
    InputError
        If the path is a directory, a device or another special file, or cannot be written.
    """
    check_page_path(path)
    content = page_html(
        report,
        prices,
        forecasts,
        tradings=tradings,
        explanations=explanations,
        run=run,
        software=software,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def check_page_path(path: Path) -> None:
    """Check that a page can be written at a path, before the work that the page is to show.

    Raises
    ------
    InputError
        If the path is a directory, a device or another special file, or its folder is read-only.
    """
    try:
        if path.is_dir():
            raise InputError(
                _(
                    "{path} is a directory: name a file in it, such as {example}",
                    path=path,
                    example=path / "report.html",
                )
            )
        # The page replaces what is there, which must not be a device.
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
    return InputError(
        _("{path} cannot be written ({reason}): name another file", path=path, reason=reason)
    )


def page_html(
    report: "Report",
    prices: "Sequence[Prices]",
    forecasts: "Sequence[Forecast]",
    *,
    tradings: "Mapping[str, tuple[Trading, ...]]" = MappingProxyType({}),
    explanations: "Sequence[Explanation]" = (),
    run: str | None = None,
    software: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the page, which requests nothing: Plotly is inside.

    Parameters
    ----------
    prices, forecasts
        One a symbol, in the same order.
    tradings
        The simulated accounts session by session, by forecaster, in the order of its markets.
    explanations
        Explanations of the candidate or of its forecasts, where they were made.
    run
        The id under which the candidate is stored.
    software
        The version of each library that it was made with.
    """
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    page = page_of(
        report,
        prices,
        forecasts,
        tradings=tradings,
        explanations=explanations,
        run=run,
        software=software,
    )
    return (
        bilingual_environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            palettes=PALETTES,
            twins=dark_twins(),
            # Files of this package: the rest of the page is escaped.
            style=Markup((FOLDER / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - own file
            script=Markup((FOLDER / "page.js").read_text(encoding="utf-8")),  # noqa: S704 - own file
            plotly=Markup(get_plotlyjs()),  # noqa: S704 - the installed package's file
        )
    )


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
