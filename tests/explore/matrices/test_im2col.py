"""The explorer of im2col: its matrices hold the engine's numbers, whatever is set."""

import numpy as np
import pytest
from scipy.signal import correlate2d

import vizconv as vc
from tests.explore.changes import assert_shown, combinations, values
from tests.front_end import each_state
from vizconv import explore
from vizconv.engine.writing import counted
from vizconv.explore.matrices.im2col import CONTROLS, TOPIC


def assert_true(settings, scene):
    """Y is W · X and y, by the engine and by SciPy; where nothing fits there is a sentence instead."""
    x, w, side = settings.x, settings.w, settings.kernel_size
    assert x.shape == (settings.size,) * 2 and w.shape == (settings.filters, side, side)
    if scene.walk is None:
        assert settings.size + 2 * settings.padding < side
        (note,) = scene.notes
        assert "does not fit" in note and scene.readings == ()
        return False
    padded, step = np.pad(x, settings.padding), slice(None, None, settings.stride)
    y = np.stack([correlate2d(padded, kernel, "valid")[step, step] for kernel in w])
    numbers = {panel.name: panel.values for panel in scene.panels}
    np.testing.assert_array_equal(numbers["y"].reshape(y.shape), y)
    np.testing.assert_array_equal(numbers["Y"], y.reshape(len(y), -1))
    np.testing.assert_array_equal(numbers["W"] @ numbers["X"], numbers["Y"])
    for name, sums in scene.sums().items():
        np.testing.assert_array_equal(sums, numbers[name])
    assert scene.notes[0].startswith(
        f"{counted(y[0].size, 'patch', 'patches')} of {counted(w[0].size, 'number')}: X holds"
    )
    made = {}
    exec(scene.code, made)
    np.testing.assert_array_equal(made["y"], y)
    return True


def test_every_control_over_its_whole_range():
    explorer = explore.im2col()
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for _ in each_state(explorer):
        assert_shown(explorer, assert_true)
    assert repr(explorer) == "Explorer(im2col: Scene(w 2×2×2, x 4×4, y 2×3×3, W 2×4, X 4×9, Y 2×9))"


def test_five_hundred_random_combinations():
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.im2col().settings, 5))
    assert 400 < fitted < 500  # both have been seen


def test_an_edit_flows_into_the_matrices():
    explorer = explore.im2col(padding=1)
    scene = explorer.stage.scene
    inside = int(np.ravel_multi_index((1, 2), scene.panel("x").shape))  # x[0, 1], within its padding
    explorer.edit("x", inside, 50)
    explorer.edit("w", 5, -8)
    assert explorer.settings.x[0, 1] == 50 and explorer.settings.w[1, 0, 1] == -8
    assert_shown(explorer, assert_true)


def test_the_first_kernel_is_the_worked_example():
    y = values(explore.im2col(), "y")[0]
    assert y.tolist() == [[-37, -75, -112], [70, 34, 43], [-19, -15, 7]]


def test_one_own_kernel_and_an_oblong_input():
    x, w = np.arange(20).reshape(4, 5), np.array([[1, 0, -1]])
    explorer = explore.im2col(x, w, stride=2)
    record = vc.conv2d(x[None, None], w[None, None], stride=2)
    np.testing.assert_array_equal(values(explorer, "y"), record.y[0, 0])


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
