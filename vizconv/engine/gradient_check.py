"""Compare one gradient with a finite difference: move one number a little and see what L does."""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.arrays import gradient
from vizconv.engine.operations import operation_of
from vizconv.engine.records import Record
from vizconv.engine.writing import format_number

DIGITS = 6  # more than a stage writes, so that what nearly agrees can be told from what does
STEPS = 10.0 ** np.arange(-2, -10, -1)
FLOOR = 1e-3


@dataclass(frozen=True, kw_only=True)
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
        left, right = format_number(self.left, DIGITS), format_number(self.right, DIGITS)
        gradient = f"{self.name}{list(self.index) or ''} = {format_number(self.gradient, DIGITS)}"
        if not np.isfinite([self.gradient, self.left, self.right]).all():
            return f"{gradient}: not to be measured, L is not finite near here"
        if self.difference is None:
            return f"{gradient}: not differentiable here, a step down measures {left}, a step up {right}"
        verdict = "they agree" if self.agrees else "they differ"
        return f"{gradient}, a finite difference gives {format_number(self.difference, DIGITS)}: {verdict}"


def gradient_check(record: Record, dy, name: str, index) -> GradientCheck:
    """Compare the cell `index` of a gradient such as "dx" or "dweight" with a finite difference.

    L = Σ dy ⊙ y is measured in float64 at ± h around the recorded number, for ever smaller h. A kink
    nearer than the smallest h counts as here, also where the kinks of several outputs cancel in L.
    Raises ValueError for a name that the operation has no gradient for, IndexError for an index outside
    the tensor, TypeError for what is no record of an operation.
    """
    operation = operation_of(record)
    value = _input_named(record, operation, name)
    index = _index_within(index, value.shape, name)
    analytic = float(getattr(operation.backward(record, dy), name)[index])
    change = _change(record, operation, gradient(dy, record.y), name[1:], index)
    tolerance = 1e-3 if record.y.dtype == np.float32 else 1e-5
    return compare(name, index, analytic, change, float(value[index]), tolerance)


def compare(name: str, index, gradient: float, change, value: float, tolerance=1e-5) -> GradientCheck:
    """Compare a gradient, the cell `index` of `name`, with the slope that `change` measures.

    `change(h)` says how L's parts (an array) change when the number, now `value`, moves by h.
    """
    index = tuple(map(int, index))
    slopes, smooth = _measure(change, STEPS * max(1.0, abs(value)), tolerance)
    return GradientCheck(
        name=name,
        index=index,
        gradient=gradient,
        difference=slopes.middle if smooth else None,
        left=slopes.left,
        right=slopes.right,
        agrees=bool(smooth and abs(gradient - slopes.middle) <= tolerance * max(slopes.size, FLOOR)),
    )


@dataclass(frozen=True, kw_only=True)
class _Slopes:
    """L's slope to the left and right; how far each output's two differ, and how large they are, in all."""

    left: float
    right: float
    gap: float
    size: float

    @property
    def middle(self):
        return (self.left + self.right) / 2


def _measure(change, steps, tolerance):
    """Shrink the step until the slopes stay the same; say whether they ever did."""
    coarse, fine = None, _slopes_at(change, steps[0])
    for h in steps[1:]:
        coarse, fine = fine, _slopes_at(change, h)
        allowed = tolerance * max(fine.size, FLOOR)
        meets = fine.gap <= max(allowed, coarse.gap / 4)  # the gap of a bend shrinks, a kink's stays
        if meets and abs(fine.middle - coarse.middle) <= allowed:
            return fine, True
    return fine, False


def _slopes_at(change, h):
    left, right = -change(-h) / h, change(h) / h
    return _Slopes(
        left=float(left.sum()),
        right=float(right.sum()),
        gap=float(np.abs(right - left).sum()),
        size=float(np.abs(left).sum() + np.abs(right).sum()) / 2,
    )


def _change(record, operation, dy, name, index):
    """Return the function of h that says how dy ⊙ y changes when one number moves by h."""
    inputs = {key: getattr(record, key) for key in operation.inputs}
    inputs = {key: None if value is None else value.astype(np.float64) for key, value in inputs.items()}
    middle = operation.again(record, **inputs).y

    def change(h):
        moved = inputs[name].copy()
        moved[index] += h
        return dy * (operation.again(record, **{**inputs, name: moved}).y - middle)

    return change


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
