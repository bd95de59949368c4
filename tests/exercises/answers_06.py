"""Answers to "your turn" of lesson 06: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np

from tests.exercises.slips import slip


def by_stamps(dy, w, length, stride, padding):
    dx = np.zeros(length)
    for o in range(len(dy)):
        for u in range(len(w)):
            i = o * stride + u - padding
            if 0 <= i < length:
                dx[i] += dy[o] * w[u]
    return dx


def by_pixels(dy, w, length, stride, padding):
    dx = [0] * length
    for i in range(length):
        for u in range(len(w)):
            o, rest = divmod(i + padding - u, stride)
            if rest == 0 and 0 <= o < len(dy):
                dx[i] += dy[o] * w[u]
    return dx


def by_a_padded_row(dy, w, length, stride, padding):
    dx = np.zeros(length + 2 * padding, np.float32)
    for o, each in enumerate(dy):
        dx[o * stride : o * stride + len(w)] += each * w
    return dx[padding : padding + length]


def by_the_jacobian(dy, w, length, stride, padding):
    jacobian = np.zeros((len(dy), length + 2 * padding))
    for o in range(len(dy)):
        jacobian[o, o * stride : o * stride + len(w)] = w
    return jacobian[:, padding : padding + length].T @ dy


def by_full_convolution(dy, w, length, stride, padding):
    spread = np.zeros(length + 2 * padding - len(w) + 1)
    spread[::stride][: len(dy)] = dy
    return np.convolve(spread, w)[padding : padding + length]


def by_full_correlation(dy, w, length, stride, padding):
    spread = np.zeros(length + 2 * padding - len(w) + 1)
    spread[::stride][: len(dy)] = dy
    around = np.pad(spread, len(w) - 1)
    return np.correlate(around, w[::-1], "valid")[padding : padding + length]


RIGHT = (
    by_stamps,
    by_pixels,
    by_a_padded_row,
    by_the_jacobian,
    by_full_convolution,
    by_full_correlation,
)
WRONG = (
    (lambda dy, w, *_: np.correlate(dy, w[::-1], "valid"), "“valid” mode"),
    (slip(by_full_correlation, ("w[::-1]", "w")), "Your w lies the wrong way round"),
    (lambda dy, w, *_: np.convolve(dy, w), "zeros come between"),
    (slip(by_a_padded_row, ("+=", "=")), "`+=`, not `=`"),
    (
        slip(
            by_a_padded_row,
            ("length + 2 * padding,", "(len(dy) - 1) * stride + len(w),"),
            ("padding + length", "len(dx) - padding"),
        ),
        "pixels that no output reads",
    ),
    (slip(by_a_padded_row, ("[padding : padding + length]", "")), "still holds the padding"),
    (slip(by_a_padded_row, ("padding + length]", "padding + length][None]")), "only `reshape` them"),
    (slip(by_stamps, ("0 <= i < length", "i < length")), "Those products belong to the padding"),
    (slip(by_pixels, ("0 <= o < len(dy)", "o < len(dy)")), "No output is there"),
    (slip(by_pixels, ("rest == 0 and ", "")), "divisible by the stride"),
    (lambda dy, w, *_: np.outer(dy, w), "is right"),
    (lambda dy, w, *_: 7, "a single number"),
)
