"""Pooling on the stage: masks, ties, overlap, padding and leftovers, against the engine and PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, poolings, seeds
from tests.scenes.checks import (
    assert_arranged,
    assert_drawn,
    assert_edit,
    assert_kinds,
    assert_sums,
    changed,
    kinds_of_numbers,
)
from vizconv.engine import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from vizconv.engine.arrays import NotANumber
from vizconv.scenes import CROPPED, NEVER_READ, PADDING, average_pooling, max_pooling
from vizconv.scenes.parts import LOSS_NOTE
from vizconv.scenes.pools.pooling import EVERY, LOST_IN_PADDING

KINDS = {
    "max": (max_pool2d, max_pool2d_backward, max_pooling),
    "average": (avg_pool2d, avg_pool2d_backward, average_pooling),
}


def inside(panel, size):
    """Which cells of a padded panel belong to the input itself."""
    down, right = (np.indices(panel.shape).T + panel.origin).T
    return (down >= 0) & (down < size[0]) & (right >= 0) & (right < size[1])


@fewer(2)
@pytest.mark.parametrize("kind", KINDS)
@given(case=poolings(), seed=seeds, draw=kinds_of_numbers, data=st.data())
def test_forward_and_backward_are_the_engines(torch, kind, case, seed, draw, data):
    (size, settings), (pool, backward, scene_of) = case, KINDS[kind]
    record = pool(draw(seed, (2, 2, *size))[0], **settings)
    gradients = backward(record, draw(seed + 1, record.y.shape)[0])
    scene = scene_of(record, gradients.dy, 1, 1)
    assert_sums(scene)
    assert_arranged(scene)
    dx, within = scene.panel("dx"), inside(scene.panel("dx"), size)
    np.testing.assert_allclose(scene.panel("y").values, record.y[1, 1], rtol=1e-12)
    np.testing.assert_allclose(dx.values[within].reshape(size), gradients.dx[1, 1], rtol=1e-12, atol=1e-12)
    assert_kinds(dx, CROPPED, ~within)
    assert_kinds(scene.panel("x"), PADDING, ~within)

    tensor = torch.tensor(record.x.astype(np.float64), requires_grad=True)
    function = {"max": torch.nn.functional.max_pool2d, "average": torch.nn.functional.avg_pool2d}[kind]
    function(tensor, **settings).backward(torch.tensor(gradients.dy.astype(np.float64)))
    np.testing.assert_allclose(dx.values[within].reshape(size), tensor.grad[1, 1].numpy(), atol=1e-12)

    def rebuild(name, index, value):
        arrays = {"x": record.x, "dy": gradients.dy}
        arrays[name] = changed(arrays[name], (1, 1, *index), value)
        again = pool(arrays["x"], **settings)
        return scene_of(again, arrays["dy"], 1, 1)

    assert_edit(data.draw, scene, rebuild)


@given(poolings(), seeds)
def test_the_masks_lie_beside_each_other(case, seed):
    size, settings = case
    record = max_pool2d(integers(seed, (1, 1, *size), low=0, high=3)[0], **settings)
    scene = max_pooling(record, np.ones_like(record.y))
    mask, (height, width) = scene.panel("mask").values, settings["kernel_size"]
    for i, j in np.ndindex(record.y.shape[2:]):
        window = mask[i * height : (i + 1) * height, j * width : (j + 1) * width]
        np.testing.assert_array_equal(window, record.mask[0, 0, i, j])
    tied = sum((window == window.max()).sum() > 1 for window in windows(record))
    ties = [note for note in scene.notes if "more than once" in note]
    assert len(ties) == bool(tied)
    if tied:
        assert ("In one window" if tied == 1 else f"In {tied} windows") in ties[0]


def windows(record):
    """The numbers that each window sees, padding left out."""
    (top, _), (left, _) = record.geometry.padding
    (down, right), (height, width) = record.geometry.stride, record.geometry.kernel_size
    for i, j in np.ndindex(record.y.shape[2:]):
        rows, columns = i * down - top, j * right - left
        yield record.x[0, 0, max(0, rows) : rows + height, max(0, columns) : columns + width].ravel()


@given(poolings(), seeds)
def test_what_no_window_reads_is_marked(case, seed):
    size, settings = case
    record = avg_pool2d(integers(seed, (1, 1, *size))[0], **settings)
    x = average_pooling(record, record.y).panel("x")
    read = np.zeros(x.shape, bool)
    (down, right), (height, width) = settings["stride"], settings["kernel_size"]
    for i, j in np.ndindex(record.y.shape[2:]):
        read[i * down : i * down + height, j * right : j * right + width] = True
    assert_kinds(x, NEVER_READ, ~read)


def test_the_first_of_equals_takes_it_all():
    record = max_pool2d([[[[5, 5, 1], [5, 2, 5], [0, 0, 9]]]], 2, stride=1)
    scene = max_pooling(record, [[[[1, 10], [100, 1000]]]])
    assert scene.panel("mask").values.tolist() == [[1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
    assert scene.panel("dx").values.tolist() == [[1, 10, 0], [100, 0, 0], [0, 0, 1000]]
    assert "In 2 windows the maximum stands more than once" in " ".join(scene.notes)
    edited = scene.edited("x", 1, 6)
    assert edited.panel("mask").values.tolist() == [[0, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
    assert edited.panel("dx").values.tolist() == [[0, 11, 0], [100, 0, 0], [0, 0, 1000]]
    with pytest.raises(NotANumber, match="x holds NaN, which is neither larger nor smaller"):
        scene.edited("x", 1, np.nan)


def test_padding_of_a_maximum_is_minus_infinity_and_in_no_sum():
    record = max_pool2d([[[[-3, -1], [-2, -5]]]], 2, stride=2, padding=1)
    scene = max_pooling(record, np.ones((1, 1, 2, 2), int))
    assert scene.panel("x").values[0, 0] == -np.inf
    assert scene.panel("y").values.tolist() == scene.sums()["y"].tolist() == [[-3, -1], [-2, -5]]
    assert_drawn(scene)


def test_every_cell_of_a_mean_has_the_same_share():
    record = avg_pool2d(np.arange(16).reshape(1, 1, 4, 4), 2)
    scene = average_pooling(record, [[[[4, 8], [12, 16]]]])
    assert scene.panel("kernel").values.tolist() == [[0.25, 0.25]] * 2
    assert scene.panel("kernel").label == "1/4"
    assert scene.panel("dx").values[0].tolist() == [1, 1, 2, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_too_large_shows_its_middle(kind):
    pool, _, scene_of = KINDS[kind]
    record = pool(integers(0, (1, 3, 200, 301))[0], 3, 2, 1)
    scene = scene_of(record, record.y, channel=2)
    assert_sums(scene)
    assert_arranged(scene)
    assert_drawn(scene)
    y = scene.panel("y")
    assert y.values[0, 0] == record.y[0, 2, y.origin[0], y.origin[1]]
    assert scene.notes[0] == "Shown: channel 2 of 3, counted from 0."
    assert scene.notes[1].startswith("y is 100×151: only its rows")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("choice", [{"image": 1}, {"channel": 2}])
def test_an_image_or_channel_that_is_not_there_is_refused(kind, choice):
    pool, _, scene_of = KINDS[kind]
    record = pool(np.ones((1, 2, 4, 4)), 2)
    with pytest.raises(ValueError, match="are expected"):
        scene_of(record, record.y, **choice)


def every_tie(record, dy):
    """dx by the common mistake: each cell of a window that equals its maximum takes the whole dy."""
    (top, _), (left, _) = record.geometry.padding
    (down, right), (height, width) = record.geometry.stride, record.geometry.kernel_size
    dx = np.zeros(record.x.shape[2:], dy.dtype)
    for i, j in np.ndindex(record.y.shape[2:]):
        for a, b in np.ndindex(dx.shape):
            reached = 0 <= a - i * down + top < height and 0 <= b - j * right + left < width
            if reached and record.x[0, 0, a, b] == record.y[0, 0, i, j]:
                dx[a, b] += dy[i, j]
    return dx


@fewer(2)
@given(case=poolings(), seed=seeds, data=st.data())
def test_when_every_tie_takes_all_the_sums_tell(case, seed, data):
    size, settings = case
    record = max_pool2d(integers(seed, (1, 1, *size), low=0, high=2)[0], **settings)
    dy = integers(seed + 1, record.y.shape, low=1)[0]
    right, wrong = (max_pooling(record, dy, ties=ties) for ties in ("first", "every"))
    for scene in (right, wrong):
        assert_sums(scene)
        assert_arranged(scene)
        assert scene.panel("sum_dy").values == dy.sum()
    within = inside(wrong.panel("dx"), size)
    expected = every_tie(record, dy[0, 0])
    np.testing.assert_array_equal(wrong.panel("dx").values[within].reshape(size), expected)
    np.testing.assert_array_equal(wrong.panel("y").values, record.y[0, 0])
    assert right.panel("sum_dx").values == dy.sum()
    assert wrong.panel("sum_dx").values == expected.sum()
    tied = any((window == window.max()).sum() > 1 for window in windows(record))
    assert (wrong.panel("sum_dx").values > dy.sum()) == tied
    assert (EVERY in wrong.notes) == tied and EVERY not in right.notes
    assert (LOSS_NOTE in wrong.notes) == (not tied) and LOSS_NOTE in right.notes

    def rebuild(name, index, value):
        arrays = {"x": record.x, "dy": dy}
        arrays[name] = changed(arrays[name], (0, 0, *index), value)
        return max_pooling(max_pool2d(arrays["x"], **settings), arrays["dy"], ties="every")

    assert_edit(data.draw, wrong, rebuild)


@given(poolings(), seeds)
def test_shares_that_fall_into_the_padding_are_missing_from_the_sum(case, seed):
    size, settings = case
    record = avg_pool2d(integers(seed, (1, 1, *size))[0], **settings)
    scene = average_pooling(record, np.ones_like(record.y))
    lost = record.y.size - scene.panel("sum_dx").values
    reads_padding = settings["padding"] != (0, 0)  # the first window reads it, whatever the size
    assert (lost > 1e-9) == reads_padding == (LOST_IN_PADDING in scene.notes)


def test_cells_without_a_window_are_counted():
    record = max_pool2d(np.arange(49).reshape(1, 1, 7, 7), 2)
    scene = max_pooling(record, record.y)
    assert "13 cells of x are read by no window: dx is 0 there." in scene.notes
    assert (scene.panel("dx").values[scene.panel("x").kinds == NEVER_READ] == 0).all()


def test_another_policy_is_refused():
    record = max_pool2d(np.ones((1, 1, 2, 2)), 2)
    with pytest.raises(ValueError, match="ties is 'last'; 'first' or 'every' is expected"):
        max_pooling(record, record.y, ties="last")
