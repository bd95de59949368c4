"""The scene of im2col: a convolution as one matrix product, every patch a column, every filter a row."""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.teaching import im2col as make_columns
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms, copy_terms
from vizconv.scenes.view import MOST_CELLS, MOST_TERMS, kinds_of

SAME_NUMBERS = "W, X and Y hold the numbers of w, x and y: W · X = Y is the whole convolution."


def im2col(record: Conv2dRecord, notes=(), code: str = "") -> Scene:
    """Set w, x and y on a stage, and under them the matrices of W · X = Y that hold the same numbers.

    `record` is a `conv2d` of one image and one channel without a bias: W (F, KH·KW) has one row for each
    filter, X (KH·KW, OH·OW) one column for each patch, Y (F, OH·OW) one row for each feature map. Raises
    ValueError for more than 4,000 numbers in X or 50,000 products.
    """
    setting = record.geometry
    _require_few(record)
    kernels, padded, y = record.weight[:, 0], record.padded[0, 0], record.y[0]
    columns, rows = make_columns(record.padded[0], setting), kernels.reshape(len(kernels), -1)
    one = len(kernels) == 1
    panels = (
        Panel("w", kernels[0] if one else kernels, (0, 0), editable=True),
        Panel("x", padded, (0, 1), origin=setting.origin, kinds=kinds_of(setting), editable=True),
        Panel("y", y[0] if one else y, (0, 2)),
        Panel("W", rows, (1, 0)),
        Panel("X", columns, (1, 1), sign="·"),
        Panel("Y", y.reshape(len(y), -1), (1, 2), sign="="),
    )
    terms = {
        "filters": copy_terms(np.arange(rows.size)),
        "patches": copy_terms(make_columns(np.arange(padded.size).reshape(1, *padded.shape), setting)),
        "product": matrix_product_terms(len(rows), *columns.shape),
        "maps": copy_terms(np.arange(y.size)),
    }
    readings = (
        Reading("filters", "out", out="W", left="w"),
        Reading("patches", "out", out="X", left="x"),
        Reading("product", "out", out="Y", left="X", right="W"),
        Reading("maps", "out", out="y", left="Y"),
    )
    return Scene(panels, terms, readings, "Y", (*notes, SAME_NUMBERS), code)


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
