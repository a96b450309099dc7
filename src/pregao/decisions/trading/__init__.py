"""The simulated account: orders, costs, lots and taxes, beside buy-and-hold and cash."""

from pregao.decisions.trading._decisions import ByAction as ByAction
from pregao.decisions.trading._decisions import ByMedian as ByMedian
from pregao.decisions.trading._decisions import ByProbability as ByProbability
from pregao.decisions.trading._decisions import Decisions as Decisions
from pregao.decisions.trading._performance import Performance as Performance
from pregao.decisions.trading._performance import performance as performance
from pregao.decisions.trading._rules import MARKETS as MARKETS
from pregao.decisions.trading._rules import Market as Market
from pregao.decisions.trading._rules import TaxRule as TaxRule
from pregao.decisions.trading._rules import market_of as market_of
from pregao.decisions.trading._simulation import combined as combined
from pregao.decisions.trading._simulation import simulate as simulate
from pregao.decisions.trading._strategy import FixedSize as FixedSize
from pregao.decisions.trading._strategy import Rebalanced as Rebalanced
from pregao.decisions.trading._strategy import Strategy as Strategy
from pregao.decisions.trading._strategy import ToHorizon as ToHorizon
from pregao.decisions.trading._strategy import UntilChanged as UntilChanged
from pregao.decisions.trading._strategy import VolatilitySize as VolatilitySize
from pregao.decisions.trading._trading import Results as Results
from pregao.decisions.trading._trading import Trading as Trading
from pregao.decisions.trading._trading import TradingSummary as TradingSummary
