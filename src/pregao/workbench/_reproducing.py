"""Train a stored run again on the same prices, and compare weights, scores and what is served."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from pregao.calibration import Offsets, fit_offsets, score_as_served
from pregao.dataset import Dataset, make_dataset
from pregao.errors import CorruptFileError, InputError
from pregao.instruments import Symbol
from pregao.prices import (
    NETWORK_PROVIDERS,
    Download,
    Prices,
    PriceStore,
    Provider,
    validate_download,
)
from pregao.registry import (
    DataRecord,
    Run,
    SealedWindows,
    TestSetAccess,
    Trial,
    are_seed_members,
    baseline_files,
    describe_machine,
    digest_months,
    first_differing_month,
    installed_libraries,
    record_access,
)
from pregao.scores import SCORES
from pregao.training import (
    LEVELS,
    DeviceName,
    Ensemble,
    Experiment,
    FittedNetwork,
    Model,
    combine,
    member_experiments,
    model_members,
)
from pregao.training.engines import run as run_tasks
from pregao.workbench._prices import PriceReader, StoredPrices
from pregao.workbench._reproduction import (
    PricesAgain,
    Reproduction,
    ScoreDifference,
    TensorDifference,
    VersionDifference,
    verdict_of,
    version_differences,
)
from pregao.workbench._settings import BenchmarkSettings, OnProgress, Progress
from pregao.zoo.baselines import BASELINES


def reproduce(
    run: Run,
    reader: PriceReader,
    settings: BenchmarkSettings,
    *,
    on_progress: OnProgress | None = None,
) -> Reproduction:
    """Train a stored run again, on the prices that it was made from, and compare to the last bit.

    Later sessions are left out, and from the price store the state that the run was made from is
    read. Each network is trained by its own experiment inside its own borders; the weights of an
    average of a sweep are those stored, as networks without weight in it are not stored. Scoring
    the test part again is recorded as an access that adds no trial.

    Raises
    ------
    InputError
        If a symbol has no prices any more, or no path is given for prices in a file.
    """
    started = perf_counter()
    versions = _versions(run)
    provider = reader.provider(run.experiment.source)
    found = [_found_prices(run, record, reader, provider) for record in run.provenance.data]
    prices = tuple(each.compared for each in found)
    if not all(each.is_same for each in prices):
        return _reproduction(run, prices=prices, versions=versions, started=started)
    dataset = _dataset(run.model, [each.prices for each in found])
    again = _trained_again(run, dataset, settings, on_progress)
    windows = SealedWindows.from_datasets([dataset])
    look = Trial.from_run(run)
    record_access(
        reader.home, TestSetAccess(purpose="reproduce", windows=windows, looks=(look,), run=run.id)
    )
    recorded, now, scores = _scores(run, again, dataset)
    served = run.served_name
    return _reproduction(
        run,
        prices=prices,
        versions=versions,
        started=started,
        digest_now=again.digest,
        weights=tensor_difference(run.model, again),
        crps=recorded,
        crps_now=now,
        scores=scores,
        served=served,
        is_served_same=None
        if served is None
        else _is_served_same(run, served, [each.prices for each in found], settings),
    )


def _reproduction(
    run: Run,
    *,
    prices: tuple[PricesAgain, ...],
    versions: tuple[VersionDifference, ...],
    started: float,
    digest_now: str | None = None,
    weights: TensorDifference | None = None,
    crps: float | None = None,
    crps_now: float | None = None,
    scores: tuple[ScoreDifference, ...] = (),
    served: str | None = None,
    is_served_same: bool | None = None,
) -> Reproduction:
    is_same_data = all(each.is_same for each in prices)
    return Reproduction(
        run=run.id,
        forecaster=run.provenance.forecaster,
        is_same=is_same_data and weights is None and not scores and is_served_same is not False,
        verdict=verdict_of(
            prices=prices,
            weights=weights,
            scores=scores,
            served=served,
            is_served_same=is_served_same,
            versions=versions,
        ),
        prices=prices,
        digest=run.model.digest,
        digest_now=digest_now,
        weights=weights,
        crps=crps,
        crps_now=crps_now,
        scores=scores,
        served=served,
        is_served_same=is_served_same,
        versions=versions,
        seconds=perf_counter() - started,
    )


def _versions(run: Run) -> tuple[VersionDifference, ...]:
    known = run.provenance
    recorded = {"pregao": known.pregao, **known.libraries}
    installed = {"pregao": version("pregao"), **installed_libraries()}
    if known.machine:
        recorded["machine"], installed["machine"] = known.machine, describe_machine()
    return version_differences(recorded, installed)


# Prices.


@dataclass(frozen=True, eq=False)
class _Found:
    """The prices to train on, compared with those of the run."""

    prices: Prices
    compared: PricesAgain


def _found_prices(run: Run, record: DataRecord, reader: PriceReader, provider: Provider) -> _Found:
    """Find the prices of a record, in the newest history with the same digest."""
    nearest: _Found | None = None
    for history, revision in _histories(run, record, reader, provider):
        own = _own_sessions(record, history)
        compared = PricesAgain(
            symbol=record.symbol,
            provider=history.provider,
            first=record.first,
            last=record.last,
            sessions=record.sessions,
            digest=record.digest,
            digest_now=own.digest,
            is_same=own.digest == record.digest,
            differs_from=_differs_from(run, record, own),
            sessions_since=len(history) - len(own),
            revision=revision,
        )
        found = _Found(own, compared)
        if compared.is_same:
            return found
        nearest = nearest or found
    assert nearest is not None, "a provider returns prices or raises"
    return nearest


def has_its_prices(home: Path, run: Run, record: DataRecord) -> bool:
    """Return whether the store has the prices that a run was made from, to the last bit."""
    reader = PriceReader(home=home, feed=None, as_of=None)
    try:
        return _found_prices(run, record, reader, StoredPrices(home)).compared.is_same
    except (InputError, CorruptFileError):
        return False


def _histories(
    run: Run, record: DataRecord, reader: PriceReader, provider: Provider
) -> Iterator[tuple[Prices, int | None]]:
    """Yield the prices as they are now; of a store, then its earlier states, the newest first."""
    symbol, experiment = Symbol.parse(record.symbol), run.experiment
    store = PriceStore(reader.home)
    # Providers on the network rewrite prices with every dividend; the store has the earlier ones.
    is_kept = record.provider in NETWORK_PROVIDERS and store.snapshots(symbol, record.provider)
    if not (is_kept or isinstance(provider, StoredPrices)):
        download = provider.download(symbol, experiment.start, experiment.end)
        yield validate_download(download, as_of=reader.as_of)[0], None
        return
    latest = store.read(symbol, record.provider)
    for snapshot in reversed(store.snapshots(symbol, record.provider)):
        prices = store.read(symbol, record.provider, snapshot.digest)
        download = Download.from_prices(prices, f"store of {record.provider}")
        of_span = download.between(experiment.start, experiment.end)
        if len(of_span.bars) or prices == latest:
            yield validate_download(of_span, as_of=reader.as_of)[0], snapshot.revision


def _own_sessions(record: DataRecord, history: Prices) -> Prices:
    """Return the sessions of the run; the whole history if it has none of them."""
    days = history.sessions
    inside = (days >= np.datetime64(record.first)) & (days <= np.datetime64(record.last))
    return history.between(record.first, record.last) if inside.any() else history


def _differs_from(run: Run, record: DataRecord, now: Prices) -> str | None:
    if now.digest == record.digest:
        return None
    months = run.monthly_digests.get(record.symbol)
    if months:
        return first_differing_month(months, digest_months(now))
    # A run without monthly digests has the first and the last session alone.
    if str(now.first) != record.first:
        return min(record.first, str(now.first))[:7]
    return None if str(now.last) == record.last else str(now.last)[:7]


# Networks.


def _dataset(model: Model, prices: Sequence[Prices]) -> Dataset:
    """Cut the windows as they were cut for the run, and fit their scaler again."""
    cut = model.experiment.window_settings
    return make_dataset(
        prices,
        features=cut.features,
        lookback=cut.lookback,
        horizon=cut.horizon,
        scaling=cut.scaling,
        capped=cut.capped,
        split=model.borders,
    )


@dataclass(frozen=True)
class _Retrain:
    """Train one network again."""

    number: int
    experiment: Experiment
    device: DeviceName


def _retrain(dataset: Dataset, task: _Retrain) -> FittedNetwork:
    from pregao.training import finish, train

    return finish(train(task.experiment, dataset, device=task.device))


def _trained_again(
    run: Run, dataset: Dataset, settings: BenchmarkSettings, on_progress: OnProgress | None
) -> Model:
    """Train the networks of a run again: one, its seeds, or the members of an average."""
    stored, experiment = run.model, run.experiment
    trained = tuple(each.experiment for each in model_members(stored))
    is_average = not are_seed_members(trained, experiment)
    experiments = trained if is_average else tuple(member_experiments(experiment))
    tasks = [_Retrain(number, each, settings.device) for number, each in enumerate(experiments)]
    if len(tasks) == 1:
        return _retrain(dataset, tasks[0])
    fitted: dict[int, FittedNetwork] = {}
    for task, result in run_tasks(_retrain, tasks, data=dataset, engine=settings.engine):
        fitted[task.number] = result
        if on_progress:
            name = f"{run.provenance.forecaster} {task.number + 1}"
            on_progress(Progress("network", name, len(fitted), len(tasks), result.seconds))
    members = tuple(fitted[number] for number in range(len(tasks)))
    if isinstance(stored, Ensemble) and is_average:
        return Ensemble(members, stored.weights, stored.combination)
    found = combine(members, dataset, experiment.combination)
    # Where all weights but one are zero, that network is stored by itself.
    return found if len(found.members) > 1 else found.members[0]


def tensor_difference(stored: Model, again: Model) -> TensorDifference | None:
    """Return the first array that differs, and by how much; None where all bits are the same."""
    pairs = zip(model_members(stored), model_members(again), strict=False)
    for number, (one, other) in enumerate(pairs):
        recorded, found = _arrays(one), _arrays(other)
        for name in dict.fromkeys([*recorded, *found]):
            before, now = recorded.get(name), found.get(name)
            if before is None or now is None or not _same(before, now):
                return TensorDifference(member=number, name=name, largest=_largest(before, now))
    if stored.digest != again.digest:
        # The networks are the same, but not their number or their weights.
        return TensorDifference(member=0, name="members", largest=None)
    return None


def _arrays(fitted: FittedNetwork) -> dict[str, NDArray[np.generic]]:
    scaler = fitted.scaler
    return {
        "scaler": np.array([scaler.center, scaler.scale]),
        "anchor": fitted.anchor,
        **{name: fitted.state[name] for name in sorted(fitted.state)},
    }


def _same(before: NDArray[np.generic], now: NDArray[np.generic]) -> bool:
    alike = (before.dtype, before.shape) == (now.dtype, now.shape)
    return alike and before.tobytes() == now.tobytes()


def _largest(before: NDArray[np.generic] | None, now: NDArray[np.generic] | None) -> float | None:
    if before is None or now is None or before.shape != now.shape:
        return None
    largest = np.abs(before.astype(np.float64) - now.astype(np.float64)).max(initial=0.0)
    return float(largest) if np.isfinite(largest) else None


# Scores, and what is served.


def _scores(
    run: Run, again: Model, dataset: Dataset
) -> tuple[float, float, tuple[ScoreDifference, ...]]:
    """Return the test CRPS of the report and of now, and all scores that are not the same."""
    reported = run.report.forecaster(run.provenance.forecaster)
    scored, _ = score_as_served(again, dataset, levels=LEVELS)
    recorded = {name: reported.metrics.score(name) for name in SCORES}
    found = {name: scored.metrics.score(name) for name in SCORES}
    recorded["validation_crps"], found["validation_crps"] = (
        reported.validation_crps,
        scored.validation_crps,
    )
    differences = tuple(
        ScoreDifference(name=name, recorded=recorded[name], found=found[name])
        for name in recorded
        if recorded[name] != found[name]
    )
    return recorded["crps"], found["crps"], differences


@dataclass(frozen=True)
class _Refit:
    """Fit a baseline again."""

    name: str
    seed: int


def _refit(dataset: Dataset, task: _Refit) -> tuple[dict[str, bytes], Offsets]:
    fitted = BASELINES[task.name].fit(dataset.train, LEVELS, task.seed)
    offsets = fit_offsets(fitted, dataset.validation, levels=LEVELS)
    return baseline_files(task.name, fitted), offsets


def _is_served_same(
    run: Run, name: str, prices: Sequence[Prices], settings: BenchmarkSettings
) -> bool:
    """Fit the served baseline again in a process that never loads torch, and compare its files."""
    serving = run.serving
    dataset = make_dataset(
        prices,
        features=serving.scaler.features,
        lookback=serving.lookback,
        horizon=serving.horizon,
        split=run.model.borders,
        scaler=serving.scaler,
    )
    task = _Refit(name, run.experiment.seed)
    [(_, (files, offsets))] = run_tasks(_refit, [task], data=dataset, engine=settings.engine)
    return files == run.baseline_content and serving.offsets == offsets
