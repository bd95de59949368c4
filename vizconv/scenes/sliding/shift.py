"""Move the picture, and its map moves along: the map of the moved picture beside the moved map."""

from typing import Any

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.scenes.parts import PRODUCTS, constant
from vizconv.scenes.scene import FILLED, Panel, Reading, Scene, owners_of
from vizconv.scenes.terms import Terms, conv2d_terms
from vizconv.scenes.view import whole_area

STEPS = (
    PRODUCTS,
    Reading("products", "out", out="y_before", left="x_before", right="w"),
    Reading("move", "out", out="moved", left="y_before"),
    Reading("y", "out", out="difference", left="y"),
    Reading("moved", "out", out="difference", left="moved", right="minus"),
)


def shift(
    record: Conv2dRecord,
    before: Conv2dRecord,
    cells: tuple[int, int],
    notes: tuple[str, ...] = (),
    code: str = "",
    pixels: tuple[float, float] | None = None,
    by: tuple[int, int] = (0, 0),
) -> Scene:
    """Set a moved picture's map y beside the map of `before` the move, moved by `cells`, and the difference.

    Both are a `conv2d` of one image, one channel and one filter without a bias, with the same kernel. Cells
    of y that nothing was moved to have no number to be compared with, and are marked. The picture before and
    its map have no place. `pixels` are those of a panel, where x is a picture; `by` is how far it has
    been moved. Raises ValueError where the maps differ in shape.
    """
    y, y_before = record.y[0, 0], before.y[0, 0]
    if y_before.shape != y.shape:
        raise ValueError(f"before has a map of {y_before.shape}; that of y, {y.shape}, is expected")
    comes_from, compared = source(y.shape, cells)
    moved = np.where(compared, y_before.ravel()[comes_from], 0)
    difference, marked = np.where(compared, y - moved, 0), np.where(compared, 0, FILLED)
    area, w = whole_area(record.geometry), record.weight[0, 0]
    about_x: dict[str, Any] = {"origin": area.origin}
    panels = (
        Panel("x", record.padded[0, 0], (0, 0), kinds=area.kinds, pixels=pixels, moved=by, **about_x),
        Panel("w", w, (0, 1), sign="⋆", owners=owners_of(w), editable=True),
        Panel("y", y, (0, 2), sign="=", moved=cells),
        Panel("moved", moved, (1, 1), label="y before, moved", sign="y −", kinds=marked, moved=cells),
        Panel("difference", difference, (1, 2), sign="=", kinds=marked),
        constant("minus", -1, "−1"),
        Panel("x_before", before.padded[0, 0], None, label="x before", **about_x),
        Panel("y_before", y_before, None, label="y before"),
    )
    there = np.flatnonzero(compared)
    terms = {
        "products": conv2d_terms(record),
        "move": Terms(there, comes_from.ravel()[there], None),
        "y": Terms(there, there, None),
        "moved": Terms(there, there, there * 0),
    }
    return Scene(panels, terms, STEPS, "y", tuple(notes), code, ("y", int(np.abs(y).argmax())))


def source(shape: tuple[int, int], cells: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Say of each cell of a map moved by `cells` which cell it came from, and whether there was one."""
    rows, columns = np.indices(shape)
    rows, columns = rows - cells[0], columns - cells[1]
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    return np.where(inside, rows * shape[1] + columns, 0), inside
