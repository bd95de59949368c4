"""The fill of a cell: as deep as its value is large on its range, or the grey of a picture's pixel."""

import numpy as np

from vizconv.draw.figures import SIGNED, depth
from vizconv.scenes import Range

INK, INK_ON_DEEP, GRID = "#000000", "#ffffff", "#d7dadf"  # as in theme.css
PAPER = 255
DEEP_BELOW, DEEP_ABOVE = -0.7975, 0.8375  # as in colours.js: where white ink has a contrast above 4.5
DARK = 0.46  # of white; as in colours.js


def filled(values: np.ndarray, shades: Range | None) -> np.ndarray:
    """Return the colours of values (H, W) as (H, W, 3) of uint8: white where there is no range."""
    if shades is None:
        return np.full((*values.shape, 3), PAPER, np.uint8)
    if shades.scale.pixels is not None:
        grey = np.rint(255 * _brightness(values, shades.scale.pixels)).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=-1)
    return SIGNED((depth(values, shades.largest) + 1) / 2, bytes=True)[..., :3]


def is_deep(values: np.ndarray, shades: Range | None) -> np.ndarray:
    """Say where a fill is so deep that its number must be white, for a contrast of 4.5; as in colours.js."""
    if shades is None:
        return np.zeros(values.shape, bool)
    if shades.scale.pixels is not None:
        return _brightness(values, shades.scale.pixels) < DARK
    depths = depth(values, shades.largest)
    return (depths < DEEP_BELOW) | (depths > DEEP_ABOVE)


def _brightness(values: np.ndarray, pixels: tuple[float, float]) -> np.ndarray:
    """Map pixels to 0, black, to 1, white; NaN is middle grey."""
    black, white = pixels
    with np.errstate(invalid="ignore"):
        bright = np.clip((np.asarray(values, np.float64) - black) / (white - black), 0, 1)
    return np.where(np.isnan(bright), 0.5, bright)
