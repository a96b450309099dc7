"""Stored runs, champions and their changes, and the problems of a home."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import (
    REGISTRY_TEXTS,
    Language,
    champions_table,
    number,
    runs_table,
)
from pregao.terminal._lines import say, standard_output
from pregao.terminal._tables import print_table
from pregao.values import bilingual_plural

if TYPE_CHECKING:
    from pregao.registry import Champion, RunSummary
    from pregao.workbench import DoctorReport


def print_runs(runs: "Sequence[RunSummary]", language: Language) -> None:
    """Print stored runs, the newest first, with their scores on the test part."""
    if runs:
        print_table(standard_output(), runs_table(runs), language)
    else:
        say(standard_output(), Text(REGISTRY_TEXTS[language]["no_runs"]))


def print_champions(champions: "Sequence[Champion]", language: Language) -> None:
    """Print the run that serves each symbol and horizon, and since when."""
    if champions:
        print_table(standard_output(), champions_table(champions), language)
    else:
        say(standard_output(), Text(REGISTRY_TEXTS[language]["no_champions"]))


def print_change(champions: "Sequence[Champion]", language: Language) -> None:
    """Print the champions as they are from now on."""
    for each in champions:
        line = REGISTRY_TEXTS[language]["serves"].format(
            run=each.run, symbol=each.symbol, horizon=each.horizon, version=each.version
        )
        say(standard_output(), Text(line))


def print_deleted(run: str, language: Language) -> None:
    """Print that a run was deleted."""
    say(standard_output(), Text(REGISTRY_TEXTS[language]["deleted"].format(run=run)))


def print_exported(folder: str, count: int, language: Language) -> None:
    """Print where a run was copied to."""
    files = bilingual_plural(
        "{count} file in {folder}", "{count} files in {folder}", count=count, folder=folder
    )
    say(standard_output(), Text(files.in_language(language)))


def print_exported_to_mlflow(run: str, language: Language) -> None:
    """Print the id of a run in MLflow."""
    say(standard_output(), Text(REGISTRY_TEXTS[language]["exported_to_mlflow"].format(run=run)))


def print_examination(found: "DoctorReport", language: Language) -> None:
    """Print each problem, and what to do about it or that it is mended."""
    console, text = standard_output(), REGISTRY_TEXTS[language]
    for each in found.ailments:
        style = "green" if each.is_mended else "bold red"
        line = Text(f"{text[each.kind]} ", style=style)
        seen = f"{each.what}: {each.seen.in_language(language)}"
        do = text["mended"] if each.is_mended else each.do.in_language(language)
        say(console, line.append(f"{seen}\n    -> {do}", style="not bold default"))
    if not found.ailments:
        count = number(found.num_runs, 0, language)
        say(console, Text(text["well"].format(count=count), style="green"))
