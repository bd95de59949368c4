"""Convolution in one dimension: `conv2d` on images of height 1, with that axis left out."""

from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import geometry, whole
from vizconv.engine.operations.convolution import (
    Conv2dGather,
    Conv2dRecord,
    Conv2dScatter,
    conv2d,
    conv2d_backward,
    read_bias,
    require_channels,
)
from vizconv.engine.records import Record, gradient_of
from vizconv.engine.types import Padding, present


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv1dRecord(Record):
    """What `conv1d` did.

    x (N, C, W), weight (F, C, K), bias (F), (F, O) or None, padded (N, C, WP), patches (N, C, O, K) as a
    view of `padded`, y (N, F, O); `flat` is the record of the same convolution with height 1.
    """

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray | None
    padded: np.ndarray
    patches: np.ndarray
    y: np.ndarray
    flat: Conv2dRecord


def conv1d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: SupportsIndex = 1,
    padding: Padding = 0,
    dilation: SupportsIndex = 1,
    border: str = "zeros",
) -> Conv1dRecord:
    """Convolve a batch of rows: y_nf = b_f + Σ_c x_nc ⋆ w_fc.

    x (N, C, W), weight (F, C, K), bias (F) or untied (F, O); `padding` is a number, a (left, right) pair
    or a word as in `conv2d`. Raises ValueError when axes, channels or sizes do not fit, TypeError for
    other than whole or real numbers.
    """
    x, weight = numbers(x, "x", 3), numbers(weight, "weight", 3)
    require_channels(x, weight)
    steps, spread = (1, whole(stride, "stride", 1)), (1, whole(dilation, "dilation", 1))
    sides = padding if isinstance(padding, str) else ((0, 0), _sides(padding))
    setting = geometry((1, x.shape[2]), (1, weight.shape[2]), steps, sides, spread, border)
    bias = read_bias(bias, len(weight), setting.output_size[1:])
    higher = bias if bias is None or bias.ndim == 1 else bias[:, None]
    flat = conv2d(x[:, :, None], weight[:, :, None], higher, steps, sides, spread, border)
    return Conv1dRecord(
        x=flat.x[:, :, 0],
        weight=flat.weight[:, :, 0],
        bias=None if bias is None else present(flat.bias).reshape(bias.shape),
        padded=flat.padded[:, :, 0],
        patches=flat.patches[:, :, 0, :, 0],
        y=flat.y[:, :, 0],
        flat=flat,
    )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv1dGradients(Record):
    """What `conv1d_backward` found: each gradient has its tensor's shape."""

    dy: np.ndarray
    dx: np.ndarray | None
    dweight: np.ndarray
    dbias: np.ndarray | None


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv1dScatter(Conv1dGradients):
    """dx by scatter: stamps (N, F, O, C, K) hold dy · w, dpadded their sum where they lie."""

    stamps: np.ndarray
    dpadded: np.ndarray


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv1dGather(Conv1dGradients):
    """dx by gather: spread_dy (N, F, ..) slid over by rotated (C, F, K), the kernels turned round."""

    spread_dy: np.ndarray
    rotated: np.ndarray
    dpadded: np.ndarray


def conv1d_backward(
    record: Conv1dRecord, dy: ArrayLike, how: str = "fast", input_gradient: bool = True
) -> Conv1dGradients:
    """Find the gradients of L = Σ dy ⊙ y; `how` and the rest as in `conv2d_backward`.

    dy (N, F, O). Raises ValueError when dy has not y's shape.
    """
    dy = gradient_of(record, Conv1dRecord, conv1d, dy)
    flat = conv2d_backward(record.flat, dy[:, :, None], how, input_gradient)
    gradients: dict[str, Any] = {
        "dy": dy,
        "dx": None if flat.dx is None else flat.dx[:, :, 0],
        "dweight": flat.dweight[:, :, 0],
        "dbias": None if flat.dbias is None else flat.dbias.reshape(present(record.bias).shape),
    }
    if isinstance(flat, Conv2dScatter):
        stamps, dpadded = flat.stamps[:, :, 0, :, :, 0], flat.dpadded[:, :, 0]
        return Conv1dScatter(**gradients, stamps=stamps, dpadded=dpadded)
    if isinstance(flat, Conv2dGather):
        names = ("spread_dy", "rotated", "dpadded")
        return Conv1dGather(**gradients, **{name: getattr(flat, name)[:, :, 0] for name in names})
    return Conv1dGradients(**gradients)


def _sides(padding) -> tuple[int, int]:
    both = tuple(padding) if isinstance(padding, tuple | list | np.ndarray) else (padding, padding)
    if len(both) != 2:
        raise ValueError(f"padding has {len(both)} parts; one number or a (left, right) pair is expected")
    return whole(both[0], "padding", 0), whole(both[1], "padding", 0)
