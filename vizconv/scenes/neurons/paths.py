"""The paths from an input of a graph of neurons to its cost C: each one's product of local slopes.

Backpropagation never lists them, it adds at every neuron what comes back there. Here they are listed, so that
the sum over paths can be seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vizconv.engine.operations.loss import MseRecord
from vizconv.examples.neurons import Layer
from vizconv.scenes.neurons.chain import chain, chain_terms, forward_steps, sizes_of
from vizconv.scenes.neurons.graphs import paths_graph
from vizconv.scenes.parts import arranged
from vizconv.scenes.scales import GRADIENTS
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms

MOST_PATHS = 40
ROWS = "Each row is one path from C back to an input."
VIA = "Point at the end of a path: all of it lights up. via w adds up the paths over a weight."
TOTAL = "∂C/∂a of an input adds up its paths."


def paths(
    layers: Sequence[Layer], loss: MseRecord, image: int = 0, notes: tuple[str, ...] = (), code: str = ""
) -> Scene:
    """List every path of several layers of neurons on a stage, from C of one image back to the inputs.

    The panels σ′(z) and w hold the local slopes, each beside the product of a path so far (P, 1); "via w"
    holds for every weight the sum of the paths that use it; "da0" is the sum of the paths of each input.
    Raises ValueError for a single layer, which has no paths to choose from, or more than 40 paths.
    """
    sizes = sizes_of(layers)
    count = int(np.prod(sizes))
    if len(layers) < 2 or count > MOST_PATHS:
        raise ValueError(
            f"{len(layers)} layers have {count} paths; two layers or more and at most {MOST_PATHS} paths "
            "are expected"
        )
    routes = np.indices(sizes).reshape(len(sizes), -1)  # for each layer: which neuron a path goes through
    whole = chain(layers, loss, image)
    placed = [*_path_panels(layers, whole, routes.shape[1]), *_end_panels(whole, len(layers))]
    outputs = loss.target[image].size
    steps = (*forward_steps(layers, outputs), *_readings(len(layers)))
    hidden = {name for step in steps for name in step.panels} - {panel.name for panel in placed}
    others = (replace(whole.panel(name), place=None, editable=False) for name in sorted(hidden))
    terms = {**dict(chain_terms(layers, outputs)), **dict(_tables(routes, sizes))}
    said = (*notes, ROWS, TOTAL, VIA)
    panels, graph = arranged(*placed, *others), paths_graph(sizes, count)
    return Scene(panels, terms, steps, notes=said, code=code, pointed=("to a0", 0), graph=graph).filled()


def _path_panels(layers, whole: Scene, count: int) -> Iterator[Panel]:
    """Yield each layer's local slopes, and beside them the product of every path so far, the last first."""
    last, none_yet = len(layers), np.zeros((count, 1))
    product: dict[str, Any] = {"sign": "→", "scale": GRADIENTS}
    for number in range(last, 0, -1):
        row, own, before = last - number + 1, str(number), str(number - 1)
        slope, w = whole.panel(f"slope{own}"), whole.panel(f"w{own}")
        yield replace(slope, place=(row, 0), sign="·")
        yield Panel(f"to z{own}", none_yet, (row, 1), label="to z", subscript=own, **product)
        yield replace(w, place=(row, 2), sign="·")
        yield Panel(f"to a{before}", none_yet, (row, 3), label="to a", subscript=before, **product)
        via = {"place": (last + 1, number - 1), "sign": "", "editable": False, "label": "via w"}
        yield replace(w, name=f"via w{own}", values=w.values * 0.0, scale=GRADIENTS, **via)


def _end_panels(whole: Scene, last: int) -> Iterator[Panel]:
    yield replace(whole.panel("a0"), place=(0, 0))
    yield replace(whole.panel("C"), place=(0, 1), sign="")
    yield replace(whole.panel(f"da{last}"), place=(0, 3), sign="→")
    yield replace(whole.panel("da0"), place=(last + 1, 3), sign="Σ")


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
    yield Reading(f"start {last}", "out", out=f"to z{last}", left=f"da{last}", right=f"slope{last}")
    for number in range(last, 0, -1):
        here, back = f"to z{number}", f"to a{number - 1}"
        if number < last:
            yield Reading(f"slope {number}", "out", out=here, left=f"to a{number}", right=f"slope{number}")
        yield Reading(f"weight {number}", "out", out=back, left=here, right=f"w{number}")
    for number in range(last, 0, -1):
        yield Reading(f"through {number}", "out", out=f"via w{number}", left="to a0")
    yield Reading("inputs", "out", out="da0", left="to a0")
