"""The corporate actions of a series: what each is, from where, and what became of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Badge, Day, Number, Quantity, t
from pregao.presentation._tables import Table, field_of, table_of
from pregao.values import Text, bilingual

if TYPE_CHECKING:
    from pregao.prices import ActionEffect

_STATES = {
    "applied": bilingual("applied here"),
    "in_prices": bilingual("in the prices"),
    "contradicted": bilingual("contradicted by the prices"),
    "outside": bilingual("outside the sessions"),
    "unknown": bilingual("amount unknown"),
}


def corporate_actions_table(actions: "Sequence[ActionEffect]") -> Table:
    """Return a row for each action, by ex-date."""
    from pregao.prices import ACTION_KINDS

    return table_of(
        actions,
        [
            field_of("ex_date", t("ex_date"), lambda each: Day(each.action.ex_date), importance=9),
            field_of(
                "kind",
                t("action_kind"),
                lambda each: ACTION_KINDS[each.action.kind],
                kind="text",
                importance=9,
            ),
            field_of("size", t("action_size"), _size, importance=8),
            field_of("source", t("action_source"), _source, kind="text", importance=6),
            field_of(
                "state",
                t("action_state"),
                lambda each: Badge(_STATES[each.state], each.state),
                kind="text",
                importance=7,
            ),
        ],
        caption=t("corporate_actions_note"),
    )


def _size(each: "ActionEffect") -> Quantity:
    action = each.action
    if action.ratio is not None:
        is_grouping = action.ratio < 1
        ratio = Number(1 / action.ratio if is_grouping else action.ratio, 4)
        return t("action_grouping" if is_grouping else "action_ratio", ratio=_trimmed(ratio))
    if action.amount is not None:
        return Number(action.amount, 6 if action.amount < 0.01 else 4)
    if action.factor is not None:
        return Number(action.factor, 6)
    return action.ticker or None


def _trimmed(ratio: Number) -> Quantity:
    """Return a ratio without decimals that are zero."""
    value = ratio.value or 0.0
    digits = next((each for each in range(4) if abs(value - round(value, each)) < 1e-6), 4)
    return Number(value, digits)


def _source(each: "ActionEffect") -> Quantity:
    source = each.action.source
    return t("action_inferred") if not each.action.is_stated else Text.same(source)
