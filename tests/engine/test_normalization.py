"""Batch normalization with fixed statistics against PyTorch, and what a network keeps of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, normals, seeds
from vizconv.engine import (
    BatchNorm2d,
    Conv2d,
    Flatten,
    Momentum,
    Network,
    batch_norm2d,
    batch_norm2d_backward,
    fit,
    gradient_check,
    load,
    load_checkpoint,
    save,
    save_checkpoint,
    summary,
)
from vizconv.engine.operations import OPERATIONS

counts = st.integers(1, 4)


def by_torch(torch, x, weight, bias, mean, variance, epsilon, dy):
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    fixed = [torch.tensor(array) for array in (mean, variance)]
    y = torch.nn.functional.batch_norm(tensors[0], *fixed, *tensors[1:], training=False, eps=epsilon)
    y.backward(torch.tensor(dy))
    return [y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]


def ours(*arrays, dy):
    record = batch_norm2d(*arrays)
    gradients = OPERATIONS[type(record)].backward(record, dy)
    return [record.y, gradients.dx, gradients.dweight, gradients.dbias]


def drawn(seed, shape, kind=np.float64):
    x, weight, bias, mean, variance, dy = normals(seed, shape, *(shape[1:2],) * 4, shape, kind=kind)
    return [x, weight, bias, mean, variance**2], dy


@fewer(4)
@given(counts, counts, counts, counts, seeds, st.sampled_from([1e-5, 1e-3, 0.5]))
def test_batch_norm_equals_pytorch(torch, images, channels, height, width, seed, epsilon):
    for kind, tolerance in ((np.float64, 1e-10), (np.float32, 1e-4)):
        arrays, dy = drawn(seed, (images, channels, height, width), kind)
        found = ours(*arrays, epsilon, dy=dy)
        for mine, theirs in zip(found, by_torch(torch, *arrays, epsilon, dy), strict=True):
            assert mine.dtype == kind
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)


BROKEN = {
    "scale forgotten": lambda record, made: replace(made, dx=made.dy / record.deviation[:, None, None]),
    "deviation forgotten": lambda record, made: replace(made, dx=made.dy * record.weight[:, None, None]),
    "x not normalized": lambda record, made: replace(made, dweight=(made.dy * record.x).sum(axis=(0, 2, 3))),
    "one image alone": lambda record, made: replace(made, dbias=made.dy[0].sum(axis=(1, 2))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_way_back_is_seen(torch, monkeypatch, name):
    arrays, dy = drawn(0, (2, 3, 2, 2))
    record = batch_norm2d(*arrays)
    kind, operation = type(record), OPERATIONS[type(record)]

    def wrong(record, dy):
        return BROKEN[name](record, batch_norm2d_backward(record, dy))

    def agreed():
        return [
            gradient_check(record, dy, key, (1,) * (4 if key == "dx" else 1)).agrees
            for key in ("dx", "dweight", "dbias")
        ]

    assert all(agreed())
    monkeypatch.setitem(OPERATIONS, kind, replace(operation, backward=wrong))
    assert not all(agreed())
    theirs = by_torch(torch, *arrays, 1e-5, dy)
    assert not all(np.allclose(*pair) for pair in zip(ours(*arrays, dy=dy), theirs, strict=True))


def test_whole_numbers_become_floats_and_no_input_gradient_is_none():
    record = batch_norm2d([[[[3]], [[5]]]], [2, 1], [1, 0], [1, 5], [4, 1], epsilon=0)
    np.testing.assert_array_equal(record.y[0, :, 0, 0], [3, 0])
    gradients = batch_norm2d_backward(record, [[[[4]], [[1]]]], input_gradient=False)
    assert gradients.dx is None
    np.testing.assert_array_equal(gradients.dweight, [4, 0])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"x": np.ones((2, 3))}, r"x has shape \(2, 3\); 4 axes are expected"),
        ({"weight": np.ones(3)}, r"weight has shape \(3,\); \(2,\) is expected, one number a channel"),
        ({"mean": np.ones((2, 1))}, r"mean has shape \(2, 1\); 1 axes"),
        (
            {"variance": [1, -1]},
            r"variance \+ epsilon is -1.0 \+ 1e-05 in channel 1; a finite number above 0",
        ),
        ({"variance": [0, 1], "epsilon": 0}, r"is 0.0 \+ 0.0 in channel 0; a finite"),
        ({"variance": [1, np.nan]}, "in channel 1; a finite"),
    ],
)
def test_what_does_not_fit_is_said(changed, sentence):
    given = {"x": np.ones((1, 2, 3, 3)), "weight": [1, 1], "bias": [0, 0], "mean": [0, 0], "variance": [1, 1]}
    with pytest.raises(ValueError, match=sentence):
        batch_norm2d(**(given | changed))


# --- In a network ---------------------------------------------------------------------------------


def normalizing(seed=0, kind=np.float32):
    weight, scale, shift, mean, deviation = normals(seed, (2, 1, 3, 3), *((2,),) * 4, kind=kind)
    norm = BatchNorm2d(scale, shift, mean, deviation**2, epsilon=0.01)
    return Network({"conv": Conv2d(weight, padding=1, border="reflect"), "norm": norm, "flatten": Flatten()})


def test_statistics_are_no_parameters_but_arrays():
    network = normalizing()
    learned = ["conv.weight", "norm.weight", "norm.bias"]
    assert list(network.parameters) == learned
    assert list(network.arrays) == [*learned, "norm.mean", "norm.variance"]
    assert network.dtype == np.float32
    mean = network.arrays["norm.mean"].astype(np.float64)
    wider = network.with_arrays(network.arrays | {"norm.mean": mean})
    assert wider.dtype == np.float64 and wider.layers["norm"].epsilon == 0.01
    assert not wider.arrays["norm.mean"].flags.writeable
    other = network.with_parameters({name: array * 2 for name, array in network.parameters.items()})
    np.testing.assert_array_equal(other.arrays["norm.mean"], network.arrays["norm.mean"])
    np.testing.assert_array_equal(other.parameters["norm.weight"], network.parameters["norm.weight"] * 2)
    with pytest.raises(ValueError, match=r"the arrays do not fit the network: .* norm.mean is missing"):
        network.with_arrays(network.parameters)
    assert [layer.parameters for layer in summary(network, (1, 4, 4)).layers] == [18, 4, 0]


def test_statistics_survive_a_file_and_a_checkpoint(tmp_path):
    path = save(normalizing(1), tmp_path / "network.npz")
    back = load(path, normalizing(2))
    for name, array in normalizing(1).arrays.items():
        np.testing.assert_array_equal(back.arrays[name], array)
    with pytest.raises(ValueError, match=r"layer 'norm' differs: norm.mean holds float32 numbers; float64"):
        load(path, normalizing(2).with_arrays(normalizing(2).arrays | {"norm.mean": np.zeros(2)}))
    images = np.random.default_rng(0).integers(0, 256, (6, 2, 2), np.uint8)
    settings = {"epochs": 2, "batch_size": 2, "optimizer": Momentum(0.01), "seed": 0}
    *_, middle, _, _, _, last = fit(normalizing(1), images, [0, 1, 2, 3, 4, 5], **settings)
    kept = load_checkpoint(save_checkpoint(middle, tmp_path / "training.npz"), normalizing(2))
    *_, again = fit(normalizing(2), images, [0, 1, 2, 3, 4, 5], **settings, resume=kept)
    for name, array in last.network.arrays.items():
        np.testing.assert_array_equal(again.network.arrays[name], array)
    before, after = normalizing(1).arrays, last.network.arrays
    same = {name for name in before if np.array_equal(before[name], after[name])}
    assert same == {"norm.mean", "norm.variance"}


@pytest.mark.parametrize("border", ["zeros", "reflect", "repeat"])
def test_a_layer_hands_its_border_on(torch, border):
    weight, bias, x = normals(0, (3, 2, 3, 2), (3,), (2, 2, 5, 6))
    layer = Conv2d(weight, bias, padding=(1, 2), border=border)
    mode = {"zeros": "zeros", "reflect": "reflect", "repeat": "replicate"}[border]
    theirs = torch.nn.Conv2d(2, 3, (3, 2), padding=(1, 2), padding_mode=mode).double()
    theirs.weight.data, theirs.bias.data = torch.tensor(weight), torch.tensor(bias)
    tensor = torch.tensor(x, requires_grad=True)
    y = theirs(tensor)
    record = layer.forward(x)
    (dy,) = normals(1, record.y.shape)
    y.backward(torch.tensor(dy))
    gradients = layer.backward(record, dy)
    found = [record.y, gradients.dx, gradients.dweight, gradients.dbias]
    expected = [y.detach(), tensor.grad, theirs.weight.grad, theirs.bias.grad]
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other.numpy(), rtol=0, atol=1e-12)
