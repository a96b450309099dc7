"""Findings: what is wrong or worth knowing, with a code, the evidence and the advice.

One registry for prices (PRC), learning (LRN) and evaluation (EVA), so that the command line, the
report and the API show the same thing. Each code has a page in ``docs/findings``.
"""

from pregao.findings._finding import Finding as Finding
from pregao.findings._finding import worst_first as worst_first
from pregao.findings._kind import Kind as Kind
from pregao.findings._kind import Severity as Severity
from pregao.findings._kinds import FINDINGS as FINDINGS
from pregao.findings._kinds import find_kind as find_kind
