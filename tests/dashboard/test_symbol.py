"""A symbol's page, and the simulator on it."""

import numpy as np
import pytest

from pregao.instruments import Symbol
from pregao.prices import read_pasted

CLOSES = "\n".join(str(30 + 0.1 * (day % 7)) for day in range(90))


def test_symbol_without_a_champion_is_forecast_by_a_baseline_and_says_so(client):
    page = client.get("/symbols/SP500", params={"format": "json"}).json()

    assert ("har", None, "none") == tuple(
        page["forecast"][n] for n in ("forecaster", "run", "edge")
    )
    assert page["champion"] is None
    assert page["actions"] is None
    assert 10 == page["horizon"] == len(page["forecast"]["sessions"])


def test_page_shows_what_was_forecast_of_sessions_that_have_come(client):
    past = client.get("/symbols/SP500", params={"format": "json"}).json()["past"]

    assert 60 == len(past["sessions"]) == len(past["came"])
    assert all(low < high for low, high in zip(past["low_90"], past["high_90"], strict=True))


def test_champion_is_shown_with_who_promoted_it(served_home, make_services, client_of):
    services = make_services()
    run = services.workbench.models.runs()[0].id
    services.workbench.models.promote(run, by="somebody", reason="<b>why</b>")
    services.forecasts.refresh_champions()

    answer = client_of(services).get("/symbols/PETR4")

    assert f'href="/runs/{run}"' in answer.text
    assert "&lt;b&gt;why&lt;/b&gt;" in answer.text


@pytest.mark.parametrize("years", ["1", "2", "5", "all"])
def test_history_is_drawn_as_far_back_as_asked_and_stays_light(client, years):
    answer = client.get("/symbols/SP500", params={"years": years})

    assert 200 == answer.status_code
    assert 200_000 > len(answer.content)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/symbols/ZZZZ9", 404), ("/symbols/%3Cb%3E", 422), ("/symbols/SP500?horizon=9999", 422),
     ("/symbols/SP500?years=7", 422), ("/symbols/SP500/explanation", 404)],
)  # fmt: skip
def test_what_cannot_be_shown_is_a_problem_page(client, path, status):
    answer = client.get(path)

    assert status == answer.status_code
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/"' in answer.text


@pytest.mark.parametrize(
    "asked",
    [{"headers": {"accept": "*/*"}}, {"params": {"format": "json"}},
     {"headers": {"accept": "application/json"}}],
)  # fmt: skip
def test_what_cannot_be_shown_to_a_program_is_a_problem_in_json(client, asked):
    answer = client.get("/symbols/ZZZZ9", **asked)

    assert 404 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]


def test_watchlist_of_the_visitor_is_what_the_overview_shows(client):
    client.cookies.set("pregao_watchlist", "NASDAQ|<script>|%00|NASDAQ")

    page = client.get("/", params={"format": "json"}).json()

    assert ["NASDAQ"] == [row["symbol"] for row in page["rows"]]


def test_simulation_forecasts_pasted_closes(client):
    answer = client.post("/simulations", json={"symbol": "PETR4", "text": CLOSES})

    found = answer.json()
    assert (90, []) == (found["rows"], found["bad_rows"])
    assert 30 + 0.1 * (89 % 7) == pytest.approx(found["forecast"]["last_price"])
    assert found["drawing"]["figure"]["data"]


def test_simulation_tells_rows_that_it_left_out(client):
    text = f"{CLOSES}\n<script>alert(1)</script>"

    [bad] = client.post("/simulations", json={"symbol": "PETR4", "text": text}).json()["bad_rows"]

    assert (91, "<script>alert(1)</script>") == (bad["line"], bad["content"])


def test_simulation_of_too_few_prices_says_which_rows_are_bad(client):
    answer = client.post("/simulations", json={"symbol": "PETR4", "text": "10\nx\n11"})

    assert 422 == answer.status_code
    assert ["line 2"] == [each["at"] for each in answer.json()["reasons"]]


def bars_as_csv(client):
    bars = client.get("/v1/symbols/PETR4/prices", params={"rows": 300}).json()
    names = ("open", "high", "low", "close", "volume")
    columns = zip(bars["sessions"], *(bars[name] for name in names), strict=True)
    return "\n".join(["date," + ",".join(names), *(",".join(map(str, row)) for row in columns)])


def test_simulation_with_a_run_is_that_run_s_and_wants_all_that_it_reads(
    served_home, make_services, client_of
):
    services = make_services()
    run = services.workbench.models.runs()[0].id
    client = client_of(services)

    alone, whole = (
        client.post("/simulations", json={"symbol": "PETR4", "text": text, "run": run})
        for text in (CLOSES, bars_as_csv(client))
    )

    assert 422 == alone.status_code
    assert f"{run} reads ranges or volumes" in alone.json()["detail"]
    assert (200, run) == (whole.status_code, whole.json()["forecast"]["run"])


@pytest.mark.slow
def test_simulation_with_a_run_shows_its_network_although_a_baseline_is_served(
    served_home, make_services, client_of
):
    from made_runs import EXPERIMENTS, made_run  # torch, for the few who need it

    services = make_services()
    experiment = EXPERIMENTS["ensemble"].replace(symbols=("PETR4",), members=1, seed=7)
    run = made_run(services.workbench.home, experiment, baseline="har")
    services.workbench.models.register(run.id)
    client = client_of(services)
    body = {"symbol": "PETR4", "text": bars_as_csv(client), "run": run.id}

    found = client.post("/simulations", json=body).json()

    name = run.report.candidate
    assert (name, "none") == (found["forecast"]["forecaster"], found["forecast"]["edge"])
    assert f"{name} itself answers" in found["note"]["en"]
    assert "har" in found["note"]["pt_br"]
    models = services.workbench.models
    own, served = models.candidate(run.id), models.served(run.id)
    prices = read_pasted(body["text"], Symbol.parse("PETR4"), today=services.today()).prices
    ahead = own.prepare(prices).quantiles()
    expected = found["forecast"]["last_price"] * np.exp(ahead)
    np.testing.assert_allclose(expected, found["forecast"]["prices"], rtol=1e-6)
    assert not np.allclose(ahead, served.prepare(prices).quantiles(), atol=1e-5)


@pytest.mark.parametrize(
    "body",
    [{}, {"symbol": "<b>", "text": CLOSES}, {"symbol": "PETR4", "text": CLOSES, "run": "nope"},
     {"symbol": "PETR4", "text": 5}, {"symbol": "PETR4", "text": "", "more": 1}],
)  # fmt: skip
def test_simulation_of_nonsense_is_refused(client, body):
    answer = client.post("/simulations", json=body)

    assert answer.status_code in {404, 422}
    assert "application/problem+json" == answer.headers["content-type"]
