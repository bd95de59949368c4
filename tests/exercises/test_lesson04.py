"""What is particular to lesson 04: its answers and its cases."""

import numpy as np

import vizconv as vc
from tests.exercises.questions import ANSWERS
from tests.scenes.checks import assert_drawn
from vizconv.exercises import lesson04
from vizconv.exercises.to_write.convolutional_layer import EXERCISE


def test_the_answers_are_what_the_engine_says():
    layers = vc.lenet5().layers
    assert sum(each.size for each in layers["conv2"].parameters.values()) == 2416
    assert vc.conv2d(np.zeros((1, 3, 32, 32)), np.zeros((8, 3, 5, 5))).y.shape[1:] == (8, 28, 28)
    x, w = np.ones((4, 4)), np.full((1, 1, 2, 2), 7)
    assert (vc.convolution_matrix(w, x.shape) == 0).sum() == ANSWERS[lesson04.zeros_of_the_matrix]
    pixel, kernel = np.ones((1, 1)), np.ones((3, 3))
    for _ in range(3):
        pixel = vc.convolve(pixel, kernel, padding="full")
    assert pixel.shape == (7, 7) and (pixel > 0).all()


def test_the_cases_are_pytorchs(torch):
    for case in EXERCISE.cases:
        x, w, b = (torch.tensor(np.array(array, float)) for array in case.values())
        expected = torch.nn.functional.conv2d(x[None], w, b)[0].numpy()
        np.testing.assert_allclose(EXERCISE.right(**case), expected, rtol=1e-12, atol=1e-9)


def test_every_case_is_drawn():
    for case in EXERCISE.cases:
        assert_drawn(EXERCISE.scene(**case))
