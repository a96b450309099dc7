"""The options that commands share, by what they are about."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from pregao.cli._language import _

Symbols = Annotated[list[str], typer.Argument(metavar="SYMBOL", help=_("PETR4, VALE3.SA, NVDA"))]
SymbolsOrFile = Annotated[
    list[str] | None,
    typer.Argument(metavar="SYMBOL", help=_("PETR4, VALE3.SA, NVDA; or give --experiment")),
]
Source = Annotated[
    str | None,
    typer.Option(
        help=_(
            "prices from sample, csv, store, yahoo, brapi, alphavantage, alphavantage_adjusted, "
            "or live: the sources of PREGAO_SOURCES, one after the other [sample]"
        )
    ),
]
CsvPath = Annotated[
    Path | None, typer.Option("--path", help=_("a CSV file, or a folder of TICKER.csv"))
]
ActionsFile = Annotated[
    Path | None,
    typer.Option("--actions", help=_("a CSV file of dividends and splits that the source lacks")),
]
ExchangeCode = Annotated[
    str | None,
    typer.Option("--exchange", help=_("of a ticker that does not tell it, such as XETR or CRYPTO")),
]
Currency = Annotated[
    str | None, typer.Option(help=_("of the prices, where it is not the exchange's, such as USD"))
]
Day = datetime | None
Start = Annotated[
    Day, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help=_("first session used"))
]
End = Annotated[
    Day, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help=_("last session known"))
]
Json = Annotated[bool, typer.Option("--json", help=_("print one JSON value only"))]
NetworkName = Annotated[str | None, typer.Option(help=_("a name that 'pregao networks' lists"))]
NetworkNames = Annotated[str | None, typer.Option(help=_("names, comma-separated; all by default"))]
RecipeName = Annotated[str | None, typer.Option(help=_("a name that 'pregao recipes' lists"))]
Horizon = Annotated[int | None, typer.Option(help=_("sessions ahead [10]"))]
Lookback = Annotated[int | None, typer.Option(help=_("sessions a window looks back [60]"))]
Epochs = Annotated[int | None, typer.Option(help=_("passes over the training windows"))]
Seed = Annotated[
    int | None, typer.Option(help=_("random seed; the same seed gives the same weights [0]"))
]
Members = Annotated[
    int | None,
    typer.Option(
        help=_("number of networks with consecutive seeds, averaged into one forecast [1]")
    ),
]
AllowFindings = Annotated[
    bool, typer.Option("--allow-findings", help=_("train on quarantined prices"))
]
ExperimentFile = Annotated[
    Path | None, typer.Option("--experiment", help=_("a TOML file of experiment fields"))
]


def _writable(page: Path | None) -> Path | None:
    """Refuse at once a page that could not be written after minutes of work."""
    if page is not None:
        from pregao.report import check_page_path

        check_page_path(page)
    return page


ReportFile = Annotated[
    Path | None,
    typer.Option("--report", callback=_writable, help=_("write one self-contained HTML page")),
]
DemoFile = Annotated[Path, typer.Option(callback=_writable, help=_("where the page is written"))]

# Where the work is done.
Workers = Annotated[int | None, typer.Option(min=1, help=_("processes [one a core]"))]
EngineName = Annotated[str, typer.Option("--engine", help=_("local, or ray on a cluster"))]
Address = Annotated[
    str | None, typer.Option(help=_("HOST:PORT of a Ray cluster; without it one is started here"))
]
Device = Annotated[str, typer.Option(help=_("auto, cpu or cuda"))]
GpusPerWorker = Annotated[
    float, typer.Option(min=0, help=_("share of a GPU that each worker of a Ray cluster gets"))
]

# Many networks, many tickers.
Mode = Literal["fast", "optimized"]
ModeName = Annotated[
    Mode,
    typer.Option(help=_("fast: one epoch of every network; optimized: a search for each of them")),
]
SymbolsFile = Annotated[
    Path | None,
    typer.Option("--symbols-file", help=_("tickers, one a line; bad ones are left out")),
]
Apart = Annotated[
    bool | None,
    typer.Option(
        "--apart/--pooled",
        help=_("networks for each symbol, or for all [pooled; of a --symbols-file, apart]"),
    ),
]
EnsembleSize = Annotated[
    int, typer.Option("--ensemble", min=0, help=_("how many of the best networks are averaged"))
]
Folds = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="N",
        help=_(
            "folds of the test part; the champion is retrained before each [5; 0 is a single fit]"
        ),
    ),
]
Rolling = Annotated[
    int | None,
    typer.Option(
        min=100,
        metavar="SESSIONS",
        help=_("train each fold on this many sessions [on all before it]"),
    ),
]

# Searching.
Strategy = Annotated[str | None, typer.Option(help=_("grid, random or bayesian [bayesian]"))]
Trials = Annotated[int | None, typer.Option(help=_("for each network [20; of a grid, all]"))]
Budget = Annotated[
    float | None, typer.Option(min=0, help=_("start no new trial after this many seconds"))
]
SpaceFile = Annotated[
    Path | None, typer.Option("--space", help=_("a TOML file: what to vary, over which values"))
]
Vary = Annotated[
    str | None, typer.Option(help=_("fields, comma-separated, over their usual values"))
]
Force = Annotated[bool, typer.Option("--force", help=_("allow more trials than the limit"))]
NoPruning = Annotated[bool, typer.Option("--no-pruning", help=_("train every trial to its end"))]
