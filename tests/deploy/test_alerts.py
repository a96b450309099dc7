"""Alerts: each fires when it should and is quiet otherwise, in Prometheus' own hands."""

import subprocess

import pytest
import yaml


@pytest.fixture
def promtool(program, deploy):
    path = program("promtool", "prometheus")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [path, *arguments],
            cwd=deploy / "prometheus",
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def rules(deploy):
    found = yaml.safe_load((deploy / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
    return [each for group in found["groups"] for each in group["rules"]]


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "rules.yml"),
        ("test", "rules", "rules_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_has_nothing_against(promtool, arguments):
    done = promtool(*arguments)

    assert 0 == done.returncode, done.stdout + done.stderr


def test_every_alert_is_tested_firing_and_quiet(deploy, rules):
    tests = yaml.safe_load((deploy / "prometheus" / "rules_test.yml").read_text(encoding="utf-8"))
    seen = {
        (case["alertname"], bool(case["exp_alerts"]))
        for each in tests["tests"]
        for case in each["alert_rule_test"]
    }

    wanted = {(rule["alert"], fires) for rule in rules for fires in (True, False)}

    assert wanted == seen


def test_every_alert_says_what_is_wrong_and_what_to_do(rules):
    for rule in rules:
        assert {"summary", "action"} == set(rule["annotations"]), rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
