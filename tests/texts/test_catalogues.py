"""Every message is translated, every translation is used, and both have the same blanks."""

import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import pregao
from pregao.texts import LOCALE_FOLDER, LOCALES
from pregao.texts._catalogues import translated, translated_plural
from pregao.texts._compilation import compile_catalogues
from pregao.texts._extraction import extract_messages, extract_python

PACKAGE = Path(pregao.__file__).parent
CATALOGUES = sorted(LOCALE_FOLDER.rglob("*.po"))
BLANK = re.compile(r"\{(\w+)[^{}]*\}")


@pytest.fixture(scope="module")
def extracted():
    return extract_messages(PACKAGE)


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda path: path.parents[1].name)
def catalogue(request):
    with request.param.open("rb") as file:
        return read_po(file, locale=request.param.parents[1].name)


def ids(catalogue):
    return {message.id for message in catalogue if message.id}


def forms(message):
    return (message.string,) if isinstance(message.string, str) else message.string


def test_there_is_a_catalogue_for_every_language_but_english():
    found = {path.parents[1].name for path in CATALOGUES}

    assert set(LOCALES.values()) - {"en_US"} == found


def test_every_message_of_the_code_is_in_the_catalogue_and_no_other(extracted, catalogue):
    assert ids(extracted) - ids(catalogue) == set(), "run 'python dev.py texts'"
    assert ids(catalogue) - ids(extracted) == set(), "run 'python dev.py texts'"


def test_every_message_is_translated(catalogue):
    without = [each.id for each in catalogue if each.id and not all(forms(each))]

    assert [] == without


def test_no_translation_is_marked_as_uncertain(catalogue):
    assert [] == [each.id for each in catalogue if each.id and each.fuzzy]


def test_a_translation_has_the_blanks_of_its_message(catalogue):
    for message in catalogue:
        if not message.id:
            continue
        one, many = (message.id,) * 2 if isinstance(message.id, str) else message.id
        for string in forms(message):
            blanks = set(BLANK.findall(string))
            assert set(BLANK.findall(one)) <= blanks | {"count"}, message.id
            assert blanks <= set(BLANK.findall(many)), message.id


def test_the_compiled_catalogue_is_that_of_its_source(catalogue):
    for message in catalogue:
        match message.id:
            case "":
                pass
            case str(one):
                assert message.string == translated(one, "pt")
            case one, many:
                found = tuple(translated_plural(one, many, count, "pt") for count in (1, 2))
                assert tuple(message.string) == found


def test_a_changed_translation_is_compiled_again(tmp_path: Path):
    folder = tmp_path / "pt_BR" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "pregao.po", folder / "pregao.mo"
    head = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    for number, word in enumerate((b"um", b"dois")):
        source.write_bytes(head + b'msgid "one"\nmsgstr "' + word + b'"\n')
        os.utime(source, ns=(10**18 + number,) * 2)
        if compiled.is_file():
            os.utime(compiled, ns=(10**18,) * 2)

        compile_catalogues(tmp_path)

        with compiled.open("rb") as file:
            assert word.decode() == read_mo(file).get("one").string


def test_the_docstring_of_a_command_is_a_message_and_that_of_another_function_is_none():
    source = b'''
@app.command()
def forecast():
    """Forecast a symbol.

    With ranges.
    """

def helper():
    """Help."""
    return _("a message")
'''
    found = [each[2] for each in extract_python(BytesIO(source), {"_": None}, [], {})]

    assert ["a message", "Forecast a symbol.\n\nWith ranges."] == found
