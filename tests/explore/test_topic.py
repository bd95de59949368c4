"""A topic without widgets: settings change, are typed into, and make a scene or say why there is none."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from vizconv.explore.chosen import OWN, Chosen
from vizconv.explore.controls import Pair, Player, Preset, Slider, Switch
from vizconv.explore.topic import Topic, as_sentence, two_inputs
from vizconv.scenes import Panel, Scene

ROW = Chosen(name="ones", values=np.ones(4))


@dataclass(frozen=True, eq=False, kw_only=True)
class Settings:
    """A row of numbers, a factor for each, and how many of them are in use."""

    row: Chosen = ROW
    bias: np.ndarray = field(default_factory=lambda: np.array(0))
    count: int = 4
    which: int = 0
    stride: tuple[int, int] = (1, 1)
    apart: bool = False
    notes: tuple[str, ...] = ("A row.",)


def scene_of(settings):
    if settings.count > 4:
        raise ValueError(f"count is {settings.count}; the row has 4 numbers")
    x = settings.row.values[: settings.count]
    panels = (Panel("x", x, (0, 0), editable=True), Panel("bias", settings.bias, (0, 1), editable=True))
    return Scene((*panels, Panel("L", np.log(x - 1).sum() + settings.bias, (0, 2))))


TOPIC = Topic(
    name="row",
    controls=(
        Preset("row", ("ones", "twos"), lambda settings, name: np.full(4, 1 + (name == "twos"))),
        Slider("count", 1, 9),
        Slider("which", last="count"),
        Pair("stride", 1, 3),
        Switch("apart"),
        Player("run", of="count", most=9),
    ),
    scene_of=scene_of,
    inputs=lambda settings: (Panel("x", settings.row.values, (0, 0), editable=True),),
    rules={"apart": lambda settings, apart: replace(settings, apart=apart, stride=(1, 1))},
    settle=lambda settings: replace(settings, which=min(settings.which, settings.count - 1)),
    fields={"x": "row"},
)
START = Settings()


# ---- Changes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "value"), [("count", 4), ("run", 4), ("apart", False), ("stride_height", 1)]
)
def test_what_says_the_same_changes_nothing(part, value):
    assert TOPIC.change(START, part, value) is START


def test_a_change_puts_a_value_into_its_field():
    changed = TOPIC.change(START, "count", 2)
    assert changed.count == 2 and changed.row is START.row and START.count == 4
    assert TOPIC.change(START, "row", "twos").row.values.tolist() == [2] * 4


def test_a_rule_takes_the_place_of_putting():
    assert TOPIC.change(Settings(stride=(3, 3)), "apart", True).stride == (1, 1)


def test_a_pair_and_a_player_change_the_field_they_are_of():
    assert TOPIC.change(Settings(apart=True), "stride_width", 3).stride == (1, 3)
    assert TOPIC.change(START, "run", 3).count == 3


def test_what_is_between_fields_is_settled_after_every_change_and_edit():
    last = Settings(which=3)
    assert TOPIC.change(last, "count", 2).which == 1
    assert TOPIC.typed(Settings(which=9), TOPIC.scene(START), "x", 0, 5).which == 3


# ---- Typed values ------------------------------------------------------------------------------------------


def test_a_typed_value_reaches_the_panels_field():
    scene = TOPIC.scene(START)
    typed = TOPIC.typed(START, scene, "x", 2, 5)
    assert typed.row.name == OWN and typed.row.values.tolist() == [1, 1, 5, 1]
    assert TOPIC.typed(START, scene, "bias", 0, -2.5).bias == -2.5
    assert START.row.name == "ones" and START.bias == 0


def test_an_index_counts_from_the_panels_origin():
    panel = Panel("x", np.ones(2), (0, 0), origin=(2,), editable=True)
    assert TOPIC.typed(START, Scene((panel,)), "x", 1, 5).row.values.tolist() == [1, 1, 1, 5]


def test_an_edit_of_its_own_takes_the_place_of_the_field():
    topic = replace(TOPIC, edit=lambda settings, scene, panel, cell, value: replace(settings, count=cell))
    typed = topic.typed(Settings(which=3), topic.scene(START), "x", 2, 5)
    assert (typed.count, typed.which) == (2, 1)  # settled, too


def test_a_moved_number_makes_the_scene_of_an_edit_or_what_the_topic_says():
    scene = TOPIC.scene(START)
    assert TOPIC.moved(START, scene, "bias", 0, 4).panel("bias").values == 4
    topic = replace(TOPIC, nudged=lambda settings, scene, panel, cell, value: (panel, cell, value))
    assert topic.moved(START, scene, "bias", 0, 4) == ("bias", 0, 4)


# ---- Scenes ------------------------------------------------------------------------------------------------


def test_what_is_infinite_is_shown():
    assert TOPIC.scene(START).panel("L").values == -np.inf  # and no warning, which would be an error


def test_what_does_not_fit_shows_the_inputs_and_a_sentence():
    settings = TOPIC.change(START, "count", 5)
    scene = TOPIC.scene(settings)
    assert [panel.name for panel in scene.panels] == ["x"] and scene.code == "" and scene.steps == ()
    assert scene.notes == ("A row.", "✗ Count is 5; the row has 4 numbers.")
    assert TOPIC.typed(settings, scene, "x", 3, 7).row.values[3] == 7


def test_any_other_error_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        replace(TOPIC, scene_of=lambda settings: 1 / 0).scene(START)


def test_two_inputs_stay_and_can_be_edited():
    x, k = two_inputs(np.ones((2, 3)), np.ones((4, 4)), ("x", "k"), "*")
    assert (x.name, k.name, x.sign, k.sign) == ("x", "k", "", "*")
    assert x.editable and k.editable and (x.place, k.place) == ((0, 0), (0, 1))


def test_words_become_a_sentence():
    assert as_sentence(ValueError("a kernel of 5 does not fit")) == "A kernel of 5 does not fit."


# ---- What controls say -------------------------------------------------------------------------------------


def test_all_that_is_said_and_hidden():
    assert TOPIC.said(START) == {
        "row": "ones",
        "count": 4,
        "which": 0,
        "stride_height": 1,
        "stride_width": 1,
        "apart": False,
        "run": 4,
    }
    assert TOPIC.hidden(START) == {"stride_width"} and TOPIC.hidden(Settings(apart=True)) == set()


def test_the_table_of_controls_is_plain_data():
    table = json.loads(json.dumps(TOPIC.table()))
    assert [row["kind"] for row in table] == ["Preset", "Slider", "Slider", "Pair", "Switch", "Player"]
