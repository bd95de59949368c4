"""Each kind of declared control: what it says, takes, reads, hides, and how a page is told of it."""

import json
from dataclasses import dataclass, replace
from math import inf
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.explore.registry import EXPLORERS
from vizconv import explore
from vizconv.explore.chosen import OWN, Chosen
from vizconv.explore.controls import (
    Choice,
    Number,
    Pair,
    Player,
    Preset,
    Slider,
    Steps,
    Switch,
    differ,
    parts,
    read,
    squared,
)

ONES = np.ones((2, 2), int)
PRESET = Chosen(name="ones", values=ONES)
PLACES = {"left": (0, 0), "right": (0, 5)}


@dataclass(frozen=True, eq=False, kw_only=True)
class Settings:
    """A field for every kind of control."""

    count: int = 3
    which: int = 1
    stride: tuple[int, int] = (2, 2)
    weight: float = 0.5
    kind: str = "max"
    place: tuple[int, int] = (0, 0)
    rate: float = 0.1
    kernel: Chosen = PRESET
    apart: bool = False


COUNT = Slider("count", 1, 8)
WHICH = Slider("which", last="count", title="which one")
STRIDE = Pair("stride", 1, 4, largest=inf)
WEIGHT = Number("weight", least=-2, most=2, step=0.125)
KIND = Choice("kind", ("max", "average"))
PLACE = Choice("place", PLACES, keyword="corner")
RATE = Steps("rate", {"0.1": 0.1, "1": 1.0}, title="η", plain=0.1)
KERNEL = Preset("kernel", ("ones", "twos"), lambda settings, name: ONES * (1 + (name == "twos")))
APART = Switch("apart", title="height and width apart", more=True)
RUN = Player("run", of="count", most=8)
CONTROLS = (COUNT, WHICH, STRIDE, WEIGHT, KIND, PLACE, RATE, KERNEL, APART, RUN)
NUMBERED = Settings()


# ---- What widgets say, and what settings take --------------------------------------------------------------


def test_every_widget_says_its_field():
    said = {part: value for control in CONTROLS for part, value in control.said(NUMBERED).items()}
    assert said == {
        "count": 3,
        "which": 1,
        "stride_height": 2,
        "stride_width": 2,
        "weight": 0.5,
        "kind": "max",
        "place": (0, 0),
        "rate": 0.1,
        "kernel": "ones",
        "apart": False,
        "run": 3,
    }
    assert {part: control.name for part, control in parts(CONTROLS, NUMBERED).items()} == {
        part: part.removesuffix("_height").removesuffix("_width") for part in said
    }


@pytest.mark.parametrize(
    ("control", "value"),
    [(COUNT, 7), (WHICH, 2), (KIND, "average"), (PLACE, (0, 5)), (RATE, 1.0), (APART, True)],
)
def test_a_plain_value_is_the_fields_new_value(control, value):
    assert control.taken(NUMBERED, control.name, value) == value


def test_one_slider_moves_both_sides_unless_they_are_apart():
    together, apart = Settings(stride=(2, 3)), Settings(stride=(2, 3), apart=True)
    assert STRIDE.taken(together, "stride_height", 4) == STRIDE.taken(together, "stride_width", 4) == (4, 4)
    assert STRIDE.taken(apart, "stride_height", 4) == (4, 3)
    assert STRIDE.taken(apart, "stride_width", 4) == (2, 4)


@pytest.mark.parametrize(("weight", "nearest"), [(0.5, 0.5), (0.3, 0.25), (-9, -2), (1e300, 2), (inf, 2)])
def test_a_slider_of_numbers_says_the_nearest_step(weight, nearest):
    settings = Settings(weight=weight)
    assert WEIGHT.said(settings) == {"weight": nearest}
    assert WEIGHT.taken(settings, "weight", nearest) == weight  # its own rounding: nobody moved it
    assert WEIGHT.taken(settings, "weight", -0.125) == -0.125


@given(st.floats(-3, 3), st.sampled_from([0.001, 0.01, 0.125, 0.25, 1, 2.5]))
def test_a_step_is_near_and_stays(value, step):
    control = Number("weight", least=-5, most=5, step=step)
    nearest = control.nearest(value)
    assert abs(nearest - value) <= step * 0.5001 and control.nearest(nearest) == nearest
    assert nearest / step == pytest.approx(round(nearest / step), abs=1e-6)


def test_a_preset_and_back_drops_nothing():
    mine = replace(NUMBERED, kernel=Chosen(name=OWN, values=ONES * 7))
    twos = replace(mine, kernel=KERNEL.taken(mine, "kernel", "twos"))
    assert KERNEL.said(twos) == {"kernel": "twos"} and twos.kernel.values.tolist() == [[2, 2], [2, 2]]
    again = KERNEL.taken(twos, "kernel", OWN)
    assert again.name == OWN and again.values.tolist() == [[7, 7], [7, 7]]


def test_a_value_that_is_no_step_takes_its_place_among_them():
    assert RATE.offered(NUMBERED) == [("0.1", 0.1), ("1", 1.0)]
    assert RATE.offered(Settings(rate=0.25)) == [("0.1", 0.1), ("0.25", 0.25), ("1", 1.0)]


def test_a_slider_ends_where_its_values_do():
    assert COUNT.ends(NUMBERED) == (1, 8) and COUNT.ends(Settings(count=20)) == (1, 20)
    assert STRIDE.ends(Settings(stride=(9, 1))) == (1, 9)
    assert WHICH.ends(NUMBERED) == (0, 2) and WHICH.ends(Settings(count=1)) == (0, 0)


# ---- Arguments ---------------------------------------------------------------------------------------------


def test_arguments_are_read_into_fields():
    given = {"count": np.int64(8), "stride": 9, "kind": "average", "corner": (0, 5), "apart": 1}
    fields = read(CONTROLS, **given)
    assert fields == {"count": 8, "stride": (9, 9), "kind": "average", "place": (0, 5), "apart": True}
    assert type(fields["count"]) is int and fields["apart"] is True
    assert read(CONTROLS, stride=[1, 2]) == {"stride": (1, 2)}
    given = {"weight": 5, "kernel": PRESET}  # for a topic's own check
    assert read(CONTROLS, **given) == given


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"count": 9}, ValueError, "^count is 9; 1 to 8 is expected$"),
        ({"count": 0}, ValueError, "^count is 0; it must be 1 or more$"),
        ({"count": 1.0}, TypeError, r"^count is 1\.0; a whole number is expected$"),
        ({"count": True}, TypeError, "^count is True; a whole number is expected$"),
        ({"stride": (1, 0)}, ValueError, "^stride is 0; it must be 1 or more$|^stride is .1, 0."),
        ({"stride": (1, 2, 3)}, ValueError, "^stride has 3 parts"),
        ({"kind": "sum"}, ValueError, r"^kind is 'sum'; one of \['max', 'average'\] is expected$"),
        ({"kind": None}, ValueError, "^kind is None; one of"),
        ({"kind": np.ones(2)}, ValueError, "^kind is array"),
        ({"apart": 2}, TypeError, "^apart is 2; True or False is expected$"),
        ({"apart": "no"}, TypeError, "^apart is 'no'; True or False is expected$"),
        ({"apart": np.ones(2)}, TypeError, "^apart is array"),
        ({"corner": (1, 1)}, ValueError, r"^corner is \(1, 1\); one of"),
    ],
)
def test_what_is_no_setting_is_refused_by_its_arguments_name(given, error, sentence):
    with pytest.raises(error, match=sentence):
        read(CONTROLS, **given)


def test_a_slider_grows_as_far_as_it_may():
    growing = Slider("scores", 2, 10, largest=64)
    assert growing.read(64) == 64
    with pytest.raises(ValueError, match=r"^scores is 65; this stage shows at most 64$"):
        growing.read(65)


# ---- What means something, and when ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "hidden"),
    [
        ((), False),
        (("kind", ("max",)), False),
        (("kind", ("average", "max")), False),
        (("kind", ("average",)), True),
        ((("kind", ("max",)), ("count", (3, 4))), False),
        ((("kind", ("max",)), ("count", (4, 5))), True),
        ((("kind", ("average",)), ("count", (3,))), True),
    ],
)
def test_a_control_hides_unless_all_its_conditions_hold(when, hidden):
    assert Slider("which", 0, 4, when=when).hidden(NUMBERED) == ({"which"} if hidden else set())
    stride = Pair("stride", 1, 4, when=when)
    assert stride.hidden(NUMBERED) == {"stride_width"} | ({"stride_height"} if hidden else set())
    apart = {"stride_height", "stride_width"} if hidden else set()
    assert stride.hidden(Settings(apart=True)) == apart


def test_height_and_width_become_square_together():
    settings = Settings(stride=(2, 3), apart=True)
    assert squared(settings, "stride") is settings
    assert squared(replace(settings, apart=False), "stride", "place").stride == (2, 2)
    assert differ([(1, 1), (2, 3)]) and not differ([(1, 1), (4, 4)])


def test_words_of_presets_need_not_be_their_names():
    named = Preset("kernel", {"ones": "all ones"}, title="kernel")
    assert named.pairs == [("all ones", "ones"), (OWN, OWN)]
    assert named.described()["options"] == [["all ones", "ones"], [OWN, OWN]]


def test_a_number_may_be_one_of_a_mapping():
    first = Number("first", -1.0, 1.0, 0.5, among="numbers")
    settings = SimpleNamespace(numbers={"first": 0.26, "second": 9})
    assert first.present(settings) == 0.26 and first.said(settings) == {"first": 0.5}
    assert first.taken(settings, "first", 0.5) == 0.26 and first.taken(settings, "first", -0.5) == -0.5


# ---- What a page is told -----------------------------------------------------------------------------------


def test_a_description_holds_all_that_was_declared():
    size = Slider("size", 1, 4, title="size of x", group="sizes", more=True, when=("kind", ("max",)))
    told = {"kind": "Slider", "name": "size", "title": "size of x", "group": "sizes", "more": True}
    ends = {"least": 1, "most": 4, "largest": None, "last": ""}
    assert size.described() == {
        **told,
        **ends,
        "instead": "",
        "keyword": "",
        "plain": None,
        "when": [["kind", ["max"]]],
    }
    assert Pair("stride", 1, 4).described()["when_width"] == [["apart", [True]]]
    assert WHICH.described()["last"] == "count" and WHICH.described()["title"] == "which one"
    assert WEIGHT.described()["step"] == 0.125 and WEIGHT.described()["kind"] == "Number"
    assert PLACE.described()["options"] == [["left", (0, 0)], ["right", (0, 5)]]
    assert KERNEL.described()["options"] == [["ones", "ones"], ["twos", "twos"], [OWN, OWN]]
    assert RUN.described()["name"] == "run"


# A network's stage is another one, and tests/explore/networks has its controls.
OTHERS = {"Explorer", "network", "most_memory", "photograph", "progress", "seconds", "source"}


def test_the_tests_of_all_explorers_go_through_every_one():
    offered = {getattr(explore, name)().topic.name for name in set(explore.__all__) - OTHERS}
    assert {make().topic.name for make in EXPLORERS.values()} == offered


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_explorer_tells_a_page_what_can_be_set(name):
    explorer = EXPLORERS[name]()
    table = json.loads(json.dumps(explorer.topic.table()))
    assert [control["name"] for control in table] == [control.name for control in explorer.topic.controls]
    for control in table:
        for name, values in control["when"]:
            assert hasattr(explorer.settings, name) and values
    titles = [widget.description or widget.tooltip for widget in explorer.controls.values()]
    assert len(set(titles)) == len(titles)
