"""The chain rule as a computation graph: z = w · a_prev + b, a = σ(z), C = (a - y)², and back.

Every factor of every derivative is a panel. One neuron is a graph of single numbers; with several, a
derivative is a sum over the paths that lead to C.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from vizconv.engine.operations.activation import ReluRecord, SigmoidRecord, TanhRecord
from vizconv.engine.operations.linear import linear, linear_backward
from vizconv.engine.operations.loss import MseRecord, mse, mse_backward
from vizconv.examples.neurons import Layer
from vizconv.scenes.parts import arranged, scale_terms
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms, copy_terms, linear_terms, product_terms
from vizconv.scenes.view import chosen_notes, require_index

DELTA = (
    "δ = ∂C/∂z = σ′(z) · ∂C/∂a: the factor that ∂C/∂w, ∂C/∂b and ∂C/∂a of the layer before have in common."
)
MEAN = "C is the mean of the squares (a − y)²; so ∂C/∂a = 2 (a − y), divided by their number."
PATHS = "A neuron that feeds several others gets back a sum: one product for each path."


def chain(layers: Sequence[Layer], loss: MseRecord, image: int = 0, notes=(), code: str = "") -> Scene:
    """Set layers of neurons, (linear, activation) records in order, and their cost C on a stage.

    An activation is a relu, sigmoid or tanh. Under each layer's panels stand their derivatives and the
    slope σ′(z), below all C, the mean of (a - y)² over the outputs of one image; single numbers where a
    layer has one neuron and one input, rows of numbers as columns (K, 1). σ is no sum of products: a comes
    as it is, and its slope is a factor on the way back. `notes` come before the scene's own. Raises
    ValueError for an image that is not there or layers without a bias.
    """
    require_index(image, len(loss.x), "image")
    if any(record.bias is None for record, _ in layers):
        raise ValueError("a layer has no bias; give every linear a bias, zeros if need be")
    cost = mse(loss.x[image], loss.target[image])
    panels = arranged(*_layer_panels(layers, cost, image), *_cost_panels(cost, 3 * len(layers)))
    terms = {
        name: table for number, layer in enumerate(layers) for name, table in _layer_terms(layer, number)
    }
    names = [_names(number, len(layers)) for number in range(len(layers))]
    forward = [reading for number, name in enumerate(names) for reading in _forward(number, name)]
    backward = [reading for number, name in enumerate(names) for reading in _backward(number, name)]
    readings = (*forward, *_cost_readings(names[-1], cost.x.size), *reversed(backward))
    return Scene(
        panels,
        {**terms, **_cost_terms(cost.x.size)},
        readings,
        notes=(*chosen_notes(("image", image, len(loss.x))), *notes, *_notes(layers, cost)),
        code=code,
        recomputed=tuple(panel.name for panel in panels if panel.editable and panel.name != "y"),
        pointed=(names[0]["dw"], 0),
    )


def slope_of(activation: ReluRecord | SigmoidRecord | TanhRecord) -> np.ndarray:
    """Return σ′(z) of an activation's record; a ReLU's is its gate, 1 or 0."""
    return activation.gate.astype(np.int64) if isinstance(activation, ReluRecord) else activation.slope


def _notes(layers, cost) -> tuple[str, ...]:
    several = any(record.weight.size > 1 for record, _ in layers)
    return (DELTA, *((MEAN,) if cost.x.size > 1 else ()), *((PATHS,) if several else ()))


def _names(number: int, count: int) -> dict[str, str]:
    """Name the panels of a layer: w, b, z, a of one layer, w1, b1, z1, a1 and so on of several."""
    own = str(number + 1) if count > 1 else ""
    names = {name: name + own for name in ("w", "b", "z", "a", "dw", "db", "delta", "slope", "da")}
    before = "a_prev" if count == 1 else f"a{number}"
    return {**names, "before": before, "dbefore": f"d{before}"}


# ---- Panels ------------------------------------------------------------------------------------------


def _layer_panels(layers: Sequence[Layer], cost: MseRecord, image: int) -> Iterator[Panel]:
    da = mse_backward(cost).dx
    for number in reversed(range(len(layers))):
        record, activation = layers[number]
        names, own = _names(number, len(layers)), str(number + 1) if len(layers) > 1 else ""
        slope = slope_of(activation)[image]
        one = linear(record.x[image : image + 1], record.weight, record.bias)
        found = linear_backward(one, (da * slope)[None])
        forward = {"w": one.weight, "b": one.bias, "z": one.y[0], "a": activation.y[image]}
        backward = {"dw": found.dweight, "db": found.dbias, "delta": da * slope, "slope": slope, "da": da}
        for name, values in {**forward, **backward}.items():
            yield _panel(name, names[name], values, 3 * number, own)
        da = found.dx[0]
    before = "0" if len(layers) > 1 else "prev"
    names = _names(0, len(layers))
    yield Panel(
        names["before"], as_column(layers[0][0].x[image]), (0, 0), label="a", subscript=before, editable=True
    )
    yield Panel(names["dbefore"], as_column(da), (1, 0), label="∂C/∂a", subscript=before)


LOOK = {  # (row below the layer's first, column), sign, label
    "w": ((0, 1), "·", "w"),
    "b": ((0, 2), "+", "b"),
    "z": ((0, 3), "=", "z"),
    "a": ((0, 4), "→", "a"),
    "dw": ((1, 1), "", "∂C/∂w"),
    "db": ((1, 2), "", "∂C/∂b"),
    "delta": ((1, 3), "", "δ"),
    "da": ((1, 4), "", "∂C/∂a"),
    "slope": ((2, 3), "", "σ′(z)"),
}


def _panel(kind: str, name: str, values, row: int, subscript: str) -> Panel:
    (down, column), sign, label = LOOK[kind]
    place, editable = (row + down, column), kind in ("w", "b")
    return Panel(
        name, as_column(values), place, label=label, subscript=subscript, sign=sign, editable=editable
    )


def _cost_panels(cost: MseRecord, row: int) -> Iterator[Panel]:
    count = cost.x.size
    yield Panel("two", 2 / count, (row - 1, 4), sign="·", label=_over("2", count))
    yield Panel("y", as_column(cost.target), (row, 0), editable=True)
    yield Panel("minus", -1, (row, 1), sign="·", label="−1")
    yield Panel("difference", as_column(cost.differences), (row, 2), sign="→", label="a − y")
    yield Panel("C", cost.y, (row, 4), sign="→")
    if count > 1:
        yield Panel("square", as_column(cost.differences**2), (row, 3), sign="→", label="(a − y)²")
        yield Panel("share", 1 / count, (row + 1, 3), sign="·", label=_over("1", count))


def _over(number: str, count: int) -> str:
    return number if count == 1 else f"{number}/{count}"


def as_column(values) -> np.ndarray:
    """Return a single number without axes, a row as a column (K, 1), so that row k of w leads to z's k."""
    values = np.asarray(values)
    if values.size == 1:
        return values.reshape(())
    return values[:, None] if values.ndim == 1 else values


# ---- Tables and readings -----------------------------------------------------------------------------


def _layer_terms(layer: Layer, number: int) -> Iterator[tuple[str, Terms]]:
    outputs = len(layer[0].weight)
    yield f"products {number}", linear_terms(layer[0])
    yield f"copies {number}", copy_terms(np.arange(outputs))
    yield f"elementwise {number}", product_terms(outputs)


def _forward(number: int, names: dict[str, str]) -> list[Reading]:
    return [
        Reading(f"products {number}", "out", out=names["z"], left=names["before"], right=names["w"]),
        Reading(f"copies {number}", "out", out=names["z"], left=names["b"]),
    ]


def _backward(number: int, names: dict[str, str]) -> list[Reading]:
    """Read one layer's derivatives, the last one first; its ∂C/∂a comes from the layer after it."""
    delta, da, before = names["delta"], names["da"], names["dbefore"]
    return [
        Reading(f"products {number}", "left", out=delta, left=before, right=names["w"]),
        Reading(f"copies {number}", "left", out=delta, left=names["db"]),
        Reading(f"products {number}", "right", out=delta, left=names["before"], right=names["dw"]),
        Reading(f"elementwise {number}", "out", out=delta, left=da, right=names["slope"]),
    ]


def _cost_terms(count: int) -> dict[str, Terms]:
    cells = np.arange(count)
    return {
        "copies": copy_terms(cells),
        "scale": scale_terms(count),
        "square": product_terms(count),
        "mean": Terms(cells * 0, cells, cells * 0),
    }


def _cost_readings(names: dict[str, str], count: int) -> list[Reading]:
    squares = "C" if count == 1 else "square"
    mean = [Reading("mean", "out", out="C", left="square", right="share")]
    return [
        Reading("copies", "out", out="difference", left=names["a"]),
        Reading("scale", "out", out="difference", left="y", right="minus"),
        Reading("square", "out", out=squares, left="difference", right="difference"),
        *(mean if count > 1 else ()),
        Reading("scale", "out", out=names["da"], left="difference", right="two"),
    ]
