"""The gradients of a convolution on the stage: against the engine, PyTorch, and the engine after an edit."""

from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers
from tests.scenes.cases import backward, convolutions
from tests.scenes.checks import (
    assert_arranged,
    assert_drawn,
    assert_edit,
    assert_kinds,
    assert_sums,
    changed,
    never_met,
)
from vizconv.engine import conv2d
from vizconv.engine.operations.catalogue import operation_of
from vizconv.scenes import (
    CROPPED,
    FILLED,
    NEVER_READ,
    PADDING,
    THROWN,
    bias_gradient,
    input_gradient_gather,
    input_gradient_scatter,
    readings,
    weight_gradient,
)
from vizconv.scenes.walking import lit

SCENES = [readings, weight_gradient, bias_gradient, input_gradient_scatter, input_gradient_gather]
WALKS = {readings: "y", weight_gradient: "dw", bias_gradient: "dy"}
WALKS |= {input_gradient_scatter: "dy", input_gradient_gather: "dx"}
WITH_LOSS = [partial(scene_of, loss=True) for scene_of in SCENES[1:]]


class Shares:
    """The sums of every scene of a convolution: each image and filter has its own, made once."""

    def __init__(self, record, dy):
        self.sums = cache(lambda scene_of, image, filter: scene_of(record, dy, image, filter).sums())

    def add_up(self, scene_of, name, images, filters):
        """The sum of a panel over some images and filters."""
        shares = [self.sums(scene_of, n, f)[name] for n in images for f in filters]
        return sum(share.astype(np.float64) for share in shares)


def rebuilt(scene_of, record, dy, image, filter):
    """Make scenes of the same convolution with one number of x, w, b or dy changed."""

    def rebuild(name, index, value):
        if record.x.shape[1] == 1 and name in "xw":
            index = (0, *index)
        field = {"x": "x", "w": "weight", "b": "bias", "dy": "dy"}[name]
        arrays = {name: getattr(record, name) for name in ("x", "weight", "bias")} | {"dy": dy}
        places = {"x": (image,), "dy": (image, filter)}.get(field, (filter,))
        arrays[field] = changed(arrays[field], (*places, *index), value)
        moved = arrays.pop("dy")
        return scene_of(operation_of(record).again(record, **arrays), moved, image, filter)

    return rebuild


@fewer(2)
@pytest.mark.parametrize("scene_of", [*SCENES, *WITH_LOSS])
@given(record=convolutions(), data=st.data())
def test_every_scene_holds_together(scene_of, record, data):
    image = data.draw(st.integers(0, len(record.x) - 1))
    filter = data.draw(st.integers(0, len(record.weight) - 1))
    dy = backward(record).dy
    scene = scene_of(record, dy, image, filter)
    assert_sums(scene)
    assert_arranged(scene)
    assert scene.walk == WALKS[getattr(scene_of, "func", scene_of)]
    assert_edit(data.draw, scene, rebuilt(scene_of, record, dy, image, filter))


@fewer(2)
@pytest.mark.parametrize("scene_of", WITH_LOSS)
@given(record=convolutions(), data=st.data())
def test_with_its_loss_a_scene_shows_the_numbers_that_all_readings_show(scene_of, record, data):
    image = data.draw(st.integers(0, len(record.x) - 1))
    filter = data.draw(st.integers(0, len(record.weight) - 1))
    dy = backward(record).dy
    whole, scene = (each(record, dy, image, filter) for each in (readings, scene_of))
    shared = {panel.name for panel in scene.panels} & {panel.name for panel in whole.panels}
    assert {"y", "dy", "L"} < shared
    alone = scene_of.func(record, dy, image, filter)
    assert repr(scene) == repr(alone) and scene.told[-1:] == alone.told[-1:]
    assert not any(panel.editable for panel in scene.panels if panel.place is None)
    assert {"y", "L"} < {reading.target for reading in scene.readings}
    for name in shared:
        np.testing.assert_array_equal(scene.panel(name).values, whole.panel(name).values)
        np.testing.assert_array_equal(scene.panel(name).kinds, whole.panel(name).kinds)


@given(convolutions())
def test_pixels_that_no_window_reads_are_named_and_have_no_gradient(record):
    scene = readings(record, backward(record).dy)
    inside = (scene.panel("x").kinds & (NEVER_READ | PADDING)) == NEVER_READ
    assert not scene.panel("dx").values[inside].any()
    told = [note for note in scene.notes if note.startswith("No window reads the")]
    assert len(told) == bool(inside.any())
    count = inside.sum() if inside.ndim == 2 else inside[0].sum()
    if count == 1:
        row, column = (np.argwhere(inside)[0] + scene.panel("x").origin)[-2:]
        assert f"x[{row},{column}]" in told[0]
    elif told:
        assert f"the {count} grey pixels" in told[0]


def test_where_x_is_not_on_show_nothing_is_called_grey():
    scene = input_gradient_scatter(*case(stride=2))
    assert "No window reads 11 pixels of x: L does not" in " ".join(scene.notes)


@given(convolutions())
def test_the_shares_add_up_to_the_engines_gradients(record):
    found = backward(record)
    shares = Shares(record, found.dy)
    (images, filters), close = record.y.shape[:2], {"rtol": 1e-12, "atol": 1e-9}
    for n in range(images):
        dx = found.dpadded[n] if record.x.shape[1] > 1 else found.dpadded[n, 0]
        for scene_of in (readings, input_gradient_scatter, input_gradient_gather):
            actual = shares.add_up(scene_of, "dx", [n], range(filters))
            np.testing.assert_allclose(actual, dx, **close)
    for f in range(filters):
        dw = found.dweight[f] if record.x.shape[1] > 1 else found.dweight[f, 0]
        for scene_of in (readings, weight_gradient):
            actual = shares.add_up(scene_of, "dw", range(images), [f])
            np.testing.assert_allclose(actual, dw, **close)
        for scene_of in (readings, bias_gradient):
            db = shares.add_up(scene_of, "db", range(images), [f])
            np.testing.assert_allclose(db, found.dbias[f], **close)
    loss = shares.add_up(readings, "L", range(images), range(filters))
    np.testing.assert_allclose(loss, (found.dy * record.y).sum(), rtol=1e-9, atol=1e-6)


@fewer(4)
@given(record=convolutions())
def test_they_are_the_gradients_that_pytorch_finds(torch, record):
    found, setting = backward(record), record.geometry
    x, weight, bias = (
        torch.tensor(array.astype(np.float64), requires_grad=True)
        for array in (record.x, record.weight, record.bias)
    )
    (top, bottom), (left, right) = setting.padding
    padded = torch.nn.functional.pad(x, (left, right, top, bottom))
    padded.retain_grad()
    y = torch.nn.functional.conv2d(padded, weight, bias, setting.stride, 0, setting.dilation)
    y.backward(torch.tensor(found.dy.astype(np.float64)))
    images, filters = range(len(record.x)), range(len(record.weight))
    shares = Shares(record, found.dy)
    expected = padded.grad[0].numpy().reshape(readings(record, found.dy).panel("dx").shape)
    for scene_of in (readings, input_gradient_scatter, input_gradient_gather):
        actual = shares.add_up(scene_of, "dx", [0], filters)
        np.testing.assert_allclose(actual, expected, atol=1e-9)
    actual = shares.add_up(weight_gradient, "dw", images, [0])
    np.testing.assert_allclose(actual, weight.grad[0].numpy().reshape(actual.shape), atol=1e-9)
    actual = shares.add_up(bias_gradient, "db", images, [0])
    np.testing.assert_allclose(actual, bias.grad[0].numpy(), atol=1e-9)


@given(convolutions())
def test_what_is_cropped_padded_never_read_and_filled_in(record):
    found = backward(record)
    three, gather = readings(record, found.dy), input_gradient_gather(record, found.dy)
    x, (rows, columns) = three.panel("x"), record.x.shape[2:]
    down, right = (np.indices(x.shape)[-2:].T + x.origin[-2:]).T
    outside = (down < 0) | (down >= rows) | (right < 0) | (right >= columns)
    assert_kinds(x, PADDING, outside)
    assert_kinds(x, NEVER_READ, never_met(three, "products", "left", "x"))
    for scene in (three, gather, input_gradient_scatter(record, found.dy)):
        assert_kinds(scene.panel("dx"), CROPPED, outside)
        assert set(scene.panel("dx").kinds.flat) <= {0, CROPPED}
        assert scene.panel("dx").origin == x.origin
    spread = gather.panel("spread")
    above, left = (
        d * (k - 1) for d, k in zip(record.geometry.dilation, record.geometry.kernel_size, strict=True)
    )
    height, width = spread.shape
    down, right = np.indices(spread.shape)
    margin = (down < above) | (down >= height - above) | (right < left) | (right >= width - left)
    assert_kinds(spread, PADDING, margin)
    zeros = ~margin & never_met(gather, "spread", "out", "spread")
    (rows, columns), (down_by, right_by) = gather.panel("dy").shape, record.geometry.stride
    left_over = (down > above + (rows - 1) * down_by) | (right > left + (columns - 1) * right_by)
    assert_kinds(spread, THROWN, zeros & ~left_over)
    assert_kinds(spread, FILLED, zeros & left_over)
    assert (spread.kinds == 0).sum() == gather.panel("dy").values.size


def test_around_the_pixel_that_is_pointed_at_the_weights_reappear_turned():
    """In dy, in the order of its cells, stand the hues of w backwards."""
    record = conv2d(*integers(4, (1, 1, 4, 4), (1, 1, 2, 2)))
    dy = integers(5, record.y.shape)[0]
    for scene in (input_gradient_scatter(record, dy), input_gradient_gather(record, dy)):
        assert scene.pointed == ("dx", 5)  # dx[1,1], the first with as many readers as there are weights
        hues = lit(scene, *scene.pointed)["dy"]
        assert hues == {0: 3, 1: 2, 3: 1, 4: 0}


def case(stride=1, padding=0, images=1, filters=1, channels=1, border="zeros"):
    x, weight, bias = integers(1, (images, channels, 6, 6), (filters, channels, 3, 3), (filters,))
    record = conv2d(x, weight, bias, stride=stride, padding=padding, border=border)
    return record, integers(2, record.y.shape)[0]


def test_notes_say_what_a_share_leaves_out():
    assert "share" not in " ".join(readings(*case()).notes)
    notes = " ".join(readings(*case(images=2, filters=3), 1, 2).notes)
    assert "dx is the share of filter 2; the whole dx adds the shares of 3 filters." in notes
    assert "dw and db are the share of image 1; the whole ones add 2 images." in notes
    assert "dx" not in " ".join(weight_gradient(*case(filters=3)).notes)
    assert "The padding copies" in " ".join(readings(*case(padding=1, border="reflect")).notes)


def test_leftover_rows_are_explained():
    assert not input_gradient_gather(*case()).notes
    notes = " ".join(input_gradient_gather(*case(stride=2)).notes)
    assert "do not reach L, so their dy is 0" in notes and "last 1 row and 1 column of" in notes
    assert "no window reads" not in " ".join(input_gradient_gather(*case(stride=3)).notes)


def test_without_a_bias_there_is_none():
    x, weight = integers(0, (1, 1, 3, 3), (1, 1, 2, 2))
    record = conv2d(x, weight)
    dy = np.ones((1, 1, 2, 2), int)
    names = [panel.name for panel in readings(record, dy).panels]
    assert names == ["x", "w", "y", "dx", "dw", "dy", "L"]
    assert_arranged(readings(record, dy))
    with pytest.raises(ValueError, match="no bias"):
        bias_gradient(record, dy)


def test_an_untied_bias_takes_its_own_dy():
    x, weight, bias, dy = integers(0, (2, 1, 3, 3), (2, 1, 2, 2), (2, 2, 2), (2, 2, 2, 2))
    record = conv2d(x, weight, bias)
    scene = readings(record, dy, 1, 1)
    np.testing.assert_array_equal(scene.panel("db").values, dy[1, 1])
    assert_sums(scene)


def test_any_panel_may_be_stepped_through():
    assert readings(*case(), walk="dx").walk == "dx"


@pytest.mark.parametrize("scene_of", [*SCENES, *WITH_LOSS])
def test_what_is_too_large_shows_a_part(scene_of):
    x, weight, bias = integers(1, (1, 12, 60, 90), (2, 12, 3, 3), (2,))
    record = conv2d(x, weight, bias, padding=1)
    dy = integers(2, record.y.shape)[0]
    scene = scene_of(record, dy)
    assert_sums(scene)
    assert_arranged(scene)
    assert_drawn(scene)
    top, left = scene.panel("dy").origin
    assert scene.panel("dy").values[0, 0] == dy[0, 0, top, left]
    assert "only its rows" in " ".join(scene.notes) and "only the shown part" in " ".join(scene.notes)


@pytest.mark.parametrize("scene_of", [*SCENES, *WITH_LOSS])
@pytest.mark.parametrize("settings", [{}, {"stride": 2, "padding": 1, "channels": 3, "filters": 2}])
def test_every_scene_draws(scene_of, settings):
    assert_drawn(scene_of(*case(**settings)))


@pytest.mark.parametrize("scene_of", [*SCENES, *WITH_LOSS])
def test_a_dy_of_another_shape_is_refused(scene_of):
    record, dy = case()
    with pytest.raises(ValueError, match=r"dy has shape .*; .* is expected, the shape of y"):
        scene_of(record, dy[..., 1:])
