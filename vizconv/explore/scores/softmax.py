"""The explorer of softmax and its cost: scores, probabilities, the Jacobian, and two ways to one gradient."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.operations.loss import cross_entropy
from vizconv.engine.operations.loss import softmax as softmax_of
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.chosen import OWN, Chosen
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Choice, Preset, Slider, Switch, read
from vizconv.explore.explorer import Beside, Explorer
from vizconv.explore.scores.chart import curves_of
from vizconv.explore.scores.scores import REACH, ROOM, read_scores, score
from vizconv.explore.topic import Topic
from vizconv.stage import Curves

VIEWS = ("probabilities", "Jacobian", "gradient", "p − y")
PRESETS = {
    "ln 1, ln 2, ln 5": np.log([1, 2, 5]),
    "all alike, ten classes": np.zeros(10),
    "sure, and wrong": np.array([6.0, 0.0, -1.0, 0.5]),
}
MOST_CLASSES = 10
MOST_SLIDERS = 5  # with more classes only the target's score has one
ADDED = 1000


def _score(number: int):
    """Declare the slider of one class's score; those beyond the fifth take the place of the first."""
    counts = range(number + 1, MOST_SLIDERS + 1)
    slid = (*(f"first {count}" for count in counts), f"only {number}")
    place = "score_0" if number >= MOST_SLIDERS else ""
    where = {"among": "each", "group": "scores", "when": ("slid", slid), "instead": place}
    return score(f"score_{number}", f"score {number}", **where)


OF_SHARES = "view", ("probabilities",)
CONTROLS = (
    Choice("view", options=VIEWS),
    Preset("scores", tuple(PRESETS), lambda settings, name: PRESETS[name], more=True),
    Slider("classes", 2, MOST_CLASSES),
    Slider("target", last="classes", title="right class"),
    Slider("added", -ADDED, ADDED, title="add to all", more=True),
    Switch("subtract", title="subtract the maximum", more=True, plain=True, when=OF_SHARES),
    *map(_score, range(MOST_CLASSES)),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class SoftmaxSettings:
    """Scores (K), what is added to all of them, the right class, and a dp (K) for the Jacobian's view.

    `view` is one of VIEWS; `subtract` says whether the maximum is subtracted before exp.
    """

    scores: Chosen
    target: int
    dp: np.ndarray
    view: str
    added: int = 0
    subtract: bool = True

    @property
    def z(self) -> np.ndarray:
        """The scores that go into softmax."""
        return self.scores.values + self.added

    @property
    def classes(self) -> int:
        """How many scores there are."""
        return self.scores.values.size

    @property
    def slid(self) -> str:
        """Which scores have a slider: "first 3" or "only 7"."""
        return f"first {self.classes}" if self.classes <= MOST_SLIDERS else f"only {self.target}"

    @property
    def each(self) -> dict[str, float]:
        """The scores by their sliders' names, 0 where there is none."""
        scores = np.pad(self.scores.values, (0, MOST_CLASSES - self.classes))
        return {f"score_{number}": float(score) for number, score in enumerate(scores)}


def softmax(scores: ArrayLike | None = None, target: int = 1, *, view: str = "probabilities") -> Explorer:
    """Explore how scores become probabilities, and how the cost's gradient comes back to them.

    scores are 2 to 10 numbers or the name of a preset (PRESETS); target is the right class; `view` is
    "probabilities" (step by step, with and without the maximum), "Jacobian", "gradient" (Jᵀ dp beside
    p - y), or "p − y" alone. What cannot be computed is explained on the stage. Raises TypeError or
    ValueError for what is no setting.
    """
    beside = Beside(Curves(), _chart, ROOM, lambda settings: f"score_{settings.target}")
    return Explorer(TOPIC, start(scores, target, view), beside)


def _chart(settings, _):
    return curves_of(settings.scores.values, settings.target, settings.view)


def start(scores: ArrayLike | None = None, target: int = 1, view: str = "probabilities") -> SoftmaxSettings:
    """Read the arguments of `softmax`."""
    chosen = read_scores(scores, "scores", PRESETS, 1)
    count = chosen.values.size
    if not 2 <= count <= MOST_CLASSES:
        raise ValueError(f"there are {count} scores; 2 to {MOST_CLASSES} are expected")
    target, given = Slider("target", 0, count - 1).read(target), read(CONTROLS, view=view)
    return SoftmaxSettings(scores=chosen, target=target, dp=_one_at(target, count), **given)


def _one_at(target: int, count: int) -> np.ndarray:
    return (np.arange(count) == target).astype(np.int64)


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: SoftmaxSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    scene = _scene(settings)
    return replace(scene, notes=(*_added(settings), *scene.notes), code=as_code(settings))


def inputs(settings: SoftmaxSettings) -> tuple[scenes.Panel, ...]:
    """Return z."""
    return (scenes.Panel("z", settings.z, (0, 0), editable=True),)


def _scene(settings):
    record = cross_entropy(settings.z[None], [settings.target])
    if settings.view == "probabilities":
        return scenes.probabilities(record, subtract=settings.subtract)
    if settings.view in ("gradient", "p − y"):
        return scenes.cross_entropy(record, long_way=settings.view == "gradient")
    return scenes.softmax_jacobian(softmax_of(settings.z[None]), settings.dp[None])


def _added(settings):
    if settings.added:
        yield f"{settings.added:+d} is added to all scores.".replace("-", "−")
    hidden = TOPIC.hidden(settings)
    for name, value in settings.each.items():
        if abs(value) > REACH and name not in hidden:
            end, title = format_number(np.copysign(REACH, value)), name.replace("_", " ")
            yield f"{title} is {format_number(value)}, beyond the end of its slider at {end}."


CODE = {
    "probabilities": "p = vc.softmax(z[None]).y[0]\nL = vc.cross_entropy(z[None], [{target}]).y\n",
    "Jacobian": (
        "record = vc.softmax(z[None])\nJ = record.jacobian[0]\n"
        "dz = vc.softmax_backward(record, {dp}[None]).dx[0]\n"
    ),
    "gradient": (
        "record = vc.cross_entropy(z[None], [{target}])\ndz = vc.cross_entropy_backward(record).dx[0]\n"
    ),
}
CODE["p − y"] = CODE["gradient"]
NAIVE = (  # as the formulas say it, and as the stage shows it without the maximum: NaN where exp overflows
    "e = np.exp(z)\np = e * (1 / e.sum())\ny = np.arange(len(z)) == {target}\nL = (-np.log(p) * y).sum()\n"
)


def as_code(settings: SoftmaxSettings) -> str:
    """Return the lines of Python that make the same numbers."""
    naive = settings.view == "probabilities" and not settings.subtract
    lines = NAIVE if naive else CODE[settings.view]
    dp = row_literal(settings.dp)
    return f"{IMPORTS}z = {row_literal(settings.z)}\n{lines.format(target=settings.target, dp=dp)}"


# ---- Rules between settings --------------------------------------------------------------------------------


def settle(settings: SoftmaxSettings) -> SoftmaxSettings:
    """Keep the target and dp as far as their classes are still there."""
    count, target = settings.classes, min(settings.target, settings.classes - 1)
    dp = settings.dp if settings.dp.size == count else _one_at(target, count)
    return replace(settings, target=target, dp=dp)


def _classes(settings, count: int):
    """Take so many classes, new ones with a score of 0."""
    kept = settings.scores.values[:count]
    scores = Chosen(name=OWN, values=np.pad(kept, (0, count - kept.size)))
    return replace(settings, scores=scores)


def _target(settings, target: int):
    return replace(settings, target=target, dp=_one_at(target, settings.classes))


def _slide(number: int, settings, value: float):
    if number >= settings.classes:
        return settings
    return replace(settings, scores=settings.scores.typed((number,), value))


def edit(settings: SoftmaxSettings, _: scenes.Scene, panel: str, cell: int, value: float) -> SoftmaxSettings:
    """Return the settings after a learner typed a value into a cell of the panel z or dp."""
    if panel == "dp":
        return replace(settings, dp=scenes.put(settings.dp, cell, value))
    return _slide(cell, settings, value - settings.added)


def nudged(
    settings: SoftmaxSettings, scene: scenes.Scene, panel: str, cell: int, value: float
) -> scenes.Scene:
    """Return a scene with one score moved, or one probability, and what L becomes of it."""
    if panel != "p":
        return scene_of(edit(settings, scene, panel, cell, value))
    p = scenes.put(scene.panel("p").values, cell, value)
    loss = settings.dp @ p if settings.view == "Jacobian" else -np.log(p[settings.target])
    return scenes.Scene((scenes.Panel("L", loss, (0, 0)),))


TOPIC: Topic[SoftmaxSettings] = Topic(
    name="softmax",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    rules={
        "classes": _classes,
        "target": _target,
        **{f"score_{number}": partial(_slide, number) for number in range(MOST_CLASSES)},
    },
    settle=settle,
    edit=edit,
    gradients={"dz": "z", "short": "z", "dp": "p"},
    jacobians={"J": ("p", "z")},
    nudged=nudged,
)
