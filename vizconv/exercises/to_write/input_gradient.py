"""The gradient of an input to write, function(dy, w) returns dx: what is tried, and typical mistakes.

The mistakes are written for any stride and padding: `strided_input_gradient` names them, too.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from vizconv.engine import conv2d, conv2d_backward, convolve, cross_correlate, dilate, rot180
from vizconv.engine.types import present
from vizconv.examples.matrices import WORKED_DY, WORKED_KERNEL
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import Mistakes, common, instead, only, resized, returned_early, turned
from vizconv.scenes import Scene, input_gradient_gather

# ---- What is right -----------------------------------------------------------------------------------------


def right(dy: np.ndarray, w: np.ndarray, x: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Return the dx (H, W) of x ⋆ w with this stride and padding."""
    return present(conv2d_backward(_record(w, x, stride, padding), dy[None, None]).dx)[0, 0]


def right_of_stride_one(dy: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the dx of x ⋆ w with stride 1 and no padding: the full convolution of dy and w."""
    return convolve(dy, w, padding="full")


def _record(w, x, stride, padding):
    return conv2d(x[None, None], w[None, None], stride=stride, padding=padding)


def scene_of(dy: np.ndarray, w: np.ndarray, x: np.ndarray, stride: int, padding: int) -> Scene:
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
    yield WORKED_DY, WORKED_KERNEL
    for output_size, kernel_size in (((4, 5), (3, 3)), ((5, 4), (2, 3)), ((1, 2), (3, 2))):
        yield entries(generator, output_size), entries(generator, kernel_size)
    yield entries(generator, (3, 2)) / 2, entries(generator, (2, 2))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def stamped(
    dy: np.ndarray, w: np.ndarray, x: np.ndarray, stride: int, padding: int, put: Callable = np.add
) -> np.ndarray:
    """Stamp every dy · w onto the gradient of the padded x, and do not crop."""
    (height, width), (down, right) = w.shape, np.broadcast_to(stride, 2)
    dpadded = np.zeros(np.add(x.shape, 2 * padding), np.result_type(dy, w))
    for i, j in np.ndindex(dy.shape):
        part = dpadded[i * down : i * down + height, j * right : j * right + width]
        part[:] = put(part, dy[i, j] * w[: part.shape[0], : part.shape[1]])
    return dpadded


def cropped(
    dy: np.ndarray, w: np.ndarray, x: np.ndarray, stride: int, padding: int, put: Callable = np.add
) -> np.ndarray:
    """Stamp, and take the padding away from every side."""
    inner = tuple(slice(padding, padding + size) for size in x.shape)
    return stamped(dy, w, x, stride, padding, put)[inner]


def _assigned(part, product):
    return product


def _slid_over_dilated(slide: Callable) -> Callable:
    """Slide w over the dilated dy in another way."""
    return lambda dy, w, x, stride, padding: slide(dilate(dy, stride), w)


def _slid(turn: Callable) -> Callable:
    """Slide a kernel that is not turned as it should be."""
    return instead(right, w=lambda w: rot180(turn(w)))


MISTAKES = {
    "These are the numbers of a kernel that is not rotated. dy[i, j] gives w[u, v] to the pixel at "
    "i·stride + u: stamp w upright, or slide it turned by 180 degrees.": _slid(np.array),
    **turned(_slid, "w"),
    "Where stamps overlap, their numbers have to be added: `+=`, not `=`.": partial(cropped, put=_assigned),
    "This is “valid” where “full” belongs: a pixel at the edge is read by few windows, but it is read. Pad "
    "dy with K − 1 zeros on every side.": _slid_over_dilated(convolve),
    "This is “valid” where “full” belongs, and the kernel is not rotated either.": _slid_over_dilated(
        cross_correlate
    ),
    "This is “same” where “full” belongs: pad dy with K − 1 zeros on every side.": _slid_over_dilated(
        partial(convolve, padding="same")
    ),
    "It is the kernel that has to be turned, not dy.": instead(right, dy=rot180, w=rot180),
    "Only the first cell of dy has left its stamp: does `return` stand inside the loops? "
    "It ends all.": instead(right, dy=only((0, 0))),
    "Only the first row of dy has left its stamps: does `return` stand inside the outer loop?": instead(
        right, dy=only(0)
    ),
    **common(right, "dx", "ab"),
    **returned_early(right),
}


def shape_of(make: Callable) -> Callable:
    """Turn a count of rows (of dy, w, x; stride, padding) into a shape of dx."""

    def shape(dy, w, x, stride, padding):
        sizes = zip(dy.shape, w.shape, x.shape, strict=True)
        return tuple(max(0, int(make(*size, stride, padding))) for size in sizes)

    return shape


LAST = "the last index is (OH − 1) + (KH − 1), and it counts from 0"
SHAPES = {
    "That is the size of dy. dx is as large as x.": lambda dy, *_: dy.shape,
    "That is the size of the kernel. dx is as large as x.": lambda dy, w, *_: w.shape,
    "That is the size of “valid”. A pixel at the edge is read, too: “full”.": shape_of(
        lambda o, k, i, s, p: (o - 1) * s + 1 - k + 1
    ),
    **resized(right, missing=LAST, too_many=LAST),
}


def _of_stride_one(mistakes: Mistakes) -> Mistakes:
    """Let mistakes of any stride and padding take dy and w alone."""

    def made(make):
        return lambda dy, w: make(dy, w, *_plain(dy, w))

    return {sentence.replace("·stride", ""): made(make) for sentence, make in mistakes.items()}


EXERCISE = Exercise(
    name="dx",
    right=right_of_stride_one,
    cases=_cases(),
    scene=_scene,
    mistakes=_of_stride_one(MISTAKES),
    shapes=_of_stride_one(SHAPES),
)
