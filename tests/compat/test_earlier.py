"""The paths of five earlier systems: a contract for each documented example."""

import json

import numpy as np
import pytest

CLOSES = (30 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, 70)))).round(2).tolist()


def test_health_says_that_forecasts_are_answered(client):
    client.app.state.services.forecasts.refresh_champions()

    assert {"status": "healthy", "model_loaded": True} == client.get("/health").json()


def test_a_stock_is_forecast_as_a_text_that_holds_ten_values(client):
    response = client.post("/predict", json={"stock": "SP500"})

    assert ["preco"] == list(response.json())
    values = json.loads(response.json()["preco"])
    assert 10 == len(values)
    assert all(value > 0 and value == round(value, 2) for value in values)


def test_sixty_days_give_the_next_price_in_reais(client):
    response = client.post("/predict", json={"last_60_days": CLOSES[:60]})

    answer = response.json()
    assert {"ticker", "predicted_price_brl", "status"} == set(answer)
    assert ("PETR4", "success") == (answer["ticker"], answer["status"])
    assert answer["predicted_price_brl"] == pytest.approx(CLOSES[59], rel=0.05)


def test_sixty_prices_or_more_give_the_next_one_with_what_made_it(client):
    answer = client.post("/predict", json={"prices": CLOSES}).json()

    assert {
        "predicted_price", "currency", "ticker", "input_days", "processing_time_ms", "model_info"
    } == set(answer)  # fmt: skip
    assert 70 == answer["input_days"]
    assert "BRL" == answer["currency"]
    assert "none" == answer["model_info"]["edge"]
    low, high = answer["model_info"]["range_90"]
    assert low < answer["predicted_price"] < high


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"last_60_days": CLOSES[:59]},
        {"last_60_days": CLOSES[:61]},
        {"last_60_days": [*CLOSES[:59], -1.0]},
        {"last_60_days": [*CLOSES[:59], "1"]},
        {"prices": CLOSES[:59]},
        {"prices": [*CLOSES[:59], 0]},
        {"stock": "../x"},
        {"stock": 5},
        [],
    ],
)
def test_values_that_cannot_be_are_refused(client, body):
    response = client.post("/predict", json=body)

    assert 422 == response.status_code, response.text


def test_sample_data_falls_back_to_what_is_bundled_and_says_so(client):
    answer = client.get("/sample-data").json()

    assert 60 == len(answer["last_60_days"])
    assert "sample" == answer["source"]
    assert "PETR4" in answer["note"]
    assert 200 == client.post("/predict", json={"last_60_days": answer["last_60_days"]}).status_code


def test_the_thirty_networks_are_listed_by_category(client):
    answer = client.get("/api/models-info").json()

    assert 30 == answer["total"]
    numbers = [each["number"] for members in answer["categories"].values() for each in members]
    assert list(range(1, 31)) == sorted(numbers)
    one = answer["categories"]["LSTM"][0]
    assert {"number", "name", "description", "parameters"} == set(one)


def test_statistics_without_a_run_are_empty(client):
    assert {"experiments": []} == client.get("/statistics").json()


def test_openapi_is_shown_as_a_page_without_a_script(client):
    page = client.get("/docs")

    assert "text/html" in page.headers["content-type"]
    assert "/v1/forecasts" in page.text
    assert "<script" not in page.text
    assert "text/css" in client.get("/assets/docs.css").headers["content-type"]
    assert 404 == client.get("/assets/../../settings.py").status_code
    assert 404 == client.get("/assets/nope.css").status_code


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"stock": "VALE3"},
        {"stock": "VALE3", "inicio": "2020-01-01"},
        {"stock": "VALE3", "inicio": "01/01/2020", "fim": "2025-07-28"},
        {"stock": "", "inicio": "2020-01-01", "fim": "2025-07-28"},
        {"stock": "VALE3", "inicio": "2025-01-01", "fim": "2020-07-28"},
        {"stock": "SP500", "inicio": "2018-12-01", "fim": "2018-12-31"},
        {"stock": ["VALE3"], "inicio": "2020-01-01", "fim": "2025-07-28"},
        "text",
    ],
)
def test_a_training_that_lacks_something_says_error(client, body):
    response = client.post("/train", json=body)

    assert 400 == response.status_code, response.text
    assert ["error"] == list(response.json())


def test_a_training_can_be_accepted_at_once(client):
    response = client.post(
        "/train",
        json={"stock": "VALE3.SA", "inicio": "2020-01-01", "fim": "2025-07-28"},
        headers={"prefer": "respond-async"},
    )

    assert 202 == response.status_code
    job = client.get(response.headers["location"]).json()
    assert "queued" == job["state"]
    assert ["VALE3"] == job["request"]["experiment"]["symbols"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mode": "turbo"},
        {"mode": "fast", "model_ids": [31]},
        {"mode": "fast", "horizon": 0},
        {"mode": "optimized", "optimization_strategy": "luck"},
        {"mode": "optimized", "n_trials": 0},
    ],
)
def test_an_advanced_training_of_no_such_kind_says_error(client, body):
    response = client.post("/api/train-advanced", json=body)

    assert 400 == response.status_code, response.text
    assert response.json()["error"]


def test_an_advanced_training_of_any_horizon_is_accepted(client):
    for body in (
        {"mode": "fast", "model_ids": [1, 2], "horizon": 7, "ticker": "NVDA"},
        {"mode": "optimized", "optimization_strategy": "random", "n_trials": 3, "model_ids": None},
    ):
        response = client.post(
            "/api/train-advanced", json=body, headers={"prefer": "respond-async"}
        )
        assert 202 == response.status_code, response.text
