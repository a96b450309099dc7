"""The form of trainings, made out of the schema, and the page of a job."""

import re
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from pregao.api._services import Services
from pregao.dashboard._form import GROUPS, experiment_groups
from pregao.dashboard._job import MOST_SAID, outcome_of
from pregao.dashboard._texts_fields import FIELDS
from pregao.jobs import FetchRequest, JobProblem, JobProgress, JobResult, SweepRequest, TrainRequest
from pregao.registry import Run
from pregao.training import RECIPES, Epoch, Experiment, list_networks
from pregao.values import Text, bilingual
from pregao.zoo.networks import ZOO

HOSTILE = "<script>alert(1)</script>"
SAMPLE = Experiment(symbols=("SP500",), source="sample", epochs=2)


def _places():
    return [each.place for group in experiment_groups() for each in group.fields]


def _page(client, path):
    return client.get(path, params={"format": "json"}).json()


def _train(services, **fields):
    return services.workbench.jobs.submit(TrainRequest(experiment=SAMPLE, **fields))


def _claim(services, request):
    services.workbench.jobs.submit(request)
    claim = services.workbench.jobs.claim("worker")
    assert claim is not None
    return claim


class Done(NamedTuple):
    job: str
    run: Run
    services: Services
    client: TestClient


@pytest.fixture
def done(served_home, make_services, client_of):
    """A job that came to a run, and who may look at it."""
    services = make_services()
    run = services.workbench.models.run(services.workbench.models.runs()[0].id)
    claim = _claim(services, TrainRequest(experiment=run.experiment))
    report = run.report
    claim.succeed(
        JobResult(
            run=run.id,
            champion=report.champion,
            edge=report.edge,
            promoted=("PETR4",),
            verdict=Text(**dict(report.verdict)),
        )
    )
    return Done(claim.job.id, run, services, client_of(services))


def test_every_field_of_an_experiment_is_in_the_form_once():
    shown = [name for names in GROUPS.values() for name in names]

    assert sorted(Experiment.model_fields) == sorted(shown)
    assert len(_places()) == len(set(_places()))


@pytest.mark.parametrize("place", sorted(FIELDS))
def test_every_field_has_a_label_and_help_in_both_languages(place):
    label, explained = FIELDS[place]

    assert all((label.en, label.pt_br, explained.en, explained.pt_br))


def test_no_field_is_without_words():
    assert set(_places()) <= set(FIELDS)


def test_zoo_and_recipes_are_described_in_portuguese_too():
    described = [each.description for each in (*ZOO.values(), *RECIPES.values())]

    for each in map(bilingual, described):
        assert each.en != each.pt_br


def test_ranges_and_defaults_are_those_of_the_schema():
    fields = {each.place: each for group in experiment_groups() for each in group.fields}

    assert (1, 2_000, 60) == tuple(
        getattr(fields["lookback"], name) for name in ("least", "most", "default")
    )
    assert 2**32 - 1 == fields["seed"].most
    assert ("pinball", "mse", "mae", "huber") == fields["loss"].options
    assert ("switch", False) == (fields["actions"].kind, fields["actions"].default)
    assert "csv" not in fields["source"].options


@pytest.mark.parametrize("path", ["/training", "/advanced-training"])
@pytest.mark.parametrize(("accepted", "words"), [("en", "Fast sweep"), ("pt", "Varredura rápida")])
def test_form_is_in_both_languages(client, path, accepted, words):
    answer = client.get(path, headers={"accept-language": accepted})

    assert 200 == answer.status_code
    assert words in answer.text
    for place in _places():
        assert f'data-place="{place}"' in answer.text


def test_every_network_can_be_chosen_under_its_category(client):
    page = _page(client, "/training")

    names = [each["name"] for group in page["categories"] for each in group["networks"]]
    assert [each.name for each in list_networks()] == names
    assert len(page["categories"]) == len({each["name"] for each in page["categories"]})
    answer = client.get("/training").text
    assert all(f'name="networks" value="{name}"' in answer for name in names)


def test_sample_is_filled_in_and_starts_with_one_click(client):
    page = client.get("/training", params={"sample": "1", "format": "json"}).json()
    shown = client.get("/training", params={"sample": "1"}).text

    chosen = {name: page["values"][name] for name in ("symbols", "source", "network")}
    assert {"symbols": ["SP500"], "source": "sample", "network": "lstm_small"} == chosen
    assert page["values"]["epochs"] <= 10
    assert shown.index('form="training-form"') < shown.index('<form id="training-form"')


def test_address_fills_in_symbol_recipe_and_network(client):
    query = {"symbol": "vale3.sa", "recipe": "petr4-60d", "network": "dlinear", "format": "json"}
    values = client.get("/training", params=query).json()["values"]

    assert (["VALE3"], "dlinear", "mae", "live") == tuple(
        values[name] for name in ("symbols", "network", "loss", "source")
    )


def test_network_of_a_recipe_that_is_nobody_elses_stays_its_own(client):
    page = client.get("/training", params={"recipe": "b3-multitask", "format": "json"}).json()

    assert page["values"]["network"] is None
    assert page["values"]["actions"] is True
    assert 20.0 == page["values"]["actions.weight"]


@pytest.mark.parametrize("name", [each for each in RECIPES if RECIPES[each].networks])
def test_recipe_brings_its_networks_along(client, name):
    [found] = [each for each in _page(client, "/training")["recipes"] if each["name"] == name]

    assert list(RECIPES[name].networks) == found["networks"]


@pytest.mark.parametrize(
    "query",
    [{"symbol": "../x"}, {"recipe": HOSTILE}, {"network": HOSTILE}, {"symbol": HOSTILE},
     {"network": "x" * 5_000}],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_a_problem_that_is_escaped(client, query):
    answer = client.get("/training", params=query)

    assert 422 == answer.status_code
    assert "text/html" in answer.headers["content-type"]
    assert HOSTILE not in answer.text


def test_what_the_form_begins_with_is_accepted_as_it_is(client):
    page = client.get("/training", params={"sample": "1", "format": "json"}).json()
    names = [each for each in page["values"] if "." not in each and each in page["defaults"]]
    values = {name: page["values"][name] for name in names if name != "actions"}

    answer = client.post("/v1/trainings", json={"experiment": values})

    assert 202 == answer.status_code, answer.text
    assert answer.json()["request"]["experiment"]["epochs"] == page["values"]["epochs"]


def test_last_jobs_are_listed_with_what_they_are_about(make_services, client_of):
    services = make_services()
    _train(services)
    services.workbench.jobs.submit(SweepRequest(experiment=SAMPLE, networks=("dlinear", "tcn")))
    services.workbench.jobs.submit(FetchRequest(symbol="PETR4"))
    client = client_of(services)

    lines = _page(client, "/training")["jobs"]

    assert ["fetch", "sweep", "train"] == sorted(each["kind"] for each in lines)
    by_kind = {each["kind"]: each for each in lines}
    assert ["PETR4"] == by_kind["fetch"]["symbols"]
    assert 2 == by_kind["sweep"]["num_networks"]
    assert "lstm_small" == by_kind["train"]["network"]
    shown = client.get("/training").text
    assert all(f'href="/training/jobs/{each["id"]}"' in shown for each in lines)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("is_running", [False, True])
def test_job_that_goes_on_is_followed_and_can_be_cancelled(
    make_services, client_of, language, is_running
):
    services = make_services()
    job = _train(services)
    if is_running:
        claim = services.workbench.jobs.claim("worker")
        message = Text(en="epoch 1", pt_br="época 1")
        claim.progress(JobProgress(done=1, total=2, message=message, eta_seconds=3.0))
    client = client_of(services)

    shown = client.get(f"/training/jobs/{job.id}", headers={"accept-language": language}).text

    assert "data-live" in shown
    assert 'id="cancel"' in shown
    assert 'id="retry"' not in shown
    said = {"en": ("waiting", "epoch 1"), "pt": ("na fila", "época 1")}[language]
    assert said[is_running] in shown
    assert is_running == ('data-left="3.0"' in shown)


def test_page_of_a_job_holds_the_job_itself(client):
    job = client.post("/v1/trainings", json={"experiment": {"symbols": ["SP500"]}}).json()

    page = _page(client, f"/training/jobs/{job['id']}")

    assert job == page["job"]
    assert ["queued"] == [each["state"] for each in page["said"]]
    assert page["outcome"] is None


def test_only_the_newest_lines_are_shown(make_services, client_of):
    services = make_services()
    claim = _claim(services, TrainRequest(experiment=SAMPLE))
    for number in range(MOST_SAID + 5):
        claim.progress(JobProgress(done=number, total=99, message=Text.same(f"line {number}")))

    page = _page(client_of(services), f"/training/jobs/{claim.job.id}")

    assert MOST_SAID == len(page["said"])
    assert f"line {MOST_SAID + 4}" == page["said"][-1]["message"]["en"]


def test_job_that_failed_says_why_as_text_and_can_be_tried_again(make_services, client_of):
    services = make_services()
    claim = _claim(services, TrainRequest(experiment=SAMPLE))
    claim.progress(JobProgress(done=1, total=2, message=Text.same(HOSTILE)))
    claim.fail(JobProblem(name="Error", detail=HOSTILE), log_tail=f"last line {HOSTILE}")

    shown = client_of(services).get(f"/training/jobs/{claim.job.id}").text

    assert 'id="retry"' in shown
    assert "data-live" not in shown
    assert "&lt;script&gt;alert" in shown
    assert "last line &lt;script&gt;" in shown
    assert HOSTILE not in shown


@pytest.mark.parametrize("name", ["job-none", "..%2f", "%00", HOSTILE, "x" * 3_000])
def test_unknown_job_is_a_problem_page(client, name):
    answer = client.get(f"/training/jobs/{name}")

    assert 404 == answer.status_code
    assert HOSTILE not in answer.text


def test_download_that_is_done_leads_to_its_prices(make_services, client_of):
    services = make_services()
    claim = _claim(services, FetchRequest(symbol="PETR4"))
    claim.succeed(JobResult(verdict=Text(en="3 bars added", pt_br="3 cotações novas")))

    shown = client_of(services).get(f"/training/jobs/{claim.job.id}").text

    assert "3 bars added" in shown
    assert 'href="/symbols/PETR4"' in shown


def test_outcome_leads_to_the_forecast_whether_or_not_there_is_an_edge(done):
    job, run, _, client = done

    shown = client.get(f"/training/jobs/{job}").text

    assert 'class="button primary" href="/symbols/PETR4"' in shown
    assert f'href="/runs/{run.id}/report.html"' in shown
    assert run.report.verdict.en.split(":")[0] in shown


def test_every_baseline_stands_in_the_ranking_with_the_scores_of_the_report(done):
    job, run, _, client = done

    ranking = _page(client, f"/training/jobs/{job}")["outcome"]["ranking"]

    report = run.report
    assert {each.name for each in report.baselines} == {
        each["name"] for each in ranking if each["is_baseline"]
    }
    assert len(report.baselines) + len(report.ranking) == len(ranking)
    assert list(range(1, len(ranking) + 1)) == [each["rank"] for each in ranking]
    for row in ranking:
        scored = report.forecaster
        assert scored(row["name"]).metrics.crps == row["crps"]
    shown = client.get(f"/training/jobs/{job}").text
    assert all(f'data-value="{row["name"]}"' in shown for row in ranking)
    assert re.search(r'<table class="[^"]*\branking\b', shown)
    assert '<td data-value="1">1</td>' in shown


def test_outcome_is_in_portuguese_too(done):
    job, _, _, client = done

    shown = client.get(f"/training/jobs/{job}", headers={"accept-language": "pt-BR"}).text

    assert "Abrir a previsão" in shown
    assert "Open the forecast" not in shown


def test_job_whose_run_was_deleted_still_has_a_page(done):
    job, run, services, client = done
    services.workbench.models.delete(run.id)

    page = _page(client, f"/training/jobs/{job}")

    assert (True, None) == (page["is_gone"], page["outcome"])
    assert 200 == client.get(f"/training/jobs/{job}").status_code


def _of_two_that_were_searched(report):
    """Give a report of two networks that were searched and learnt something."""
    epochs = tuple(
        Epoch(
            number=number,
            train_loss=1.0 / (number + 1),
            validation_loss=1.1 / (number + 1),
            learning_rate=0.001,
            seconds=0.1,
            is_best=True,
        )
        for number in range(3)
    )
    fields = {"epochs": epochs, "best_epoch": 2, "trials": 4, "pruned": 1}
    first = report.ranking[0].replace(**fields, best_params={"dropout": 0.1})
    second = first.replace(name="second", best_params={"epochs": 5})
    return report.replace(ranking=(first, second))


def test_curves_of_each_network_can_be_told_apart(done):
    report = _of_two_that_were_searched(done.run.report)

    outcome = outcome_of(done.run, report, "en")

    learnt = outcome.learnt
    assert (report.candidate, "second") == learnt.learners
    assert set(learnt.learners) == {each["meta"] for each in learnt.curves.figure["data"]}


def test_what_a_search_chose_is_told_of_each_network(done):
    report = _of_two_that_were_searched(done.run.report)

    outcome = outcome_of(done.run, report, "pt")

    assert ("dropout", "epochs") == outcome.knobs
    assert [{"dropout": 0.1}, {"epochs": 5}] == [each.params for each in outcome.found]
