"""The tensors of a convolution as panels: x, w, b, y, L and their gradients, of one filter and one image."""

from dataclasses import replace
from typing import Any

import numpy as np

from vizconv.engine.operations.convolution import Conv2dGather
from vizconv.engine.types import present
from vizconv.scenes.parts import loss_panel
from vizconv.scenes.scales import GRADIENTS, SUMS, WEIGHTS
from vizconv.scenes.scene import CROPPED, PADDING, Panel
from vizconv.scenes.view import View


def unseen_panels(view: View, gradients: Conv2dGather, *seen: str) -> tuple[Panel, ...]:
    """Make the panels of the way to L without a place, all but those that are seen."""
    places = dict.fromkeys(name for name in ("x", "w", "b", "rest", "y", "L") if name not in seen)
    return tuple(map(unseen, forward_panels(view, gradients, **places)))


def unseen(panel: Panel) -> Panel:
    """Let a panel take part without a place, where nobody can type into it."""
    return replace(panel, place=None, editable=False)


def forward_panels(
    view: View, gradients: Conv2dGather, **places: tuple[int, int] | None
) -> tuple[Panel, ...]:
    """Make the named panels of the way to L; b and rest only where the record has them."""
    make = {
        "x": lambda place: input_panel(view, place),
        "w": lambda place: kernel_panel(view, place, "⋆"),
        "b": lambda place: bias_panel(view, place, subscript=view.number),
        "rest": lambda place: rest_panel(view, place),
        "y": lambda place: view.output_panel("y", view.y, place, sign="=", subscript=view.number),
        "L": lambda place: loss_panel(gradients.dy[0, 0], view.y, place),
    }
    missing = {"b"} if view.record.bias is None else set()
    missing |= {"rest"} if view.rest is None else set()
    return tuple(make[name](place) for name, place in places.items() if name not in missing)


def input_panel(
    view: View, place: tuple[int, int] | None, pixels: tuple[float, float] | None = None
) -> Panel:
    """Make the panel of x, padding included; `pixels` are those of a panel, where x is a picture."""
    return view.panel("x", view.record.x[0], place, kinds=view.kinds, editable=True, pixels=pixels)


def kernel_panel(view: View, place: tuple[int, int] | None, sign: str = "", name: str = "w") -> Panel:
    """Make the panel of w, one filter of it."""
    settings = {"sign": sign, "subscript": view.number, "editable": True, "scale": WEIGHTS}
    return view.kernel_panel(name, view.record.weight[0], place, **settings)


def rest_panel(view: View, place: tuple[int, int] | None) -> Panel:
    """Make the panel of what the channels that are not on the stage add to y."""
    return view.output_panel("rest", present(view.rest), place, sign="+", label="other channels", scale=SUMS)


def input_gradient_panel(
    view: View, gradients: Conv2dGather, place: tuple[int, int] | None, sign: str = ""
) -> Panel:
    """Make the panel of dx, as large as the padded x; what lies in the padding is marked as cropped."""
    settings = {"kinds": cropped(view.kinds), "sign": sign, "scale": GRADIENTS}
    return view.panel("dx", gradients.dpadded[0], place, **settings)


def cropped(kinds: np.ndarray) -> np.ndarray:
    """Mark the cells of padding as cropped: nobody asks for their gradient."""
    return np.where(kinds & PADDING, CROPPED, 0).astype(np.uint8)


def kernel_gradient_panel(
    view: View, gradients: Conv2dGather, place: tuple[int, int] | None, sign: str = ""
) -> Panel:
    """Make the panel of dw, one filter of it."""
    return view.kernel_panel("dw", gradients.dweight[0], place, sign=sign, subscript=view.number)


def bias_gradient_panel(
    view: View, gradients: Conv2dGather, place: tuple[int, int] | None, sign: str = ""
) -> Panel:
    """Make the panel of db: one number, or (OH, OW) where the bias is untied."""
    return _bias_panel(view, "db", present(gradients.dbias)[0], place, sign=sign, subscript=view.number)


def output_gradient_panel(
    view: View, gradients: Conv2dGather, place: tuple[int, int] | None, sign: str = ""
) -> Panel:
    """Make the panel of dy, which a learner may change."""
    settings = {"sign": sign, "subscript": view.number, "editable": True, "scale": GRADIENTS}
    return view.output_panel("dy", gradients.dy[0, 0], place, **settings)


def bias_panel(view: View, place: tuple[int, int] | None, **settings: Any) -> Panel:
    """Make the panel of a filter's bias: one number, or (OH, OW) where it is untied."""
    settings = {"sign": "+", "editable": True, "scale": WEIGHTS, **settings}
    return _bias_panel(view, "b", present(view.record.bias)[0], place, **settings)


def _bias_panel(view: View, name: str, values: np.ndarray, place, **settings) -> Panel:
    make = view.output_panel if values.ndim else Panel
    return make(name, values, place, **settings)


def share_notes(view: View, dx: bool = True, dw: bool = True) -> tuple[str, ...]:
    """Say what the gradients leave out: other filters and images, and a border that copies."""
    images, filters = len(view.whole.x), len(view.whole.weight)
    notes = []
    if dx and filters > 1:
        notes.append(
            f"dx is the share of filter {view.filter}; the whole dx adds the shares of {filters} filters."
        )
    if dw and images > 1:
        notes.append(f"dw and db are the share of image {view.image}; the whole ones add {images} images.")
    if not view.area.is_all:
        notes.append("Gradients count only the shown part of y.")
    if dx and len(view.area.border):
        notes.append(
            "The padding copies cells of x; what dx holds there is added to the cells it was copied from."
        )
    return tuple(notes)
