"""Which symbol a CSV file is about, as its name and a column of tickers tell it."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InvalidSymbolError, MalformedFileError
from pregao.findings import Finding
from pregao.instruments import Symbol, rename_of
from pregao.texts import gettext_lazy as _
from pregao.values import bilingual

Rows = NDArray[np.intp]

# Header cells, without case, spaces, punctuation and accents.
_HEADERS = frozenset(
    ("ativo", "codigo", "codigodenegociacao", "codneg", "papel", "stockcode", "symbol", "ticker")
)
_SEPARATORS = re.compile(r"[\s:.,@_()-]+")
_MAX_NAMED = 5


def choose_rows(
    path: str, header: Sequence[str], rows: Sequence[Sequence[str]], symbol: Symbol
) -> tuple[Rows, str]:
    """Return the rows of a symbol, and the ticker that a column names in its place, or "".

    Of a long file, whose column names several tickers, only the rows of the symbol are taken.

    Raises
    ------
    MalformedFileError
        If the column names several tickers, and the symbol is none of them.
    """
    every = np.arange(len(rows))
    position = next((n for n, each in enumerate(header) if _normalise(each) in _HEADERS), None)
    if position is None:
        return every, ""
    cells = [row[position].strip() for row in rows]
    named = sorted(set(cells) - {""})
    own = frozenset(each for each in named if _names(each, symbol))
    if own:
        return np.flatnonzero([not cell or cell in own for cell in cells]), ""
    others = [each for each in named if _certain(each) is not None]
    if len(named) > 1 and others:
        reason = _(
            "holds {tickers}, and {symbol} was asked for",
            tickers=", ".join(others[:_MAX_NAMED])[:60],
            symbol=symbol,
        )
        raise MalformedFileError(path, 1, reason)
    return every, others[0] if others else ""


def column_findings(named: str, symbol: Symbol) -> tuple[Finding, ...]:
    """Report a column that names another ticker, as `choose_rows` found it."""
    if not named:
        return ()
    seen = bilingual(
        "the column of tickers names {named}, and {symbol} was asked for",
        named=named[:40],
        symbol=str(symbol),
    )
    return (Finding.from_code("PRC028", seen, severity="error", symbol=str(symbol)),)


def name_findings(file: Path, symbol: Symbol) -> tuple[Finding, ...]:
    """Report a file that is called after another ticker.

    >>> [found] = name_findings(Path("PETR4.csv"), Symbol.parse("VALE3"))
    >>> found.code, found.severity, found.seen.en
    ('PRC028', 'warning', 'the file is called PETR4.csv, and VALE3 was asked for')
    """
    if not _is_called_after_another(file.stem, symbol):
        return ()
    seen = bilingual(
        "the file is called {name}, and {symbol} was asked for",
        name=file.name[:60],
        symbol=str(symbol),
    )
    return (Finding.from_code("PRC028", seen, symbol=str(symbol)),)


def _is_called_after_another(stem: str, symbol: Symbol) -> bool:
    """Return whether a file name is for certain another ticker, alone or among other words.

    Letters alone are a ticker only in capitals and without other words: data.csv is no share.
    """
    if _has_suffix(stem):
        return not _names(stem, symbol)
    words = [each for each in (stem, *_SEPARATORS.split(stem)) if each]
    if any(_names(each, symbol) for each in words):
        return False
    return any(
        _certain(each) is not None and (not each.isalpha() or each == stem == stem.upper())
        for each in words
    )


def _names(text: str, symbol: Symbol) -> bool:
    """Return whether a text is a symbol in a spelling of some source, such as NASDAQ:NVDA."""
    rename = rename_of(symbol.ticker)
    tickers = {symbol.ticker, symbol.yahoo, *((rename.old, rename.new) if rename else ())}
    found = _certain(text)
    if found is not None and _has_suffix(text):  # it tells the exchange too
        return found.ticker in tickers and found.exchange == symbol.exchange
    if found == symbol or text.upper() in tickers:
        return True
    return bool(tickers & set(_SEPARATORS.split(text.upper())))


def _has_suffix(text: str) -> bool:
    """Return whether a text is a ticker with the suffix of its exchange, such as SAP.DE."""
    found = _certain(text)
    return found is not None and found.ticker != text.strip().upper()


def _certain(text: str) -> Symbol | None:
    """Return the symbol that a text is for certain; None if it may be anything."""
    try:
        return Symbol.parse(text)
    except InvalidSymbolError:
        return None


def _normalise(cell: str) -> str:
    plain = unicodedata.normalize("NFKD", cell.lower())
    return "".join(each for each in plain if each.isascii() and each.isalnum())
