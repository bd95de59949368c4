"""The explorer of one row: its Jacobians and gradients are the engine's and NumPy's, or it says why not."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import correlate

import vizconv as vc
from tests.explore.changes import assert_shown, combinations, values
from tests.front_end import each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.matrices.jacobians import CONTROLS, TOPIC, WORKED, used
from vizconv.scenes.matrices.jacobians import FORWARDS


def inside(scene, name):
    """The values of a panel where it is not cropped."""
    panel = scene.panel(name)
    return panel.values[(panel.kinds & vc.scenes.CROPPED) == 0]


def assert_true(settings, scene):
    """Every number of the scene is what NumPy says, or there is a sentence of why there is none."""
    x, w = used(settings)
    padding, stride, dilation = settings.padding, settings.stride, settings.dilation
    assert (len(x), len(w)) == (settings.size, settings.kernel_size)
    spaced = np.zeros(dilation * (len(w) - 1) + 1)
    spaced[::dilation] = w
    padded = np.pad(x, padding)
    if len(spaced) > len(padded):
        assert [panel.name for panel in scene.panels] == ["x", "w"] and len(scene.notes) == 1
        assert "does not fit" in scene.notes[0] and scene.code == ""
        return False
    assert_sums(scene)
    assert settings.transpose or FORWARDS[settings.forward] in scene.readings
    numbers = {panel.name: panel.values for panel in scene.panels}
    y = correlate(padded, spaced, "valid")[::stride] + settings.b
    np.testing.assert_allclose(numbers["y"], y)
    rows = [
        np.pad(spaced, (at, len(padded) - at - len(spaced))) for at in range(0, len(padded), stride)[: len(y)]
    ]
    np.testing.assert_array_equal(numbers["dy/dx"], rows)
    dy = numbers["dy"]
    spread = np.zeros(len(padded) - len(spaced) + 1)
    spread[::stride] = dy
    dx = np.convolve(spread, spaced)[padding:][: len(x)]
    for name in ("dx", "slid") if settings.transpose else ("dx",):
        np.testing.assert_array_equal(inside(scene, name), dx)
    if not settings.transpose:
        np.testing.assert_array_equal(numbers["dw"], correlate(padded, spread, "valid")[::dilation])
        assert numbers["db"] == dy.sum()
    assert numbers["L"] == dy @ numbers["y"]
    unread = [f"x[{at}]" for at in range(len(x)) if not np.any(np.array(rows)[:, padding + at] != 0)]
    notes = [note for note in scene.notes if note.startswith("No output reads")]
    assert bool(notes) == bool(unread) and all(cell in notes[0] for cell in unread)
    return True


def assert_code(explorer):
    """The copied code makes the numbers of the stage."""
    made = {}
    exec(explorer.stage.code, made)
    for name in ("y", "dx"):
        np.testing.assert_array_equal(made[name], inside(explorer.stage.scene, name))
    assert made["dy"] @ made["y"] == values(explorer, "L")


# ---- Every control, and all of them together ---------------------------------------------------------------


def test_every_control_over_its_whole_range():
    explorer = explore.jacobians()
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for control, state in each_state(explorer):
        assert {name: getattr(control, name) for name in state} == state
        assert_shown(explorer, assert_true) and assert_code(explorer)
    names = "x 4, w 2, b 1, y 3, dy/dx 3×4, dy/dw 3×2, dy 3, dx 4, dw 2, db 1, L 1"
    assert repr(explorer) == f"Explorer(jacobians: Scene({names}))"


def test_five_hundred_random_combinations():
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.jacobians().settings, 5))
    assert 300 < fitted < 495  # both have been seen


# ---- What a learner types ----------------------------------------------------------------------------------


def test_edits_reach_their_number_and_come_back_with_a_longer_row():
    explorer = explore.jacobians(padding=2)
    for panel, index, value in (("x", 3, -7), ("w", 1, 0.5), ("dy", 5, 9), ("b", 0, -2)):
        explorer.edit(panel, (index,) if panel != "b" else (), value)
        assert_shown(explorer, assert_true)
    assert explorer.settings.x[3] == -7 and explorer.settings.w[1] == 0.5
    assert explorer.settings.dy[5] == 9 and explorer.settings.b == -2
    for length in (2, 5):
        send(explorer.controls["size"], value=length)
    assert values(explorer, "x")[2:-2].tolist() == [*WORKED["x"][:3], -7, WORKED["x"][4]]
    assert_shown(explorer, assert_true)


def test_any_gradient_agrees_with_a_finite_difference():
    for transpose in (False, True):
        explorer = explore.jacobians(stride=2, padding=1, dilation=2, transpose=transpose)
        names = ("dx", "slid") if transpose else ("dx", "dw")
        for name in names:
            cells = range(4) if name != "dw" else range(2)
            assert all(explorer.finite_difference(name, cell).agrees for cell in cells)
    assert explore.jacobians().finite_difference("db").agrees
    with pytest.raises(IndexError):
        explorer.finite_difference("dx", -1)  # a cell of padding is no number that could move


def test_own_rows():
    x, w, dy = [0.5, -1, 2, 3, 1], [1, -2, 1], [2, -3]
    explorer = explore.jacobians(x, w, dy, b=0.25, stride=2)
    assert_shown(explorer, assert_true)
    assert_code(explorer)
    assert values(explorer, "x").tolist() == x and values(explorer, "dy").tolist() == dy


def test_what_is_infinite_is_shown():
    explorer = explore.jacobians()
    explorer.show(replace(explorer.settings, x=np.array([np.inf, 1, 6, 5])))
    assert values(explorer, "y")[0] == np.inf
    assert "np.inf" in explorer.stage.code


@pytest.mark.parametrize(
    ("arguments", "settings", "error"),
    [
        (([[1, 2]],), {}, ValueError),
        (([],), {}, ValueError),
        ((range(25),), {}, ValueError),
        ((None, None, [1, 2]), {}, ValueError),
        ((None, None, None), {"b": [1]}, ValueError),
        (("digit",), {}, TypeError),
        ((), {"stride": 0}, ValueError),
        ((), {"padding": 0.5}, TypeError),
    ],
)
def test_what_is_no_setting_is_refused(arguments, settings, error):
    with pytest.raises(error):
        explore.jacobians(*arguments, **settings)
