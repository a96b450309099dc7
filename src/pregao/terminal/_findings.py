"""Findings as the terminal shows them, and what their codes mean."""

from collections.abc import Mapping
from itertools import groupby

from rich.padding import Padding
from rich.text import Text as Line

from pregao.findings import FINDINGS, Finding, Kind, Severity
from pregao.presentation import TEXTS, Language
from pregao.terminal._lines import plain_table, say, standard_output

SEVERITY_STYLES: Mapping[Severity, str] = {"info": "cyan", "warning": "yellow", "error": "bold red"}


def short(finding: Finding, language: Language) -> Line:
    """Give a finding in one line."""
    line = Line(f"{finding.code} ", style=SEVERITY_STYLES[finding.severity])
    about = f"{finding.symbol}, " if finding.symbol else ""
    seen = " ".join(finding.seen.in_language(language).split())
    title = finding.title.in_language(language)
    return line.append(f"{about}{title}: {seen}", style="not bold default")


def long(finding: Finding, language: Language) -> Line:
    """Give a finding with what to do."""
    line = Line("  ").append(_heading(finding.kind, finding.severity, language))
    seen, do = finding.seen.in_language(language), finding.do.in_language(language)
    return line.append(f"\n    {seen}\n    -> {do}", style="not bold default")


def print_kind(kind: Kind, language: Language) -> None:
    """Print what a code means, what to do, and where to read more."""
    console, text = standard_output(), TEXTS[language]
    say(console, _heading(kind, kind.severity, language))
    lines = (
        kind.meaning.in_language(language),
        f"{text['advice']}: {kind.advice.in_language(language)}",
        f"{text['page']}: {kind.docs.in_language(language)}",
    )
    for each in lines:
        if console.is_terminal:
            console.print(Padding(Line(each), (0, 0, 0, 2)))
        else:
            say(console, Line(f"  {each}"))


def print_kinds(language: Language) -> None:
    """Print every code with its title, family by family."""
    console, text = standard_output(), TEXTS[language]
    table = plain_table()
    for heading in ("", "severity", "name"):
        table.add_column(text[heading] if heading else "", no_wrap=heading != "name")
    for family, kinds in groupby(FINDINGS.values(), key=lambda kind: kind.code[:3]):
        table.add_row("", "", Line(text[f"family_{family}"], style="bold"))
        for kind in kinds:
            table.add_row(
                Line(kind.code),
                Line(text[f"severity_{kind.severity}"], style=SEVERITY_STYLES[kind.severity]),
                Line(kind.title.in_language(language)),
            )
    console.print(table)


def _heading(kind: Kind, severity: Severity, language: Language) -> Line:
    how_bad = TEXTS[language][f"severity_{severity}"]
    title = kind.title.in_language(language)
    return Line(f"{kind.code} {title} ({how_bad})", style=SEVERITY_STYLES[severity])
