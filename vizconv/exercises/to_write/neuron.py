"""Gradients to write: of one sigmoid neuron, and back through a layer of them. Typical mistakes by name."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vizconv.engine import linear, linear_backward, mse, mse_backward, sigmoid, sigmoid_backward
from vizconv.engine.types import present
from vizconv.exercises.exercise import Exercise
from vizconv.exercises.mistakes import instead, signs, still_zero, then
from vizconv.scenes import Panel, Reading, Scene, Terms
from vizconv.scenes.neurons.chain import chain
from vizconv.scenes.scales import GRADIENTS

# ---- One neuron: function(w, b, a_prev, y) returns [∂C/∂w, ∂C/∂b, ∂C/∂a_prev] ------------------------


def _neuron(w, b, a_prev, y):
    record = linear([[a_prev]], [[w]], [b])
    activation = sigmoid(record.y)
    return record, activation, mse(activation.y, [[y]])


def right(w: np.ndarray, b: np.ndarray, a_prev: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return ∂C/∂w, ∂C/∂b and ∂C/∂a_prev of one neuron, as the engine finds them."""
    record, activation, cost = _neuron(w, b, a_prev, y)
    delta = sigmoid_backward(activation, mse_backward(cost).dx).dx
    gradients = linear_backward(record, delta)
    return np.array([present(each).item() for each in (gradients.dweight, gradients.dbias, gradients.dx)])


def _scene(w, b, a_prev, y) -> Scene:
    """Set the neuron on a stage, and its three derivatives as the one row that is asked for."""
    record, activation, cost = _neuron(w, b, a_prev, y)
    scene = chain([(record, activation)], cost)
    names = ("dw", "db", "da_prev")
    row = Panel("gradient", right(w, b, a_prev, y), (2, 0), scale=GRADIENTS)
    terms = {f"gradient {at}": Terms(np.array([at]), np.array([0]), None) for at in range(3)}
    copies = [
        Reading(table, "out", out="gradient", left=name) for table, name in zip(terms, names, strict=True)
    ]
    panels, readings = (*scene.panels, row), (*scene.readings, *copies)
    return replace(scene, panels=panels, terms={**scene.terms, **terms}, steps=readings, graph=None)


def _slope(z):
    return sigmoid(z).slope.item()


def _made(make: Callable) -> Callable:
    """Turn a function of all the parts of a neuron into a mistake's; it returns the δ that it takes."""

    def mistake(w, b, a_prev, y):
        z = w * a_prev + b
        delta = make(z, sigmoid(float(z)).y.item(), y)
        return np.array([a_prev * delta, delta, w * delta])

    return mistake


def _stepped(step: Callable) -> Callable:
    """Take wrong last steps from the right δ: step(w, b, a_prev, δ)."""
    return lambda w, b, a_prev, y: np.array(step(w, b, a_prev, right(w, b, a_prev, y)[1]), float)


MISTAKES = {
    "The σ′(z) is missing: you took ∂C/∂a for δ. From a back to z it takes one more local slope.": _made(
        lambda z, a, y: 2 * (a - y)
    ),
    "You took the slope at a: σ′(a). The slope belongs to the place where σ was applied, which is z.": _made(
        lambda z, a, y: _slope(a) * 2 * (a - y)
    ),
    "Put a, not z, into a (1 − a): σ′(z) = a (1 − a).": _made(lambda z, a, y: z * (1 - z) * 2 * (a - y)),
    "The factor 2 is missing: C is a square.": _made(lambda z, a, y: _slope(z) * (a - y)),
    "Every sign is turned round: ∂C/∂a is 2 (a − y), not 2 (y − a). The minus comes in the step down.": _made(
        lambda z, a, y: -_slope(z) * 2 * (a - y)
    ),
    "You multiplied by C itself: its slope is 2 (a − y), not (a − y)².": _made(
        lambda z, a, y: _slope(z) * (a - y) ** 2
    ),
    "You took σ(z) for its slope σ′(z) = a (1 − a).": _made(lambda z, a, y: a * 2 * (a - y)),
    "1 − a² is the slope of tanh. That of the sigmoid is a (1 − a).": _made(
        lambda z, a, y: (1 - a * a) * 2 * (a - y)
    ),
    "The σ′(z) is in there twice.": _made(lambda z, a, y: _slope(z) ** 2 * 2 * (a - y)),
    "The y is missing: ∂C/∂a is 2 (a − y).": _made(lambda z, a, y: _slope(z) * 2 * a),
    "In 2 (a − y) stands a, not z: the sigmoid comes before the cost.": _made(
        lambda z, a, y: _slope(z) * 2 * (z - y)
    ),
    "Your z lacks the b.": instead(right, b=0),
    "w and a_prev have changed places: ∂z/∂w is a_prev, and ∂z/∂a_prev is w.": _stepped(
        lambda w, b, a_prev, delta: (w * delta, delta, a_prev * delta)
    ),
    "In ∂C/∂w stands a_prev, not w: the slope of w · a_prev over w is what w is multiplied with.": _stepped(
        lambda w, b, a_prev, delta: (w * delta, delta, w * delta)
    ),
    "In ∂C/∂a_prev stands w, not a_prev.": _stepped(
        lambda w, b, a_prev, delta: (a_prev * delta, delta, a_prev * delta)
    ),
    "∂z/∂b is 1: b is added, not multiplied.": _stepped(
        lambda w, b, a_prev, delta: (a_prev * delta, b * delta, w * delta)
    ),
    "The last local slope is missing: from z it goes on to w, b and a_prev, with a_prev, 1 and w.": _stepped(
        lambda w, b, a_prev, delta: (delta, delta, delta)
    ),
    "∂C/∂w and ∂C/∂b have changed places: first ∂C/∂w, then ∂C/∂b, then ∂C/∂a_prev.": then(
        right, lambda gradient: gradient[[1, 0, 2]]
    ),
    "∂C/∂b and ∂C/∂a_prev have changed places: first ∂C/∂w, then ∂C/∂b, then ∂C/∂a_prev.": then(
        right, lambda gradient: gradient[[0, 2, 1]]
    ),
}
SHAPES = {
    "That is one number. Return all three, in one array.": lambda *case: (),
    "That is an array of one number. Return all three, in one array.": lambda *case: (1,),
    "∂C/∂w, ∂C/∂b and ∂C/∂a_prev are three.": lambda *case: (2,),
    "That is a column. Put the three into one row, without further brackets.": lambda *case: (3, 1),
    "Put the three into one row, without further brackets.": lambda *case: (1, 3),
}
CASES = (
    (2, -5, 3, 0.8),
    (2, -6, 3, 0.8),
    (0.5, 1, -2, 0.25),
    (-1.5, 0.75, 2, 1),
    (4, -3, 1, 0),
    (1, 0.5, 0.25, -1),
)
NEURON = Exercise(name="gradient", right=right, cases=CASES, scene=_scene, mistakes=MISTAKES, shapes=SHAPES)

# ---- A layer: function(w, b, a_prev, da) returns ∂C/∂a_prev ------------------------------------------


def layer_right(w: np.ndarray, b: np.ndarray, a_prev: np.ndarray, da: np.ndarray) -> np.ndarray:
    """Return ∂C/∂a_prev (D) of a sigmoid layer w (K, D), b (K), a_prev (D), from da = ∂C/∂a (K)."""
    return present(linear_backward(_layer(w, b, a_prev)[0], _delta(w, b, a_prev, da)[None]).dx)[0]


def _layer(w, b, a_prev):
    record = linear(np.asarray(a_prev)[None], w, b)
    return record, sigmoid(record.y)


def _delta(w, b, a_prev, da):
    return sigmoid_backward(_layer(w, b, a_prev)[1], np.asarray(da)[None]).dx[0]


COST = {"y", "minus", "difference", "square", "share", "C", "two"}


def _layer_scene(w, b, a_prev, da) -> Scene:
    """Set the layer on a stage without a cost of its own; ∂C/∂a_prev as the row that is asked for."""
    record, activation = _layer(w, b, a_prev)
    target = activation.y - np.multiply(da, len(da) / 2)  # then 2 (a − y) / K is da
    scene = chain([(record, activation)], mse(activation.y, target))
    part = scene.kept(*(panel.name for panel in scene.panels if panel.name not in COST))
    row = layer_right(w, b, a_prev, da)
    return replace(
        part, panels=tuple(_row(each, row) if each.name == "da_prev" else each for each in part.panels)
    )


def _row(panel: Panel, values) -> Panel:
    return replace(panel, values=values, kinds=None, owners=None, origin=(), names=())


def _from_delta(make: Callable) -> Callable:
    """Turn make(w, a_prev, δ) into a mistake's function of a layer."""
    return lambda w, b, a_prev, da: np.asarray(make(w, a_prev, _delta(w, b, a_prev, da)))


def _slope_at_a(w, b, a_prev, da):
    return w.T @ (sigmoid(_layer(w, b, a_prev)[1].y[0]).slope * da)


def _activation_for_slope(w, b, a_prev, da):
    return w.T @ (_layer(w, b, a_prev)[1].y[0] * da)


LAYER_MISTAKES = {
    "The σ′(z) is missing: what came in is ∂C/∂a, "
    "and the sum over the weights needs δ = σ′(z) ⊙ ∂C/∂a.": lambda w, b, a_prev, da: w.T @ da,
    "You took the slope at a: σ′(a). The slope belongs to z.": _slope_at_a,
    "You took σ(z) for its slope σ′(z) = a (1 − a).": _activation_for_slope,
    "The σ′(z) is in there twice.": lambda w, b, a_prev, da: (
        w.T @ (_layer(w, b, a_prev)[1].slope[0] * _delta(w, b, a_prev, da))
    ),
    "Your weights are transposed: forwards z[k] takes w[k, i] · a_prev[i], so back to a_prev[i] it goes over "
    "w[k, i] for every k, which is down a column of w.": _from_delta(lambda w, a_prev, delta: w @ delta),
    "You added along the rows of w. All that comes back to a_prev[i] stands in column i.": _from_delta(
        lambda w, a_prev, delta: (w * delta[:, None]).sum(axis=1)
    ),
    "Here is one product for every path. The sum over the paths is missing: "
    "add over the neurons.": _from_delta(lambda w, a_prev, delta: w * delta[:, None]),
    "Only the last neuron's path is left: is there a `=` where `+=` belongs?": _from_delta(
        lambda w, a_prev, delta: w[-1] * delta[-1]
    ),
    "Only the first neuron's path is there: add over all neurons that a_prev[i] feeds.": _from_delta(
        lambda w, a_prev, delta: w[0] * delta[0]
    ),
    "Paths are added; you took their mean.": _from_delta(lambda w, a_prev, delta: w.T @ delta / len(delta)),
    "These are the numbers of ∂C/∂w: a_prev[i] · δ[k]. To a_prev it goes back over w.": _from_delta(
        lambda w, a_prev, delta: np.multiply.outer(delta, a_prev)
    ),
    "That is δ. One step is left, from z back to a_prev.": _from_delta(lambda w, a_prev, delta: delta),
    "The weights are missing: each δ goes back multiplied by its weight.": _from_delta(
        lambda w, a_prev, delta: np.full(len(a_prev), delta.sum())
    ),
    "The δ are missing: that is the sum of the weights alone.": _from_delta(
        lambda w, a_prev, delta: w.sum(axis=0)
    ),
    "Your z lacks the b.": instead(layer_right, b=np.zeros_like),
    **signs(layer_right),
    **still_zero(layer_right, "da_prev", "add the products of all paths to it"),
}
LAYER_SHAPES = {
    "There is one derivative for every number of a_prev.": lambda w, b, a_prev, da: (),
    "One for every neuron; asked for is one for every number of a_prev.": lambda w, b, a_prev, da: b.shape,
    "That is the shape of w. Add over the neurons.": lambda w, b, a_prev, da: w.shape,
    "Hand back a row, without further brackets.": then(layer_right, lambda row: (1, row.size)),
    "That is a column. Hand back a row, without further brackets.": then(
        layer_right, lambda row: (row.size, 1)
    ),
}


def _layer_cases():
    generator = np.random.default_rng(5)
    for neurons, inputs in ((2, 1), (2, 2), (2, 3), (3, 2), (4, 4)):
        shapes = ((neurons, inputs), (neurons,), (inputs,), (neurons,))
        yield tuple(np.round(generator.normal(size=shape), 2) for shape in shapes)


LAYER = Exercise(
    name="da_prev",
    right=layer_right,
    cases=_layer_cases(),
    scene=_layer_scene,
    mistakes=LAYER_MISTAKES,
    shapes=LAYER_SHAPES,
)
