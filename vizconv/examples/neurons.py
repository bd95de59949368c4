"""Small graphs of neurons: their numbers by name, and what the engine makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vizconv.engine import (
    linear,
    linear_backward,
    mse,
    mse_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from vizconv.engine.arrays import numbers, require_shape
from vizconv.engine.operations.activation import ReluRecord, SigmoidRecord, TanhRecord
from vizconv.engine.operations.linear import LinearRecord
from vizconv.engine.operations.loss import MseRecord
from vizconv.engine.types import present

Layer = tuple[LinearRecord, ReluRecord | SigmoidRecord | TanhRecord]
ACTIVATIONS = {"ReLU": relu, "sigmoid": sigmoid, "tanh": tanh}
BACKWARD = {"ReLU": relu_backward, "sigmoid": sigmoid_backward, "tanh": tanh_backward}


@dataclass(frozen=True)
class Graph:
    """A graph to begin with: its activation, its numbers by the names of their panels, and η."""

    activation: str
    tensors: Mapping[str, list]
    rate: float = 0.5


GRAPHS = {
    "one neuron": Graph("sigmoid", {"a_prev": [3], "w": [[2]], "b": [-6], "y": [1]}),
    "two in a row": Graph("sigmoid", {"a0": [3], "w1": [[2]], "b1": [-6], "w2": [[4]], "b2": [-2], "y": [1]}),
    "three in a row": Graph(
        "sigmoid",
        {"a0": [3], "w1": [[2]], "b1": [-6], "w2": [[2]], "b2": [-1], "w3": [[2]], "b3": [-1], "y": [1]},
    ),
    "two side by side": Graph(
        "ReLU",
        {"a0": [1], "w1": [[2], [3]], "b1": [0, 0], "w2": [[4, -1]], "b2": [0], "y": [3]},
        0.005,
    ),
    "two by two": Graph(
        "ReLU",
        {
            "a0": [1],
            "w1": [[2], [1]],
            "b1": [0, 0],
            "w2": [[1, 1], [2, -1]],
            "b2": [0, 0],
            "w3": [[2, -1]],
            "b3": [0],
            "y": [2],
        },
        0.005,
    ),
}


def read_tensors(graph: str, given: Mapping) -> Mapping[str, np.ndarray]:
    """Return a graph's numbers, some of them replaced by finite ones.

    Raises ValueError for a name or shape that the graph has not, or for what is not finite, TypeError for
    what is no number.
    """
    tensors = {name: np.array(values) for name, values in GRAPHS[graph].tensors.items()}
    for name, values in given.items():
        if name not in tensors:
            raise ValueError(f"{name} is no number of {graph!r}; there are {', '.join(tensors)}")
        shape = tensors[name].shape
        values = numbers(values, name)
        values = values.reshape(shape) if values.ndim == 0 and shape in ((1,), (1, 1)) else values
        require_shape(values, name, shape, f"as {graph!r} has it")
        if not np.isfinite(values).all():
            raise ValueError(f"{name} is {values.tolist()}; finite numbers are expected")
        tensors[name] = values
    return MappingProxyType(tensors)


def depth(tensors: Mapping) -> int:
    """Return how many layers there are."""
    return (len(tensors) - 2) // 2


def names_of(tensors: Mapping, layer: int) -> tuple[str, str]:
    """Return the names of a layer's weights and biases; layers count from 1."""
    own = str(layer) if depth(tensors) > 1 else ""
    return f"w{own}", f"b{own}"


def run(tensors: Mapping, activation: str) -> tuple[list[Layer], MseRecord]:
    """Run a graph forward: its layers' records and that of its cost."""
    x, layers = next(iter(tensors.values()))[None], []
    for layer in range(1, depth(tensors) + 1):
        weight, bias = (tensors[name] for name in names_of(tensors, layer))
        record = linear(x, weight, bias)
        layers.append((record, ACTIVATIONS[activation](record.y)))
        x = layers[-1][1].y
    return layers, mse(x, tensors["y"][None])


def slopes(tensors: Mapping, activation: str) -> dict[str, np.ndarray]:
    """Run a graph forward and back: the derivative of its cost by every number but y, by their names."""
    layers, cost = run(tensors, activation)
    da, found = mse_backward(cost).dx, {}
    for layer in range(len(layers), 0, -1):
        record, activated = layers[layer - 1]
        back = linear_backward(record, BACKWARD[activation](activated, da).dx)
        found |= zip(names_of(tensors, layer), (back.dweight, back.dbias), strict=True)
        da = present(back.dx)
    return {**found, next(iter(tensors)): da[0]}


def cost_with(tensors: Mapping, activation: str, held: Mapping[str, np.ndarray]) -> float:
    """Run a graph forward with some of its z and a, by the names of their panels, held at other numbers."""
    a = next(iter(tensors.values()))[None]
    for layer in range(1, depth(tensors) + 1):
        own = str(layer) if depth(tensors) > 1 else ""
        z = held.get(f"z{own}", linear(a, *(tensors[name] for name in names_of(tensors, layer))).y)
        a = held.get(f"a{own}", ACTIVATIONS[activation](z).y)
    return float(mse(a, tensors["y"][None]).y)


def costs_over(tensors: Mapping, activation: str, name: str, cell: int, values: np.ndarray) -> np.ndarray:
    """Run a graph forward with each of these values (N,) in one cell of a tensor, all at once: N costs."""
    moved = np.repeat(tensors[name][None].astype(float), len(values), axis=0)
    moved.reshape(len(values), -1)[:, cell] = values
    tensors = {**tensors, name: moved}
    a = next(iter(tensors.values()))
    for layer in range(1, depth(tensors) + 1):
        weight, bias = (tensors[name] for name in names_of(tensors, layer))
        a = ACTIVATIONS[activation]((weight @ a[..., None])[..., 0] + bias).y
    return np.mean((a - tensors["y"]) ** 2, axis=-1)


def places(tensors: Mapping) -> dict[str, tuple[str, int]]:
    """Name every number that C may be drawn over, as the stage does: the panel and the cell of each."""
    found = {}
    for name in sorted(tensors.keys() - {"y"}, key=lambda name: (name[0] == "a", name[1:], name[0] == "b")):
        values = tensors[name]
        column = values[:, None] if values.ndim == 1 else values
        for cell, index in enumerate(np.ndindex(column.shape)):
            found[f"{name}[{index[0]},{index[1]}]" if values.size > 1 else name] = (name, cell)
    return found
