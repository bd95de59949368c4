"""What is particular to lesson 05: its answers, and derivatives as difference quotients."""

import numpy as np
import pytest

from tests.exercises.questions import ANSWERS
from vizconv.exercises import lesson05
from vizconv.exercises.to_write.neuron import LAYER


def test_the_answers_are_difference_quotients():
    def quotient(cost, at, h=1e-6):
        return (cost(at + h) - cost(at - h)) / (2 * h)

    def neuron(w, y):
        return (1 / (1 + np.exp(-(3 * w - 6))) - y) ** 2

    def relu(z):
        return np.maximum(z, 0)

    def two(a):
        return (relu(4 * relu(2 * a) - relu(3 * a)) - 3) ** 2

    assert quotient(lambda w: neuron(w, 1), 2) == pytest.approx(-0.75)
    assert quotient(lambda w: neuron(w, 0.75), 2) == pytest.approx(ANSWERS[lesson05.half_the_difference])
    assert quotient(lambda w: (relu(3 * w - 8) - 1) ** 2, 2) == ANSWERS[lesson05.below_zero]
    assert quotient(two, 1) == pytest.approx(ANSWERS[lesson05.two_paths])
    assert {32, -12, 44, 20} <= set(lesson05.two_paths().question.replies)


@pytest.mark.parametrize("case", LAYER.cases, ids=lambda case: str(case["w"].shape))
def test_the_layers_gradient_is_a_difference_quotient(case):
    def passed_on(a_prev):
        return case["da"] / (1 + np.exp(-(case["w"] @ a_prev + case["b"])))

    a_prev, h = case["a_prev"], 1e-6
    quotients = [
        (passed_on(a_prev + step) - passed_on(a_prev - step)).sum() / (2 * h)
        for step in h * np.eye(len(a_prev))
    ]
    np.testing.assert_allclose(LAYER.right(*case.values()), quotients, rtol=1e-6, atol=1e-8)
