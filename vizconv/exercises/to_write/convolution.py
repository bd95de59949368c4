"""A full convolution to write, function(x, k) returns y: what is tried, and typical mistakes."""

from collections.abc import Callable
from functools import partial

import numpy as np

from vizconv.engine import convolve, cross_correlate, rot180
from vizconv.engine.operations import correlation
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import common, resized, returned_early, turned
from vizconv.scenes import Scene
from vizconv.scenes import convolution as convolution_scene

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Return x * k in full mode."""
    return convolve(x, k, padding="full")


def _cases():
    generator = np.random.default_rng(2)
    yield WORKED_INPUT, WORKED_KERNEL
    for input_size, kernel_size in (((5, 6), (3, 3)), ((4, 6), (2, 3)), ((3, 3), (3, 2)), ((2, 3), (3, 4))):
        yield entries(generator, input_size), entries(generator, kernel_size)
    yield entries(generator, (4, 3)) / 2, entries(generator, (2, 2))


def _scene(x, k) -> Scene:
    return convolution_scene(correlation(x, rot180(k), padding="full", odd="before"))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _stamped(stamp: Callable, rows: int | None = None, columns: int | None = None) -> Callable:
    """Stamp x[a, b]·k on y for the first pixels of x; `stamp(part, product)` says how."""

    def make(x, k):
        y = np.zeros_like(right(x, k))
        height, width = k.shape
        for a, b in np.ndindex(x[:rows, :columns].shape):
            stamp(y[a : a + height, b : b + width], x[a, b] * k)
        return y

    return make


def _added(part, product):
    part += product


def _assigned(part, product):
    part[:] = product


def _wrapped(x, k):
    """Let x[i − u, j − v] count from the end where an index is negative, as Python does."""
    (height, width), after = np.subtract(k.shape, 1), [(0, size - 1) for size in k.shape]
    around = np.pad(np.pad(x, ((height, 0), (width, 0)), mode="wrap"), after)
    return cross_correlate(around, rot180(k))


def _slid(turn: Callable) -> Callable:
    """Slide a kernel that is not turned as it should be."""
    return lambda x, k: cross_correlate(x, turn(k), padding="full")


MISTAKES = {
    "These are the numbers of x ⋆ k: your kernel is not turned. In x * k the indices of the "
    "two factors add up to those of the result.": partial(cross_correlate, padding="full"),
    **turned(_slid, "k"),
    "It is the kernel that has to be turned, not the picture.": lambda x, k: cross_correlate(
        rot180(x), k, padding="full"
    ),
    "These are the right numbers of valid mode. "
    "In full mode the kernel also stands where only a part of it lies on the picture.": convolve,
    "This is x ⋆ k in valid mode: turn the kernel, and let it stick out of the picture.": cross_correlate,
    "These are the right numbers of same mode. In full mode the kernel sticks out on every side.": partial(
        convolve, padding="same"
    ),
    "Where stamps overlap, their numbers have to be added: `+=`, not `=`.": _stamped(_assigned),
    "Some of your indices are negative, and Python counts them from the end. "
    "Outside the picture x is 0.": _wrapped,
    "Only the first pixel has left its stamp: does `return` stand inside the loops? It ends all.": _stamped(
        _added, rows=1, columns=1
    ),
    "Only the first row of the picture has left its stamps: "
    "does `return` stand inside the outer loop?": _stamped(_added, rows=1),
    **common(right, "y", "ij"),
    **returned_early(right),
}


def _counted(count: Callable) -> Callable:
    """Turn a count of results (cells, kernel cells) into a shape of y."""
    return lambda x, k: tuple(max(0, count(*sizes)) for sizes in zip(x.shape, k.shape, strict=True))


LAST = "the last index is (I − 1) + (K − 1), and it counts from 0"
SHAPES = {
    "That is the size of the picture. In full mode y is larger: I + K − 1.": lambda x, k: x.shape,
    **resized(right, missing=LAST, too_many=LAST),
    "That is the size of valid mode: I − K + 1. In full mode the kernel sticks out.": _counted(
        lambda size, kernel: size - kernel + 1
    ),
    "That is the size of the padded picture, not of the result.": _counted(
        lambda size, kernel: size + 2 * (kernel - 1)
    ),
    "That is the size of the kernel.": lambda x, k: k.shape,
}
EXERCISE = Exercise(name="y", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
