"""A finite difference of any gradient on an explorer's stage: move one number, and measure the cost again."""

from collections.abc import Callable

import numpy as np

from vizconv.engine.gradient_check import GradientCheck, compare
from vizconv.scenes import FILLED, PADDING, Panel, Scene


@np.errstate(over="ignore", invalid="ignore")  # a cost may be infinite: then nothing can be measured
def finite_difference(scene: Scene, gradient: str, of: str, cell: int, cost_after: Callable) -> GradientCheck:
    """Compare a cell of the panel `gradient` with the slope that a move of the same cell of `of` measures.

    `cell` counts the gradient's cells in row-major order; `cost_after(panel, cell, value)` returns the cost
    with that value in place. Raises IndexError where no number stands that could move.
    """
    index = index_of(scene.panel(gradient), cell)
    moved = cell_of(scene.panel(of), index)
    value = float(scene.panel(of).values.flat[moved])
    before = cost_after(of, moved, value)
    found = float(scene.panel(gradient).values.flat[cell])
    return compare(
        scene.panel(gradient).title,
        index,
        found,
        lambda step: np.atleast_1d(cost_after(of, moved, value + step) - before),
        value,
    )


def index_of(panel: Panel, cell: int) -> tuple[int, ...]:
    """Return the index of a cell as the stage writes it, which begins at the panel's origin."""
    place = np.unravel_index(cell, panel.shape)
    return tuple(int(at) + first for at, first in zip(place, panel.origin, strict=True))


def cell_of(panel: Panel, index) -> int:
    """Return where a panel has this index, in row-major order; raise IndexError where it has no number."""
    place = tuple(int(at) - first for at, first in zip(index, panel.origin, strict=False))
    inside = len(index) == len(panel.shape) and all(
        0 <= at < size for at, size in zip(place, panel.shape, strict=True)
    )
    cell = int(np.ravel_multi_index(place, panel.shape)) if inside and place else 0
    if not inside or panel.kinds.flat[cell] & (PADDING | FILLED):
        raise IndexError(f"{panel.label} has no number at {list(index)}; its shape is {panel.shape}")
    return cell
