"""The application, and how what goes wrong becomes one line and an exit code."""

import signal
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from pregao.cli._help import translate_help, usage_message
from pregao.cli._language import LANGUAGE, _
from pregao.errors import InputError, PregaoError

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_INTERRUPTED = 130


def run() -> None:
    """Run the command line, and answer what goes wrong with one line and an exit code."""
    if isinstance(sys.stdout, TextIOWrapper):  # a pipe may know fewer characters than we write
        sys.stdout.reconfigure(errors="replace")
    # As with Ctrl-C: workers are stopped and temporary files deleted on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    translate_help(app)
    try:
        code = app(standalone_mode=False)
        if code == _INTERRUPTED:  # what typer makes of Ctrl-C
            _complain(_("interrupted"), code)
    except PregaoError as error:
        code = _complain(error.in_language(LANGUAGE), 2 if isinstance(error, InputError) else 1)
    except OSError as error:
        code = _complain(f"{error.filename or _('the system')}: {error.strerror or error}", 1)
    except typer.exceptions.TyperException as error:
        code = _complain(usage_message(error), 2)
    sys.exit(code or 0)


@app.callback(invoke_without_command=True)
def overview(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=_("print the version"))] = False,
) -> None:
    """From a ticker to a calibrated forecast, always beside the naive one."""
    if version:
        import pregao

        typer.echo(pregao.__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def _complain(message: str, code: int) -> int:
    """Print an error in one line, control characters escaped; return the exit code."""
    line = "".join(each if each.isprintable() else repr(each)[1:-1] for each in message)
    typer.echo(f"pregao: {line}", err=True)
    return code
