"""What all explorers share: settings, edits, files, buttons, what is beside, and finite differences."""

from dataclasses import dataclass, replace

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from traitlets import TraitError

from tests.front_end import click, send
from vizconv.explore.controls import Player, Slider
from vizconv.explore.explorer import Beside, Explorer
from vizconv.explore.sliding.correlation import correlation
from vizconv.explore.sliding.parameters import parameters
from vizconv.explore.topic import Topic
from vizconv.scenes import PADDING, Panel, Scene


@dataclass(frozen=True, eq=False)
class Cubes:
    """C = Σ factor · |x|³ of a row x, one cell of padding before it; `wrong` is added to the gradient."""

    x: np.ndarray
    factor: int = 1
    wrong: float = 0


def scene_of(settings):
    x, factor = settings.x, settings.factor
    cost = factor * np.sum(np.abs(x) ** 3)
    gradient = 3 * factor * np.sign(x) * x**2 + settings.wrong
    around = {"origin": (-1,), "kinds": [PADDING] + [0] * len(x)}
    panels = (
        Panel("x", np.r_[0, x], (0, 0), editable=True, **around),
        Panel("dx", np.r_[0, gradient], (1, 0), **around),
        Panel("C", cost, (0, 1)),
    )
    return Scene(panels)


TOPIC = Topic(
    name="cubes",
    controls=(Slider("factor", 0, 50), Player("run", of="factor", most=50)),
    scene_of=scene_of,
    presses={"double": lambda settings: replace(settings, factor=2 * settings.factor)},
    gradients={"dx": "x"},
    cost="C",
)


@pytest.fixture
def explorer():
    beside = Beside(ipywidgets.Label(), lambda settings, scene: {"value": str(scene.panel("C").values)})
    return Explorer(TOPIC, Cubes(np.array([2, -1, 0])), beside)


def test_a_button_changes_the_settings_and_all_that_shows_them(explorer):
    click(explorer.buttons["double"])
    click(explorer.buttons["double"])
    assert explorer.settings.factor == explorer.controls["factor"].value == 4
    assert explorer.beside.widget.value == str(4 * 9)
    click(explorer.buttons["reset"])
    assert explorer.settings.factor == 1 and explorer.beside.widget.value == "9"


def test_the_settings_are_read_and_taken_whole(explorer):
    with pytest.raises(AttributeError):
        explorer.settings = Cubes(np.ones(2))
    explorer.show(Cubes(np.array([1, 1]), factor=60))
    assert explorer.settings.factor == 60 and explorer.stage.scene.panel("C").values == 120
    assert explorer.controls["factor"].value == explorer.controls["factor"].max == 60


def test_two_controls_of_one_setting_follow_each_other(explorer):
    send(explorer.controls["run"], value=7)
    assert explorer.controls["factor"].value == 7 and explorer.stage.scene.panel("C").values == 63


def test_what_is_beside_follows_an_edit(explorer):
    send(explorer.stage, edit={"serial": 1, "changes": [{"panel": "x", "cell": 2, "value": -3}]})
    assert explorer.settings.x.tolist() == [2, -3, 0] and explorer.beside.widget.value == str(8 + 27)


@pytest.mark.parametrize(("index", "x"), [(1, [9, -1, 0]), ((0,), [9, -1, 0]), ([2], [2, -1, 9])])
def test_a_line_types_a_value(explorer, index, x):
    explorer.edit("x", index, 9)
    assert explorer.settings.x.tolist() == explorer.stage.scene.panel("x").values[1:].tolist() == x
    assert explorer.beside.widget.value == str(explorer.stage.scene.panel("C").values)


@pytest.mark.parametrize(
    ("panel", "index", "value", "error", "words"),
    [
        ("dx", 1, 2, ValueError, "panel is 'dx'; one that can be typed into is expected: 'x'"),
        ("nowhere", 1, 2, ValueError, "one that can be typed into"),
        ("x", 1, np.inf, ValueError, "value is inf; a finite number is expected"),
        ("x", 1, np.nan, ValueError, "value is nan; a finite number is expected"),
        ("x", 4, 2, IndexError, "x has no cell 4; it has 4, counted from 0"),
        ("x", -1, 2, IndexError, "x has no cell -1"),
        ("x", 0, 2, IndexError, "x has no number at"),  # padding
        ("x", (-1,), 2, IndexError, "x has no number at"),
        ("x", (3,), 2, IndexError, "x has no number at"),
        ("x", (0, 0), 2, IndexError, "x has no number at"),
    ],
)
def test_what_cannot_be_typed_is_refused(explorer, panel, index, value, error, words):
    with pytest.raises(error, match=words):
        explorer.edit(panel, index, value)
    assert explorer.settings.x.tolist() == [2, -1, 0]


@pytest.mark.parametrize(
    ("ending", "start"),
    [(".html", b"<!doctype html>"), (".svg", b"<?xml"), (".png", b"\x89PNG"), (".gif", b"GIF8")],
)
def test_what_is_on_the_stage_is_saved(tmp_path, ending, start):
    explorer = correlation()
    explorer.save(tmp_path / f"stage{ending}")
    assert (tmp_path / f"stage{ending}").read_bytes().startswith(start)


def test_a_png_holds_what_is_beside_the_stage_too(tmp_path):
    explorer = parameters()
    for name, saved in (("both.png", explorer), ("both.PNG", explorer), ("stage.png", explorer.stage)):
        saved.save(tmp_path / name)
    both, alone = (plt.imread(tmp_path / name) for name in ("both.png", "stage.png"))
    assert both.shape[1] > alone.shape[1]
    assert (tmp_path / "both.PNG").read_bytes() == (tmp_path / "both.png").read_bytes()


def test_another_ending_is_refused(tmp_path, explorer):
    with pytest.raises(ValueError, match=r"ends in '.doc'"):
        explorer.save(tmp_path / "stage.doc")


def test_one_line_checks_a_gradient(explorer):
    check = explorer.finite_difference("dx", 0)
    assert repr(check) == "dx[0] = 12, a finite difference gives 12: they agree"
    assert explorer.finite_difference("dx", 1).gradient == -3
    assert explorer.finite_difference("dx", 2).agrees
    assert explorer.settings.x.tolist() == [2, -1, 0]  # nothing was moved for good


def test_a_gradient_of_what_is_not_there_is_no_slope(explorer):
    topic = replace(TOPIC, gradients={"dx": "x", "C": "nowhere", "nothing": "x"})
    assert Explorer(topic, explorer.settings).slopes() == ["dx"]


def test_what_a_gradient_belongs_to_need_not_be_seen(explorer):
    def without(name):
        return lambda settings: replace(scene_of(settings), panels=_unplaced(scene_of(settings), name))

    settings = explorer.settings
    unseen = Explorer(replace(TOPIC, scene_of=without("x")), settings)
    assert unseen.slopes() == ["dx"] and unseen.finite_difference("dx", 0).agrees
    assert Explorer(replace(TOPIC, scene_of=without("dx")), settings).slopes() == []


def _unplaced(scene, name):
    return tuple(replace(panel, place=None) if panel.name == name else panel for panel in scene.panels)


def test_a_wrong_gradient_is_found(explorer):
    explorer.show(replace(explorer.settings, wrong=0.01))
    assert not any(explorer.finite_difference("dx", cell).agrees for cell in range(3))


def test_a_kink_is_called_one():
    steep = replace(TOPIC, scene_of=lambda settings: _kinked(scene_of(settings), settings.x))
    check = Explorer(steep, Cubes(np.array([2, -1, 0]))).finite_difference("dx", 2)
    assert check.difference is None and "not differentiable" in repr(check)


def _kinked(scene, x):
    panels = tuple(
        replace(panel, values=np.abs(x).sum()) if panel.name == "C" else panel for panel in scene.panels
    )
    return replace(scene, panels=panels)


@pytest.mark.parametrize(
    ("name", "index", "error", "words"),
    [
        ("x", (0,), ValueError, "a gradient on this stage is expected: 'dx'"),
        ("dx", (-1,), IndexError, "dx has no number at"),
        ("dx", (3,), IndexError, "dx has no number at"),
        ("dx", (0, 0), IndexError, "dx has no number at"),
        ("dx", (), IndexError, "dx has no number at"),
    ],
)
def test_what_is_no_gradient_is_refused(explorer, name, index, error, words):
    with pytest.raises(error, match=words):
        explorer.finite_difference(name, *index)


def test_a_gradient_that_is_held_is_measured_below_its_formula(explorer):
    send(explorer.stage, pinned={"panel": "dx", "cell": 1})
    assert explorer.stage.measured["sentence"] == "dx[0] = 12, a finite difference gives 12: they agree"
    click(explorer.buttons["double"])
    assert explorer.stage.measured["sentence"] == "dx[0] = 24, a finite difference gives 24: they agree"
    send(explorer.stage, edit={"serial": 1, "changes": [{"panel": "x", "cell": 1, "value": 1}]})
    assert explorer.stage.measured["sentence"] == "dx[0] = 6, a finite difference gives 6: they agree"
    send(explorer.stage, pinned={})
    assert explorer.stage.measured["sentence"] == ""


@pytest.mark.parametrize(
    "pinned",
    [
        {"panel": "x", "cell": 1},
        {"panel": "dx", "cell": 0},
        {"panel": "dx", "cell": 99},
        {"panel": "dx"},
        {"panel": ["dx"], "cell": "<b>"},
        {"cell": 1},
    ],
)
def test_other_cells_are_passed_over(explorer, pinned):
    send(explorer.stage, pinned=pinned)
    assert explorer.stage.measured["sentence"] == ""


# ---- What a learner cannot break -------------------------------------------------------------------------


def test_settings_cannot_be_written_into(explorer):
    before = np.array([2, -1, 0])
    other = Explorer(TOPIC, Cubes(before))
    with pytest.raises(ValueError, match="read-only"):
        other.settings.x[0] = 99
    before[0] = 99
    assert other.settings.x.tolist() == [2, -1, 0]


def test_settings_that_no_control_can_say_leave_those_from_before():
    explorer = correlation(stride=2)
    with pytest.raises(TraitError):
        explorer.show(replace(explorer.settings, border="foo"))
    assert explorer.settings.border == "zeros" and explorer.controls["border"].value == "zeros"
    assert explorer.settings.stride == (2, 2)


@pytest.mark.parametrize("value", ["5", None, [5], 1j, True])
def test_what_is_no_number_is_not_typed(explorer, value):
    with pytest.raises(TypeError, match="a number is expected"):
        explorer.edit("x", (0,), value)
