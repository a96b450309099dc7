"""From options to values, and from results to the terminal."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pregao.errors import InvalidExperimentError, UnknownNameError
from pregao.settings import Settings
from pregao.texts import gettext_lazy as _

if TYPE_CHECKING:
    from pregao.cli._options import Day, Mode
    from pregao.dataset import WalkForward
    from pregao.training import DeviceName, Experiment
    from pregao.training.engines import Engine
    from pregao.training.search import Search, Space
    from pregao.workbench import BenchmarkSettings, Result, Workbench

_DEVICES: "tuple[DeviceName, ...]" = ("auto", "cpu", "cuda")


def workbench() -> "Workbench":
    """Open the workbench of the user's home, today, with the sources of live prices."""
    from pregao.notebook import open_workbench

    return open_workbench(Settings.read(), now, today=today())


def stated(symbols: Sequence[str] | None, exchange: str | None, currency: str | None) -> list[str]:
    """Return tickers with the exchange and the currency that the user states."""
    if exchange is None and currency is None:
        return list(symbols or [])
    from pregao.instruments import load_statements, spell_symbol

    load_statements(Settings.read().home)
    return [spell_symbol(each, exchange, currency) for each in symbols or []]


def today() -> date:
    """Return today's date in the local time zone."""
    return now().date()


def now() -> datetime:
    """Return the present time in the local time zone."""
    return datetime.now().astimezone()  # noqa: TID251 - the entry point owns the clock


def experiment_of(
    symbols: list[str] | None,
    options: Mapping[str, object],
    *,
    recipe: str | None = None,
    mode: "Mode | None" = None,
    file: Path | None = None,
) -> "Experiment":
    """Lay the options over the file's fields, over what the mode sets, over the recipe."""
    from pregao.training import Experiment, find_recipe, read_toml_fields
    from pregao.workbench import MODES

    fields = {} if recipe is None else dict(find_recipe(recipe).experiment)
    fields |= {} if mode is None else MODES[mode]
    if file is not None:
        fields |= read_toml_fields(file)
    fields |= {name: value for name, value in options.items() if value is not None}
    if symbols:
        fields["symbols"] = tuple(symbols)
    if "symbols" not in fields:
        raise InvalidExperimentError(
            _("no symbol"), [_("name at least one, such as PETR4 or SP500")]
        )
    return Experiment.parse(fields, source=str(file) if file else "options")


def settings_of(
    *,
    engine: str,
    address: str | None,
    workers: int | None,
    device: str,
    gpus_per_worker: float = 0.0,
    ensemble: int = 0,
    walk: "WalkForward | None" = None,
) -> "BenchmarkSettings":
    """Return the settings of a benchmark; refuse an engine or a device that is missing."""
    from pregao.workbench import BenchmarkSettings

    return BenchmarkSettings(
        engine=_engine(engine, address, workers, gpus_per_worker),
        device=_device(device, is_local=engine == "local"),
        ensemble=ensemble,
        walk=walk,
    )


def walk_of(folds: int | None, rolling: int | None) -> "WalkForward | None":
    """Return the plan of the walk-forward; None for a single fit."""
    from pregao.dataset import WalkForward

    if folds == 0:
        if rolling is not None:
            reason = _("--rolling says what a fold is trained on: leave --folds 0 out")
            raise InvalidExperimentError("options", [reason])
        return None
    return WalkForward(num_folds=folds, train_sessions=rolling)


def _engine(
    name: str, address: str | None, workers: int | None, gpus_per_worker: float
) -> "Engine":
    from pregao.training.engines import ENGINES, Local, Ray

    if name not in ENGINES:
        raise UnknownNameError(_("engine"), name, ENGINES)
    if ENGINES[name] is Ray:
        return Ray(address=address, num_workers=workers, gpus_per_worker=gpus_per_worker)
    if address is not None or gpus_per_worker:
        raise InvalidExperimentError(
            "options", [_("--address and --gpus-per-worker are for --engine ray")]
        )
    return Local(workers)


def _device(requested: str, *, is_local: bool) -> "DeviceName":
    for name in _DEVICES:
        if name == requested:
            if name == "cuda" and is_local:
                from pregao.training import find_device

                find_device(name)
            return name
    raise UnknownNameError(_("device"), requested, _DEVICES)


def names_in(names: str | None) -> tuple[str, ...]:
    """Split a list of names at its commas."""
    return () if names is None else tuple(name.strip() for name in names.split(","))


def symbols_in(path: Path) -> list[str]:
    """Read a file of tickers: one a line, or several with commas; ``#`` begins a comment.

    Raises
    ------
    InvalidExperimentError
        For a file that is absent, is no text or names nothing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidExperimentError(str(path), [error.strerror or str(error)]) from None
    except UnicodeDecodeError:
        raise InvalidExperimentError(str(path), [_("it is no text in UTF-8")]) from None
    lines = [line.partition("#")[0] for line in text.splitlines()]
    tickers = [each.strip() for line in lines for each in line.split(",")]
    found = list(dict.fromkeys(each for each in tickers if each))
    if not found:
        raise InvalidExperimentError(str(path), [_("it names no ticker: write one a line")])
    return found


def space_of(file: Path | None, vary: str | None) -> "Space | None":
    """Read what is to be varied; None is what is usual."""
    from pregao.training.search import Space, default_space

    if file is not None and vary is not None:
        raise InvalidExperimentError("options", [_("give --space or --vary, not both")])
    if file is not None:
        return Space.from_toml(file)
    if vary is None:
        return None
    usual = default_space().knobs
    for name in names_in(vary):
        if name not in usual:
            hint = _("Other fields and values go into a file for --space.")
            raise UnknownNameError(_("knob"), name, usual, hint)
    return Space(knobs={name: usual[name] for name in names_in(vary)})


def show(result: "Result", report: Path | None, *, as_json: bool) -> None:
    """Print a result, then write its page if one was asked for: a full disk costs the page only."""
    from pregao.report import write_result
    from pregao.terminal import print_result

    if as_json:
        typer.echo(result.to_json())
    else:
        print_result(result.report, result.forecasts, language=Settings.read().language)
    if report is not None:
        write_result(report, result)
        typer.echo(f"report: {report.resolve()}", err=True)


def run_search(
    plan: "Search",
    path: Path | None,
    settings: "BenchmarkSettings",
    *,
    resume: str | None = None,
    allow_findings: bool,
    force: bool,
    budget_seconds: float | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Search, or go on with a search, and show what came of it."""
    from pregao.terminal import print_search, search_progress

    language = Settings.read().language
    number, races = plan.num_trials, len(plan.entries)
    typer.echo(
        f"{plan.strategy}: {number:,} trial{'' if number == 1 else 's'} over "
        f"{', '.join(plan.space.knobs)}, for {races} network{'' if races == 1 else 's'}",
        err=True,
    )
    with search_progress(language, tuple(plan.entries)) as on_news:
        if resume is None:
            result = workbench().search(
                plan,
                path=path,
                allow_findings=allow_findings,
                force=force,
                budget_seconds=budget_seconds,
                settings=settings,
                on_trial=on_news,
                on_progress=on_news,
            )
        else:
            result = workbench().resume(
                resume,
                expected=plan,
                path=path,
                allow_findings=allow_findings,
                budget_seconds=budget_seconds,
                settings=settings,
                on_trial=on_news,
                on_progress=on_news,
            )
    show(result, report, as_json=as_json)
    if not as_json:
        print_search(result.report, language=language)


def source_if(source: str | None, path: Path | None) -> str | None:
    """Return the source; csv where only a path is given."""
    return "csv" if source is None and path is not None else source


def day_of(moment: "Day") -> date | None:
    """Return the date of a parsed datetime."""
    return moment.date() if moment else None


def given(options: Mapping[str, object]) -> dict[str, object]:
    """Leave out what was not asked for."""
    return {name: value for name, value in options.items() if value is not None}


def print_json(value: object) -> None:
    """Print one JSON value."""
    typer.echo(json.dumps(value, allow_nan=False))
