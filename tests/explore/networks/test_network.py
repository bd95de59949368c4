"""The explorer of a network: what it starts with, what it takes from its page, and what it refuses."""

import re
from dataclasses import replace

import numpy as np
import pytest

import vizconv as vc
from tests.scenes.test_network_sections import IMAGE, large
from vizconv import scenes
from vizconv.engine.operations.loss import cross_entropy
from vizconv.explore.networks.settings import NetworkSettings
from vizconv.scenes.networks.network import gradients
from vizconv.stage.network import NetworkStage, layers_of

LAYERS = [
    "x",
    "conv1",
    "relu1",
    "pool1",
    "conv2",
    "relu2",
    "pool2",
    "flatten",
    "linear1",
    "relu3",
    "linear2",
    "relu4",
    "linear3",
]


def small_network() -> vc.Network:
    """Two filters and three classes."""
    random = np.random.default_rng(1)
    return vc.Network(
        {
            "conv": vc.Conv2d(random.normal(size=(2, 1, 3, 3)), random.normal(size=2)),
            "relu": vc.Relu(),
            "pool": vc.MaxPool2d(2),
            "flatten": vc.Flatten(),
            "linear": vc.Linear(random.normal(size=(3, 18)), random.normal(size=3)),
        }
    )


def picture() -> np.ndarray:
    return np.random.default_rng(2).random((8, 8))


@pytest.fixture
def small():
    return vc.explore.network(small_network(), picture(), 1)


@pytest.fixture(scope="module")
def lenet():
    return vc.explore.network()


def says(explorer, serial=1, of=None, base=None, **changes):
    """Say what a page would after some changes."""
    base = explorer.stage._network["base"] if base is None else base
    message = {"serial": serial, "base": base, "of": of or {"loss": True}, "changes": changes}
    explorer.stage.set_state({"edit": message})


# ---- What it shows ---------------------------------------------------------------------------------------


def test_a_trained_lenet_and_a_shipped_digit_are_there_by_themselves(lenet):
    settings = lenet.settings
    assert layers_of(lenet.stage.scene) == LAYERS
    assert settings.image.shape == (1, 28, 28) and settings.image.dtype == np.float64
    assert repr(lenet) == f"Explorer(network: {', '.join(LAYERS)})"
    record = settings.network.forward(settings.image[None])
    assert record.y[0].argmax() == settings.label
    loss = cross_entropy(record.y.astype(float), [settings.label]).y
    assert lenet.stage.scene.panel("L").values == pytest.approx(float(loss), rel=1e-4)


def test_a_picture_without_a_label_has_that_of_the_networks_answer():
    network = small_network()
    explorer = vc.explore.network(network, picture())
    assert explorer.settings.label == network.forward(picture()[None, None]).y[0].argmax()


def test_bytes_are_read_from_0_to_1():
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    np.testing.assert_array_equal(vc.explore.network(small_network(), pixels).settings.image[0], pixels / 255)


def test_twenty_digits_come_along_where_they_fit(lenet, small):
    digits = lenet.stage._network["digits"]
    assert (len(digits["labels"]), digits["rows"], digits["columns"]) == (20, 28, 28)
    assert sorted(digits["labels"]) == sorted([*range(10)] * 2)
    assert small.stage._network["digits"] is None


def test_a_saved_page_is_small_and_a_still_is_a_picture(lenet, tmp_path):
    lenet.save(tmp_path / "network.html")
    lenet.save(tmp_path / "network.png")
    assert (tmp_path / "network.html").stat().st_size <= 700_000
    still = (tmp_path / "network.png").read_bytes()
    assert still.startswith(b"\x89PNG") and len(still) <= 60_000
    with pytest.raises(ValueError, match=r"\.html or \.png is expected"):
        lenet.save(tmp_path / "network.gif")


# ---- Too large for a stage ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large_one():
    return vc.explore.network(large(), IMAGE, 2)


def test_a_large_network_begins_with_the_first_layers_and_offers_the_others(large_one, tmp_path):
    assert layers_of(large_one.stage.scene) == ["x", "conv1", "relu1"]
    assert [value for _, value in large_one.controls["layers"].options] == ["conv1", "conv2", "flatten"]
    assert large_one.children == (large_one.controls["layers"], large_one.stage)
    large_one.controls["layers"].value = "conv2"
    assert layers_of(large_one.stage.scene) == ["relu1", "conv2", "relu2", "pool2"]
    assert large_one.stage._network["scores"] is None and large_one.slopes() == []
    large_one.save(tmp_path / "part.html")
    assert (tmp_path / "part.html").stat().st_size <= 2_000_000
    large_one.save(tmp_path / "part.png")
    with pytest.raises(ValueError, match="one that can be typed into is expected: none"):
        large_one.edit("conv2.weight", 0, 1)


def test_the_end_of_a_large_network_is_alive(large_one):
    large_one.show(replace(large_one.settings, layers="flatten"))
    assert large_one.controls["layers"].value == "flatten"
    says(large_one, of={"score": 3}, **{"linear.weight": [[7, 2.5]]})
    assert large_one.settings.network.parameters["linear.weight"].flat[7] == 2.5
    assert large_one.stage.scene.panel("linear.weight").values.flat[7] == 2.5
    assert large_one.finite_difference("dpool2", 3, 1, 1).agrees
    with pytest.raises(ValueError, match="layers is 'nothing'"):
        large_one.show(replace(large_one.settings, layers="nothing"))
    assert large_one.settings.layers == "flatten"


def test_a_stage_may_begin_with_any_layer():
    explorer = vc.explore.network(small_network(), picture(), 1, layers="pool")
    assert layers_of(explorer.stage.scene) == ["relu", "pool", "flatten", "linear"]
    assert explorer.settings.layers == "pool"
    explorer.controls["layers"].value = "conv"
    assert explorer.stage.scene.panel("x").editable and explorer.stage.scene.notes == ()


# ---- What is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"image": np.zeros((9, 7, 8))}, "channels"),
        ({"image": np.full((8, 8), np.nan)}, "image holds nan; finite pixels are expected"),
        ({"image": np.zeros((20, 20)), "label": 1}, "linear"),
        ({"label": 3}, "label is 3; 0 to 2 are expected for 3 scores"),
        ({"label": -1}, "label"),
        ({"image": [["a"]]}, "image"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(arguments, sentence):
    given = {"image": picture(), **arguments}
    with pytest.raises((TypeError, ValueError), match=re.escape(sentence)):
        vc.explore.network(small_network(), **given)


def test_what_is_no_network_is_refused():
    with pytest.raises(TypeError, match=r"a vc\.Network is expected"):
        vc.explore.network([1, 2, 3])


def test_refused_settings_leave_those_from_before(small):
    before, scene = small.settings, small.stage.scene
    with pytest.raises(ValueError, match="label is 7"):
        small.show(replace(before, label=7))
    assert small.settings is before and small.stage.scene is scene


# ---- What the page says ------------------------------------------------------------------------------------


def test_drawn_pixels_and_typed_weights_are_in_the_settings(small):
    before = small.stage._network
    says(small, x=[[0, 0.25], [63, 1]], **{"conv.weight": [[10, -3.5]], "t": [[1, 0], [2, 1]]})
    settings = small.settings
    expected = picture()
    expected.flat[[0, 63]] = 0.25, 1
    np.testing.assert_array_equal(settings.image[0], expected)
    assert settings.network.parameters["conv.weight"].flat[10] == -3.5
    assert settings.label == 2
    fresh = scenes.network(settings.network, settings.image, 2)
    for panel in fresh.panels:
        np.testing.assert_array_equal(small.stage.scene.panel(panel.name).values, panel.values)
    assert small.stage._network is before  # the page has all of it already


def test_changes_are_counted_from_what_was_sent(small):
    says(small, serial=1, x=[[0, 0.5], [1, 0.5]])
    says(
        small, serial=2, x=[[0, float(picture().flat[0])], [1, float(picture().flat[1])]]
    )  # the first was taken back
    np.testing.assert_array_equal(small.settings.image[0], picture())
    small.edit("x", (0, 2, 3), 0.75)
    says(small, serial=3, base=1, x=[[0, 9]])  # it came too late
    assert small.settings.image[0, 2, 3] == 0.75 and small.settings.image[0, 0, 0] == picture()[0, 0]


def test_an_objective_is_taken_too(small):
    says(small, of={"score": 2})
    assert small.settings.of == ("score", 2)
    np.testing.assert_array_equal(small.stage.scene.panel("dlinear").values, [0, 0, 1])
    assert small.finite_difference("dconv.weight", 1, 0, 2, 2).agrees


@pytest.mark.parametrize(
    "message",
    [
        {"x": [[64, 1.0]]},
        {"x": [[-1, 1.0]]},
        {"x": [[0, None]]},
        {"x": [[0, float("inf")]]},
        {"x": [[True, 1.0]]},
        {"x": [[0, 1.0, 2]]},
        {"x": "nonsense"},
        {"conv": [[0, 1.0]]},
        {"nothing": [[0, 1.0]]},
    ],
)
def test_nonsense_from_a_page_changes_nothing(small, message):
    before = small.settings
    says(small, **message)
    assert small.settings is before


@pytest.mark.parametrize("of", [{"score": 3}, {"score": -1}, {"other": 1}, {}, {"loss": True, "score": 1}, 7])
def test_nonsense_about_the_objective_changes_nothing(small, of):
    before = small.settings
    message = {"serial": 1, "base": small.stage._network["base"], "of": of, "changes": {}}
    small.stage.set_state({"edit": message})
    assert small.settings is before


# ---- Gradients -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dx", "dconv", "dconv.weight", "dconv.bias", "dpool", "dlinear.weight"])
@pytest.mark.parametrize("of", [("loss", 0), ("score", 2), ("probability", 0)])
def test_every_gradient_agrees_with_a_finite_difference(small, name, of):
    small.show(replace(small.settings, of=of))
    shape = small.stage.scene.panel(name).shape
    for cell in np.random.default_rng(3).integers(np.prod(shape), size=3):
        index = np.unravel_index(cell, shape)
        assert small.finite_difference(name, *map(int, index)).agrees


def test_a_gradient_that_is_open_is_measured(small):
    small.stage.pinned = {"panel": "dconv.weight", "cell": 4}
    assert small.stage.measured["sentence"].startswith("dconv.weight[0, 0, 1, 1] = ")
    small.stage.pinned = {"panel": "conv", "cell": 4}
    assert small.stage.measured["sentence"] == ""


def test_settings_are_frozen(small):
    assert isinstance(small.settings, NetworkSettings) and isinstance(small.stage, NetworkStage)
    with pytest.raises(ValueError, match="read-only"):
        small.settings.image[0, 0, 0] = 1


def test_gradients_are_in_the_order_of_the_panels(lenet):
    names = [panel.name for panel in lenet.stage.scene.panels]
    assert list(gradients(lenet.stage.scene)) == [f"d{name}" for name in names if f"d{name}" in names]


def test_a_bright_pixel_makes_no_drawing_brighter(small):
    says(small, x=[[0, 5.0]])
    assert small.settings.image.max() == 5
    assert small.stage._message()["ink"] == 1


def test_an_image_that_float32_does_not_hold_has_a_label():
    assert vc.explore.network(image=np.full((28, 28), 1e300)).settings.label in range(10)
