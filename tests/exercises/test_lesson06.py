"""The exercises of lesson 06: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exercises.questions import assert_answered_in_sentences
from tests.exercises.solutions_06 import ROW_GRADIENT, by_stamps
from vizconv.engine import output_size
from vizconv.exercises import lesson06
from vizconv.exercises.to_write.row_gradient import EXERCISE, MISTAKES, SHAPES, right

MADE = {
    lesson06.zeros_of_the_jacobian: 6,
    lesson06.gradient_at_the_border: 10,
    lesson06.border_with_padding: 32,
    lesson06.unread_pixel: "0",
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert_answered_in_sentences(question, answer, 4)
    assert question.hint or question.choices


def test_the_answers_are_what_arrays_say():
    band = np.array([np.convolve(np.eye(3)[o], [1, 1]) for o in range(3)])
    assert band.shape == (3, 4) and (band == 0).sum() == MADE[lesson06.zeros_of_the_jacobian]
    dx = np.convolve([2, 4, 3], [5, 7])
    assert dx[0] == MADE[lesson06.gradient_at_the_border]
    assert set(lesson06.gradient_at_the_border().question.replies) == {dx[1], 14, 45, 5, 10}
    padded = np.convolve([1, 10, 100, 1, 10], [3, 2])[1:-1]
    assert padded[0] == MADE[lesson06.border_with_padding]
    assert set(lesson06.border_with_padding().question.replies) == {3, 23, 2, 30, 32}
    assert by_stamps([5, 7], [3, 2], 5, 2, 0)[4] == float(MADE[lesson06.unread_pixel])


# ---- Your turn ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solution", [*ROW_GRADIENT, right])
def test_right_answers_pass(solution):
    verdict = lesson06.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "equals the engine's for all 7 inputs (dy 3, w 2, length 4, stride 1, padding 0;" in repr(verdict)


def test_an_unwritten_function_is_told_so():
    def gradient(dy, w, length, stride, padding): ...

    assert lesson06.check(gradient).right is None


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.integers(0, 99))
def test_the_engine_and_the_solutions_agree_everywhere(length, kernel, stride, padding, seed):
    if length + 2 * padding < kernel:
        return
    generator = np.random.default_rng(seed)
    dy = generator.integers(-9, 10, output_size(length, kernel, stride, padding))
    w = generator.integers(-9, 10, kernel)
    for solution in ROW_GRADIENT:
        np.testing.assert_array_equal(
            solution(dy, w, length, stride, padding), right(dy, w, length, stride, padding)
        )


def test_the_cases_are_no_mirror_images():
    assert all(not np.array_equal(case["w"], case["w"][::-1]) for case in EXERCISE.cases)
    strides = {case["stride"] for case in EXERCISE.cases}
    assert strides == {1, 2, 3} and {case["padding"] for case in EXERCISE.cases} == {0, 1, 2}


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sentence[:40])
def test_a_mistake_is_named(mistake):
    verdict = lesson06.check(mistake.make)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


@pytest.mark.parametrize("mistake", SHAPES, ids=lambda mistake: mistake.sentence[:40])
def test_a_wrong_shape_is_named(mistake):
    def function(*case):
        return np.full(mistake.make(*case), 0.25) if tells(mistake, case) else right(*case)

    verdict = lesson06.check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def tells(mistake, case):
    """Say whether a mistake of shape shows here, and no earlier one leads to the same shape."""
    shape, earlier = mistake.make(*case), SHAPES[: SHAPES.index(mistake)]
    return shape != right(*case).shape and all(other.make(*case) != shape for other in earlier)


def written_with_valid(dy, w, length, stride, padding):
    return np.correlate(dy, w[::-1], "valid")


def written_without_turning(dy, w, length, stride, padding):
    spread = np.zeros(length + 2 * padding - len(w) + 1)
    spread[::stride][: len(dy)] = dy
    return np.correlate(np.pad(spread, len(w) - 1), w, "valid")[padding : padding + length]


def written_without_zeros_between(dy, w, length, stride, padding):
    return np.convolve(dy, w)


def written_with_an_assignment(dy, w, length, stride, padding):
    dx = np.zeros(length + 2 * padding)
    for o, each in enumerate(dy):
        dx[o * stride : o * stride + len(w)] = each * w
    return dx[padding : padding + length]


def written_without_leftovers(dy, w, length, stride, padding):
    dx = np.zeros((len(dy) - 1) * stride + len(w))
    for o, each in enumerate(dy):
        dx[o * stride : o * stride + len(w)] += each * w
    return dx[padding : len(dx) - padding]


def written_without_the_crop(dy, w, length, stride, padding):
    dx = np.zeros(length + 2 * padding)
    for o, each in enumerate(dy):
        dx[o * stride : o * stride + len(w)] += each * w
    return dx


def written_with_negative_places(dy, w, length, stride, padding):
    dx = np.zeros(length)
    for o, u in np.ndindex(len(dy), len(w)):
        if o * stride + u - padding < length:
            dx[o * stride + u - padding] += dy[o] * w[u]
    return dx


def written_with_negative_outputs(dy, w, length, stride, padding):
    dx = np.zeros(length)
    for i, u in np.ndindex(length, len(w)):
        if (i + padding - u) % stride == 0 and (i + padding - u) // stride < len(dy):
            dx[i] += dy[(i + padding - u) // stride] * w[u]
    return dx


def written_with_rounding_down(dy, w, length, stride, padding):
    dx = np.zeros(length)
    for i, u in np.ndindex(length, len(w)):
        if 0 <= (i + padding - u) // stride < len(dy):
            dx[i] += dy[(i + padding - u) // stride] * w[u]
    return dx


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (written_with_valid, "“valid” mode"),
        (written_without_turning, "Your w lies the wrong way round"),
        (written_without_zeros_between, "zeros come between"),
        (written_with_an_assignment, "`+=`, not `=`"),
        (written_without_leftovers, "pixels that no output reads"),
        (written_without_the_crop, "still holds the padding"),
        (written_with_negative_places, "Those products belong to the padding"),
        (written_with_negative_outputs, "No output is there"),
        (written_with_rounding_down, "divisible by the stride"),
        (lambda dy, w, *case: np.outer(dy, w), "is right"),
        (lambda dy, w, *case: 7, "a single number"),
    ],
)
def test_what_a_learner_writes_is_named(function, words):
    verdict = lesson06.check(function)
    assert verdict.right is False and words in verdict.sentence


def test_the_first_wrong_cell_is_on_a_stage():
    scene = lesson06.check(written_without_turning).scene
    assert [panel.name for panel in scene.panels] == ["w", "dy", "dy/dx", "dx", "yours"]
    name, cell = scene.pointed
    assert name == "dx" and scene.panel("dx").values[cell] != scene.panel("yours").values[cell]
    padded = lesson06.check(written_with_negative_places).scene
    name, cell = padded.pointed
    assert (name, cell + padded.panel("dx").origin[0]) == ("dx", 5)
    for panel, values in padded.sums().items():
        np.testing.assert_array_equal(values, padded.panel(panel).values)


@given(st.integers(0, 99), st.integers(-1, 5), st.sampled_from([0.5, 1, 3]))
def test_one_wrong_number_is_never_passed(seed, number, off):
    case, generator = EXERCISE.cases[number], np.random.default_rng(seed)

    def function(*given):
        dx = right(*given).astype(float)
        if given[2:] == tuple(case.values())[2:]:
            dx[generator.integers(len(dx))] += off
        return dx

    assert lesson06.check(function).right is False
