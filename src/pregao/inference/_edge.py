"""What is known of a candidate beside the best baseline."""

from typing import Literal, Self

from pregao.values import Text

SIGNIFICANCE = 0.05
"""The level of every test."""

Edge = Literal["none", "proven"]
"""`proven` where a candidate was promoted over the best baseline, else `none`."""


class Verdict(Text):
    """One plain sentence, in English and in Brazilian Portuguese."""

    @classmethod
    def from_text(cls, text: Text) -> Self:
        """Return a text as a verdict."""
        return cls(en=text.en, pt_br=text.pt_br)
