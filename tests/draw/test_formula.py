"""A formula on a picture is the stage's, told once more by plain loops."""

from dataclasses import replace

import numpy as np
import pytest

from tests.browser import expected
from tests.scenes.cases import chained_scene
from vizconv.draw.formula import formula
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import Panel, Reading, Scene, Terms, correlation

X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
LONG = np.arange(16).reshape(4, 4) / 4
SCENES = {
    "worked example": correlation(correlate(X, K)),
    "strided": correlation(correlate(X, K, stride=2)),
    "long": correlation(correlate(np.arange(25).reshape(5, 5), LONG)),
    "chained": chained_scene(X, K),
    "channels": Scene(
        (
            Panel("y", np.zeros((2, 1, 2)), (0, 2), label="z", subscript="1", superscript="′"),
            Panel("x", [1, 2], (0, 0)),
            Panel("alone", [1, 2], (1, 0)),
        ),
        {"t": Terms([0, 1, 1], [0, 0, 1], None)},
        (Reading("t", "out", "y", "x"),),
    ),
}


@pytest.mark.parametrize("name", SCENES)
def test_every_cell_has_the_stages_formula(name):
    scene = SCENES[name]
    scene = scene.edited(scene.readings[0].left, 0, 0.5)  # the sums are the tables'
    wanted = expected.of_scene(scene)
    for panel in scene.panels:
        for cell, index in enumerate(wanted.values[panel.name]):
            told = wanted.formula(panel.name, index)
            assert formula(scene, panel.name, cell) == told.replace("[]", "")  # a single number has no index


def test_the_worked_examples_formulas():
    scene = SCENES["worked example"]
    assert formula(scene, "y", 0) == "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + (8)(−1) = −37"
    assert formula(scene, "x", 0) == "x[0,0] = 1  goes into one sum: y[0,0] ← (1)(6)"


def test_what_has_no_terms_says_so():
    scene = SCENES["channels"]
    assert formula(scene, "y", 3) == "z₁′[1,0,1] has no terms: nothing reaches it = 0"
    assert formula(scene, "alone", 0) == "alone[0] = 1  goes into no sum"
    worked_out = replace(scene, recomputed=("alone",))
    assert formula(worked_out, "alone", 0).endswith("is no sum of products: change it and see")


def test_indices_count_from_the_panels_own_origin():
    scene = correlation(correlate(X, K, padding=1))
    assert formula(scene, "x", 7) == "x[0,0] = 1  goes into 4 sums: " + ", ".join(
        ["y[0,0] ← (1)(−1)", "y[0,1] ← (1)(−7)", "y[1,0] ← (1)(0)", "y[1,1] ← (1)(6)"]
    )
    assert formula(scene, "x", 0) == "x[-1,-1] = 0  goes into one sum: y[0,0] ← (0)(6)"
