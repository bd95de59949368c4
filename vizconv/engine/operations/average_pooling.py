"""Average pooling: the mean of every window, and the way its gradient takes back."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import batch_first, batch_last, floats, numbers, own
from vizconv.engine.geometry import Geometry, pad_batch, windows
from vizconv.engine.operations.pooling import pooling_geometry, window_cells
from vizconv.engine.records import Gradients, Record, gradient_of
from vizconv.engine.types import Size


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class AvgPool2dRecord(Record):
    """What `avg_pool2d` did.

    x (N, C, H, W), padded (N, C, HP, WP) with zeros around x, patches (N, C, OH, OW, KH, KW) as a view
    of it, and y (N, C, OH, OW).
    """

    x: np.ndarray
    padded: np.ndarray
    patches: np.ndarray
    y: np.ndarray
    geometry: Geometry

    @property
    def kernel(self) -> np.ndarray:
        """The weight of every cell of a window, (KH, KW): 1 / (KH·KW)."""
        size = self.geometry.kernel_size
        return np.full(size, 1 / math.prod(size), self.y.dtype)


def avg_pool2d(
    x: ArrayLike, kernel_size: Size, stride: Size | None = None, padding: Size = 0
) -> AvgPool2dRecord:
    """Take the mean of every window; padding cells are zeros and count.

    x (N, C, H, W); numbers or (height, width) pairs; the stride is the kernel size when None. The
    padding is at most half the kernel. Raises ValueError for sizes that do not fit.
    """
    x = numbers(x, "x", 4)
    setting = pooling_geometry(x, kernel_size, stride, padding)
    padded = pad_batch(x, setting, x.dtype)
    y = batch_first(
        np.asarray(sum(window_cells(batch_last(floats(padded)), setting))) / math.prod(setting.kernel_size)
    )
    patches = windows(padded, setting)
    return AvgPool2dRecord(x=own(x), padded=padded, patches=patches, y=y, geometry=setting)


def avg_pool2d_backward(record: AvgPool2dRecord, dy: ArrayLike) -> Gradients:
    """Share every dy equally among the cells of its window; where windows overlap, the shares add up.

    dy (N, C, OH, OW). Raises ValueError when dy has not y's shape.
    """
    dy = gradient_of(record, AvgPool2dRecord, avg_pool2d, dy)
    share = batch_last(dy) / math.prod(record.geometry.kernel_size)
    dpadded = np.zeros((dy.shape[1], *record.geometry.padded_size, dy.shape[0]), share.dtype)
    for cells in window_cells(dpadded, record.geometry):
        cells += share
    return Gradients(dy, batch_first(dpadded)[..., *record.geometry.crop])
