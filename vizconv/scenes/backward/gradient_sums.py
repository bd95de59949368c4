"""What the gradients of a convolution add up: dx over the filters, dw over the images.

`record` is a `conv2d`, dy (N, F, OH, OW) the gradient of its y; another shape raises ValueError. One channel
is shown, all of it, and so are its dx and dw whole, not a share. The way to L = Σ dy ⊙ y takes part without
a place.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d, conv2d_backward
from vizconv.engine.types import present
from vizconv.scenes.parts import DW, DX, LOSS, PRODUCTS, arranged, loss_panel, loss_terms, rest_reading
from vizconv.scenes.scales import SUMS
from vizconv.scenes.scene import Panel, Reading, Scene, numbered, owners_of
from vizconv.scenes.tensors import cropped
from vizconv.scenes.terms import Terms, conv2d_terms, copy_terms
from vizconv.scenes.view import MOST_TERMS, chosen_notes, copies, require_index, whole_area

FILTERS = "dx adds up what every filter stamps: all of them have read this image."
IMAGES = "dw adds up what every image says: all of them have met this kernel. It sums over no channels."


def input_gradient_of_filters(record: Conv2dRecord, dy: ArrayLike, image: int = 0, channel: int = 0) -> Scene:
    """Set dx_c = Σ_f (dy_f scattered by w_fc) on a stage: one image, one channel, every filter.

    dy and y (F, OH, OW), w (F, KH, KW), x and dx (HP, WP). Raises ValueError for an image or channel that is
    not there, and for more than 50,000 terms.
    """
    require_index(image, len(record.x), "image")
    require_index(channel, record.x.shape[1], "channel")
    x, w = record.padded[image, channel], record.weight[:, channel]
    y, alone = record.y[image], _alone(record, x[None], w)
    dy = np.asarray(gradient(dy, record.y)[image])
    products = conv2d_terms(alone).repeated(len(w), out=y[0].size, right=w[0].size)
    number, area = _number(channel, record.x.shape[1]), whole_area(record.geometry)
    dx, rest = present(conv2d_backward(alone, dy[None]).dx)[0, 0], _rest(record, y - alone.y[0])
    about_x: dict[str, Any] = {"subscript": number, "origin": area.origin}
    every: dict[str, Any] = {"names": (numbered("filter", len(w)), (), ()), "editable": True}
    panels = (
        Panel("dy", dy, (0, 0), **every),
        Panel("w", w, (0, 1), sign="·", subscript=number, owners=owners_of(w), **every),
        Panel("dx", dx, (0, 2), sign="→", kinds=cropped(area.kinds), **about_x),
        Panel("x", x, None, kinds=area.kinds, **about_x),
        *_unseen(y, rest, dy),
    )
    images, channels = record.x.shape[:2]
    notes = (*chosen_notes(("image", image, images), ("channel", channel, channels)), FILTERS)
    return _scene(panels, copies(area), products, rest, DX, "dy", notes)


def weight_gradient_of_images(
    record: Conv2dRecord, dy: ArrayLike, channel: int = 0, filter: int = 0
) -> Scene:
    """Set dw_fc = Σ_n x_nc ⋆ dy_nf on a stage: one filter, one channel of it, every image.

    x (N, HP, WP), dy and y (N, OH, OW), w and dw (KH, KW). Raises ValueError for a filter or channel that is
    not there, and for more than 50,000 terms.
    """
    require_index(filter, len(record.weight), "filter")
    require_index(channel, record.x.shape[1], "channel")
    x, w = record.padded[:, channel], record.weight[filter, channel]
    y, alone = record.y[:, filter], _alone(record, x, w[None])
    dy = np.asarray(gradient(dy, record.y)[:, filter])
    products = conv2d_terms(alone).repeated(len(x), out=y[0].size, left=x[0].size)
    number, area = _number(channel, record.x.shape[1]), whole_area(record.geometry)
    dw, rest = conv2d_backward(alone, dy[:, None]).dweight[0, 0], _rest(record, y - alone.y[:, 0])
    about_x: dict[str, Any] = {"subscript": number, "origin": (0, *area.origin)}
    about_w: dict[str, Any] = {
        "subscript": _number(filter, len(record.weight)) + number,
        "owners": owners_of(w),
    }
    every: dict[str, Any] = {"names": (numbered("image", len(x)), (), ()), "editable": True}
    panels = (
        Panel("x", x, (0, 0), kinds=np.broadcast_to(area.kinds, x.shape), **every, **about_x),
        Panel("dy", dy, (0, 1), sign="⋆", **every),
        Panel("dw", dw, (0, 2), sign="=", **about_w),
        Panel("w", w, None, **about_w),
        *_unseen(y, rest, dy),
    )
    filters, channels = record.weight.shape[:2]
    notes = (*chosen_notes(("filter", filter, filters), ("channel", channel, channels)), IMAGES)
    return _scene(panels, copies(area, len(x)), products, rest, DW, "dw", notes)


# ---- Parts -------------------------------------------------------------------------------------------


def _unseen(y: np.ndarray, rest: np.ndarray | None, dy: np.ndarray) -> tuple[Panel, ...]:
    """Make y, what else adds to it, and L, which take part without a place."""
    others = () if rest is None else (Panel("rest", rest, None, scale=SUMS),)
    return (Panel("y", y, None), *others, loss_panel(dy, y, None))


def _scene(panels, copied, products: Terms, rest, backward: Reading, walk: str, notes) -> Scene:
    """Tie the panels; `copied` are the first step and its table where padding copies cells."""
    if len(products) > MOST_TERMS:
        raise ValueError(f"there are {len(products)} products; a stage shows at most {MOST_TERMS}")
    first, terms = copied
    size = next(panel.values.size for panel in panels if panel.name == "y")
    terms = {**terms, "products": products, "loss": loss_terms(size)}
    if rest is not None:
        terms["rest"] = copy_terms(np.arange(size))
    steps = (*first, PRODUCTS, *rest_reading(rest), LOSS, backward)
    return Scene(arranged(*panels), terms, steps, walk, notes)


def _alone(record, padded, w) -> Conv2dRecord:
    """Convolve one channel of padded images (N, HP, WP) with filters of that channel, (F, KH, KW)."""
    return conv2d(
        padded[:, None], w[:, None], stride=record.geometry.stride, dilation=record.geometry.dilation
    )


def _rest(record, rest) -> np.ndarray | None:
    """Return what other channels and the bias add to y, if there are any."""
    alone = record.x.shape[1] == 1 and (record.bias is None or not record.bias.any())
    return None if alone else rest


def _number(index: int, count: int) -> str:
    return str(index) if count > 1 else ""
