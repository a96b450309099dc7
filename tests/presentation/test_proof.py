"""What a verdict rests on is shown as it is: folds, tests, and plain words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pregao.inference import Promotion
from pregao.presentation import Language
from pregao.presentation._evidence import verdict_tests, verdict_tiles
from pregao.presentation._numbers import p_value, percent
from pregao.presentation._proof import in_plain_words, proof_of
from pregao.presentation.figures import PALETTES, Theme, folds_figure
from pregao.scores import NAIVE

BOTH: tuple[Language, ...] = ("en", "pt")


def trace(figure, name):
    return next(each for each in figure.data if each.name == name)


def test_the_proof_of_a_walk_forward_is_of_its_folds_and_not_of_the_single_fit(proven) -> None:
    walk = proven.report.walk

    proof = proof_of(proven.report)

    assert walk.comparison.forecaster("lstm_classic").metrics == proof.candidate.metrics
    assert proven.report.subject.metrics != proof.candidate.metrics
    assert walk.comparison.promotion == proof.promotion
    assert list(walk.skills("lstm_classic", proof.rival.name)) == [
        each.skill for each in proof.folds
    ]
    assert sum(each > 0 for each in walk.skills("lstm_classic", proof.rival.name)) == proof.num_won


def test_without_a_walk_forward_the_proof_is_the_single_fit(case) -> None:
    proof = proof_of(case.report)

    assert () == proof.folds
    assert case.report.subject.metrics == proof.candidate.metrics
    assert case.report.subject.versus_best_baseline.crps_skill == proof.skill_vs_rival
    assert case.report.subject.versus_random_walk.dm_p_value == proof.naive_p_value


def test_a_report_without_networks_has_a_proof_too(case) -> None:
    best = case.report.best_baseline
    alone = case.report.replace(ranking=(), candidate=best, champion=best, promotion=None)

    proof = proof_of(alone)

    assert best == proof.candidate.name == proof.rival.name
    assert 0.0 == proof.skill_vs_rival
    assert [] == list(verdict_tests(proof, alone.trials))
    assert "no network" in in_plain_words(proof).en


def _promotion(found: Promotion, **changes) -> Promotion:
    """Change a promotion, with what follows from it."""
    changed = {**dict(found), **changes}
    promoted = (
        changed["has_enough_sessions"]
        and changed["in_confidence_set"]
        and changed["hardest_p_value"] < changed["level"]
    )
    champion = changed["candidate"] if promoted else changed["best_baseline"]
    return Promotion.model_validate({**changed, "promoted": promoted, "champion": champion})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "fewer than 1 of 1000 such histories"),
        ({"dm_p_value": 0.004}, "4 of 1000 such histories"),
        (
            {"dm_p_value": 0.2, "hardest_p_value": 0.2},
            "chance would give such a result in 20 of 100 such histories",
        ),
        ({"hardest_baseline": "har", "hardest_p_value": 0.3}, "than another baseline, har"),
        ({"in_confidence_set": False}, "another of the forecasters is better still"),
        ({"has_enough_sessions": False}, "too short to tell lstm_classic from"),
    ],
)
def test_each_outcome_is_said_in_words_of_its_own(proven, changes, said: str) -> None:
    proof = proof_of(proven.report)

    words = in_plain_words(replace(proof, promotion=_promotion(proof.promotion, **changes)))

    assert said in words.en
    assert words.en != words.pt_br


def test_what_is_worse_than_the_baseline_is_said_to_be(proven) -> None:
    proof = proof_of(proven.report)
    worse = replace(
        proof,
        skill_vs_rival=-0.01,
        promotion=_promotion(proof.promotion, dm_p_value=0.9, hardest_p_value=0.9),
    )

    assert f"was no better than {proof.rival.name}" in in_plain_words(worse).en


@pytest.mark.parametrize("language", BOTH)
def test_every_test_says_what_it_found(proven, unproven, language: Language) -> None:
    for each in (proven, unproven):
        proof = proof_of(each.report)
        lines = list(verdict_tests(proof, each.report.trials))
        own = proof.promotion
        others = {own.hardest_baseline: own.hardest_p_value, NAIVE: proof.naive_p_value}
        others.pop(proof.rival.name, None)
        values = (own.dm_p_value, *others.values(), own.set_p_value, own.spa_p_value)

        assert [p_value(value, language).lstrip("<") for value in values] == [
            line.found.in_language(language).split(" ")[-1] for line in lines[: len(values)]
        ]
        assert all(name in line.name.en for name, line in zip(others, lines[1:], strict=False))
        beats, is_member, _, interval, ledger = (
            lines[place].is_for for place in (0, -4, -3, -2, -1)
        )
        assert (own.dm_p_value < own.level) is beats
        assert own.in_confidence_set is is_member
        assert (own.skill.low > 0) is interval
        assert None is ledger
        assert "24" in lines[-1].found.in_language(language)


@pytest.mark.parametrize("language", BOTH)
def test_every_number_of_the_verdict_has_its_naive_counterpart(unproven, language) -> None:
    report = unproven.report
    proof = proof_of(report)

    served, best, naive, coverage, folds, trials = verdict_tiles(report, proof)

    assert report.champion == served.value.in_language(language)
    assert report.candidate in served.beside[0].in_language(language)
    assert percent(proof.skill_vs_rival, 1, language, signed=True) == best.value.in_language(
        language
    )
    assert percent(proof.promotion.skill.high, 1, language) in best.beside[0].in_language(language)
    assert proof.rival.name in best.beside[1].in_language(language)
    assert NAIVE in naive.beside[0].in_language(language)
    assert [proof.rival.name, NAIVE] == [
        each.in_language(language).split(":")[0] for each in coverage.beside
    ]
    assert folds.value.in_language(language).startswith(f"{proof.num_won} ")
    assert "24" == trials.value.in_language(language)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_folds_wear_the_template(proven, language: Language, theme: Theme) -> None:
    figure = folds_figure(proven.report, language=language, theme=theme)

    layout = figure.layout.template.layout
    assert PALETTES[theme].paper == layout.paper_bgcolor
    assert {"en": ".,", "pt": ",."}[language] == layout.separators
    other: Theme = "dark" if theme == "light" else "light"
    only_other = set(vars(PALETTES[other]).values()) - set(vars(PALETTES[theme]).values())
    assert [] == [colour for colour in only_other if colour in figure.to_json()]


def test_each_fold_has_a_row_with_its_parts_where_they_lie(proven) -> None:
    figure = folds_figure(proven.report)

    for name in ("train", "validation", "test"):
        bars = trace(figure, name)
        for number, fold in enumerate(proven.report.walk.folds):
            first, last = getattr(fold, f"{name}_first"), getattr(fold, f"{name}_last")
            assert first.isoformat() == bars.base[number]
            assert 86_400_000 * ((last - first).days + 1) == bars.x[number]
            assert str(number + 1) == bars.y[number]


def test_a_purge_ends_training_and_validation_and_says_how_long_it_is(proven) -> None:
    purge = trace(folds_figure(proven.report), "purge: 5 sessions")

    for number, fold in enumerate(proven.report.walk.folds):
        ends = [fold.train_last, fold.validation_last]
        own = [place for place, row in enumerate(purge.y) if row == str(number + 1)]
        lasts = [
            date.fromisoformat(purge.base[place])
            + timedelta(milliseconds=purge.x[place] - 86_400_000)
            for place in own
        ]
        assert ends == lasts


def test_both_sides_have_the_first_fold_on_top(unproven) -> None:
    left, right = folds_figure(unproven.report).select_yaxes()

    assert ("category", left.categoryarray) == (right.type, right.categoryarray)
    assert "1" == left.categoryarray[-1]


def test_the_skill_of_each_fold_stands_beside_its_row(unproven) -> None:
    proof = proof_of(unproven.report)

    dots = trace(folds_figure(unproven.report), "skill, %")

    assert [100 * each.skill for each in proof.folds] == list(dots.x)
    assert ["circle" if each.is_won else "circle-open" for each in proof.folds] == list(
        dots.marker.symbol
    )


def test_many_folds_stay_readable(proven) -> None:
    walk = proven.report.walk
    many = proven.report.replace(walk=walk.replace(folds=walk.folds * 20))

    figure = folds_figure(many)

    assert figure.layout.height < 1200
    assert len(figure.layout.yaxis.tickvals) <= 12
