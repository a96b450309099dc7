"""The list of runs, a run, its report and the comparison: as pages and as JSON."""

import re
from html import unescape

import pytest

from pregao.dashboard._settings import flattened
from pregao.training import Experiment
from pregao.zoo.networks import ZOO

HOSTILE = "<b onmouseover=alert(1)>better</b>"


@pytest.fixture
def made(served_home, make_services):
    """Services over two registered runs of PETR4, the newest first, none of which serves yet."""
    services = make_services()
    return services, [each.id for each in services.workbench.models.runs()]


@pytest.fixture
def visit(made, client_of):
    return client_of(made[0])


@pytest.fixture
def another(served_home):
    """Make a run that was not registered."""

    def made(**changes):
        from made_runs import EXPERIMENTS, made_run  # torch, for the few who need it

        fields = {"symbols": ("PETR4",), "members": 1, "seed": 7, **changes}
        return made_run(served_home, EXPERIMENTS["ensemble"].replace(**fields)).id

    return made


def _is_problem(answer, status):
    assert status == answer.status_code
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/"' in answer.text
    return True


@pytest.mark.parametrize(("language", "title"), [("en", "Runs"), ("pt-BR", "Execuções")])
def test_list_shows_each_run_with_its_scores_beside_the_naive(visit, made, language, title):
    shown = visit.get("/runs", headers={"accept-language": language})

    page = visit.get("/runs?format=json").json()
    assert f">{title}</h1>" in shown.text
    assert made[1] == [row["summary"]["id"] for row in page["rows"]]
    for row in page["rows"]:
        assert f'href="/runs/{row["summary"]["id"]}"' in shown.text
        assert f'data-value="{row["summary"]["crps_skill_to_random_walk"]}"' in shown.text


def test_list_says_who_is_champion_of_what(visit, made):
    services, (newest, oldest) = made
    services.workbench.models.promote(oldest, by="test")

    rows = visit.get("/runs?format=json").json()["rows"]

    champions = {row["summary"]["id"]: row["champion_of"] for row in rows}
    assert {newest: [], oldest: ["PETR4"]} == champions


def test_list_of_a_symbol_holds_no_other_run(visit, made):
    assert 2 == len(visit.get("/runs?symbol=petr4.sa&format=json").json()["rows"])
    empty = visit.get("/runs?symbol=VALE3")
    assert 200 == empty.status_code
    assert "VALE3" in empty.text
    assert [] == visit.get("/runs?symbol=VALE3&format=json").json()["rows"]
    assert 2 == len(visit.get("/runs?symbol=&before=&format=json").json()["rows"])


def test_list_goes_on_after_the_last_run_of_the_page_before(visit, made):
    newest, oldest = made[1]

    page = visit.get(f"/runs?before={newest}&format=json").json()

    assert [oldest] == [row["summary"]["id"] for row in page["rows"]]
    assert not page["is_newest"]
    assert [] == visit.get(f"/runs?before={oldest}&format=json").json()["rows"]
    assert 200 == visit.get("/runs?before=%3Cnobody%3E").status_code


def test_list_of_more_runs_than_a_page_holds_leads_to_the_rest(make_services, client_of):
    from listed_runs import listed

    services = make_services()
    listed(services.workbench.database, *(f"run-{number:03}" for number in range(203)))
    visit = client_of(services)

    first = visit.get("/runs?format=json").json()
    rest = visit.get(f"/runs?before={first['older']}&format=json").json()

    assert (200, 3) == (len(first["rows"]), len(rest["rows"]))
    assert rest["older"] is None
    assert f"before={first['older']}" in visit.get("/runs").text


def test_first_visit_to_the_list_leads_to_a_training(client):
    assert 'href="/training"' in client.get("/runs").text


@pytest.mark.parametrize("path", ["/runs?symbol=..%2Fx", "/runs?symbol=%3Cscript%3E"])
def test_list_of_what_is_no_ticker_is_a_problem_page(client, path):
    answer = client.get(path)

    assert _is_problem(answer, 422)
    assert "<script>" not in answer.text.replace("<script ", "").split("</head>")[1]


def test_run_with_a_damaged_file_is_a_page_that_names_the_request_in_the_log(
    made, visit, served_home
):
    name = made[1][0]
    [stored] = served_home.rglob(f"{name}/report.json")
    stored.write_bytes(stored.read_bytes()[:-100])

    answer = visit.get(f"/runs/{name}")

    assert _is_problem(answer, 500)
    assert "A stored file is damaged" in answer.text
    assert answer.headers["x-request-id"] in answer.text


@pytest.mark.parametrize("name", ["nope", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "..", "a" * 200])
@pytest.mark.parametrize("more", ["", "/report.html"])
def test_run_that_is_not_there_is_a_problem_page(client, name, more):
    if name == "..":
        name = "%2e%2e"  # as it is, the client would go up by itself

    answer = client.get(f"/runs/{name}{more}", follow_redirects=False)

    assert 404 == answer.status_code
    assert "alert(1)</script>" not in answer.text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Audit trail of PETR4"), ("pt-BR", "Histórico de mudanças")]
)
def test_run_shows_its_verdict_its_ranking_and_its_champion(visit, made, language, text):
    services, (_, oldest) = made
    services.workbench.models.promote(oldest, by="test", reason=HOSTILE)

    shown = visit.get(f"/runs/{oldest}", headers={"accept-language": language})
    page = visit.get(f"/runs/{oldest}?format=json").json()

    words = unescape(shown.text)
    assert text in words
    assert page["verdict"]["pt_br" if language == "pt-BR" else "en"] in words
    assert {"recipe", "random_walk"} == {row["name"] for row in page["rows"]}
    for row in page["rows"]:
        assert f'data-value="{row["validation_crps"]}"' in shown.text
    [seating] = page["seatings"]
    assert (True, False, 1) == (
        seating["is_own"], seating["has_earlier"], seating["champion"]["version"],
    )  # fmt: skip
    assert page["provenance"]["files"]["report.json"] in shown.text


def test_reason_of_a_change_is_text_and_no_markup(visit, made):
    services, (newest, _) = made
    services.workbench.models.promote(newest, by=HOSTILE, reason=HOSTILE)

    shown = visit.get(f"/runs/{newest}").text

    assert HOSTILE not in shown
    assert 2 == unescape(shown).count(HOSTILE)


def test_change_that_a_page_offers_names_the_version_that_it_shows(visit, made):
    services, (newest, oldest) = made
    before = visit.get(f"/runs/{newest}").text
    services.workbench.models.promote(oldest, by="test")
    services.workbench.models.promote(newest, by="test")

    serves, served = (visit.get(f"/runs/{each}").text for each in (newest, oldest))

    assert 'data-version="0" data-champion=""' in before
    assert 'data-do="promote"' in before
    assert 'data-do="roll-back"' not in before
    assert f'data-version="2" data-champion="{newest}"' in serves
    assert f'data-version="2" data-champion="{newest}"' in served
    assert ['data-do="roll-back"'] == re.findall(r'data-do="[a-z-]+"', serves)
    assert ['data-do="promote"', 'data-do="roll-back"'] == re.findall(r'data-do="[a-z-]+"', served)


def test_figures_of_a_run_are_those_of_its_report(visit, made):
    services, (newest, _) = made
    score = services.workbench.models.run(newest).report.subject

    figures = visit.get(f"/runs/{newest}?format=json").json()["figures"]

    [validation] = [
        each
        for each in figures["learnt"]["curves"]["figure"]["data"]
        if each["name"] == "validation"
    ]
    assert [each.validation_loss for each in score.epochs] == validation["y"]
    assert ["recipe"] == figures["learnt"]["learners"]
    assert 'id="learning-curves"' in visit.get(f"/runs/{newest}").text


def test_settings_that_differ_from_the_default_come_first(visit, made):
    settings = visit.get(f"/runs/{made[1][0]}?format=json").json()["settings"]

    changed = [each["is_changed"] for each in settings]
    assert sorted(changed, reverse=True) == changed
    values = {each["name"]: (each["value"], each["default"]) for each in settings}
    assert (8, 60) == values["lookback"]
    assert (None, None) == values["split.train_last"]


@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo_is_settings_of_one_line_each(name):
    lines = flattened(Experiment(symbols=("PETR4",), network=name, actions={}))

    assert all(isinstance(each, bool | int | float | str | tuple | None) for each in lines.values())
    assert "actions.focus" in lines
    assert lines["network.kind"]


def test_report_is_a_file_of_its_own_with_a_forecast_where_prices_are_at_hand(visit, made):
    newest = made[1][0]

    answer = visit.get(f"/runs/{newest}/report.html")

    assert f'attachment; filename="{newest}.html"' == answer.headers["content-disposition"]
    assert answer.headers["content-type"].startswith("text/html")
    assert 'id="panel-0"' in answer.text
    assert newest in answer.text
    assert not re.search(r'<(script|link|img)[^>]*(src|href)="http', answer.text)


def test_report_of_a_run_that_was_not_registered_has_no_forecast(another, visit):
    answer = visit.get(f"/runs/{another()}/report.html")

    assert 200 == answer.status_code
    assert 'id="panel-0"' not in answer.text
    assert "PETR4" in answer.text


def _compared(visit, *names, **query):
    asked = "&".join([*(f"run={name}" for name in names), *(f"{k}={v}" for k, v in query.items())])
    return visit.get(f"/runs/compare?{asked}")


def test_runs_on_the_same_windows_are_compared_and_the_best_is_marked(visit, made):
    names = made[1]

    page = _compared(visit, *names, format="json").json()
    shown = _compared(visit, *names)

    assert [] == page["doubts"]
    assert ["seed"] == [each["name"] for each in page["settings"]]
    [crps] = [each for each in page["scores"] if each["name"] == "crps"]
    assert [crps["values"].index(min(crps["values"]))] == crps["best"]
    [naive] = [each for each in page["scores"] if each["name"] == "naive_crps"]
    assert 1 == len(set(naive["values"]))
    assert [] == naive["best"]
    assert 'class="best"' in shown.text
    assert all(f'href="/runs/{name}"' in shown.text for name in names)
    assert page["is_same_loss"]
    lines = [each for each in page["curves"]["figure"]["data"] if each["mode"] == "lines"]
    assert names == [each["name"] for each in lines]


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"horizon": 5}, "horizon"),
        ({"symbols": ("VALE3",)}, "symbols"),
        ({"split": {"train_fraction": 0.6}}, "windows"),
    ],
)
def test_runs_that_were_scored_on_something_else_are_not_compared(
    visit, made, another, changes, doubt
):
    names = (made[1][0], another(**changes))

    page = _compared(visit, *names, format="json").json()
    shown = _compared(visit, *names)

    assert [doubt] == page["doubts"]
    assert [] == [each["name"] for each in page["scores"] if each["best"]]
    assert "These scores cannot be compared" in shown.text
    assert 'class="best"' not in shown.text


def test_comparison_keeps_its_runs_in_another_language(visit, made):
    names = made[1]

    shown = _compared(visit, *names).text

    [address] = re.findall(r'href="(\?[^"]*lang=pt[^"]*)"', shown)
    other = visit.get(f"/runs/compare{unescape(address)}")
    assert "Execuções lado a lado" in other.text
    assert all(f'href="/runs/{name}"' in other.text for name in names)


def test_fewer_than_two_runs_or_more_than_five_are_a_problem_page(visit, made):
    newest = made[1][0]

    assert _is_problem(visit.get("/runs/compare"), 422)
    assert _is_problem(_compared(visit, newest), 422)
    assert _is_problem(_compared(visit, newest, newest), 422)
    assert _is_problem(_compared(visit, *(f"run-{number}" for number in range(6))), 422)
    assert _is_problem(_compared(visit, newest, "nope"), 404)
    assert _is_problem(_compared(visit, newest, "%3Cscript%3E"), 404)
