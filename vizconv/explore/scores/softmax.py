"""The explorer of softmax and its cost: scores, probabilities, the Jacobian, and two ways to one gradient."""

from dataclasses import dataclass, replace

import numpy as np
from traitlets import dlink

from vizconv import scenes
from vizconv.engine.geometry import whole
from vizconv.engine.operations.loss import cross_entropy
from vizconv.engine.operations.loss import softmax as softmax_of
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.arguments import require_one_of
from vizconv.explore.chosen import OWN
from vizconv.explore.code import row_literal
from vizconv.explore.controls import choice, slider, switch
from vizconv.explore.explorer import Beside, Explorer, Topic, as_sentence
from vizconv.explore.scores.chart import curves_of
from vizconv.explore.scores.scores import REACH, ROOM, is_moved, on_slider, read_scores, score_slider
from vizconv.stage import Curves

VIEWS = ("probabilities", "Jacobian", "gradient", "p − y")
PRESETS = {
    "ln 1, ln 2, ln 5": np.log([1, 2, 5]),
    "all alike, ten classes": np.zeros(10),
    "sure, and wrong": np.array([6.0, 0.0, -1.0, 0.5]),
}
CLASSES = (2, 10)
MOST_SLIDERS = 5  # with more classes only the target's score has one
ADDED = (-1000, 1000)


@dataclass(frozen=True, eq=False)
class SoftmaxSettings:
    """All that the explorer shows: scores (K), what is added to all of them, the target class, dp (K).

    `view` is one of VIEWS; `subtract` says whether the maximum is subtracted before exp; dp is used by the
    Jacobian's view only.
    """

    scores: np.ndarray
    target: int
    dp: np.ndarray
    preset: str
    view: str
    added: int = 0
    subtract: bool = True

    @property
    def z(self) -> np.ndarray:
        """The scores that go into softmax."""
        return self.scores + self.added


def softmax(scores=None, target=1, *, view="probabilities") -> Explorer:
    """Explore how scores become probabilities, and how the cost's gradient comes back to them.

    scores are 2 to 10 numbers or the name of a preset (PRESETS); target is the right class; `view` is
    "probabilities" (step by step, with and without the maximum), "Jacobian", "gradient" (Jᵀ dp beside
    p - y), or "p − y" alone. What cannot be computed is explained on the stage. Raises TypeError or
    ValueError for what is no setting.
    """
    settings = start(scores, target, view)
    explorer = Explorer(TOPIC, settings, _controls(settings), Beside(Curves(), _chart, ROOM))
    controls = explorer.controls
    # Linked after the explorer listens: it hears of other classes first, and moves the target by itself.
    dlink((controls["classes"], "value"), (controls["target"], "max"), lambda count: count - 1)
    return explorer


def _chart(settings, scene):
    return curves_of(settings.scores, settings.target, settings.view)


def start(scores=None, target=1, view="probabilities") -> SoftmaxSettings:
    """Read the arguments of `softmax`."""
    require_one_of(view, "view", VIEWS)
    preset, scores = read_scores(scores, "scores", PRESETS, 1)
    if not CLASSES[0] <= scores.size <= CLASSES[1]:
        raise ValueError(f"there are {scores.size} scores; {CLASSES[0]} to {CLASSES[1]} are expected")
    target = whole(target, "target", 0)
    if target >= scores.size:
        raise ValueError(f"target is {target}; 0 to {scores.size - 1} are expected for {scores.size} scores")
    return SoftmaxSettings(scores, target, _one_at(target, scores.size), preset, view)


def _one_at(target: int, count: int) -> np.ndarray:
    return (np.arange(count) == target).astype(np.int64)


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # what overflows is shown
def scene_of(settings: SoftmaxSettings) -> scenes.Scene:
    """Return the scene of the settings; where there are no probabilities, z and the reason in a sentence."""
    try:
        scene = _scene(settings)
    except ValueError as error:
        return scenes.Scene(
            (scenes.Panel("z", settings.z, (0, 0), editable=True),), notes=(as_sentence(error),)
        )
    return replace(scene, notes=(*_added(settings), *scene.notes), code=as_code(settings))


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
    for number, score in enumerate(settings.scores):
        if abs(score) > REACH and f"score_{number}" not in hidden(settings):
            end = format_number(np.copysign(REACH, score))
            yield f"score {number} is {format_number(score)}, beyond the end of its slider at {end}."


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


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: SoftmaxSettings, name: str, value) -> SoftmaxSettings:
    """Return the settings after one control was set to a value."""
    if name == "preset":
        return _with_scores(replace(settings, preset=value), PRESETS.get(value, settings.scores))
    if name == "classes":
        scores = np.zeros(value)
        kept = settings.scores[:value]
        scores[: kept.size] = kept
        return _with_scores(replace(settings, preset=OWN), scores)
    if name == "target":
        return replace(settings, target=value, dp=_one_at(value, settings.scores.size))
    if name.startswith("score_"):
        number = int(name.removeprefix("score_"))
        moved = number < settings.scores.size and is_moved(settings.scores[number], value)
        return _with_score(settings, number, value) if moved else settings
    return replace(settings, **{name: value})


def _with_scores(settings, scores):
    """Take other scores; the target and dp stay as far as the classes are still there."""
    target = min(settings.target, scores.size - 1)
    dp = settings.dp if scores.size == settings.dp.size else _one_at(target, scores.size)
    return replace(settings, scores=scores, target=target, dp=dp)


def _with_score(settings, number, value):
    return replace(settings, scores=scenes.put(settings.scores, number, value), preset=OWN)


def edit(settings: SoftmaxSettings, scene, panel: str, cell: int, value: float) -> SoftmaxSettings:
    """Return the settings after a learner typed a value into a cell of the panel z or dp."""
    if panel == "dp":
        return replace(settings, dp=scenes.put(settings.dp, cell, value))
    return _with_score(settings, cell, value - settings.added)


# ---- Controls ----------------------------------------------------------------------------------------------


def values(settings: SoftmaxSettings) -> dict:
    """Return what every control says."""
    scores = np.zeros(CLASSES[1])
    scores[: settings.scores.size] = settings.scores
    return {
        "view": settings.view,
        "preset": settings.preset,
        "classes": settings.scores.size,
        "target": settings.target,
        **{f"score_{number}": on_slider(score) for number, score in enumerate(scores)},
        "added": settings.added,
        "subtract": settings.subtract,
    }


def hidden(settings: SoftmaxSettings) -> set[str]:
    """Return the controls that mean nothing now, or for which there is no room."""
    count = settings.scores.size
    seen = range(count) if count <= MOST_SLIDERS else [settings.target]
    names = {f"score_{number}" for number in range(CLASSES[1]) if number not in seen}
    return names if settings.view == "probabilities" else names | {"subtract"}


def _controls(settings):
    shown = values(settings)
    sliders = {
        name: score_slider(name.replace("_", " "), value)
        for name, value in shown.items()
        if name.startswith("score_")
    }
    return {
        "view": choice("view", VIEWS, shown["view"]),
        "preset": choice("scores", [*PRESETS, OWN], shown["preset"]),
        "classes": slider("classes", shown["classes"], *CLASSES),
        "target": slider("right class", shown["target"], 0, shown["classes"] - 1),
        **sliders,
        "added": slider("add to all", shown["added"], *ADDED),
        "subtract": switch("subtract the maximum", shown["subtract"]),
    }


def nudged(settings: SoftmaxSettings, scene, panel: str, cell: int, value: float) -> scenes.Scene:
    """Return a scene with one score moved, or one probability, and what L becomes of it."""
    if panel != "p":
        return scene_of(edit(settings, scene, panel, cell, value))
    p = scenes.put(scene.panel("p").values, cell, value)
    with np.errstate(divide="ignore", invalid="ignore"):
        loss = settings.dp @ p if settings.view == "Jacobian" else -np.log(p[settings.target])
    return scenes.Scene((scenes.Panel("L", loss, (0, 0)),))


TOPIC = Topic(
    "softmax",
    scene_of,
    change,
    edit,
    values,
    hidden,
    gradients={"dz": "z", "short": "z", "dp": "p"},
    jacobians={"J": ("p", "z")},
    nudged=nudged,
)
