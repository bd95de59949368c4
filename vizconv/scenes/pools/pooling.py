"""Pooling forward and backward: the mask that a maximum leaves, the equal shares of a mean.

Scenes of one image and one channel; padding of a maximum holds -∞ and takes part in no sum.
"""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.average_pooling import AvgPool2dRecord, avg_pool2d
from vizconv.engine.operations.pooling import MaxPool2dRecord, max_pool2d
from vizconv.scenes.parts import LOSS, LOSS_NOTE, arranged, loss_panel, loss_terms
from vizconv.scenes.scene import CROPPED, NEVER_READ, PADDING, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, avg_pool2d_terms, max_pool2d_terms
from vizconv.scenes.view import chosen_notes, fits, kinds_of, part_notes, positions, reach, require_index

POLICIES = ("first", "every")
EVERY = (
    "Every tie takes the whole dy. But raise all of x by h, and every maximum rises by h, so L rises by "
    "h · Σ dy. The numbers of a true dx add up to Σ dy: compare the two sums."
)
LOST_IN_PADDING = "Padding cells are zeros and count: their shares of dy fall outside x, and Σ dx is less."


def max_pooling(record: MaxPool2dRecord, dy, image: int = 0, channel: int = 0, ties: str = "first") -> Scene:
    """Set max pooling on a stage: y = Σ x ⊙ mask over each window, dx, the sum of mask · dy, and the sums.

    dy (N, C, OH, OW) is the gradient of y; mask (OH·KH, OW·KW): the masks of all windows beside each other.
    `ties` is "first", as the engine does it, or "every": then dx is what the common mistake
    `mask = (window == max)` makes of it. Of what is large the middle is shown. Raises ValueError for an
    image, channel or policy that is not there, and a dy that has not y's shape.
    """
    if ties not in POLICIES:
        raise ValueError(f"ties is {ties!r}; 'first' or 'every' is expected")
    seen = _view(record, dy, image, channel)
    part = max_pool2d(seen.x[None, None], record.geometry.kernel_size, record.geometry.stride)
    x = np.where(seen.kinds & PADDING, -np.inf, seen.x) if (seen.kinds & PADDING).any() else seen.x
    mask = Panel("mask", _beside(part.mask[0, 0]), (0, 1), sign="⊙")
    notes = (*seen.notes, *_ties(part, ties), *_unread(seen))
    products = _mask_terms(part, seen.kinds)
    if ties == "first":
        return _scene(seen, x, (mask,), products, notes, ("x",))
    equal = Panel("ties", _beside(_equal(part)[0, 0]), (1, 1), label="window == max")
    return _scene(seen, x, (mask, equal), products, notes, ("x",))


def average_pooling(record: AvgPool2dRecord, dy, image: int = 0, channel: int = 0) -> Scene:
    """Set average pooling on a stage: x ⋆ a kernel of 1/(KH·KW), dx, the shares of dy, and the sums.

    dy (N, C, OH, OW) is the gradient of y. Of what is large the middle is shown. Raises ValueError for an
    image or channel that is not there, and a dy that has not y's shape.
    """
    seen = _view(record, dy, image, channel)
    part = avg_pool2d(seen.x[None, None], record.geometry.kernel_size, record.geometry.stride)
    kernel = Panel("kernel", part.kernel, (0, 1), sign="⋆", label=f"1/{part.kernel.size}")
    lost = (LOST_IN_PADDING,) if (seen.kinds & PADDING).any() else ()
    notes = (*seen.notes, LOSS_NOTE, *_unread(seen), *lost)
    return _scene(seen, seen.x, (kernel,), avg_pool2d_terms(part), notes)


# ---- Parts -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class _View:
    """The shown part of one image and channel: x with its padding, kinds, origins, y and dy."""

    x: np.ndarray
    kinds: np.ndarray
    origin: tuple[int, int]
    first: tuple[int, int]
    y: np.ndarray
    dy: np.ndarray
    notes: tuple[str, ...]


def _view(record, dy, image, channel) -> _View:
    images, channels = record.x.shape[:2]
    require_index(image, images, "image")
    require_index(channel, channels, "channel")
    setting = record.geometry
    chosen = positions(setting, small=_small)
    part = tuple(reach(setting, axis, taken) for axis, taken in enumerate(chosen))
    origin = tuple(cells.start + first for cells, first in zip(part, setting.origin, strict=True))
    notes = chosen_notes(("image", image, images), ("channel", channel, channels))
    return _View(
        x=record.padded[image, channel][part],
        kinds=kinds_of(setting)[part],
        origin=origin,
        first=tuple(taken.start for taken in chosen),
        y=record.y[image, channel][chosen],
        dy=gradient(dy, record.y)[image, channel][chosen],
        notes=(*notes, *part_notes(setting, *chosen)),
    )


def _small(windows: int, cells: int, kernel: int) -> bool:
    return fits(windows, max(cells, windows * kernel), kernel)  # the mask has as many cells as products


def _scene(seen: _View, x, factors: tuple[Panel, ...], products: Terms, notes, recomputed=()) -> Scene:
    """Tie the panels: the first of the factors makes y, the last one takes dy back to dx."""
    forward, backward = factors[0], factors[-1]
    dx = products.read("left", seen.x.size, out=seen.dy, right=backward.values).reshape(seen.x.shape)
    inside = np.flatnonzero((seen.kinds & PADDING) == 0)
    terms = {
        "products": products,
        "loss": loss_terms(seen.y.size),
        "sum_dx": Terms(inside * 0, inside, None),
        "sum_dy": Terms(np.zeros(seen.y.size, np.int64), np.arange(seen.y.size), None),
    }
    readings = (
        Reading("products", "out", out="y", left="x", right=forward.name),
        LOSS,
        Reading("products", "left", out="dy", left="dx", right=backward.name),
        Reading("sum_dx", "out", out="sum_dx", left="dx"),
        Reading("sum_dy", "out", out="sum_dy", left="dy"),
    )
    panels = _panels(seen, x, dx, factors, dx.ravel()[inside].sum())
    return Scene(panels, terms, readings, "y", notes, recomputed=recomputed)


def _panels(seen: _View, x, dx, factors: tuple[Panel, ...], sum_dx) -> tuple[Panel, ...]:
    cropped = np.where(seen.kinds & PADDING, CROPPED, 0)
    return arranged(
        Panel("x", x, (0, 0), origin=seen.origin, kinds=seen.kinds, editable=True),
        *factors,
        Panel("y", seen.y, (0, 2), sign="=", origin=seen.first),
        Panel("dx", dx, (1, 0), origin=seen.origin, kinds=cropped),
        Panel("dy", seen.dy, (1, 2), origin=seen.first, editable=True),
        loss_panel(seen.dy, seen.y, (1, 3)),
        Panel("sum_dx", sum_dx, (2, 0), label="Σ dx"),
        Panel("sum_dy", seen.dy.sum(), (2, 2), label="Σ dy"),
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


def _equal(part: MaxPool2dRecord) -> np.ndarray:
    """Mark every cell that equals its window's maximum."""
    return part.patches == part.y[..., None, None]


def _ties(part: MaxPool2dRecord, policy: str) -> tuple[str, ...]:
    """Say whether dx is a true gradient, and who takes dy where numbers tie."""
    tied = int((_equal(part).sum(axis=(-2, -1)) > 1).sum())
    if not tied:
        return (LOSS_NOTE,)
    where = "one window" if tied == 1 else f"{tied} windows"
    who = "the first, row by row, takes all of dy" if policy == "first" else "each of them takes all of dy"
    stands = f"In {where} the maximum stands more than once: {who}."
    return (LOSS_NOTE, stands) if policy == "first" else (stands, EVERY)


def _unread(seen: _View) -> tuple[str, ...]:
    """Say how many cells of x no window reads."""
    unread = int(((seen.kinds & NEVER_READ) > 0)[(seen.kinds & PADDING) == 0].sum())
    if not unread:
        return ()
    what = "One cell of x is" if unread == 1 else f"{unread} cells of x are"
    return (f"{what} read by no window: dx is 0 there.",)
