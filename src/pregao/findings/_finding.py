"""One finding: a kind, and the evidence of one occurrence."""

from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import computed_field, field_validator, model_validator

from pregao.findings._kind import FindingKind, Severity
from pregao.findings._kinds import FINDINGS, find_kind
from pregao.values import Text, Value

_REGISTRY_FIELDS = ("title", "docs")
_WORST_FIRST: tuple[Severity, ...] = ("error", "warning", "info")


class Finding(Value):
    """The evidence of a problem, its severity and the advice.

    `Finding.from_code` takes severity and advice from the registry by default. JSON holds the
    title and the page of documentation too; on reading they come from the registry again.

    >>> seen = Text(en="2 sessions without a bar", pt_br="2 pregões sem cotação")
    >>> finding = Finding.from_code("PRC001", seen, symbol="PETR4")
    >>> finding.severity, finding.title.pt_br, finding.docs.en
    ('warning', 'lacuna', 'docs/findings/PRC001.md')
    """

    code: str
    severity: Severity
    seen: Text
    do: Text
    symbol: str | None = None
    sessions: tuple[str, ...] = ()
    """ISO dates of the sessions concerned; of more than a hundred the first ones and the last."""

    @model_validator(mode="before")
    @classmethod
    def _without_registry_fields(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if name not in _REGISTRY_FIELDS}

    @field_validator("code")
    @classmethod
    def _known(cls, code: str) -> str:
        return find_kind(code).code

    @classmethod
    def from_code(
        cls,
        code: str,
        seen: Text,
        *,
        severity: Severity | None = None,
        do: Text | None = None,
        symbol: str | None = None,
        sessions: Iterable[str] = (),
    ) -> Self:
        """Return a finding; severity and advice are those of the kind by default.

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
    def kind(self) -> FindingKind:
        """The kind of the code."""
        return FINDINGS[self.code]

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def title(self) -> Text:
        """The title of its kind."""
        return self.kind.title

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def docs(self) -> Text:
        """The page of documentation of its kind."""
        return self.kind.docs

    def __str__(self) -> str:
        return f"{self.code} {self.title} ({self.severity}): {self.seen} - {self.do}"


def worst_severity(severities: Iterable[Severity]) -> Severity:
    """Return the most serious of several severities.

    >>> worst_severity(["info", "error", "warning"])
    'error'
    """
    return min(severities, key=_WORST_FIRST.index)


def sort_by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by descending severity, in the given order within each."""
    return tuple(sorted(findings, key=lambda each: _WORST_FIRST.index(each.severity)))
