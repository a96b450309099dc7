"""Findings, and what their codes mean."""

from rich.padding import Padding
from rich.text import Text as Line

from pregao.findings import Finding, FindingKind, Severity
from pregao.presentation import TEXTS, Language, finding_kinds_table, severity_badge
from pregao.terminal._lines import say, standard_output
from pregao.terminal._tables import print_table, style_of


def in_one_line(finding: Finding, language: Language) -> Line:
    """Return a finding in one line."""
    line = Line(f"{finding.code} ", style=style_of(severity_badge(finding.severity)))
    about = f"{finding.symbol}, " if finding.symbol else ""
    seen = " ".join(finding.seen.in_language(language).split())
    title = finding.title.in_language(language)
    return line.append(f"{about}{title}: {seen}", style="not bold default")


def in_full(finding: Finding, language: Language) -> Line:
    """Return a finding with what to do."""
    line = Line("  ").append(_heading(finding.kind, finding.severity, language))
    seen, do = finding.seen.in_language(language), finding.do.in_language(language)
    return line.append(f"\n    {seen}\n    -> {do}", style="not bold default")


def print_kind(kind: FindingKind, language: Language) -> None:
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
    print_table(standard_output(), finding_kinds_table(), language)


def _heading(kind: FindingKind, severity: Severity, language: Language) -> Line:
    badge, title = severity_badge(severity), kind.title.in_language(language)
    severe = badge.text.in_language(language)
    return Line(f"{kind.code} {title} ({severe})", style=style_of(badge))
