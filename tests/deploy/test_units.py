"""The units of systemd, verified by systemd itself."""

import configparser
import subprocess
import sys

import pytest

from pregao.server._server import GRACE_SECONDS

UNITS = ["pregao.service", "pregao-worker@.service"]


def _read(path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_unit(deploy, program, tmp_path, name):
    analyze = program("systemd-analyze", "systemd")
    text = (deploy / "systemd" / name).read_text(encoding="utf-8")
    # systemd checks that the program exists, and Pregao is not installed under /opt here.
    unit = tmp_path / name
    unit.write_text(text.replace("/opt/pregao/bin/pregao", sys.executable), encoding="utf-8")

    done = subprocess.run(
        [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stderr
    assert name not in done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_can_write_to_its_home_only_and_has_time_to_stop(deploy, name):
    service = _read(deploy / "systemd" / name)["Service"]

    assert "strict" == service["ProtectSystem"]
    assert "yes" == service["NoNewPrivileges"]
    assert f"PREGAO_HOME=/var/lib/{service['StateDirectory']}" in service["Environment"].split()
    assert "on-failure" == service["Restart"]
    assert int(service["TimeoutStopSec"]) > GRACE_SECONDS
    assert "pregao" == service["User"]


def test_both_units_have_the_same_sandbox(deploy):
    api, worker = (dict(_read(deploy / "systemd" / name)["Service"]) for name in UNITS)

    assert "/opt/pregao/bin/pregao worker" == worker.pop("ExecStart")
    assert api.pop("ExecStart").startswith("/opt/pregao/bin/pregao serve --host 127.0.0.1 ")
    assert api == worker
