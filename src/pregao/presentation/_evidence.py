"""The verdict in a few numbers, and the tests in plain words, in both languages."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pregao.presentation._numbers import number, p_value, percent
from pregao.presentation._proof import Proof
from pregao.presentation._texts import TEXTS, Language
from pregao.presentation._texts_proof import PROOF_TEXTS
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.evaluation import Report, Trials
    from pregao.inference import Interval, Promotion

Facts = Mapping[str, str | Callable[[Language], str]]
"""What fills the blanks of a text; a number is written as each language writes it."""


@dataclass(frozen=True)
class Tile:
    """A number of the verdict, with its naive counterpart below it."""

    name: Text
    value: Text
    beside: tuple[Text, ...] = ()


@dataclass(frozen=True)
class TestLine:
    """A test: what it asks, what it found, and what that says."""

    __test__ = False
    name: Text
    asks: Text
    found: Text
    says: Text
    is_for: bool | None
    """Whether it speaks for the candidate; None where it takes no side."""


def filled(key: str, facts: Facts) -> Text:
    """Fill a text of the proof in both languages."""

    def write(language: Language) -> str:
        written = {
            name: fact if isinstance(fact, str) else fact(language) for name, fact in facts.items()
        }
        return PROOF_TEXTS[language][key].format(**written)

    return Text(en=write("en"), pt_br=write("pt"))


def tiles_of(report: "Report", proof: Proof) -> Iterator[Tile]:
    """Give what the verdict is in numbers: who is served, skills, coverage, folds, trials."""
    other = filled("candidate_is", {"name": report.candidate})
    served = Text.same(report.champion)
    is_other = report.champion != report.candidate
    yield Tile(filled("served_by", {}), served, (other,) if is_other else ())
    yield Tile(
        _page_text("skill_best"),
        _signed(proof.skill_vs_rival),
        (*_intervals(proof), _both_crps(proof, proof.rival.name, proof.rival.metrics.crps)),
    )
    if proof.naive.name != proof.rival.name:
        yield Tile(
            _page_text("skill_naive"),
            _signed(proof.skill_vs_naive),
            (_both_crps(proof, proof.naive.name, proof.naive.metrics.crps),),
        )
    yield Tile(
        _page_text("coverage_90"),
        _share(proof.candidate.metrics.coverage_90),
        tuple(_coverages(proof)),
    )
    if proof.folds:
        lost = len(proof.folds) - proof.num_won
        yield Tile(
            filled("folds_won", {}),
            filled("of", {"won": str(proof.num_won), "count": str(len(proof.folds))}),
            (filled("others_won", {"name": proof.rival.name, "count": str(lost)}),),
        )
    yield Tile(
        _page_text("trials"),
        _count(report.trials.num_trials),
        (filled("openings", {"count": _counted(report.trials.num_openings)}),),
    )


def tests_of(proof: Proof, trials: "Trials") -> Iterator[TestLine]:
    """Give the tests that stand behind the verdict; none without a network."""
    promotion = proof.promotion
    if promotion is None:
        return
    rival: Facts = {"rival": proof.rival.name}
    yield _mariano(rival, proof.rival_p_value, promotion)
    others = {
        promotion.hardest_baseline: promotion.hardest_p_value,
        proof.naive.name: proof.naive_p_value,
    }
    for name, value in others.items():
        if name != proof.rival.name:
            yield _mariano({"rival": name}, value, promotion)
    enough = promotion.has_enough_sessions
    yield TestLine(
        filled("test_set", {}),
        filled("ask_set", {"count": _counted(promotion.num_forecasters)}),
        _p(promotion.set_p_value),
        _answer("in_set" if promotion.in_confidence_set else "not_in_set", enough=enough),
        promotion.in_confidence_set if enough else None,
    )
    better = promotion.spa_p_value < promotion.level
    yield TestLine(
        filled("test_spa", {}),
        filled("ask_spa", rival),
        _p(promotion.spa_p_value),
        _answer("some_better" if better else "none_better", enough=enough),
        better if enough else None,
    )
    yield _bootstrap(rival, promotion.skill)
    yield TestLine(
        filled("test_ledger", {}),
        filled("ask_ledger", {}),
        filled(
            "ledger_found",
            {"openings": _counted(trials.num_openings), "trials": _counted(trials.num_trials)},
        ),
        filled("more_tried", {}),
        None,
    )


def _mariano(rival: Facts, value: float, promotion: "Promotion") -> TestLine:
    is_unlikely = value < promotion.level
    enough = promotion.has_enough_sessions
    return TestLine(
        filled("test_dm", rival),
        filled("ask_dm", rival),
        _p(value),
        _answer("luck_unlikely" if is_unlikely else "luck_likely", enough=enough),
        is_unlikely if enough else None,
    )


def _bootstrap(rival: Facts, skill: "Interval") -> TestLine:
    low, high = skill.low, skill.high
    name, asks = filled("test_interval", {}), filled("ask_interval", rival)
    if low is None or high is None:
        return TestLine(name, asks, _signed(skill.estimate), filled("too_few", {}), None)
    says = "zero_left" if low > 0 else "zero_right" if high < 0 else "zero_inside"
    return TestLine(name, asks, _interval(low, high), filled(says, {}), low > 0)


def _interval(low: float, high: float) -> Text:
    return filled(
        "interval",
        {
            "low": lambda language: number(100 * low, 1, language),
            "high": lambda language: percent(high, 1, language),
        },
    )


def _answer(key: str, *, enough: bool) -> Text:
    return filled(key if enough else "too_few", {})


def _intervals(proof: Proof) -> Iterator[Text]:
    """Give the interval of the skill, if the test part was long enough for one."""
    skill = None if proof.promotion is None else proof.promotion.skill
    if skill is not None and skill.low is not None and skill.high is not None:
        yield _interval(skill.low, skill.high)


def _coverages(proof: Proof) -> Iterator[Text]:
    for each in proof.baselines:
        share = each.metrics.coverage_90
        yield filled("beside", {"name": each.name, "value": _written(share)})


def _written(share: float) -> Callable[[Language], str]:
    return lambda language: percent(share, 1, language)


def _both_crps(proof: Proof, name: str, crps: float) -> Text:
    own = proof.candidate.metrics.crps
    return filled(
        "both_crps",
        {
            "rival": name,
            "own": lambda language: number(own, 4, language),
            "other": lambda language: number(crps, 4, language),
        },
    )


def _page_text(key: str) -> Text:
    return Text(en=TEXTS["en"][key], pt_br=TEXTS["pt"][key])


def _counted(count: int) -> Callable[[Language], str]:
    return lambda language: number(count, 0, language)


def _in_both(write: Callable[[Language], str]) -> Text:
    return Text(en=write("en"), pt_br=write("pt"))


def _count(count: int) -> Text:
    return _in_both(_counted(count))


def _p(value: float) -> Text:
    return _in_both(lambda language: f"p = {p_value(value, language)}".replace("= <", "< "))


def _signed(share: float) -> Text:
    return _in_both(lambda language: percent(share, 1, language, signed=True))


def _share(share: float) -> Text:
    return _in_both(_written(share))
