"""Trained networks as ONNX: exported with torch, run without."""

import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pregao.training._fitted import FittedNetwork
from pregao.training._targets import quantiles_of
from pregao.training.engines import environment
from pregao.zoo.baselines import History

if TYPE_CHECKING:
    import onnxruntime

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]

_BATCH = 64


def export_fitted(fitted: FittedNetwork) -> bytes:
    """Write a trained network with its heads as ONNX: windows in, what it says of price out.

    Where actions were learnt, their logits are the second output. Takes seconds.
    """
    from pregao.training._train import both_heads
    from pregao.zoo.networks import export_onnx

    experiment = fitted.experiment
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), _without_advice():
        # torch's own exporter uses what torch deprecates, and mentions a second list of weights.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        path = Path(folder) / "model.onnx"
        export_onnx(
            both_heads(fitted),
            path,
            num_features=len(fitted.scaler.features),
            lookback=experiment.lookback,
        )
        return path.read_bytes()


@contextmanager
def _without_advice() -> Iterator[None]:
    """Keep the exporter from naming packages for images that are not installed."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def outputs_with_torch(fitted: FittedNetwork, windows: Float32) -> tuple[Float32, ...]:
    """Return a network's outputs for (n, lookback, features) windows, for comparison."""
    from pregao.training._train import heads_of

    return heads_of(fitted, windows)


@dataclass(frozen=True, eq=False)
class OnnxNetwork:
    """An exported network with what turns its words into quantiles; a forecaster without torch."""

    fitted: FittedNetwork
    """Its scaler, anchor and experiment; the weights are not needed and may be absent."""
    content: bytes

    @cached_property
    def session(self) -> "onnxruntime.InferenceSession":
        """The runtime's session, on one thread: requests are what runs side by side."""
        onnxruntime = _runtime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            self.content, options, providers=["CPUExecutionProvider"]
        )

    def outputs(self, windows: Float32) -> tuple[Float32, ...]:
        """Return the network's outputs for (n, lookback, features) windows."""
        produced: Any = self.session.run(None, {self._input: windows})
        return tuple(produced)

    def quantiles(self, past: History) -> Float:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        if not len(past.cutoff_rows):
            return np.empty((0, *self.fitted.anchor.shape))
        return self.quantiles_over(gather_windows(past), past)

    def quantiles_over(self, windows: Sequence[Float32], past: History) -> Float:
        """Forecast as `quantiles` does, from windows that were gathered before."""
        fitted = self.fitted
        heads = [self.outputs(each)[0] for each in windows]
        produced = heads[0] if len(heads) == 1 else np.concatenate(heads)
        return quantiles_of(fitted.experiment, fitted.scaler, fitted.anchor, produced, past)

    def action_probabilities(self, past: History) -> Float:
        """Return (n, 3) probabilities of `ACTIONS`; only for an experiment with actions."""
        logits = np.concatenate([self.outputs(each)[1] for each in gather_windows(past)]).astype(
            np.float64
        )
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float64)

    @cached_property
    def _input(self) -> str:
        return str(self.session.get_inputs()[0].name)


@cache
def _runtime() -> Any:
    # As it is loaded, it would write an identity into the user's home and send what it is used for.
    with environment({"ORT_DISABLE_TELEMETRY": "1"}):
        import onnxruntime
    return onnxruntime


def gather_windows(past: History) -> list[Float32]:
    """Gather the windows of a past in batches: (n, lookback, features) each."""
    windows = np.lib.stride_tricks.sliding_window_view(past.table, past.lookback, axis=0)
    starts = past.cutoff_rows - (past.lookback - 1)
    return [
        np.ascontiguousarray(windows[starts[first : first + _BATCH]].transpose(0, 2, 1))
        for first in range(0, len(starts), _BATCH)
    ]
