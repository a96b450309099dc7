"""Every network of the zoo, exported: what is served is what was evaluated."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from pregao.zoo.networks import ZOO, Recurrent, Stack, build, export_onnx, find_network

pytestmark = [
    # torch's own exporter uses what torch itself deprecates
    pytest.mark.filterwarnings("ignore:.*isinstance.treespec, LeafSpec.*:FutureWarning"),
    # torch.nn.RNNBase keeps its weights in a second list, which the exporter mentions
    pytest.mark.filterwarnings("ignore:The tensor attributes .*_flat_weights:UserWarning"),
]

NETWORKS = {
    **{name: find_network(name) for name in ZOO},
    "rnn": Stack(layers=(Recurrent(cell="rnn", width=8), Recurrent(cell="rnn", width=4))),
    "birnn": Stack(layers=(Recurrent(cell="rnn", width=8, bidirectional=True),)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_exported_network_equals_torch_at_any_batch(name, tmp_path):
    module = build(NETWORKS[name], num_features=3, lookback=12, num_outputs=2, seed=1).eval()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        module.last.weight.normal_(std=module.last.in_features**-0.5, generator=generator)

    export_onnx(module, tmp_path / "model.onnx", num_features=3, lookback=12)

    session = onnxruntime.InferenceSession(
        tmp_path / "model.onnx", providers=["CPUExecutionProvider"]
    )
    for batch in (1, 2, 7, 64):
        windows = torch.randn(batch, 12, 3, generator=generator)
        expected = module(windows).detach().numpy()
        (found,) = session.run(None, {"x": windows.numpy()})
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "name", ["lstm_classic", "gru_hybrid", "bilstm_bigru", "multi_path", "alstm", "rnn", "birnn"]
)
def test_recurrent_layer_is_one_operator_however_many_steps_there_are(name, tmp_path):
    kinds = []
    for lookback in (6, 24):
        module = build(NETWORKS[name], num_features=3, lookback=lookback, num_outputs=2, seed=1)
        path = tmp_path / f"{lookback}.onnx"
        export_onnx(module, path, num_features=3, lookback=lookback)
        kinds.append([node.op_type for node in onnx.load(path).graph.node])

    assert kinds[0] == kinds[1]
    expected = NETWORKS[name].model_dump_json().count('"kind":"recurrent"')
    assert expected == sum(kind in {"LSTM", "GRU", "RNN"} for kind in kinds[0])
