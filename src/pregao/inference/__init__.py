"""Tests of whether a difference between forecasters is more than chance."""

from pregao.inference._bootstrap import Interval as Interval
from pregao.inference._bootstrap import skill_interval as skill_interval
from pregao.inference._confidence_set import ConfidenceSet as ConfidenceSet
from pregao.inference._confidence_set import confidence_set as confidence_set
from pregao.inference._diebold_mariano import DieboldMariano as DieboldMariano
from pregao.inference._diebold_mariano import diebold_mariano as diebold_mariano
from pregao.inference._edge import SIGNIFICANCE as SIGNIFICANCE
from pregao.inference._edge import Edge as Edge
from pregao.inference._edge import Verdict as Verdict
from pregao.inference._overfitting import DeflatedSharpe as DeflatedSharpe
from pregao.inference._overfitting import Overfitting as Overfitting
from pregao.inference._overfitting import TrackRecord as TrackRecord
from pregao.inference._overfitting import deflated_sharpe as deflated_sharpe
from pregao.inference._overfitting import expected_max_sharpe as expected_max_sharpe
from pregao.inference._overfitting import minimum_track_record as minimum_track_record
from pregao.inference._overfitting import probabilistic_sharpe as probabilistic_sharpe
from pregao.inference._overfitting import probability_of_overfitting as probability_of_overfitting
from pregao.inference._promotion import Promotion as Promotion
from pregao.inference._promotion import decide_promotion as decide_promotion
from pregao.inference._superior_ability import (
    SuperiorPredictiveAbility as SuperiorPredictiveAbility,
)
from pregao.inference._superior_ability import (
    superior_predictive_ability as superior_predictive_ability,
)
