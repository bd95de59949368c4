"""Fair timing: the sides take turns in short slices, and the lower quartile of the slices counts."""

import time
from collections.abc import Callable

import numpy as np

SLICES = 31


def alternate(*sides: Callable[[], None], steps: int, slices: int = SLICES) -> list[float]:
    """Time the sides by turns, `steps` calls a slice; return each one's lower quartile, in seconds a call.

    The first two rounds only warm up. What else runs on the machine slows all sides alike.
    """
    times = np.array([[_slice(side, steps) for side in sides] for _ in range(slices + 2)])
    return np.quantile(times[2:], 0.25, axis=0).tolist()


def _slice(side, steps):
    begin = time.perf_counter()
    for _ in range(steps):
        side()
    return (time.perf_counter() - begin) / steps
