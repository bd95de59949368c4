"""The numbers that a convolutional layer begins with: a worked channel, and more."""

from dataclasses import dataclass

import numpy as np

from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL, nonzero

CHANNELS, FILTERS, SIZE, KERNEL, OUTPUT = 4, 4, 6, 3, 8  # the most that there are numbers for


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerNumbers:
    """x (C, H, H), w (F, C, K, K), b (F) and dy (F, OH, OH), of which a part is in use."""

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    dy: np.ndarray


def layer_numbers() -> LayerNumbers:
    """Return numbers for 4 channels, 4 filters, 6×6 pixels, 3×3 kernels and 8×8 outputs, always the same."""
    generator = np.random.default_rng(4)
    x = nonzero(generator, 5, (CHANNELS, SIZE, SIZE))
    w = nonzero(generator, 3, (FILTERS, CHANNELS, KERNEL, KERNEL))
    x[0, :4, :4], w[0, 0, :2, :2] = WORKED_INPUT, WORKED_KERNEL
    return LayerNumbers(
        x=x, w=w, b=np.array([10, -20, 30, 5]), dy=nonzero(generator, 3, (FILTERS, OUTPUT, OUTPUT))
    )
