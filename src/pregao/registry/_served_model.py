"""Registered runs as forecasters: without torch, and calibrated as in the evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pregao.calibration import (
    AdaptiveConformal,
    ServingParameters,
    make_served_forecaster,
    scale_widths,
)
from pregao.dataset import ACTIONS, Borders, Windows, live_windows
from pregao.errors import MissingColumnsError
from pregao.findings import Finding
from pregao.inference import Edge
from pregao.instruments import Symbol
from pregao.prices import COLUMNS, Bars, Prices
from pregao.registry._registration import exported_of, load_registration
from pregao.registry._runs import Run
from pregao.training import Ensemble, Experiment, Model, OnnxNetwork, gather_windows, model_members
from pregao.zoo.baselines import Forecaster, History, return_scale

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class OnnxEnsemble:
    """Exported networks with the weighted quantiles of an ensemble."""

    members: tuple[OnnxNetwork, ...]
    weights: tuple[float, ...]

    def quantiles(self, past: History) -> Float:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        return self.quantiles_over(gather_windows(past), past)

    def quantiles_over(self, windows: Sequence[Float32], past: History) -> Float:
        """Forecast as `quantiles` does, from gathered windows."""
        first, *rest = zip(self.members, self.weights, strict=True)
        total = first[0].quantiles_over(windows, past) * first[1]
        for member, weight in rest:
            total += member.quantiles_over(windows, past) * weight
        return total

    def action_probabilities(self, past: History) -> Float:
        """Return (n, 3) probabilities of `ACTIONS`."""
        outputs = [each.action_probabilities(past) for each in self.members]
        return np.tensordot(np.array(self.weights), np.stack(outputs), axes=1)


@dataclass(frozen=True, eq=False)
class PreparedForecast:
    """A model with a prepared history, whose forecasts take only the time of the networks."""

    model: "ServedModel"
    window: Windows
    """The last window of the history."""
    widths: Float
    """(1, horizon): the adaptive widths by the history so far."""

    def quantiles(self) -> Float:
        """Forecast (horizon, levels) quantiles of the cumulative log return."""
        network = self.model.network
        if network is None:
            calibrated = self.model.forecaster.forecaster.quantiles(self.window)
        else:
            own = network.quantiles_over(self._inputs, self.window)
            calibrated = self.model.serving.offsets.apply(own, self._scale)
        return np.asarray(scale_widths(calibrated, self.widths)[0], np.float64)

    @cached_property
    def _inputs(self) -> list[Float32]:
        return gather_windows(self.window)

    @cached_property
    def _scale(self) -> Float:
        return return_scale(self.window)

    def actions(self) -> dict[str, float] | None:
        """Return the probability of each action; None if the network has learnt none."""
        network = self.model.network
        if network is None or self.model.experiment.actions is None:
            return None
        outputs = network.action_probabilities(self.window)[0]
        return dict(zip(ACTIONS, outputs.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class ServedModel:
    """A registered run, verified and loaded; it is a forecaster."""

    run: Run
    serving: ServingParameters
    forecaster: AdaptiveConformal
    network: OnnxNetwork | OnnxEnsemble | None
    """None for a baseline."""
    edge: Edge
    name: str
    """The name of the forecaster."""
    borders: Borders
    """The ends of its training and validation parts."""

    @classmethod
    def load(cls, run: Run) -> Self:
        """Load a registered run: verify its digests and its golden windows.

        Raises
        ------
        NotRegisteredError
            If it was never registered.
        CorruptFileError
            If a file is not what was written.
        BaselineUnavailableError
            If it needs a library that cannot be loaded here.
        """
        if run.served is None:
            return cls._of_network(run)
        load_registration(run)  # a damaged network does not matter to a baseline
        name, baseline = run.served
        return cls._of(run, name, baseline, run.serving)

    @classmethod
    def load_candidate(cls, run: Run) -> Self | None:
        """Load a registered run's own network, whether it is served or not.

        None if it could not be exported. Errors are those of `loaded`.
        """
        return cls._of_network(run) if load_registration(run).models else None

    @classmethod
    def _of_network(cls, run: Run) -> Self:
        network = _network(run, run.without_weights)
        return cls._of(run, run.report.candidate, network, run.candidate_serving, network)

    @classmethod
    def _of(
        cls,
        run: Run,
        name: str,
        forecaster: Forecaster,
        serving: ServingParameters,
        network: OnnxNetwork | OnnxEnsemble | None = None,
    ) -> Self:
        calibrated = make_served_forecaster(forecaster, serving.offsets)
        borders = run.without_weights.borders
        return cls(run, serving, calibrated, network, run.report.edge, name, borders)

    @property
    def is_served(self) -> bool:
        """Whether this is the served forecaster of the run, and not only its candidate."""
        return self.run.served_name in {None, self.name}

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def experiment(self) -> Experiment:
        """The experiment of the run."""
        return self.run.experiment

    @property
    def horizon(self) -> int:
        """The number of sessions that it forecasts."""
        return self.serving.horizon

    @property
    def trained_to(self) -> np.datetime64:
        """The last session of the training and validation parts."""
        return np.datetime64(self.borders.validation_last, "D")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of its training and evaluation; those of prices are not included."""
        return tuple(each for each in self.run.report.findings if not each.code.startswith("PRC"))

    @cached_property
    def reads_closes_only(self) -> bool:
        """Whether its forecasts depend on closes only, and not on ranges and volumes."""
        if self.network is None:
            return True  # baselines replace a missing range by the squared return
        symbol = Symbol.parse(self.experiment.symbols[0])
        prices = _made_up(symbol, first=self.serving.scaler.base_of(str(symbol)) or _MADE_UP_FIRST)
        try:
            with_ranges, without = (self.windows(each).inputs for each in (prices, _flat(prices)))
        except MissingColumnsError:
            return False
        return bool(np.array_equal(with_ranges, without))

    def windows(self, prices: Prices) -> Windows:
        """Cut the last window of a history.

        Raises
        ------
        HistoryTooShortError
            With the number of sessions that would suffice.
        MissingColumnsError
            If it needs an order book and the prices have none.
        """
        return live_windows(
            [prices],
            scaler=self.serving.scaler,
            lookback=self.serving.lookback,
            horizon=self.serving.horizon,
        )

    def quantiles(self, past: History) -> Float:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return, as evaluated."""
        return self.forecaster.quantiles(past)

    def prepare(self, prices: Prices) -> PreparedForecast:
        """Prepare a history, so that a forecast takes only the time of the networks."""
        window = self.windows(prices)
        return PreparedForecast(self, window, self.forecaster.widths(window))


_MADE_UP_SESSIONS = 1_500
_MADE_UP_FIRST = date(2000, 1, 3)
"""More than any feature and lookback in use needs."""


def _network(run: Run, model: Model) -> OnnxNetwork | OnnxEnsemble:
    members = model_members(model)
    networks = []
    for number, (member, each) in enumerate(zip(members, exported_of(run), strict=True)):
        network = OnnxNetwork(member, each.content)
        each.check(network, f"{run.id}, member {number}")
        networks.append(network)
    if isinstance(model, Ensemble):
        return OnnxEnsemble(tuple(networks), model.weights)
    return networks[0]


def _made_up(symbol: Symbol, *, first: date) -> Prices:
    """Return synthetic prices with ranges and volumes, to test whether a run depends on them."""
    generator = np.random.default_rng(0)
    close = 100 * np.exp(np.cumsum(generator.normal(0, 0.01, _MADE_UP_SESSIONS)))
    width = np.exp(np.abs(generator.normal(0, 0.01, _MADE_UP_SESSIONS)))
    columns = {
        "open": close * np.exp(generator.normal(0, 0.002, _MADE_UP_SESSIONS)),
        "high": close * width * 1.01,
        "low": close / width / 1.01,
        "close": close,
        "adj_close": close,
        "volume": np.exp(generator.normal(10, 1, _MADE_UP_SESSIONS)),
    }
    sessions = np.datetime64(first) + np.arange(_MADE_UP_SESSIONS)
    return Prices(symbol, Bars.from_columns(sessions, columns), "made up")


def _flat(prices: Prices) -> Prices:
    close = prices.bars.close
    columns = {**dict.fromkeys(COLUMNS, close), "volume": np.zeros(len(close))}
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns), actions=())
