"""The gradients of a convolution: one table read three ways, and each reading by itself.

`record` is a `conv2d`, `gradients` are what `conv2d_backward` made of it. All of one filter and one image:
dx is the share of that filter, dw and db are the share of that image.
"""

from dataclasses import replace

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
from vizconv.scenes.scene import CROPPED, NEVER_READ, PADDING, Panel, Reading, Scene
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
    panels = arranged(
        *forward_panels(seen, found, x=(0, 0), w=(0, 1), b=(0, 2), rest=(0, 3), y=(0, 4), L=(2, 4)),
        input_gradient_panel(seen, found, (1, 0)),
        kernel_gradient_panel(seen, found, (1, 1)),
        *([] if shown.bias is None else [bias_gradient_panel(seen, found, (1, 2))]),
        output_gradient_panel(seen, found, (1, 4)),
    )
    backward = (DX, DW) if shown.bias is None else (DX, DW, DB)
    notes = (*seen.notes, LOSS_NOTE, *share_notes(seen), *unread_notes(seen))
    order = (*forward_readings(seen), *backward)
    return Scene(panels, forward_terms(seen), order, walk, notes, recomputed=copied(record))


def weight_gradient(
    record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set dw = x ⋆ dy on a stage, to step through dw cell by cell.

    With `loss`, x ⋆ w = y and L = Σ dy ⊙ y stand below.
    """
    seen = view(record, image, filter)
    found = seen.gradients(gradients)
    panels = arranged(
        input_panel(seen, (0, 0)),
        output_gradient_panel(seen, found, (0, 1), "⋆"),
        kernel_gradient_panel(seen, found, (0, 2), "="),
        *(forward_panels(seen, found, w=(1, 1), b=(2, 1), rest=(3, 1), y=(1, 2), L=(2, 2)) if loss else ()),
    )
    order = (*forward_readings(seen), DW) if loss else (DW,)
    terms = forward_terms(seen) if loss else product_table(seen)
    notes = (*seen.notes, *share_notes(seen, dx=False), *_strided(record))
    return Scene(panels, terms, order, "dw", notes, recomputed=copied(record))


def bias_gradient(
    record: Conv2dRecord, gradients: Conv2dGradients, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set db = Σ dy on a stage (of an untied bias: db = dy), to step through dy cell by cell.

    With `loss`, b + (x ⋆ w) = y and L = Σ dy ⊙ y stand below. Raises ValueError when the record has no bias.
    """
    seen = view(record, image, filter)
    terms, found = {"bias": bias_terms(seen.record)}, seen.gradients(gradients)
    panels = [output_gradient_panel(seen, found, (0, 0)), bias_gradient_panel(seen, found, (0, 1), "→")]
    order = [DB]
    if loss:
        sums = whole_output(seen) - seen.record.bias[0]
        panels.append(seen.output_panel("sums", sums, (1, 2), sign="+", label="x\u202f⋆\u202fw"))
        y, b, cost = forward_panels(seen, found, y=(1, 0), b=(1, 1), L=(1, 3))
        panels.extend((replace(y, sign=""), replace(b, sign="="), cost))
        order = [Reading("sums", "out", out="y", left="sums"), *bias_readings(seen.record), LOSS, DB]
        terms |= {"sums": copy_terms(np.arange(sums.size)), "loss": loss_terms(sums.size)}
    notes = (*seen.notes, *share_notes(seen, dx=False))
    return Scene(arranged(*panels), terms, tuple(order), "dy", notes)


# ---- Panels ------------------------------------------------------------------------------------------


def forward_panels(seen: View, found: Conv2dGather, **places) -> tuple[Panel, ...]:
    """Make those panels of the way to L that have a place; b and rest only where the record has them."""
    y = whole_output(seen)
    make = {
        "x": lambda place: input_panel(seen, place),
        "w": lambda place: kernel_panel(seen, place, "⋆"),
        "b": lambda place: bias_panel(seen, place, subscript=seen.number),
        "rest": lambda place: rest_panel(seen, place),
        "y": lambda place: seen.output_panel("y", y, place, sign="=", subscript=seen.number),
        "L": lambda place: loss_panel(found.dy[0, 0], y, place),
    }
    missing = {"b"} if seen.record.bias is None else set()
    missing |= {"rest"} if seen.rest is None else set()
    return tuple(make[name](place) for name, place in places.items() if name not in missing)


def whole_output(seen: View) -> np.ndarray:
    """Return the shown part of y, with what channels that are not shown add to it."""
    y = seen.record.y[0, 0]
    return y if seen.rest is None else y + seen.rest


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


def forward_readings(seen: View) -> tuple[Reading, ...]:
    """Read y and then L = Σ dy ⊙ y."""
    rest = () if seen.rest is None else (Reading("rest", "out", out="y", left="rest"),)
    return (PRODUCTS, *bias_readings(seen.record), *rest, LOSS)


def forward_terms(seen: View) -> dict[str, Terms]:
    """Table all that y and L add up."""
    terms = product_table(seen) | {"loss": loss_terms(seen.record.y.size)}
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


def unread_notes(seen: View) -> tuple[str, ...]:
    """Say which pixels no window reads, and what that means for their gradient."""
    unread = (seen.kinds[0] & (NEVER_READ | PADDING)) == NEVER_READ
    if not unread.any():
        return ()
    first = tuple(
        int(index) + start for index, start in zip(np.argwhere(unread)[0], seen.origin, strict=True)
    )
    which = (
        f"pixel x[{first[0]},{first[1]}]" if unread.sum() == 1 else f"{unread.sum()} pixels struck through"
    )
    return (f"No window reads the {which}: L does not depend on what stands there, so dx is 0 there.",)


def _strided(record: Conv2dRecord) -> tuple[str, ...]:
    return (SPARSE,) if max(record.geometry.stride) > 1 else ()
