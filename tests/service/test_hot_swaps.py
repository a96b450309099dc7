"""Champions that change while forecasts are asked for: nobody is kept waiting or told nonsense."""

import threading

import httpx2
import pytest

ASKED = {"symbols": ["PETR4"], "horizon": 3}
NUM_SWAPS = 20
NUM_CLIENTS = 4


@pytest.fixture
def served(served_home, make_services, run_services):
    services = make_services()
    runs = [each.id for each in services.workbench.models.runs()]
    services.forecasts.refresh_champions()
    with run_services(services) as port:
        yield f"http://127.0.0.1:{port}", runs


def _forecast(client):
    response = client.post("/v1/forecasts", json=ASKED)
    assert 200 == response.status_code, response.text
    [shown] = response.json()["forecasts"]
    return shown["run"], shown["prices"]


def _promoted(client, run, tag=None):
    headers = {} if tag is None else {"if-match": tag}
    response = client.put("/v1/champions/PETR4", json={"run": run}, headers=headers)
    assert 200 == response.status_code, response.text
    return response.headers["etag"]


def _asking(url, stop, seen, wrong):
    with httpx2.Client(base_url=url, timeout=60) as client:
        while not stop.is_set():
            try:
                seen.append(_forecast(client))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells of it
                wrong.append(error)


def test_champions_change_under_load_and_every_answer_is_that_of_one_of_them(served):
    url, runs = served
    stop, seen, wrong = threading.Event(), [], []
    with httpx2.Client(base_url=url, timeout=60) as client:
        expected = {}
        for run in runs:
            tag = _promoted(client, run)
            expected[run] = _forecast(client)[1]
        clients = [
            threading.Thread(target=_asking, args=(url, stop, seen, wrong))
            for _ in range(NUM_CLIENTS)
        ]
        for each in clients:
            each.start()
        try:
            for number in range(NUM_SWAPS):
                run = runs[number % 2]
                tag = _promoted(client, run, tag)
                assert (run, expected[run]) == _forecast(client)
        finally:
            stop.set()
            for each in clients:
                each.join(60)

    assert [] == wrong
    assert len(seen) > NUM_SWAPS
    assert expected[runs[0]] != expected[runs[1]]
    assert all(prices == expected[run] for run, prices in seen)


def test_a_change_decided_on_an_older_champion_is_refused_and_says_so(served):
    url, runs = served
    with httpx2.Client(base_url=url, timeout=60) as client:
        first = _promoted(client, runs[0])
        _promoted(client, runs[1], first)

        late = client.put("/v1/champions/PETR4", json={"run": runs[0]}, headers={"if-match": first})

        assert 412 == late.status_code
        assert late.json()["type"].endswith("champion-changed")
        back = client.put("/v1/champions/PETR4", json={"run": None})
        assert runs[0] == back.json()["run"]
        shown = client.get("/v1/champions/PETR4")
        assert back.headers["etag"] == shown.headers["etag"]
        assert 3 == len(shown.json()["trail"])
