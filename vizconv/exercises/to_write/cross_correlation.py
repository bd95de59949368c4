"""A cross-correlation to write, function(x, w, stride) returns y: what is tried, and typical mistakes."""

from collections.abc import Callable
from functools import partial

import numpy as np

from vizconv.engine import cross_correlate, rot180
from vizconv.engine.operations import correlation
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import common, instead, only, resized, returned_early
from vizconv.scenes import Scene
from vizconv.scenes import correlation as correlation_scene

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x: np.ndarray, w: np.ndarray, stride: int) -> np.ndarray:
    """Return x ⋆ w with this stride."""
    return cross_correlate(x, w, stride)


def _cases():
    generator = np.random.default_rng(1)
    sizes = (
        ((5, 7), (3, 3), 1),
        ((6, 5), (2, 3), 1),
        ((7, 7), (3, 3), 2),
        ((8, 6), (2, 3), 2),
        ((9, 8), (3, 2), 3),
        ((3, 4), (3, 4), 1),
    )
    yield WORKED_INPUT, WORKED_KERNEL, 1
    for input_size, kernel_size, stride in sizes:
        yield entries(generator, input_size), entries(generator, kernel_size), stride
    yield entries(generator, (5, 6)) / 2, entries(generator, (2, 2)), 2


def _scene(x, w, stride) -> Scene:
    return correlation_scene(correlation(x, w, stride))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _rightwards_only(x, w, stride):
    return cross_correlate(x, w, (1, stride))


def _downwards_only(x, w, stride):
    return cross_correlate(x, w, (stride, 1))


def _cut(make: Callable) -> Callable:
    """Cut what `make` works out, without the right stride, to the shape of the right y."""

    def cut(x, w, stride):
        height, width = right(x, w, stride).shape
        return make(x, w, stride)[:height, :width]

    return cut


def _matrix_product(x, w, stride):
    return (correlation(x, w, stride).patches[0, 0] @ w).sum(axis=(-2, -1))


MISTAKES = {
    "These are the numbers of a convolution: the kernel is turned by 180 degrees. "
    "Here w[u, v] meets x[i·stride + u, j·stride + v], unturned.": instead(right, w=rot180),
    "These come out when the kernel's rows are in reverse order.": instead(right, w=np.flipud),
    "These come out when the kernel's columns are in reverse order.": instead(right, w=np.fliplr),
    "These come out when the kernel is transposed: w[v, u] stands where w[u, v] belongs.": instead(
        right, w=np.transpose
    ),
    "These come out when the picture is transposed: "
    "the first index counts rows, the second columns.": instead(right, x=np.transpose),
    "You forgot the stride: these are the results of a stride of 1.": instead(right, stride=1),
    "Your y has the right size, but the window moves by one cell at a time. "
    "For y[i, j] it begins at x[i·stride, j·stride].": _cut(instead(right, stride=1)),
    "Your window takes the stride downwards only; it has to take it to the right as well.": _downwards_only,
    "Your window takes the stride to the right only; it has to take it downwards as well.": _rightwards_only,
    "Your window takes the stride downwards only; for y[i, j] it begins at x[i·stride, j·stride].": _cut(
        _downwards_only
    ),
    "Your window takes the stride to the right only; for y[i, j] it begins at x[i·stride, j·stride].": _cut(
        _rightwards_only
    ),
    "You padded the picture. Here the kernel stays on it.": partial(cross_correlate, padding="same"),
    "You padded the picture on every side. Here the kernel stays on it.": partial(
        cross_correlate, padding="full"
    ),
    "The sum is missing: each cell holds only the last of its products.": instead(right, w=only((-1, -1))),
    "You multiplied matrices. "
    "Each number of the patch meets one number of the kernel: `*`, not `@`.": _matrix_product,
    "This is the average of the products. Their sum is asked for.": lambda x, w, stride: (
        right(x, w, stride) / w.size
    ),
    "This is the sum of each patch: the kernel is missing.": instead(right, w=np.ones_like),
    **common(right, "y", "ij", "put each sum into y[i, j]"),
    **returned_early(right),
}


def _counted(count: Callable) -> Callable:
    """Turn a count of places (cells, kernel cells, stride) into a shape of y."""
    return lambda x, w, stride: tuple(count(*sizes, stride) for sizes in zip(x.shape, w.shape, strict=True))


SHAPES = {
    **resized(
        right,
        missing="the place (I − K) // stride counts, too",
        too_many="there the window would stick out of the picture",
    ),
    "That is the number of results for a stride of 1.": _counted(lambda size, k, _: size - k + 1),
    "You rounded up. A window that sticks out of the picture does not count: round down.": _counted(
        lambda size, kernel, stride: -(-(size - kernel) // stride) + 1
    ),
    "That is the size of the picture.": lambda x, w, stride: x.shape,
    "That is the size of the kernel.": lambda x, w, stride: w.shape,
}
EXERCISE = Exercise(name="y", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
