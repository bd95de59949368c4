"""A preset or the learner's own: what was typed or given is never lost, whatever is chosen in between."""

import numpy as np
import pytest

from tests.explore.changes import is_hidden, type_into
from tests.front_end import send
from vizconv import datasets, explore
from vizconv.examples.matrices import INPUTS, KERNELS
from vizconv.explore.chosen import OWN, Chosen, read_chosen, read_input, read_kernel, sized

MINE = np.arange(12).reshape(3, 4)
PRESET = np.ones((2, 2), int)


@pytest.fixture
def mine():
    return Chosen(name=OWN, values=MINE)


# ---- The value ---------------------------------------------------------------------------------------------


def test_a_preset_keeps_what_is_the_learners(mine):
    ones = mine.preset("ones", PRESET)
    assert ones.name == "ones" and ones.values.tolist() == [[1, 1], [1, 1]]
    twos = ones.preset("twos", 2 * PRESET)
    for preset in (ones, twos):
        assert preset.again().name == OWN and preset.again().own is None
        np.testing.assert_array_equal(preset.again().values, MINE)


def test_without_an_own_one_the_present_numbers_are_the_own():
    own = Chosen(name="ones", values=PRESET).again()
    assert own.name == OWN and own.values.tolist() == PRESET.tolist()


def test_a_typed_value_makes_it_the_learners_and_leaves_the_old_numbers(mine):
    for chosen in (mine, mine.preset("ones", PRESET)):
        typed = chosen.typed((1, 0), 0.5)
        assert typed.name == OWN and typed.values[1, 0] == 0.5 and typed.own is None
        assert chosen.values[1, 0] == (4 if chosen is mine else 1)


def test_what_was_cut_is_said_of_the_learners_only():
    chosen = Chosen(name=OWN, values=MINE, cut="x is large.")
    preset = chosen.preset("ones", PRESET)
    assert (chosen.notes, preset.notes, preset.again().notes) == (("x is large.",), (), ("x is large.",))


def test_another_size_is_a_preset_made_anew_or_the_learners_cut(mine):
    average = Chosen(name="average", values=KERNELS["average"](2, 2), own=MINE)
    np.testing.assert_array_equal(sized(average, 1, 4, KERNELS).values, [[0.25] * 4])
    assert sized(average, 1, 4, KERNELS).own is MINE
    assert sized(mine, 2, 5, KERNELS).values.tolist() == [[0, 1, 2, 3, 0], [4, 5, 6, 7, 0]]


# ---- Read from arguments -----------------------------------------------------------------------------------


def test_arguments_are_matrices_names_or_nothing():
    assert read_input(None, INPUTS).name == "worked example"
    assert read_input("counting", INPUTS).values.shape == (7, 7)
    assert read_kernel(None, KERNELS).values.shape == (2, 2)
    assert read_kernel("average", KERNELS).values.shape == (3, 3)
    given = MINE.copy()
    chosen = read_chosen(given, "x", INPUTS, None)
    given[0, 0] = 99
    assert chosen.name == OWN and chosen.values[0, 0] == 0


def test_of_a_large_input_the_first_part_is_read():
    chosen = read_input(np.ones((33, 40)), INPUTS)
    assert chosen.values.shape == (32, 32)
    assert chosen.notes == ("x is large: its first 32×32 of 33×40 numbers are on the stage.",)


@pytest.mark.parametrize(
    ("value", "error"), [("nothing", ValueError), ([1, 2], ValueError), ([["a"]], TypeError)]
)
def test_what_is_no_matrix_and_no_preset_is_refused(value, error):
    with pytest.raises(error, match=r"^x "):
        read_input(value, INPUTS)


# ---- In explorers ------------------------------------------------------------------------------------------


def choose(control, name):
    send(control, index=list(control.options).index(name))


@pytest.mark.parametrize("make", [explore.correlation, explore.convolution, explore.pooling])
def test_an_own_x_comes_back(make):
    explorer = make(MINE)
    control = explorer.controls["input"]
    for preset in control.options[:2]:
        choose(control, preset)
        assert explorer.settings.x.shape != MINE.shape
    choose(control, OWN)
    np.testing.assert_array_equal(explorer.settings.x, MINE)
    np.testing.assert_array_equal(explorer.stage.scene.panel("x").values, MINE)


@pytest.mark.parametrize(
    ("make", "panel"), [(explore.correlation, "w"), (explore.convolution, "k"), (explore.shift, "w")]
)
def test_a_typed_kernel_comes_back(make, panel):
    explorer = make()
    type_into(explorer, panel, 1, 50)
    control, mine = explorer.controls["kernel"], explorer.settings.kernel.values
    assert control.value == OWN
    choose(control, control.options[1])
    assert not np.array_equal(explorer.settings.kernel.values, mine)
    choose(control, OWN)
    np.testing.assert_array_equal(explorer.settings.kernel.values, mine)


def test_without_an_own_one_the_present_one_stays():
    explorer = explore.correlation("counting")
    choose(explorer.controls["input"], OWN)
    assert explorer.settings.x.shape == (7, 7) and explorer.controls["input"].value == OWN


# ---- Handwritten digits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [explore.correlation, explore.convolution, explore.hidden_kernel], ids=lambda make: make.__name__
)
def test_any_class_of_digit_can_be_chosen_and_its_code_makes_it(make):
    explorer = make("handwritten digit")
    train = datasets.digits()[0]
    for label, number in ((0, 0), (3, 9), (9, 4)):
        send(explorer.controls["digit"], value=label)
        send(explorer.controls["digit_number"], value=number)
        place = explorer.settings.input.digit
        assert train.labels[place] == label and np.count_nonzero(train.labels[:place] == label) == number
        scale = 255 if make is explore.hidden_kernel else 1
        np.testing.assert_array_equal(explorer.settings.input.values, train.images[place] / scale)
        assert f"images[{place}]" in explorer.stage.code
    type_into(explorer, "x", 40, 1)  # drawing on it moves nothing on the page
    input = explorer.controls["input"]
    assert input.value == OWN and not is_hidden(explorer.controls["digit"])
    input.value = input.options[0]
    assert is_hidden(explorer.controls["digit"])
    input.value = "handwritten digit"
    assert explorer.settings.input.digit == 7 and explorer.controls["digit"].value == train.labels[7]


def test_a_shifted_digit_is_any_of_the_first_hundred():
    explorer = explore.shift("paper 255", right=0, digit=42)
    x = explorer.stage.scene.panel("x").values
    np.testing.assert_array_equal(x, 255 - datasets.digits()[0].images[42].astype(int))
    assert "255 - vc.datasets.digits()[0].images[42].astype(int)" in explorer.stage.code
