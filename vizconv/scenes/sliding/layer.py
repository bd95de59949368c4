"""The scene of a convolutional layer: y_f = b_f + Σ_c x_c ⋆ w_fc, channel by channel."""

from math import prod

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord, conv2d
from vizconv.scenes.parts import arranged, bias_readings, rest_reading
from vizconv.scenes.scene import Reading, Scene
from vizconv.scenes.tensors import bias_panel, input_panel, kernel_panel, rest_panel
from vizconv.scenes.terms import Terms, bias_terms, copy_terms, window_terms
from vizconv.scenes.view import View, view_of

CHANNELS = "s holds one sum for each channel, x ⋆ w; y adds them up, and the bias once."


def layer(record: Conv2dRecord, image: int = 0, filter: int = 0, channels: slice | None = None) -> Scene:
    """Set one filter of a layer on a stage: x, w_f, the sum of every channel by itself, b_f and y_f.

    `channels` are the first 8 by default; what the others add is a panel of its own.
    Of what is large the middle is shown. Raises ValueError for an image, filter or channel
    that is not there.
    """
    view = view_of(record, image, filter, channels)
    biased, whole = record.bias is not None, view.rest is None
    panels = arranged(
        input_panel(view, (0, 0)),
        kernel_panel(view, (0, 1), "⋆"),
        view.output_stack("s", _channel_sums(view.record), (0, 2), sign="="),
        *([bias_panel(view, (0, 3), subscript=view.number)] if biased else []),
        *([] if whole else [rest_panel(view, (0, 4))]),
        view.output_panel("y", view.y, (0, 5), sign="=", subscript=view.number),
    )
    copies, terms = view.copies
    steps = (
        *copies,
        Reading("products", "out", out="s", left="x", right="w"),
        Reading("channels", "out", out="y", left="s"),
        *bias_readings(record),
        *rest_reading(view.rest),
    )
    return Scene(panels, {**terms, **_terms(view)}, steps, "y", (*view.notes, CHANNELS))


def _channel_sums(record: Conv2dRecord) -> np.ndarray:
    """Convolve every channel with its own kernel, (C, OH, OW): the channels go as images and as filters."""
    setting = record.geometry
    x, kernels = record.x.swapaxes(0, 1), record.weight.swapaxes(0, 1)
    y = conv2d(x, kernels, stride=setting.stride, dilation=setting.dilation).y
    return y[np.arange(len(y)), np.arange(len(y))]


def _terms(view: View) -> dict[str, Terms]:
    """Table the products of every channel's own sum, where out counts (C, OH, OW), and all that y adds up."""
    record, channels = view.record, view.record.x.shape[1]
    size, plane, kernel = (prod(array.shape[2:]) for array in (record.y, record.x, record.weight))
    cells = copy_terms(np.arange(size))
    return {
        "products": window_terms(record.geometry).repeated(channels, out=size, left=plane, right=kernel),
        "channels": cells.repeated(channels, left=size),
        **({} if record.bias is None else {"bias": bias_terms(record)}),
        **({} if view.rest is None else {"rest": cells}),
    }
