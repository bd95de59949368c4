"""A layer and its bias's gradient on the stage: tied Σ dy, untied dy; by the engine and by moving it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import integers
from tests.scenes.cases import backward, convolutions
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv.engine import conv2d
from vizconv.scenes import layer_bias


@given(convolutions(), st.data())
def test_db_and_its_loss_are_the_engines(record, data):
    image = data.draw(st.integers(0, len(record.x) - 1))
    filter = data.draw(st.integers(0, len(record.weight) - 1))
    gradients = backward(record)
    scene = layer_bias(record, gradients.dy, image, filter)
    assert_sums(scene)
    assert_arranged(scene)
    dy, y = gradients.dy[image, filter], record.y[image, filter]
    np.testing.assert_allclose(scene.panel("db").values, dy.sum(), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(scene.panel("L").values, (dy * y).sum(), rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("untied", [False, True])
def test_a_step_of_one_in_the_bias_moves_the_loss_by_db(untied):
    x, weight, dy = integers(0, (1, 2, 4, 4), (2, 2, 2, 2), (1, 2, 3, 3))
    bias = integers(1, (2, 3, 3) if untied else (2,))[0]
    record = conv2d(x, weight, bias)
    scene = layer_bias(record, dy, filter=1)
    b, db = scene.panel("b").values, scene.panel("db").values
    for cell in range(b.size):
        moved = scene.edited("b", cell, b.flat[cell] + 1)
        assert moved.panel("L").values - scene.panel("L").values == db.flat[cell]
    assert_drawn(scene)


def test_a_layer_without_a_bias_is_refused():
    record = conv2d(*integers(0, (1, 1, 3, 3), (1, 1, 2, 2)))
    with pytest.raises(ValueError, match="no bias"):
        layer_bias(record, record.y)
