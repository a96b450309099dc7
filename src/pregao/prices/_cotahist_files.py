"""One ticker's bars from COTAHIST files of B3: yearly, monthly and daily ones side by side."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pregao.errors import UnknownSymbolError
from pregao.findings import Finding
from pregao.instruments import B3, Symbol, as_date
from pregao.prices._corporate_actions import CorporateAction
from pregao.prices._cotahist import CotahistQuotes, read_cotahist
from pregao.prices._cotahist_instruments import ExDate, find_ex_dates
from pregao.prices._cotahist_layout import CASH_MARKET, FRACTIONAL_MARKET
from pregao.prices._provider import Download
from pregao.texts import LocalText, join_messages, list_alternatives
from pregao.texts import gettext_lazy as _
from pregao.values import Text, bilingual, bilingual_plural

_MAX_NAMES = 5
_MAX_DATES = 3


def read_cotahist_bars(files: Sequence[Path], symbol: Symbol, provider: str) -> Download:
    """Return the bars of a ticker in round lots, or in single shares for a ticker in F.

    They are as traded. Ex-dates without an amount come with them, and findings of what the files
    lack.

    Raises
    ------
    UnknownSymbolError
        If the files have no such ticker, with the nearest.
    MalformedFileError
        If a file is none of the layout.
    """
    source = str(files[0] if len(files) == 1 else files[0].parent)
    if symbol.exchange != B3:
        hint = _("it has instruments of B3 only")
        raise UnknownSymbolError(str(symbol), source, hint)
    is_fractional = symbol.ticker.endswith("F") and symbol.ticker[-2:-1].isdigit()
    market = FRACTIONAL_MARKET if is_fractional else CASH_MARKET
    parts = [read_cotahist(each, market=market, ticker=symbol.ticker) for each in files]
    found = CotahistQuotes.joined(source, parts)
    if len(found) == 0:
        near = join_messages([_nearest(symbol, found), *found.defects])
        raise UnknownSymbolError(str(symbol), source, near)
    kept = found.take(found.is_in_reais)
    dates = find_ex_dates(kept)
    findings = tuple(_findings(symbol, found, dates))
    return Download(
        symbol,
        kept.bars(),
        provider,
        source,
        kept.lines if len(files) == 1 else None,
        findings=findings,
        actions=tuple(
            CorporateAction(ex_date=each.session, kind="unknown", source="B3") for each in dates
        ),
    )


def _nearest(symbol: Symbol, found: CotahistQuotes) -> LocalText:
    stem = symbol.ticker[:4]
    near = sorted(each for each in found.tickers if each.startswith(stem))[:_MAX_NAMES]
    if near:
        return _("it has {near}", near=list_alternatives(near))
    return _("it has {count} tickers, none of {stem}", count=len(found.tickers), stem=stem)


def _findings(symbol: Symbol, found: CotahistQuotes, dates: Sequence[ExDate]) -> Iterator[Finding]:
    name = str(symbol)
    seen = bilingual("closes as traded: adj_close has neither dividends nor splits")
    if dates:
        seen = bilingual(
            "{seen}; ex-dates: {days}",
            seen=seen,
            days=Text.joined(_days(dates), en="; ", pt_br="; "),
        )
    yield Finding.from_code("PRC016", seen, symbol=name)
    for defect in found.defects:
        yield Finding.from_code("PRC034", defect, symbol=name)
    is_old = ~found.is_in_reais
    if is_old.any():
        sessions = found.sessions[is_old]
        text = bilingual_plural(
            "{count} session up to {last} in another currency, left out",
            "{count} sessions up to {last} in other currencies, left out",
            count=int(np.sum(is_old)),
            last=as_date(sessions.max()),
        )
        yield Finding.from_code("PRC035", text, symbol=name)


def _days(dates: Sequence[ExDate]) -> list[Text]:
    """Return the last ex-dates with what went, and how many there are before."""
    shown = [
        bilingual("{day} ({note})", day=each.session, note=each.note)
        for each in dates[-_MAX_DATES:]
    ]
    if len(dates) > _MAX_DATES:
        shown.append(bilingual("{count} earlier ones", count=len(dates) - _MAX_DATES))
    return shown
