"""A finite difference of any slope on an explorer's stage: move one number, and measure again."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vizconv.engine.gradient_check import GradientCheck, compare
from vizconv.scenes import Panel


@np.errstate(
    over="ignore", invalid="ignore", divide="ignore"
)  # a cost may be infinite: then nothing can be measured
def finite_difference(slopes: Panel, cell: int, value: float, measured: Callable) -> GradientCheck:
    """Compare a cell of a panel of slopes with the slope that a move of a number away from `value` measures.

    `measured(value)` returns what the slope is one of, a cost or an output, with the number at this value.
    """
    before = measured(value)
    found = float(slopes.values.flat[cell])

    def change(step):
        return np.atleast_1d(measured(value + step) - before)

    size = max(1, np.abs(before).sum())
    return compare(slopes.title, slopes.index_of(cell), found, change, value, size=size)


def cell_of(panel: Panel, index: Sequence[Any]) -> int:
    """Return where a panel has this index, in row-major order; raise IndexError where it has no number.

    Raises TypeError for an index that is not of whole numbers.
    """
    if len(index) == 1 and isinstance(index[0], tuple | list):
        (index,) = index
    place = tuple(operator.index(at) - first for at, first in zip(index, panel.origin, strict=False))
    inside = len(index) == len(panel.shape) and all(
        0 <= at < size for at, size in zip(place, panel.shape, strict=True)
    )
    cell = int(np.ravel_multi_index(place, panel.shape)) if inside and place else 0
    if not inside or not panel.holds_number(cell):
        raise IndexError(f"{panel.title} has no number at {list(index)}; its shape is {panel.shape}")
    return cell
