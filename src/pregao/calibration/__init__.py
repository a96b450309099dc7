"""Calibrated ranges: conformal and adaptive offsets, reliability, tests of coverage."""

from pregao.calibration._adaptive import AdaptiveConformal as AdaptiveConformal
from pregao.calibration._adaptive import scale_widths as scale_widths
from pregao.calibration._conformal import Offsets as Offsets
from pregao.calibration._reliability import Coverage as Coverage
from pregao.calibration._reliability import MarketConditions as MarketConditions
from pregao.calibration._reliability import Reliability as Reliability
from pregao.calibration._reliability import ReliabilityAccumulator as ReliabilityAccumulator
from pregao.calibration._reliability import reliability as reliability
from pregao.calibration._serving import ServingParameters as ServingParameters
from pregao.calibration._serving import fit_offsets as fit_offsets
from pregao.calibration._serving import make_served_forecaster as make_served_forecaster
from pregao.calibration._serving import score_as_served as score_as_served
