"""The next sessions of a symbol: the quantiles of the close."""

from collections.abc import Sequence
from datetime import date

from pregao.presentation._quantities import Number, Percent, SessionAhead, t
from pregao.presentation._tables import Cell, Field, Table, field_of, table_of
from pregao.values import Text

QUANTILE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The levels of a table; a forecast holds more."""


def quantiles_table(
    sessions: Sequence[date],
    quantiles: Sequence[Sequence[float]],
    *,
    last_price: float,
    symbol: str = "",
    caption: Text | None = None,
) -> Table:
    """Return a row for each session ahead.

    Parameters
    ----------
    quantiles
        The prices at each of `QUANTILE_LEVELS`, session by session.
    last_price, symbol
        They decide how many decimals prices get.
    """
    from pregao.instruments import price_digits

    digits = price_digits(last_price, symbol)
    return table_of(
        list(zip(sessions, zip(*quantiles, strict=True), strict=True)),
        [
            field_of(
                "session", t("session"), lambda row: SessionAhead(row[0]), kind="text", importance=9
            ),
            *(_at(place, level, digits) for place, level in enumerate(QUANTILE_LEVELS)),
        ],
        caption=caption,
    )


def _session(row: tuple[date, tuple[float, ...]]) -> SessionAhead:
    return SessionAhead(row[0])


def _at(place: int, level: float, digits: int) -> Field[tuple[date, tuple[float, ...]]]:
    is_median = level == 0.5
    return field_of(
        f"q{round(100 * level)}",
        t("median") if is_median else Percent(level, 0),
        lambda row: Cell(Number(row[1][place], digits), tone="strong" if is_median else "plain"),
        importance=8 if is_median else 7,
    )
