"""Memory as one long row of cells, and which of them a view reads, told by its address and strides."""

from collections.abc import Mapping

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from vizconv.draw.figures import INK, NEGATIVE, ON_ANY_PAPER, POSITIVE, new_figure
from vizconv.engine.writing import format_number

MOST_CELLS = 64
EMPTY, RULE = "#f1f1ee", INK


@rc_context(ON_ANY_PAPER)
def memory(array: np.ndarray, views: Mapping[str, np.ndarray]) -> Figure:
    """Draw the cells of `array` in the order of memory, and below a row for each view: what it reads.

    `array` has at most 64 numbers that lie in memory without a hole; `views` are views of it by name.
    A cell that a view reads more than once is marked with how often. Raises ValueError for a larger
    array, one with holes, or for a view that reads anything else.
    """
    size = array.size
    if size > MOST_CELLS or not _without_holes(array):
        raise ValueError(f"the array has {size} numbers; at most {MOST_CELLS} in a row can be drawn")
    counts = {name: np.bincount(cells_read(array, view), minlength=size) for name, view in views.items()}
    figure = new_figure(2 + max(size, 12) * 0.34, 0.75 + 0.34 * (len(views) + 1), "none")
    axes = figure.add_axes((1.5 / figure.get_figwidth(), 0, size * 0.34 / figure.get_figwidth(), 1))
    axes.set(xlim=(0, size), ylim=(len(views) + 1.2, -1), aspect="equal")
    axes.set_axis_off()
    for cell, value in enumerate(np.ravel(array, order="K")):
        axes.text(cell + 0.5, -0.45, str(cell), ha="center", va="center", size=7, color=INK)
        _cell(axes, cell, 0, EMPTY, format_number(value), "black")
    axes.text(-0.3, 0.5, "memory", ha="right", va="center", size=9)
    for row, (name, often) in enumerate(counts.items(), 1):
        axes.text(-0.3, row + 0.65, name, ha="right", va="center", size=9, parse_math=False)
        for cell, times in enumerate(often):
            colour = (EMPTY, NEGATIVE, POSITIVE)[min(times, 2)]
            _cell(axes, cell, row + 0.15, colour, str(times) if times > 1 else "", "white")
    return figure


def cells_read(array: np.ndarray, view: np.ndarray) -> np.ndarray:
    """Return which cells of the memory of `array` a view reads, in the view's own order, counting from 0.

    Raises ValueError for an array that is no view of it.
    """
    where = _address(view) - _address(array)
    for axis, stride in enumerate(view.strides):
        steps = np.arange(view.shape[axis]) * stride
        where = np.add.outer(where, steps)
    cells, rest = np.divmod(np.ravel(where), array.itemsize)
    if rest.any() or (cells < 0).any() or (cells >= array.size).any() or view.dtype != array.dtype:
        raise ValueError("one of the views reads other memory: it is a copy, or a view of another array")
    return cells


def _address(array):
    return array.__array_interface__["data"][0]


def _without_holes(array):
    """Say whether the numbers lie one after the other, whatever the order of the axes."""
    strides = sorted((stride, n) for stride, n in zip(array.strides, array.shape, strict=True) if n > 1)
    expected = np.cumprod([array.itemsize, *(n for _, n in strides)])
    return array.size > 0 and [stride for stride, _ in strides] == expected[:-1].tolist()


def _cell(axes, column, row, colour, text, ink):
    axes.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor=RULE, linewidth=0.6))
    axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", size=7.5, color=ink)
