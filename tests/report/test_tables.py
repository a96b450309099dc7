import pytest
from markupsafe import escape

from pregao.findings import Finding
from pregao.presentation import Language, _evidence
from pregao.presentation._proof import proof_of
from pregao.report import ranking_html
from pregao.values import Text

BOTH: tuple[Language, ...] = ("en", "pt")
HOSTILE = "<script>alert(1)</script>"


@pytest.mark.parametrize("language", BOTH)
def test_a_notebook_shows_the_verdict_and_the_findings_in_its_language(
    case, language: Language
) -> None:
    finding = case.report.findings[0]

    shown = ranking_html(case.report, language=language)

    assert case.report.verdict.in_language(language).replace("'", "&#39;") in shown
    for text in (finding.title, finding.seen, finding.do):
        assert text.in_language(language) in shown


def test_a_notebook_shows_no_list_where_nothing_was_found(case) -> None:
    assert "<ul>" not in ranking_html(case.report.replace(findings=()))


def test_what_was_seen_stays_text_in_a_notebook(case) -> None:
    hostile = Finding.from_code("LRN007", Text.same(HOSTILE), symbol=HOSTILE)

    assert HOSTILE not in ranking_html(case.report.replace(findings=(hostile,)))


@pytest.mark.parametrize("language", BOTH)
def test_a_notebook_shows_what_the_verdict_rests_on(proven, language: Language) -> None:
    report = proven.report
    proof = proof_of(report)

    shown = ranking_html(report, language=language)

    for tile in _evidence.verdict_tiles(report, proof):
        assert escape(tile.name.in_language(language)) in shown
        assert escape(tile.value.in_language(language)) in shown
    for test in _evidence.verdict_tests(proof, report.trials):
        assert escape(test.found.in_language(language)) in shown


def test_a_notebook_marks_the_confidence_set(case) -> None:
    none = case.report.replace(confidence_set=())
    one = case.report.replace(confidence_set=(case.report.best_baseline,))

    assert "<td>yes</td>" not in ranking_html(none)
    assert 1 == ranking_html(one).count("<td>yes</td>")
