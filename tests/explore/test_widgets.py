"""From declared controls to widgets: each of its kind, in columns, and nothing jumps when one hides."""

from dataclasses import dataclass
from inspect import signature

import ipywidgets
import numpy as np
import pytest

from tests.explore.changes import is_hidden
from tests.front_end import click, send
from vizconv import explore
from vizconv.explore import chain, gradients
from vizconv.explore.chosen import OWN, Chosen
from vizconv.explore.controls import (
    Choice,
    Control,
    Number,
    Pair,
    Player,
    Preset,
    Slider,
    Steps,
    Switch,
)
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic
from vizconv.explore.widgets import widgets_of
from vizconv.scenes import Panel, Scene

AT_FIRST = [
    make for make in map(vars(explore).get, explore.__all__) if signature(make).return_annotation is Explorer
]
SCORED = [explore.softmax]  # a slider for each of its three scores
PRESET = Chosen(name="ones", values=np.ones(2))


@dataclass(frozen=True, eq=False, kw_only=True)
class Settings:
    """A field for every kind of control."""

    count: int = 3
    which: int = 1
    stride: tuple[int, int] = (2, 2)
    weight: float = 0.3
    kind: str = "max"
    view: str = "forward"
    rate: float = 0.25
    kernel: Chosen = PRESET
    border: str = "zeros"
    apart: bool = False


CONTROLS = (
    Preset("kernel", ("ones", "twos"), lambda settings, name: np.ones(2), title="kernel w"),
    Choice("view", ("forward", "backward"), buttons=True),
    Choice("kind", ("max", "average, of all the cells of a window")),
    Slider("count", 1, 8, group="counts"),
    Slider("which", last="count", group="counts", when=("kind", ("max",))),
    Player("run", of="count", most=8, group="counts"),
    Pair("stride", 1, 4),
    Number("weight", least=-2, most=2, step=0.25),
    Steps("rate", {"0.1": 0.1, "1": 1.0}),
    Choice("border", ("zeros", "repeat"), more=True, plain="zeros"),
    Switch("apart", title="height and width apart", more=True),
)
TOPIC = Topic(name="all", controls=CONTROLS, scene_of=lambda settings: Scene((Panel("x", [1, 2], (0, 0)),)))


@pytest.fixture
def explorer():
    return Explorer(TOPIC, Settings())


def test_every_part_is_a_widget_of_its_kind(explorer):
    assert {name: type(widget).__name__ for name, widget in explorer.controls.items()} == {
        "kernel": "Dropdown",
        "view": "ToggleButtons",
        "kind": "Dropdown",
        "count": "IntSlider",
        "which": "IntSlider",
        "run": "Play",
        "stride_height": "IntSlider",
        "stride_width": "IntSlider",
        "weight": "FloatSlider",
        "rate": "SelectionSlider",
        "border": "Dropdown",
        "apart": "Checkbox",
    }
    assert list(explorer.controls["kernel"].options) == ["ones", "twos", OWN]
    assert explorer.controls["rate"].value == 0.25  # none of its steps, and yet there
    assert explorer.controls["weight"].value == 0.25 and explorer.settings.weight == 0.3


def test_another_kind_of_control_is_refused():
    with pytest.raises(TypeError, match="no widget is known for a Control"):
        widgets_of(Topic(name="", controls=(Control("count"),), scene_of=None), Settings())


def test_groups_stand_together_and_what_is_rare_waits(explorer):
    names = {widget: name for name, widget in explorer.controls.items()}
    children = explorer.panel.children
    first, drawer, last = (
        [[names.get(widget, widget.description) for widget in row.children] for row in part]
        for part in (children[:-2], children[-2].children, children[-1:])
    )
    assert first == [["kernel", "view", "kind", "stride_height", "weight", "rate"], ["count", "which"]]
    assert drawer == [["border", "apart"], ["stride_width"]]
    assert last == [["run", "reset", "more"]]


def test_titles_are_as_wide_as_the_widest(explorer):
    widths = {
        widget.style.description_width
        for widget in explorer.controls.values()
        if isinstance(widget, ipywidgets.IntSlider | ipywidgets.Dropdown)
    }
    assert len(widths) == 1 and 60 <= int(widths.pop().removesuffix("px")) <= 150


def test_what_needs_room_has_a_row_of_its_own(explorer):
    spans = {
        name
        for name, widget in explorer.controls.items()
        if widget.layout.grid_area == "auto / 1 / auto / -1"
    }
    assert spans == {"view", "kind"}


def test_more_is_opened_and_closed(explorer):
    more, drawer = explorer.panel.children[-1].children[-1], explorer.panel.children[-2]
    for opened in (False, True, False):
        send(more, value=opened)
        assert (drawer.layout.display != "none") == opened


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        (Settings(), set()),
        (Settings(border="repeat"), {"border"}),
        (Settings(apart=True, stride=(1, 2)), {"apart", "stride_width"}),
    ],
)
def test_what_was_thought_of_stands_with_the_first(settings, first):
    explorer = Explorer(TOPIC, settings)
    drawer = {widget for box in explorer.panel.children[-2].children for widget in box.children}
    waiting = {name for name in ("border", "apart", "stride_width") if explorer.controls[name] in drawer}
    assert waiting == {"border", "apart", "stride_width"} - first


@pytest.mark.parametrize("make", AT_FIRST, ids=lambda make: make.__name__)
def test_few_controls_are_in_sight_at_first(make):
    explorer = make()
    drawers = [box for box in explorer.panel.children if isinstance(box, ipywidgets.VBox)]
    groups = [box for box in explorer.panel.children[:-1] if box not in drawers]
    shown = [[each for each in box.children if not is_hidden(each)] for box in groups]
    assert sum(map(len, shown)) <= (4 if make not in SCORED else 6)
    assert all(drawer.layout.display == "none" for drawer in drawers)


def test_what_hides_keeps_its_place(explorer):
    which = explorer.controls["which"]
    send(explorer.controls["kind"], index=1)
    assert is_hidden(which) and which.layout.display is None
    send(explorer.controls["kind"], index=0)
    assert not is_hidden(which)


def test_a_height_is_called_one_where_the_width_stands_apart(explorer):
    height, width = explorer.controls["stride_height"], explorer.controls["stride_width"]
    assert (height.description, is_hidden(width)) == ("stride", True)
    send(explorer.controls["apart"], value=True)
    assert (height.description, width.description, is_hidden(width)) == (
        "stride height",
        "stride width",
        False,
    )


def test_a_slider_of_one_among_many_ends_where_they_end(explorer):
    which = explorer.controls["which"]
    assert (which.min, which.max, which.value) == (0, 2, 1)
    send(explorer.controls["count"], value=8)
    assert which.max == 7
    explorer.show(Settings(count=1, which=0))
    assert (which.max, which.value) == (0, 0)


def test_a_slider_reaches_what_it_has_to_say(explorer):
    explorer.show(Settings(count=20, stride=(9, 1), apart=True))
    said = [explorer.controls[name].value for name in ("count", "stride_height", "stride_width")]
    assert said == [20, 9, 1]
    click(explorer.buttons["reset"])
    assert [explorer.controls[name].value for name in ("count", "stride_height")] == [3, 2]


def test_every_widget_has_a_title_of_its_own():
    """Without one the page says null."""
    for topic, settings in ((TOPIC, Settings()), (gradients().topic, gradients().settings)):
        for name, widget in widgets_of(topic, settings).items():
            assert widget.tooltip == widget.description or not widget.description, name
    explorer = Explorer(TOPIC, Settings())
    explorer.show(Settings(apart=True))
    height = explorer.controls["stride_height"]
    assert height.tooltip == height.description == "stride height"


def test_a_slider_says_no_number_that_is_not_there():
    explorer = chain(w=100)
    assert explorer.controls["w"].readout is False and explorer.controls["b"].readout is True
    assert any("w is 100, beyond the end of its slider at 10" in note for note in explorer.stage.scene.notes)
    explorer.edit("w", (), 4)
    assert explorer.controls["w"].readout is True and explorer.controls["w"].value == 4


def test_one_control_stands_in_the_place_of_another():
    turns = {
        "max": Number("weight", when=("kind", ("max",))),
        "mean": Slider("count", 1, 8, when=("kind", ("mean",)), instead="weight"),
    }
    topic = Topic(name="turns", controls=(*turns.values(), Slider("which", 0, 3)), scene_of=TOPIC.scene_of)
    explorer = Explorer(topic, Settings())
    place, other = explorer.panel.children[0].children
    assert place.children == (explorer.controls["weight"], explorer.controls["count"])
    assert {child.layout.grid_area for child in place.children} == {"1 / 1"}
    assert other is explorer.controls["which"] and other.layout.grid_area is None
    assert [is_hidden(child) for child in place.children] == [False, True]


def test_under_more_a_group_of_nothing_takes_no_room():
    pairs = (Pair("stride", 1, 4), Switch("apart", more=True))
    explorer = Explorer(Topic(name="pairs", controls=pairs, scene_of=TOPIC.scene_of), Settings())
    (_, drawer, _) = explorer.panel.children
    switches, widths = drawer.children
    assert widths.children == (explorer.controls["stride_width"],)
    for apart, display in ((True, "grid"), (False, "none"), (True, "grid")):
        send(explorer.controls["apart"], value=apart)
        assert widths.layout.display == display and switches.layout.display == "grid"
