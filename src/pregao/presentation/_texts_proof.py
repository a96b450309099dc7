"""What people read where a verdict is proven: folds, tests, and what they ask."""

from pregao.texts import N_, translations

PROOF_TEXTS = translations(
    {
        "all_folds": N_("all"),
        "ask_dm": N_(
            "Would a forecast that is no better than {rival} reach this result by chance?"
        ),
        "ask_interval": N_("What is the actual reduction of the CRPS of {rival}?"),
        "ask_ledger": N_("How often were these test sessions used, and for how many forecasters?"),
        "ask_set": N_("Can it be the best of all {count} forecasters?"),
        "ask_spa": N_(
            "Does any candidate beat {rival}, after correction for the number tested? (not a "
            "criterion of promotion)"
        ),
        "beside": N_("{name}: {value}"),
        "both_crps": N_("CRPS {own}; {rival}: {other}"),
        "candidate_is": N_("candidate: {name}"),
        "crps_of": N_("CRPS {name}"),
        "fit_once": N_(
            "Everything here was fitted once, before the test part. {command} refits it "
            "before each stretch of the test part, to check whether the result holds."
        ),
        "fold": N_("fold"),
        "folds_note": N_(
            "Each row is refitted and tested on unseen sessions; the thin marks are the "
            "purge, which keeps targets inside their part. On the right, the reduction of "
            "the CRPS of {rival} by {name} in each fold: hollow where {rival} won. The band "
            "is the 95 % interval of all folds together, the dotted line their skill."
        ),
        "folds_table": N_("Test CRPS fold by fold: lower is better. {won} of {count} folds won."),
        "folds_won": N_("Folds won"),
        "found": N_("Found"),
        "in_set": N_("possibly"),
        "interval": N_("95 %: {low} to {high}"),
        "ledger_found": N_("openings: {openings}; tried: {trials}"),
        "luck_likely": N_("chance is a possible explanation"),
        "luck_unlikely": N_("chance is an unlikely explanation"),
        "more_tried": N_("the more trials, the better the best result by chance alone"),
        "none_better": N_("none significantly"),
        "not_in_set": N_("another is better"),
        "not_walked": N_("fitted once: 'pregao evaluate RUN' evaluates it over several folds"),
        "of": N_("{won} of {count}"),
        "openings": N_("openings of the test part: {count}"),
        "others_won": N_("{name} won {count}"),
        "part_test": N_("test"),
        "part_train": N_("train"),
        "part_validation": N_("validation"),
        "proof": N_("Is the edge significant?"),
        "purge": N_("purge: {count} sessions"),
        "question": N_("Question"),
        "says": N_("Answer"),
        "served_by": N_("Forecasts by"),
        "single_fit_note": N_(
            "From here on scores are of the fit that is served, made once before the "
            "test part; those above are of refits before each fold, on the same test windows."
        ),
        "skill_axis": N_("skill, %"),
        "some_better": N_("at least one does"),
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
        "tests_title": N_("Results of the tests"),
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
        "zero_inside": N_("not significantly different from zero"),
        "zero_left": N_("more than nothing"),
        "zero_right": N_("less than nothing"),
    }
)
