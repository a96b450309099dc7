"""A built network as an ONNX file, for serving without torch."""

from pathlib import Path

import torch


def export_onnx(module: torch.nn.Module, path: Path, *, num_features: int, lookback: int) -> None:
    """Write a network in evaluation mode as ONNX: input ``x``, any batch from 1 to 4096.

    The module is captured here and not by `torch.onnx.export`, which captures recurrent layers in
    a way that remembers earlier exports of the same process: after a bidirectional LSTM, a
    bidirectional GRU came out with its batch silently fixed to that of the example.
    """
    module.eval()
    example = (torch.zeros(3, lookback, num_features),)
    batch = torch.export.Dim("batch", min=1, max=4096)
    captured = torch.export.export(module, example, dynamic_shapes={"x": {0: batch}}, strict=False)
    torch.onnx.export(captured, example, path, dynamo=True, external_data=False, verbose=False)
