"""A report as small tables for a notebook: no script, no style of its own."""

from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from pregao.findings import Finding, sort_by_severity
from pregao.presentation import (
    TEXTS,
    Language,
    Table,
    Tile,
    field_of,
    proof_of,
    ranking_table,
    t,
    table_of,
    tests_table,
    verdict_tiles,
)
from pregao.report._html import Html
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.evaluation import Report


def ranking_html(report: "Report", *, language: Language = "en") -> str:
    """Return the verdict, its evidence, the findings, and the ranking.

    Networks and baselines are in one table, best validation CRPS first.
    """
    html, proof = Html.in_one(language), proof_of(report)
    tiles = _tiles_table(list(verdict_tiles(report, proof)))
    ranking = replace(ranking_table(report), caption=t("in_set_note"))
    findings = Markup("").join(
        _finding(each, language) for each in sort_by_severity(report.findings)
    )
    return str(
        Markup("<p><b>{}</b></p>{}{}{}{}").format(
            report.verdict.in_language(language),
            html.table(tiles),
            html.table(tests_table(proof, report.trials)) if proof.promotion else "",
            Markup("<ul>{}</ul>").format(findings) if findings else "",
            html.table(ranking),
        )
    )


def _tiles_table(tiles: list[Tile]) -> Table:
    return table_of(
        tiles,
        [
            field_of("name", "", lambda tile: tile.name, kind="text"),
            field_of("value", "", lambda tile: tile.value),
            field_of("beside", "", _beside, kind="prose"),
        ],
    )


def _beside(tile: Tile) -> Text:
    return Text.joined(tile.beside, en="; ", pt_br="; ")


def _finding(finding: Finding, language: Language) -> Markup:
    texts = (each.in_language(language) for each in (finding.title, finding.seen, finding.do))
    return Markup("<li><code>{}</code> {} ({}){}: {}<br>{}</li>").format(
        finding.code,
        next(texts),
        TEXTS[language][f"severity_{finding.severity}"],
        f" {finding.symbol}" if finding.symbol else "",
        *texts,
    )
