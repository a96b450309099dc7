"""The same calls as the command line's, for a notebook; results show themselves there.

>>> import pregao
>>> pregao.fetch("SP500", end="2018-06-29").symbol.currency
'USD'
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pregao import workbench
from pregao.errors import InvalidExperimentError
from pregao.evaluation import Forecast, Report
from pregao.explanation import Explanation
from pregao.findings import Finding
from pregao.instruments import load_statements
from pregao.presentation.figures import (
    explanation_figure,
    fan_figure,
    learning_curves_figure,
    ranking_figure,
)
from pregao.prices import Clock, Prices, open_feed
from pregao.registry import Run
from pregao.report import ranking_html, write_result
from pregao.settings import Settings
from pregao.texts import gettext_lazy as _
from pregao.training import RECIPES, Experiment, ListedNetwork, Recipe, find_recipe, list_networks
from pregao.training.search import Space
from pregao.values import Language
from pregao.workbench import MODES, BenchmarkSettings, Tickers, Workbench, usual_source

if TYPE_CHECKING:
    import plotly.graph_objects as go

Day = date | str | None
Mode = Literal["fast", "optimized"]


@dataclass(frozen=True, eq=False)
class Result:
    """A training or a sweep that draws itself."""

    result: workbench.Result
    language: Language = "en"
    """The language of tables and figures."""
    _explanations: dict[tuple[str | None, int | None], Explanation] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """Every forecaster's scores, beside each other."""
        return self.result.report

    @property
    def forecasts(self) -> tuple[Forecast, ...]:
        """The champion's forecast of each symbol."""
        return self.result.forecasts

    @property
    def prices(self) -> tuple[Prices, ...]:
        """The prices of each symbol."""
        return self.result.prices

    @property
    def run(self) -> Run:
        """The stored run."""
        return self.result.run

    def fan(self, symbol: str | None = None) -> "go.Figure":
        """Draw the last sessions and the forecast of one symbol, the first by default.

        Raises
        ------
        UnknownNameError
            If there is no forecast of the symbol.
        """
        place = 0 if symbol is None else self.result.place_of(symbol)
        return fan_figure(self.prices[place], self.forecasts[place])

    def ranking(self) -> "go.Figure":
        """Draw every forecaster's test CRPS beside the random walk's."""
        return ranking_figure(self.report)

    def learning_curves(self) -> "go.Figure":
        """Draw the champion's losses, epoch by epoch."""
        return learning_curves_figure([self.report.subject])

    def explain(self, symbol: str | None = None, *, step: int | None = None) -> Explanation:
        """Explain the run, or its forecast for one of its symbols; computed once.

        Parameters
        ----------
        step
            The session ahead that is explained; the last by default.
        """
        key = (symbol, step)
        if key not in self._explanations:
            self._explanations[key] = self.result.explain(symbol, step=step)
        return self._explanations[key]

    def what_mattered(self, symbol: str | None = None, *, step: int | None = None) -> "go.Figure":
        """Draw an explanation: the share of each feature, and of each lag of it."""
        return explanation_figure(self.explain(symbol, step=step), language=self.language)

    def write_page(self, path: Path | str) -> None:
        """Write one self-contained HTML page, in English and Portuguese."""
        write_result(Path(path), self.result, tuple(self._explanations.values()))

    def to_json(self) -> str:
        """Return the report as JSON, with the ids of the champion's run and of the search."""
        return self.result.to_json()

    def __repr__(self) -> str:
        return repr(self.result)

    def _repr_html_(self) -> str:
        # The quantile tables are what a forecast shows of itself.
        forecasts = "".join(each._repr_html_() for each in self.forecasts)
        return ranking_html(self.report, language=self.language) + forecasts


def networks() -> list[ListedNetwork]:
    """List the networks of the zoo, with their sizes."""
    return list_networks()


def fetch(
    symbol: str,
    *,
    source: str | None = None,
    path: Path | str | None = None,
    start: Day = None,
    end: Day = None,
) -> Prices:
    """Download a symbol's daily bars, and keep them in the store.

    Without a source, the bundled sample where it has the symbol, else ``live``.
    """
    source = source or (usual_source(symbol) if path is None else "csv")
    fetched = _workbench().fetch(
        symbol, source=source, path=_path(path), start=_day(start), end=_day(end)
    )
    return fetched.prices


def recipes() -> list[Recipe]:
    """List the named experiments: the default, and those of earlier systems."""
    return list(RECIPES.values())


def train(
    symbols: str | Sequence[str] | Experiment | None = None,
    *,
    recipe: str | None = None,
    path: Path | str | None = None,
    allow_findings: bool = False,
    **fields: object,
) -> Result:
    """Train one network, on one symbol or on several pooled, and score it beside every baseline.

    Parameters
    ----------
    symbols
        Tickers, or a whole experiment; a recipe has its own.
    recipe
        A named experiment; it stands beside the default one too, on the same windows.
    fields
        Fields of `Experiment`, such as ``network="gru_classic"`` or ``horizon=5``.
    """
    experiment = _experiment(symbols, fields, path, recipe=recipe)
    result = _workbench().train(
        experiment, recipe=recipe, path=_path(path), allow_findings=allow_findings
    )
    return Result(result, Settings.read().language)


def sweep(
    symbols: str | Sequence[str] | Experiment | None = None,
    *,
    recipe: str | None = None,
    networks: str | Sequence[str] = (),
    ensemble: int = 5,
    path: Path | str | None = None,
    allow_findings: bool = False,
    **fields: object,
) -> Result:
    """Rank networks (all by default) beside every baseline; fast settings unless fields say more.

    A script that calls this needs the usual ``if __name__ == "__main__":``, as workers are spawned.
    """
    result = _workbench().sweep(
        _experiment(symbols, fields, path, recipe=recipe, mode="fast"),
        networks=_networks(networks, recipe),
        path=_path(path),
        allow_findings=allow_findings,
        settings=BenchmarkSettings(ensemble=ensemble),
    )
    return Result(result, Settings.read().language)


def sweep_each(
    symbols: Sequence[str],
    *,
    networks: str | Sequence[str] = (),
    ensemble: int = 5,
    path: Path | str | None = None,
    allow_findings: bool = False,
    on_result: Callable[[Result | Finding], None] | None = None,
    **fields: object,
) -> Tickers:
    """Rank networks on each symbol by itself; symbols that cannot be used are left out and named.

    `on_result` receives each symbol's result, or the finding that left it out, as it is decided.
    """
    language = Settings.read().language
    return _workbench().sweep_each(
        _experiment(symbols, fields, path, mode="fast"),
        networks=_networks(networks, None),
        path=_path(path),
        allow_findings=allow_findings,
        settings=BenchmarkSettings(ensemble=ensemble),
        on_result=on_result and (lambda each: on_result(_shown(each, language))),
    )


def search(
    symbols: str | Sequence[str] | Experiment | None = None,
    *,
    recipe: str | None = None,
    networks: str | Sequence[str] | None = None,
    space: Space | Mapping[str, object] | None = None,
    strategy: str = "bayesian",
    trials: int | None = None,
    pruning: bool = True,
    force: bool = False,
    budget_seconds: float | None = None,
    ensemble: int = 5,
    path: Path | str | None = None,
    allow_findings: bool = False,
    **fields: object,
) -> Result:
    """Search the settings of one network, or of each of several, and rank what was found.

    The same search again goes on where it was interrupted.

    Parameters
    ----------
    networks
        None searches the experiment's own; an empty list the whole zoo, each for itself.
    space
        What to vary, such as ``{"dropout": [0.1, 0.3], "learning_rate": {"low": 1e-4, "high":
        1e-2, "log": True}}``; None is what is usual.
    """
    experiment = _experiment(symbols, fields, path, recipe=recipe, mode="optimized")
    requested: dict[str, object] = {"strategy": strategy, "trials": trials, "pruning": pruning}
    if space is not None:
        requested["space"] = space if isinstance(space, Space) else Space.parse(space)
    bench = _workbench()
    plan = bench.plan(
        experiment, None if networks is None else _networks(networks, recipe), **requested
    )
    result = bench.search(
        plan,
        path=_path(path),
        allow_findings=allow_findings,
        force=force,
        budget_seconds=budget_seconds,
        settings=BenchmarkSettings(ensemble=ensemble),
    )
    return Result(result, Settings.read().language)


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
    bench, csv = _workbench(), _path(path)
    source = source or ("csv" if csv else None)
    if run is None:
        given = {"source": source, "start": start, "end": end, **fields}
        known = {name: value for name, value in given.items() if value is not None}
        experiment = Experiment.parse({"symbols": symbol, **known})
        return bench.forecast(experiment, path=csv, allow_findings=allow_findings)
    if fields:
        raise InvalidExperimentError(
            run, [_("a stored run has its own {fields}", fields=", ".join(fields))]
        )
    return bench.forecast_with(
        run,
        symbol,
        source=source,
        path=csv,
        start=_day(start),
        end=_day(end),
        allow_findings=allow_findings,
    )


def _workbench() -> Workbench:
    return open_workbench(Settings.read(), _now)


def open_workbench(
    settings: Settings, now: Callable[[], datetime], *, today: date | None = None
) -> Workbench:
    """Open the workbench that the environment names, with its sources of live prices."""
    load_statements(settings.home)
    feed = open_feed(
        order=settings.sources,
        home=settings.home,
        clock=Clock(now),
        keys=settings.keys,
        base_urls=settings.base_urls,
    )
    return Workbench(settings.home, today=today, feed=feed, database_url=settings.database_url)


def _now() -> datetime:
    return datetime.now().astimezone()  # noqa: TID251 - the entry point owns the clock


def _shown(each: workbench.Result | Finding, language: Language) -> Result | Finding:
    return Result(each, language) if isinstance(each, workbench.Result) else each


def _networks(names: str | Sequence[str], recipe: str | None) -> tuple[str, ...]:
    requested = (names,) if isinstance(names, str) else tuple(names)
    return requested or (() if recipe is None else tuple(find_recipe(recipe).networks))


def _experiment(
    symbols: str | Sequence[str] | Experiment | None,
    fields: dict[str, object],
    path: Path | str | None,
    *,
    recipe: str | None = None,
    mode: Mode | None = None,
) -> Experiment:
    """Lay the fields over what the mode sets, over the recipe; a whole experiment has its own."""
    if path is not None:
        fields = {"source": "csv", **fields}
    if isinstance(symbols, Experiment):
        return Experiment.parse({**dict(symbols), **fields})
    base = {} if recipe is None else dict(find_recipe(recipe).experiment)
    requested = {**base, **({} if mode is None else MODES[mode]), **fields}
    if symbols is not None:
        requested["symbols"] = symbols
    return Experiment.parse(requested)


def _path(path: Path | str | None) -> Path | None:
    return None if path is None else Path(path)


def _day(day: Day) -> date | None:
    if not isinstance(day, str):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise InvalidExperimentError(_("day {day!r}", day=day), [str(error)]) from None
