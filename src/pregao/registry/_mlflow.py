"""Export of a run to an MLflow server, from which nothing is ever read back."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pregao.errors import InputError, MissingExtraError, TrackingError
from pregao.registry._export import export_files
from pregao.registry._runs import Run
from pregao.texts import gettext_lazy as _
from pregao.training import model_members
from pregao.training.engines import environment

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

_EXPERIMENT = "pregao"
_MAX_PARAM_CHARACTERS = 6_000
_MAX_METRICS_PER_REQUEST = 1_000
_ENVIRONMENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}


def export_to_mlflow(run: Run, uri: str, *, readmes: Mapping[str, bytes]) -> str:
    """Write a run's parameters, metrics and files to an MLflow server; return its id there.

    The step of a loss is its epoch; the step of a score per horizon step is that step.

    Raises
    ------
    InputError
        For an address that is not a server's, or that holds a password.
    MissingExtraError
        If mlflow cannot be loaded.
    TrackingError
        If the server refuses the data or does not answer.
    CorruptFileError
        If a file differs from what was written.
    """
    _check_address(uri)
    with environment(_ENVIRONMENT):
        try:
            from mlflow import MlflowClient
            from mlflow.exceptions import MlflowException
        except ImportError as error:
            raise MissingExtraError("mlflow", "mlflow-skinny", str(error)) from error
        files = export_files(run, readmes=readmes)
        try:
            return _upload(run, files, MlflowClient(tracking_uri=uri))
        except (MlflowException, OSError) as error:
            raise TrackingError(uri, str(error)) from error


def _check_address(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        is_server = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        raise InputError(_("that is not the address of a server: give http://host:5000")) from None
    if parts.username or parts.password:
        raise InputError(
            _(
                "give the user and the password as MLFLOW_TRACKING_USERNAME and "
                "MLFLOW_TRACKING_PASSWORD, not in the address"
            )
        )
    if not is_server:
        raise InputError(
            _("{uri!r} is not the address of a server: give http://host:5000", uri=uri[:80])
        )


def _upload(run: Run, files: dict[str, bytes], client: "MlflowClient") -> str:
    found = client.get_experiment_by_name(_EXPERIMENT)
    experiment = client.create_experiment(_EXPERIMENT) if found is None else found.experiment_id
    run_id = client.create_run(experiment, run_name=run.id, tags={"pregao.run": run.id}).info.run_id
    try:
        client.log_batch(run_id, params=list(_params(run)))
        metrics = list(_metrics(run))
        for first in range(0, len(metrics), _MAX_METRICS_PER_REQUEST):
            client.log_batch(run_id, metrics=metrics[first : first + _MAX_METRICS_PER_REQUEST])
        with TemporaryDirectory(prefix="pregao-") as folder:
            for name, content in files.items():
                (Path(folder) / name).write_bytes(content)
            client.log_artifacts(run_id, folder)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return str(run_id)


def _params(run: Run) -> "Iterator[Param]":
    from mlflow.entities import Param

    for name, value in run.experiment.model_dump(mode="json", exclude_none=True).items():
        yield Param(name, str(value)[:_MAX_PARAM_CHARACTERS])
    yield Param("served", run.served_name or run.report.candidate)


def _metrics(run: Run) -> "Iterator[Metric]":
    from mlflow.entities import Metric

    at_ms = run.published_ns // 1_000_000
    model = run.without_weights
    members = model_members(model)
    for number, member in enumerate(members):
        ending = "" if len(members) == 1 else f"_{number}"
        for epoch in member.epochs:
            yield Metric(f"train_loss{ending}", epoch.train_loss, at_ms, epoch.number)
            yield Metric(f"validation_loss{ending}", epoch.validation_loss, at_ms, epoch.number)
    subject = run.report.subject
    for name, value in subject.metrics:
        if isinstance(value, float):
            yield Metric(f"test_{name}", value, at_ms, 0)
    for name, values in subject.metrics.per_step.items():
        for step, value in enumerate(values, 1):
            yield Metric(f"test_{name}_of_step", value, at_ms, step)
    skill = subject.versus_random_walk.crps_skill
    yield Metric("test_crps_skill_to_random_walk", skill, at_ms, 0)
