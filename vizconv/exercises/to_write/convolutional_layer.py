"""A convolutional layer to write, function(x, w, b) returns y: what is tried, and typical mistakes."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine import conv2d, rot180
from vizconv.engine.arrays import own
from vizconv.examples.layers import layer_numbers
from vizconv.exercises.checker import Exercise, Mistake, entries
from vizconv.scenes import Panel, Reading, Scene, bias_terms, conv2d_terms, owners_of

STACKED = "w shows all kernels below each other, channel by channel: filter 0's first, then filter 1's."

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x, w, b) -> np.ndarray:
    """Return y (F, OH, OW) of x (C, H, W), w (F, C, KH, KW) and b (F) by the engine."""
    return conv2d(x[None], w, b).y[0]


def _cases():
    generator = np.random.default_rng(4)
    first = layer_numbers()
    yield _case(first.x[:2, :4, :4], first.w[:2, :2, :2, :2], first.b[:2])
    sizes = (
        ((3, 5, 6), (2, 3, 2, 3)),
        ((1, 4, 5), (3, 1, 3, 2)),
        ((3, 5, 5), (3, 3, 3, 3)),
        ((2, 4, 3), (1, 2, 2, 2)),
    )
    for x, w in sizes:
        yield _case(entries(generator, x), entries(generator, w), 10 * entries(generator, w[:1]))
    yield _case(
        entries(generator, (2, 4, 4)) / 2, entries(generator, (3, 2, 2, 2)), entries(generator, (3,)) / 4
    )


def _case(x, w, b):
    return MappingProxyType({"x": own(x), "w": own(w), "b": own(b)})


def _scene(x, w, b) -> Scene:
    """Set x, all kernels of w below each other, filter by filter, b and all maps y on a stage."""
    record = conv2d(x[None], w, b)
    filters, cells, kernels = len(w), record.y[0, 0].size, w.reshape(-1, *w.shape[2:])
    terms = {
        "products": conv2d_terms(record).repeated(filters, out=cells, right=w[0].size),
        "bias": bias_terms(record).repeated(filters, out=cells, left=1),
    }
    panels = (
        Panel("x", x, (0, 0), editable=True),
        Panel("w", kernels, (0, 1), sign="⋆", owners=owners_of(kernels), editable=True),
        Panel("b", b, (0, 2), sign="+", editable=True),
        Panel("y", record.y[0], (0, 3), sign="="),
    )
    readings = (
        Reading("products", "out", out="y", left="x", right="w"),
        Reading("bias", "out", out="y", left="b"),
    )
    return Scene(panels, terms, readings, "y", (STACKED,))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _with(kernels: Callable) -> Callable:
    """Let the layer run with other kernels."""
    return lambda x, w, b: right(x, kernels(w), b)


def _plus(bias: Callable) -> Callable:
    """Let the layer run with another bias; `bias(x, w, b)` returns it."""
    return lambda x, w, b: right(x, w, bias(x, w, b))


def _share(channel: int) -> Callable:
    """Return what one channel adds, and the bias."""
    return lambda x, w, b: right(x[[channel]], w[:, [channel]], b)


def _kept(kept) -> Callable:
    """Keep some cells of the right y; the others stay 0."""

    def keep(x, w, b):
        y = right(x, w, b)
        result = np.zeros_like(y)
        result[kept] = y[kept]
        return result

    return keep


def _each_its_own(x, w, b):
    """Let filter f see channel f only."""
    if len(w) != len(x):
        raise ValueError("there are as many filters as channels, or none of this")
    return np.concatenate([right(x[[f]], w[[f]][:, [f]], b[[f]]) for f in range(len(w))])


def _along_columns(x, w, b):
    """Add b along the last axis, as NumPy does when it is left to itself."""
    return right(x, w, 0 * b) + b


MISTAKES = (
    Mistake("The bias is missing: add b[f] to every cell of map f.", _plus(lambda x, w, b: 0 * b)),
    Mistake(
        "The bias is added once for each channel. It belongs to the filter: add it once.",
        _plus(lambda x, w, b: len(x) * b),
    ),
    Mistake(
        "The bias is added to every product. Add it once, after the sum.",
        _plus(lambda x, w, b: w[0].size * b),
    ),
    Mistake("The bias is subtracted.", _plus(lambda x, w, b: -b)),
    Mistake("Every map has the bias of filter 0.", _plus(lambda x, w, b: np.full_like(b, b[0]))),
    Mistake("Every map has the sum of all biases.", _plus(lambda x, w, b: np.full_like(b, b.sum()))),
    Mistake(
        "The bias is added along the columns: NumPy matches b with the last axis of y. `b[:, None, None]` "
        "has one number for each map.",
        _along_columns,
    ),
    Mistake(
        "Only channel 0 is in it. The sum runs over all channels.",
        _share(0),
    ),
    Mistake(
        "Only the last channel is in it: each channel overwrites the one before. Add: `+=`, not `=`.",
        _share(-1),
    ),
    Mistake(
        "This is the mean over the channels. Their sum is asked for.",
        lambda x, w, b: right(x, w, 0 * b) / len(x) + np.reshape(b, (-1, 1, 1)),
    ),
    Mistake(
        "This is the mean over the channels, and of the bias a part as well. The sum is asked for.",
        lambda x, w, b: right(x, w, b) / len(x),
    ),
    Mistake(
        "Every channel meets the filter's kernel 0. Channel c has a kernel of its own, w[f, c].",
        _with(lambda w: np.repeat(w[:, :1], w.shape[1], axis=1)),
    ),
    Mistake(
        "All maps are alike but for the bias: every one is made with filter 0.",
        _with(lambda w: np.repeat(w[:1], len(w), axis=0)),
    ),
    Mistake("Filter f sees channel f only. Every filter sees all channels.", _each_its_own),
    Mistake(
        "Filters and channels are swapped: w[c, f] stands where w[f, c] belongs.",
        _with(lambda w: w.swapaxes(0, 1)),
    ),
    Mistake(
        "The kernels meet the channels in reverse order: w[f, c] belongs to channel c.",
        _with(lambda w: w[:, ::-1]),
    ),
    Mistake(
        "The kernels are turned by 180 degrees: this is a convolution in mathematics' sense. A layer slides "
        "them as they are.",
        _with(rot180),
    ),
    Mistake(
        "The kernels are transposed: w[f, c, v, u] stands where w[f, c, u, v] belongs.",
        _with(lambda w: w.swapaxes(2, 3)),
    ),
    Mistake(
        "The maps are transposed: y[f, j, i] stands where y[f, i, j] belongs.",
        lambda x, w, b: right(x, w, b).swapaxes(1, 2),
    ),
    Mistake("The maps come in the wrong order: map f is that of filter f.", lambda *case: right(*case)[::-1]),
    Mistake(
        "You have put a ReLU behind it. Here the sums are asked for as they are.",
        lambda *case: np.maximum(right(*case), 0),
    ),
    Mistake("Every sign is turned round.", lambda *case: -right(*case)),
    Mistake("Your y is still 0 everywhere: add the products to it.", lambda *case: 0 * right(*case)),
    Mistake(
        "Only the bias is there: the products are missing.",
        lambda x, w, b: right(0 * x, w, b),
    ),
    Mistake(
        "Only the first map is there: does `return` stand inside the loop over the filters? It ends all.",
        _kept(0),
    ),
    Mistake(
        "Only the first number is there: does `return` stand inside the loops? It ends all.",
        _kept((0, 0, 0)),
    ),
    Mistake(
        "The fractions are cut off: your y holds whole numbers only. Make it without `dtype=int`.",
        lambda *case: np.trunc(right(*case)),
    ),
)

SHAPES = (
    Mistake(
        "There is a map for every channel of every filter. A filter makes one map: sum over its channels.",
        lambda x, w, b: (len(w), *right_shape(x, w, len(x))),
    ),
    Mistake(
        "That is a single map. Every filter makes one of its own.",
        lambda x, w, b: right_shape(x, w, 1)[1:],
    ),
    Mistake(
        "There is one map for each channel. There is one for each filter: sum over the channels.",
        lambda x, w, b: right_shape(x, w, len(x)),
    ),
    Mistake(
        "The filters come last. They come first: y[f, i, j].",
        lambda x, w, b: (*right_shape(x, w, 1)[1:], len(w)),
    ),
    Mistake(
        "There is one axis too many: for a single image, y is (F, OH, OW).",
        lambda x, w, b: (1, *right_shape(x, w, len(w))),
    ),
    Mistake(
        "The maps are as large as x. The kernels stay on it, so H − KH + 1 rows fit.",
        lambda x, w, b: (len(w), *x.shape[1:]),
    ),
    Mistake(
        "One row and one column are missing: H − KH + 1 rows fit.",
        lambda x, w, b: tuple(np.subtract(right_shape(x, w, len(w)), (0, 1, 1)).tolist()),
    ),
    Mistake(
        "One row and one column too many: there the kernel would stick out.",
        lambda x, w, b: tuple(np.add(right_shape(x, w, len(w)), (0, 1, 1)).tolist()),
    ),
    Mistake(
        "Rows and columns are swapped.",
        lambda x, w, b: (len(w), *right_shape(x, w, 1)[:0:-1]),
    ),
)


def right_shape(x, w, maps: int) -> tuple[int, int, int]:
    """Return the shape of so many maps: (maps, OH, OW)."""
    return (maps, *(size - kernel + 1 for size, kernel in zip(x.shape[1:], w.shape[2:], strict=True)))


EXERCISE = Exercise("y", right, tuple(_cases()), _scene, MISTAKES, SHAPES)
