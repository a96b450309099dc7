"""Stored runs, and the champions among them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pregao.presentation._quantities import (
    Badge,
    Flag,
    Moment,
    Number,
    Percent,
    RunId,
    t,
)
from pregao.presentation._tables import Cell, Field, Link, Table, field_of, table_of

if TYPE_CHECKING:
    from pregao.inference import Edge
    from pregao.registry import Champion, RunSummary

MOST_SYMBOLS = 3
"""Symbols that a cell names; it counts the others."""


def edge_badge(edge: "Edge") -> Badge:
    """Return whether there is an edge, as a badge."""
    if edge == "proven":
        return Badge(t("edge_proven"), "edge", t("edge_proven_help"))
    return Badge(t("edge_none"), "no-edge", t("edge_none_help"))


def symbols_cell(symbols: Sequence[str]) -> Cell:
    """Return the first symbols, and how many more there are."""
    shown, rest = ", ".join(symbols[:MOST_SYMBOLS]), len(symbols) - MOST_SYMBOLS
    return Cell(t("and_more", shown=shown, count=Number(rest)) if rest > 0 else shown)


def runs_table(
    runs: "Sequence[RunSummary]", champion_of: Mapping[str, Sequence[str]] | None = None
) -> Table:
    """Return runs with their scores on the test part, beside the naive forecast's.

    With `champion_of`, the symbols that each run serves now, by its id, they have the last column
    in place of whether a run is registered.
    """
    return table_of(
        runs,
        [*_RUN_FIELDS, _REGISTERED if champion_of is None else _champion_of(champion_of)],
        tags=lambda run: {
            "id": run.id,
            "symbols": " ".join(run.symbols[:50]),
            "edge": run.edge,
        },
    )


def champions_table(champions: "Sequence[Champion]") -> Table:
    """Return the run that serves each symbol and horizon, and since when."""
    return table_of(
        champions,
        [
            field_of("symbol", t("symbol"), _champion_symbol, kind="text", importance=9),
            field_of("horizon", t("horizon"), lambda each: Number(each.horizon), importance=8),
            field_of("run", t("run"), _champion_run, kind="text", importance=7),
            field_of("version", t("version"), lambda each: Number(each.version), importance=6),
            field_of("since", t("since"), lambda each: Moment(each.since), importance=5),
        ],
    )


def _run(run: "RunSummary") -> Cell:
    return Cell(RunId(run.id, run.forecaster), link=Link("run", run.id))


def _served(run: "RunSummary") -> Cell:
    if run.served is None:
        return Cell(run.forecaster)
    return Cell(run.served, beside=(t("baseline"),))


def _champion_symbol(champion: "Champion") -> Cell:
    return Cell(champion.symbol, link=Link("symbol", champion.symbol), tone="strong")


def _champion_run(champion: "Champion") -> Cell:
    return Cell(champion.run, link=Link("run", champion.run))


def _champion_of(served: Mapping[str, Sequence[str]]) -> "Field[RunSummary]":
    return field_of(
        "champion", t("champion_of"), lambda run: symbols_cell(served.get(run.id, ())), kind="text"
    )


_REGISTERED: "Field[RunSummary]" = field_of(
    "registered", t("registered"), lambda run: Flag(run.is_registered), importance=7
)
_RUN_FIELDS: "tuple[Field[RunSummary], ...]" = (
    field_of("run", t("run"), _run, kind="text", importance=12),
    field_of("created", t("made"), lambda run: Moment(run.created), importance=4),
    field_of(
        "symbols", t("symbols"), lambda run: symbols_cell(run.symbols), kind="text",
        importance=11,
    ),
    field_of("horizon", t("horizon"), lambda run: Number(run.horizon), importance=6),
    field_of("served", t("served"), _served, kind="text", importance=10),
    field_of(
        "edge", t("edge"), lambda run: edge_badge(run.edge), kind="text", importance=9
    ),
    field_of("crps", t("crps"), lambda run: Number(run.crps, 4), importance=5),
    field_of(
        "skill_naive",
        t("skill_naive"),
        lambda run: Percent(run.crps_skill_to_random_walk, signed=True),
        short_title=t("skill_short_naive"),
        importance=8,
    ),
    field_of(
        "skill_best",
        t("skill_best"),
        lambda run: Cell(
            Percent(run.crps_skill_to_best_baseline, signed=True), beside=(run.best_baseline,)
        ),
        short_title=t("skill_short_best"),
        importance=3,
    ),
    field_of("mase", t("mase"), lambda run: Number(run.mase, 3), importance=2),
    field_of(
        "coverage_90", t("coverage_90"), lambda run: Percent(run.coverage_90), importance=1
    ),
)  # fmt: skip
