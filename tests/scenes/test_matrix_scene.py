"""A convolution as a sparse matrix on the stage: against the engine's matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, seeds, slidings
from tests.scenes.checks import (
    assert_arranged,
    assert_drawn,
    assert_edit,
    assert_kinds,
    assert_sums,
    changed,
    kinds_of_numbers,
    never_met,
)
from vizconv.engine import conv2d, convolution_matrix
from vizconv.scenes import FILLED, matrix


@fewer(2)
@given(slidings(), seeds, kinds_of_numbers, st.data())
def test_a_convolution_is_a_sparse_matrix_product(case, seed, draw, data):
    x, weight = draw(seed, (1, 2, *case.size), (2, 2, *case.kernel))
    record = conv2d(x, weight, **case.settings)
    scene = matrix(record, filter=1)
    assert_sums(scene)
    assert_arranged(scene)
    padded = "the padded x" if any(map(sum, case.sides)) else "x"
    assert any(f"one column for each cell of {padded}:" in note for note in scene.notes)
    if any("only its" in note for note in scene.notes):
        return
    m, y = scene.panel("M").values, scene.panel("y").values
    np.testing.assert_allclose(m @ scene.panel("x").values.ravel(), y.ravel(), rtol=1e-9, atol=1e-9)
    columns = np.arange(m.shape[1]).reshape(record.padded.shape[1:])[:, *record.geometry.crop].ravel()
    whole = convolution_matrix(weight[1:], case.size, case.stride, case.sides, case.dilation)
    np.testing.assert_array_equal(m[:, columns], whole)
    assert_kinds(scene.panel("M"), FILLED, never_met(scene, "copies", "out", "M"))

    def rebuild(name, index, value):
        arrays = {"x": x, "w": weight}
        arrays[name] = changed(arrays[name], (0 if name == "x" else 1, *index), value)
        return matrix(conv2d(arrays["x"], arrays["w"], **case.settings), filter=1)

    assert_edit(data.draw, scene, rebuild)


@pytest.mark.parametrize("size", [4, 7, 28])
def test_matrices_draw_and_large_ones_show_their_middle(size):
    record = conv2d(*integers(0, (1, 1, size, size), (1, 1, 3, 3), (1,)))
    scene = matrix(record)
    assert_drawn(scene)
    assert scene.panel("M").values.size <= 2_000
    assert any("only its rows" in note for note in scene.notes) == (size > 7)
    assert "The bias is left out." in scene.notes
