"""The tensors of a convolution as panels: x, w, b, y, L and their gradients, of one filter and one image."""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dGather
from vizconv.scenes.parts import loss_panel
from vizconv.scenes.scene import CROPPED, PADDING, Panel
from vizconv.scenes.view import View, copied


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


def bias_panel(seen: View, place, sign: str = "+", **settings) -> Panel:
    """Make the panel of a filter's bias: one number, or (OH, OW) where it is untied."""
    bias, settings = seen.record.bias[0], {"sign": sign, "editable": True, **settings}
    return (
        seen.output_panel("b", bias, place, **settings) if bias.ndim else Panel("b", bias, place, **settings)
    )


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
