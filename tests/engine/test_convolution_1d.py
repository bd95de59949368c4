"""Convolution in one dimension against PyTorch and against itself in two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import integers, normals, seeds, slidings
from vizconv.engine.geometry import output_size
from vizconv.engine.operations import conv1d, conv1d_backward

counts = st.integers(1, 3)


@given(slidings(), counts, counts, counts, seeds, st.sampled_from([np.float32, np.float64]))
def test_conv1d_equals_pytorch(torch, case, images, channels, filters, seed, kind):
    stride, sides, dilation = case.stride[1], case.sides[1], case.dilation[1]
    positions = output_size(case.size, case.kernel, **case.settings)[1]
    shapes = [(images, channels, case.size[1]), (filters, channels, case.kernel[1]), (filters,)]
    *arrays, dy = normals(seed, *shapes, (images, filters, positions), kind=kind)
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    padded = torch.nn.functional.pad(tensors[0], sides)
    y = torch.nn.functional.conv1d(padded, *tensors[1:], stride, 0, dilation)
    y.backward(torch.tensor(dy))
    record = conv1d(*arrays, stride, sides, dilation)
    np.testing.assert_array_equal(record.y, conv1d(*arrays, stride, case_padding(case), dilation).y)
    expected = [y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]
    tolerance = 1e-10 if kind is np.float64 else 1e-4
    for how in ("fast", "scatter", "gather"):
        gradients = conv1d_backward(record, dy, how)
        found = [record.y, gradients.dx, gradients.dweight, gradients.dbias]
        for mine, theirs in zip(found, expected, strict=True):
            assert mine.dtype == kind
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=tolerance)


def case_padding(case):
    """The padding as the caller of one dimension would give it: a word stays a word."""
    return case.padding if isinstance(case.padding, str) else case.sides[1]


def test_the_lesson_in_one_dimension():
    x, weight, dy = integers(4, (1, 1, 4), (1, 1, 2), (1, 1, 3))
    record = conv1d(x, weight, [0])
    np.testing.assert_array_equal(record.y[0, 0], np.correlate(x[0, 0], weight[0, 0]))
    gradients = conv1d_backward(record, dy, "gather")
    np.testing.assert_array_equal(gradients.dweight[0, 0], np.correlate(x[0, 0], dy[0, 0]))
    np.testing.assert_array_equal(gradients.dx[0, 0], np.convolve(dy[0, 0], weight[0, 0]))
    np.testing.assert_array_equal(gradients.spread_dy[0, 0], [0, *dy[0, 0], 0])
    np.testing.assert_array_equal(gradients.rotated[0, 0], weight[0, 0, ::-1])
    assert gradients.dbias == dy.sum()
    stamps = conv1d_backward(record, dy, "scatter").stamps
    np.testing.assert_array_equal(stamps[0, 0, 2, 0], dy[0, 0, 2] * weight[0, 0])


def test_an_untied_bias():
    x, weight, bias, dy = integers(5, (2, 1, 5), (3, 1, 2), (3, 4), (2, 3, 4))
    record = conv1d(x, weight, bias)
    np.testing.assert_array_equal(record.y, conv1d(x, weight).y + bias)
    np.testing.assert_array_equal(record.bias, bias)
    np.testing.assert_array_equal(conv1d_backward(record, dy).dbias, dy.sum(axis=0))


@pytest.mark.parametrize(
    ("x", "weight", "bias", "settings", "sentence"),
    [
        ((4,), (1, 1, 2), None, {}, r"x has shape \(4,\); 3 axes"),
        ((1, 2, 4), (3, 1, 2), None, {}, r"2 channels .* \(3, 2, 2\) would fit"),
        ((1, 1, 4), (2, 1, 2), (3,), {}, r"bias has shape \(3,\); \(2,\) .* or \(2, 3\), one an output"),
        ((1, 1, 4), (2, 1, 2), (2, 4), {}, r"bias has shape \(2, 4\); \(2, 3\) is expected"),
        ((1, 1, 4), (2, 1, 5), None, {}, "kernel width of 5 does not fit"),
        ((1, 1, 4), (2, 1, 2), None, {"stride": 0}, "stride is 0"),
        ((1, 1, 4), (2, 1, 2), None, {"padding": (1, 2, 3)}, "padding has 3 parts"),
        ((1, 1, 4), (2, 1, 2), None, {"padding": -1}, "padding is -1"),
    ],
)
def test_conv1d_says_what_does_not_fit(x, weight, bias, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        conv1d(np.ones(x), np.ones(weight), None if bias is None else np.ones(bias), **settings)
