"""Scales: which panels share a range, by the steps of a scene, and how far a range goes."""

import numpy as np
import pytest

from vizconv.scenes import BARE, Panel, Range, Reading, Rule, Scale, Scene, Terms
from vizconv.scenes.terms import copy_terms, product_terms

PRODUCTS = {"t": product_terms(2), "copy": copy_terms(np.arange(2)), "mean": Terms([0, 0], [0, 1], None)}
FORWARD = Reading("t", "out", "y", "x", "w")


def scene(names: str, *steps, **looks) -> Scene:
    """Make a scene of panels of two numbers each."""
    panels = (
        Panel(name, [1.0, -3.0], (0, at), **looks.get(name, {})) for at, name in enumerate(names.split())
    )
    return Scene(tuple(panels), PRODUCTS, steps)


def scales(*given, **looks) -> dict[str, str]:
    return {name: scale.name for name, scale in scene(*given, **looks).scales.items()}


def test_a_step_forwards():
    assert scales("x w y", FORWARD) == {"x": "inputs", "w": "weights", "y": "sums"}


@pytest.mark.parametrize("role", ["left", "right"])
def test_a_step_backwards(role):
    step = Reading("t", role, "dy", "dx" if role == "left" else "x", "w" if role == "left" else "dw")
    names = {"left": "dy dx w", "right": "dy x dw"}[role]
    gradients = {"left": {"dy", "dx"}, "right": {"dy", "dw"}}[role]
    found = scales(names, step)
    assert {name for name, scale in found.items() if scale == "gradients"} == gradients


def test_a_copy_is_on_the_scale_of_its_source():
    steps = Reading("copy", "out", "turned", "w"), Reading("copy", "out", "again", "turned")
    owned = {"owners": [0, 1]}
    assert set(scales("w turned again", *steps, w=owned).values()) == {"weights"}
    photo = scene("x moved", Reading("copy", "out", "moved", "x"), x={"pixels": (0, 255)})
    assert photo.scales["moved"] == Scale("pixels", (0, 255))


def test_a_copy_to_which_something_is_added_is_a_sum():
    steps = FORWARD, Reading("copy", "out", "y", "b")
    assert scales("x w b y", *steps)["y"] == "sums"


def test_what_a_rule_makes_has_its_own_scale():
    names = {"gate": "gates", "tanh": "activations", "exp": "exponentials", "inverse": "values"}
    for rule, scale in names.items():
        assert scales("x a", Rule(name=rule, out="a", of=("x",)))["a"] == scale
    border = Rule(name="border", out="x", of=("x",), terms="copy")
    assert scales("x", border) == {"x": "inputs"}


def test_a_panel_may_say_its_scale():
    looks = {"w": {"scale": "inputs"}, "y": {"scale": BARE}}
    ours = scene("x w y", FORWARD, **looks)
    assert [ours.scales[name].name for name in "xwy"] == ["inputs", "inputs", "bare"]
    assert ours.ranges["y"] is None and ours.ranges["x"] == Range(Scale("inputs"), -3, 1)
    assert ours.ranges["x"].largest == 3


def test_a_part_of_a_scene_stays_on_its_scales():
    part = scene("x w y", FORWARD).kept("w", "y")
    assert [part.scales[name].name for name in "wy"] == ["weights", "sums"]


def test_ranges_are_of_finite_numbers_and_hold_zero():
    panels = Panel("x", [5, np.nan, np.inf], (0, 0)), Panel("y", [np.nan, np.inf], (0, 1), scale="sums")
    ranges = Scene(panels).ranges
    assert (ranges["x"].least, ranges["x"].most) == (0, 5)
    assert (ranges["y"].least, ranges["y"].most) == (0, 0)


def test_one_number_alone_sets_no_range_of_others_and_has_no_fill():
    cost, others = Panel("L", 4000, (0, 0)), Panel("dy", [3, -5, np.inf], (0, 1))
    both = Scene((cost, others)).ranges
    assert both["L"] is None and both["dy"].largest == 5
    assert Scene((cost,)).ranges["L"].largest == 4000
    meant = Panel("b", 4000, (0, 0), scale="inputs")
    assert Scene((meant, others)).ranges["dy"].largest == 4000


def test_pixels_go_from_black_to_white_whatever_they_are():
    x = Panel("x", [[3, 400]], (0, 0), pixels=(255, 0))
    assert Scene((x,)).ranges["x"] == Range(Scale("pixels", (255, 0)), 0, 255)


def test_a_panel_that_is_not_shown_sets_no_range():
    panels = Panel("x", [1, 2], (0, 0)), Panel("hidden", [100, 2], None)
    assert Scene(panels).ranges == {"x": Range(Scale("inputs"), 0, 2)}
