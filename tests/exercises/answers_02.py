"""Answers to "your turn" of lesson 02: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from scipy.signal import convolve2d

from tests.exercises.slips import slip
from vizconv.engine import cross_correlate


def by_stamps(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1)
    for a, b in np.ndindex(x.shape):
        y[a : a + k.shape[0], b : b + k.shape[1]] += x[a, b] * k
    return y


def by_windows(x, k):
    height, width = k.shape
    padded = np.pad(x, ((height - 1, height - 1), (width - 1, width - 1)))
    turned = k[::-1, ::-1]
    rows, columns = x.shape[0] + height - 1, x.shape[1] + width - 1
    sums = [
        (padded[i : i + height, j : j + width] * turned).sum() for i in range(rows) for j in range(columns)
    ]
    return np.array(sums).reshape(rows, columns)


def by_six_lists(x, k):
    y = [[0] * (len(x[0]) + len(k[0]) - 1) for _ in range(len(x) + len(k) - 1)]
    for a in range(len(x)):
        for b in range(len(x[0])):
            for u in range(len(k)):
                for v in range(len(k[0])):
                    y[a + u][b + v] += x[a][b] * k[u][v]
    return y


def by_shifts(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1, np.float32)
    for u, v in np.ndindex(k.shape):
        y[u : u + len(x), v : v + x.shape[1]] += k[u, v] * x
    return y


def the_other_way_round(x, k):
    return by_stamps(k, x)


RIGHT = (by_stamps, by_windows, by_six_lists, by_shifts, the_other_way_round, convolve2d)


def written_with_negative_indices(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1)
    for i, j in np.ndindex(y.shape):
        for u, v in np.ndindex(k.shape):
            if i - u < len(x) and j - v < x.shape[1]:
                y[i, j] += x[i - u, j - v] * k[u, v]
    return y


WRONG = (
    (slip(by_stamps, ("* k", "* np.rot90(k, 2)")), "These are the numbers of x ⋆ k"),
    (slip(by_stamps, ("+=", "=")), "`+=`, not `=`"),
    (written_with_negative_indices, "Some of your indices are negative"),
    (lambda x, k: cross_correlate(x, k), "This is x ⋆ k in valid mode"),
    (lambda x, k: np.convolve(x.ravel(), k.ravel()), "is right"),
)
