"""The leak audit: nothing known at a cutoff may change with what comes after it."""

from pregao.audit._audit import OnProgress as OnProgress
from pregao.audit._audit import find_leaks as find_leaks
from pregao.audit._audit import find_leaks_in_features as find_leaks_in_features
from pregao.audit._noise import NOISES as NOISES
from pregao.audit._pipeline import Pipeline as Pipeline
from pregao.audit._result import Audit as Audit
from pregao.audit._result import Check as Check
from pregao.audit._result import Difference as Difference
