"""The checker: whatever a learner's function does, it is answered in a sentence, and on the stage."""

import json

import numpy as np
import pytest

from tests.exercises.answers_01 import by_patches
from vizconv.engine import cross_correlate
from vizconv.exercises import Exercise, Verdict, check, lesson01
from vizconv.scenes import WRONG, Panel, Scene

UNWRITTEN = "Not written yet: put your lines in the place of the three dots, and run both cells again."


def three_dots(x, w, stride): ...


def documented(x, w, stride):
    """Return y."""
    ...


def dots_returned(x, w, stride):
    y = ...
    return y


def not_implemented(x, w, stride):
    raise NotImplementedError("later")


@pytest.mark.parametrize("function", [three_dots, documented, dots_returned, not_implemented])
def test_unwritten_says_so_and_breaks_nothing(function):
    verdict = lesson01.check(function)
    assert verdict == Verdict(None, UNWRITTEN) and verdict.scene is None
    assert repr(verdict) == f"○ {UNWRITTEN}"
    assert set(verdict._repr_mimebundle_()) == {"text/plain", "text/html"}


class Hostile:
    def __array__(self, *arguments, **keywords):
        raise RuntimeError("no array")


def index_error(x, w, stride):
    return x[99, 99]


def endless(x, w, stride):
    return endless(x, w, stride)


def no_return(x, w, stride):
    y = cross_correlate(x, w, stride)
    y += 0


def generator(x, w, stride):
    yield 1


WORKED = "With x 4×4, w 2×2, stride 1: "
ODD = [
    (
        index_error,
        "your function stops in the line `return x[99, 99]` with IndexError: index 99 is out of bounds",
    ),
    (endless, "with RecursionError: maximum recursion depth exceeded"),
    (no_return, "your function returns nothing. Its last line hands the result back: `return y`."),
    (
        lambda x: x,
        "takes 1 positional argument but 3 were given. It is called with (x, w, stride), in this order.",
    ),
    (generator, "is no array of numbers: y holds object values; real numbers are expected"),
    (lambda x, w, stride: Hostile(), "is no array of numbers: no array."),
    (lambda x, w, stride: "nine", "is no array of numbers: y holds"),
    (lambda x, w, stride: [[1, 2], [3]], "is no array of numbers: y has rows of different lengths"),
    (lambda x, w, stride: [], "is no array of numbers: y has shape (0,) and so no numbers"),
    (lambda x, w, stride: x * 1j, "is no array of numbers: y holds complex128 values"),
    (lambda x, w, stride: 7, "your y is a single number, and 3×3 is right."),
    (lambda x, w, stride: np.zeros(9), "your y is 9, and 3×3 is right."),
    (lambda x, w, stride: np.zeros((3, 3, 1)), "your y is 3×3×1, and 3×3 is right."),
    (lambda x, w, stride: np.zeros((900, 900)), "your y is 900×900, and 3×3 is right."),
    (
        lambda x, w, stride: np.full((3, 3), np.nan),
        "your y[0, 0] is NaN, and −37 is right. 9 of 9 are no numbers at all (NaN)",
    ),
    (lambda x, w, stride: np.full((3, 3), True), "your y[0, 0] is 1, and −37 is right. 9 of 9"),
]


@pytest.mark.parametrize(("function", "sentence"), ODD)
def test_whatever_a_function_does_is_answered_in_a_sentence(function, sentence):
    verdict = lesson01.check(function)
    assert verdict.right is False
    assert verdict.sentence.startswith(WORKED) and sentence in verdict.sentence
    assert "\n" not in repr(verdict)
    json.dumps(verdict._repr_mimebundle_() if verdict.scene is None else {})


@pytest.mark.parametrize("thing", [7, None, np.zeros((3, 3)), "by_patches"])
def test_what_is_no_function_is_answered_too(thing):
    assert lesson01.check(thing) == Verdict(
        False, "Give the function itself: its name, without brackets after it."
    )


def test_a_keyboard_interrupt_is_the_learners_own():
    def stopped(x, w, stride):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lesson01.check(stopped)


# ---- Cases, and edits in place -----------------------------------------------------------------------------


def test_an_exercise_owns_its_cases_and_names_them_as_its_right_function_does():
    x = np.eye(2)
    exercise = Exercise(name="y", right=lambda x, size: x, cases=[(x, 2), ([[1]], 3)], scene=None)
    x[:] = 5
    first, second = exercise.cases
    assert dict(first)["x"].tolist() == [[1, 0], [0, 1]] and first["size"] == 2
    assert list(second) == ["x", "size"] and second["x"].shape == (1, 1)
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        Exercise(name="y", right=lambda x, size: x, cases=[(x,)], scene=None)


def test_changing_the_inputs_fools_nobody():
    def cheat(x, w, stride):
        x[:], w[:] = 0, 0
        return cross_correlate(x, w, stride)

    assert lesson01.check(cheat).right is False
    assert lesson01.check(by_patches).right is True


def test_a_right_function_that_changes_its_inputs_hears_of_it():
    def careless(x, w, stride):
        y = by_patches(x, w, stride)
        x[0, 0] += 1
        w *= 2
        return y

    verdict = lesson01.check(careless)
    assert verdict.right is True
    assert verdict.sentence.endswith("One thing: it changes w and x, which its caller may still need.")


def test_a_result_that_is_written_over_later_is_kept():
    shared = np.zeros((3, 3))

    def reused(x, w, stride):
        shared[:] = -1
        return shared

    scene = lesson01.check(reused).scene
    shared[:] = 5
    assert (scene.panel("yours").values == -1).all()


# ---- On the stage ------------------------------------------------------------------------------------------


def test_the_first_wrong_cell_stands_on_a_stage():
    def one_off(x, w, stride):
        y = cross_correlate(x, w, stride)
        y[1, 2] += 1
        y[2, 0] = 0
        return y

    verdict = lesson01.check(one_off)
    scene, right = verdict.scene, [[-37, -75, -112], [70, 34, 43], [-19, -15, 7]]
    assert verdict.sentence == f"{WORKED}your y[1, 2] is 44, and 43 is right. 2 of 9 numbers are wrong."
    assert scene.notes == (repr(verdict),) and scene.pointed == ("y", 5)
    assert [panel.name for panel in scene.panels] == ["x", "w", "y", "yours"]
    assert scene.panel("y").values.tolist() == right and scene.sums()["y"].tolist() == right
    yours = scene.panel("yours")
    assert yours.values.tolist() == [[-37, -75, -112], [70, 34, 44], [0, -15, 7]]
    assert np.argwhere(yours.kinds == WRONG).tolist() == [[1, 2], [2, 0]] and yours.place == (0, 3)
    assert not any(panel.editable for panel in scene.panels)


@pytest.mark.parametrize(
    ("shape", "pointed"),
    [((2, 3), ("y", 6)), ((3, 2), ("y", 2)), ((4, 3), ("yours", 9)), ((3, 5), ("yours", 3))],
)
def test_of_a_wrong_shape_the_first_missing_or_needless_cell_is_shown(shape, pointed):
    def other_shape(x, w, stride):
        whole = np.zeros((5, 5), int)
        whole[:3, :3] = cross_correlate(x, w, 1)[:3, :3]
        return whole[: shape[0], : shape[1]]

    scene = lesson01.check(other_shape).scene
    assert scene.pointed == pointed
    inside = np.zeros(shape, bool)
    inside[:3, :3] = True
    np.testing.assert_array_equal(scene.panel("yours").kinds == 0, inside)


def test_a_verdict_in_html_holds_code_and_no_markup_of_the_learners():
    def raising(x, w, stride):
        raise ValueError("<b> & `x`")

    html = lesson01.check(raising)._repr_mimebundle_()["text/html"]
    assert "ValueError: &lt;b&gt; &amp; <code>x</code>." in html and "<b>" not in html


def test_a_wrong_verdict_shows_its_stage():
    data, _ = lesson01.check(lambda x, w, stride: np.zeros((3, 3)))._repr_mimebundle_()
    assert data["text/plain"].startswith("✗ With x 4×4")
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(data)


def test_a_panel_whose_first_cell_has_another_index_is_pointed_at_by_its_index():
    def scene(x):
        return Scene(
            (Panel("dx", np.zeros((4, 4)), (1, 0), label="d", origin=(-1, -1)), Panel("x", x, (0, 2)))
        )

    exercise = Exercise(name="dx", right=lambda x: x, cases=[(np.eye(2),)], scene=scene)
    beside = check(exercise, lambda x: np.array([[1, 0], [9, 1]])).scene
    assert beside.pointed == ("dx", 9) and beside.panel("yours").place == (1, 1)
    assert beside.panel("yours").label == "your d"
