"""The explorer of a convolution as a matrix: M, y and what is counted are true, whatever is set."""

import re

import numpy as np
import pytest
from scipy.signal import correlate2d

from tests.explore.changes import assert_shown, combinations, values
from tests.front_end import each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.matrices.matrix import CONTROLS, TOPIC, used


def assert_true(settings, scene):
    """M times x is SciPy's y, and the sentence counts M as it stands; else a sentence says what is wrong."""
    x, w = used(settings)
    padding, side = settings.padding, settings.kernel_size
    assert x.shape == (settings.size,) * 2 and w.shape == (side, side)
    if scene.walk is None:
        assert settings.size + 2 * padding < side and "does not fit" in scene.notes[0]
        return False
    assert_sums(scene)
    step = slice(None, None, settings.stride)
    y = correlate2d(np.pad(x, padding), w, "valid")[step, step]
    matrix, note = scene.panel("M").values, re.sub(r"(\d),(\d)", r"\1\2", scene.notes[-1])
    counted = [int(each) for each in re.findall(r"\d+", note)]
    np.testing.assert_array_equal(matrix @ scene.panel("x").values.ravel(), scene.panel("y").values.ravel())
    assert counted[:3] == [*matrix.shape, matrix.size]
    copies = matrix.shape[0] * w.size
    dense = (y.size, x.size, y.size * x.size)
    assert counted[3:] == [matrix.size - copies, 0, copies, w.size, copies // w.size, *dense]
    made = {}
    exec(scene.code, made)
    np.testing.assert_array_equal(made["y"], y.ravel())
    padded = f"each cell of {'the padded x' if padding else 'x'}:"
    assert any(padded in note for note in scene.notes)
    assert any("leaves the padding's columns out" in note for note in scene.notes) == (padding > 0)
    if scene.panel("y").shape == y.shape:
        np.testing.assert_array_equal(scene.panel("y").values, y)
        inside = (scene.panel("x").kinds & 1 == 0).ravel()
        np.testing.assert_array_equal(matrix[:, inside], made["M"])
    return True


def test_every_control_over_its_whole_range():
    explorer = explore.matrix()
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for _ in each_state(explorer):
        assert_shown(explorer, assert_true)
    assert repr(explorer) == "Explorer(matrix: Scene(M 9×16, x 4×4, y 3×3, w 2×2))"


def test_five_hundred_random_combinations():
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.matrix().settings, 4))
    assert 400 < fitted < 500  # both have been seen


def test_one_weight_has_nine_copies_that_an_edit_moves_together():
    explorer = explore.matrix()
    before = values(explorer, "M")
    assert (before == -7).sum() == 9 and "108 are always 0" in explorer.stage.scene.notes[-1]
    explorer.edit("w", 2, 50)
    np.testing.assert_array_equal(values(explorer, "M") == 50, before == -7)
    assert_shown(explorer, assert_true)
    send(explorer.controls["size"], value=3)
    explorer.edit("x", 8, 60)
    assert explorer.settings.x[2, 2] == 60 and explorer.settings.w[1, 0] == 50
    assert_shown(explorer, assert_true)


@pytest.mark.parametrize("settings", [{"stride": 0}, {"size": 6}, {"kernel": 4}])
def test_what_is_no_setting_is_refused(settings):
    with pytest.raises(ValueError, match=r"is expected|must be"):
        explore.matrix(**settings)
