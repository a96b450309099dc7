"""The prices that a run was made from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Code, Day, Number, t
from pregao.presentation._tables import Table, field_of, table_of

if TYPE_CHECKING:
    from pregao.evaluation import PricesUsed


def data_table(histories: "Sequence[PricesUsed]") -> Table:
    """Return a row for the history of each symbol that was used."""
    return table_of(
        histories,
        [
            field_of("symbol", t("symbol"), lambda each: each.symbol, kind="text", importance=9),
            field_of("provider", t("provider"), lambda each: each.provider, kind="text"),
            field_of("sessions", t("sessions"), lambda each: Number(each.sessions), importance=7),
            field_of("first", t("first_session"), lambda each: Day(each.first), importance=6),
            field_of("last", t("last_session_used"), lambda each: Day(each.last), importance=6),
            field_of("digest", t("digest"), lambda each: Code(each.digest), kind="text"),
        ],
        caption=t("data_note"),
    )
