"""What the explorers of scores share: how scores are read, and their sliders."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.explore.chosen import Chosen, read_chosen
from vizconv.explore.controls import Number

REACH, STEP = 8.0, 0.01  # of a slider
POINTS = 121  # of a curve: so many that it looks round
ROOM = 580  # pixels that keep most panels of a stage side by side


def read_scores(scores: ArrayLike | None, name: str, presets: Mapping[str, np.ndarray], axes: int) -> Chosen:
    """Read finite numbers of so many axes, a preset's name or None (the first one).

    Raises ValueError for another name, other axes, or what is not finite; `name` is the argument's name.
    """
    chosen = read_chosen(scores, name, presets, presets.get, axes)
    values = chosen.values.astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"there is {values[~np.isfinite(values)][0]} in {name}; finite numbers are expected")
    return replace(chosen, values=values)


def score(name: str, title: str, **settings: Any) -> Number:
    """Declare a slider of scores, from -8 to 8."""
    return Number(name, -REACH, REACH, STEP, title=title, **settings)
