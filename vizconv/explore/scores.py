"""What the explorers of scores share: their sliders, and where their curves are drawn."""

import ipywidgets
import numpy as np

from vizconv.explore.explorer import Explorer

SCORES, STEP_DIGITS = (-8.0, 8.0), 2  # of a slider
POINTS = 97  # of a curve
LARGEST = 1e6  # beyond it a curve says nothing
BLANK = {"lines": [], "points": [], "x_label": "", "x_range": None, "y_range": None}


def score_slider(name: str, value: float) -> ipywidgets.FloatSlider:
    """Return a slider of scores, from -8 to 8."""
    return ipywidgets.FloatSlider(
        value,
        min=SCORES[0],
        max=SCORES[1],
        step=10.0**-STEP_DIGITS,
        description=name,
        style={"description_width": "92px"},
        layout={"width": "270px"},
    )


def on_slider(score: float) -> float:
    """Return what a slider says of a score: rounded to its steps, at its end for what lies beyond it."""
    return round(float(np.clip(score, *SCORES)), STEP_DIGITS)


def is_moved(score: float, value: float) -> bool:
    """Say whether a slider was moved to `value`; the page also answers with a rounding that nobody made."""
    return on_slider(score) != round(value, STEP_DIGITS)


def may_be_drawn(scores: np.ndarray) -> bool:
    """Say whether scores are small enough for a curve."""
    return bool(np.abs(scores).max() <= LARGEST)


def around(score: float) -> np.ndarray:
    """Return places for a curve: the range of the sliders, or as much around a score beyond it."""
    return np.linspace(*SCORES, POINTS) + (0 if SCORES[0] <= score <= SCORES[1] else score)


def with_room(explorer: Explorer) -> Explorer:
    """Let the stage keep its panels side by side: its chart goes below it where a window is narrow."""
    explorer.stage.layout.flex = "1 1 640px"
    return explorer
