"""What the gradients of a convolution add up: dx over the filters, dw over the images.

`record` is a `conv2d`, dy (N, F, OH, OW) the gradient of its y; another shape raises ValueError. One channel
is shown, all of it, and so are its dx and dw whole, not a share.
"""

import numpy as np

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d, conv2d_backward
from vizconv.scenes.parts import DW, DX, LOSS, PRODUCTS, arranged, loss_panel, loss_terms
from vizconv.scenes.scene import CROPPED, PADDING, Panel, Reading, Scene
from vizconv.scenes.terms import Terms, conv2d_terms, copy_terms
from vizconv.scenes.view import MOST_TERMS, chosen_notes, copied, kinds_of, require_index

FILTERS = "dx adds up what every filter stamps: all of them have read this image."
IMAGES = "dw adds up what every image says: all of them have met this kernel. It sums over no channels."


def input_gradient_of_filters(record: Conv2dRecord, dy, image: int = 0, channel: int = 0) -> Scene:
    """Set dx_c = Σ_f (dy_f scattered by w_fc) on a stage: one image, one channel, every filter.

    dy and y (F, OH, OW), w (F, KH, KW), x and dx (HP, WP). Raises ValueError for an image or channel that is
    not there, and for more than 50,000 terms.
    """
    require_index(image, len(record.x), "image")
    padded, w = _channel(record, channel)
    y, dy = record.y[image], gradient(dy, record.y)[image]
    alone = _alone(record, padded[image], w)
    kinds, place = kinds_of(record.geometry), {"origin": record.geometry.origin}
    number = _number(channel, record.x.shape[1])
    dx = conv2d_backward(alone, dy[None]).dx[0, 0]
    panels = (
        Panel("dy", dy, (0, 0), editable=True),
        Panel("w", w, (0, 1), sign="·", subscript=number, editable=True),
        Panel("dx", dx, (0, 3), subscript=number, sign="→", kinds=_cropped(kinds), **place),
        Panel("y", y, (1, 0)),
        *_rest(record, y - alone.y[0], (1, 1)),
        Panel("x", padded[image], (1, 3), subscript=number, kinds=kinds, editable=True, **place),
        loss_panel(dy, y, (2, 0)),
    )
    filters, cells = len(w), np.array([y[0].size, 0, w[0].size])
    images, channels = record.x.shape[:2]
    notes = (*chosen_notes(("image", image, images), ("channel", channel, channels)), FILTERS)
    return _scene(record, panels, filters, cells, DX, "dy", notes)


def weight_gradient_of_images(record: Conv2dRecord, dy, channel: int = 0, filter: int = 0) -> Scene:
    """Set dw_fc = Σ_n x_nc ⋆ dy_nf on a stage: one filter, one channel of it, every image.

    x (N, HP, WP), dy and y (N, OH, OW), w and dw (KH, KW). Raises ValueError for a filter or channel that is
    not there, and for more than 50,000 terms.
    """
    require_index(filter, len(record.weight), "filter")
    x, weights = _channel(record, channel)
    w, y, dy = weights[filter], record.y[:, filter], gradient(dy, record.y)[:, filter]
    alone = conv2d(
        x[:, None], w[None, None], stride=record.geometry.stride, dilation=record.geometry.dilation
    )
    dw = conv2d_backward(alone, dy[:, None]).dweight[0, 0]
    kinds, origin = np.broadcast_to(kinds_of(record.geometry), x.shape), (0, *record.geometry.origin)
    number = _number(channel, record.x.shape[1])
    both = _number(filter, len(record.weight)) + number
    panels = (
        Panel("x", x, (0, 0), subscript=number, kinds=kinds, origin=origin, editable=True),
        Panel("dy", dy, (0, 1), sign="⋆", editable=True),
        Panel("dw", dw, (0, 2), sign="=", subscript=both),
        Panel("w", w, (1, 1), sign="⋆", subscript=both, editable=True),
        *_rest(record, y - alone.y[:, 0], (2, 1), "+"),
        Panel("y", y, (1, 2), sign="="),
        loss_panel(dy, y, (2, 2)),
    )
    images, cells = len(x), np.array([y[0].size, x[0].size, 0])
    every, channels = record.weight.shape[:2]
    notes = (*chosen_notes(("filter", filter, every), ("channel", channel, channels)), IMAGES)
    return _scene(record, panels, images, cells, DW, "dw", notes)


# ---- Parts -------------------------------------------------------------------------------------------


def _scene(record, panels, count: int, cells: np.ndarray, backward: Reading, walk: str, notes) -> Scene:
    """Tie the panels: `cells` says by how many cells each role moves on from one of `count` to the next."""
    one = conv2d_terms(_alone(record, *(part[0] for part in _channel(record, 0))))
    if len(one) * count > MOST_TERMS:
        raise ValueError(f"there are {len(one) * count} products; a stage shows at most {MOST_TERMS}")
    steps = np.repeat(np.arange(count), len(one))
    indices = (
        np.tile(index.astype(np.int64), count) + steps * moved
        for index, moved in zip((one.out, one.left, one.right), cells, strict=True)
    )
    size = next(panel.values.size for panel in panels if panel.name == "y")
    terms = {"products": Terms(*indices), "loss": loss_terms(size)}
    order = [PRODUCTS, LOSS, backward]
    if any(panel.name == "rest" for panel in panels):
        terms["rest"] = copy_terms(np.arange(size))
        order.insert(1, Reading("rest", "out", out="y", left="rest"))
    return Scene(arranged(*panels), terms, tuple(order), walk, notes, recomputed=copied(record))


def _channel(record, channel):
    """Return one channel of the padded input, (N, HP, WP), and of the weights, (F, KH, KW)."""
    require_index(channel, record.x.shape[1], "channel")
    return record.padded[:, channel], record.weight[:, channel]


def _alone(record, padded, w) -> Conv2dRecord:
    """Convolve one padded image with filters of one channel, or with one of them."""
    w = w.reshape(-1, 1, *w.shape[-2:])
    return conv2d(padded[None, None], w, stride=record.geometry.stride, dilation=record.geometry.dilation)


def _rest(record, rest, place, sign="") -> tuple[Panel, ...]:
    """Make the panel of what other channels and the bias add to y, if there are any."""
    alone = record.x.shape[1] == 1 and (record.bias is None or not record.bias.any())
    return () if alone else (Panel("rest", rest, place, sign=sign, label="all else"),)


def _cropped(kinds):
    return np.where(kinds & PADDING, CROPPED, 0)


def _number(index: int, count: int) -> str:
    return str(index) if count > 1 else ""
