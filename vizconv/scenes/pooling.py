"""Pooling forward and backward: the mask that a maximum leaves, the equal shares of a mean.

Scenes of one image and one channel; padding of a maximum holds -∞ and takes part in no sum.
"""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.operations.average_pooling import AvgPool2dRecord, avg_pool2d, avg_pool2d_backward
from vizconv.engine.operations.pooling import MaxPool2dRecord, max_pool2d, max_pool2d_backward
from vizconv.scenes.parts import LOSS, LOSS_NOTE, loss_panel, loss_terms
from vizconv.scenes.scene import CROPPED, PADDING, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, avg_pool2d_terms, max_pool2d_terms
from vizconv.scenes.view import chosen_notes, fits, kinds_of, part_notes, positions, reach, require_index


def max_pooling(record: MaxPool2dRecord, gradients, image: int = 0, channel: int = 0) -> Scene:
    """Set max pooling on a stage: y = Σ x ⊙ mask over each window, and dx, the sum of mask · dy.

    mask (OH·KH, OW·KW): the masks of all windows beside each other. `gradients` are what
    `max_pool2d_backward` found. Of what is large the middle is shown. Raises ValueError for an image or
    channel that is not there.
    """
    seen = _view(record, gradients, image, channel)
    part = max_pool2d(seen.x[None, None], record.geometry.kernel_size, record.geometry.stride)
    dx = max_pool2d_backward(part, seen.dy[None, None]).dx[0, 0]
    x = np.where(seen.kinds & PADDING, -np.inf, seen.x) if (seen.kinds & PADDING).any() else seen.x
    mask = Panel("mask", _beside(part.mask[0, 0]), (0, 1), sign="⊙")
    terms = {"products": _mask_terms(part, seen.kinds), "loss": loss_terms(seen.y.size)}
    notes = (*seen.notes, LOSS_NOTE, *_ties(part))
    return Scene(_panels(seen, x, dx, mask), terms, _readings("mask"), "y", notes, recomputed=("x",))


def average_pooling(record: AvgPool2dRecord, gradients, image: int = 0, channel: int = 0) -> Scene:
    """Set average pooling on a stage: x ⋆ a kernel of 1/(KH·KW) everywhere, and dx, the shares of dy.

    `gradients` are what `avg_pool2d_backward` found. Of what is large the middle is shown. Raises
    ValueError for an image or channel that is not there.
    """
    seen = _view(record, gradients, image, channel)
    part = avg_pool2d(seen.x[None, None], record.geometry.kernel_size, record.geometry.stride)
    dx = avg_pool2d_backward(part, seen.dy[None, None]).dx[0, 0]
    kernel = Panel("kernel", part.kernel, (0, 1), sign="⋆", label=f"1/{part.kernel.size}")
    terms = {"products": avg_pool2d_terms(part), "loss": loss_terms(seen.y.size)}
    return Scene(_panels(seen, seen.x, dx, kernel), terms, _readings("kernel"), "y", (*seen.notes, LOSS_NOTE))


# ---- Parts -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _View:
    """The shown part of one image and channel: x with its padding, kinds, origins, y and dy."""

    x: np.ndarray
    kinds: np.ndarray
    origin: tuple[int, int]
    first: tuple[int, int]
    y: np.ndarray
    dy: np.ndarray
    notes: tuple[str, ...]


def _view(record, gradients, image, channel) -> _View:
    images, channels = record.x.shape[:2]
    require_index(image, images, "image")
    require_index(channel, channels, "channel")
    setting = record.geometry
    chosen = positions(setting, small=_small)
    part = tuple(reach(setting, axis, taken) for axis, taken in enumerate(chosen))
    origin = tuple(cells.start - before for cells, (before, _) in zip(part, setting.padding, strict=True))
    notes = chosen_notes(("image", image, images), ("channel", channel, channels))
    return _View(
        record.padded[image, channel][part],
        kinds_of(setting)[part],
        origin,
        tuple(taken.start for taken in chosen),
        record.y[image, channel][chosen],
        gradients.dy[image, channel][chosen],
        (*notes, *part_notes(setting, *chosen)),
    )


def _small(windows: int, cells: int, kernel: int) -> bool:
    return fits(windows, max(cells, windows * kernel), kernel)  # the mask has as many cells as products


def _panels(seen: _View, x, dx, factor: Panel) -> tuple[Panel, ...]:
    cropped = np.where(seen.kinds & PADDING, CROPPED, 0)
    return (
        Panel("x", x, (0, 0), origin=seen.origin, kinds=seen.kinds, editable=True),
        factor,
        Panel("y", seen.y, (0, 2), sign="=", origin=seen.first),
        Panel("dx", dx, (1, 0), origin=seen.origin, kinds=cropped),
        Panel("dy", seen.dy, (1, 2), origin=seen.first, editable=True),
        loss_panel(seen.dy, seen.y, (1, 3)),
    )


def _readings(factor: str) -> tuple[Reading, ...]:
    return (
        Reading("products", "out", out="y", left="x", right=factor),
        LOSS,
        Reading("products", "left", out="dy", left="dx", right=factor),
    )


def _beside(mask: np.ndarray) -> np.ndarray:
    """Lay the windows (OH, OW, KH, KW) beside each other: (OH·KH, OW·KW)."""
    rows, columns, height, width = mask.shape
    return mask.swapaxes(1, 2).reshape(rows * height, columns * width)


def _mask_terms(part: MaxPool2dRecord, kinds: np.ndarray) -> Terms:
    """Table each cell times its place in the mask; padding has no terms: it is -∞ and never chosen."""
    terms, shape = max_pool2d_terms(part), part.mask.shape[2:]
    inside = (kinds.ravel()[terms.left] & PADDING) == 0
    lies_at = np.empty(np.prod(shape), np.int64)
    lies_at[_beside(np.arange(lies_at.size).reshape(shape)).ravel()] = np.arange(lies_at.size)
    return Terms(terms.out[inside], terms.left[inside], lies_at[terms.right][inside])


def _ties(part: MaxPool2dRecord) -> tuple[str, ...]:
    equal = (part.patches == part.y[..., None, None]).sum(axis=(-2, -1))
    tied = int((equal > 1).sum())
    if not tied:
        return ()
    where = "one window" if tied == 1 else f"{tied} windows"
    return (f"In {where} the maximum stands more than once: the first, row by row, takes all of dy.",)
