"""The moments of a walk that a GIF shows: every step, and what lies between two steps where there is time."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

FRAMES = 60  # at most; of a longer walk evenly chosen steps are shown
PARTS = 5  # frames of one step, at most
GLIDING = 3  # of so many frames one is the window's


class Moment(NamedTuple):
    """A moment of the step to a position of the walk; every share is from 0 to 1.

    `moved` is how far the window has come, `added` how many of the products are added up, and `flying` how
    many will be in the next frame.
    """

    step: int
    moved: float = 1.0
    added: float = 1.0
    flying: float = 1.0

    @property
    def is_whole(self) -> bool:
        """Whether the step is done."""
        return self.added == 1


def moments_of(length: int, between: bool = True) -> list[Moment]:
    """Choose at most 60 moments of a walk, from its start to its end; without `between` only whole steps."""
    steps = chosen_steps(length)
    parts = min(PARTS, (FRAMES - 1) // (len(steps) - 1)) if between else 1
    return [Moment(0), *(moment for step in steps[1:] for moment in _moments_to(step, parts))]


def chosen_steps(length: int) -> list[int]:
    """Choose at most 60 steps of a walk, evenly, from 0 to its end."""
    return np.unique(np.linspace(0, length, min(FRAMES, length + 1)).round().astype(int)).tolist()


def _moments_to(step: int, parts: int) -> Iterator[Moment]:
    """First the window glides, where there is time for that, then product after product is added."""
    glides = parts >= GLIDING
    if glides:
        yield Moment(step, 0.5, 0.0, 0.0)
    shares = np.linspace(0, 1, parts - glides + 1).tolist()
    for added, flying in pairwise([*shares[1:], 1.0]):
        yield Moment(step, 1.0, added, flying)
