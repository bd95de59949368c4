"""What the explorers of scores share: how scores are read, and their sliders."""

from collections.abc import Mapping

import ipywidgets
import numpy as np

from vizconv.engine.arrays import numbers
from vizconv.explore.chosen import OWN
from vizconv.explore.controls import number_slider

REACH, STEP_DIGITS = 8.0, 2  # of a slider
POINTS = 97  # of a curve
ROOM = 840  # pixels that keep the panels of a stage side by side


def read_scores(scores, name: str, presets: Mapping[str, np.ndarray], axes: int) -> tuple[str, np.ndarray]:
    """Read finite numbers of so many axes, a preset's name or None (the first one) as (preset, scores).

    Raises ValueError for another name, other axes, or what is not finite; `name` is the argument's name.
    """
    if scores is None or isinstance(scores, str):
        preset = next(iter(presets)) if scores is None else scores
        if preset not in presets:
            raise ValueError(f"{name} is {scores!r}; numbers or one of {list(presets)} are expected")
        return preset, presets[preset]
    read = numbers(scores, name, axes).astype(np.float64)
    if not np.isfinite(read).all():
        raise ValueError(f"there is {read[~np.isfinite(read)][0]} in {name}; finite numbers are expected")
    return OWN, read


def score_slider(name: str, value: float) -> ipywidgets.FloatSlider:
    """Return a slider of scores, from -8 to 8."""
    return number_slider(name, value, -REACH, REACH, 10.0**-STEP_DIGITS)


def on_slider(score: float) -> float:
    """Return what a slider says of a score: rounded to its steps, at its end for what lies beyond it."""
    return round(float(np.clip(score, -REACH, REACH)), STEP_DIGITS)


def is_moved(score: float, value: float) -> bool:
    """Say whether a slider was moved to `value`; the page also answers with a rounding that nobody made."""
    return on_slider(score) != round(value, STEP_DIGITS)
