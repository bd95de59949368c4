"""Convolution: cross-correlation with a kernel, the layer built of it, and its gradients.

Deep learning's "convolution" slides the kernel as it is (`conv2d`, `cross_correlate`);
mathematics' convolution turns it by 180 degrees first (`convolve`).
"""

from dataclasses import dataclass
from typing import Any, Literal, overload

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import ArrayLike

from vizconv.engine.arrays import batch_first, batch_last, numbers, own, require_shape
from vizconv.engine.geometry import Geometry, geometry, pad, pad_batch, rot180, windows
from vizconv.engine.records import Record, gradient_of
from vizconv.engine.types import Padding, Size


def cross_correlate(
    x: ArrayLike,
    k: ArrayLike,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    border: str = "zeros",
) -> np.ndarray:
    """Slide the kernel `k` over `x` as it is: y[i, j] = Σ_uv x[i·S + u·D - P, j·S + v·D - P] · k[u, v].

    x (H, W), k (KH, KW); returns (OH, OW), integers as int64. Numbers or (height, width) pairs;
    `padding` may be "valid", "same" (the odd cell at the bottom and right) or "full"; `border` is
    "zeros", "reflect" or "repeat". Raises ValueError when the kernel does not fit.
    """
    return correlation(x, k, stride, padding, dilation, border).y[0, 0].copy()


def convolve(
    x: ArrayLike,
    k: ArrayLike,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    border: str = "zeros",
) -> np.ndarray:
    """Convolve as mathematics does: x * k = x ⋆ rot180(k).

    As `cross_correlate`, but "same" pads the odd cell at the top and left (so that it equals
    `scipy.signal.convolve2d`).
    """
    k = numbers(k, "k", 2)
    return correlation(x, rot180(k), stride, padding, dilation, border, odd="before").y[0, 0].copy()


def correlation(
    x: ArrayLike,
    k: ArrayLike,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    border: str = "zeros",
    odd: str = "after",
) -> "Conv2dRecord":
    """Record the cross-correlation of two matrices as a `conv2d` of one image and one filter."""
    x, k = numbers(x, "x", 2), numbers(k, "k", 2)
    setting = geometry(x.shape, k.shape, stride, padding, dilation, border, odd)
    return _conv2d(x[None, None], k[None, None], None, setting)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv2dRecord(Record):
    """What `conv2d` did.

    x (N, C, H, W), weight (F, C, KH, KW), bias (F), (F, OH, OW) or None, padded (N, C, HP, WP),
    patches (N, C, OH, OW, KH, KW) as a view of `padded`, y (N, F, OH, OW).
    """

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray | None
    padded: np.ndarray
    patches: np.ndarray
    y: np.ndarray
    geometry: Geometry


def conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    border: str = "zeros",
) -> Conv2dRecord:
    """Convolve a batch: y_nf = b_f + Σ_c x_nc ⋆ w_fc.

    x (N, C, H, W), weight (F, C, KH, KW), bias (F) or untied, one for each output position,
    (F, OH, OW); numbers or (height, width) pairs; `padding` may be "valid", "same" or "full".
    Integers are computed in int64, float32 and float64 stay.
    Raises ValueError when axes, channels or sizes do not fit, TypeError for other than real numbers.
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.
    """
    x, weight = numbers(x, "x", 4), numbers(weight, "weight", 4)
    require_channels(x, weight)
    setting = geometry(x.shape[2:], weight.shape[2:], stride, padding, dilation, border)
    return _conv2d(x, weight, read_bias(bias, len(weight), setting.output_size), setting)


def _conv2d(x, weight, bias, setting) -> Conv2dRecord:
    kind = np.result_type(*(array for array in (x, weight, bias) if array is not None))
    padded = pad_batch(x, setting, kind)
    y = _slide(padded, weight.astype(kind, copy=False), setting)
    if bias is not None:
        y += bias.astype(kind).reshape(len(bias), *(bias.shape[1:] or (1, 1)))
    return Conv2dRecord(
        x=own(x),
        weight=own(weight),
        bias=None if bias is None else own(bias),
        padded=padded,
        patches=windows(padded, setting),
        y=y,
        geometry=setting,
    )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv2dGradients(Record):
    """What `conv2d_backward` found: each gradient has its tensor's shape; dx is None if not asked for."""

    dy: np.ndarray
    dx: np.ndarray | None
    dweight: np.ndarray
    dbias: np.ndarray | None


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv2dScatter(Conv2dGradients):
    """dx by scatter: stamps (N, F, OH, OW, C, KH, KW) hold dy · w, dpadded their sum where they lie."""

    stamps: np.ndarray
    dpadded: np.ndarray


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conv2dGather(Conv2dGradients):
    """dx by gather: the full correlation of the spread dy with the turned kernels.

    spread_dy (N, F, ..) is dy zero-dilated by the stride, with the leftover rows and columns and a
    padding of D(K-1); rotated (C, F, KH, KW) holds rot180 of every kernel; dpadded (N, C, HP, WP) is
    their correlation, and dx its crop.
    """

    spread_dy: np.ndarray
    rotated: np.ndarray
    dpadded: np.ndarray


@overload
def conv2d_backward(
    record: Conv2dRecord, dy: ArrayLike, how: Literal["scatter"], input_gradient: bool = True
) -> Conv2dScatter: ...
@overload
def conv2d_backward(
    record: Conv2dRecord, dy: ArrayLike, how: Literal["gather"], input_gradient: bool = True
) -> Conv2dGather: ...
@overload
def conv2d_backward(
    record: Conv2dRecord, dy: ArrayLike, how: str = "fast", input_gradient: bool = True
) -> Conv2dGradients: ...
def conv2d_backward(
    record: Conv2dRecord, dy: ArrayLike, how: str = "fast", input_gradient: bool = True
) -> Conv2dGradients:
    """Find the gradients of L = Σ dy ⊙ y: dweight_fc = Σ_n x_nc ⋆ dy_nf, dbias_f = Σ dy_f (untied: Σ_n), dx.

    dx_nc = Σ_f full(dy_nf) ⋆ rot180(w_fc), cropped. `how` is "fast", "scatter" (every dy cell stamps
    dy · w; returns Conv2dScatter) or "gather" (returns Conv2dGather): the same numbers.
    Without `input_gradient`, the fast way leaves dx out (None); the other two are there to show it.
    Raises ValueError when dy has not y's shape.
    """
    ways = {"fast": _fast, "scatter": _scatter, "gather": _gather}
    if how not in ways:
        raise ValueError(f"how is {how!r}; 'fast', 'scatter' or 'gather' is expected")
    dy = gradient_of(record, Conv2dRecord, conv2d, dy)
    dweight = _weight_gradient(record, dy)
    dbias = None if record.bias is None else dy.sum(axis=(0, 2, 3) if record.bias.ndim == 1 else 0)
    return ways[how](record, dy, input_gradient, dweight=dweight, dbias=dbias)


def _fast(record, dy, input_gradient, **others):
    dx = _unpad(_padded_gradient(record, dy), record.geometry) if input_gradient else None
    return Conv2dGradients(dy=dy, dx=dx, **others)


def _gather(record, dy, _, **others):
    spread_dy, rotated, dpadded = _gathered(record, dy)
    dx = _unpad(dpadded, record.geometry)
    return Conv2dGather(dy=dy, dx=dx, spread_dy=spread_dy, rotated=rotated, dpadded=dpadded, **others)


def _scatter(record, dy, _, **others):
    (down, right), (span_down, span_right) = record.geometry.stride, record.geometry.span
    step_down, step_right = record.geometry.dilation
    stamps = np.einsum("nfij,fcuv->nfijcuv", dy, record.weight.astype(dy.dtype, copy=False))
    dpadded = np.zeros(record.padded.shape, dy.dtype)
    for i, j in np.ndindex(dy.shape[2:]):
        top, left = i * down, j * right
        window = dpadded[..., top : top + span_down : step_down, left : left + span_right : step_right]
        window += stamps[:, :, i, j].sum(axis=1)
    dx = _unpad(dpadded, record.geometry)
    return Conv2dScatter(dy=dy, dx=dx, stamps=stamps, dpadded=dpadded, **others)


def _gathered(record, dy):
    setting = record.geometry
    spread_dy = _spread(dy, setting)
    rotated = rot180(record.weight).swapaxes(0, 1).astype(dy.dtype)
    full = geometry(spread_dy.shape[2:], setting.kernel_size, dilation=setting.dilation)
    if not np.isfinite(rotated).all():
        return spread_dy, rotated, stamped(dy, record.weight, setting)
    return spread_dy, rotated, _slide(spread_dy, rotated, full)


def _padded_gradient(record: Conv2dRecord, dy: np.ndarray) -> np.ndarray:
    """Gather dpadded along the height, scatter it along the width: the mirror of `_slide`.

    One matrix product a row, of the turned kernels with the rows of dy above it; the KW columns of the
    product are added up where they lie.
    """
    setting, (images, channels, rows, _) = record.geometry, record.padded.shape
    if not np.isfinite(record.weight).all():
        return stamped(dy, record.weight, setting)
    width, columns = setting.kernel_size[1], setting.output_size[1]
    turned = record.weight.astype(dy.dtype, copy=False)[:, :, ::-1].transpose(3, 1, 2, 0)
    dy_rows = _row_windows(_spread_rows(dy, setting), setting.kernel_size[0], 1, setting.dilation[0])
    products = np.matmul(turned.reshape(width * channels, -1), dy_rows)
    products = products.reshape(rows, width, channels, columns, images).transpose(1, 2, 0, 3, 4)
    dpadded = np.zeros((channels, *setting.padded_size, images), dy.dtype)
    for column, product in enumerate(products):
        left = column * setting.dilation[1]
        end = left + setting.stride[1] * (columns - 1) + 1
        dpadded[:, :, left : end : setting.stride[1]] += product
    return batch_first(dpadded)


def stamped(dy: np.ndarray, weight: np.ndarray, setting: Geometry) -> np.ndarray:
    """Add up dy · w where it lies in the padded input, one place of the kernel after the other.

    Slower than with zeros laid between the rows of dy, which an infinite weight would turn into NaN.
    """
    shape, kind = (weight.shape[1], *setting.padded_size, len(dy)), np.result_type(dy, weight)
    dpadded = batch_first(np.zeros(shape, kind))
    patches = windows(dpadded, setting, writeable=True)
    for place in np.ndindex(setting.kernel_size):
        patches[..., *place] += np.einsum("nfij,fc->ncij", dy, weight[..., *place])
    return dpadded


def _spread_rows(dy: np.ndarray, setting: Geometry) -> np.ndarray:
    """Lay out the rows of dy, (.., F, OW·N), as far apart as the stride, with D(K-1) zero rows around."""
    above, down = setting.span[0] - 1, setting.stride[0]
    last = batch_last(dy).transpose(1, 0, 2, 3)
    spread = np.zeros((setting.padded_size[0] + above, *last.shape[1:]), dy.dtype)
    spread[above : above + down * (len(last) - 1) + 1 : down] = last
    return spread.reshape(*spread.shape[:2], -1)


def _spread(dy: np.ndarray, setting: Geometry) -> np.ndarray:
    """Dilate dy by the stride, append the leftover zeros, pad D(K-1) on every side."""
    (down, right), (span_down, span_right) = setting.stride, setting.span
    height, width = (
        padded + span - 1 for padded, span in zip(setting.padded_size, setting.span, strict=True)
    )
    images, filters, rows, columns = dy.shape
    spread = np.zeros((filters, height, width, images), dy.dtype)
    top, left = span_down - 1, span_right - 1
    bottom, end = top + down * (rows - 1) + 1, left + right * (columns - 1) + 1
    spread[:, top:bottom:down, left:end:right] = batch_last(dy)
    return batch_first(spread)


def _weight_gradient(record: Conv2dRecord, dy: np.ndarray) -> np.ndarray:
    setting, (filters, channels, height, width) = record.geometry, record.weight.shape
    together = _rows_together(len(dy), filters, setting)
    patches = _patch_rows(record.padded.astype(dy.dtype, copy=False), setting, together)
    dy_rows = batch_last(dy).swapaxes(0, 1).reshape(len(patches), together * filters, -1)
    dmatrix = np.matmul(patches, dy_rows.swapaxes(1, 2)).sum(axis=0)
    dstacked = dmatrix.reshape(-1, width, channels, together, filters)
    starts = range(0, together * setting.stride[0], setting.stride[0])
    dweight = np.asarray(sum(dstacked[start : start + height, :, :, row] for row, start in enumerate(starts)))
    return np.ascontiguousarray(dweight.transpose(3, 2, 0, 1))


def _slide(padded: np.ndarray, weight: np.ndarray, setting: Geometry) -> np.ndarray:
    """Multiply the weights with the patches: one matrix product for each few rows of y."""
    filters, (rows, columns) = len(weight), setting.output_size
    together = _rows_together(len(padded), filters, setting)
    if together > 1 and not np.isfinite(padded).all():
        together = 1  # the zeros that fill up a shared product would make NaN of an infinite neighbour
    y = np.empty((rows, filters, columns, len(padded)), padded.dtype)
    products = y.reshape(rows // together, together * filters, -1)
    np.matmul(_stack(weight, together, setting), _patch_rows(padded, setting, together), out=products)
    return batch_first(y.swapaxes(0, 1))


def _rows_together(images: int, filters: int, setting: Geometry) -> int:
    """Count the rows of y that share one product, so that few filters make a matrix worth multiplying.

    BLAS is at its best from about 24 rows of a matrix on; more than KH rows of y would mean more zeros
    than weights among them. A few images gain nothing.
    """
    rows, most = setting.output_size[0], min(24 // filters, setting.kernel_size[0])
    if images < 16 or setting.dilation[0] > 1:
        return 1
    return max(count for count in range(1, max(most, 1) + 1) if rows % count == 0)


def _stack(weight: np.ndarray, together: int, setting: Geometry) -> np.ndarray:
    """Write the filters below each other once for each of some rows of y, each time a stride further on."""
    filters, channels, height, width = weight.shape
    down = setting.stride[0]
    stacked = np.zeros((together, filters, height + down * (together - 1), width, channels), weight.dtype)
    for row in range(together):
        stacked[row, :, row * down : row * down + height] = weight.transpose(0, 2, 3, 1)
    return stacked.reshape(together * filters, -1)


def _patch_rows(padded: np.ndarray, setting: Geometry, together: int) -> np.ndarray:
    """Lay the patches of each few rows of y side by side: (OH / together, K·KW·C, OW·N).

    K are the KH rows of x under the kernel, and those that the other rows of y need besides. Only the KW
    shifts along the width are copied; the shifts along the height are views (while the dilation is 1).
    """
    images, channels = padded.shape[:2]
    channel, down, right, image = batch_last(padded).strides
    shape = (setting.padded_size[0], setting.kernel_size[1], channels, setting.output_size[1], images)
    strides = (down, setting.dilation[1] * right, channel, setting.stride[1] * right, image)
    columns = np.ascontiguousarray(as_strided(padded, shape, strides))  # (HP, KW, C, OW, N)
    columns = columns.reshape(shape[0], shape[1] * channels, -1)
    height = setting.kernel_size[0] + setting.stride[0] * (together - 1)
    return _row_windows(columns, height, together * setting.stride[0], setting.dilation[0])


def _row_windows(rows: np.ndarray, height: int, step: int, dilation: int) -> np.ndarray:
    """View `height` rows at each step, (H, K, ..) as (steps, height·K, ..); a copy when dilated."""
    row, *others = rows.strides
    count = (len(rows) - dilation * (height - 1) - 1) // step + 1
    strides = (step * row, dilation * row, *others)
    return as_strided(rows, (count, height, *rows.shape[1:]), strides).reshape(count, -1, rows.shape[-1])


def _unpad(dpadded: np.ndarray, setting: Geometry) -> np.ndarray:
    """Read dx off the gradient of the padded input: crop it, or fold a copied border back."""
    if setting.border == "zeros":
        return dpadded[..., *setting.crop]
    source = np.arange(np.prod(setting.input_size)).reshape(setting.input_size)
    source = pad(source, setting.padding, setting.border)
    dx = np.zeros((*dpadded.shape[:2], source.max() + 1), dpadded.dtype)
    cells: Any = (..., source)  # NumPy's own types know no tuple here
    np.add.at(dx, cells, dpadded)
    return dx.reshape(*dpadded.shape[:2], *setting.input_size)


def read_bias(bias: ArrayLike | None, filters: int, positions: tuple[int, ...]) -> np.ndarray | None:
    """Read a bias: one number a filter, or untied, one for each of a filter's output positions."""
    if bias is None:
        return None
    untied = (filters, *positions)
    bias = numbers(bias, "bias", (1, len(untied)))
    meaning = f"one number a filter, or {untied}, one an output position"
    require_shape(bias, "bias", (filters,) if bias.ndim == 1 else untied, meaning)
    return bias


def require_channels(x: np.ndarray, weight: np.ndarray) -> None:
    """Raise ValueError unless weight (F, C, ..) takes as many channels as x (N, C, ..) has."""
    if x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} channels and weight takes {weight.shape[1]}; they must be equal: "
            f"a weight of shape {(len(weight), x.shape[1], *weight.shape[2:])} would fit"
        )
