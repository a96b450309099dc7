from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.text import Text as Line

from pregao.findings import Finding
from pregao.inference import Edge
from pregao.presentation import TEXTS, Language
from pregao.presentation._numbers import number, p_value, percent
from pregao.registry import Run
from pregao.terminal import print_tickers, ticker_progress
from pregao.values import Text
from pregao.workbench import Result, TickerResult, Tickers

BOTH: tuple[Language, ...] = ("en", "pt")
LEFT_OUT = Finding.from_code("LRN007", Text.same("120 sessions\nare too few"), symbol="BAD")


def _result(case, symbol: str, *, edge: Edge = "none") -> Result:
    report = case.report
    data = report.data.replace(symbols=(symbol,))
    return Result(report.replace(data=data, edge=edge), (), (), Run(Path(f"{symbol}-1")))


@pytest.mark.parametrize("language", BOTH)
def test_each_ticker_is_a_row_as_soon_as_it_is_known(case, capsys, language: Language) -> None:
    with ticker_progress(2, language) as on_result:
        on_result(_result(case, "PETR4"))
        first = capsys.readouterr().out
        on_result(_result(case, "NVDA", edge="proven"))
        second = capsys.readouterr().out

    row = TickerResult.from_report(_result(case, "PETR4").report, None)
    numbers = [
        percent(row.skill_vs_random_walk, 1, language, signed=True),
        percent(row.skill_vs_best_baseline, 1, language, signed=True),
        p_value(row.dm_p_value, language),
        number(row.crps, 4, language),
        number(row.seconds, 1, language),
    ]
    words = [word for each in numbers for word in each.split()]
    heading, line = first.splitlines()
    assert heading.startswith(TEXTS[language]["symbol"])
    assert ["PETR4", TEXTS[language]["no"], *words, row.champion] == line.split()
    assert ["NVDA", TEXTS[language]["yes"]] == second.split()[:2]
    assert 1 == len(second.splitlines())


def test_a_ticker_that_was_left_out_is_one_line(capsys) -> None:
    with ticker_progress(1, "en") as on_result:
        on_result(LEFT_OUT)

    _, line = capsys.readouterr().out.splitlines()
    assert "LRN007 BAD, symbol left out: 120 sessions are too few" == line


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_rows_fit_their_terminal_and_are_never_wrapped(case, capsys, monkeypatch, columns) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))

    with ticker_progress(2, "pt") as on_result:
        on_result(_result(case, "PETR4"))
        on_result(LEFT_OUT.replace(seen=Text.same("word " * 100)))

    lines = Line.from_ansi(capsys.readouterr().out).plain.splitlines()
    assert 3 == len(lines)
    assert max(cell_len(line) for line in lines) <= columns


def test_a_quiet_bar_leaves_standard_output_alone(case, capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    with ticker_progress(2, "en", quiet=True) as on_result:
        on_result(_result(case, "PETR4"))

    captured = capsys.readouterr()
    assert "" == captured.out
    assert "PETR4" in captured.err
    assert "1/2" in captured.err


def test_without_a_terminal_there_are_rows_and_no_bar(case, capsys) -> None:
    with ticker_progress(1, "en") as on_result:
        on_result(_result(case, "PETR4"))

    captured = capsys.readouterr()
    assert "PETR4" in captured.out
    assert "" == captured.err


def test_the_bar_says_how_long_the_rest_will_take(case, capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    now = iter((100.0, 110.0, 120.0))

    with ticker_progress(6, "en", clock=lambda: next(now)) as on_result:
        for _ in range(3):
            on_result(_result(case, "PETR4"))

    assert "PETR4, 0:30 left" in Line.from_ansi(capsys.readouterr().err).plain


@pytest.mark.parametrize("language", BOTH)
def test_the_end_counts_edges_beside_what_luck_would_find(case, capsys, language: Language) -> None:
    rows = [
        _result(case, name, edge="proven" if name == "NVDA" else "none")
        for name in ("PETR4", "VALE3", "NVDA")
    ]
    network = Finding.from_code("LRN006", Text.same("tcn"))
    tickers = Tickers(
        rows=tuple(TickerResult.from_report(each.report, each.run.id) for each in rows),
        findings=(network, LEFT_OUT),
    )

    print_tickers(tickers, language)

    lines = capsys.readouterr().out.splitlines()
    verdict = tickers.verdict.in_language(language)
    counted = TEXTS[language]["tickers_counted"].format(total=3, edges=1, left_out=1)
    title = network.title.in_language(language)
    assert ["", counted, verdict, f"LRN006 {title}: tcn"] == lines
