"""What actions are worth: probabilities, thresholds and earnings, beside always the commonest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from pregao.dataset import Dataset, Labelling, Windows, labels_of
from pregao.decisions._action_order import ActionOrder, order_of_actions
from pregao.decisions._action_scores import (
    ActionName,
    ActionScores,
    Floats,
    Numbers,
    action_scores,
    counts_of,
)
from pregao.decisions._earnings import DecisionTerms, Earnings, earnings_of, gains_of_returns
from pregao.decisions._implied_actions import forecast_probabilities
from pregao.decisions._probabilities import ProbabilityCalibration, calibrate_probabilities
from pregao.decisions._thresholds import TunedThresholds, tune_thresholds
from pregao.findings import Finding
from pregao.training import Actions, Model
from pregao.values import Text, Value

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

_BY_RULE = Text(
    en="the labels follow from the inputs by rule: to learn them is to learn nothing of the "
    "future; read the accuracy beside that of the commonest action",
    pt_br="os rótulos seguem das entradas por regra: aprendê-los não é aprender nada do futuro; "
    "leia a acurácia ao lado da que dá a ação mais comum",
)

Part = Literal["train", "validation", "test"]
Source = Literal["head", "quantiles"]

# An order is settled by a few thousand windows; more of a large pool would only take time.
_MOST_WINDOWS = 4_096


class PartScores(Value):
    """Scores of one part, by how an action was made out of probabilities."""

    raw: ActionScores
    """The likeliest action, as the network says."""
    calibrated: ActionScores
    """The likeliest action, after calibration."""
    tuned: ActionScores
    """What the thresholds decide, out of calibrated probabilities."""


class ActionReport(Value):
    """Everything about the actions of one forecaster: scored on the test part, tuned on validation.

    `decided` acts on probabilities as they were judged here.
    """

    source: Source
    """A head that was taught actions, or what the forecast quantiles imply."""
    labels: Labelling
    label_cost: float
    threshold_sigmas: float
    horizon: int
    balance: dict[Part, dict[ActionName, int]]
    """How often each action was right, part by part."""
    calibration: ProbabilityCalibration
    order: ActionOrder
    """Whether the columns are what they are taken for, on validation, and of a head on training
    too: a swap is there as well, and what is learnt there is clearest."""
    tuning: TunedThresholds
    """On validation, for the costs of who decides."""
    validation: PartScores
    test: PartScores
    test_earnings: Earnings
    """What the thresholds earned on windows that they had not seen."""

    @property
    def is_by_rule(self) -> bool:
        """Tell whether labels are a function of the inputs: who learns it learns no future."""
        return self.labels == "rule"

    @property
    def shares(self) -> dict[Part, dict[ActionName, float]]:
        """The class balance of each part, as shares that sum to 1."""
        return {
            part: {name: count / sum(counts.values()) for name, count in counts.items()}
            for part, counts in self.balance.items()
        }

    def decided(self, probabilities: Floats) -> Numbers:
        """Decide on (n, 3) probabilities as the forecaster says them: numbers of `ACTIONS`."""
        return self.tuning.thresholds.actions(self.calibration.applied(probabilities))


def judge_actions(
    model: Model, dataset: Dataset, *, terms: DecisionTerms | None = None
) -> ActionReport | None:
    """Judge the head that was taught actions; None of an experiment without.

    Calibration and thresholds come from validation, scores and earnings from both parts. This
    opens the sealed test part. An accuracy says nothing by itself: where nine in ten days are
    ``hold``, so is whoever always says it right nine times in ten.

    Parameters
    ----------
    terms
        What a decision costs; by default what the labels cost.
    """
    actions = model.experiment.actions
    if actions is None:
        return None
    return _judged(
        "head",
        model.action_probabilities,
        dataset,
        actions,
        terms=terms,
        learnt=dataset.train,
    )


def judge_implied_actions(
    forecaster: "Forecaster",
    dataset: Dataset,
    *,
    levels: Sequence[float],
    actions: Actions | None = None,
    terms: DecisionTerms | None = None,
) -> ActionReport:
    """Judge the actions that the quantiles of any forecaster imply, baselines included.

    This opens the sealed test part.

    Parameters
    ----------
    levels
        Of the forecaster's quantiles.
    actions
        When an action is right: forward labels alone, as quantiles know no indicators.
    """
    wanted = (actions or Actions()).replace(labels="forward", focus=0.0)
    said = partial(
        forecast_probabilities,
        forecaster,
        levels=levels,
        cost=wanted.cost,
        threshold_sigmas=wanted.threshold_sigmas,
    )
    # Quantiles of training windows would take some baselines long, and their columns are ours.
    return _judged("quantiles", said, dataset, wanted, terms=terms, learnt=None)


def findings_of_actions(report: ActionReport | None) -> tuple[Finding, ...]:
    """Say what the likeliest action of a network is worth; nothing without actions."""
    if report is None:
        return ()
    scores = report.test.raw
    return (
        Finding.of(
            "EVA006",
            Text.of(
                "{accuracy:.1f} % of {windows} test windows are given the right action, always "
                "{commonest} gives {majority:.1f} %; mean over the actions that occur: "
                "{balanced:.1f} %",
                "{accuracy:.1f} % de {windows} janelas de teste recebem a ação certa, sempre "
                "{commonest} dá {majority:.1f} %; média das ações que ocorrem: {balanced:.1f} %",
                accuracy=100 * scores.accuracy,
                windows=scores.num_windows,
                commonest=scores.majority.action,
                majority=100 * scores.majority.accuracy,
                balanced=100 * scores.balanced_accuracy,
            ),
            severity="info" if scores.beats_majority else "warning",
            do=_BY_RULE if report.is_by_rule else None,
        ),
    )


def _judged(
    source: Source,
    said_of: Callable[[Windows], Floats],
    dataset: Dataset,
    actions: Actions,
    *,
    terms: DecisionTerms | None,
    learnt: Windows | None,
) -> ActionReport:
    terms = terms or DecisionTerms(cost=actions.cost)
    taught = _right(dataset.train, actions)
    seen = partial(_Seen.of, said_of=said_of, actions=actions)
    validation, test = seen(dataset.validation), seen(dataset.sealed_test)
    looked_at = [] if learnt is None else [seen(learnt.take(_thin(len(learnt))))]
    calibration = validation.calibration(actions)
    majority = max(counts_of(taught), key=lambda name: counts_of(taught)[name])
    tuning = tune_thresholds(
        calibration.applied(validation.said),
        validation.gains(terms),
        sessions=validation.windows.cutoffs,
        horizon=validation.windows.horizon,
        majority=majority,
        terms=terms,
    )
    return ActionReport(
        source=source,
        labels=actions.labels,
        label_cost=actions.cost,
        threshold_sigmas=actions.threshold_sigmas,
        horizon=dataset.train.horizon,
        balance={
            "train": counts_of(taught),
            "validation": counts_of(validation.right),
            "test": counts_of(test.right),
        },
        calibration=calibration,
        order=_order([*looked_at, validation.thinned]),
        tuning=tuning,
        validation=validation.scores(calibration, tuning, taught),
        test=test.scores(calibration, tuning, taught),
        test_earnings=test.earnings(calibration, tuning),
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """A part, what would have been right in its windows, and what was said."""

    windows: Windows
    right: Numbers
    said: Floats

    @classmethod
    def of(
        cls, windows: Windows, *, said_of: Callable[[Windows], Floats], actions: Actions
    ) -> "_Seen":
        return cls(windows, _right(windows, actions), said_of(windows))

    @property
    def thinned(self) -> "_Seen":
        kept = _thin(len(self.windows))
        return _Seen(self.windows.take(kept), self.right[kept], self.said[kept])

    def gains(self, terms: DecisionTerms) -> Floats:
        return gains_of_returns(np.expm1(self.windows.future_returns[:, -1]), terms)

    def calibration(self, actions: Actions) -> ProbabilityCalibration:
        return calibrate_probabilities(
            self.said,
            self.right,
            sessions=self.windows.cutoffs,
            horizon=self.windows.horizon,
            focus=actions.focus,
        )

    def scores(
        self, calibration: ProbabilityCalibration, tuning: TunedThresholds, taught: Numbers
    ) -> PartScores:
        calibrated = calibration.applied(self.said)
        decided = tuning.thresholds.actions(calibrated)
        return PartScores(
            raw=action_scores(self.right, self.said, training=taught),
            calibrated=action_scores(self.right, calibrated, training=taught),
            tuned=action_scores(self.right, calibrated, training=taught, said=decided),
        )

    def earnings(self, calibration: ProbabilityCalibration, tuning: TunedThresholds) -> Earnings:
        calibrated = calibration.applied(self.said)
        return earnings_of(
            tuning.thresholds.actions(calibrated),
            calibrated,
            self.gains(tuning.terms),
            sessions=self.windows.cutoffs,
            horizon=self.windows.horizon,
            majority=tuning.earned.majority,
            terms=tuning.terms,
        )


def _thin(count: int) -> slice:
    return slice(None, None, -(-count // _MOST_WINDOWS))


def _order(parts: Sequence[_Seen]) -> ActionOrder:
    """Check the order of the columns on some parts together."""
    return order_of_actions(
        np.concatenate([each.said for each in parts]),
        np.concatenate([each.right for each in parts]),
        sessions=np.concatenate([each.windows.cutoffs for each in parts]),
        horizon=parts[0].windows.horizon,
    )


def _right(windows: Windows, actions: Actions) -> Numbers:
    return labels_of(
        windows, actions.labels, cost=actions.cost, threshold_sigmas=actions.threshold_sigmas
    )
