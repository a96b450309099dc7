"""A report as a small table for a notebook: no script, no style of its own."""

from typing import TYPE_CHECKING

from markupsafe import Markup

from pregao.findings import Finding, worst_first
from pregao.presentation import (
    TEXTS,
    Language,
    Row,
    number,
    p_value,
    percent,
    proof_of,
    rows_of,
    tests_of,
    tiles_of,
)

if TYPE_CHECKING:
    from pregao.evaluation import Report


def ranking_html(report: "Report", *, language: Language = "en") -> str:
    """Give the verdict, what it rests on, the findings, and networks and baselines in one table.

    Best validation CRPS first.
    """
    text = TEXTS[language]
    heads = Markup("").join(
        Markup("<th>{}</th>").format(text[key])
        for key in ("rank", "name", "crps", "skill_naive", "skill_best", "dm_p", "in_set")
    )
    rows = Markup("").join(_row(row, text, language) for row in rows_of(report))
    findings = Markup("").join(_finding(each, language) for each in worst_first(report.findings))
    return str(
        Markup(
            "<p><b>{}</b></p>{}{}<table><caption>{}</caption>"
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
        ).format(
            report.verdict.in_language(language),
            _evidence(report, language),
            Markup("<ul>{}</ul>").format(findings) if findings else "",
            text["in_set_note"],
            heads,
            rows,
        )
    )


def _evidence(report: "Report", language: Language) -> Markup:
    """Give what the verdict rests on: its numbers beside the naive ones, and its tests."""
    proof = proof_of(report)
    tiles = [(each.name, (each.value, *each.beside)) for each in tiles_of(report, proof)]
    tests = [(each.name, (each.found, each.says)) for each in tests_of(proof, report.trials)]
    lines = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td></tr>").format(
            name.in_language(language), "; ".join(each.in_language(language) for each in said)
        )
        for name, said in (*tiles, *tests)
    )
    return Markup("<table><tbody>{}</tbody></table>").format(lines)


def _finding(finding: Finding, language: Language) -> Markup:
    texts = (each.in_language(language) for each in (finding.title, finding.seen, finding.do))
    return Markup("<li><code>{}</code> {} ({}){}: {}<br>{}</li>").format(
        finding.code,
        next(texts),
        TEXTS[language][f"severity_{finding.severity}"],
        f" {finding.symbol}" if finding.symbol else "",
        *texts,
    )


def _row(row: Row, text: dict[str, str], language: Language) -> Markup:
    name = Markup("<b>{}</b>").format(row.name) if row.is_subject else row.name
    if row.kind == "baseline":
        name = Markup("<i>{}</i> ({})").format(row.name, text["baseline"])
    cells = (
        row.rank,
        name,
        number(row.metrics.crps, 4, language),
        percent(row.skill_vs_random_walk, 1, language, signed=True),
        percent(row.skill_vs_best_baseline, 1, language, signed=True),
        p_value(row.dm_p_value, language),
        text["in_set_yes"] if row.is_in_set else "",
    )
    return Markup("<tr>{}</tr>").format(
        Markup("").join(Markup("<td>{}</td>").format(cell) for cell in cells)
    )
