"""The exercises of lesson 07: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

from tests.exercises.questions import assert_answered_in_sentences
from tests.exercises.solutions_07 import DW, DX, STRIDED
from vizconv.engine import conv2d, conv2d_backward
from vizconv.exercises import lesson07
from vizconv.exercises.to_write import input_gradient, strided_input_gradient, weight_gradient

EXERCISES = {
    "dw": (lesson07.check_dw, weight_gradient.EXERCISE, DW),
    "dx": (lesson07.check_dx, input_gradient.EXERCISE, DX),
    "dx with stride": (lesson07.check_dx_with_stride, strided_input_gradient.EXERCISE, STRIDED),
}
MADE = {
    lesson07.products_of_a_weight: 9,
    lesson07.shape_of_dw: "(5, 3, 2, 2)",
    lesson07.readers_of_a_pixel: "1, 2 and 4",
    lesson07.bottom_edge: -8,
    lesson07.readers_at_stride_two: "y[1,1] with w[1,2], and y[1,2] with w[1,0]",
    lesson07.unread_pixel: 0,
    lesson07.picture_that_hides: "an even picture, 1 everywhere",
}


# ---- Predictions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert_answered_in_sentences(question, answer, 2)
    assert question.hint or question.choices


def test_the_answers_are_what_arrays_say():
    x, w, ones = lesson07.X, lesson07.W, np.ones((3, 3), int)
    assert convolve2d(ones, w, "full")[3, 2] == MADE[lesson07.bottom_edge]
    assert set(lesson07.bottom_edge().question.replies) == {-8, -2, 6, -1, -7}
    assert correlate2d(x, w, "valid").size == MADE[lesson07.products_of_a_weight]
    readers = convolve2d(ones, np.ones((2, 2), int), "full")
    assert [readers[0, 0], readers[0, 2], readers[2, 1]] == [1, 2, 4]
    layer = conv2d(np.ones((10, 3, 4, 4)), np.ones((5, 3, 2, 2)))
    assert str(conv2d_backward(layer, layer.y).dweight.shape) == MADE[lesson07.shape_of_dw]
    strided = conv2d(np.ones((1, 1, 6, 6)), np.ones((1, 1, 3, 3)), stride=2)
    assert conv2d_backward(strided, strided.y).dx[0, 0, 5, 2] == MADE[lesson07.unread_pixel]
    w = np.arange(9).reshape(1, 1, 3, 3)
    single = np.zeros((1, 1, 7, 7), int)
    single[0, 0, 3, 4] = 1
    y = conv2d(single, w, stride=2).y[0, 0]
    assert (y[1, 1], y[1, 2], np.count_nonzero(y)) == (w[0, 0, 1, 2], w[0, 0, 1, 0], 2)


# ---- Right answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "number"), [(name, n) for name in EXERCISES for n in range(4)])
def test_right_answers_pass_in_every_style(name, number):
    check, exercise, solutions = EXERCISES[name]
    verdict = check(solutions[number])
    assert verdict.right is True and verdict.scene is None
    assert f"equals the engine's for all {len(exercise.cases)} inputs" in repr(verdict)


@pytest.mark.parametrize("name", EXERCISES)
def test_an_unwritten_function_is_told_so(name):
    def unwritten(*given): ...

    assert EXERCISES[name][0](unwritten).right is None


def test_pytorch_agrees_with_every_case(torch):
    for case in weight_gradient.EXERCISE.cases:
        x, dy = (torch.tensor(case[name].astype(float))[:, None] for name in ("x", "dy"))
        kernel = np.subtract(case["x"].shape, case["dy"].shape)[1:] + 1
        expected = torch.nn.grad.conv2d_weight(x, (1, 1, *kernel.tolist()), dy)[0, 0]
        np.testing.assert_allclose(weight_gradient.right(**case), expected.numpy())
    for case in strided_input_gradient.EXERCISE.cases:
        dy, w = (torch.tensor(case[name].astype(float))[None, None] for name in ("dy", "w"))
        shape = (1, 1, *case["x"].shape)
        expected = torch.nn.grad.conv2d_input(shape, w, dy, case["stride"], case["padding"])[0, 0]
        np.testing.assert_allclose(input_gradient.right(**case), expected.numpy())


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


def planted(mistakes):
    """Name an exercise's mistakes for a parametrised test."""
    return [
        (name, number) for name in EXERCISES for number in range(len(getattr(EXERCISES[name][1], mistakes)))
    ]


@pytest.mark.parametrize(("name", "number"), planted("mistakes"))
def test_a_mistake_is_named(name, number):
    check, exercise, _ = EXERCISES[name]
    mistake = exercise.mistakes[number]
    verdict = check(but_right(exercise, mistake.make))
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def but_right(exercise, make):
    """Turn a mistake into a function: right where the mistake fits no case."""

    def function(*given):
        try:
            return make(*given)
        except ValueError:
            return exercise.right(*given)

    return function


@pytest.mark.parametrize(("name", "number"), planted("shapes"))
def test_a_wrong_shape_is_named(name, number):
    check, exercise, _ = EXERCISES[name]
    mistake = exercise.shapes[number]

    def function(*given):
        earlier = [other.make(*given) for other in exercise.shapes[:number]]
        shape, right = mistake.make(*given), exercise.right(*given)
        tells = shape != right.shape and shape not in earlier
        return np.full(shape, 0.25) if tells else right

    verdict = check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def dw_with_x_turned_round(x, dy):
    return sum(correlate2d(gradient, image, mode="valid") for image, gradient in zip(x, dy, strict=True))


def dw_that_returns_too_early(x, dy):
    for image, gradient in zip(x, dy, strict=True):
        return correlate2d(image, gradient, mode="valid")


def dw_with_the_formula_of_the_notes(x, dy):
    (height, width), (rows, columns) = np.subtract(x.shape, dy.shape)[1:] + 1, dy.shape[1:]
    dw = np.zeros((height, width))
    for n, i, j in np.ndindex(len(x), rows, columns):
        for m, k in np.ndindex(height, width):
            dw[m, k] += dy[n, i, j] * x[n, i + height - 1, j + width - 1]
    return dw


def dx_without_turning(dy, w):
    return correlate2d(dy, w, mode="full")


def dx_in_valid_mode(dy, w):
    return correlate2d(dy, w[::-1, ::-1], mode="valid")


def dx_that_overwrites(dy, w):
    dx = np.zeros(np.add(dy.shape, w.shape) - 1)
    for i, j in np.ndindex(dy.shape):
        dx[i : i + w.shape[0], j : j + w.shape[1]] = dy[i, j] * w
    return dx


def strided_without_dilation(dy, w, x, stride, padding):
    full = convolve2d(dy, w, mode="full")
    return full[padding : len(full) - padding, padding : full.shape[1] - padding]


def strided_without_crop(dy, w, x, stride, padding):
    dx = np.zeros(np.add(x.shape, 2 * padding))
    for i, j in np.ndindex(dy.shape):
        dx[i * stride : i * stride + w.shape[0], j * stride : j * stride + w.shape[1]] += dy[i, j] * w
    return dx


def strided_without_leftovers(dy, w, x, stride, padding):
    spread = np.zeros((np.array(dy.shape) - 1) * stride + 1)
    spread[::stride, ::stride] = dy
    full = convolve2d(spread, w, mode="full")
    return full[padding : len(full) - padding, padding : full.shape[1] - padding]


def strided_with_negative_indices(dy, w, x, stride, padding):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        for u, v in np.ndindex(w.shape):
            a, b = i * stride + u - padding, j * stride + v - padding
            if a < dx.shape[0] and b < dx.shape[1]:
                dx[a, b] += dy[i, j] * w[u, v]
    return dx


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("dw", dw_with_x_turned_round, "x and dy change places"),
        ("dw", dw_that_returns_too_early, "Only the first image counts"),
        ("dw", dw_with_the_formula_of_the_notes, "x[i + u, j + v] for dw[u, v]"),
        ("dx", dx_without_turning, "not rotated"),
        ("dx", dx_in_valid_mode, "“valid” where “full” belongs"),
        ("dx", dx_that_overwrites, "`+=`, not `=`"),
        ("dx with stride", strided_without_dilation, "not dilated"),
        ("dx with stride", strided_without_crop, "crop it from every side"),
        ("dx with stride", strided_without_leftovers, "no window reads"),
        ("dx with stride", strided_with_negative_indices, "Some of your indices are negative"),
    ],
)
def test_what_a_learner_writes_is_named(name, function, words):
    verdict = EXERCISES[name][0](function)
    assert verdict.right is False and words in verdict.sentence


@pytest.mark.parametrize(
    ("name", "function", "panel"),
    [
        ("dw", lambda x, dy: -weight_gradient.right(x, dy), "dw"),
        ("dx", dx_without_turning, "dx"),
        ("dx with stride", strided_with_negative_indices, "dx"),
    ],
)
def test_the_first_wrong_cell_is_on_a_stage(name, function, panel):
    scene = EXERCISES[name][0](function).scene
    pointed, cell = scene.pointed
    target, yours = scene.panel(panel), scene.panel("yours")
    assert pointed == panel
    index = np.unravel_index(cell, target.shape)
    there = tuple(int(at) + first for at, first in zip(index, target.origin, strict=True))
    assert target.values[index] != yours.values[there]


@given(st.sampled_from([*EXERCISES]), st.integers(0, 99), st.integers(-1, 1), st.sampled_from([0.5, 1, 3]))
def test_one_wrong_number_is_never_passed(name, seed, number, off):
    check, exercise, _ = EXERCISES[name]
    chosen, generator = exercise.cases[number], np.random.default_rng(seed)

    def function(*given):
        result = exercise.right(*given).astype(float)
        if all(np.array_equal(*pair) for pair in zip(given, chosen.values(), strict=True)):
            result[tuple(generator.integers(result.shape))] += off
        return result

    assert check(function).right is False
