"""Kinds of findings about evaluation: reasons not to rely on a score."""

from pregao.findings._kind import FindingKind
from pregao.values import bilingual

EVALUATION = (
    FindingKind(
        code="EVA001",
        severity="warning",
        title=bilingual("worse than the best baseline"),
        meaning=bilingual(
            "On the test part the CRPS of the forecast is higher than that of the best baseline."
        ),
        advice=bilingual(
            "serve the baseline; more series or a simpler network may help, more epochs rarely do"
        ),
    ),
    FindingKind(
        code="EVA002",
        severity="error",
        title=bilingual("implausibly good score"),
        meaning=bilingual(
            "A score is better than forecasts of returns can plausibly reach, or an R2 "
            "on prices is not above that of the naive forecast."
        ),
        advice=bilingual(
            "look for a leak: a feature that depends on later prices, or prices that "
            "were filled in later; 'pregao audit' checks for leaks"
        ),
    ),
    FindingKind(
        code="EVA003",
        severity="error",
        title=bilingual("leak"),
        meaning=bilingual("A value computed at a cutoff changes when only later prices change."),
        advice=bilingual(
            "discard the scores of this experiment; correct the first item that changed, "
            "and audit again"
        ),
    ),
    FindingKind(
        code="EVA004",
        severity="info",
        title=bilingual("edge not significant"),
        meaning=bilingual(
            "On the test part the CRPS of the forecast is lower than that of the best "
            "baseline, but not significantly."
        ),
        advice=bilingual(
            "treat it as equal to the baseline; a longer test part or more symbols may "
            "be conclusive"
        ),
    ),
    FindingKind(
        code="EVA005",
        severity="warning",
        title=bilingual("underdispersed"),
        meaning=bilingual("The 90 % interval covers far fewer outcomes than its level."),
        advice=bilingual("calibrate the intervals on the validation part before using them"),
    ),
    FindingKind(
        code="EVA006",
        severity="info",
        title=bilingual("accuracy beside the majority class"),
        meaning=bilingual(
            "The accuracy of the likeliest action, beside that of always predicting the "
            "most frequent one."
        ),
        advice=bilingual("compare the accuracy with that of the majority class"),
    ),
    FindingKind(
        code="EVA007",
        severity="warning",
        title=bilingual("trials not counted"),
        meaning=bilingual(
            "More trials were run on these test sessions than the ledger counts, so that "
            "corrections for multiple trials are too small."
        ),
        advice=bilingual(
            "read the deflated Sharpe ratio and the PBO as too optimistic; search where "
            "the ledger is kept"
        ),
    ),
    FindingKind(
        code="EVA008",
        severity="warning",
        title=bilingual("test opened more than once"),
        meaning=bilingual(
            "These test sessions, or some that overlap them, were scored before, so that "
            "later choices may depend on them."
        ),
        advice=bilingual("rely on a new test part: end the span earlier, or wait for new sessions"),
    ),
    FindingKind(
        code="EVA009",
        severity="warning",
        title=bilingual("class imbalance"),
        meaning=bilingual(
            "An action has so few of the labels that the accuracy carries little information."
        ),
        advice=bilingual(
            "read balanced accuracy, macro F1 and MCC; weight the classes, or move the "
            "threshold of the labels"
        ),
    ),
    FindingKind(
        code="EVA010",
        severity="warning",
        title=bilingual("baseline left out"),
        meaning=bilingual(
            "A baseline could not be fitted, because a library that it needs cannot be loaded."
        ),
        advice=bilingual(
            "install the library and run again to include it; the other baselines are unaffected"
        ),
    ),
    FindingKind(
        code="EVA011",
        severity="info",
        title=bilingual("not promoted"),
        meaning=bilingual(
            "The best network is not in the model confidence set, or does not beat every "
            "baseline significantly: the best baseline stays champion."
        ),
        advice=bilingual(
            "use the best baseline; more symbols or a longer test part may be conclusive"
        ),
    ),
    FindingKind(
        code="EVA012",
        severity="warning",
        title=bilingual("low coverage when volatile"),
        meaning=bilingual(
            "In the most volatile third of the sessions the 90 % interval covers fewer "
            "outcomes than its level."
        ),
        advice=bilingual(
            "do not size positions by these intervals at high volatility; calibrate by "
            "volatility, or adaptively"
        ),
    ),
    FindingKind(
        code="EVA013",
        severity="warning",
        title=bilingual("selection bias not ruled out"),
        meaning=bilingual(
            "After correction for the number of trials the result is not significant, or "
            "the best trial in sample is usually no better than the median out of "
            "sample."
        ),
        advice=bilingual(
            "do not trade on it; run fewer trials, or evaluate on sessions after the search"
        ),
    ),
    FindingKind(
        code="EVA014",
        severity="warning",
        title=bilingual("costs exceed the edge"),
        meaning=bilingual(
            "The simulated strategy returns more than its reference before costs, and no "
            "more than it after them."
        ),
        advice=bilingual(
            "trade less often: a wider abstention band or a longer horizon; check the costs"
        ),
    ),
    FindingKind(
        code="EVA015",
        severity="error",
        title=bilingual("labels swapped"),
        meaning=bilingual(
            "With the columns in another order of the actions the probabilities fit the "
            "labels significantly better."
        ),
        advice=bilingual(
            "compare the order of the classes where labels are made, trained and "
            "displayed; until then, do not use these actions"
        ),
    ),
    FindingKind(
        code="EVA016",
        severity="warning",
        title=bilingual("gain not consistent across folds"),
        meaning=bilingual(
            "The mean gain over the best baseline is positive, but too few folds of the "
            "walk-forward have a gain."
        ),
        advice=bilingual("examine the folds with a gain; expect the median fold, not the mean"),
    ),
    FindingKind(
        code="EVA017",
        severity="warning",
        title=bilingual("worse than the naive forecast"),
        meaning=bilingual(
            "On the test part the CRPS of the forecast is higher than that of the random walk."
        ),
        advice=bilingual(
            "do not use the forecast; check the data and the training, or train a simpler network"
        ),
    ),
)
