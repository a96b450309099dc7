"""The tables of a run's page: champions, their changes, settings, and files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from pregao.dashboard._texts import say
from pregao.presentation import (
    Cell,
    Code,
    Link,
    Moment,
    Number,
    Quantity,
    Setting,
    Table,
    data_table,
    field_of,
    ranking_table,
    table_of,
)
from pregao.registry import Champion, Change
from pregao.texts import gettext_lazy
from pregao.values import Text, Value

if TYPE_CHECKING:
    from pregao.dashboard._settings import Setting as SettingLine
    from pregao.evaluation import PricesUsed, Report

MOST_HISTORIES = 200


class Seating(Value):
    """A symbol of the run, and its champion."""

    symbol: str
    horizon: int
    champion: Champion | None
    is_own: bool = Field(description="whether this run is the champion")
    has_earlier: bool = Field(description="whether another run served before")
    trail: tuple[Change, ...] = Field(description="the newest change first")


def run_tables(
    report: "Report",
    *,
    run: str,
    seatings: Sequence[Seating],
    settings: "Sequence[SettingLine]",
    data: "Sequence[PricesUsed]",
    files: Mapping[str, str],
) -> dict[str, Table]:
    """Return the tables of a run's page; the trail of a symbol is named after it."""
    trails = {
        f"trail {each.symbol}": _trail_table(each.trail, run) for each in seatings if each.trail
    }
    return {
        "ranking": ranking_table(report),
        "champions": _champions_table(seatings),
        "changed": _settings_table([each for each in settings if each.is_changed]),
        "settings": _settings_table(settings),
        "data": data_table(data[:MOST_HISTORIES]),
        "files": _files_table(files),
        **trails,
    }


def _champions_table(seatings: Iterable[Seating]) -> Table:
    return table_of(
        seatings,
        [
            field_of("symbol", say("symbol"), _symbol, kind="text"),
            field_of("champion", say("runs_now"), _champion, kind="text"),
        ],
        tags=_tags,
    )


def _symbol(seating: Seating) -> Cell:
    ahead = say("runs_sessions_ahead", count=Number(seating.horizon))
    return Cell(seating.symbol, link=Link("symbol", seating.symbol), beside=(ahead,))


def _champion(seating: Seating) -> Cell:
    champion = seating.champion
    if champion is None:
        return Cell(say("runs_nobody"))
    beside: tuple[Quantity, ...] = (
        say("runs_version", version=Number(champion.version)),
        say("runs_since", at=Moment(champion.since)),
    )
    if seating.is_own:
        return Cell(say("runs_this"), beside=beside, tone="strong")
    return Cell(champion.run, link=Link("run", champion.run), beside=beside)


def _tags(seating: Seating) -> Mapping[str, str]:
    """Return what a change of the champion names: its place, and the version that is shown."""
    champion = seating.champion
    return {
        "symbol": seating.symbol,
        "horizon": str(seating.horizon),
        "version": str(champion.version if champion else 0),
        "champion": champion.run if champion else "",
        "own": "yes" if seating.is_own else "",
        "earlier": "yes" if seating.has_earlier else "",
    }


def _trail_table(trail: Iterable[Change], run: str) -> Table:
    def linked(name: str | None) -> Cell:
        if name is None:
            return Cell(say("runs_nobody"))
        return Cell(say("runs_this")) if name == run else Cell(name, link=Link("run", name))

    def action(change: Change) -> Cell:
        is_promotion = change.action == "promote"
        done = say("runs_did_promote" if is_promotion else "runs_did_rollback")
        named = linked(change.run)
        return Cell(done, beside=(named.quantity,), beside_link=named.link)

    def reason(change: Change) -> Text:
        return Text.from_message(gettext_lazy(change.reason))  # that of a job is in the catalogue

    def before(change: Change) -> Cell:
        return linked(change.previous_run)

    return table_of(
        trail,
        [
            field_of("version", "#", lambda change: str(change.version), kind="text"),
            field_of("at", say("runs_when"), lambda change: Moment(change.at), kind="text"),
            field_of("action", say("runs_did"), action, kind="text"),
            field_of("before", say("runs_before"), before, kind="text"),
            field_of("by", say("runs_by"), lambda change: change.by, kind="text"),
            field_of("reason", say("runs_reason"), reason, kind="prose"),
        ],
    )


def _settings_table(settings: "Iterable[SettingLine]") -> Table:
    return table_of(
        settings,
        [
            field_of("setting", say("runs_setting"), lambda each: Code(each.name), kind="text"),
            field_of("value", say("runs_value"), lambda each: Setting(each.value), kind="prose"),
            field_of(
                "default", say("runs_default"), lambda each: Setting(each.default), kind="prose"
            ),
        ],
        emphasis=lambda each: ("changed",) if each.is_changed else (),
    )


def _files_table(files: Mapping[str, str]) -> Table:
    return table_of(
        files.items(),
        [
            field_of("file", say("runs_file"), lambda item: item[0], kind="text"),
            field_of("digest", "SHA-256", lambda item: Code(item[1]), kind="text"),
        ],
    )
