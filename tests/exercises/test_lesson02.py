"""What is particular to lesson 02: its answers and its cases."""

import numpy as np
from scipy.signal import convolve2d

from tests.exercises.questions import ANSWERS
from vizconv.engine import convolve, cross_correlate
from vizconv.exercises import lesson02
from vizconv.exercises.to_write.convolution import EXERCISE


def test_the_answers_are_what_arrays_say():
    assert convolve2d(lesson02.X, lesson02.K, "valid")[0, 0] == ANSWERS[lesson02.first_result]
    assert set(lesson02.first_result().question.replies) == {-37, 25, -73, 61}
    x, k = np.zeros((5, 5), int), np.arange(9).reshape(3, 3)
    x[2, 2] = 1
    np.testing.assert_array_equal(convolve(x, k), k)
    np.testing.assert_array_equal(cross_correlate(x, k), np.rot90(k, 2))
    for said in lesson02.no_difference().question.replies:
        kernel = np.array(eval(said))
        assert np.array_equal(kernel, np.rot90(kernel, 2)) == (said == ANSWERS[lesson02.no_difference])
    np.testing.assert_array_equal(np.rot90(lesson02.SOBEL, 2), -lesson02.SOBEL)


def test_the_cases_tell_every_turn_apart():
    for case in EXERCISE.cases:
        k = case["k"]
        assert not any(np.array_equal(k, other) for other in (k[::-1], k[:, ::-1], k[::-1, ::-1]))
        np.testing.assert_allclose(EXERCISE.right(**case), convolve2d(**{"in1": case["x"], "in2": k}))
