"""The thirty networks in Keras, trained one after the other for one epoch each.

Takes a file of specs, as `pregao networks --json` lists them, and the number of windows. Prints the
networks that were trained. What Pregao's sweep does besides (validation, the test part, baselines,
a report) is left out here.
"""

import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers

LOOKBACK = 60
DROPOUT = 0.2

Spec = dict[str, Any]
CELLS = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}


def built(spec: Spec) -> keras.Model:
    """Build the network of a spec."""
    assert spec["pool"] == "last", "all thirty take the newest state"
    window = layers.Input((LOOKBACK, 1))
    x = folded(spec["layers"], window)
    for width in spec["head"]:
        dense = layers.Dropout(DROPOUT)(layers.Dense(width, "relu")(x))
        x = skipped(dense, x, spec["head_skip"])
    return keras.Model(window, layers.Dense(1)(x))


def folded(stack: list[Spec], x: KerasTensor) -> KerasTensor:
    """Run the layers; the last gives its last state alone, as a Keras user would write it."""
    for each in stack[:-1]:
        x = layer(each, x, sequences=True)
    return layer(stack[-1], x, sequences=False)


def layer(spec: Spec, x: KerasTensor, *, sequences: bool) -> KerasTensor:
    """Run one layer and the way around it."""
    match spec["kind"]:
        case "parallel":
            assert not sequences, "its branches end in their last states"
            return layers.Concatenate()([folded(branch, x) for branch in spec["branches"]])
        case "recurrent":
            out = recurrent(spec, x, sequences=sequences)
        case "convolution":
            shape = {"kernel_size": spec["kernel"], "dilation_rate": spec["dilation"]}
            out = layers.Conv1D(spec["width"], **shape, padding="causal", activation="relu")(x)
        case "self_attention":
            attention = layers.MultiHeadAttention(spec["heads"], x.shape[-1] // spec["heads"])
            out = attention(x, x, use_causal_mask=True)
        case "per_step":
            out = layers.TimeDistributed(layers.Dense(spec["width"], "relu"))(x)
        case kind:
            sys.exit(f"no such layer: {kind}")
    return skipped(out, x, spec["skip"])


def recurrent(spec: Spec, x: KerasTensor, *, sequences: bool) -> KerasTensor:
    """Run a recurrent layer, its norm and dropout."""
    cell = CELLS[spec["cell"]](spec["width"], return_sequences=sequences)
    out = (layers.Bidirectional(cell) if spec["bidirectional"] else cell)(x)
    match spec["norm"]:
        case "layer":
            out = layers.LayerNormalization()(out)
        case "batch":
            out = layers.BatchNormalization()(out)
    return layers.Dropout(DROPOUT)(out)


def skipped(out: KerasTensor, x: KerasTensor, skip: str) -> KerasTensor:
    """Lead a way around a layer."""
    if skip == "none":
        return out
    if skip == "dense":
        return layers.Concatenate()([out, x])
    width = out.shape[-1]
    carried = x if x.shape[-1] == width else layers.Dense(width, use_bias=False)(x)
    if skip == "residual":
        return layers.Add()([out, carried])
    assert skip == "highway", skip
    gate = layers.Dense(width, "sigmoid")(x)
    return carried + gate * (out - carried)


def main() -> None:
    """Train them all."""
    networks = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    num_windows = int(sys.argv[2])
    random = np.random.default_rng(0)
    windows = random.normal(size=(num_windows, LOOKBACK, 1)).astype(np.float32)
    targets = random.normal(size=(num_windows, 1)).astype(np.float32)
    for name, spec in networks.items():
        keras.utils.set_random_seed(0)
        model = built(spec)
        model.compile(keras.optimizers.Adam(1e-3), "mse")
        found = model.fit(windows, targets, 32, 1, verbose=0).history["loss"][0]
        assert np.isfinite(found), f"{name} diverged"
        keras.backend.clear_session()
        print(name, flush=True)


if __name__ == "__main__":
    main()
