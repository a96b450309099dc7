"""Alerts: each fires when it should and only then, as evaluated by Prometheus."""

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
def test_promtool_accepts_the_rules(promtool, arguments):
    done = promtool(*arguments)

    assert 0 == done.returncode, done.stdout + done.stderr


def test_every_alert_has_a_test_that_it_fires_and_one_that_it_does_not(deploy, rules):
    tests = yaml.safe_load((deploy / "prometheus" / "rules_test.yml").read_text(encoding="utf-8"))
    tested = {
        (case["alertname"], bool(case["exp_alerts"]))
        for each in tests["tests"]
        for case in each["alert_rule_test"]
    }

    required = {(rule["alert"], fires) for rule in rules for fires in (True, False)}

    assert required == tested


def test_every_alert_has_a_summary_and_an_action(rules):
    for rule in rules:
        assert {"summary", "action"} == set(rule["annotations"]), rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
