"""What the page of operations says: what was measured, and a dash for what was not."""

import math
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.dashboard._measures import quantile
from pregao.database import Database
from pregao.jobs import Jobs

TRAINING = {"experiment": {"symbols": ["SP500"], "source": "sample", "epochs": 2}}
HOSTILE = "<img src=x onerror=alert(1)>"


def _page(client):
    answer = client.get("/operations?format=json")
    assert 200 == answer.status_code
    return answer.json()


@pytest.mark.parametrize(("language", "title"), [("en", "Operations"), ("pt-BR", "Operação")])
def test_page_is_whole_without_a_script(client, language, title):
    client.post("/v1/trainings", json=TRAINING)

    shown = client.get("/operations", headers={"accept-language": language}).text

    assert f">{title}</h1>" in shown
    [job] = _page(client)["queue"]["jobs"]
    assert f'href="/training/jobs/{job["id"]}"' in shown
    for place in ("/metrics", "/docs", "/readyz", "/v1/limits"):
        assert f'href="{place}"' in shown


def test_requests_are_counted_by_route_and_class(client):
    for _ in range(3):
        client.get("/v1/jobs")
    client.get("/v1/jobs?state=none")
    client.get("/nowhere")

    requests = _page(client)["measured"]["requests"]

    routes = {(each["method"], each["route"]): each for each in requests["routes"]}
    jobs = routes["GET", "/v1/jobs"]
    assert {"2xx": 3, "3xx": 0, "4xx": 1, "5xx": 0} == jobs["answers"]
    assert 4 == jobs["times"]["count"]
    assert 0 < jobs["times"]["p50"]["seconds"] <= jobs["times"]["p95"]["seconds"]
    assert (5, 2) == (requests["total"], requests["answers"]["4xx"])
    assert 1 == requests["in_flight"]
    assert jobs == requests["routes"][0]


def test_what_was_never_measured_is_null_and_shown_as_a_dash(client):
    page = _page(client)

    assert {None} == set(page["measured"]["live"].values())
    assert {"count": 0, "p50": None, "p95": None} == page["measured"]["inference"]
    assert page["queue"]["oldest_queued_seconds"] is None
    shown = client.get("/operations").text
    for place in ("measured.live.drift_mean", "measured.inference.p95"):
        [(_, said)] = [
            line.split(">", 1) for line in shown.split("<dd ") if f'data-at="{place}"' in line
        ]
        assert "\N{EN DASH}" == said.split("<")[0].strip()


def test_champions_and_their_scores_are_shown_with_who_answers(
    served_home, make_services, client_of
):
    services = make_services()
    newest, oldest = (each.id for each in services.workbench.models.runs())
    services.workbench.models.promote(oldest, by="test")
    services.forecasts.refresh_champions()
    services.workbench.models.promote(newest, by="test")
    model = services.workbench.models.run(newest).folder / "registered" / "model-0.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    services.forecasts.refresh_champions()
    services.metrics.live_error.labels("worst").set(1.25)
    services.metrics.live_error.labels("mean").set(0.75)
    client = client_of(services)

    page, shown = _page(client), client.get("/operations").text

    [seat] = page["seats"]
    assert (newest, oldest) == (seat["champion"]["run"], seat["answers"])
    assert ["SRV002"] == [each["code"] for each in seat["trouble"]]
    assert "SRV002" in shown
    assert (0.75, 1.25) == (
        page["measured"]["live"]["error_ratio_mean"],
        page["measured"]["live"]["error_ratio_worst"],
    )
    assert ">0.75<" in shown


def test_forecasts_are_counted_by_who_made_them(client):
    client.get("/v1/symbols/SP500/forecast")
    client.post("/v1/forecasts", json={"symbols": ["SP500"]})

    measured = _page(client)["measured"]

    assert sum(measured["forecasts"].values()) == measured["inference"]["count"] > 0
    assert 0 == measured["forecasts"].get("network", 0)


def test_jobs_can_be_stopped_while_they_wait_and_tried_again_afterwards(client):
    name = client.post("/v1/trainings", json=TRAINING).json()["id"]
    [waits] = _page(client)["queue"]["jobs"]
    client.delete(f"/v1/jobs/{name}")

    queue = _page(client)["queue"]

    assert (name, True, False) == (waits["id"], waits["can_cancel"], waits["can_retry"])
    assert "SP500" == waits["what"]
    [stopped] = queue["jobs"]
    assert (False, True) == (stopped["can_cancel"], stopped["can_retry"])
    assert 1 == queue["counts"]["cancelled"]


def test_how_long_a_job_waits_is_told(client):
    client.post("/v1/trainings", json=TRAINING)

    assert _page(client)["queue"]["oldest_queued_seconds"] >= 0


def test_worker_is_shown_and_its_name_is_text(make_services, client_of):
    services = make_services()
    services.workbench.jobs.record_heartbeat(HOSTILE, host=HOSTILE, pid=7, job=HOSTILE)
    client = client_of(services)

    [worker] = _page(client)["queue"]["workers"]
    shown = client.get("/operations").text

    assert (HOSTILE, True) == (worker["id"], worker["is_alive"])
    assert HOSTILE not in shown
    assert HOSTILE in unescape(shown)


def test_rest_of_the_page_stays_when_the_database_is_away(make_services, client_of, tmp_path):
    services = make_services()
    folder = tmp_path / "no-database"
    away = Database.open(home=folder)
    services.workbench.__dict__["jobs"] = Jobs(away)
    away.close()
    (folder / "pregao.db").unlink(missing_ok=True)
    (folder / "pregao.db").mkdir()
    client = client_of(services)

    page, shown = _page(client), client.get("/operations")

    assert page["queue"] is None
    assert page["queue_trouble"]
    assert not page["is_ready"]
    assert str(folder) not in shown.text
    assert page["queue_trouble"] in unescape(shown.text)
    assert page["measured"]["process"]["cpu_seconds"] > 0


@given(
    counts=st.lists(st.integers(0, 1000), min_size=1, max_size=8),
    beyond=st.integers(0, 50),
    share=st.floats(0.01, 1.0),
)
def test_estimated_quantile_lies_in_the_bucket_of_its_rank(counts, beyond, share):
    borders = [0.1 * 2**place for place in range(len(counts))]
    buckets, so_far = {}, 0
    for border, count in zip(borders, counts, strict=True):
        so_far += count
        buckets[border] = so_far
    buckets[math.inf] = so_far + beyond

    found = quantile(buckets, share)

    if so_far + beyond == 0:
        assert found is None
        return
    rank = share * (so_far + beyond)
    assert found.is_beyond == (rank > so_far)
    if found.is_beyond:
        assert borders[-1] == found.seconds
    else:
        above = next(border for border in borders if buckets[border] >= rank)
        place = borders.index(above)
        below = borders[place - 1] if place else 0.0
        assert below - 1e-9 <= found.seconds <= above + 1e-9
