"""The gradient of an input to write, function(dy, w) returns dx: what is tried, and typical mistakes.

The mistakes are written for any stride and padding: `strided_input_gradient` names them, too.
"""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine import conv2d, conv2d_backward, convolve, cross_correlate, dilate, rot180
from vizconv.engine.arrays import own
from vizconv.examples.matrices import WORKED_DY, WORKED_KERNEL
from vizconv.exercises.checker import Exercise, Mistake, entries
from vizconv.scenes import Scene, input_gradient_gather

# ---- What is right -----------------------------------------------------------------------------------------


def right(dy, w, x, stride, padding) -> np.ndarray:
    """Return the dx (H, W) of x ⋆ w with this stride and padding."""
    return conv2d_backward(_record(w, x, stride, padding), dy[None, None]).dx[0, 0]


def right_of_stride_one(dy, w) -> np.ndarray:
    """Return the dx of x ⋆ w with stride 1 and no padding: the full convolution of dy and w."""
    return convolve(dy, w, padding="full")


def _record(w, x, stride, padding):
    return conv2d(x[None, None], w[None, None], stride=stride, padding=padding)


def scene_of(dy, w, x, stride, padding) -> Scene:
    """Set dx on a stage, gathered."""
    return input_gradient_gather(_record(w, x, stride, padding), dy[None, None])


def _scene(dy, w) -> Scene:
    return scene_of(dy, w, *_plain(dy, w))


def _plain(dy, w):
    """Return an x, stride and padding with which x ⋆ w is as large as dy."""
    return np.zeros(np.add(dy.shape, w.shape) - 1, np.int64), 1, 0


# ---- What is tried -----------------------------------------------------------------------------------------


def _cases():
    generator = np.random.default_rng(8)
    yield {"dy": own(np.array(WORKED_DY)), "w": own(np.array(WORKED_KERNEL))}
    for output_size, kernel_size in (((4, 5), (3, 3)), ((5, 4), (2, 3)), ((1, 2), (3, 2))):
        yield {"dy": own(entries(generator, output_size)), "w": own(entries(generator, kernel_size))}
    yield {"dy": own(entries(generator, (3, 2)) / 2), "w": own(entries(generator, (2, 2)))}


# ---- Typical mistakes --------------------------------------------------------------------------------------


def stamped(dy, w, x, stride, padding, put=np.add) -> np.ndarray:
    """Stamp every dy · w onto the gradient of the padded x, and do not crop."""
    (height, width), (down, right) = w.shape, np.broadcast_to(stride, 2)
    dpadded = np.zeros(np.add(x.shape, 2 * padding), np.result_type(dy, w))
    for i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * down, i * down + height), slice(j * right, j * right + width)
        part = dpadded[rows, columns]
        product = dy[i, j] * w[: part.shape[0], : part.shape[1]]
        dpadded[rows, columns] = put(part, product)
    return dpadded


def _assigned(part, product):
    return product


def cropped(dpadded, x, padding) -> np.ndarray:
    """Take the padding away from every side."""
    return dpadded[padding : padding + x.shape[0], padding : padding + x.shape[1]]


def _with_kernel(turn: Callable) -> Callable:
    """Stamp another kernel than w."""
    return lambda dy, w, x, stride, padding: right(dy, turn(w), x, stride, padding)


def _square(turn: Callable) -> Callable:
    """Turn a square kernel only: another one would not fit."""

    def turned(w):
        if w.shape[0] != w.shape[1]:
            raise ValueError("this kernel is no square")
        return turn(w)

    return _with_kernel(turned)


def _kept(dy, index):
    """Keep some cells of dy; the others are 0."""
    kept = np.zeros_like(dy)
    kept[index] = dy[index]
    return kept


MISTAKES = (
    Mistake(
        "These are the numbers of a kernel that is not rotated. dy[i, j] gives w[u, v] to the pixel at "
        "i·stride + u: stamp w upright, or slide it turned by 180 degrees.",
        _with_kernel(rot180),
    ),
    Mistake("You reversed the kernel's rows only; its columns have to be, too.", _with_kernel(np.fliplr)),
    Mistake("You reversed the kernel's columns only; its rows have to be, too.", _with_kernel(np.flipud)),
    Mistake("Your kernel is transposed: w[v, u] stands where w[u, v] belongs.", _square(np.transpose)),
    Mistake(
        "You transposed the kernel instead of turning it by 180 degrees.",
        _square(lambda w: rot180(w.T)),
    ),
    Mistake("You turned the kernel by 90 degrees. Two quarter turns make 180.", _square(np.rot90)),
    Mistake(
        "You turned the kernel by 90 degrees. Two quarter turns make 180.", _square(lambda w: np.rot90(w, -1))
    ),
    Mistake(
        "Where stamps overlap, their numbers have to be added: `+=`, not `=`.",
        lambda dy, w, x, stride, padding: cropped(stamped(dy, w, x, stride, padding, _assigned), x, padding),
    ),
    Mistake(
        "This is “valid” where “full” belongs: a pixel at the edge is read by few windows, but it is read. "
        "Pad dy with K − 1 zeros on every side.",
        lambda dy, w, x, stride, padding: convolve(dilate(dy, stride), w),
    ),
    Mistake(
        "This is “valid” where “full” belongs, and the kernel is not rotated either.",
        lambda dy, w, x, stride, padding: cross_correlate(dilate(dy, stride), w),
    ),
    Mistake(
        "This is “same” where “full” belongs: pad dy with K − 1 zeros on every side.",
        lambda dy, w, x, stride, padding: convolve(dilate(dy, stride), w, padding="same"),
    ),
    Mistake(
        "It is the kernel that has to be turned, not dy.",
        lambda dy, w, x, stride, padding: right(rot180(dy), rot180(w), x, stride, padding),
    ),
    Mistake(
        "Only the first cell of dy has left its stamp: does `return` stand inside the loops? It ends all.",
        lambda dy, w, x, stride, padding: right(_kept(dy, (0, 0)), w, x, stride, padding),
    ),
    Mistake(
        "Only the first row of dy has left its stamps: does `return` stand inside the outer loop?",
        lambda dy, w, x, stride, padding: right(_kept(dy, 0), w, x, stride, padding),
    ),
    Mistake("Every sign is turned round.", lambda *given: -right(*given)),
    Mistake("Your dx is transposed: dx[b, a] stands where dx[a, b] belongs.", lambda *given: right(*given).T),
    Mistake("Your dx is still 0 everywhere: add the products to it.", lambda *given: 0 * right(*given)),
    Mistake(
        "The halves are cut off: your dx holds whole numbers only. Make it without `dtype=int`.",
        lambda *given: np.trunc(right(*given)),
    ),
)


def shape_of(make: Callable) -> Callable:
    """Turn a count of rows (of dy, w, x; stride, padding) into a shape of dx."""

    def shape(dy, w, x, stride, padding):
        sizes = zip(dy.shape, w.shape, x.shape, strict=True)
        return tuple(max(0, int(make(*size, stride, padding))) for size in sizes)

    return shape


SHAPES = (
    Mistake("That is the size of dy. dx is as large as x.", lambda dy, *_: dy.shape),
    Mistake("That is the size of the kernel. dx is as large as x.", lambda dy, w, *_: w.shape),
    Mistake(
        "That is the size of “valid”. A pixel at the edge is read, too: “full”.",
        shape_of(lambda o, k, i, s, p: (o - 1) * s + 1 - k + 1),
    ),
    Mistake(
        "One row and one column too many: the last index is (OH − 1) + (KH − 1), and it counts from 0.",
        shape_of(lambda o, k, i, s, p: i + 1),
    ),
    Mistake(
        "One row and one column are missing: the last index is (OH − 1) + (KH − 1), and it counts from 0.",
        shape_of(lambda o, k, i, s, p: i - 1),
    ),
    Mistake("Rows and columns are swapped.", lambda dy, w, x, *_: x.shape[::-1]),
)


def _of_stride_one(mistake: Mistake) -> Mistake:
    sentence = mistake.sentence.replace("·stride", "")
    return Mistake(sentence, lambda dy, w: mistake.make(dy, w, *_plain(dy, w)))


def frozen(cases) -> tuple[MappingProxyType, ...]:
    """Make cases that nobody can change."""
    return tuple(map(MappingProxyType, cases))


EXERCISE = Exercise(
    "dx",
    right_of_stride_one,
    frozen(_cases()),
    _scene,
    tuple(map(_of_stride_one, MISTAKES)),
    tuple(map(_of_stride_one, SHAPES)),
)
