"""The exercises of lesson 11: how many products, which cells of memory, how large a matrix, and im2col."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from vizconv.draw.memory import cells_read
from vizconv.engine import output_size
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import im2col

IMAGES, SIZE, KERNEL, FILTERS = 50_000, 28, 3, 2  # the lesson's task
PLACES = output_size(SIZE, KERNEL) ** 2
WEIGHTS = KERNEL * KERNEL
BYTES = 4  # of a float32


# ---- Predict -----------------------------------------------------------------------------------------------


def products_of_one_image() -> Prediction:
    """Ask how many products the loops make for one image."""
    right = PLACES * WEIGHTS * FILTERS
    side, everywhere = output_size(SIZE, KERNEL), SIZE * SIZE * WEIGHTS * FILTERS
    replies = {
        PLACES * WEIGHTS: "So it is for one filter. There are two.",
        PLACES * FILTERS: f"So many results there are. Each of them adds up {WEIGHTS} products.",
        everywhere: f"At {SIZE}×{SIZE} places the kernel would stick out: {side}×{side} fit.",
        PLACES: f"At so many places a kernel fits. At each, {FILTERS} filters make {WEIGHTS} products.",
        right: f"{side} · {side} places, times {FILTERS} filters, times {WEIGHTS} products: {right:,}. For "
        f"{IMAGES:,} images that makes {right * IMAGES / 1e6:.0f} million.",
    }
    hint = "Places of the kernel, times filters, times products at each place. (Type it without a comma.)"
    sizes = f"one image of {SIZE}×{SIZE}, {FILTERS} filters of {KERNEL}×{KERNEL}, no padding"
    return predict(f"How many products, for {sizes}?", right, replies, hint)


def who_gains() -> Prediction:
    """Ask which layer gains more from one call of NumPy for each patch."""
    few, many = "the small one, 9 products a patch", "the large one, 150 products a patch"
    replies = {
        few: "One call of NumPy costs about as much as several products in a loop. Here it replaces only 9.",
        many: "There is one call a patch in both, and it costs nearly the same. Here it replaces 150 rounds "
        "of the inner loops, there only 9.",
        "both alike": "The gain is what the call replaces: 9 rounds of the inner loops, or 150.",
    }
    return predict("Which of the two layers gains more from going patch by patch?", many, replies)


def cells_of_a_window() -> Prediction:
    """Ask which cells of memory one window reads."""
    x = np.arange(16).reshape(4, 4)
    view = sliding_window_view(x, (2, 2))
    cells = {place: _listed(cells_read(x, view[place])) for place in ((1, 2), (2, 1), (0, 1))}
    replies = {
        "6, 7, 8, 9": "The window has two rows, and between them lies the rest of a row of x.",
        cells[2, 1]: "That is window 2, 1: the first index counts rows.",
        cells[1, 2]: "It begins in cell 1·4 + 2 = 6; its second row lies 4 cells further on.",
        cells[0, 1]: "That is window 0, 1, one row higher. We count from 0.",
    }
    question = "x is 4×4, the windows are 2×2. Which cells of the row of memory does window 1, 2 read?"
    return predict(question, cells[1, 2], replies)


def size_of_the_matrix() -> Prediction:
    """Ask how much memory the matrix of all patches takes."""
    pictures, columns = IMAGES * SIZE * SIZE * BYTES, IMAGES * PLACES * WEIGHTS * BYTES
    right = _megabytes(columns)
    replies = {
        _megabytes(pictures): "So much take the pictures. In X nearly every pixel stands nine times.",
        _megabytes(IMAGES * PLACES * FILTERS * BYTES): "So much takes the result y.",
        right: f"{IMAGES:,} · {PLACES} patches · {WEIGHTS} numbers · {BYTES} bytes: "
        f"{columns / pictures:.1f} times as much as the pictures.",
        _megabytes(columns * FILTERS): "The filters are rows of W. They all share one X.",
    }
    question = f"How much memory does X take for all {IMAGES:,} images, {BYTES} bytes a number?"
    return predict(question, right, replies)


def _listed(cells):
    return ", ".join(map(str, cells.tolist()))


def _megabytes(size):
    return f"{size / 1e6:,.0f} MB"


# ---- Your turn ---------------------------------------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's im2col: function(x, height, width, stride) returns X."""
    return checker.check(im2col.EXERCISE, function)
