"""Many tickers, each with networks of its own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Flag, Number, Percent, PValue, t
from pregao.presentation._tables import Cell, Table, field_of, table_of

if TYPE_CHECKING:
    from pregao.workbench import TickerResult


def tickers_table(rows: "Sequence[TickerResult]") -> Table:
    """Return a row for each ticker: whether its network has an edge, and over what."""
    return table_of(
        rows,
        [
            field_of(
                "symbol",
                t("symbol"),
                lambda row: Cell(row.symbol, tone="strong"),
                kind="text",
                importance=10,
                width=8,
            ),
            field_of("edge", t("edge"), _edge, kind="text", importance=9, width=4),
            field_of(
                "skill_naive",
                t("skill_naive"),
                lambda row: Percent(row.skill_vs_random_walk, signed=True),
                short_title=t("skill_short_naive"),
                importance=8,
                width=8,
            ),
            field_of(
                "skill_best",
                t("skill_best"),
                lambda row: Percent(row.skill_vs_best_baseline, signed=True),
                short_title=t("skill_short_best"),
                importance=7,
                width=8,
            ),
            field_of("dm_p", t("dm_p"), lambda row: PValue(row.dm_p_value), importance=6, width=6),
            field_of("crps", t("crps"), lambda row: Number(row.crps, 4), importance=4, width=7),
            field_of(
                "seconds", t("seconds"), lambda row: Number(row.seconds, 1), importance=3, width=8
            ),
            # Last, for its length is not known before.
            field_of(
                "champion",
                t("champion"),
                lambda row: row.champion,
                kind="text",
                importance=5,
                width=17,
            ),
        ],
    )


def _edge(row: "TickerResult") -> Cell:
    is_proven = row.edge == "proven"
    return Cell(Flag(is_proven), tone="good" if is_proven else "warning")
