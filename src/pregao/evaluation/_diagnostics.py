"""Diagnostics of one forecaster beyond its scores: calibration, actions and simulated accounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pregao.calibration import MarketConditions, Reliability, ReliabilityAccumulator
from pregao.dataset import Dataset, Windows
from pregao.decisions import (
    ActionReport,
    DecisionSettings,
    action_findings,
    evaluate_actions,
    evaluate_implied_actions,
    forecaster_action_probabilities,
)
from pregao.decisions.trading import (
    ByAction,
    Strategy,
    SymbolForecasts,
    Trading,
    TradingRules,
    TradingSummary,
    simulate_portfolio,
    trading_rules_for,
)
from pregao.evaluation._checks import (
    accuracy_above_possible,
    class_imbalance,
    costs_eat_edge,
    fails_when_volatile,
    labels_swapped,
    overfitted_by_selection,
)
from pregao.findings import Finding
from pregao.inference import DeflatedSharpe, TrackRecord, deflated_sharpe
from pregao.prices import Prices
from pregao.scores import (
    WINDOWS_AT_ONCE,
    Float,
    ForecastBlock,
    blocks,
    cached_quantiles,
    observed_outcomes,
)
from pregao.training import Ensemble, FittedNetwork
from pregao.values import Value, bilingual

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

MOST_TRADED = 40
"""Larger pools are not traded: one account of so many symbols tells little about any."""


class Account(Value):
    """A simulated account, with its Sharpe ratio deflated by the number of trials."""

    trading: TradingSummary
    sharpe: DeflatedSharpe


class Diagnostics(Value):
    """Calibration, actions and simulated accounts of one forecaster on the test part."""

    name: str
    reliability: Reliability
    actions: ActionReport
    """Of its action head, or those implied by its quantiles."""
    accounts: tuple[Account, ...]
    """One for each market of its symbols; none for a pool of many symbols."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of every check."""
        return tuple(_findings(self))


@dataclass(frozen=True, eq=False)
class DiagnosedForecaster:
    """Diagnostics with the accounts session by session, which are too long for a report."""

    dossier: Diagnostics
    tradings: tuple[Trading, ...]


def run_diagnostics(
    forecaster: "Forecaster",
    served: "Forecaster",
    dataset: Dataset,
    prices: Sequence[Prices],
    *,
    name: str,
    levels: Sequence[float],
    num_trials: int,
) -> DiagnosedForecaster:
    """Evaluate the intervals of a forecaster, its actions, and the accounts that they simulate.

    This opens the sealed test part. Actions are decided by thresholds tuned on validation for the
    costs of the most expensive market, and executed at the next open.

    Parameters
    ----------
    served
        The same with calibrated intervals.
    prices
        Of the dataset's symbols, in their order.
    num_trials
        Configurations tried on these test sessions so far, by which the Sharpe ratio is deflated.
    """
    served = cached_quantiles(served, [*dataset.num_windows.values()])
    markets = [trading_rules_for(each.symbol) for each in prices]
    terms = DecisionSettings(cost=max(each.round_trip_cost for each in markets))
    actions = None
    if isinstance(forecaster, FittedNetwork | Ensemble):
        actions = evaluate_actions(forecaster, dataset, terms=terms)
    if actions is None:
        actions = evaluate_implied_actions(served, dataset, levels=levels, terms=terms)
    tradings: tuple[Trading, ...] = ()
    if len(prices) <= MOST_TRADED:
        decider = _Decider(forecaster, served, actions, tuple(levels))
        tradings = tuple(_traded(decider, dataset.sealed_test, prices))
    dossier = Diagnostics(
        name=name,
        reliability=_reliability(served, dataset.sealed_test, levels),
        actions=actions,
        accounts=tuple(_account(each, num_trials) for each in tradings),
    )
    return DiagnosedForecaster(dossier, tradings)


def _reliability(forecaster: "Forecaster", test: Windows, levels: Sequence[float]) -> Reliability:
    truth = observed_outcomes([test])
    accumulator = ReliabilityAccumulator.empty(levels, truth, MarketConditions.from_windows([test]))
    for block in blocks(len(test), WINDOWS_AT_ONCE):
        quantiles = forecaster.quantiles(test.take(block))
        accumulator = accumulator.plus(ForecastBlock(quantiles, tuple(levels), truth.take(block)))
    return accumulator.reliability()


@dataclass(frozen=True, eq=False)
class _Decider:
    """Decides by a forecaster as it is served, and by the thresholds tuned for it."""

    forecaster: "Forecaster"
    served: "Forecaster"
    actions: ActionReport
    levels: tuple[float, ...]

    def decisions(self, windows: Windows) -> SymbolForecasts:
        return SymbolForecasts(
            cutoffs=windows.cutoffs,
            quantiles=self.served.quantiles(windows),
            levels=self.levels,
            probabilities=self.actions.calibration.apply(self._probabilities(windows)),
        )

    def _probabilities(self, windows: Windows) -> Float:
        actions = self.actions
        if actions.source == "head":
            assert isinstance(self.forecaster, FittedNetwork | Ensemble), (
                "only networks have an action head"
            )
            return self.forecaster.action_probabilities(windows)
        return forecaster_action_probabilities(
            self.served,
            windows,
            levels=self.levels,
            cost=actions.label_cost,
            threshold_sigmas=actions.threshold_sigmas,
        )


def _traded(decider: _Decider, test: Windows, prices: Sequence[Prices]) -> Iterator[Trading]:
    """Simulate one account for each market, with all of its symbols."""
    strategy = Strategy(rule=ByAction(thresholds=decider.actions.tuning.thresholds))
    by_market: dict[
        tuple[str, str], tuple[TradingRules, dict[str, tuple[Prices, SymbolForecasts]]]
    ] = {}
    for number, each in enumerate(prices):
        own = test.for_symbol(number)
        if len(own) == 0:
            continue
        market = trading_rules_for(each.symbol)
        key = (each.symbol.currency, market.model_dump_json())
        _, symbols = by_market.setdefault(key, (market, {}))
        symbols[str(each.symbol)] = (each, decider.decisions(own))
    for market, symbols in by_market.values():
        yield simulate_portfolio(symbols, market=market, strategy=strategy)


def _account(trading: Trading, num_trials: int) -> Account:
    equity: Float = np.array(trading.strategy.equity)
    record = TrackRecord.from_returns(np.diff(equity) / equity[:-1])
    return Account(trading=trading.summary, sharpe=deflated_sharpe(record, num_trials=num_trials))


def _findings(dossier: Diagnostics) -> Iterator[Finding]:
    actions = dossier.actions
    found: list[Finding | None] = []
    _, _, ninety, _ = dossier.reliability.volatile.shares
    if ninety is not None:
        found.append(fails_when_volatile(dossier.name, ninety))
    if actions.source == "head":
        found.extend(action_findings(actions))
        found.append(
            class_imbalance({str(name): count for name, count in actions.balance["train"].items()})
        )
        found.append(_implausible_accuracy(dossier.name, actions))
        order = actions.order
        found.append(labels_swapped(order.read, order.found, p_value=order.p_value))
    for each in dossier.accounts:
        found.extend(_account_findings(dossier.name, each))
    yield from (each for each in found if each is not None)


def _implausible_accuracy(name: str, actions: ActionReport) -> Finding | None:
    """Find an implausible accuracy on labels of outcomes; labels by rule can all be right."""
    if actions.is_by_rule:
        return None
    shares = actions.shares["test"]
    return accuracy_above_possible(
        name,
        actions.test.raw.accuracy,
        # From the lowest returns to the highest.
        [shares["sell"], shares["hold"], shares["buy"]],
        sum(actions.balance["test"].values()),
    )


def _account_findings(name: str, account: Account) -> Iterator[Finding | None]:
    """Check an account that traded more than buying once; others have no edge to lose."""
    own, market = account.trading.strategy, account.trading.buy_and_hold
    if own.num_trades <= market.num_trades:
        return
    yield costs_eat_edge(
        name,
        gross=own.before_costs.total_return,
        net=own.after_costs.total_return,
        rival=bilingual("buying and holding"),
        rival_net=market.after_costs.total_return,
    )
    if account.sharpe.num_trials > 1 and account.sharpe.track_record.sharpe > 0:
        yield overfitted_by_selection(
            name,
            trials=account.sharpe.num_trials,
            deflated_sharpe=account.sharpe.deflated_sharpe,
        )
