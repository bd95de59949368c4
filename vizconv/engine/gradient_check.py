"""Compare one gradient with a finite difference: move one number a little and see what L does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from vizconv.engine.arrays import gradient
from vizconv.engine.operations import operation_of
from vizconv.engine.records import Forward
from vizconv.engine.types import present
from vizconv.engine.writing import format_number

DIGITS = 6  # more than a stage writes, so that what nearly agrees can be told from what does
STEPS = 10.0 ** np.arange(-2, -10, -1)
ROUNDINGS = 16  # how many of them a measured change may hold


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


def gradient_check(record: Forward, dy: ArrayLike, name: str, index: int | Sequence[int]) -> GradientCheck:
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
    dy = gradient(dy, record.y)
    change = _change(record, operation, dy, name[1:], index)
    kind = record.y.dtype if record.y.dtype.kind == "f" else np.dtype(np.float64)
    tolerance = 1e-3 if kind == np.float32 else 1e-5
    rounded = {"size": _size(record, operation, dy), "tolerance": tolerance, "kind": kind}
    return compare(name, index, analytic, change, float(value[index]), **rounded)


def compare(
    name: str,
    index: Sequence[int],
    gradient: float,
    change: Callable[[float], np.ndarray],
    value: float,
    *,
    size: float = 1.0,
    tolerance: float = 1e-5,
    kind: DTypeLike = np.float64,
) -> GradientCheck:
    """Compare a gradient, the cell `index` of `name`, with the slope that `change` measures.

    `change(h)` says how L's parts (an array) change when the number, now `value`, moves by h; `size` is
    that of the numbers whose sum L is, and `kind` the float that the gradient was computed in: what their
    rounding makes of a slope is no difference.
    """
    index = tuple(map(int, index))
    unit = max(1.0, abs(value))
    rounding = ROUNDINGS * size * np.finfo(np.float64).eps
    slopes, smooth = _measure(change, STEPS * unit, tolerance, rounding)
    allowed = max(slopes.allowed, ROUNDINGS * size * np.finfo(kind).eps / unit)
    return GradientCheck(
        name=name,
        index=index,
        gradient=gradient,
        difference=slopes.middle if smooth else None,
        left=slopes.left,
        right=slopes.right,
        agrees=bool(smooth and abs(gradient - slopes.middle) <= allowed),
    )


@dataclass(frozen=True, kw_only=True)
class _Slopes:
    """L's slope to the left and right; how far each output's two differ, and how large they are, in all.

    Two slopes are the same if they differ by no more than is `allowed`; `rounding` is its share of rounding.
    """

    left: float
    right: float
    gap: float
    size: float
    rounding: float
    tolerance: float

    @property
    def allowed(self):
        return max(self.tolerance * self.size, self.rounding)

    @property
    def measurable(self):
        return self.rounding <= self.size / 100

    @property
    def middle(self):
        return (self.left + self.right) / 2


def _measure(change, steps, tolerance, rounding):
    """Shrink the step until the slopes stay the same or drown in rounding; say whether they ever did."""
    coarse, fine = None, _slopes_at(change, steps[0], tolerance, rounding)
    for h in steps[1:]:
        coarse, fine = fine, _slopes_at(change, h, tolerance, rounding)
        meets = fine.gap <= max(fine.allowed, coarse.gap / 4)  # the gap of a bend shrinks, a kink's stays
        if meets and abs(fine.middle - coarse.middle) <= fine.allowed:
            return fine, True
        if not fine.measurable:
            break
    return fine, False


def _slopes_at(change, h, tolerance, rounding):
    left, right = -change(-h) / h, change(h) / h
    return _Slopes(
        left=float(left.sum()),
        right=float(right.sum()),
        gap=float(np.abs(right - left).sum()),
        size=float(np.abs(left).sum() + np.abs(right).sum()) / 2,
        rounding=rounding / h,
        tolerance=tolerance,
    )


def _size(record, operation, dy) -> float:
    """Say how large the numbers are that L adds up: with all of one sign, as none then takes from another."""
    inputs = {key: getattr(record, key) for key in operation.inputs}
    sizes = {key: None if value is None else _finite_size(value) for key, value in inputs.items()}
    below = {key: None if value is None else -value for key, value in sizes.items()}
    runs = [record, operation.again(record, **sizes), operation.again(record, **below)]
    return float((_finite_size(dy) * np.max([_finite_size(run.y) for run in runs], axis=0)).sum())


def _finite_size(array):
    return np.abs(np.where(np.isfinite(array), array, 0).astype(np.float64))


def _change(record, operation, dy, name, index):
    """Return the function of h that says how dy ⊙ y changes when one number moves by h."""
    inputs = {key: getattr(record, key) for key in operation.inputs}
    inputs = {key: None if value is None else value.astype(np.float64) for key, value in inputs.items()}
    middle = operation.again(record, **inputs).y

    def change(h):
        moved = present(inputs[name]).copy()
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
