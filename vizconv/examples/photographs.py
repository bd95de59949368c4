"""Pictures to filter: a real photograph, and two drawn ones whose edges can be counted."""

from functools import cache

import numpy as np
from matplotlib import cbook
from PIL import Image

LARGEST = 512  # pixels of the photograph's sides, and of the longer side of any other picture
DARK, BRIGHT = 50, 200


def photograph(size: int = LARGEST, colours: bool = True) -> np.ndarray:
    """Return a photograph as uint8, (size, size, 3) or grey (size, size); size from 1 to 512.

    It is matplotlib's sample picture, cut to a square: Grace Hopper, in public domain.
    """
    if not 1 <= size <= LARGEST:
        raise ValueError(f"size is {size}; 1 to {LARGEST} pixels are expected")
    return resized(_photograph(), size, colours)


@cache
def _photograph() -> np.ndarray:
    with Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        array = np.asarray(image.convert("RGB").crop((0, 0, LARGEST, LARGEST)))
    array.flags.writeable = False
    return array


def resized(image: np.ndarray, longer_side: int, colours: bool) -> np.ndarray:
    """Return a picture (H, W, 3) with a longer side of at most so many pixels, grey (H, W) if asked for."""
    picture = Image.fromarray(image)
    if not colours:
        picture = picture.convert("L")  # 0.299 red + 0.587 green + 0.114 blue
    picture.thumbnail((longer_side, longer_side))
    return np.asarray(picture)


def bright_square() -> np.ndarray:
    """Return a bright square on dark ground, uint8 (16, 16, 3): edges up, down, left and right."""
    return _drawn(16, lambda row, column: np.maximum(row, column) < 4)


def bright_disc() -> np.ndarray:
    """Return a bright disc on dark ground, uint8 (48, 48, 3): an edge in every direction."""
    return _drawn(48, lambda row, column: row**2 + column**2 < 16**2)


def _drawn(size, inside) -> np.ndarray:
    row, column = np.abs(np.indices((size, size)) - (size - 1) / 2)
    grey = np.where(inside(row, column), BRIGHT, DARK).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
