"""The explorer of one row: its Jacobians and gradients are the engine's and NumPy's, or it says why not."""

import numpy as np
import pytest
from scipy.signal import correlate

import vizconv as vc
from tests.front_end import combinations, each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.matrices.jacobians import RANGES, WORKED
from vizconv.scenes.matrices.jacobians import FORWARDS


def shown(explorer, name):
    """The values of a panel on the stage."""
    return explorer.stage.scene.panel(name).values


def inside(explorer, name):
    """The values of a panel where it is not cropped."""
    panel = explorer.stage.scene.panel(name)
    return panel.values[(panel.kinds & vc.scenes.CROPPED) == 0]


def assert_true(explorer):
    """Every number on the stage is what NumPy says, or there is a sentence of why there is none."""
    said = {name: control.value for name, control in explorer.controls.items()}
    scene, settings = explorer.stage.scene, explorer.settings
    x, w = settings.shown
    assert (len(x), len(w)) == (said["x"], said["w"])
    spaced = np.zeros(said["dilation"] * (len(w) - 1) + 1)
    spaced[:: said["dilation"]] = w
    padded = np.pad(x, said["padding"])
    if len(spaced) > len(padded):
        assert [panel.name for panel in scene.panels] == ["x", "w"] and len(scene.notes) == 1
        assert "does not fit" in scene.notes[0] and scene.code == ""
        return False
    assert_sums(scene)
    assert (explorer.controls["forward"].layout.display == "none") == said["transpose"]
    assert said["transpose"] or FORWARDS[said["forward"]] in scene.readings
    y = correlate(padded, spaced, "valid")[:: said["stride"]] + settings.b
    np.testing.assert_allclose(shown(explorer, "y"), y)
    rows = [
        np.pad(spaced, (at, len(padded) - at - len(spaced)))
        for at in range(0, len(padded), said["stride"])[: len(y)]
    ]
    np.testing.assert_array_equal(shown(explorer, "dy/dx"), rows)
    dy = shown(explorer, "dy")
    spread = np.zeros(len(padded) - len(spaced) + 1)
    spread[:: said["stride"]] = dy
    dx = np.convolve(spread, spaced)[said["padding"] :][: len(x)]
    for name in ("dx", "slid") if said["transpose"] else ("dx",):
        np.testing.assert_array_equal(inside(explorer, name), dx)
    if not said["transpose"]:
        np.testing.assert_array_equal(
            shown(explorer, "dw"), correlate(padded, spread, "valid")[:: said["dilation"]]
        )
        assert shown(explorer, "db") == dy.sum()
    assert shown(explorer, "L") == dy @ shown(explorer, "y")
    unread = [f"x[{at}]" for at in range(len(x)) if not np.any(np.array(rows)[:, said["padding"] + at] != 0)]
    notes = [note for note in scene.notes if note.startswith("No output reads")]
    assert bool(notes) == bool(unread) and all(cell in notes[0] for cell in unread)
    return True


def assert_code(explorer):
    """The copied code makes the numbers of the stage."""
    made = {}
    exec(explorer.stage.code, made)
    for name in ("y", "dx"):
        np.testing.assert_array_equal(made[name], inside(explorer, name))
    assert made["dy"] @ made["y"] == shown(explorer, "L")


# ---- Every control, and all of them together ---------------------------------------------------------------


def test_every_control_over_its_whole_range():
    explorer = explore.jacobians()
    assert list(explorer.controls) == [*RANGES, "forward", "transpose"]
    for control, state in each_state(explorer):
        assert {name: getattr(control, name) for name in state} == state
        assert_true(explorer) and assert_code(explorer)
    names = "x 4, w 2, b 1, y 3, dy/dx 3×4, dy/dw 3×2, dy 3, dx 4, dw 2, db 1, L 1"
    assert repr(explorer) == f"Explorer(jacobians: Scene({names}))"


def test_five_hundred_random_combinations():
    explorer, fitted = explore.jacobians(), 0
    for _ in combinations(explorer, 5):
        fitted += assert_true(explorer)
    assert 300 < fitted < 495  # both have been seen


# ---- What a learner types ----------------------------------------------------------------------------------


def typed(explorer, panel, index, value):
    """Type a value into a cell, named as the stage names it."""
    scene = explorer.stage.scene
    cell = index - sum(scene.panel(panel).origin)
    explorer.stage.scene = explorer._edited(scene, panel, cell, value)


def test_edits_reach_their_number_and_come_back_with_a_longer_row():
    explorer = explore.jacobians(padding=2)
    for panel, index, value in (("x", 3, -7), ("w", 1, 0.5), ("dy", 5, 9), ("b", 0, -2)):
        typed(explorer, panel, index, value)
        assert_true(explorer)
    assert explorer.settings.x[3] == -7 and explorer.settings.w[1] == 0.5
    assert explorer.settings.dy[5] == 9 and explorer.settings.b == -2
    for length in (2, 5):
        send(explorer.controls["x"], value=length)
    assert shown(explorer, "x")[2:-2].tolist() == [*WORKED["x"][:3], -7, WORKED["x"][4]]
    assert_true(explorer)


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
    assert_true(explorer)
    assert_code(explorer)
    assert shown(explorer, "x").tolist() == x and shown(explorer, "dy").tolist() == dy


def test_what_is_infinite_is_shown():
    explorer = explore.jacobians()
    typed(explorer, "x", 0, np.inf)
    assert shown(explorer, "y")[0] == np.inf
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
