"""Work in the background: the worker, and the list of its jobs."""

import os
import signal
import sys
from pathlib import Path
from threading import Event, Thread
from typing import Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import Json
from pregao.cli._session import print_json, workbench
from pregao.settings import Settings

JobId = Annotated[str, typer.Argument(metavar="JOB", help=_("an id that 'pregao jobs' lists"))]

jobs_app = typer.Typer(
    invoke_without_command=True, help=_("List jobs, or see, stop and retry one.")
)
app.add_typer(jobs_app, name="jobs")


@app.command()
def worker(
    with_parent: Annotated[
        bool,
        typer.Option("--with-parent", hidden=True, help=_("stop when standard input is closed")),
    ] = False,
) -> None:
    """Run queued jobs, one after the other, until stopped."""
    from pregao.server import configure_logs
    from pregao.worker import WorkerSettings, run_worker

    configure_logs(is_interactive=sys.stderr.isatty())
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        Thread(target=_stop_with_input, args=(stop,), daemon=True).start()
    bench = workbench()
    run_worker(bench.jobs, bench.home, WorkerSettings(), stop)


def _stop_with_input(stop: Event) -> None:
    # Not by a buffered read: its lock would be held while the interpreter ends.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


@app.command("run-job", hidden=True)
def run_job(folder: Path) -> None:
    """Run one job in a child process of a worker; its request comes on standard input."""
    from pregao.worker import run_child

    run_child(workbench(), folder)


@app.command("register-run", hidden=True)
def register_run(run: str) -> None:
    """Register a run for serving, in a child process of a server."""
    workbench().models.register(run)


@jobs_app.callback()
def jobs(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help=_("queued, running, succeeded, ..."))] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: Json = False,
) -> None:
    """List jobs, the newest first."""
    if context.invoked_subcommand is not None:
        return
    from pregao.terminal import print_jobs

    found = workbench().jobs.jobs(state=state, limit=limit)
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
    else:
        print_jobs(found, Settings.read().language)


@jobs_app.command("show")
def show_job(job: JobId, as_json: Json = False) -> None:
    """Show one job."""
    _shown(workbench().jobs.job(job), as_json=as_json)


@jobs_app.command("cancel")
def cancel_job(job: JobId, as_json: Json = False) -> None:
    """Cancel a job."""
    _shown(workbench().jobs.cancel(job), as_json=as_json)


@jobs_app.command("retry")
def retry_job(job: JobId, as_json: Json = False) -> None:
    """Queue a failed, dead or cancelled job again."""
    _shown(workbench().jobs.retry(job), as_json=as_json)


def _shown(job: object, *, as_json: bool) -> None:
    from pregao.jobs import Job
    from pregao.terminal import print_job

    assert isinstance(job, Job), "one job"
    if as_json:
        print_json(job.model_dump(mode="json"))
    else:
        print_job(job, Settings.read().language)
