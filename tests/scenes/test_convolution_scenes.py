"""Convolution and the layer on the stage: numbers against the engine, marks against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, pairs, seeds, slidings
from tests.scenes.cases import convolutions
from tests.scenes.checks import (
    assert_alike,
    assert_arranged,
    assert_drawn,
    assert_edit,
    assert_kinds,
    assert_sums,
    changed,
    kinds_of_numbers,
    never_met,
)
from vizconv.engine import conv2d, convolve, cross_correlate, rot180
from vizconv.engine.operations import correlation as correlate
from vizconv.engine.operations.catalogue import operation_of
from vizconv.scenes import (
    NEVER_READ,
    PADDING,
    convolution,
    correlation,
    correlation_beside,
    input_gradient_gather,
    input_gradient_of_filters,
    input_gradient_scatter,
    layer,
    layer_bias,
    matrix,
    readings,
    weight_gradient,
    weight_gradient_of_images,
)


def convolved(x, k, **settings):
    return convolution(correlate(x, rot180(k), **settings, odd="before"))


@given(slidings(), seeds, kinds_of_numbers, st.data())
def test_a_convolution_is_the_engines(sliding, seed, draw, data):
    x, k = draw(seed, sliding.size, sliding.kernel)
    scene = convolved(x, k, **sliding.settings)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_array_equal(scene.panel("y").values, convolve(x, k, **sliding.settings))
    np.testing.assert_array_equal(scene.panel("k").values, k)
    np.testing.assert_array_equal(scene.panel("rotated").values, np.rot90(k, 2))
    arrays = {"x": x, "k": k}
    assert_edit(
        data.draw,
        scene,
        lambda name, index, value: convolved(
            **arrays | {name: changed(arrays[name], index, value)}, **sliding.settings
        ),
    )


@given(slidings(), seeds, kinds_of_numbers, st.data())
def test_a_correlation_beside_its_rotation_is_the_engines(sliding, seed, draw, data):
    def correlated(x, k):
        return correlation_beside(correlate(x, k, **sliding.settings))

    x, k = draw(seed, sliding.size, sliding.kernel)
    scene = correlated(x, k)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_array_equal(scene.panel("y").values, cross_correlate(x, k, **sliding.settings))
    np.testing.assert_array_equal(scene.panel("k").values, k)
    np.testing.assert_array_equal(scene.panel("rotated").values, np.rot90(k, 2))
    arrays = {"x": x, "k": k}
    assert_edit(
        data.draw,
        scene,
        lambda name, index, value: correlated(**arrays | {name: changed(arrays[name], index, value)}),
    )


def test_the_rotation_has_no_part_in_a_correlation():
    scene = correlation_beside(correlate(np.arange(16).reshape(4, 4), [[1, 2], [3, 4]]))
    edited = scene.edited("k", 0, 9)
    assert edited.panel("rotated").values.tolist() == [[4, 3], [2, 9]]
    assert [panel.sign for panel in scene.panels] == ["", "⋆", "=\u202fx\u202f*", "="]
    assert_drawn(scene)


def test_a_kernel_that_is_its_own_rotation_is_pointed_out():
    x = np.arange(16).reshape(4, 4)
    assert not convolved(x, [[1, 2], [3, 4]]).notes
    assert "its own rotation" in convolved(x, [[1, 2], [2, 1]]).notes[0]
    assert_drawn(convolved(x, [[1, 2], [3, 4]], padding="same"))


def changed_layer(record, image, filter, name, index, value):
    """The layer's scene after a cell of the shown image, filter or bias was changed."""
    if record.x.shape[1] == 1 and name in "xw":
        index = (0, *index)
    field = {"x": "x", "w": "weight", "b": "bias"}[name]
    first = image if name == "x" else filter
    array = changed(getattr(record, field), (first, *index), value)
    return layer(operation_of(record).again(record, **{field: array}), image, filter)


@given(convolutions(), st.data())
def test_a_layer_is_the_engines_channel_by_channel(record, data):
    image = data.draw(st.integers(0, len(record.x) - 1))
    filter = data.draw(st.integers(0, len(record.weight) - 1))
    scene = layer(record, image, filter)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_allclose(scene.panel("y").values, record.y[image, filter], rtol=1e-12, atol=1e-9)
    for channel in range(record.x.shape[1]):
        one = conv2d(
            record.padded[image, channel][None, None],
            record.weight[filter, channel][None, None],
            stride=record.geometry.stride,
            dilation=record.geometry.dilation,
        ).y[0, 0]
        shown = scene.panel("s").values.reshape(-1, *one.shape)[channel]
        np.testing.assert_allclose(shown, one, rtol=1e-12, atol=1e-9)
    assert_edit(data.draw, scene, lambda *change: changed_layer(record, image, filter, *change))


@given(convolutions())
def test_padding_and_never_read_cells_of_a_layer(record):
    scene, (rows, columns) = layer(record), record.x.shape[2:]
    x = scene.panel("x")
    down, right = (np.indices(x.shape)[-2:].T + x.origin[-2:]).T
    inside = (down >= 0) & (down < rows) & (right >= 0) & (right < columns)
    assert_kinds(x, PADDING, ~inside)
    assert_kinds(x, NEVER_READ, never_met(scene, "products", "left", "x"))


def test_an_untied_bias_has_one_number_a_cell():
    x, weight, bias = integers(0, (1, 2, 4, 4), (2, 2, 2, 2), (2, 3, 3))
    scene = layer(conv2d(x, weight, bias), filter=1)
    np.testing.assert_array_equal(scene.panel("b").values, bias[1])
    assert_sums(scene)
    edited = scene.edited("b", 4, 100).panel("y").values - scene.panel("y").values
    assert edited[1, 1] == 100 - bias[1, 1, 1] and np.count_nonzero(edited) == 1


def test_what_the_shown_image_and_filter_are_is_said():
    x, weight = integers(0, (2, 1, 3, 3), (4, 1, 2, 2))
    scene = layer(conv2d(x, weight), image=1, filter=3)
    assert scene.notes[0] == "Shown: image 1 of 2 and filter 3 of 4, counted from 0."
    assert scene.panel("y").subscript == scene.panel("w").subscript == "3"
    alone = layer(conv2d(x[:1], weight[:1]))
    assert "Shown" not in "".join(alone.notes) and alone.panel("y").subscript == ""


@pytest.mark.parametrize("choice", [{"image": 2}, {"filter": 4}, {"image": -1}, {"channels": slice(5, 6)}])
def test_an_image_or_filter_that_is_not_there_is_refused(choice):
    x, weight = integers(0, (2, 1, 3, 3), (4, 1, 2, 2))
    with pytest.raises(ValueError, match=r"is -?\d; 0 to \d are expected"):
        layer(conv2d(x, weight), **choice)


# ---- What is too large ---------------------------------------------------------------------------------

LARGE = {
    "photograph": ((1, 1, 300, 500), (1, 1, 3, 3), {"padding": 1}),
    "wide": ((1, 1, 3, 4000), (1, 1, 2, 2), {}),
    "many channels": ((1, 64, 28, 28), (2, 64, 3, 3), {"padding": "same"}),
    "large strides": ((1, 3, 227, 227), (1, 3, 11, 11), {"stride": 4}),
    "a large kernel": ((1, 4, 100, 100), (1, 4, 60, 60), {}),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_layer_that_is_too_large_shows_a_part_and_says_so(name):
    size, kernel, settings = LARGE[name]
    x, weight, bias = integers(0, size, kernel, kernel[:1])
    record = conv2d(x, weight, bias, **settings)
    scene = layer(record)
    assert_arranged(scene)
    assert_drawn(scene)
    assert_sums(scene)
    y, shown = record.y[0, 0], scene.panel("y")
    top, left = shown.origin
    height, width = shown.shape
    np.testing.assert_array_equal(shown.values, y[top : top + height, left : left + width])
    x, origin = scene.panel("x"), scene.panel("x").origin[-2:]
    first = record.padded[
        0, 0, origin[0] + record.geometry.padding[0][0], origin[1] + record.geometry.padding[1][0]
    ]
    assert x.values.flat[0] == first
    assert any("shown" in note for note in scene.notes)


def test_a_kernel_that_no_page_shows_is_refused():
    with pytest.raises(ValueError, match="a kernel has 4900 weights; a stage shows at most 4000"):
        layer(conv2d(np.zeros((1, 1, 80, 80)), np.zeros((1, 1, 70, 70))))


def test_the_stages_that_lessons_need_are_whole():
    for x, weight, settings in (
        ((1, 1, 28, 28), (6, 1, 5, 5), {"padding": "same"}),
        ((1, 6, 14, 14), (16, 6, 5, 5), {}),
    ):
        record = conv2d(np.zeros(x), np.zeros(weight), np.zeros(len(np.zeros(weight))), **settings)
        assert layer(record).panel("y").shape == record.y.shape[2:]
        assert layer(record).panel("x").values.size == record.padded[0].size


def test_other_channels_are_one_panel():
    x, weight = integers(0, (1, 12, 4, 4), (1, 12, 2, 2))
    record = conv2d(x, weight)
    scene = layer(record, channels=slice(3, 5))
    assert scene.panel("x").shape == (2, 4, 4) and scene.panel("x").origin == (3, 0, 0)
    np.testing.assert_array_equal(
        scene.panel("rest").values + scene.panel("s").values.sum(axis=0), record.y[0, 0]
    )
    assert "Channels 3 to 4 of 12 are shown." in scene.notes
    assert_sums(scene)


WITH_X = {
    "layer": lambda record, dy: layer(record, 1),
    "layer_bias": lambda record, dy: layer_bias(record, dy, 1),
    "matrix": lambda record, dy: matrix(record, 1),
    "readings": lambda record, dy: readings(record, dy, 1),
    "weight gradient": lambda record, dy: weight_gradient(record, dy, 1, loss=True),
    "scatter": lambda record, dy: input_gradient_scatter(record, dy, 1, loss=True),
    "gather": lambda record, dy: input_gradient_gather(record, dy, 1, loss=True),
    "of filters": lambda record, dy: input_gradient_of_filters(record, dy, 1),
    "of images": weight_gradient_of_images,
}


@fewer(4)
@pytest.mark.parametrize("name", WITH_X)
@given(
    sliding=slidings(padding=pairs(0, 3)),
    seed=seeds,
    border=st.sampled_from(["reflect", "repeat"]),
    data=st.data(),
)
def test_an_edit_of_x_goes_on_into_the_padding_that_copies_it(name, sliding, seed, border, data):
    size = tuple(length + 4 for length in sliding.size)
    x, weight, bias = integers(seed, (2, 2, *size), (2, 2, *sliding.kernel), (2,))
    record = conv2d(x, weight, bias, **sliding.settings, border=border)
    dy = integers(seed + 1, record.y.shape)[0]
    scene = WITH_X[name](record, dy)
    assert_sums(scene)
    panel = scene.panel("x")
    cells = [cell for cell in range(panel.values.size) if panel.holds_number(cell)]
    cell, value = data.draw(st.sampled_from(cells)), data.draw(st.integers(-9, 9))
    index = panel.index_of(cell)
    of_image = {2: (1, 0, *index), 3: (1, *index)}[len(index)]
    place = (index[0], 0, *index[1:]) if name == "of images" else of_image
    again = conv2d(changed(x, place, value), weight, bias, **sliding.settings, border=border)
    assert_alike(scene.edited("x", cell, value), WITH_X[name](again, dy))


def test_a_copied_border_is_the_engines():
    record = correlate(np.arange(20).reshape(4, 5), np.ones((2, 2), int), padding=2, border="reflect")
    edited = correlation(record).edited("x", correlation(record).panel("x").shape[1] * 3 + 3, 100)
    x = np.arange(20).reshape(4, 5)
    x[1, 1] = 100
    assert edited.panel("x").index_of(9 * 3 + 3) == (1, 1)
    np.testing.assert_array_equal(edited.panel("x").values, np.pad(x, 2, mode="reflect"))
    assert "border" not in correlation(correlate(x, np.ones((2, 2), int), border="reflect")).terms
