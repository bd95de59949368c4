"""The explorer of a shift: both maps and their difference by SciPy, and what is said of them is true."""

import numpy as np
import pytest
from scipy.ndimage import shift as scipy_shift
from scipy.signal import correlate2d

import vizconv as vc
from tests.front_end import combinations, each_state, send
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import explore
from vizconv.examples.matrices import OWN
from vizconv.explore.sliding.shift import PICTURES
from vizconv.scenes import FILLED

DIGIT = vc.datasets.digits()[0].images[7].astype(int)


def shown(explorer, name):
    return explorer.stage.scene.panel(name).values


def assert_true(explorer, sums=True):
    say = {name: control.value for name, control in explorer.controls.items()}
    scene, stride = explorer.stage.scene, say["stride"]
    x = DIGIT if say["picture"] == "paper 0" else 255 - DIGIT
    w = explorer.settings.w
    if sums:
        assert_sums(scene)
    x_moved = scipy_shift(x, (say["down"], say["right"]), order=0, mode="nearest")
    before, after = (
        correlate2d(np.pad(each, say["padding"]), w, "valid")[::stride, ::stride] for each in (x, x_moved)
    )
    np.testing.assert_allclose(shown(explorer, "y"), after, atol=1e-9)
    cells = [int(say[name] / stride) for name in ("down", "right")]
    moved = scipy_shift(before, cells, order=0, mode="constant")
    there = scipy_shift(np.ones_like(before), cells, order=0, mode="constant") > 0.5
    assert ((scene.panel("moved").kinds == FILLED) == ~there).all()
    np.testing.assert_allclose(shown(explorer, "moved")[there], moved[there], atol=1e-9)
    differ = np.abs(after - moved)[there] > 1e-9
    np.testing.assert_array_equal(np.abs(shown(explorer, "difference")[there]) > 1e-9, differ)
    whole = all(say[name] % stride == 0 for name in ("down", "right"))
    assert ("which it cannot" in scene.notes[0]) is not whole
    if whole:
        assert scene.notes[1].startswith("The maps are the same in all") or ", in 0 of" in scene.notes[1]
        assert say["padding"] or not differ.any()
    return differ.any()


def test_every_control_over_its_whole_range():
    explorer = explore.shift(stride=2)
    assert list(explorer.controls) == ["picture", "kernel", "down", "right", "stride", "padding"]
    for _ in each_state(explorer):
        assert_true(explorer)
    said = "x 28×28, w 3×3, y 13×13, moved 13×13, minus 1, difference 13×13"
    assert repr(explorer) == f"Explorer(shift: Scene({said}))"


def test_random_combinations():
    explorer, seen = explore.shift(), []
    for number in combinations(explorer, 4):
        seen.append(assert_true(explorer, sums=number % 10 == 0))
    assert 100 < sum(seen) < 450  # both have been seen


def test_away_from_the_padding_nothing_differs_and_at_it_something_does():
    explorer = explore.shift("paper 255", down=1, padding=1)
    assert explorer.stage.scene.notes[1].endswith("away from the padding, in 0 of 600.")
    assert assert_true(explorer)
    assert not assert_true(explore.shift("paper 255", down=1))
    assert assert_true(explore.shift(right=1, stride=2)) and not assert_true(explore.shift(stride=2))


@pytest.mark.parametrize("picture", PICTURES)
def test_the_code_makes_both_maps(picture):
    explorer, made = explore.shift(picture, down=-3, padding=1, stride=2), {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["y"], shown(explorer, "y"))
    assert made["before"].shape == made["y"].shape


def test_an_edit_of_the_kernel_changes_both_maps():
    explorer = explore.shift()
    explorer.stage.scene = explorer._edited(explorer.stage.scene, "w", 4, 0.1)
    assert explorer.settings.w[1, 1] == 0.1 and explorer.controls["kernel"].value == OWN
    assert not assert_true(explorer)
    send(explorer.controls["kernel"], index=2)
    assert not assert_true(explorer)


def test_infinities_are_not_said_to_be_the_same():
    explorer = explore.shift(right=1)
    explorer.stage.scene = explorer._edited(explorer.stage.scene, "w", 4, 1e307)
    difference, there = shown(explorer, "difference"), explorer.stage.scene.panel("moved").kinds == 0
    unknown = int(np.isnan(difference).sum())
    assert unknown > 50 and (difference[~there] == 0).all()
    assert explorer.stage.scene.notes[1] == (
        f"The maps are the same in all {there.sum() - unknown} cells that can be compared. Left out: "
        f"{unknown} with ∞ or NaN, which cannot be compared."
    )
    for cell in range(9):
        explorer.stage.scene = explorer._edited(explorer.stage.scene, "w", cell, float("nan"))
    assert explorer.stage.scene.notes[1].startswith("The maps have no cells that can be compared. Left out: ")


def test_the_code_names_the_pictures_as_the_stage_does():
    explorer, made = explore.shift("paper 255", right=3), {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["x"], shown(explorer, "x"))
    assert "The picture moved by 0 down and 3 to the right" in explorer.stage.scene.notes[0]


def test_its_scene_is_in_order_and_light():
    scene = explore.shift("paper 255").stage.scene
    assert_arranged(scene)
    assert_drawn(scene)
    x = np.ones((1, 1, 4, 4))
    with pytest.raises(ValueError, match="before has a map of"):
        vc.scenes.shift(vc.conv2d(x, x), vc.conv2d(x, x[..., 1:, 1:]), (0, 0))


@pytest.mark.parametrize("settings", [{"stride": 0}, {"right": 6}, {"picture": "a cat"}])
def test_what_is_no_setting_is_refused(settings):
    with pytest.raises(ValueError, match=r"is expected|must be"):
        explore.shift(**settings)
