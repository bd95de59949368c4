"""Max pooling: the largest number of every window, and the way its gradient takes back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import NotANumber, batch_first, batch_last, let_through, numbers, own
from vizconv.engine.geometry import DoesNotFit, Geometry, geometry, pad_batch, pair, windows
from vizconv.engine.records import Gradients, Record, gradient_of
from vizconv.engine.types import Size


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MaxPool2dRecord(Record):
    """What `max_pool2d` did.

    x (N, C, H, W), padded (N, C, HP, WP) with -∞ around x, patches (N, C, OH, OW, KH, KW) as a view of
    it, chosen (N, C, OH, OW): where in its window the maximum is, counted in row-major order, and
    y (N, C, OH, OW).
    """

    x: np.ndarray
    padded: np.ndarray
    patches: np.ndarray
    chosen: np.ndarray
    y: np.ndarray
    geometry: Geometry

    @property
    def mask(self) -> np.ndarray:
        """The mask of every window, (N, C, OH, OW, KH, KW): exactly one True in each."""
        positions = np.arange(np.prod(self.geometry.kernel_size))
        mask = self.chosen[..., None] == positions
        return mask.reshape(self.patches.shape)


def max_pool2d(
    x: ArrayLike, kernel_size: Size, stride: Size | None = None, padding: Size = 0
) -> MaxPool2dRecord:
    """Keep the maximum of every window; among equals, the first in row-major order.

    x (N, C, H, W); numbers or (height, width) pairs; the stride is the kernel size when None.
    Padding cells hold -∞ and are at most half the kernel. Raises ValueError for sizes that do not
    fit and for NaN, which has no order (PyTorch makes it the maximum).
    """
    x = numbers(x, "x", 4)
    if np.isnan(x.max()):
        raise NotANumber("x holds NaN, which is neither larger nor smaller than any number")
    setting = pooling_geometry(x, kernel_size, stride, padding)
    padded = pad_batch(x, setting, x.dtype, _lowest(x.dtype))
    y, chosen = _first_maximum(padded, setting)
    if setting.padded_size != setting.input_size:
        chosen = _inside(chosen, y, setting)
    patches = windows(padded, setting)
    return MaxPool2dRecord(x=own(x), padded=padded, patches=patches, chosen=chosen, y=y, geometry=setting)


def max_pool2d_backward(record: MaxPool2dRecord, dy: ArrayLike) -> Gradients:
    """Send every dy to the cell that was the maximum; where windows overlap, the gradients add up.

    dy (N, C, OH, OW). Raises ValueError when dy has not y's shape.
    """
    dy = gradient_of(record, MaxPool2dRecord, max_pool2d, dy)
    dpadded = np.zeros_like(record.padded, dy.dtype)
    last, chosen = batch_last(dy), batch_last(record.chosen)
    overlap = any(s < k for s, k in zip(record.geometry.stride, record.geometry.kernel_size, strict=True))
    for number, cells in enumerate(window_cells(batch_last(dpadded), record.geometry)):
        if overlap:
            cells += let_through(last, chosen == number)
        else:
            let_through(last, chosen == number, out=cells)
    return Gradients(dy, dpadded[..., *record.geometry.crop])


def _first_maximum(padded, setting):
    first, *others = window_cells(batch_last(padded), setting)
    y = first.copy()
    chosen = np.zeros(y.shape, np.min_scalar_type(len(others)))
    for number, cells in enumerate(others, start=1):
        larger = (cells > y).astype(chosen.dtype)
        np.maximum(chosen, larger * chosen.dtype.type(number), out=chosen)  # a mask would be slow
        np.maximum(y, cells, out=y)
    return batch_first(y), batch_first(chosen)


def window_cells(padded: np.ndarray, setting: Geometry):
    """View, for each place in the window in row-major order, that cell of all windows."""
    (down, right), (rows, columns) = setting.stride, setting.output_size
    for top, left in np.ndindex(setting.kernel_size):
        bottom, end = top + down * (rows - 1) + 1, left + right * (columns - 1) + 1
        yield padded[:, top:bottom:down, left:end:right]


def pooling_geometry(x: np.ndarray, kernel_size: Size, stride: Size | None, padding: Size) -> Geometry:
    """Check the settings of a pooling; raise ValueError when they do not fit."""
    kernel = pair(kernel_size, "kernel_size", 1)
    sides = pair(padding, "padding", 0)
    for side, length in zip(sides, kernel, strict=True):
        if 2 * side > length:
            raise ValueError(
                f"padding is {side} for a window of {length}; at most half the window, "
                f"{length // 2}, fits, so that every window holds a number"
            )
    try:
        return geometry(x.shape[2:], kernel, kernel if stride is None else stride, sides)
    except DoesNotFit as error:
        half = min(kernel) // 2  # more padding is refused, too
        possible = error.among(lambda way: way.setting != "padding" or way.number <= half, "window")
        raise possible from None


def _inside(chosen, y, setting):
    """Choose the first cell that is no padding in windows of nothing but -∞, where all cells tie."""
    sizes = zip(setting.padding, setting.stride, setting.output_size, strict=True)
    top, left = (np.maximum(before - step * np.arange(count), 0) for (before, _), step, count in sizes)
    first = (top[:, None] * setting.kernel_size[1] + left).astype(chosen.dtype)
    return np.where(y == _lowest(y.dtype), first, chosen)


def _lowest(kind: np.dtype):
    return -np.inf if kind.kind == "f" else np.iinfo(kind).min
