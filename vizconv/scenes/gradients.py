"""The gradients of a convolution: one table read three ways, and each reading by itself.

`record` is a `conv2d`, `gradients` are what `conv2d_backward` made of it. All of one filter and one image:
dx is the share of that filter, dw and db are the share of that image.
"""

import numpy as np

from vizconv.engine.geometry import rot180
from vizconv.engine.operations.convolution import Conv2dGather, Conv2dGradients, Conv2dRecord, conv2d
from vizconv.scenes.correlation import copied
from vizconv.scenes.layer import bias_panel
from vizconv.scenes.parts import (
    LOSS,
    LOSS_NOTE,
    bias_readings,
    copy_terms,
    loss_panel,
    loss_terms,
    turn_terms,
)
from vizconv.scenes.scene import CROPPED, FILLED, PADDING, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms
from vizconv.scenes.view import View, view

DX = Reading("products", "left", out="dy", left="dx", right="w")
DW = Reading("products", "right", out="dy", left="x", right="dw")
DB = Reading("bias", "left", out="dy", left="db")
SPARSE = "A stride above 1: the window moves on by more than one cell from each cell of dy to the next."


def readings(
    record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0, walk: str = "y"
) -> Scene:
    """Set x, w, b, y and under them dx, dw, db, dy on a stage, tied by one table, and L = Σ dy ⊙ y.

    `walk` is the panel to step through. Raises ValueError for an image or filter that is not there.
    """
    seen = view(record, image, filter)
    shown, found = seen.record, seen.gradients(gradients)
    y = shown.y[0, 0] if seen.rest is None else shown.y[0, 0] + seen.rest
    panels = (
        _input(seen, (0, 0)),
        _kernel(seen, (0, 1), "⋆"),
        *([] if shown.bias is None else [bias_panel(seen, (0, 2), subscript=seen.number)]),
        *([] if seen.rest is None else [_rest(seen, (0, 3))]),
        seen.output_panel("y", y, (0, 4), sign="=", subscript=seen.number),
        _input_gradient(seen, found, (1, 0)),
        _kernel_gradient(seen, found, (1, 1)),
        *([] if shown.bias is None else [_bias_gradient(seen, found, (1, 2))]),
        _output_gradient(seen, found, (1, 4)),
        loss_panel(found.dy[0, 0], y, (1, 5)),
    )
    forward = (Reading("products", "out", out="y", left="x", right="w"), *bias_readings(shown))
    rest = () if seen.rest is None else (Reading("rest", "out", out="y", left="rest"),)
    backward = (DX, DW) if shown.bias is None else (DX, DW, DB)
    terms = {**_terms(seen), "loss": loss_terms(y.size)}
    notes = (*seen.notes, LOSS_NOTE, *_shares(seen))
    order = (*forward, *rest, LOSS, *backward)
    return Scene(panels, terms, order, walk, notes, recomputed=copied(record))


def weight_gradient(
    record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0
) -> Scene:
    """Set dw = x ⋆ dy on a stage, to step through dw cell by cell."""
    seen = view(record, image, filter)
    found = seen.gradients(gradients)
    panels = (
        _input(seen, (0, 0)),
        _output_gradient(seen, found, (0, 1), "⋆"),
        _kernel_gradient(seen, found, (0, 2), "="),
    )
    notes = (*seen.notes, *_shares(seen, dx=False), *_strided(record))
    return Scene(panels, _products(seen), (DW,), "dw", notes, recomputed=copied(record))


def bias_gradient(record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0) -> Scene:
    """Set db = Σ dy on a stage (of an untied bias: db = dy), to step through dy cell by cell.

    Raises ValueError when the record has no bias.
    """
    seen = view(record, image, filter)
    terms, found = {"bias": bias_terms(seen.record)}, seen.gradients(gradients)
    panels = (_output_gradient(seen, found, (0, 0)), _bias_gradient(seen, found, (0, 1), "→"))
    return Scene(panels, terms, (DB,), "dy", (*seen.notes, *_shares(seen, dx=False)))


def input_gradient_scatter(
    record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0
) -> Scene:
    """Set dx on a stage as a scatter: step through dy, and every cell of it stamps dy · w onto dx."""
    seen = view(record, image, filter)
    found = seen.gradients(gradients)
    panels = (
        _output_gradient(seen, found, (0, 0)),
        _kernel(seen, (0, 1), "·"),
        _input_gradient(seen, found, (0, 2), "→"),
    )
    notes = (*seen.notes, "Each cell of dy stamps itself times w; where stamps overlap they add up.")
    return Scene(panels, _products(seen), (DX,), "dy", (*notes, *_shares(seen, dw=False)))


def input_gradient_gather(
    record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0
) -> Scene:
    """Set dx on a stage as a gather: the spread dy ⋆ rot180(w), stepped through dx cell by cell.

    Spread are zeros between the cells of dy (stride), leftover rows and columns, and a padding of D(K-1);
    the cells of dx that lie in the padding of x are cropped.
    """
    seen = view(record, image, filter)
    found = seen.gradients(gradients)
    spread, turned = found.spread_dy[0, 0], rot180(seen.record.weight[0])
    panels = (
        _output_gradient(seen, found, (0, 0)),
        _kernel(seen, (0, 1), ""),
        _spread(seen, spread, (1, 0)),
        seen.kernel_panel("rotated", turned, (1, 1), sign="⋆", label="rot180(w)", subscript=seen.number),
        _input_gradient(seen, found, (1, 2), "="),
    )
    terms = {
        "spread": _spread_terms(seen, spread.shape),
        "turn": turn_terms(turned.shape),
        "gather": _gather_terms(found, seen),
    }
    order = (
        Reading("spread", "out", out="spread", left="dy"),
        Reading("turn", "out", out="rotated", left="w"),
        Reading("gather", "out", out="dx", left="spread", right="rotated"),
    )
    notes = (*seen.notes, *_how_spread(seen), *_shares(seen, dw=False))
    return Scene(panels, terms, order, "dx", notes)


# ---- Panels ------------------------------------------------------------------------------------------


def _input(seen: View, place) -> Panel:
    return seen.panel("x", seen.record.x[0], place, kinds=seen.kinds, editable=True)


def _kernel(seen: View, place, sign: str) -> Panel:
    settings = {"sign": sign, "subscript": seen.number, "editable": True}
    return seen.kernel_panel("w", seen.record.weight[0], place, **settings)


def _rest(seen: View, place) -> Panel:
    return seen.output_panel("rest", seen.rest, place, sign="+", label="other channels")


def _input_gradient(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    cropped = np.where(seen.kinds & PADDING, CROPPED, 0)
    return seen.panel("dx", found.dpadded[0], place, kinds=cropped, sign=sign)


def _kernel_gradient(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    return seen.kernel_panel("dw", found.dweight[0], place, sign=sign, subscript=seen.number)


def _bias_gradient(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    dbias, settings = found.dbias[0], {"sign": sign, "subscript": seen.number}
    return (
        seen.output_panel("db", dbias, place, **settings)
        if dbias.ndim
        else Panel("db", dbias, place, **settings)
    )


def _output_gradient(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    settings = {"sign": sign, "subscript": seen.number, "editable": True}
    return seen.output_panel("dy", found.dy[0, 0], place, **settings)


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


# ---- Terms -------------------------------------------------------------------------------------------


def _terms(seen: View) -> dict[str, Terms]:
    terms = _products(seen)
    if seen.record.bias is not None:
        terms["bias"] = bias_terms(seen.record)
    if seen.rest is not None:
        terms["rest"] = copy_terms(np.arange(seen.rest.size))
    return terms


def _products(seen: View) -> dict[str, Terms]:
    return {"products": conv2d_terms(seen.record)}


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


# ---- Notes -------------------------------------------------------------------------------------------


def _shares(seen: View, dx: bool = True, dw: bool = True) -> tuple[str, ...]:
    """Say what the shown gradients leave out: other filters and images, and a border that copies."""
    images, filters = len(seen.whole.x), len(seen.whole.weight)
    notes = []
    if dx and filters > 1:
        notes.append(
            f"dx is the share of filter {seen.filter}; the whole dx adds the shares of {filters} filters."
        )
    if dw and images > 1:
        notes.append(f"dw and db are the share of image {seen.image}; the whole ones add {images} images.")
    if dx and copied(seen.whole):
        notes.append(
            "The padding copies cells of x; what dx holds there is added to the cells it was copied from."
        )
    return tuple(notes)


def _strided(record: Conv2dRecord) -> tuple[str, ...]:
    return (SPARSE,) if max(record.geometry.stride) > 1 else ()


def _how_spread(seen: View) -> tuple[str, ...]:
    setting = seen.record.geometry
    notes = []
    if max(setting.stride) > 1:
        notes.append(
            "The stride moved x's window on by more than one cell, so zeros stand between the cells of dy."
        )
    if any(setting.leftover):
        rows, columns = setting.leftover
        notes.append(
            f"No window reads the last {rows} rows and {columns} columns of the padded x: "
            "as many rows and columns of zeros are left over in the spread dy."
        )
    return tuple(notes)
