"""What the explorers of scores share: their sliders, and where their curves are drawn."""

import ipywidgets
import numpy as np

from vizconv.explore.explorer import Explorer

SCORES = (-8.0, 8.0)  # of a slider
POINTS = 97  # of a curve
LARGEST = 1e6  # beyond it a curve says nothing
BLANK = {"lines": [], "points": [], "x_label": "", "x_range": None, "y_range": None}


def score_slider(name: str, value: float) -> ipywidgets.FloatSlider:
    """Return a slider of scores, from -8 to 8."""
    return ipywidgets.FloatSlider(
        value,
        min=SCORES[0],
        max=SCORES[1],
        step=0.01,
        description=name,
        style={"description_width": "92px"},
        layout={"width": "270px"},
    )


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
