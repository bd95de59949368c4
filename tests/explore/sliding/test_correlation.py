"""The explorer of a cross-correlation: whatever is set, it shows the engine's numbers or says why not."""

import random
import re
from dataclasses import replace

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vizconv as vc
from tests.conftest import callbacks_must_not_throw
from tests.engine.cases import pairs
from tests.explore.changes import assert_shown, combinations, is_hidden, said, type_into, values
from tests.front_end import click, each_state, send, settings_of
from vizconv import explore
from vizconv.engine.geometry import AXES, geometry
from vizconv.examples.matrices import INPUTS, KERNELS, resize
from vizconv.explore.chosen import OWN
from vizconv.explore.controls import Pair
from vizconv.explore.sliding.correlation import CONTROLS, TOPIC, start
from vizconv.scenes import NEVER_READ, PADDING
from vizconv.scenes.view import MOST_CELLS

X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
PAIRS = [control.name for control in CONTROLS if isinstance(control, Pair)]
Y = np.array([[-37, -75, -112], [70, 34, 43], [-19, -15, 7]])


def without_padding(panel):
    """The values of a panel, without its padding."""
    rows, columns = np.nonzero((panel.kinds & PADDING) == 0)
    return panel.values[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def input_of(explorer):
    """The input on the stage, without its padding."""
    return without_padding(explorer.stage.scene.panel("x"))


def read_as_a_learner(said):
    """The kernel's size and the keywords that the controls spell out."""
    sizes = {
        name: (said[f"{name}_height"], said[f"{name}_{'width' if said['apart'] else 'height'}"])
        for name in PAIRS
    }
    padding = sizes["padding"] if said["padding_by"] == "number" else said["padding_by"]
    keywords = {"stride": sizes["stride"], "padding": padding, "dilation": sizes["dilation"]}
    return sizes["kernel_size"], keywords | {"border": said["border"]}


def assert_true(settings, scene):
    """The scene shows the engine's y for what the controls say, or one sentence of why there is none."""
    kernel_size, keywords = read_as_a_learner(TOPIC.said(settings))
    x, w = settings.x, scene.panel("w").values
    assert w.shape == kernel_size
    y, why = correlated(x, w, keywords)
    if y is None:
        np.testing.assert_array_equal(scene.panel("x").values, x)
        assert [panel.name for panel in scene.panels] == ["x", "w"] and scene.code == ""
        (note,) = scene.notes
        assert note.startswith(f"✗ {why[0].upper()}{why[1:]}".split("; ")[0])
        assert note.endswith(".") and note.count(".") == 1
        offered = re.findall(r"a (padding|dilation) of (\d+)", note.split("; ")[-1])
        assert all(int(number) <= {"padding": 4, "dilation": 3}[name] for name, number in offered)
        return False
    assert_part(scene.panel("x"), x)
    assert_part(scene.panel("y"), y)
    assert_same(scene.sums()["y"], scene.panel("y").values)
    others = [note for note in scene.notes if "floor gives" not in note]
    assert [note.startswith(f"y is {y.shape[0]}×{y.shape[1]}: only its rows") for note in others] == (
        [] if scene.panel("y").shape == y.shape else [True]
    )
    terms, cells = y.size * w.size, geometry(x.shape, w.shape, **keywords).padded_size
    assert bool(others) == (terms > 50_000 or np.prod(cells) > MOST_CELLS)  # much for one page
    return True


def assert_part(panel, array):
    """The panel's cells, padding apart, are those of the array that their indices name."""
    rows, columns = np.nonzero((panel.kinds & PADDING) == 0)
    first, second = panel.origin
    assert_same(panel.values[rows, columns], array[rows + first, columns + second])


def assert_same(actual, expected):
    """Whole numbers are equal, others but for what rounding takes."""
    assert actual.shape == expected.shape
    if actual.dtype.kind == "i" and expected.dtype.kind == "i":
        np.testing.assert_array_equal(actual, expected)
    else:
        precision = 1e-5 if np.float32 in (actual.dtype, expected.dtype) else 1e-12
        np.testing.assert_allclose(actual, expected, rtol=precision, atol=precision * 1000)


def correlated(x, k, keywords):
    """The engine's y, or why there is none."""
    try:
        return vc.cross_correlate(x, k, **keywords), None
    except ValueError as error:
        return None, str(error)


# ---- Every control, and all of them together ---------------------------------------------------------


def test_every_control_over_its_whole_range():
    explorer = explore.correlation("counting", padding=1)
    for control, state in each_state(explorer):
        assert {name: getattr(control, name) for name in state} == state
        assert_shown(explorer, assert_true)
    assert repr(explorer) == "Explorer(correlation: Scene(x 9×9, w 2×2, y 8×8))"


def test_five_hundred_random_combinations():
    """Fits or not, every combination shows its numbers or its sentence, and never throws."""
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.correlation().settings, 13))
    assert 100 < fitted < 475  # both have been seen


def test_a_callback_that_throws_fails_its_test():
    """What the other tests rely on: the browser's messages only log what a callback raises."""
    slider, button = ipywidgets.IntSlider(), ipywidgets.Button()
    slider.observe(lambda _: 1 / 0, "value")
    button.on_click(lambda _: [][1])
    with pytest.raises(ZeroDivisionError), callbacks_must_not_throw():
        send(slider, value=3)
    with pytest.raises(IndexError), callbacks_must_not_throw():
        click(button)


@pytest.mark.parametrize("name", KERNELS)
def test_a_preset_kernel_fills_whatever_size(name):
    explorer = explore.correlation("counting", name)
    send(explorer.controls["apart"], value=True)
    for height, width in [(1, 1), (1, 4), (5, 2), (7, 7)]:
        send(explorer.controls["kernel_size_height"], value=height)
        send(explorer.controls["kernel_size_width"], value=width)
        np.testing.assert_array_equal(values(explorer, "w"), KERNELS[name](height, width))
        assert explorer.controls["kernel"].value == name
        assert_shown(explorer, assert_true)


def test_ones_own_kernel_is_cut_and_extended():
    explorer = explore.correlation(k=K)
    send(explorer.controls["kernel_size_height"], value=3)
    assert values(explorer, "w").tolist() == [[6, 0, 0], [-7, -1, 0], [0, 0, 0]]
    send(explorer.controls["kernel_size_height"], value=1)
    assert values(explorer, "w").tolist() == [[6]]
    assert explorer.controls["kernel"].value == OWN
    assert resize(K, 1, 3).tolist() == [[6, 0, 0]]


def test_what_the_preset_kernels_are():
    assert KERNELS["average"](2, 5).sum() == pytest.approx(1)
    assert KERNELS["vertical edges"](3, 3).tolist() == [[1, 0, -1]] * 3
    assert KERNELS["horizontal edges"](3, 3).tolist() == [[1] * 3, [0] * 3, [-1] * 3]
    assert KERNELS["one in the middle"](3, 3).tolist() == [[0] * 3, [0, 1, 0], [0] * 3]
    x = INPUTS["counting"].make()
    assert vc.cross_correlate(x, KERNELS["one in the middle"](3, 5), padding="same").tolist() == x.tolist()


# ---- Keywords ----------------------------------------------------------------------------------------


def test_by_default_the_worked_example():
    explorer = explore.correlation()
    np.testing.assert_array_equal(values(explorer, "y"), Y)
    assert explorer.controls["input"].value == explorer.controls["kernel"].value == "worked example"
    assert explorer.stage.scene.notes == ()


@pytest.mark.parametrize(
    "keywords",
    [
        {"stride": 2},
        {"stride": (1, 2), "dilation": (2, 1)},
        {"padding": 3},
        {"padding": (0, 2)},
        {"padding": "valid"},
        {"padding": "same"},
        {"padding": "full", "stride": 3},
        {"padding": 2, "border": "reflect"},
        {"padding": "same", "border": "repeat"},
        {"stride": np.int64(2), "padding": [1, 0]},
        {"stride": 9, "padding": 11, "dilation": 5},
    ],
)
def test_every_slider_is_a_keyword(keywords):
    explorer = explore.correlation(**keywords)
    np.testing.assert_array_equal(values(explorer, "y"), vc.cross_correlate(X, K, **keywords))
    assert_shown(explorer, assert_true)
    for state in ({"value": True}, {"value": False}):
        send(explorer.controls["apart"], **state)
        assert_shown(explorer, assert_true)


@pytest.mark.parametrize(
    "x", [None, *INPUTS, X, [[1.5, 2], [3, 4]], X.astype(np.float32), X > 0, X.astype(np.uint8)]
)
@pytest.mark.parametrize("k", [None, *KERNELS, K, [[0.5]], [[True, False]]])
def test_inputs_and_kernels_by_name_or_by_number(x, k):
    explorer = explore.correlation(x, k, padding="full")
    if x is not None and not isinstance(x, str):
        np.testing.assert_array_equal(input_of(explorer), x)
        assert explorer.controls["input"].value == OWN
    if k is not None and not isinstance(k, str):
        np.testing.assert_array_equal(values(explorer, "w"), k)
        assert explorer.controls["kernel"].value == OWN
    assert_shown(explorer, assert_true)


@pytest.mark.parametrize(
    ("keywords", "kind", "sentence"),
    [
        ({"x": "nothing"}, ValueError, r"^x is 'nothing'; a matrix or one of \['worked example', "),
        ({"k": "nothing"}, ValueError, r"^k is 'nothing'; a matrix or one of \['worked example', 'average'"),
        ({"x": [1, 2, 3]}, ValueError, r"^x has shape \(3,\); 2 axes are expected$"),
        ({"k": np.zeros((2, 2, 2))}, ValueError, r"^k has shape \(2, 2, 2\); 2 axes are expected$"),
        ({"x": [[1, 2], [3]]}, ValueError, "^x has rows of different lengths"),
        ({"x": [[]]}, ValueError, r"^x has shape \(1, 0\)"),
        ({"k": [["a"]]}, TypeError, "^k holds .*; real numbers are expected"),
        ({"padding": "some"}, ValueError, "^padding is 'some'; a number, a pair, 'valid', 'same' or 'full'"),
        ({"padding": -1}, ValueError, "^padding is -1; it must be 0 or more$"),
        (
            {"border": "mirror"},
            ValueError,
            r"^border is 'mirror'; one of \['zeros', 'reflect', 'repeat'\] is expected$",
        ),
        ({"stride": 0}, ValueError, "^stride is 0; it must be 1 or more$"),
        ({"stride": 1.5}, TypeError, "^stride is 1.5; a whole number is expected$"),
        ({"stride": (1, 2, 3)}, ValueError, "^stride has 3 parts; one number or a"),
        ({"dilation": True}, TypeError, "^dilation is True; a whole number is expected$"),
        ({"dilation": "2"}, TypeError, "^dilation is '2'; a whole number is expected$"),
    ],
)
def test_what_is_no_setting_at_all_is_refused_in_a_sentence(keywords, kind, sentence):
    with pytest.raises(kind, match=sentence):
        explore.correlation(**keywords)


def test_a_large_input_is_cut_and_says_so():
    x = np.arange(40 * 50).reshape(40, 50)
    explorer = explore.correlation(x)
    np.testing.assert_array_equal(input_of(explorer), x[:32, :32])
    assert explorer.stage.scene.notes == ("x is large: its first 32×32 of 40×50 numbers are on the stage.",)
    send(explorer.controls["input"], index=0)
    assert explorer.stage.scene.notes == ()
    tall = explore.correlation(np.zeros((40, 3)), k=np.ones((4, 4)))
    assert len(tall.stage.scene.notes) == 2
    assert tall.stage.scene.notes[0] == "x is large: its first 32×3 of 40×3 numbers are on the stage."
    assert explore.correlation(np.zeros((32, 32))).stage.scene.notes == ()


# ---- Sentences ---------------------------------------------------------------------------------------


def test_an_impossible_setting_says_what_is_wrong_and_what_would_fit():
    explorer = explore.correlation()
    send(explorer.controls["kernel_size_height"], value=5)
    (note,) = explorer.stage.scene.notes
    assert note == (
        "✗ A kernel height of 5 does not fit into the padded input's height of 4; "
        "a kernel height of 4 or less or a padding of 1 or more would fit."
    )
    send(explorer.controls["kernel_size_height"], value=4)
    assert explorer.stage.scene.notes == () and values(explorer, "y").shape == (1, 1)


WAYS = {
    r"a kernel (?:height|width) of (\d+) or less": "kernel_size",
    r"a dilation of (\d+) or less": "dilation",
    r"a padding of (\d+) or more": "padding",
    r"at most (\d+) fits": "padding",
}


def ways_out(note):
    """What a sentence suggests: the axis, and (quantity, number) for each way."""
    (axis,) = {axis for axis in AXES if f" {axis} " in note}
    ways = [(quantity, int(n)) for words, quantity in WAYS.items() for n in re.findall(words, note)]
    return axis, ways


sizes = pairs(1, 5)


@given(
    sizes,
    pairs(1, 9),
    pairs(0, 4) | st.sampled_from(["valid", "same", "full"]),
    pairs(1, 4),
    st.sampled_from(["zeros", "reflect", "repeat"]),
)
def test_what_a_sentence_suggests_does_fit(size, kernel, padding, dilation, border):
    settings = start(np.ones(size), np.ones(kernel), padding=padding, dilation=dilation, border=border)
    settings = replace(settings, apart=True)
    scene = TOPIC.scene(settings)
    notes = [] if scene.walk else scene.notes
    assert len(notes) == (scene.walk is None)
    for note in notes:
        axis, ways = ways_out(note)
        assert ways
        for quantity, number in ways:
            changed = settings
            if quantity == "padding":
                changed = TOPIC.change(changed, "padding_by", "number")
            changed = TOPIC.change(changed, f"{quantity}_{axis}", number)
            after = TOPIC.scene(changed).notes
            about = "reflect" if "at most" in note else axis
            assert not any(about in sentence and axis in sentence for sentence in after), (note, after)


def test_a_size_that_does_not_divide_says_floor():
    scene = explore.correlation("counting", np.ones((2, 2)), stride=(2, 3)).stage.scene
    assert scene.notes == (
        "The height does not divide: (7 − 2) / 2 + 1 = 3.5; floor gives 3, "
        "and the last row of x is never read.",
        "The width does not divide: (7 − 2) / 3 + 1 = 2.667; floor gives 2, "
        "and the last 2 columns of x are never read.",
    )


def test_what_the_floor_leaves_may_be_padding():
    (note, _) = explore.correlation("counting", np.ones((2, 2)), stride=2, padding=(1, 0)).stage.scene.notes
    assert note.endswith("floor gives 4, and the last row of the padded x is never read.")


@given(
    sizes,
    sizes,
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_the_floor_counts_what_the_stage_marks(more, kernel, padding, stride):
    """The rows and columns named as never read are the marked ones at the bottom and right."""
    size = tuple(a + b for a, b in zip(more, kernel, strict=True))
    scene = TOPIC.scene(start(np.ones(size), np.ones(kernel), stride=stride, padding=padding))
    never = (scene.panel("x").kinds & NEVER_READ) > 0
    for axis, name in enumerate(AXES):
        lines = never.all(axis=1 - axis)
        left = len(lines) - 1 - max(np.flatnonzero(~lines))
        floors = [note for note in scene.notes if note.startswith(f"The {name} does not divide")]
        assert len(floors) == (left > 0)
        for note in floors:
            count, word = re.search(r"the last (\d* ?)(row|column)s? of", note).groups()
            assert int(count or 1) == left and word == ("row", "column")[axis]
            exact, floor = re.search(r"= ([\d.]+); floor gives (\d+)", note).groups()
            assert int(float(exact)) == int(floor) == scene.panel("y").shape[axis]
            assert float(exact) != int(floor)


# ---- Reset, apart --------------------------------------------------------------------------------------


@pytest.mark.parametrize("keywords", [{}, {"x": X * 2, "k": K[:1], "stride": (1, 2)}, {"padding": "same"}])
def test_reset_brings_everything_back(keywords):
    explorer, generator = explore.correlation(**keywords), random.Random(3)
    before, scene = said(explorer), explorer.stage.scene
    for control in explorer.controls.values():
        send(control, **generator.choice(settings_of(control)))
    type_into(explorer, "w", 0, 99)
    click(explorer.buttons["reset"])
    assert said(explorer) == before
    assert repr(explorer.stage.scene) == repr(scene) and explorer.stage.code == scene.code
    for name in ("x", "w", "y"):
        np.testing.assert_array_equal(values(explorer, name), scene.panel(name).values)


def visible(explorer):
    return {name for name, control in explorer.controls.items() if not is_hidden(control)}


def test_height_and_width_have_sliders_of_their_own_on_demand():
    explorer = explore.correlation("counting")
    known = set(explorer.controls) - {"digit", "digit_number"}
    widths = {f"{name}_width" for name in PAIRS}
    assert visible(explorer) == known - widths
    send(explorer.controls["stride_height"], value=2)
    assert explorer.controls["stride_width"].value == 2
    send(explorer.controls["apart"], value=True)
    assert visible(explorer) == known
    send(explorer.controls["stride_width"], value=3)
    assert explorer.settings.stride == (2, 3) and explorer.controls["stride_height"].value == 2
    send(explorer.controls["apart"], value=False)
    assert explorer.settings.stride == (2, 2) and explorer.controls["stride_width"].value == 2
    assert visible(explorer) == known - widths


def test_settings_that_differ_open_the_sliders():
    assert explore.correlation(stride=(1, 2)).controls["apart"].value
    assert explore.correlation(k=np.ones((1, 3))).controls["apart"].value
    assert not explore.correlation(stride=(2, 2), padding="same").controls["apart"].value


def test_a_slider_holds_a_number_beyond_its_range():
    """A height of 9 is one for the width, too, when they are no longer apart."""
    explorer = explore.correlation(k=np.ones((9, 3)), stride=(6, 1), padding=(8, 2), dilation=(5, 1))
    send(explorer.controls["apart"], value=False)
    send(explorer.controls["apart"], value=True)
    for name, number in {"kernel_size": 9, "stride": 6, "padding": 8, "dilation": 5}.items():
        assert [explorer.controls[f"{name}_{axis}"].value for axis in AXES] == [number, number]
    assert_shown(explorer, assert_true)


def test_words_hide_the_numbers_that_they_replace():
    explorer = explore.correlation(padding=1)
    for word in ("valid", "same", "full", "number"):
        send(explorer.controls["padding_by"], index=["number", "valid", "same", "full"].index(word))
        assert ("padding_height" in visible(explorer)) == (word == "number")
        assert_shown(explorer, assert_true)
    assert values(explorer, "y").shape == (5, 5)


# ---- Edits -----------------------------------------------------------------------------------------------


def test_an_edit_keeps_the_geometry():
    explorer = explore.correlation(stride=(2, 1), padding=(1, 2), dilation=(1, 2))
    geometry = read_as_a_learner(said(explorer))
    type_into(explorer, "x", 3 + 8 * 2, 50)
    x = X.copy()
    x[1, 1] = 50
    np.testing.assert_array_equal(input_of(explorer), x)
    assert (explorer.controls["input"].value, explorer.controls["kernel"].value) == (OWN, "worked example")
    type_into(explorer, "w", 1, 0.5)
    assert values(explorer, "w").tolist() == [[6, 0.5], [-7, -1]]
    assert explorer.controls["kernel"].value == OWN
    assert read_as_a_learner(said(explorer)) == geometry
    assert_shown(explorer, assert_true)
    send(explorer.controls["stride_width"], value=3)
    assert values(explorer, "w").tolist() == [[6, 0.5], [-7, -1]]
    assert_shown(explorer, assert_true)


@pytest.mark.parametrize("border", ["zeros", "reflect", "repeat"])
def test_an_edit_reaches_the_border_that_repeats_it(border):
    explorer = explore.correlation(padding=2, border=border)
    type_into(explorer, "x", 2 * 8 + 2, 70)
    assert input_of(explorer)[0, 0] == 70
    np.testing.assert_array_equal(values(explorer, "x"), vc.pad(input_of(explorer), 2, border))
    assert_shown(explorer, assert_true)


def test_a_padding_cell_and_a_result_cannot_be_edited():
    explorer = explore.correlation(padding=1)
    scene = explorer.stage.scene
    type_into(explorer, "x", 0, 5)
    type_into(explorer, "y", 0, 5)
    assert explorer.stage.scene is scene and explorer.settings.input.name == "worked example"


def test_what_does_not_fit_can_be_edited_all_the_same():
    explorer = explore.correlation(k=np.ones((5, 5), int))
    type_into(explorer, "w", 24, 7)
    type_into(explorer, "x", 15, 8)
    assert values(explorer, "w")[4, 4] == 7 and values(explorer, "x")[3, 3] == 8
    assert_shown(explorer, assert_true)
    send(explorer.controls["padding_height"], value=1)
    x, k = X.copy(), np.ones((5, 5), int)
    x[3, 3], k[4, 4] = 8, 7
    np.testing.assert_array_equal(values(explorer, "y"), vc.cross_correlate(x, k, padding=1))


def test_the_callers_arrays_stay_as_they_are():
    x, k = X.copy(), K.copy()
    explorer = explore.correlation(x, k)
    x[0, 0] = 1000
    assert values(explorer, "y")[0, 0] == -37
    type_into(explorer, "x", 5, 99)
    type_into(explorer, "w", 0, 99)
    assert x[1, 1] == 8 and k[0, 0] == 6


# ---- Copy as code ------------------------------------------------------------------------------------------


def assert_code_makes_y(explorer):
    """The lines on the clipboard make the numbers on the stage, and of the same type."""
    code, namespace = explorer.stage.code, {}
    assert code == explorer.stage.scene.code
    with np.errstate(invalid="ignore"):  # of infinities
        exec(code, namespace)
    np.testing.assert_array_equal(namespace["x"], explorer.settings.x)
    assert_part(explorer.stage.scene.panel("x"), namespace["x"])
    assert_part(explorer.stage.scene.panel("y"), namespace["y"])
    assert namespace["y"].dtype == values(explorer, "y").dtype


@pytest.mark.parametrize("x", [*INPUTS, X / 3, (X / 3).astype(np.float32), [[np.nan, -np.inf], [np.inf, 1]]])
@pytest.mark.parametrize("k", [*KERNELS, K / 7, np.float32([[0.1]])])
def test_the_code_makes_the_same_numbers(x, k):
    assert_code_makes_y(explore.correlation(x, k, padding="full"))


@pytest.mark.parametrize(
    "keywords",
    [
        {},
        {"stride": 2},
        {"stride": (1, 2), "padding": (2, 0), "dilation": (1, 2)},
        {"padding": "same"},
        {"padding": "full", "border": "reflect", "x": "counting"},
        {"padding": 2, "border": "repeat"},
        {"padding": "valid"},
    ],
)
def test_the_code_says_what_differs_from_the_defaults(keywords):
    explorer = explore.correlation(**keywords)
    assert_code_makes_y(explorer)
    call = explorer.stage.code.splitlines()[-1]
    written = {name for name in ("stride", "padding", "dilation", "border") if f"{name}=" in call}
    assert written == set(keywords) - {"x"}
    type_into(explorer, "w", 2, -0.1)
    type_into(
        explorer,
        "x",
        int(np.flatnonzero(explorer.stage.scene.panel("x").kinds.ravel() & PADDING == 0)[3]),
        1 / 3,
    )
    assert_code_makes_y(explorer)


def test_the_code_after_a_walk_through_the_controls():
    generator, explorer = random.Random(11), explore.correlation(padding=2)
    for _ in range(40):
        control = generator.choice(list(explorer.controls.values()))
        send(control, **generator.choice(settings_of(control)))
        if explorer.stage.scene.walk:
            assert_code_makes_y(explorer)
        else:
            assert explorer.stage.code == ""


def test_a_cut_input_is_cut_in_the_code():
    assert_code_makes_y(explore.correlation(np.random.default_rng(0).integers(0, 255, (33, 50))))


# ---- How it shows itself ----------------------------------------------------------------------------------


def test_one_line_says_what_it_is():
    assert repr(explore.correlation()) == "Explorer(correlation: Scene(x 4×4, w 2×2, y 3×3))"
    assert repr(explore.correlation()) == repr(explore.correlation())


def test_its_display_carries_a_picture_and_no_address():
    explorer = explore.correlation()
    data = explorer._repr_mimebundle_()
    assert data["text/plain"] == repr(explorer)
    assert data["image/png"] == explorer.stage._repr_mimebundle_()[0]["image/png"]
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id


def test_every_control_has_a_name():
    controls = explore.correlation().controls
    names = [control.description for control in controls.values()]
    assert all(names) and len(set(names)) == len(names)


@pytest.mark.parametrize("x", INPUTS)
def test_what_an_input_is_called_in_code_is_what_it_is(x):
    np.testing.assert_array_equal(eval(INPUTS[x].code, {"np": np, "vc": vc}), INPUTS[x].make())
