"""The settings of the explorer of a hidden kernel: what it starts with, and what its arguments may be."""

from dataclasses import dataclass

import numpy as np

from vizconv import datasets
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import geometry, whole
from vizconv.examples.matrices import Input
from vizconv.explore.backward.descent import Descent
from vizconv.explore.chosen import OWN, read_input
from vizconv.explore.rates import read_positive
from vizconv.scenes.view import fits


@dataclass(frozen=True, eq=False)
class HiddenKernelSettings:
    """All that the explorer shows.

    A descent, how many steps of it were made, and whether w* is revealed; cut: what x was cut to, in words;
    notes: what the last change could not do.
    """

    descent: Descent
    steps: int
    revealed: bool
    input_name: str
    kernel_name: str
    cut: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


# ---- What it starts with -----------------------------------------------------------------------------------


def mixed() -> np.ndarray:
    """Return a picture of small whole numbers that differ from place to place."""
    return np.random.default_rng(46).integers(-2, 3, (6, 6))


def single_one() -> np.ndarray:
    """Return zeros with a single 1 in the middle."""
    return np.pad([[1]], 2)


def even() -> np.ndarray:
    """Return a picture in which every pixel is 1."""
    return np.ones((6, 6), np.int64)


def digit() -> np.ndarray:
    """Return a handwritten digit, from 0 (paper) to 1 (ink)."""
    return datasets.digits()[0].images[7] / 255


PICTURES = {
    "mixed numbers": Input(mixed, "np.random.default_rng(46).integers(-2, 3, (6, 6))"),
    "a single 1": Input(single_one, "np.pad([[1]], 2)"),
    "even picture": Input(even, "np.ones((6, 6), int)"),
    "handwritten digit": Input(digit, "vc.datasets.digits()[0].images[7] / 255"),
}
SECRETS = {
    "secret 1": ((1, 0, -1), (2, 0, -2), (1, 0, -1)),
    "secret 2": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "secret 3": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}


# ---- Arguments ---------------------------------------------------------------------------------------------


def begin(x="mixed numbers", hidden="secret 1", start=None, rate=0.005, steps=0, revealed=False):
    """Read the arguments of `hidden_kernel`; raise TypeError or ValueError for what does not fit."""
    input_name, x, cut = read_input(x, PICTURES)
    kernel_name, hidden = read_hidden(hidden)
    require_fitting(x, hidden)
    start = np.zeros(hidden.shape) if start is None else numbers(start, "start", 2)
    if start.shape != hidden.shape:
        raise ValueError(
            f"start has shape {start.shape}; {hidden.shape} is expected, that of the hidden kernel"
        )
    found = Descent(x, hidden, start, read_positive(rate, "rate"))
    steps = min(whole(steps, "steps", 0), found.last)
    return HiddenKernelSettings(found, steps, bool(revealed), input_name, kernel_name, cut)


def read_hidden(hidden) -> tuple[str, np.ndarray]:
    """Read a hidden kernel, or the name of a secret, as (name, matrix)."""
    if not isinstance(hidden, str):
        return OWN, numbers(hidden, "hidden", 2)
    if hidden not in SECRETS:
        raise ValueError(f"hidden is {hidden!r}; a matrix or one of {list(SECRETS)} is expected")
    return hidden, np.array(SECRETS[hidden])


def require_fitting(x: np.ndarray, hidden: np.ndarray) -> None:
    """Raise ValueError where no window fits into x, or where not all of y would be on the stage."""
    height, width = geometry(x.shape, hidden.shape).output_size
    if not fits(height * width, x.size, hidden.size):
        raise ValueError(
            f"hidden has shape {hidden.shape} and x {x.shape}: these are {height * width * hidden.size} "
            f"products, too many for a stage; a smaller hidden kernel or a smaller x is expected"
        )
