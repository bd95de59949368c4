"""A descent on a kernel: from x and y* alone, step by step against dw; every step follows from the start."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vizconv.engine.arrays import own
from vizconv.engine.operations import correlation

MOST_STEPS = 200
TOO_LARGE = 1e9  # an L beyond which no further step is taken


@dataclass(frozen=True, eq=False, kw_only=True)
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
        w, path, patches = self.start.astype(np.float64), [], self._patches
        while len(path) <= MOST_STEPS and (not path or path[-1][1] <= TOO_LARGE):
            dy = np.matmul(w.reshape(1, -1), patches)[:, 0] - self.target
            path.append((own(w), float(np.sum(dy**2) / 2)))
            dw = np.matmul(patches, dy[:, :, None]).sum(axis=0)
            w = w - self.rate * dw.reshape(w.shape)
        return tuple(path)

    @property
    def _patches(self) -> np.ndarray:
        """What the kernel reads for each row of y, a column each: (OH, KH·KW, OW).

        With them a step is two products, as the engine makes them; its records would take ten times as long.
        """
        patches = correlation(self.x, self.start).patches[0, 0].astype(np.float64)
        return np.ascontiguousarray(patches.reshape(*patches.shape[:2], -1).swapaxes(1, 2))

    @property
    def last(self) -> int:
        """The last step of the path."""
        return len(self.path) - 1

    @cached_property
    @np.errstate(over="ignore", invalid="ignore")
    def largest_rate(self) -> float:
        """Return the learning rate from which on L no longer comes down where it bends most.

        It is 2 / s², s the largest singular value of the matrix whose rows are the patches of x.
        """
        patches = correlation(self.x, self.hidden).patches[0, 0].reshape(-1, self.hidden.size)
        bend = float(np.linalg.norm(patches, 2))
        return 2 / bend / bend  # the square could be beyond all numbers
