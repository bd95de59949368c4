"""The scene of a convolutional layer: y_f = b_f + Σ_c x_c ⋆ w_fc, channel by channel."""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord, conv2d
from vizconv.scenes.parts import arranged
from vizconv.scenes.scene import Reading, Scene
from vizconv.scenes.tensors import bias_panel
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms, copy_terms
from vizconv.scenes.view import copied, view


def layer(record: Conv2dRecord, image: int = 0, filter: int = 0, channels: slice | None = None) -> Scene:
    """Set one filter of a layer on a stage: x, w_f, the sum of every channel by itself, b_f and y_f.

    `channels` are the first 8 by default; what the others add is a panel of its own.
    Of what is large the middle is shown. Raises ValueError for an image, filter or channel
    that is not there.
    """
    seen = view(record, image, filter, channels)
    shown = seen.record
    sums = _channel_sums(shown)
    panels = [
        seen.panel("x", shown.x[0], (0, 0), kinds=seen.kinds, editable=True),
        seen.kernel_panel("w", shown.weight[0], (0, 1), sign="⋆", subscript=seen.number, editable=True),
        seen.output_stack("s", sums, (0, 2), sign="="),
    ]
    added = [("channels", "s", _sum_terms(sums.shape))]
    if record.bias is not None:
        panels.append(bias_panel(seen, (0, 3), subscript=seen.number))
        added.append(("bias", "b", bias_terms(shown)))
    if seen.rest is not None:
        panels.append(seen.output_panel("rest", seen.rest, (0, 4), sign="+", label="other channels"))
        added.append(("rest", "rest", copy_terms(np.arange(seen.rest.size))))
    y = shown.y[0, 0] if seen.rest is None else shown.y[0, 0] + seen.rest
    panels.append(seen.output_panel("y", y, (0, 5), sign="=", subscript=seen.number))
    readings = (
        Reading("products", "out", out="s", left="x", right="w"),
        *(Reading(table, "out", out="y", left=name) for table, name, _ in added),
    )
    terms = {"products": _products(shown), **{table: terms for table, _, terms in added}}
    notes = (*seen.notes, "s holds one sum for each channel, x ⋆ w; y adds them up, and the bias once.")
    return Scene(arranged(*panels), terms, readings, "y", notes, recomputed=copied(record))


def _channel_sums(record: Conv2dRecord) -> np.ndarray:
    """Convolve every channel with its own kernel, (C, OH, OW): the channels go as images and as filters."""
    setting = record.geometry
    x, kernels = record.x.swapaxes(0, 1), record.weight.swapaxes(0, 1)
    y = conv2d(x, kernels, stride=setting.stride, dilation=setting.dilation).y
    return y[np.arange(len(y)), np.arange(len(y))]


def _products(record: Conv2dRecord) -> Terms:
    """Table the products of every channel's own sum: out counts (C, OH, OW)."""
    terms = conv2d_terms(record)
    channel = terms.right // np.prod(record.geometry.kernel_size)
    return Terms(channel * np.prod(record.geometry.output_size) + terms.out, terms.left, terms.right)


def _sum_terms(shape) -> Terms:
    channels, positions = shape[0], int(np.prod(shape[1:]))
    return Terms(np.tile(np.arange(positions), channels), np.arange(channels * positions), None)
