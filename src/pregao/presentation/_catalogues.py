"""What there is to choose from: networks, recipes, and the codes of findings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pregao.findings import FINDINGS, FindingKind, Severity
from pregao.presentation._quantities import Badge, Number, Quantity, t
from pregao.presentation._runs import symbols_cell
from pregao.presentation._tables import Cell, Table, field_of, table_of
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.training import ListedNetwork, Recipe


def networks_table(networks: "Sequence[ListedNetwork]") -> Table:
    """Return the zoo, category by category."""
    return table_of(
        networks,
        [
            field_of("number", "", lambda each: Cell(_number(each), tone="muted"), importance=7),
            field_of("name", t("name"), lambda each: each.name, kind="text", importance=9),
            field_of(
                "parameters", t("parameters"), lambda each: Number(each.parameters), importance=8
            ),
            field_of(
                "description",
                "",
                lambda each: Cell(each.description, tone="muted"),
                kind="prose",
                importance=6,
            ),
        ],
        group=lambda each: t(f"category_{each.category}"),
    )


def recipes_table(recipes: "Sequence[Recipe]") -> Table:
    """Return the named experiments, and what each is."""
    return table_of(
        recipes,
        [
            field_of(
                "name",
                t("name"),
                lambda each: Cell(each.name, tone="strong"),
                kind="text",
                importance=9,
            ),
            field_of(
                "symbols",
                t("symbols"),
                lambda each: symbols_cell(each.experiment.symbols),
                kind="text",
                importance=8,
            ),
            field_of("parameters", t("parameters"), _num_parameters, importance=7),
            field_of(
                "lookback",
                t("lookback"),
                lambda each: Number(each.experiment.lookback),
                importance=6,
            ),
            field_of(
                "horizon", t("horizon"), lambda each: Number(each.experiment.horizon), importance=5
            ),
            field_of(
                "target", t("target"), lambda each: each.experiment.target, kind="text",
                importance=4,
            ),
            field_of(
                "loss", t("loss_function"), lambda each: each.experiment.loss, kind="text",
                importance=3,
            ),
            field_of(
                "description", "", lambda each: each.description, kind="prose", is_detail=True
            ),
        ],
    )  # fmt: skip


def finding_kinds_table() -> Table:
    """Return every code with its title, family by family."""
    return table_of(
        FINDINGS.values(),
        [
            field_of("code", "", lambda kind: kind.code, kind="text", importance=9),
            field_of(
                "severity",
                t("severity"),
                lambda kind: severity_badge(kind.severity),
                kind="text",
                importance=7,
            ),
            field_of("title", t("name"), lambda kind: kind.title, kind="prose", importance=8),
        ],
        group=_family,
    )


def severity_badge(severity: Severity) -> Badge:
    """Return how bad a finding is, as a badge."""
    return Badge(t(f"severity_{severity}"), severity)


def _family(kind: FindingKind) -> Text:
    return t(f"family_{kind.code[:3]}")


def _number(network: "ListedNetwork") -> Quantity:
    return "" if network.number is None else Number(network.number)


def _num_parameters(recipe: "Recipe") -> Quantity:
    experiment = recipe.experiment
    return Number(experiment.num_parameters(len(experiment.features)))
