"""The use cases, one method each, for the command line, the API and notebooks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from pregao.audit import Audit, find_leaks
from pregao.audit import OnProgress as OnAudited
from pregao.database import Database
from pregao.dataset import Split, plugin_features
from pregao.errors import CorruptDatabaseError, InvalidExperimentError, NothingLeftError
from pregao.evaluation import COMBINATIONS, Forecast
from pregao.explanation import Explanation
from pregao.findings import Finding, horizon_mismatch
from pregao.jobs import Jobs
from pregao.prices import Feed, PriceStore
from pregao.registry import (
    Run,
    StoredSearch,
    load_run,
    load_search,
    open_search,
    run_id,
    stored_runs,
)
from pregao.texts import join_messages
from pregao.training import Epoch, Experiment
from pregao.training.engines import Engine
from pregao.training.search import Search
from pregao.workbench._benchmark import BenchmarkResult, benchmark_model, run_benchmark
from pregao.workbench._candidates import (
    Candidate,
    Group,
    buildable,
    candidates_of_recipe,
    candidates_of_zoo,
    with_symbols,
)
from pregao.workbench._checkpoints import checkpoint_writer, read_checkpoint
from pregao.workbench._doctor import DoctorReport, examine
from pregao.workbench._explaining import explain_stored, explain_symbol
from pregao.workbench._models import Models
from pregao.workbench._prices import Checked, PriceReader, price_records
from pregao.workbench._reproducing import reproduce
from pregao.workbench._reproduction import Reproduction
from pregao.workbench._results import Fetched, Result, forecast_from_run
from pregao.workbench._searching import OnTrial, run_search
from pregao.workbench._settings import (
    EVALUATION_SETTINGS,
    SINGLE_FIT_SETTINGS,
    SWEEP_SETTINGS,
    BenchmarkSettings,
    OnProgress,
)
from pregao.workbench._storing import store_run
from pregao.workbench._test_set import record_test_access
from pregao.workbench._tickers import TickerResult, Tickers, benchmark_tickers
from pregao.zoo.networks import network_name

MODES: Mapping[str, Mapping[str, object]] = {
    # Every network in well under a minute, with the settings of the earlier systems' fast mode.
    "fast": {
        "epochs": 1,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "dropout": 0.2,
        "activation": "relu",
        "optimiser": "adam",
        "weight_decay": 0.0,
    },
    # Settings are searched; those that no trial varies are the default's.
    "optimized": {"patience": 5},
}


@dataclass(frozen=True)
class Workbench:
    """The use cases of Pregao, on one home folder and one date."""

    home: Path
    today: date | None = None
    """The date that staleness is measured against; None skips those checks."""
    feed: Feed | None = None
    """Providers on the network; None reads none of them."""
    database_url: SecretStr | None = None
    """The database of champions and jobs; None is a file in the home folder."""

    @cached_property
    def database(self) -> Database:
        """The database, opened on first use.

        Raises
        ------
        InvalidDatabaseUrlError, DatabaseUnavailableError, CorruptDatabaseError, NewerSchemaError
            If it cannot be used.
        """
        url = None if self.database_url is None else self.database_url.get_secret_value()
        return Database.open(url, home=self.home)

    @cached_property
    def models(self) -> Models:
        """The stored runs and the champions among them."""
        return Models(self.home, self.database)

    def doctor(self, *, now: datetime, mend: bool = False) -> DoctorReport:
        """Check everything that is stored, and repair what can be repaired.

        Parameters
        ----------
        now
            The time that the age of leftovers is measured against.
        """
        try:
            database = self.database
        except CorruptDatabaseError as error:
            return examine(self.home, None, now=now, mend=mend).beside_damage(error)
        return examine(self.home, database, now=now, mend=mend)

    @cached_property
    def jobs(self) -> Jobs:
        """The jobs that were accepted and run in the background."""
        return Jobs(self.database)

    def fetch(
        self,
        symbol: str,
        *,
        source: str = "sample",
        path: Path | None = None,
        actions: Path | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> Fetched:
        """Download a symbol's bars and append them to the store; repeating it changes nothing.

        Parameters
        ----------
        actions
            A file of dividends and splits (see `pregao.prices.read_actions`), stored with the bars.
        """
        reader = self._reader(path, actions=actions)
        checked = reader.read_symbol(symbol, source=source, start=start, end=end)
        snapshot = PriceStore(self.home).append(checked.prices, checked.findings)
        return Fetched(checked.prices, snapshot, (*checked.findings, *snapshot.findings))

    def check(
        self,
        symbol: str,
        *,
        source: str = "sample",
        path: Path | None = None,
        actions: Path | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> Checked:
        """Inspect a symbol's bars without storing them."""
        reader = self._reader(path, actions=actions, stores_downloads=False)
        return reader.read_symbol(symbol, source=source, start=start, end=end)

    def sweep(
        self,
        experiment: Experiment,
        *,
        networks: Sequence[str] = (),
        path: Path | None = None,
        allow_findings: bool = False,
        leave_out_bad: bool = False,
        settings: BenchmarkSettings = SWEEP_SETTINGS,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Rank networks of the zoo (all by default) on all symbols, beside every baseline.

        The candidate is stored as a run.

        Parameters
        ----------
        leave_out_bad
            Leave out symbols that cannot be used, with a finding each, instead of raising.
        """
        reader = self._reader(path)
        candidates, findings = candidates_of_zoo(experiment, networks)
        if leave_out_bad:
            prices, left_out = reader.read_usable(experiment, allow_findings=allow_findings)
            findings = (*findings, *left_out)
            candidates = with_symbols(candidates, [str(each.prices.symbol) for each in prices])
        else:
            prices = reader.read(experiment, allow_findings=allow_findings)
        group = Group.cut(prices, candidates)
        [trials] = record_test_access(self.home, "sweep", [group], settings)
        benchmark = run_benchmark(group, settings, trials=trials, on_progress=on_progress)
        return self._stored(benchmark.with_findings(findings))

    def sweep_each(
        self,
        experiment: Experiment,
        *,
        networks: Sequence[str] = (),
        path: Path | None = None,
        allow_findings: bool = False,
        settings: BenchmarkSettings = SWEEP_SETTINGS,
        on_result: Callable[[Result | Finding], None] | None = None,
    ) -> Tickers:
        """Rank networks on each symbol by itself, and report each result as it is decided.

        The candidate of each symbol is stored as a run. A symbol that cannot be used is left out,
        with a finding; memory does not grow with the number of symbols.

        Raises
        ------
        InputError
            If no symbol at all can be used.
        """
        candidates, left_out = candidates_of_zoo(experiment, networks)
        rows: list[TickerResult] = []
        findings = list(left_out)
        for decided in benchmark_tickers(
            self.home,
            experiment,
            candidates,
            self._reader(path),
            settings,
            allow_findings=allow_findings,
        ):
            result: Result | Finding
            if isinstance(decided, Finding):
                result = decided
                findings.append(decided)
            else:
                result = self._stored(decided)
                rows.append(TickerResult.from_report(result.report, result.run.id))
            if on_result:
                on_result(result)
        if not rows:
            raise NothingLeftError([each.seen for each in findings])
        return Tickers(rows=tuple(rows), findings=tuple(findings))

    def train(
        self,
        experiment: Experiment,
        *,
        recipe: str | None = None,
        path: Path | None = None,
        allow_findings: bool = False,
        settings: BenchmarkSettings = SINGLE_FIT_SETTINGS,
        on_epoch: Callable[[Epoch], None] | None = None,
        on_progress: OnProgress | None = None,
        checkpoint: Path | None = None,
    ) -> Result:
        """Train one experiment, score it beside every baseline, and store the run.

        The same experiment on the same prices is the same run, and is not trained again.

        Parameters
        ----------
        recipe
            The recipe that the experiment comes from: the default experiment is then trained and
            scored on the same windows too.
        checkpoint
            The folder of the checkpoint that is written after each epoch of a single network, and
            that a training resumes from.
        """
        prices = self._reader(path).read(experiment, allow_findings=allow_findings)
        name = recipe or network_name(experiment.network)
        known = self.home / "runs" / run_id([experiment], price_records(prices), name)
        if known.is_dir():
            return Result.from_run(Run(known), prices)
        candidates = candidates_of_recipe(name, recipe, experiment)
        group = Group.cut(prices, candidates)
        [trials] = record_test_access(self.home, "train", [group], settings)
        if len(candidates) > 1 or experiment.members > 1:
            benchmark = run_benchmark(
                group, settings, trials=trials, subject=name, on_progress=on_progress
            )
            return self._stored(benchmark)
        from pregao.training import finish, train

        training = train(
            experiment,
            group.first,
            device=settings.device,
            checkpoint=read_checkpoint(checkpoint, experiment, prices),
            keep=checkpoint_writer(checkpoint, experiment, prices),
        )
        model = finish(training, on_epoch)
        return self._stored(benchmark_model(model, name, group, settings, trials=trials))

    def evaluate(
        self,
        run: str,
        *,
        path: Path | None = None,
        settings: BenchmarkSettings = EVALUATION_SETTINGS,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Score a stored run again, on prices read anew, and refit it before each fold.

        The stored run does not change.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        SplitError
            If the folds would have too few windows.
        """
        stored = load_run(self.home, run)
        prices = self._reader(path).read_run(stored)
        name = stored.provenance.forecaster
        candidates = () if name in COMBINATIONS else (Candidate(name, stored.experiment),)
        group = Group.cut_for_model(prices, stored.model, candidates)
        [trials] = record_test_access(self.home, "evaluate", [group], settings, run=stored)
        benchmark = benchmark_model(
            stored.model, name, group, settings, trials=trials, on_progress=on_progress
        )
        return Result.from_benchmark(benchmark, stored)

    def reproduce(
        self,
        run: str,
        *,
        path: Path | None = None,
        settings: BenchmarkSettings = SINGLE_FIT_SETTINGS,
        on_progress: OnProgress | None = None,
    ) -> Reproduction:
        """Train a stored run again on the same prices, and compare to the last bit.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        """
        stored = load_run(self.home, run)
        return reproduce(stored, self._reader(path), settings, on_progress=on_progress)

    def plan(
        self,
        experiment: Experiment,
        networks: Sequence[str] | None,
        **fields: object,
    ) -> Search:
        """Plan a search of the settings of networks.

        Parameters
        ----------
        networks
            Names; all of the zoo if empty, and the experiment's own network if None.
        fields
            Fields of `Search`, such as ``strategy="random"`` or ``trials=40``.

        Raises
        ------
        InvalidExperimentError, UnknownNameError
            For fields that are unknown or impossible.
        """
        if networks is None:
            entries = {network_name(experiment.network): experiment.network}
        else:
            entries = dict(buildable(experiment, networks)[0])
        return Search.parse({"experiment": experiment, "entries": entries, **fields})

    def search(
        self,
        plan: Search,
        *,
        path: Path | None = None,
        allow_findings: bool = False,
        force: bool = False,
        budget_seconds: float | None = None,
        settings: BenchmarkSettings = SWEEP_SETTINGS,
        on_trial: OnTrial | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Search the settings of each network, and rank the chosen ones beside every baseline.

        Every trial is recorded as it ends: the same search again resumes, and trains nothing
        twice.

        Raises
        ------
        TooManyTrialsError
            For more trials than `MAX_COMBINATIONS`, unless forced.
        """
        plan.check_size(force=force)
        prices = self._reader(path).read(plan.experiment, allow_findings=allow_findings)
        stored = open_search(self.home, plan, data=price_records(prices))
        return self._search(
            stored,
            prices,
            settings,
            budget_seconds=budget_seconds,
            on_trial=on_trial,
            on_progress=on_progress,
        )

    def resume(
        self,
        name: str,
        *,
        expected: Search | None = None,
        path: Path | None = None,
        allow_findings: bool = False,
        budget_seconds: float | None = None,
        settings: BenchmarkSettings = SWEEP_SETTINGS,
        on_trial: OnTrial | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Resume a stored search by id.

        Parameters
        ----------
        expected
            The search as planned again, which must be the stored one.

        Raises
        ------
        UnknownSearchError
            With the newest ones.
        SearchMismatchError
            If the plan or the prices differ from the stored ones.
        """
        stored = load_search(self.home, name)
        plan = stored.record.search
        if expected is not None:
            stored.check_same(expected, stored.record.data)
        prices = self._reader(path).read(plan.experiment, allow_findings=allow_findings)
        stored.check_same(plan, price_records(prices))
        return self._search(
            stored,
            prices,
            settings,
            budget_seconds=budget_seconds,
            on_trial=on_trial,
            on_progress=on_progress,
        )

    def search_plan(self, name: str) -> Search:
        """Return the plan of a stored search."""
        return load_search(self.home, name).record.search

    def forecast(
        self,
        experiment: Experiment,
        *,
        path: Path | None = None,
        allow_findings: bool = False,
        on_epoch: Callable[[Epoch], None] | None = None,
    ) -> Forecast:
        """Forecast the next sessions of the experiment's first symbol.

        The network is trained, unless the same training is among the stored runs.
        """
        result = self.train(experiment, path=path, allow_findings=allow_findings, on_epoch=on_epoch)
        return result.forecasts[0]

    def forecast_with(
        self,
        run: str,
        symbol: str,
        *,
        horizon: int | None = None,
        source: str | None = None,
        path: Path | None = None,
        start: date | None = None,
        end: date | None = None,
        allow_findings: bool = False,
    ) -> Forecast:
        """Forecast a symbol with a stored run; options that are not given are the run's.

        The forecast of a symbol that the run was not trained on carries a finding.

        Raises
        ------
        InvalidExperimentError
            For another horizon than the run's (LRN011), whose steps were never scored.
        """
        stored = load_run(self.home, run)
        known = stored.experiment
        requested = known.horizon if horizon is None else horizon
        mismatch = horizon_mismatch(run, requested=requested, trained=known.horizon)
        if mismatch is not None:
            raise InvalidExperimentError(
                run,
                [join_messages([f"{mismatch.code}:", mismatch.seen, mismatch.do], " ")],
            )
        experiment = Experiment.parse(
            {
                **dict(known),
                "symbols": (symbol,),
                "source": source or known.source,
                "start": start or known.start,
                "end": end or known.end,
                "split": Split(),
            }
        )
        [prices] = self._reader(path).read(
            experiment, allow_findings=allow_findings, check_split=False
        )
        return forecast_from_run(stored, prices)

    def explain(
        self,
        run: str,
        symbol: str | None = None,
        *,
        step: int | None = None,
        source: str | None = None,
        path: Path | None = None,
        start: date | None = None,
        end: date | None = None,
        allow_findings: bool = False,
    ) -> Explanation:
        """Explain a stored run, or its forecast for a symbol.

        Parameters
        ----------
        step
            Sessions ahead of the explained forecast; the last step by default.
        source, start, end
            Of the symbol's prices; those that are not given are the run's.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        InvalidExperimentError, InvalidSymbolError
            If the run's forecasts do not reach that step, or for an invalid span or ticker.
        HistoryTooShortError
            If the symbol has no window.
        """
        stored = load_run(self.home, run)
        reader = self._reader(path)
        if symbol is None:
            return explain_stored(stored, reader, step=step)
        given = {"source": source, "start": start, "end": end}
        span = {name: value for name, value in given.items() if value is not None}
        return explain_symbol(
            stored, reader, symbol, step=step, span=span, allow_findings=allow_findings
        )

    def audit(
        self,
        experiment: Experiment,
        *,
        path: Path | None = None,
        allow_findings: bool = False,
        engine: Engine | None = None,
        on_progress: OnAudited | None = None,
    ) -> Audit:
        """Audit an experiment's pipeline, and every feature of a plug-in, for leaks.

        Raises
        ------
        HistoryTooShortError, SplitError
            If the prices do not hold the experiment's windows.
        DataQualityError
            If a symbol is quarantined and `allow_findings` is not given.
        """
        prices = self._reader(path).read(experiment, allow_findings=allow_findings)
        return find_leaks(
            [each.prices for each in prices],
            experiment,
            features=tuple(plugin_features().values),
            engine=engine,
            on_progress=on_progress,
        )

    def run(self, name: str) -> Run:
        """Load a stored run by id."""
        return load_run(self.home, name)

    def runs(self) -> list[Run]:
        """Return the stored runs, newest first."""
        return stored_runs(self.home)

    def _reader(
        self, path: Path | None, *, actions: Path | None = None, stores_downloads: bool = True
    ) -> PriceReader:
        return PriceReader(
            home=self.home,
            feed=self.feed,
            as_of=self.today,
            path=path,
            actions=actions,
            stores_downloads=stores_downloads,
        )

    def _search(
        self,
        stored: StoredSearch,
        prices: list[Checked],
        settings: BenchmarkSettings,
        *,
        budget_seconds: float | None,
        on_trial: OnTrial | None,
        on_progress: OnProgress | None,
    ) -> Result:
        benchmark = run_search(
            self.home,
            stored,
            prices,
            settings,
            budget_seconds=budget_seconds,
            on_trial=on_trial,
            on_progress=on_progress,
        )
        return self._stored(benchmark, search=stored.id)

    def _stored(self, benchmark: BenchmarkResult, *, search: str | None = None) -> Result:
        """Store the candidate as a run, put it on the list, and return its result."""
        run = store_run(self.home, benchmark)
        self.models.kept(run)
        return Result.from_benchmark(benchmark, run, search=search)
