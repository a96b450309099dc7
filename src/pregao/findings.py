"""A finding: something wrong or worth knowing, with a code, the evidence and the advice.

One type for prices (PRC), learning (LRN) and evaluation (EVA), so that the command line, the
report and the API show the same thing.
"""

from typing import Literal

from pregao.values import Value

Severity = Literal["info", "warning", "error"]


class Finding(Value):
    """What was seen, how bad it is and what to do.

    >>> print(Finding(code="PRC001", title="gap", severity="warning", seen="2 sessions", do="look"))
    PRC001 gap (warning): 2 sessions - look
    """

    code: str
    title: str
    severity: Severity
    seen: str
    do: str
    symbol: str | None = None
    sessions: tuple[str, ...] = ()
    """The sessions concerned, ISO dates, the first hundred at most."""

    def __str__(self) -> str:
        return f"{self.code} {self.title} ({self.severity}): {self.seen} - {self.do}"
