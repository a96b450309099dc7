"""The verdict in a few numbers, and the tests behind it in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pregao.presentation._proof import Proof
from pregao.presentation._quantities import Number, Percent, PValue, in_both, t
from pregao.presentation._tables import Cell, Table, field_of, table_of
from pregao.presentation._texts_proof import PROOF_TEXTS
from pregao.values import Text, bilingual

if TYPE_CHECKING:
    from pregao.evaluation import Report, Trials
    from pregao.inference import Interval, Promotion


@dataclass(frozen=True)
class Tile:
    """A number of the verdict, with its naive counterpart below it."""

    name: Text
    value: Text
    beside: tuple[Text, ...] = ()


@dataclass(frozen=True)
class TestLine:
    """A test: its question, its result, and the answer."""

    __test__ = False
    name: Text
    question: Text
    found: Text
    answer: Text
    is_for: bool | None
    """Whether it speaks for the candidate; None where it takes no side."""


def verdict_tiles(report: "Report", proof: Proof) -> Iterator[Tile]:
    """Return the verdict in numbers: the champion, skills, coverage, folds and trials."""
    other = t("candidate_is", PROOF_TEXTS, name=report.candidate)
    is_other = report.champion != report.candidate
    champion = Text.same(report.champion)
    yield Tile(t("served_by", PROOF_TEXTS), champion, (other,) if is_other else ())
    yield Tile(
        t("skill_best"),
        _signed(proof.skill_vs_rival),
        (*_intervals(proof), _both_crps(proof, proof.rival.name, proof.rival.metrics.crps)),
    )
    if proof.naive.name != proof.rival.name:
        yield Tile(
            t("skill_naive"),
            _signed(proof.skill_vs_naive),
            (_both_crps(proof, proof.naive.name, proof.naive.metrics.crps),),
        )
    yield Tile(
        t("coverage_90"),
        in_both(Percent(proof.candidate.metrics.coverage_90)),
        tuple(
            t("beside", PROOF_TEXTS, name=each.name, value=Percent(each.metrics.coverage_90))
            for each in proof.baselines
        ),
    )
    if proof.folds:
        yield _folds_tile(proof)
    openings = Number(report.trials.num_openings)
    yield Tile(
        t("trials"),
        in_both(Number(report.trials.num_trials)),
        (t("openings", PROOF_TEXTS, count=openings),),
    )


def tests_table(proof: Proof, trials: "Trials") -> Table:
    """Return the tests behind the verdict; without rows where there is no network."""
    return table_of(
        verdict_tests(proof, trials),
        [
            field_of("test", t("test", PROOF_TEXTS), lambda line: line.name, kind="text"),
            field_of("asks", t("question", PROOF_TEXTS), lambda line: line.question, kind="text"),
            field_of("found", t("found", PROOF_TEXTS), lambda line: line.found, kind="text"),
            field_of("answer", t("says", PROOF_TEXTS), _answer_cell, kind="text"),
        ],
        caption=t("tests_title", PROOF_TEXTS),
    )


def verdict_tests(proof: Proof, trials: "Trials") -> Iterator[TestLine]:
    """Return the tests behind the verdict; none without a network."""
    promotion = proof.promotion
    if promotion is None:
        return
    yield _diebold_mariano(proof.rival.name, proof.rival_p_value, promotion)
    others = {
        promotion.hardest_baseline: promotion.hardest_p_value,
        proof.naive.name: proof.naive_p_value,
    }
    for name, value in others.items():
        if name != proof.rival.name:
            yield _diebold_mariano(name, value, promotion)
    yield _confidence_set(promotion)
    yield _superior_ability(proof.rival.name, promotion)
    yield _bootstrap(proof.rival.name, promotion.skill)
    yield TestLine(
        t("test_ledger", PROOF_TEXTS),
        t("ask_ledger", PROOF_TEXTS),
        t(
            "ledger_found",
            PROOF_TEXTS,
            openings=Number(trials.num_openings),
            trials=Number(trials.num_trials),
        ),
        t("more_tried", PROOF_TEXTS),
        None,
    )


def _folds_tile(proof: Proof) -> Tile:
    won, count = proof.num_won, len(proof.folds)
    lost = t("others_won", PROOF_TEXTS, name=proof.rival.name, count=Number(count - won))
    of_all = t("of", PROOF_TEXTS, won=Number(won), count=Number(count))
    return Tile(t("folds_won", PROOF_TEXTS), of_all, (lost,))


def _answer_cell(line: TestLine) -> Cell:
    if line.is_for is None:
        return Cell(line.answer)
    return Cell(line.answer, tone="good" if line.is_for else "warning")


def _diebold_mariano(rival: str, value: float, promotion: "Promotion") -> TestLine:
    is_unlikely = value < promotion.level
    enough = promotion.has_enough_sessions
    answer = t("luck_unlikely" if is_unlikely else "luck_likely", PROOF_TEXTS)
    return TestLine(
        t("test_dm", PROOF_TEXTS, rival=rival),
        t("ask_dm", PROOF_TEXTS, rival=rival),
        _p(value),
        answer if enough else t("too_few", PROOF_TEXTS),
        is_unlikely if enough else None,
    )


def _confidence_set(promotion: "Promotion") -> TestLine:
    is_in, enough = promotion.in_confidence_set, promotion.has_enough_sessions
    answer = t("in_set" if is_in else "not_in_set", PROOF_TEXTS)
    return TestLine(
        t("test_set", PROOF_TEXTS),
        t("ask_set", PROOF_TEXTS, count=Number(promotion.num_forecasters)),
        _p(promotion.set_p_value),
        answer if enough else t("too_few", PROOF_TEXTS),
        is_in if enough else None,
    )


def _superior_ability(rival: str, promotion: "Promotion") -> TestLine:
    is_better = promotion.spa_p_value < promotion.level
    enough = promotion.has_enough_sessions
    answer = t("some_better" if is_better else "none_better", PROOF_TEXTS)
    return TestLine(
        t("test_spa", PROOF_TEXTS),
        t("ask_spa", PROOF_TEXTS, rival=rival),
        _p(promotion.spa_p_value),
        answer if enough else t("too_few", PROOF_TEXTS),
        is_better if enough else None,
    )


def _bootstrap(rival: str, skill: "Interval") -> TestLine:
    low, high = skill.low, skill.high
    name = t("test_interval", PROOF_TEXTS)
    question = t("ask_interval", PROOF_TEXTS, rival=rival)
    if low is None or high is None:
        few = t("too_few", PROOF_TEXTS)
        return TestLine(name, question, _signed(skill.estimate), few, None)
    key = "zero_left" if low > 0 else "zero_right" if high < 0 else "zero_inside"
    return TestLine(name, question, _interval(low, high), t(key, PROOF_TEXTS), low > 0)


def _interval(low: float, high: float) -> Text:
    return t("interval", PROOF_TEXTS, low=Number(100 * low, 1), high=Percent(high))


def _intervals(proof: Proof) -> Iterator[Text]:
    """Return the interval of the skill, if the test part was long enough for one."""
    skill = None if proof.promotion is None else proof.promotion.skill
    if skill is not None and skill.low is not None and skill.high is not None:
        yield _interval(skill.low, skill.high)


def _both_crps(proof: Proof, name: str, crps: float) -> Text:
    own = Number(proof.candidate.metrics.crps, 4)
    return t("both_crps", PROOF_TEXTS, rival=name, own=own, other=Number(crps, 4))


def _p(value: float) -> Text:
    text = bilingual("p = {value}", value=in_both(PValue(value)))
    return Text(en=text.en.replace("= <", "< "), pt_br=text.pt_br.replace("= <", "< "))


def _signed(share: float) -> Text:
    return in_both(Percent(share, signed=True))
