"""Documents: the same in both languages, with commands and links that exist."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from pregao.cli import app
from pregao.training import Experiment
from pregao.training.search import Space
from pregao.zoo.baselines import BASELINES
from pregao.zoo.networks import ZOO

ROOT = Path(__file__).parents[1]
READMES = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.pt-BR.md")]
PAGES = sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def commands(text: str) -> list[str]:
    """The commands of the shell examples, without the name of the reader's own folder."""
    lines = re.findall(r"^\$ (.+?)(?:\s+#.*)?$", text, re.MULTILINE)
    return [re.sub(r"\b(?:my|meus)-csvs\b", "FOLDER", line).strip() for line in lines]


def test_both_readmes_have_the_same_headings_by_level():
    english, portuguese = (re.findall(r"^#+", text, re.MULTILINE) for text in READMES)

    assert english == portuguese


def test_both_readmes_show_the_same_commands():
    english, portuguese = map(commands, READMES)

    assert english == portuguese
    assert ["make demo", "make test"] == english[:2]


def test_both_readmes_show_the_same_experiment_and_it_can_be_read(tmp_path: Path):
    english, portuguese = (re.findall(r"```toml(.*?)```", text, re.DOTALL) for text in READMES)
    space, experiment = tmp_path / "space.toml", tmp_path / "experiment.toml"
    space.write_text(english[1], encoding="utf-8")
    experiment.write_text(english[0], encoding="utf-8")

    assert english == portuguese
    assert {"learning_rate", "dropout", "lookback", "network"} == set(Space.from_toml(space).knobs)
    assert ("PETR4", "VALE3") == Experiment.from_toml(experiment).symbols


@pytest.mark.parametrize("text", READMES, ids=["english", "portuguese"])
def test_commands_that_the_readme_shows_exist(text: str):
    known = set(typer.main.get_command(app).commands)

    shown = {line.split()[1] for line in commands(text) if line.startswith("pregao ")}

    assert shown
    assert shown <= known


@pytest.mark.parametrize("text", READMES, ids=["english", "portuguese"])
def test_options_that_the_readme_shows_belong_to_their_commands(text: str):
    known = typer.main.get_command(app).commands

    for line in commands(text):
        program, name, *arguments = [*shlex.split(line), ""]
        if program == "pregao":
            options = {option for each in known[name].params for option in each.opts}
            assert {each for each in arguments if each.startswith("--")} <= options, line


@pytest.mark.parametrize("text", READMES, ids=["english", "portuguese"])
def test_the_size_of_the_zoo_in_the_readme_is_that_of_the_registry(text: str):
    assert f" {len(ZOO)} " in text
    assert 8 == len(BASELINES)
    assert re.search(r"\*\*(beside eight|ao lado de oito) ", text)


def test_every_page_is_there_in_portuguese_and_is_linked_from_its_readme():
    english, portuguese = READMES

    assert sorted(path.name for path in (ROOT / "docs" / "pt-BR").glob("*.md")) == PAGES
    for name in PAGES:
        assert f"](docs/{name})" in english
        assert f"](docs/pt-BR/{name})" in portuguese


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_of_a_page_link_each_other_and_have_the_same_form(name: str):
    english, portuguese = (
        (ROOT / folder / name).read_text(encoding="utf-8") for folder in ("docs", "docs/pt-BR")
    )

    assert f"*[Em português](pt-BR/{name})*" == english.splitlines()[2]
    assert f"*[In English](../{name})*" == portuguese.splitlines()[2]
    for pattern in (r"^#+ ", r"^\|", r"^- ", r"^\| (`[^`]+`) \|", r"^```(\w*)"):
        found = [re.findall(pattern, text, re.MULTILINE) for text in (english, portuguese)]
        assert found[0] == found[1], pattern


@pytest.mark.parametrize(
    "path", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda path: path.name
)
def test_links_inside_the_project_lead_somewhere(path: Path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
