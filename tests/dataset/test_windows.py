"""Windows: their inputs and targets, the purge, and splits."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from pregao.dataset import (
    FEATURE_SETS,
    AdjustedBars,
    Borders,
    Dataset,
    Split,
    WalkForward,
    Windows,
    live_windows,
    make_dataset,
    walk_forward_folds,
)
from pregao.dataset._adjusted_bars import SIGMA_WARMUP_SESSIONS
from pregao.errors import (
    HistoryTooShortError,
    SplitError,
    UnknownNameError,
    UnusableWindowsError,
)
from pregao.prices import Bars, Prices
from pregao.testing import randomise_after, synthetic_prices

ONE = synthetic_prices("TEST3", sessions=700, seed=1)
OTHER = synthetic_prices("NVDA", sessions=640, seed=2, first="2015-03-02")


def dataset(*prices: Prices, **changes: object) -> Dataset:
    defaults = {
        "features": FEATURE_SETS["scale_free"],
        "lookback": 20,
        "horizon": 5,
        "split": Split(),
    }
    return make_dataset(prices or (ONE,), **{**defaults, **changes})


def test_inputs_are_the_rows_up_to_the_cutoff_and_no_copy():
    windows = dataset().train

    inputs = windows.inputs

    assert (len(windows), 20, 10) == inputs.shape
    assert np.shares_memory(inputs, windows.table)
    for i in (0, 7, len(windows) - 1):
        row = windows.cutoff_rows[i]
        assert (windows.table[row - 19 : row + 1] == inputs[i]).all()


def test_inputs_are_finite_in_every_part():
    data = dataset(ONE, OTHER)

    for part in (data.train, data.validation, data.sealed_test, data.live):
        assert np.isfinite(part.inputs).all()


def test_targets_are_cumulative_log_returns_over_sigma_root_h():
    windows = dataset().validation
    market = AdjustedBars.from_prices(ONE)

    for i in (0, len(windows) - 1):
        row = windows.cutoff_rows[i]
        for step in range(1, 6):
            total = np.log(ONE.bars.adj_close[row + step] / ONE.bars.adj_close[row])
            expected = total / (market.sigma[row] * np.sqrt(step))
            assert expected == pytest.approx(windows.targets[i, step - 1], rel=1e-9)


def test_windows_cannot_be_written_to():
    windows = dataset().train

    with pytest.raises(ValueError, match="read-only"):
        windows.inputs[0, 0, 0] = 1.0


def test_pooled_windows_stay_inside_their_symbol():
    windows = dataset(ONE, OTHER).train
    border = windows.source.symbol_starts[1]

    first_rows = windows.cutoff_rows - 19
    last_rows = windows.cutoff_rows + 5
    of_one = windows.symbol_index == 0

    assert {0, 1} == set(windows.symbol_index.tolist())
    assert (last_rows[of_one] < border).all()
    assert (first_rows[~of_one] >= border).all()


def test_pooling_gives_each_symbol_the_targets_it_has_alone():
    split = Split(train_last=date(2016, 6, 30), validation_last=date(2016, 12, 30))
    pooled = dataset(ONE, OTHER, split=split)
    alone = dataset(OTHER, split=split)

    assert alone.train.targets.tobytes() == pooled.train.for_symbol(1).targets.tobytes()
    assert alone.validation.cutoffs.tolist() == pooled.validation.for_symbol(1).cutoffs.tolist()


@given(
    lookback=st.integers(1, 60),
    horizon=st.integers(1, 30),
    train=st.floats(0.4, 0.7),
    purge=st.none() | st.integers(0, 80),
)
def test_no_target_of_training_reaches_a_validation_or_test_cutoff(
    lookback: int, horizon: int, train: float, purge: int | None
):
    split = Split(train_fraction=train, validation_fraction=0.2, purge_sessions=purge)
    long = synthetic_prices(sessions=1500, seed=4)
    data = dataset(long, lookback=lookback, horizon=horizon, split=split)
    gap = max(purge or 0, horizon)

    first_validation, first_test = data.validation.cutoff_rows[0], data.sealed_test.cutoff_rows[0]

    assert data.train.cutoff_rows[-1] + gap < first_validation
    assert data.validation.cutoff_rows[-1] + gap < first_test
    assert data.sealed_test.cutoff_rows[-1] + horizon < len(long)


@given(train_last=st.dates(date(2016, 3, 1), date(2016, 8, 1)))
def test_pooled_symbols_share_the_borders_whatever_their_calendars(train_last: date):
    split = Split(train_last=train_last, validation_last=date(2017, 1, 31))
    data = dataset(ONE, OTHER, split=split)
    last_target = data.train.source.sessions[data.train.cutoff_rows + 5]

    assert (last_target <= np.datetime64(train_last)).all()
    assert (data.validation.cutoffs > np.datetime64(train_last)).all()
    assert (data.sealed_test.cutoffs > np.datetime64("2017-01-31")).all()


@given(seed=st.integers(0, 2**16))
def test_scaler_and_training_part_do_not_depend_on_later_bars(seed: int):
    split = Split(train_last=date(2016, 6, 30), validation_last=date(2016, 12, 30))
    before = dataset(ONE, OTHER, split=split)
    changed = [
        randomise_after(each, len(each.up_to("2016-06-30")) - 1, seed=seed) for each in (ONE, OTHER)
    ]
    after = dataset(*changed, split=split)

    assert before.scaler == after.scaler
    assert before.train.inputs.tobytes() == after.train.inputs.tobytes()
    assert before.train.targets.tobytes() == after.train.targets.tobytes()


def test_a_live_window_equals_the_evaluated_window_of_its_cutoff():
    data = dataset(ONE)
    row = int(data.sealed_test.cutoff_rows[3])
    known = ONE.up_to(ONE.sessions[row])

    live = live_windows([known], scaler=data.scaler, lookback=20, horizon=5)

    assert data.sealed_test.inputs[3].tobytes() == live.inputs[0].tobytes()
    assert data.sealed_test.scale[3].tobytes() == live.scale[0].tobytes()
    assert ONE.sessions[row] == live.cutoffs[0]


def test_a_live_window_has_no_future_returns():
    with pytest.raises(AssertionError, match="no future"):
        dataset().live.future_returns  # noqa: B018 - a property that refuses


def test_features_without_an_order_book_are_left_out_with_a_finding():
    data = dataset(ONE, features=FEATURE_SETS["technical"])

    assert 11 == len(data.scaler.features)
    assert ["PRC014"] == [each.code for each in data.findings]
    assert "best_buy_sell_spread" in data.findings[0].seen.en


@given(lookback=st.integers(1, 90), horizon=st.integers(1, 20))
@example(lookback=18, horizon=20)  # of a hundred sessions exactly three are cutoffs
def test_the_needed_length_of_the_error_is_the_minimum(lookback: int, horizon: int):
    with pytest.raises(HistoryTooShortError) as caught:
        dataset(ONE.between(None, ONE.sessions[99]), lookback=lookback, horizon=horizon)
    needed = caught.value.needed
    enough = synthetic_prices(sessions=needed, seed=5)

    found = dataset(enough, lookback=lookback, horizon=horizon).num_windows

    assert found["train"] >= 60
    assert min(found["validation"], found["test"]) >= 20
    with pytest.raises(HistoryTooShortError):
        dataset(enough.up_to(enough.sessions[-2]), lookback=lookback, horizon=horizon)


@pytest.mark.parametrize("sessions", [30, 75, 79])
def test_a_pooled_symbol_without_a_single_window_is_refused_by_name(sessions: int):
    short = synthetic_prices("VALE3", sessions=sessions, seed=6)

    with pytest.raises(HistoryTooShortError, match="VALE3"):
        dataset(ONE, short)


def still(prices: Prices, first: int, stop: int) -> Prices:
    """Keep the close of `first` up to `stop`, without a range."""
    columns = {name: column.copy() for name, column in prices.bars.columns.items()}
    for name in ("open", "high", "low", "close", "adj_close"):
        columns[name][first:stop] = columns[name][first]
    for name in ("open", "high", "low"):
        columns[name][first:stop] = columns["close"][first]
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


def test_no_window_is_cut_where_the_price_has_not_moved_for_a_month():
    data = dataset(still(ONE, 300, 360))

    cutoffs = data.train.cutoff_rows
    assert 300 + SIGMA_WARMUP_SESSIONS - 1 in cutoffs
    assert not ((cutoffs >= 300 + SIGMA_WARMUP_SESSIONS) & (cutoffs < 360)).any()
    assert 360 in cutoffs
    assert np.abs(data.train.targets).max() < 30


def test_a_history_without_moves_is_refused_with_what_is_left_of_it():
    with pytest.raises(UnusableWindowsError, match="in a month without a move") as caught:
        dataset(still(ONE, 30, 700))

    assert ("train", 60) == (caught.value.part, caught.value.needed)


def test_a_pooled_symbol_that_begins_after_training_is_a_finding():
    late = OTHER.between("2016-08-01", None)
    split = Split(train_last=date(2016, 6, 30), validation_last=date(2016, 12, 30))

    data = dataset(ONE, late, split=split)

    assert [("LRN005", "NVDA")] == [(each.code, each.symbol) for each in data.findings]


def test_windows_may_be_taken_in_another_order():
    windows = dataset().train
    order = np.array([0, 2, 1, 3])

    shuffled = windows.take(order)

    assert windows.inputs[order].tobytes() == shuffled.inputs.tobytes()
    assert windows.targets[order].tobytes() == shuffled.targets.tobytes()


def test_a_single_bar_is_too_short():
    with pytest.raises(HistoryTooShortError, match="has 1 session,"):
        dataset(ONE.up_to(ONE.first))


def test_split_dates_outside_the_history_name_the_part():
    with pytest.raises(SplitError, match="the test part has 0 windows"):
        dataset(split=Split(train_last=date(2016, 6, 30), validation_last=date(2040, 1, 1)))


def test_an_unknown_feature_is_refused():
    with pytest.raises(UnknownNameError, match="log_sigma"):
        dataset(features=("log_sigm",))


@pytest.mark.parametrize(
    "fields",
    [
        {"train_last": date(2018, 1, 1)},
        {"train_last": date(2018, 1, 1), "validation_last": date(2018, 1, 1)},
        {"train_fraction": 0.8, "validation_fraction": 0.2},
        {"train_fraction": 1.5},
        {"purge_sessions": -1},
        {"purge": 3},
    ],
)
def test_an_invalid_split_is_refused(fields: dict[str, object]):
    with pytest.raises(ValidationError):
        Split.model_validate(fields)


PLANS = st.builds(
    WalkForward, num_folds=st.none() | st.integers(1, 4), train_sessions=st.none() | st.just(150)
)


@given(PLANS)
def test_every_test_window_belongs_to_one_fold_of_a_walk_forward(plan: WalkForward):
    single = dataset(ONE, OTHER)

    folds = [dataset(ONE, OTHER, split=each) for each in walk_forward_folds(single, plan)]

    tested = [set(map(tuple, rows_of(fold.sealed_test))) for fold in folds]
    assert set(map(tuple, rows_of(single.sealed_test))) == set.union(*tested)
    assert len(single.sealed_test) == sum(map(len, tested))


@given(PLANS)
def test_no_target_of_a_fold_crosses_a_border(plan: WalkForward):
    for borders in walk_forward_folds(dataset(ONE, OTHER), plan):
        fold = dataset(ONE, OTHER, split=borders)
        trained = fold.train.source.sessions[fold.train.cutoff_rows + 5]
        validated = fold.validation.source.sessions[fold.validation.cutoff_rows + 5]

        assert trained.max() <= np.datetime64(borders.train_last)
        assert fold.validation.cutoffs.min() > np.datetime64(borders.train_last)
        assert validated.max() <= np.datetime64(borders.validation_last)
        assert fold.sealed_test.cutoffs.min() > np.datetime64(borders.validation_last)
        assert borders.validation_last < borders.test_last


@given(PLANS)
def test_folds_follow_each_other_with_validation_parts_of_one_length(plan: WalkForward):
    single = dataset()
    folds = walk_forward_folds(single, plan)
    sessions = ONE.sessions

    def validated(borders: Borders) -> int:
        first, last = (np.datetime64(day) for day in (borders.train_last, borders.validation_last))
        return int(((sessions > first) & (sessions <= last)).sum())

    first = folds[0].replace(train_first=None, test_last=date.max)
    assert single.borders == first
    assert single.borders.test_last == folds[-1].test_last
    assert 1 == len({validated(each) for each in folds})
    for before, after in zip(folds, folds[1:], strict=False):
        assert before.test_last == after.validation_last
        assert before.train_last < after.train_last


def test_a_rolling_walk_forward_trains_on_equally_many_sessions_in_every_fold():
    plan = WalkForward(num_folds=4, train_sessions=150)

    folds = [dataset(split=each) for each in walk_forward_folds(dataset(), plan)]

    # The last five sessions are purged: their targets would reach into validation.
    assert {145} == {len(fold.train) for fold in folds}


def rows_of(windows: Windows) -> np.ndarray:
    return np.stack([windows.symbol_index, windows.cutoffs.astype(np.int64)], axis=1)


def test_a_rolling_fold_does_not_train_before_its_first_session():
    fold = Borders(
        train_first=date(2016, 1, 4),
        train_last=date(2016, 8, 31),
        validation_last=date(2016, 12, 30),
        test_last=date(2017, 6, 30),
    )

    assert dataset(split=fold).train.cutoffs.min() >= np.datetime64("2016-01-04")


def test_a_walk_forward_of_too_many_folds_is_an_error_with_the_needed_windows():
    with pytest.raises(SplitError, match="needs at least 400"):
        walk_forward_folds(dataset(), WalkForward(num_folds=20))


def test_a_walk_forward_over_a_short_test_part_has_fewer_folds_than_usual():
    short = dataset(split=Split(train_fraction=0.7, validation_fraction=0.2))

    assert 3 == len(walk_forward_folds(short, WalkForward()))


@given(st.builds(Split, purge_sessions=st.none() | st.integers(0, 100)))
def test_a_split_equals_its_own_json(split: Split):
    assert split == Split.model_validate_json(split.model_dump_json())


def test_a_scaler_equals_its_own_json_and_scales_the_same():
    scaler = dataset().scaler
    again = type(scaler).model_validate_json(scaler.model_dump_json())
    rows = np.random.default_rng(0).normal(size=(50, 10))

    assert scaler == again
    assert scaler(rows).tobytes() == again(rows).tobytes()


def test_the_scaler_standardises_the_rows_that_training_windows_see():
    data = dataset()
    last = data.train.cutoff_rows[-1]
    rows = data.train.table[60 : last + 1].astype(np.float64)

    np.testing.assert_allclose(np.zeros(10), rows.mean(axis=0), atol=0.05)
    np.testing.assert_allclose(np.ones(10), rows.std(axis=0), atol=0.05)
