"""Convolution against a direct sum, SciPy and PyTorch, forward and backward, on random geometry."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

from tests.engine.cases import (
    assert_within,
    fewer,
    integers,
    normals,
    pairs,
    rounding,
    seeds,
    slidings,
)
from vizconv.engine import conv2d, conv2d_backward, convolve, cross_correlate, output_size, pad, rot180

X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
counts = st.integers(1, 3)


def test_the_worked_example():
    y = cross_correlate(X, K)
    np.testing.assert_array_equal(y, [[-37, -75, -112], [70, 34, 43], [-19, -15, 7]])
    assert y[0, 0] == 6 * 1 + 0 * (-2) - 7 * 5 - 1 * 8


def direct_sum(x, k, stride, sides, dilation):
    """Add up x[i·S + u·D - P, j·S + v·D - P] · k[u, v] cell by cell; outside of x there is 0."""
    (height, width), (rows, columns) = x.shape, k.shape
    (top, bottom), (left, right) = sides
    y = [
        [
            sum(
                int(x[i + u * dilation[0], j + v * dilation[1]]) * int(k[u, v])
                for u, v in itertools.product(range(rows), range(columns))
                if 0 <= i + u * dilation[0] < height and 0 <= j + v * dilation[1] < width
            )
            for j in range(-left, width + right - dilation[1] * (columns - 1), stride[1])
        ]
        for i in range(-top, height + bottom - dilation[0] * (rows - 1), stride[0])
    ]
    return np.array(y)


@given(slidings(), seeds)
def test_cross_correlation_equals_a_direct_sum(case, seed):
    x, k = integers(seed, case.size, case.kernel)
    expected = direct_sum(x, k, case.stride, case.sides, case.dilation)
    y = cross_correlate(x, k, **case.settings)
    assert y.dtype == np.int64
    np.testing.assert_array_equal(y, expected)


@given(slidings(padding=st.sampled_from(["valid", "full", 0, 2])), seeds)
def test_convolution_slides_the_turned_kernel(case, seed):
    x, k = integers(seed, case.size, case.kernel)
    expected = direct_sum(x, k[::-1, ::-1], case.stride, case.sides, case.dilation)
    np.testing.assert_array_equal(convolve(x, k, **case.settings), expected)


@given(pairs(1, 5), pairs(0, 5), st.sampled_from(["valid", "same", "full"]), seeds)
def test_scipy_agrees(kernel, more, padding, seed):
    size = tuple(k + extra for k, extra in zip(kernel, more, strict=True))
    x, k = integers(seed, size, kernel)
    np.testing.assert_array_equal(convolve(x, k, padding=padding), convolve2d(x, k, padding))
    if padding != "same":
        np.testing.assert_array_equal(cross_correlate(x, k, padding=padding), correlate2d(x, k, padding))


@given(pairs(2, 5), pairs(0, 5), st.sampled_from(["reflect", "repeat"]), seeds)
def test_borders_pad_first(kernel, more, border, seed):
    size = tuple(k + extra for k, extra in zip(kernel, more, strict=True))
    x, k = integers(seed, size, kernel)
    padding = tuple(min(2, length - 1) for length in size)
    expected = cross_correlate(pad(x, padding, border), k)
    np.testing.assert_array_equal(cross_correlate(x, k, padding=padding, border=border), expected)


def test_full_convolution_commutes_and_associates():
    a, b, c = integers(0, (3, 4), (2, 2), (2, 3))
    full = {"padding": "full"}
    np.testing.assert_array_equal(convolve(a, b, **full), convolve(b, a, **full))
    left, right = convolve(convolve(a, b, **full), c, **full), convolve(a, convolve(b, c, **full), **full)
    np.testing.assert_array_equal(left, right)
    np.testing.assert_array_equal(convolve(a, b), cross_correlate(a, rot180(b)))


# --- conv2d and its gradients against PyTorch -----------------------------------------------------


def shapes(case, images, channels, filters):
    """Shapes of x, weight, bias and dy."""
    rows = output_size(case.size, case.kernel, **case.settings)
    return (
        (images, channels, *case.size),
        (filters, channels, *case.kernel),
        (filters,),
        (images, filters, *rows),
    )


def by_torch(torch, case, x, weight, bias, dy):
    """PyTorch's y, dx, dweight and dbias."""
    (top, bottom), (left, right) = case.sides
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    padded = torch.nn.functional.pad(tensors[0], (left, right, top, bottom))
    y = torch.nn.functional.conv2d(padded, *tensors[1:], case.stride, 0, case.dilation)
    y.backward(torch.tensor(dy))
    return [y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]


def ours(case, x, weight, bias, dy, how="fast"):
    record = conv2d(x, weight, bias, **case.settings)
    gradients = conv2d_backward(record, dy, how)
    return [record.y, gradients.dx, gradients.dweight, gradients.dbias]


@given(slidings(), counts, counts, counts, seeds)
def test_conv2d_and_its_gradients_equal_pytorch(torch, case, images, channels, filters, seed):
    arrays = normals(seed, *shapes(case, images, channels, filters))
    expected = by_torch(torch, case, *arrays)
    for how in ("fast", "scatter", "gather"):
        for mine, theirs in zip(ours(case, *arrays, how), expected, strict=True):
            assert mine.dtype == np.float64
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-10)


@given(slidings(), counts, counts, counts, seeds)
def test_float32_equals_pytorch_within_rounding(torch, case, images, channels, filters, seed):
    arrays = normals(seed, *shapes(case, images, channels, filters), kind=np.float32)
    expected = by_torch(torch, case, *arrays)
    magnitudes = by_torch(torch, case, *(np.abs(array).astype(np.float64) for array in arrays))
    cells, positions = int(np.prod(case.kernel)), int(np.prod(arrays[3].shape[2:]))
    terms = [channels * cells + 1, filters * cells, images * positions, images * positions]
    for how in ("fast", "scatter", "gather"):
        results = zip(ours(case, *arrays, how), expected, terms, magnitudes, strict=True)
        for mine, theirs, count, magnitude in results:
            assert mine.dtype == np.float32
            assert_within(mine, theirs, rounding(count, magnitude))


@fewer(2)
@given(slidings(), counts, counts, counts, seeds)
def test_whole_numbers_stay_whole(case, images, channels, filters, seed):
    arrays = integers(seed, *shapes(case, images, channels, filters))
    expected = ours(case, *(array.astype(np.float64) for array in arrays))
    for how in ("fast", "scatter", "gather"):
        for mine, theirs in zip(ours(case, *arrays, how), expected, strict=True):
            assert mine.dtype == np.int64
            np.testing.assert_array_equal(mine, theirs)


@fewer(5)
@given(slidings(largest_kernel=3), st.sampled_from(["reflect", "repeat"]), seeds)
def test_borders_backward_equal_a_finite_difference(case, border, seed):
    """Convolution is linear in x, so that moving a whole number by one gives the slope exactly."""
    size = tuple(max(length, 1 + max(side)) for length, side in zip(case.size, case.sides, strict=True))
    x, weight = integers(seed, (1, 2, *size), (2, 2, *case.kernel))
    record = conv2d(x, weight, border=border, **case.settings)
    (dy,) = integers(seed, record.y.shape)
    assert np.array_equal(record.padded, pad(x, case.sides, border))
    for how in ("fast", "scatter", "gather"):
        gradients = conv2d_backward(record, dy, how)
        for index in itertools.islice(np.ndindex(x.shape), 0, None, 5):
            moved = x.copy()
            moved[index] += 1
            change = conv2d(moved, weight, border=border, **case.settings).y - record.y
            assert gradients.dx[index] == (dy * change).sum()


@fewer(5)
@given(slidings(), counts, counts, seeds)
def test_an_untied_bias_has_one_number_for_each_position(case, images, filters, seed):
    x_shape, weight_shape, _, dy_shape = shapes(case, images, 2, filters)
    x, weight, dy, bias = integers(seed, x_shape, weight_shape, dy_shape, dy_shape[1:])
    record = conv2d(x, weight, bias, **case.settings)
    np.testing.assert_array_equal(record.y, conv2d(x, weight, **case.settings).y + bias)
    gradients, tied = conv2d_backward(record, dy), conv2d_backward(conv2d(x, weight, **case.settings), dy)
    np.testing.assert_array_equal(gradients.dbias, dy.sum(axis=0))
    np.testing.assert_array_equal(gradients.dweight, tied.dweight)


def test_what_scatter_and_gather_record():
    x, weight, dy = integers(1, (2, 3, 6, 7), (4, 3, 2, 3), (2, 4, 3, 4))
    record = conv2d(x, weight, stride=2, padding=(0, 1))
    scatter, gather = (conv2d_backward(record, dy, how) for how in ("scatter", "gather"))
    np.testing.assert_array_equal(scatter.stamps[1, 2, 0, 1], dy[1, 2, 0, 1] * weight[2])
    np.testing.assert_array_equal(scatter.dpadded[..., 1:-1], scatter.dx)
    np.testing.assert_array_equal(gather.dpadded, scatter.dpadded)
    np.testing.assert_array_equal(gather.rotated[2, 3], rot180(weight[3, 2]))
    np.testing.assert_array_equal(gather.spread_dy[:, :, 1:6:2, 2:9:2], dy)
    assert gather.spread_dy.shape == (2, 4, 7, 11)


def test_without_the_input_gradient():
    record = conv2d(*integers(0, (1, 1, 4, 4), (1, 1, 2, 2)))
    gradients = conv2d_backward(record, record.y, input_gradient=False)
    assert gradients.dx is None and gradients.dbias is None
    np.testing.assert_array_equal(gradients.dweight, conv2d_backward(record, record.y).dweight)


def test_patches_are_views_of_what_was_padded():
    (x,) = normals(0, (2, 3, 5, 6))
    record = conv2d(x, np.ones((1, 3, 2, 3)), stride=2, padding=1)
    assert np.shares_memory(record.patches, record.padded)
    np.testing.assert_array_equal(record.patches[1, 2, 1, 1], record.padded[1, 2, 2:4, 2:5])
    np.testing.assert_array_equal(record.padded[..., 1:-1, 1:-1], x)


@pytest.mark.parametrize("kinds", [*itertools.product((np.int32, np.float32, np.float64), repeat=2)])
def test_types_meet_as_in_numpy(kinds):
    x, weight = (np.ones((1, 1, 3, 3), kind) for kind in kinds)
    record = conv2d(x, weight)
    wide = [np.dtype(np.int64) if np.dtype(kind).kind == "i" else np.dtype(kind) for kind in kinds]
    assert record.y.dtype == np.result_type(*wide)


@pytest.mark.parametrize(
    ("x", "weight", "bias", "settings", "error", "sentence"),
    [
        ((4, 4), (1, 1, 2, 2), None, {}, ValueError, r"x has shape \(4, 4\); 4 axes"),
        ((1, 1, 4, 4), (2, 2), None, {}, ValueError, r"weight has shape \(2, 2\); 4 axes"),
        ((1, 3, 4, 4), (5, 2, 2, 2), None, {}, ValueError, r"3 channels .* \(5, 3, 2, 2\) would fit"),
        ((1, 1, 4, 4), (2, 1, 2, 2), (3,), {}, ValueError, r"bias has shape \(3,\); \(2,\)"),
        ((1, 1, 4, 4), (2, 1, 2, 2), (2, 4, 4), {}, ValueError, r"bias has shape \(2, 4, 4\); \(2, 3, 3\)"),
        ((1, 1, 4, 4), (2, 1, 2, 2), (2, 1), {}, ValueError, r"bias has shape \(2, 1\); 1 or 3 axes"),
        ((0, 1, 4, 4), (2, 1, 2, 2), None, {}, ValueError, "no numbers; it needs at least one"),
        ((1, 1, 4, 4), (2, 1, 5, 2), None, {}, ValueError, "kernel height of 5 does not fit"),
        ((1, 1, 4, 4), (2, 1, 2, 2), None, {"stride": 0}, ValueError, "stride is 0"),
        ((1, 1, 4, 4), (2, 1, 2, 2), None, {"padding": -1}, ValueError, "padding is -1"),
    ],
)
def test_conv2d_says_what_does_not_fit(x, weight, bias, settings, error, sentence):
    bias = None if bias is None else np.ones(bias)
    with pytest.raises(error, match=sentence):
        conv2d(np.ones(x), np.ones(weight), bias, **settings)


def test_what_is_not_numbers_is_refused():
    weight = np.ones((1, 1, 1, 1))
    for wrong in (np.array([[[["a"]]]]), np.array([[[[None]]]]), np.ones((1, 1, 1, 1), complex)):
        with pytest.raises(TypeError, match=r"x holds .* real numbers"):
            conv2d(wrong, weight)
    with pytest.raises(ValueError, match="x has rows of different lengths"):
        cross_correlate([[1, 2], [3]], [[1]])
    with pytest.raises(ValueError, match="k has shape"):
        convolve([[1]], [1])


def test_backward_says_what_does_not_fit():
    record = conv2d(np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2)))
    with pytest.raises(ValueError, match=r"dy has shape \(1, 1, 4, 4\); \(1, 1, 3, 3\) is expected"):
        conv2d_backward(record, np.ones((1, 1, 4, 4)))
    with pytest.raises(ValueError, match="how is 'slow'; 'fast', 'scatter' or 'gather'"):
        conv2d_backward(record, record.y, "slow")
