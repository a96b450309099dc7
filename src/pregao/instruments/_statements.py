"""What the user states about tickers that do not tell their exchange: ``instruments.toml``."""

import tomllib
from pathlib import Path

from pregao.errors import InvalidExperimentError
from pregao.texts import gettext_lazy as _

FILE_NAME = "instruments.toml"
_spellings: dict[str, str] = {}


def stated_spelling(ticker: str) -> str | None:
    """Return a ticker with its exchange, as the user states it; None if nothing is stated."""
    return _spellings.get(ticker)


def load_statements(home: Path) -> None:
    """Read what ``instruments.toml`` in a folder states; there may be no such file.

    Each table is a ticker with its ``exchange``, and its ``currency`` where it is another one::

        ["GGALD.BA"]
        exchange = "XBUE"
        currency = "USD"

    Raises
    ------
    InvalidExperimentError
        If the file is no TOML of that form.
    """
    path = home / FILE_NAME
    if not path.is_file():
        return
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidExperimentError(str(path), [str(error)]) from None
    for ticker, table in tables.items():
        match table:
            case {"exchange": str(code), **rest} if not rest.keys() - {"currency"}:
                currency = rest.get("currency")
                spelling = f"{ticker.upper()}@{code}"
                _spellings[ticker.upper()] = f"{spelling}:{currency}" if currency else spelling
            case _:
                reason = _(
                    '{ticker}: give exchange, such as "XBUE", and currency, such as "USD"',
                    ticker=ticker,
                )
                raise InvalidExperimentError(str(path), [reason])
