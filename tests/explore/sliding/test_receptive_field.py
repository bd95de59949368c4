"""The explorer of two layers: SciPy's maps, and sentences that are true, whatever is set."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import correlate2d

from tests.explore.changes import assert_shown, combinations, values
from tests.front_end import each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.sliding.receptive_field import CONTROLS, TOPIC, used
from vizconv.scenes import put


def assert_true(settings, scene):
    """y1 and y2 are SciPy's; a cell saw as much as is said; else a sentence says what does not fit."""
    x, w1, w2 = used(settings)
    sides = settings.size, settings.kernel_size1, settings.kernel_size2
    assert [array.shape for array in (x, w1, w2)] == [(side, side) for side in sides]
    size = (settings.size - settings.kernel_size1) // settings.stride1 + 1
    if scene.walk is None:
        layer = 1 if settings.size < settings.kernel_size1 else 2
        assert layer == 1 or size < settings.kernel_size2
        assert scene.notes[0].startswith(f"✗ Layer {layer}: a kernel height of")
        assert "padding of" not in scene.notes[0]  # no control sets one
        return False
    assert_sums(scene)
    numbers = {panel.name: panel.values for panel in scene.panels}
    y1 = correlate2d(x, w1, "valid")[:: settings.stride1, :: settings.stride1]
    a1 = np.maximum(y1, 0) if settings.relu else y1
    y2 = correlate2d(a1, w2, "valid")[:: settings.stride2, :: settings.stride2]
    np.testing.assert_array_equal(numbers["y1"], y1)
    np.testing.assert_array_equal(numbers["y2"], y2)
    differ = int((numbers["whole"] != y2).sum())
    field = len(numbers["w12"])
    holes = " with holes" if numbers["w12"].size > len(set(scene.terms["kernels"].out)) else ""
    assert f"A cell of y2 saw {field}×{field} pixels{holes}:" in scene.notes[0]
    assert differ == 0 or settings.relu
    assert f"differs from y2 in {differ} of {y2.size} cells" in scene.notes[1] or not settings.relu
    made = {}
    exec(scene.code, made)
    np.testing.assert_array_equal(made["y2"], y2)
    return True


def test_every_control_over_its_whole_range():
    explorer = explore.receptive_field()
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for _ in each_state(explorer):
        assert_shown(explorer, assert_true)
    said = "x 7×7, w1 3×3, y1 5×5, w2 3×3, y2 3×3, w12 5×5, whole 3×3"
    assert repr(explorer) == f"Explorer(receptive field: Scene({said}))"


def test_five_hundred_random_combinations():
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.receptive_field().settings, 4))
    assert 300 < fitted < 500  # both have been seen


@pytest.mark.parametrize("relu", [False, True])
def test_an_edit_goes_through_both_layers(relu):
    explorer = explore.receptive_field(relu=relu)
    for name in ("x", "w1", "w2"):
        explorer.edit(name, 8, -30)
        assert values(explorer, name).flat[8] == -30
        assert_shown(explorer, assert_true)
    send(explorer.controls["size"], value=9)
    assert explorer.settings.x[1, 1] == -30
    assert_shown(explorer, assert_true)


def test_what_does_not_fit_can_still_be_edited():
    explorer = explore.receptive_field(size=4)
    assert [panel.name for panel in explorer.stage.scene.panels] == ["y1", "w2"]
    explorer.edit("w2", 0, 9)
    send(explorer.controls["size"], value=2)
    explorer.edit("w1", 0, 8)
    assert explorer.settings.w2[0, 0] == 9 and explorer.settings.w1[0, 0] == 8


def test_rounding_is_no_difference():
    """With every y1 above 0 a ReLU changes nothing; fractions are summed in another order, no more."""
    explorer = explore.receptive_field(size=4, kernel1=2, kernel2=2, relu=True)
    for name, count in (("x", 16), ("w1", 4), ("w2", 4)):
        for cell in range(count):
            explorer.edit(name, cell, (cell + 1) / 10)
    assert (values(explorer, "y1") > 0).all() and (values(explorer, "y2") != values(explorer, "whole")).any()
    assert "differs from y2 in 0 of 4 cells." in explorer.stage.scene.notes[1]


@pytest.mark.parametrize("relu", [False, True])
def test_what_is_infinite_is_left_out_of_the_count(relu):
    explorer = explore.receptive_field(size=4, kernel1=2, kernel2=2, relu=relu)
    for name in ("w1", "w2"):
        explorer.edit(name, 0, 1e200)
    assert not np.isfinite(values(explorer, "whole")).any()
    assert explorer.stage.scene.notes[1].endswith("Left out: 4 with ∞ or NaN, which cannot be compared.")
    assert ("in 0 of 0 cells" in explorer.stage.scene.notes[1]) == relu


def test_the_code_holds_what_is_infinite():
    explorer, made = explore.receptive_field(), {}
    explorer.show(replace(explorer.settings, x=put(explorer.settings.x, 0, np.inf)))
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["y1"], values(explorer, "y1"))


@pytest.mark.parametrize("settings", [{"stride1": 0}, {"size": 11}, {"kernel2": 4}])
def test_what_is_no_setting_is_refused(settings):
    with pytest.raises(ValueError, match=r"is expected|must be"):
        explore.receptive_field(**settings)
