"""One finding: a kind, and what was seen this time."""

from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import computed_field, field_validator, model_validator

from pregao.findings._kind import Kind, Severity
from pregao.findings._kinds import FINDINGS, find_kind
from pregao.values import Text, Value

_OF_THE_KIND = ("title", "docs")
_WORST_FIRST: tuple[Severity, ...] = ("error", "warning", "info")


class Finding(Value):
    """What was seen, how bad it is and what to do.

    `Finding.of` takes from the registry what it is not told. In JSON the title and the page of
    documentation stand beside the fields; read back, they are the registry's again.

    >>> seen = Text(en="2 sessions without a bar", pt_br="2 pregões sem barra")
    >>> finding = Finding.of("PRC001", seen, symbol="PETR4")
    >>> finding.severity, finding.title.pt_br, finding.docs.en
    ('warning', 'lacuna', 'docs/findings/PRC001.md')
    """

    code: str
    severity: Severity
    seen: Text
    do: Text
    symbol: str | None = None
    sessions: tuple[str, ...] = ()
    """The sessions concerned, ISO dates, the first hundred at most."""

    @model_validator(mode="before")
    @classmethod
    def _without_what_the_kind_says(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if name not in _OF_THE_KIND}

    @field_validator("code")
    @classmethod
    def _known(cls, code: str) -> str:
        return find_kind(code).code

    @classmethod
    def of(
        cls,
        code: str,
        seen: Text,
        *,
        severity: Severity | None = None,
        do: Text | None = None,
        symbol: str | None = None,
        sessions: Iterable[str] = (),
    ) -> Self:
        """Say what was seen; severity and advice are those of the kind unless given.

        Raises
        ------
        UnknownNameError
            If no kind has this code.
        """
        kind = find_kind(code)
        return cls(
            code=kind.code,
            severity=severity or kind.severity,
            seen=seen,
            do=do or kind.advice,
            symbol=symbol,
            sessions=tuple(sessions),
        )

    @property
    def kind(self) -> Kind:
        """What the code stands for."""
        return FINDINGS[self.code]

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def title(self) -> Text:
        """The name of its kind."""
        return self.kind.title

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def docs(self) -> Text:
        """The page of documentation of its kind."""
        return self.kind.docs

    def __str__(self) -> str:
        return f"{self.code} {self.title} ({self.severity}): {self.seen} - {self.do}"


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return errors before warnings, those before the rest, and each kind of those in its order."""
    return tuple(sorted(findings, key=lambda each: _WORST_FIRST.index(each.severity)))
