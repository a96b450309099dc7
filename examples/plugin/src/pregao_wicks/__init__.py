"""An example of a plug-in: two features, a network of built-in layers, and a custom network."""

from pregao_wicks._features import FEATURES as FEATURES
from pregao_wicks._networks import MIXER as MIXER
from pregao_wicks._networks import WICK_GRU as WICK_GRU
