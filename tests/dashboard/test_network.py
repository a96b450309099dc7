"""The page on which one builds a network: what it offers, in both languages, whatever is asked."""

import json
import re

import pytest

from pregao.dashboard._network import MOST_RUNS, SOURCES
from pregao.dashboard._texts import TEXTS
from pregao.dataset import FEATURE_SETS
from pregao.training import Experiment
from pregao.workbench import SOURCES as KNOWN_SOURCES
from pregao.zoo.networks import NETWORK_SCHEMA, ZOO, find_network

KINDS = {
    each["properties"]["kind"]["const"]: each["properties"]
    for each in NETWORK_SCHEMA.json_schema()["$defs"].values()
}
HOSTILE = "</script><script>alert(1)</script>"


def _as_json(client, **query):
    return client.get("/custom-network", params={**query, "format": "json"}).json()


def _data(answer):
    [found] = re.findall(r'id="network-data">(.*?)</script>', answer.text, re.DOTALL)
    return json.loads(found)


@pytest.mark.parametrize("path", ["/custom-network", "/custom-model"])
@pytest.mark.parametrize(
    ("language", "title"), [("en", "A network of your own"), ("pt", "Uma rede só sua")]
)
def test_page_is_shown_in_both_languages(client, path, language, title):
    answer = client.get(path, params={"lang": language})

    assert 200 == answer.status_code
    assert title in answer.text
    assert "simulator.js" in answer.text


@pytest.mark.parametrize("name", ZOO)
def test_page_begins_with_the_network_that_is_asked_for_and_its_size(client, name):
    answer = client.get("/custom-network", params={"network": name})

    experiment = Experiment(symbols=("SP500",), network=name)
    expected = experiment.num_parameters(len(experiment.features))
    assert f"<strong data-total>{expected:,}</strong>" in answer.text
    assert f'<option value="{name}" selected>' in answer.text
    start = _data(answer)["start"]
    assert (name, expected) == (start["name"], start["parameters"])
    assert find_network(name).model_dump(mode="json") == start["network"]


def test_what_the_script_works_with_is_what_can_be_had_as_json(client):
    page = _as_json(client)

    assert {name: page[name] for name in ("start", "network_schema", "new_layers", "zoo")} == (
        _data(client.get("/custom-network"))
    )
    assert list(ZOO) == [each["name"] for each in page["zoo"]]
    assert NETWORK_SCHEMA.json_schema() == page["network_schema"]


def test_fields_stand_in_the_order_of_the_schema(client):
    recurrent = _data(client.get("/custom-network"))["network_schema"]["$defs"]["Recurrent"]

    assert list(KINDS["recurrent"]) == list(recurrent["properties"])


def test_choices_beside_the_network_are_those_of_the_code(client):
    page = _as_json(client)

    assert {k: list(v) for k, v in FEATURE_SETS.items()} == {
        each["name"]: each["features"] for each in page["feature_sets"]
    }
    assert {"least": 1, "most": 2000, "usual": 60} == page["bounds"]["lookback"]
    assert set(SOURCES) <= set(KNOWN_SOURCES)
    assert "SP500" == page["symbols"][0]


def test_every_kind_of_layer_can_be_added(client):
    new = _as_json(client)["new_layers"]

    layers = NETWORK_SCHEMA.json_schema()["$defs"]["Stack"]["properties"]["layers"]["items"]
    assert set(layers["discriminator"]["mapping"]) == set(new)
    assert all(kind == layer["kind"] for kind, layer in new.items())
    stack = {"kind": "stack", "layers": list(new.values())}
    assert 200 == client.post("/v1/networks/measure", json={"network": stack}).status_code


def test_every_kind_field_and_choice_has_a_text():
    fields = {name for each in KINDS.values() for name in each if name != "kind"}
    all_fields = [field for each in KINDS.values() for field in each.values()]
    choices = {choice for each in all_fields for choice in each.get("enum", ())}

    expected = {
        *(f"js_network_kind_{each}" for each in KINDS),
        *(f"js_network_help_{each}" for each in KINDS),
        *(f"js_network_field_{each}" for each in fields),
        *(f"js_network_choice_{each}" for each in choices),
        *(f"network_category_{each.category}" for each in ZOO.values()),
        *(f"network_set_{each}" for each in FEATURE_SETS),
        *(f"network_source_{each}" for each in SOURCES),
    }
    assert set() == expected - set(TEXTS)


def test_every_part_of_every_network_has_a_text(client):
    kinds = set()
    for name in ZOO:
        measured = client.post("/v1/networks/measure", json={"network": name}).json()
        kinds |= {each["kind"] for each in measured["parts"]}

    assert set() == {f"js_network_kind_{each}" for each in kinds} - set(TEXTS)


def test_network_that_is_not_there_is_a_page_with_the_nearest(client):
    answer = client.get("/custom-network", params={"network": "lstm_clasic"})

    assert 422 == answer.status_code
    assert "text/html" in answer.headers["content-type"]
    assert "lstm_classic" in answer.text
    assert "unknown-name" in client.get("/custom-network?network=x&format=json").json()["type"]


def test_hostile_name_is_shown_as_text(client):
    answer = client.get("/custom-network", params={"network": HOSTILE})

    assert 422 == answer.status_code
    assert HOSTILE not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_name_that_is_too_long_is_refused(client):
    assert 422 == client.get("/custom-network", params={"network": "x" * 121}).status_code


def test_empty_name_is_the_usual_network(client):
    assert "lstm_small" == _as_json(client, network="")["start"]["name"]


def test_newest_runs_can_be_tried(served_home, client):
    runs = client.get("/v1/runs").json()

    page = _as_json(client)

    assert runs
    assert [each["id"] for each in runs][:MOST_RUNS] == [each["id"] for each in page["runs"]]
    answer = client.get("/custom-network")
    for each in runs:
        assert f'<option value="{each["id"]}" data-symbol="PETR4">' in answer.text


def test_without_runs_the_baseline_is_offered(client):
    answer = client.get("/custom-network")

    assert "data-simulator" in answer.text
    assert 'name="run"' not in answer.text
