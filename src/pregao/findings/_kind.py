"""A kind of finding: the code, severity, texts and documentation shared by its findings."""

from typing import Literal

from pregao.values import Text, Value

Severity = Literal["info", "warning", "error"]


class FindingKind(Value):
    """The registry entry of a code."""

    code: str
    severity: Severity
    """The default severity of its findings."""
    title: Text
    meaning: Text
    """One sentence that states the condition tested."""
    advice: Text
    """The consequence and the remedy."""

    @property
    def docs(self) -> Text:
        """The page of documentation, from the root of the project."""
        return Text(en=f"docs/findings/{self.code}.md", pt_br=f"docs/pt-BR/findings/{self.code}.md")
