"""The texts of leak audits, in both languages."""

from pregao.texts import N_, translations

AUDIT_TEXTS = translations(
    {
        "auditing": N_("looking for leaks"),
        "checks": N_("Checks"),
        "clean": N_("No leak: nothing that is known at a cutoff moves with what comes after it."),
        "cutoffs": N_("Cutoffs"),
        "examined": N_("{checks} checks on {symbols}, {sessions} sessions, {seconds} s."),
        "failed": N_("failed: {reason}"),
        "kind_anchor": N_("anchor"),
        "kind_baseline": N_("baselines"),
        "kind_feature": N_("features"),
        "kind_forecast": N_("forecasts"),
        "kind_market": N_("market"),
        "kind_scaler": N_("scaler"),
        "kind_split": N_("split"),
        "kind_target": N_("targets"),
        "kind_training": N_("training"),
        "known": N_("already known: what should come after {cutoff} stays {before} whatever comes"),
        "moved_by": N_(
            "{where} was {before} and became {after}, by {by}, as {noise} replaced what comes "
            "after {cutoff}"
        ),
        "noise_huge": N_("huge values"),
        "noise_mirrored": N_("the mirrored and attenuated bars"),
        "noise_reversed": N_("the bars in reverse order"),
        "noise_scaled": N_("scaled noise"),
        "noise_truncated": N_("nothing at all"),
        "not_finite": N_("no finite number: {reason}"),
        "not_reproducible": N_("not reproducible: {reason}"),
        "not_the_same_again": N_("the result is not reproducible"),
        "number_of_rows": N_("the number of rows"),
        "other_row": N_("{where} is another one, as {noise} replaced what comes after {cutoff}"),
        "plugins": N_("Plug-ins: {names}."),
        "problems": N_(
            "{count} of {checks} checks found something; data flows in this order, so begin "
            "with the first:"
        ),
        "unknown": N_("no number"),
    }
)
