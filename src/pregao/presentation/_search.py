"""What a search chose: the best settings of each network."""

from typing import TYPE_CHECKING

from pregao.presentation._quantities import Code, Number, Setting, t
from pregao.presentation._tables import Cell, Field, Table, field_of, table_of

if TYPE_CHECKING:
    from pregao.evaluation import EvaluatedForecaster, Report


def searched_table(report: "Report") -> Table:
    """Return the best settings of each network that was searched, in the order of the ranking."""
    searched = report.searched
    return table_of(
        enumerate(searched, start=1),
        [
            field_of("rank", t("rank"), lambda each: Number(each[0]), importance=0),
            field_of(
                "name",
                t("name"),
                lambda each: Cell(each[1].name),
                kind="text",
                importance=10,
            ),
            *(_setting(name, searched) for name in searched_fields(report)),
            field_of(
                "best_loss",
                t("loss_of_validation"),
                lambda each: Number(each[1].best_validation_loss, 5),
                importance=9,
            ),
            field_of("trials", t("trials"), lambda each: Number(each[1].trials), importance=8),
            field_of("pruned", t("pruned"), lambda each: Number(each[1].pruned), importance=7),
            field_of("seconds", t("seconds"), lambda each: Number(each[1].seconds, 1)),
        ],
        emphasis=lambda each: ("subject",) if each[1].name == report.candidate else (),
        caption=t("searched_note"),
    )


def searched_fields(report: "Report") -> tuple[str, ...]:
    """Return the names of the fields that a search varied."""
    names = (name for each in report.searched for name in each.best_params or {})
    return tuple(dict.fromkeys(names))


def _setting(
    name: str, searched: "tuple[EvaluatedForecaster, ...]"
) -> "Field[tuple[int, EvaluatedForecaster]]":
    values = [(each.best_params or {}).get(name) for each in searched]
    is_number = all(isinstance(value, int | float | None) for value in values)

    def chosen(each: "tuple[int, EvaluatedForecaster]") -> Setting:
        return Setting((each[1].best_params or {}).get(name))

    return field_of(
        name, Code(name), chosen, kind="number" if is_number else "text", is_detail=True
    )
