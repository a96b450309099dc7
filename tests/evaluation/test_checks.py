import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.evaluation._checks import (
    accuracy_above_possible,
    best_accuracy,
    class_imbalance,
    costs_eat_edge,
    fails_when_volatile,
    folds_disagree,
    labels_swapped,
    leak,
    not_promoted,
    opened_again,
    overfitted_by_selection,
    price_r2_alone,
    trials_not_counted,
)
from pregao.findings import horizon_mismatch
from pregao.values import Text


@given(st.floats(0.0, 0.9))
def test_of_two_equal_classes_the_best_accuracy_is_that_of_sheppard(r2: float):
    expected = 0.5 + math.asin(math.sqrt(r2)) / math.pi

    assert expected == pytest.approx(best_accuracy([0.5, 0.5], r2), abs=1e-3)


@given(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=4))
def test_without_information_the_most_frequent_class_is_best(weights: list[float]):
    shares = np.array(weights) / sum(weights)

    assert shares.max() == pytest.approx(best_accuracy(shares.tolist(), 0.0), abs=1e-9)
    assert shares.max() - 1e-9 <= best_accuracy(shares.tolist(), 0.2) <= 1


def test_the_best_accuracy_of_three_classes_is_that_of_simulated_returns():
    rng = np.random.default_rng(0)
    signal, noise = rng.standard_normal((2, 400_000))
    returns = math.sqrt(0.2) * signal + math.sqrt(0.8) * noise
    shares = [0.2, 0.5, 0.3]
    came = np.searchsorted(np.quantile(returns, np.cumsum(shares)[:-1]), returns)
    bins = np.digitize(signal, np.quantile(signal, np.linspace(0, 1, 201)[1:-1]))
    counts = np.zeros((200, 3))
    np.add.at(counts, (bins, came), 1)

    assert counts.max(axis=1).sum() / len(came) == pytest.approx(best_accuracy(shares), abs=3e-3)


def test_a_share_of_one_needs_no_forecast():
    assert 1.0 == best_accuracy([0.0, 1.0])
    assert accuracy_above_possible("lucky", 1.0, [0.0, 1.0], 1000) is None


def test_an_impossible_accuracy_is_a_finding():
    finding = accuracy_above_possible("leaky", 0.913, [0.5, 0.5], 1000)

    assert finding is not None
    assert ("EVA002", "error") == (finding.code, finding.severity)
    assert "91.3 % of 1000" in finding.seen.en
    assert "91,3 % de 1000" in finding.seen.pt_br
    assert accuracy_above_possible("honest", 0.55, [0.5, 0.5], 1000) is None
    assert accuracy_above_possible("few", 0.913, [0.5, 0.5], 200) is None


def test_an_r2_on_prices_needs_the_naive_one_beside_it():
    alone = price_r2_alone("lstm", 0.998)
    no_better = price_r2_alone("lstm", 0.984, 0.984)

    assert alone is not None
    assert no_better is not None
    assert "stands alone" in alone.seen.en
    assert "0,9840" in no_better.seen.pt_br
    assert {"warning"} == {alone.severity, no_better.severity}
    assert price_r2_alone("lstm", 0.985, 0.984) is None
    assert price_r2_alone("lstm", 0.4) is None


def test_a_leak_names_the_value_and_the_cutoff():
    finding = leak("tomorrow_open", date(2018, 6, 29))

    assert "tomorrow_open changed at 2018-06-29 when only later prices did" == finding.seen.en
    assert "29/06/2018" in finding.seen.pt_br
    assert "error" == finding.severity


def test_trials_missing_from_the_ledger_are_a_finding():
    assert trials_not_counted(36, 36) is None
    finding = trials_not_counted(35, 36)
    assert finding is not None
    assert "35 trials, and at least 36" in finding.seen.en


def test_the_first_access_is_no_finding():
    assert opened_again(1) is None
    finding = opened_again(2)
    assert finding is not None
    assert "EVA008" == finding.code


def test_a_rare_class_is_a_finding_with_all_shares():
    assert class_imbalance({"buy": 100, "sell": 100, "hold": 800}) is None
    finding = class_imbalance({"buy": 99, "sell": 101, "hold": 800})
    assert finding is not None
    assert "of 1000 labels: buy 9.9 %, sell 10.1 %, hold 80.0 %" == finding.seen.en
    assert "de 1000 rótulos: buy 9,9 %, sell 10,1 %, hold 80,0 %" == finding.seen.pt_br


def test_labels_that_do_not_occur_are_rare():
    finding = class_imbalance({"buy": 0, "hold": 10})

    assert finding is not None
    assert "buy 0.0 %" in finding.seen.en


def test_no_labels_are_no_imbalance():
    assert class_imbalance({"buy": 0, "hold": 0}) is None


def test_a_candidate_that_is_not_promoted_gets_the_reasons():
    def reasons(*, in_set: bool, p_value: float) -> str | None:
        finding = not_promoted("lstm", "har", in_confidence_set=in_set, p_value=p_value, level=0.05)
        return finding and finding.seen.en

    assert reasons(in_set=True, p_value=0.049) is None
    assert "lstm is not in the model confidence set" == reasons(in_set=False, p_value=0.01)
    assert "lstm does not beat har at the 5 % level (p = 0.050)" == reasons(
        in_set=True, p_value=0.05
    )
    assert " and does not beat har" in (reasons(in_set=False, p_value=0.5) or "")


def test_coverage_may_miss_three_points_when_volatile():
    assert fails_when_volatile("lstm", 0.87) is None
    finding = fails_when_volatile("lstm", 0.869)
    assert finding is not None
    assert "held 86.9 %" in finding.seen.en


@pytest.mark.parametrize(
    ("pbo", "sharpe", "is_found"),
    [(0.5, 0.95, False), (0.51, 0.95, True), (0.5, 0.94, True), (None, None, False)],
)
def test_either_number_finds_overfitting_by_selection(pbo, sharpe, is_found):
    finding = overfitted_by_selection("lstm", trials=720, pbo=pbo, deflated_sharpe=sharpe)

    assert is_found == (finding is not None)


def test_costs_that_consume_the_edge_are_a_finding():
    cash = Text(en="cash", pt_br="caixa")

    assert costs_eat_edge("a", gross=0.2, net=0.11, rival=cash, rival_net=0.1) is None
    assert costs_eat_edge("a", gross=0.05, net=-0.1, rival=cash, rival_net=0.1) is None
    finding = costs_eat_edge("a", gross=0.2, net=-0.012, rival=cash, rival_net=0.1)
    assert finding is not None
    assert "a earns 20.0 % before costs and -1.2 % after them, cash 10.0 %" == finding.seen.en
    assert "-1,2 % depois, caixa 10,0 %" in finding.seen.pt_br


def test_labels_in_another_order_are_a_finding():
    read = ("buy", "sell", "hold")

    assert labels_swapped(read, read, p_value=1.0) is None
    finding = labels_swapped(read, ("sell", "buy", "hold"), p_value=0.001)
    assert finding is not None
    assert "read as buy, sell, hold, and what came fits sell, buy, hold" in finding.seen.en


@pytest.mark.parametrize(
    ("skills", "is_found"),
    [
        ([0.1, -0.01, -0.01], True),
        ([0.1, 0.01, -0.01], False),
        ([-0.1, 0.01, -0.01], False),
        ([0.1, -0.01], False),
        ([0.01, 0.01, 0.01, -0.001, -0.001], False),
    ],
)
def test_a_gain_of_few_folds_is_a_finding(skills: list[float], is_found: bool):
    assert is_found == (folds_disagree("lstm", skills) is not None)


def test_another_horizon_than_the_trained_one_is_an_error():
    assert horizon_mismatch("run-1", requested=10, trained=10) is None
    for requested in (5, 20):
        finding = horizon_mismatch("run-1", requested=requested, trained=10)
        assert finding is not None
        assert ("LRN011", "error") == (finding.code, finding.severity)
