"""Session dates of files: ISO days, or ISO time stamps converted to days at the exchange."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from pregao.errors import MalformedFileError
from pregao.instruments import Exchange, Sessions
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _

_DAY = re.compile(r"(?:1[89]|2[01])[0-9]{2}-[01][0-9]-[0-3][0-9]\Z", re.ASCII)
_STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?\Z",
    re.ASCII,
)
_EVE_HOUR = 23
_OTHER_ORDER = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}(?:\s|\Z)", re.ASCII)


def read_sessions(
    path: str, cells: Sequence[str], lines: NDArray[np.intp], exchange: Exchange
) -> Sessions:
    """Parse the dates of a column; `lines` holds the 1-based line of each, for messages.

    A stamp at midnight means that day, whatever its offset. Any other stamp with an offset is a
    moment, and becomes the day at the exchange; without an offset it is local time of the exchange.
    At eleven in the evening it is the next day, whose midnight was written with the offset
    of the other half of the year.

    Raises
    ------
    MalformedFileError
        If a cell is no date, or outside the years 1800 to 2199.
    """
    if all(map(_DAY.match, cells)):
        try:
            return np.array(cells, "datetime64[D]")
        except ValueError:
            pass  # a day like 2023-02-30: the loop below names its line
    days = [
        _parse_session(path, cell.strip(), int(line), exchange)
        for cell, line in zip(cells, lines, strict=True)
    ]
    return np.array(days, "datetime64[D]")


def _parse_session(path: str, cell: str, line: int, exchange: Exchange) -> str:
    if _STAMP.match(cell) or _DAY.match(cell):
        try:
            day = _local_day(datetime.fromisoformat(cell), exchange)
        except (ValueError, OverflowError):
            day = ""
        if _DAY.match(day):
            return day
    raise MalformedFileError(path, line, _date_error(cell))


def _local_day(stamp: datetime, exchange: Exchange) -> str:
    if stamp.tzinfo is not None and stamp.time() != time(0):
        stamp = stamp.astimezone(ZoneInfo(exchange.zone))
    if stamp.hour >= _EVE_HOUR and (stamp.minute, stamp.second) == (0, 0):
        stamp += timedelta(hours=24 - stamp.hour)
    return stamp.date().isoformat()


def _date_error(cell: str) -> LocalText:
    shown = repr(cell[:40])
    if _OTHER_ORDER.match(cell):
        return _("{shown} may mean day or month first: write dates as yyyy-mm-dd", shown=shown)
    if not cell:
        return _("no date: every row needs one, as yyyy-mm-dd")
    return _("not a date: {shown}; write dates as yyyy-mm-dd", shown=shown)
