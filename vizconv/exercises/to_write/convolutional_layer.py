"""A convolutional layer to write, function(x, w, b) returns y: what is tried, and typical mistakes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vizconv.engine import conv2d, rot180
from vizconv.examples.layers import layer_numbers
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import common, instead, resized, returned_early, then
from vizconv.scenes import Panel, Reading, Scene, bias_terms, conv2d_terms, numbered, owners_of

STACKED = "w shows all kernels below each other, channel by channel: filter 0's first, then filter 1's."

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return y (F, OH, OW) of x (C, H, W), w (F, C, KH, KW) and b (F) by the engine."""
    return conv2d(x[None], w, b).y[0]


def _cases():
    generator = np.random.default_rng(4)
    first = layer_numbers()
    yield first.x[:2, :4, :4], first.w[:2, :2, :2, :2], first.b[:2]
    sizes = (
        ((3, 5, 6), (2, 3, 2, 3)),
        ((1, 4, 5), (3, 1, 3, 2)),
        ((3, 5, 5), (3, 3, 3, 3)),
        ((2, 4, 3), (1, 2, 2, 2)),
    )
    for x, w in sizes:
        yield entries(generator, x), entries(generator, w), 10 * entries(generator, w[:1])
    yield entries(generator, (2, 4, 4)) / 2, entries(generator, (3, 2, 2, 2)), entries(generator, (3,)) / 4


def _scene(x, w, b) -> Scene:
    """Set x, all kernels of w below each other, filter by filter, b and all maps y on a stage."""
    record = conv2d(x[None], w, b)
    filters, cells, kernels = len(w), record.y[0, 0].size, w.reshape(-1, *w.shape[2:])
    terms = {
        "products": conv2d_terms(record).repeated(filters, out=cells, right=w[0].size),
        "bias": bias_terms(record).repeated(filters, out=cells, left=1),
    }
    pairs = tuple(f"w[{filter},{channel}]" for filter in range(filters) for channel in range(len(x)))
    look: dict[str, Any] = {"owners": owners_of(kernels), "names": (pairs, (), ()), "editable": True}
    panels = (
        Panel("x", x, (0, 0), editable=True, names=(numbered("channel", len(x)), (), ())),
        Panel("w", kernels, (0, 1), sign="⋆", **look),
        Panel("b", b, (0, 2), sign="+", editable=True),
        Panel("y", record.y[0], (0, 3), sign="=", names=(numbered("filter", filters), (), ())),
    )
    readings = (
        Reading("products", "out", out="y", left="x", right="w"),
        Reading("bias", "out", out="y", left="b"),
    )
    return Scene(panels, terms, readings, "y", (STACKED,))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _share(channel: int) -> Callable:
    """Return what one channel adds, and the bias."""
    return lambda x, w, b: right(x[[channel]], w[:, [channel]], b)


def _each_its_own(x, w, b):
    """Let filter f see channel f only."""
    if len(w) != len(x):
        raise ValueError("there are as many filters as channels, or none of this")
    return np.concatenate([right(x[[f]], w[[f]][:, [f]], b[[f]]) for f in range(len(w))])


def _along_columns(x, w, b):
    """Add b along the last axis, as NumPy does when it is left to itself."""
    return right(x, w, 0 * b) + b


MISTAKES = {
    "The bias is missing: add b[f] to every cell of map f.": instead(right, b=np.zeros_like),
    "The bias is added once for each channel. It belongs to the filter: add it once.": lambda x, w, b: right(
        x, w, len(x) * b
    ),
    "The bias is added to every product. Add it once, after the sum.": lambda x, w, b: right(
        x, w, w[0].size * b
    ),
    "The bias is subtracted.": instead(right, b=np.negative),
    "Every map has the bias of filter 0.": instead(right, b=lambda b: np.full_like(b, b[0])),
    "Every map has the sum of all biases.": instead(right, b=lambda b: np.full_like(b, b.sum())),
    "The bias is added along the columns: NumPy matches b with the last axis of y. "
    "`b[:, None, None]` has one number for each map.": _along_columns,
    "Only channel 0 is in it. The sum runs over all channels.": _share(0),
    "Only the last channel is in it: each channel overwrites the one before. Add: `+=`, not `=`.": _share(-1),
    "This is the mean over the channels. Their sum is asked for.": lambda x, w, b: (
        right(x, w, 0 * b) / len(x) + np.reshape(b, (-1, 1, 1))
    ),
    "This is the mean over the channels, and of the bias a part as well. "
    "The sum is asked for.": lambda x, w, b: right(x, w, b) / len(x),
    "Every channel meets the filter's kernel 0. Channel c has a kernel of its own, w[f, c].": instead(
        right, w=lambda w: np.repeat(w[:, :1], w.shape[1], axis=1)
    ),
    "All maps are alike but for the bias: every one is made with filter 0.": instead(
        right, w=lambda w: np.repeat(w[:1], len(w), axis=0)
    ),
    "Filter f sees channel f only. Every filter sees all channels.": _each_its_own,
    "Filters and channels are swapped: w[c, f] stands where w[f, c] belongs.": instead(
        right, w=lambda w: w.swapaxes(0, 1)
    ),
    "The kernels meet the channels in reverse order: w[f, c] belongs to channel c.": instead(
        right, w=lambda w: w[:, ::-1]
    ),
    "The kernels are turned by 180 degrees: this is a convolution in mathematics' sense. "
    "A layer slides them as they are.": instead(right, w=rot180),
    "The kernels are transposed: w[f, c, v, u] stands where w[f, c, u, v] belongs.": instead(
        right, w=lambda w: w.swapaxes(2, 3)
    ),
    "The maps come in the wrong order: map f is that of filter f.": then(right, lambda y: y[::-1]),
    "You have put a ReLU behind it. Here the sums are asked for as they are.": then(
        right, lambda y: np.maximum(y, 0)
    ),
    "Only the bias is there: the products are missing.": instead(right, x=np.zeros_like),
    **common(right, "y", "fij"),
    **returned_early(right, "map", "the loop over the filters"),
}


SHAPES = {
    "There is a map for every channel of every filter. A filter makes one map: "
    "sum over its channels.": lambda x, w, b: (len(w), len(x), *right(x, w, b).shape[1:]),
    "That is a single map. Every filter makes one of its own.": then(right, lambda y: y.shape[1:]),
    "There is one map for each channel. There is one for each filter: "
    "sum over the channels.": lambda x, w, b: (len(x), *right(x, w, b).shape[1:]),
    "The filters come last. They come first: y[f, i, j].": then(right, lambda y: np.moveaxis(y, 0, -1).shape),
    "There is one axis too many: for a single image, y is (F, OH, OW).": then(right, lambda y: (1, *y.shape)),
    "The maps are as large as x. The kernels stay on it, so H − KH + 1 rows fit.": lambda x, w, b: (
        len(w),
        *x.shape[1:],
    ),
    **resized(right, missing="H − KH + 1 rows fit", too_many="there the kernel would stick out"),
}
EXERCISE = Exercise(name="y", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
