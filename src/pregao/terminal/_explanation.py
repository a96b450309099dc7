"""What mattered to a run, or to one of its forecasts: sentences first, then the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from pregao.presentation import ABSENT, EXPLANATION_TEXTS, TEXTS, Language, day, number
from pregao.terminal._lines import plain_table, say, standard_output

if TYPE_CHECKING:
    from pregao.explanation import Explanation, Importance, Share


def print_explanation(explanation: "Explanation", *, language: Language) -> None:
    """Print what mattered most in sentences, then a table of features and one of lags."""
    console, text = standard_output(), EXPLANATION_TEXTS[language]
    say(console, _title(explanation, language))
    for sentence in explanation.what_mattered:
        say(console, Text(sentence.in_language(language)))
    if not any(each.absolute_percent for each in explanation.attributed):
        return
    for numbers in _beside_each_other(len(explanation.attributed)):
        for rows, key in ((_features(explanation), "feature"), (_lags(explanation), "lags")):
            console.print()
            console.print(_table(rows, explanation, numbers, text[key], language))
    say(console, Text(_note(explanation, language), style="dim"))


def _beside_each_other(count: int) -> list[range]:
    """Cut the explained numbers into what has room: median and width, then actions."""
    starts = [0, *range(2, count, 3)]
    return [range(*each) for each in pairwise([*starts, count])]


@dataclass(frozen=True)
class _Row:
    """A feature or some lags: what it costs to swap them, and their share of each number."""

    name: str
    importance: "Importance | None"
    shares: "tuple[Share, ...]" = ()


def _features(explanation: "Explanation") -> list[_Row]:
    """Give the features, what mattered most first; then those that go together, and all."""
    importances = explanation.importances
    rises = {} if importances is None else {each.name: each for each in importances.by_feature}
    columns = [each.by_feature for each in explanation.attributed]
    rows = [
        _Row(name, rises.get(name), tuple(column[place] for column in columns))
        for place, name in enumerate(explanation.features)
    ]
    if importances is None:
        return sorted(rows, key=lambda row: -max(abs(each.signed_percent) for each in row.shares))
    together = [_Row(each.name, each) for each in importances.by_cluster]
    return [*sorted(rows, key=lambda row: -rises[row.name].rise_percent), *together]


def _lags(explanation: "Explanation") -> list[_Row]:
    """Give the groups of lags, the newest first."""
    from pregao.explanation import grouped_by_lag

    importances = explanation.importances
    rises = {} if importances is None else {each.name: each for each in importances.by_lag}
    columns = [grouped_by_lag(each) for each in explanation.attributed]
    return [_Row(row[0].name, rises.get(row[0].name), row) for row in zip(*columns, strict=True)]


def _title(explanation: "Explanation", language: Language) -> Text:
    until = day(explanation.as_of, language)
    if explanation.symbol is None:
        line = Text(explanation.run, style="bold")
        since = EXPLANATION_TEXTS[language]["sessions_read"]
        return line.append(f"  {since} {until}", style="not bold")
    line = Text(explanation.symbol, style="bold")
    line.append(f"  {TEXTS[language]['as_of']} {until}", style="not bold")
    return line.append(f", {explanation.run}", style="not bold dim")


def _table(
    rows: Sequence[_Row],
    explanation: "Explanation",
    numbers: range,
    heading: str,
    language: Language,
) -> Table:
    """Lay out some of the explained numbers, the first of them beside what swapping costs."""
    from pregao.explanation import name_of_quantity

    text, table = EXPLANATION_TEXTS[language], plain_table()
    is_run = explanation.importances is not None
    has_rises = is_run and numbers.start == 0
    shown = rows if has_rises else [row for row in rows if row.shares]
    table.add_column(heading, min_width=max(len(row.name) for row in rows if row.shares))
    for key in ("crps_rise", "standard_error") if has_rises else ():
        table.add_column(text[key], justify="right", max_width=9)
    for each in explanation.attributed[numbers.start : numbers.stop]:
        name = name_of_quantity(each.quantity).in_language(language)
        table.add_column(name, justify="right", max_width=16)
    for row in shown:
        shares = [_share(each, language, signed=not is_run) for each in row.shares]
        cells = shares[numbers.start : numbers.stop] or [ABSENT] * len(numbers)
        clear = row.importance is not None and row.importance.is_clear
        rises = _rise(row.importance, language) if has_rises else []
        table.add_row(Text(row.name), *rises, *cells, style="bold" if clear else "")
    return table


def _rise(importance: "Importance | None", language: Language) -> list[str]:
    if importance is None:
        return []
    both = (importance.rise_percent, importance.standard_error_percent)
    return [number(each, 3, language) for each in both]


def _share(share: "Share", language: Language, *, signed: bool) -> str:
    size = number(share.absolute_percent, 3, language)
    return f"{number(share.signed_percent, 3, language)} ({size})" if signed else size


def _note(explanation: "Explanation", language: Language) -> str:
    text, importances = EXPLANATION_TEXTS[language], explanation.importances
    if importances is None:
        return text["table_forecast"]
    return text["table_run"].format(
        windows=number(importances.num_windows, 0, language),
        repeats=number(importances.repeats, 0, language),
    )
