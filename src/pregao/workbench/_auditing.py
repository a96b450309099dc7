"""The leak audit of an experiment on its own prices."""

from datetime import date
from pathlib import Path

from pregao.dataset import plugin_features
from pregao.evaluation import Audit, find_leaks
from pregao.evaluation.audit import OnProgress
from pregao.prices import Feed
from pregao.training import Engine, Experiment
from pregao.workbench._prices import provider_of, trainable


def audit(
    home: Path,
    experiment: Experiment,
    *,
    path: Path | None = None,
    allow_findings: bool = False,
    today: date | None = None,
    feed: Feed | None = None,
    engine: Engine | None = None,
    on_progress: OnProgress | None = None,
) -> Audit:
    """Look for leaks in an experiment's pipeline, and in every feature of a plug-in.

    Raises
    ------
    HistoryTooShortError, SplitError
        If the prices do not hold the experiment's windows.
    DataQualityError
        If a symbol is quarantined and `allow_findings` is not given.
    """
    provider = provider_of(experiment.source, path, home=home, feed=feed)
    prices = trainable(experiment, provider, as_of=today, allow_findings=allow_findings)
    return find_leaks(
        [each.prices for each in prices],
        experiment,
        features=tuple(plugin_features().values),
        engine=engine,
        on_progress=on_progress,
    )
