"""A kind of finding: what is the same whenever one is made."""

from typing import Literal

from pregao.values import Text, Value

Severity = Literal["info", "warning", "error"]


class Kind(Value):
    """What a code stands for, whatever was seen."""

    code: str
    severity: Severity
    """Where nobody says another."""
    title: Text
    meaning: Text
    """One sentence."""
    advice: Text
    """What it costs, and what to do about it."""

    @property
    def docs(self) -> Text:
        """The page of documentation, from the root of the project."""
        return Text(en=f"docs/findings/{self.code}.md", pt_br=f"docs/pt-BR/findings/{self.code}.md")
