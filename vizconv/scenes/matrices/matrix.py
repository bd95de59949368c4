"""A convolution as one sparse matrix: y = M x, where the cells of M are copies of weights."""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.scenes.scene import FILLED, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, conv2d_terms
from vizconv.scenes.view import View, copied, view

MOST_MATRIX_CELLS = 2_000
MATRIX = "M holds one row for each cell of y and one column for each cell of {x}: w again and again, else 0."


def matrix(record: Conv2dRecord, image: int = 0, filter: int = 0) -> Scene:
    """Set a convolution on a stage as a matrix product: y, flattened, is M times the padded x, flattened.

    M (OH·OW, C·HP·WP) copies the weights; its other cells are zeros that no sum needs. Of what is large
    the middle is shown. Raises ValueError for an image or filter that is not there.
    """
    seen = view(record, image, filter, small=readable)
    shown, products = seen.record, conv2d_terms(seen.record)
    cells = cells_of(products.out, products.left, shown.x.size)
    y = shown.y[0, 0] if shown.bias is None else shown.y[0, 0] - shown.bias[0]
    panels = (
        filled("M", (y.size, shown.x.size), cells, shown.weight.ravel()[products.right], (0, 0)),
        seen.panel("x", shown.x[0], (0, 1), sign="·", kinds=seen.kinds, editable=True),
        seen.output_panel("y", y, (0, 2), sign="=", subscript=seen.number),
        seen.kernel_panel("w", shown.weight[0], (1, 0), subscript=seen.number, editable=True),
    )
    terms = {
        "copies": Terms(cells, products.right, None),
        "product": Terms(products.out, products.left, cells),
    }
    readings = (
        Reading("copies", "out", out="M", left="w"),
        Reading("product", "out", out="y", left="x", right="M"),
    )
    notes = (
        *seen.notes,
        *alone(seen),
        MATRIX.format(x="the padded x" if record.padded.shape != record.x.shape else "x"),
        *(["The bias is left out."] if shown.bias is not None else []),
    )
    return Scene(panels, terms, readings, "y", notes, recomputed=copied(record))


# ---- Cells of a matrix ---------------------------------------------------------------------------------


def readable(windows: int, cells: int, kernel: int) -> bool:
    """Say whether a matrix with a row for each window and a column for each cell may be shown."""
    return windows * cells <= MOST_MATRIX_CELLS


def filled(name: str, shape, cells: np.ndarray, values: np.ndarray, place, **settings) -> Panel:
    """Make a matrix panel with these values in some of its cells; the others are marked as filled in."""
    result, kinds = np.zeros(shape, values.dtype), np.full(shape, FILLED, np.uint8)
    result.flat[cells], kinds.flat[cells] = values, 0
    return Panel(name, result, place, kinds=kinds, **settings)


def cells_of(rows: np.ndarray, columns: np.ndarray, width: int) -> np.ndarray:
    """Return the cells at these rows and columns of a matrix so wide, in row-major order."""
    return rows.astype(np.int64) * width + columns


def alone(seen: View) -> tuple[str, ...]:
    """Say that y lacks the channels that are not shown, if there are some."""
    return () if seen.rest is None else ("y adds up the shown channels only.",)
