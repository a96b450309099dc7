"""The result of a leak audit: a table of all checks, and a sentence for each that failed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Day, Number, Quantity, Setting, in_both, t
from pregao.presentation._tables import Cell, Table, field_of, table_of
from pregao.presentation._texts_audit import AUDIT_TEXTS
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.audit import Audit, Check


def audit_table(audit: "Audit") -> Table:
    """Return the checks by kind, in the order in which data flows through them."""
    by_kind: dict[str, list[Check]] = {}
    for check in audit.checks:
        by_kind.setdefault(check.kind, []).append(check)
    return table_of(
        by_kind.items(),
        [
            field_of("kind", "", lambda item: _kind(*item), kind="text", importance=9),
            field_of(
                "checks",
                t("checks", AUDIT_TEXTS),
                lambda item: ", ".join(each.name for each in item[1]),
                kind="prose",
                importance=8,
            ),
            field_of("cutoffs", t("cutoffs", AUDIT_TEXTS), lambda item: _cutoffs(item[1])),
        ],
    )


def audit_summary(audit: "Audit") -> Text:
    """Return how much was examined, and which plug-ins."""
    examined = t(
        "examined",
        AUDIT_TEXTS,
        checks=Number(len(audit.checks)),
        symbols=", ".join(audit.experiment.symbols),
        sessions=Number(audit.sessions),
        seconds=Number(audit.seconds, 1),
    )
    if not audit.plugins:
        return examined
    plugins = t("plugins", AUDIT_TEXTS, names=", ".join(audit.plugins))
    return Text.joined([examined, plugins], en=" ", pt_br=" ")


def audit_verdict(audit: "Audit") -> Text:
    """Return whether there is a leak, in a sentence."""
    if audit.is_clean:
        return t("clean", AUDIT_TEXTS)
    counts = {"count": Number(len(audit.failed)), "checks": Number(len(audit.checks))}
    return t("problems", AUDIT_TEXTS, **counts)


def audit_problem(check: "Check") -> Text:
    """Return what is wrong with a check that failed, and since when."""
    first = check.first
    reason: Quantity = check.reason or t("not_the_same_again", AUDIT_TEXTS)
    if first is None:
        assert check.problem is not None, "it did not pass"
        return t(check.problem, AUDIT_TEXTS, reason=reason)
    if check.problem == "not_reproducible":
        return t("not_reproducible", AUDIT_TEXTS, reason=reason)
    if check.problem == "known":
        return t("known", AUDIT_TEXTS, cutoff=Day(first.cutoff), before=_finite(first.before))
    is_unknown = first.before is None and first.after is None
    moved = t(
        "other_row" if is_unknown else "moved_by",
        AUDIT_TEXTS,
        where=Text.joined([in_both(each) for each in _place(check)], en=" ", pt_br=" "),
        before=_finite(first.before),
        after=_finite(first.after),
        by=_finite(first.by),
        noise=t(f"noise_{first.noise}", AUDIT_TEXTS),
        cutoff=Day(first.cutoff),
    )
    if not check.reason:
        return moved
    return Text.joined([moved, Text.same(f"({check.reason})")], en=" ", pt_br=" ")


def _kind(kind: str, checks: "list[Check]") -> Cell:
    passed = all(each.passed for each in checks)
    return Cell(t(f"kind_{kind}", AUDIT_TEXTS), tone="plain" if passed else "bad")


def _cutoffs(checks: "list[Check]") -> Quantity:
    counts = sorted({each.cutoffs for each in checks})
    ends = [in_both(Number(each)) for each in (counts[0], counts[-1])]
    return ends[0] if len(counts) == 1 else Text.joined(ends, en="..", pt_br="..")


def _finite(value: float | None) -> Quantity:
    return t("unknown", AUDIT_TEXTS) if value is None else Setting(value)


def _place(check: "Check") -> Iterator[Quantity]:
    """Return where the first number moved: symbol, session, and the place in its row."""
    first = check.first
    assert first is not None, "something moved"
    if first.symbol:
        yield first.symbol
    if first.session:
        yield Day(first.session)
    if first.place:
        yield t("number_of_rows", AUDIT_TEXTS) if first.place == "rows" else first.place
