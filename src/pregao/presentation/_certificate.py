"""The verdict of a certificate of prices in a few words."""

from typing import TYPE_CHECKING

from pregao.presentation._quantities import Badge
from pregao.values import Text, bilingual

if TYPE_CHECKING:
    from pregao.prices import Certificate

_ADJUSTMENTS = {
    "source": bilingual("by the source"),
    "derived": bilingual("here, for stated dividends"),
    "missing": bilingual("none, or not for sure"),
    "not_needed": bilingual("not needed"),
}


def certificate_badge(certificate: "Certificate") -> Badge:
    """Return whether prices are sound, adjusted and fresh, or what they are not."""
    if not certificate.is_sound:
        return Badge(bilingual("quarantined"), "quarantined")
    absent = [
        text
        for text, is_absent in (
            (bilingual("not adjusted"), certificate.adjustment == "missing"),
            (bilingual("not fresh"), not certificate.is_fresh),
        )
        if is_absent
    ]
    if absent:
        return Badge(Text.joined(absent, en=", ", pt_br=", "), "doubtful")
    if certificate.adjustment == "not_needed":
        return Badge(bilingual("sound and fresh"), "good")
    return Badge(bilingual("sound, adjusted and fresh"), "good")


def adjustment_text(certificate: "Certificate") -> Text:
    """Return by whom closes are adjusted for dividends and splits."""
    return _ADJUSTMENTS[certificate.adjustment]
