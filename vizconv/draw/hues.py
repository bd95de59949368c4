"""The hues of weights in pictures, as on the stage: rows of more than nine differ in their cut."""

from typing import Any

ACCENT = "#0b7a5b"  # as in theme.css, with the hues of the weights
HUES = ["#d81b60", "#1e88e5", "#b58900", "#00876c", "#7b3fc4", "#e2571b", "#4c7a00", "#0097a7", "#8d5524"]
CUTS: list[Any] = [
    "-",
    (0, (5, 2)),
    (0, (5, 2, 1, 2)),
    (0, (1, 1)),
    (0, (3, 1)),
]  # of the outlines of other rows


def colour_of(hue: int) -> str:
    """Return the colour of a hue, or that of links which have none (-1)."""
    return ACCENT if hue < 0 else HUES[hue % len(HUES)]


def cut_of(hue: int) -> Any:
    """Return the style of a line in a hue."""
    return CUTS[max(0, hue) // len(HUES) % len(CUTS)]
