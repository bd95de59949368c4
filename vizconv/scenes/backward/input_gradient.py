"""The gradient of a convolution's input, twice: dy stamps dy · w (scatter), or dx collects it (gather).

`record` is a `conv2d`, dy (N, F, OH, OW) the gradient of its y; another shape raises ValueError. One filter
and one image are shown, and dx is the share of that filter.
"""

from dataclasses import replace

import numpy as np

from vizconv.engine.geometry import rot180
from vizconv.engine.operations.convolution import Conv2dGather, Conv2dRecord, conv2d
from vizconv.scenes.backward.gradients import forward_readings, forward_terms, product_table, unread_notes
from vizconv.scenes.parts import DX, arranged, turn_terms
from vizconv.scenes.scene import FILLED, PADDING, Panel, Reading, Scene
from vizconv.scenes.tensors import (
    forward_panels,
    input_gradient_panel,
    kernel_panel,
    output_gradient_panel,
    share_notes,
)
from vizconv.scenes.terms import Terms, conv2d_terms
from vizconv.scenes.view import View, copied, view


def input_gradient_scatter(
    record: Conv2dRecord, dy, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set dx on a stage as a scatter: step through dy, and every cell of it stamps dy · w onto dx.

    With `loss`, x, y and L = Σ dy ⊙ y stand below, x under dx and y under dy.
    """
    seen = view(record, image, filter)
    found = seen.gradients(dy)
    panels = arranged(
        output_gradient_panel(seen, found, (0, 0)),
        kernel_panel(seen, (0, 1), "·"),
        input_gradient_panel(seen, found, (0, 3), "→"),
        *_tensors(seen, found, loss, y=(1, 0), L=(1, 1), x=(1, 3), b=(2, 1), rest=(2, 0)),
    )
    notes = (*seen.notes, "Each cell of dy stamps itself times w; where stamps overlap they add up.")
    notes = (*notes, *share_notes(seen, dw=False), *unread_notes(seen))
    terms, order = (
        (forward_terms(seen), (*forward_readings(seen), DX)) if loss else (product_table(seen), (DX,))
    )
    return Scene(panels, terms, order, "dy", notes, recomputed=copied(record) if loss else ())


def input_gradient_gather(
    record: Conv2dRecord, dy, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set dx on a stage as a gather: the spread dy ⋆ rot180(w), stepped through dx cell by cell.

    Spread are zeros between the cells of dy (stride), leftover rows and columns, and a padding of D(K-1);
    the cells of dx that lie in the padding of x are cropped. With `loss`, x stands over dx, and below
    y and L = Σ dy ⊙ y.
    """
    seen = view(record, image, filter)
    found = seen.gradients(dy)
    spread, turned = found.spread_dy[0, 0], rot180(seen.record.weight[0])
    panels = arranged(
        output_gradient_panel(seen, found, (0, 0)),
        kernel_panel(seen, (0, 1), ""),
        _spread(seen, spread, (1, 0)),
        seen.kernel_panel("rotated", turned, (1, 1), sign="⋆", label="rot180(w)", subscript=seen.number),
        input_gradient_panel(seen, found, (1, 3), "="),
        *_tensors(seen, found, loss, x=(0, 3), y=(2, 0), b=(2, 1), rest=(2, 2), L=(2, 3)),
    )
    terms = {
        "spread": _spread_terms(seen, spread.shape),
        "turn": turn_terms(turned.shape),
        "gather": _gather_terms(found, seen),
        **(forward_terms(seen) if loss else {}),
    }
    order = (
        *(forward_readings(seen) if loss else ()),
        Reading("spread", "out", out="spread", left="dy"),
        Reading("turn", "out", out="rotated", left="w"),
        Reading("gather", "out", out="dx", left="spread", right="rotated"),
    )
    notes = (*seen.notes, *_how_spread(seen), *share_notes(seen, dw=False))
    return Scene(panels, terms, order, "dx", notes, recomputed=copied(record) if loss else ())


# ---- Parts -------------------------------------------------------------------------------------------


def _tensors(seen: View, found: Conv2dGather, loss: bool, **places) -> tuple[Panel, ...]:
    """Make the panels that L depends on, where it is shown; they stand by themselves, without signs."""
    panels = forward_panels(seen, found, **places) if loss else ()
    return tuple(replace(panel, sign="") for panel in panels)


def _spread(seen: View, spread: np.ndarray, place) -> Panel:
    """Make the panel of the spread dy, its padding of D(K-1) outside and zeros between and left over."""
    above, left = (span - 1 for span in seen.record.geometry.span)
    kinds = np.full(spread.shape, FILLED, np.uint8)
    kinds.flat[_places_in_spread(seen, spread.shape)] = 0
    inside = np.zeros(spread.shape, bool)
    inside[above : len(spread) - above, left : spread.shape[1] - left] = True
    kinds[~inside] = PADDING
    return Panel(
        "spread", spread, place, label="spread dy", subscript=seen.number, origin=(-above, -left), kinds=kinds
    )


def _places_in_spread(seen: View, shape) -> np.ndarray:
    """Return where in the spread dy, in row-major order, the cells of dy are."""
    cells = np.arange(np.prod(shape)).reshape(shape)
    setting = seen.record.geometry
    (above, left), (rows, columns) = (span - 1 for span in setting.span), setting.output_size
    return cells[above:, left:][:: setting.stride[0], :: setting.stride[1]][:rows, :columns].ravel()


def _spread_terms(seen: View, shape) -> Terms:
    places = _places_in_spread(seen, shape)
    return Terms(places, np.arange(places.size), None)


def _gather_terms(found: Conv2dGather, seen: View) -> Terms:
    """Table spread dy ⋆ rot180(w), channel after channel: out counts dx, right the rotated kernels."""
    spread, kernel = found.spread_dy[:1, :1], np.zeros((1, 1, *seen.record.geometry.kernel_size), np.int64)
    one = conv2d_terms(conv2d(spread, kernel, dilation=seen.record.geometry.dilation))
    channels = found.dpadded.shape[1]
    channel = np.repeat(np.arange(channels), len(one))
    out, left, right = (
        np.tile(indices.astype(np.int64), channels) for indices in (one.out, one.left, one.right)
    )
    return Terms(channel * found.dpadded[0, 0].size + out, left, channel * kernel.size + right)


def _how_spread(seen: View) -> tuple[str, ...]:
    setting = seen.record.geometry
    notes = []
    if max(setting.stride) > 1:
        notes.append(
            "The stride moved x's window on by more than one cell, so zeros stand between the cells of dy."
        )
    if any(setting.leftover):
        counted = zip(setting.leftover, ("row", "column"), strict=True)
        left = " and ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in counted if count)
        notes.append(
            f"No window reads the last {left} of the padded x: the spread dy ends in as many of zeros."
        )
    return tuple(notes)
