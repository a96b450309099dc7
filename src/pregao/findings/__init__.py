"""Findings: problems and notes with a code, the evidence and the advice, in both languages.

One registry for prices (PRC), learning (LRN), evaluation (EVA) and serving (SRV), shared by the
command line, the report and the API. Each code has a page in ``docs/findings``.
"""

from pregao.findings._finding import Finding as Finding
from pregao.findings._finding import sort_by_severity as sort_by_severity
from pregao.findings._finding import worst_severity as worst_severity
from pregao.findings._kind import FindingKind as FindingKind
from pregao.findings._kind import Severity as Severity
from pregao.findings._kinds import FINDINGS as FINDINGS
from pregao.findings._kinds import find_kind as find_kind
from pregao.findings._learning_seen import baseline_unavailable as baseline_unavailable
from pregao.findings._learning_seen import horizon_mismatch as horizon_mismatch
from pregao.findings._learning_seen import network_left_out as network_left_out
from pregao.findings._learning_seen import no_trial_trained as no_trial_trained
from pregao.findings._learning_seen import not_trained_on as not_trained_on
from pregao.findings._learning_seen import search_unfinished as search_unfinished
from pregao.findings._learning_seen import ticker_left_out as ticker_left_out
