"""The command line: parse, one Workbench call, print.

Results go to standard output, progress and messages to standard error. Exit codes: 0 done, 1 it
failed or the prices are quarantined, 2 the input cannot be used.
"""

import signal
import sys
from collections.abc import Mapping
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pregao.errors import InputError, InvalidExperimentError, PregaoError
from pregao.settings import Settings

if TYPE_CHECKING:
    from pregao.evaluation import Forecast
    from pregao.training import Experiment
    from pregao.workbench import Result, Workbench

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Symbols = Annotated[list[str], typer.Argument(metavar="SYMBOL", help="PETR4, VALE3.SA, NVDA")]
SymbolsOrFile = Annotated[
    list[str] | None,
    typer.Argument(metavar="SYMBOL", help="PETR4, VALE3.SA, NVDA; or give --experiment"),
]
Source = Annotated[str | None, typer.Option(help="prices from sample (default), csv or store")]
CsvPath = Annotated[
    Path | None, typer.Option("--path", help="a CSV file, or a folder of TICKER.csv")
]
Day = datetime | None
Start = Annotated[
    Day, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="first session used")
]
End = Annotated[Day, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="last session known")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON value and nothing else")]
NetworkName = Annotated[str | None, typer.Option(help="a name that 'pregao networks' lists")]
NetworkNames = Annotated[str | None, typer.Option(help="names, comma-separated; all by default")]
Apart = Annotated[bool, typer.Option("--apart/--pooled", help="a network a symbol, or one for all")]
Horizon = Annotated[int | None, typer.Option(help="sessions ahead [10]")]
Lookback = Annotated[int | None, typer.Option(help="sessions a window looks back [60]")]
Epochs = Annotated[int | None, typer.Option(help="passes over the training windows")]
Seed = Annotated[int | None, typer.Option(help="same seed, same weights [0]")]


def _writable(page: Path | None) -> Path | None:
    """Refuse at once a page that could not be written after minutes of work."""
    if page is not None:
        from pregao.plots import check_page_path

        check_page_path(page)
    return page


ReportFile = Annotated[
    Path | None,
    typer.Option("--report", callback=_writable, help="write one self-contained HTML page"),
]
AllowFindings = Annotated[
    bool, typer.Option("--allow-findings", help="train on quarantined prices all the same")
]
ExperimentFile = Annotated[
    Path | None, typer.Option("--experiment", help="a TOML file of experiment fields")
]
Mode = Literal["fast"]
_INTERRUPTED = 130


def run() -> None:
    """Run the command line, and answer what goes wrong with one line and an exit code."""
    if isinstance(sys.stdout, TextIOWrapper):  # a pipe may know fewer characters than we write
        sys.stdout.reconfigure(errors="replace")
    # As with Ctrl-C: workers are stopped and temporary files deleted on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        code = app(standalone_mode=False)
        if code == _INTERRUPTED:  # what typer makes of Ctrl-C
            _complain("interrupted", code)
    except PregaoError as error:
        code = _complain(str(error), 2 if isinstance(error, InputError) else 1)
    except OSError as error:
        code = _complain(f"{error.filename or 'the system'}: {error.strerror or error}", 1)
    except typer.exceptions.TyperException as error:
        code = _complain(f"{error.format_message()} (see 'pregao --help')", 2)
    sys.exit(code or 0)


@app.callback(invoke_without_command=True)
def overview(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="print the version")] = False,
) -> None:
    """From a ticker to an honest forecast, always beside the naive one."""
    if version:
        import pregao

        typer.echo(pregao.__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


@app.command()
def demo(
    report: Annotated[
        Path, typer.Option(callback=_writable, help="where the page is written")
    ] = Path("reports/demo.html"),
    as_json: Json = False,
) -> None:
    """Rank the whole zoo on twenty years of the S&P 500, and write a report to look at."""
    experiment = _experiment(["SP500"], {}, mode="fast")
    result = _swept(experiment, (), None, apart=False, allow_findings=False)
    _show(result, report, as_json=as_json)


@app.command()
def networks(as_json: Json = False) -> None:
    """List the networks of the zoo, with their sizes."""
    from pregao.training import listed_networks

    listed = listed_networks()
    if as_json:
        _print_json([each.model_dump(mode="json", exclude_none=True) for each in listed])
    else:
        from pregao.console import print_networks

        print_networks(listed)


@app.command()
def fetch(
    symbols: Symbols,
    source: Source = None,
    path: CsvPath = None,
    start: Start = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """Download daily bars and append them to the store."""
    from pregao.console import print_fetched

    workbench = _workbench()
    source = _source_if(source, path) or "sample"
    fetched = [
        workbench.fetch(symbol, source=source, path=path, start=_day(start), end=_day(end))
        for symbol in symbols
    ]
    if as_json:
        _print_json([each.summary() for each in fetched])
    else:
        print_fetched(fetched)


@app.command()
def check(
    symbols: Symbols,
    source: Source = None,
    path: CsvPath = None,
    start: Start = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """Say what is wrong with a symbol's bars; exit code 1 if they are quarantined."""
    from pregao.console import print_checked

    workbench = _workbench()
    source = _source_if(source, path) or "sample"
    checked = [
        workbench.check(symbol, source=source, path=path, start=_day(start), end=_day(end))
        for symbol in symbols
    ]
    if as_json:
        _print_json([each.summary() for each in checked])
    else:
        print_checked(checked)
    if any(each.quarantine for each in checked):
        raise typer.Exit(1)


@app.command()
def train(
    symbols: SymbolsOrFile = None,
    experiment: ExperimentFile = None,
    network: NetworkName = None,
    source: Source = None,
    path: CsvPath = None,
    horizon: Horizon = None,
    lookback: Lookback = None,
    epochs: Epochs = None,
    seed: Seed = None,
    start: Start = None,
    end: End = None,
    allow_findings: AllowFindings = False,
    report: ReportFile = None,
    as_json: Json = False,
) -> None:
    """Train one network, score it beside every baseline, and store the run."""
    from pregao.console import epoch_progress

    options = {
        "network": network,
        "source": _source_if(source, path),
        "horizon": horizon,
        "lookback": lookback,
        "epochs": epochs,
        "seed": seed,
        "start": _day(start),
        "end": _day(end),
    }
    asked = _experiment(symbols, options, file=experiment)
    with epoch_progress(asked.epochs) as on_epoch:
        result = _workbench().train(
            asked, path=path, allow_findings=allow_findings, on_epoch=on_epoch
        )
    _show(result, report, as_json=as_json)


@app.command()
def sweep(
    symbols: SymbolsOrFile = None,
    experiment: ExperimentFile = None,
    networks: NetworkNames = None,
    mode: Annotated[
        Mode, typer.Option(help="fast: one epoch of every network, fixed settings")
    ] = "fast",
    apart: Apart = False,
    source: Source = None,
    path: CsvPath = None,
    horizon: Horizon = None,
    lookback: Lookback = None,
    epochs: Epochs = None,
    seed: Seed = None,
    start: Start = None,
    end: End = None,
    workers: Annotated[int | None, typer.Option(min=1, help="processes [one a core]")] = None,
    allow_findings: AllowFindings = False,
    report: ReportFile = None,
    as_json: Json = False,
) -> None:
    """Rank many networks beside every baseline, on the same windows."""
    names = () if networks is None else tuple(name.strip() for name in networks.split(","))
    options = {
        "source": _source_if(source, path),
        "horizon": horizon,
        "lookback": lookback,
        "epochs": epochs,
        "seed": seed,
        "start": _day(start),
        "end": _day(end),
    }
    asked = _experiment(symbols, options, file=experiment, mode=mode)
    result = _swept(
        asked, names, path, apart=apart, allow_findings=allow_findings, num_workers=workers
    )
    _show(result, report, as_json=as_json)


@app.command()
def evaluate(
    run: Annotated[str, typer.Argument(metavar="RUN", help="the id of a stored run")],
    path: CsvPath = None,
    report: ReportFile = None,
    as_json: Json = False,
) -> None:
    """Score a stored run again, beside every baseline, on prices read anew."""
    from pregao.console import working

    with working(f"scoring {run}"):
        result = _workbench().evaluate(run, path=path)
    _show(result, report, as_json=as_json)


@app.command()
def forecast(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="PETR4, VALE3.SA, NVDA")],
    run: Annotated[str | None, typer.Option(help="a stored run; by default one is trained")] = None,
    network: NetworkName = None,
    source: Source = None,
    path: CsvPath = None,
    horizon: Horizon = None,
    lookback: Lookback = None,
    epochs: Epochs = None,
    seed: Seed = None,
    start: Start = None,
    end: End = None,
    allow_findings: AllowFindings = False,
    as_json: Json = False,
) -> None:
    """Forecast a symbol's next sessions, with ranges, in its own currency."""
    from pregao.console import print_forecast

    learning = {
        "network": network,
        "horizon": horizon,
        "lookback": lookback,
        "epochs": epochs,
        "seed": seed,
    }
    provider, first, last = _source_if(source, path), _day(start), _day(end)
    if run is None:
        span = {"source": provider, "start": first, "end": last}
        asked = _experiment([symbol], {**learning, **span})
        answer = _forecast_trained(asked, path, allow_findings=allow_findings)
    else:
        _check_run_has(run, learning)
        answer = _workbench().forecast_with(
            run,
            symbol,
            source=provider,
            path=path,
            start=first,
            end=last,
            allow_findings=allow_findings,
        )
    if as_json:
        typer.echo(answer.model_dump_json())
    else:
        print_forecast(answer, language=Settings.read().language)


def _forecast_trained(
    experiment: "Experiment", path: Path | None, *, allow_findings: bool
) -> "Forecast":
    from pregao.console import epoch_progress

    with epoch_progress(experiment.epochs) as on_epoch:
        return _workbench().forecast(
            experiment, path=path, allow_findings=allow_findings, on_epoch=on_epoch
        )


def _check_run_has(run: str, asked: Mapping[str, object]) -> None:
    """Refuse options that a stored run would not follow."""
    experiment = _workbench().run(run).experiment
    for name, value in asked.items():
        if value is None:
            continue
        known = getattr(experiment, name)
        if getattr(experiment.replace(**{name: value}), name) != known:
            reason = f"--{name} {value} is not what it was trained with; leave --{name} out"
            raise InvalidExperimentError(run, [reason])


def _workbench() -> "Workbench":
    from pregao.workbench import Workbench

    today = datetime.now().astimezone().date()  # noqa: TID251 - the entry point owns the clock
    return Workbench(Settings.read().home, today=today)


def _experiment(
    symbols: list[str] | None,
    options: Mapping[str, object],
    *,
    file: Path | None = None,
    mode: Mode | None = None,
) -> "Experiment":
    """Lay the options that were given over the file's fields, over what the mode sets."""
    from pregao.training import Experiment, fields_of_toml
    from pregao.workbench import MODES

    fields = {} if mode is None else dict(MODES[mode])
    if file is not None:
        fields |= fields_of_toml(file)
    fields |= {name: value for name, value in options.items() if value is not None}
    if symbols:
        fields["symbols"] = tuple(symbols)
    if "symbols" not in fields:
        raise InvalidExperimentError("no symbol", ["name at least one, such as PETR4 or SP500"])
    return Experiment.parse(fields, source=str(file) if file else "options")


def _swept(
    experiment: "Experiment",
    names: tuple[str, ...],
    path: Path | None,
    *,
    apart: bool,
    allow_findings: bool,
    num_workers: int | None = None,
) -> "Result":
    from pregao.console import sweep_progress

    with sweep_progress() as on_progress:
        return _workbench().sweep(
            experiment,
            networks=names,
            path=path,
            apart=apart,
            allow_findings=allow_findings,
            num_workers=num_workers,
            on_progress=on_progress,
        )


def _show(result: "Result", report: Path | None, *, as_json: bool) -> None:
    """Print a result, then write its page if one was asked for: a full disk costs the page only."""
    from pregao.console import print_result

    if as_json:
        typer.echo(result.to_json())
    else:
        print_result(result.report, result.forecasts, language=Settings.read().language)
    if report is not None:
        from pregao.plots import write_page

        write_page(report, result.report, result.prices, result.forecasts)
        typer.echo(f"report: {report.resolve()}", err=True)


def _source_if(source: str | None, path: Path | None) -> str | None:
    """Take a path to mean csv where no source was named."""
    return "csv" if source is None and path is not None else source


def _day(moment: Day) -> date | None:
    return moment.date() if moment else None


def _print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, allow_nan=False))


def _complain(message: str, code: int) -> int:
    """Say it in one line, whatever a file's header or name brought into it."""
    line = "".join(each if each.isprintable() else repr(each)[1:-1] for each in message)
    typer.echo(f"pregao: {line}", err=True)
    return code
