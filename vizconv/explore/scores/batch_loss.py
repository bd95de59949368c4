"""The explorer of a batch: move one score, and see the mean loss slide where the accuracy jumps."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.operations.loss import class_labels, cross_entropy
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.charts import BLANK, around, curves, may_be_drawn, point
from vizconv.explore.chosen import Chosen
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Preset, Slider, Switch
from vizconv.explore.explorer import Beside, Explorer
from vizconv.explore.scores.scores import POINTS, REACH, ROOM, read_scores, score
from vizconv.explore.topic import Topic
from vizconv.scenes.scores.batch_loss import MOST_CLASSES, MOST_IMAGES
from vizconv.stage import Curves

LABELS = (0, 1, 2, 1)
TABLES = {
    "barely right": np.array([[0.2, 0.1, 0], [0, 0.3, 0.2], [0.1, 0, 0.2], [3, 0, 0]]),
    "clearly right": np.array([[4.0, 0, 0], [0, 5, 1], [0, 1, 5], [0.2, 0.1, 0]]),
}


IN_TABLES = "shape", ((4, 3),)
CONTROLS = (
    Preset(
        "z",
        tuple(TABLES),
        lambda _, name: TABLES[name],
        title="scores z",
        more=True,
        when=("shape", ((4, 3),)),
    ),
    Slider("image", last="images"),
    Slider("number", last="classes", title="class"),
    score("score", "its score"),
    Switch("divided", title="dz divided by N", more=True, plain=True),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchSettings:
    """Scores z (N, K), labels (N), which score the slider moves, and what dz is.

    `divided` says whether dz is divided by N, as it must be for the mean.
    """

    z: Chosen
    labels: np.ndarray
    image: int
    number: int
    divided: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        """How many images and classes there are; the tables are for 4×3."""
        return self.z.values.shape

    @property
    def images(self) -> int:
        """How many images there are."""
        return self.shape[0]

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.shape[1]

    @property
    def score(self) -> float:
        """The score that the slider moves."""
        return float(self.z.values[self.image, self.number])


def batch_loss(z: ArrayLike | None = None, labels: ArrayLike = LABELS) -> Explorer:
    """Explore the mean loss of a batch beside its accuracy: move one score, and see which of them moves.

    z (N, K) are scores or the name of a table (TABLES), labels (N) the right classes. At first the slider
    moves the score of the last image's label. Raises TypeError or ValueError for what does not fit or is
    more than 20 images or 12 classes.
    """
    beside = Beside(Curves(), lambda settings, _: curves_of(settings), ROOM, lambda _: "score")
    return Explorer(TOPIC, start(z, labels), beside)


def start(z: ArrayLike | None = None, labels: ArrayLike = LABELS) -> BatchSettings:
    """Read the arguments of `batch_loss`."""
    table = read_scores(z, "z", TABLES, 2)
    images, classes = table.values.shape
    if images > MOST_IMAGES or classes > MOST_CLASSES:
        raise ValueError(f"z is {images}×{classes}; a stage shows at most {MOST_IMAGES}×{MOST_CLASSES}")
    labels = class_labels(labels, images, classes)
    return BatchSettings(z=table, labels=labels, image=images - 1, number=int(labels[-1]))


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: BatchSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record = cross_entropy(settings.z.values, settings.labels)
    scene = scenes.batch_loss(record, settings.divided)
    return replace(scene, code=as_code(settings))


def as_code(settings: BatchSettings) -> str:
    """Return the lines of Python that make the same numbers."""
    times = "" if settings.divided else " * len(z)"
    return (
        f"{IMPORTS}z = {row_literal(settings.z.values)}\nlabels = {row_literal(settings.labels)}\n"
        f"record = vc.cross_entropy(z, labels)\nL = record.y\n"
        f"dz = vc.cross_entropy_backward(record).dx{times}\naccuracy = (z.argmax(axis=1) == labels).mean()\n"
    )


# ---- The chart beside it -----------------------------------------------------------------------------------


def curves_of(settings: BatchSettings) -> dict[str, Any]:
    """Return what becomes of the mean loss and the accuracy when one score moves, as traits of `Curves`."""
    if not may_be_drawn(settings.z.values):
        return BLANK
    here, x = settings.score, around(settings.score, REACH, POINTS)
    losses = np.array([_measured(_slide(settings, score))[0] for score in x])
    loss, share = _measured(settings)
    lines = [{"name": "loss L", "x": x, "y": losses}, {"name": "accuracy", **_steps(settings, x)}]
    points = [point(here, loss, "L"), {"x": here, "y": share, "name": format_number(share)}]
    x_label = f"z[{settings.image},{settings.number}]"
    return curves(lines, points, x_label, x, max(float(losses.max()), 1.0))


def _steps(settings, x) -> dict[str, list[float]]:
    """Return the accuracy between the ends of x: two flat pieces, with a gap where the score overtakes."""
    others = np.delete(settings.z.values[settings.image], settings.number)
    place = float(np.clip(others.max(initial=-np.inf), x[0], x[-1]))
    before, after = (_measured(_slide(settings, end))[1] for end in (x[0] - 1, x[-1] + 1))
    gap = [np.nan] if before != after else []
    return {"x": [x[0], place, *gap, place, x[-1]], "y": [before, before, *gap, after, after]}


def _measured(settings) -> tuple[float, float]:
    """Return the mean loss and the share of images whose largest score is that of their label."""
    z, labels = settings.z.values, settings.labels
    return float(cross_entropy(z, labels).y), float((z.argmax(axis=1) == labels).mean())


def _slide(settings, value: float):
    """Move the one score."""
    return replace(settings, z=settings.z.typed((settings.image, settings.number), value))


TOPIC: Topic[BatchSettings] = Topic(
    name="batch_loss", controls=CONTROLS, scene_of=scene_of, rules={"score": _slide}, gradients={"dz": "z"}
)
