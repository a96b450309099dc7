"""Stored runs: a readable folder each, published atomically."""

import json
import platform
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import mkdtemp

from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from pregao.calibration import ServingParameters, make_served_forecaster
from pregao.errors import CorruptFileError, UnknownRunError
from pregao.evaluation import Report
from pregao.prices import Prices
from pregao.registry._atomic_writes import sync_folder, write_folder
from pregao.registry._baseline_files import (
    SHAPE_FILE,
    baseline_files,
    baseline_name,
    is_baseline_file,
    read_baseline,
)
from pregao.registry._model_files import Learning, state_of
from pregao.registry._monthly_digests import MONTHS_FILE, Months, months_of
from pregao.registry._plugins import PluginRecord, plugins_needed, plugins_of
from pregao.texts import gettext_lazy as _
from pregao.training import Experiment, Model, member_experiments
from pregao.values import Value
from pregao.zoo.baselines import FittedBaseline, Forecaster

_PROVENANCE_FILE = "provenance.json"
_SERVING_FILE = "serving.json"
_CANDIDATE_FILE = "candidate.json"
_LIBRARIES = ("numpy", "scipy", "torch", "arch", "lightgbm")


@dataclass(frozen=True, eq=False)
class ServedBaseline:
    """A baseline that is served in place of a network without an edge over it."""

    name: str
    baseline: FittedBaseline
    serving: ServingParameters


class DataRecord(Value):
    """The prices of one symbol that a run was made from."""

    symbol: str
    provider: str
    sessions: int
    first: str
    last: str
    digest: str


class Provenance(Value):
    """The data, software and machine that made a run."""

    data: tuple[DataRecord, ...]
    forecaster: str
    """The network's name."""
    overridden: tuple[str, ...]
    """Data-quality findings that the training was allowed to ignore."""
    pregao: str
    libraries: dict[str, str]
    files: dict[str, str]
    """SHA-256 of each file, verified when the run is loaded."""
    plugins: tuple[PluginRecord, ...] = ()
    machine: str = ""
    """System, processor and Python: on another machine sums may be rounded differently."""

    @property
    def software(self) -> dict[str, str]:
        """The versions of the software that made it, Pregao first."""
        return {"pregao": self.pregao, **self.libraries}


@dataclass(frozen=True)
class Run:
    """A stored run; its files are read, and their digests verified, at first use."""

    folder: Path

    @property
    def id(self) -> str:
        """The name of the run's folder."""
        return self.folder.name

    @property
    def digest(self) -> str:
        """SHA-256 of the provenance, which holds the digests of all files."""
        return sha256(self._text(_PROVENANCE_FILE)).hexdigest()

    @property
    def published_ns(self) -> int:
        """Time of publication in nanoseconds since 1970; files added later do not change it."""
        try:
            return (self.folder / _PROVENANCE_FILE).stat().st_mtime_ns
        except OSError as error:
            raise CorruptFileError(str(self.folder / _PROVENANCE_FILE), str(error)) from None

    @cached_property
    def provenance(self) -> Provenance:
        """The data, software and machine that made the run."""
        try:
            return Provenance.model_validate_json(self._text(_PROVENANCE_FILE))
        except ValidationError as error:
            path = str(self.folder / _PROVENANCE_FILE)
            raise CorruptFileError(
                path, _("{error_count} fields differ", error_count=error.error_count())
            ) from None

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment of the run."""
        with self._of_this_version("experiment.json"):
            return Experiment.model_validate_json(self.content("experiment.json"))

    @cached_property
    def report(self) -> Report:
        """The scores and the verdict."""
        with self._of_this_version("report.json"):
            return Report.model_validate_json(self.content("report.json"))

    @cached_property
    def model(self) -> Model:
        """The network or the ensemble, ready to forecast.

        Raises
        ------
        CorruptFileError
            If a file is not what was written.
        """
        try:
            state = load(self.content("weights.safetensors"))
        except SafetensorError as error:
            raise CorruptFileError(str(self.folder / "weights.safetensors"), str(error)) from None
        return self._learning.model(state)

    @cached_property
    def without_weights(self) -> Model:
        """The network or the ensemble without weights, for use with exported ONNX files."""
        return self._learning.model({})

    @cached_property
    def served(self) -> tuple[str, FittedBaseline] | None:
        """The served baseline and its name; None if the network is served.

        Raises
        ------
        CorruptFileError
            If a file is not what was written.
        BaselineUnavailableError
            If it needs a library that cannot be loaded here.
        """
        return None if self.served_name is None else read_baseline(self.content)

    @cached_property
    def forecaster(self) -> Forecaster:
        """The served forecaster, network or baseline, with calibrated ranges.

        Raises
        ------
        CorruptFileError
            If a file is not what was written.
        """
        uncalibrated: Forecaster = self.model if self.served is None else self.served[1]
        return make_served_forecaster(uncalibrated, self.serving.offsets)

    @cached_property
    def serving(self) -> ServingParameters:
        """The windows and the calibration of the served forecaster."""
        with self._of_this_version(_SERVING_FILE):
            return ServingParameters.model_validate_json(self.content(_SERVING_FILE))

    @cached_property
    def candidate_serving(self) -> ServingParameters:
        """The windows and the calibration of the network, whether it is served or not."""
        if _CANDIDATE_FILE not in self.provenance.files:
            return self.serving
        with self._of_this_version(_CANDIDATE_FILE):
            return ServingParameters.model_validate_json(self.content(_CANDIDATE_FILE))

    @property
    def served_name(self) -> str | None:
        """The name of the served baseline, without loading its libraries; None for a network."""
        if SHAPE_FILE not in self.provenance.files:
            return None
        return baseline_name(self.content(SHAPE_FILE))

    @property
    def baseline_content(self) -> dict[str, bytes]:
        """The content of the served baseline's files by name, as written by `baseline_files`."""
        names = (each for each in self.provenance.files if is_baseline_file(each))
        return {each: self.content(each) for each in names}

    @property
    def member_experiments(self) -> tuple[Experiment, ...]:
        """The experiment, or those of the networks that a sweep averaged."""
        learnt = tuple(each.experiment for each in self._learning.members)
        return (self.experiment,) if are_seed_members(learnt, self.experiment) else learnt

    @cached_property
    def monthly_digests(self) -> dict[str, Months]:
        """The monthly digests of the prices, by symbol; empty for runs without them."""
        if MONTHS_FILE not in self.provenance.files:
            return {}
        try:
            months: dict[str, Months] = json.loads(self.content(MONTHS_FILE))
        except ValueError as error:
            raise CorruptFileError(str(self.folder / MONTHS_FILE), str(error)) from None
        return months

    @cached_property
    def _learning(self) -> Learning:
        with self._of_this_version("scaler.json"):
            return Learning.model_validate_json(self.content("scaler.json"))

    @contextmanager
    def _of_this_version(self, name: str) -> Iterator[None]:
        """Explain how to replace a file that is intact but unreadable by this version."""
        try:
            with plugins_needed(self.id, self.provenance.plugins):
                yield
        except ValidationError as error:
            reason = _(
                "this version of Pregao cannot read it ({error_count} fields differ); train it "
                "again",
                error_count=error.error_count(),
            )
            raise CorruptFileError(str(self.folder / name), reason) from None

    def _text(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise CorruptFileError(str(self.folder / name), str(error)) from None

    def content(self, name: str) -> bytes:
        """Return the content of a file, its digest verified.

        Raises
        ------
        CorruptFileError
            If the file is missing or differs from what was written.
        """
        content = self._text(name)
        try:
            written = self.provenance.files[name]
        except KeyError as error:
            raise CorruptFileError(str(self.folder / _PROVENANCE_FILE), str(error)) from None
        if sha256(content).hexdigest() != written:
            raise CorruptFileError(str(self.folder / name), _("its digest is not what was written"))
        return content


def are_seed_members(learnt: Sequence[Experiment], requested: Experiment) -> bool:
    """Return whether networks are the members of an experiment: itself, or its following seeds."""
    seeds = tuple(member_experiments(requested))
    return all(each in seeds for each in learnt)


def run_id(
    member_experiments: Sequence[Experiment],
    data: tuple[DataRecord, ...],
    forecaster: str,
    *,
    served: str | None = None,
) -> str:
    """Return the id of a run: a digest of its experiments, data and version.

    `served` distinguishes runs of the same training in which another forecaster won, because the
    baselines or the folds differed.
    """
    digests = [each.digest for each in member_experiments]
    plugins = [each.model_dump() for each in plugins_of(member_experiments)]
    parts = [
        digests,
        [d.model_dump() for d in data],
        version("pregao"),
        *([plugins] if plugins else []),
        *([served] if served else []),
    ]
    content = json.dumps(parts)
    return f"{forecaster}-{sha256(content.encode()).hexdigest()[:12]}"


def save_run(
    home: Path,
    model: Model,
    report: Report,
    *,
    member_experiments: Sequence[Experiment],
    forecaster: str,
    data: tuple[DataRecord, ...],
    overridden: tuple[str, ...] = (),
    serving: ServingParameters,
    served_baseline: ServedBaseline | None = None,
    prices: Sequence[Prices] = (),
) -> Run:
    """Publish a run atomically; a run that is stored already is returned as it is.

    Parameters
    ----------
    member_experiments
        The experiment, or those of an ensemble's members.
    serving
        The windows and the calibration of the network.
    served_baseline
        The served baseline, if the network has no edge over it. The network is stored too: it is
        the candidate.
    prices
        The prices of the run: their monthly digests are stored, to find later from when on other
        prices differ.
    """
    folder = home / "runs" / run_id(member_experiments, data, forecaster)
    served_name = None if served_baseline is None else served_baseline.name
    if folder.exists() and Run(folder).served_name != served_name:
        # Other baselines or folds had another winner: both runs are kept.
        name = served_name or forecaster
        folder = home / "runs" / run_id(member_experiments, data, forecaster, served=name)
    if folder.exists():
        return Run(folder)
    files = {
        "experiment.json": member_experiments[0].to_json().encode(),
        "report.json": report.model_dump_json(indent=2).encode(),
        "scaler.json": Learning.of(model).model_dump_json(indent=2).encode(),
        "weights.safetensors": save(state_of(model)),
        **_serving_files(serving, served_baseline),
        **({} if not prices else {MONTHS_FILE: months_of(prices)}),
    }
    provenance = Provenance(
        data=data,
        forecaster=forecaster,
        overridden=overridden,
        pregao=version("pregao"),
        libraries=installed_libraries(),
        plugins=plugins_of(member_experiments),
        files={name: sha256(content).hexdigest() for name, content in files.items()},
        machine=describe_machine(),
    )
    files[_PROVENANCE_FILE] = provenance.model_dump_json(indent=2).encode()
    write_folder(folder, files, marker=_PROVENANCE_FILE)
    return Run(folder)


def _serving_files(
    own: ServingParameters, served_baseline: ServedBaseline | None
) -> dict[str, bytes]:
    written = own.model_dump_json(indent=2).encode()
    if served_baseline is None:
        return {_SERVING_FILE: written}
    return {
        **baseline_files(served_baseline.name, served_baseline.baseline),
        _SERVING_FILE: served_baseline.serving.model_dump_json(indent=2).encode(),
        _CANDIDATE_FILE: written,
    }


def check_run(run: Run) -> None:
    """Read every file of a run and compare it with its digest.

    Raises
    ------
    CorruptFileError
        If one is not what was written.
    """
    for name in run.provenance.files:
        run.content(name)
    _ = run.experiment, run.report, run.serving, run.candidate_serving, run.without_weights


def delete_run(run: Run) -> None:
    """Delete a run's folder; a crash never leaves part of it under its id."""
    gone = Path(mkdtemp(prefix=".draft-", dir=run.folder.parent))
    run.folder.rename(gone / run.id)
    sync_folder(run.folder.parent)
    shutil.rmtree(gone)


def load_run(home: Path, name: str) -> Run:
    """Load a stored run by its id.

    Raises
    ------
    UnknownRunError
        With the newest ones.
    """
    stored = stored_runs(home)
    for run in stored:
        if run.id == name:
            return run
    raise UnknownRunError(name, [run.id for run in stored])


def stored_runs(home: Path) -> list[Run]:
    """List the stored runs, newest first."""
    folder = home / "runs"
    if not folder.is_dir():
        return []
    published: dict[Run, int] = {}
    for path in folder.glob(f"[!.]*/{_PROVENANCE_FILE}"):
        with suppress(CorruptFileError):  # deleted since it was listed
            published[Run(path.parent)] = Run(path.parent).published_ns
    return sorted(published, key=lambda run: -published[run])


def installed_libraries() -> dict[str, str]:
    """Return the versions of the installed libraries that scores depend on."""
    versions = {}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def describe_machine() -> str:
    """Describe what may change the last bit of a result: system, processor and Python."""
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
