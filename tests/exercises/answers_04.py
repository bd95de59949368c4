"""Answers to "your turn" of lesson 04: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import correlate, correlate2d

from vizconv.engine import conv2d, cross_correlate


def by_cross_correlate(x, w, b):
    return np.array(
        [
            sum(cross_correlate(*pair) for pair in zip(x, kernels, strict=True)) + bias
            for kernels, bias in zip(w, b, strict=True)
        ]
    )


def by_loops(x, w, b):
    (filters, channels, height, width), (_, rows, columns) = w.shape, x.shape
    y = np.zeros((filters, rows - height + 1, columns - width + 1))
    for f, i, j in np.ndindex(y.shape):
        y[f, i, j] = b[f]
        for c in range(channels):
            y[f, i, j] += (x[c, i : i + height, j : j + width] * w[f, c]).sum()
    return y


def by_windows(x, w, b):
    patches = sliding_window_view(x, w.shape[2:], (1, 2))
    return np.einsum("cijuv,fcuv->fij", patches, w) + b[:, None, None]


def by_whole_patches(x, w, b):
    filters, _, height, width = w.shape
    y = np.empty((filters, x.shape[1] - height + 1, x.shape[2] - width + 1), np.float32)
    for f, i, j in np.ndindex(y.shape):
        y[f, i, j] = (x[:, i : i + height, j : j + width] * w[f]).sum() + b[f]
    return y


def by_scipy(x, w, b):
    return [correlate(x, filter, "valid")[0] + bias for filter, bias in zip(w, b, strict=True)]


def by_scipy_channels(x, w, b):
    y = []
    for filter, bias in zip(w, b, strict=True):
        y.append(bias + sum(correlate2d(x[c], filter[c], "valid") for c in range(len(x))))
    return np.stack(y)


def by_the_engine(x, w, b):
    return conv2d(x[None], w, b).y[0]


RIGHT = (
    by_cross_correlate,
    by_loops,
    by_windows,
    by_whole_patches,
    by_scipy,
    by_scipy_channels,
    by_the_engine,
)


def written(share):
    """A layer by loops in which `share(y_f, x, w, f, c)` says what becomes of a channel's sum."""

    def function(x, w, b):
        y = np.zeros_like(by_the_engine(x, w, b))
        for f in range(len(w)):
            for c in range(len(x)):
                y[f] = share(y[f], cross_correlate(x[c], w[f, c]), b[f])
        return y

    return function


WRONG = (
    (written(lambda y, s, b: y + s), "The bias is missing"),
    (written(lambda y, s, b: y + s + b), "once for each channel"),
    (written(lambda y, s, b: s + b), "Only the last channel is in it"),
    (lambda x, w, b: by_the_engine(x, w[:, :, ::-1, ::-1], b), "turned by 180 degrees"),
    (lambda x, w, b: by_the_engine(x, np.swapaxes(w, 0, 1), b), "Filters and channels are swapped"),
    (lambda x, w, b: by_the_engine(x, w, 0 * b).mean(0) + b[0], "That is a single map"),
    (lambda x, w, b: x, "are as large as x"),
    (
        lambda x, w, b: np.array([[cross_correlate(*p) for p in zip(x, k, strict=True)] for k in w]),
        "for every channel of every filter",
    ),
    (lambda x, w, b: by_the_engine(x, w, 0 * b) + b, "ValueError: operands could not be broadcast"),
)
