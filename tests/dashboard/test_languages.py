"""No page in Portuguese shows a sentence of the catalogue in English."""

import re
from html import unescape

import pytest
from babel.messages.pofile import read_po

from pregao.texts import LOCALE_FOLDER
from pregao.workbench import Workbench

MIN_WORDS = 3
BLANK = re.compile(r"\{[^{}]*\}")
TECHNICAL = re.compile(r"--|pregao |\w_\w|https?:|'[^']*'$")
"""Of options, commands, names and addresses, which are the same in both languages."""


@pytest.fixture(scope="module")
def english_sentences():
    """Each part between blanks, of several words, that its translation does not have."""
    path = LOCALE_FOLDER / "pt_BR" / "LC_MESSAGES" / "pregao.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="pt_BR")
    found = set()
    for message in catalogue:
        forms = [message.id] if isinstance(message.id, str) else message.id
        translated = message.string if isinstance(message.string, str) else message.string[0]
        for form in forms:
            for part in BLANK.split(form):
                sentence = part.strip(" .,:;()")
                is_long = len(sentence.split()) >= MIN_WORDS
                if is_long and sentence not in translated and not TECHNICAL.search(sentence):
                    found.add(sentence)
    assert len(found) > 1000
    return found


def visible_text(page):
    """Return the words of a page, in attributes that are read aloud or shown too."""
    page = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    page = re.sub(r'<span class="en" lang="en">.*?</span>', " ", page, flags=re.DOTALL)
    shown = re.findall(r'(?:aria-label|title|placeholder|alt|content)="([^"]*)"', page)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split()) + " ".join(shown)


def shown_in_english(page, sentences):
    text = visible_text(page)
    return sorted(each for each in sentences if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text))


@pytest.mark.parametrize(
    "path",
    ["/", "/symbols/PETR4", "/symbols/SP500", "/training", "/training?sample=1", "/custom-network",
     "/runs", "/runs/compare?run={runs[0]}&run={runs[1]}", "/runs/{runs[0]}",
     "/runs/{runs[0]}/report.html", "/operations", "/symbols/PETR4/explanation",
     "/nowhere", "/runs/unknown", "/symbols/PETR4;", "/symbols/ABCD3", "/runs/compare?run=a"],
)  # fmt: skip
def test_page_in_portuguese_has_no_english_sentence(served_home, client, english_sentences, path):
    workbench = Workbench(served_home)
    runs = [each.id for each in workbench.models.runs()] if "{" in path else []

    page = client.get(path.format(runs=runs), headers={"accept-language": "pt-BR"}).text

    assert "pt-BR" in page
    assert [] == shown_in_english(page, english_sentences)


def test_an_english_page_is_found(client, english_sentences):
    page = client.get("/training", headers={"accept-language": "en"}).text

    assert len(shown_in_english(page, english_sentences)) > 10


def test_a_problem_page_is_in_the_language_that_was_chosen_before(client):
    client.get("/?lang=pt")

    answer = client.get("/nowhere", headers={"accept-language": "en", "accept": "text/html"})

    assert "pt-BR" == answer.headers["content-language"]
    assert '<html lang="pt-BR">' in answer.text
    assert "Nothing is here" not in answer.text
