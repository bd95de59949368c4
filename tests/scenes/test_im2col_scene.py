"""The scene of im2col: its sums are the engine's numbers, on random geometry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import integers, normals, seeds, slidings
from vizconv.draw import png
from vizconv.engine import conv2d, conv2d_im2col
from vizconv.scenes import im2col


@given(slidings(largest_kernel=3), st.integers(1, 3), st.sampled_from([integers, normals]), seeds)
def test_sums_are_the_engines_numbers(case, filters, make, seed):
    x, weight = make(seed, (1, 1, *case.size), (filters, 1, *case.kernel))
    scene = im2col(conv2d(x, weight, **case.settings))
    y = conv2d_im2col(x, weight, **case.settings)[0]
    for name, values in scene.sums().items():
        np.testing.assert_allclose(values, scene.panel(name).values, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(scene.sums()["y"].reshape(y.shape), y, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(scene.panel("W").values @ scene.panel("X").values, scene.panel("Y").values)


def test_an_edit_of_x_changes_every_copy_and_every_sum():
    x, weight = np.arange(16).reshape(1, 1, 4, 4), np.arange(8).reshape(2, 1, 2, 2)
    edited = im2col(conv2d(x, weight)).edited("x", 5, 100)
    assert (edited.panel("X").values == 100).sum() == 4
    changed = x.copy()
    changed[0, 0, 1, 1] = 100
    np.testing.assert_array_equal(edited.panel("y").values, conv2d(changed, weight).y[0])


def test_its_picture_is_small():
    scene = im2col(conv2d(np.arange(36).reshape(1, 1, 6, 6), np.ones((3, 1, 3, 3), int), padding=1))
    assert len(png(scene)) <= 60_000


@pytest.mark.parametrize(
    ("size", "filters", "count"), [(60, 1, "30,276"), (200, 1, "352,836"), (20, 40, "2,916")]
)
def test_what_no_stage_can_show_is_refused_at_once(size, filters, count):
    record = conv2d(np.ones((1, 1, size, size)), np.ones((filters, 1, 3, 3)))
    with pytest.raises(
        ValueError, match=f"X would hold {count} numbers, .* a larger stride or fewer filters"
    ):
        im2col(record)
