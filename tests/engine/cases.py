"""Random settings for the engine's tests, and the bound within which float32 may round."""

from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

EPSILON = np.finfo(np.float32).eps
seeds = st.integers(0, 2**32 - 1)


def fewer(times):
    """Try fewer examples, where each is slow or another test tries the same operation in full."""
    return settings(max_examples=settings().max_examples // times)


def pairs(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high))


@dataclass(frozen=True)
class Sliding:
    """Where a kernel slides: all as (height, width) pairs, `padding` as the caller gives it."""

    size: tuple
    kernel: tuple
    stride: tuple
    padding: object
    dilation: tuple

    @property
    def settings(self):
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    @property
    def sides(self):
        """((top, bottom), (left, right)), said again independently of the engine."""
        return sides(self.padding, self.kernel, self.dilation)


def sides(padding, kernel, dilation):
    extents = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "full":
        return tuple((extent, extent) for extent in extents)
    if padding == "same":
        return tuple((extent // 2, (extent + 1) // 2) for extent in extents)
    if isinstance(padding, int):
        return (padding, padding), (padding, padding)
    return tuple(side if isinstance(side, tuple) else (side, side) for side in padding)


paddings = st.one_of(
    st.integers(0, 3),
    pairs(0, 3),
    st.tuples(pairs(0, 3), pairs(0, 3)),
    st.sampled_from(["valid", "same", "full"]),
)


@st.composite
def slidings(draw, largest_kernel=4, padding=paddings, largest_stride=3):
    """Rectangular sizes, strides, dilations and paddings for which at least one window fits."""
    kernel, dilation = draw(pairs(1, largest_kernel)), draw(pairs(1, 3))
    stride, padding, extra = draw(pairs(1, largest_stride)), draw(padding), draw(pairs(0, 4))
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    added = [sum(side) for side in sides(padding, kernel, dilation)]
    least = [max(1, span - more) for span, more in zip(spans, added, strict=True)]
    size = tuple(length + more for length, more in zip(least, extra, strict=True))
    return Sliding(size, kernel, stride, padding, dilation)


@st.composite
def poolings(draw):
    """The size of an input and the keywords of a pooling that fits: overlap, gaps, leftovers, padding."""
    kernel, stride, extra = draw(pairs(1, 4)), draw(pairs(1, 4)), draw(pairs(0, 5))
    padding = tuple(draw(st.integers(0, length // 2)) for length in kernel)
    least = [max(1, k - 2 * p) for k, p in zip(kernel, padding, strict=True)]
    size = tuple(length + more for length, more in zip(least, extra, strict=True))
    return size, {"kernel_size": kernel, "stride": stride, "padding": padding}


def normals(seed, *shapes, kind=np.float64):
    """Draw arrays of normal numbers."""
    generator = np.random.default_rng(seed)
    return [generator.standard_normal(shape).astype(kind) for shape in shapes]


def integers(seed, *shapes, low=-9, high=9):
    """Draw arrays of whole numbers."""
    generator = np.random.default_rng(seed)
    return [generator.integers(low, high + 1, shape) for shape in shapes]


def rounding(terms, magnitude):
    """Bound what float32 may lose in a sum of `terms` products: 4 · √n · ε · Σ|x||w|."""
    return 4 * np.sqrt(terms) * EPSILON * np.asarray(magnitude, np.float64)


def assert_within(actual, expected, bound):
    """Compare cell by cell, each with its own bound."""
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    assert actual.shape == expected.shape
    excess = np.abs(actual - expected) - bound
    assert np.all(excess <= 0), f"off by {np.abs(actual - expected).max()}, bound {np.max(bound)}"
