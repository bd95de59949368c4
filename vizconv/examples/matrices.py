"""Inputs and kernels to begin with, each with the line of code that makes it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vizconv import datasets
from vizconv.engine.types import Shape

WORKED_INPUT = ((1, -2, -9, 6), (5, 8, 7, 9), (-6, 2, 0, -1), (-3, 4, -1, 0))
WORKED_KERNEL = ((6, 0), (-7, -1))
WORKED_DY = ((1, -2, 3), (2, 4, -1), (-3, 1, 2))
IMPORTS = "import numpy as np\nimport vizconv as vc\n\n"  # how every copied code begins
INK = (255.0, 0.0)  # of a handwritten digit: ink, which is black, and paper


@dataclass(frozen=True)
class Input:
    """A matrix to slide over, and the expression that makes it.

    pixels: the number that is black and the number that is white, where it is a picture.
    """

    make: Callable[[], np.ndarray]
    code: str
    pixels: tuple[float, float] | None = None


def worked_input() -> np.ndarray:
    """Return the 4×4 matrix of the worked example."""
    return np.array(WORKED_INPUT)


HANDWRITTEN = "handwritten digit"  # the preset's name
FIRST_DIGIT = 7  # its place among those that ship


def handwritten(at: int = FIRST_DIGIT) -> Input:
    """Return the digit at a place among those that ship."""
    return Input(lambda: datasets.digits()[0].images[at], f"vc.datasets.digits()[0].images[{at}]", INK)


def digit_at(label: int, number: int) -> int:
    """Return the place of a class's digit among those that ship; `number` counts within the class, from 0."""
    return int(np.flatnonzero(datasets.digits()[0].labels == label)[number])


def number_of(at: int) -> tuple[int, int]:
    """Return the class of the digit at a place, and which of its class it is, counted from 0."""
    labels = datasets.digits()[0].labels
    return int(labels[at]), int((labels[:at] == labels[at]).sum())


INPUTS = {
    "worked example": Input(worked_input, f"np.array({[list(row) for row in WORKED_INPUT]})"),
    HANDWRITTEN: handwritten(),
    "counting": Input(lambda: np.arange(49).reshape(7, 7), "np.arange(49).reshape(7, 7)"),
}


def resize(k: np.ndarray, height: int, width: int) -> np.ndarray:
    """Cut a kernel to (height, width) or extend it with zeros at the bottom and right."""
    result = np.zeros((height, width), k.dtype)
    rows, columns = min(height, len(k)), min(width, k.shape[1])
    result[:rows, :columns] = k[:rows, :columns]
    return result


def worked_kernel(height: int, width: int) -> np.ndarray:
    """Return the 2×2 kernel of the worked example, cut or extended."""
    return resize(np.array(WORKED_KERNEL), height, width)


def nonzero(generator: np.random.Generator, largest: int, shape: Shape) -> np.ndarray:
    """Draw whole numbers up to `largest` in size, none of them 0: a zero would hide what it meets."""
    return generator.integers(1, largest + 1, shape) * generator.choice([-1, 1], shape)


def average(height: int, width: int) -> np.ndarray:
    """Return a kernel that averages its window."""
    return np.full((height, width), 1 / (height * width))


def vertical_edges(height: int, width: int) -> np.ndarray:
    """Return ones on the left, minus ones on the right: large where it darkens from left to right."""
    kernel = np.zeros((height, width), np.int64)
    kernel[:, 0], kernel[:, -1] = 1, -1
    return kernel


def horizontal_edges(height: int, width: int) -> np.ndarray:
    """Return ones at the top, minus ones at the bottom."""
    return vertical_edges(width, height).T


def middle(height: int, width: int) -> np.ndarray:
    """Return zeros with a one in the middle: it copies the input."""
    kernel = np.zeros((height, width), np.int64)
    kernel[height // 2, width // 2] = 1
    return kernel


KERNELS = {
    "worked example": worked_kernel,
    "average": average,
    "vertical edges": vertical_edges,
    "horizontal edges": horizontal_edges,
    "one in the middle": middle,
}
