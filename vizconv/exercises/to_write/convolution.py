"""A full convolution to write, function(x, k) returns y: what is tried, and typical mistakes."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine import convolve, cross_correlate, rot180
from vizconv.engine.arrays import own
from vizconv.engine.operations import correlation
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises.checker import Exercise, Mistake, entries
from vizconv.scenes import Scene
from vizconv.scenes import convolution as convolution_scene

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x, k) -> np.ndarray:
    """Return x * k in full mode."""
    return convolve(x, k, padding="full")


def _cases():
    generator = np.random.default_rng(2)
    yield _case(np.array(WORKED_INPUT), np.array(WORKED_KERNEL))
    for input_size, kernel_size in (((5, 6), (3, 3)), ((4, 6), (2, 3)), ((3, 3), (3, 2)), ((2, 3), (3, 4))):
        yield _case(entries(generator, input_size), entries(generator, kernel_size))
    yield _case(entries(generator, (4, 3)) / 2, entries(generator, (2, 2)))


def _case(x, k):
    return MappingProxyType({"x": own(x), "k": own(k)})


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


MISTAKES = (
    Mistake(
        "These are the numbers of x ⋆ k: your kernel is not turned. In x * k the indices of the two factors "
        "add up to those of the result.",
        _slid(lambda k: k),
    ),
    Mistake("You reversed the kernel's rows; its columns have to be reversed, too.", _slid(np.flipud)),
    Mistake("You reversed the kernel's columns; its rows have to be reversed, too.", _slid(np.fliplr)),
    Mistake("You transposed the kernel instead of turning it by 180 degrees.", _slid(np.transpose)),
    Mistake("Your kernel is transposed: k[v, u] stands where k[u, v] belongs.", lambda x, k: right(x, k.T)),
    Mistake("You turned the kernel by 90 degrees. Two quarter turns make 180.", _slid(np.rot90)),
    Mistake(
        "You turned the kernel by 90 degrees. Two quarter turns make 180.", _slid(lambda k: np.rot90(k, -1))
    ),
    Mistake("Your y is transposed: y[j, i] stands where y[i, j] belongs.", lambda x, k: right(x, k).T),
    Mistake(
        "It is the kernel that has to be turned, not the picture.",
        lambda x, k: cross_correlate(rot180(x), k, padding="full"),
    ),
    Mistake(
        "These are the right numbers of valid mode. In full mode the kernel also stands where only a part of "
        "it lies on the picture.",
        lambda x, k: convolve(x, k),
    ),
    Mistake(
        "This is x ⋆ k in valid mode: turn the kernel, and let it stick out of the picture.",
        lambda x, k: cross_correlate(x, k),
    ),
    Mistake(
        "These are the right numbers of same mode. In full mode the kernel sticks out on every side.",
        lambda x, k: convolve(x, k, padding="same"),
    ),
    Mistake(
        "Where stamps overlap, their numbers have to be added: `+=`, not `=`.",
        _stamped(_assigned),
    ),
    Mistake(
        "Some of your indices are negative, and Python counts them from the end. Outside the picture x is 0.",
        _wrapped,
    ),
    Mistake("Every sign is turned round.", lambda x, k: -right(x, k)),
    Mistake("The signs are gone.", lambda x, k: np.abs(right(x, k))),
    Mistake("Your y is still 0 everywhere: add the products to it.", lambda x, k: 0 * right(x, k)),
    Mistake(
        "Only the first pixel has left its stamp: does `return` stand inside the loops? It ends all.",
        _stamped(_added, rows=1, columns=1),
    ),
    Mistake(
        "Only the first row of the picture has left its stamps: does `return` stand inside the outer loop?",
        _stamped(_added, rows=1),
    ),
    Mistake(
        "The halves are cut off: your y holds whole numbers only. Make it without `dtype=int`.",
        lambda x, k: np.trunc(right(x, k)),
    ),
)


def _counted(count: Callable) -> Callable:
    """Turn a count of results (cells, kernel cells) into a shape of y."""
    return lambda x, k: tuple(max(0, count(*sizes)) for sizes in zip(x.shape, k.shape, strict=True))


SHAPES = (
    Mistake(
        "That is the size of the picture. In full mode y is larger: I + K − 1.",
        lambda x, k: x.shape,
    ),
    Mistake(
        "One row and one column too many: the last index is (I − 1) + (K − 1), and it counts from 0.",
        _counted(lambda size, kernel: size + kernel),
    ),
    Mistake(
        "One row and one column are missing: the last index is (I − 1) + (K − 1), and it counts from 0.",
        _counted(lambda size, kernel: size + kernel - 2),
    ),
    Mistake(
        "That is the size of valid mode: I − K + 1. In full mode the kernel sticks out.",
        _counted(lambda size, kernel: size - kernel + 1),
    ),
    Mistake(
        "That is the size of the padded picture, not of the result.",
        _counted(lambda size, kernel: size + 2 * (kernel - 1)),
    ),
    Mistake("That is the size of the kernel.", lambda x, k: k.shape),
    Mistake("Rows and columns are swapped.", lambda x, k: right(x, k).shape[::-1]),
)
EXERCISE = Exercise("y", right, tuple(_cases()), _scene, MISTAKES, SHAPES)
