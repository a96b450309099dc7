"""Findings: one registry, both languages, a page each, and no threshold that the code lacks."""

import ast
import json
import re
from datetime import date
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pregao.errors import UnknownNameError
from pregao.findings import FINDINGS, Finding, FindingKind, Severity, find_kind, sort_by_severity
from pregao.findings._evaluation import EVALUATION
from pregao.findings._learning import LEARNING
from pregao.findings._prices import PRICES
from pregao.findings._serving import SERVING
from pregao.presentation import TEXTS, Language
from pregao.terminal._findings import in_full
from pregao.values import Text, Value

ROOT = Path(__file__).parents[1]
FOLDERS: dict[Language, Path] = {
    "en": ROOT / "docs" / "findings",
    "pt": ROOT / "docs" / "pt-BR" / "findings",
}
HEADINGS: dict[Language, tuple[str, ...]] = {
    "en": ("How it is measured", "Example", "What to do", "Source"),
    "pt": ("Como se mede", "Exemplo", "O que fazer", "Fonte"),
}
BOTH: tuple[Language, ...] = ("en", "pt")
SEEN = Text(en="2 sessions", pt_br="2 pregões")
THRESHOLD = re.compile(r"^\| `(pregao[\w.]+)\.(\w+)` \| (\S+) \|$", re.MULTILINE)

each_kind = pytest.mark.parametrize("kind", FINDINGS.values(), ids=lambda kind: kind.code)
each_language = pytest.mark.parametrize("language", BOTH)


def page(kind: FindingKind, language: Language) -> str:
    return (FOLDERS[language] / f"{kind.code}.md").read_text(encoding="utf-8")


def in_one_line(text: str) -> str:
    return " ".join(text.split())


# The registry


def test_codes_are_a_family_and_a_unique_number():
    codes = [kind.code for kind in (*PRICES, *LEARNING, *EVALUATION, *SERVING)]

    assert codes == list(FINDINGS)
    assert all(re.fullmatch(r"(PRC|LRN|EVA|SRV)\d{3}", code) for code in codes)


@each_kind
def test_every_kind_has_texts_in_both_languages(kind: FindingKind):
    for text in (kind.title, kind.meaning, kind.advice):
        assert text.en.strip()
        assert text.pt_br.strip()
        assert text.en != text.pt_br or kind.code == "LRN010"
    assert kind.meaning.en.endswith(".")
    assert kind.meaning.pt_br.endswith(".")


def test_titles_state_the_condition():
    wanted = {
        "EVA001": "worse than the best baseline", "EVA002": "implausibly good score",
        "EVA017": "worse than the naive forecast", "LRN001": "overfit",
        "EVA005": "underdispersed", "EVA004": "edge not significant", "EVA003": "leak",
        "EVA007": "trials not counted", "EVA008": "test opened more than once",
        "EVA009": "class imbalance",
        "LRN011": "horizon mismatch",
    }  # fmt: skip

    assert wanted == {code: FINDINGS[code].title.en for code in wanted}


def test_codes_are_found_in_lower_case():
    assert FINDINGS["EVA001"] == find_kind("eva001")


@pytest.mark.parametrize(("asked", "nearest"), [("EVA02", "EVA002"), ("lrn11", "LRN011")])
def test_an_unknown_code_suggests_the_nearest(asked: str, nearest: str):
    with pytest.raises(UnknownNameError, match=nearest) as caught:
        find_kind(asked)

    assert set(caught.value.nearest) <= set(FINDINGS)


# One finding


@each_kind
def test_a_finding_defaults_to_the_severity_and_advice_of_its_kind(kind: FindingKind):
    finding = Finding.from_code(kind.code, SEEN)

    assert (kind.severity, kind.advice) == (finding.severity, finding.do)
    assert (kind.title, kind.docs) == (finding.title, finding.docs)


@each_kind
def test_a_finding_equals_its_own_json(kind: FindingKind):
    finding = Finding.from_code(
        kind.code, SEEN, severity="info", do=Text.same("look"), symbol="PETR4", sessions=["2020"]
    )

    assert finding == Finding.model_validate_json(finding.model_dump_json())
    assert hash(finding) == hash(Finding.model_validate(finding.model_dump()))


def test_json_holds_title_and_documentation_page():
    content = json.loads(Finding.from_code("EVA001", SEEN).model_dump_json())

    assert {"code", "title", "severity", "seen", "do", "symbol", "sessions", "docs"} == set(content)
    assert {"en": "2 sessions", "pt_br": "2 pregões"} == content["seen"]
    expected = {"en": "worse than the best baseline", "pt_br": "pior que a melhor referência"}
    assert expected == content["title"]
    assert "docs/pt-BR/findings/EVA001.md" == content["docs"]["pt_br"]


def test_the_serialisation_schema_names_every_field():
    schema = TypeAdapter(Finding).json_schema(mode="serialization")

    assert {"title", "docs", "seen", "do"} <= set(schema["properties"])


def test_an_unknown_code_is_an_error():
    with pytest.raises(UnknownNameError, match="EVA999"):
        Finding.from_code("EVA999", SEEN)
    with pytest.raises(ValidationError, match="EVA999"):
        Finding(code="EVA999", severity="info", seen=SEEN, do=SEEN)
    with pytest.raises(ValidationError, match="EVA999"):
        Finding.from_code("EVA001", SEEN).replace(code="EVA999")


def test_unknown_fields_are_errors():
    with pytest.raises(ValidationError, match="colour"):
        Finding.model_validate({**Finding.from_code("EVA001", SEEN).model_dump(), "colour": "red"})


def test_findings_of_earlier_versions_are_read_with_one_text_for_both_languages():
    before = (
        '{"code": "PRC013", "title": "rewritten history", "severity": "info", "symbol": "PETR4",'
        ' "seen": "2 sessions came back", "do": "train again", "sessions": ["2020-01-02"]}'
    )

    finding = Finding.model_validate_json(before)

    assert Text.same("2 sessions came back") == finding.seen
    assert Text.same("train again") == finding.do
    assert ("info", ("2020-01-02",)) == (finding.severity, finding.sessions)
    assert FINDINGS["PRC013"].title == finding.title


def test_findings_are_sorted_by_severity_and_keep_their_order_within():
    codes = ["LRN001", "EVA001", "EVA003", "EVA004", "PRC001", "PRC009"]

    ordered = sort_by_severity([Finding.from_code(code, SEEN) for code in codes])

    assert ["EVA003", "PRC009", "EVA001", "PRC001", "LRN001", "EVA004"] == [e.code for e in ordered]


# Texts


@given(st.floats(-1e6, 1e6), st.integers(-(10**9), 10**9))
def test_portuguese_sentences_have_the_same_numbers_with_a_comma(real: float, whole: int):
    text = Text.of("{real:,.2f} and {whole}", "{real:,.2f} e {whole}", real=real, whole=whole)

    swapped = text.pt_br.translate(str.maketrans(",.", ".,"))
    assert text.en == swapped.replace(" e ", " and ")


def test_arguments_are_formatted_by_language():
    text = Text.of(
        "{what}, {name}, {day}",
        "{what}, {name}, {day}",
        what=SEEN,
        name="v1.5",
        day=date(2020, 1, 2),
    )

    assert Text(en="2 sessions, v1.5, 2020-01-02", pt_br="2 pregões, v1.5, 02/01/2020") == text


def test_arguments_are_not_formatted_as_templates():
    assert Text.same("{x}: {0}") == Text.of("{message}", "{message}", message="{x}: {0}")


@each_language
def test_a_text_returns_its_part_in_a_language(language: Language):
    assert (SEEN.en if language == "en" else SEEN.pt_br) == SEEN.in_language(language)


def test_counts_and_lists_are_texts_too():
    one, many = Text(en="bar", pt_br="cotação"), Text(en="bars", pt_br="cotações")

    assert Text(en="1 bar", pt_br="1 cotação") == Text.counted(1, one, many)
    assert Text(en="0 bars", pt_br="0 cotações") == Text.counted(0, one, many)
    assert Text(en="bar and bars", pt_br="cotação e cotações") == Text.joined([one, many])


class _Said(Value):
    text: Text


def test_a_plain_string_stands_for_both_languages_wherever_a_text_is_read():
    assert _Said(text=Text.same("a")) == _Said.model_validate({"text": "a"})
    assert _Said(text=Text.same("a")) == _Said.model_validate_json('{"text": "a"}')


def _filled() -> list[tuple[str, ast.Call]]:
    """The places in the source where literal sentences are filled with named facts."""
    return [
        (f"{path.name}:{node.lineno}", node)
        for path in sorted((ROOT / "src").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("bilingual", "bilingual_plural")
        and node.keywords
        and all(keyword.arg for keyword in node.keywords)
        and all(isinstance(each, ast.Constant | ast.IfExp) for each in node.args)
    ]


def _blanks(node: ast.expr) -> list[set[str]]:
    """The names of the blanks of a literal, or of both branches of a choice between two."""
    if isinstance(node, ast.IfExp):
        return [*_blanks(node.body), *_blanks(node.orelse)]
    assert isinstance(node, ast.Constant), ast.unparse(node)
    return [{name for _, name, _, _ in Formatter().parse(node.value) if name is not None}]


@pytest.mark.parametrize("call", _filled(), ids=lambda call: call[0])
def test_both_sentences_have_the_same_fields_as_the_arguments(call: tuple[str, ast.Call]):
    node = call[1]
    given = {keyword.arg for keyword in node.keywords}

    for sentence in node.args:
        for blanks in _blanks(sentence):
            assert given - {"count"} == blanks - {"count"}


# Pages


def test_there_are_pages_for_all_codes_and_for_nothing_else():
    for folder in FOLDERS.values():
        names = {path.stem for path in folder.glob("*.md")}

        assert {*FINDINGS, "README"} == names


@each_language
@each_kind
def test_a_page_has_the_texts_of_the_registry(kind: FindingKind, language: Language):
    text = page(kind, language)
    once = in_one_line(text)
    how_bad = TEXTS[language][f"severity_{kind.severity}"]

    assert f"# {kind.code}: {kind.title.in_language(language)}" == text.splitlines()[0]
    assert f": {how_bad}.*" in text.splitlines()[2]
    assert kind.meaning.in_language(language) in once
    assert kind.advice.in_language(language)[1:] in once
    assert list(HEADINGS[language]) == re.findall(r"^## (.+)$", text, re.MULTILINE)


@each_language
@each_kind
def test_the_example_of_a_page_has_the_form_of_the_terminal(kind: FindingKind, language: Language):
    [example] = re.findall(r"```\n(.+?)\n```", page(kind, language), re.DOTALL)
    first, seen, do = example.splitlines()
    shown = [
        in_full(Finding.from_code(kind.code, SEEN, severity=severity), language).plain
        for severity in get_args(Severity)
    ]

    assert first in [each.splitlines()[0].strip() for each in shown]
    assert seen.startswith("  ")
    assert do.startswith("  -> ")


@each_kind
def test_thresholds_on_a_page_are_those_of_the_code(kind: FindingKind):
    english, portuguese = (THRESHOLD.findall(page(kind, language)) for language in BOTH)

    assert [(m, n, value.replace(".", ",")) for m, n, value in english] == portuguese
    for module, name, value in english:
        assert float(value) == getattr(import_module(module), name)


@each_language
@each_kind
def test_the_index_links_every_page(kind: FindingKind, language: Language):
    index = (FOLDERS[language] / "README.md").read_text(encoding="utf-8")
    title, meaning = (each.in_language(language) for each in (kind.title, kind.meaning))

    assert f"| [{kind.code}]({kind.code}.md) | {title} |" in index
    assert meaning in index


@each_kind
def test_the_page_that_a_finding_names_exists(kind: FindingKind):
    assert (ROOT / kind.docs.en).is_file()
    assert (ROOT / kind.docs.pt_br).is_file()


@each_kind
def test_every_code_is_made_somewhere(kind: FindingKind):
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")}
    elsewhere = [text for path, text in sources.items() if path.parent.name != "findings"]
    # Findings whose sentences stand beside their kinds are made by functions, which must be called.
    makers = [
        node.name
        for path, text in sources.items()
        if path.parent.name == "findings"
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and f"'{kind.code}'" in ast.unparse(node)
    ]

    is_made = any(f'"{kind.code}"' in text for text in elsewhere)
    assert is_made or any(f"{maker}(" in text for maker in makers for text in elsewhere)
