"""The use cases, one method each: what the command line, the API and a notebook call."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Split, live_windows
from pregao.errors import InvalidNetworkError, UnknownNameError
from pregao.evaluation import Forecast, Report
from pregao.findings import Finding
from pregao.plots import (
    fan_figure,
    learning_curves_figure,
    ranking_figure,
    ranking_html,
    write_page,
)
from pregao.prices import Prices, PriceStore, Provider, Snapshot
from pregao.registry import DataRecord, Run, load_run, run_id, save_run, stored_runs
from pregao.training import LEVELS, Epoch, Experiment
from pregao.workbench._prices import Checked, checked_prices, provider_of, trainable
from pregao.workbench._sweep import OnProgress, Sweep, run_evaluation, run_sweep, run_training
from pregao.zoo import ZOO, Network, find_network

if TYPE_CHECKING:
    import plotly.graph_objects as go


MODES: Mapping[str, Mapping[str, object]] = {
    # One look at every network in well under a minute, as the earlier systems' fast mode did it.
    "fast": {
        "epochs": 1,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "dropout": 0.2,
        "activation": "relu",
        "optimiser": "adam",
        "weight_decay": 0.0,
    },
}


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
    run: Run | None
    """None where every symbol has a network of its own."""

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
        return learning_curves_figure([self.report.winner])

    def write_page(self, path: Path | str) -> None:
        """Write one self-contained HTML page, in English and Portuguese."""
        write_page(Path(path), self.report, self.prices, self.forecasts)

    def __repr__(self) -> str:
        return f"<Result {self.report.verdict.en}>"

    def _repr_html_(self) -> str:
        """Show the verdict, the ranking and the forecasts in a notebook."""
        # The quantile tables are what a forecast shows of itself.
        forecasts = "".join(each._repr_html_() for each in self.forecasts)
        return ranking_html(self.report) + forecasts

    def to_json(self) -> str:
        """Give the report as JSON, with the id of the run that the champion became."""
        fields = self.report.model_dump(mode="json")
        return json.dumps({**fields, "run": self.run.id if self.run else None}, allow_nan=False)


@dataclass(frozen=True)
class Workbench:
    """Everything Pregao does, over one home folder and one clock."""

    home: Path
    today: date | None = None
    """What staleness is measured against; None skips those checks."""

    def fetch(
        self,
        symbol: str,
        *,
        source: str = "sample",
        path: Path | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> Fetched:
        """Download a symbol's bars and append them to the store; again is the same as once."""
        checked = self.check(symbol, source=source, path=path, start=start, end=end)
        snapshot = PriceStore(self.home).append(checked.prices)
        return Fetched(checked.prices, snapshot, (*checked.findings, *snapshot.findings))

    def check(
        self,
        symbol: str,
        *,
        source: str = "sample",
        path: Path | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> Checked:
        """Inspect a symbol's bars without storing them."""
        provider = self._provider(source, path)
        return checked_prices(symbol, provider, start=start, end=end, as_of=self.today)

    def sweep(
        self,
        experiment: Experiment,
        *,
        networks: Sequence[str] = (),
        path: Path | None = None,
        apart: bool = False,
        allow_findings: bool = False,
        num_workers: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Rank networks of the zoo (all by default) beside every baseline.

        The champion is stored as a run, unless each symbol has a network of its own.
        """
        chosen, left_out = _buildable(experiment, networks)
        prices = self._prices(experiment, path, allow_findings=allow_findings)
        sweep = run_sweep(
            experiment,
            chosen,
            prices,
            apart=apart,
            num_workers=num_workers,
            on_progress=on_progress,
        )
        report = sweep.report
        sweep = replace(sweep, report=report.replace(findings=(*left_out, *report.findings)))
        return self._kept(sweep, prices)

    def train(
        self,
        experiment: Experiment,
        *,
        path: Path | None = None,
        allow_findings: bool = False,
        on_epoch: Callable[[Epoch], None] | None = None,
    ) -> Result:
        """Train one network, score it beside every baseline, and store the run.

        The same experiment on the same prices is the same run, and is not trained again.
        """
        prices = self._prices(experiment, path, allow_findings=allow_findings)
        name = name_of(experiment.network)
        stored = self.home / "runs" / run_id(experiment, _records(prices), name)
        if stored.is_dir():
            run = Run(stored)
            return self._result(run, run.report, prices)
        return self._kept(run_training(experiment, name, prices, on_epoch=on_epoch), prices)

    def evaluate(self, run: str, *, path: Path | None = None) -> Result:
        """Score a stored run again, on prices read anew."""
        stored = load_run(self.home, run)
        prices = self._prices(
            stored.experiment, path, allow_findings=bool(stored.provenance.overridden)
        )
        sweep = run_evaluation(stored.fitted, stored.provenance.forecaster, prices)
        return self._result(stored, sweep.report, prices)

    def forecast(
        self,
        experiment: Experiment,
        *,
        path: Path | None = None,
        allow_findings: bool = False,
        on_epoch: Callable[[Epoch], None] | None = None,
    ) -> Forecast:
        """Forecast the next sessions of the experiment's first symbol.

        The network is trained now, or found among the runs if the same was trained before.
        """
        result = self.train(experiment, path=path, allow_findings=allow_findings, on_epoch=on_epoch)
        return result.forecasts[0]

    def forecast_with(
        self,
        run: str,
        symbol: str,
        *,
        source: str | None = None,
        path: Path | None = None,
        start: date | None = None,
        end: date | None = None,
        allow_findings: bool = False,
    ) -> Forecast:
        """Forecast a symbol with a stored run; what is not given is as it was for the run.

        The symbol may be one that the run was not trained on; a finding says so.
        """
        stored = load_run(self.home, run)
        known = stored.experiment
        asked = known.replace(
            symbols=(symbol,),
            source=source or known.source,
            start=start or known.start,
            end=end or known.end,
            split=Split(),
        )
        [prices] = trainable(
            asked,
            self._provider(asked.source, path),
            as_of=self.today,
            allow_findings=allow_findings,
            check_split=False,
        )
        return self._forecast(stored, stored.report, prices)

    def run(self, name: str) -> Run:
        """Find a stored run by its id."""
        return load_run(self.home, name)

    def runs(self) -> list[Run]:
        """List the stored runs, newest first."""
        return stored_runs(self.home)

    def _provider(self, source: str, path: Path | None) -> Provider:
        return provider_of(source, path, home=self.home)

    def _prices(
        self, experiment: Experiment, path: Path | None, *, allow_findings: bool
    ) -> list[Checked]:
        return trainable(
            experiment,
            self._provider(experiment.source, path),
            as_of=self.today,
            allow_findings=allow_findings,
        )

    def _kept(self, sweep: Sweep, prices: list[Checked]) -> Result:
        """Store the champion as a run, if it is one network, and show its forecasts."""
        run = None
        if len(sweep.champion.fitted) == 1:
            run = save_run(
                self.home,
                sweep.champion.fitted[0],
                sweep.report,
                forecaster=sweep.report.champion,
                data=_records(prices),
                overridden=tuple(f.code for each in prices for f in each.quarantine),
            )
        forecasts = tuple(
            _forecast_of(each, quantiles, sweep.report, run)
            for each, quantiles in zip(prices, sweep.champion.live, strict=True)
        )
        return Result(sweep.report, forecasts, tuple(each.prices for each in prices), run)

    def _result(self, run: Run, report: Report, prices: list[Checked]) -> Result:
        forecasts = tuple(self._forecast(run, report, each) for each in prices)
        return Result(report, forecasts, tuple(each.prices for each in prices), run)

    def _forecast(self, run: Run, report: Report, checked: Checked) -> Forecast:
        """Forecast from the last session of these prices, by the pipeline that was evaluated."""
        fitted = run.fitted
        windows = live_windows(
            [checked.prices],
            scaler=fitted.scaler,
            lookback=fitted.experiment.lookback,
            horizon=fitted.experiment.horizon,
        )
        forecast = _forecast_of(checked, fitted.quantiles(windows)[0], report, run)
        if forecast.symbol in fitted.experiment.symbols:
            return forecast
        return forecast.replace(findings=(*forecast.findings, _stranger(forecast.symbol, run)))


def _buildable(
    experiment: Experiment, names: Sequence[str]
) -> tuple[dict[str, Network], tuple[Finding, ...]]:
    """Give the networks to train; of the whole zoo, those that fit the lookback and the features.

    A network that was named and does not fit is an error.
    """
    chosen, left_out = {}, []
    for name in names or ZOO:
        network = find_network(name)
        try:
            experiment.replace(network=network).num_parameters(len(experiment.features))
        except InvalidNetworkError as error:
            if names:
                raise
            left_out.append(
                Finding(
                    code="LRN006",
                    title="network left out",
                    severity="info",
                    seen=f"{name}: {error}",
                    do="nothing; the others stand",
                )
            )
        else:
            chosen[name] = network
    return chosen, tuple(left_out)


def _stranger(symbol: str, run: Run) -> Finding:
    return Finding(
        code="LRN005",
        title="not trained on",
        severity="warning",
        symbol=symbol,
        seen=f"{run.id} was trained on {', '.join(run.experiment.symbols[:5])}, not on {symbol}",
        do="judge its forecasts with care, or train a network for it",
    )


def name_of(network: Network) -> str:
    """Give the zoo's name of a spec, or `custom`."""
    return next((name for name, entry in ZOO.items() if entry.network == network), "custom")


def _records(prices: Sequence[Checked]) -> tuple[DataRecord, ...]:
    return tuple(each.record for each in prices)


def _forecast_of(
    checked: Checked, quantiles: NDArray[np.float64], report: Report, run: Run | None
) -> Forecast:
    prices = checked.prices
    return Forecast.of(
        prices.symbol,
        quantiles,
        levels=LEVELS,
        as_of=prices.last,
        last_price=float(prices.bars.close[-1]),
        forecaster=report.champion,
        run=run.id if run else None,
        edge=report.edge,
        findings=(*checked.findings, *_without_prices(report)),
    )


def _without_prices(report: Report) -> tuple[Finding, ...]:
    """Give the findings of learning and evaluation: those of prices are the forecast's own."""
    return tuple(each for each in report.findings if not each.code.startswith("PRC"))
