"""The tables of all other operations: their three readings against the records, on random geometry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, normals, pairs, poolings, seeds, slidings
from tests.scenes.cases import assert_sum
from vizconv.engine.operations import (
    avg_pool2d,
    avg_pool2d_backward,
    conv1d,
    conv1d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    linear,
    linear_backward,
    max_pool2d,
    max_pool2d_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    tanh,
    tanh_backward,
)
from vizconv.scenes.terms import (
    avg_pool2d_terms,
    bias_terms,
    conv1d_terms,
    conv_transpose2d_terms,
    jacobian_terms,
    linear_terms,
    max_pool2d_terms,
    product_terms,
    relu_terms,
    sigmoid_terms,
    softmax_terms,
)

counts, kinds = st.integers(1, 3), st.sampled_from([integers, normals])


def assert_read(actual, role, *parts):
    """The sum over (terms, factors) of several images or filters equals the record's array."""
    sums = sum(terms.read(role, actual.size, **factors) for terms, factors in parts)
    sizes = sum(
        terms.read(role, actual.size, **{name: np.abs(values) for name, values in factors.items()})
        for terms, factors in parts
    )
    assert_sum(actual, sums.reshape(actual.shape), sizes.reshape(actual.shape))


@fewer(2)
@given(slidings(), pairs(1, 2), counts, seeds, kinds, st.booleans())
def test_one_dimension(case, few, channels, seed, draw, untied):
    images, filters = few
    x, weight = draw(seed, (images, channels, case.size[1]), (filters, channels, case.kernel[1]))
    row = case.stride[1], case.sides[1], case.dilation[1]
    positions = conv1d(x, weight, None, *row).y.shape[2:]
    (bias,) = draw(seed + 1, (filters, *positions) if untied else (filters,))
    record = conv1d(x, weight, bias, *row)
    (dy,) = draw(seed + 2, record.y.shape)
    found = conv1d_backward(record, dy, "gather")
    terms, ones = conv1d_terms(record), bias_terms(record)
    for n, f in np.ndindex(images, filters):
        products = terms, {"left": record.padded[n], "right": weight[f]}
        assert_read(record.y[n, f], "out", products, (ones, {"left": bias[f]}))
    for n in range(images):
        assert_read(
            found.dpadded[n],
            "left",
            *((terms, {"out": dy[n, f], "right": weight[f]}) for f in range(filters)),
        )
    for f in range(filters):
        parts = [(terms, {"out": dy[n, f], "left": record.padded[n]}) for n in range(images)]
        assert_read(found.dweight[f], "right", *parts)
        assert_read(found.dbias[f], "left", *((ones, {"out": dy[n, f]}) for n in range(images)))


@fewer(2)
@given(pairs(1, 4), pairs(1, 4), pairs(1, 3), pairs(1, 3), pairs(1, 2), counts, seeds, kinds)
def test_transposed_convolution(size, kernel, stride, dilation, few, channels, seed, draw):
    images, filters = few
    more = tuple(step - 1 for step in stride)
    shapes = (images, channels, *size), (channels, filters, *kernel), (filters,)
    x, weight, bias = draw(seed, *shapes)
    record = conv_transpose2d(x, weight, bias, stride, 0, more, dilation)
    (dy,) = draw(seed + 1, record.y.shape)
    found = conv_transpose2d_backward(record, dy)
    terms, ones = conv_transpose2d_terms(record), bias_terms(record)
    for n, f in np.ndindex(images, filters):
        products = terms, {"left": x[n], "right": weight[:, f]}
        assert_read(record.full[n, f], "out", products)
        assert_read(record.y[n, f], "out", products, (ones, {"left": bias[f]}))
    for n in range(images):
        parts = [(terms, {"out": dy[n, f], "right": weight[:, f]}) for f in range(filters)]
        assert_read(found.dx[n], "left", *parts)
    for f in range(filters):
        parts = [(terms, {"out": dy[n, f], "left": x[n]}) for n in range(images)]
        assert_read(found.dweight[:, f], "right", *parts)
        assert_read(found.dbias[f], "left", *((ones, {"out": dy[n, f]}) for n in range(images)))


def test_the_crop_of_a_transposed_convolution():
    x, weight = integers(0, (1, 2, 3, 3), (2, 1, 3, 3))
    record = conv_transpose2d(x, weight, None, 2, 1)
    full = conv_transpose2d_terms(record).read("out", record.full.size, left=x[0], right=weight[:, 0])
    np.testing.assert_array_equal(full.reshape(7, 7)[1:-1, 1:-1], record.y[0, 0])


@given(pairs(1, 6), st.integers(1, 6), seeds, kinds)
def test_linear(sizes, outputs, seed, draw):
    images, inputs = sizes
    x, weight, bias, dy = draw(seed, (images, inputs), (outputs, inputs), (outputs,), (images, outputs))
    record = linear(x, weight, bias)
    found = linear_backward(record, dy)
    terms, ones = linear_terms(record), bias_terms(record)
    for n in range(images):
        products = terms, {"left": x[n], "right": weight}
        assert_read(record.y[n], "out", products, (ones, {"left": bias}))
        assert_read(found.dx[n], "left", (terms, {"out": dy[n], "right": weight}))
    parts = [(terms, {"out": dy[n], "left": x[n]}) for n in range(images)]
    assert_read(found.dweight, "right", *parts)
    assert_read(found.dbias, "left", *((ones, {"out": dy[n]}) for n in range(images)))


@given(poolings(), seeds, kinds, st.booleans())
def test_max_pooling(case, seed, draw, tied):
    size, settings = case
    (x,) = integers(seed, (2, 2, *size), low=0, high=2) if tied else draw(seed, (2, 2, *size))
    record = max_pool2d(x, **settings)
    (dy,) = draw(seed + 1, record.y.shape)
    dx, terms = max_pool2d_backward(record, dy).dx, max_pool2d_terms(record)
    assert len(terms) <= record.mask[0, 0].size
    for n, c in np.ndindex(2, 2):
        padded, mask = record.padded[n, c], record.mask[n, c]
        assert_read(record.y[n, c], "out", (terms, {"left": padded, "right": mask}))
        dpadded = terms.read("left", padded.size, out=dy[n, c], right=mask).reshape(padded.shape)
        np.testing.assert_allclose(dpadded[record.geometry.crop], dx[n, c], rtol=1e-12)


@given(poolings(), seeds, kinds)
def test_average_pooling(case, seed, draw):
    size, settings = case
    (x,) = draw(seed, (2, 2, *size))
    record = avg_pool2d(x, **settings)
    (dy,) = draw(seed + 1, record.y.shape)
    dx, terms = avg_pool2d_backward(record, dy).dx, avg_pool2d_terms(record)
    assert record.kernel.sum() == pytest.approx(1)
    for n, c in np.ndindex(2, 2):
        padded = record.padded[n, c]
        assert_read(record.y[n, c], "out", (terms, {"left": padded, "right": record.kernel}))
        dpadded = terms.read("left", padded.size, out=dy[n, c], right=record.kernel).reshape(padded.shape)
        np.testing.assert_allclose(dpadded[record.geometry.crop], dx[n, c], rtol=1e-12, atol=1e-12)


@given(st.lists(st.integers(1, 3), max_size=4).map(tuple), seeds, kinds)
def test_the_gate_of_relu(shape, seed, draw):
    x, dy = (np.asarray(array) for array in draw(seed, (*shape, 2), (*shape, 2)))
    record, terms = relu(x), relu_terms(relu(x))
    assert_read(record.y, "out", (terms, {"left": x, "right": record.gate}))
    assert_read(relu_backward(record, dy).dx, "left", (terms, {"out": dy, "right": record.gate}))


@pytest.mark.parametrize(("forward", "back"), [(sigmoid, sigmoid_backward), (tanh, tanh_backward)])
@given(counts, seeds)
def test_the_way_back_through_an_activation(forward, back, size, seed):
    x, dy = normals(seed, (2, size), (2, size))
    record = forward(x)
    factors = {"left": dy, "right": record.slope}
    assert_read(back(record, dy).dx, "out", (sigmoid_terms(record), factors))


@given(st.integers(1, 8), seeds, kinds)
def test_an_elementwise_product_read_three_ways(size, seed, draw):
    x, weight, dy = draw(seed, size, size, size)
    terms = product_terms(size)
    assert_read(x * weight, "out", (terms, {"left": x, "right": weight}))
    assert_read(dy * weight, "left", (terms, {"out": dy, "right": weight}))
    assert_read(dy * x, "right", (terms, {"out": dy, "left": x}))


@given(pairs(1, 5), seeds, kinds)
def test_a_jacobian_and_a_vector(shape, seed, draw):
    jacobian, vector, dy = draw(seed, shape, shape[1], shape[0])
    terms = jacobian_terms(shape)
    assert_read(jacobian @ vector, "out", (terms, {"left": vector, "right": jacobian}))
    assert_read(jacobian.T @ dy, "left", (terms, {"out": dy, "right": jacobian}))
    assert_read(np.outer(dy, vector), "right", (terms, {"out": dy, "left": vector}))


@given(pairs(1, 5), seeds)
def test_the_way_back_through_softmax(shape, seed):
    x, dy = normals(seed, shape, shape)
    record = softmax(x)
    dx = softmax_backward(record, dy).dx
    for n in range(len(x)):
        assert_read(dx[n], "left", (softmax_terms(record), {"out": dy[n], "right": record.jacobian[n]}))


def test_without_a_bias_there_are_no_terms_of_one():
    with pytest.raises(ValueError, match="no bias and so no terms of one"):
        bias_terms(linear([[1, 2]], [[3, 4]]))


def test_the_largest_table_of_lenet_is_small():
    record = linear(np.zeros((1, 400)), np.zeros((120, 400)))
    assert len(linear_terms(record)) == 48_000
