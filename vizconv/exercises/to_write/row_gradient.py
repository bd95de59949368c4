"""dx of a row to write, function(dy, w, length, stride, padding) returns dx: what is tried, and mistakes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vizconv.engine import conv1d, conv1d_backward, output_size
from vizconv.engine.types import present
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import common, instead, only
from vizconv.scenes import Scene, jacobians

# ---- What is tried -----------------------------------------------------------------------------------------


def right(dy: np.ndarray, w: np.ndarray, length: int, stride: int, padding: int) -> np.ndarray:
    """Return dx (length) by the engine, for dy (O) and w (K)."""
    return present(conv1d_backward(_record(w, length, stride, padding), dy[None, None]).dx)[0, 0]


def _record(w, length, stride, padding):
    return conv1d(np.zeros((1, 1, length), np.int64), w[None, None], None, stride, padding)


def _cases():
    generator = np.random.default_rng(6)
    yield [1, 10, 100], [3, 2], 4, 1, 0
    for length, kernel, *sliding in ((6, 3, 1, 0), (5, 2, 2, 0), (8, 3, 3, 0), (6, 3, 2, 1), (7, 2, 3, 1)):
        outputs = output_size(length, kernel, *sliding)
        yield entries(generator, (outputs,)), entries(generator, (kernel,)), length, *sliding
    yield entries(generator, (7,)) / 2, entries(generator, (3,)), 5, 1, 2


def _scene(dy, w, length, stride, padding) -> Scene:
    """Set w, dy, ∂y/∂x and under it dx."""
    record = _record(w, length, stride, padding)
    whole = jacobians(record, dy[None, None])
    places = {"w": (0, 0), "dy": (0, 1), "dy/dx": (1, 0), "dx": (2, 0)}
    part = whole.kept(*places)
    panels = tuple(replace(panel, place=places[panel.name], sign="") for panel in part.panels)
    return replace(part, panels=panels, notes=(), pointed=None)


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _stamped(place: Callable) -> Callable:
    """Add dy[o]·w[u] at `place(o, u, stride, padding)`; leave out what is None or beyond the end of dx."""

    def make(dy, w, length, stride, padding):
        dx = np.zeros(length, np.result_type(dy, w))
        for o, u in np.ndindex(len(dy), len(w)):
            at = place(o, u, stride, padding)
            if at is not None and -length <= at < length:
                dx[at] += dy[o] * w[u]
        return dx

    return make


def _gathered(output: Callable) -> Callable:
    """Add up dy[o]·w[u] for each pixel, where o is `output(i − u + padding, stride)`, or None."""

    def make(dy, w, length, stride, padding):
        dx = np.zeros(length, np.result_type(dy, w))
        for i, u in np.ndindex(length, len(w)):
            o = output(i - u + padding, stride)
            if o is not None and -len(dy) <= o < len(dy):
                dx[i] += dy[o] * w[u]
        return dx

    return make


def _assigned(dy, w, length, stride, padding):
    """Let the last product that comes to a pixel take the place of all before it."""
    dx = np.zeros(length, np.result_type(dy, w))
    for o, u in np.ndindex(len(dy), len(w)):
        if 0 <= o * stride + u - padding < length:
            dx[o * stride + u - padding] = dy[o] * w[u]
    return dx


def _moved(by: int) -> Callable:
    """Move dx by some pixels to the right, or by fewer than 0 to the left; zeros come in."""

    def make(*case):
        dx = np.pad(right(*case), abs(by))
        return dx[abs(by) - by : len(dx) - abs(by) - by]

    return make


MISTAKES = {
    "Your w lies the wrong way round. Output o reads pixel i with w[i + padding − o·stride]: "
    "a later output reads the same pixel with an earlier number of w.": instead(right, w=np.flip),
    "You forgot the stride: output o begins at pixel o·stride − padding, not at o − padding.": _stamped(
        lambda o, u, stride, padding: o + u - padding if o + u >= padding else None
    ),
    "You forgot the padding: output o begins at pixel o·stride − padding.": _stamped(
        lambda o, u, stride, padding: o * stride + u
    ),
    "You add the padding where it has to be subtracted: the first output begins to the left of x.": _stamped(
        lambda o, u, stride, padding: o * stride + u + padding
    ),
    "Where several outputs read a pixel, their shares have to be added: `+=`, not `=`.": _assigned,
    "Some of your indices of dx are negative, and Python counts them from the end. Those products belong "
    "to the padding: leave them out.": _stamped(lambda o, u, stride, padding: o * stride + u - padding),
    "Some of your indices of dy are negative, and Python counts them from the end. "
    "No output is there.": _gathered(lambda at, stride: None if at % stride else at // stride),
    "You divide by the stride and round down. Only where i + padding − u is divisible "
    "by the stride does an output begin.": _gathered(lambda at, stride: at // stride if at >= 0 else None),
    "Each number stands one pixel too far to the right.": _moved(1),
    "Each number stands one pixel too far to the left.": _moved(-1),
    "The last output is missing: dy has len(dy) numbers, counted from 0.": instead(right, dy=only(slice(-1))),
    "Only the first output has left its share: does `return` stand inside a loop? It ends all.": instead(
        right, dy=only(0)
    ),
    **common(right, "dx", "i"),
}


def _counted(count: Callable) -> Callable:
    """Turn a count (O, K, length, stride, padding) into a shape of dx."""
    return lambda dy, w, *case: (max(0, count(len(dy), len(w), *case)),)


SHAPES = {
    "Your dx still holds the padding. Nobody asks for its gradient: cut it off at both ends.": _counted(
        lambda o, k, i, stride, padding: i + 2 * padding
    ),
    "You forgot the pixels that no output reads. "
    "They belong to x, so they have a dx: 0.": lambda dy, w, length, stride, padding: (
        (len(dy) - 1) * stride + len(w) - 2 * padding,
    ),
    "Your dx begins in the padding and ends with the last window. It has one number for each of x.": _counted(
        lambda o, k, i, stride, padding: (o - 1) * stride + k
    ),
    "That is the size of “full” mode for a stride of 1. With a larger stride "
    "zeros come between the numbers of dy.": _counted(lambda o, k, *_: o + k - 1),
    "That is the size of “valid” mode: only the places where all of w lies on dy. "
    "Let w stick out, as in “full” mode: pixels at the border are read by fewer "
    "outputs.": _counted(lambda o, k, *_: abs(o - k) + 1),
    "That is the size of dy. dx has one number for each of x.": _counted(lambda o, *_: o),
    "That is the size of w. dx has one number for each of x.": _counted(lambda o, k, *_: k),
}
EXERCISE = Exercise(name="dx", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
