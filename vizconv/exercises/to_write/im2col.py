"""im2col to write, function(x, height, width, stride) returns X: what is tried, and typical mistakes."""

from collections.abc import Callable

import numpy as np

from vizconv.engine.geometry import geometry, windows
from vizconv.engine.teaching import im2col
from vizconv.examples.matrices import WORKED_INPUT
from vizconv.exercises.exercise import Exercise
from vizconv.exercises.mistakes import cut_off, instead, only, returned_early, still_zero, then
from vizconv.scenes import Panel, Reading, Scene, Terms

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x: np.ndarray, height: int, width: int, stride: int) -> np.ndarray:
    """Return X (height·width, OH·OW) by the engine: each patch of x (H, W) is a column."""
    return im2col(x[None], geometry(x.shape, (height, width), stride))


def _cases():
    generator = np.random.default_rng(2)
    yield WORKED_INPUT, 2, 2, 1
    for size, *sliding in (((4, 6), 2, 3, 1), ((6, 5), 3, 2, 1), ((7, 6), 2, 3, 2), ((8, 8), 3, 2, 3)):
        yield generator.permutation(np.prod(size)).reshape(size) + 1, *sliding
    yield generator.permutation(30).reshape(5, 6) / 2, 2, 2, 2


def _scene(x, height, width, stride) -> Scene:
    """Set x and X below each other; a cell of X copies one of x."""
    source = right(np.arange(x.size).reshape(x.shape), height, width, stride)
    panels = (
        Panel("x", x, (0, 0), editable=True),
        Panel("X", right(x, height, width, stride), (1, 0)),
    )
    terms = {"patches": Terms(np.arange(source.size), source.ravel(), None)}
    return Scene(panels, terms, (Reading("patches", "out", out="X", left="x"),), "X")


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _patches(x, height, width, stride):
    return windows(x, geometry(x.shape, (height, width), stride))  # (OH, OW, KH, KW)


def _kept_in_place(x, height, width, stride):
    """Take the right number of patches, but one cell apart."""
    rows, columns = _patches(x, height, width, stride).shape[:2]
    return _columns(_patches(x, height, width, 1)[:rows, :columns])


def _columns(patches, order=(2, 3, 0, 1)):
    height, width = patches.shape[2:]
    return patches.transpose(order).reshape(height * width, -1)


MISTAKES = {
    "Your patches are the rows. Each patch should be a column: transpose.": then(right, np.transpose),
    "You reshaped without moving the axes first. `reshape` only breaks the numbers into other lines, "
    "in the order in which they stand.": then(_patches, lambda patches: _columns(patches, (0, 1, 2, 3))),
    "Inside each patch you go down the columns. Go along the rows, as `ravel` does.": then(
        _patches, lambda patches: _columns(patches, (3, 2, 0, 1))
    ),
    "Your patches come in the wrong order: first along the top row of places, then the next row.": then(
        _patches, lambda patches: _columns(patches, (2, 3, 1, 0))
    ),
    "You forgot the stride: these are the patches of a stride of 1.": instead(right, stride=1),
    "The number of patches is right, but they lie one cell apart. "
    "The patch of place i, j begins at x[i·stride, j·stride].": _kept_in_place,
    "Your patches take the stride downwards only; they have to take it to the right as well.": instead(
        right, stride=lambda stride: (stride, 1)
    ),
    "Your patches take the stride to the right only; they have to take it downwards as well.": instead(
        right, stride=lambda stride: (1, stride)
    ),
    "Your patches are upside down: they begin with their last number.": then(right, np.flipud),
    "Height and width of the patch are swapped.": lambda x, height, width, stride: right(
        x, width, height, stride
    ),
    "Only the first patch is there. Does `return` stand inside the loop, "
    "or does the number of the column stay 0?": then(right, only(np.s_[:, 0])),
    **returned_early(right),
    **still_zero(right, "X", "put each patch into its column"),
    **cut_off(right, "X"),
}


def _counted(count: Callable) -> Callable:
    """Turn a count of places (cells, kernel cells, stride) into a shape of X."""

    def shape(x, height, width, stride):
        rows, columns = (count(*sizes, stride) for sizes in zip(x.shape, (height, width), strict=True))
        return height * width, rows * columns

    return shape


SHAPES = {
    "A row and a column of places are missing: (I − K) // stride + 1 fit in each direction.": _counted(
        lambda cells, kernel, stride: (cells - kernel) // stride
    ),
    "That is one row and one column of places too many: there the window would stick out.": _counted(
        lambda cells, kernel, stride: (cells - kernel) // stride + 2
    ),
    "That is the number of patches for a stride of 1.": _counted(
        lambda cells, kernel, stride: cells - kernel + 1
    ),
    "One column for each pixel of x is too many: near the edge the window would stick out.": _counted(
        lambda cells, kernel, stride: cells
    ),
    "That is the shape of all the windows, with four axes. "
    "X has two: height·width rows, and one column a patch.": then(_patches, np.shape),
    "One row for each patch, one column for each of its numbers: X is this, transposed.": then(
        right, lambda columns: columns.shape[::-1]
    ),
}
EXERCISE = Exercise(name="X", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
