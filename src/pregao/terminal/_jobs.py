"""Jobs, as a table and one by one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text as Line

from pregao.terminal._lines import plain_table, say, standard_output
from pregao.values import Language, Text

if TYPE_CHECKING:
    from pregao.jobs import Job, JobState

_STATES: "dict[JobState, tuple[Text, str]]" = {
    "queued": (Text(en="waiting", pt_br="na fila"), "dim"),
    "running": (Text(en="running", pt_br="em curso"), "bold"),
    "succeeded": (Text(en="done", pt_br="feito"), "green"),
    "failed": (Text(en="failed", pt_br="falhou"), "red"),
    "cancelled": (Text(en="cancelled", pt_br="cancelado"), "yellow"),
    "dead": (Text(en="dead", pt_br="morto"), "red"),
}
_NONE = Text(
    en="no jobs: POST /v1/trainings of 'pregao serve' makes one",
    pt_br="nenhum trabalho: POST /v1/trainings de 'pregao serve' cria um",
)
_ATTEMPTS = Text(en="attempts", pt_br="tentativas")


def print_jobs(jobs: "Sequence[Job]", language: Language) -> None:
    """Print a line a job."""
    console = standard_output()
    if not jobs:
        say(console, Line(_NONE.in_language(language)))
        return
    table = plain_table()
    for _ in range(5):
        table.add_column("", overflow="fold")
    for each in jobs:
        state, style = _STATES[each.state]
        table.add_row(
            Line(each.id),
            Line(each.kind),
            Line(state.in_language(language), style=style),
            Line(f"{each.progress.done}/{each.progress.total}" if each.progress.total else ""),
            Line(_words(each, language), style="dim"),
        )
    console.print(table)


def print_job(job: "Job", language: Language) -> None:
    """Print what is known of one job."""
    console = standard_output()
    state, style = _STATES[job.state]
    say(console, Line(f"{job.id}  {job.kind}  ").append(state.in_language(language), style=style))
    say(console, Line(f"  {_ATTEMPTS.in_language(language)}: {job.attempts}"))
    if words := _words(job, language):
        say(console, Line(f"  {words}"))
    if job.log_tail:
        console.print(Line(job.log_tail, style="dim"))


def _words(job: "Job", language: Language) -> str:
    """Say in one line what became of a job, or how far it is."""
    if job.problem is not None:
        return job.problem.detail
    if job.result is not None and job.result.verdict is not None:
        return job.result.verdict.in_language(language)
    return job.progress.message.in_language(language)
