"""Runs and champions on the command line, through its real entry point."""

import json
import shutil
from pathlib import Path

import pytest
from made_runs import EXPERIMENTS, made_run
from shells import Shell

from pregao.registry import Run


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = Path(tmp_path_factory.mktemp("stored"))
    return made_run(home, EXPERIMENTS["ensemble"], baseline="har")


@pytest.fixture
def pregao(tmp_path: Path, stored: Run) -> Shell:
    """A shell in a home with a run that a baseline serves: exporting it takes no time."""
    shell = Shell(tmp_path)
    shutil.copytree(stored.folder, shell.folder / "runs" / stored.id)
    return shell


def test_a_run_is_listed_promoted_and_gone_back_from(pregao: Shell, stored: Run):
    second = pregao.folder / "runs" / "second"
    shutil.copytree(stored.folder, second)

    listed = json.loads(pregao("runs", "--json").stdout)
    assert {stored.id, "second"} == {each["id"] for each in listed}
    first = json.loads(pregao("promote", stored.id, "--json").stdout)
    assert [("PETR4", 1), ("VALE3", 1)] == [(each["symbol"], each["version"]) for each in first]
    asked = ("promote", "second", "--symbol", "PETR4", "--if-version", "1", "--reason", "better")
    assert 0 == pregao(*asked).returncode
    late = pregao("promote", stored.id, "--symbol", "PETR4", "--if-version", "1")
    assert (1, "") == (late.returncode, late.stdout)
    assert "at version 2, not 1" in late.stderr

    back = pregao("rollback", "PETR4", "--horizon", "3", "--if-version", "2", "--json")

    changed = json.loads(back.stdout)
    assert (stored.id, 3) == (changed["run"], changed["version"])
    champions = json.loads(pregao("models", "--json").stdout)
    assert {("PETR4", stored.id), ("VALE3", stored.id)} == {
        (each["symbol"], each["run"]) for each in champions
    }


def test_tables_are_in_the_language_of_the_user(pregao: Shell, stored: Run):
    assert "No champion yet" in pregao("models").stdout
    assert "Ainda não há campeão" in pregao("models", LANG="pt_BR.UTF-8").stdout
    english, portuguese = pregao("runs"), pregao("runs", LANG="pt_BR.UTF-8")
    assert "Registered" in english.stdout
    assert "Registrada" in portuguese.stdout
    for done in (english, portuguese):
        assert stored.id in done.stdout
    promoted = pregao("promote", stored.id, "--symbol", "VALE3", LANG="pt_BR.UTF-8")
    assert f"{stored.id} serve VALE3 para 3 pregões (versão 1)" in promoted.stdout


def test_a_run_that_serves_is_not_deleted_and_another_is(pregao: Shell, stored: Run):
    shutil.copytree(stored.folder, pregao.folder / "runs" / "second")
    pregao("promote", stored.id)

    kept, gone = pregao("delete", stored.id), pregao("delete", "second")

    assert (1, 0) == (kept.returncode, gone.returncode)
    assert "is or was champion of PETR4 for 3" in kept.stderr
    assert [stored.id] == [each.name for each in (pregao.folder / "runs").iterdir()]


def test_the_doctor_finds_mends_and_says_so_by_its_exit_code(pregao: Shell, stored: Run):
    sick = pregao("doctor")
    mended = pregao("doctor", "--mend", "--json")
    well = pregao("doctor", LANG="pt_BR.UTF-8")

    assert (1, 0, 0) == (sick.returncode, mended.returncode, well.returncode)
    assert f"not listed {stored.id}" in sick.stdout
    assert "--mend" in sick.stdout
    [ailment] = json.loads(mended.stdout)["ailments"]
    assert ("folder_without_row", True) == (ailment["kind"], ailment["is_mended"])
    assert "Nenhum dano encontrado" in well.stdout


def test_a_damaged_database_is_named_and_never_made_anew(pregao: Shell):
    file = pregao.folder / "pregao.db"
    file.write_bytes(b"no database" * 1_000)

    refused, examined = pregao("models"), pregao("doctor")

    assert (1, 1) == (refused.returncode, examined.returncode)
    assert "pregao doctor" in refused.stderr
    assert str(file) in examined.stdout
    assert file.read_bytes().startswith(b"no database")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("promote", "nothing"), "no run 'nothing'"),
        (("delete", "nothing"), "no run 'nothing'"),
        (("export", "nothing", "--to", "out"), "no run 'nothing'"),
        (("export", "nothing"), "--to FOLDER or --mlflow URI"),
        (("rollback", "PETR4"), "no champion of PETR4"),
        (("rollback", "../../x"), "'../../x'"),
        (("runs", "--symbol", "x/y"), "'x/y'"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_two(
    pregao: Shell, command: tuple[str, ...], reason: str
):
    done = pregao(*command)

    assert (2, "") == (done.returncode, done.stdout)
    [line] = done.stderr.strip().splitlines()
    assert reason in line


def test_champions_are_in_the_database_that_the_environment_names(
    pregao: Shell, stored: Run, database_url: str
):
    done = pregao("promote", stored.id, "--symbol", "VALE3", PREGAO_DATABASE_URL=database_url)
    assert 0 == done.returncode, done.stderr

    there = json.loads(pregao("models", "--json", PREGAO_DATABASE_URL=database_url).stdout)
    here = json.loads(pregao("models", "--json").stdout)

    assert ([("VALE3", stored.id)], []) == ([(each["symbol"], each["run"]) for each in there], here)
