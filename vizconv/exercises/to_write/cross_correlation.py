"""A cross-correlation to write, function(x, w, stride) returns y: what is tried, and typical mistakes."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine import cross_correlate, rot180
from vizconv.engine.arrays import own
from vizconv.engine.operations import correlation
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises.checker import Exercise, Mistake, entries
from vizconv.scenes import Scene
from vizconv.scenes import correlation as correlation_scene

# ---- What is tried -----------------------------------------------------------------------------------------


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
    yield _case(np.array(WORKED_INPUT), np.array(WORKED_KERNEL), 1)
    for input_size, kernel_size, stride in sizes:
        yield _case(entries(generator, input_size), entries(generator, kernel_size), stride)
    yield _case(entries(generator, (5, 6)) / 2, entries(generator, (2, 2)), 2)


def _case(x, w, stride):
    return MappingProxyType({"x": own(x), "w": own(w), "stride": stride})


def _scene(x, w, stride) -> Scene:
    return correlation_scene(correlation(x, w, stride))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _shown(make: Callable) -> Callable:
    """Cut what `make` works out, without the right stride, to the shape of the right y."""

    def cut(x, w, stride):
        height, width = cross_correlate(x, w, stride).shape
        return make(x, w, stride)[:height, :width]

    return cut


def _kept(index) -> Callable:
    """Keep some cells of the right y; the others stay 0."""

    def keep(x, w, stride):
        y = cross_correlate(x, w, stride)
        kept = np.zeros_like(y)
        kept[index] = y[index]
        return kept

    return keep


def _last_product(x, w, stride):
    last = np.zeros_like(w)
    last[-1, -1] = w[-1, -1]
    return cross_correlate(x, last, stride)


def _matrix_product(x, w, stride):
    return (correlation(x, w, stride).patches[0, 0] @ w).sum(axis=(-2, -1))


MISTAKES = (
    Mistake(
        "These are the numbers of a convolution: the kernel is turned by 180 degrees. Here w[u, v] meets "
        "x[i·stride + u, j·stride + v], unturned.",
        lambda x, w, stride: cross_correlate(x, rot180(w), stride),
    ),
    Mistake(
        "These come out when the kernel's rows are in reverse order.",
        lambda x, w, stride: cross_correlate(x, w[::-1], stride),
    ),
    Mistake(
        "These come out when the kernel's columns are in reverse order.",
        lambda x, w, stride: cross_correlate(x, w[:, ::-1], stride),
    ),
    Mistake(
        "These come out when the kernel is transposed: w[v, u] stands where w[u, v] belongs.",
        lambda x, w, stride: cross_correlate(x, w.T, stride),
    ),
    Mistake(
        "Your y is transposed: y[j, i] stands where y[i, j] belongs.",
        lambda x, w, stride: cross_correlate(x, w, stride).T,
    ),
    Mistake(
        "These come out when the picture is transposed: the first index counts rows, the second columns.",
        lambda x, w, stride: cross_correlate(x.T, w, stride),
    ),
    Mistake(
        "You forgot the stride: these are the results of a stride of 1.",
        lambda x, w, stride: cross_correlate(x, w, 1),
    ),
    Mistake(
        "Your y has the right size, but the window moves by one cell at a time. For y[i, j] it begins at "
        "x[i·stride, j·stride].",
        _shown(lambda x, w, stride: cross_correlate(x, w, 1)),
    ),
    Mistake(
        "Your window takes the stride downwards only; it has to take it to the right as well.",
        lambda x, w, stride: cross_correlate(x, w, (stride, 1)),
    ),
    Mistake(
        "Your window takes the stride to the right only; it has to take it downwards as well.",
        lambda x, w, stride: cross_correlate(x, w, (1, stride)),
    ),
    Mistake(
        "Your window takes the stride downwards only; for y[i, j] it begins at x[i·stride, j·stride].",
        _shown(lambda x, w, stride: cross_correlate(x, w, (stride, 1))),
    ),
    Mistake(
        "Your window takes the stride to the right only; for y[i, j] it begins at x[i·stride, j·stride].",
        _shown(lambda x, w, stride: cross_correlate(x, w, (1, stride))),
    ),
    Mistake(
        "You padded the picture. Here the kernel stays on it.",
        lambda x, w, stride: cross_correlate(x, w, stride, padding="same"),
    ),
    Mistake(
        "You padded the picture on every side. Here the kernel stays on it.",
        lambda x, w, stride: cross_correlate(x, w, stride, padding="full"),
    ),
    Mistake(
        "The sum is missing: each cell holds only the last of its products.",
        _last_product,
    ),
    Mistake(
        "You multiplied matrices. Each number of the patch meets one number of the kernel: `*`, not `@`.",
        _matrix_product,
    ),
    Mistake(
        "This is the average of the products. Their sum is asked for.",
        lambda x, w, stride: cross_correlate(x, w, stride) / w.size,
    ),
    Mistake(
        "This is the sum of each patch: the kernel is missing.",
        lambda x, w, stride: cross_correlate(x, np.ones_like(w), stride),
    ),
    Mistake("Every sign is turned round.", lambda x, w, stride: -cross_correlate(x, w, stride)),
    Mistake("The signs are gone.", lambda x, w, stride: np.abs(cross_correlate(x, w, stride))),
    Mistake(
        "Your y is still 0 everywhere: put each sum into y[i, j].",
        lambda x, w, stride: np.zeros_like(cross_correlate(x, w, stride)),
    ),
    Mistake(
        "Only the first number is there: does `return` stand inside the loops? It ends all.",
        _kept((0, 0)),
    ),
    Mistake(
        "Only the first row is there: does `return` stand inside the outer loop? It ends all.",
        _kept(0),
    ),
    Mistake(
        "The halves are cut off: your y holds whole numbers only. Make it without `dtype=int`.",
        lambda x, w, stride: np.trunc(cross_correlate(x, w, stride)),
    ),
)


def _counted(count: Callable) -> Callable:
    """Turn a count of places (cells, kernel cells, stride) into a shape of y."""

    def shape(x, w, stride):
        return tuple(count(size, kernel, stride) for size, kernel in zip(x.shape, w.shape, strict=True))

    return shape


SHAPES = (
    Mistake(
        "One row and one column are missing: the place (I − K) // stride counts, too.",
        _counted(lambda size, kernel, stride: (size - kernel) // stride),
    ),
    Mistake(
        "That is one row and one column too many: there the window would stick out of the picture.",
        _counted(lambda size, kernel, stride: (size - kernel) // stride + 2),
    ),
    Mistake(
        "That is the number of results for a stride of 1.",
        _counted(lambda size, kernel, stride: size - kernel + 1),
    ),
    Mistake(
        "You rounded up. A window that sticks out of the picture does not count: round down.",
        _counted(lambda size, kernel, stride: -(-(size - kernel) // stride) + 1),
    ),
    Mistake("That is the size of the picture.", lambda x, w, stride: x.shape),
    Mistake("That is the size of the kernel.", lambda x, w, stride: w.shape),
    Mistake("Rows and columns are swapped.", lambda x, w, stride: cross_correlate(x, w, stride).shape[::-1]),
)
EXERCISE = Exercise("y", cross_correlate, tuple(_cases()), _scene, MISTAKES, SHAPES)
