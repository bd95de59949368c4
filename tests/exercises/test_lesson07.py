"""What is particular to lesson 07: its answers, and PyTorch's gradients."""

import numpy as np
from scipy.signal import convolve2d, correlate2d

from tests.exercises.questions import ANSWERS
from vizconv.engine import conv2d, conv2d_backward
from vizconv.exercises import lesson07
from vizconv.exercises.to_write import input_gradient, strided_input_gradient, weight_gradient


def test_the_answers_are_what_arrays_say():
    x, w, ones = lesson07.X, lesson07.W, np.ones((3, 3), int)
    assert convolve2d(ones, w, "full")[3, 2] == ANSWERS[lesson07.bottom_edge]
    assert set(lesson07.bottom_edge().question.replies) == {-8, -2, 6, -1, -7}
    assert correlate2d(x, w, "valid").size == ANSWERS[lesson07.products_of_a_weight]
    readers = convolve2d(ones, np.ones((2, 2), int), "full")
    assert [readers[0, 0], readers[0, 2], readers[2, 1]] == [1, 2, 4]
    layer = conv2d(np.ones((10, 3, 4, 4)), np.ones((5, 3, 2, 2)))
    assert str(conv2d_backward(layer, layer.y).dweight.shape) == ANSWERS[lesson07.shape_of_dw]
    strided = conv2d(np.ones((1, 1, 6, 6)), np.ones((1, 1, 3, 3)), stride=2)
    assert conv2d_backward(strided, strided.y).dx[0, 0, 5, 2] == ANSWERS[lesson07.unread_pixel]
    w = np.arange(9).reshape(1, 1, 3, 3)
    single = np.zeros((1, 1, 7, 7), int)
    single[0, 0, 3, 4] = 1
    y = conv2d(single, w, stride=2).y[0, 0]
    assert (y[1, 1], y[1, 2], np.count_nonzero(y)) == (w[0, 0, 1, 2], w[0, 0, 1, 0], 2)


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
