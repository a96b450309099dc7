"""Jobs over HTTP: accepted once they are written down, followed, stopped; champions by If-Match."""

import json

import pytest

TRAINING = {"experiment": {"symbols": ["SP500"], "source": "sample", "epochs": 2}}


def _accepted(client, path="/v1/trainings", body=TRAINING, **headers):
    response = client.post(path, json=body, headers=headers)
    assert 202 == response.status_code, response.text
    assert f"/v1/jobs/{response.json()['id']}" == response.headers["location"]
    return response.json()


def test_a_training_is_accepted_with_where_to_follow_it(client):
    job = _accepted(client)

    assert "queued" == job["state"]
    assert job == client.get(f"/v1/jobs/{job['id']}").json()
    assert [job] == client.get("/v1/jobs").json()


def test_a_recipe_with_changes_is_an_experiment(client):
    body = {"recipe": "petr4-60d", "experiment": {"symbols": ["VALE3"], "epochs": 3}}

    experiment = _accepted(client, body=body)["request"]["experiment"]

    assert ["VALE3"] == experiment["symbols"]
    assert (3, 60, "live") == (experiment["epochs"], experiment["lookback"], experiment["source"])


def test_sweeps_and_searches_are_accepted(client):
    sweep = {**TRAINING, "networks": ["lstm_classic"], "folds": 0}
    search = {**TRAINING, "strategy": "random", "trials": 2, "space": {"dropout": [0.1, 0.3]}}

    assert "sweep" == _accepted(client, "/v1/sweeps", sweep)["kind"]
    assert "search" == _accepted(client, "/v1/searches", search)["kind"]


def test_the_same_key_is_the_same_job(client):
    first = _accepted(client, **{"idempotency-key": "k-1"})

    assert first["id"] == _accepted(client, **{"idempotency-key": "k-1"})["id"]
    other = {"experiment": {**TRAINING["experiment"], "epochs": 3}}
    response = client.post("/v1/trainings", json=other, headers={"idempotency-key": "k-1"})
    assert 422 == response.status_code
    assert response.json()["type"].endswith("key-used")


def _of(**fields):
    return {"experiment": {"symbols": ["SP500"], **fields}}


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("trainings", {}, "invalid-experiment"),
        ("trainings", _of(epohcs=2), "invalid-experiment"),
        ("trainings", _of(symbols=["../x"]), "invalid-symbol"),
        ("trainings", _of(epochs=10**9), "invalid-experiment"),
        ("trainings", _of(network="lstm_clasic"), "unknown-name"),
        ("trainings", _of(lookback=True), "invalid-experiment"),
        ("trainings", _of(source="sample", lookback=900, start="2016-01-04"), "history-too-short"),
        ("trainings", _of(source="sample", start="2018-12-01"), "history-too-short"),
        ("trainings", _of(source="sample", start="2030-01-01"), "history-too-short"),
        ("trainings", {"recipe": "petr4"}, "unknown-name"),
        ("trainings", {"experiments": {}}, "invalid-request"),
        ("sweeps", {**TRAINING, "networks": ["nope"]}, "unknown-name"),
        ("sweeps", {**TRAINING, "folds": -1}, "invalid-request"),
        ("searches", {**TRAINING, "strategy": "bayes"}, "unknown-name"),
        ("searches", {**TRAINING, "space": {"horizon": [1]}}, "unknown-name"),
        ("searches", {**TRAINING, "trials": 0}, "invalid-request"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_it_is_accepted(client, path, body, kind):
    response = client.post(f"/v1/{path}", json=body)

    assert response.json()["type"].endswith(kind), response.text
    assert [] == client.get("/v1/jobs").json()


@pytest.mark.parametrize(
    ("path", "body", "at"),
    [
        ("trainings", {}, ["symbols"]),
        ("trainings", _of(epohcs=2, lookback=True), ["lookback", "epohcs"]),
        ("trainings", _of(split={"train_fraction": 2}), ["split.train_fraction"]),
        ("searches", {**TRAINING, "space": {"dropout": [7]}}, ["space.dropout"]),
        ("searches", {**TRAINING, "space": {"dropout": 7}}, ["space.dropout"]),
        (
            "searches",
            {**TRAINING, "strategy": "grid", "space": {"dropout": {"low": 0, "high": 0.5}}},
            ["space.dropout"],
        ),
    ],
)
def test_what_is_wrong_with_an_experiment_is_said_field_by_field(client, path, body, at):
    problem = client.post(f"/v1/{path}", json=body).json()

    assert problem["type"].endswith("invalid-experiment"), problem
    assert sorted(at) == sorted(each["at"] for each in problem["reasons"])
    assert all(each["message"] in problem["detail"] for each in problem["reasons"])


def test_a_job_that_waits_is_cancelled_and_tried_again(client):
    job = _accepted(client)

    assert "cancelled" == client.delete(f"/v1/jobs/{job['id']}").json()["state"]
    assert "queued" == client.post(f"/v1/jobs/{job['id']}/retry").json()["state"]
    assert 409 == client.post(f"/v1/jobs/{job['id']}/retry").status_code


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_job_is_not_found(client, method):
    response = client.request(method, "/v1/jobs/job-none")

    assert 404 == response.status_code
    assert response.json()["type"].endswith("unknown-job")
    assert 404 == client.get("/v1/jobs/job-none/events").status_code


def _events(text):
    blocks = [each for each in text.split("\n\n") if each.startswith("id:")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


def test_events_are_streamed_until_the_job_has_ended_and_go_on_where_they_were_cut(client):
    job = _accepted(client)
    client.delete(f"/v1/jobs/{job['id']}")

    events = _events(client.get(f"/v1/jobs/{job['id']}/events").text)
    rest = client.get(f"/v1/jobs/{job['id']}/events", headers={"last-event-id": "1"}).text

    assert ["1", "2"] == [each["id"] for each in events]
    assert "cancelled" == json.loads(events[-1]["data"])["state"]
    assert events[1:] == _events(rest)
    wrong = client.get(f"/v1/jobs/{job['id']}/events", headers={"last-event-id": "x"})
    assert 422 == wrong.status_code


def test_a_full_queue_says_when_to_come_back(make_services):
    from starlette.testclient import TestClient

    from pregao.jobs import JobLimits, Jobs
    from pregao.server import create_app

    services = make_services()
    full = Jobs(services.workbench.database, JobLimits(queued=0, retry_after_seconds=9))
    services.workbench.__dict__["jobs"] = full
    client = TestClient(create_app(services), base_url="http://localhost")

    response = client.post("/v1/trainings", json=TRAINING)

    assert 429 == response.status_code
    assert "9" == response.headers["retry-after"]


def test_champions_that_are_not_there_are_not_found(client):
    assert [] == client.get("/v1/champions").json()
    assert 404 == client.get("/v1/champions/SP500").status_code
    assert 404 == client.put("/v1/champions/SP500", json={"run": "none"}).status_code
    assert 404 == client.put("/v1/champions/SP500", json={}).status_code
    assert 404 == client.get("/v1/runs/none").status_code
    assert 404 == client.get("/v1/runs/none/report").status_code
    for given in ("x", '"-1"', "*", '"9999999999999"'):
        response = client.put("/v1/champions/SP500", json={}, headers={"if-match": given})
        assert 422 == response.status_code
