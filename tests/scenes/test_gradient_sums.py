"""dx over all filters and dw over all images on the stage: the engine's and PyTorch's, not a share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers
from tests.scenes.cases import backward, convolutions
from tests.scenes.checks import assert_arranged, assert_drawn, assert_edit, assert_kinds, assert_sums, changed
from vizconv.engine import conv2d
from vizconv.engine.operations.catalogue import operation_of
from vizconv.scenes import CROPPED, PADDING, input_gradient_of_filters, weight_gradient_of_images

CLOSE = {"rtol": 1e-12, "atol": 1e-9}


def rebuilt(scene_of, record, dy, places):
    """Make the scene of the same convolution with one number changed; `places` leads to a panel's array."""

    def rebuild(name, index, value):
        field = {"x": "x", "w": "weight", "dy": "dy"}[name]
        arrays = {name: getattr(record, name) for name in ("x", "weight", "bias")} | {"dy": dy}
        arrays[field] = changed(arrays[field], places[name](index), value)
        moved = arrays.pop("dy")
        return scene_of(operation_of(record).again(record, **arrays), moved)

    return rebuild


@fewer(2)
@given(record=convolutions(), data=st.data())
def test_dx_sums_over_the_filters(record, data):
    image, channel = (data.draw(st.integers(0, count - 1)) for count in record.x.shape[:2])
    found = backward(record)
    scene = input_gradient_of_filters(record, found.dy, image, channel)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_allclose(scene.panel("dx").values, found.dpadded[image, channel], **CLOSE)
    np.testing.assert_allclose(scene.panel("y").values, record.y[image], **CLOSE)
    assert_kinds(scene.panel("dx"), CROPPED, scene.panel("x").kinds & PADDING)
    places = {
        "x": lambda index: (image, channel, *index),
        "w": lambda index: (index[0], channel, *index[1:]),
        "dy": lambda index: (image, *index),
    }
    again = rebuilt(
        lambda *given: input_gradient_of_filters(*given, image, channel), record, found.dy, places
    )
    assert_edit(data.draw, scene, again)


@fewer(2)
@given(record=convolutions(), data=st.data())
def test_dw_sums_over_the_images_and_over_no_channel(record, data):
    filter, channel = (data.draw(st.integers(0, count - 1)) for count in record.weight.shape[:2])
    found = backward(record)
    scene = weight_gradient_of_images(record, found.dy, channel, filter)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_allclose(scene.panel("dw").values, found.dweight[filter, channel], **CLOSE)
    np.testing.assert_allclose(scene.panel("y").values, record.y[:, filter], **CLOSE)
    places = {
        "x": lambda index: (index[0], channel, *index[1:]),
        "w": lambda index: (filter, channel, *index),
        "dy": lambda index: (index[0], filter, *index[1:]),
    }
    again = rebuilt(
        lambda *given: weight_gradient_of_images(*given, channel, filter), record, found.dy, places
    )
    assert_edit(data.draw, scene, again)


@fewer(4)
@given(record=convolutions(), data=st.data())
def test_they_are_the_gradients_that_pytorch_finds(torch, record, data):
    found, setting = backward(record), record.geometry
    (top, bottom), (left, right) = setting.padding
    x, weight = (
        torch.tensor(array.astype(np.float64), requires_grad=True) for array in (record.x, record.weight)
    )
    padded = torch.nn.functional.pad(x, (left, right, top, bottom))
    padded.retain_grad()
    y = torch.nn.functional.conv2d(padded, weight, None, setting.stride, 0, setting.dilation)
    y.backward(torch.tensor(found.dy.astype(np.float64)))
    channel = data.draw(st.integers(0, record.x.shape[1] - 1))
    dx = input_gradient_of_filters(record, found.dy, 0, channel).panel("dx").values
    dw = weight_gradient_of_images(record, found.dy, channel, 0).panel("dw").values
    np.testing.assert_allclose(dx, padded.grad[0, channel].numpy(), atol=1e-9)
    np.testing.assert_allclose(dw, weight.grad[0, channel].numpy(), atol=1e-9)


def case(images=2, channels=2, filters=3, size=5, bias=True):
    x, weight, b = integers(1, (images, channels, size, size), (filters, channels, 2, 2), (filters,))
    record = conv2d(x, weight, b if bias else None, stride=2, padding=1)
    return record, integers(2, record.y.shape)[0]


@pytest.mark.parametrize("scene_of", [input_gradient_of_filters, weight_gradient_of_images])
def test_what_is_shown_is_said_and_drawn(scene_of):
    scene = scene_of(*case())
    assert scene.notes[0].startswith("Shown: ") and "channel 0 of 2" in scene.notes[0]
    assert_drawn(scene)
    names = [panel.name for panel in scene_of(*case(channels=1, bias=False)).panels]
    assert "rest" not in names and "rest" in [panel.name for panel in scene.panels]


@pytest.mark.parametrize("scene_of", [input_gradient_of_filters, weight_gradient_of_images])
def test_what_is_not_there_or_too_large_is_refused(scene_of):
    with pytest.raises(ValueError, match="0 to 1 are expected"):
        scene_of(*case(), channel=2)
    with pytest.raises(ValueError, match="a stage shows at most 50000"):
        scene_of(*case(size=170))
