"""Noise from a generator so small that a page makes the same numbers: Marsaglia's xorshift of 32 bits."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from vizconv.engine.geometry import whole

MASK = 2**32 - 1
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


def noise(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Return an image of this shape, such as (1, 28, 28), of even noise from 0 to below 1, in float64.

    Raises ValueError or TypeError for a shape or a seed of anything but whole numbers.
    """
    shape = tuple(whole(size, "a size of shape", 1) for size in shape)
    count = int(np.prod(shape))
    return np.array(list(islice(bits(seed), count)), np.float64).reshape(shape) / 2**32
