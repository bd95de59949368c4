"""What is particular to lesson 08: its answers, PyTorch's gradients, and a tie."""

import numpy as np

from tests.exercises.answers_08 import every_tie
from tests.exercises.questions import ANSWERS
from vizconv.exercises import lesson08
from vizconv.exercises.to_write.pooling import EXERCISE


def test_the_answers_are_what_pytorch_says(torch):
    def backward(x, dy, size, stride, pool=torch.nn.functional.max_pool2d):
        x = torch.tensor(np.asarray(x, float)[None, None], requires_grad=True)
        pool(x, size, stride).backward(torch.tensor(np.asarray(dy, float)[None, None]))
        return x.grad[0, 0].numpy()

    assert (backward(lesson08.X, lesson08.DY, 2, 2) != 0).sum() == ANSWERS[lesson08.who_gets_it]
    peak = backward(lesson08.PEAK, [[1, 10], [100, 1000]], 2, 1)
    assert peak[1, 1] == ANSWERS[lesson08.middle_of_four]
    assert backward(lesson08.TIED, [[6]], 2, 2).sum() == 6
    x = np.random.default_rng(0).permutation(49).reshape(7, 7)
    spread = backward(x, np.ones((3, 3)), 2, 2, torch.nn.functional.avg_pool2d)
    assert (spread == 0).sum() == ANSWERS[lesson08.leftovers]
    assert backward(np.ones((2, 2)), [[8]], 2, 2, torch.nn.functional.avg_pool2d)[0, 0] == 2


def test_the_right_answer_is_pytorchs(torch):
    for case in EXERCISE.cases:
        x = torch.tensor(case["x"][None, None].astype(float), requires_grad=True)
        y = torch.nn.functional.max_pool2d(x, case["size"], case["stride"])
        y.backward(torch.tensor(case["dy"][None, None].astype(float)))
        np.testing.assert_array_equal(EXERCISE.right(**case), x.grad[0, 0].numpy())


def test_the_second_of_two_that_tie_is_pointed_at():
    scene = lesson08.check(every_tie).scene
    assert scene.pointed == ("dx", 15)  # the second of the two zeros
    assert scene.panel("yours").values[3, 3] == 5 and scene.panel("dx").values[3, 3] == 0
