"""The gradient of a kernel to write, function(x, dy) returns dw: what is tried, and typical mistakes."""

from collections.abc import Callable

import numpy as np

from vizconv.engine import conv2d, conv2d_backward, convolve, cross_correlate, rot180
from vizconv.examples.matrices import WORKED_DY, WORKED_INPUT
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import common, instead, only, resized, returned_early, then
from vizconv.scenes import Scene, weight_gradient_of_images

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """Return dw = Σ_n x_n ⋆ dy_n of images x (N, H, W) with dy (N, OH, OW)."""
    record = _record(x, dy)
    return conv2d_backward(record, dy[:, None], input_gradient=False).dweight[0, 0]


def _record(x, dy):
    kernel = np.subtract(x.shape, dy.shape)[1:] + 1
    return conv2d(x[:, None], np.zeros((1, 1, *kernel), np.int64))


def _cases():
    generator = np.random.default_rng(7)
    yield [WORKED_INPUT], [WORKED_DY]
    for images, size, output_size in ((1, (5, 7), (3, 4)), (2, (5, 4), (3, 3)), (3, (4, 7), (2, 5))):
        yield entries(generator, (images, *size)), entries(generator, (images, *output_size))
    yield entries(generator, (2, 4, 5)) / 2, entries(generator, (2, 3, 2))


def _scene(x, dy) -> Scene:
    scene = weight_gradient_of_images(_record(x, dy), dy[:, None])
    return scene.kept("x", "dy", "dw")


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _each(make: Callable) -> Callable:
    """Add up what `make` works out of each image and its dy."""
    return lambda x, dy: sum(make(*pair) for pair in zip(x, dy, strict=True))


MISTAKES = {
    "These come out when dy is turned by 180 degrees first. In dw = x ⋆ dy nothing is turned: y[i, "
    "j] met x[i + u, j + v] with w[u, v], so dy[i, j] meets it again for dw[u, v].": _each(convolve),
    "Your dw is turned by 180 degrees: the number of dw[0, 0] stands in its last cell. It happens when x and "
    "dy change places, or when the weight's index is subtracted from that of x.": then(right, rot180),
    "Only the first image counts. "
    "The same kernel met every image: its dw is the sum over all of them.": instead(right, dy=only(0)),
    "Only the last image counts: each one overwrites the one before. Add them up, `+=`.": instead(
        right, dy=only(-1)
    ),
    "Your dw is the mean over the images; it is their sum. "
    "(A mean, if one is wanted, is already in dy.)": lambda x, dy: right(x, dy) / len(x),
    "You return one dw for each image. The same kernel met all of them: add over the images.": lambda x, dy: (
        np.array([right(x[n : n + 1], dy[n : n + 1]) for n in range(len(x))])
    ),
    "These come out when dy is transposed: dy[j, i] stands where dy[i, j] belongs.": _each(
        lambda x, dy: cross_correlate(x, dy.T)
    ),
    "You let dy stick out of x (full). Both lie wholly on each other: valid.": _each(
        lambda x, dy: cross_correlate(x, dy, padding="full")
    ),
    "You padded x (same). dw is as large as w, and dy lies wholly on x: valid.": _each(
        lambda x, dy: cross_correlate(x, dy, padding="same")
    ),
    "You slid x over dy. It is dy that slides over x, and lies wholly on it.": _each(
        lambda x, dy: cross_correlate(dy, x, padding="full")
    ),
    "All your numbers are the same, that of the last weight. The index of x has to contain the weight's own "
    "index: x[i + u, j + v] for dw[u, "
    "v], not x[i + KH − 1, j + KW − 1].": then(right, lambda dw: np.full_like(dw, dw[-1, -1])),
    "You took the mean over the places. Each place's product adds to dw: take the sum.": lambda x, dy: (
        right(x, dy) / dy[0].size
    ),
    "dy is missing: you added up the numbers of x alone.": instead(right, dy=np.ones_like),
    "The sum is missing: each cell holds only the last of its products.": instead(
        right, dy=only((-1, -1, -1))
    ),
    **common(right, "dw", "uv"),
    **returned_early(right),
}

ROWS = "w has H − OH + 1 rows"
SHAPES = {
    "That is the size of x. dw is as large as w: H − OH + 1.": lambda x, dy: x.shape[1:],
    "That is the size of dy. dw is as large as w: H − OH + 1.": lambda x, dy: dy.shape[1:],
    **resized(right, missing=ROWS, too_many=ROWS),
}
EXERCISE = Exercise(name="dw", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
