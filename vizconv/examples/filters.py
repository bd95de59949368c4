"""Kernels for pictures, each for any size, and how its results are best shown."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vizconv.examples.matrices import average

SIZES = (3, 7)  # smallest and largest kernel
CLIPPED, SIGNED, ABSOLUTE = "clipped", "signed", "absolute"


@dataclass(frozen=True)
class Filter:
    """A kernel: make(n) returns it as n×n, `shown` says how its results are best shown."""

    make: Callable[[int], np.ndarray]
    shown: str = CLIPPED


def identity(size: int) -> np.ndarray:
    """Return zeros and a one in the middle: it copies the picture."""
    kernel = np.zeros((size, size), np.int64)
    kernel[middle_index(size), middle_index(size)] = 1
    return kernel


def middle_index(size: int) -> int:
    """Return the index of the middle, of an even size the first of two, as the padding "same" has it."""
    return (size - 1) // 2


def moving_average(size: int) -> np.ndarray:
    """Return n² equal weights that add up to 1."""
    return average(size, size)


def blur(size: int) -> np.ndarray:
    """Return binomial weights, the Gaussian bell in whole steps; they add up to 1."""
    return np.outer(_binomial(size - 1), _binomial(size - 1)) / 4 ** (size - 1)


def sharpen(size: int) -> np.ndarray:
    """Return picture + (picture − moving average), as one kernel: 2·identity − moving average."""
    return 2 * identity(size) - moving_average(size)


def left_minus_right(size: int) -> np.ndarray:
    """Return left − right: ones on the left half, minus ones on the right half; they add up to 0."""
    return np.tile(np.sign(np.arange(size)[::-1] - np.arange(size)), (size, 1))


def above_minus_below(size: int) -> np.ndarray:
    """Return above − below, the transposed `left_minus_right`."""
    return left_minus_right(size).T


def sobel_vertical(size: int) -> np.ndarray:
    """Return Sobel's left − right: a difference along the rows, smoothed by binomial weights downwards."""
    difference = np.convolve(_binomial(size - 3), [1, 0, -1])
    return np.outer(_binomial(size - 1), difference)


def sobel_horizontal(size: int) -> np.ndarray:
    """Return Sobel's above − below, the transposed `sobel_vertical`."""
    return sobel_vertical(size).T


def emboss(size: int) -> np.ndarray:
    """Return the picture plus a slope from the upper left to the lower right; the weights add up to 1."""
    return centred(np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]), size)


def centred(kernel: np.ndarray, size: int) -> np.ndarray:
    """Cut a square kernel to n×n, or put zeros around it; its middle stays the middle."""
    result = np.zeros((size, size), kernel.dtype)
    shift = middle_index(size) - middle_index(len(kernel))
    into, taken = slice(max(shift, 0), shift + len(kernel)), slice(max(-shift, 0), size - shift)
    result[into, into] = kernel[taken, taken]
    return result


def _binomial(power: int) -> np.ndarray:
    """Return the coefficients of (1 + t)^power."""
    coefficients = np.ones(1, np.int64)
    for _ in range(power):
        coefficients = np.convolve(coefficients, [1, 1])
    return coefficients


FILTERS = {
    "moving average": Filter(moving_average),
    "blur": Filter(blur),
    "sharpen": Filter(sharpen),
    "vertical edges": Filter(left_minus_right, SIGNED),
    "horizontal edges": Filter(above_minus_below, SIGNED),
    "horizontal edges, signs flipped": Filter(lambda size: -above_minus_below(size), SIGNED),
    "Sobel, vertical edges": Filter(sobel_vertical, SIGNED),
    "Sobel, horizontal edges": Filter(sobel_horizontal, SIGNED),
    "emboss": Filter(emboss),
    "copy": Filter(identity),
}
