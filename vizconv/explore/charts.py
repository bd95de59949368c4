"""What charts beside explorers are made of: where they are drawn, their points, tangents and ranges."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vizconv.engine.writing import format_number

LARGEST = 1e6  # beyond it a curve says nothing
BLANK = {"lines": [], "points": [], "x_label": "", "x_range": None, "y_range": None}


def may_be_drawn(values: np.ndarray) -> bool:
    """Say whether numbers are small enough for a curve."""
    return bool(np.abs(values).max() <= LARGEST)


def around(value: float, reach: float, points: int) -> np.ndarray:
    """Return places for a curve: from -reach to reach, or as far on both sides of a value beyond."""
    return np.linspace(-reach, reach, points) + (0 if abs(value) <= reach else value)


def point(x: float, y: float, name: str) -> dict[str, Any]:
    """Return the point (x, y) of a curve, with the words "name = y"."""
    return {"x": x, "y": y, "name": f"{name} = {format_number(y)}"}


def tangent(x: float, y: float, slope: float, reach: float) -> dict[str, Any]:
    """Return the dashed line of this slope through the point (x, y), as far as `reach` on both sides."""
    ends = x + np.array([-reach, reach])
    title = f"tangent, slope {format_number(slope)}"
    return {"name": title, "x": ends, "y": y + slope * (ends - x), "dashed": True}


def curves(
    lines: Sequence[Mapping[str, Any]],
    points: Sequence[Mapping[str, Any]],
    x_label: str,
    x: np.ndarray,
    top: float,
) -> dict[str, Any]:
    """Return the traits of `Curves`: lines and points over all of x, from 0 up to `top` with some room."""
    return {
        "lines": lines,
        "points": points,
        "x_label": x_label,
        "x_range": [float(x[0]), float(x[-1])],
        "y_range": [-0.05 * top, 1.05 * top],
    }
