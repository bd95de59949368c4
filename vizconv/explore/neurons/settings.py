"""The settings of the explorer of the chain rule: what it starts with, and what C is for them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from vizconv import scenes
from vizconv.examples.neurons import ACTIVATIONS, GRAPHS, places, read_tensors, run
from vizconv.explore.arguments import require_one_of
from vizconv.explore.rates import read_positive

SHOWN = ("graph", "paths")


@dataclass(frozen=True, eq=False)
class ChainSettings:
    """All that the explorer shows.

    tensors: a graph's numbers by the names of their panels, inputs (D), weights (K, D), biases and y (K);
    along: the number over which C is drawn, such as "w" or "w1[0,1]"; show: "graph" or "paths"; rate: η;
    costs: C before and after each step down since a number was last changed by hand; exploded: whether the
    last step was too large to take.
    """

    graph: str
    tensors: Mapping[str, np.ndarray]
    activation: str
    along: str
    show: str
    rate: float
    costs: tuple[float, ...] = ()
    exploded: bool = False


def start(graph, activation=None, along=None, show="graph", rate=None, **tensors) -> ChainSettings:
    """Read the arguments of `chain`; raise TypeError or ValueError for what is no setting at all."""
    require_one_of(graph, "graph", GRAPHS)
    tensors = read_tensors(graph, tensors)
    numbers, activation = places(tensors), GRAPHS[graph].activation if activation is None else activation
    along = next(iter(numbers)) if along is None else along
    require_one_of(activation, "activation", ACTIVATIONS)
    require_one_of(along, "along", numbers)
    require_one_of(show, "show", SHOWN[: 1 + is_deep(tensors)])
    rate = GRAPHS[graph].rate if rate is None else rate
    return ChainSettings(graph, tensors, activation, along, show, read_positive(rate, "rate"))


def is_deep(tensors) -> bool:
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
    layers, loss = run(settings.tensors, settings.activation)
    return float(scenes.chain(layers, loss).panel(f"d{name}").values.flat[cell])
