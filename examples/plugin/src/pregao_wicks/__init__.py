"""An example of a plug-in: two features, a network out of known layers, one of its own."""

from pregao_wicks._features import FEATURES as FEATURES
from pregao_wicks._networks import MIXER as MIXER
from pregao_wicks._networks import WICK_GRU as WICK_GRU
