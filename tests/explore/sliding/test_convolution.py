"""The explorer of a convolution: it shows the engine's and SciPy's numbers, or says why not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

import vizconv as vc
from tests.engine.cases import pairs
from tests.explore.changes import assert_shown, combinations, is_hidden, type_into, values
from tests.front_end import each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.chosen import OWN
from vizconv.explore.sliding.convolution import PATTERNS, PICTURES, TOPIC, numbered, single_one, start
from vizconv.scenes.sliding.convolution import ODD_CELL, OTHER_SIGN, SAME_EITHER_WAY

ENGINE = {"*": vc.convolve, "⋆": vc.cross_correlate}
SCIPY = {"*": convolve2d, "⋆": correlate2d}
SLIDES = {"*": "rotated", "⋆": "k"}
TURNS = (SAME_EITHER_WAY, ODD_CELL, OTHER_SIGN)


def assert_true(settings, scene):
    """The scene shows k, its rotation and the y that the settings ask for, or one sentence of why not."""
    x, k, operation = settings.x, settings.k, settings.operation
    np.testing.assert_array_equal(scene.panel("k").values, k)
    assert k.shape == (settings.kernel_size,) * 2 and scene.panel("k").sign == operation
    y, why = made(operation, x, k, settings.padding)
    if y is None:
        assert [panel.name for panel in scene.panels] == ["x", "k"] and scene.code == ""
        what = why.split(" or a padding of")[0].removesuffix(" would fit")  # no control sets one in numbers
        assert scene.notes == (f"✗ {what[0].upper()}{what[1:]} would fit.",)
        return False
    assert_sums(scene)
    np.testing.assert_array_equal(scene.panel("rotated").values, np.rot90(k, 2))
    for expected in (y, SCIPY[operation](x, k, mode=settings.padding)):
        np.testing.assert_allclose(scene.panel("y").values, expected, rtol=1e-12, atol=1e-9)
    assert scene.readings[1].right == SLIDES[operation]
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
        assert_shown(explorer, assert_true)
    assert repr(explorer) == "Explorer(convolution: Scene(x 9×9, k 2×2, rotated 2×2, y 8×8))"


def test_five_hundred_random_combinations():
    """Fits or not, every combination shows its numbers or its sentence, and never throws."""
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.convolution().settings, 5))
    assert 300 < fitted < 495  # both have been seen


@given(pairs(1, 5), pairs(1, 4), st.sampled_from("*⋆"), st.sampled_from(["valid", "same", "full"]), st.data())
def test_what_is_said_of_the_turn_is_true(size, kernel, operation, padding, data):
    cells = st.lists(st.integers(-1, 1), min_size=int(np.prod(kernel)), max_size=int(np.prod(kernel)))
    k = np.array(data.draw(cells)).reshape(kernel)
    k = data.draw(st.sampled_from([k, k + np.rot90(k, 2), k - np.rot90(k, 2)]))
    x = np.random.default_rng(0).integers(1, 1000, size)  # so different that only equal kernels agree
    scene = TOPIC.scene(start(x, k, operation=operation, padding=padding))
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
    np.testing.assert_array_equal(values(explorer, "y"), k)
    send(explorer.controls["operation"], index=1)
    np.testing.assert_array_equal(values(explorer, "y"), np.rot90(k, 2))
    assert single_one().sum() == 1


def test_the_operation_only_changes_which_kernel_slides():
    explorer = explore.convolution()
    before = {name: values(explorer, name) for name in ("x", "k", "rotated")}
    assert values(explorer, "y")[0, 0] == 61
    send(explorer.controls["operation"], index=1)
    for name, array in before.items():
        np.testing.assert_array_equal(values(explorer, name), array)
    assert values(explorer, "y")[0, 0] == -37


@pytest.mark.parametrize("operation", "*⋆")
def test_an_edit_reaches_the_rotation_and_keeps_the_rest(operation):
    explorer = explore.convolution(operation=operation, padding="same")
    type_into(explorer, "k", 1, 50)
    assert values(explorer, "k").tolist() == [[6, 50], [-7, -1]]
    assert explorer.controls["kernel"].value == OWN and explorer.controls["input"].value == "worked example"
    assert_shown(explorer, assert_true)
    origin = explorer.stage.scene.panel("x").origin
    type_into(explorer, "x", -origin[0] * 5 - origin[1], 30)
    assert explorer.settings.x[0, 0] == 30 and explorer.controls["input"].value == OWN
    assert_shown(explorer, assert_true)


def test_what_does_not_fit_can_be_edited_all_the_same():
    explorer = explore.convolution(k=np.ones((5, 5), int))
    type_into(explorer, "k", 24, 7)
    assert explorer.settings.k[4, 4] == 7
    assert_shown(explorer, assert_true)
    send(explorer.controls["padding"], index=2)
    assert assert_shown(explorer, assert_true)


@pytest.mark.parametrize("x", [*PICTURES, [[0.5, np.inf], [1, -2]], np.float32([[0.1]])])
@pytest.mark.parametrize("k", [*PATTERNS, [[1, 2, 3]]])
@pytest.mark.parametrize("operation", "*⋆")
def test_the_code_makes_the_same_numbers(x, k, operation):
    for padding in ("full", "same"):
        explorer, namespace = explore.convolution(x, k, operation=operation, padding=padding), {}
        with np.errstate(invalid="ignore"):  # of infinities
            exec(explorer.stage.code, namespace)
        np.testing.assert_array_equal(namespace["x"], explorer.settings.x)
        assert namespace["y"].shape == values(explorer, "y").shape
        np.testing.assert_allclose(values(explorer, "y"), namespace["y"], rtol=1e-5)


def test_a_kernel_that_is_no_square_has_no_size_of_its_own():
    explorer = explore.convolution(k=[[1, 2, 3]])
    assert is_hidden(explorer.controls["kernel_size"])
    send(explorer.controls["kernel"], index=1)
    assert values(explorer, "k").shape == (1, 3)


def test_a_large_input_is_cut_and_says_so():
    explorer = explore.convolution(np.ones((40, 33), int))
    assert "its first 32×32 of 40×33 numbers" in explorer.stage.scene.notes[0]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"operation": "+"}, r"operation is '\+'; one of \['\*', '⋆'\] is expected"),
        ({"padding": 1}, r"padding is 1; one of \['valid', 'same', 'full'\]"),
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
