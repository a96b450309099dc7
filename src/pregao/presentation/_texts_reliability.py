"""The texts of the reliability figure, in both languages."""

from pregao.texts import N_, translations

RELIABILITY_TEXTS = translations(
    {
        "after_break": N_("after a break: {count}"),
        "all_windows": N_("all windows: {count}"),
        "coverages_note": N_(
            "What share of outcomes lay within each range, beside the share promised "
            "in the heading. Less means that the range is too narrow."
        ),
        "in_after_break": N_("In the 20 sessions after a break"),
        "in_all_windows": N_("All test windows"),
        "in_volatile": N_("High volatility at the cutoff"),
        "level": N_("level of the quantile"),
        "luck": N_("chance at {step}"),
        "no_windows": N_("none"),
        "nominal": N_("promised"),
        "observed": N_("share of outcomes within the range"),
        "observed_less_nominal": N_("observed less promised, points"),
        "pit_note": N_(
            "A curve along the dotted line is calibrated; a valley is too narrow, a hill too "
            "wide, a slope biased."
        ),
        "pit_title": N_("Where outcomes fell"),
        "ranges": N_("Do the ranges have their nominal coverage?"),
        "reliability": N_("By level, and in adverse periods"),
        "reliability_note": N_(
            "Above, how many more outcomes fell below each quantile than its level: on the "
            "zero line it is calibrated, up on the left and down on the right it is too "
            "narrow. Deviations within the grey band may be chance. Below, the coverage of "
            "the ranges when volatility at the cutoff was in the top tercile of the sessions "
            "before the test part, and in the 20 sessions after a session that moved more "
            "than 4 sigmas."
        ),
        "step": N_("{step} ahead"),
        "volatile": N_("high volatility: {count}"),
    }
)
