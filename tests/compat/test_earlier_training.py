"""Training by the paths of earlier systems, with a worker of its own, to the answer they gave."""

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pregao.server import create_app

WORKER = Path(__file__).parents[1] / "workers" / "job_worker.py"


@pytest.fixture
def served(make_services, tmp_path):
    services = make_services()
    command = [sys.executable, str(WORKER), str(tmp_path)]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        yield TestClient(create_app(services), base_url="http://localhost")
    finally:
        worker.stdin.close()
        worker.wait(60)


@pytest.mark.slow
def test_a_training_answers_when_its_model_serves_and_statistics_tell_of_it(served):
    asked = {"stock": "SP500", "inicio": "2014-01-02", "fim": "2018-12-31"}

    response = served.post("/train", json=asked)

    assert 200 == response.status_code, response.text
    message = "Treino concluido com sucesso! O modelo foi atualizado!"
    assert {"message": message} == response.json()
    [champion] = served.get("/v1/champions").json()
    assert "SP500" == champion["symbol"]
    [experiment] = served.get("/statistics").json()["experiments"]
    [run] = experiment["runs"]
    assert ("FINISHED", champion["run"]) == (run["status"], run["run_id"])
    assert {"best_val_loss", "final_mape", "final_rmse", "train_loss", "val_loss"} <= set(
        run["metrics"]
    )
    assert 10 == sum(name.startswith("mape_step_") for name in run["metrics"])
    assert all(isinstance(value, str) for value in run["params"].values())
    assert run["start_time"] < run["end_time"]


@pytest.mark.slow
def test_a_fast_advanced_training_ranks_the_networks_it_was_asked_for(served):
    asked = {"mode": "fast", "model_ids": [1, 4], "lookback": 8, "horizon": 2, "ticker": "SP500"}

    answer = served.post("/api/train-advanced", json=asked).json()

    assert ("success", "fast", 2) == (answer["status"], answer["mode"], answer["total_models"])
    assert {1, 4} == {each["model_id"] for each in answer["results"]}
    assert answer["winner"] in answer["results"]
    assert {"model_id", "model_name", "rmse", "naive_rmse"} == set(answer["winner"])


@pytest.mark.slow
def test_a_training_of_what_nobody_has_says_error(served):
    asked = {"stock": "WXYZ3", "inicio": "2014-01-02", "fim": "2018-12-31"}

    response = served.post("/train", json=asked)

    assert 400 == response.status_code
    assert "WXYZ3" in response.json()["error"]
