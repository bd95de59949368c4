"""Transposed convolution: a convolution's dx, used as a layer of its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers, own, require_shape
from vizconv.engine.geometry import dilate, geometry, pad, pair, rot180
from vizconv.engine.operations.convolution import conv2d, conv2d_backward, stamped
from vizconv.engine.records import Record, gradient_of
from vizconv.engine.types import Size


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ConvTranspose2dRecord(Record):
    """What `conv_transpose2d` did.

    x (N, C, H, W), weight (C, F, KH, KW), bias (F) or None; spread_x (N, C, ..) is x zero-dilated by the
    stride, with the output padding and D(K-1) zeros around; rotated (F, C, KH, KW) holds rot180 of every
    kernel; full is their correlation, and y (N, F, OH, OW) its crop plus the bias.
    """

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray | None
    spread_x: np.ndarray
    rotated: np.ndarray
    full: np.ndarray
    y: np.ndarray
    stride: tuple[int, int]
    padding: tuple[int, int]
    output_padding: tuple[int, int]
    dilation: tuple[int, int]


def conv_transpose2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
) -> ConvTranspose2dRecord:
    """Stamp every x · w and add up: the dx of a `conv2d` with this weight, whose dy is x.

    x (N, C, H, W), weight (C, F, KH, KW), bias (F); y has (H-1)·S - 2P + D(K-1) + output padding + 1
    rows. Numbers or (height, width) pairs; the output padding, at the bottom and right, is less than
    the stride. Raises ValueError when axes, channels or sizes do not fit.
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.
    """
    x, weight = numbers(x, "x", 4), numbers(weight, "weight", 4)
    require_shape(x, "x", (len(x), len(weight), *x.shape[2:]), "as many channels as weight's first axis has")
    steps, spread = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    crop, more = pair(padding, "padding", 0), pair(output_padding, "output_padding", 0)
    _require_output(x, weight, steps, crop, more, spread)
    around = [d * (k - 1) for d, k in zip(spread, weight.shape[2:], strict=True)]
    sides = tuple((side, side + extra) for side, extra in zip(around, more, strict=True))
    spread_x = pad(dilate(x, steps), sides)
    rotated = rot180(weight).swapaxes(0, 1)
    if np.isfinite(weight).all():
        full = conv2d(spread_x, rotated, dilation=spread).y
    else:  # the zeros between the cells of x would make it NaN
        size = [length - extent for length, extent in zip(spread_x.shape[2:], around, strict=True)]
        full = stamped(x, weight, geometry(size, weight.shape[2:], steps, dilation=spread))
    y = full[..., *(slice(side, size - side) for side, size in zip(crop, full.shape[2:], strict=True))]
    if bias is not None:
        bias = own(numbers(bias, "bias", 1))
        require_shape(bias, "bias", weight.shape[1:2], "one number a filter")
        y = y + bias[:, None, None]
    return ConvTranspose2dRecord(
        x=own(x),
        weight=own(weight),
        bias=bias,
        spread_x=spread_x,
        rotated=own(rotated),
        full=full,
        y=y,
        stride=steps,
        padding=crop,
        output_padding=more,
        dilation=spread,
    )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ConvTranspose2dGradients(Record):
    """What `conv_transpose2d_backward` found: each gradient has its tensor's shape."""

    dy: np.ndarray
    dx: np.ndarray
    dweight: np.ndarray
    dbias: np.ndarray | None


def conv_transpose2d_backward(record: ConvTranspose2dRecord, dy: ArrayLike) -> ConvTranspose2dGradients:
    """Find the gradients of L = Σ dy ⊙ y: dx is dy convolved with the weight as `conv2d` does it.

    In dweight, x and dy have changed places. dy (N, F, OH, OW). Raises ValueError when dy has not y's
    shape.
    """
    dy = gradient_of(record, ConvTranspose2dRecord, conv_transpose2d, dy)
    weight = record.weight.astype(dy.dtype, copy=False)
    there = conv2d(dy, weight, None, record.stride, record.padding, record.dilation)
    return ConvTranspose2dGradients(
        dy=dy,
        dx=there.y,
        dweight=conv2d_backward(there, record.x, input_gradient=False).dweight,
        dbias=None if record.bias is None else dy.sum(axis=(0, 2, 3)),
    )


def _require_output(x, weight, stride, padding, output_padding, dilation):
    for axis, name in enumerate(("height", "width")):
        if output_padding[axis] >= stride[axis]:
            raise ValueError(
                f"output_padding is {output_padding[axis]} for a stride of {stride[axis]}; "
                f"at most {stride[axis] - 1} fits"
            )
        full = (x.shape[2 + axis] - 1) * stride[axis] + dilation[axis] * (weight.shape[2 + axis] - 1) + 1
        full += output_padding[axis]
        if full <= 2 * padding[axis]:
            raise ValueError(
                f"a padding of {padding[axis]} takes away the whole {name} of {full}; "
                f"at most {(full - 1) // 2} fits"
            )
