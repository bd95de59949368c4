"""Answers to "your turn" of lesson 01: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import correlate2d

from tests.exercises.slips import slip


def by_patches(x, w, stride):
    height, width = w.shape
    rows, columns = (x.shape[0] - height) // stride + 1, (x.shape[1] - width) // stride + 1
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = (x[i * stride : i * stride + height, j * stride : j * stride + width] * w).sum()
    return y


def by_four_loops(x, w, stride):
    rows = (len(x) - len(w)) // stride + 1
    columns = (len(x[0]) - len(w[0])) // stride + 1
    y = [[0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            for u in range(len(w)):
                for v in range(len(w[0])):
                    y[i][j] += x[i * stride + u][j * stride + v] * w[u][v]
    return y


def by_windows(x, w, stride):
    return (sliding_window_view(x, w.shape)[::stride, ::stride] * w).sum(axis=(-2, -1))


def by_shifts(x, w, stride):
    rows, columns = np.subtract(x.shape, w.shape) + 1
    shifted = (w[u, v] * x[u : u + rows, v : v + columns] for u, v in np.ndindex(w.shape))
    return sum(shifted)[::stride, ::stride].astype(np.float32)


def by_scipy(x, w, stride):
    return correlate2d(x, w, mode="valid")[::stride, ::stride]


RIGHT = (by_patches, by_four_loops, by_windows, by_shifts, by_scipy)

# `LEARNERS` in test_lesson01 holds more of them, each with its first wrong cell.
WRONG = (
    (
        slip(
            by_patches,
            ("np.zeros((rows, columns))", "np.zeros((rows, columns), dtype=int)"),
            ("y[i, j] = (", "for product in ("),
            (" * w).sum()", " * w).ravel(): y[i, j] += product"),
        ),
        "without `dtype=int`",
    ),
    (slip(by_windows, ("* w)", "* w[::-1, ::-1])")), "numbers of a convolution"),
)
