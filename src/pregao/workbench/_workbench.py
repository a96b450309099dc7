"""The use cases, one method each: what the command line, the API and a notebook call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from pregao.audit import Audit, find_leaks
from pregao.audit import OnProgress as OnAudited
from pregao.database import Database
from pregao.dataset import Split, WalkForward, live_windows, plugin_features
from pregao.errors import CorruptDatabaseError, InvalidExperimentError, NothingLeftError
from pregao.evaluation import Forecast, Report, horizon_mismatch
from pregao.explanation import Explanation
from pregao.findings import Finding
from pregao.jobs import Jobs
from pregao.prices import Feed, PriceStore, Provider
from pregao.registry import (
    DataRecord,
    InPlace,
    Run,
    StoredSearch,
    begin_search,
    load_run,
    load_search,
    run_id,
    save_run,
    stored_runs,
)
from pregao.training import Epoch, Experiment
from pregao.training.engines import Engine
from pregao.training.search import Search
from pregao.workbench._benchmark import contest, score_alone
from pregao.workbench._candidates import COMBINATIONS, Entrant, Group, OnProgress, Sweep, Terms
from pregao.workbench._checkpoints import found_at, kept_at
from pregao.workbench._choices import DEFAULT_RECIPE, buildable, default_beside, on_symbols_of
from pregao.workbench._doctor import Examination, examine
from pregao.workbench._explaining import Reader, explain_stored, explain_symbol
from pregao.workbench._models import Models
from pregao.workbench._prices import Checked, checked_prices, provider_of, survivors, trainable
from pregao.workbench._reproducing import reproduce
from pregao.workbench._reproduction import Reproduction
from pregao.workbench._results import Fetched, Result, forecast_of, stranger
from pregao.workbench._searching import OnTrial, run_search
from pregao.workbench._test_set import opened
from pregao.workbench._tickers import Row, Tickers, decided
from pregao.zoo.networks import name_of

MODES: Mapping[str, Mapping[str, object]] = {
    # One look at every network in well under a minute, as the earlier systems' fast mode did it.
    "fast": {
        "epochs": 1,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "dropout": 0.2,
        "activation": "relu",
        "optimiser": "adam",
        "weight_decay": 0.0,
    },
    # Settings are searched; what no trial varies is the default's.
    "optimized": {"patience": 5},
}


SWEEP_TERMS = Terms(ensemble=5, walk=WalkForward())
PROOF_TERMS = Terms(walk=WalkForward())
ALONE = Terms()


@dataclass(frozen=True)
class Workbench:
    """Everything Pregao does, over one home folder and one clock."""

    home: Path
    today: date | None = None
    """What staleness is measured against; None skips those checks."""
    feed: Feed | None = None
    """Whom to ask over the network; None asks nobody."""
    database_url: SecretStr | None = None
    """Where champions and jobs are; None is a file in the home folder."""

    @cached_property
    def database(self) -> Database:
        """The database, opened when it is first asked for.

        Raises
        ------
        InvalidDatabaseUrlError, DatabaseUnavailableError, CorruptDatabaseError, NewerSchemaError
            If it cannot be used.
        """
        url = None if self.database_url is None else self.database_url.get_secret_value()
        return Database.opened(url, home=self.home)

    @cached_property
    def models(self) -> Models:
        """The runs that are stored, and who of them serves."""
        return Models(self.home, self.database)

    def doctor(self, *, now: datetime, mend: bool = False) -> Examination:
        """Look for what is wrong with everything stored, and mend what can be.

        Parameters
        ----------
        now
            What the age of leftovers is measured by.
        """
        try:
            database = self.database
        except CorruptDatabaseError as error:
            return examine(self.home, None, now=now, mend=mend).beside_damage(error)
        return examine(self.home, database, now=now, mend=mend)

    @cached_property
    def jobs(self) -> Jobs:
        """The work that was accepted and is done in the background."""
        return Jobs(self.database)

    def fetch(
        self,
        symbol: str,
        *,
        source: str = "sample",
        path: Path | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> Fetched:
        """Download a symbol's bars and append them to the store; again is the same as once."""
        provider = self._provider(source, path)
        checked = checked_prices(symbol, provider, start=start, end=end, as_of=self.today)
        snapshot = PriceStore(self.home).append(checked.prices)
        return Fetched(checked.prices, snapshot, (*checked.findings, *snapshot.findings))

    def check(
        self,
        symbol: str,
        *,
        source: str = "sample",
        path: Path | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> Checked:
        """Inspect a symbol's bars without storing them."""
        provider = self._provider(source, path)
        if isinstance(provider, Feed):
            provider = replace(provider, keeps=False)
        return checked_prices(symbol, provider, start=start, end=end, as_of=self.today)

    def sweep(
        self,
        experiment: Experiment,
        *,
        networks: Sequence[str] = (),
        path: Path | None = None,
        allow_findings: bool = False,
        leave_out_bad: bool = False,
        terms: Terms = SWEEP_TERMS,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Rank networks of the zoo (all by default) on all symbols, beside every baseline.

        The champion is stored as a run. A symbol that cannot be used is an error, unless bad ones
        are to be left out, with a finding each.
        """
        entrants, left_out = self._entrants(experiment, networks)
        if leave_out_bad:
            prices, bad = self._survivors(experiment, path, allow_findings=allow_findings)
            left_out = (*left_out, *bad)
            entrants = [on_symbols_of(each, prices) for each in entrants]
        else:
            prices = self._prices(experiment, path, allow_findings=allow_findings)
        group = Group.of(prices, entrants)
        [trials] = opened(self.home, "sweep", [group], terms)
        sweep = contest(group, terms, trials=trials, on_progress=on_progress)
        return self._kept(_with_findings(sweep, left_out))

    def sweep_each(
        self,
        experiment: Experiment,
        *,
        networks: Sequence[str] = (),
        path: Path | None = None,
        allow_findings: bool = False,
        terms: Terms = SWEEP_TERMS,
        on_result: Callable[[Result | Finding], None] | None = None,
    ) -> Tickers:
        """Rank networks on each symbol by itself; what is known is told as soon as it is.

        Each symbol's champion is stored as a run. A symbol that cannot be used is left out, with a
        finding; memory does not grow with the number of symbols.

        Raises
        ------
        InputError
            If no symbol at all can be used.
        """
        entrants, left_out = self._entrants(experiment, networks)
        rows: list[Row] = []
        findings = list(left_out)
        for each in decided(
            self.home,
            experiment,
            entrants,
            self._provider(experiment.source, path),
            terms,
            as_of=self.today,
            allow_findings=allow_findings,
        ):
            if isinstance(each, Finding):
                findings.append(each)
                told: Result | Finding = each
            else:
                told = self._kept(each)
                rows.append(Row.of(told.report, told.run.id))
            if on_result:
                on_result(told)
        if not rows:
            raise NothingLeftError([each.seen.en for each in findings])
        return Tickers(rows=tuple(rows), findings=tuple(findings))

    def train(
        self,
        experiment: Experiment,
        *,
        recipe: str | None = None,
        path: Path | None = None,
        allow_findings: bool = False,
        terms: Terms = ALONE,
        on_epoch: Callable[[Epoch], None] | None = None,
        on_progress: OnProgress | None = None,
        checkpoint: Path | None = None,
    ) -> Result:
        """Train one experiment, score it beside every baseline, and store the run.

        The same experiment on the same prices is the same run, and is not trained again. What came
        from a recipe stands beside the default experiment too, on the same windows. A training of
        one network alone keeps a checkpoint after each epoch, if it is told where, and goes on from
        what it finds there.
        """
        prices = self._prices(experiment, path, allow_findings=allow_findings)
        name = recipe or name_of(experiment.network)
        stored = self.home / "runs" / run_id([experiment], _records(prices), name)
        if stored.is_dir():
            run = Run(stored)
            return self._result(run, run.report, prices)
        entrants = [Entrant(name, experiment)]
        if recipe is not None and recipe != DEFAULT_RECIPE:
            entrants.append(Entrant(DEFAULT_RECIPE, default_beside(experiment)))
        group = Group.of(prices, entrants)
        [trials] = opened(self.home, "train", [group], terms)
        if len(entrants) > 1 or experiment.members > 1:
            return self._kept(
                contest(group, terms, trials=trials, subject=name, on_progress=on_progress)
            )
        from pregao.training import finish, train

        training = train(
            experiment,
            group.first,
            device=terms.device,
            checkpoint=found_at(checkpoint, experiment, prices),
            keep=kept_at(checkpoint, experiment, prices),
        )
        return self._kept(
            score_alone(finish(training, on_epoch), name, group, terms, trials=trials)
        )

    def evaluate(
        self,
        run: str,
        *,
        path: Path | None = None,
        terms: Terms = PROOF_TERMS,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Score a stored run again, on prices read anew, and train it anew before each fold.

        The run itself stays as it is: what changes is what is known of it.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        SplitError
            If the folds asked for would have too few windows.
        """
        stored = load_run(self.home, run)
        prices = self._prices(
            stored.experiment, path, allow_findings=bool(stored.provenance.overridden)
        )
        name = stored.provenance.forecaster
        asked = () if name in COMBINATIONS else (Entrant(name, stored.experiment),)
        group = Group.as_learnt(prices, stored.model, asked)
        [trials] = opened(self.home, "evaluate", [group], terms, run=stored)
        sweep = score_alone(
            stored.model, name, group, terms, trials=trials, on_progress=on_progress
        )
        return _shown(sweep, stored)

    def reproduce(
        self,
        run: str,
        *,
        path: Path | None = None,
        terms: Terms = ALONE,
        on_progress: OnProgress | None = None,
    ) -> Reproduction:
        """Train a stored run again on the prices it was made from, and compare to the last bit.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        """
        stored = load_run(self.home, run)
        provider = self._provider(stored.experiment.source, path)
        return reproduce(
            self.home, stored, provider, as_of=self.today, terms=terms, on_progress=on_progress
        )

    def plan(
        self,
        experiment: Experiment,
        networks: Sequence[str] | None,
        **fields: object,
    ) -> Search:
        """Plan a search: of each named network (of the zoo if empty), or, None, of its own.

        Parameters
        ----------
        fields
            Fields of `Search`, such as ``strategy="random"`` or ``trials=40``.

        Raises
        ------
        InvalidExperimentError, UnknownNameError
            For fields that are unknown or impossible.
        """
        if networks is None:
            entries = {name_of(experiment.network): experiment.network}
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
        terms: Terms = SWEEP_TERMS,
        on_trial: OnTrial | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Search the settings of each network, and rank what it chose beside every baseline.

        Everything is written down as it becomes known: the same search again goes on where it
        was, and is not trained twice.

        Raises
        ------
        TooManyTrialsError
            For more trials than `MAX_COMBINATIONS`, unless forced.
        """
        plan.check_size(force=force)
        prices = self._prices(plan.experiment, path, allow_findings=allow_findings)
        stored = begin_search(self.home, plan, data=_records(prices))
        return self._searched(
            stored,
            prices,
            terms,
            budget_seconds=budget_seconds,
            on_trial=on_trial,
            on_progress=on_progress,
        )

    def resume(
        self,
        name: str,
        *,
        asked: Search | None = None,
        path: Path | None = None,
        allow_findings: bool = False,
        budget_seconds: float | None = None,
        terms: Terms = SWEEP_TERMS,
        on_trial: OnTrial | None = None,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Go on with a stored search, by its id.

        Raises
        ------
        UnknownSearchError
            With the newest ones.
        SearchMismatchError
            If something else is asked for than was then, or the prices are others.
        """
        stored = load_search(self.home, name)
        plan = stored.record.search
        if asked is not None:
            stored.check_same(asked, stored.record.data)
        prices = self._prices(plan.experiment, path, allow_findings=allow_findings)
        stored.check_same(plan, _records(prices))
        return self._searched(
            stored,
            prices,
            terms,
            budget_seconds=budget_seconds,
            on_trial=on_trial,
            on_progress=on_progress,
        )

    def search_plan(self, name: str) -> Search:
        """Give what a stored search was asked to do."""
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

        The network is trained now, or found among the runs if the same was trained before.
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
        """Forecast a symbol with a stored run; what is not given is as it was for the run.

        The symbol may be one that the run was not trained on; a finding says so.

        Raises
        ------
        InvalidExperimentError
            For another horizon than the run's (LRN011): none of its steps was ever scored.
        """
        stored = load_run(self.home, run)
        known = stored.experiment
        asked_for = known.horizon if horizon is None else horizon
        mismatch = horizon_mismatch(run, asked=asked_for, trained=known.horizon)
        if mismatch is not None:
            raise InvalidExperimentError(
                run, [f"{mismatch.code}: {mismatch.seen.en}; {mismatch.do.en}"]
            )
        asked = Experiment.parse(
            {
                **dict(known),
                "symbols": (symbol,),
                "source": source or known.source,
                "start": start or known.start,
                "end": end or known.end,
                "split": Split(),
            }
        )
        [prices] = trainable(
            asked,
            self._provider(asked.source, path),
            as_of=self.today,
            allow_findings=allow_findings,
            check_split=False,
        )
        return self._forecast(stored, stored.report, prices)

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
        """Explain a stored run, or with a symbol what it forecasts for it.

        Parameters
        ----------
        step
            How many sessions ahead the explained numbers are; the last by default.
        source, start, end
            Of the symbol's prices; what is not given is as it was for the run.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        InvalidExperimentError, InvalidSymbolError
            If the run's forecasts do not reach that step, or for a span or a ticker that cannot be.
        HistoryTooShortError
            If the symbol has no window.
        """
        stored = load_run(self.home, run)
        reader = Reader(self.home, path, self.today, self.feed)
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
        """Look for leaks in an experiment's pipeline, and in every feature of a plug-in.

        Raises
        ------
        HistoryTooShortError, SplitError
            If the prices do not hold the experiment's windows.
        DataQualityError
            If a symbol is quarantined and `allow_findings` is not given.
        """
        prices = self._prices(experiment, path, allow_findings=allow_findings)
        return find_leaks(
            [each.prices for each in prices],
            experiment,
            features=tuple(plugin_features().values),
            engine=engine,
            on_progress=on_progress,
        )

    def run(self, name: str) -> Run:
        """Find a stored run by its id."""
        return load_run(self.home, name)

    def runs(self) -> list[Run]:
        """List the stored runs, newest first."""
        return stored_runs(self.home)

    def _provider(self, source: str, path: Path | None) -> Provider:
        return provider_of(source, path, home=self.home, feed=self.feed)

    def _prices(
        self, experiment: Experiment, path: Path | None, *, allow_findings: bool
    ) -> list[Checked]:
        return trainable(
            experiment,
            self._provider(experiment.source, path),
            as_of=self.today,
            allow_findings=allow_findings,
        )

    def _entrants(
        self, experiment: Experiment, networks: Sequence[str]
    ) -> tuple[list[Entrant], tuple[Finding, ...]]:
        chosen, left_out = buildable(experiment, networks)
        entrants = [
            Entrant(name, experiment.replace(network=network)) for name, network in chosen.items()
        ]
        return entrants, left_out

    def _survivors(
        self, experiment: Experiment, path: Path | None, *, allow_findings: bool
    ) -> tuple[list[Checked], tuple[Finding, ...]]:
        return survivors(
            experiment,
            self._provider(experiment.source, path),
            as_of=self.today,
            allow_findings=allow_findings,
        )

    def _searched(
        self,
        stored: StoredSearch,
        prices: list[Checked],
        terms: Terms,
        *,
        budget_seconds: float | None,
        on_trial: OnTrial | None,
        on_progress: OnProgress | None,
    ) -> Result:
        found = run_search(
            self.home,
            stored,
            prices,
            terms,
            budget_seconds=budget_seconds,
            on_trial=on_trial,
            on_progress=on_progress,
        )
        result = self._kept(_with_findings(found.sweep, found.findings))
        return replace(result, search=stored.id)

    def _kept(self, sweep: Sweep) -> Result:
        """Store the candidate as a run, and what is served in its place, and show forecasts."""
        assert sweep.candidate.model is not None, "a candidate is a network or an average of some"
        champion, prices = sweep.champion, sweep.prices
        run = save_run(
            self.home,
            sweep.candidate.model,
            sweep.report,
            made_from=sweep.made_from,
            forecaster=sweep.report.candidate,
            data=_records(prices),
            overridden=tuple(f.code for each in prices for f in each.quarantine),
            serving=sweep.candidate.serving,
            in_place=None
            if champion.baseline is None
            else InPlace(sweep.report.champion, champion.baseline, champion.serving),
            prices=[each.prices for each in prices],
        )
        self.models.kept(run)
        return _shown(sweep, run)

    def _result(self, run: Run, report: Report, prices: list[Checked]) -> Result:
        forecasts = tuple(self._forecast(run, report, each) for each in prices)
        return Result(report, forecasts, tuple(each.prices for each in prices), run)

    def _forecast(self, run: Run, report: Report, checked: Checked) -> Forecast:
        """Forecast from the last session of these prices, by the pipeline that was evaluated."""
        serving = run.serving
        windows = live_windows(
            [checked.prices],
            scaler=serving.scaler,
            lookback=serving.lookback,
            horizon=serving.horizon,
        )
        quantiles = run.forecaster.quantiles(windows)[0]
        forecast = forecast_of(checked, quantiles, report, run)
        if forecast.symbol in run.experiment.symbols:
            return forecast
        return forecast.replace(findings=(*forecast.findings, stranger(forecast.symbol, run)))


def _shown(sweep: Sweep, run: Run) -> Result:
    """Show a contest with the forecasts of who won it."""
    forecasts = tuple(
        forecast_of(each, quantiles, sweep.report, run)
        for each, quantiles in zip(sweep.prices, sweep.champion.live, strict=True)
    )
    return Result(
        sweep.report,
        forecasts,
        tuple(each.prices for each in sweep.prices),
        run,
        tradings=sweep.tradings,
    )


def _with_findings(sweep: Sweep, findings: tuple[Finding, ...]) -> Sweep:
    report = sweep.report
    return replace(sweep, report=report.replace(findings=(*findings, *report.findings)))


def _records(prices: Sequence[Checked]) -> tuple[DataRecord, ...]:
    return tuple(each.record for each in prices)
