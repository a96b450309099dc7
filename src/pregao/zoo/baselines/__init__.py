"""Baselines: naive and classical forecasters, and the protocol that all forecasters follow."""

from pregao.zoo.baselines._autoregression import Autoregression as Autoregression
from pregao.zoo.baselines._boosting import Boosting as Boosting
from pregao.zoo.baselines._boosting import Trees as Trees
from pregao.zoo.baselines._catalogue import BASELINES as BASELINES
from pregao.zoo.baselines._empirical import Anchor as Anchor
from pregao.zoo.baselines._empirical import GaussianWalk as GaussianWalk
from pregao.zoo.baselines._empirical import Rolling as Rolling
from pregao.zoo.baselines._empirical import anchor_quantiles as anchor_quantiles
from pregao.zoo.baselines._forecaster import Baseline as Baseline
from pregao.zoo.baselines._forecaster import FittedBaseline as FittedBaseline
from pregao.zoo.baselines._forecaster import Forecaster as Forecaster
from pregao.zoo.baselines._forecaster import KnownSymbols as KnownSymbols
from pregao.zoo.baselines._forecaster import return_scale as return_scale
from pregao.zoo.baselines._garch import FittedSymbol as FittedSymbol
from pregao.zoo.baselines._garch import GjrGarch as GjrGarch
from pregao.zoo.baselines._garch import GjrParameters as GjrParameters
from pregao.zoo.baselines._har import Har as Har
from pregao.zoo.baselines._history import History as History
from pregao.zoo.baselines._history import LabelledHistory as LabelledHistory
