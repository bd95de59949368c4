"""The explorer of a layer: every share, bias and gradient on its stage is the engine's and SciPy's."""

import numpy as np
import pytest
from scipy.signal import correlate2d

import vizconv as vc
from tests.explore.changes import assert_shown, combinations, is_hidden, values
from tests.front_end import click, each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.sliding.layer import CONTROLS, TOPIC, run, used


def assert_true(settings, scene):
    """s, y, db and L are SciPy's, by the settings; where nothing fits there is a sentence instead."""
    x, w = used(settings)
    side = settings.kernel_size
    assert x.shape == (settings.channels, settings.size, settings.size)
    assert w.shape == (settings.filters, settings.channels, side, side)
    if scene.walk is None:
        assert settings.size + 2 * settings.padding < side
        assert "does not fit" in scene.notes[0] and scene.readings == ()
        return False
    assert_sums(scene)
    numbers = {panel.name: panel.values for panel in scene.panels}
    padded = np.pad(x, [(0, 0)] + [(settings.padding,) * 2] * 2)
    step, kernels = slice(None, None, settings.stride), w[settings.filter]
    shares = np.stack([correlate2d(*pair, "valid")[step, step] for pair in zip(padded, kernels, strict=True)])
    np.testing.assert_array_equal(numbers["s"].reshape(shares.shape), shares)
    bias = numbers["b"] if settings.bias != "none" else 0
    assert np.shape(bias) == (shares.shape[1:] if settings.bias == "untied" else ())
    np.testing.assert_array_equal(numbers["y"], shares.sum(0) + bias)
    assert ("db" in numbers) == (settings.gradient and settings.bias != "none") == ("L" in numbers)
    if "db" in numbers:
        dy = numbers["dy"]
        np.testing.assert_array_equal(numbers["db"], dy if settings.bias == "untied" else dy.sum())
        assert numbers["L"] == (dy * numbers["y"]).sum()
    learned = w.size + {"none": 0, "tied": len(w), "untied": len(w) * shares[0].size}[settings.bias]
    assert scene.notes[-1].endswith(f" = {learned}.")
    made = {}
    exec(scene.code, made)
    np.testing.assert_array_equal(made["y"], run(settings).y[0])
    return True


def test_every_control_over_its_whole_range():
    explorer = explore.layer(gradient=True)
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for control, state in each_state(explorer):
        assert {name: getattr(control, name) for name in state} == state
        assert_shown(explorer, assert_true)
        send(explorer.controls["filters"], value=2)
    assert explorer.settings.filters == 2
    said = "x 2×4×4, w 2×2×2, s 2×3×3, b 1, y 3×3, L 1, db 1, dy 3×3"
    assert repr(explorer) == f"Explorer(layer: Scene({said}))"


def test_five_hundred_random_combinations():
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.layer().settings, 5))
    assert 400 < fitted < 500  # both have been seen


def test_only_filters_that_are_there_can_be_values():
    explorer = explore.layer(filters=3)
    filter = explorer.controls["filter"]
    assert filter.max == 2
    send(filter, value=3)
    assert (explorer.settings.filters, explorer.settings.filter, filter.value) == (3, 2, 2)
    send(explorer.controls["filters"], value=2)
    assert (explorer.settings.filters, explorer.settings.filter, filter.value, filter.max) == (2, 1, 1, 1)
    assert not is_hidden(filter)
    send(explorer.controls["filters"], value=1)
    assert (filter.value, filter.max, is_hidden(filter)) == (0, 0, True)
    click(explorer.buttons["reset"])
    assert (explorer.settings.filters, filter.value, filter.max, is_hidden(filter)) == (3, 0, 2, False)
    assert_shown(explorer, assert_true)


def test_channel_0_is_the_first_lesson():
    assert values(explore.layer(), "s")[0].tolist() == [[-37, -75, -112], [70, 34, 43], [-19, -15, 7]]


@pytest.mark.parametrize("bias", ["tied", "untied", "none"])
@pytest.mark.parametrize("channels", [1, 3])
def test_an_edit_reaches_its_number_and_stays_when_the_sizes_change(bias, channels):
    explorer = explore.layer(channels=channels, padding=1, bias=bias, gradient=True)
    send(explorer.controls["filter"], value=1)
    for name in ("x", "w", *(["b", "dy"] if bias != "none" else [])):
        panel = explorer.stage.scene.panel(name)
        cells = np.flatnonzero((panel.kinds & vc.scenes.PADDING) == 0)
        explorer.edit(name, int(cells[-1]), 50)
        assert values(explorer, name).flat[cells[-1]] == 50
        assert_shown(explorer, assert_true)
    send(explorer.controls["size"], value=2)
    send(explorer.controls["filter"], value=0)
    assert_shown(explorer, assert_true)
    send(explorer.controls["size"], value=4)
    assert (explorer.settings.x == 50).sum() == (explorer.settings.w == 50).sum() == 1
    assert explorer.settings.w[1, channels - 1, 1, 1] == 50 and explorer.settings.x[channels - 1, 3, 3] == 50


@pytest.mark.parametrize(("bias", "index"), [("tied", ()), ("untied", (0, 2))])
def test_a_finite_difference_agrees_with_db(bias, index):
    check = explore.layer(bias=bias, gradient=True).finite_difference("db", *index)
    assert "they agree" in repr(check)


def test_pytorch_adds_the_channels_alike(torch):
    explorer = explore.layer(channels=4, filters=3, size=6, kernel=3, stride=2, padding=1)
    x, w = (torch.tensor(array) for array in used(explorer.settings))
    y = torch.nn.functional.conv2d(x[None], w, torch.tensor(explorer.settings.b[:3]), 2, 1)
    np.testing.assert_array_equal(values(explorer, "y"), y[0, 0].numpy())


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"stride": 0}, ValueError),
        ({"size": 7}, ValueError),
        ({"channels": 1.5}, TypeError),
        ({"bias": "both"}, ValueError),
    ],
)
def test_what_is_no_setting_is_refused(settings, error):
    with pytest.raises(error, match=r"is expected|must be"):
        explore.layer(**settings)


def test_nothing_is_said_of_measuring_where_there_is_no_gradient():
    explorer = explore.layer()
    assert explorer.stage.measured == {}
    explorer.controls["gradient"].value = True
    assert explorer.stage.measured["sentence"] == ""
