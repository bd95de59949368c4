"""The gradient of an input to write for any stride and padding: what is tried, and typical mistakes.

function(dy, w, x, stride, padding) returns dx, where x counts only by its size.
"""

import numpy as np

from vizconv.engine import convolve, cross_correlate, dilate, pad
from vizconv.examples.matrices import WORKED_DY, WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import instead
from vizconv.exercises.to_write import input_gradient
from vizconv.exercises.to_write.input_gradient import cropped, right, scene_of, shape_of, stamped

# ---- What is tried -----------------------------------------------------------------------------------------


def _cases():
    generator = np.random.default_rng(9)
    yield WORKED_DY, WORKED_KERNEL, WORKED_INPUT, 1, 0
    given = (((7, 7), (3, 3), 2, 0), ((5, 6), (2, 3), 1, 1), ((6, 8), (3, 3), 2, 0), ((6, 5), (3, 2), 2, 1))
    for size, kernel, stride, padding in (*given, ((9, 8), (3, 3), 3, 1), ((7, 5), (2, 2), 3, 0)):
        x, w = entries(generator, size), entries(generator, kernel)
        yield entries(generator, cross_correlate(x, w, stride, padding).shape), w, x, stride, padding
    yield entries(generator, (2, 2)) / 2, entries(generator, (2, 2)), entries(generator, (4, 4)), 2, 0


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _cropped_after(dy, w, x, stride, padding):
    return stamped(dy, w, x, stride, padding)[: x.shape[0], : x.shape[1]]


def _cropped_before(dy, w, x, stride, padding):
    return stamped(dy, w, x, stride, padding)[2 * padding :, 2 * padding :]


def _undilated(dy, w, x, stride, padding):
    """Take dy for one of stride 1, and lay the result into the upper left of dx."""
    made = _small(dy, w, x, stride, padding)[: x.shape[0], : x.shape[1]]
    return pad(made, [(0, size - length) for size, length in zip(x.shape, made.shape, strict=True)])


def _small(dy, w, x, stride, padding):
    return _inner(convolve(dy, w, padding="full"), padding)


def _reached(dy, w, x, stride, padding):
    """Spread dy, but append no leftover zeros."""
    return _inner(convolve(dilate(dy, stride), w, padding="full"), padding)


def _inner(full, padding):
    return full[padding : full.shape[0] - padding, padding : full.shape[1] - padding]


def _leftover_first(dy, w, x, stride, padding):
    made = _reached(dy, w, x, stride, padding)
    above, left = np.subtract(x.shape, made.shape)
    return pad(made, ((above, 0), (left, 0)))


def _wrapped(dy, w, x, stride, padding):
    """Let a negative index count from the end, as Python does."""
    dx = np.zeros(x.shape, np.result_type(dy, w))
    for i, j in np.ndindex(dy.shape):
        for u, v in np.ndindex(w.shape):
            a, b = i * stride + u - padding, j * stride + v - padding
            if a < len(x) and b < x.shape[1]:
                dx[a, b] += dy[i, j] * w[u, v]
    return dx


MISTAKES = {
    "These are the right numbers, with the padding still around them: crop it from every side.": stamped,
    "The padding is cropped at the bottom and right only; it lies on every side. Or did you forget the "
    "− padding in i·stride + u − padding?": _cropped_after,
    "The padding is cropped at the top and left only; it lies on every side.": _cropped_before,
    "The last rows and columns are missing that no window reads: "
    "their gradient is 0, but dx is as large as x.": _reached,
    "The zeros of the rows that no window reads stand at the top and left; "
    "they belong at the bottom and right.": _leftover_first,
    "Your dy is not dilated: with a stride, stride − 1 zeros stand between its cells. "
    "(Or stamp at i·stride, j·stride.)": _undilated,
    "Your dy is not dilated, and so dx is too small: stride − 1 zeros belong between its cells.": _small,
    "Your stamps take the stride downwards only; they have to take it to the right as well.": instead(
        cropped, stride=lambda stride: (stride, 1)
    ),
    "Your stamps take the stride to the right only; they have to take it downwards as well.": instead(
        cropped, stride=lambda stride: (1, stride)
    ),
    "Some of your indices are negative, and Python counts them from the end. "
    "Such a pixel is padding: leave it out.": _wrapped,
    **input_gradient.MISTAKES,
}

SHAPES = {
    "That is the size of the padded x: crop the padding from every side.": shape_of(
        lambda o, k, i, s, p: i + 2 * p
    ),
    "The rows and columns that no window reads are missing: "
    "their gradient is 0, but they are there.": shape_of(lambda o, k, i, s, p: (o - 1) * s + k - 2 * p),
    "That is the size without a stride: dy has to be dilated first.": shape_of(
        lambda o, k, i, s, p: o + k - 1 - 2 * p
    ),
    **input_gradient.SHAPES,
}
EXERCISE = Exercise(name="dx", right=right, cases=_cases(), scene=scene_of, mistakes=MISTAKES, shapes=SHAPES)
