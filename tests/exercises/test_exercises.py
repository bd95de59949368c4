"""What holds for every exercise: right answers are praised, wrong ones named, and nothing is raised."""

import re
from itertools import combinations, cycle

import numpy as np
import pytest

from tests.exercises.registry import EXERCISES
from tests.scenes.checks import assert_sums
from vizconv.scenes import WRONG

every_exercise = pytest.mark.parametrize("entry", EXERCISES.values(), ids=EXERCISES)


def each(items, name):
    """Name every item of every exercise for a parametrised test."""
    return [
        pytest.param(entry, item, id=f"{key}: {name(item)}")
        for key, entry in EXERCISES.items()
        for item in items(entry)
    ]


def but_right(exercise, make):
    """Turn a mistake into a function: right where the mistake does not fit."""

    def function(*case):
        try:
            return make(*case)
        except ValueError:
            return exercise.right(*case)

    return function


def arrays_of(case):
    return [argument for argument in case if isinstance(argument, np.ndarray)]


# ---- Right answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "solution"),
    each(lambda entry: (*entry.right, entry.exercise.right), lambda each: each.__name__),
)
def test_a_right_answer_is_praised_in_every_style(entry, solution):
    verdict = entry.check(solution)
    assert verdict.right is True and verdict.scene is None
    praise = f"✓ Right: your {entry.exercise.name} equals the engine's for {entry.praise}"
    assert repr(verdict).startswith(praise) and "One thing" not in repr(verdict)


@pytest.mark.parametrize("written", [np.float32, np.ndarray.tolist, np.asfortranarray])
@every_exercise
def test_a_right_answer_may_come_in_single_precision_or_as_lists(entry, written):
    right = entry.exercise.right
    assert entry.check(lambda *case: written(right(*case))).right is True


@every_exercise
def test_a_right_answer_that_changes_its_inputs_hears_of_it(entry):
    def careless(*case):
        result = entry.exercise.right(*case)
        for array in arrays_of(case):
            array += 1
        return result

    verdict = entry.check(careless)
    first = entry.exercise.cases[0]
    changed = " and ".join(sorted(name for name, value in first.items() if isinstance(value, np.ndarray)))
    assert verdict.right is True
    assert verdict.sentence.endswith(f"it changes {changed}, which its caller may still need.") == bool(
        changed
    )


@every_exercise
def test_nobody_changes_a_case(entry):
    for case in entry.exercise.cases:
        assert not any(array.flags.writeable for array in arrays_of(case.values()))
        with pytest.raises(TypeError):
            case["x"] = 0


# ---- No answer, or a strange one ---------------------------------------------------------------------------


@every_exercise
def test_an_unwritten_function_is_told_so(entry):
    def unwritten(*case):
        """Return what is asked for."""
        ...

    assert entry.check(unwritten).right is None


def nothing(right, *case):
    right(*case)


def leaving(right, *case):
    raise SystemExit(1)


def out_of_range(right, *case):
    return right(*case)[99]


def cheating(right, *case):
    for array in arrays_of(case):
        array[:] = 0
    return 0 * right(*case) if arrays_of(case) else 0


@pytest.mark.parametrize(
    ("strange", "words"),
    [
        (nothing, "your function returns nothing. Its last line hands the result back: `return {}`."),
        (leaving, "your function stops in the line `raise SystemExit(1)` with SystemExit: 1."),
        (out_of_range, "with IndexError: index 99 is out of bounds"),
        (lambda right, *case: "nine", "is no array of numbers: {} holds"),
        (lambda right, *case: right(*case)[None, None, None, None, None], "your {} is 1×1×1×1×1×"),
        (lambda right, *case: np.full(right(*case).shape, np.nan), "are no numbers at all (NaN)"),
        (cheating, ""),
    ],
)
@every_exercise
def test_a_strange_answer_is_answered_in_a_sentence(entry, strange, words):
    def answer(*case):
        with np.errstate(all="ignore"):
            return strange(entry.exercise.right, *case)

    verdict = entry.check(answer)
    assert verdict.right is False and verdict.sentence.startswith("With ")
    assert words.format(entry.exercise.name) in verdict.sentence and "\n" not in repr(verdict)
    assert entry.check(entry.exercise.right).right is True


# ---- Wrong answers, by name --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "sentence"), each(lambda entry: entry.exercise.mistakes, lambda each: each[:40])
)
def test_a_mistake_is_named(entry, sentence):
    verdict = entry.check(but_right(entry.exercise, entry.exercise.mistakes[sentence]))
    assert verdict.right is False and verdict.sentence.endswith(sentence)
    assert sentence.endswith((".", "?", ".)"))


@pytest.mark.parametrize(
    ("entry", "sentence"), each(lambda entry: entry.exercise.shapes, lambda each: each[:40])
)
def test_a_wrong_shape_is_named(entry, sentence):
    shapes = entry.exercise.shapes
    earlier = list(shapes)[: list(shapes).index(sentence)]

    def function(*case):
        shape, right = shapes[sentence](*case), entry.exercise.right(*case)
        named = shape in [right.shape, *(shapes[other](*case) for other in earlier)]
        return right if named else np.full(shape, 0.123)

    verdict = entry.check(function)
    assert verdict.right is False and verdict.sentence.endswith(sentence)
    assert sentence.endswith((".", "?", ".)"))


@pytest.mark.parametrize(("entry", "answer"), each(lambda entry: entry.wrong, lambda answer: answer[1]))
def test_what_a_learner_writes_is_named_and_pointed_at(entry, answer):
    function, words = answer
    verdict = entry.check(function)
    assert verdict.right is False and words in without_the_learners_line(verdict.sentence)
    if verdict.scene is not None:
        assert_points_at_a_wrong_cell(verdict.scene)


def without_the_learners_line(sentence):
    """A line that is quoted may hold the very words that are looked for."""
    return re.sub(r" in the line `.*` with ", " with ", sentence)


def assert_points_at_a_wrong_cell(scene):
    """What is pointed at is missing, too many, or another number than the right one."""
    (name, cell), yours = scene.pointed, scene.panel("yours")
    target = scene.panel(name)
    place = np.unravel_index(cell, target.shape)
    index = tuple(at + first for at, first in zip(place, target.origin, strict=True))
    if all(at < size for at, size in zip(index, yours.shape, strict=True)):
        assert yours.kinds[index] == WRONG
        assert name == "yours" or target.values[place] != yours.values[index]


@every_exercise
def test_a_case_tells_all_mistakes_apart_that_show_in_it(entry):
    exercise = entry.exercise
    for number, case in enumerate(exercise.cases):
        right = exercise.right(**case)
        made = {sentence: made_of(make, case) for sentence, make in exercise.mistakes.items()}
        wrong = {sentence: result for sentence, result in made.items() if not same(result, right)}
        alike = [pair for pair in combinations(wrong, 2) if same(wrong[pair[0]], wrong[pair[1]])]
        assert (alike != []) == (number in entry.alike), alike


def made_of(make, case):
    try:
        return np.asarray(make(*case.values()), float)
    except ValueError:
        return np.full(0, np.nan)  # equal to nothing


def same(one, other):
    return one.size and one.shape == other.shape and np.allclose(one, other, rtol=1e-4, equal_nan=True)


# ---- On the stage ------------------------------------------------------------------------------------------


@every_exercise
def test_the_scene_of_every_case_holds_what_is_right(entry):
    exercise = entry.exercise
    for case in exercise.cases:
        scene = exercise.scene(**case)
        assert_sums(scene)
        target, right = scene.panel(exercise.name), (entry.sums or exercise.right)(**case)
        part = tuple(
            slice(-first, size - first) for first, size in zip(target.origin, right.shape, strict=True)
        )
        np.testing.assert_allclose(target.values[part], right, rtol=1e-12, atol=1e-9)
        np.testing.assert_allclose(scene.sums()[exercise.name][part], right, rtol=1e-12, atol=1e-9)


@every_exercise
def test_a_wrong_answer_stands_beside_the_right_one(entry):
    verdict = entry.check(lambda *case: 2 * entry.exercise.right(*case) + 1.0)
    assert [panel.name for panel in verdict.scene.placed] == [*entry.panels.split(), "yours"]
    assert verdict.scene.pointed == (entry.exercise.name, 0)
    (row, column), yours = verdict.scene.panel(entry.exercise.name).place, verdict.scene.panel("yours")
    assert yours.sign == "≠" and yours.place in ((row, column + 1), (row + 1, column))  # of nothing else
    places = [panel.place for panel in verdict.scene.placed]
    assert len(set(places)) == len(places)
    assert "image/png" in verdict._repr_mimebundle_()[0]


# ---- No wrong answer passes --------------------------------------------------------------------------------


@every_exercise
def test_one_wrong_number_anywhere_is_pointed_at(entry):
    exercise, differences = entry.exercise, cycle([-0.01, 0.01, 0.4, -1, 3, 1000, np.nan, np.inf])
    for case in exercise.cases:
        right = exercise.right(**case).astype(float)
        for index in np.ndindex(right.shape):
            off = next(off for off in differences if not abs(off) < 2e-5 * (1 + abs(right[index])))
            wrong = right.copy()
            wrong[index] += off
            assert_pointed_at(entry.check(right_but(exercise, case, wrong)), exercise.name, index)


def right_but(exercise, case, wrong):
    """Return the wrong array for one case, and what is right for all others."""

    def function(*arguments):
        met = all(map(np.array_equal, arguments, case.values()))
        return wrong if met else exercise.right(*arguments)

    return function


def assert_pointed_at(verdict, name, index):
    """The only wrong number is named, pointed at and marked."""
    assert verdict.right is False
    assert f"your {name}[{', '.join(map(str, index))}] is" in verdict.sentence
    target = verdict.scene.panel(name)
    place = np.subtract(index, target.origin)
    assert verdict.scene.pointed == (name, np.ravel_multi_index(place, target.shape))
    assert np.argwhere(verdict.scene.panel("yours").kinds).tolist() == [list(index)]
