"""Solutions to lesson 08's "your turn", in several styles. Lessons do not show them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


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


MAX_POOL_BACKWARD = (by_argmax, by_a_view_into_dx, by_four_loops, by_windows)
