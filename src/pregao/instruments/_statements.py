"""What the user states where a ticker does not tell exchange or class: ``instruments.toml``."""

import tomllib
from pathlib import Path
from typing import Any

from pregao.errors import InvalidExperimentError
from pregao.instruments._grammar import InstrumentClass, read_ticker
from pregao.texts import gettext_lazy as _

FILE_NAME = "instruments.toml"
_spellings: dict[str, str] = {}
_classes: dict[str, InstrumentClass] = {}


def stated_spelling(ticker: str) -> str | None:
    """Return a ticker with its exchange, as the user states it; None if nothing is stated."""
    return _spellings.get(ticker)


def stated_class(ticker: str) -> InstrumentClass | None:
    """Return the class of a B3 ticker in 11, as the user states it; None if nothing is stated.

    A ticker of the fractional market, as ``TAEE11F``, is of the class of the ticker without F.
    """
    return _classes.get(ticker, _classes.get(ticker.removesuffix("F")))


def load_statements(home: Path) -> None:
    """Read what ``instruments.toml`` in a folder states; there may be no such file.

    Each table is a ticker with its ``exchange``, and its ``currency`` where it is another one, or
    a ticker of B3 in 11 with its ``class``, which is ``unit``, ``etf`` or ``fii``::

        ["GGALD.BA"]
        exchange = "XBUE"
        currency = "USD"

        [KNRI11]
        class = "fii"

    Raises
    ------
    InvalidExperimentError
        If the file is no TOML of that form, or states the class of another ticker.
    """
    path = home / FILE_NAME
    if not path.is_file():
        return
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidExperimentError(str(path), [str(error)]) from None
    for ticker, table in tables.items():
        _state(path, ticker, table)


def _state(path: Path, ticker: str, table: Any) -> None:
    match table:
        case {"class": "unit" | "etf" | "fii" as kind, **rest} if not rest:
            code = ticker.upper().removesuffix(".SA")
            told = read_ticker(code)
            if told is None or told.kind != "unit_or_fund":
                reason = _(
                    "{ticker}: class is stated for tickers of B3 in 11 alone, such as KNRI11",
                    ticker=ticker,
                )
                raise InvalidExperimentError(str(path), [reason])
            _classes[code] = kind
        case {"exchange": str(code), **rest} if not rest.keys() - {"currency"}:
            currency = rest.get("currency")
            spelling = f"{ticker.upper()}@{code}"
            _spellings[ticker.upper()] = f"{spelling}:{currency}" if currency else spelling
        case _:
            reason = _(
                '{ticker}: give exchange, such as "XBUE", and currency, such as "USD"; or, of a '
                'ticker of B3 in 11, class: "unit", "etf" or "fii"',
                ticker=ticker,
            )
            raise InvalidExperimentError(str(path), [reason])
