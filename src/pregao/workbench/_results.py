"""What the use cases give back: prices that were stored, reports with their forecasts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pregao.decisions.trading import Trading
from pregao.errors import UnknownNameError
from pregao.evaluation import Forecast, Report
from pregao.explanation import Explanation
from pregao.findings import Finding
from pregao.prices import Prices, Snapshot
from pregao.registry import Run
from pregao.training import LEVELS
from pregao.values import Text
from pregao.workbench._explaining import explain_forecast, explain_run
from pregao.workbench._prices import Checked


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

    def explain(self, symbol: str | None = None, *, step: int | None = None) -> Explanation:
        """Explain the run, or its forecast for one of its symbols.

        Parameters
        ----------
        step
            The session ahead that is explained; the last by default.

        Raises
        ------
        UnknownNameError
            If the result has no forecast of the symbol.
        """
        prices = [Checked(each, ()) for each in self.prices]
        if symbol is None:
            return explain_run(self.run, prices, step=step)
        place = self.place_of(symbol)
        return explain_forecast(self.run, prices[place], trained_on=prices, step=step)

    def place_of(self, symbol: str) -> int:
        """Return the place of a symbol among the forecasts.

        Raises
        ------
        UnknownNameError
            If the result has no forecast of the symbol.
        """
        names = [each.symbol for each in self.forecasts]
        if symbol not in names:
            raise UnknownNameError("symbol", symbol, names)
        return names.index(symbol)

    def __repr__(self) -> str:
        return f"<Result {self.report.verdict.en}>"

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
