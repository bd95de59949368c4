"""The gradient of a convolution's input, twice: dy stamps dy · w (scatter), or dx collects it (gather).

`record` is a `conv2d`, dy (N, F, OH, OW) the gradient of its y; another shape raises ValueError. One filter
and one image are shown, and dx is the share of that filter.
"""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.geometry import geometry, rot180
from vizconv.engine.operations.convolution import Conv2dGather, Conv2dRecord
from vizconv.scenes.backward.gradients import forward, unread_notes
from vizconv.scenes.parts import DX, arranged, turn_terms
from vizconv.scenes.scene import FILLED, PADDING, THROWN, Panel, Reading, Scene, owners_of
from vizconv.scenes.tensors import (
    cropped,
    input_gradient_panel,
    kernel_panel,
    output_gradient_panel,
    share_notes,
    unseen_panels,
)
from vizconv.scenes.terms import Terms, conv2d_terms, window_terms
from vizconv.scenes.view import View, view_of

THROWN_AWAY = (
    "A stride throws away the other outputs of a stride of 1: they do not reach L, so their dy is 0."
)
STAMPS = "Each cell of dy stamps itself times w; where stamps overlap they add up."


def input_gradient_scatter(
    record: Conv2dRecord, dy: ArrayLike, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set dx on a stage as a scatter: step through dy, and every cell of it stamps dy · w onto dx.

    With `loss`, x ⋆ w = y and L = Σ dy ⊙ y take part without a place.
    """
    view = view_of(record, image, filter)
    gradients = view.gradients(dy)
    panels = arranged(
        output_gradient_panel(view, gradients, (0, 0)),
        kernel_panel(view, (0, 1), "·"),
        input_gradient_panel(view, gradients, (0, 2), "→"),
        *(unseen_panels(view, gradients, "w") if loss else ()),
    )
    steps, terms = forward(view) if loss else ((), {"products": conv2d_terms(view.record)})
    notes = (*view.notes, STAMPS, *share_notes(view, dw=False), *unread_notes(view, seen=False))
    return Scene(panels, terms, (*steps, DX), "dy", notes, pointed=_most_read(view))


def input_gradient_gather(
    record: Conv2dRecord, dy: ArrayLike, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set dx on a stage as a gather: the spread dy ⋆ rot180(w), stepped through dx cell by cell.

    Spread are zeros between the cells of dy (stride), leftover rows and columns, and a padding of D(K-1);
    the cells of dx that lie in the padding of x are cropped. With `loss`, x ⋆ w = y and L = Σ dy ⊙ y take
    part without a place.
    """
    view = view_of(record, image, filter)
    gradients = view.gradients(dy)
    spread, w = gradients.spread_dy[0, 0], view.record.weight[0]
    turned = {"owners": rot180(owners_of(w)), "label": "rot180(w)", "subscript": view.number}
    panels = arranged(
        output_gradient_panel(view, gradients, (0, 0)),
        _spread(view, spread, (0, 1)),
        view.kernel_panel("rotated", rot180(w), (0, 2), sign="⋆", **turned),
        input_gradient_panel(view, gradients, (0, 3), "="),
        kernel_panel(view, (1, 2)),
        *(unseen_panels(view, gradients, "w") if loss else ()),
    )
    steps, terms = forward(view) if loss else ((), {})
    terms |= {
        "spread": _spread_terms(view, spread.shape),
        "turn": turn_terms(w.shape),
        "gather": _gather_terms(gradients, view),
    }
    steps = (
        *steps,
        Reading("spread", "out", out="spread", left="dy"),
        Reading("turn", "out", out="rotated", left="w"),
        Reading("gather", "out", out="dx", left="spread", right="rotated"),
    )
    notes = (*view.notes, *_how_spread(view), *share_notes(view, dw=False))
    return Scene(panels, terms, steps, "dx", notes, pointed=_most_read(view))


# ---- Parts -------------------------------------------------------------------------------------------


def _most_read(view: View) -> tuple[str, int]:
    """Find the first cell of dx with the most terms: the weights reappear around it, turned."""
    counts = np.bincount(conv2d_terms(view.record).left, minlength=view.record.x[0].size)
    return "dx", int(np.argmax(np.where(cropped(view.kinds).ravel(), -1, counts)))


def _spread(view: View, spread: np.ndarray, place) -> Panel:
    """Make the panel of the spread dy, its padding of D(K-1) outside, zeros between and those left over.

    Between the cells of dy are those that a stride of 1 would have, too, and this one throws away.
    """
    above, left = (span - 1 for span in view.record.geometry.span)
    kinds, places = np.full(spread.shape, FILLED, np.uint8), _places_in_spread(view, spread.shape)
    bottom, right = np.unravel_index(places[-1], spread.shape)
    kinds[above : bottom + 1, left : right + 1] = THROWN
    kinds.flat[places] = 0
    inside = np.zeros(spread.shape, bool)
    inside[above : len(spread) - above, left : spread.shape[1] - left] = True
    kinds[~inside] = PADDING
    look: dict[str, Any] = {"sign": "→", "label": "spread dy", "subscript": view.number}
    return Panel("spread", spread, place, origin=(-above, -left), kinds=kinds, **look)


def _places_in_spread(view: View, shape) -> np.ndarray:
    """Return where in the spread dy, in row-major order, the cells of dy are."""
    cells = np.arange(np.prod(shape)).reshape(shape)
    setting = view.record.geometry
    (above, left), (rows, columns) = (span - 1 for span in setting.span), setting.output_size
    return cells[above:, left:][:: setting.stride[0], :: setting.stride[1]][:rows, :columns].ravel()


def _spread_terms(view: View, shape) -> Terms:
    places = _places_in_spread(view, shape)
    return Terms(places, np.arange(places.size), None)


def _gather_terms(gradients: Conv2dGather, view: View) -> Terms:
    """Table spread dy ⋆ rot180(w), channel after channel: out counts dx, right the rotated kernels."""
    kernel, dilation = view.record.geometry.kernel_size, view.record.geometry.dilation
    one = window_terms(geometry(gradients.spread_dy.shape[2:], kernel, dilation=dilation))
    channels, plane = gradients.dpadded.shape[1], gradients.dpadded[0, 0].size
    return one.repeated(channels, out=plane, right=prod(kernel))


def _how_spread(view: View) -> tuple[str, ...]:
    setting = view.record.geometry
    notes = []
    if max(setting.stride) > 1:
        notes.append(THROWN_AWAY)
    if any(setting.leftover):
        counted = zip(setting.leftover, ("row", "column"), strict=True)
        left = " and ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in counted if count)
        notes.append(
            f"No window reads the last {left} of the padded x: the spread dy ends in as many of zeros."
        )
    return tuple(notes)
