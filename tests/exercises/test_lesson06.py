"""What is particular to lesson 06: its answers, its cases, and a wrong cell beside the padding."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.exercises.answers_06 import RIGHT, by_stamps
from tests.exercises.questions import ANSWERS
from tests.exercises.slips import slip
from vizconv.engine import output_size
from vizconv.exercises import lesson06
from vizconv.exercises.to_write.row_gradient import EXERCISE, right


def test_the_answers_are_what_arrays_say():
    band = np.array([np.convolve(np.eye(3)[o], [1, 1]) for o in range(3)])
    assert band.shape == (3, 4) and (band == 0).sum() == ANSWERS[lesson06.zeros_of_the_jacobian]
    dx = np.convolve([2, 4, 3], [5, 7])
    assert dx[0] == ANSWERS[lesson06.gradient_at_the_border]
    assert set(lesson06.gradient_at_the_border().question.replies) == {dx[1], 14, 45, 5, 10}
    padded = np.convolve([1, 10, 100, 1, 10], [3, 2])[1:-1]
    assert padded[0] == ANSWERS[lesson06.border_with_padding]
    assert set(lesson06.border_with_padding().question.replies) == {3, 23, 2, 30, 32}
    assert by_stamps([5, 7], [3, 2], 5, 2, 0)[4] == float(ANSWERS[lesson06.unread_pixel])


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.integers(0, 99))
def test_the_engine_and_the_solutions_agree_everywhere(length, kernel, stride, padding, seed):
    if length + 2 * padding < kernel:
        return
    generator = np.random.default_rng(seed)
    dy = generator.integers(-9, 10, output_size(length, kernel, stride, padding))
    w = generator.integers(-9, 10, kernel)
    for solution in RIGHT:
        np.testing.assert_array_equal(
            solution(dy, w, length, stride, padding), right(dy, w, length, stride, padding)
        )


def test_the_cases_are_no_mirror_images():
    assert all(not np.array_equal(case["w"], case["w"][::-1]) for case in EXERCISE.cases)
    strides = {case["stride"] for case in EXERCISE.cases}
    assert strides == {1, 2, 3} and {case["padding"] for case in EXERCISE.cases} == {0, 1, 2}


def test_a_wrong_cell_beside_the_padding_is_pointed_at():
    scene = lesson06.check(slip(by_stamps, ("0 <= i < length", "i < length"))).scene
    name, cell = scene.pointed
    assert (name, cell + scene.panel("dx").origin[0]) == ("dx", 5)
    for panel, values in scene.sums().items():
        np.testing.assert_array_equal(values, scene.panel(panel).values)
