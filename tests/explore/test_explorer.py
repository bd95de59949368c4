"""What all explorers share: buttons, what stands beside a stage, and finite differences of gradients."""

from dataclasses import dataclass, replace

import ipywidgets
import numpy as np
import pytest

from tests.front_end import click, send
from vizconv.explore.controls import player, slider
from vizconv.explore.explorer import Beside, Explorer, Topic
from vizconv.scenes import PADDING, Panel, Scene, put


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


def edit(settings, scene, panel, cell, value):
    assert panel == "x"
    return replace(settings, x=put(settings.x, cell - 1, value))


TOPIC = Topic(
    "cubes",
    scene_of,
    lambda settings, name, value: replace(settings, factor=value),
    edit,
    lambda settings: {"factor": settings.factor, "run": settings.factor},
    lambda settings: set(),
    presses={"double": lambda settings: replace(settings, factor=2 * settings.factor)},
    gradients={"dx": "x"},
    cost="C",
)


@pytest.fixture
def explorer():
    controls = {"factor": slider("factor", 1, 0, 50), "run": player("run", 1, 50)}
    beside = Beside(ipywidgets.Label(), lambda settings, scene: {"value": str(scene.panel("C").values)})
    return Explorer(TOPIC, Cubes(np.array([2, -1, 0])), controls, beside)


def test_a_button_changes_the_settings_and_all_that_shows_them(explorer):
    click(explorer.buttons["double"])
    click(explorer.buttons["double"])
    assert explorer.settings.factor == explorer.controls["factor"].value == 4
    assert explorer.beside.widget.value == str(4 * 9)
    click(explorer.buttons["reset"])
    assert explorer.settings.factor == 1 and explorer.beside.widget.value == "9"


def test_two_controls_of_one_setting_follow_each_other(explorer):
    send(explorer.controls["run"], value=7)
    assert explorer.controls["factor"].value == 7 and explorer.stage.scene.panel("C").values == 63


def test_what_is_beside_follows_an_edit(explorer):
    send(explorer.stage, edit={"serial": 1, "changes": [{"panel": "x", "cell": 2, "value": -3}]})
    assert explorer.settings.x.tolist() == [2, -3, 0] and explorer.beside.widget.value == str(8 + 27)


def test_one_line_checks_a_gradient(explorer):
    check = explorer.finite_difference("dx", 0)
    assert repr(check) == "dx[0] = 12, a finite difference gives 12: they agree"
    assert explorer.finite_difference("dx", 1).gradient == -3
    assert explorer.finite_difference("dx", 2).agrees
    assert explorer.settings.x.tolist() == [2, -1, 0]  # nothing was moved for good


def test_a_wrong_gradient_is_found(explorer):
    explorer.show(replace(explorer.settings, wrong=0.01))
    assert not any(explorer.finite_difference("dx", cell).agrees for cell in range(3))


def test_a_kink_is_called_one():
    steep = replace(
        TOPIC,
        scene_of=lambda settings: _kinked(scene_of(settings), settings.x),
        values=lambda settings: {},
    )
    check = Explorer(steep, Cubes(np.array([2, -1, 0])), {}).finite_difference("dx", 2)
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


def test_a_gradient_that_is_held_is_measured_below_the_stage(explorer):
    send(explorer.stage, pinned={"panel": "dx", "cell": 1})
    assert explorer.measured.value == "dx[0] = 12, a finite difference gives 12: they agree"
    click(explorer.buttons["double"])
    assert explorer.measured.value == "dx[0] = 24, a finite difference gives 24: they agree"
    send(explorer.stage, edit={"serial": 1, "changes": [{"panel": "x", "cell": 1, "value": 1}]})
    assert explorer.measured.value == "dx[0] = 6, a finite difference gives 6: they agree"
    send(explorer.stage, pinned={})
    assert explorer.measured.value == ""


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
    assert explorer.measured.value == ""
