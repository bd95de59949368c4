"""A batch of scores: each image's own loss, their mean, its gradient, and the accuracy, which has none."""

from typing import Any

import numpy as np

from vizconv.engine.operations.loss import CrossEntropyRecord
from vizconv.scenes.parts import constant, scale_terms
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import BARE, GRADIENTS, INPUTS
from vizconv.scenes.scene import Panel, Reading, Scene, numbered, owners_of
from vizconv.scenes.terms import Terms, copy_terms

MOST_IMAGES, MOST_CLASSES = 20, 12
LOSS = "L is the mean of the losses; an image is right when its label has the largest score of its row."
MEAN_GRADIENT = "dz = (p − y) / N is the gradient of L."
FORGOTTEN = "dz is p − y here, without the 1/N: not the gradient of the mean L."
FORWARD = (
    Rule(name="softmax", out="p", of=("z",)),
    Rule(name="surprise", out="surprise", of=("z",)),
    Rule(name="right", out="right", of=("z", "y")),
    Reading("losses", "out", out="losses", left="surprise", right="y"),
    Reading("mean", "out", out="L", left="losses", right="share"),
    Reading("mean", "out", out="accuracy", left="right", right="share"),
)
MEAN = (
    Reading("scale", "out", out="dz", left="p", right="share"),
    Reading("scale", "out", out="dz", left="y", right="minus"),
)
SUM = Reading("copies", "out", out="dz", left="p"), MEAN[1]


def batch_loss(record: CrossEntropyRecord, divided: bool = True) -> Scene:
    """Set a batch on a stage: z, p, -log p, y and dz (N, K), losses and right (N, 1), L and the accuracy.

    dz = (p - y) / N for the mean L; without `divided`, p - y, the mistake. Raises ValueError for more than
    20 images or 12 classes, which no page shows.
    """
    images, classes = record.x.shape
    if images > MOST_IMAGES or classes > MOST_CLASSES:
        raise ValueError(f"z is {images}×{classes}; a stage shows at most {MOST_IMAGES}×{MOST_CLASSES}")
    each, one = np.zeros((images, classes)), np.zeros((images, 1))
    owners, named = np.broadcast_to(owners_of(record.x[0]), each.shape), tuple(map(str, range(classes)))
    of_classes: dict[str, Any] = {"owners": owners}
    first: dict[str, Any] = {"owners": owners, "names": (numbered("image", images), named), "bars": True}
    minus, labels = -1 / images if divided else -1, np.eye(classes, dtype=np.int64)[record.labels]
    panels = (
        Panel("z", record.x, (0, 0), editable=True, scale=INPUTS, **first),
        Panel("p", each, (0, 1), sign="→", bars=True, **of_classes),
        Panel("surprise", each, (0, 2), sign="→", label="−log p", **of_classes),
        Panel("losses", one, (0, 3), label="loss", scale="losses"),
        Panel("right", one, (0, 4)),
        Panel("dz", each, (1, 0), scale=GRADIENTS, **first),
        Panel("y", labels, (1, 1), scale="probabilities", **of_classes),
        Panel("L", 0.0, (1, 3), sign="Σ/N", scale="losses"),
        Panel("accuracy", 0.0, (1, 4), sign="Σ/N", scale=BARE),
        constant("minus", minus, "−1/N" if divided else "−1"),
        constant("share", 1 / images, "1/N"),
    )
    steps = (*FORWARD, *(MEAN if divided else SUM))
    notes = (LOSS, MEAN_GRADIENT if divided else FORGOTTEN)
    return Scene(panels, _terms(images, classes), steps, "dz", notes).filled()


def _terms(images: int, classes: int) -> dict[str, Terms]:
    cells, rows = np.arange(images * classes), np.arange(images)
    return {
        "losses": Terms(cells // classes, cells, cells),
        "mean": Terms(rows * 0, rows, rows * 0),
        "scale": scale_terms(cells.size),
        "copies": copy_terms(cells),
    }
