"""The gradients of a convolution: one table read three ways, and each reading by itself.

`record` is a `conv2d`, `gradients` are what `conv2d_backward` made of it. All of one filter and one image:
dx is the share of that filter, dw and db are the share of that image.
"""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dGather, Conv2dGradients, Conv2dRecord
from vizconv.scenes.correlation import copied
from vizconv.scenes.layer import bias_panel
from vizconv.scenes.parts import (
    DB,
    DW,
    DX,
    LOSS,
    LOSS_NOTE,
    PRODUCTS,
    arranged,
    bias_readings,
    loss_panel,
    loss_terms,
)
from vizconv.scenes.scene import CROPPED, PADDING, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms, copy_terms
from vizconv.scenes.view import View, view

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
    panels = arranged(
        input_panel(seen, (0, 0)),
        kernel_panel(seen, (0, 1), "⋆"),
        *([] if shown.bias is None else [bias_panel(seen, (0, 2), subscript=seen.number)]),
        *([] if seen.rest is None else [rest_panel(seen, (0, 3))]),
        seen.output_panel("y", y, (0, 4), sign="=", subscript=seen.number),
        input_gradient_panel(seen, found, (1, 0)),
        kernel_gradient_panel(seen, found, (1, 1)),
        *([] if shown.bias is None else [bias_gradient_panel(seen, found, (1, 2))]),
        output_gradient_panel(seen, found, (1, 4)),
        loss_panel(found.dy[0, 0], y, (1, 5)),
    )
    forward = (PRODUCTS, *bias_readings(shown))
    rest = () if seen.rest is None else (Reading("rest", "out", out="y", left="rest"),)
    backward = (DX, DW) if shown.bias is None else (DX, DW, DB)
    terms = {**_terms(seen), "loss": loss_terms(y.size)}
    notes = (*seen.notes, LOSS_NOTE, *share_notes(seen))
    order = (*forward, *rest, LOSS, *backward)
    return Scene(panels, terms, order, walk, notes, recomputed=copied(record))


def weight_gradient(
    record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0
) -> Scene:
    """Set dw = x ⋆ dy on a stage, to step through dw cell by cell."""
    seen = view(record, image, filter)
    found = seen.gradients(gradients)
    panels = (
        input_panel(seen, (0, 0)),
        output_gradient_panel(seen, found, (0, 1), "⋆"),
        kernel_gradient_panel(seen, found, (0, 2), "="),
    )
    notes = (*seen.notes, *share_notes(seen, dx=False), *_strided(record))
    return Scene(panels, product_table(seen), (DW,), "dw", notes, recomputed=copied(record))


def bias_gradient(record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0) -> Scene:
    """Set db = Σ dy on a stage (of an untied bias: db = dy), to step through dy cell by cell.

    Raises ValueError when the record has no bias.
    """
    seen = view(record, image, filter)
    terms, found = {"bias": bias_terms(seen.record)}, seen.gradients(gradients)
    panels = (output_gradient_panel(seen, found, (0, 0)), bias_gradient_panel(seen, found, (0, 1), "→"))
    return Scene(panels, terms, (DB,), "dy", (*seen.notes, *share_notes(seen, dx=False)))


# ---- Panels ------------------------------------------------------------------------------------------


def input_panel(seen: View, place) -> Panel:
    """Make the panel of x, padding included."""
    return seen.panel("x", seen.record.x[0], place, kinds=seen.kinds, editable=True)


def kernel_panel(seen: View, place, sign: str) -> Panel:
    """Make the panel of w, one filter of it."""
    settings = {"sign": sign, "subscript": seen.number, "editable": True}
    return seen.kernel_panel("w", seen.record.weight[0], place, **settings)


def rest_panel(seen: View, place) -> Panel:
    """Make the panel of what the channels that are not shown add to y."""
    return seen.output_panel("rest", seen.rest, place, sign="+", label="other channels")


def input_gradient_panel(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    """Make the panel of dx, as large as the padded x; what lies in the padding is marked as cropped."""
    cropped = np.where(seen.kinds & PADDING, CROPPED, 0)
    return seen.panel("dx", found.dpadded[0], place, kinds=cropped, sign=sign)


def kernel_gradient_panel(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    """Make the panel of dw, one filter of it."""
    return seen.kernel_panel("dw", found.dweight[0], place, sign=sign, subscript=seen.number)


def bias_gradient_panel(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    """Make the panel of db: one number, or (OH, OW) where the bias is untied."""
    dbias, settings = found.dbias[0], {"sign": sign, "subscript": seen.number}
    return (
        seen.output_panel("db", dbias, place, **settings)
        if dbias.ndim
        else Panel("db", dbias, place, **settings)
    )


def output_gradient_panel(seen: View, found: Conv2dGather, place, sign: str = "") -> Panel:
    """Make the panel of dy, which a learner may change."""
    settings = {"sign": sign, "subscript": seen.number, "editable": True}
    return seen.output_panel("dy", found.dy[0, 0], place, **settings)


# ---- Tables ------------------------------------------------------------------------------------------


def _terms(seen: View) -> dict[str, Terms]:
    terms = product_table(seen)
    if seen.record.bias is not None:
        terms["bias"] = bias_terms(seen.record)
    if seen.rest is not None:
        terms["rest"] = copy_terms(np.arange(seen.rest.size))
    return terms


def product_table(seen: View) -> dict[str, Terms]:
    """Table the products of the shown part."""
    return {"products": conv2d_terms(seen.record)}


# ---- Sentences -------------------------------------------------------------------------------------------


def share_notes(seen: View, dx: bool = True, dw: bool = True) -> tuple[str, ...]:
    """Say what the shown gradients leave out: other filters and images, and a border that copies."""
    images, filters = len(seen.whole.x), len(seen.whole.weight)
    notes = []
    if dx and filters > 1:
        notes.append(
            f"dx is the share of filter {seen.filter}; the whole dx adds the shares of {filters} filters."
        )
    if dw and images > 1:
        notes.append(f"dw and db are the share of image {seen.image}; the whole ones add {images} images.")
    if seen.is_part:
        notes.append("Gradients count only the shown part of y.")
    if dx and copied(seen.whole):
        notes.append(
            "The padding copies cells of x; what dx holds there is added to the cells it was copied from."
        )
    return tuple(notes)


def _strided(record: Conv2dRecord) -> tuple[str, ...]:
    return (SPARSE,) if max(record.geometry.stride) > 1 else ()
