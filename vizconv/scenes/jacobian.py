"""Jacobians: every ∂y/∂x and ∂y/∂w of a convolution of one row, and a convolution as one sparse matrix.

The cells of such a matrix are copies of weights (or of inputs), by terms: an edit of w moves a diagonal.
"""

from dataclasses import replace

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.operations.convolution_1d import Conv1dGradients, Conv1dRecord
from vizconv.scenes.correlation import copied
from vizconv.scenes.parts import (
    DB,
    LOSS,
    LOSS_NOTE,
    PRODUCTS,
    arranged,
    bias_readings,
    loss_panel,
    loss_terms,
)
from vizconv.scenes.scene import CROPPED, FILLED, PADDING, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms, jacobian_terms
from vizconv.scenes.view import View, view

MOST_MATRIX_CELLS = 2_000
BAND = "Each row of ∂y/∂x holds w, moved on by the stride; the cells beside it are always 0."
MATRIX = "M holds one row for each cell of y and one column for each cell of x: w again and again, else 0."


def jacobians(record: Conv1dRecord, gradients: Conv1dGradients, image: int = 0, filter: int = 0) -> Scene:
    """Set y = x ⋆ w and its Jacobians on a stage: dx = (∂y/∂x)ᵀ dy, dw = (∂y/∂w)ᵀ dy, and L = Σ dy ⊙ y.

    Of one image and one filter: x (C·WP) padded, w (C·K), y (O), ∂y/∂x (O, C·WP), ∂y/∂w (O, C·K), where
    channels stand side by side. Of what is large the middle is shown. Raises ValueError for an image or
    filter that is not there.
    """
    seen = view(record.flat, image, filter, small=_readable)
    dy = gradients.dy[image, filter, seen.columns]
    panels = arranged(*_row_panels(seen, dy), *_jacobian_panels(seen), *_bias_panels(seen, dy))
    readings = (
        PRODUCTS,
        *bias_readings(record),
        LOSS,
        Reading("by x", "out", out="dy/dx", left="w"),
        Reading("by w", "out", out="dy/dw", left="x"),
        Reading("times by x", "left", out="dy", left="dx", right="dy/dx"),
        Reading("times by w", "left", out="dy", left="dw", right="dy/dw"),
        *([] if record.bias is None else [DB]),
    )
    notes = (*seen.notes, *_alone(seen), LOSS_NOTE, BAND)
    return Scene(panels, _terms(seen), readings, "dx", notes, recomputed=copied(record.flat))


def matrix(record: Conv2dRecord, image: int = 0, filter: int = 0) -> Scene:
    """Set a convolution on a stage as a matrix product: y, flattened, is M times the padded x, flattened.

    M (OH·OW, C·HP·WP) copies the weights; its other cells are zeros that no sum needs. Of what is large
    the middle is shown. Raises ValueError for an image or filter that is not there.
    """
    seen = view(record, image, filter, small=_readable)
    shown, products = seen.record, conv2d_terms(seen.record)
    cells = _cells(products.out, products.left, shown.x.size)
    y = shown.y[0, 0] if shown.bias is None else shown.y[0, 0] - shown.bias[0]
    panels = (
        _filled("M", (y.size, shown.x.size), cells, shown.weight.ravel()[products.right], (0, 0)),
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
        *_alone(seen),
        MATRIX,
        *(["The bias is left out."] if shown.bias is not None else []),
    )
    return Scene(panels, terms, readings, "y", notes, recomputed=copied(record))


# ---- Parts -------------------------------------------------------------------------------------------


def _row_panels(seen: View, dy: np.ndarray):
    x, w, y = (array.ravel() for array in (seen.record.x, seen.record.weight, seen.record.y))
    by_x, by_w = (panel.values for panel in _jacobian_panels(seen))
    start, first = {"origin": (_first_cell(seen),)}, {"origin": (seen.columns.start,)}
    kinds = seen.kinds.ravel()
    yield Panel("x", x, (0, 0), kinds=kinds, editable=True, **start)
    yield Panel("w", w, (0, 1), sign="⋆", editable=True)
    yield Panel("y", y, (0, 3), sign="=", **first)
    yield Panel("dx", by_x.T @ dy, (2, 0), kinds=np.where(kinds & PADDING, CROPPED, 0), **start)
    yield Panel("dw", by_w.T @ dy, (2, 1))
    yield Panel("dy", dy, (1, 3), editable=True, **first)
    yield loss_panel(dy, y, (2, 3))


def _jacobian_panels(seen: View):
    x, w, terms = seen.record.x.ravel(), seen.record.weight.ravel(), conv2d_terms(seen.record)
    windows, start = seen.record.y.size, seen.columns.start
    cells = _cells(terms.out, terms.left, x.size)
    by_x = _filled("dy/dx", (windows, x.size), cells, w[terms.right], (1, 0), label="∂y/∂x")
    yield replace(by_x, origin=(start, _first_cell(seen)))
    cells = _cells(terms.out, terms.right, w.size)
    yield _filled("dy/dw", (windows, w.size), cells, x[terms.left], (1, 1), label="∂y/∂w", origin=(start, 0))


def _bias_panels(seen: View, dy: np.ndarray):
    if seen.record.bias is None:
        return
    bias = seen.record.bias[0].ravel()
    tied, origin = bias.size == 1, (seen.columns.start,)
    settings = {} if tied else {"origin": origin}
    yield Panel("b", bias[0] if tied else bias, (0, 2), sign="+", editable=True, **settings)
    yield Panel("db", dy.sum() if tied else dy, (2, 2), **settings)


def _terms(seen: View) -> dict[str, Terms]:
    terms, (x, w, y) = conv2d_terms(seen.record), (seen.record.x, seen.record.weight, seen.record.y)
    return {
        "products": terms,
        **({} if seen.record.bias is None else {"bias": bias_terms(seen.record)}),
        "loss": loss_terms(y.size),
        "by x": Terms(_cells(terms.out, terms.left, x.size), terms.right, None),
        "by w": Terms(_cells(terms.out, terms.right, w.size), terms.left, None),
        "times by x": jacobian_terms((y.size, x.size)),
        "times by w": jacobian_terms((y.size, w.size)),
    }


def _filled(name: str, shape, cells: np.ndarray, values: np.ndarray, place, **settings) -> Panel:
    """Make a matrix panel with these values in some of its cells; the others are marked as filled in."""
    matrix, kinds = np.zeros(shape, values.dtype), np.full(shape, FILLED, np.uint8)
    matrix.flat[cells], kinds.flat[cells] = values, 0
    return Panel(name, matrix, place, kinds=kinds, **settings)


def _cells(rows: np.ndarray, columns: np.ndarray, width: int) -> np.ndarray:
    return rows.astype(np.int64) * width + columns


def _alone(seen: View) -> tuple[str, ...]:
    return () if seen.rest is None else ("y adds up the shown channels only.",)


def _first_cell(seen: View) -> int:
    """Return the index of x's first cell; where channels stand side by side they are counted from 0."""
    return seen.origin[1] if seen.record.x.shape[1] == 1 else 0


def _readable(windows: int, cells: int, kernel: int) -> bool:
    return windows * cells <= MOST_MATRIX_CELLS
