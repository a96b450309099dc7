"""What Typer itself says, of which it has English only, in the user's language."""

import re
from collections.abc import Sequence
from inspect import cleandoc

import typer
from typer.core import TyperCommand, TyperGroup

from pregao.cli._language import LANGUAGE, _
from pregao.texts import N_

_HEADINGS = {
    "Arguments": N_("Arguments"),
    "Options": N_("Options"),
    "Commands": N_("Commands"),
    "Show this message and exit.": N_("Show this message and exit."),
}
_USAGE_ERRORS = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"No such option: (?P<name>\S+)", N_("No such option: {name}")),
        (r"\(Possible options: (?P<names>[^)]*)\)", N_("(Possible options: {names})")),
        (r"No such command '(?P<name>[^']*)'\.", N_("No such command '{name}'.")),
        (r"Did you mean (?P<names>.*)\?", N_("Did you mean {names}?")),
        (r"Missing argument '(?P<name>[^']*)'\.", N_("Missing argument '{name}'.")),
        (r"Missing option '(?P<name>[^']*)'\.", N_("Missing option '{name}'.")),
        (r"Option '(?P<name>[^']*)' requires an argument\.", N_("Option '{name}' needs a value.")),
        (r"Invalid value for (?P<name>.*?): ", N_("Invalid value for {name}: ")),
        (r"(?P<value>'.*') is not a valid int range\.?", N_("{value} is not a whole number.")),
        (r"(?P<value>'.*') is not a valid int(eger)?\.?", N_("{value} is not a whole number.")),
        (r"(?P<value>'.*') is not a valid float\.?", N_("{value} is not a number.")),
        (r"Input should be a valid integer.*", N_("Input should be a valid integer")),
        (r"Input should be a valid number.*", N_("Input should be a valid number")),
        (r"(?P<value>\S+) is not in the range (?P<range>.*)\.", N_("{value} is not in {range}.")),
        (r"Got unexpected extra arguments? \((?P<values>.*)\)", N_("Too many values: {values}")),
    )
)


def usage_message(error: typer.exceptions.TyperException) -> str:
    """Return what is wrong with the arguments, and where help is."""
    message = error.format_message()
    if LANGUAGE != "en":
        for pattern, sentence in _USAGE_ERRORS:
            if found := pattern.search(message):
                translated = _(sentence, **found.groupdict())
                message = message[: found.start()] + translated + message[found.end() :]
    return _("{message} (see 'pregao --help')", message=message)


class _Formatter(typer.Context.formatter_class):  # type: ignore[misc,valid-type]  # no public name
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix or _("Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        super().write_heading(_(_HEADINGS.get(heading, heading)))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: int, **kwargs: int) -> None:
        """Write a list of options and their help."""
        translated = [(first, _(_HEADINGS.get(second, second))) for first, second in rows]
        super().write_dl(translated, *args, **kwargs)


class _Context(typer.Context):
    formatter_class = _Formatter


class _Command(TyperCommand):
    context_class = _Context


class _Group(TyperGroup):
    context_class = _Context


def translate_help(commands: typer.Typer) -> None:
    """Translate the help of every command, its docstring, into the user's language."""
    commands.info.cls = _Group
    for each in (*commands.registered_commands, commands.registered_callback):
        if each is None or each.callback is None:
            continue
        if each.callback.__doc__:
            each.help = _(cleandoc(each.callback.__doc__))
        each.cls = _Group if each is commands.registered_callback else _Command
