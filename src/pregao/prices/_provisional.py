"""Provisional bars: every provider on the network leaves out that of the running session."""

from dataclasses import replace

import numpy as np

from pregao.findings import Finding
from pregao.instruments import as_date, exchange_date, last_complete_session
from pregao.prices._access import Clock
from pregao.prices._provider import Download
from pregao.values import bilingual


def drop_provisional(download: Download, clock: Clock) -> Download:
    """Leave out bars that may still change, with a finding.

    A bar is final an hour after the close of its session. A bar later than the last final one and
    not later than today is provisional. Bars after today stay, for the checks to find.
    """
    now, exchange = clock.now(), download.symbol.exchange
    today = exchange_date(exchange, now)
    sessions = download.bars.sessions
    is_late = sessions > last_complete_session(exchange, now)
    provisional = is_late & (sessions <= np.datetime64(today, "D"))
    findings = download.findings
    if provisional.any():
        day = as_date(sessions[provisional].max())
        text = bilingual("the bar of {day}, whose session was not over, left out", day=day)
        found = Finding.from_code(
            "PRC015", text, symbol=str(download.symbol), sessions=[day.isoformat()]
        )
        findings = (*findings, found)
    bars = download.bars.take(~provisional)
    return replace(download, bars=bars, as_of=today, findings=findings)
