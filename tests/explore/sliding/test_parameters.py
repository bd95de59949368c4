"""The explorer of a count: it counts as layers of the engine do, where these fit into memory."""

import numpy as np
import pytest

import vizconv as vc
from tests.front_end import combinations, send, settings_of
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import explore
from vizconv.explore.sliding.parameters import SIZES, ParametersSettings, learned


def assert_true(explorer):
    say = {name: control.value for name, control in explorer.controls.items()}
    settings, scene, chart = explorer.settings, explorer.stage.scene, explorer.beside.widget
    assert vars(settings) == say
    assert_sums(scene)
    height, width = say["size"]
    dense = height * width * say["channels"] * say["units"]
    convolutional = say["kernel"] ** 2 * say["channels"] * say["filters"]
    assert learned(settings) == (dense + say["units"], convolutional + say["filters"])
    assert scene.panel("weights").values == dense and scene.panel("weights ").values == convolutional
    assert f"{dense:,} weights and {say['units']:,} biases" in scene.notes[0]
    assert f"= {say['kernel'] ** 2 * say['channels'] + 1:,} a filter" in scene.notes[1]
    made = {}
    exec(explorer.stage.code, made)
    assert (made["dense"], made["convolutional"]) == learned(settings)
    rising, flat = (np.array(line["y"]) for line in chart.lines)
    assert (np.diff(rising) > 0).all() and (flat == flat[0]).all()
    points = [10 ** point["y"] for point in chart.points]
    np.testing.assert_allclose(points, learned(settings))
    assert all(0 <= point["y"] <= 14 for point in chart.points)


def test_every_control_over_its_whole_range():
    explorer = explore.parameters()
    assert list(explorer.controls) == ["size", "channels", "units", "kernel", "filters"]
    for control in explorer.controls.values():
        for state in settings_of(control):
            send(control, **state)
            assert_true(explorer)
    assert repr(explorer).startswith("Explorer(parameters: Scene(H·W 1, C 1, inputs 1, units 1")


def test_five_hundred_random_combinations():
    explorer = explore.parameters()
    for _ in combinations(explorer, 5):
        assert_true(explorer)


def test_the_photo_needs_72_billion_weights():
    explorer = explore.parameters((4000, 6000), 3, units=1000, kernel=3, filters=64)
    assert explorer.stage.scene.panel("weights").values == 72_000_000_000
    assert "72,000,000,000 weights and 1,000 biases, 288 GB as float32." in explorer.stage.scene.notes[0]
    assert "3·3·3 + 1 = 28 a filter" in explorer.stage.scene.notes[1]


@pytest.mark.parametrize(("size", "channels", "units", "kernel", "filters"), [((28, 28), 1, 10, 5, 6)])
def test_the_engines_layers_have_as_many(size, channels, units, kernel, filters):
    dense = vc.Linear(np.zeros((units, channels * size[0] * size[1])), np.zeros(units))
    convolutional = vc.Conv2d(np.zeros((filters, channels, kernel, kernel)), np.zeros(filters))
    sizes = [sum(a.size for a in layer.parameters.values()) for layer in (dense, convolutional)]
    assert tuple(sizes) == learned(ParametersSettings(size, channels, units, kernel, filters))


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
