"""The exercises of lesson 03: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.signal import convolve2d

from tests.exercises.questions import assert_answered_in_sentences
from tests.exercises.solutions_03 import PICTURE_FILTER
from tests.scenes.checks import assert_sums
from vizconv.engine import cross_correlate
from vizconv.exercises import lesson03
from vizconv.exercises.to_write.picture_filter import EXERCISE, MISTAKES, SHAPES, right, sums

MADE = {
    lesson03.beside_the_edge: 100,
    lesson03.flat_area: 120,
    lesson03.dark_to_bright: "negative",
    lesson03.fewer_products: 14,
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert_answered_in_sentences(question, answer, 3)
    assert question.hint or question.choices


def test_the_answers_are_what_scipy_says():
    row = np.array([50, 50, 50, 200, 200, 200])
    picture = np.tile(row, (5, 1)).astype(float)
    assert ndimage.uniform_filter(picture, 3)[2, 2] == MADE[lesson03.beside_the_edge]
    assert ndimage.correlate(np.full((5, 5), 120), lesson03.SHARPENING)[2, 2] == MADE[lesson03.flat_area]
    assert ndimage.correlate(picture, np.array([[1, 0, -1]] * 3))[2, 2] == -450
    assert "−450" in lesson03.dark_to_bright().question.replies["negative"]


# ---- Solutions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solution", PICTURE_FILTER)
def test_right_answers_pass(solution):
    verdict = lesson03.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "equals the engine's for all 5 inputs (picture 3×4×5, kernel 3×3;" in repr(verdict)


def test_an_unwritten_function_is_told_so():
    def my_filter(picture, kernel):
        """Return the picture."""
        ...

    assert lesson03.check(my_filter).right is None


def test_no_case_hangs_on_a_rounding_of_halves():
    for case in EXERCISE.cases:
        y = sums(**case)
        assert np.abs(y % 1 - 0.5).min() > 1e-3
    assert any((sums(**case) < 0).any() for case in EXERCISE.cases)
    assert any((sums(**case) > 255).any() for case in EXERCISE.cases)


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sentence[:40])
def test_a_mistake_is_named(mistake):
    verdict = lesson03.check(mistake.make)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


@pytest.mark.parametrize("mistake", SHAPES, ids=lambda mistake: mistake.sentence[:40])
def test_a_wrong_shape_is_named(mistake):
    def function(picture, kernel):
        if mistake.make(picture, kernel) == picture.shape:
            return right(picture, kernel)
        return np.full(mistake.make(picture, kernel), 0.25)

    verdict = lesson03.check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def flipped(picture, kernel):
    return np.clip(np.rint([convolve2d(channel, kernel, "same") for channel in picture]), 0, 255)


def wrapped(picture, kernel):
    y = np.zeros_like(picture)
    for c, channel in enumerate(picture):
        y[c] = np.rint(cross_correlate(channel, kernel, padding="same")).astype(int)
    return y


def corner(picture, kernel):
    padded = np.pad(picture, ((0, 0), (0, len(kernel) - 1), (0, len(kernel) - 1)))
    y = np.zeros(picture.shape)
    for c, i, j in np.ndindex(picture.shape):
        y[c, i, j] = (padded[c, i : i + len(kernel), j : j + len(kernel)] * kernel).sum()
    return np.clip(np.rint(y), 0, 255)


def mixed(picture, kernel):
    y = ndimage.correlate(picture.sum(axis=0).astype(float), kernel, mode="constant")
    return np.clip(np.rint(np.stack([y] * 3)), 0, 255)


def all_axes(picture, kernel):
    return right(picture.transpose(1, 2, 0), kernel).transpose(2, 0, 1)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (flipped, "turned by 180 degrees"),
        (wrapped, "wrapped round"),
        (corner, "begins at the pixel"),
        (mixed, "added the three channels up"),
        (all_axes, "numbers are wrong"),
        (lambda picture, kernel: picture * kernel, "ValueError"),
        (lambda picture, kernel: picture[0], "single channel"),
    ],
)
def test_what_a_learner_writes_is_named(function, words):
    verdict = lesson03.check(function)
    assert verdict.right is False and words in verdict.sentence


def test_the_first_wrong_cell_is_on_a_stage():
    scene = lesson03.check(corner).scene
    assert [panel.name for panel in scene.panels] == ["picture", "kernel", "y", "yours"]
    name, cell = scene.pointed
    assert name == "y"
    assert round(scene.panel("y").values.flat[cell]) != scene.panel("yours").values.flat[cell]


@pytest.mark.parametrize("number", range(5))
def test_the_stage_holds_the_sums(number):
    case = EXERCISE.cases[number]
    scene = EXERCISE.scene(**case)
    assert_sums(scene)
    np.testing.assert_allclose(scene.panel("y").values, sums(**case), atol=1e-9)


@given(st.integers(0, 99), st.integers(0, 4), st.sampled_from([-2, 0.4, 1, 100]))
def test_one_wrong_number_is_never_passed(seed, number, off):
    case, generator = EXERCISE.cases[number], np.random.default_rng(seed)

    def function(picture, kernel):
        y = right(picture, kernel).astype(float)
        if np.array_equal(picture, case["picture"]):
            y[tuple(generator.integers(y.shape))] += off
        return y

    assert lesson03.check(function).right is False
