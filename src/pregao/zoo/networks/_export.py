"""Export of a built network to ONNX, to serve it without torch."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from onnxscript import opset18 as op
from torch import Tensor, nn

from pregao.zoo.networks._gru import Gru
from pregao.zoo.networks._layers import States

# For each gate in the order of ONNX its index in the order of torch: ONNX has i o f c for LSTM and
# z r n for GRU, torch has i f c o and r z n.
_GATES = {"LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2), "RNN_TANH": (0,)}

torch.library.define(
    "pregao::recurrence", "(Tensor x, Tensor w, Tensor r, Tensor b, str mode) -> Tensor"
)


def export_onnx(module: nn.Module, path: Path, *, num_features: int, lookback: int) -> None:
    """Write a network in evaluation mode as ONNX: input ``x``, any batch from 1 to 4096.

    The module is captured here and not by `torch.onnx.export`, whose capture of recurrent layers
    keeps state between exports of one process: after a bidirectional LSTM, the batch of a
    bidirectional GRU was silently fixed to that of the example.
    """
    module = deepcopy(module).eval()
    for each in module.modules():
        if isinstance(each, States | Gru):
            each.add_module("cell", _Recurrence(each.cell))
    example = (torch.zeros(3, lookback, num_features),)
    batch = torch.export.Dim("batch", min=1, max=4096)
    captured = torch.export.export(module, example, dynamic_shapes={"x": {0: batch}}, strict=False)
    torch.onnx.export(
        captured,
        example,
        path,
        dynamo=True,
        external_data=False,
        verbose=False,
        custom_translation_table={torch.ops.pregao.recurrence.default: _as_onnx},
    )


class _Recurrence(nn.Module):
    """A recurrent layer as one operator of which torch knows only the output shape.

    torch would unroll its own layer over all steps, three times: the export of three GRU layers of
    60 steps takes 1.2 s with this operator, and took 13.6 s without.
    """

    weights: Tensor
    recurrent: Tensor
    biases: Tensor

    def __init__(self, cell: nn.RNNBase) -> None:
        super().__init__()
        self._mode = cell.mode
        ways = ("", "_reverse") if cell.bidirectional else ("",)
        gates = _GATES[cell.mode]

        def stacked(*names: str) -> Tensor:
            parts = [[_in_onnx_order(getattr(cell, n + way), gates) for n in names] for way in ways]
            return torch.stack([torch.cat(each) for each in parts])

        self.register_buffer("weights", stacked("weight_ih_l0"))
        self.register_buffer("recurrent", stacked("weight_hh_l0"))
        self.register_buffer("biases", stacked("bias_ih_l0", "bias_hh_l0"))

    def forward(self, x: Tensor) -> tuple[Tensor]:
        """Return the states of every step, in a tuple as the layers of torch do."""
        states: Tensor = torch.ops.pregao.recurrence(
            x, self.weights, self.recurrent, self.biases, self._mode
        )
        return (states,)


def _in_onnx_order(rows: Tensor, gates: tuple[int, ...]) -> Tensor:
    blocks = rows.detach().chunk(len(gates))
    return torch.cat([blocks[each] for each in gates])


def _shape(x: Tensor, w: Tensor, r: Tensor, b: Tensor, mode: str) -> Tensor:
    del w, b, mode
    directions, _, width = r.shape
    return x.new_empty(x.shape[0], x.shape[1], directions * width)


torch.library.register_fake("pregao::recurrence", _shape)


def _as_onnx(x: Any, w: Any, r: Any, b: Any, mode: str) -> Any:
    """Translate the operator to ONNX, where steps come first and directions are an axis."""
    directions, _, width = r.shape
    way = "bidirectional" if directions == 2 else "forward"
    steps = op.Transpose(x, perm=[1, 0, 2])
    match mode:
        case "LSTM":
            states, _, _ = op.LSTM(steps, w, r, b, hidden_size=width, direction=way)
        case "GRU":
            states, _ = op.GRU(
                steps, w, r, b, hidden_size=width, direction=way, linear_before_reset=1
            )
        case _:
            states, _ = op.RNN(steps, w, r, b, hidden_size=width, direction=way)
    by_window = op.Transpose(states, perm=[2, 0, 1, 3])
    joined: Any = op.Constant(value_ints=[0, 0, -1])
    return op.Reshape(by_window, joined)
