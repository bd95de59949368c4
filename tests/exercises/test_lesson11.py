"""The exercises of lesson 11: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from tests.exercises.questions import assert_answered_in_sentences
from vizconv.engine import conv2d
from vizconv.exercises import lesson11
from vizconv.exercises.to_write.im2col import EXERCISE, MISTAKES, SHAPES, right

MADE = {
    lesson11.products_of_one_image: 12168,
    lesson11.who_gains: "the large one, 150 products a patch",
    lesson11.cells_of_a_window: "6, 7, 10, 11",
    lesson11.size_of_the_matrix: "1,217 MB",
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    assert_answered_in_sentences(make().question, answer, 3)


def test_the_answers_are_what_arrays_say():
    record = conv2d(np.ones((1, 1, 28, 28), np.float32), np.ones((2, 1, 3, 3), np.float32))
    assert MADE[lesson11.products_of_one_image] == record.y.size * record.weight[0].size
    patches = record.patches
    assert f"{patches.size * patches.itemsize * 50_000 / 1e6:,.0f} MB" == MADE[lesson11.size_of_the_matrix]
    counting = sliding_window_view(np.arange(16).reshape(4, 4), (2, 2))[1, 2]
    assert MADE[lesson11.cells_of_a_window] == ", ".join(map(str, counting.ravel()))


# ---- Solutions, in several styles --------------------------------------------------------------------------


def by_loops(x, height, width, stride):
    rows, columns = (x.shape[0] - height) // stride + 1, (x.shape[1] - width) // stride + 1
    result = np.zeros((height * width, rows * columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            result[:, i * columns + j] = x[top : top + height, left : left + width].ravel()
    return result


def by_list(x, height, width, stride):
    tops = range(0, len(x) - height + 1, stride)
    lefts = range(0, len(x[0]) - width + 1, stride)
    return np.array([x[i : i + height, j : j + width].ravel() for i in tops for j in lefts]).T


def by_windows(x, height, width, stride):
    windows = sliding_window_view(x, (height, width))[::stride, ::stride]
    return windows.transpose(2, 3, 0, 1).reshape(height * width, -1)


def by_shifts(x, height, width, stride):
    down, right_ = len(x) - height + 1, x.shape[1] - width + 1
    return np.stack(
        [
            x[u : u + down : stride, v : v + right_ : stride].ravel()
            for u in range(height)
            for v in range(width)
        ]
    )


@pytest.mark.parametrize("solution", [by_loops, by_list, by_windows, by_shifts, right])
def test_right_answers_pass(solution):
    verdict = lesson11.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "equals the engine's for all 6 inputs (x 4×4, height 2, width 2, stride 1;" in repr(verdict)


def test_an_unwritten_function_is_told_so():
    def im2col(x, height, width, stride):
        """Copy each patch of x into a column."""
        ...

    assert lesson11.check(im2col).right is None


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sentence[:40])
def test_a_mistake_is_named(mistake):
    verdict = lesson11.check(mistake.make)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


@pytest.mark.parametrize("mistake", SHAPES, ids=lambda mistake: mistake.sentence[:40])
def test_a_wrong_shape_is_named(mistake):
    def function(*case):
        shape = mistake.make(*case)
        earlier = SHAPES[: SHAPES.index(mistake)]
        shows = shape != right(*case).shape and all(other.make(*case) != shape for other in earlier)
        return np.full(shape, 0.25) if shows else right(*case)

    verdict = lesson11.check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def test_the_first_wrong_cell_is_shown():
    def wrong(x, height, width, stride):
        made = by_loops(x, height, width, stride)
        made[1, 3] += 1
        return made

    verdict = lesson11.check(wrong)
    assert "your X[1, 3] is" in verdict.sentence
    assert verdict.scene.pointed == ("X", 1 * 9 + 3)
    assert np.argwhere(verdict.scene.panel("yours").kinds).tolist() == [[1, 3]]


def test_the_scene_adds_up_to_the_engines_columns():
    for case in EXERCISE.cases:
        scene = EXERCISE.scene(**case)
        np.testing.assert_array_equal(scene.sums()["X"], right(**case))


def test_a_function_that_stops_is_answered_in_words():
    verdict = lesson11.check(lambda x, height, width, stride: x[100, 100])
    assert verdict.right is False and "IndexError" in verdict.sentence
