"""The explorer of im2col: its matrices hold the engine's numbers, whatever is set."""

import numpy as np
import pytest
from scipy.signal import correlate2d

import vizconv as vc
from tests.front_end import combinations, each_state
from vizconv import explore
from vizconv.explore.matrices.im2col import RANGES


def shown(explorer, name):
    return explorer.stage.scene.panel(name).values


def assert_true(explorer):
    """Y is W · X and y, by the engine and by SciPy; where nothing fits there is a sentence instead."""
    say = {name: control.value for name, control in explorer.controls.items()}
    scene, settings = explorer.stage.scene, explorer.settings
    x, w = settings.x, settings.w
    assert x.shape == (say["size"],) * 2 and w.shape == (say["filters"], say["kernel"], say["kernel"])
    if scene.walk is None:
        assert say["size"] + 2 * say["padding"] < say["kernel"]
        (note,) = scene.notes
        assert "does not fit" in note and scene.readings == ()
        return False
    padded = np.pad(x, say["padding"])
    step = slice(None, None, say["stride"])
    y = np.stack([correlate2d(padded, kernel, "valid")[step, step] for kernel in w])
    np.testing.assert_array_equal(shown(explorer, "y").reshape(y.shape), y)
    np.testing.assert_array_equal(shown(explorer, "Y"), y.reshape(len(y), -1))
    np.testing.assert_array_equal(shown(explorer, "W") @ shown(explorer, "X"), shown(explorer, "Y"))
    for name, values in scene.sums().items():
        np.testing.assert_array_equal(values, shown(explorer, name))
    assert scene.notes[0].startswith(f"{y[0].size} patches of {w[0].size} numbers: X holds")
    made = {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["y"], y)
    return True


def test_every_control_over_its_whole_range():
    explorer = explore.im2col()
    assert list(explorer.controls) == list(RANGES)
    for _ in each_state(explorer):
        assert_true(explorer)
    assert repr(explorer) == "Explorer(im2col: Scene(w 2×2×2, x 4×4, y 2×3×3, W 2×4, X 4×9, Y 2×9))"


def test_five_hundred_random_combinations():
    explorer, fitted = explore.im2col(), []
    for _ in combinations(explorer, 5):
        fitted.append(assert_true(explorer))
    assert 400 < sum(fitted) < 500  # both have been seen


def test_an_edit_flows_into_the_matrices():
    explorer = explore.im2col(padding=1)
    scene = explorer.stage.scene
    inside = int(np.ravel_multi_index((1, 2), scene.panel("x").shape))  # x[0, 1], within its padding
    explorer.stage.scene = explorer._edited(scene, "x", inside, 50)
    explorer.stage.scene = explorer._edited(explorer.stage.scene, "w", 5, -8)
    assert explorer.settings.x[0, 1] == 50 and explorer.settings.w[1, 0, 1] == -8
    assert_true(explorer)


def test_the_first_kernel_is_the_worked_example():
    y = shown(explore.im2col(), "y")[0]
    assert y.tolist() == [[-37, -75, -112], [70, 34, 43], [-19, -15, 7]]


def test_one_own_kernel_and_an_oblong_input():
    x, w = np.arange(20).reshape(4, 5), np.array([[1, 0, -1]])
    explorer = explore.im2col(x, w, stride=2)
    record = vc.conv2d(x[None, None], w[None, None], stride=2)
    np.testing.assert_array_equal(shown(explorer, "y"), record.y[0, 0])


@pytest.mark.parametrize(
    ("arguments", "settings", "error"),
    [
        (([1, 2],), {}, ValueError),
        ((None, np.ones((1, 1, 2, 2))), {}, ValueError),
        ((), {"stride": 0}, ValueError),
        ((), {"padding": 0.5}, TypeError),
    ],
)
def test_what_is_no_setting_is_refused(arguments, settings, error):
    with pytest.raises(error):
        explore.im2col(*arguments, **settings)
