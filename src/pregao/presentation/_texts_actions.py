"""What people read in the figure of actions, in both languages."""

from pregao.texts import N_, translations

TEXTS_ACTIONS = translations(
    {
        "f1_of": N_("F1 {action}"),
        "abstains": N_(
            "The thresholds abstain: on validation nothing that would have been bought or "
            "sold earned its costs beyond luck. The decision is not to trade."
        ),
        "accuracy": N_("{share} right; always {action}: {majority}"),
        "accuracy_score": N_("Accuracy"),
        "actions": N_("Actions: what was right, and what was said"),
        "actions_note": N_(
            "Above, each row is what would have been right, in shares of the row and in "
            "windows: what lies off the diagonal was wrong. Below, each point is a tenth of "
            "the windows: "
            "on the dotted line an action comes as often as it was given chances. Thresholds "
            "are tuned on "
            "validation for what trading costs; everything shown is of the test part."
        ),
        "always": N_("Always {action}"),
        "as_calibrated": N_("calibrated"),
        "as_said": N_("as said"),
        "at_thresholds": N_("At thresholds:<br>{buy}, {sell}"),
        "balanced_accuracy": N_("Balanced accuracy"),
        "buy": N_("buy"),
        "by_rule": N_(
            "Its labels follow from the inputs by rule: to learn them is to learn nothing of "
            "the future."
        ),
        "came": N_("share of windows in which it was right"),
        "chance": N_("probability of {action}"),
        "decisions": N_("What to do with it?"),
        "hold": N_("hold"),
        "likeliest": N_("The likeliest action"),
        "macro_f1": N_("Macro F1"),
        "mcc": N_("MCC"),
        "never": N_("{action} never"),
        "reached": N_("{action} from {share}"),
        "right": N_("right"),
        "said": N_("said"),
        "scores_note": N_(
            "Scores on the test part beside always saying the commonest action. MCC is 0 "
            "for chance and for always the same."
        ),
        "sell": N_("sell"),
        "source_head": N_(
            "Actions are what the network was taught beside its forecast: buy, hold or sell."
        ),
        "source_quantiles": N_(
            "Nobody taught this forecaster actions: they follow from its ranges."
        ),
        "windows": N_("{count} windows"),
        "with_thresholds": N_("Decided by the thresholds"),
    }
)
