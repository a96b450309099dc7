"""What a verdict rests on: the walk-forward, or the single fit where there is none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Number, Percent, Span, t
from pregao.presentation._tables import Cell, Field, Table, field_of, table_of
from pregao.presentation._texts_proof import PROOF_TEXTS
from pregao.values import Text, bilingual

if TYPE_CHECKING:
    from pregao.evaluation import Fold, Report, WalkForwardResult
    from pregao.inference import Promotion
    from pregao.scores import Metrics


@dataclass(frozen=True)
class Standing:
    """One forecaster's scores on the windows that decided."""

    name: str
    metrics: "Metrics"


@dataclass(frozen=True)
class FoldLine:
    """One fold of a walk-forward: the candidate beside the best baseline and the random walk."""

    number: int
    fold: "Fold"
    crps: float
    rival_crps: float
    naive_crps: float

    @property
    def skill(self) -> float:
        """What the candidate saves of the best baseline's CRPS."""
        from pregao.scores import skill

        return skill(self.crps, self.rival_crps)

    @property
    def is_won(self) -> bool:
        """Whether the candidate was better than the best baseline."""
        return self.crps < self.rival_crps


@dataclass(frozen=True)
class Proof:
    """The candidate beside the best baseline and the random walk, where the verdict was made."""

    candidate: Standing
    rival: Standing
    """The best baseline."""
    naive: Standing
    skill_vs_rival: float
    skill_vs_naive: float
    rival_p_value: float
    naive_p_value: float
    promotion: "Promotion | None"
    """None without networks."""
    folds: tuple[FoldLine, ...]
    """None of a single fit."""

    @property
    def baselines(self) -> tuple[Standing, ...]:
        """The best baseline and the random walk, once where they are the same."""
        return (self.rival,) if self.rival.name == self.naive.name else (self.rival, self.naive)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """The candidate, then the baselines that it stands beside."""
        is_baseline = self.candidate.name in {each.name for each in self.baselines}
        return self.baselines if is_baseline else (self.candidate, *self.baselines)

    @property
    def num_won(self) -> int:
        """Folds in which the candidate was better than the best baseline."""
        return sum(each.is_won for each in self.folds)


def folds_table(proof: Proof) -> Table:
    """Return the folds one by one, then all together."""
    standings = proof.standings
    return table_of(
        proof.folds,
        [
            field_of("fold", t("fold", PROOF_TEXTS), lambda line: str(line.number), kind="text"),
            field_of(
                "train",
                t("part_train", PROOF_TEXTS),
                lambda line: Span(line.fold.train_first, line.fold.train_last),
                kind="text",
                importance=0,
            ),
            field_of(
                "validation",
                t("part_validation", PROOF_TEXTS),
                lambda line: Span(line.fold.validation_first, line.fold.validation_last),
                kind="text",
                importance=0,
            ),
            field_of(
                "test",
                t("part_test", PROOF_TEXTS),
                lambda line: Span(line.fold.test_first, line.fold.test_last),
                kind="text",
            ),
            field_of("windows", t("windows"), lambda line: Number(line.fold.windows.test)),
            *map(_crps_of, standings),
            field_of("skill", t("skill_best"), _fold_skill),
        ],
        total=(
            t("all_folds", PROOF_TEXTS),
            *("", "", ""),
            Number(proof.candidate.metrics.num_windows),
            *(Number(each.metrics.crps, 4) for each in standings),
            Percent(proof.skill_vs_rival, signed=True),
        ),
        caption=t(
            "folds_table",
            PROOF_TEXTS,
            won=Number(proof.num_won),
            count=Number(len(proof.folds)),
        ),
    )


def _crps_of(standing: Standing) -> Field[FoldLine]:
    title = t("crps_of", PROOF_TEXTS, name=standing.name)
    return field_of(
        f"crps_{standing.name}", title, lambda line: Number(line.fold.crps[standing.name], 4)
    )


def _fold_skill(line: FoldLine) -> Cell:
    return Cell(Percent(line.skill, signed=True), tone="plain" if line.is_won else "baseline")


def proof_of(report: "Report") -> Proof:
    """Return the evidence of a report's verdict."""
    return _of_single_fit(report) if report.walk is None else _of_walk(report.walk)


def _of_walk(walk: "WalkForwardResult") -> Proof:
    from pregao.scores import NAIVE

    comparison = walk.comparison
    own = comparison.forecaster(comparison.candidate)
    rival = comparison.best_baseline
    return Proof(
        candidate=Standing(own.name, own.metrics),
        rival=Standing(rival, comparison.forecaster(rival).metrics),
        naive=Standing(NAIVE, comparison.forecaster(NAIVE).metrics),
        skill_vs_rival=own.versus_best_baseline.crps_skill,
        skill_vs_naive=own.versus_random_walk.crps_skill,
        rival_p_value=own.versus_best_baseline.tested_p_value,
        naive_p_value=own.versus_random_walk.dm_p_value,
        promotion=comparison.promotion,
        folds=tuple(
            FoldLine(number, fold, fold.crps[own.name], fold.crps[rival], fold.crps[NAIVE])
            for number, fold in enumerate(walk.folds, start=1)
        ),
    )


def _of_single_fit(report: "Report") -> Proof:
    from pregao.scores import NAIVE

    own = report.subject
    rival_p_value = own.versus_best_baseline.dm_p_value
    return Proof(
        candidate=Standing(own.name, own.metrics),
        rival=Standing(report.best_baseline, report.forecaster(report.best_baseline).metrics),
        naive=Standing(NAIVE, report.forecaster(NAIVE).metrics),
        skill_vs_rival=own.versus_best_baseline.crps_skill,
        skill_vs_naive=own.versus_random_walk.crps_skill,
        rival_p_value=1.0 if rival_p_value is None else rival_p_value,
        naive_p_value=own.versus_random_walk.dm_p_value,
        promotion=report.promotion,
        folds=(),
    )


def in_plain_words(proof: Proof) -> Text:
    """Return the result of the tests for readers without statistics."""
    promotion = proof.promotion
    if promotion is None:
        return bilingual(
            "There is no network here: the baselines are compared with each other alone."
        )
    facts: dict[str, Text | str | float] = {
        "name": proof.candidate.name,
        "rival": proof.rival.name,
        "skill": 100 * proof.skill_vs_rival,
        "luck": _luck(promotion.dm_p_value),
    }
    if promotion.promoted:
        return _of_an_edge(promotion, facts)
    return _of_no_edge(promotion, facts, is_better=proof.skill_vs_rival > 0)


def _of_no_edge(
    promotion: "Promotion", facts: dict[str, Text | str | float], *, is_better: bool
) -> Text:
    if not promotion.has_enough_sessions:
        return bilingual(
            "The test part is too short to tell {name} from {rival}. With so few sessions no "
            "network is promoted, whatever the scores.",
            **facts,
        )
    if not is_better:
        return bilingual(
            "{name} was no better than {rival}, the best of the baselines, so the forecasts "
            "are those of {rival}.",
            **facts,
        )
    if promotion.dm_p_value >= promotion.level:
        return _chance_text(facts)
    if promotion.hardest_p_value >= promotion.level:
        return bilingual(
            "{name} is {skill:.1f} % better than {rival}, the best baseline on validation, "
            "and more than chance explains. But it is not significantly better than another "
            "baseline, {hardest}: so it is not promoted, and the forecasts are those of "
            "{rival}.",
            **facts,
            hardest=promotion.hardest_baseline,
        )
    return bilingual(
        "{name} is {skill:.1f} % better than {rival}, more than chance explains. But "
        "another of the forecasters is better still, so that {name} is not the best: it "
        "is not promoted.",
        **facts,
    )


def _chance_text(facts: dict[str, Text | str | float]) -> Text:
    return bilingual(
        "{name} looks {skill:.1f} % better than {rival}. But if it were no better at "
        "all, chance would give such a result in {luck}. The difference may be chance, "
        "so the forecasts are those of {rival}.",
        **facts,
    )


def _of_an_edge(promotion: "Promotion", facts: dict[str, Text | str | float]) -> Text:
    low, high = promotion.skill.low, promotion.skill.high
    where = Text.same("")
    if low is not None and high is not None:
        where = bilingual(
            " The reduction lies between {low:.1f} and {high:.1f} % on these sessions.",
            low=100 * low,
            high=100 * high,
        )
    return bilingual(
        "{name}'s forecast is {skill:.1f} % closer to the outcomes than that of {rival}. "
        "If it were no better at all, chance would give such a result in {luck}.{where} "
        "That is an edge of the forecast; the profit depends also on costs and on the "
        "strategy.",
        **facts,
        where=where,
    )


def _luck(p_value: float) -> Text:
    """Write a p-value as so many of so many.

    >>> _luck(0.2).en, _luck(0.004).en, _luck(0.00001).en
    ('20 of 100 such histories', '4 of 1000 such histories', 'fewer than 1 of 1000 such histories')
    """
    if p_value < 0.0005:
        return bilingual("fewer than 1 of 1000 such histories")
    base = 100 if p_value >= 0.0095 else 1000
    return bilingual("{count} of {base} such histories", count=round(base * p_value), base=base)
