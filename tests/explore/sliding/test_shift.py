"""The explorer of a shift: both maps and their difference by SciPy, and what is said of them is true."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import shift as scipy_shift
from scipy.signal import correlate2d

import vizconv as vc
from tests.explore.changes import assert_shown, combinations, values
from tests.front_end import each_state, send
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import explore
from vizconv.explore.chosen import OWN, Chosen
from vizconv.explore.sliding.shift import CONTROLS, PIXELS, TOPIC
from vizconv.scenes import FILLED


def assert_true(settings, scene, sums=True):
    stride, w = settings.stride, settings.w
    digit = vc.datasets.digits()[0].images[settings.digit].astype(int)
    x = digit if settings.picture == "paper 0" else 255 - digit
    if sums:
        assert_sums(scene)
    x_moved = scipy_shift(x, (settings.down, settings.right), order=0, cval=x[0, 0])
    before, after = (
        correlate2d(np.pad(each, settings.padding), w, "valid")[::stride, ::stride] for each in (x, x_moved)
    )
    np.testing.assert_allclose(scene.panel("y").values, after, atol=1e-9)
    cells = [int(step / stride) for step in (settings.down, settings.right)]
    moved = scipy_shift(before, cells, order=0, mode="constant")
    there = scipy_shift(np.ones_like(before), cells, order=0, mode="constant") > 0.5
    assert ((scene.panel("moved").kinds == FILLED) == ~there).all()
    np.testing.assert_allclose(scene.panel("moved").values[there], moved[there], atol=1e-9)
    differ = np.abs(after - moved)[there] > 1e-9
    np.testing.assert_array_equal(np.abs(scene.panel("difference").values[there]) > 1e-9, differ)
    whole = settings.down % stride == settings.right % stride == 0
    assert ("which it cannot" in scene.notes[0]) is not whole
    if whole:
        assert scene.notes[1].startswith("The maps are the same in all") or ", in 0 of" in scene.notes[1]
        assert settings.padding or not differ.any()
    return differ.any()


def test_a_stage_can_tell_how_far_the_picture_and_its_map_have_moved():
    scene = explore.shift(down=-4, right=2, stride=2).stage.scene
    assert scene.panel("x").moved == (-4, 2)
    assert scene.panel("y").moved == scene.panel("moved").moved == (-2, 1)
    assert scene.panel("difference").moved == (0, 0)


def test_every_control_over_its_whole_range():
    explorer = explore.shift(stride=2)
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for _ in each_state(explorer):
        assert_shown(explorer, assert_true)
    said = "x 28×28, w 3×3, y 13×13, moved 13×13, difference 13×13"
    assert repr(explorer) == f"Explorer(shift: Scene({said}))"


def test_random_combinations():
    each = enumerate(combinations(TOPIC, explore.shift().settings, 4))
    differ = sum(assert_true(*pair, sums=number % 10 == 0) for number, pair in each)
    assert 100 < differ < 450  # both have been seen


def test_away_from_the_padding_nothing_differs_and_at_it_something_does():
    explorer = explore.shift("paper 255", down=1, padding=1)
    assert explorer.stage.scene.notes[1].endswith("away from the padding, in 0 of 600.")
    assert assert_shown(explorer, assert_true)
    for keywords, differ in (({"down": 1}, False), ({"right": 1, "stride": 2}, True), ({"stride": 2}, False)):
        assert assert_shown(explore.shift("paper 255", **keywords), assert_true) == differ


@pytest.mark.parametrize("picture", PIXELS)
def test_the_code_makes_both_maps(picture):
    explorer, made = explore.shift(picture, down=-3, padding=1, stride=2), {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["y"], values(explorer, "y"))
    assert made["before"].shape == made["y"].shape


def test_an_edit_of_the_kernel_changes_both_maps():
    explorer = explore.shift()
    explorer.edit("w", 4, 0.1)
    assert explorer.settings.w[1, 1] == 0.1 and explorer.controls["kernel"].value == OWN
    assert not assert_shown(explorer, assert_true)
    send(explorer.controls["kernel"], index=2)
    assert not assert_shown(explorer, assert_true)


def test_infinities_are_not_said_to_be_the_same():
    explorer = explore.shift(right=1)
    explorer.edit("w", 4, 1e307)
    difference, there = values(explorer, "difference"), explorer.stage.scene.panel("moved").kinds == 0
    unknown = int(np.isnan(difference).sum())
    assert unknown > 50 and (difference[~there] == 0).all()
    assert explorer.stage.scene.notes[1] == (
        f"The maps are the same in all {there.sum() - unknown} cells that can be compared. Left out: "
        f"{unknown} with ∞ or NaN, which cannot be compared."
    )
    kernel = Chosen(name=OWN, values=np.full((3, 3), np.nan))
    explorer.show(replace(explorer.settings, kernel=kernel))
    assert explorer.stage.scene.notes[1].startswith("The maps have no cells that can be compared. Left out: ")


def test_the_code_names_the_pictures_as_the_stage_does():
    explorer, made = explore.shift("paper 255", right=3), {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["x"], values(explorer, "x"))
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
