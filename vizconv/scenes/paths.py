"""The paths from an input of a graph of neurons to its cost C: each one's product of local slopes.

Backpropagation never lists them, it adds at every neuron what comes back there. Here they are listed, so that
the sum over paths can be seen.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from vizconv.engine.operations.loss import MseRecord, mse, mse_backward
from vizconv.scenes.chain import Layer, slope_of
from vizconv.scenes.parts import arranged
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms

MOST_PATHS = 40
ROWS = "Each row is a path from C back to an input; every arrow multiplies by one more local slope."
TOTAL = "∂C/∂a of an input is the sum over the paths that begin there."


def paths(layers: Sequence[Layer], loss: MseRecord, image: int = 0, notes=(), code: str = "") -> Scene:
    """List every path of several layers of neurons on a stage, from C of one image back to the inputs.

    The panels σ′(z) and w hold the local slopes, each beside the product of a path so far (P, 1); "through w"
    holds for every weight the sum of the paths that use it; "da0" is the sum of the paths of each input.
    Raises ValueError for a single layer, which has no paths to choose from, or more than 40 paths.
    """
    sizes = [layers[0][0].weight.shape[1], *(len(record.weight) for record, _ in layers)]
    count = int(np.prod(sizes))
    if len(layers) < 2 or count > MOST_PATHS:
        raise ValueError(f"{len(layers)} layers have {count} paths; two layers or more are expected, and "
                         f"at most {MOST_PATHS} paths")  # fmt: skip
    routes = np.indices(sizes).reshape(len(sizes), -1)  # for each layer: which neuron a path goes through
    cost = mse(loss.x[image], loss.target[image])
    panels = [*_path_panels(layers, cost, routes, image), *_end_panels(layers, cost, routes, image)]
    terms = dict(_tables(routes, sizes))
    readings = tuple(_readings(len(layers)))
    scene = Scene(arranged(*panels), terms, readings)
    filled = scene.sums()
    panels = tuple(
        Panel(**{**vars(panel), "values": filled.get(panel.name, panel.values)}) for panel in scene.panels
    )
    editable = tuple(panel.name for panel in panels if panel.editable)
    notes = (*notes, ROWS, TOTAL)
    return Scene(panels, terms, readings, None, notes, code, editable, (f"back to a{len(layers) - 2}", 0))


def _path_panels(layers, cost, routes, image) -> Iterator[Panel]:
    column = np.zeros((routes.shape[1], 1))
    last = len(layers)
    yield Panel(f"da{last}", mse_backward(cost).dx, (0, 0), label="∂C/∂a", subscript=str(last))
    for number in range(last, 0, -1):
        record, activation = layers[number - 1]
        row, own, before = last - number, str(number), str(number - 1)
        slope = slope_of(activation)[image]
        yield Panel(f"slope{own}", slope, (row, 1), label="σ′(z)", subscript=own, sign="·")
        yield Panel(f"back to z{own}", column, (row, 2), label="path to z", subscript=own, sign="→")
        yield Panel(f"w{own}", record.weight, (row, 3), label="w", subscript=own, sign="·", editable=True)
        yield Panel(f"back to a{before}", column, (row, 4), label="path to a", subscript=before, sign="→")
        yield Panel(f"through w{own}", record.weight * 0.0, (row, 5), label="through w", subscript=own)


def _end_panels(layers, cost, routes, image) -> Iterator[Panel]:
    row, inputs = len(layers), layers[0][0].x[image]
    yield Panel("a0", inputs, (row, 0), label="a", subscript="0", editable=True)
    yield Panel("C", cost.y, (row, 1))
    yield Panel("da0", inputs * 0.0, (row, 4), label="∂C/∂a", subscript="0", sign="Σ")


def _tables(routes, sizes) -> Iterator[tuple[str, Terms]]:
    """Table each step back of every path, and who adds up the paths: every weight, and every input."""
    each = np.arange(routes.shape[1])
    yield f"start {len(sizes) - 1}", Terms(each, routes[-1], routes[-1])
    for number in range(len(sizes) - 1, 0, -1):
        edge = routes[number] * sizes[number - 1] + routes[number - 1]
        yield f"slope {number}", Terms(each, each, routes[number])
        yield f"weight {number}", Terms(each, each, edge)
        yield f"through {number}", Terms(edge, each, None)
    yield "inputs", Terms(routes[0], each, None)


def _readings(last: int) -> Iterator[Reading]:
    yield Reading(f"start {last}", "out", out=f"back to z{last}", left=f"da{last}", right=f"slope{last}")
    for number in range(last, 0, -1):
        here, back = f"back to z{number}", f"back to a{number - 1}"
        if number < last:
            yield Reading(
                f"slope {number}", "out", out=here, left=f"back to a{number}", right=f"slope{number}"
            )
        yield Reading(f"weight {number}", "out", out=back, left=here, right=f"w{number}")
    for number in range(last, 0, -1):
        yield Reading(f"through {number}", "out", out=f"through w{number}", left="back to a0")
    yield Reading("inputs", "out", out="da0", left="back to a0")
