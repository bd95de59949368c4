"""Answers to "your turn" of lesson 03: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage
from scipy.signal import correlate2d

import vizconv as vc
from tests.exercises.slips import slip


def by_the_engine(picture, kernel):
    sums = [vc.cross_correlate(channel, kernel, padding="same") for channel in picture]
    return np.clip(np.round(sums), 0, 255).astype(np.uint8)


def by_loops(picture, kernel):
    room = len(kernel) // 2
    padded = np.pad(picture.astype(float), ((0, 0), (room, room), (room, room)))
    y = np.zeros(picture.shape)
    for c, i, j in np.ndindex(picture.shape):
        y[c, i, j] = (padded[c, i : i + len(kernel), j : j + len(kernel)] * kernel).sum()
    return np.clip(y.round(), 0, 255)


def by_lists(picture, kernel):
    channels, rows, columns = picture.shape
    n, room, y = len(kernel), len(kernel) // 2, []
    for c in range(channels):
        y.append([])
        for i in range(rows):
            y[-1].append([])
            for j in range(columns):
                total = 0
                for u in range(n):
                    for v in range(n):
                        if 0 <= i + u - room < rows and 0 <= j + v - room < columns:
                            total += int(picture[c, i + u - room, j + v - room]) * float(kernel[u, v])
                y[-1][-1].append(min(255, max(0, round(total))))
    return y


def by_windows(picture, kernel):
    room = len(kernel) // 2
    padded = np.pad(picture, ((0, 0), (room, room), (room, room)))
    windows = sliding_window_view(padded, kernel.shape, axis=(1, 2))
    return np.rint((windows * kernel).sum(axis=(-2, -1))).clip(0, 255).astype(int)


def by_signal(picture, kernel):
    sums = np.stack([correlate2d(channel.astype(np.float32), kernel, "same") for channel in picture])
    return np.minimum(np.maximum(np.rint(sums), 0), 255)


def by_ndimage(picture, kernel):
    sums = ndimage.correlate(picture.astype(float), kernel[None], mode="constant")
    return np.clip(np.floor(sums + 0.5), 0, 255).astype(np.uint8)


def by_a_layer(picture, kernel):
    y = vc.conv2d(picture[:, None], kernel[None, None], padding="same").y[:, 0]
    return np.clip(y.round(), 0, 255)


RIGHT = (by_the_engine, by_loops, by_lists, by_windows, by_signal, by_ndimage, by_a_layer)
WRONG = (
    (slip(by_windows, ("* kernel)", "* kernel[::-1, ::-1])")), "turned by 180 degrees"),
    (slip(by_the_engine, ("np.clip(np.round(sums), 0, 255)", "np.round(sums).astype(int)")), "wrapped round"),
    (
        slip(by_loops, ("(room, room)", "(0, 2 * room)")),
        "begins at the pixel",
    ),
    (
        slip(by_loops, ("np.clip(y.round(), 0, 255)", "np.clip(y, 0, 255).astype(np.uint8)")),
        "fractions cut off that should be rounded?",
    ),
    (
        lambda picture, kernel: by_loops(np.stack([picture.sum(axis=0, dtype=int)] * 3), kernel),
        "added the three channels up",
    ),
    (
        lambda picture, kernel: by_loops(picture.transpose(1, 2, 0), kernel).transpose(2, 0, 1),
        "numbers are wrong",
    ),
    (lambda picture, kernel: picture * kernel, "ValueError"),
    (lambda picture, kernel: picture[0], "single channel"),
)
