"""What people read where a verdict is proven: folds, tests, and what they ask."""

from pregao.texts import N_, translations

PROOF_TEXTS = translations(
    {
        "all_folds": N_("all"),
        "ask_dm": N_("Would a forecast that is no better than {rival} look this good by luck?"),
        "ask_interval": N_("How much of the CRPS of {rival} does it really save?"),
        "ask_ledger": N_(
            "How often were these test sessions looked at, and for how many forecasters?"
        ),
        "ask_set": N_("May it be the best of all {count} forecasters?"),
        "ask_spa": N_(
            "Does any candidate beat {rival}, the luck of the many counted in? "
            "(promotion does not ask)"
        ),
        "beside": N_("{name}: {value}"),
        "both_crps": N_("CRPS {own}; {rival}: {other}"),
        "candidate_is": N_("candidate: {name}"),
        "crps_of": N_("CRPS {name}"),
        "fit_once": N_(
            "Everything here was fitted once, before the test part. {command} fits it anew "
            "before each stretch of the test part, and says whether the result holds."
        ),
        "fold": N_("fold"),
        "folds_note": N_(
            "Each row is fitted anew and tested on sessions that it has not seen; the thin "
            "marks are the purge, which keeps targets inside their part. On the right, what "
            "{name} saves "
            "of the CRPS of {rival} in each fold: hollow where {rival} won. The band is the 95 "
            "% interval "
            "of all folds together, the dotted line their skill."
        ),
        "folds_table": N_("Test CRPS fold by fold: lower is better. {won} of {count} folds won."),
        "folds_won": N_("Folds won"),
        "found": N_("Found"),
        "in_set": N_("it may be"),
        "interval": N_("95 %: {low} to {high}"),
        "ledger_found": N_("openings: {openings}; tried: {trials}"),
        "luck_likely": N_("luck may do it"),
        "luck_unlikely": N_("luck hardly does it"),
        "more_tried": N_("the more are tried, the better the luckiest looks"),
        "none_better": N_("none surely"),
        "not_in_set": N_("another is better"),
        "not_walked": N_("fitted once: 'pregao evaluate RUN' proves it over several folds"),
        "of": N_("{won} of {count}"),
        "openings": N_("openings of the test part: {count}"),
        "others_won": N_("{name} won {count}"),
        "part_test": N_("test"),
        "part_train": N_("train"),
        "part_validation": N_("validation"),
        "proof": N_("Is it real?"),
        "purge": N_("purge: {count} sessions"),
        "question": N_("What it asks"),
        "says": N_("Answer"),
        "served_by": N_("Forecasts by"),
        "single_fit_note": N_(
            "From here on scores are of the fit that is served, made once before the "
            "test part; those above are of refits before each fold, on the same test windows."
        ),
        "skill_axis": N_("skill, %"),
        "some_better": N_("one does"),
        "test": N_("Test"),
        "test_dm": N_("Diebold-Mariano, by date, against {rival}"),
        "test_dm_short": N_("DM"),
        "test_interval": N_("Block bootstrap, by date"),
        "test_ledger": N_("Ledger of trials"),
        "test_set": N_("Model Confidence Set"),
        "test_set_short": N_("confidence set"),
        "test_spa": N_("Superior predictive ability"),
        "test_spa_short": N_("SPA"),
        "tests": N_("Tests"),
        "tests_title": N_("What the tests say"),
        "too_few": N_("too few sessions to say"),
        "walk": N_("Walk-forward"),
        "walk_expanding": N_(
            "Walk-forward over {count} folds: everything is fitted anew before each, on "
            "all sessions before its validation part."
        ),
        "walk_rolling": N_(
            "Walk-forward over {count} folds: everything is fitted anew before each, on "
            "the last {sessions} sessions before its validation part."
        ),
        "zero_inside": N_("it may be nothing"),
        "zero_left": N_("more than nothing"),
        "zero_right": N_("less than nothing"),
    }
)
