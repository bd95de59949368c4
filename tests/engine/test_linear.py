"""The fully connected layer against PyTorch, and rows of numbers out of images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import assert_within, integers, normals, rounding, seeds
from vizconv.engine import flatten, flatten_backward, linear, linear_backward

counts = st.integers(1, 6)


def by_torch(torch, x, weight, bias, dy):
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    y = torch.nn.functional.linear(*tensors)
    y.backward(torch.tensor(dy))
    return [y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]


def ours(x, weight, bias, dy):
    record = linear(x, weight, bias)
    gradients = linear_backward(record, dy)
    return [record.y, gradients.dx, gradients.dweight, gradients.dbias]


@given(counts, counts, counts, seeds)
def test_linear_equals_pytorch(torch, images, inputs, outputs, seed):
    arrays = normals(seed, (images, inputs), (outputs, inputs), (outputs,), (images, outputs))
    for mine, theirs in zip(ours(*arrays), by_torch(torch, *arrays), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-10)
    single = [array.astype(np.float32) for array in arrays]
    magnitudes = by_torch(torch, *(np.abs(array).astype(np.float64) for array in single))
    terms = [inputs + 1, outputs, images, images]
    results = zip(ours(*single), by_torch(torch, *single), terms, magnitudes, strict=True)
    for mine, theirs, count, magnitude in results:
        assert mine.dtype == np.float32
        assert_within(mine, theirs, rounding(count, magnitude))


def test_linear_of_whole_numbers():
    arrays = integers(3, (2, 3), (4, 3), (4,), (2, 4))
    x, weight, bias, dy = arrays
    expected = [x @ weight.T + bias, dy @ weight, dy.T @ x, dy.sum(axis=0)]
    for mine, theirs in zip(ours(*arrays), expected, strict=True):
        assert mine.dtype == np.int64
        np.testing.assert_array_equal(mine, theirs)


def test_linear_without_bias_and_without_dx():
    record = linear([[1, 2]], [[3, 4]])
    gradients = linear_backward(record, [[1]], input_gradient=False)
    assert record.y == 11 and record.bias is None
    assert gradients.dx is None and gradients.dbias is None
    np.testing.assert_array_equal(gradients.dweight, [[1, 2]])


@given(st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple), seeds)
def test_flatten_writes_each_image_as_a_row(shape, seed):
    (x,) = normals(seed, shape)
    record = flatten(x)
    np.testing.assert_array_equal(record.y, x.reshape(len(x), -1))
    np.testing.assert_array_equal(flatten_backward(record, record.y).dx, x)


@pytest.mark.parametrize(
    ("x", "weight", "bias", "sentence"),
    [
        ((3,), (4, 3), None, r"x has shape \(3,\); 2 axes"),
        ((2, 3), (4, 2), None, r"x has shape \(2, 3\); \(2, 2\) is expected"),
        ((2, 3), (4, 3), (3,), r"bias has shape \(3,\); \(4,\) is expected"),
        ((0, 3), (4, 3), None, "no numbers"),
    ],
)
def test_linear_says_what_does_not_fit(x, weight, bias, sentence):
    with pytest.raises(ValueError, match=sentence):
        linear(np.ones(x), np.ones(weight), None if bias is None else np.ones(bias))


def test_backward_says_what_does_not_fit():
    with pytest.raises(ValueError, match="dy has shape"):
        linear_backward(linear([[1, 2]], [[3, 4]]), [[1, 2]])
    with pytest.raises(ValueError, match="x has shape"):
        flatten(np.arange(3))
