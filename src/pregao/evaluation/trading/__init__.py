"""What forecasts would have earned: decisions, costs and tax, beside buy-and-hold and cash."""

from pregao.evaluation.trading._decisions import ByAction as ByAction
from pregao.evaluation.trading._decisions import ByMedian as ByMedian
from pregao.evaluation.trading._decisions import ByProbability as ByProbability
from pregao.evaluation.trading._decisions import Decisions as Decisions
from pregao.evaluation.trading._markets import MARKETS as MARKETS
from pregao.evaluation.trading._markets import Market as Market
from pregao.evaluation.trading._markets import TaxRule as TaxRule
from pregao.evaluation.trading._markets import market_of as market_of
from pregao.evaluation.trading._performance import Performance as Performance
from pregao.evaluation.trading._performance import performance as performance
from pregao.evaluation.trading._simulation import combined as combined
from pregao.evaluation.trading._simulation import simulate as simulate
from pregao.evaluation.trading._strategy import FixedSize as FixedSize
from pregao.evaluation.trading._strategy import Rebalanced as Rebalanced
from pregao.evaluation.trading._strategy import Strategy as Strategy
from pregao.evaluation.trading._strategy import ToHorizon as ToHorizon
from pregao.evaluation.trading._strategy import UntilChanged as UntilChanged
from pregao.evaluation.trading._strategy import VolatilitySize as VolatilitySize
from pregao.evaluation.trading._trading import Account as Account
from pregao.evaluation.trading._trading import Results as Results
from pregao.evaluation.trading._trading import Trade as Trade
from pregao.evaluation.trading._trading import Trading as Trading
from pregao.evaluation.trading._trading import TradingSummary as TradingSummary
