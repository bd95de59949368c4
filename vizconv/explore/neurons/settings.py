"""The settings of the explorer of the chain rule: what can be set, and what C is for them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from vizconv import scenes
from vizconv.examples.neurons import ACTIVATIONS, GRAPHS, places, read_tensors, run, slopes
from vizconv.explore.controls import Choice, Control, Number, Player, read
from vizconv.explore.rates import rates, read_positive

SINGLES = ("w", "b", "a_prev", "y")
REACH, STEP = 10.0, 0.125  # of sliders; a browser rounds to steps, and eighths come back without an error
SHOWN = ("graph", "paths")
MOST_STEPS, PAUSE = 200, 300  # of a descent that runs by itself; milliseconds between them


@dataclass(frozen=True, eq=False, kw_only=True)
class ChainSettings:
    """A graph's numbers, and what of them is on the stage and in the chart.

    tensors: by the names of their panels, inputs (D), weights (K, D), biases and y (K); along: the number
    over which C is drawn, such as "w" or "w1[0,1]"; show: "graph" or "paths"; rate: η; costs: C before and
    after each step down since a number was last changed by hand; begun: the numbers then; exploded: whether
    the last step was too large to take.
    """

    graph: str
    tensors: Mapping[str, np.ndarray]
    activation: str
    along: str
    show: str
    rate: float
    costs: tuple[float, ...] = ()
    begun: Mapping[str, np.ndarray] | None = None
    exploded: bool = False

    @property
    def steps(self) -> int:
        """How many steps down were made."""
        return max(0, len(self.costs) - 1)

    @property
    def cells(self) -> dict[str, tuple[str, int]]:
        """The panel and the cell of every number with a slider, by the slider's name."""
        if is_deep(self.tensors):
            return {"value": places(self.tensors)[self.along]}
        return {name: (name, 0) for name in SINGLES}

    @property
    def slid(self) -> dict[str, float]:
        """The numbers with a slider: all four of one neuron, else the one that C is drawn over."""
        return {name: float(self.tensors[panel].flat[cell]) for name, (panel, cell) in self.cells.items()}


FIRST = ("w", "value")  # numbers with a slider at first sight


def controls_of(graph: str) -> tuple[Control, ...]:
    """Declare what can be set of a graph."""
    tensors = read_tensors(graph, {})
    titles = {"value": "its value"} if is_deep(tensors) else {name: name for name in SINGLES}
    numbers = [
        Number(name, -REACH, REACH, STEP, title=title, among="slid", more=name not in FIRST)
        for name, title in titles.items()
    ]
    activation = Choice("activation", options=tuple(ACTIVATIONS), more=is_deep(tensors))
    along = Choice("along", options=tuple(places(tensors)), title="C over")
    down = rates("η", more=True), Player("play", of="steps", most=MOST_STEPS, pause=PAUSE, title="descend")
    if is_deep(tensors):
        return Choice("show", options=SHOWN), activation, along, *numbers, *down
    return *numbers, activation, along, *down


def start(
    graph: str,
    activation: str | None = None,
    along: str | None = None,
    show: str = "graph",
    rate: float | None = None,
    **tensors: Any,
) -> ChainSettings:
    """Read the arguments of `chain`; raise TypeError or ValueError for what is no setting at all."""
    begun = GRAPHS[Choice("graph", options=tuple(GRAPHS)).read(graph)]
    tensors = dict(read_tensors(graph, tensors))
    show = Choice("show", options=SHOWN[: 1 + is_deep(tensors)]).read(show)
    given = {
        "activation": begun.activation if activation is None else activation,
        "along": next(iter(places(tensors))) if along is None else along,
    }
    rate = read_positive(begun.rate if rate is None else rate, "rate")
    given = read(controls_of(graph), **given)
    return ChainSettings(graph=graph, tensors=tensors, show=show, rate=rate, **given)


def is_deep(tensors: Mapping[str, Any]) -> bool:
    """Say whether there is more than one layer."""
    return len(tensors) > 4


def with_number(settings: ChainSettings, name: str, cell: int, value: float) -> ChainSettings:
    """Return the settings with another number in a cell; what steps down have told no longer counts."""
    tensors = {**settings.tensors, name: scenes.put(settings.tensors[name], cell, value)}
    return replace(settings, tensors=MappingProxyType(tensors), costs=(), exploded=False)


def cost_of(settings: ChainSettings) -> float:
    """Return C."""
    return float(run(settings.tensors, settings.activation)[1].y)


def slope_over(settings: ChainSettings, name: str, cell: int) -> float:
    """Return the derivative of C with respect to one number."""
    return float(slopes(settings.tensors, settings.activation)[name].flat[cell])
