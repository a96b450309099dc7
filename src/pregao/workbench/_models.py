"""The use cases of the registry: stored runs, and the champions among them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pregao.database import Database
from pregao.errors import InputError, NotTrainedOnError
from pregao.instruments import Symbol, symbol_key
from pregao.registry import (
    Champion,
    Champions,
    Change,
    ModelCard,
    Run,
    RunSummary,
    ServedModel,
    delete_run,
    delete_run_row,
    export_run,
    export_to_mlflow,
    index_missing_runs,
    is_registered,
    list_runs,
    load_run,
    mark_registered,
    record_run,
    register,
    render_readmes,
)
from pregao.texts import gettext_lazy as _


@dataclass(frozen=True)
class Models:
    """Runs and champions of one home."""

    home: Path
    database: Database

    def runs(
        self, *, symbol: str | None = None, limit: int = 200, before: str | None = None
    ) -> tuple[RunSummary, ...]:
        """List runs, the newest first."""
        index_missing_runs(self.database, self.home)
        known_as = None if symbol is None else str(Symbol.parse(symbol))
        return list_runs(self.database, symbol=known_as, limit=limit, before=before)

    def run(self, name: str) -> Run:
        """Load a run by id.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        """
        return load_run(self.home, name)

    def kept(self, run: Run) -> None:
        """Put a newly stored run onto the list."""
        record_run(self.database, run)

    def is_registered(self, name: str) -> bool:
        """Return whether a run is registered, so that it can be served."""
        return is_registered(self.run(name))

    def register(self, name: str) -> Run:
        """Export a run for serving, and check the export; repeating it changes nothing.

        Raises
        ------
        RegistrationError
            If it may not be served.
        """
        run = self.run(name)
        record_run(self.database, run)
        register(run)
        mark_registered(self.database, run.id)
        return run

    def delete(self, name: str) -> None:
        """Delete a run that is not and never was a champion.

        Raises
        ------
        UnknownRunError
            With the newest ones.
        ServingRunError
            If it is or was a champion, to which one may roll back.
        """
        run = self.run(name)
        delete_run_row(self.database, run.id)
        delete_run(run)

    def export(self, name: str, folder: Path) -> tuple[Path, ...]:
        """Copy a run into a new folder, with its networks as ONNX and a description of their use.

        Raises
        ------
        UnknownRunError, FolderInUseError, CorruptFileError
            If the run does not exist, or the folder does, or a file was changed.
        """
        run = self.run(name)
        return export_run(run, folder, readmes=render_readmes(ModelCard.from_run(run)))

    def export_to_mlflow(self, name: str, uri: str) -> str:
        """Write a run to an MLflow server, and return its id there.

        Raises
        ------
        UnknownRunError, MissingExtraError, TrackingError, CorruptFileError
            If the run, mlflow or the server is missing, or a file was changed.
        """
        run = self.run(name)
        return export_to_mlflow(run, uri, readmes=render_readmes(ModelCard.from_run(run)))

    def promote(
        self,
        name: str,
        *,
        symbol: str | None = None,
        by: str,
        reason: str = "",
        if_version: int | None = None,
    ) -> tuple[Champion, ...]:
        """Make a run the champion of one of its symbols, or of all of them; it is registered first.

        Raises
        ------
        NotTrainedOnError
            For a symbol that it was not trained on.
        InputError
            For a version without a symbol, where a run has several: each has its own champion.
        ChampionConflictError
            If the champion changed since `if_version`.
        """
        run = self.run(name)
        own = run.experiment.symbols
        if symbol is not None and Symbol.parse(symbol).key not in map(symbol_key, own):
            raise NotTrainedOnError(run.id, symbol, own)
        symbols = own if symbol is None else (symbol,)
        if if_version is not None and len(symbols) > 1:
            raise InputError(
                _(
                    "{id} has {num_symbols} symbols: name one, with its version",
                    id=run.id,
                    num_symbols=len(symbols),
                )
            )
        self.register(name)
        return tuple(
            self._champions.promote(
                run.id,
                symbol=each,
                horizon=run.experiment.horizon,
                by=by,
                reason=reason,
                if_version=if_version,
            )
            for each in symbols
        )

    def roll_back(
        self,
        symbol: str,
        *,
        horizon: int | None = None,
        by: str,
        reason: str = "",
        if_version: int | None = None,
    ) -> Champion:
        """Restore the champion before the present one.

        Raises
        ------
        UnknownChampionError, NoEarlierChampionError, ChampionConflictError
            If there is none, there was no earlier one, or it changed since `if_version`.
        """
        present = self.champion(symbol, horizon)
        return self._champions.roll_back(
            present.symbol, present.horizon, by=by, reason=reason, if_version=if_version
        )

    def champions(self) -> tuple[Champion, ...]:
        """Return every champion."""
        return self._champions.all()

    def champion(self, symbol: str, horizon: int | None = None) -> Champion:
        """Return the champion of a symbol: for a horizon, or the newest.

        Raises
        ------
        UnknownChampionError
            With the symbols that have one.
        """
        return self._champions.find(Symbol.parse(symbol).key, horizon)

    def trail(self, symbol: str, horizon: int) -> tuple[Change, ...]:
        """Return every change of a champion, the oldest first."""
        return self._champions.trail(Symbol.parse(symbol).key, horizon)

    def served(self, name: str) -> ServedModel:
        """Load a registered run for serving.

        Raises
        ------
        NotRegisteredError, CorruptFileError
            If it cannot be served.
        """
        return ServedModel.load(self.run(name))

    def candidate(self, name: str) -> ServedModel:
        """Load a registered run's own network, served or not; else what is served in its place.

        Raises
        ------
        NotRegisteredError, CorruptFileError
            If it cannot be loaded.
        """
        return ServedModel.load_candidate(self.run(name)) or self.served(name)

    @cached_property
    def _champions(self) -> Champions:
        return Champions(self.database)
