"""The explorer of a convolution as a matrix: M, y and what is counted are true, whatever is set."""

import re

import numpy as np
import pytest
from scipy.signal import correlate2d

from tests.front_end import combinations, each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.matrices.matrix import RANGES, used


def shown(explorer, name):
    return explorer.stage.scene.panel(name).values


def assert_true(explorer):
    """M times x is SciPy's y, and the sentence counts M as it stands; else a sentence says what is wrong."""
    say = {name: control.value for name, control in explorer.controls.items()}
    scene, (x, w) = explorer.stage.scene, used(explorer.settings)
    assert x.shape == (say["size"],) * 2 and w.shape == (say["kernel"],) * 2
    if scene.walk is None:
        assert say["size"] + 2 * say["padding"] < say["kernel"] and "does not fit" in scene.notes[0]
        return False
    assert_sums(scene)
    step = slice(None, None, say["stride"])
    y = correlate2d(np.pad(x, say["padding"]), w, "valid")[step, step]
    matrix, counted = shown(explorer, "M"), [int(each) for each in re.findall(r"\d+", scene.notes[-1])]
    np.testing.assert_array_equal(matrix @ shown(explorer, "x").ravel(), shown(explorer, "y").ravel())
    assert counted[:3] == [*matrix.shape, matrix.size]
    copies = matrix.shape[0] * w.size
    dense = (y.size, x.size, y.size * x.size)
    assert counted[3:] == [matrix.size - copies, 0, copies, w.size, copies // w.size, *dense]
    made = {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["y"], y.ravel())
    padded = f"each cell of {'the padded x' if say['padding'] else 'x'}:"
    assert any(padded in note for note in scene.notes)
    assert any("leaves the padding's columns out" in note for note in scene.notes) == (say["padding"] > 0)
    if shown(explorer, "y").shape == y.shape:
        np.testing.assert_array_equal(shown(explorer, "y"), y)
        inside = (scene.panel("x").kinds & 1 == 0).ravel()
        np.testing.assert_array_equal(matrix[:, inside], made["M"])
    return True


def test_every_control_over_its_whole_range():
    explorer = explore.matrix()
    assert list(explorer.controls) == list(RANGES)
    for _ in each_state(explorer):
        assert_true(explorer)
    assert repr(explorer) == "Explorer(matrix: Scene(M 9×16, x 4×4, y 3×3, w 2×2))"


def test_five_hundred_random_combinations():
    explorer, fitted = explore.matrix(), []
    for _ in combinations(explorer, 4):
        fitted.append(assert_true(explorer))
    assert 400 < sum(fitted) < 500  # both have been seen


def test_one_weight_has_nine_copies_that_an_edit_moves_together():
    explorer = explore.matrix()
    before = shown(explorer, "M")
    assert (before == -7).sum() == 9 and "108 are always 0" in explorer.stage.scene.notes[-1]
    explorer.stage.scene = explorer._edited(explorer.stage.scene, "w", 2, 50)
    np.testing.assert_array_equal(shown(explorer, "M") == 50, before == -7)
    assert_true(explorer)
    send(explorer.controls["size"], value=3)
    explorer.stage.scene = explorer._edited(explorer.stage.scene, "x", 8, 60)
    assert explorer.settings.x[2, 2] == 60 and explorer.settings.w[1, 0] == 50
    assert_true(explorer)


@pytest.mark.parametrize("settings", [{"stride": 0}, {"size": 6}, {"kernel": 4}])
def test_what_is_no_setting_is_refused(settings):
    with pytest.raises(ValueError, match=r"is expected|must be"):
        explore.matrix(**settings)
