"""The scene of im2col: a convolution as one matrix product, every patch a column, every filter a row."""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.teaching import im2col as make_columns
from vizconv.scenes.scales import WEIGHTS
from vizconv.scenes.scene import Panel, Reading, Scene, numbered, owners_of
from vizconv.scenes.terms import Terms, copy_terms
from vizconv.scenes.view import MOST_CELLS, MOST_TERMS, copies, whole_area

SAME_NUMBERS = "W, X and Y hold the numbers of w, x and y: W · X = Y is the whole convolution."

STEPS = (
    Reading("filters", "out", out="W", left="w"),
    Reading("patches", "out", out="X", left="x"),
    Reading("product", "out", out="Y", left="X", right="W"),
    Reading("maps", "out", out="y", left="Y"),
)


def im2col(record: Conv2dRecord, notes: tuple[str, ...] = (), code: str = "") -> Scene:
    """Set w, x and y on a stage, and under them the matrices of W · X = Y that hold the same numbers.

    `record` is a `conv2d` of one image and one channel without a bias: W (F, KH·KW) has one row for each
    filter, X (KH·KW, OH·OW) one column for each patch, Y (F, OH·OW) one row for each feature map. Raises
    ValueError for more than 4,000 numbers in X or 50,000 products.
    """
    _require_few(record)
    area, (weight, padded, y) = (
        whole_area(record.geometry),
        (record.weight[:, 0], record.padded[0, 0], record.y[0]),
    )
    columns, rows = make_columns(record.padded[0], record.geometry), weight.reshape(len(weight), -1)
    maps = y.reshape(len(y), -1)
    w, y = (stack[0] if len(weight) == 1 else stack for stack in (weight, y))
    filters = numbered("filter", len(rows)) if len(rows) > 1 else ()
    by_row, by_block = (filters, ()), (filters, (), ())[: w.ndim] if filters else ()
    panels = (
        Panel("w", w, (0, 0), owners=owners_of(w), editable=True, scale=WEIGHTS, names=by_block),
        Panel("x", padded, (0, 1), origin=area.origin, kinds=area.kinds, editable=True),
        Panel("y", y, (0, 2), names=by_block),
        Panel("W", rows, (1, 0), owners=owners_of(w).reshape(rows.shape), names=by_row),
        Panel("X", columns, (1, 1), sign="·"),
        Panel("Y", maps, (1, 2), sign="="),
    )
    copied, terms = copies(area)
    cells = np.arange(padded.size).reshape(1, *padded.shape)
    terms |= {
        "filters": copy_terms(np.arange(rows.size)),
        "patches": copy_terms(make_columns(cells, record.geometry)),
        "product": matrix_product_terms(len(rows), *columns.shape),
        "maps": copy_terms(np.arange(y.size)),
    }
    return Scene(panels, terms, (*copied, *STEPS), "Y", (*notes, SAME_NUMBERS), code)


def _require_few(record: Conv2dRecord) -> None:
    numbers, products = record.patches[0].size, record.patches[0].size * len(record.weight)
    if numbers > MOST_CELLS or products > MOST_TERMS:
        raise ValueError(
            f"X would hold {numbers:,} numbers, in {products:,} products; a stage shows {MOST_CELLS:,} and "
            f"{MOST_TERMS:,}: a smaller x, a larger stride or fewer filters would fit"
        )


def matrix_product_terms(rows: int, shared: int, columns: int) -> Terms:
    """Table the product of W (rows, shared) and X (shared, columns): out counts Y, left X, right W."""
    row, column, k = np.indices((rows, columns, shared)).reshape(3, -1)
    return Terms(row * columns + column, k * columns + column, row * shared + k)
