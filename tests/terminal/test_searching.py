from collections.abc import Iterable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from pregao.presentation import TEXTS, Language
from pregao.presentation._numbers import number
from pregao.terminal import search_progress
from pregao.terminal._pace import Pace
from pregao.terminal._searching import Board
from pregao.training.search import SearchProgress
from pregao.training.search._plan import TrialStatus
from pregao.workbench import Progress as Scored
from pregao.zoo.networks import ZOO

BOTH: tuple[Language, ...] = ("en", "pt")
TRIALS = 24


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _told(
    entry: str,
    trial: int = 0,
    *,
    fate: TrialStatus | None = "finished",
    epochs: int = 4,
    best: float = 0.02,
    done: int = 100,
    is_entry_complete: bool = False,
) -> SearchProgress:
    return SearchProgress(
        entry=entry,
        trial=trial,
        fate=fate,
        epochs=epochs,
        loss=best,
        best=best,
        best_overall=best,
        done_epochs=done,
        total_epochs=400,
        done_trials=12,
        total_trials=TRIALS * len(ZOO),
        is_entry_complete=is_entry_complete,
    )


def _board(news: Iterable[SearchProgress | Scored], language: Language = "en") -> Board:
    board = Board(language, list(ZOO), clock=Clock())
    for each in news:
        board.tell(each)
    return board


def _drawn(board: Board, *, width: int = 120, height: int = 24) -> list[str]:
    console = Console(width=width, height=height, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(board)
    return captured.get().splitlines()


def _line(lines: list[str], name: str) -> list[str]:
    return next(line.split() for line in lines[4:] if line.startswith(f"{name} "))


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_thirty_six_networks_fit_a_terminal_of_twenty_four_lines(
    width: int, language: Language
) -> None:
    board = _board((_told(name, best=0.02 + i / 1e3) for i, name in enumerate(ZOO)), language)

    lines = _drawn(board, width=width)

    assert len(lines) < 24
    assert max(cell_len(line.rstrip()) for line in lines) <= width
    assert "\N{HORIZONTAL ELLIPSIS}" not in "".join(lines)
    assert "25 %" in lines[0]
    assert next(iter(ZOO)) in lines[1]
    assert number(0.02, 5, language) in lines[1]
    hidden = len(ZOO) - (len(lines) - 5)
    more = TEXTS[language]["more_networks"]
    assert more.format(count=hidden, running=hidden, done=0, waiting=0) == lines[-1].rstrip()


def test_a_tall_terminal_shows_every_network() -> None:
    lines = _drawn(_board([_told("tcn")]), height=60)

    assert set(ZOO) <= {line.split()[0] for line in lines if line.strip()}


def test_the_best_comes_first_then_those_under_way_those_done_and_those_that_wait() -> None:
    done = _told("lstm_classic", best=0.01, is_entry_complete=True)
    board = _board(
        [
            _told("gru_classic", best=0.03),
            _told("gru_deep", best=0.02, is_entry_complete=True),
            _told("tcn", best=0.025),
            done,
        ]
    )

    lines = _drawn(board)

    names = [line.split()[0] for line in lines[4:9]]
    assert ["lstm_classic", "tcn", "gru_classic", "gru_deep"] == names[:4]
    assert "waiting" == _line(lines, names[4])[1]
    assert "done" == _line(lines, "lstm_classic")[1]


def test_epochs_trials_and_prunings_are_counted_once() -> None:
    board = _board(
        [
            _told("tcn", 0, fate=None, epochs=1),
            _told("tcn", 0, fate=None, epochs=4),
            _told("tcn", 0, fate="pruned", epochs=4),
            _told("tcn", 1, fate="finished", epochs=10),
            _told("tcn", 2, fate="duplicate", epochs=10),
            _told("tcn", 1, fate="finished", epochs=10),
        ]
    )

    line = _line(_drawn(board), "tcn")

    assert ["tcn", "running", f"3/{TRIALS}", "14", "0.02000", "1", "finished"] == line


@pytest.mark.parametrize("fate", get_args(TrialStatus))
@pytest.mark.parametrize("language", BOTH)
def test_the_board_has_a_word_for_every_fate(fate: TrialStatus, language: Language) -> None:
    line = _line(_drawn(_board([_told("tcn", fate=fate)], language)), "tcn")

    assert TEXTS[language][f"fate_{fate}"] == line[-1]


def test_without_their_names_networks_are_shown_as_they_begin() -> None:
    board = Board("en", clock=Clock())
    board.tell(_told("tcn"))

    lines = _drawn(board)

    assert ["tcn", "running", "1", "4", "0.02000", "0", "finished"] == lines[-1].split()


def test_a_network_that_no_trial_could_train_has_no_loss() -> None:
    told = _told("tcn", fate="failed", epochs=0)
    nothing = SearchProgress(**{**vars(told), "loss": None, "best": None, "best_overall": None})

    lines = _drawn(_board([nothing]))

    assert "\N{EN DASH}" in _line(lines, "tcn")
    assert "best so far: \N{EN DASH}" in lines[1]


def test_the_scoring_takes_the_place_of_the_search() -> None:
    lines = _drawn(_board([_told("tcn"), Scored("baseline", "har", 3, 12, 0.5)]))

    assert "Scoring" in lines[0]
    assert "25 %" in lines[0]
    assert "baseline har" == lines[1].strip()


def test_the_time_that_passed_and_the_time_left_are_shown() -> None:
    clock = Clock()
    board = Board("en", clock=clock)
    for now, done in ((10.0, 40), (20.0, 50), (70.0, 100)):
        clock.now = now
        board.tell(_told("tcn", done=done))
    clock.now = 80.0

    # An epoch a second, 300 to go, and ten seconds of them have passed.
    assert "1:20, 4:50 left" in _drawn(board)[0]


def test_what_was_written_down_before_does_not_count_for_the_pace() -> None:
    pace = Pace()
    for step in range(1000):
        pace.tell(step, 30 + step / 1e4)
    pace.tell(1010, 40.0)
    pace.tell(1020, 50.0)

    assert 80 == pytest.approx(pace.left(1100, 50.0) or 0, rel=0.1)


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 60)), max_size=30), st.floats(0, 1e4))
def test_no_time_left_is_ever_negative(steps: list[tuple[int, float]], wait: float) -> None:
    pace, now, done = Pace(), 0.0, 0
    for more, seconds in steps:
        now, done = now + seconds, done + more
        pace.tell(done, now)

    left = pace.left(done + 5, now + wait)

    assert left is None or left >= 0


def test_a_search_is_silent_where_nobody_looks(capsys) -> None:
    with search_progress("en", list(ZOO)) as tell:
        tell(_told("tcn"))
        tell(Scored("network", "tcn", 1, 2, 0.5))

    assert ("", "") == tuple(capsys.readouterr())


def test_a_search_is_shown_on_standard_error_alone(capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    with search_progress("pt", list(ZOO)) as tell:
        tell(_told("tcn"))

    captured = capsys.readouterr()
    assert "" == captured.out
    assert "melhor at\u00e9 agora" in captured.err
