"""A descent on a kernel: from x and y* alone, step by step against dw; every step follows from the start."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vizconv.engine.arrays import own
from vizconv.engine.operations import correlation
from vizconv.engine.operations.convolution import conv2d_backward

MOST_STEPS = 200
TOO_LARGE = 1e9  # an L beyond which no further step is taken


@dataclass(frozen=True, eq=False)
class Descent:
    """A descent from `start` (KH, KW) on L = ½ Σ (x ⋆ w − y*)², where y* = x ⋆ hidden; x (H, W), rate η."""

    x: np.ndarray
    hidden: np.ndarray
    start: np.ndarray
    rate: float

    @cached_property
    @np.errstate(over="ignore", invalid="ignore")
    def target(self) -> np.ndarray:
        """What the hidden kernel makes of x: y* (OH, OW)."""
        return correlation(self.x, self.hidden).y[0, 0]

    @cached_property
    @np.errstate(over="ignore", invalid="ignore")  # a step may lead beyond all numbers: there it ends
    def path(self) -> tuple[tuple[np.ndarray, float], ...]:
        """Return (w, L) at step 0, 1, …, 200; it ends before that where L grows beyond 10⁹."""
        w, path = self.start.astype(np.float64), []
        while len(path) <= MOST_STEPS and (not path or path[-1][1] <= TOO_LARGE):
            record = correlation(self.x, w)
            dy = record.y - self.target
            path.append((own(w), float(np.sum(dy**2) / 2)))
            w = w - self.rate * conv2d_backward(record, dy, input_gradient=False).dweight[0, 0]
        return tuple(path)

    @cached_property
    def bends(self) -> np.ndarray:
        """Return how strongly L bends, from the direction in which it bends least to the most: (KH·KW)."""
        patches = correlation(self.x, self.hidden).patches[0, 0].reshape(-1, self.hidden.size)
        return np.linalg.eigvalsh(patches.T.astype(np.float64) @ patches)
