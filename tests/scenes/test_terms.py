"""One table, three readings: the terms against the engine, on random geometry."""

import itertools

import numpy as np
import pytest
from hypothesis import given

from tests.scenes.cases import assert_sum, backward, convolutions
from vizconv.engine import conv2d, conv2d_backward
from vizconv.engine.geometry import geometry, windows
from vizconv.scenes import Terms, bias_terms, conv2d_terms


def read(terms, role, like, **factors):
    """Read a table, and with it the sum of the products' sizes; both in the shape of `like`."""
    sums = terms.read(role, like.size, **factors)
    sizes = terms.read(role, like.size, **{name: np.abs(values) for name, values in factors.items()})
    return sums.reshape(like.shape), sizes.reshape(like.shape)


def add(parts):
    """Add up (sums, sizes) of several tables' readings."""
    sums, sizes = zip(*parts, strict=True)
    return sum(sums), sum(sizes)


@given(convolutions())
def test_read_by_out_it_is_the_forward_pass(record):
    terms, bias = conv2d_terms(record), bias_terms(record)
    for image, one in np.ndindex(record.y.shape[:2]):
        y = record.y[image, one]
        products = read(terms, "out", y, left=record.padded[image], right=record.weight[one])
        assert_sum(y, *add([products, read(bias, "out", y, left=record.bias[one])]))


@given(convolutions())
def test_read_by_left_it_is_the_gradient_of_the_input(record):
    terms, gradients = conv2d_terms(record), backward(record)
    for image, dpadded in enumerate(gradients.dpadded):
        parts = [
            read(terms, "left", dpadded, out=dy, right=weight)
            for dy, weight in zip(gradients.dy[image], record.weight, strict=True)
        ]
        assert_sum(dpadded, *add(parts))
        assert_sum(gradients.dx[image], *(part[:, *record.geometry.crop] for part in add(parts)))


@given(convolutions())
def test_read_by_right_it_is_the_gradient_of_the_weight(record):
    terms, gradients = conv2d_terms(record), backward(record)
    for one, dweight in enumerate(gradients.dweight):
        parts = [
            read(terms, "right", dweight, out=dy, left=padded)
            for dy, padded in zip(gradients.dy[:, one], record.padded, strict=True)
        ]
        assert_sum(dweight, *add(parts))


@given(convolutions())
def test_the_bias_is_a_term_too(record):
    terms, gradients = bias_terms(record), backward(record, "fast")
    for one, dbias in enumerate(gradients.dbias):
        assert_sum(dbias, *add([read(terms, "left", dbias, out=dy[one]) for dy in gradients.dy]))


def test_an_untied_bias_gives_every_cell_its_own():
    bias = np.arange(18).reshape(2, 3, 3)
    record = conv2d(np.zeros((1, 1, 4, 4), int), np.zeros((2, 1, 2, 2), int), bias)
    terms, dy = bias_terms(record), backward(record, "fast")
    for one in range(2):
        np.testing.assert_array_equal(terms.read("out", 9, left=bias[one]), record.y[0, one].ravel())
        np.testing.assert_array_equal(terms.read("left", 9, out=dy.dy[0, one]), dy.dbias[one].ravel())


def test_without_a_bias_there_are_no_terms_of_one():
    with pytest.raises(ValueError, match="no bias"):
        bias_terms(conv2d(np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1))))


# ---- The same table, made three ways -----------------------------------------------------------------


def rows(terms):
    """The rows of a table, in its order."""
    return list(zip(terms.out.tolist(), terms.left.tolist(), terms.right.tolist(), strict=True))


def scattered(record):
    """By dy cell: each stamps its product with every weight onto the padded input."""
    channels, height, width = record.padded.shape[1:]
    (down, right), (spread_down, spread_right) = record.geometry.stride, record.geometry.dilation
    columns, (kernel_height, kernel_width) = record.y.shape[3], record.geometry.kernel_size
    for i, j in np.ndindex(record.y.shape[2:]):
        for c, u, v in itertools.product(range(channels), range(kernel_height), range(kernel_width)):
            cell = (c * height + i * down + u * spread_down) * width + j * right + v * spread_right
            yield i * columns + j, cell, (c * kernel_height + u) * kernel_width + v


def gathered(record):
    """By dx cell: the rotated kernel over the spread dy, whose cells hold their number, counted from 1."""
    numbered = np.arange(1, record.y.size + 1).reshape(record.y.shape)
    spread = conv2d_backward(record, numbered, "gather").spread_dy[0, 0]
    height, width = record.geometry.kernel_size
    met = windows(spread, geometry(spread.shape, (height, width), dilation=record.geometry.dilation))
    channels, rows, columns = record.padded.shape[1:]
    for p, q, u, v in np.argwhere(met).tolist():
        for c in range(channels):
            cell = (c * rows + p) * columns + q
            yield int(met[p, q, u, v]) - 1, cell, (c * height + height - 1 - u) * width + width - 1 - v


@given(convolutions())
def test_scatter_and_gather_are_the_same_triples_in_two_orders(record):
    table = rows(conv2d_terms(record))
    assert len(set(table)) == len(table)
    assert table == list(scattered(record))
    assert sorted(gathered(record)) == sorted(table)


@given(convolutions(border="repeat"))
def test_the_terms_index_the_padded_input_whatever_its_border_holds(record):
    terms = conv2d_terms(record)
    products = record.padded[0].ravel()[terms.left] * record.weight[0].ravel()[terms.right]
    y = np.bincount(terms.out, products, record.y[0, 0].size) + record.bias[0]
    np.testing.assert_allclose(y.reshape(record.y.shape[2:]), record.y[0, 0], atol=1e-9)


def test_a_stage_of_28_by_28_is_small():
    terms = conv2d_terms(conv2d(np.zeros((1, 1, 28, 28)), np.zeros((1, 1, 5, 5))))
    assert len(terms) == 14_400 <= 50_000
    assert {getattr(terms, role).dtype for role in terms.roles} == {np.dtype(np.uint16)}


def test_the_second_layer_of_lenet_is_small():
    terms = conv2d_terms(conv2d(np.zeros((1, 6, 14, 14)), np.zeros((16, 6, 5, 5))))
    assert len(terms) == 15_000
    assert repr(terms) == "Terms(out 15000, left 15000, right 15000)"


# ---- The table itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "kind"),
    [(0, np.uint16), (2**16 - 1, np.uint16), (2**16, np.uint32), (2**20, np.uint32)],
)
def test_indices_are_as_small_as_they_can_be(last, kind):
    terms = Terms(np.array([0, last]), np.array([0, 1]), None)
    assert terms.out.dtype == kind and terms.left.dtype == np.uint16
    assert terms.out.tolist() == [0, last]


def test_a_large_image_needs_wide_indices():
    terms = conv2d_terms(conv2d(np.zeros((1, 1, 300, 300), np.float32), np.zeros((1, 1, 1, 1))))
    assert terms.left.dtype == np.uint32 and terms.right.dtype == np.uint16


def test_a_table_cannot_be_changed():
    given = np.array([0, 1])
    terms = Terms(given, given, given)
    given[0] = 7
    assert terms.out.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        terms.left[0] = 3


@pytest.mark.parametrize("wrong", [[-1], [0.5], [[0]], ["0"]])
def test_what_is_no_row_of_indices_is_refused(wrong):
    with pytest.raises(ValueError, match=r"^left holds .*; a row of indices is expected$"):
        Terms([0], wrong, [0])


def test_the_indices_are_as_many_of_each():
    with pytest.raises(ValueError, match=r"Terms\(out 2, left 1\) indices; as many of each"):
        Terms([0, 1], [0], None)


# ---- Repetition ------------------------------------------------------------------------------------------


def written_out(terms):
    """The same table with every row in it."""
    return Terms(
        **{role: terms.index(role) if role in terms.roles else None for role in ("out", "left", "right")}
    )


@given(convolutions())
def test_a_repeated_table_reads_as_the_one_written_out(record):
    """All filters and images at once, against the engine and against a table of every row."""
    images, filters = record.y.shape[:2]
    map_size, padded, weights = record.y[0, 0].size, record.padded[0].size, record.weight[0].size
    one = conv2d_terms(record)
    terms = one.repeated(filters, out=map_size, right=weights)
    terms = terms.repeated(images, out=filters * map_size, left=padded)
    every = written_out(terms)
    assert len(terms) == len(every) == len(one) * filters * images and len(terms.out) == len(one)
    y, sizes = read(terms, "out", record.y, left=record.padded, right=record.weight)
    bias = record.bias[:, None, None]
    assert_sum(record.y, y + bias, sizes + abs(bias))
    dy, dpadded = backward(record).dy, backward(record).dpadded
    assert_sum(dpadded, *read(terms, "left", dpadded, out=dy, right=record.weight))
    for role, size in (("out", record.y.size), ("left", record.padded.size), ("right", record.weight.size)):
        assert terms.largest(role) == every.index(role).max()
        for cell in {0, size // 2, size - 1}:
            np.testing.assert_array_equal(terms.rows_of(role, cell), every.rows_of(role, cell))


def test_what_a_gate_shuts_takes_no_part():
    terms = Terms([0, 0], [0, 1], [0, 1])
    values = {"left": [np.inf, 3], "right": [0, 1]}
    assert np.isnan(terms.read("out", 1, **values))
    assert terms.read("out", 1, switches=("right",), **values) == 3
