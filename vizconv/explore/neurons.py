"""Small graphs of neurons: their numbers by name, what the engine makes of them, and what that tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vizconv.draw.numbers import format_number
from vizconv.engine import linear, mse, relu, sigmoid, tanh
from vizconv.engine.arrays import numbers, require_shape
from vizconv.engine.operations.loss import MseRecord
from vizconv.explore.code import row_literal
from vizconv.explore.presets import IMPORTS
from vizconv.scenes.chain import Layer, slope_of

ACTIVATIONS = {"ReLU": relu, "sigmoid": sigmoid, "tanh": tanh}
STEEPEST = {"ReLU": 1, "sigmoid": 0.25, "tanh": 1}
FLAT = 0.02  # of an activation's steepest slope; below it a neuron counts as saturated


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


def cost_with(tensors: Mapping, activation: str, held: Mapping[str, np.ndarray]) -> float:
    """Run a graph forward with some of its z and a, by the names of their panels, held at other numbers."""
    a = next(iter(tensors.values()))[None]
    for layer in range(1, depth(tensors) + 1):
        own = str(layer) if depth(tensors) > 1 else ""
        z = held.get(f"z{own}", linear(a, *(tensors[name] for name in names_of(tensors, layer))).y)
        a = held.get(f"a{own}", ACTIVATIONS[activation](z).y)
    return float(mse(a, tensors["y"][None]).y)


def places(tensors: Mapping) -> dict[str, tuple[str, int]]:
    """Name every number that C may be drawn over, as the stage does: the panel and the cell of each."""
    found = {}
    for name in sorted(tensors.keys() - {"y"}, key=lambda name: (name[0] == "a", name[1:], name[0] == "b")):
        values = tensors[name]
        column = values[:, None] if values.ndim == 1 else values
        for cell, index in enumerate(np.ndindex(column.shape)):
            found[f"{name}[{index[0]},{index[1]}]" if values.size > 1 else name] = (name, cell)
    return found


# ---- Sentences -----------------------------------------------------------------------------------------


def products(layers, cost: MseRecord) -> tuple[str, ...]:
    """Write the three derivatives of one neuron, factor by factor; nothing for more neurons."""
    record, activation = layers[0]
    if len(layers) > 1 or record.weight.size > 1:
        return ()
    slope, difference = slope_of(activation)[0, 0], cost.differences[0, 0]
    first = {"w": ("a_prev · ", [record.x[0, 0]]), "b": ("", []), "a_prev": ("w · ", [record.weight[0, 0]])}
    return tuple(
        f"∂C/∂{name} = {factor}σ′(z) · 2 (a − y) = {_product([*value, slope, 2, difference])}"
        for name, (factor, value) in first.items()
    )


def _product(factors) -> str:
    written = "".join(f"({format_number(factor)})" for factor in factors)
    return f"{written} = {format_number(np.prod(np.array(factors, float)))}"


def still(layers, cost: MseRecord, activation: str) -> Iterator[str]:
    """Say where learning stops, and why: a slope that is 0 or nearly so, or nothing left to learn."""
    if not cost.differences.any():
        yield "a = y: ∂C/∂a is 0, and with it every derivative. There is nothing left to learn."
    for number, (record, run_activation) in enumerate(layers, 1):
        for neuron, (z, slope) in enumerate(zip(record.y[0], slope_of(run_activation)[0], strict=True)):
            own = f" of layer {number}" if len(layers) > 1 else ""
            own = f" of neuron {neuron}{own}" if len(record.weight) > 1 else own
            if slope <= FLAT * STEEPEST[activation]:
                yield _flat(own, activation, format_number(z), format_number(slope))


def _flat(own, activation, z, slope) -> str:
    if activation == "ReLU":
        return f"Dead: z{own} is {z}, not above 0, so the ReLU's slope is 0 and no derivative passes it."
    return (
        f"Saturated: z{own} is {z}, where σ′(z) is only {slope}. Every derivative behind it is multiplied by "
        "that, however wrong a is, and learning all but stops."
    )


# ---- Code ----------------------------------------------------------------------------------------------


def as_code(tensors: Mapping, activation: str) -> str:
    """Return the lines of Python that make the same numbers: forwards, then backwards."""
    count, before = depth(tensors), next(iter(tensors))
    lines, back = [_array(name, values) for name, values in tensors.items()], []
    for layer in range(1, count + 1):
        own, (weight, bias) = str(layer) if count > 1 else "", names_of(tensors, layer)
        lines += [f"linear{own} = vc.linear({before}, {weight}, {bias})"]
        lines += [f"activation{own} = vc.{activation.lower()}(linear{own}.y)"]
        before = f"activation{own}.y"
        back = [*_back(own, layer, activation.lower()), *back]
    cost = [f"cost = vc.mse({before}, y)", f"da{own} = vc.mse_backward(cost).dx"]
    return IMPORTS + "\n".join([*lines, *cost, *back]) + "\n"


def _array(name, values) -> str:
    """Write an array; a row of inputs or targets is a batch of one."""
    is_row = name == "y" or name.startswith("a")
    return f"{name} = {row_literal(values[None] if is_row else values)}"


def _back(own, layer, function) -> list[str]:
    lines = [
        f"delta{own} = vc.{function}_backward(activation{own}, da{own}).dx",
        f"gradients{own} = vc.linear_backward(linear{own}, delta{own})",
    ]
    return [*lines, f"da{layer - 1} = gradients{own}.dx"] if own else lines
