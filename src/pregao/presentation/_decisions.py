"""Scores of actions on the test part, beside always the commonest action."""

from typing import TYPE_CHECKING

from pregao.presentation._quantities import Number, Percent, Quantity, t
from pregao.presentation._tables import Field, Table, field_of, table_of
from pregao.presentation._texts_actions import TEXTS_ACTIONS

if TYPE_CHECKING:
    from pregao.decisions import ActionReport

_Line = tuple[Quantity, float, float, float, float, dict[str, float | None], bool]
"""A name, accuracy, balanced accuracy, macro F1, MCC, F1 by action, and whether it is naive."""


def actions_table(actions: "ActionReport") -> Table:
    """Return the scores of the likeliest action and of the thresholds' decisions."""
    tuned, raw = actions.test.tuned, actions.test.raw
    lines: list[_Line] = [
        (
            t(key, TEXTS_ACTIONS),
            scores.accuracy,
            scores.balanced_accuracy,
            scores.macro_f1,
            scores.mcc,
            {action: each.f1 for action, each in scores.per_action.items()},
            False,
        )
        for key, scores in (("likeliest", raw), ("with_thresholds", tuned))
    ]
    majority = tuned.majority
    always = t("always", TEXTS_ACTIONS, action=t(majority.action, TEXTS_ACTIONS))
    accuracies = (majority.accuracy, majority.balanced_accuracy, majority.macro_f1)
    lines.append((always, *accuracies, 0.0, {}, True))
    return table_of(
        lines,
        [
            field_of("name", t("name"), lambda line: line[0], kind="text"),
            field_of("accuracy", t("accuracy_score", TEXTS_ACTIONS), lambda line: Percent(line[1])),
            field_of(
                "balanced", t("balanced_accuracy", TEXTS_ACTIONS), lambda line: Percent(line[2])
            ),
            field_of("macro_f1", t("macro_f1", TEXTS_ACTIONS), lambda line: Number(line[3], 3)),
            field_of("mcc", t("mcc", TEXTS_ACTIONS), lambda line: Number(line[4], 3)),
            *map(_f1, tuned.per_action),
        ],
        emphasis=lambda line: ("baseline",) if line[6] else (),
        caption=t("scores_note", TEXTS_ACTIONS),
    )


def _f1(action: str) -> Field[_Line]:
    title = t("f1_of", TEXTS_ACTIONS, action=t(action, TEXTS_ACTIONS))
    return field_of(f"f1_{action}", title, lambda line: Number(line[5].get(action), 3))
