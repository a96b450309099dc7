"""From forecasts to buy, sell or hold: labels, probabilities, thresholds, and their scores."""

from pregao.decisions._action_order import detect_action_order as detect_action_order
from pregao.decisions._action_scores import ActionName as ActionName
from pregao.decisions._action_scores import ActionScores as ActionScores
from pregao.decisions._action_scores import action_scores as action_scores
from pregao.decisions._actions import ActionReport as ActionReport
from pregao.decisions._actions import action_findings as action_findings
from pregao.decisions._actions import evaluate_actions as evaluate_actions
from pregao.decisions._actions import evaluate_implied_actions as evaluate_implied_actions
from pregao.decisions._gains import DecisionSettings as DecisionSettings
from pregao.decisions._gains import compare_gains as compare_gains
from pregao.decisions._gains import gains_from_costs as gains_from_costs
from pregao.decisions._gains import gains_from_returns as gains_from_returns
from pregao.decisions._implied_actions import (
    forecaster_action_probabilities as forecaster_action_probabilities,
)
from pregao.decisions._implied_actions import (
    implied_action_probabilities as implied_action_probabilities,
)
from pregao.decisions._probability_calibration import (
    ProbabilityCalibration as ProbabilityCalibration,
)
from pregao.decisions._probability_calibration import (
    calibrate_probabilities as calibrate_probabilities,
)
from pregao.decisions._thresholds import NO_TRADE as NO_TRADE
from pregao.decisions._thresholds import Thresholds as Thresholds
from pregao.decisions._thresholds import TunedThresholds as TunedThresholds
from pregao.decisions._thresholds import tune_thresholds as tune_thresholds
