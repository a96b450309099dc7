"""Jobs, as a table and one by one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import TEXTS, Language, jobs_table, message_of, state_badge, write
from pregao.terminal._lines import say, standard_output
from pregao.terminal._tables import print_table, style_of

if TYPE_CHECKING:
    from pregao.jobs import Job


def print_jobs(jobs: "Sequence[Job]", language: Language) -> None:
    """Print a line for each job."""
    console = standard_output()
    if jobs:
        print_table(console, jobs_table(jobs), language)
    else:
        say(console, Text(TEXTS[language]["no_jobs"]))


def print_job(job: "Job", language: Language) -> None:
    """Print what is known of one job."""
    console, badge = standard_output(), state_badge(job)
    line = Text(f"{job.id}  {job.kind}  ")
    say(console, line.append(write(badge, language), style=style_of(badge)))
    say(console, Text(f"  {TEXTS[language]['attempts']}: {job.attempts}"))
    if message := message_of(job).in_language(language):
        say(console, Text(f"  {message}"))
    if job.log_tail:
        console.print(Text(job.log_tail, style="dim"))
