"""What an audit found: the verdict, what moved, and everything that was checked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import Language, day, knob, number
from pregao.terminal._lines import plain_table, say, standard_output
from pregao.terminal._progress import bar

if TYPE_CHECKING:
    from pregao.audit import Audit, Check

_EN = {
    "auditing": "looking for leaks",
    "checks": "Checks",
    "clean": "No leak: nothing that is known at a cutoff moves with what comes after it.",
    "cutoffs": "Cutoffs",
    "examined": "{checks} checks on {symbols}, {sessions} sessions, {seconds} s.",
    "failed": "failed: {reason}",
    "kind_anchor": "anchor",
    "kind_baseline": "baselines",
    "kind_feature": "features",
    "kind_forecast": "forecasts",
    "kind_market": "market",
    "kind_scaler": "scaler",
    "kind_split": "split",
    "kind_target": "targets",
    "kind_training": "training",
    "known": "already known: what should come after {cutoff} stays {before} whatever comes",
    "moved_by": "{where} was {before} and became {after}, by {by}, as {noise} replaced what comes "
    "after {cutoff}",
    "noise_huge": "huge values",
    "noise_mirrored": "the mirrored and calmed bars",
    "noise_reversed": "the bars in reverse order",
    "noise_scaled": "scaled noise",
    "noise_truncated": "nothing at all",
    "not_finite": "no finite number: {reason}",
    "not_reproducible": "not reproducible: {reason}",
    "not_the_same_again": "the same again gives another result",
    "number_of_rows": "the number of rows",
    "other_row": "{where} is another one, as {noise} replaced what comes after {cutoff}",
    "plugins": "Plug-ins: {names}.",
    "problems": "{count} of {checks} checks found something; data flows in this order, so begin "
    "with the first:",
    "unknown": "no number",
}
_PT = {
    "auditing": "procurando vazamentos",
    "checks": "Verificações",
    "clean": "Sem vazamento: nada do que se sabe num corte muda com o que vem depois dele.",
    "cutoffs": "Cortes",
    "examined": "{checks} verificações em {symbols}, {sessions} pregões, {seconds} s.",
    "failed": "falhou: {reason}",
    "kind_anchor": "âncora",
    "kind_baseline": "referências",
    "kind_feature": "atributos",
    "kind_forecast": "previsões",
    "kind_market": "mercado",
    "kind_scaler": "escalonador",
    "kind_split": "divisão",
    "kind_target": "alvos",
    "kind_training": "treino",
    "known": "já conhecido: o que devia vir depois de {cutoff} fica {before} venha o que vier",
    "moved_by": "{where} era {before} e passou a {after}, por {by}, quando {noise} substituiu o "
    "que vem depois de {cutoff}",
    "noise_huge": "valores enormes",
    "noise_mirrored": "o espelho calmo dos preços",
    "noise_reversed": "a ordem inversa",
    "noise_scaled": "ruído em escala",
    "noise_truncated": "nada",
    "not_finite": "número não finito: {reason}",
    "not_reproducible": "não reprodutível: {reason}",
    "not_the_same_again": "o mesmo outra vez dá outro resultado",
    "number_of_rows": "o número de linhas",
    "other_row": "{where} é outra, quando {noise} substituiu o que vem depois de {cutoff}",
    "plugins": "Plug-ins: {names}.",
    "problems": "{count} de {checks} verificações acharam algo; os dados fluem nesta ordem, então "
    "comece pela primeira:",
    "unknown": "sem número",
}
_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}


@contextmanager
def audit_progress(language: Language) -> Iterator[Callable[[int, int], None]]:
    """Give a callback that moves a bar; silent where standard error is no terminal."""
    with bar() as shown:
        yield lambda done, total: shown.tell(_TEXTS[language]["auditing"], done=done, total=total)


def print_audit(audit: "Audit", *, language: Language) -> None:
    """Print the verdict, then what is wrong, then everything that was checked."""
    console, text = standard_output(), _TEXTS[language]
    if audit.is_clean:
        say(console, Text(text["clean"], style="bold green"))
    else:
        counted = text["problems"].format(count=len(audit.failed), checks=len(audit.checks))
        say(console, Text(counted, style="bold red"))
        for each in audit.failed:
            line = Text(f"  {each.name}: ", style="bold")
            say(console, line.append(_problem(each, language), style="not bold"))
    console.print()
    table = plain_table()
    for heading in ("", text["checks"], text["cutoffs"]):
        table.add_column(heading, overflow="fold")
    for kind, checks in groupby(audit.checks, key=lambda each: each.kind):
        several = list(checks)
        table.add_row(text[f"kind_{kind}"], _names(several), _cutoffs(several, language))
    console.print(table)
    examined = text["examined"].format(
        checks=len(audit.checks),
        symbols=", ".join(audit.experiment.symbols),
        sessions=number(audit.sessions, 0, language),
        seconds=number(audit.seconds, 1, language),
    )
    plugins = f" {text['plugins'].format(names=', '.join(audit.plugins))}" if audit.plugins else ""
    say(console, Text(examined + plugins, style="dim"))


def _names(checks: "list[Check]") -> Text:
    """Give the names, those in red that did not pass."""
    names = [Text(each.name, style="" if each.passed else "bold red") for each in checks]
    return Text(", ").join(names)


def _cutoffs(checks: "list[Check]", language: Language) -> str:
    counts = sorted({each.cutoffs for each in checks})
    ends = [number(each, 0, language) for each in (counts[0], counts[-1])]
    return ends[0] if len(counts) == 1 else "..".join(ends)


def _problem(check: "Check", language: Language) -> str:
    """Say what is wrong with one thing, and since when."""
    text, first = _TEXTS[language], check.first
    reason = check.reason or text["not_the_same_again"]
    if first is None:
        assert check.problem is not None, "it did not pass"
        return text[check.problem].format(reason=reason)
    if check.problem == "not_reproducible":
        return text["not_reproducible"].format(reason=reason)
    cutoff = day(first.cutoff, language)
    before, after, by = (
        text["unknown"] if value is None else knob(value, language)
        for value in (first.before, first.after, first.by)
    )
    if check.problem == "known":
        return text["known"].format(cutoff=cutoff, before=before)
    session = day(first.session, language) if first.session else ""
    place = text["number_of_rows"] if first.place == "rows" else first.place
    where = " ".join(each for each in (first.symbol, session, place) if each)
    noise = text[f"noise_{first.noise}"]
    written = "other_row" if first.before is None and first.after is None else "moved_by"
    said = text[written].format(
        where=where, before=before, after=after, by=by, noise=noise, cutoff=cutoff
    )
    return f"{said} ({check.reason})" if check.reason else said
