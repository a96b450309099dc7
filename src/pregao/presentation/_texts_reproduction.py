"""The texts of reproductions, in both languages."""

from pregao.texts import N_, translations

REPRODUCTION_TEXTS = translations(
    {
        "and_more": N_("and {count} more symbols"),
        "baseline": N_("Served baseline {name}"),
        "crps": N_("Test CRPS"),
        "largest": N_("{name} of member {member}, by {largest} at most"),
        "not_compared": N_("not compared"),
        "now": N_("Now"),
        "other": N_("another"),
        "prices": N_("Prices of {symbol}"),
        "revision": N_("revision {revision} of the store"),
        "same": N_("the same"),
        "since": N_("{count} other sessions left out"),
        "then": N_("Then"),
        "weights": N_("Weights"),
    }
)
