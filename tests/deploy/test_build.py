"""The installation on a server: a complete wheel, by one script."""

import subprocess
import sys
import zipfile

import pytest


def test_the_wheel_holds_the_whole_package_and_no_other_file(deploy, tmp_path):
    root = deploy.parent
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"

    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    package = root / "src" / "pregao"
    expected = {
        str(path.relative_to(package.parent))
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert expected == packed
    assert {"pregao/py.typed", "pregao/dashboard/pages/docs.html.j2"} <= packed
    assert {"pregao/report/page.html.j2", "pregao/dashboard/assets/docs.css"} <= packed
    assert any(name.startswith("pregao/database/migrations/versions/") for name in packed)


@pytest.mark.parametrize("arguments", [(), ("a", "b")], ids=["no folder", "two folders"])
def test_the_script_requires_one_folder(deploy, arguments):
    done = subprocess.run(
        ["bash", deploy / "build.sh", *arguments], capture_output=True, text=True, check=False
    )

    assert 2 == done.returncode
    assert "FOLDER" in done.stderr


def test_the_script_refuses_a_folder_that_is_not_empty(deploy, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    done = subprocess.run(
        ["bash", deploy / "build.sh", tmp_path], capture_output=True, text=True, check=False
    )

    assert 2 == done.returncode
    assert ["mine.txt"] == [each.name for each in tmp_path.iterdir()]


@pytest.mark.soak
def test_the_installation_works_without_the_clone(deploy, tmp_path):
    target = tmp_path / "pregao"

    subprocess.run(["bash", deploy / "build.sh", target], check=True)
    where = "import pregao; print(pregao.__file__)"
    done = subprocess.run(
        [target / "bin" / "python", "-I", "-c", where],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith(str(target))
