"""A formula on a picture is the stage's, told once more by plain loops."""

import numpy as np
import pytest

from tests.browser import expected
from tests.scenes.cases import chained_scene
from vizconv.draw.formula import formula
from vizconv.engine import cross_entropy, linear, max_pool2d, mse, relu, tanh
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import (
    Panel,
    Reading,
    Scene,
    Terms,
    batch_loss,
    chain,
    correlation,
    max_pooling,
    probabilities,
    relu_gate,
)

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


def test_indices_count_from_the_panels_own_origin():
    scene = correlation(correlate(X, K, padding=1))
    assert formula(scene, "x", 7) == "x[0,0] = 1  goes into 4 sums: " + ", ".join(
        ["y[0,0] ← (1)(−1)", "y[0,1] ← (1)(−7)", "y[1,0] ← (1)(0)", "y[1,1] ← (1)(6)"]
    )
    assert formula(scene, "x", 0) == "x[-1,-1] = 0  goes into one sum: y[0,0] ← (0)(6)"


def test_what_windows_make():
    pooled = max_pooling(max_pool2d([[[[1, 3], [3, 2]]]], 2), np.ones((1, 1, 1, 1)), ties="every")
    first, largest = "is the first largest of its window", "is the largest of its window"
    assert formula(pooled, "mask", 0) == f"mask[0,0] = 0: x[0,0] = 1, and x[0,1] = 3 {first}"
    assert formula(pooled, "mask", 1) == f"mask[0,1] = 1: x[0,1] = 3 {first}"
    assert formula(pooled, "ties", 2) == f"window == max[1,0] = 1: x[1,0] = 3 {largest}"
    below = "is below x[0,1] = 3, the largest of its window"
    assert formula(pooled, "ties", 3) == f"window == max[1,1] = 0: x[1,1] = 2 {below}"
    into = "goes into mask, window == max, and into one sum: y[0,0] ← (1)(0)"
    assert formula(pooled, "x", 0) == f"x[0,0] = 1  {into}"
    copied = correlation(correlate(X, K, padding=1, border="reflect"))
    assert formula(copied, "x", 0) == "x[-1,-1] = x[1,1] = 8"
    assert formula(copied, "x", 14).startswith(
        "x[1,1] = 8  goes into 3 cells of x, and into 4 sums: y[1,1] ← "
    )


def test_what_is_made_number_by_number():
    gate = relu_gate(relu([[3.0, -1.0]]), [[1.0, 1.0]])
    assert formula(gate, "gate", 0) == "gate[0] = 1, since x[0] = 3 is above 0"
    assert formula(gate, "gate", 1) == "gate[1] = 0, since x[1] = −1 is not above 0"
    neuron = chain([(linear([[1.0]], [[2.0]], [0.0]), tanh([[2.0]]))], mse([[0.5]], [[0.0]]))
    assert formula(neuron, "a", 0) == "a = tanh(z) = tanh(2) = 0.964"
    assert formula(neuron, "slope", 0) == "σ′(z) = 1 − tanh(z)² = 1 − tanh(2)² = 0.0707"


def test_what_rows_make():
    batch = batch_loss(cross_entropy(np.log([[1.0, 3.0], [3.0, 1.0]]), [1, 1]))
    assert formula(batch, "p", 1) == "p[0,1] = exp(z[0,1]) / Σ exp(z[0,:]) = 0.75"
    assert formula(batch, "surprise", 1) == "−log p[0,1] = −log(exp(z[0,1]) / Σ exp(z[0,:])) = 0.288"
    row = "is the largest of its row"
    assert formula(batch, "right", 0) == f"right[0,0] = 1: z[0,1] = 1.1 {row}, and y[0,1] = 1"
    assert formula(batch, "right", 1) == f"right[1,0] = 0: z[1,0] = 1.1 {row}, but y[1,1] = 1"
    assert (
        formula(batch, "z", 0) == "z[0,0] = 0  goes into p[0,0], p[0,1], −log p[0,0], −log p[0,1], right[0,0]"
    )
    steps = probabilities(cross_entropy([[0.0, 2.0]], [0]))
    assert formula(steps, "top", 0) == "−max = −max z = −z[1] = −2"
    assert formula(steps, "e", 1) == "exp(z − max)[1] = exp(z − max[1]) = exp(0) = 1"
    assert formula(steps, "share", 0) == "1/Σe = 1 / Σ exp(z − max) = 0.881"
