"""What an action head is worth, beside always saying the commonest action."""

import numpy as np

from pregao.dataset import ACTIONS, Dataset, labels_of
from pregao.findings import Finding
from pregao.training import Model


def judge_actions(model: Model, dataset: Dataset) -> tuple[Finding, ...]:
    """Compare the likeliest action with the right one on the test part; nothing without actions.

    This opens the sealed test part. An accuracy says nothing by itself: where nine in ten days are
    ``hold``, so is whoever always says it right nine times in ten.
    """
    actions = model.experiment.actions
    if actions is None:
        return ()
    test = dataset.sealed_test
    right = labels_of(
        test, actions.labels, cost=actions.cost, threshold_sigmas=actions.threshold_sigmas
    )
    said = model.action_probabilities(test).argmax(axis=1)
    counts = np.bincount(right, minlength=len(ACTIONS))
    recalls = [float((said[right == each] == each).mean()) for each in np.flatnonzero(counts)]
    accuracy, majority = float((said == right).mean()), float(counts.max() / len(right))
    source = (
        "The labels follow from the inputs by rule: to learn them is to learn nothing of the "
        "future. "
        if actions.labels == "rule"
        else ""
    )
    return (
        Finding(
            code="EVA006",
            title="actions beside the commonest",
            severity="info" if accuracy > majority else "warning",
            seen=f"{100 * accuracy:.1f} % of {len(right)} test windows are given the right action, "
            f"always {ACTIONS[int(counts.argmax())]} gives {100 * majority:.1f} %; "
            f"mean over the actions that occur: {100 * np.mean(recalls):.1f} %",
            do=f"{source}Read the accuracy beside that of the commonest action",
        ),
    )
