import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pregao.errors import InputError
from pregao.evaluation import Diagnostics, Report
from pregao.presentation import TEXTS, searched_table
from pregao.presentation._numbers import day, knob, number, p_value, percent
from pregao.presentation._proof import proof_of
from pregao.presentation._texts_actions import TEXTS_ACTIONS
from pregao.presentation._texts_trading import TEXTS_TRADING
from pregao.presentation.figures import PALETTES
from pregao.report import check_page_path, page_html, write_page
from pregao.report._contents import MOST_SYMBOLS, command_of
from pregao.training import Experiment

HOSTILE = "<img src=x onerror=alert(1)>\"'&</script><script>alert(2)</script>"
VOID = {"meta", "br", "wbr", "img", "link", "input", "hr"}


class Reader(HTMLParser):
    """Collects elements, attributes and the text of scripts apart from the text people read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.open: list[str] = []
        self.mismatched: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.mismatched.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            attributes, before = self.scripts[-1]
            self.scripts[-1] = (attributes, before + data)
        elif self.open and self.open[-1] != "style":
            self.text += data
            if {"td", "th"} & set(self.open):
                self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def html(case) -> str:
    return page_html(case.report, case.prices, case.forecasts)


@pytest.fixture(scope="module")
def page(html: str) -> Reader:
    return Reader(html)


def test_the_page_asks_nothing_of_the_network(page: Reader) -> None:
    addresses = [
        (tag, attributes[name])
        for tag, attributes in page.elements
        for name in ("src", "href", "srcset", "action", "data", "poster")
        # A place on the page itself is no request.
        if name in attributes and not (attributes[name] or "").startswith("#")
    ]
    own = [text for attributes, text in page.scripts if "plotly.js v" not in text[:200]]

    assert [] == addresses
    assert [] == [
        text for text in own if re.search(r"fetch\(|XMLHttpRequest|import\(|https?:", text)
    ]
    assert "default-src 'none'" in next(
        attributes["content"] or ""
        for _, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )


def test_the_style_asks_nothing_of_the_network(html: str) -> None:
    style = html[html.index("<style>") : html.index("</style>")]

    assert [] == re.findall(r"url\(|@import|https?:", style)


def test_the_page_is_well_formed_and_its_ids_are_unique(page: Reader) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert ([], []) == (page.open, page.mismatched)
    assert sorted(set(ids)) == sorted(ids)


def test_plotly_is_embedded_once(page: Reader) -> None:
    assert 1 == sum("plotly.js v" in text[:200] for _, text in page.scripts)


def test_the_verdict_comes_first_and_in_both_languages(page: Reader, case) -> None:
    headings = [tag for tag, _ in page.elements if tag in ("h1", "h2")]

    assert "h1" == headings[0]
    assert 1 == headings.count("h1")
    assert case.report.verdict.en in page.text
    assert case.report.verdict.pt_br in page.text


def test_the_ranking_says_what_the_report_says(page: Reader, case) -> None:
    for row in case.report.ranked():
        cells = next(
            cells for cells in page.rows if len(cells) == 13 and cells[1].split(" ")[0] == row.name
        )
        both = [
            [
                number(row.validation_crps, 4, language),
                number(row.metrics.crps, 4, language),
                percent(row.versus_random_walk.crps_skill, 1, language, signed=True),
                percent(row.versus_best_baseline.crps_skill, 1, language, signed=True),
                p_value(row.versus_best_baseline.dm_p_value, language),
            ]
            for language in ("en", "pt")
        ]
        expected = [a if a == b else a + b for a, b in zip(*both, strict=True)]
        assert expected == cells[3:8]
        assert ("yessim" if row.name in case.report.confidence_set else "") == cells[8]


def test_findings_are_there_in_both_languages(page: Reader, case) -> None:
    for finding in case.report.findings:
        texts = (finding.title, finding.seen, finding.kind.meaning, finding.do)

        assert finding.code in page.text
        assert all(text.en in page.text and text.pt_br in page.text for text in texts)


def test_the_quantile_table_says_what_the_forecast_says(page: Reader, case) -> None:
    forecast = case.forecasts[0]
    first = day(forecast.sessions[0], "en")
    cells = next(cells for cells in page.rows if cells[0].startswith(first))

    prices = [forecast.at(level)[0] for level in (0.05, 0.25, 0.5, 0.75, 0.95)]
    assert [number(p, 2, "en") + number(p, 2, "pt") for p in prices] == cells[1:]


def test_every_figure_is_there_in_both_languages(page: Reader) -> None:
    drawings = [a["id"] for tag, a in page.elements if tag == "figure"]
    figures = [(a["data-language"], json.loads(t)) for a, t in page.scripts if "data-language" in a]

    assert [
        "fan-0",
        "fan-1",
        "ranking",
        "steps",
        "pit",
        "learning",
        "prices-0",
        "prices-1",
    ] == drawings
    assert ["en", "pt"] * len(drawings) == [language for language, _ in figures]
    assert all(figure["data"] for _, figure in figures)


def test_the_page_can_turn_every_figure_dark(page: Reader) -> None:
    twins = json.loads(next(text for a, text in page.scripts if a.get("id") == "twins"))
    used = {
        colour
        for attributes, text in page.scripts
        if "data-language" in attributes
        for colour in re.findall(r"#[0-9a-f]{6}", text)
    }

    assert used <= set(twins)
    assert PALETTES["dark"].paper == twins[PALETTES["light"].paper]


def test_tables_and_switches_can_be_used_without_a_mouse_or_eyes(page: Reader) -> None:
    tags = [tag for tag, _ in page.elements]
    headings = [attributes for tag, attributes in page.elements if tag == "th"]
    pressed = [a for tag, a in page.elements if tag == "button" and "aria-pressed" in a]

    assert tags.count("table") == tags.count("caption")
    assert all(each.get("scope") in ("col", "row", "rowgroup") for each in headings)
    assert 3 == len(pressed)


def test_hostile_names_stay_text(case) -> None:
    report = case.report
    spoilt = report.ranking[0].replace(name=HOSTILE)
    report = report.replace(
        ranking=(spoilt, *report.ranking[1:]),
        candidate=HOSTILE,
        data=report.data.replace(symbols=(HOSTILE,)),
        findings=(report.findings[0].replace(seen=HOSTILE, do=HOSTILE, symbol=HOSTILE),),
    )
    forecast = case.forecasts[0].replace(symbol=HOSTILE, forecaster=HOSTILE)

    page = Reader(page_html(report, case.prices[:1], [forecast]))

    assert [] == [tag for tag, _ in page.elements if tag == "img"]
    assert not any(text.startswith("alert(2)") for _, text in page.scripts)
    assert HOSTILE in page.text
    for attributes, text in page.scripts:
        if "data-language" in attributes:
            for note in json.loads(text)["layout"].get("annotations", []):
                assert "<img" not in note["text"]


def test_the_experiment_on_the_page_can_be_run_again(page: Reader, case, tmp_path: Path) -> None:
    text = page.text[page.text.index("symbols = [") :]
    file = tmp_path / "experiment.toml"
    file.write_text(text)

    assert case.report.experiment == Experiment.from_toml(file)
    assert command_of(case.report) in page.text
    assert "--networks lstm_classic,gru_classic,tcn" in command_of(case.report)


def test_what_was_asked_for_is_not_called_the_champion(asked_for: Report) -> None:
    page = Reader(page_html(asked_for, (), ()))

    marks = {cells[1].split(" ")[0]: cells[1] for cells in page.rows if len(cells) == 13}
    assert not marks[asked_for.candidate].endswith("ChampionCampeão")
    assert marks[asked_for.candidate].endswith("Asked forPedido")
    assert marks[asked_for.ranking[0].name].endswith("Best networkMelhor rede")
    assert f"Asked forPedido: {asked_for.candidate}" in page.text


def test_without_an_edge_the_best_baseline_is_champion_and_the_network_a_candidate(
    page: Reader, case
) -> None:
    words = {key: TEXTS["en"][key] + TEXTS["pt"][key] for key in ("champion", "candidate")}
    marked = {
        key: [
            cells[1].split(" ")[0] for cells in page.rows if cells[1:2] and cells[1].endswith(word)
        ]
        for key, word in words.items()
    }

    assert "none" == case.report.edge
    assert [case.report.best_baseline] == marked["champion"]
    assert [case.report.candidate] == marked["candidate"]
    assert "Best network" not in page.text


def test_a_recipe_is_run_again_as_one(case) -> None:
    first, *rest = case.report.ranking
    recipe = first.replace(name="petr4-60d")
    report = case.report.replace(ranking=(*rest, recipe), candidate="petr4-60d")

    assert "pregao train --recipe petr4-60d --experiment experiment.toml" in command_of(report)


def test_ensembles_are_explained_and_their_curves_too(averaged: Report, page: Reader) -> None:
    texts = [TEXTS["en"][key] for key in ("ensemble_note", "learning_ensemble_note")]

    averages = Reader(page_html(averaged, (), ()))

    assert [True, True] == [text in averages.text for text in texts]
    assert [False, False] == [text in page.text for text in texts]


def test_a_sweep_with_ensembles_is_made_again_without_naming_them(averaged: Report, case) -> None:
    assert "ensemble" not in command_of(averaged)
    assert "--ensemble 0" in command_of(case.report)


def test_the_page_shows_what_a_search_chose(searched: Report) -> None:
    page = Reader(page_html(searched, (), ()))

    rows = {cells[1]: cells for cells in page.rows if len(cells) == 8}
    assert "learning_rate" in rows.pop("NameNome")
    assert [each.name for each in searched.ranking[:-1]] == list(rows)
    for score in searched.ranking[:-1]:
        assert score.best_params is not None
        assert knob(score.best_params["learning_rate"], "en") in rows[score.name][2]
        assert "gelu" == rows[score.name][3]
        assert [str(score.trials), str(score.pruned)] == rows[score.name][5:7]
    assert "pregao train" in command_of(searched)


def test_numbers_that_a_search_chose_are_sorted_as_numbers(searched: Report) -> None:
    kinds = {each.name: each.kind for each in searched_table(searched).columns if each.is_detail}

    assert {"learning_rate": "number", "activation": "text"} == kinds


def test_a_page_without_a_search_has_no_table_of_it(page: Reader) -> None:
    assert TEXTS["en"]["searched"] not in page.text


def test_a_report_without_networks_has_a_page(case) -> None:
    report = case.report
    alone = report.replace(ranking=(), candidate=report.best_baseline, promotion=None)

    page = Reader(page_html(alone, (), ()))

    drawings = [a["id"] for tag, a in page.elements if tag == "figure"]
    assert ["ranking", "steps", "pit"] == drawings


def test_a_page_of_too_many_symbols_says_so(case) -> None:
    count = MOST_SYMBOLS + 1

    page = Reader(page_html(case.report, case.prices[:1] * count, case.forecasts[:1] * count))

    assert f"{MOST_SYMBOLS} of {count} symbols are shown." in page.text


@pytest.fixture(scope="module")
def whole(proven) -> Reader:
    return Reader(_written(proven))


def _written(case, **others) -> str:
    return page_html(
        case.report,
        case.prices,
        case.forecasts,
        tradings=case.tradings,
        run="20260101-lstm",
        software={"torch": "2.13.0"},
        **others,
    )


def _drawn(page: Reader) -> list[str | None]:
    return [a["id"] for tag, a in page.elements if tag == "figure"]


def test_a_page_of_a_walk_forward_shows_folds_ranges_decisions_and_earnings(whole: Reader) -> None:
    assert [
        "fan-0",
        "fan-1",
        "folds",
        "ranking",
        "steps",
        "reliability",
        "pit",
        "actions",
        "trading-0",
        "learning",
        "prices-0",
        "prices-1",
    ] == _drawn(whole)
    assert ([], []) == (whole.open, whole.mismatched)
    ids = [attributes["id"] for _, attributes in whole.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)


def test_every_place_that_the_contents_name_is_there(whole: Reader, page: Reader) -> None:
    for each in (whole, page):
        ids = {attributes.get("id") for _, attributes in each.elements}
        named = [a["href"] for tag, a in each.elements if tag == "a"]

        assert len(named) >= 7
        assert {(place or "").removeprefix("#") for place in named} <= ids


def test_folds_are_in_a_table_beside_the_best_baseline_and_the_random_walk(
    whole: Reader, proven
) -> None:
    proof = proof_of(proven.report)
    rows = {cells[0]: cells for cells in whole.rows if len(cells) == 9}

    for line in proof.folds:
        cells = rows[str(line.number)]
        crps = (line.crps, line.rival_crps, line.naive_crps)
        assert day(line.fold.test_first, "en") in cells[3]
        assert [number(each, 4, "en") + number(each, 4, "pt") for each in crps] == cells[5:8]
        skills = [percent(line.skill, 1, language, signed=True) for language in ("en", "pt")]
        assert "".join(skills) == cells[8]


def test_a_single_fit_names_the_command_that_proves_it(page: Reader, case) -> None:
    named = Reader(page_html(case.report, case.prices, case.forecasts, run="20260101-lstm"))

    assert "pregao evaluate RUN" in page.text
    assert "pregao evaluate 20260101-lstm" in named.text
    assert "folds" not in _drawn(page)


def test_a_walk_forward_needs_no_other_proof(whole: Reader) -> None:
    assert "pregao evaluate" not in whole.text


def test_nothing_stands_where_nobody_was_examined(page: Reader) -> None:
    ids = {attributes.get("id") for _, attributes in page.elements}

    assert {"actions", "reliability", "decisions-title"} & ids == set()
    assert TEXTS_TRADING["en"]["trading"] not in page.text


def test_coverage_in_hard_times_stands_beside_the_best_baselines(whole: Reader, proven) -> None:
    report = proven.report
    for name in (report.candidate, report.best_baseline):
        volatile = report.diagnostics(name).reliability.volatile
        shares = [percent(each, 1, "en") + percent(each, 1, "pt") for each in volatile.shares]

        assert [name, str(volatile.num_windows), *shares] in whole.rows


def test_earnings_stand_before_and_after_costs_beside_holding_and_cash(
    whole: Reader, proven
) -> None:
    [account] = proven.report.diagnostics(proven.report.candidate).accounts
    rows = {cells[0]: cells for cells in whole.rows if len(cells) == 9}

    assert account.trading.strategy.num_trades > 0
    for name, results in (
        (proven.report.candidate, account.trading.strategy),
        ("buy and holdcomprar e manter", account.trading.buy_and_hold),
        ("cashcaixa", account.trading.cash),
    ):
        returns = (results.before_costs.total_return, results.after_costs.total_return)
        assert [_signed(each) for each in returns] == rows[name][1:3]
    assert TEXTS_TRADING["en"]["trading_note"] in whole.text
    assert "trials counted, here 24" in whole.text
    assert "After tax" not in whole.text


def _signed(share: float) -> str:
    return "".join(percent(share, 1, language, signed=True) for language in ("en", "pt"))


def test_tax_has_a_column_where_it_was_asked_for(proven) -> None:
    report = proven.report
    taxed = report.replace(dossiers=tuple(_taxed(each) for each in report.dossiers))

    page = Reader(page_html(taxed, (), ()))

    assert "After tax" in page.text
    [own] = [cells for cells in page.rows if len(cells) == 10 and cells[0] == report.candidate]
    assert "+1.0" in own[3]


def _taxed(dossier: Diagnostics) -> Diagnostics:
    [account] = dossier.accounts
    results = account.trading.strategy
    left = results.after_costs.replace(total_return=0.01)
    trading = account.trading.replace(strategy=results.replace(after_tax=left, tax=1.0))
    return dossier.replace(accounts=(account.replace(trading=trading),))


def test_who_abstains_is_said_to_and_no_flat_curve_is_drawn(unproven) -> None:
    page = Reader(_written(unproven))

    assert TEXTS_ACTIONS["en"]["abstains"] in page.text
    assert TEXTS_TRADING["en"]["idle"] in page.text
    assert "trading-0" not in _drawn(page)
    assert "actions" in _drawn(page)


def test_a_stored_report_without_the_paths_has_the_table_alone(proven) -> None:
    page = Reader(page_html(proven.report, proven.prices, proven.forecasts))

    assert "trading-0" not in _drawn(page)
    assert TEXTS_TRADING["en"]["after_costs"] in page.text


def test_the_certificate_has_a_row_a_symbol(whole: Reader, proven) -> None:
    for used in proven.report.data.histories:
        [row] = [cells for cells in whole.rows if used.digest in cells]
        assert [used.symbol, used.provider, str(used.sessions)] == row[:3]
        assert day(used.first, "en") in row[3]


def test_a_stored_run_can_be_reproduced_and_its_software_is_named(
    whole: Reader, page: Reader
) -> None:
    assert "pregao reproduce 20260101-lstm" in whole.text
    assert "torch 2.13.0" in whole.text
    assert "pregao reproduce" not in page.text


def test_hostile_names_stay_text_wherever_a_walk_forward_shows_them(proven) -> None:
    text = proven.report.model_dump_json().replace("lstm_classic", "<img src=x onerror=alert(1)>")
    hostile = Report.model_validate_json(text)
    script = "<script>alert(2)</script>"
    used = tuple(each.replace(symbol=script, provider=script) for each in hostile.data.histories)
    hostile = hostile.replace(data=hostile.data.replace(symbols=(script,), histories=used))
    tradings = {hostile.candidate: proven.tradings[proven.report.candidate]}

    page = Reader(
        page_html(
            hostile,
            proven.prices,
            proven.forecasts,
            tradings=tradings,
            run="<b>run</b>",
            software={"<i>": "<u>"},
        )
    )

    assert "folds" in _drawn(page)
    assert set() == {"img", "b", "i", "u"} & {tag for tag, _ in page.elements}
    assert not any(text.startswith("alert(2)") for _, text in page.scripts)
    for attributes, text in page.scripts:
        if "data-language" in attributes:
            assert "<img" not in text
            for trace in json.loads(text)["data"]:
                shown = [trace.get(key) for key in ("name", "customdata", "hovertemplate", "text")]
                assert "<img" not in json.dumps(shown)


def test_the_same_report_gives_the_same_page(html: str, case) -> None:
    assert html == page_html(case.report, case.prices, case.forecasts)


def test_folders_are_made_and_nothing_else_is_left(case, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "report.html"

    write_page(path, case.report, case.prices, case.forecasts)

    assert page_html(case.report, case.prices, case.forecasts) == path.read_text(encoding="utf-8")
    assert [path] == list(path.parent.iterdir())


def test_a_directory_is_refused_in_one_line(case, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory: name a file in it") as caught:
        write_page(tmp_path, case.report, case.prices, case.forecasts)

    assert "\n" not in str(caught.value)


def test_a_path_through_a_file_is_refused_in_one_line(case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(InputError, match="cannot be written"):
        write_page(tmp_path / "file" / "report.html", case.report, case.prices, case.forecasts)

    assert "mine" == (tmp_path / "file").read_text()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX systems")
def test_a_page_never_takes_the_place_of_a_device(case, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    os.mkfifo(path)

    with pytest.raises(InputError, match="not a regular file"):
        write_page(path, case.report, case.prices, case.forecasts)

    assert path.is_fifo()


@pytest.mark.parametrize("name", [".", "file/report.html", "x" * 300 + ".html"])
def test_a_path_for_no_page_is_known_before_the_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    with pytest.raises(InputError, match=r"is a directory|cannot be written"):
        check_page_path(tmp_path / name)


def test_a_path_in_folders_to_be_made_is_fine_and_makes_none(tmp_path: Path) -> None:
    check_page_path(tmp_path / "new" / "folder" / "report.html")

    assert [] == list(tmp_path.iterdir())


def test_a_page_that_cannot_be_drawn_leaves_the_old_one(case, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    with pytest.raises(ValueError, match="shorter"):
        write_page(path, case.report, case.prices, case.forecasts[:1])

    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_page_that_cannot_be_stored_leaves_the_old_one(case, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    lone_surrogate = case.report.data.model_copy(update={"digest": "\ud800"})
    unwritable = case.report.model_copy(update={"data": lone_surrogate})

    with pytest.raises(UnicodeEncodeError):
        write_page(path, unwritable, case.prices, case.forecasts)

    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())
