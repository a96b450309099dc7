"""Every network of the zoo, built: a new entry is tested by being there."""

import numpy as np
import pytest
import scipy.special
import torch
from beartype import beartype
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError, jaxtyped
from safetensors.torch import load_file, save_file

from pregao.errors import InvalidNetworkError
from pregao.zoo.networks import (
    ACTIVATIONS,
    ZOO,
    Convolution,
    DLinear,
    NHits,
    Parallel,
    PatchTransformer,
    PerStep,
    Recurrent,
    SelfAttention,
    Stack,
    _bodies,
    _build,
    _layers,
    build,
    find_network,
    num_parameters,
)
from pregao.zoo.networks._layers import ChannelDropout

SIZES = {"num_features": 3, "lookback": 12, "num_outputs": 2}

every_network = pytest.mark.parametrize("name", ZOO)


def _windows(batch, seed=0):
    return torch.randn(batch, 12, 3, generator=torch.Generator().manual_seed(seed))


def _built(name, **options):
    return build(find_network(name), **SIZES, seed=1, **options)


def _awake(name):
    """A network in evaluation mode whose last layer is no longer zero."""
    module = _built(name)
    with torch.no_grad():
        module.last.weight.normal_(
            std=module.last.in_features**-0.5, generator=torch.Generator().manual_seed(2)
        )
    return module.eval()


def _loss(module, windows, targets):
    return torch.nn.functional.mse_loss(module(windows), targets)


def _torch_modules():
    """The classes that the package defines itself."""
    return [
        each
        for module in (_layers, _bodies, _build)
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, torch.nn.Module)
        and each.__module__ == module.__name__
    ]


@every_network
def test_parameters_are_as_many_as_declared(name):
    built = sum(parameter.numel() for parameter in _built(name).parameters())

    assert num_parameters(find_network(name), **SIZES) == built


@every_network
def test_outputs_have_their_shape_and_are_finite(name):
    out = _awake(name)(_windows(5))

    assert (5, 2) == tuple(out.shape)
    assert torch.isfinite(out).all()
    assert out.abs().min() > 0


@every_network
def test_untrained_network_gives_exactly_zero(name):
    for module in (_built(name).train(), _built(name, dropout=0.3).eval()):
        assert torch.equal(torch.zeros(5, 2), module(_windows(5)))


@every_network
def test_every_parameter_gets_a_gradient_after_one_step(name):
    module = _built(name)
    windows, targets = _windows(8), _windows(8, seed=3)[:, 0, :2]
    optimiser = torch.optim.SGD(module.parameters(), lr=0.1)
    _loss(module, windows, targets).backward()
    optimiser.step()
    optimiser.zero_grad()

    _loss(module, windows, targets).backward()

    without = [
        each
        for each, parameter in module.named_parameters()
        if parameter.grad is None or not parameter.grad.any()
    ]
    assert [] == without


@every_network
def test_rows_of_a_batch_are_independent_in_evaluation(name):
    module, windows = _awake(name), _windows(6)
    expected = module(windows)[2]
    others = windows * torch.where(torch.arange(6) == 2, 1.0, -7.0)[:, None, None]

    torch.testing.assert_close(module(others)[2], expected, rtol=0, atol=1e-6)
    torch.testing.assert_close(module(windows[2:3])[0], expected, rtol=0, atol=1e-6)


@every_network
def test_same_seed_gives_same_weights_and_leaves_the_global_generator(name):
    before = torch.get_rng_state()
    first, second = _built(name).state_dict(), _built(name).state_dict()

    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_another_seed_gives_other_weights():
    network = find_network("lstm_small")
    first, second = (build(network, **SIZES, seed=seed).state_dict() for seed in (0, 1))

    assert not torch.equal(
        first["body.layers.0.cell.cell.weight_ih_l0"],
        second["body.layers.0.cell.cell.weight_ih_l0"],
    )


@every_network
def test_saved_and_loaded_network_is_bit_equal(name, tmp_path):
    module = _awake(name)
    save_file(module.state_dict(), tmp_path / "weights.safetensors")
    loaded = build(find_network(name), **SIZES, seed=99).eval()

    loaded.load_state_dict(load_file(tmp_path / "weights.safetensors"))

    assert torch.equal(module(_windows(5)), loaded(_windows(5)))


@every_network
def test_network_overfits_eight_windows(name):
    module = _built(name)
    windows, targets = _windows(8), _windows(8, seed=3)[:, 0, :2]
    optimiser = torch.optim.Adam(module.parameters(), lr=0.01)
    losses = []
    while len(losses) < 300 and (not losses or losses[-1] > 0.2 * losses[0]):
        optimiser.zero_grad()
        loss = _loss(module, windows, targets)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())

    assert losses[-1] < 0.2 * losses[0]


@every_network
def test_shapes_are_those_of_the_annotations(name, monkeypatch):
    for each in _torch_modules():
        monkeypatch.setattr(each, "forward", jaxtyped(typechecker=beartype)(each.forward))
    built = _built(name)

    built(_windows(5))
    with pytest.raises(TypeCheckError):
        built(_windows(5)[0])


def _changes_by_dropout(name):
    module = build(find_network(name), **SIZES, seed=1, dropout=0.5)
    module.load_state_dict(_awake(name).state_dict())
    expected = _awake(name)(_windows(5))
    return expected, module.eval()(_windows(5)), module.train()


@every_network
def test_dropout_is_drawn_in_training_only(name):
    expected, evaluated, module = _changes_by_dropout(name)
    with torch.random.fork_rng(devices=[]):
        first, second = module.body(_windows(5)), module.body(_windows(5))

    assert torch.equal(expected, evaluated)
    # Convolutions without a head and linear maps have no place for it.
    kinds = (torch.nn.Dropout, ChannelDropout)
    has_place = any(isinstance(each, kinds) for each in module.modules())
    assert has_place == (not torch.equal(first, second))


@pytest.mark.parametrize("skip", ["none", "residual", "highway", "dense"])
@pytest.mark.parametrize(
    "layer",
    [
        Convolution(width=6),
        Convolution(width=6, kernel=2, dilation=3),
        SelfAttention(heads=3),
        PerStep(width=5),
        Recurrent(cell="gru", width=5, norm="layer"),
        Parallel(branches=((Convolution(width=4),), (SelfAttention(),))),
    ],
    ids=lambda layer: layer.kind,
)
def test_a_step_never_sees_a_later_one(layer, skip):
    if not isinstance(layer, Parallel):
        layer = layer.replace(skip=skip)
    layers = build(Stack(layers=(layer,)), **SIZES, seed=1).eval().body.layers
    windows = _windows(4)
    expected = layers(windows)

    for step in (1, 7, 11):
        changed = windows.clone()
        changed[:, step:] = 100.0 * _windows(4, seed=5)[:, step:]
        found = layers(changed)

        assert torch.equal(expected[:, :step], found[:, :step])
        assert not torch.equal(expected[:, step], found[:, step])


@pytest.mark.parametrize("session", [0, 11])
def test_both_directions_are_read_to_their_end(session):
    lstm = Recurrent(cell="lstm", width=4, bidirectional=True)
    body = build(Stack(layers=(lstm,)), **SIZES, seed=1).eval().body
    windows = _windows(4)
    changed = windows.clone()
    changed[:, session] += 1.0

    moved = (body(changed) - body(windows)).abs().amin(dim=0)

    assert (moved > 0).all()


def test_lstm_equals_its_formula_step_by_step():
    module = build(Stack(layers=(Recurrent(cell="lstm", width=4),)), **SIZES, seed=1)
    cell = module.body.layers[0].cell
    inner, recurrent, *biases = (each.detach().numpy() for each in cell.parameters())
    state, memory = np.zeros((5, 4)), np.zeros((5, 4))
    for step in _windows(5).numpy().transpose(1, 0, 2):
        gates = step @ inner.T + state @ recurrent.T + sum(biases)
        enter, forget, new, leave = np.split(gates, 4, axis=1)
        memory = scipy.special.expit(forget) * memory + scipy.special.expit(enter) * np.tanh(new)
        state = scipy.special.expit(leave) * np.tanh(memory)

    np.testing.assert_allclose(module.body(_windows(5)).detach().numpy(), state, atol=1e-6)


def test_attention_equals_its_formula():
    attention = build(Stack(layers=(SelfAttention(heads=3, skip="none"),)), **SIZES, seed=1)
    layer = attention.body.layers[0]
    with torch.no_grad():
        layer.by_distance.normal_(generator=torch.Generator().manual_seed(4))
    weights = {name: each.detach().numpy() for name, each in layer.named_parameters()}
    windows = _windows(1)[0].numpy()
    queries, keys, values = np.split(windows @ weights["project.weight"].T, 3, axis=1)
    mixed = np.zeros((12, 3))
    for head in range(3):
        for step in range(12):
            seen = np.arange(step + 1)
            scores = queries[step, head] * keys[seen, head]
            share = scipy.special.softmax(scores + weights["by_distance"][head, step - seen])
            mixed[step, head] = share @ values[seen, head]
    expected = mixed @ weights["merge.weight"].T + weights["merge.bias"]

    np.testing.assert_allclose(layer(_windows(1))[0].detach().numpy(), expected, atol=1e-6)


def test_trend_and_remainder_add_up_to_the_window():
    body = build(DLinear(trend_sessions=5), **SIZES, seed=1).body
    trend, remainder = body(_windows(4)).unflatten(1, (2, 3, 12)).unbind(1)

    torch.testing.assert_close(trend + remainder, _windows(4).mT)
    torch.testing.assert_close(trend[:, :, 6], _windows(4)[:, 4:9].mean(dim=1))
    torch.testing.assert_close(trend[:, :, 0], _windows(4)[:, :3].mean(dim=1))


def test_the_last_patch_ends_at_the_cutoff():
    spec = PatchTransformer(patch_sessions=5, stride_sessions=3)
    sessions = build(spec, **SIZES, seed=1).body[0].sessions.tolist()

    assert [[1, 2, 3, 4, 5], [4, 5, 6, 7, 8], [7, 8, 9, 10, 11]] == sessions


FORMULAS = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": scipy.special.expit,
    "linear": lambda x: x,
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "exponential": np.exp,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "swish": lambda x: x * scipy.special.expit(x),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "gelu": lambda x: x * scipy.special.ndtr(x),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_of_the_head_follows_its_formula(activation):
    body = build(
        Stack(layers=(PerStep(width=4),), head=(8,)), **SIZES, activation=activation, seed=1
    ).body
    pooled = body.pool(body.layers(4 * _windows(64))).detach()
    linear = body.head[0].linear(pooled).detach()

    expected = FORMULAS[activation](linear.numpy().astype(float))

    np.testing.assert_allclose(body.head(pooled).detach().numpy(), expected, rtol=1e-4, atol=1e-5)


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(InvalidNetworkError, match="heads"):
        build(Stack(layers=(SelfAttention(heads=2),)), **SIZES, seed=1)


skips = st.sampled_from(["none", "residual", "highway", "dense"])
widths = st.integers(1, 6)
single_layers = st.one_of(
    st.builds(
        Recurrent,
        cell=st.sampled_from(["rnn", "gru", "lstm"]),
        width=widths,
        bidirectional=st.booleans(),
        norm=st.sampled_from(["none", "layer", "batch"]),
        skip=skips,
    ),
    st.builds(
        Convolution,
        width=widths,
        kernel=st.integers(1, 4),
        dilation=st.integers(1, 20),
        skip=skips,
    ),
    st.builds(SelfAttention, heads=st.integers(1, 2), skip=skips),
    st.builds(PerStep, width=widths, skip=skips),
)
sequences = st.lists(single_layers, min_size=1, max_size=3).map(tuple)
layers = st.one_of(
    single_layers,
    st.builds(Parallel, branches=st.lists(sequences, min_size=1, max_size=3).map(tuple)),
)
stacks = st.builds(
    Stack,
    layers=st.lists(layers, min_size=1, max_size=3).map(tuple),
    pool=st.sampled_from(["last", "mean", "attention"]),
    head=st.lists(widths, max_size=2).map(tuple),
    head_skip=skips,
)
others = st.one_of(
    st.builds(DLinear, trend_sessions=st.sampled_from([1, 3, 25, 255])),
    st.builds(
        NHits,
        rates=st.lists(st.integers(1, 20), min_size=1, max_size=3).map(tuple),
        hidden=st.lists(widths, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        PatchTransformer,
        patch_sessions=st.integers(3, 8),
        stride_sessions=st.integers(1, 3),
        width=st.sampled_from([2, 4]),
        heads=st.sampled_from([1, 2]),
        depth=st.integers(1, 2),
        feed_forward=widths,
    ),
)


@settings(deadline=None, max_examples=60)
@given(
    network=st.one_of(stacks, others), num_features=st.integers(1, 4), lookback=st.integers(1, 12)
)
def test_whatever_is_composed_builds_and_is_counted_right(network, num_features, lookback):
    sizes = {"num_features": num_features, "lookback": lookback, "num_outputs": 3}
    try:
        declared = num_parameters(network, **sizes)
    except InvalidNetworkError:
        with pytest.raises(InvalidNetworkError):
            build(network, **sizes, seed=0)
        return
    module = build(network, **sizes, seed=0).eval()

    assert declared == sum(parameter.numel() for parameter in module.parameters())
    assert torch.equal(torch.zeros(2, 3), module(torch.ones(2, lookback, num_features)))
    assert torch.isfinite(module.body(torch.ones(2, lookback, num_features))).all()
