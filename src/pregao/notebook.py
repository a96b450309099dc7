"""The same calls as the command line's, for a notebook; results show themselves there.

>>> import pregao
>>> pregao.fetch("SP500", end="2018-06-29").symbol.currency
'USD'
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pregao.errors import InvalidExperimentError
from pregao.evaluation import Forecast
from pregao.prices import Prices
from pregao.settings import Settings
from pregao.training import Experiment, Listed, listed_networks
from pregao.workbench import MODES, Result, Workbench

Day = date | str | None


def networks() -> list[Listed]:
    """List the networks of the zoo, with their sizes."""
    return listed_networks()


def fetch(
    symbol: str,
    *,
    source: str | None = None,
    path: Path | str | None = None,
    start: Day = None,
    end: Day = None,
) -> Prices:
    """Download a symbol's daily bars, and keep them in the store."""
    source = source or ("sample" if path is None else "csv")
    fetched = _workbench().fetch(
        symbol, source=source, path=_path(path), start=_day(start), end=_day(end)
    )
    return fetched.prices


def train(
    symbols: str | Sequence[str] | Experiment,
    *,
    path: Path | str | None = None,
    allow_findings: bool = False,
    **fields: object,
) -> Result:
    """Train one network on one symbol, or on several pooled, and score it beside every baseline.

    Parameters
    ----------
    symbols
        Tickers, or a whole experiment.
    fields
        Fields of `Experiment`, such as ``network="gru_classic"`` or ``horizon=5``.
    """
    experiment = _experiment(symbols, fields, path)
    return _workbench().train(experiment, path=_path(path), allow_findings=allow_findings)


def sweep(
    symbols: str | Sequence[str] | Experiment,
    *,
    networks: str | Sequence[str] = (),
    apart: bool = False,
    path: Path | str | None = None,
    allow_findings: bool = False,
    **fields: object,
) -> Result:
    """Rank networks (all by default) beside every baseline; fast settings unless fields say more.

    A script that calls this needs the usual ``if __name__ == "__main__":``, as workers are spawned.
    """
    if not isinstance(symbols, Experiment):
        fields = {**MODES["fast"], **fields}
    return _workbench().sweep(
        _experiment(symbols, fields, path),
        networks=(networks,) if isinstance(networks, str) else networks,
        apart=apart,
        path=_path(path),
        allow_findings=allow_findings,
    )


def forecast(
    symbol: str,
    *,
    run: str | None = None,
    source: str | None = None,
    path: Path | str | None = None,
    start: Day = None,
    end: Day = None,
    allow_findings: bool = False,
    **fields: object,
) -> Forecast:
    """Forecast a symbol's next sessions, with a stored run or with a network trained for it.

    Fields of `Experiment` are for training; a stored run has its own.
    """
    workbench, csv = _workbench(), _path(path)
    source = source or ("csv" if csv else None)
    if run is None:
        given = {"source": source, "start": start, "end": end, **fields}
        known = {name: value for name, value in given.items() if value is not None}
        experiment = Experiment.parse({"symbols": symbol, **known})
        return workbench.forecast(experiment, path=csv, allow_findings=allow_findings)
    if fields:
        raise InvalidExperimentError(run, [f"a stored run has its own {', '.join(fields)}"])
    return workbench.forecast_with(
        run,
        symbol,
        source=source,
        path=csv,
        start=_day(start),
        end=_day(end),
        allow_findings=allow_findings,
    )


def _workbench() -> Workbench:
    return Workbench(Settings.read().home)


def _experiment(
    symbols: str | Sequence[str] | Experiment,
    fields: dict[str, object],
    path: Path | str | None,
) -> Experiment:
    if path is not None:
        fields = {"source": "csv", **fields}
    if isinstance(symbols, Experiment):
        return Experiment.parse({**dict(symbols), **fields})
    return Experiment.parse({"symbols": symbols, **fields})


def _path(path: Path | str | None) -> Path | None:
    return None if path is None else Path(path)


def _day(day: Day) -> date | None:
    if not isinstance(day, str):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise InvalidExperimentError(f"day {day!r}", [str(error)]) from None
