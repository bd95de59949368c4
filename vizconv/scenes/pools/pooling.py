"""Pooling forward and backward: the mask that a maximum leaves, the equal shares of a mean.

Scenes of one image and one channel; padding of a maximum holds -∞ and takes part in no sum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.average_pooling import AvgPool2dRecord, avg_pool2d
from vizconv.engine.operations.pooling import MaxPool2dRecord, max_pool2d
from vizconv.scenes.parts import LOSS, LOSS_NOTE, arranged, beside, loss_panel, loss_terms, mask_terms
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import BARE
from vizconv.scenes.scene import NEVER_READ, PADDING, Panel, Reading, Scene, owners_of
from vizconv.scenes.tensors import cropped
from vizconv.scenes.terms import ROLES, Terms, avg_pool2d_terms
from vizconv.scenes.view import Area, chosen_notes, fits, middle, require_index

POLICIES = ("first", "every")
EVERY = (
    "Every tie takes the whole dy. But raise all of x by h, and every maximum rises by h, so L rises by "
    "h · Σ dy. The numbers of a true dx add up to Σ dy: compare the two sums."
)
LOST_IN_PADDING = "Padding cells are zeros and count: their shares of dy fall outside x, and Σ dx is less."
MASK, EQUAL = (Rule(name=name, out=name, of=("x",), terms="products") for name in ("mask", "ties"))


def max_pooling(
    record: MaxPool2dRecord, dy: ArrayLike, image: int = 0, channel: int = 0, ties: str = "first"
) -> Scene:
    """Set max pooling on a stage: y = Σ x ⊙ mask over each window, dx, the sum of mask · dy, and the sums.

    dy (N, C, OH, OW) is the gradient of y; mask (OH·KH, OW·KW): the masks of all windows beside each other.
    `ties` is "first", as the engine does it, or "every": then dx is what the common mistake
    `mask = (window == max)` makes of it. Of what is large the middle is shown. Raises ValueError for an
    image, channel or policy that is not there, and a dy that has not y's shape.
    """
    if ties not in POLICIES:
        raise ValueError(f"ties is {ties!r}; 'first' or 'every' is expected")
    view = _view(record, dy, image, channel)
    part = max_pool2d(view.x[None, None], record.geometry.kernel_size, record.geometry.stride)
    x = np.where(view.outside, -np.inf, view.x) if view.outside.any() else view.x
    masks = [(MASK, Panel("mask", beside(part.mask[0, 0]), (0, 1), sign="⊙"))]
    if ties == "every":
        masks.append((EQUAL, Panel("ties", beside(_equal(part)[0, 0]), (1, 1), label="window == max")))
    rules, panels = zip(*masks, strict=True)
    products, notes = _mask_terms(part, view.outside), (*view.notes, *_ties(part, ties), *_unread(view))
    return _scene(view, x, panels, products, notes, rules)


def average_pooling(record: AvgPool2dRecord, dy: ArrayLike, image: int = 0, channel: int = 0) -> Scene:
    """Set average pooling on a stage: x ⋆ a kernel of 1/(KH·KW), dx, the shares of dy, and the sums.

    dy (N, C, OH, OW) is the gradient of y. Of what is large the middle is shown. Raises ValueError for an
    image or channel that is not there, and a dy that has not y's shape.
    """
    view = _view(record, dy, image, channel)
    part = avg_pool2d(view.x[None, None], record.geometry.kernel_size, record.geometry.stride)
    look = {"sign": "⋆", "label": f"1/{part.kernel.size}", "owners": owners_of(part.kernel)}
    lost = (LOST_IN_PADDING,) if view.outside.any() else ()
    notes = (*view.notes, LOSS_NOTE, *_unread(view), *lost)
    return _scene(
        view, view.x, (Panel("kernel", part.kernel, (0, 1), **look),), avg_pool2d_terms(part), notes
    )


# ---- Parts -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class _View:
    """An area of one image and channel: x with its padding, y and dy; notes: which one, in words."""

    area: Area
    x: np.ndarray
    y: np.ndarray
    dy: np.ndarray
    notes: tuple[str, ...]

    @property
    def outside(self) -> np.ndarray:
        """Which cells of x are padding."""
        return (self.area.kinds & PADDING) > 0


def _view(record, dy, image, channel) -> _View:
    images, channels = record.x.shape[:2]
    require_index(image, images, "image")
    require_index(channel, channels, "channel")
    area = middle(record.geometry, small=_small)
    return _View(
        area=area,
        x=record.padded[image, channel][area.cells],
        y=record.y[image, channel][area.windows],
        dy=gradient(dy, record.y)[image, channel][area.windows],
        notes=(*chosen_notes(("image", image, images), ("channel", channel, channels)), *area.notes),
    )


def _small(windows: int, cells: int, kernel: int) -> bool:
    return fits(windows, max(cells, windows * kernel), kernel)  # the mask has as many cells as products


def _scene(view: _View, x, factors: tuple[Panel, ...], products: Terms, notes, rules=()) -> Scene:
    """Tie the panels: the first of the factors makes y, the last one takes dy back to dx."""
    forward, backward = factors[0], factors[-1]
    dx = products.read("left", view.x.size, out=view.dy, right=backward.values).reshape(view.x.shape)
    inside = np.flatnonzero(~view.outside)
    terms = {
        "products": products,
        "loss": loss_terms(view.y.size),
        "sum_dx": Terms(inside * 0, inside, None),
        "sum_dy": Terms(np.zeros(view.y.size, np.int64), np.arange(view.y.size), None),
    }
    steps = (
        *rules,
        Reading("products", "out", out="y", left="x", right=forward.name),
        LOSS,
        Reading("products", "left", out="dy", left="dx", right=backward.name),
        Reading("sum_dx", "out", out="sum_dx", left="dx"),
        Reading("sum_dy", "out", out="sum_dy", left="dy"),
    )
    return Scene(_panels(view, x, dx, factors, dx.ravel()[inside].sum()), terms, steps, "y", notes)


def _panels(view: _View, x, dx, factors: tuple[Panel, ...], sum_dx) -> tuple[Panel, ...]:
    area = view.area
    return arranged(
        Panel("x", x, (0, 0), origin=area.origin, kinds=area.kinds, editable=True),
        *factors,
        Panel("y", view.y, (0, 2), sign="=", origin=area.first),
        Panel("dx", dx, (1, 0), origin=area.origin, kinds=cropped(area.kinds)),
        Panel("dy", view.dy, (1, 2), origin=area.first, editable=True),
        loss_panel(view.dy, view.y, (0, 3)),
        Panel("sum_dx", sum_dx, (1, 3), label="Σ dx", scale=BARE),
        Panel("sum_dy", view.dy.sum(), (1, 4), label="Σ dy", scale=BARE),
    )


def _mask_terms(part: MaxPool2dRecord, outside: np.ndarray) -> Terms:
    """Table each cell times its place in the mask; padding has no terms: it is -∞ and never chosen."""
    terms = mask_terms(part)
    inside = ~outside.ravel()[terms.left]
    return Terms(*(getattr(terms, role)[inside] for role in ROLES))


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


def _unread(view: _View) -> tuple[str, ...]:
    """Say how many cells of x no window reads."""
    unread = int(((view.area.kinds & NEVER_READ) > 0)[~view.outside].sum())
    if not unread:
        return ()
    what = "One cell of x is" if unread == 1 else f"{unread} cells of x are"
    return (f"{what} read by no window: dx is 0 there.",)
