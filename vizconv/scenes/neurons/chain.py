"""The chain rule as a computation graph: z = w · a_prev + b, a = σ(z), C = (a - y)², and back.

Every factor of every derivative is a panel. One neuron is a graph of single numbers; with several, a
derivative is a sum over the paths that lead to C.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.operations.activation import ReluRecord, SigmoidRecord, TanhRecord
from vizconv.engine.operations.loss import MseRecord
from vizconv.examples.neurons import Layer
from vizconv.scenes.neurons.graphs import chain_graph
from vizconv.scenes.parts import arranged, constant, scale_terms
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import BARE, GRADIENTS, SUMS, WEIGHTS
from vizconv.scenes.scene import LOW, OWNERS, Panel, Reading, Scene, owners_of
from vizconv.scenes.terms import Terms, copy_terms, linear_terms, product_terms
from vizconv.scenes.view import chosen_notes, require_index

DELTA = "δ = ∂C/∂z = σ′(z) · ∂C/∂a: what ∂C/∂w, ∂C/∂b and the ∂C/∂a before it have in common."
MEAN = "C is the mean of the squares (a − y)²; so ∂C/∂a = 2 (a − y), divided by their number."
PATHS = "A neuron that feeds several others gets back a sum: one product for each path."


FUNCTIONS = {SigmoidRecord: "sigmoid", TanhRecord: "tanh"}


def chain(
    layers: Sequence[Layer], loss: MseRecord, image: int = 0, notes: tuple[str, ...] = (), code: str = ""
) -> Scene:
    """Set layers of neurons, (linear, activation) records in order, and their cost C on a stage.

    An activation is a relu, sigmoid or tanh. Under each layer's panels stand their derivatives and the
    slope σ′(z), at the end C, the mean of (a - y)² over the outputs of one image; single numbers where a
    layer has one neuron and one input, rows of numbers as columns (K, 1). σ is no sum of products but a
    rule, and its slope is a factor on the way back. A few neurons are drawn as a graph. `notes` come before
    the scene's own. Raises ValueError for an image that is not there or layers without a bias.
    """
    require_index(image, len(loss.x), "image")
    if any(record.bias is None for record, _ in layers):
        raise ValueError("a layer has no bias; give every linear a bias, zeros if need be")
    count, target = len(layers), loss.target[image]
    backward = (step for number in reversed(range(count)) for step in _backward(number, count))
    steps = (*forward_steps(layers, target.size), *backward)
    panels = arranged(*_layer_panels(layers, image), *_cost_panels(target, 2 * (count - 1)))
    said = (*chosen_notes(("image", image, len(loss.x))), *notes, *_notes(layers, target.size))
    return Scene(
        panels,
        dict(chain_terms(layers, target.size)),
        steps,
        notes=said,
        code=code,
        pointed=(_names(0, count)["dw"], 0),
        graph=chain_graph(sizes_of(layers), [_names(number, count) for number in range(count)]),
    ).filled()


def sizes_of(layers: Sequence[Layer]) -> list[int]:
    """Return how many inputs there are, and how many neurons in each layer."""
    return [layers[0][0].weight.shape[1], *(len(record.weight) for record, _ in layers)]


def slope_of(activation: ReluRecord | SigmoidRecord | TanhRecord) -> np.ndarray:
    """Return σ′(z) of an activation's record; a ReLU's is its gate, 1 or 0."""
    return activation.gate.astype(np.int64) if isinstance(activation, ReluRecord) else activation.slope


def weight_owners(layers: Sequence[Layer]) -> list[np.ndarray]:
    """Number the weights of all layers, or where they are too many for hues, those of each by itself."""
    sizes = [record.weight.size for record, _ in layers]
    if sum(sizes) > OWNERS:
        return [owners_of(record.weight) for record, _ in layers]
    ends = np.cumsum(sizes)
    return [
        np.arange(end - size, end).reshape(record.weight.shape)
        for end, size, (record, _) in zip(ends, sizes, layers, strict=True)
    ]


def _notes(layers, outputs: int) -> tuple[str, ...]:
    several = any(record.weight.size > 1 for record, _ in layers)
    return (DELTA, *((MEAN,) if outputs > 1 else ()), *((PATHS,) if several else ()))


def _names(number: int, count: int) -> dict[str, str]:
    """Name the panels of a layer: w, b, z, a of one layer, w1, b1, z1, a1 and so on of several."""
    own = str(number + 1) if count > 1 else ""
    names = {name: name + own for name in ("w", "b", "z", "a", "dw", "db", "delta", "slope", "da", "flow")}
    before = "a_prev" if count == 1 else f"a{number}"
    return {**names, "before": before, "dbefore": f"d{before}"}


# ---- Panels ------------------------------------------------------------------------------------------


def _layer_panels(layers: Sequence[Layer], image: int) -> Iterator[Panel]:
    """Yield the panels of every layer; all but inputs, weights and biases are filled by the steps."""
    count = len(layers)
    for number, ((record, _), owners) in enumerate(zip(layers, weight_owners(layers), strict=True)):
        given = {"w": record.weight, "b": record.bias}
        names, own = _names(number, count), str(number + 1) if count > 1 else ""
        for kind in LOOK:
            values = given.get(kind, np.zeros_like(record.weight if kind == "dw" else record.bias))
            hues = {"owners": as_column(owners)} if kind in ("w", "dw") else {}
            yield _panel(kind, names[kind], values, 2 * number, own, **hues)
        flow = as_column(np.zeros_like(record.weight))
        yield Panel(names["flow"], flow, None, label="w · δ", subscript=own, scale=GRADIENTS)
    names, inputs = _names(0, count), as_column(layers[0][0].x[image])
    look: dict[str, Any] = {"subscript": "0" if count > 1 else "prev"}
    yield Panel(names["before"], inputs, (0, 0), label="a", editable=True, scale=ACTIVATIONS, **look)
    yield Panel(names["dbefore"], np.zeros_like(inputs), (1, 0), label="∂C/∂a", scale=GRADIENTS, **look)


ACTIVATIONS = "activations"
LOOK = {  # (row below the layer's first, column), sign, label, scale
    "w": ((0, 1), "·", "w", WEIGHTS),
    "b": ((0, 2), "+", "b", WEIGHTS),
    "z": ((0, 3), "=", "z", SUMS),
    "a": ((0, 4), "→", "a", ACTIVATIONS),
    "dw": ((1, 1), "", "∂C/∂w", GRADIENTS),
    "db": ((1, 2), "", "∂C/∂b", GRADIENTS),
    "delta": ((1, 3), "", "δ", GRADIENTS),
    "da": ((1, 4), "=", "∂C/∂a", GRADIENTS),
    "slope": ((1, 5), "·", "σ′", "slopes"),
}


def _panel(kind: str, name: str, values, row: int, subscript: str, **settings) -> Panel:
    (down, column), sign, label, scale = LOOK[kind]
    look: dict[str, Any] = {
        "label": slope_label(subscript) if kind == "slope" else label,
        "subscript": "" if kind == "slope" else subscript,
        "sign": sign,
        "editable": kind in ("w", "b"),
        "scale": scale,
    }
    return Panel(name, as_column(values), (row + down, column), **look, **settings)


def slope_label(number: str) -> str:
    """Write the slope of a layer's σ at its z: σ′(z), or σ′(z₁), beside whatever weight it stands."""
    return f"σ′(z{number.translate(LOW)})"


def _cost_panels(target: np.ndarray, row: int) -> Iterator[Panel]:
    count, column = target.size, as_column(target)
    yield Panel("y", column, (row, 5), sign="−", editable=True, scale=ACTIVATIONS)
    yield Panel("difference", np.zeros(column.shape), (row, 6), sign="=", label="a − y", scale=GRADIENTS)
    yield Panel("C", 0.0, (row + 1, 6 if count == 1 else 7), scale=BARE)
    yield constant("minus", -1, "−1")
    yield constant("two", 2 / count, _over("2", count))
    if count > 1:
        yield Panel("square", np.zeros(column.shape), (row, 7), sign="→", label="(a − y)²", scale=BARE)
        yield constant("share", 1 / count, _over("1", count))


def _over(number: str, count: int) -> str:
    return number if count == 1 else f"{number}/{count}"


def as_column(values: ArrayLike) -> np.ndarray:
    """Return a single number without axes, a row as a column (K, 1), so that row k of w leads to z's k."""
    values = np.asarray(values)
    if values.size == 1:
        return values.reshape(())
    return values[:, None] if values.ndim == 1 else values


# ---- Tables and steps --------------------------------------------------------------------------------


def chain_terms(layers: Sequence[Layer], outputs: int) -> Iterator[tuple[str, Terms]]:
    """Yield the tables of every layer and of the cost, by name."""
    for number, (record, _) in enumerate(layers):
        size = len(record.weight)
        yield f"products {number}", linear_terms(record)
        yield f"copies {number}", copy_terms(np.arange(size))
        yield f"elementwise {number}", product_terms(size)
        cells = np.arange(record.weight.size)
        yield f"flow {number}", Terms(cells, cells // record.weight.shape[1], cells)
    cells = np.arange(outputs)
    yield "copies", copy_terms(cells)
    yield "scale", scale_terms(outputs)
    yield "square", product_terms(outputs)
    yield "mean", Terms(cells * 0, cells, cells * 0)


def forward_steps(layers: Sequence[Layer], outputs: int) -> Iterator[Reading | Rule]:
    """Yield the steps from the inputs to every z, a and σ′(z), and to C."""
    for number, (_, activation) in enumerate(layers):
        names = _names(number, len(layers))
        yield Reading(f"products {number}", "out", out=names["z"], left=names["before"], right=names["w"])
        yield Reading(f"copies {number}", "out", out=names["z"], left=names["b"])
        yield from _activated(number, names, activation)
    last, squares = _names(len(layers) - 1, len(layers)), "C" if outputs == 1 else "square"
    yield Reading("copies", "out", out="difference", left=last["a"])
    yield Reading("scale", "out", out="difference", left="y", right="minus")
    yield Reading("square", "out", out=squares, left="difference", right="difference")
    if outputs > 1:
        yield Reading("mean", "out", out="C", left="square", right="share")
    yield Reading("scale", "out", out=last["da"], left="difference", right="two")


def _activated(number: int, names: dict[str, str], activation) -> Iterator[Reading | Rule]:
    z, a, slope = names["z"], names["a"], names["slope"]
    if isinstance(activation, ReluRecord):
        yield Rule(name="gate", out=slope, of=(z,))
        yield Reading(f"elementwise {number}", "out", out=a, left=z, right=slope)
        return
    function = FUNCTIONS[type(activation)]
    yield Rule(name=function, out=a, of=(z,))
    yield Rule(name=f"{function} slope", out=slope, of=(z,))


def _backward(number: int, count: int) -> Iterator[Reading]:
    """Read one layer's derivatives; its ∂C/∂a comes from the layer after it."""
    names = _names(number, count)
    delta, before = names["delta"], names["before"]
    yield Reading(f"elementwise {number}", "out", out=delta, left=names["da"], right=names["slope"])
    yield Reading(f"products {number}", "right", out=delta, left=before, right=names["dw"])
    yield Reading(f"copies {number}", "left", out=delta, left=names["db"])
    yield Reading(f"products {number}", "left", out=delta, left=names["dbefore"], right=names["w"])
    yield Reading(f"flow {number}", "out", out=names["flow"], left=delta, right=names["w"])
