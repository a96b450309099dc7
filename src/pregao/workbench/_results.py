"""What the use cases give back: prices that were stored, reports with their forecasts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pregao.errors import UnknownNameError
from pregao.evaluation import Explanation, Forecast, Report
from pregao.evaluation.trading import Trading
from pregao.findings import Finding
from pregao.plots import (
    explanation_figure,
    fan_figure,
    learning_curves_figure,
    ranking_figure,
    ranking_html,
    write_page,
)
from pregao.prices import Prices, Snapshot
from pregao.registry import Run
from pregao.training import LEVELS
from pregao.values import Language, Text
from pregao.workbench._explaining import explain_forecast, explain_run
from pregao.workbench._prices import Checked

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Fetched:
    """Prices that were downloaded and stored."""

    prices: Prices
    snapshot: Snapshot
    findings: tuple[Finding, ...]

    def summary(self) -> dict[str, object]:
        """Give what was stored, ready for JSON."""
        return {
            **Checked(self.prices, self.findings).summary(),
            "revision": self.snapshot.revision,
            "added": self.snapshot.num_added,
        }


@dataclass(frozen=True, eq=False)
class Result:
    """A training or a sweep: its report, its champion's forecasts, and the run it became."""

    report: Report
    forecasts: tuple[Forecast, ...]
    """One a symbol, from its last session."""
    prices: tuple[Prices, ...]
    run: Run
    search: str | None = None
    """The id of the search that chose the settings, if one did."""
    tradings: Mapping[str, tuple[Trading, ...]] = field(default_factory=dict)
    """Simulated accounts of the candidate and of the best baseline, one a market."""
    language: Language = "en"
    """In which a notebook shows it."""
    explained: dict[tuple[str | None, int | None], Explanation] = field(default_factory=dict)
    """What was explained so far, by symbol and step: a page shows it too."""

    def fan(self, symbol: str | None = None) -> "go.Figure":
        """Draw the last sessions and the forecast of one symbol, the first by default."""
        names = [each.symbol for each in self.forecasts]
        if symbol is not None and symbol not in names:
            raise UnknownNameError("symbol", symbol, names)
        place = 0 if symbol is None else names.index(symbol)
        return fan_figure(self.prices[place], self.forecasts[place])

    def ranking(self) -> "go.Figure":
        """Draw every forecaster's test CRPS beside the random walk's."""
        return ranking_figure(self.report)

    def learning_curves(self) -> "go.Figure":
        """Draw the champion's losses, epoch by epoch."""
        return learning_curves_figure([self.report.subject])

    def explain(self, symbol: str | None = None, *, step: int | None = None) -> Explanation:
        """Say what mattered to the run, or to its forecast for one of its symbols.

        Parameters
        ----------
        step
            How many sessions ahead the explained numbers are; the last by default.
        """
        asked = (symbol, step)
        if asked not in self.explained:
            self.explained[asked] = self._explanation(symbol, step)
        return self.explained[asked]

    def what_mattered(self, symbol: str | None = None, *, step: int | None = None) -> "go.Figure":
        """Draw what mattered: features, and on which lags each was read."""
        return explanation_figure(self.explain(symbol, step=step), language=self.language)

    def _explanation(self, symbol: str | None, step: int | None) -> Explanation:
        prices = [Checked(each, ()) for each in self.prices]
        if symbol is None:
            return explain_run(self.run, prices, step=step)
        names = [each.symbol for each in self.forecasts]
        if symbol not in names:
            raise UnknownNameError("symbol", symbol, names)
        return explain_forecast(self.run, prices[names.index(symbol)], trained_on=prices, step=step)

    def write_page(self, path: Path | str) -> None:
        """Write one self-contained HTML page, in English and Portuguese."""
        write_page(
            Path(path),
            self.report,
            self.prices,
            self.forecasts,
            tradings=self.tradings,
            explanations=tuple(self.explained.values()),
            run=self.run.id,
            software=self.run.provenance.software,
        )

    def __repr__(self) -> str:
        return f"<Result {self.report.verdict.en}>"

    def _repr_html_(self) -> str:
        """Show the verdict, the ranking and the forecasts in a notebook."""
        # The quantile tables are what a forecast shows of itself.
        forecasts = "".join(each._repr_html_() for each in self.forecasts)
        return ranking_html(self.report, language=self.language) + forecasts

    def to_json(self) -> str:
        """Give the report as JSON, with the ids of the champion's run and of the search."""
        fields = self.report.model_dump(mode="json")
        return json.dumps({**fields, "run": self.run.id, "search": self.search}, allow_nan=False)


def forecast_of(
    checked: Checked, quantiles: NDArray[np.float64], report: Report, run: Run
) -> Forecast:
    prices = checked.prices
    return Forecast.of(
        prices.symbol,
        quantiles,
        levels=LEVELS,
        as_of=prices.last,
        last_price=float(prices.bars.close[-1]),
        forecaster=report.champion,
        run=run.id,
        edge=report.edge,
        findings=(*checked.findings, *_without_prices(report)),
    )


def _without_prices(report: Report) -> tuple[Finding, ...]:
    """Give the findings of learning and evaluation: those of prices are the forecast's own."""
    return tuple(each for each in report.findings if not each.code.startswith("PRC"))


def stranger(symbol: str, run: Run) -> Finding:
    seen = Text.of(
        "{run} was trained on {symbols}, not on {symbol}",
        "{run} foi treinada com {symbols}, não com {symbol}",
        run=run.id,
        symbols=", ".join(run.experiment.symbols[:5]),
        symbol=symbol,
    )
    return Finding.of("LRN005", seen, symbol=symbol)
