"""The simulated account: orders, costs, lots and taxes, beside buy-and-hold and cash."""

from pregao.decisions.trading._decisions import ByAction as ByAction
from pregao.decisions.trading._decisions import ByMedian as ByMedian
from pregao.decisions.trading._decisions import ByProbability as ByProbability
from pregao.decisions.trading._decisions import SymbolForecasts as SymbolForecasts
from pregao.decisions.trading._markets import TRADING_RULES as TRADING_RULES
from pregao.decisions.trading._markets import trading_rules_for as trading_rules_for
from pregao.decisions.trading._performance import Performance as Performance
from pregao.decisions.trading._performance import performance as performance
from pregao.decisions.trading._results import AccountResults as AccountResults
from pregao.decisions.trading._results import Trading as Trading
from pregao.decisions.trading._results import TradingSummary as TradingSummary
from pregao.decisions.trading._rules import TaxRule as TaxRule
from pregao.decisions.trading._rules import TradingRules as TradingRules
from pregao.decisions.trading._rules import Withholding as Withholding
from pregao.decisions.trading._simulation import simulate as simulate
from pregao.decisions.trading._simulation import simulate_portfolio as simulate_portfolio
from pregao.decisions.trading._strategy import FixedSize as FixedSize
from pregao.decisions.trading._strategy import Rebalanced as Rebalanced
from pregao.decisions.trading._strategy import Strategy as Strategy
from pregao.decisions.trading._strategy import ToHorizon as ToHorizon
from pregao.decisions.trading._strategy import UntilChanged as UntilChanged
from pregao.decisions.trading._strategy import VolatilitySize as VolatilitySize
