"""The two poolings' ways back, to be diagnosed: trials, and mistakes of dx."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vizconv.engine import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from vizconv.engine.geometry import Geometry
from vizconv.exercises.diagnosing.subject import Part, Subject, Trial, trial
from vizconv.exercises.exercise import entries
from vizconv.exercises.mistakes import Mistakes, common, instead, only, then
from vizconv.exercises.to_write import pooling
from vizconv.scenes import Scene, average_pooling, max_pooling

# ---- What is tried -----------------------------------------------------------------------------------------

TRIED = (
    ((1, 1, 4, 4), (2, 2)),
    ((1, 1, 5, 5), (2, 1)),  # overlap
    ((1, 1, 5, 7), (2, 2)),  # a row and a column left over
    ((1, 1, 5, 6), (1, 2)),
    ((2, 3, 4, 6), (2, 2)),
    ((1, 2, 7, 6), (3, 2)),
    ((1, 1, 8, 6), (2, 3)),
    ((2, 1, 6, 5), ((2, 3), (2, 1))),
    ((1, 1, 4, 4), (2, 2, 1)),  # with padding
)


def _trials(pool: Callable):
    generator = np.random.default_rng(15)
    for shape, settings in TRIED:
        count = int(np.prod(shape))
        x = generator.permutation(count).reshape(shape) // 3 - count / 5  # three of each number: some tie
        record = pool(x, *settings)
        yield trial(record, entries(generator, record.y.shape) / 2)


def _windows(geometry: Geometry, shape: tuple[int, ...]):
    """Return for each window its index in y, and the cells of the padded x that it sees."""
    (down, along), (height, width) = geometry.stride, geometry.kernel_size
    for i, j in np.ndindex(shape):
        yield (i, j), np.s_[:, :, i * down : i * down + height, j * along : j * along + width]


# ---- Mistakes of max pooling -------------------------------------------------------------------------------


def _of_one_picture(make: Callable) -> Callable:
    """Let a mistake of one picture, (x, dy, size, stride), meet each image and channel."""

    def made(record, dy):
        (height, width), (down, along) = record.geometry.kernel_size, record.geometry.stride
        if height != width or down != along or record.padded.shape != record.x.shape:
            raise ValueError("this mistake knows square windows without padding only")
        pictures = zip(record.x.reshape(-1, *record.x.shape[2:]), dy.reshape(-1, *dy.shape[2:]), strict=True)
        return np.array([make(x, each, height, down) for x, each in pictures]).reshape(record.x.shape)

    return made


def _right_of_max(record: Any, dy: np.ndarray) -> np.ndarray:
    return max_pool2d_backward(record, dy).dx


def _of_images_and_channels(right: Callable) -> Mistakes:
    return {
        "Only the first image has a gradient: is the loop over them left too early?": then(right, only(0)),
        "Only the first channel has a gradient: is the loop over them left too early?": then(
            right, only(np.s_[:, 0])
        ),
        "Your dx is divided by the number of images: every image has a dx of its own.": lambda record, dy: (
            right(record, dy) / len(dy)
        ),
        **common(right, "dx", "ab", "add each dy[i, j] to one cell of it"),
        "Only the first number is there: does `return` stand inside the loops? It ends all.": then(
            right, only((0, 0, 0, 0))
        ),
    }


def _padded_with_zeros(record, dy):
    """Let padding of 0 take part: where all numbers of a window are negative, it wins."""
    dpadded = np.zeros(record.padded.shape)
    padded = np.where(np.isneginf(record.padded), 0, record.padded)
    for place, cells in _windows(record.geometry, dy.shape[2:]):
        window = padded[cells]
        flat = window.reshape(*window.shape[:2], -1)
        first = np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]
        dpadded[cells] += first.reshape(window.shape) * dy[(..., *place, None, None)]
    return dpadded[(..., *record.geometry.crop)]


MAX: Mistakes = {
    "Your padding is 0, and wins where a window's numbers are negative. It is −∞ here: never chosen.": (
        _padded_with_zeros
    ),
    **{said: _of_one_picture(make) for said, make in pooling.MISTAKES.items()},
    **_of_images_and_channels(_right_of_max),
}


# ---- Mistakes of average pooling ---------------------------------------------------------------------------


def _right_of_average(record: Any, dy: np.ndarray) -> np.ndarray:
    return avg_pool2d_backward(record, dy).dx


def _shared(put: Callable) -> Callable:
    """Put the share of every window's dy into the cells that it sees; `put(cells, share)` returns them."""

    def made(record, dy):
        dpadded = np.zeros(record.padded.shape)
        for place, cells in _windows(record.geometry, dy.shape[2:]):
            share = dy[(..., *place, None, None)] / np.prod(record.geometry.kernel_size)
            dpadded[cells] = put(dpadded[cells], share)
        return dpadded[(..., *record.geometry.crop)]

    return made


def _scaled(scale: Callable) -> Callable:
    return lambda record, dy: _right_of_average(record, dy) * scale(record.geometry)


def _to_the_maximum(record, dy):
    geometry = record.geometry
    padding = tuple(before for before, _ in geometry.padding)
    return _right_of_max(max_pool2d(record.x, geometry.kernel_size, geometry.stride, padding), dy)


def _at_stride(stride: Callable) -> Callable:
    def made(record, dy):
        dpadded, (height, width) = np.zeros(record.padded.shape), record.geometry.kernel_size
        (down, along) = stride(record.geometry)
        for i, j in np.ndindex(dy.shape[2:]):
            part = dpadded[:, :, i * down : i * down + height, j * along : j * along + width]
            part += dy[:, :, i, j, None, None] / (height * width)
        return dpadded[(..., *record.geometry.crop)]

    return made


AVERAGE: Mistakes = {
    "You gave the whole dy to every cell: a mean divides by the window's size; so do its shares.": _scaled(
        lambda geometry: np.prod(geometry.kernel_size)
    ),
    "You divided by one side of the window; it has height · width cells.": _scaled(
        lambda geometry: geometry.kernel_size[1]
    ),
    "You divided by the window's size twice.": _scaled(lambda geometry: 1 / np.prod(geometry.kernel_size)),
    "Where windows overlap, their shares are added: `+=`, not `=`.": _shared(
        lambda cells, share: np.broadcast_to(share, cells.shape)
    ),
    "You gave dy to the maximum of each window. That is max pooling; a mean shares it out.": _to_the_maximum,
    "You forgot the stride: the window of y[i, j] begins at x[i·stride, j·stride].": _at_stride(
        lambda _: (1, 1)
    ),
    "Your windows lie side by side, in steps of their size. They move in steps of the stride.": _at_stride(
        lambda geometry: geometry.kernel_size
    ),
    "You shared out the mean of x. What goes back is dy[i, j].": lambda record, dy: _right_of_average(
        record, record.y
    ),
    "dy is missing: you shared out a 1 for every window.": instead(_right_of_average, dy=np.ones_like),
    "Only the first window is done: does `return` stand inside the loops?": instead(
        _right_of_average, dy=only(np.s_[:, :, 0, 0])
    ),
    "Only the first row of windows is done: does `return` stand inside the outer loop?": instead(
        _right_of_average, dy=only(np.s_[:, :, 0])
    ),
    **_of_images_and_channels(_right_of_average),
}


# ---- On the stage ------------------------------------------------------------------------------------------


def _on_stage(scene: Callable[..., Scene]) -> Callable:
    def part(tried: Trial, gradient: str, index: tuple[int, ...]) -> Part:
        return Part(scene(tried.record, tried.dy, *index[:2]), gradient, index[:2])

    return part


MAX_POOL2D = Subject(
    gradients=("dx",),
    trials=tuple(_trials(max_pool2d)),
    mistakes={"dx": MAX},
    scene=_on_stage(max_pooling),
)
AVG_POOL2D = Subject(
    gradients=("dx",),
    trials=tuple(_trials(avg_pool2d)),
    mistakes={"dx": AVERAGE},
    scene=_on_stage(average_pooling),
)
