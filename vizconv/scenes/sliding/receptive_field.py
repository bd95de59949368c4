"""Two layers in a row: what a cell of the second map saw of x, and the one kernel that does the same."""

import numpy as np

from vizconv.engine.arrays import own
from vizconv.engine.geometry import dilate
from vizconv.engine.operations.activation import ReluRecord
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d, convolve
from vizconv.engine.types import present
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import WEIGHTS
from vizconv.scenes.scene import FILLED, Panel, Reading, Scene, owners_of
from vizconv.scenes.terms import Terms, conv2d_terms, product_terms

GATE = (
    Rule(name="gate", out="gate", of=("y1",)),
    Reading("gate", "out", out="a1", left="y1", right="gate"),
)


def receptive_field(
    first: Conv2dRecord,
    second: Conv2dRecord,
    gate: ReluRecord | None = None,
    notes: tuple[str, ...] = (),
    code: str = "",
) -> Scene:
    """Set two layers on a stage, x ⋆ w1 = y1 and y1 ⋆ w2 = y2, and x ⋆ w12, with the two kernels in one.

    Each record is a `conv2d` of one image, one channel and one filter, without padding or bias; `gate` is a
    `relu` between them. w12 holds Σ w1·w2, has K1 + S1 (K2 - 1) rows and columns, and slides in steps
    of S1·S2. A cell of x ⋆ w12 names every pixel that the same cell of y2 saw; without a ReLU both hold the
    same number. Raises ValueError for records with padding.
    """
    if any(each.padded.shape != each.x.shape for each in (first, second)):
        raise ValueError("a layer has padding, which no single kernel can stand for; both need padding=0")
    whole, kernels = composed(first, second), kernel_terms(first, second)
    panels = (*_layer_panels(first, second, gate), *_composed_panels(whole, kernels, gate))
    terms = {
        "first": conv2d_terms(first),
        "second": conv2d_terms(second),
        "kernels": kernels,
        "whole": _met(conv2d_terms(whole), kernels),
    }
    if gate is not None:
        terms["gate"] = product_terms(gate.y.size)
    steps = (
        Reading("first", "out", out="y1", left="x", right="w1"),
        *(() if gate is None else GATE),
        Reading("second", "out", out="y2", left="y1" if gate is None else "a1", right="w2"),
        Reading("kernels", "out", out="w12", left="w1", right="w2"),
        Reading("whole", "out", out="whole", left="x", right="w12"),
    )
    middle = "whole", whole.y.size // 2
    return Scene(panels, terms, steps, "y2", tuple(notes), code, middle)


def composed(first: Conv2dRecord, second: Conv2dRecord) -> Conv2dRecord:
    """Run both layers as one: w12 = w1 * (w2 spread by the first stride), in steps of S1·S2."""
    spread = dilate(second.weight[0, 0], first.geometry.stride)
    kernel = convolve(first.weight[0, 0], spread, padding="full")
    stride = tuple(np.multiply(first.geometry.stride, second.geometry.stride).tolist())
    return conv2d(first.x, own(kernel)[None, None], stride=stride)


def kernel_terms(first: Conv2dRecord, second: Conv2dRecord) -> Terms:
    """Table w12: its cell p + S1·q receives w1[p] × w2[q]; out counts w12, left w1, right w2."""
    inner, outer = first.weight.shape[2:], second.weight.shape[2:]
    size = np.add(inner, np.multiply(first.geometry.stride, np.subtract(outer, 1)))
    p, q = np.indices((int(np.prod(inner)), int(np.prod(outer)))).reshape(2, -1)
    steps = np.reshape(first.geometry.stride, (2, 1))
    place = np.array(np.unravel_index(p, inner)) + steps * np.array(np.unravel_index(q, outer))
    return Terms(np.asarray(np.ravel_multi_index(tuple(place), tuple(size))), p, q)


def _met(products: Terms, kernels: Terms) -> Terms:
    """Keep the products with cells of w12 that some w1·w2 reaches; a large first stride leaves holes."""
    right = present(products.right)
    kept = np.isin(right, kernels.out)
    return Terms(products.out[kept], products.left[kept], right[kept])


def _layer_panels(first, second, gate):
    """Yield the panels of both layers: the first one's equation in the first row, the second's below."""
    yield Panel("x", first.x[0, 0], (0, 0), editable=True)
    yield _kernel_panel("w1", first.weight[0, 0], (0, 1), "⋆", editable=True)
    yield Panel("y1", first.y[0, 0], (0, 2), label="y", subscript="1", sign="=")
    if gate is not None:
        yield Panel("gate", gate.gate[0, 0], (0, 3), sign="⊙")
        yield Panel("a1", gate.y[0, 0], (0, 4), label="a", subscript="1", sign="=")
    fed = "y₁ ⋆" if gate is None else "a₁ ⋆"
    yield _kernel_panel("w2", second.weight[0, 0], (1, 1), fed, editable=True)
    yield Panel("y2", second.y[0, 0], (1, 2), label="y", subscript="2", sign="=")


def _composed_panels(whole, kernels, gate):
    w12 = whole.weight[0, 0]
    holes = np.isin(np.arange(w12.size), kernels.out, invert=True).reshape(w12.shape) * FILLED
    label, subscript = ("straight from x: y", "2") if gate is None else ("x ⋆ w", "12")
    yield _kernel_panel("w12", w12, (1, 3), "x ⋆", kinds=holes)
    yield Panel("whole", whole.y[0, 0], (1, 4), label=label, subscript=subscript, sign="=")


def _kernel_panel(name: str, w: np.ndarray, place, sign: str, **settings) -> Panel:
    look = {"label": "w", "subscript": name.removeprefix("w"), "sign": sign}
    return Panel(name, w, place, owners=owners_of(w), scale=WEIGHTS, **look, **settings)
