import re

import pytest
from rich.cells import cell_len
from rich.text import Text as Line

from pregao.evaluation import COMBINATIONS, Report
from pregao.findings import FINDINGS, Finding
from pregao.instruments import as_date, price_digits
from pregao.presentation import TEXTS, Language
from pregao.presentation._numbers import day, knob, number, p_value, percent
from pregao.presentation._proof import proof_of
from pregao.presentation._texts_proof import PROOF_TEXTS
from pregao.presentation._texts_trading import TEXTS_TRADING
from pregao.prices import PriceStore
from pregao.terminal import (
    epoch_progress,
    print_checked,
    print_fetched,
    print_forecast,
    print_kind,
    print_kinds,
    print_networks,
    print_recipes,
    print_result,
    print_search,
    sweep_progress,
    working,
)
from pregao.training import RECIPES, Epoch, list_networks
from pregao.values import Text
from pregao.workbench import Checked, Fetched, Progress
from pregao.zoo.networks import ZOO

BOTH: tuple[Language, ...] = ("en", "pt")


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def _line(output: str, name: str) -> str:
    return next(line for line in output.splitlines() if name in line.split())


def _table(output: str) -> str:
    """Give the ranking alone: the legend below it is one line, and a blank one follows."""
    return output.split("\n\n", maxsplit=1)[0].rpartition("\n")[0]


def _crowded(report: Report) -> Report:
    """Give the same report with every name of the zoo in its ranking."""
    first = report.ranking[0]
    ranking = tuple(
        first.replace(name=name, validation_crps=first.validation_crps + 0.001 * index)
        for index, name in enumerate(ZOO)
    )
    return report.replace(ranking=ranking, candidate=ranking[0].name)


@pytest.mark.parametrize("language", BOTH)
def test_the_ranking_says_what_the_report_says(case, capsys, language: Language) -> None:
    print_result(case.report, case.forecasts, language=language)

    output = capsys.readouterr().out
    for row in case.report.ranked():
        line = _line(output, row.name)
        assert number(row.metrics.crps, 4, language) in line
        assert percent(row.versus_random_walk.crps_skill, 1, language, signed=True) in line
        assert (row.is_baseline and row.name != case.report.candidate) == line.startswith("*")


@pytest.mark.parametrize("language", BOTH)
def test_the_verdict_is_one_line_for_a_pipe(case, capsys, language: Language) -> None:
    print_result(case.report, case.forecasts, language=language)

    verdict = case.report.verdict
    lines = capsys.readouterr().out.splitlines()
    assert (verdict.en if language == "en" else verdict.pt_br) in lines


@pytest.mark.parametrize("language", BOTH)
def test_what_the_verdict_rests_on_stands_below_it(proven, capsys, language: Language) -> None:
    print_result(proven.report, (), language=language)

    output, proof = capsys.readouterr().out, proof_of(proven.report)
    lines = dict(
        re.split(r" {2,}", line, maxsplit=1) for line in output.splitlines() if "  " in line
    )
    text = {**PROOF_TEXTS[language], **TEXTS[language]}
    assert proven.report.champion == lines[text["served_by"]].split(";")[0]
    skill = percent(proof.skill_vs_rival, 1, language, signed=True)
    assert lines[text["skill_best"]].startswith(skill)
    assert percent(proof.promotion.skill.high, 1, language) in lines[text["skill_best"]]
    assert lines[text["folds_won"]].startswith("3 ")
    assert p_value(proof.promotion.set_p_value, language) in lines[text["tests"]]
    assert lines[text["trials"]].startswith("24;")
    [account] = proven.report.diagnostics(proven.report.candidate).accounts
    earned = lines[f"{TEXTS_TRADING[language]['account']}, R$"]
    for results in (account.trading.strategy, account.trading.buy_and_hold):
        assert percent(results.after_costs.total_return, 1, language, signed=True) in earned


def test_who_abstains_has_no_earnings_but_holding_does(unproven, capsys) -> None:
    print_result(unproven.report, (), language="en")

    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("Simulated result"))
    assert "abstains, nothing was traded; buying and holding" in line


def test_a_single_fit_says_how_it_can_be_proven(case, capsys) -> None:
    print_result(case.report, (), language="en")

    assert "'pregao evaluate RUN' evaluates it over several folds" in capsys.readouterr().out


def test_what_the_verdict_rests_on_fits_a_terminal(proven, capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "70")

    print_result(proven.report, (), language="pt")

    output = Line.from_ansi(capsys.readouterr().out).plain
    assert max(cell_len(line.rstrip()) for line in output.splitlines()) <= 70


@pytest.mark.parametrize("language", BOTH)
def test_the_table_fits_eighty_columns_and_cuts_no_number(case, capsys, language) -> None:
    print_result(_crowded(case.report), (), language=language)

    output = capsys.readouterr().out
    table = _table(output).splitlines()
    assert len(table) >= 2 + 15 + len(case.report.baselines)
    assert max(cell_len(line.rstrip()) for line in table) <= 80
    assert "\N{HORIZONTAL ELLIPSIS}" not in output


def test_a_narrow_terminal_keeps_the_score_and_its_naive(case, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    row = case.report.ranked()[0]

    print_result(case.report, (), language="en")

    output = capsys.readouterr().out
    assert number(row.metrics.crps, 4, "en") in _line(output, row.name)
    assert "vs naive" in output
    assert "DM p" not in _table(output)


def test_a_wide_terminal_shows_every_column(case, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")

    print_result(case.report, (), language="en")

    output = capsys.readouterr().out
    assert all(name in output for name in ("Parameters", "MASE", "Seconds", "DM p"))


def test_of_many_networks_some_are_shown_and_the_baselines_all(case, capsys) -> None:
    report = _crowded(case.report)

    print_result(report, (), language="en")

    output = capsys.readouterr().out
    words = _table(output).split()
    assert list(ZOO)[:15] == [name for name in ZOO if name in words]
    assert all(each.name in words for each in report.baselines)
    assert f"and {len(ZOO) - 15} more networks" in output


@pytest.mark.parametrize("language", BOTH)
def test_what_was_asked_for_is_marked_as_that(asked_for, capsys, language: Language) -> None:
    print_result(asked_for, (), language=language)

    output, text = capsys.readouterr().out, TEXTS[language]
    assert _line(output, asked_for.candidate).startswith(">")
    assert _line(output, asked_for.ranking[0].name).startswith("+")
    assert f"> {text['asked_for'].lower()}  + {text['best_network'].lower()}" in output
    assert f"> {text['champion'].lower()}" not in output


def test_what_was_asked_for_is_shown_however_low_it_ranks(case, capsys) -> None:
    report = _crowded(case.report)
    last = report.ranking[-1].name

    print_result(report.replace(candidate=last), (), language="en")

    assert _line(capsys.readouterr().out, last).startswith(">")


@pytest.mark.parametrize("language", BOTH)
def test_ensembles_are_explained_where_there_are_any(
    case, averaged, capsys, language: Language
) -> None:
    note = TEXTS[language]["ensemble_note"]

    print_result(averaged, (), language=language)
    with_ensembles = capsys.readouterr().out
    print_result(case.report, (), language=language)

    assert note in with_ensembles
    assert note not in capsys.readouterr().out


def test_ensembles_are_known_by_name_when_a_report_is_read(averaged: Report) -> None:
    read = Report.model_validate_json(averaged.model_dump_json())

    assert list(COMBINATIONS) == [each.name for each in read.ranking if each.kind == "ensemble"]
    assert averaged == read


@pytest.mark.parametrize("language", BOTH)
def test_a_search_shows_what_it_chose_for_each_network(searched, capsys, language) -> None:
    print_search(searched, language=language)

    lines = capsys.readouterr().out.splitlines()
    for score in searched.ranking[:-1]:
        place = next(i for i, line in enumerate(lines) if score.name in line.split())
        shown = (
            number(score.best_validation_loss, 5, language),
            number(score.trials, 0, language),
            number(score.pruned, 0, language),
            number(score.seconds, 1, language),
        )
        assert [score.name, *shown] == lines[place].split()
        rate = knob(score.best_params["learning_rate"], language)
        assert f"learning_rate {rate}, activation gelu" == lines[place + 1].strip()


def test_no_search_shows_nothing(case, capsys) -> None:
    print_search(case.report, language="en")

    assert "" == capsys.readouterr().out


def test_a_search_of_many_networks_says_how_many_it_leaves_out(searched, capsys) -> None:
    first = searched.ranking[0]
    ranking = tuple(first.replace(name=name) for name in ZOO)

    print_search(searched.replace(ranking=ranking), language="en")

    assert f"and {len(ZOO) - 15} more networks" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_lists_with_notes_fit_their_terminal(searched, capsys, monkeypatch, columns: int) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))

    print_search(searched, language="pt")
    print_recipes("pt")
    print_kinds("pt")
    for kind in FINDINGS.values():
        print_kind(kind, "pt")

    lines = Line.from_ansi(capsys.readouterr().out).plain.splitlines()
    assert max(cell_len(line) for line in lines) <= columns


@pytest.mark.parametrize("language", BOTH)
def test_every_recipe_is_listed_with_its_size(capsys, language: Language) -> None:
    print_recipes(language)

    output = capsys.readouterr().out
    for recipe in RECIPES.values():
        experiment = recipe.experiment
        size = experiment.num_parameters(len(experiment.features))
        line = _line(output, recipe.name)
        assert [*experiment.symbols, number(size, 0, language)] == line.split()[1:-4]
        assert [str(experiment.lookback), str(experiment.horizon)] == line.split()[-4:-2]
        assert [experiment.target, experiment.loss] == line.split()[-2:]
        assert recipe.description in output


@pytest.mark.parametrize("language", BOTH)
def test_the_forecast_gives_its_next_and_its_last_session(case, capsys, language) -> None:
    forecast = case.forecasts[0]

    print_result(case.report, [forecast], language=language)

    output = capsys.readouterr().out
    for index in (0, -1):
        line = next(x for x in output.splitlines() if day(forecast.sessions[index], language) in x)
        for price in (forecast.median, forecast.at(0.05), forecast.at(0.95)):
            assert number(price[index], 2, language) in line


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("factor", [1.0, 2.0**-22])
def test_a_forecast_of_an_index_is_in_points_and_one_of_a_tiny_price_has_its_digits(
    case, capsys, language, factor
) -> None:
    forecast = case.forecasts[1]
    forecast = forecast.replace(
        symbol="SP500" if factor == 1 else "SHIB-USD",
        last_price=forecast.last_price * factor,
        median=tuple(each * factor for each in forecast.median),
        prices=tuple(tuple(each * factor for each in row) for row in forecast.prices),
    )

    print_forecast(forecast, language=language)

    output = capsys.readouterr().out
    digits = price_digits(forecast.last_price)
    price = number(forecast.last_price, digits, language)
    last = number(forecast.median[-1], digits, language)
    expected = f"{price}\u00a0pts" if factor == 1 else f"US$\u00a0{price}"
    assert expected in output
    assert last in _line(output, day(forecast.sessions[-1], language))
    assert ("US$" in output) == (factor != 1)
    assert digits == (2 if factor == 1 else 8)
    assert ("pts" if factor == 1 else "USD") in forecast._repr_html_()


@pytest.mark.parametrize("language", BOTH)
def test_a_forecast_lists_every_session_with_its_quantiles(case, capsys, language) -> None:
    forecast = case.forecasts[1]

    print_forecast(forecast, language=language)

    output = capsys.readouterr().out
    assert "NVDA" in output
    assert "US$" in output
    for index, session in enumerate(forecast.sessions):
        line = _line(output, day(session, language))
        expected = [forecast.at(level)[index] for level in (0.05, 0.25, 0.5, 0.75, 0.95)]
        assert [number(price, 2, language) for price in expected] == line.split()[1:]


@pytest.mark.parametrize("language", BOTH)
def test_every_network_is_listed_under_its_category(capsys, language: Language) -> None:
    print_networks(list_networks(), language)

    output = capsys.readouterr().out
    words = output.split()
    assert [] == [name for name in ZOO if name not in words]
    heading = TEXTS[language]["category_bidirectional"]
    assert output.index(heading) < output.index("bilstm_classic")


@pytest.mark.parametrize("language", BOTH)
def test_a_check_says_what_was_seen_and_what_to_do(case, capsys, language: Language) -> None:
    seen = Text(en="[a] 900.5 %", pt_br="[a] 900,5 %")
    bad = Finding.from_code("PRC009", seen, do=Text(en="look", pt_br="olhe"))

    print_checked([Checked(case.prices[0], (bad,)), Checked(case.prices[1], ())], language)

    output, text = capsys.readouterr().out, TEXTS[language]
    assert f"PRC009 {bad.title.in_language(language)} ({text['severity_error']})" in output
    assert seen.in_language(language) in output
    assert f"-> {bad.do.in_language(language)}" in output
    assert text["quarantined"] in _line(output, "PETR4")
    assert text["no_findings"] in _line(output, "NVDA")


@pytest.mark.parametrize(("language", "count"), [("en", "500 sessions"), ("pt", "500 pregões")])
def test_what_was_fetched_is_one_line_a_symbol(case, capsys, tmp_path, language, count) -> None:
    prices = case.prices[0]
    first = day(as_date(prices.first), language)

    print_fetched([Fetched(prices, PriceStore(tmp_path).append(prices), ())], language)

    output = capsys.readouterr().out
    assert 1 == len(output.splitlines())
    assert all(part in output for part in ("PETR4", count, first, prices.digest))


@pytest.mark.parametrize("language", BOTH)
def test_every_code_is_listed_and_each_can_be_looked_up(capsys, language: Language) -> None:
    print_kinds(language)

    listed = capsys.readouterr().out
    for kind in FINDINGS.values():
        print_kind(kind, language)
        output = capsys.readouterr().out
        assert kind.title.in_language(language) in listed
        for text in (kind.title, kind.meaning, kind.advice, kind.docs):
            assert text.in_language(language) in output


@pytest.mark.parametrize("language", BOTH)
def test_the_worst_findings_come_first(case, capsys, language: Language) -> None:
    leaky = Finding.from_code("EVA003", Text.same("tomorrow_open"))
    report = case.report.replace(findings=(*case.report.findings, leaky))

    print_result(report, (), language=language)

    codes = re.findall(r"^([A-Z]{3}\d{3}) ", capsys.readouterr().out, re.MULTILINE)
    assert "EVA003" == codes[0]
    assert {each.code for each in report.findings} == set(codes)


def test_progress_is_silent_where_nobody_looks(capsys) -> None:
    with sweep_progress() as on_progress:
        on_progress(Progress("network", "lstm_classic", 1, 2, 0.5))
    with epoch_progress(3) as on_epoch:
        on_epoch(
            Epoch(
                number=1,
                train_loss=0.3,
                validation_loss=0.3,
                learning_rate=1e-3,
                seconds=1.0,
                is_best=True,
            )
        )
    with working("scoring [red]"):
        pass

    captured = capsys.readouterr()
    assert ("", "") == (captured.out, captured.err.strip())


def test_progress_names_what_is_done_on_a_terminal(capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    with sweep_progress("pt") as on_progress:
        on_progress(Progress("network", "lstm_classic", 1, 2, 0.5))

    captured = capsys.readouterr()
    assert "rede lstm_classic" in Line.from_ansi(captured.err).plain
    assert "1/2" in captured.err
    assert "" == captured.out


def test_of_two_bars_only_the_one_with_news_is_shown(capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    with epoch_progress(7), sweep_progress() as on_progress:
        on_progress(Progress("network", "lstm_classic", 1, 2, 0.5))

    error = capsys.readouterr().err
    assert "lstm_classic" in error
    assert "/7" not in error
