"""Move the picture, and its map moves along: the map of the moved picture beside the moved map."""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.scenes.parts import PRODUCTS
from vizconv.scenes.scene import FILLED, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, conv2d_terms
from vizconv.scenes.view import kinds_of


def shift(
    record: Conv2dRecord, before: np.ndarray, cells: tuple[int, int], notes=(), code: str = ""
) -> Scene:
    """Set a moved picture's map y beside the map `before` the move, moved by `cells`, and their difference.

    `record` is a `conv2d` of one image, one channel and one filter without a bias. Cells of y that nothing
    was moved to have no number to be compared with, and are marked. Raises ValueError for another shape of
    `before`.
    """
    y, geometry = record.y[0, 0], record.geometry
    if before.shape != y.shape:
        raise ValueError(f"before has shape {before.shape}; that of y, {y.shape}, is expected")
    comes_from, compared = source(y.shape, cells)
    moved = np.where(compared, before.ravel()[comes_from], 0)
    difference = np.where(compared, y - moved, 0)
    marked = np.where(compared, 0, FILLED)
    panels = (
        Panel("x", record.padded[0, 0], (0, 0), origin=geometry.origin, kinds=kinds_of(geometry)),
        Panel("w", record.weight[0, 0], (0, 1), sign="⋆", editable=True),
        Panel("y", y, (0, 2), sign="="),
        Panel("moved", moved, (1, 0), label="y before, moved", kinds=marked),
        Panel("minus", -1, (1, 1), label="−1", sign="·"),
        Panel("difference", difference, (1, 2), sign="+ y =", kinds=marked),
    )
    there = np.flatnonzero(compared)
    terms = {
        "products": conv2d_terms(record),
        "y": Terms(there, there, None),
        "moved": Terms(there, there, there * 0),
    }
    readings = (
        PRODUCTS,
        Reading("y", "out", out="difference", left="y"),
        Reading("moved", "out", out="difference", left="moved", right="minus"),
    )
    largest = "y", int(np.abs(y).argmax())
    return Scene(panels, terms, readings, "y", tuple(notes), code, recomputed=("w",), pointed=largest)


def source(shape: tuple[int, int], cells: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Say of each cell of a map moved by `cells` which cell it came from, and whether there was one."""
    rows, columns = np.indices(shape)
    rows, columns = rows - cells[0], columns - cells[1]
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    return np.where(inside, rows * shape[1] + columns, 0), inside
