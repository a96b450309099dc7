"""Stored runs, champions and their changes, and what the doctor found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text

from pregao.presentation import TEXTS, Language, day, number, percent
from pregao.terminal._columns import Column, Ledger
from pregao.terminal._lines import say, standard_output

if TYPE_CHECKING:
    from pregao.registry import Champion, RunSummary
    from pregao.workbench import Examination

T = TypeVar("T")

_EN = {
    "damaged_registration": "damaged registration",
    "damaged_run": "damaged run",
    "database": "database",
    "deleted": "{run} is deleted",
    "exported": "{count} files in {folder}",
    "exported_to_mlflow": "run {run} of MLflow",
    "folder_without_row": "not listed",
    "leftover": "leftover",
    "mended": "mended",
    "missing_prices": "missing prices",
    "no_champions": "No champion yet: 'pregao promote RUN' makes one.",
    "no_runs": "No run yet: 'pregao train' makes one.",
    "row_without_folder": "missing folder",
    "serves": "{run} serves {symbol} for {horizon} sessions (version {version})",
    "well": "Nothing is wrong. Runs looked at: {count}.",
}
_PT = {
    "damaged_registration": "registro danificado",
    "damaged_run": "execução danificada",
    "database": "banco de dados",
    "deleted": "{run} foi apagada",
    "exported": "{count} arquivos em {folder}",
    "exported_to_mlflow": "execução {run} do MLflow",
    "folder_without_row": "fora da lista",
    "leftover": "resto",
    "mended": "consertado",
    "missing_prices": "preços ausentes",
    "no_champions": "Ainda não há campeã: 'pregao promote RUN' faz uma.",
    "no_runs": "Ainda não há execução: 'pregao train' faz uma.",
    "row_without_folder": "pasta ausente",
    "serves": "{run} serve {symbol} para {horizon} pregões (versão {version})",
    "well": "Nada está errado. Execuções examinadas: {count}.",
}
_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}


def print_runs(runs: "Sequence[RunSummary]", language: Language) -> None:
    """Print stored runs, the newest first, with their scores on the test part."""
    _print(_RUN, runs, "no_runs", language)


def print_champions(champions: "Sequence[Champion]", language: Language) -> None:
    """Print who serves what, and since when."""
    _print(_CHAMPION, champions, "no_champions", language)


def _print(
    columns: "Sequence[Column[T]]", rows: Sequence[T], none: str, language: Language
) -> None:
    console = standard_output()
    if not rows:
        say(console, Text(_TEXTS[language][none]))
        return
    ledger = Ledger.of(columns, rows, console, language)
    for line in (ledger.heading(), *map(ledger.line, rows)):
        say(console, line)


def print_change(champions: "Sequence[Champion]", language: Language) -> None:
    """Print who serves from now on."""
    for each in champions:
        line = _TEXTS[language]["serves"].format(
            run=each.run, symbol=each.symbol, horizon=each.horizon, version=each.version
        )
        say(standard_output(), Text(line))


def print_deleted(run: str, language: Language) -> None:
    """Print that a run is gone."""
    say(standard_output(), Text(_TEXTS[language]["deleted"].format(run=run)))


def print_exported(folder: str, count: int, language: Language) -> None:
    """Print where a run was copied to."""
    say(standard_output(), Text(_TEXTS[language]["exported"].format(folder=folder, count=count)))


def print_exported_to_mlflow(run: str, language: Language) -> None:
    """Print what a run is called in MLflow."""
    say(standard_output(), Text(_TEXTS[language]["exported_to_mlflow"].format(run=run)))


def print_examination(found: "Examination", language: Language) -> None:
    """Print what is wrong, and what to do or that it is done."""
    console, text = standard_output(), _TEXTS[language]
    for each in found.ailments:
        style = "green" if each.is_mended else "bold red"
        line = Text(f"{text[each.kind]} ", style=style)
        seen = f"{each.what}: {each.seen.in_language(language)}"
        do = text["mended"] if each.is_mended else each.do.in_language(language)
        say(console, line.append(f"{seen}\n    -> {do}", style="not bold default"))
    if not found.ailments:
        count = number(found.num_runs, 0, language)
        say(console, Text(text["well"].format(count=count), style="green"))


_RUN: "tuple[Column[RunSummary], ...]" = (
    Column("run", 0, 10, lambda run, _: run.id, "left", lambda _: "bold"),
    Column("symbols", 0, 9, lambda run, _: ", ".join(run.symbols), "left"),
    Column("horizon", 0, 5, lambda run, _: str(run.horizon)),
    Column("served", 0, 8, lambda run, _: run.served or run.forecaster, "left"),
    Column("edge", 0, 7, lambda run, lang: TEXTS[lang]["yes" if run.edge == "proven" else "no"]),
    Column("crps", 0, 3, lambda run, lang: number(run.crps, 4, lang)),
    Column(
        "skill_short_naive",
        0,
        6,
        lambda run, lang: percent(run.crps_skill_to_random_walk, 1, lang, signed=True),
    ),
    Column("registered", 0, 2, lambda run, lang: TEXTS[lang]["yes" if run.is_registered else "no"]),
    Column("made", 0, 4, lambda run, lang: day(run.created.date(), lang)),
)
_CHAMPION: "tuple[Column[Champion], ...]" = (
    Column("symbol", 0, 9, lambda each, _: each.symbol, "left", lambda _: "bold"),
    Column("horizon", 0, 8, lambda each, _: str(each.horizon)),
    Column("run", 0, 7, lambda each, _: each.run, "left"),
    Column("version", 0, 6, lambda each, _: str(each.version)),
    Column("since", 0, 5, lambda each, lang: day(each.since.date(), lang)),
)
