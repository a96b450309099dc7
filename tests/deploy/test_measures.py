"""The metrics and labels of the alerts and the dashboard exist on the server."""

import json
import re

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from pregao.service._metrics import Metrics

_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
_PROMETHEUS_LABELS = {"job", "instance", "le"}


def _alerts(deploy) -> list[str]:
    found = yaml.safe_load((deploy / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
    return [each["expr"] for group in found["groups"] for each in group["rules"]]


def _panels(deploy) -> list[str]:
    board = json.loads((deploy / "grafana" / "pregao.json").read_text(encoding="utf-8"))
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]


def _names(metrics: Metrics) -> set[str]:
    return {
        family.name + suffix
        for family in metrics.registry.collect()
        for suffix in _SUFFIXES.get(family.type, ())
    }


def _labels(metrics: Metrics) -> dict[str, set[str]]:
    """Return the labels of the server's own metrics, by the prefixes of their names."""
    own = [each for each in vars(metrics).values() if isinstance(each, Counter | Gauge | Histogram)]
    return {each._name: {*each._labelnames, *_PROMETHEUS_LABELS} for each in own}


@pytest.mark.parametrize("expressions", [_alerts, _panels], ids=["alerts", "dashboard"])
def test_every_metric_in_an_expression_exists(deploy, expressions):
    named = set(re.findall(r"\b(?:pregao|process)_[a-z0-9_]+", " ".join(expressions(deploy))))

    assert named
    assert named <= _names(Metrics())


@pytest.mark.parametrize("expressions", [_alerts, _panels], ids=["alerts", "dashboard"])
def test_every_label_in_an_expression_exists(deploy, expressions):
    labels = _labels(Metrics())
    selections = re.findall(r"\b(pregao_[a-z0-9_]+)\{([^}]*)\}", " ".join(expressions(deploy)))

    assert selections
    for name, selection in selections:
        own = next(known for prefix, known in labels.items() if name.startswith(prefix))
        assert set(re.findall(r"(\w+)\s*(?:=|!)", selection)) <= own, (name, selection)


def test_every_metric_of_the_server_is_on_the_dashboard(deploy):
    shown = " ".join(_panels(deploy))

    assert [] == [name for name in _labels(Metrics()) if name not in shown]


def test_panels_have_unique_ids_and_do_not_overlap(deploy):
    board = json.loads((deploy / "grafana" / "pregao.json").read_text(encoding="utf-8"))
    cells = [
        (x, y)
        for each in board["panels"]
        for at in [each["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]

    assert len({each["id"] for each in board["panels"]}) == len(board["panels"])
    assert len(set(cells)) == len(cells)


def test_the_dashboard_uses_the_provisioned_data_source(deploy):
    folder = deploy / "grafana" / "provisioning" / "datasources"
    sources = yaml.safe_load((folder / "prometheus.yaml").read_text(encoding="utf-8"))
    board = json.loads((deploy / "grafana" / "pregao.json").read_text(encoding="utf-8"))
    used = {each["datasource"]["uid"] for each in board["panels"] if "datasource" in each}

    assert used == {each["uid"] for each in sources["datasources"]}
