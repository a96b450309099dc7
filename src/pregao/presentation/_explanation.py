"""The contributions of features and lags to a run, or to one of its forecasts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Number, Quantity, t
from pregao.presentation._tables import Cell, Field, Table, field_of, table_of
from pregao.presentation._texts_explanation import EXPLANATION_TEXTS
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.explanation import AttributionShare, Explanation, PermutationImportance


@dataclass(frozen=True)
class _Line:
    """A feature or some lags: the cost of swapping them, and their share of each number."""

    name: str
    importance: "PermutationImportance | None"
    shares: "tuple[AttributionShare, ...]" = ()


def explanation_tables(explanation: "Explanation") -> Iterator[Table]:
    """Return tables of features and of lags, with few enough numbers for narrow lines.

    Median and width come first, beside the rise of the CRPS where a run is explained; then actions.
    Nothing is returned where nothing was read.
    """
    if not any(each.absolute_percent for each in explanation.attributed):
        return
    for numbers in _parts(len(explanation.attributed)):
        features, lags = _features(explanation), _lags(explanation)
        yield _table(features, explanation, numbers, t("feature", EXPLANATION_TEXTS))
        yield _table(lags, explanation, numbers, t("lags", EXPLANATION_TEXTS))


def explanation_note(explanation: "Explanation") -> Text:
    """Return what the numbers of the tables mean."""
    importances = explanation.importances
    if importances is None:
        return t("table_forecast", EXPLANATION_TEXTS)
    return t(
        "table_run",
        EXPLANATION_TEXTS,
        windows=Number(importances.num_windows),
        repeats=Number(importances.repeats),
    )


def _parts(count: int) -> list[range]:
    """Cut the explained numbers into what has room: median and width, then actions."""
    starts = [0, *range(2, count, 3)]
    return [range(*each) for each in pairwise([*starts, count])]


def _features(explanation: "Explanation") -> list[_Line]:
    """Return the features, the most important first; then those that go together, and all."""
    importances = explanation.importances
    rises = {} if importances is None else {each.name: each for each in importances.by_feature}
    columns = [each.by_feature for each in explanation.attributed]
    lines = [
        _Line(name, rises.get(name), tuple(column[place] for column in columns))
        for place, name in enumerate(explanation.features)
    ]
    if importances is None:
        return sorted(lines, key=lambda line: -max(abs(e.signed_percent) for e in line.shares))
    together = [_Line(each.name, each) for each in importances.by_cluster]
    return [*sorted(lines, key=lambda line: -rises[line.name].rise_percent), *together]


def _lags(explanation: "Explanation") -> list[_Line]:
    """Return the groups of lags, the newest first."""
    from pregao.explanation import sum_by_lag_group

    importances = explanation.importances
    rises = {} if importances is None else {each.name: each for each in importances.by_lag}
    columns = [sum_by_lag_group(each) for each in explanation.attributed]
    return [_Line(row[0].name, rises.get(row[0].name), row) for row in zip(*columns, strict=True)]


def _table(
    lines: Sequence[_Line], explanation: "Explanation", numbers: range, heading: Text
) -> Table:
    """Lay out some of the explained numbers, the first of them beside the rise of the CRPS."""
    is_run = explanation.importances is not None
    has_rises = is_run and numbers.start == 0
    return table_of(
        lines if has_rises else [line for line in lines if line.shares],
        [
            field_of("name", heading, _name, kind="text", importance=9),
            *(_RISES if has_rises else ()),
            *(_share(explanation, number, signed=not is_run) for number in numbers),
        ],
    )


def _name(line: _Line) -> Cell:
    is_clear = line.importance is not None and line.importance.is_clear
    return Cell(line.name, tone="strong" if is_clear else "plain")


def _rise(line: _Line) -> Quantity:
    return "" if line.importance is None else Number(line.importance.rise_percent, 3)


def _standard_error(line: _Line) -> Quantity:
    return "" if line.importance is None else Number(line.importance.standard_error_percent, 3)


_RISES: tuple[Field[_Line], ...] = (
    field_of("crps_rise", t("crps_rise", EXPLANATION_TEXTS), _rise, importance=8),
    field_of(
        "standard_error", t("standard_error", EXPLANATION_TEXTS), _standard_error, importance=7
    ),
)


def _share(explanation: "Explanation", number: int, *, signed: bool) -> Field[_Line]:
    """Return the column of one explained number: shares, with their size where they have a sign."""
    from pregao.explanation import quantity_name

    def share(line: _Line) -> Quantity:
        if not line.shares:
            return None
        each = line.shares[number]
        size = Number(each.absolute_percent, 3)
        if not signed:
            return size
        signed_share = Number(each.signed_percent, 3)
        return t("share_and_size", EXPLANATION_TEXTS, share=signed_share, size=size)

    title = quantity_name(explanation.attributed[number].quantity)
    return field_of(f"quantity_{number}", title, share, importance=6)
