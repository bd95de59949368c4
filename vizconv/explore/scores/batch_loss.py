"""The explorer of a batch: move one score, and see the mean loss slide where the accuracy jumps."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vizconv import scenes
from vizconv.engine.operations.loss import class_labels, cross_entropy
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.charts import BLANK, around, curves, may_be_drawn, point
from vizconv.explore.chosen import OWN
from vizconv.explore.code import row_literal
from vizconv.explore.controls import choice, slider, switch
from vizconv.explore.explorer import Beside, Explorer, Topic
from vizconv.explore.scores.scores import POINTS, REACH, ROOM, is_moved, on_slider, read_scores, score_slider
from vizconv.scenes.scores.batch_loss import MOST_CLASSES, MOST_IMAGES
from vizconv.stage import Curves

LABELS = (0, 1, 2, 1)
TABLES = {
    "barely right": np.array([[0.2, 0.1, 0], [0, 0.3, 0.2], [0.1, 0, 0.2], [3, 0, 0]]),
    "clearly right": np.array([[4.0, 0, 0], [0, 5, 1], [0, 1, 5], [0.2, 0.1, 0]]),
}


@dataclass(frozen=True, eq=False)
class BatchSettings:
    """All that the explorer shows: z (N, K), labels (N), which score the slider moves, and what dz is.

    `divided` says whether dz is divided by N, as it must be for the mean.
    """

    z: np.ndarray
    labels: np.ndarray
    table: str
    image: int
    number: int
    divided: bool = True

    @property
    def moved(self) -> float:
        """The score that the slider moves."""
        return float(self.z[self.image, self.number])


def batch_loss(z=None, labels=LABELS) -> Explorer:
    """Explore the mean loss of a batch beside its accuracy: move one score, and see which of them moves.

    z (N, K) are scores or the name of a table (TABLES), labels (N) the right classes. At first the slider
    moves the score of the last image's label. Raises TypeError or ValueError for what does not fit or is
    more than 20 images or 12 classes.
    """
    settings = start(z, labels)
    chart = Beside(Curves(), lambda settings, _: curves_of(settings), ROOM)
    return Explorer(TOPIC, settings, _controls(settings), chart)


def start(z=None, labels=LABELS) -> BatchSettings:
    """Read the arguments of `batch_loss`."""
    table, z = read_scores(z, "z", TABLES, 2)
    images, classes = z.shape
    if images > MOST_IMAGES or classes > MOST_CLASSES:
        raise ValueError(f"z is {images}×{classes}; a stage shows at most {MOST_IMAGES}×{MOST_CLASSES}")
    labels = class_labels(labels, images, classes)
    return BatchSettings(z, labels, table, images - 1, int(labels[-1]))


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # what overflows is shown
def scene_of(settings: BatchSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record = cross_entropy(settings.z, settings.labels)
    scene = scenes.batch_loss(record, settings.divided)
    return replace(scene, code=as_code(settings))


def as_code(settings: BatchSettings) -> str:
    """Return the lines of Python that make the same numbers."""
    times = "" if settings.divided else " * len(z)"
    return (
        f"{IMPORTS}z = {row_literal(settings.z)}\nlabels = {row_literal(settings.labels)}\n"
        f"record = vc.cross_entropy(z, labels)\nL = record.y\n"
        f"dz = vc.cross_entropy_backward(record).dx{times}\naccuracy = (z.argmax(axis=1) == labels).mean()\n"
    )


# ---- The chart beside it -----------------------------------------------------------------------------------


def curves_of(settings: BatchSettings) -> dict[str, Any]:
    """Return what becomes of the mean loss and the accuracy when one score moves, as traits of `Curves`."""
    if not may_be_drawn(settings.z):
        return BLANK
    x = around(settings.moved, REACH, POINTS)
    losses = np.array([_measured(_with_moved(settings, score))[0] for score in x])
    loss, share = _measured(settings)
    lines = [{"name": "loss L", "x": x, "y": losses}, {"name": "accuracy", **_steps(settings, x)}]
    points = [
        point(settings.moved, loss, "L"),
        {"x": settings.moved, "y": share, "name": format_number(share)},
    ]
    x_label = f"z[{settings.image},{settings.number}]"
    return curves(lines, points, x_label, x, max(float(losses.max()), 1.0))


def _steps(settings, x) -> dict[str, list[float]]:
    """Return the accuracy between the ends of x: two flat pieces, with a gap where the score overtakes."""
    others = np.delete(settings.z[settings.image], settings.number)
    place = float(np.clip(others.max(initial=-np.inf), x[0], x[-1]))
    before, after = (_measured(_with_moved(settings, end))[1] for end in (x[0] - 1, x[-1] + 1))
    gap = [np.nan] if before != after else []
    return {"x": [x[0], place, *gap, place, x[-1]], "y": [before, before, *gap, after, after]}


def _measured(settings) -> tuple[float, float]:
    """Return the mean loss and the share of images whose largest score is that of their label."""
    right = settings.z.argmax(axis=1) == settings.labels
    return float(cross_entropy(settings.z, settings.labels).y), float(right.mean())


def _with_moved(settings, score):
    return _with_score(settings, settings.image * settings.z.shape[1] + settings.number, score)


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: BatchSettings, name: str, value) -> BatchSettings:
    """Return the settings after one control was set to a value."""
    if name == "table":
        fits = value in TABLES and settings.z.shape == TABLES[value].shape
        return replace(settings, z=TABLES[value] if fits else settings.z, table=value if fits else OWN)
    if name == "score":
        return _with_moved(settings, value) if is_moved(settings.moved, value) else settings
    return replace(settings, **{name: value})


def _with_score(settings, cell, value):
    return replace(settings, z=scenes.put(settings.z, cell, value), table=OWN)


def edit(settings: BatchSettings, scene, panel: str, cell: int, value: float) -> BatchSettings:
    """Return the settings after a learner typed a value into a cell of the panel z."""
    return _with_score(settings, cell, value)


# ---- Controls ----------------------------------------------------------------------------------------------


def values(settings: BatchSettings) -> dict:
    """Return what every control says."""
    return {
        "table": settings.table,
        "image": settings.image,
        "number": settings.number,
        "score": on_slider(settings.moved),
        "divided": settings.divided,
    }


def _controls(settings):
    shown, (images, classes) = values(settings), settings.z.shape
    given = [OWN] if settings.table == OWN else [*TABLES, OWN]
    return {
        "table": choice("scores z", given, shown["table"]),
        "image": slider("image", shown["image"], 0, images - 1),
        "number": slider("class", shown["number"], 0, classes - 1),
        "score": score_slider("its score", shown["score"]),
        "divided": switch("dz divided by N", shown["divided"]),
    }


TOPIC = Topic("batch_loss", scene_of, change, edit, values, gradients={"dz": "z"})
