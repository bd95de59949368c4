"""The explorer of a convolution: it shows the engine's and SciPy's numbers, or says why not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

import vizconv as vc
from tests.engine.cases import pairs
from tests.front_end import combinations, each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.chosen import OWN
from vizconv.explore.sliding.convolution import PATTERNS, PICTURES, numbered, scene_of, single_one, start
from vizconv.scenes.sliding.convolution import ODD_CELL, OTHER_SIGN, SAME_EITHER_WAY

ENGINE = {"*": vc.convolve, "⋆": vc.cross_correlate}
SCIPY = {"*": convolve2d, "⋆": correlate2d}
SLIDES = {"*": "rotated", "⋆": "k"}
TURNS = (SAME_EITHER_WAY, ODD_CELL, OTHER_SIGN)


def shown(explorer, name):
    """The values of a panel on the stage."""
    return explorer.stage.scene.panel(name).values


def assert_true(explorer):
    """The stage shows k, its rotation and the y that the controls ask for, or one sentence of why not."""
    said = {name: control.value for name, control in explorer.controls.items()}
    scene, x, k = explorer.stage.scene, explorer.settings.x, explorer.settings.k
    np.testing.assert_array_equal(shown(explorer, "k"), k)
    assert k.shape == (said["kernel_size"],) * 2
    y, why = made(said["operation"], x, k, said["padding"])
    if y is None:
        assert [panel.name for panel in scene.panels] == ["x", "k"] and scene.code == ""
        assert scene.panel("k").sign == said["operation"]
        assert scene.notes == (f"{why[0].upper()}{why[1:]}.",)
        return False
    assert_sums(scene)
    np.testing.assert_array_equal(shown(explorer, "rotated"), np.rot90(k, 2))
    np.testing.assert_allclose(shown(explorer, "y"), y, rtol=1e-12, atol=1e-9)
    expected = SCIPY[said["operation"]](x, k, mode=said["padding"])
    np.testing.assert_allclose(shown(explorer, "y"), expected, rtol=1e-12, atol=1e-9)
    assert scene.readings[1].right == SLIDES[said["operation"]]
    assert scene.panel("k").sign == said["operation"]
    return True


def made(operation, x, k, padding):
    """The engine's y, or why there is none."""
    try:
        return ENGINE[operation](x, k, padding=padding), ""
    except ValueError as error:
        return None, str(error)


# ---- Every control, and all of them together ---------------------------------------------------------------


def test_every_control_over_its_whole_range():
    explorer = explore.convolution("counting", padding="full")
    for control, state in each_state(explorer):
        assert {name: getattr(control, name) for name in state} == state
        assert_true(explorer)
    assert repr(explorer) == "Explorer(convolution: Scene(x 9×9, k 2×2, rotated 2×2, y 8×8))"


def test_five_hundred_random_combinations():
    """Fits or not, every combination shows its numbers or its sentence, and never throws."""
    explorer, fitted = explore.convolution(), 0
    for _ in combinations(explorer, 5):
        fitted += assert_true(explorer)
    assert 300 < fitted < 495  # both have been seen


@given(pairs(1, 5), pairs(1, 4), st.sampled_from("*⋆"), st.sampled_from(["valid", "same", "full"]), st.data())
def test_what_is_said_of_the_turn_is_true(size, kernel, operation, padding, data):
    cells = st.lists(st.integers(-1, 1), min_size=int(np.prod(kernel)), max_size=int(np.prod(kernel)))
    k = np.array(data.draw(cells)).reshape(kernel)
    k = data.draw(st.sampled_from([k, k + np.rot90(k, 2), k - np.rot90(k, 2)]))
    x = np.random.default_rng(0).integers(1, 1000, size)  # so different that only equal kernels agree
    scene = scene_of(start(x, k, operation, padding))
    if not scene.walk:
        return
    convolved, correlated = (engine(x, k, padding=padding) for engine in ENGINE.values())
    turned = [note for note in scene.notes if note in TURNS]
    assert len(turned) <= 1
    if SAME_EITHER_WAY in turned:
        np.testing.assert_array_equal(convolved, correlated)
    if OTHER_SIGN in turned:
        np.testing.assert_array_equal(convolved, -correlated)
    if ODD_CELL in turned:
        assert padding == "same" and not all(length % 2 for length in kernel)
    own_rotation = np.array_equal(k, np.rot90(k, 2))
    assert own_rotation == (SAME_EITHER_WAY in turned or ODD_CELL in turned)


# ---- What the lesson points at -----------------------------------------------------------------------------


def test_a_single_one_shows_the_kernel_as_it_is_only_under_a_convolution():
    k = numbered(3, 3)
    explorer = explore.convolution("a single one", "1, 2, 3, ...")
    np.testing.assert_array_equal(shown(explorer, "y"), k)
    send(explorer.controls["operation"], index=1)
    np.testing.assert_array_equal(shown(explorer, "y"), np.rot90(k, 2))
    assert single_one().sum() == 1


def test_the_operation_only_changes_which_kernel_slides():
    explorer = explore.convolution()
    before = {name: shown(explorer, name) for name in ("x", "k", "rotated")}
    assert shown(explorer, "y")[0, 0] == 61
    send(explorer.controls["operation"], index=1)
    for name, values in before.items():
        np.testing.assert_array_equal(shown(explorer, name), values)
    assert shown(explorer, "y")[0, 0] == -37


@pytest.mark.parametrize("operation", "*⋆")
def test_an_edit_reaches_the_rotation_and_keeps_the_rest(operation):
    explorer = explore.convolution(operation=operation, padding="same")
    take_edit(explorer, "k", 1, 50)
    assert shown(explorer, "k").tolist() == [[6, 50], [-7, -1]]
    assert explorer.controls["kernel"].value == OWN and explorer.controls["input"].value == "worked example"
    assert_true(explorer)
    origin = explorer.stage.scene.panel("x").origin
    take_edit(explorer, "x", -origin[0] * 5 - origin[1], 30)
    assert explorer.settings.x[0, 0] == 30 and explorer.controls["input"].value == OWN
    assert_true(explorer)


def test_what_does_not_fit_can_be_edited_all_the_same():
    explorer = explore.convolution(k=np.ones((5, 5), int))
    take_edit(explorer, "k", 24, 7)
    assert explorer.settings.k[4, 4] == 7
    assert_true(explorer)
    send(explorer.controls["padding"], index=2)
    assert assert_true(explorer)


def take_edit(explorer, panel, cell, value):
    """Type a value into a cell of the stage."""
    serial = explorer.stage._scene["serial"] + 1
    change = {"panel": panel, "cell": cell, "value": value}
    send(explorer.stage, edit={"serial": serial, "changes": [change]})


@pytest.mark.parametrize("x", [*PICTURES, [[0.5, np.inf], [1, -2]], np.float32([[0.1]])])
@pytest.mark.parametrize("k", [*PATTERNS, [[1, 2, 3]]])
@pytest.mark.parametrize("operation", "*⋆")
def test_the_code_makes_the_same_numbers(x, k, operation):
    for padding in ("full", "same"):
        explorer, namespace = explore.convolution(x, k, operation=operation, padding=padding), {}
        with np.errstate(invalid="ignore"):  # of infinities
            exec(explorer.stage.code, namespace)
        np.testing.assert_array_equal(namespace["x"], explorer.settings.x)
        assert namespace["y"].shape == shown(explorer, "y").shape
        np.testing.assert_allclose(shown(explorer, "y"), namespace["y"], rtol=1e-5)


def test_a_kernel_that_is_no_square_has_no_size_of_its_own():
    explorer = explore.convolution(k=[[1, 2, 3]])
    assert explorer.controls["kernel_size"].layout.display == "none"
    send(explorer.controls["kernel"], index=1)
    assert shown(explorer, "k").shape == (1, 3)


def test_a_large_input_is_cut_and_says_so():
    explorer = explore.convolution(np.ones((40, 33), int))
    assert "its first 32×32 of 40×33 numbers" in explorer.stage.scene.notes[0]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"operation": "+"}, "operation is '\\+'; '\\*'"),
        ({"padding": 1}, "padding is 1; 'valid', 'same' or 'full'"),
        ({"x": "nowhere"}, "x is 'nowhere'; a matrix or one of"),
        ({"k": "nobody"}, "k is 'nobody'; a matrix or one of"),
    ],
)
def test_what_is_no_setting_is_refused_with_a_sentence(keywords, message):
    with pytest.raises(ValueError, match=message):
        explore.convolution(**keywords)


def test_its_display_carries_a_picture_and_no_address():
    data = explore.convolution()._repr_mimebundle_()
    assert data["text/plain"] == "Explorer(convolution: Scene(x 4×4, k 2×2, rotated 2×2, y 3×3))"
    assert data["image/png"]
