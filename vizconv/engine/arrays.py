"""What every operation asks of its arrays: numbers only, never changed afterwards, one order in memory.

Public shapes are (N, C, H, W). In memory the batch lies innermost, as (C, H, W, N), so that copies,
pooling and sums run over long contiguous rows. `batch_last` and `batch_first` say so, here alone;
operations reach that order through them.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

LARGEST_WHOLE = np.iinfo(np.int64).max
BITS = {4: np.dtype(np.int32), 8: np.dtype(np.int64)}  # whole numbers as long as a float of so many bytes


class NotANumber(ValueError):
    """A NaN, or an infinity, where a result would be decided by it."""


def numbers(value: Any, name: str, ndim: int | tuple[int, ...] | None = None) -> np.ndarray:
    """Return `value` as an array to compute with: integers as int64, float32 and float64 as they are.

    `ndim` names the allowed numbers of axes. Raises TypeError when it does not hold real numbers and
    ValueError when it is ragged, empty, beyond int64 or has another number of axes.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} has rows of different lengths; every row needs as many numbers as the first"
        ) from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} holds {array.dtype} values; real numbers are expected (integers or floats)")
    wanted = (ndim,) if isinstance(ndim, int) else ndim
    if wanted is not None and array.ndim not in wanted:
        expected = " or ".join(str(count) for count in wanted)
        raise ValueError(f"{name} has shape {array.shape}; {expected} axes are expected")
    if array.size == 0:
        raise ValueError(f"{name} has shape {array.shape} and so no numbers; it needs at least one")
    if array.dtype.kind in "biu":
        return _whole_numbers(array, name)
    if array.dtype in (np.float32, np.float64):
        return array
    return array.astype(np.float64)


def _whole_numbers(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype == np.uint64 and array.max() > LARGEST_WHOLE:
        raise ValueError(f"{name} holds {array.max()}; whole numbers up to {LARGEST_WHOLE}, or floats, fit")
    return array.astype(np.int64, copy=False)


def floats(array: np.ndarray) -> np.ndarray:
    """Return numbers to compute a float from: whole ones as float64, floats as they are."""
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def require_shape(array: np.ndarray, name: str, shape: tuple[int, ...], meaning: str) -> None:
    """Raise ValueError unless `array` has this shape; `meaning` says why it must."""
    if array.shape != tuple(shape):
        raise ValueError(f"{name} has shape {array.shape}; {tuple(shape)} is expected, {meaning}")


def gradient(dy: ArrayLike, y: np.ndarray) -> np.ndarray:
    """Return dy as a read-only array of y's shape and, when y is of floats, of y's type."""
    dy = numbers(dy, "dy")
    require_shape(dy, "dy", y.shape, "the shape of y")
    kind = y.dtype if y.dtype.kind == "f" else np.result_type(dy, y)
    return own(dy.astype(kind, copy=False))


def is_frozen(array: np.ndarray) -> bool:
    """Say whether nobody can change `array`: neither it nor any array that it is a view of."""
    base: object = array
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return False
        base = base.base
    return base is None or isinstance(base, bytes)


def freeze(array: np.ndarray) -> np.ndarray:
    """Make an array that the engine itself made read-only, with every array that it is a view of."""
    view = array
    while isinstance(view, np.ndarray):
        view.flags.writeable = False
        view = view.base
    return array


def own(array: np.ndarray) -> np.ndarray:
    """Return a read-only array with these numbers: `array` itself when it is frozen, else a copy."""
    return array if is_frozen(array) else freeze(np.array(array, order="K"))


def batch_last(x: np.ndarray) -> np.ndarray:
    """View (N, C, H, W) as (C, H, W, N), the order in memory."""
    return x.transpose(*range(1, x.ndim), 0)


def batch_first(x: np.ndarray) -> np.ndarray:
    """View (C, H, W, N), the order in memory, as the public (N, C, H, W)."""
    return x.transpose(-1, *range(x.ndim - 1))


def let_through(values: np.ndarray, gate: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `values` where the gate is True, else 0: also where they are infinite, ∞ · 0 being NaN.

    Their bits times 0 or 1, as fast as their product; `np.where` takes six times as long.
    """
    bits = BITS[values.itemsize]
    result = np.multiply(values.view(bits), gate, out=None if out is None else out.view(bits))
    return result.view(values.dtype)


def keep_freed_memory() -> None:
    """Let the C library keep the memory of one training step for the next.

    Linux's malloc hands freed memory back to the system until it has once seen a large block come and
    go; from then on it keeps up to twice as much. Fetching the same pages anew takes half of a step.
    """
    np.empty(2**25 - 2**16, np.uint8)


def largest_of(arrays: Iterable[ArrayLike]) -> float:
    """Return the largest finite size in all arrays, at least 0."""
    sizes = [np.abs(array[np.isfinite(array)]).max(initial=0) for array in map(np.asarray, arrays)]
    return float(max(sizes, default=0))
