"""Calibrated ranges: conformal and adaptive offsets, reliability, tests of coverage."""

from pregao.calibration._adaptive import Adaptive as Adaptive
from pregao.calibration._adaptive import widened as widened
from pregao.calibration._conformal import Offsets as Offsets
from pregao.calibration._reliability import Conditions as Conditions
from pregao.calibration._reliability import Coverage as Coverage
from pregao.calibration._reliability import Reliability as Reliability
from pregao.calibration._reliability import ReliabilityTally as ReliabilityTally
from pregao.calibration._reliability import reliability as reliability
from pregao.calibration._serving import Serving as Serving
from pregao.calibration._serving import as_served as as_served
from pregao.calibration._serving import judge_as_served as judge_as_served
from pregao.calibration._serving import offsets_of as offsets_of
