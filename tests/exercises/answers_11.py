"""Answers to "your turn" of lesson 11: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.exercises.slips import slip


def by_loops(x, height, width, stride):
    rows, columns = (x.shape[0] - height) // stride + 1, (x.shape[1] - width) // stride + 1
    result = np.zeros((height * width, rows * columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            result[:, i * columns + j] = x[top : top + height, left : left + width].ravel()
    return result


def by_list(x, height, width, stride):
    tops = range(0, len(x) - height + 1, stride)
    lefts = range(0, len(x[0]) - width + 1, stride)
    return np.array([x[i : i + height, j : j + width].ravel() for i in tops for j in lefts]).T


def by_windows(x, height, width, stride):
    windows = sliding_window_view(x, (height, width))[::stride, ::stride]
    return windows.transpose(2, 3, 0, 1).reshape(height * width, -1)


def by_shifts(x, height, width, stride):
    down, right_ = len(x) - height + 1, x.shape[1] - width + 1
    return np.stack(
        [
            x[u : u + down : stride, v : v + right_ : stride].ravel()
            for u in range(height)
            for v in range(width)
        ]
    )


RIGHT = (by_loops, by_list, by_windows, by_shifts)
WRONG = (
    (slip(by_loops, ("i * columns + j", "j * rows + i")), "Your patches come in the wrong order"),
    (slip(by_list, (").T", ")")), "Your patches are the rows"),
    (slip(by_windows, ("[::stride, ::stride]", "")), "You forgot the stride"),
    (slip(by_windows, (".transpose(2, 3, 0, 1)", "")), "You reshaped without moving the axes first"),
    (slip(by_windows, ("[::stride, ::stride]", " + (stride > 1)")), "number of patches for a stride of 1"),
    (lambda x, height, width, stride: x[100, 100], "IndexError"),
)
