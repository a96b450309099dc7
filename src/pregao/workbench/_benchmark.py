"""Networks on the same windows, beside every baseline: what every use case of learning runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from pregao.evaluation import (
    Comparison,
    Report,
    Trials,
    Walk,
    WindowCounts,
    compare,
    findings_of_trials,
    folds_disagree,
)
from pregao.findings import Finding
from pregao.training import Datasets, Experiment, Model, members_of
from pregao.workbench._candidates import Entrant, Group, OnProgress, Said, Sweep, Terms
from pregao.workbench._evaluating import (
    Baselines,
    Examination,
    judge_baselines,
    judge_entrants,
    num_networks,
    said_by,
    teller,
)
from pregao.workbench._prices import summary_of
from pregao.workbench._walk_forward import Folds, Walking, finalists_of
from pregao.zoo.baselines import BASELINES


def contest(
    group: Group,
    terms: Terms,
    *,
    trials: Trials,
    subject: str | None = None,
    on_progress: OnProgress | None = None,
) -> Sweep:
    """Train or restore every entrant, score it beside every baseline, and rank them all.

    The report is about the best on validation, or about `subject` wherever it ranks; a
    walk-forward, if the terms ask for one, is of that one too.
    """
    started = perf_counter()
    experiments = [each.experiment for each in group.entrants]
    folds = Folds.of(group, experiments, terms.walk) if terms.walk else None
    data = _data(group, folds)
    examination = _examination(group, trials)
    tell = teller(on_progress, len(BASELINES) * len(data) + num_networks(group, terms, subject))
    [baselines, *naive] = judge_baselines(
        data,
        experiments[0].seed,
        terms.engine,
        tell,
        again=folds.again if folds else None,
        examined=examination,
    )
    with terms.engine.crew(data) as crew:
        [(_, said)] = judge_entrants(crew, {0: group}, terms, subject=subject, tell=tell)
        comparison = _compared(baselines, said, subject)
        name = comparison.candidate
        said[name] = examination.of(crew, name, said[name])
        walking, rounds = None, []
        if folds is not None:
            finalists = finalists_of(name, _made_from(name, said[name], group.entrants))
            walking = Walking(folds, finalists, name, terms, on_progress)
            rounds = walking.beside(crew, naive, said[name].model)
    return _decide(
        group,
        comparison,
        trials=trials,
        baselines=baselines,
        said=said,
        started=started,
        walk=walking.to_the_end(rounds, group) if walking else None,
    )


def contests(groups: Sequence[Group], terms: Terms, *, trials: Sequence[Trials]) -> Iterator[Sweep]:
    """Hold one contest a group, and give each as it is decided."""
    terms = replace(terms, walk=None)
    data = tuple(each.datasets for each in groups)
    seed = groups[0].entrants[0].experiment.seed
    baselines = judge_baselines(data, seed, terms.engine, _say_nothing)
    with terms.engine.crew(data) as crew:
        judging = judge_entrants(
            crew, dict(enumerate(groups)), terms, subject=None, tell=_say_nothing
        )
        for number, said in judging:
            judged = (*baselines[number].said.values(), *said.values())
            yield _decide(
                groups[number],
                _compared(baselines[number], said, None),
                trials=trials[number],
                baselines=baselines[number],
                said=said,
                # Groups share the time: each took what its own forecasters did.
                started=perf_counter() - sum(each.seconds for each in judged),
            )


def score_alone(
    model: Model,
    name: str,
    group: Group,
    terms: Terms,
    *,
    trials: Trials,
    on_progress: OnProgress | None = None,
) -> Sweep:
    """Score one trained model beside every baseline."""
    started = perf_counter() - model.seconds
    examination = _examination(group, trials)
    made_from = _asked_of(name, group.entrants) or tuple(
        each.experiment for each in members_of(model)
    )
    folds = Folds.of(group, made_from, terms.walk) if terms.walk else None
    data = _data(group, folds)
    [baselines, *naive] = judge_baselines(
        data,
        model.experiment.seed,
        terms.engine,
        _say_nothing,
        again=folds.again if folds else None,
        examined=examination,
    )
    said = {name: examination.here(name, said_by(model, group.first, started), group.first)}
    walk = None
    if folds is not None:
        walking = Walking(folds, finalists_of(name, made_from), name, terms, on_progress)
        with terms.engine.crew(data) as crew:
            rounds = walking.beside(crew, naive)
        walk = walking.to_the_end(rounds, group)
    return _decide(
        group,
        _compared(baselines, said, name),
        trials=trials,
        baselines=baselines,
        said=said,
        started=started,
        walk=walk,
    )


def _data(group: Group, folds: Folds | None) -> tuple[Datasets, ...]:
    """Give what workers hold: the windows of the single fit, and of the folds beside it."""
    return (group.datasets, *(each.datasets for each in (folds.beside if folds else ())))


def _examination(group: Group, trials: Trials) -> Examination:
    return Examination(tuple(each.prices for each in group.prices), trials.num_trials)


def _compared(baselines: Baselines, said: Mapping[str, Said], subject: str | None) -> Comparison:
    return compare(
        {name: each.judged for name, each in said.items()},
        {name: each.judged for name, each in baselines.said.items()},
        subject=subject,
    )


def _say_nothing(*_: object) -> None:
    """Be nobody's progress."""


def _decide(
    group: Group,
    comparison: Comparison,
    *,
    trials: Trials,
    baselines: Baselines,
    said: Mapping[str, Said],
    started: float,
    walk: Walk | None = None,
) -> Sweep:
    """Put everything that is known of a contest into a report."""
    name = comparison.candidate
    candidate = said[name]
    made_from = _made_from(name, candidate, group.entrants)
    everyone = {**baselines.said, **said}
    examined = [each.examined for each in everyone.values() if each.examined]
    dossiers = tuple(each.dossier for each in examined)
    findings = (
        *(finding for each in group.prices for finding in each.findings),
        *(finding for each in group.datasets.values() for finding in each.findings),
        *baselines.absent,
        *(finding for each in baselines.said.values() for finding in each.findings),
        *candidate.findings,
        *(finding for each in dossiers for finding in each.findings if each.name == name),
        *findings_of_trials(trials),
        *_findings_of_walk(walk),
    )
    report = Report.of(
        comparison,
        {name: each.trained for name, each in said.items() if each.trained},
        experiment=made_from[0],
        data=summary_of(group.prices),
        windows=WindowCounts.model_validate(group.first.num_windows),
        findings=tuple(dict.fromkeys(findings)),
        seconds=perf_counter() - started,
        trials=trials,
        walk=walk,
        dossiers=dossiers,
    )
    return Sweep(
        report=report,
        candidate=candidate,
        champion=everyone[report.champion],
        made_from=made_from,
        prices=group.prices,
        tradings={each.dossier.name: each.tradings for each in examined},
    )


def _findings_of_walk(walk: Walk | None) -> Iterator[Finding]:
    """Doubt a gain over the best baseline that few of the folds made."""
    if walk is not None:
        name, rival = walk.comparison.candidate, walk.comparison.best_baseline
        found = folds_disagree(name, walk.skills(name, rival))
        yield from (each for each in (found,) if each is not None)


def _made_from(name: str, champion: Said, entrants: Sequence[Entrant]) -> tuple[Experiment, ...]:
    if asked := _asked_of(name, entrants):
        return asked
    assert champion.model is not None, "the champion keeps its weights"
    return tuple(each.experiment for each in members_of(champion.model))


def _asked_of(name: str, entrants: Sequence[Entrant]) -> tuple[Experiment, ...]:
    return tuple(each.experiment for each in entrants if each.name == name)
