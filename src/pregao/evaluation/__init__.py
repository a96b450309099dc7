"""Is it better than naive, honestly? Scores, tests, and comparisons beside the baselines."""

from pregao.evaluation._comparison import Comparison as Comparison
from pregao.evaluation._comparison import compare as compare
from pregao.evaluation._forecast import Forecast as Forecast
from pregao.evaluation._judge import Judged as Judged
from pregao.evaluation._judge import judge as judge
from pregao.evaluation._judge import judge_quantiles as judge_quantiles
from pregao.evaluation._judge import truth_of as truth_of
from pregao.evaluation._quantiles import window_crps as window_crps
from pregao.evaluation._report import BaselineScore as BaselineScore
from pregao.evaluation._report import DataSummary as DataSummary
from pregao.evaluation._report import NetworkScore as NetworkScore
from pregao.evaluation._report import Report as Report
from pregao.evaluation._report import Trained as Trained
from pregao.evaluation._report import WindowCounts as WindowCounts
from pregao.evaluation._results import NAIVE as NAIVE
from pregao.evaluation._results import SIGNIFICANCE as SIGNIFICANCE
from pregao.evaluation._results import Scored as Scored
from pregao.evaluation._results import Verdict as Verdict
from pregao.evaluation._scores import SCORES as SCORES
from pregao.evaluation._scores import Metrics as Metrics
from pregao.evaluation._scores import Score as Score
from pregao.evaluation._scores import score as score
from pregao.evaluation._scores import skill as skill
from pregao.evaluation._significance import DieboldMariano as DieboldMariano
from pregao.evaluation._significance import diebold_mariano as diebold_mariano
from pregao.evaluation._truth import Truth as Truth
