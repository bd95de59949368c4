"""What a graph of neurons tells: its derivatives factor by factor, where learning stops, and its code."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from vizconv.engine.operations.loss import MseRecord
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS
from vizconv.examples.neurons import depth, names_of
from vizconv.explore.code import row_literal
from vizconv.scenes.neurons.chain import Layer, slope_of

STEEPEST = {"ReLU": 1, "sigmoid": 0.25, "tanh": 1}
FLAT = 0.02  # of an activation's steepest slope; below it a neuron counts as saturated


def products(layers: Sequence[Layer], cost: MseRecord) -> tuple[str, ...]:
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
    return f"{written} = {format_number(float(np.prod(np.array(factors, float))))}"


def still(layers: Sequence[Layer], cost: MseRecord, activation: str) -> Iterator[str]:
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
    last = str(count) if count > 1 else ""
    cost = [f"cost = vc.mse({before}, y)", f"da{last} = vc.mse_backward(cost).dx"]
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
