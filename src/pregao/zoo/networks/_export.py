"""A built network as an ONNX file, for serving without torch."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from onnxscript import opset18 as op
from torch import Tensor, nn

from pregao.zoo.networks._gru import Gru
from pregao.zoo.networks._layers import States

# Which block of a layer's rows in torch comes at each place in ONNX: LSTM i o f c of i f c o, GRU
# z r n of r z n.
_GATES = {"LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2), "RNN_TANH": (0,)}

torch.library.define(
    "pregao::recurrence", "(Tensor x, Tensor w, Tensor r, Tensor b, str mode) -> Tensor"
)


def export_onnx(module: nn.Module, path: Path, *, num_features: int, lookback: int) -> None:
    """Write a network in evaluation mode as ONNX: input ``x``, any batch from 1 to 4096.

    The module is captured here and not by `torch.onnx.export`, which captures recurrent layers in
    a way that remembers earlier exports of the same process: after a bidirectional LSTM, a
    bidirectional GRU came out with its batch silently fixed to that of the example.
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
    """A recurrent layer as one operator that torch knows only the shape of.

    torch would capture its own by taking every step, three times over: three GRU layers of 60 steps
    took 13.6 s, and take 1.2 s so.
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
            parts = [[_ordered(getattr(cell, n + way), gates) for n in names] for way in ways]
            return torch.stack([torch.cat(each) for each in parts])

        self.register_buffer("weights", stacked("weight_ih_l0"))
        self.register_buffer("recurrent", stacked("weight_hh_l0"))
        self.register_buffer("biases", stacked("bias_ih_l0", "bias_hh_l0"))

    def forward(self, x: Tensor) -> tuple[Tensor]:
        """Give the states of every step, in a tuple as torch's layers do."""
        states: Tensor = torch.ops.pregao.recurrence(
            x, self.weights, self.recurrent, self.biases, self._mode
        )
        return (states,)


def _ordered(rows: Tensor, gates: tuple[int, ...]) -> Tensor:
    blocks = rows.detach().chunk(len(gates))
    return torch.cat([blocks[each] for each in gates])


def _shape(x: Tensor, w: Tensor, r: Tensor, b: Tensor, mode: str) -> Tensor:
    del w, b, mode
    directions, _, width = r.shape
    return x.new_empty(x.shape[0], x.shape[1], directions * width)


torch.library.register_fake("pregao::recurrence", _shape)


def _as_onnx(x: Any, w: Any, r: Any, b: Any, mode: str) -> Any:
    """Write the layer in ONNX, where steps come first and the directions are an axis."""
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
