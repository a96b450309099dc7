"""Evaluation of action forecasts: scores, calibration, thresholds and gains."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from pregao.dataset import Dataset, Labelling, Windows, action_labels
from pregao.decisions._action_order import ActionOrder, detect_action_order
from pregao.decisions._action_scores import (
    ActionName,
    ActionScores,
    Floats,
    Numbers,
    action_scores,
    count_actions,
)
from pregao.decisions._gains import (
    DecisionSettings,
    GainComparison,
    compare_gains,
    gains_from_returns,
)
from pregao.decisions._implied_actions import forecaster_action_probabilities
from pregao.decisions._probability_calibration import (
    ProbabilityCalibration,
    calibrate_probabilities,
)
from pregao.decisions._thresholds import TunedThresholds, tune_thresholds
from pregao.findings import Finding
from pregao.training import Actions, Model
from pregao.values import Value, bilingual

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

_BY_RULE = bilingual(
    "the labels follow from the inputs by rule, so that the accuracy measures no forecast; "
    "compare it with that of the majority class"
)

Part = Literal["train", "validation", "test"]
Source = Literal["head", "quantiles"]

# A few thousand windows determine the order; more of a large pool would only take time.
_MOST_WINDOWS = 4_096


class PartScores(Value):
    """Scores of one part, by the rule that turns probabilities into actions."""

    raw: ActionScores
    """Of the likeliest action by the network's own probabilities."""
    calibrated: ActionScores
    """Of the likeliest action by calibrated probabilities."""
    tuned: ActionScores
    """Of the decisions by thresholds on calibrated probabilities."""


class ActionReport(Value):
    """Evaluation of one forecaster's actions: tuned on validation, scored on both parts.

    `decided` turns further probabilities into actions by the calibration and thresholds of this
    evaluation.
    """

    source: Source
    """A head trained on action labels, or the probabilities implied by the forecast quantiles."""
    labels: Labelling
    label_cost: float
    threshold_sigmas: float
    horizon: int
    balance: dict[Part, dict[ActionName, int]]
    """Label counts of each part."""
    calibration: ProbabilityCalibration
    order: ActionOrder
    """Check of the column order on validation; for a head also on training, where a swap shows
    most clearly because the fit is best there."""
    tuning: TunedThresholds
    """Fitted on validation, at the trading costs of the settings."""
    validation: PartScores
    test: PartScores
    test_earnings: GainComparison
    """Gains of the thresholds on the test part, which they were not tuned on."""

    @property
    def is_by_rule(self) -> bool:
        """Return whether labels are a function of the inputs, so that they need no forecast."""
        return self.labels == "rule"

    @property
    def shares(self) -> dict[Part, dict[ActionName, float]]:
        """The class balance of each part: shares that sum to 1."""
        return {
            part: {name: count / sum(counts.values()) for name, count in counts.items()}
            for part, counts in self.balance.items()
        }

    def decided(self, probabilities: Floats) -> Numbers:
        """Decide on (n, 3) uncalibrated probabilities: (n,) indices into `ACTIONS`."""
        return self.tuning.thresholds.actions(self.calibration.apply(probabilities))


def evaluate_actions(
    model: Model, dataset: Dataset, *, terms: DecisionSettings | None = None
) -> ActionReport | None:
    """Evaluate a network's action head; return None for an experiment without actions.

    Calibration and thresholds are fitted on validation; scores and gains are computed on both
    parts. This opens the sealed test part. Accuracies stand beside those of the majority class: if
    nine in ten labels are ``hold``, a constant ``hold`` has an accuracy of 90 %.

    Parameters
    ----------
    terms
        Costs and test level of decisions; by default at the cost of the labels.
    """
    actions = model.experiment.actions
    if actions is None:
        return None
    return _evaluate(
        "head",
        model.action_probabilities,
        dataset,
        actions,
        terms=terms,
        fitted_on=dataset.train,
    )


def evaluate_implied_actions(
    forecaster: "Forecaster",
    dataset: Dataset,
    *,
    levels: Sequence[float],
    actions: Actions | None = None,
    terms: DecisionSettings | None = None,
) -> ActionReport:
    """Evaluate the actions implied by the quantiles of any forecaster, baselines included.

    This opens the sealed test part.

    Parameters
    ----------
    levels
        Of the forecaster's quantiles.
    actions
        How labels are made. Forward labels are used whatever they say: rule labels depend on
        indicators, about which quantiles hold no information.
    """
    forward = (actions or Actions()).replace(labels="forward", focus=0.0)
    implied = partial(
        forecaster_action_probabilities,
        forecaster,
        levels=levels,
        cost=forward.cost,
        threshold_sigmas=forward.threshold_sigmas,
    )
    # Training windows are left out: some baselines take long to forecast them, and the order of
    # implied columns is fixed by `forecaster_action_probabilities`.
    return _evaluate("quantiles", implied, dataset, forward, terms=terms, fitted_on=None)


def action_findings(report: ActionReport | None) -> tuple[Finding, ...]:
    """Return the finding on the accuracy of the likeliest action (EVA006); none without actions."""
    if report is None:
        return ()
    scores = report.test.raw
    return (
        Finding.from_code(
            "EVA006",
            bilingual(
                "the accuracy is {accuracy:.1f} % on {windows} test windows, that of always "
                "{commonest} {majority:.1f} %; the balanced accuracy is {balanced:.1f} %",
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


def _evaluate(
    source: Source,
    predict: Callable[[Windows], Floats],
    dataset: Dataset,
    actions: Actions,
    *,
    terms: DecisionSettings | None,
    fitted_on: Windows | None,
) -> ActionReport:
    """Tune on validation and score validation and test.

    `fitted_on` are windows whose column order is checked beside those of validation.
    """
    terms = terms or DecisionSettings(cost=actions.cost)
    training_labels = _labels(dataset.train, actions)
    counts = count_actions(training_labels)
    majority = max(counts, key=lambda name: counts[name])
    forecast = partial(_ActionForecasts.forecast, predict=predict, actions=actions)
    validation, test = forecast(dataset.validation), forecast(dataset.sealed_test)
    ordered = [] if fitted_on is None else [forecast(fitted_on.take(_stride(len(fitted_on))))]
    calibration = validation.calibration(actions)
    tuning = tune_thresholds(
        calibration.apply(validation.probabilities),
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
            "train": counts,
            "validation": count_actions(validation.labels),
            "test": count_actions(test.labels),
        },
        calibration=calibration,
        order=_detect_order([*ordered, validation.thinned]),
        tuning=tuning,
        validation=validation.scores(calibration, tuning, training_labels),
        test=test.scores(calibration, tuning, training_labels),
        test_earnings=test.compare_gains(calibration, tuning),
    )


@dataclass(frozen=True, eq=False)
class _ActionForecasts:
    """The windows of a part with their labels and forecast probabilities."""

    windows: Windows
    labels: Numbers
    """(n,)"""
    probabilities: Floats
    """(n, 3)"""

    @classmethod
    def forecast(
        cls, windows: Windows, *, predict: Callable[[Windows], Floats], actions: Actions
    ) -> "_ActionForecasts":
        return cls(windows, _labels(windows, actions), predict(windows))

    @property
    def thinned(self) -> "_ActionForecasts":
        """Every k-th window, at most `_MOST_WINDOWS`."""
        kept = _stride(len(self.windows))
        return _ActionForecasts(
            self.windows.take(kept), self.labels[kept], self.probabilities[kept]
        )

    def gains(self, terms: DecisionSettings) -> Floats:
        return gains_from_returns(np.expm1(self.windows.future_returns[:, -1]), terms)

    def calibration(self, actions: Actions) -> ProbabilityCalibration:
        return calibrate_probabilities(
            self.probabilities,
            self.labels,
            sessions=self.windows.cutoffs,
            horizon=self.windows.horizon,
            focus=actions.focus,
        )

    def scores(
        self, calibration: ProbabilityCalibration, tuning: TunedThresholds, training: Numbers
    ) -> PartScores:
        calibrated = calibration.apply(self.probabilities)
        decided = tuning.thresholds.actions(calibrated)
        return PartScores(
            raw=action_scores(self.labels, self.probabilities, training=training),
            calibrated=action_scores(self.labels, calibrated, training=training),
            tuned=action_scores(self.labels, calibrated, training=training, predicted=decided),
        )

    def compare_gains(
        self, calibration: ProbabilityCalibration, tuning: TunedThresholds
    ) -> GainComparison:
        calibrated = calibration.apply(self.probabilities)
        return compare_gains(
            tuning.thresholds.actions(calibrated),
            calibrated,
            self.gains(tuning.terms),
            sessions=self.windows.cutoffs,
            horizon=self.windows.horizon,
            majority=tuning.earned.majority,
            terms=tuning.terms,
        )


def _stride(count: int) -> slice:
    return slice(None, None, -(-count // _MOST_WINDOWS))


def _detect_order(parts: Sequence[_ActionForecasts]) -> ActionOrder:
    """Check the order of the columns on several parts together."""
    return detect_action_order(
        np.concatenate([each.probabilities for each in parts]),
        np.concatenate([each.labels for each in parts]),
        sessions=np.concatenate([each.windows.cutoffs for each in parts]),
        horizon=parts[0].windows.horizon,
    )


def _labels(windows: Windows, actions: Actions) -> Numbers:
    return action_labels(
        windows, actions.labels, cost=actions.cost, threshold_sigmas=actions.threshold_sigmas
    )
