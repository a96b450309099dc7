"""The leak audit: nothing that is known at a cutoff may move with what comes after."""

from pregao.evaluation.audit._audit import OnProgress as OnProgress
from pregao.evaluation.audit._audit import find_leaks as find_leaks
from pregao.evaluation.audit._audit import find_leaks_in_features as find_leaks_in_features
from pregao.evaluation.audit._noise import NOISES as NOISES
from pregao.evaluation.audit._pipeline import Pipeline as Pipeline
from pregao.evaluation.audit._result import Audit as Audit
from pregao.evaluation.audit._result import Check as Check
from pregao.evaluation.audit._result import Difference as Difference
