"""Activations against PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import integers, normals, seeds
from vizconv.engine.operations import relu, relu_backward, sigmoid, sigmoid_backward, tanh, tanh_backward

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
kinds = st.sampled_from([np.float32, np.float64])


@given(shapes, seeds, kinds)
def test_relu_equals_pytorch(torch, shape, seed, kind):
    x = integers(seed, shape, low=-2, high=2)[0].astype(kind)  # often exactly 0
    (dy,) = normals(seed, shape, kind=kind)
    tensor = torch.tensor(x, requires_grad=True)
    y = torch.relu(tensor)
    y.backward(torch.tensor(dy))
    record = relu(x)
    dx = relu_backward(record, dy).dx
    assert record.y.dtype == dx.dtype == kind
    np.testing.assert_array_equal(record.y, y.detach().numpy())
    np.testing.assert_array_equal(record.gate, x > 0)
    np.testing.assert_array_equal(dx, tensor.grad.numpy())


@pytest.mark.parametrize(
    ("name", "forward", "backward"),
    [("sigmoid", sigmoid, sigmoid_backward), ("tanh", tanh, tanh_backward)],
)
@given(shapes, seeds, st.sampled_from([1, 30]), kinds)
def test_squeezing_equals_pytorch(torch, name, forward, backward, shape, seed, scale, kind):
    x, dy = normals(seed, shape, shape, kind=kind)
    x = x * kind(scale)
    tensor = torch.tensor(x, requires_grad=True)
    y = getattr(torch, name)(tensor)
    y.backward(torch.tensor(dy))
    record = forward(x)
    dx = backward(record, dy).dx
    tolerance = {"rtol": 0, "atol": 1e-10 if kind is np.float64 else 1e-6}
    assert record.y.dtype == dx.dtype == kind
    np.testing.assert_allclose(record.y, y.detach().numpy(), **tolerance)
    np.testing.assert_allclose(dx, tensor.grad.numpy(), **tolerance)


def test_sigmoid_of_huge_numbers():
    record = sigmoid([-1e4, -800.0, 0.0, 800.0])
    np.testing.assert_array_equal(record.y, [0, 0, 0.5, 1])
    np.testing.assert_array_equal(record.slope, [0, 0, 0.25, 0])
    assert 0 < sigmoid([-700.0]).y[0] < 1e-300


def test_relu_of_whole_numbers():
    record = relu([-2, 0, 3])
    assert record.y.dtype == np.int64
    np.testing.assert_array_equal(record.y, [0, 0, 3])
    np.testing.assert_array_equal(relu_backward(record, [5, 5, 5]).dx, [0, 0, 5])


def test_relu_says_what_does_not_fit():
    with pytest.raises(TypeError, match="x holds object values"):
        relu([None])
    with pytest.raises(ValueError, match=r"dy has shape \(2,\); \(3,\) is expected"):
        relu_backward(relu([1, 2, 3]), [1, 2])


def test_a_closed_gate_lets_no_infinity_through():
    dx = relu_backward(relu([-1.0, 0.0, 2.0, 3.0]), [np.inf, np.nan, np.inf, -5.0]).dx
    np.testing.assert_array_equal(dx, [0, 0, np.inf, -5])
