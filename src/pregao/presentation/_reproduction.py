"""A stored run beside what its experiment gives now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Code, Number, Quantity, Setting, in_both, t
from pregao.presentation._tables import Table, field_of, table_of
from pregao.presentation._texts_reproduction import REPRODUCTION_TEXTS
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.workbench import PricesAgain, Reproduction

MOST_SYMBOLS = 15
_SCORE_DIGITS = 6
_Line = tuple[Quantity, Quantity, Quantity, Quantity]
"""A name, what was recorded, what was found, and a remark."""


def reproduction_table(found: "Reproduction") -> Table:
    """Return prices, weights, scores and versions, as they were and as they are."""
    return table_of(
        _lines(found),
        [
            field_of("name", "", lambda line: line[0], kind="text", importance=9),
            field_of(
                "then",
                t("then", REPRODUCTION_TEXTS),
                lambda line: line[1],
                kind="prose",
                importance=8,
            ),
            field_of(
                "now", t("now", REPRODUCTION_TEXTS), lambda line: line[2], kind="prose",
                importance=8,
            ),
            field_of("remark", "", lambda line: line[3], kind="prose", importance=7),
        ],
    )  # fmt: skip


def _lines(found: "Reproduction") -> Iterator[_Line]:
    differing_first = sorted(found.prices, key=lambda each: each.is_same)
    for each in differing_first[:MOST_SYMBOLS]:
        name = t("prices", REPRODUCTION_TEXTS, symbol=each.symbol)
        yield name, Code(each.digest), Code(each.digest_now), _remark(each)
    if len(found.prices) > MOST_SYMBOLS:
        rest = Number(len(found.prices) - MOST_SYMBOLS)
        yield t("and_more", REPRODUCTION_TEXTS, count=rest), "", "", ""
    absent = t("not_compared", REPRODUCTION_TEXTS)
    now: Quantity = Code(found.digest_now) if found.digest_now else absent
    yield t("weights", REPRODUCTION_TEXTS), Code(found.digest), now, _difference(found)
    before, after = (Number(each, _SCORE_DIGITS) for each in (found.crps, found.crps_now))
    yield t("crps", REPRODUCTION_TEXTS), before, after, ""
    for score in found.scores:
        yield score.name, repr(score.recorded), repr(score.found), ""
    if found.served is not None:
        is_same = found.is_served_same
        state = absent if is_same is None else t("same" if is_same else "other", REPRODUCTION_TEXTS)
        yield t("baseline", REPRODUCTION_TEXTS, name=found.served), "", state, ""
    for version in found.versions:
        yield version.name, version.recorded, version.installed, ""


def _remark(prices: "PricesAgain") -> Text:
    """Return where prices differ, what was left out, and which revision they are."""
    remarks = [] if prices.differs_from is None else [Text.same(prices.differs_from)]
    if prices.sessions_since:
        count = Number(prices.sessions_since)
        remarks.append(t("since", REPRODUCTION_TEXTS, count=count))
    if prices.revision is not None:
        revision = str(prices.revision)
        remarks.append(t("revision", REPRODUCTION_TEXTS, revision=revision))
    return Text.joined(remarks, en=", ", pt_br=", ")


def _difference(found: "Reproduction") -> Text:
    difference = found.weights
    if difference is None:
        return Text.same("")
    return t(
        "largest",
        REPRODUCTION_TEXTS,
        name=difference.name,
        member=str(difference.member),
        largest=in_both(Setting(difference.largest)),
    )
