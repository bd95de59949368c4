"""The explorer of a count: it counts as layers of the engine do, where these fit into memory."""

import numpy as np
import pytest

import vizconv as vc
from tests.explore.changes import assert_shown, combinations
from tests.front_end import each_state
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import explore
from vizconv.explore.sliding.parameters import CONTROLS, SIZES, TOPIC, ParametersSettings, learned, traits_of


def assert_true(settings, scene):
    assert_sums(scene)
    (height, width), side = settings.size, settings.kernel_size
    dense = height * width * settings.channels * settings.units
    convolutional = side**2 * settings.channels * settings.filters
    assert learned(settings) == (dense + settings.units, convolutional + settings.filters)
    assert scene.panel("weights").values == dense and scene.panel("weights ").values == convolutional
    one = "bias" if settings.units == 1 else "biases"
    assert f"{dense:,} weights and {settings.units:,} {one}, " in scene.notes[0]
    assert f"= {side**2 * settings.channels + 1:,} a filter" in scene.notes[1]
    made = {}
    exec(scene.code, made)
    assert (made["dense"], made["convolutional"]) == learned(settings)
    chart = traits_of(settings, scene)
    rising, flat = (np.array(line["y"]) for line in chart["lines"])
    assert (np.diff(rising) > 0).all() and (flat == flat[0]).all()
    np.testing.assert_allclose([10 ** point["y"] for point in chart["points"]], learned(settings))
    assert all(0 <= point["y"] <= 14 for point in chart["points"])


def test_every_control_over_its_whole_range():
    explorer = explore.parameters()
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for _ in each_state(explorer):
        assert_shown(explorer, assert_true)
        heights = [point["y"] for point in explorer.beside.widget.points]
        np.testing.assert_allclose(heights, np.log10(learned(explorer.settings)))
    assert repr(explorer).startswith("Explorer(parameters: Scene(H·W 1, C 1, inputs 1, units 1")


def test_five_hundred_random_combinations():
    for each in combinations(TOPIC, explore.parameters().settings, 5):
        assert_true(*each)


def test_the_photo_needs_72_billion_weights():
    explorer = explore.parameters((4000, 6000), 3, units=1000, kernel=3, filters=64)
    assert explorer.stage.scene.panel("weights").values == 72_000_000_000
    assert "72,000,000,000 weights and 1,000 biases, 288 GB as float32." in explorer.stage.scene.notes[0]
    assert "3·3·3 + 1 = 28 a filter" in explorer.stage.scene.notes[1]


def test_the_engines_layers_have_as_many():
    dense = vc.Linear(np.zeros((10, 28 * 28)), np.zeros(10))
    convolutional = vc.Conv2d(np.zeros((6, 1, 5, 5)), np.zeros(6))
    sizes = [sum(a.size for a in layer.parameters.values()) for layer in (dense, convolutional)]
    settings = ParametersSettings(size=(28, 28), channels=1, units=10, kernel_size=5, filters=6)
    assert tuple(sizes) == learned(settings)


def test_its_scene_is_in_order_and_light():
    scene = explore.parameters(SIZES[-1], 128, units=4096, filters=4096, kernel=11).stage.scene
    assert_arranged(scene)
    assert_drawn(scene)


@pytest.mark.parametrize("name", ["size", "channels", "units", "kernel", "filters"])
def test_what_is_no_whole_number_is_refused(name):
    value = {"size": (28.0, 28.0)}.get(name, 6.0)
    with pytest.raises(TypeError, match=f"{name} is .*; a whole number is expected"):
        explore.parameters(**{name: value})


@pytest.mark.parametrize("settings", [{"size": (5, 5)}, {"channels": 2}, {"kernel": 12}, {"units": 0}])
def test_what_is_no_setting_is_refused(settings):
    with pytest.raises(ValueError, match=r"is expected|must be"):
        explore.parameters(**settings)
