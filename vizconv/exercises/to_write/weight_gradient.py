"""The gradient of a kernel to write, function(x, dy) returns dw: what is tried, and typical mistakes."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine import conv2d, conv2d_backward, convolve, cross_correlate, rot180
from vizconv.engine.arrays import own
from vizconv.examples.matrices import WORKED_DY, WORKED_INPUT
from vizconv.exercises.checker import Exercise, Mistake, entries
from vizconv.scenes import Scene, weight_gradient_of_images

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x, dy) -> np.ndarray:
    """Return dw = Σ_n x_n ⋆ dy_n of images x (N, H, W) with dy (N, OH, OW)."""
    record = _record(x, dy)
    return conv2d_backward(record, dy[:, None], input_gradient=False).dweight[0, 0]


def _record(x, dy):
    kernel = np.subtract(x.shape, dy.shape)[1:] + 1
    return conv2d(x[:, None], np.zeros((1, 1, *kernel), np.int64))


def _cases():
    generator = np.random.default_rng(7)
    yield _case(np.array(WORKED_INPUT)[None], np.array(WORKED_DY)[None])
    for images, size, output_size in ((1, (5, 7), (3, 4)), (2, (5, 4), (3, 3)), (3, (4, 7), (2, 5))):
        yield _case(entries(generator, (images, *size)), entries(generator, (images, *output_size)))
    yield _case(entries(generator, (2, 4, 5)) / 2, entries(generator, (2, 3, 2)))


def _case(x, dy):
    return MappingProxyType({"x": own(x), "dy": own(dy)})


def _scene(x, dy) -> Scene:
    scene = weight_gradient_of_images(_record(x, dy), dy[:, None])
    return scene.kept("x", "dy", "dw")


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _each(make: Callable) -> Callable:
    """Add up what `make` works out of each image and its dy."""
    return lambda x, dy: sum(make(*pair) for pair in zip(x, dy, strict=True))


def _last_product(x, dy):
    last = np.zeros_like(dy)
    last[-1, -1, -1] = dy[-1, -1, -1]
    return right(x, last)


MISTAKES = (
    Mistake(
        "These come out when dy is turned by 180 degrees first. In dw = x ⋆ dy nothing is turned: "
        "y[i, j] met x[i + u, j + v] with w[u, v], so dy[i, j] meets it again for dw[u, v].",
        _each(convolve),
    ),
    Mistake(
        "Your dw is turned by 180 degrees: the number of dw[0, 0] stands in its last cell. It happens when x "
        "and dy change places, or when the weight's index is subtracted from that of x.",
        lambda x, dy: rot180(right(x, dy)),
    ),
    Mistake(
        "Only the first image counts. The same kernel met every image: its dw is the sum over all of them.",
        lambda x, dy: right(x[:1], dy[:1]),
    ),
    Mistake(
        "Only the last image counts: each one overwrites the one before. Add them up, `+=`.",
        lambda x, dy: right(x[-1:], dy[-1:]),
    ),
    Mistake(
        "Your dw is the mean over the images; it is their sum. (A mean, if one is wanted, is already in dy.)",
        lambda x, dy: right(x, dy) / len(x),
    ),
    Mistake(
        "You return one dw for each image. The same kernel met all of them: add over the images.",
        lambda x, dy: np.array([right(x[n : n + 1], dy[n : n + 1]) for n in range(len(x))]),
    ),
    Mistake("Your dw is transposed: dw[v, u] stands where dw[u, v] belongs.", lambda x, dy: right(x, dy).T),
    Mistake(
        "These come out when dy is transposed: dy[j, i] stands where dy[i, j] belongs.",
        _each(lambda x, dy: cross_correlate(x, dy.T)),
    ),
    Mistake(
        "You let dy stick out of x (full). Both lie wholly on each other: valid.",
        _each(lambda x, dy: cross_correlate(x, dy, padding="full")),
    ),
    Mistake(
        "You padded x (same). dw is as large as w, and dy lies wholly on x: valid.",
        _each(lambda x, dy: cross_correlate(x, dy, padding="same")),
    ),
    Mistake(
        "You slid x over dy. It is dy that slides over x, and lies wholly on it.",
        _each(lambda x, dy: cross_correlate(dy, x, padding="full")),
    ),
    Mistake(
        "All your numbers are the same, that of the last weight. The index of x has to contain the weight's "
        "own index: x[i + u, j + v] for dw[u, v], not x[i + KH − 1, j + KW − 1].",
        lambda x, dy: np.full_like(right(x, dy), right(x, dy)[-1, -1]),
    ),
    Mistake(
        "You took the mean over the places. Each place's product adds to dw: take the sum.",
        lambda x, dy: right(x, dy) / dy[0].size,
    ),
    Mistake("dy is missing: you added up the numbers of x alone.", lambda x, dy: right(x, np.ones_like(dy))),
    Mistake("The sum is missing: each cell holds only the last of its products.", _last_product),
    Mistake("Every sign is turned round.", lambda x, dy: -right(x, dy)),
    Mistake("Your dw is still 0 everywhere: add the products to it.", lambda x, dy: 0 * right(x, dy)),
    Mistake(
        "The halves are cut off: your dw holds whole numbers only. Make it without `dtype=int`.",
        lambda x, dy: np.trunc(right(x, dy)),
    ),
)

SHAPES = (
    Mistake("That is the size of x. dw is as large as w: H − OH + 1.", lambda x, dy: x.shape[1:]),
    Mistake("That is the size of dy. dw is as large as w: H − OH + 1.", lambda x, dy: dy.shape[1:]),
    Mistake(
        "One row and one column are missing: w has H − OH + 1 rows.",
        lambda x, dy: tuple(int(size) - 1 for size in right(x, dy).shape),
    ),
    Mistake(
        "One row and one column too many: w has H − OH + 1 rows.",
        lambda x, dy: tuple(int(size) + 1 for size in right(x, dy).shape),
    ),
    Mistake("Rows and columns are swapped.", lambda x, dy: right(x, dy).shape[::-1]),
)
EXERCISE = Exercise("dw", right, tuple(_cases()), _scene, MISTAKES, SHAPES)
