"""Checkers: a learner's function beside the engine's, on several inputs, and in words what is off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from vizconv.engine.arrays import numbers
from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.exercises.attempt import NoAnswer, attempt
from vizconv.exercises.exercise import Exercise
from vizconv.exercises.reply import Reply
from vizconv.scenes import WRONG, Panel, Scene
from vizconv.stage import Stage
from vizconv.stage.lasting import Lasting
from vizconv.stage.modules import script, style
from vizconv.stage.widget import Widget

HERE = Path(__file__).parent

CLOSE: dict[str, Any] = {"rtol": 1e-5, "atol": 1e-5}  # float32 and sums in another order are right, too
FIXED = "The numbers of a check stay as they are: change your function, and run both cells again."
LARGEST = 400  # cells of a learner's result on the stage


@dataclass(frozen=True, repr=False)
class Verdict(Lasting, Reply):
    """What a checker says; where numbers are wrong, `scene` shows the first wrong cell.

    `solved` is the key of the exercise that is solved, empty for none.
    """

    scene: Scene | None = field(default=None, compare=False)
    solved: str = field(default="", compare=False)

    def _repr_mimebundle_(self, **kwargs):
        if self.scene is None and not self.solved:
            return super()._repr_mimebundle_(**kwargs)
        shown = Solved(self) if self.scene is None else Stage(self.scene)
        data, metadata = present(shown._repr_mimebundle_(**kwargs))
        return {**data, "text/plain": repr(self)}, metadata


class Solved(Widget):
    """Say to the learner that a function is right; the page remembers that its exercise is solved."""

    _esm = script(HERE / "solved.js")
    _css = style(HERE / "prediction.css")
    sentence = traitlets.Unicode().tag(sync=True)
    exercise = traitlets.Unicode().tag(sync=True)

    def __init__(self, verdict: Verdict):
        super().__init__(sentence=verdict.sentence, exercise=verdict.solved)


def check(exercise: Exercise, function: Callable) -> Verdict:
    """Compare a learner's function with the engine's, case by case; say what is off in the first wrong one.

    The function gets copies; what it raises or returns is answered in words and never raised.
    """
    if not callable(function):
        return Verdict(False, "Give the function itself: its name, without brackets after it.")
    changed: set[str] = set()
    for case in exercise.cases:
        try:
            made = attempt(function, case, exercise.name)
        except NoAnswer as none:
            return _unanswered(none, case)
        right = numbers(exercise.right(*case.values()), exercise.name)
        if wrong_cells(made.returned, right).any() or made.returned.shape != right.shape:
            return _wrong(exercise, case, made.returned, right)
        changed |= set(made.changed)
    return Verdict(True, _praise(exercise, changed), solved=exercise.key)


def _unanswered(none: NoAnswer, case) -> Verdict:
    return Verdict(False, f"With {described(case)}: {none}") if none.written else Verdict(None, str(none))


def described(case: Mapping[str, Any]) -> str:
    """Describe a case in words: arrays by their shape, single numbers as the stage writes them."""
    write = {True: _shape, False: format_number}
    return ", ".join(f"{name} {write[np.ndim(value) > 0](value)}" for name, value in case.items())


def wrong_cells(returned: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Mark the cells of `returned` with another number than the same cell of `right`, if there is one."""
    wrong = np.ones(returned.shape, bool)
    if returned.ndim == right.ndim:
        shared = _shared(returned, right)
        wrong[shared] = ~np.isclose(returned[shared], right[shared], **CLOSE)
    return wrong


def _shared(returned, right):
    return tuple(slice(0, min(sizes)) for sizes in zip(returned.shape, right.shape, strict=True))


def _wrong(exercise, case, returned, right):
    say = _wrong_shape if returned.shape != right.shape else _wrong_numbers
    sentence = f"With {described(case)}: {say(exercise, case, returned, right)}"
    if returned.ndim != right.ndim or returned.size > LARGEST:
        return Verdict(False, sentence)
    scene = exercise.scene(*case.values())
    return Verdict(False, sentence, side_by_side(scene, exercise.name, returned, right, sentence))


def _wrong_shape(exercise, case, returned, right):
    name, came = exercise.name, _shape(returned) if returned.ndim else "a single number"
    shapes = (said for said, make in exercise.shapes.items() if make(*case.values()) == returned.shape)
    reason = _named(exercise, case, returned) or next(shapes, "")
    if not reason and returned.size == right.size and np.allclose(returned.ravel(), right.ravel(), **CLOSE):
        reason = "The numbers are right, in this order; only `reshape` them."
    return f"your {name} is {came}, and {_shape(right)} is right. {reason}".strip()


def _wrong_numbers(exercise, case, returned, right):
    wrong = wrong_cells(returned, right)
    first = tuple(np.argwhere(wrong)[0])
    came, wanted = format_number(returned[first]), format_number(right[first])
    reason = _named(exercise, case, returned) or _counted(exercise.name, wrong, returned, right)
    return f"your {_cell(exercise.name, first)} is {came}, and {wanted} is right. {reason}"


def _counted(name, wrong, returned, right) -> str:
    """Count the wrong numbers, and say what they have in common, whatever the exercise is."""
    counted = f"{wrong.sum()} of {wrong.size}"
    if (np.isnan(returned) & wrong).any():
        what = "0/0, ∞ − ∞, or memory that was never filled (`np.empty`)"
        return f"{np.isnan(returned).sum()} of {wrong.size} are no numbers at all (NaN): {what}."
    if returned.dtype.kind in "iu" and (right % 1).any():
        return f"{counted} numbers are wrong. All of yours are whole: make your {name} without `dtype=int`."
    if (right % 1 == 0).all() and np.array_equal(right[wrong] - returned[wrong], np.ones(wrong.sum())):
        return f"{counted} numbers are too small by 1: are fractions cut off that should be rounded?"
    return f"{counted} numbers are wrong."


def _named(exercise, case, returned):
    """Return the sentence of the first mistake that makes these very numbers, or nothing."""
    number = next(number for number, each in enumerate(exercise.cases) if each is case)
    made = exercise.mistaken[number].get(returned.shape)
    if made is None:
        return ""
    close = np.isclose(np.stack(list(made.values())), returned, equal_nan=True, **CLOSE)
    fits = np.flatnonzero(close.reshape(len(made), -1).all(axis=1))
    return list(made)[fits[0]] if fits.size else ""


def _praise(exercise, changed):
    cases, name = "; ".join(map(described, exercise.cases)), exercise.name
    sentence = f"Right: your {name} equals the engine's for all {len(exercise.cases)} inputs ({cases})."
    changes = f" One thing: it changes {' and '.join(sorted(changed))}, which its caller may still need."
    return sentence + (changes if changed else "")


# ---- On the stage ------------------------------------------------------------------------------------------


def side_by_side(scene: Scene, name: str, returned: np.ndarray, right: np.ndarray, sentence: str) -> Scene:
    """Set a learner's result beside the right one, panel `name`, and point at the first wrong cell."""
    target = scene.panel(name)
    others, place = _with_room(scene, target)
    kinds = wrong_cells(returned, right) * np.uint8(WRONG)
    yours = Panel(
        "yours",
        returned,
        place,
        label=f"your {target.label}",
        subscript=target.subscript,
        superscript=target.superscript,
        sign="≠",
        kinds=kinds,
        scale=scene.scales[target.name].name,
        pixels=scene.scales[target.name].pixels,
        names=target.names if returned.shape == target.shape else (),
        source=FIXED,
    )
    panels = (*(replace(panel, editable=False, source=FIXED) for panel in others), yours)
    pointed = _first(returned, right, target)
    notes = (repr(Reply(False, sentence)), *scene.notes)
    return replace(scene, panels=panels, notes=notes, pointed=pointed, graph=None)


def _with_room(scene: Scene, target: Panel) -> tuple[tuple[Panel, ...], tuple[int, int]]:
    """Find the place beside the right result; where another panel stands there, make room below it."""
    row, column = present(target.place)
    if (row, column + 1) not in {panel.place for panel in scene.placed}:
        return scene.panels, (row, column + 1)
    below = {panel.name: panel.place for panel in scene.placed if panel.place and panel.place[0] > row}
    moved = {name: (place[0] + 1, place[1]) for name, place in below.items()}
    panels = (
        replace(panel, place=moved[panel.name]) if panel.name in moved else panel for panel in scene.panels
    )
    return tuple(panels), (row + 1, column)


def _first(returned, right, target: Panel) -> tuple[str, int]:
    """Find the first cell of the right result that is missing or wrong, else the first one too many."""
    missing = np.ones(right.shape, bool)
    missing[_shared(returned, right)] = False
    wrong = wrong_cells(returned, right)
    first = tuple(np.argwhere(missing if missing.any() else wrong)[0])
    if any(index >= size for index, size in zip(first, right.shape, strict=True)):
        return "yours", int(np.ravel_multi_index(first, returned.shape))
    place = tuple(index - origin for index, origin in zip(first, target.origin, strict=True))
    return target.name, int(np.ravel_multi_index(place, target.shape))


def _shape(array):
    return "×".join(map(str, np.shape(array)))


def _cell(name, index):
    return f"{name}[{', '.join(map(str, index))}]"
