"""Transposed convolution against PyTorch, and as the dx of a convolution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import assert_within, fewer, integers, normals, pairs, rounding, seeds
from vizconv.engine.operations import (
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
)

counts = st.integers(1, 3)
NAMES = ("stride", "padding", "output_padding", "dilation")


@st.composite
def stampings(draw):
    """The size of an input, a kernel, and settings that leave at least one output."""
    size, kernel, stride, dilation = (draw(pairs(1, high)) for high in (4, 4, 3, 3))
    more = tuple(draw(st.integers(0, s - 1)) for s in stride)
    sides = zip(size, kernel, stride, dilation, more, strict=True)
    full = [(n - 1) * s + d * (k - 1) + 1 + extra for n, k, s, d, extra in sides]
    padding = tuple(draw(st.integers(0, min(3, (length - 1) // 2))) for length in full)
    return size, kernel, dict(zip(NAMES, (stride, padding, more, dilation), strict=True))


def by_torch(torch, settings, x, weight, bias, seed):
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    y = torch.nn.functional.conv_transpose2d(*tensors, groups=1, **settings)
    (dy,) = normals(seed, tuple(y.shape), kind=x.dtype.type)
    y.backward(torch.tensor(dy))
    return dy, [y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]


def ours(settings, x, weight, bias, dy):
    record = conv_transpose2d(x, weight, bias, **settings)
    gradients = conv_transpose2d_backward(record, dy)
    return [record.y, gradients.dx, gradients.dweight, gradients.dbias]


def drawn(case, images, channels, filters, seed, kind):
    size, kernel, _ = case
    return normals(seed, (images, channels, *size), (channels, filters, *kernel), (filters,), kind=kind)


@given(stampings(), counts, counts, counts, seeds)
def test_transposed_convolution_equals_pytorch(torch, case, images, channels, filters, seed):
    arrays = drawn(case, images, channels, filters, seed, np.float64)
    dy, expected = by_torch(torch, case[2], *arrays, seed)
    for mine, theirs in zip(ours(case[2], *arrays, dy), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-10)


@fewer(2)
@given(stampings(), seeds)
def test_float32_equals_pytorch_within_rounding(torch, case, seed):
    arrays = drawn(case, 2, 2, 2, seed, np.float32)
    dy, expected = by_torch(torch, case[2], *arrays, seed)
    magnitudes = ours(case[2], *(np.abs(array).astype(np.float64) for array in (*arrays, dy)))
    cells = int(np.prod(case[1]))
    terms = [2 * cells + 1, 2 * cells, 2 * int(np.prod(case[0])), 2 * int(np.prod(dy.shape[2:]))]
    found = zip(ours(case[2], *arrays, dy), expected, terms, magnitudes, strict=True)
    for mine, theirs, count, magnitude in found:
        assert mine.dtype == np.float32
        assert_within(mine, theirs, rounding(count, magnitude))


@fewer(5)
@given(pairs(1, 4), pairs(0, 4), pairs(1, 3), pairs(0, 2), seeds)
def test_it_is_the_dx_of_a_convolution(kernel, more, stride, padding, seed):
    size = tuple(k + extra for k, extra in zip(kernel, more, strict=True))
    x, weight = integers(seed, (2, 3, *size), (2, 3, *kernel))
    record = conv2d(x, weight, stride=stride, padding=padding)
    (dy,) = integers(seed, record.y.shape)
    leftover = record.geometry.leftover
    y = conv_transpose2d(dy, weight, None, stride, padding, leftover).y
    np.testing.assert_array_equal(y, conv2d_backward(record, dy).dx)


def test_what_it_records():
    x, weight = integers(0, (1, 1, 2, 2), (1, 1, 2, 2))
    record = conv_transpose2d(x, weight, [5], stride=2, padding=1, output_padding=1)
    np.testing.assert_array_equal(record.spread_x[0, 0, 1:4:2, 1:4:2], x[0, 0])
    np.testing.assert_array_equal(record.rotated[0, 0], weight[0, 0, ::-1, ::-1])
    np.testing.assert_array_equal(record.full[..., 1:-1, 1:-1] + 5, record.y)
    np.testing.assert_array_equal(record.full[0, 0, :4, :4], np.kron(x[0, 0], weight[0, 0]))


@pytest.mark.parametrize(
    ("x", "weight", "bias", "settings", "sentence"),
    [
        ((4, 4), (1, 1, 2, 2), None, {}, "4 axes"),
        ((1, 3, 4, 4), (2, 5, 2, 2), None, {}, r"x has shape \(1, 3, 4, 4\); \(1, 2, 4, 4\) is expected"),
        ((1, 1, 4, 4), (1, 2, 2, 2), (1,), {}, r"bias has shape \(1,\); \(2,\)"),
        ((1, 1, 4, 4), (1, 2, 2, 2), None, {"output_padding": 1}, "output_padding is 1 for a stride of 1"),
        ((1, 1, 2, 2), (1, 2, 2, 2), None, {"padding": 2}, "whole height of 3; at most 1 fits"),
        ((1, 1, 2, 2), (1, 2, 2, 2), None, {"dilation": 0}, "dilation is 0"),
    ],
)
def test_it_says_what_does_not_fit(x, weight, bias, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        conv_transpose2d(np.ones(x), np.ones(weight), None if bias is None else np.ones(bias), **settings)


@given(stampings(), counts, counts, seeds)
def test_an_infinite_weight_reaches_only_what_it_stamps(case, channels, filters, seed):
    size, kernel, settings = case
    x, weight = normals(seed, (1, channels, *size), (channels, filters, *kernel))
    weight.flat[seed % weight.size] = np.inf
    y = conv_transpose2d(x, weight, **settings).y
    without = conv_transpose2d(x, np.where(np.isinf(weight), 0, weight), **settings).y
    stamps = conv_transpose2d(np.ones_like(x), np.isinf(weight).astype(int), **settings).y
    assert not np.isfinite(y[stamps > 0]).any()
    np.testing.assert_allclose(y[stamps == 0], without[stamps == 0], atol=1e-10)
