"""Answers to "your turn" of lesson 08: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.exercises.slips import slip


def by_argmax(x, dy, size, stride):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[i * stride + u, j * stride + v] += dy[i, j]
    return dx


def by_a_view_into_dx(x, dy, size, stride):
    dx = np.zeros(x.shape, np.float32)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            dx[rows, columns].flat[x[rows, columns].argmax()] += dy[i, j]
    return dx


def by_four_loops(x, dy, size, stride):
    dx = [[0] * len(x[0]) for _ in x]
    for i in range(len(dy)):
        for j in range(len(dy[0])):
            best = (i * stride, j * stride)
            for a in range(i * stride, i * stride + size):
                for b in range(j * stride, j * stride + size):
                    if x[a][b] > x[best[0]][best[1]]:
                        best = (a, b)
            dx[best[0]][best[1]] += dy[i][j]
    return dx


def by_windows(x, dy, size, stride):
    windows = sliding_window_view(x, (size, size))[::stride, ::stride].reshape(*dy.shape, -1)
    u, v = np.divmod(windows.argmax(axis=-1), size)
    i, j = np.indices(dy.shape) * stride
    dx = np.zeros(x.shape)
    np.add.at(dx, (i + u, j + v), dy)
    return dx


RIGHT = (by_argmax, by_a_view_into_dx, by_four_loops, by_windows)


def without_leftovers(x, dy, size, stride):
    rows, columns = ((count - 1) * stride + size for count in dy.shape)
    return by_argmax(x[:rows, :columns], dy, size, stride)


def windows_side_by_side(x, dy, size, stride):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window = x[i * size : i * size + size, j * size : j * size + size]
        u, v = divmod(int(window.argmax()), window.shape[1]) if window.size else (0, 0)
        if window.size:
            dx[i * size + u, j * size + v] += dy[i, j]
    return dx


every_tie = slip(
    by_a_view_into_dx,
    (
        ".flat[x[rows, columns].argmax()] +=",
        " += (x[rows, columns] == x[rows, columns].max()) *",
    ),
)
WRONG = (
    (every_tie, "Every tie takes the whole dy"),
    (slip(by_argmax, ("+=", "=")), "Its dy are added: `+=`, not `=`"),
    (slip(by_argmax, ("np.zeros(x.shape)", "np.zeros_like(x)")), "without `dtype=int`"),
    (without_leftovers, "The leftover rows and columns are missing"),
    (windows_side_by_side, "in steps of the stride"),
    (
        lambda x, dy, size, stride: np.kron(dy, np.ones((size, size))),
        "You gave dy to every cell",
    ),
    (lambda x, dy, size, stride: dy, "That is the shape of dy"),
    (lambda x, dy, size, stride: by_argmax(x, dy, size, size), "argmax of an empty sequence"),
    (lambda x, dy, size, stride: by_argmax(x, dy, size, 1), "You forgot the stride"),
)
