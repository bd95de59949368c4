"""The explorer of the chain rule: neurons whose numbers slide, their derivatives, and C with its tangent."""

from dataclasses import replace
from functools import partial
from itertools import chain as chain_of
from types import MappingProxyType
from typing import Any

import numpy as np

from vizconv import scenes
from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.examples.neurons import cost_with, costs_over, depth, names_of, places, run, slopes
from vizconv.explore.charts import BLANK, LARGEST, around, may_be_drawn, point, tangent
from vizconv.explore.explorer import Beside, Explorer
from vizconv.explore.neurons.sentences import as_code, products, still
from vizconv.explore.neurons.settings import (
    REACH,
    ChainSettings,
    controls_of,
    cost_of,
    is_deep,
    slope_over,
    start,
    with_number,
)
from vizconv.explore.topic import Topic
from vizconv.stage import Curves

SPAN = 6.0  # the curve is drawn from −6 to 6, or as far on both sides of what lies beyond
POINTS, TANGENT_REACH = 121, 2.0  # of a curve, so many that it looks round


def chain(
    graph: str = "one neuron",
    *,
    activation: str | None = None,
    along: str | None = None,
    show: str = "graph",
    rate: float | None = None,
    **tensors: Any,
) -> Explorer:
    """Explore the chain rule: slide the numbers of a few neurons, and see every derivative of their cost C.

    graph: one of GRAPHS, such as "one neuron" or "two side by side"; activation: "ReLU", "sigmoid" or
    "tanh"; along: the number over which C is drawn; show: "graph", or "paths" for more than one layer;
    rate: η, above 0; any number of the graph by its name, such as w=2 or w1=[[2], [3]]. Raises TypeError
    or ValueError for what is none of these.
    """
    settings = start(graph, activation, along, show, rate, **tensors)
    beside = Beside(Curves(y_label="C"), lambda settings, _: curves_of(settings), dragged=_slider)
    return Explorer(topic_of(settings), settings, beside)


def topic_of(settings: ChainSettings) -> Topic:
    """Return the topic of these settings' graph: each has sliders and derivatives of its own."""
    return Topic(
        name="chain",
        controls=controls_of(settings.graph),
        scene_of=scene_of,
        rules={
            "activation": _activated,
            "rate": _rate,
            "steps": descended,
            **{name: partial(_slide, name) for name in settings.slid},
        },
        edit=edit,
        presses={"descend": descend},
        gradients=_gradients(settings.tensors),
        cost="C",
        nudged=nudged,
    )


# ---- From settings to a scene ------------------------------------------------------------------------


def scene_of(settings: ChainSettings) -> scenes.Scene:
    """Return the scene of the settings: the graph with its derivatives, or its paths."""
    layers, loss = run(settings.tensors, settings.activation)
    make = scenes.paths if settings.show == "paths" else scenes.chain
    told = still(layers, loss, settings.activation), _descent(settings), _beyond(settings)
    notes = (*products(layers, loss), *chain_of(*told))
    return make(layers, loss, notes=notes, code=as_code(settings.tensors, settings.activation))


def _gradients(tensors) -> dict[str, str]:
    """Name the panel that each panel of derivatives belongs to; δ belongs to z."""
    owns = [str(layer) for layer in range(1, depth(tensors) + 1)] if is_deep(tensors) else [""]
    between = {f"delta{own}": f"z{own}" for own in owns} | {f"da{own}": f"a{own}" for own in owns}
    return {f"d{name}": name for name in tensors if name != "y"} | between


def nudged(settings: ChainSettings, scene: scenes.Scene, panel: str, cell: int, value: float) -> scenes.Scene:
    """Return a scene with one number moved, also a z or an a, and with what C becomes of it."""
    if panel in settings.tensors:
        return scene_of(edit(settings, scene, panel, cell, value))
    held = {panel: scenes.put(scene.panel(panel).values, cell, value).reshape(1, -1)}
    cost = cost_with(settings.tensors, settings.activation, held)
    return scenes.Scene((scenes.Panel("C", cost, (0, 0)),))


def _beyond(settings):
    """Say which numbers lie beyond their sliders."""
    for name, value in settings.slid.items():
        if abs(value) > REACH:
            end = format_number(np.copysign(REACH, value))
            written = settings.along if name == "value" else name
            yield f"{written} is {format_number(value)}, beyond the end of its slider at {end}."


def _descent(settings):
    """Say what the steps down have done to C."""
    if settings.exploded:
        limit = format_number(LARGEST)
        yield f"Exploded: the next step would make a number larger than {limit}. Take a smaller η, and reset."
    if costs := settings.costs:
        steps = f"{len(costs) - 1} step{'s' if len(costs) > 2 else ''}"
        last = " → ".join(map(format_number, costs[-6:]))
        early = "… → " if len(costs) > 6 else ""
        rose = " C rose: that step was too long, it went past the bottom." if costs[-1] > costs[-2] else ""
        yield f"After {steps} down: C = {early}{last}.{rose}"


def curves_of(settings: ChainSettings) -> dict[str, Any]:
    """Return C over one of the numbers, and its tangent at the present one, as traits of `Curves`."""
    (name, cell), x_label = places(settings.tensors)[settings.along], settings.along
    if not all(map(may_be_drawn, settings.tensors.values())):
        return {**BLANK, "x_label": x_label}
    here = float(settings.tensors[name].flat[cell])
    x = around(here, SPAN, POINTS)
    costs = costs_over(settings.tensors, settings.activation, name, cell, x)
    cost, slope = cost_of(settings), slope_over(settings, name, cell)
    return {
        "lines": [{"name": "C", "x": x, "y": costs}, tangent(here, cost, slope, TANGENT_REACH)],
        "points": [point(here, cost, "C")],
        "x_label": x_label,
        "x_range": [float(x[0]), float(x[-1])],
        "y_range": _rounded_range(costs, cost),
    }


def _rounded_range(costs, cost) -> list[float]:
    """Let the curve be seen whole, or, where it rises far beyond the present place, the part around that."""
    top = max(min(float(costs.max()), 8 * cost), float(np.median(costs)) / 2, cost, 1e-3)
    return [-0.06 * top, 1.06 * top]


def _slider(settings) -> str:
    """Name the slider of the number that C is drawn over."""
    return "value" if is_deep(settings.tensors) else settings.along


# ---- How settings change -------------------------------------------------------------------------------


def _activated(settings, activation: str):
    return replace(settings, activation=activation, costs=(), exploded=False)


def _rate(settings, rate: float):
    return replace(settings, rate=rate, exploded=False)


def _slide(name: str, settings, value: float):
    panel, cell = settings.cells[name]
    return with_number(settings, panel, cell, value)


def edit(settings: ChainSettings, _: scenes.Scene, panel: str, cell: int, value: float) -> ChainSettings:
    """Return the settings after a learner typed a value into a cell of a panel."""
    return with_number(settings, panel, cell, value)


@np.errstate(over="ignore", invalid="ignore")
def descend(settings: ChainSettings) -> ChainSettings:
    """Go one step down: w ← w − η ∂C/∂w and b ← b − η ∂C/∂b; a step out of all bounds is not taken."""
    found, tensors = slopes(settings.tensors, settings.activation), dict(settings.tensors)
    for layer in range(1, depth(tensors) + 1):
        for name in names_of(tensors, layer):
            tensors[name] = tensors[name] - settings.rate * found[name]
    if not all(map(may_be_drawn, tensors.values())):  # a step that makes a larger number is not taken
        return replace(settings, exploded=True)
    after = replace(settings, tensors=MappingProxyType(tensors), exploded=False)
    before = settings.costs or (cost_of(settings),)
    begun = settings.tensors if settings.begun is None or not settings.costs else settings.begun
    return replace(after, costs=(*before, cost_of(after)), begun=begun)


def descended(settings: ChainSettings, steps: int) -> ChainSettings:
    """Go so many steps down from where the descent began; it ends where C no longer changes, or explodes."""
    if steps < settings.steps:
        settings = replace(settings, tensors=present(settings.begun), costs=(), exploded=False)
    while settings.steps < steps:
        after = descend(settings)
        if after.exploded or after.costs[-2:-1] == after.costs[-1:]:
            return replace(settings, exploded=after.exploded)
        settings = after
    return settings
