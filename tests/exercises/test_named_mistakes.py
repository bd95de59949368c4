"""Mistakes that a newcomer made and no checker knew: each is named now."""

import numpy as np
import pytest

from vizconv.exercises import lesson01, lesson03, lesson06, lesson07, lesson08, lesson09


def windows_side_by_side(x, dy, size, stride):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window = x[i * size : i * size + size, j * size : j * size + size]
        u, v = divmod(int(window.argmax()), window.shape[1]) if window.size else (0, 0)
        if window.size:
            dx[i * size + u, j * size + v] += dy[i, j]
    return dx


def mean_of_places(x, dy):
    size = np.subtract(x.shape, dy.shape)[1:] + 1
    dw = np.zeros(size)
    for u, v in np.ndindex(*size):
        dw[u, v] = (x[:, u : u + dy.shape[1], v : v + dy.shape[2]] * dy).sum() / dy[0].size
    return dw


def one_maximum_for_all(z, labels):
    with np.errstate(invalid="ignore"):
        e = np.exp(z - z.max())
        p = e / e.sum(axis=1, keepdims=True)
    return (p - np.eye(z.shape[1])[labels]) / len(z)


def whole_numbers_only(x, w, stride):
    rows, columns = ((side - size) // stride + 1 for side, size in zip(x.shape, w.shape, strict=True))
    y = np.zeros((rows, columns), dtype=int)
    for i, j in np.ndindex(rows, columns):
        for u, v in np.ndindex(w.shape):
            y[i, j] += x[i * stride + u, j * stride + v] * w[u, v]
    return y


def dx_like_x(x, dy, size, stride):
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        top, left = i * stride, j * stride
        u, v = divmod(int(x[top : top + size, left : left + size].argmax()), size)
        dx[top + u, left + v] += dy[i, j]
    return dx


def one_minimum_for_each_row(z, labels):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z - z.min(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
    return (p - np.eye(z.shape[1])[labels]) / len(z)


def without_rounding(picture, kernel):
    margin, (height, width) = len(kernel) // 2, picture.shape[1:]
    around = np.pad(picture.astype(float), ((0, 0), (margin, margin), (margin, margin)))
    sums = sum(kernel[u, v] * around[:, u : u + height, v : v + width] for u, v in np.ndindex(kernel.shape))
    return np.clip(sums, 0, 255).astype(np.uint8)


def stops(*arguments):
    raise SystemExit(1)


def flat(dy, w, length, stride, padding):
    dx = np.zeros(length + 2 * padding)
    for o, gradient in enumerate(dy):
        dx[o * stride : o * stride + len(w)] += gradient * w
    return dx[padding : padding + length][None]


@pytest.mark.parametrize(
    ("check", "function", "words"),
    [
        (lesson08.check, windows_side_by_side, "in steps of the stride"),
        (lesson07.check_dw, mean_of_places, "take the sum"),
        (lesson09.check_softmax_backward, lambda p, dp: p - dp, "Here any dp may come"),
        (lesson09.check, one_maximum_for_all, "subtract each row's own maximum"),
        (lesson09.check, one_minimum_for_each_row, "Subtract the largest score"),
        (lesson01.check, whole_numbers_only, "without `dtype=int`"),
        (lesson08.check, dx_like_x, "without `dtype=int`"),
        (lesson03.check, without_rounding, "round"),
        (lesson06.check, flat, "only `reshape` them"),
        (lesson01.check, stops, "your function stops"),
        (lesson09.check, lambda z, labels: np.full(z.shape, np.nan), "are no numbers at all (NaN)"),
    ],
)
def test_it_is_named(check, function, words):
    verdict = check(function)
    assert verdict.right is False and words in verdict.sentence
