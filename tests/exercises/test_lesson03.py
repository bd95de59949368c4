"""What is particular to lesson 03: its answers and its cases."""

import numpy as np
from scipy import ndimage

from tests.exercises.questions import ANSWERS
from vizconv.exercises import lesson03
from vizconv.exercises.to_write.picture_filter import EXERCISE, sums


def test_the_answers_are_what_scipy_says():
    row = np.array([50, 50, 50, 200, 200, 200])
    picture = np.tile(row, (5, 1)).astype(float)
    assert ndimage.uniform_filter(picture, 3)[2, 2] == ANSWERS[lesson03.beside_the_edge]
    assert ndimage.correlate(np.full((5, 5), 120), lesson03.SHARPENING)[2, 2] == ANSWERS[lesson03.flat_area]
    assert ndimage.correlate(picture, np.array([[1, 0, -1]] * 3))[2, 2] == -450
    assert "−450" in lesson03.dark_to_bright().question.replies["negative"]


def test_no_case_hangs_on_a_rounding_of_halves():
    for case in EXERCISE.cases:
        y = sums(**case)
        assert np.abs(y % 1 - 0.5).min() > 1e-3
    assert any((sums(**case) < 0).any() for case in EXERCISE.cases)
    assert any((sums(**case) > 255).any() for case in EXERCISE.cases)
