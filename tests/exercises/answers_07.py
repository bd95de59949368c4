"""Answers to "your turn" of lesson 07: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import convolve2d, correlate2d

from tests.exercises.slips import slip

# ---- dw ----------------------------------------------------------------------------------------------------


def dw_by_windows_of_y(x, dy):
    images, rows, columns = dy.shape
    dw = np.zeros((x.shape[1] - rows + 1, x.shape[2] - columns + 1))
    for n in range(images):
        for u in range(dw.shape[0]):
            for v in range(dw.shape[1]):
                dw[u, v] += (x[n, u : u + rows, v : v + columns] * dy[n]).sum()
    return dw


def dw_by_patches(x, dy):
    height, width = np.subtract(x.shape, dy.shape)[1:] + 1
    return sum(
        dy[n, i, j] * x[n, i : i + height, j : j + width]
        for n in range(len(x))
        for i in range(dy.shape[1])
        for j in range(dy.shape[2])
    )


def dw_by_scipy(x, dy):
    return sum(correlate2d(image, gradient, mode="valid") for image, gradient in zip(x, dy, strict=True))


def dw_by_einsum(x, dy):
    windows = sliding_window_view(x.astype(np.float32), dy.shape[1:], axis=(1, 2))
    return np.einsum("nuvij,nij->uv", windows, dy)


DW_RIGHT = (dw_by_windows_of_y, dw_by_patches, dw_by_scipy, dw_by_einsum)
DW_WRONG = (
    (slip(dw_by_scipy, ("image, gradient, mode", "gradient, image, mode")), "x and dy change places"),
    (slip(dw_by_windows_of_y, ("    return dw", "        return dw")), "Only the first image counts"),
    (
        slip(
            dw_by_patches,
            (
                "x[n, i : i + height, j : j + width]",
                "np.full((height, width), x[n, i + height - 1, j + width - 1])",
            ),
        ),
        "x[i + u, j + v] for dw[u, v]",
    ),
    (slip(dw_by_windows_of_y, (".sum()", ".mean()")), "take the sum"),
)

# ---- dx, stride 1 ------------------------------------------------------------------------------------------


def dx_by_stamps(dy, w):
    dx = np.zeros(np.add(dy.shape, w.shape) - 1)
    for i, j in np.ndindex(dy.shape):
        dx[i : i + w.shape[0], j : j + w.shape[1]] += dy[i, j] * w
    return dx


def dx_by_asking_each_pixel(dy, w):
    dx = np.zeros(np.add(dy.shape, w.shape) - 1)
    for a, b in np.ndindex(dx.shape):
        for u, v in np.ndindex(w.shape):
            if 0 <= a - u < dy.shape[0] and 0 <= b - v < dy.shape[1]:
                dx[a, b] += dy[a - u, b - v] * w[u, v]
    return dx


def dx_by_scipy(dy, w):
    return convolve2d(dy, w, mode="full")


def dx_by_padding_and_turning(dy, w):
    (height, width), turned = w.shape, w[::-1, ::-1]
    padded = np.pad(dy, ((height - 1,) * 2, (width - 1,) * 2))
    return (sliding_window_view(padded, w.shape) * turned).sum(axis=(2, 3))


DX_RIGHT = (dx_by_stamps, dx_by_asking_each_pixel, dx_by_scipy, dx_by_padding_and_turning)
DX_WRONG = (
    (slip(dx_by_scipy, ("convolve2d", "correlate2d")), "not rotated"),
    (slip(dx_by_scipy, ("full", "valid")), "“valid” where “full” belongs"),
    (slip(dx_by_stamps, ("+=", "=")), "`+=`, not `=`"),
)

# ---- dx, any stride and padding ----------------------------------------------------------------------------


def strided_by_stamps(dy, w, x, stride, padding):
    (rows, columns), (height, width) = x.shape, w.shape
    dx = np.zeros((rows + 2 * padding, columns + 2 * padding))
    for i, j in np.ndindex(dy.shape):
        dx[i * stride : i * stride + height, j * stride : j * stride + width] += dy[i, j] * w
    return dx[padding : padding + rows, padding : padding + columns]


def strided_by_asking_each_pixel(dy, w, x, stride, padding):
    dx = np.zeros(x.shape)
    for a, b in np.ndindex(x.shape):
        for i, j in np.ndindex(dy.shape):
            u, v = a + padding - i * stride, b + padding - j * stride
            if 0 <= u < w.shape[0] and 0 <= v < w.shape[1]:
                dx[a, b] += dy[i, j] * w[u, v]
    return dx


def strided_by_dilation(dy, w, x, stride, padding):
    spread = np.zeros((np.array(dy.shape) - 1) * stride + 1)
    spread[::stride, ::stride] = dy
    reached = convolve2d(spread, w, mode="full")
    missing = np.add(x.shape, 2 * padding) - reached.shape
    dpadded = np.pad(reached, ((0, missing[0]), (0, missing[1])))
    return dpadded[padding:, padding:][: x.shape[0], : x.shape[1]]


def strided_by_weights(dy, w, x, stride, padding):
    reach = (np.array(dy.shape) - 1) * stride + 1
    dpadded = np.zeros(np.add(x.shape, 2 * padding), np.float32)
    for u, v in np.ndindex(w.shape):
        dpadded[u : u + reach[0] : stride, v : v + reach[1] : stride] += w[u, v] * dy
    return dpadded[padding : len(dpadded) - padding, padding : dpadded.shape[1] - padding]


STRIDED_RIGHT = (strided_by_stamps, strided_by_asking_each_pixel, strided_by_dilation, strided_by_weights)


def strided_without_dilation(dy, w, x, stride, padding):
    full = convolve2d(dy, w, mode="full")
    return full[padding : len(full) - padding, padding : full.shape[1] - padding]


def strided_with_negative_indices(dy, w, x, stride, padding):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        for u, v in np.ndindex(w.shape):
            a, b = i * stride + u - padding, j * stride + v - padding
            if a < dx.shape[0] and b < dx.shape[1]:
                dx[a, b] += dy[i, j] * w[u, v]
    return dx


STRIDED_WRONG = (
    (strided_without_dilation, "not dilated"),
    (
        slip(strided_by_stamps, ("[padding : padding + rows, padding : padding + columns]", "")),
        "crop it from every side",
    ),
    (
        slip(
            strided_by_stamps,
            (
                "[padding : padding + rows, padding : padding + columns]",
                "[padding:-padding, padding:-padding]",
            ),
        ),
        "shape (0, 0): there are no numbers in it. With a padding of 0, `dx[padding:-padding]` is empty",
    ),
    (slip(strided_by_weights, ("np.add(x.shape, 2 * padding)", "reach + w.shape - 1")), "no window reads"),
    (strided_with_negative_indices, "Some of your indices are negative"),
)
