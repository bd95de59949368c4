"""What is particular to lesson 09: its answers, and PyTorch's gradients."""

import numpy as np
import pytest
from scipy.special import softmax

from tests.exercises.questions import ANSWERS
from vizconv.exercises import lesson09
from vizconv.exercises.to_write import loss_gradient
from vizconv.exercises.to_write import softmax as softmax_exercise


def test_the_answers_are_what_others_work_out():
    p = softmax(np.log([1, 2, 5]))
    assert p[1] == pytest.approx(ANSWERS[lesson09.first_probability])
    np.testing.assert_allclose(softmax(np.log([1, 2, 5]) + 100), p)
    assert -np.log(softmax(np.zeros(10))[3]) == pytest.approx(ANSWERS[lesson09.uniform_guess])
    p = np.array([0.2, 0.5, 0.3])
    nudge = np.array([0, 1e-6, 0])
    slope = (softmax(np.log(p) + nudge) - softmax(np.log(p) - nudge)) / 2e-6
    assert slope[0] == pytest.approx(ANSWERS[lesson09.of_another_score])
    assert lesson09.uniform_guess().question.reply("2.3").right
    assert lesson09.uniform_guess().question.reply("2,303").right
    assert lesson09.of_the_right_score().question.reply("-3/4").right


def test_the_engine_agrees_with_pytorch(torch):
    for case in softmax_exercise.EXERCISE.cases:
        z = torch.tensor(np.log(case["p"]), requires_grad=True)
        (z.softmax(0) * torch.tensor(case["dp"])).sum().backward()
        np.testing.assert_allclose(softmax_exercise.right(**case), z.grad, rtol=1e-9, atol=1e-12)
    for case in loss_gradient.EXERCISE.cases:
        z = torch.tensor(case["z"], requires_grad=True, dtype=torch.float64)
        torch.nn.functional.cross_entropy(z, torch.tensor(case["labels"])).backward()
        np.testing.assert_allclose(loss_gradient.right(**case), z.grad, rtol=1e-9, atol=1e-12)
