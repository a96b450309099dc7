"""Corporate actions: events of a security that change its price without being a return."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from pregao.instruments import Sessions
from pregao.values import Text, Value, bilingual

ActionKind = Literal["split", "bonus", "dividend", "jcp", "rename", "unknown"]
"""A grouping is a split with a ratio below 1. ``jcp`` is Brazil's interest on own capital."""
ActionState = Literal["applied", "in_prices", "contradicted", "outside", "unknown"]

Basis = Literal["as_traded", "split_adjusted", "unknown"]
"""How a source states quoted prices: those of each day, or divided by the splits since then."""

CASH_KINDS = frozenset({"dividend", "jcp"})
SHARE_KINDS = frozenset({"split", "bonus"})

ACTION_KINDS: dict[ActionKind, Text] = {
    "split": bilingual("stock split"),
    "bonus": bilingual("bonus shares"),
    "dividend": bilingual("dividend"),
    "jcp": bilingual("JCP"),
    "rename": bilingual("rename"),
    "unknown": bilingual("action"),
}
"""What the kinds are called."""

Positive = Annotated[float, Field(gt=0)]


class CorporateAction(Value):
    """An event that takes effect before the open of its ex-date.

    >>> CorporateAction(ex_date=date(2008, 4, 28), kind="split", ratio=2.0, source="yahoo").ratio
    2.0
    """

    ex_date: date
    kind: ActionKind
    ratio: Positive | None = None
    """Of a split or a bonus: shares after it for each share before."""
    amount: Positive | None = None
    """Of a dividend or JCP: gross, for each share as it was then, in the quoted currency."""
    factor: Positive | None = None
    """Of an unknown action: what adjusted prices before it are multiplied by."""
    ticker: str = ""
    """Of a rename: the other ticker."""
    source: str
    is_stated: bool = True
    """False where it was inferred from prices."""
    is_in_prices: bool = False
    """Whether the source states prices, quoted closes included, that are adjusted for it."""

    @model_validator(mode="after")
    def _has_a_size(self) -> Self:
        assert (self.ratio is not None) == (self.kind in SHARE_KINDS), "a split has a ratio"
        assert (self.amount is not None) == (self.kind in CASH_KINDS), "a dividend has an amount"
        assert self.factor is None or self.kind == "unknown", "only unknown actions have a factor"
        return self

    @property
    def key(self) -> tuple[date, ActionKind]:
        """What identifies it: another amount under one key corrects it."""
        return self.ex_date, self.kind


class ActionEffect(Value):
    """An action beside the bars of a series, and what it still has to change in them."""

    action: CorporateAction
    session: date | None
    """The first session with it; None where the bars do not reach back, or not yet to it."""
    state: ActionState
    """`applied` to what the source states, or `in_prices` already; `contradicted` by prices."""
    price_factor: Positive = 1.0
    """What stated adjusted closes before the session are multiplied by."""
    share_factor: Positive = 1.0
    """Shares at the session for each share of the session before, in the stated volume."""


def price_factors(sessions: Sessions, actions: Iterable[ActionEffect]) -> NDArray[np.float64]:
    """Return (sessions,) what stated adjusted closes are multiplied by."""
    effective = [each for each in actions if each.session is not None and each.price_factor != 1.0]
    days = np.array([each.session for each in effective], "datetime64[D]")
    steps = np.ones(len(sessions) + 1)
    for row, each in zip(np.searchsorted(sessions, days), effective, strict=True):
        steps[row] *= each.price_factor
    # At a row the factors of all later ones: those whose first session comes after it.
    return np.asarray(np.cumprod(steps[::-1])[::-1][1:], np.float64)


def merge_actions(
    first: Iterable[CorporateAction], second: Iterable[CorporateAction]
) -> tuple[CorporateAction, ...]:
    """Return actions of two sources by ex-date; where both state one, that of the second.

    An ex-date without an amount is left out where the day has a dividend or a split: it is that.
    """
    merged = {each.key: each for each in (*first, *second)}
    sized = {each.ex_date for each in merged.values() if each.amount or each.ratio}
    kept = (merged[key] for key in sorted(merged))
    return tuple(
        each
        for each in kept
        if each.kind != "unknown" or each.factor is not None or each.ex_date not in sized
    )


def as_paid(actions: Sequence[CorporateAction]) -> tuple[CorporateAction, ...]:
    """Return actions whose amounts are for each share as it was, and not as it is today.

    Sources that adjust prices for splits divide the amounts of dividends by later splits too.

    >>> split = CorporateAction(ex_date=date(2020, 8, 31), kind="split", ratio=4.0, source="file")
    >>> paid = CorporateAction(
    ...     ex_date=date(2020, 8, 7), kind="dividend", amount=0.205, source="file"
    ... )
    >>> [each.amount for each in as_paid([paid, split])]
    [0.82, None]
    """
    splits = [each for each in actions if each.ratio is not None]
    return tuple(
        each
        if each.amount is None
        else each.replace(
            amount=each.amount * _ratio_of([s for s in splits if s.ex_date >= each.ex_date])
        )
        for each in sorted(actions, key=lambda each: each.key)
    )


def _ratio_of(splits: Iterable[CorporateAction]) -> float:
    product = 1.0
    for each in splits:
        product *= each.ratio or 1.0
    return product
