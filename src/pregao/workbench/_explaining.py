"""Explain a stored run, or its forecast for one symbol."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from pregao.dataset import Dataset, Split, Windows, live_windows
from pregao.explanation import (
    Explanation,
    PermutationImportances,
    permutation_importance,
    sample_evenly,
)
from pregao.instruments import as_date
from pregao.registry import Run
from pregao.training import LEVELS, Experiment, default_quantities, mean_input
from pregao.workbench._candidates import Group
from pregao.workbench._prices import Checked, PriceReader

MOST_WINDOWS = 64
"""Windows of the validation part over which shares are averaged."""


def explain_stored(run: Run, reader: PriceReader, *, step: int | None = None) -> Explanation:
    """Explain what a stored run depends on, on prices read anew."""
    # Checked before prices are read, so that an impossible step fails at once.
    default_quantities(run.experiment, step=step)
    return explain_run(run, reader.read_run(run), step=step)


def explain_symbol(
    run: Run,
    reader: PriceReader,
    symbol: str,
    *,
    step: int | None = None,
    span: Mapping[str, object],
    allow_findings: bool = False,
) -> Explanation:
    """Explain a stored run's forecast for a symbol.

    Parameters
    ----------
    span
        Fields of the experiment: `source`, `start` and `end`; missing ones are the run's.
    """
    default_quantities(run.experiment, step=step)
    experiment = Experiment.parse(
        {**dict(run.experiment), **span, "symbols": (symbol,), "split": Split()}, source=symbol
    )
    [prices] = reader.read(experiment, allow_findings=allow_findings, check_split=False)
    trained_on = reader.read_run(run) if needs_training_prices(run) else None
    return explain_forecast(run, prices, trained_on=trained_on, step=step)


def explain_run(run: Run, prices: Sequence[Checked], *, step: int | None = None) -> Explanation:
    """Explain what a run depends on, over windows of its validation part.

    Parameters
    ----------
    prices
        Those of the run's symbols, read anew. Their test part is not used.
    """
    dataset = _dataset(run, prices)
    return _explained(
        run,
        sample_evenly(dataset.validation, MOST_WINDOWS),
        dataset,
        step=step,
        as_of=as_date(dataset.validation.cutoffs.max()),
        importances=permutation_importance(run.model, dataset, levels=LEVELS),
    )


def explain_forecast(
    run: Run,
    prices: Checked,
    *,
    trained_on: Sequence[Checked] | None = None,
    step: int | None = None,
) -> Explanation:
    """Explain a run's forecast from the last session of these prices.

    Parameters
    ----------
    trained_on
        The prices of the run's symbols, where `needs_training_prices` is true.

    Raises
    ------
    HistoryTooShortError
        If there are fewer sessions than the features and the lookback need.
    """
    model = run.model
    window = live_windows(
        [prices.prices],
        scaler=model.scaler,
        lookback=model.experiment.lookback,
        horizon=model.experiment.horizon,
    )
    return _explained(
        run,
        window,
        None if trained_on is None else _dataset(run, trained_on),
        step=step,
        as_of=as_date(prices.prices.last),
        symbol=str(prices.prices.symbol),
    )


def needs_training_prices(run: Run) -> bool:
    """Return whether the average input has to be measured: with standard scaling it is 0."""
    return run.model.experiment.scaling != "standard"


def _dataset(run: Run, prices: Sequence[Checked]) -> Dataset:
    return Group.cut_for_model(prices, run.model).first


def _explained(
    run: Run,
    windows: Windows,
    dataset: Dataset | None,
    *,
    step: int | None,
    as_of: date,
    symbol: str | None = None,
    importances: PermutationImportances | None = None,
) -> Explanation:
    from pregao.training import attribute

    model, report = run.model, run.report
    baselines = [each.name for each in report.baselines]
    if needs_training_prices(run):
        assert dataset is not None, "the average input is measured on the training part"
        reference = mean_input(dataset.train)
    else:
        reference = np.zeros(len(model.scaler.features))
    attributions = attribute(
        model, windows, default_quantities(model.experiment, step=step), reference=reference
    )
    return Explanation.from_attributions(
        attributions,
        model,
        run=run.id,
        forecaster=run.provenance.forecaster,
        # By name alone: a baseline of trees would load LightGBM beside torch.
        served=report.champion if report.champion in baselines else None,
        edge=report.edge,
        as_of=as_of,
        symbol=symbol,
        importances=importances,
    )
