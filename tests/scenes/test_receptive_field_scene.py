"""Two layers on the stage: one kernel makes the same numbers, and the field is found by moving pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import integers, pairs, seeds
from tests.scenes.checks import assert_arranged, assert_drawn, assert_edit, assert_sums, changed
from vizconv.engine import conv2d, relu
from vizconv.scenes import FILLED, receptive_field


@st.composite
def two_layers(draw):
    """Two conv2d records in a row, of any kernel to 3 and stride to 3, and perhaps a relu between them."""
    kernels, strides = [draw(pairs(1, 3)) for _ in range(2)], [draw(pairs(1, 3)) for _ in range(2)]
    least = np.add(kernels[0], np.multiply(strides[0], np.subtract(kernels[1], 1)))
    size = tuple(least + draw(pairs(0, 5)))
    x, *weights = integers(draw(seeds), (1, 1, *size), *((1, 1, *kernel) for kernel in kernels))
    first = conv2d(x, weights[0], stride=strides[0])
    gate = relu(first.y) if draw(st.booleans()) else None
    return first, conv2d(first.y if gate is None else gate.y, weights[1], stride=strides[1]), gate


@given(two_layers(), st.data())
def test_the_scene_holds_the_engines_numbers_and_one_kernel_for_both_layers(case, data):
    first, second, gate = case
    scene = receptive_field(*case)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_array_equal(scene.panel("y1").values, first.y[0, 0])
    np.testing.assert_array_equal(scene.panel("y2").values, second.y[0, 0])
    assert scene.panel("whole").shape == second.y[0, 0].shape
    if gate is None:
        np.testing.assert_array_equal(scene.panel("whole").values, second.y[0, 0])
    else:
        np.testing.assert_array_equal(scene.panel("a1").values, np.maximum(first.y[0, 0], 0))

    def rebuild(name, index, value):
        arrays = {"x": first.x, "w1": first.weight, "w2": second.weight}
        arrays[name] = changed(arrays[name], (0, 0, *index), value)
        y1 = conv2d(arrays["x"], arrays["w1"], stride=first.geometry.stride)
        between = None if gate is None else relu(y1.y)
        fed = y1.y if between is None else between.y
        return receptive_field(y1, conv2d(fed, arrays["w2"], stride=second.geometry.stride), between)

    assert_edit(data.draw, scene, rebuild)


@given(two_layers(), st.data())
def test_the_pixels_that_light_up_are_those_that_can_move_the_cell(case, data):
    """Of two layers of ones every pixel of the field moves the cell, and no other one does."""
    first, second, _ = case
    scene = receptive_field(*case)
    cell = data.draw(st.integers(0, second.y.size - 1))
    table = scene.terms["whole"]
    lit = np.zeros(first.x.size, bool)
    lit[table.left[table.out == cell]] = True

    def ones(x):
        y1 = conv2d(x, np.ones_like(first.weight), stride=first.geometry.stride).y
        return conv2d(y1, np.ones_like(second.weight), stride=second.geometry.stride).y.ravel()[cell]

    pixels = np.eye(first.x.size, dtype=int).reshape(-1, 1, 1, *first.x.shape[2:])
    moved = np.array([ones(pixel) for pixel in pixels]) != 0
    np.testing.assert_array_equal(moved, lit)
    filled = (scene.panel("w12").kinds & FILLED) > 0
    assert (scene.panel("w12").values[filled] == 0).all()


def test_padding_and_the_still():
    x, w = integers(0, (1, 1, 7, 7), (1, 1, 3, 3))
    first = conv2d(x, w)
    assert_drawn(receptive_field(first, conv2d(first.y, w)))
    with pytest.raises(ValueError, match="no single kernel"):
        receptive_field(first, conv2d(first.y, w, padding=1))
