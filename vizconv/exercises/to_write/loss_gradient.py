"""The gradient of a batch's loss to write, function(z, labels) returns dz (N, K), and typical mistakes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vizconv.engine import cross_entropy, cross_entropy_backward, softmax
from vizconv.exercises.exercise import Exercise
from vizconv.exercises.mistakes import only, returned_early, still_zero, swapped, then
from vizconv.scenes import Scene, batch_loss

LARGE = 1000  # exp of it is infinite

# ---- What is tried -----------------------------------------------------------------------------------------


def right(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return dz = (p - y) / N by the engine."""
    return cross_entropy_backward(cross_entropy(z, labels)).dx


def _cases():
    generator = np.random.default_rng(9)
    yield np.log([[1, 2, 5], [4, 3, 1]]), [1, 0]
    for images, classes in ((3, 4), (4, 3), (5, 2), (3, 3), (1, 4)):
        labels = generator.integers(0, classes, images)
        labels[-1] = (labels[0] + 1) % classes
        yield generator.integers(-8, 9, (images, classes)) / 4, labels
    yield np.array([[0.5, 1, 0], [2, 0, 1]]) + LARGE, [0, 2]
    yield [[LARGE, LARGE - 1, LARGE - 2], [1, 0, 2]], [1, 2]  # each row has its own maximum
    yield [[740, 0, 1], [0, 1, 2]], [0, 1]  # subtract the maximum, not the minimum


PLACES = {"z": (0, 0), "p": (0, 1), "y": (0, 2), "dz": (1, 0)}
CONSTANTS = ("minus", "share")


def _scene(z, labels) -> Scene:
    """Show what dz is made of, and leave the losses out, so that there is room for the learner's dz."""
    scene = batch_loss(cross_entropy(z, labels))
    part = scene.kept(*PLACES, *CONSTANTS)
    panels = tuple(replace(panel, place=PLACES.get(panel.name)) for panel in part.panels)
    return replace(part, panels=panels, notes=())


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _made(make: Callable) -> Callable:
    """Make a mistake of p (N, K), y (N, K) and N."""

    def from_case(z, labels):
        return make(softmax(z).y, np.eye(z.shape[1])[labels], len(z))

    return from_case


def _of_scores(make: Callable) -> Callable:
    """Make a mistake in p; `make` turns z into what takes its place."""

    def from_case(z, labels):
        with np.errstate(all="ignore"):
            return (make(z) - np.eye(z.shape[1])[labels]) / len(z)

    return from_case


def _over_images(z):
    return softmax(z.T).y.T


def _over_all(z):
    return softmax(z.reshape(1, -1)).y.reshape(z.shape)


def _raw(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def _at_all_labels(z, labels):
    """Do what `dz[:, labels] -= 1` does."""
    dz = softmax(z).y.copy()
    dz[:, labels] -= 1
    return dz / len(z)


def _one_maximum(z, labels):
    """Subtract the largest score of the whole table from all rows."""
    with np.errstate(invalid="ignore"):
        e = np.exp(z - z.max())
        return (e / e.sum(axis=1, keepdims=True) - np.eye(z.shape[1])[labels]) / len(z)


MISTAKES = {
    "You subtracted the largest score of the whole table. A row far below it becomes all 0, "
    "and 0/0 is no number: subtract each row's own maximum, `z.max(axis=1, keepdims=True)`.": _one_maximum,
    "You forgot the mean: divide by N, the number of images.": _made(lambda p, y, n: p - y),
    "The sign is turned round: it is p − y, not y − p.": _made(lambda p, y, n: (y - p) / n),
    "The sign is turned round, p − y is right; and the mean is forgotten.": _made(lambda p, y, n: y - p),
    "Your softmax runs down the columns, over the images. Each row has to add up to 1: axis 1.": _of_scores(
        _over_images
    ),
    "Your probabilities add up to 1 over the whole table. "
    "Each row has to: axis 1, with keepdims.": _of_scores(_over_all),
    "exp has overflowed, and ∞/∞ is NaN. Subtract the largest score of each row first.": _of_scores(_raw),
    "These are the scores themselves minus y: softmax is missing.": _of_scores(lambda z: z),
    "exp(z) is there, its sum is not: divide by Σ exp(z) of the row.": _of_scores(np.exp),
    "y is missing: subtract 1 at each label.": _made(lambda p, y, n: p / n),
    "y is missing, and so is the mean: these are the probabilities.": _made(lambda p, y, n: p),
    "You subtracted 1 from every class, not only from the label's.": _made(lambda p, y, n: (p - 1) / n),
    "You subtracted the label's number. It says where the 1 has to be subtracted.": lambda z, labels: (
        (softmax(z).y - labels[:, None]) / len(z)
    ),
    "In every row 1 is subtracted at the labels of all images. "
    "Pair each row with its own label: `dz[np.arange(len(z)), labels] -= 1`.": _at_all_labels,
    "You divided by the number of classes; it is the images over which the mean is taken.": _made(
        lambda p, y, n: (p - y) / p.shape[1]
    ),
    "You divided by N·K. The loss is a mean over N images, not over all numbers.": _made(
        lambda p, y, n: (p - y) / p.size
    ),
    "Only y is divided by N; p has to be as well.": _made(lambda p, y, n: p - y / n),
    "Only p is divided by N; y has to be as well.": _made(lambda p, y, n: p / n - y),
    "Only the labels' classes get a gradient. The others are pushed down, by p/N.": _made(
        lambda p, y, n: (p - y) * y / n
    ),
    "This is dp = −y/p, over N. It still has to go back through softmax, which gives (p − y)/N.": _made(
        lambda p, y, n: -y / p / n
    ),
    "Only the last image is there: does each round of your loop begin anew?": then(right, only(-1)),
    **returned_early(right, "image", "the loop over the images"),
    **still_zero(right, "dz", "it is (p − y)/N"),
    "You added up the images. Every image's scores have a gradient of their own.": _made(
        lambda p, y, n: (p - y).sum(axis=0) / n
    ),
    "You added up the images, and did not divide. Every image's scores have a gradient of their own.": _made(
        lambda p, y, n: (p - y).sum(axis=0)
    ),
}
SHAPES = {
    "One number an image: are these losses? Every score has a gradient.": lambda z, labels: (len(z),),
    "That is one number: is it the loss? Every score has a gradient.": lambda z, labels: (),
    "One number a class: every image has a row of its own.": lambda z, labels: (z.shape[1],),
    **swapped(right, ": dz has the shape of z"),
}
EXERCISE = Exercise(name="dz", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
