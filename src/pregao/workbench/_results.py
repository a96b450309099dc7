"""The results of use cases: stored prices, and reports with their forecasts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import live_windows
from pregao.decisions.trading import Trading
from pregao.errors import UnknownNameError
from pregao.evaluation import Forecast, Report
from pregao.explanation import Explanation
from pregao.findings import Finding, not_trained_on
from pregao.instruments import symbol_key
from pregao.prices import Prices, Snapshot
from pregao.registry import Run
from pregao.texts import gettext_lazy as _
from pregao.training import LEVELS
from pregao.workbench._benchmark import BenchmarkResult
from pregao.workbench._explaining import explain_forecast, explain_run
from pregao.workbench._prices import Checked


@dataclass(frozen=True)
class Fetched:
    """Prices that were downloaded and stored."""

    prices: Prices
    snapshot: Snapshot
    findings: tuple[Finding, ...]

    def summary(self) -> dict[str, object]:
        """Return the record of the stored prices, ready for JSON."""
        return {
            **Checked(self.prices, self.findings).summary(),
            "revision": self.snapshot.revision,
            "added": self.snapshot.num_added,
        }


@dataclass(frozen=True, eq=False)
class Result:
    """The result of a training or a sweep: report, forecasts of the champion, and stored run."""

    report: Report
    forecasts: tuple[Forecast, ...]
    """One for each symbol, from its last session."""
    prices: tuple[Prices, ...]
    run: Run
    search: str | None = None
    """The id of the search that chose the settings, if one did."""
    tradings: Mapping[str, tuple[Trading, ...]] = field(default_factory=dict)
    """Simulated accounts of the candidate and of the best baseline, one for each market."""

    @classmethod
    def from_benchmark(
        cls, benchmark: BenchmarkResult, run: Run, *, search: str | None = None
    ) -> Self:
        """Return a benchmark's report with the forecasts of its champion."""
        prices, live = benchmark.prices, benchmark.champion.live
        return cls(
            report=benchmark.report,
            forecasts=tuple(
                _forecast(each, quantiles, benchmark.report, run)
                for each, quantiles in zip(prices, live, strict=True)
            ),
            prices=tuple(each.prices for each in prices),
            run=run,
            search=search,
            tradings=benchmark.tradings,
        )

    @classmethod
    def from_run(cls, run: Run, prices: Sequence[Checked]) -> Self:
        """Return a stored run's report with its forecasts from these prices."""
        return cls(
            report=run.report,
            forecasts=tuple(forecast_from_run(run, each) for each in prices),
            prices=tuple(each.prices for each in prices),
            run=run,
        )

    def explain(self, symbol: str | None = None, *, step: int | None = None) -> Explanation:
        """Explain the run, or its forecast for one of its symbols.

        Parameters
        ----------
        step
            Sessions ahead of the explained forecast; the last step by default.

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
        # A provider states currencies: VUSD.L may be VUSD@XLON:USD by then.
        keys = [each.symbol.key for each in self.prices]
        if (key := symbol_key(symbol)) in keys:
            return keys.index(key)
        raise UnknownNameError(_("symbol"), symbol, [each.symbol for each in self.forecasts])

    def __repr__(self) -> str:
        return f"<Result {self.report.verdict.en}>"

    def to_json(self) -> str:
        """Return the report as JSON, with the ids of the stored run and of the search."""
        fields = self.report.model_dump(mode="json")
        return json.dumps({**fields, "run": self.run.id, "search": self.search}, allow_nan=False)


def forecast_from_run(run: Run, checked: Checked) -> Forecast:
    """Forecast from the last session of these prices, by the pipeline that was evaluated.

    A symbol that the run was not trained on gets a finding.
    """
    serving = run.serving
    windows = live_windows(
        [checked.prices],
        scaler=serving.scaler,
        lookback=serving.lookback,
        horizon=serving.horizon,
    )
    forecast = _forecast(checked, run.forecaster.quantiles(windows)[0], run.report, run)
    trained_on = run.experiment.symbols
    if symbol_key(forecast.symbol) in map(symbol_key, trained_on):
        return forecast
    finding = not_trained_on(run.id, trained_on, forecast.symbol)
    return forecast.replace(findings=(*forecast.findings, finding))


def _forecast(
    checked: Checked, quantiles: NDArray[np.float64], report: Report, run: Run
) -> Forecast:
    prices = checked.prices
    return Forecast.from_quantiles(
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
    """Return the findings of learning and evaluation: those of prices are the forecast's own."""
    return tuple(each for each in report.findings if not each.code.startswith("PRC"))
