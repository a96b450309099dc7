"""The registry of kinds of findings, by code."""

from itertools import chain

from pregao.errors import UnknownNameError
from pregao.findings._evaluation import EVALUATION
from pregao.findings._kind import FindingKind
from pregao.findings._learning import LEARNING
from pregao.findings._prices import PRICES
from pregao.findings._serving import SERVING
from pregao.texts import gettext_lazy as _

FINDINGS: dict[str, FindingKind] = {
    each.code: each for each in chain(PRICES, LEARNING, EVALUATION, SERVING)
}


def find_kind(code: str) -> FindingKind:
    """Return the kind of a code, in upper or lower case.

    >>> find_kind("eva001").title.pt_br
    'pior que a melhor referência'

    Raises
    ------
    UnknownNameError
        With the nearest codes.
    """
    if code.upper() not in FINDINGS:
        raise UnknownNameError(_("finding"), code, FINDINGS)
    return FINDINGS[code.upper()]
