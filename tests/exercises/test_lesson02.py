"""The exercises of lesson 02: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d

from tests.exercises.questions import assert_answered_in_sentences
from vizconv.engine import convolve, cross_correlate, rot180
from vizconv.exercises import lesson02
from vizconv.exercises.to_write.convolution import EXERCISE, MISTAKES, SHAPES, right

MADE = {
    lesson02.first_result: 61,
    lesson02.which_copies: "x * k",
    lesson02.no_difference: "[[1, 2], [2, 1]]",
    lesson02.sobel_turned: -12,
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert_answered_in_sentences(question, answer, 3)
    assert question.hint or question.choices


def test_the_answers_are_what_arrays_say():
    assert convolve2d(lesson02.X, lesson02.K, "valid")[0, 0] == MADE[lesson02.first_result]
    assert set(lesson02.first_result().question.replies) == {-37, 25, -73, 61}
    x, k = np.zeros((5, 5), int), np.arange(9).reshape(3, 3)
    x[2, 2] = 1
    np.testing.assert_array_equal(convolve(x, k), k)
    np.testing.assert_array_equal(cross_correlate(x, k), np.rot90(k, 2))
    for said in lesson02.no_difference().question.replies:
        kernel = np.array(eval(said))
        assert np.array_equal(kernel, np.rot90(kernel, 2)) == (said == MADE[lesson02.no_difference])
    np.testing.assert_array_equal(np.rot90(lesson02.SOBEL, 2), -lesson02.SOBEL)


# ---- Solutions, in several styles --------------------------------------------------------------------------


def by_stamps(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1)
    for a, b in np.ndindex(x.shape):
        y[a : a + k.shape[0], b : b + k.shape[1]] += x[a, b] * k
    return y


def by_windows(x, k):
    height, width = k.shape
    padded = np.pad(x, ((height - 1, height - 1), (width - 1, width - 1)))
    turned = k[::-1, ::-1]
    rows, columns = x.shape[0] + height - 1, x.shape[1] + width - 1
    sums = [
        (padded[i : i + height, j : j + width] * turned).sum() for i in range(rows) for j in range(columns)
    ]
    return np.array(sums).reshape(rows, columns)


def by_six_lists(x, k):
    y = [[0] * (len(x[0]) + len(k[0]) - 1) for _ in range(len(x) + len(k) - 1)]
    for a in range(len(x)):
        for b in range(len(x[0])):
            for u in range(len(k)):
                for v in range(len(k[0])):
                    y[a + u][b + v] += x[a][b] * k[u][v]
    return y


def by_shifts(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1, np.float32)
    for u, v in np.ndindex(k.shape):
        y[u : u + len(x), v : v + x.shape[1]] += k[u, v] * x
    return y


def the_other_way_round(x, k):
    return by_stamps(k, x)


STYLES = [by_stamps, by_windows, by_six_lists, by_shifts, the_other_way_round, convolve2d, right]


@pytest.mark.parametrize("solution", STYLES)
def test_right_answers_pass(solution):
    verdict = lesson02.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "equals the engine's for all 6 inputs (x 4×4, k 2×2;" in repr(verdict)


def test_an_unwritten_function_is_told_so():
    def convolution(x, k): ...

    assert lesson02.check(convolution).right is None


def test_the_cases_tell_every_turn_apart():
    for case in EXERCISE.cases:
        k = case["k"]
        assert not any(np.array_equal(k, other) for other in (k[::-1], k[:, ::-1], k[::-1, ::-1]))
        np.testing.assert_allclose(EXERCISE.right(**case), convolve2d(**{"in1": case["x"], "in2": k}))


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sentence[:40])
def test_a_mistake_is_named(mistake):
    verdict = lesson02.check(but_right(mistake.make))
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def but_right(make):
    """Turn a mistake into a function: right where the mistake fits no case."""

    def function(x, k):
        try:
            return make(x, k)
        except ValueError:
            return right(x, k)

    return function


@pytest.mark.parametrize("mistake", SHAPES, ids=lambda mistake: mistake.sentence[:40])
def test_a_wrong_shape_is_named(mistake):
    def function(x, k):
        return np.full(mistake.make(x, k), 0.25) if tells(mistake, x, k) else right(x, k)

    verdict = lesson02.check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def tells(mistake, x, k):
    """Say whether a mistake of shape shows for x and k, and no earlier one leads to the same shape."""
    shape, earlier = mistake.make(x, k), SHAPES[: SHAPES.index(mistake)]
    return shape != right(x, k).shape and all(other.make(x, k) != shape for other in earlier)


def written_without_turning(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1)
    for a, b in np.ndindex(x.shape):
        y[a : a + k.shape[0], b : b + k.shape[1]] += x[a, b] * rot180(k)
    return y


def written_with_an_assignment(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1)
    for a, b in np.ndindex(x.shape):
        y[a : a + k.shape[0], b : b + k.shape[1]] = x[a, b] * k
    return y


def written_with_negative_indices(x, k):
    y = np.zeros(np.add(x.shape, k.shape) - 1)
    for i, j in np.ndindex(y.shape):
        for u, v in np.ndindex(k.shape):
            if i - u < len(x) and j - v < x.shape[1]:
                y[i, j] += x[i - u, j - v] * k[u, v]
    return y


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (written_without_turning, "These are the numbers of x ⋆ k"),
        (written_with_an_assignment, "`+=`, not `=`"),
        (written_with_negative_indices, "Some of your indices are negative"),
        (lambda x, k: cross_correlate(x, k), "This is x ⋆ k in valid mode"),
        (lambda x, k: np.convolve(x.ravel(), k.ravel()), "is right"),
    ],
)
def test_what_a_learner_writes_is_named(function, words):
    verdict = lesson02.check(function)
    assert verdict.right is False and words in verdict.sentence


def test_the_first_wrong_cell_is_on_a_stage():
    scene = lesson02.check(written_with_an_assignment).scene
    assert [panel.name for panel in scene.panels] == ["x", "k", "rotated", "y", "yours"]
    name, cell = scene.pointed
    assert name == "y" and scene.panel("y").values.flat[cell] != scene.panel("yours").values.flat[cell]


@given(st.integers(0, 99), st.integers(-1, 1), st.sampled_from([0.5, 1, 3]))
def test_one_wrong_number_is_never_passed(seed, case, off):
    case, generator = EXERCISE.cases[case], np.random.default_rng(seed)

    def function(x, k):
        y = right(x, k).astype(float)
        if x.shape == case["x"].shape:
            y[tuple(generator.integers(y.shape))] += off
        return y

    assert lesson02.check(function).right is False
