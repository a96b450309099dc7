"""All pages together: in both languages, without a script or a style of anybody's but our own."""

import json
import re
from pathlib import Path

import pytest

import pregao.dashboard
from pregao.dashboard._texts import TEXTS

PAGES = ("/", "/symbols/SP500", "/symbols/NASDAQ?years=all", "/training", "/training?sample=1")
TEMPLATES = sorted(Path(pregao.dashboard.__file__).parent.joinpath("pages").glob("*.j2"))
SCRIPTS = sorted(Path(pregao.dashboard.__file__).parent.joinpath("assets").glob("*.js"))
_KEY = re.compile(r"""\bt\(\s*["']([a-z0-9_]+)["'](?!\s*~)""")
_MADE_KEY = re.compile(r"""\bt\(\s*["']([a-z0-9_]+_)["']\s*~""")
_CHOSEN = re.compile(r"""\bt\(([^()]*?\bif\b[^()]*)\)""")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("accepted", "locale"), [("en", "en"), ("pt-BR", "pt-BR")])
def test_page_is_in_the_language_that_the_browser_asks_for(client, path, accepted, locale):
    answer = client.get(path, headers={"accept-language": accepted})

    assert 200 == answer.status_code
    assert f'<html lang="{locale}">' in answer.text
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("path", PAGES)
def test_page_runs_no_script_that_is_not_a_file_of_ours(client, path):
    answer = client.get(path)

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL)
    assert [] == [
        attributes
        for attributes, content in scripts
        if content.strip() and 'type="application/json"' not in attributes
    ]
    assert not re.search(
        r"<[^>]*\s(style|on[a-z]+)\s*=",
        re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL),
    )
    assert not re.search(r"""(src|href)=["'](https?:)?//""", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_shows_can_be_had_as_json(client, path):
    answer = client.get(f"{path}{'&' if '?' in path else '?'}format=json")

    assert "application/json" == answer.headers["content-type"]
    assert json.loads(answer.text)


def test_language_that_was_chosen_is_kept(client):
    client.get("/?lang=pt")

    assert '<html lang="pt-BR">' in client.get("/", headers={"accept-language": "en"}).text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path):
    if path.name == "docs.html.j2":
        pytest.skip("the API is documented in English")
    left = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", " ", path.read_text(), flags=re.DOTALL)
    attributes = re.findall(r"""\b(?:aria-label|title|placeholder|alt)=["']([^"']*)["']""", left)
    left = re.sub(r"<[^>]*>", " ", left)
    left = re.sub(r"&[a-z]+;", " ", left)
    words = [each for each in re.findall(r"[A-Za-z]{2,}", left) if each not in _SAME]

    assert [] == words
    assert [] == [
        each for each in attributes if re.search(r"[A-Za-z]{3,}", each) and each not in _NAMES
    ]


_SAME = {"Pregao", "EN", "PT", "ms", "MB"}
"""What is the same in both languages."""
_NAMES = {"English", "Portugu&ecirc;s", "true", "false"}


def test_every_text_that_pages_ask_for_is_there():
    asked = {key for path in TEMPLATES for key in _KEY.findall(path.read_text())}
    asked |= {f"js_{key}" for path in SCRIPTS for key in _KEY.findall(path.read_text())}

    assert set() == asked - set(TEXTS)


def test_every_text_is_in_both_languages_and_fills_the_same_blanks():
    for key, text in TEXTS.items():
        assert text.en.strip(), key
        assert text.pt_br.strip(), key
        assert sorted(re.findall(r"\{\w+\}", text.en)) == sorted(
            re.findall(r"\{\w+\}", text.pt_br)
        ), key


def test_no_text_is_there_for_nobody():
    sources = "\n".join(path.read_text() for path in [*TEMPLATES, *SCRIPTS, *PYTHON])
    made = (
        set(_MADE_KEY.findall(sources))
        | set(re.findall(r"""f["']([a-z0-9_]+_)\{""", sources))
        | set(re.findall(r"`(?:js_)?([a-z0-9_]+_)\$", sources))
    )
    unused = [
        key
        for key in TEXTS
        if not re.search(rf"""["'`]{re.escape(key.removeprefix("js_"))}["'`]""", sources)
        and not any(key.removeprefix("js_").startswith(each) for each in made)
    ]

    assert [] == unused


PYTHON = [
    path
    for path in Path(pregao.dashboard.__file__).parent.glob("*.py")
    if not path.name.startswith("_texts_")
]


def test_page_of_what_is_no_ticker_says_so_and_shows_it_as_text(client):
    answer = client.get("/symbols", params={"symbol": "<script>alert(1)</script>"})

    assert 422 == answer.status_code
    assert "text/html" in answer.headers["content-type"]
    assert "<script>alert" not in answer.text


def test_ticker_that_was_typed_leads_to_its_page(client):
    answer = client.get("/symbols", params={"symbol": " petr4.sa "}, follow_redirects=False)

    assert (303, "/symbols/PETR4") == (answer.status_code, answer.headers["location"])


@pytest.mark.parametrize(
    "name",
    ["theme.css", "dashboard.css", "dashboard.js", "figures.js", "plotly.min.js", "icon.svg"],
)
def test_assets_are_given_once(client, name):
    first = client.get(f"/assets/{name}")
    again = client.get(f"/assets/{name}", headers={"if-none-match": first.headers["etag"]})

    assert (200, 304) == (first.status_code, again.status_code)
    assert b"" == again.content


@pytest.mark.parametrize("name", ["../_app.py", "..%2f_app.py", "%00", "nope.js", "docs.html.j2"])
def test_what_is_no_asset_is_not_given(client, name):
    assert client.get(f"/assets/{name}").status_code == 404


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("en", "Nothing is here", "No page has the address /nowhere."),
        ("pt-BR", "Não há nada aqui", "Nenhuma página tem o endereço /nowhere."),
    ],
)
def test_address_that_is_not_there_is_a_page_for_a_visitor(client, language, title, lead):
    answer = client.get("/nowhere", headers={"accept-language": language})

    assert 404 == answer.status_code
    assert f"<h1>{title}</h1>" in answer.text
    assert lead in answer.text
    assert "openapi" not in answer.text


def test_address_of_any_length_is_named_in_a_line_or_two(client):
    answer = client.get(f"/{'x' * 3000}", headers={"accept": "text/html"})

    [lead] = re.findall(r'<p class="lead">(.*?)</p>', answer.text)
    assert 404 == answer.status_code
    assert "xxx…" in lead
    assert len(lead) < 200


def test_what_the_interface_documents_answers_with_problems_in_json(client):
    answer = client.get("/v1/runs/nope")

    assert 404 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
