"""Errors speak every language: their sentences are messages, not strings."""

import ast
from pathlib import Path

import pytest

import pregao
from pregao import errors

PACKAGE = Path(pregao.__file__).parent
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.PregaoError | errors.Fault)
}


def sentences_as_strings(path):
    """Yield where an error is made with a sentence that no translator sees."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        own = path.name == "errors.py" and name == "__init__"
        if name not in ERRORS and not own:
            continue
        for argument in [*node.args, *(each.value for each in node.keywords)]:
            words = [
                part.value
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            is_plain = isinstance(argument, ast.Constant | ast.JoinedStr)
            if is_plain and len(" ".join(words).split()) >= 3:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno} {' '.join(words)}"


def test_every_sentence_of_an_error_is_a_message():
    found = [each for path in PACKAGE.rglob("*.py") for each in sentences_as_strings(path)]

    assert [] == found


@pytest.mark.parametrize(
    ("error", "portuguese"),
    [
        (errors.UnknownNameError("x", "lstm", ["lstm_classic"]),
         "não há x 'lstm': você quis dizer lstm_classic?"),
        (errors.UnknownChampionError("PETR4", 10, ["V"]),
         "não há campeão de PETR4 para 10 pregões: há campeões de V; 'pregao promote RUN' cria um"),
        (errors.QueueFullError(1000, 5),
         "1.000 tarefas estão na fila: tente de novo em 5 s, ou inicie outro 'pregao worker'"),
        (errors.InvalidExperimentError("x", [errors.Fault("a.b", "c"), "d"]), "x: a.b: c; d"),
    ],
)  # fmt: skip
def test_error_has_its_message_in_portuguese(error, portuguese):
    assert portuguese == error.in_language("pt")
    assert error.in_language("en") == str(error)


def test_error_within_another_is_in_the_language_of_the_whole():
    inner = errors.UnknownRunError("x", [])
    outer = errors.NothingLeftError([inner])

    assert "nenhum ativo pode ser usado: não há execução 'x'" in outer.in_language("pt")
    assert "no symbol can be used: no run 'x'" in str(outer)
