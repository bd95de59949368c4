"""The way from loops to a matrix product: four functions, each `conv2d` again, each faster.

All take x (N, C, H, W), weight (F, C, KH, KW), bias (F), and the stride, padding and dilation of
`conv2d`; all return y (N, F, OH, OW), the same numbers, and raise the same errors of geometry.
"""

import numpy as np

from vizconv.engine.geometry import geometry, pad, windows


def conv2d_loops(x, weight, bias=None, stride=1, padding=0, dilation=1) -> np.ndarray:
    """Seven loops: image, filter, row, column, channel, kernel row, kernel column."""
    x, weight, y, setting = _prepare(x, weight, bias, stride, padding, dilation)
    (down, right), (spread_down, spread_right) = setting.stride, setting.dilation
    images, filters, rows, columns = y.shape
    _, channels, height, width = weight.shape
    for n in range(images):
        for f in range(filters):
            for i in range(rows):
                for j in range(columns):
                    for c in range(channels):
                        for u in range(height):
                            for v in range(width):
                                row = i * down + u * spread_down
                                column = j * right + v * spread_right
                                y[n, f, i, j] += x[n, c, row, column] * weight[f, c, u, v]
    return y


def conv2d_patches(x, weight, bias=None, stride=1, padding=0, dilation=1) -> np.ndarray:
    """Patch by patch: what the kernel sees at one place, times the kernel, summed at once."""
    x, weight, y, setting = _prepare(x, weight, bias, stride, padding, dilation)
    patches = windows(x, setting)
    for n, f, i, j in np.ndindex(y.shape):
        y[n, f, i, j] += (patches[n, :, i, j] * weight[f]).sum()
    return y


def conv2d_im2col(x, weight, bias=None, stride=1, padding=0, dilation=1) -> np.ndarray:
    """One matrix an image: each patch is a column, each filter a row, y their product."""
    x, weight, y, setting = _prepare(x, weight, bias, stride, padding, dilation)
    for image, result in zip(x, y, strict=True):
        columns = im2col(image, setting)
        result += (weight.reshape(len(weight), -1) @ columns).reshape(result.shape)
    return y


def conv2d_matmul(x, weight, bias=None, stride=1, padding=0, dilation=1) -> np.ndarray:
    """One matrix product for the whole batch, straight from the windows, which are views."""
    x, weight, y, setting = _prepare(x, weight, bias, stride, padding, dilation)
    y += np.moveaxis(np.tensordot(windows(x, setting), weight, ((1, 4, 5), (1, 2, 3))), -1, 1)
    return y


def im2col(padded: np.ndarray, setting) -> np.ndarray:
    """Write each patch of one padded image (C, HP, WP) as a column: (C·KH·KW, OH·OW)."""
    patches = windows(padded, setting)  # (C, OH, OW, KH, KW)
    return patches.transpose(0, 3, 4, 1, 2).reshape(-1, np.prod(setting.output_size))


def convolution_matrix(weight, input_size, stride=1, padding=0, dilation=1) -> np.ndarray:
    """Write a convolution as one matrix (F·OH·OW, C·H·W): sparse, and the same weights in every row.

    y of an image, flattened, is this matrix times the image, flattened. weight (F, C, KH, KW),
    `input_size` (height, width).
    """
    weight = np.asarray(weight)
    size = weight.shape[1] * int(np.prod(input_size))
    one_pixel_each = np.eye(size, dtype=weight.dtype).reshape(size, weight.shape[1], *input_size)
    return conv2d_matmul(one_pixel_each, weight, None, stride, padding, dilation).reshape(size, -1).T


def _prepare(x, weight, bias, stride, padding, dilation):
    """Pad x, and start y with the bias."""
    x, weight = np.asarray(x), np.asarray(weight)
    setting = geometry(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    bias = np.zeros(len(weight), np.result_type(x, weight)) if bias is None else np.asarray(bias)
    kind = np.result_type(x, weight, bias)
    y = np.empty((len(x), len(weight), *setting.output_size), kind)
    y[:] = bias[:, None, None]
    return pad(x, setting.padding), weight, y, setting
