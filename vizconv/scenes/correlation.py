"""The scene of a cross-correlation: x ⋆ w = y, and how it looks when no window fits."""

import numpy as np

from vizconv.engine.arrays import numbers
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.scenes.scene import NEVER_READ, PADDING, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, conv2d_terms


def correlation(record: Conv2dRecord, notes=(), code: str = "") -> Scene:
    """Set x ⋆ w = y on a stage: the padded input, the kernel and the output of a record.

    `record` is a `conv2d` of one image, one channel and one filter without a bias. Padding cells and
    cells that no window reads are marked; indices of x count from its own first pixel.
    """
    terms, setting = conv2d_terms(record), record.geometry
    origin = tuple(-before for before, _ in setting.padding)
    x = Panel("x", record.padded[0, 0], (0, 0), origin=origin, kinds=_kinds(record, terms), editable=True)
    w = Panel("w", record.weight[0, 0], (0, 1), sign="⋆", editable=True)
    y = Panel("y", record.y[0, 0], (0, 2), sign="=")
    reading = Reading("products", "out", out="y", left="x", right="w")
    return Scene((x, w, y), {"products": terms}, (reading,), walk="y", notes=tuple(notes), code=code)


def unfitting(x, k, notes=()) -> Scene:
    """Show an input and a kernel that do not fit together, with the sentence that says why."""
    x = Panel("x", numbers(x, "x", 2), (0, 0), editable=True)
    w = Panel("w", numbers(k, "k", 2), (0, 1), sign="⋆", editable=True)
    return Scene((x, w), notes=tuple(notes))


def _kinds(record: Conv2dRecord, terms: Terms) -> np.ndarray:
    kinds = np.full(record.padded.shape[2:], PADDING, np.uint8)
    kinds[record.geometry.crop] = 0
    read = np.bincount(terms.left, minlength=kinds.size).reshape(kinds.shape) > 0
    return kinds | np.where(read, 0, NEVER_READ).astype(np.uint8)
