"""Random convolutions for the scenes' tests: wider settings than a lesson's sliders reach."""

import numpy as np
from hypothesis import strategies as st

from tests.engine.cases import integers, normals, pairs, seeds, slidings
from vizconv.engine import conv2d, conv2d_backward
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import Panel, Reading, Scene, Terms, correlation

paddings = st.one_of(
    st.integers(0, 6), pairs(0, 6), st.tuples(pairs(0, 6), pairs(0, 6)), st.sampled_from(["same", "full"])
)


@st.composite
def convolutions(draw, border="zeros"):
    """A conv2d record of a small batch, stride to 4, padding to 6, dilation to 3, even kernels too."""
    sliding = draw(slidings(padding=paddings, largest_stride=4))
    (images, filters), channels = draw(pairs(1, 2)), draw(st.integers(1, 3))
    shapes = (images, channels, *sliding.size), (filters, channels, *sliding.kernel), (filters,)
    x, weight, bias = (integers if draw(st.booleans()) else normals)(draw(seeds), *shapes)
    return conv2d(x, weight, bias, border=border, **sliding.settings)


def backward(record, how="gather"):
    """The gradients for a dy of the record's own kind of numbers."""
    draw = integers if record.y.dtype.kind == "i" else normals
    return conv2d_backward(record, draw(record.y.size, record.y.shape)[0], how)


def assert_sum(actual, expected, magnitude):
    """Whole numbers are equal; others differ by at most 1e-12 of the sum of their products' sizes."""
    assert actual.shape == expected.shape
    if actual.dtype.kind == "i":
        np.testing.assert_array_equal(actual, expected)
    else:
        assert np.all(np.abs(actual - expected) <= 1e-12 * magnitude)


LABELS = ("$\\frac{", "<script>alert(1)</script>", "∂L/∂z′ & “x”", "%s {0} \\n", "x\u202e_^{", "-")


def permuted_scene(generator):
    """A scene that is no convolution: a random table in random order, panels of several axes, mad labels."""
    size = {"y": (3, 2, 2), "x": (2, 7), "w": (5,), "one": ()}
    values = {name: generator.standard_normal(shape) for name, shape in size.items()}
    values |= {f"d{name}": generator.standard_normal(size[name]) for name in ("y", "x", "w")}
    count = int(generator.integers(1, 200))
    table = Terms(
        *(generator.integers(0, max(1, int(np.prod(size[name]))), count) for name in ("y", "x", "w"))
    )
    names, labels = generator.permutation(list(values)), generator.permutation(LABELS)
    panels = tuple(
        Panel(
            str(name),
            values[name],
            (int(place) // 3, int(place) % 3),
            label=str(labels[place % len(labels)]),
            subscript="$_",
            superscript="<b>",
            sign="\\^",
            origin=tuple(generator.integers(-3, 3, values[name].ndim).tolist()),
            kinds=generator.integers(0, 8, values[name].shape),
            editable=bool(generator.integers(2)),
        )
        for place, name in enumerate(names)
    )
    readings = (
        Reading("t", "out", "y", "x", "w"),
        Reading("t", "left", "dy", "dx", "w"),
        Reading("t", "right", "dy", "x", "dw"),
    )
    return Scene(panels, {"t": table}, readings, walk=str(generator.choice(names)))


def noisy_scene():
    """Sums of which the first should be 0: 0.1 + 0.2 − 0.3 leaves 5.6e−17; L = Σ y ⊙ one, too."""
    panels = (
        Panel("x", [0.1, 0.2, -0.3, 0.5], (0, 0), editable=True),
        Panel("one", [1.0, 1.0], (0, 1)),
        Panel("y", [0.0, 0.0], (0, 2)),
        Panel("L", [0.0], (0, 3)),
    )
    terms = {"add": Terms([0, 0, 0, 1], [0, 1, 2, 3], None), "first": Terms([0], [0], [0])}
    steps = Reading("add", "out", "y", "x"), Reading("first", "out", "L", "y", "one")
    return Scene(panels, terms, steps, walk="y").filled()


def chained_scene(x, k):
    """A correlation and below it L = Σ dy ⊙ y, with ones for dy: a sum of products of sums."""
    scene = correlation(correlate(x, k))
    y = scene.panel("y").values
    panels = Panel("dy", np.ones(y.shape), (1, 2), editable=True), Panel("L", y.sum(), (2, 2))
    terms = {**scene.terms, "loss": Terms(np.zeros(y.size, int), np.arange(y.size), np.arange(y.size))}
    readings = *scene.readings, Reading("loss", "out", "L", "dy", "y")
    return Scene((*scene.panels, *panels), terms, readings, walk="y")
