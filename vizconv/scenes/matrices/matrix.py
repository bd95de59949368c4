"""A convolution as one sparse matrix: y = M x, where the cells of M are copies of weights."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.types import Shape, present
from vizconv.scenes.scene import FILLED, Panel, Reading, Scene, owners_of
from vizconv.scenes.tensors import input_panel, kernel_panel
from vizconv.scenes.terms import Terms, conv2d_terms
from vizconv.scenes.view import View, view_of

MOST_MATRIX_CELLS = 2_000
MATRIX = "M holds one row for each cell of y and one column for each cell of {x}: w again and again, else 0."


def matrix(record: Conv2dRecord, image: int = 0, filter: int = 0) -> Scene:
    """Set a convolution on a stage as a matrix product: y, flattened, is M times the padded x, flattened.

    M (OH·OW, C·HP·WP) copies the weights; its other cells are zeros that no sum needs. Of what is large
    the middle is shown. Raises ValueError for an image or filter that is not there.
    """
    view = view_of(record, image, filter, small=readable)
    part, products = view.record, conv2d_terms(view.record)
    cells = cells_of(products.out, products.left, part.x.size)
    w, y = part.weight.ravel(), part.y[0, 0] if part.bias is None else part.y[0, 0] - part.bias[0]
    panels = (
        filled("M", (y.size, part.x.size), cells, w[products.right], (0, 0), owners_of(w)[products.right]),
        replace(input_panel(view, (0, 1)), sign="·"),
        view.output_panel("y", y, (0, 2), sign="=", subscript=view.number),
        kernel_panel(view, (1, 0)),
    )
    copies, terms = view.copies
    terms |= {
        "copies": Terms(cells, present(products.right), None),
        "product": Terms(products.out, products.left, cells),
    }
    steps = (
        *copies,
        Reading("copies", "out", out="M", left="w"),
        Reading("product", "out", out="y", left="x", right="M"),
    )
    notes = (
        *view.notes,
        *alone(view),
        MATRIX.format(x="the padded x" if record.padded.shape != record.x.shape else "x"),
        *(["The bias is left out."] if part.bias is not None else []),
    )
    return Scene(panels, terms, steps, "y", notes)


# ---- Cells of a matrix ---------------------------------------------------------------------------------


def readable(windows: int, cells: int, _: int) -> bool:
    """Say whether a matrix with a row for each window and a column for each cell may be shown."""
    return windows * cells <= MOST_MATRIX_CELLS


def filled(
    name: str,
    shape: Shape,
    cells: np.ndarray,
    values: np.ndarray,
    place: tuple[int, int] | None,
    owners: ArrayLike = -1,
    **settings: Any,
) -> Panel:
    """Make a matrix panel with these values, and owners, in some of its cells; the others are filled in."""
    matrix, kinds, owned = np.zeros(shape, values.dtype), np.full(shape, FILLED, np.uint8), np.full(shape, -1)
    matrix.flat[cells], kinds.flat[cells], owned.flat[cells] = values, 0, owners
    return Panel(name, matrix, place, kinds=kinds, owners=owned, **settings)


def cells_of(rows: np.ndarray, columns: np.ndarray, width: int) -> np.ndarray:
    """Return the cells at these rows and columns of a matrix so wide, in row-major order."""
    return rows.astype(np.int64) * width + columns


def alone(view: View) -> tuple[str, ...]:
    """Say that y lacks the channels that are not shown, if there are some."""
    return () if view.rest is None else ("y adds up the shown channels only.",)
