"""What people read in the figure of actions, in both languages."""

from pregao.texts import N_, translations

TEXTS_ACTIONS = translations(
    {
        "f1_of": N_("F1 {action}"),
        "abstains": N_(
            "The thresholds abstain: on validation nothing that would have been bought or "
            "sold earned its costs significantly. The decision is not to trade."
        ),
        "accuracy": N_("{share} right; always {action}: {majority}"),
        "accuracy_score": N_("Accuracy"),
        "actions": N_("Actions: correct and predicted"),
        "actions_note": N_(
            "Above, each row is the correct action, as a share of the row and in windows: "
            "entries off the diagonal are errors. Below, each point is a tenth of the "
            "windows: on the dotted line an action is as frequent as its probability. "
            "Thresholds are tuned on validation for the cost of trading; everything shown is "
            "of the test part."
        ),
        "always": N_("Always {action}"),
        "as_calibrated": N_("calibrated"),
        "as_said": N_("as predicted"),
        "at_thresholds": N_("At thresholds:<br>{buy}, {sell}"),
        "balanced_accuracy": N_("Balanced accuracy"),
        "buy": N_("buy"),
        "by_rule": N_(
            "Its labels follow from the inputs by rule, so that learning them is no forecast."
        ),
        "came": N_("share of windows in which it was right"),
        "chance": N_("probability of {action}"),
        "decisions": N_("Actions on this run"),
        "hold": N_("hold"),
        "likeliest": N_("The likeliest action"),
        "macro_f1": N_("Macro F1"),
        "mcc": N_("MCC"),
        "never": N_("{action} never"),
        "reached": N_("{action} from {share}"),
        "right": N_("right"),
        "said": N_("predicted"),
        "scores_note": N_(
            "Scores on the test part, beside those of always predicting the commonest "
            "action. MCC is 0 for chance and for a constant action."
        ),
        "sell": N_("sell"),
        "source_head": N_(
            "Actions are a second task of the network, trained beside its forecast: buy, "
            "hold or sell."
        ),
        "source_quantiles": N_(
            "This forecaster was not trained on actions: they follow from its ranges."
        ),
        "windows": N_("{count} windows"),
        "with_thresholds": N_("Decided by the thresholds"),
    }
)
