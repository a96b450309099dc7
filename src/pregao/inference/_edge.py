"""What is known of a candidate beside the best baseline."""

from typing import Literal

from pregao.values import Text

SIGNIFICANCE = 0.05
"""The level of every test."""

Edge = Literal["none", "proven"]
"""`proven` where a candidate was promoted over the best baseline, else `none`."""


class Verdict(Text):
    """One plain sentence, in English and in Brazilian Portuguese."""
