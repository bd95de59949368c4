"""The exercises of lesson 08: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exercises.questions import assert_answered_in_sentences
from tests.exercises.solutions_08 import MAX_POOL_BACKWARD, by_argmax
from vizconv.exercises import lesson08
from vizconv.exercises.to_write.pooling import EXERCISE, MISTAKES, SHAPES, right

MADE = {
    lesson08.who_gets_it: 4,
    lesson08.middle_of_four: 1111,
    lesson08.three_ties: 18,
    lesson08.leftovers: 13,
    lesson08.shares: 2,
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert_answered_in_sentences(question, answer, 4)
    assert question.hint


def test_the_answers_are_what_pytorch_says(torch):
    def backward(x, dy, size, stride, pool=torch.nn.functional.max_pool2d):
        x = torch.tensor(np.asarray(x, float)[None, None], requires_grad=True)
        pool(x, size, stride).backward(torch.tensor(np.asarray(dy, float)[None, None]))
        return x.grad[0, 0].numpy()

    assert (backward(lesson08.X, lesson08.DY, 2, 2) != 0).sum() == MADE[lesson08.who_gets_it]
    peak = backward(lesson08.PEAK, [[1, 10], [100, 1000]], 2, 1)
    assert peak[1, 1] == MADE[lesson08.middle_of_four]
    assert backward(lesson08.TIED, [[6]], 2, 2).sum() == 6
    x = np.random.default_rng(0).permutation(49).reshape(7, 7)
    spread = backward(x, np.ones((3, 3)), 2, 2, torch.nn.functional.avg_pool2d)
    assert (spread == 0).sum() == MADE[lesson08.leftovers]
    assert backward(np.ones((2, 2)), [[8]], 2, 2, torch.nn.functional.avg_pool2d)[0, 0] == 2


def test_the_right_answer_is_pytorchs(torch):
    for case in EXERCISE.cases:
        x = torch.tensor(case["x"][None, None].astype(float), requires_grad=True)
        y = torch.nn.functional.max_pool2d(x, case["size"], case["stride"])
        y.backward(torch.tensor(case["dy"][None, None].astype(float)))
        np.testing.assert_array_equal(EXERCISE.right(**case), x.grad[0, 0].numpy())


@pytest.mark.parametrize("solution", MAX_POOL_BACKWARD)
def test_right_answers_pass(solution):
    verdict = lesson08.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "for all 9 inputs (x 4×4, dy 2×2, size 2, stride 2;" in repr(verdict)


def test_an_unwritten_function_is_told_so():
    def max_pool_backward(x, dy, size, stride): ...

    assert lesson08.check(max_pool_backward).right is None


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sentence[:40])
def test_a_mistake_is_named(mistake):
    verdict = lesson08.check(but_right(mistake.make))
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def but_right(make):
    """Turn a mistake into a function: right where the mistake fits no case."""

    def function(*case):
        try:
            return make(*case)
        except ValueError:
            return right(*case)

    return function


@pytest.mark.parametrize("mistake", SHAPES, ids=lambda mistake: mistake.sentence[:40])
def test_a_wrong_shape_is_named(mistake):
    def function(*case):
        return np.full(mistake.make(*case), 0.25) if tells(mistake, case) else right(*case)

    verdict = lesson08.check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def tells(mistake, case):
    """Say whether a mistake of shape shows for a case, and no earlier one leads to the same shape."""
    shape, earlier = mistake.make(*case), SHAPES[: SHAPES.index(mistake)]
    return shape != right(*case).shape and all(other.make(*case) != shape for other in earlier)


def every_tie(x, dy, size, stride):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        mask = window == window.max()
        dx[i * stride : i * stride + size, j * stride : j * stride + size] += mask * dy[i, j]
    return dx


def assigned(x, dy, size, stride):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[i * stride + u, j * stride + v] = dy[i, j]
    return dx


def without_leftovers(x, dy, size, stride):
    rows, columns = ((count - 1) * stride + size for count in dy.shape)
    return by_argmax(x[:rows, :columns], dy, size, stride)


def repeated(x, dy, size, stride):
    return np.kron(dy, np.ones((size, size)))


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (every_tie, "Every tie takes the whole dy"),
        (assigned, "Its dy are added: `+=`, not `=`"),
        (without_leftovers, "The leftover rows and columns are missing"),
        (repeated, "You gave dy to every cell of the window"),
        (lambda x, dy, size, stride: dy, "That is the shape of dy"),
        (lambda x, dy, size, stride: by_argmax(x, dy, size, size), "is right"),
        (lambda x, dy, size, stride: by_argmax(x, dy, size, 1), "You forgot the stride"),
    ],
)
def test_what_a_learner_writes_is_named(function, words):
    verdict = lesson08.check(function)
    assert verdict.right is False and words in verdict.sentence


def test_the_first_wrong_cell_is_on_a_stage():
    scene = lesson08.check(every_tie).scene
    names = [panel.name for panel in scene.panels]
    assert names[:3] == ["x", "mask", "y"] and "yours" in names
    assert scene.pointed == ("dx", 15)  # the second of the two zeros
    assert scene.panel("yours").values[3, 3] == 5 and scene.panel("dx").values[3, 3] == 0


@given(st.integers(0, 99), st.integers(0, 7), st.sampled_from([0.5, 1, 3]))
def test_one_wrong_number_is_never_passed(seed, number, off):
    case, generator = EXERCISE.cases[number], np.random.default_rng(seed)

    def function(x, dy, size, stride):
        dx = right(x, dy, size, stride).astype(float)
        if x.shape == case["x"].shape and dy.shape == case["dy"].shape:
            dx[tuple(generator.integers(dx.shape))] += off
        return dx

    assert lesson08.check(function).right is False
