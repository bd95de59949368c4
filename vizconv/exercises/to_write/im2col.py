"""im2col to write, function(x, height, width, stride) returns X: what is tried, and typical mistakes."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine.arrays import own
from vizconv.engine.geometry import geometry, windows
from vizconv.engine.teaching import im2col
from vizconv.examples.matrices import WORKED_INPUT
from vizconv.exercises.checker import Exercise, Mistake
from vizconv.scenes import Panel, Reading, Scene, Terms

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x, height, width, stride) -> np.ndarray:
    """Return X (height·width, OH·OW) by the engine: each patch of x (H, W) is a column."""
    return im2col(x[None], geometry(x.shape, (height, width), stride))


def _cases():
    generator = np.random.default_rng(2)
    yield _case(np.array(WORKED_INPUT), 2, 2, 1)
    for size, *sliding in (((4, 6), 2, 3, 1), ((6, 5), 3, 2, 1), ((7, 6), 2, 3, 2), ((8, 8), 3, 2, 3)):
        yield _case(generator.permutation(np.prod(size)).reshape(size) + 1, *sliding)
    yield _case(generator.permutation(30).reshape(5, 6) / 2, 2, 2, 2)


def _case(x, height, width, stride):
    return MappingProxyType({"x": own(x), "height": height, "width": width, "stride": stride})


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


def _only_first(x, height, width, stride):
    result = np.zeros_like(right(x, height, width, stride))
    result[:, 0] = x[:height, :width].ravel()
    return result


MISTAKES = (
    Mistake(
        "Your patches are the rows. Each patch should be a column: transpose.",
        lambda *case: right(*case).T,
    ),
    Mistake(
        "You reshaped without moving the axes first. `reshape` only breaks the numbers into other "
        "lines, in the order in which they stand.",
        lambda x, height, width, stride: _patches(x, height, width, stride).reshape(height * width, -1),
    ),
    Mistake(
        "Inside each patch you go down the columns. Go along the rows, as `ravel` does.",
        lambda *case: _columns(_patches(*case), (3, 2, 0, 1)),
    ),
    Mistake(
        "Your patches come in the wrong order: first along the top row of places, then the next row.",
        lambda *case: _columns(_patches(*case), (2, 3, 1, 0)),
    ),
    Mistake(
        "You forgot the stride: these are the patches of a stride of 1.",
        lambda x, height, width, stride: right(x, height, width, 1),
    ),
    Mistake(
        "The number of patches is right, but they lie one cell apart. The patch of place i, j begins at "
        "x[i·stride, j·stride].",
        _kept_in_place,
    ),
    Mistake(
        "Your patches take the stride downwards only; they have to take it to the right as well.",
        lambda x, height, width, stride: right(x, height, width, (stride, 1)),
    ),
    Mistake(
        "Your patches take the stride to the right only; they have to take it downwards as well.",
        lambda x, height, width, stride: right(x, height, width, (1, stride)),
    ),
    Mistake(
        "Your patches are upside down: they begin with their last number.",
        lambda *case: right(*case)[::-1],
    ),
    Mistake(
        "Height and width of the patch are swapped.",
        lambda x, height, width, stride: right(x, width, height, stride),
    ),
    Mistake(
        "Your X is still 0 everywhere: put each patch into its column.",
        lambda *case: np.zeros_like(right(*case)),
    ),
    Mistake(
        "Only the first patch is there. Does `return` stand inside the loop, or does the number of the "
        "column stay 0?",
        _only_first,
    ),
    Mistake(
        "The halves are cut off: your X holds whole numbers only. Make it without `dtype=int`.",
        lambda *case: np.trunc(right(*case)),
    ),
)


def _counted(count: Callable) -> Callable:
    """Turn a count of places (cells, kernel cells, stride) into a shape of X."""

    def shape(x, height, width, stride):
        places = (
            count(cells, kernel, stride) for cells, kernel in zip(x.shape, (height, width), strict=True)
        )
        return height * width, int(np.prod(list(places)))

    return shape


SHAPES = (
    Mistake(
        "A row and a column of places are missing: (I − K) // stride + 1 fit in each direction.",
        _counted(lambda cells, kernel, stride: (cells - kernel) // stride),
    ),
    Mistake(
        "That is one row and one column of places too many: there the window would stick out.",
        _counted(lambda cells, kernel, stride: (cells - kernel) // stride + 2),
    ),
    Mistake(
        "That is the number of patches for a stride of 1.",
        _counted(lambda cells, kernel, stride: cells - kernel + 1),
    ),
    Mistake(
        "One column for each pixel of x is too many: near the edge the window would stick out.",
        _counted(lambda cells, kernel, stride: cells),
    ),
    Mistake(
        "That is the shape of all the windows, with four axes. X has two: height·width rows, and "
        "one column a patch.",
        lambda *case: _patches(*case).shape,
    ),
    Mistake(
        "One row for each patch, one column for each of its numbers: X is this, transposed.",
        lambda *case: right(*case).shape[::-1],
    ),
)
EXERCISE = Exercise("X", right, tuple(_cases()), _scene, MISTAKES, SHAPES)
