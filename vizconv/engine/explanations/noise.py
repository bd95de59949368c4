"""Noise from a generator so small that a page makes the same numbers: Marsaglia's xorshift of 32 bits."""

from collections.abc import Iterator
from itertools import islice
from math import prod

import numpy as np

from vizconv.engine.geometry import whole
from vizconv.engine.types import Shape

MASK = 2**32 - 1
MOST = 10_000_000  # numbers; made one by one
SPREAD = 2654435761  # Knuth's multiplier: neighbouring seeds begin far apart


def bits(seed: int) -> Iterator[int]:
    """Yield whole numbers from 1 to 2³² - 1, the same for a seed on every machine and in a page.

    Raises ValueError or TypeError unless the seed is a whole number from 0 on.
    Marsaglia, "Xorshift RNGs", 2003.
    """
    state = (whole(seed, "seed", 0) + 1) * SPREAD & MASK or 1
    while True:
        state ^= state << 13 & MASK
        state ^= state >> 17
        state ^= state << 5 & MASK
        yield state


def noise(shape: Shape, seed: int = 0) -> np.ndarray:
    """Return an image of this shape, such as (1, 28, 28), of even noise from 0 to below 1, in float64.

    Raises ValueError or TypeError for a shape or a seed of anything but whole numbers, and for more than ten
    million numbers.
    """
    if not isinstance(shape, tuple | list | np.ndarray):
        raise TypeError(f"shape is {shape!r}; a row of whole numbers, such as (1, 28, 28), is expected")
    shape = tuple(whole(size, "a size of shape", 1) for size in shape)
    if (count := prod(shape)) > MOST:
        raise ValueError(f"shape is {shape}, {count:,} numbers; at most {MOST:,} are expected")
    return np.array(list(islice(bits(seed), count)), np.float64).reshape(shape) / 2**32
