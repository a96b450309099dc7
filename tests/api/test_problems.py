"""Problems in the language of the request."""

import pytest

from pregao import errors
from pregao.api._problems import PROBLEM_KINDS, Problem, preferred_language
from pregao.texts import gettext_lazy


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [("", "en"), ("pt", "pt"), ("fr, pt;q=0.1", "pt"), ("en;q=0.2, pt-PT;q=0.9", "pt"),
     ("pt-BR,pt;q=0.9,en;q=0.8", "pt"), ("de, en;q=0.5, pt;q=0.7", "pt"),
     ("pt;q=x", "en"), ("*", "en"), ("a" * 10_000, "en"), (",;q=;;", "en")],
)  # fmt: skip
def test_accept_language_is_read_whatever_it_says(accepted, expected):
    assert expected == preferred_language(accepted)


@pytest.mark.parametrize(
    ("query", "accepted", "locale", "beginning"),
    [
        ("", "en", "en-US", "'PETR4;' is not a ticker"),
        ("", "pt-BR", "pt-BR", "'PETR4;' não é um ticker"),
        ("?lang=pt", "en", "pt-BR", "'PETR4;' não é um ticker"),
        ("?lang=en", "pt-BR", "en-US", "'PETR4;' is not a ticker"),
        ("?lang=xx", "", "en-US", "'PETR4;' is not a ticker"),
    ],
)
def test_problem_is_in_the_language_of_the_request(client, query, accepted, locale, beginning):
    answer = client.get(f"/v1/symbols/PETR4;/prices{query}", headers={"accept-language": accepted})

    assert 422 == answer.status_code
    assert answer.json()["detail"].startswith(beginning)
    assert locale == answer.headers["content-language"]


def test_reasons_of_an_invalid_body_are_in_the_language_of_the_request(client):
    body = {"symbols": ["PETR4"], "horizon": 0}

    english = client.post("/v1/forecasts", json=body)
    portuguese = client.post("/v1/forecasts?lang=pt", json=body)

    assert ["Input should be greater than or equal to 1"] == [
        each["message"] for each in english.json()["reasons"]
    ]
    assert ["O valor deve ser maior ou igual a 1"] == [
        each["message"] for each in portuguese.json()["reasons"]
    ]
    assert "O pedido não pode ser lido" == portuguese.json()["title"]


@pytest.mark.parametrize("kind", PROBLEM_KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_of_problem_has_a_title_in_portuguese(kind):
    assert kind.title != gettext_lazy(kind.title).in_language("pt")


def test_type_and_status_do_not_depend_on_the_language():
    error = errors.UnknownRunError("x", [])

    english, portuguese = (Problem.from_error(error, language) for language in ("en", "pt"))

    assert (english.type, english.status) == (portuguese.type, portuguese.status)
    assert "no run 'x': none is stored yet; 'pregao train' makes one" == english.detail
    assert "não há execução 'x': ainda não há nenhuma; 'pregao train' cria uma" == portuguese.detail
