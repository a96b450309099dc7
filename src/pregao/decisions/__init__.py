"""From forecasts to buy, sell or hold: labels, probabilities, thresholds, and their scores."""

from pregao.decisions._action_order import order_of_actions as order_of_actions
from pregao.decisions._action_scores import ActionName as ActionName
from pregao.decisions._action_scores import ActionScores as ActionScores
from pregao.decisions._action_scores import action_scores as action_scores
from pregao.decisions._actions import ActionReport as ActionReport
from pregao.decisions._actions import findings_of_actions as findings_of_actions
from pregao.decisions._actions import judge_actions as judge_actions
from pregao.decisions._actions import judge_implied_actions as judge_implied_actions
from pregao.decisions._earnings import DecisionTerms as DecisionTerms
from pregao.decisions._earnings import earnings_of as earnings_of
from pregao.decisions._earnings import gains_of_costs as gains_of_costs
from pregao.decisions._earnings import gains_of_returns as gains_of_returns
from pregao.decisions._implied_actions import forecast_probabilities as forecast_probabilities
from pregao.decisions._implied_actions import quantile_probabilities as quantile_probabilities
from pregao.decisions._probabilities import ProbabilityCalibration as ProbabilityCalibration
from pregao.decisions._probabilities import calibrate_probabilities as calibrate_probabilities
from pregao.decisions._thresholds import NO_TRADE as NO_TRADE
from pregao.decisions._thresholds import Thresholds as Thresholds
from pregao.decisions._thresholds import TunedThresholds as TunedThresholds
from pregao.decisions._thresholds import tune_thresholds as tune_thresholds
