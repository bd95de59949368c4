"""Compare one gradient with a finite difference: move one number a little and see what L does."""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.arrays import gradient
from vizconv.engine.operations import OPERATIONS
from vizconv.engine.records import Record

STEPS = 10.0 ** np.arange(-3, -9, -1)


@dataclass(frozen=True)
class GradientCheck:
    """One gradient beside the slope of L that a small step measures.

    `gradient` comes from the backward pass, `difference` from (L(+h) - L(-h)) / 2h, or is None where
    the slopes to the left and to the right differ: at a tie or a kink.
    """

    name: str
    index: tuple[int, ...]
    gradient: float
    difference: float | None
    left: float
    right: float
    agrees: bool

    def __repr__(self):
        cell = f"{self.name}{list(self.index)}"
        if self.difference is None:
            return (
                f"{cell} = {self.gradient:.6g}: not differentiable here, a step down measures "
                f"{self.left:.6g}, a step up {self.right:.6g}"
            )
        verdict = "they agree" if self.agrees else "they differ"
        return f"{cell} = {self.gradient:.6g}, a finite difference gives {self.difference:.6g}: {verdict}"


def gradient_check(record: Record, dy, name: str, index) -> GradientCheck:
    """Compare the cell `index` of a gradient such as "dx" or "dweight" with a finite difference.

    L = Σ dy ⊙ y is measured in float64 at ± h around the recorded number. Raises ValueError for a
    name that the operation has no gradient for, IndexError for an index outside the tensor.
    """
    operation = OPERATIONS[type(record)]
    value = _input_named(record, operation, name)
    index = _index_within(index, value.shape, name)
    analytic = float(getattr(operation.backward(record, dy), name)[index])
    left, right = _slopes(record, operation, gradient(dy, record.y), name[1:], index)
    tolerance = _tolerance(record, analytic, left, right)
    if abs(left - right) > tolerance:
        return GradientCheck(name, index, analytic, None, left, right, False)
    difference = (left + right) / 2
    agrees = bool(abs(analytic - difference) <= tolerance)
    return GradientCheck(name, index, analytic, difference, left, right, agrees)


def _slopes(record, operation, dy, name, index):
    """Measure L's slope to the left and to the right, with the first step at which they meet."""
    inputs = {key: getattr(record, key) for key in operation.inputs}
    inputs = {key: _as_float(value) for key, value in inputs.items()}
    middle = operation.again(record, **inputs).y
    for step in STEPS:
        h = step * max(1.0, abs(float(inputs[name][index])))
        slopes = []
        for sign in (-1, 1):
            moved = inputs[name].copy()
            moved[index] += sign * h
            change = operation.again(record, **{**inputs, name: moved}).y - middle
            slopes.append(sign * float(np.sum(dy * change)) / h)
        if abs(slopes[0] - slopes[1]) <= _tolerance(record, *slopes):
            break
    return tuple(slopes)


def _as_float(value):
    return None if value is None else value.astype(np.float64)


def _tolerance(record, *slopes):
    relative = 1e-3 if record.y.dtype == np.float32 else 1e-5
    return relative * max(*map(abs, slopes), 1e-3)


def _input_named(record, operation, name):
    known = [f"d{key}" for key in operation.inputs if getattr(record, key) is not None]
    if name not in known:
        raise ValueError(f"name is {name!r}; {' or '.join(map(repr, known))} is expected")
    return getattr(record, name[1:])


def _index_within(index, shape, name):
    index = tuple(index) if isinstance(index, tuple | list) else (index,)
    inside = len(index) == len(shape) and all(-size <= i < size for i, size in zip(index, shape, strict=True))
    if not inside:
        raise IndexError(f"index {index} does not name one cell of {name}, whose shape is {shape}")
    return tuple(int(i) % size for i, size in zip(index, shape, strict=True))
