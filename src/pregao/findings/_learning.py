"""Kinds of findings about training, and about symbols and networks left out of it."""

from pregao.findings._kind import FindingKind
from pregao.values import bilingual

LEARNING = (
    FindingKind(
        code="LRN001",
        severity="info",
        title=bilingual("overfit"),
        meaning=bilingual(
            "After the best epoch the training loss fell while the validation loss rose."
        ),
        advice=bilingual(
            "nothing to do, the best epoch was kept; more dropout or fewer weights delay "
            "overfitting"
        ),
    ),
    FindingKind(
        code="LRN002",
        severity="info",
        title=bilingual("nothing learned"),
        meaning=bilingual("No epoch was better on validation than the untrained network."),
        advice=bilingual(
            "the forecast is that of the anchor, if there is one; a lower learning rate, "
            "more symbols or more dropout may help"
        ),
    ),
    FindingKind(
        code="LRN003",
        severity="warning",
        title=bilingual("diverged"),
        meaning=bilingual("The loss stopped being a finite number, and training ended there."),
        advice=bilingual("lower the learning rate"),
    ),
    FindingKind(
        code="LRN005",
        severity="warning",
        title=bilingual("symbol not in training"),
        meaning=bilingual("The training of the network had no window of this symbol."),
        advice=bilingual("interpret its forecasts with care, or train a network on the symbol"),
    ),
    FindingKind(
        code="LRN006",
        severity="info",
        title=bilingual("network left out"),
        meaning=bilingual(
            "A network of the catalogue cannot be built with this lookback and these features."
        ),
        advice=bilingual("nothing to do; the other networks are unaffected"),
    ),
    FindingKind(
        code="LRN007",
        severity="warning",
        title=bilingual("symbol left out"),
        meaning=bilingual(
            "One of several symbols could not be used and is not part of the result."
        ),
        advice=bilingual("correct the cause and run again; the result holds the other symbols"),
    ),
    FindingKind(
        code="LRN008",
        severity="warning",
        title=bilingual("no trained trial"),
        meaning=bilingual("A search has no trained trial of a network."),
        advice=bilingual("allow more seconds, or change the search space"),
    ),
    FindingKind(
        code="LRN009",
        severity="info",
        title=bilingual("search not finished"),
        meaning=bilingual("The time given to a search ended before all its trials were decided."),
        advice=bilingual("'pregao search --resume' with its id continues it"),
    ),
    FindingKind(
        code="LRN010",
        severity="warning",
        title=bilingual("GJR-GARCH not fitted"),
        meaning=bilingual(
            "The parameters of the volatility baseline could not be estimated for a "
            "symbol, and typical ones are used."
        ),
        advice=bilingual("give a longer history, so that the parameters can be estimated"),
    ),
    FindingKind(
        code="LRN011",
        severity="error",
        title=bilingual("horizon mismatch"),
        meaning=bilingual("The requested horizon is not the one that the run was trained for."),
        advice=bilingual(
            "train a run for the requested horizon: steps beyond the trained ones were never scored"
        ),
    ),
)
