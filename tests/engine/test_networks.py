"""Networks: LeNet-5 against PyTorch, named layers, pure changes."""

import numpy as np
import pytest

from tests.engine.cases import normals
from vizconv.engine import (
    SGD,
    AvgPool2d,
    Conv2d,
    Flatten,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Network,
    Relu,
    Sigmoid,
    Softmax,
    Tanh,
    avg_pool2d,
    conv2d,
    evaluate,
    fit,
    forward_and_backward,
    gradient_check,
    lenet5,
    max_pool2d,
    softmax,
)
from vizconv.engine.arrays import NotANumber
from vizconv.engine.networks import parameter_gradients


def torch_lenet5(torch, network):
    """The same network in PyTorch, with the same parameters."""
    nn = torch.nn
    theirs = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )
    for mine, parameter in zip(network.parameters.values(), theirs.parameters(), strict=True):
        parameter.data = torch.tensor(mine)
    return theirs


def test_lenet5_has_its_61706_parameters():
    sizes = {name: array.size for name, array in lenet5(0).parameters.items()}
    layers = {name.split(".")[0] for name in sizes}
    counts = {layer: sizes[f"{layer}.weight"] + sizes[f"{layer}.bias"] for layer in layers}
    assert counts == {"conv1": 156, "conv2": 2416, "linear1": 48120, "linear2": 10164, "linear3": 850}
    assert sum(counts.values()) == 61706
    assert repr(lenet5(0)).endswith("linear3; 61,706 parameters)")
    assert all(array.dtype == np.float32 for array in lenet5(0).parameters.values())


def test_a_seed_makes_the_network():
    first, again, other = (lenet5(seed).parameters["conv1.weight"] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_lenet5_equals_pytorch(torch):
    network = lenet5(1)
    x = np.random.default_rng(0).random((8, 1, 28, 28), np.float32)
    labels = np.arange(8)
    result = forward_and_backward(network, x, labels)
    theirs = torch_lenet5(torch, network)
    tensor = torch.tensor(x, requires_grad=True)
    scores = theirs(tensor)
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels))
    loss.backward()
    np.testing.assert_allclose(result.forward.y, scores.detach().numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(result.loss.y, loss.item(), rtol=1e-5)
    np.testing.assert_allclose(result.backward.dx, tensor.grad.numpy(), rtol=1e-3, atol=1e-6)
    mine = parameter_gradients(result.backward)
    assert list(mine) == list(network.parameters)
    for name, parameter in zip(network.parameters, theirs.parameters(), strict=True):
        np.testing.assert_allclose(mine[name], parameter.grad.numpy(), rtol=1e-3, atol=1e-5)


def small(dtype=np.float64):
    """A network of every kind of layer."""
    conv, linear = normals(0, (3, 2, 2, 2), (4, 12), kind=dtype)
    return Network(
        {
            "conv": Conv2d(conv, np.zeros(3, dtype), stride=1, padding=1),
            "tanh": Tanh(),
            "average": AvgPool2d(2, 1),
            "relu": Relu(),
            "maximum": MaxPool2d((2, 3), stride=2),
            "flatten": Flatten(),
            "sigmoid": Sigmoid(),
            "linear": Linear(linear),
        }
    )


def test_a_layer_hands_all_its_settings_to_its_operation():
    weight, bias, x = normals(0, (3, 2, 3, 2), (3,), (2, 2, 7, 8))
    for layer, expected in (
        (Conv2d(weight, bias, 2, 1, (1, 2)), conv2d(x, weight, bias, stride=2, padding=1, dilation=(1, 2))),
        (MaxPool2d((2, 3), 1, (1, 0)), max_pool2d(x, (2, 3), stride=1, padding=(1, 0))),
        (AvgPool2d(3, (2, 1), 1), avg_pool2d(x, 3, stride=(2, 1), padding=1)),
    ):
        record = layer.forward(x)
        assert record.geometry == expected.geometry
        np.testing.assert_array_equal(record.y, expected.y)


def test_every_layer_passes_its_gradient_on():
    """The gradient that a layer hands down is the dy of the layer before."""
    network = small()
    (x,) = normals(1, (2, 2, 5, 6))
    trace = network.forward(x)
    (dy,) = normals(2, trace.y.shape)
    gradients = network.backward(trace, dy)
    assert list(gradients) == list(trace) == list(network.layers)
    names = list(network.layers)
    for upper, lower in zip(names[1:], names[:-1], strict=True):
        assert trace[upper].x is trace[lower].y
        np.testing.assert_array_equal(gradients[upper].dx, gradients[lower].dy)
    for name in names:
        index = tuple(0 for _ in trace[name].x.shape)
        assert gradient_check(trace[name], gradients[name].dy, "dx", index).agrees, name


def test_the_gradient_through_all_layers_equals_a_finite_difference():
    network = small()
    (x,) = normals(1, (2, 2, 5, 6))
    trace = network.forward(x)
    (dy,) = normals(2, trace.y.shape)
    found = parameter_gradients(network.backward(trace, dy))
    for name, array in network.parameters.items():
        h = 1e-6
        moved = array.copy()
        moved[(0,) * array.ndim] += h
        change = network.with_parameters({**network.parameters, name: moved}).forward(x).y - trace.y
        np.testing.assert_allclose((dy * change).sum() / h, found[name][(0,) * array.ndim], rtol=1e-4)


def test_a_layer_without_bias():
    network = small()
    assert "linear.bias" not in network.parameters
    (x,) = normals(1, (1, 2, 5, 6))
    gradients = network.backward(network.forward(x), np.ones((1, 4)), input_gradient=False)
    assert gradients.dx is None and gradients["linear"].dbias is None
    assert set(parameter_gradients(gradients)) == set(network.parameters)


def test_other_parameters_make_another_network():
    network = lenet5(0)
    before = {name: array.copy() for name, array in network.parameters.items()}
    zeros = {name: np.zeros_like(array) for name, array in network.parameters.items()}
    other = network.with_parameters(zeros)
    zeros["conv1.weight"][...] = 5
    assert not any(array.any() for array in other.parameters.values())
    for name, array in network.parameters.items():
        np.testing.assert_array_equal(array, before[name])
        assert not array.flags.writeable
    assert other.layers["conv1"].padding == "same"


def test_layers_keep_their_own_arrays():
    weight = np.ones((1, 1, 2, 2))
    network = Network({"conv": Conv2d(weight, np.zeros(1))})
    weight[...] = 9
    assert network.forward(np.ones((1, 1, 2, 2))).y == 4
    with pytest.raises(TypeError, match="item assignment"):
        network.layers["conv"] = Relu()


def test_a_trace_is_not_changed_by_what_follows():
    network = lenet5(0)
    x = np.random.default_rng(0).random((2, 1, 28, 28), np.float32)
    trace = network.forward(x)
    before = trace["conv2"].y.copy()
    x[...] = 0
    network.with_parameters({name: w * 2 for name, w in network.parameters.items()}).forward(x)
    np.testing.assert_array_equal(trace["conv2"].y, before)
    assert trace["conv1"].weight is network.parameters["conv1.weight"]


@pytest.mark.parametrize("last", [Softmax, LogSoftmax])
def test_a_loss_begins_before_the_softmax_at_a_network_s_end(last):
    scoring = small()
    whole = Network({**scoring.layers, "last": last()})
    (x,) = normals(1, (3, 2, 5, 6))
    labels = [0, 3, 1]
    assert list(whole.scoring.layers) == list(scoring.layers) and scoring.scoring is scoring
    probabilities = softmax(scoring.forward(x).y).y
    y = whole.forward(x).y
    np.testing.assert_allclose(y if last is Softmax else np.exp(y), probabilities, rtol=1e-12)
    assert evaluate(whole, x, labels) == evaluate(scoring, x, labels)
    settings = {"epochs": 1, "batch_size": 2, "optimizer": SGD(0.1), "seed": 0}
    *_, one = fit(whole, x, labels, **settings)
    *_, other = fit(scoring, x, labels, **settings)
    assert list(one.network.layers) == list(whole.layers)
    for name, array in other.network.parameters.items():
        np.testing.assert_array_equal(one.network.parameters[name], array)


def test_what_does_not_fit_is_said():
    network = lenet5(0)
    parameters = network.parameters
    with pytest.raises(ValueError, match="layers is empty"):
        Network({})
    with pytest.raises(ValueError, match=r"'conv2' differs: conv2.weight has shape \(1,\); \(16, 6, 5, 5\)"):
        network.with_parameters({**parameters, "conv2.weight": np.ones(1), "linear1.bias": np.ones(1)})
    with pytest.raises(ValueError, match=r"'conv1' differs: conv1.bias is missing; .* \(6,\)"):
        network.with_parameters({name: w for name, w in parameters.items() if name != "conv1.bias"})
    with pytest.raises(ValueError, match=r"'conv3' differs: conv3.weight is there, but not in the network"):
        network.with_parameters({**parameters, "conv3.weight": np.ones(1)})
    with pytest.raises(ValueError, match=r"trace has the layers conv; conv1, relu1"):
        network.backward(Network({"conv": Relu()}).forward(np.ones((1, 2))), np.ones((1, 2)))
    with pytest.raises(ValueError, match=r"x has shape \(28, 28\); 4 axes"):
        network.forward(np.ones((28, 28)))
    with pytest.raises(TypeError, match="weight holds object values"):
        Linear(np.array([[None]]))


def test_a_layer_that_is_not_there_is_answered_with_those_there_are():
    network = Network({"conv1": Conv2d(np.ones((1, 1, 1, 1))), "relu1": Relu()})
    trace = network.forward(np.ones((1, 1, 2, 2)))
    gradients = network.backward(trace, np.ones((1, 1, 2, 2)))
    for named in (network.layers, trace, gradients):
        with pytest.raises(KeyError, match="there is no layer 'conv3'; there are conv1, relu1"):
            named["conv3"]
        assert "conv3" not in named and named.get("conv3") is None and list(named) == ["conv1", "relu1"]


def test_images_of_another_size_are_told_at_which_layer_they_stop_fitting():
    with pytest.raises(ValueError, match="does not fit") as caught:
        lenet5(0).forward(np.ones((2, 1, 20, 20)))
    assert str(caught.value) == (
        "x of shape (2, 1, 20, 20) does not fit the network: at layer 'linear1', x has shape (2, 144); "
        "(2, 400) is expected, as many columns as weight has"
    )
    assert "(2, 144)" in str(caught.value.__cause__)
    with pytest.raises(ValueError, match=r"^at layer 'conv1', x has 3 channels and weight takes 1"):
        lenet5(0).forward(np.ones((2, 3, 28, 28)))
    with pytest.raises(NotANumber, match=r"^x holds NaN"):
        lenet5(0).forward(np.full((1, 1, 28, 28), np.nan))


@pytest.mark.parametrize(
    ("seed", "error", "sentence"),
    [
        (-1, ValueError, "seed is -1; it must be 0 or more"),
        (None, TypeError, "seed is None; a whole number"),
        (0.5, TypeError, "seed is 0.5; a whole number"),
    ],
)
def test_a_seed_is_a_whole_number(seed, error, sentence):
    with pytest.raises(error, match=sentence):
        lenet5(seed=seed)
