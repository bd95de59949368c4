"""The way from loops to a matrix product: the same numbers at every stop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, normals, pairs, seeds, slidings
from vizconv.engine import (
    conv2d,
    conv2d_im2col,
    conv2d_loops,
    conv2d_matmul,
    conv2d_patches,
    convolution_matrix,
)

CHAIN = [conv2d_loops, conv2d_patches, conv2d_im2col, conv2d_matmul]
counts = st.integers(1, 2)


@pytest.mark.parametrize("link", CHAIN)
@fewer(5)
@given(slidings(largest_kernel=3), counts, counts, counts, seeds)
def test_each_link_equals_conv2d(link, case, images, channels, filters, seed):
    x, weight, bias = integers(
        seed, (images, channels, *case.size), (filters, channels, *case.kernel), filters
    )
    record = conv2d(x, weight, bias, **case.settings)
    y = link(x, weight, bias, **case.settings)
    assert y.dtype == np.int64
    np.testing.assert_array_equal(y, record.y)
    np.testing.assert_array_equal(link(x, weight, **case.settings), conv2d(x, weight, **case.settings).y)


@pytest.mark.parametrize("link", CHAIN)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_each_link_keeps_the_type(link, kind):
    x, weight, bias = normals(0, (2, 2, 5, 4), (3, 2, 2, 3), (3,), kind=kind)
    y = link(x, weight, bias, 2, "same")
    assert y.dtype == kind
    np.testing.assert_allclose(y, conv2d(x, weight, bias, 2, "same").y, rtol=1e-4, atol=1e-5)


@fewer(5)
@given(slidings(largest_kernel=3), counts, counts, seeds)
def test_a_convolution_as_one_matrix(case, channels, filters, seed):
    x, weight = integers(seed, (2, channels, *case.size), (filters, channels, *case.kernel))
    record = conv2d(x, weight, **case.settings)
    matrix = convolution_matrix(weight, case.size, **case.settings)
    assert matrix.shape == (record.y[0].size, x[0].size)
    np.testing.assert_array_equal(x.reshape(2, -1) @ matrix.T, record.y.reshape(2, -1))


@fewer(5)
@given(pairs(1, 3))
def test_the_matrix_is_sparse_and_shares_its_weights(kernel):
    weight = np.arange(1, 1 + np.prod(kernel)).reshape(1, 1, *kernel)
    matrix = convolution_matrix(weight, (5, 6))
    for row in matrix:
        np.testing.assert_array_equal(row[row != 0], weight.ravel())


@pytest.mark.parametrize("link", CHAIN)
def test_a_kernel_that_does_not_fit_is_refused(link):
    with pytest.raises(ValueError, match="kernel height of 5 does not fit"):
        link(np.ones((1, 1, 4, 4)), np.ones((1, 1, 5, 2)))
