"""The exercises of lesson 09: right answers pass in every style, typical mistakes are named."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from tests.exercises.solutions_09 import LOSS_GRADIENT, SOFTMAX_BACKWARD
from vizconv.exercises import lesson09
from vizconv.exercises.to_write import loss_gradient
from vizconv.exercises.to_write import softmax as softmax_exercise

MADE = {
    lesson09.first_probability: 0.25,
    lesson09.hundred_more: "nothing",
    lesson09.uniform_guess: math.log(10),
    lesson09.of_another_score: -0.1,
    lesson09.of_the_right_score: -0.75,
    lesson09.slope_of_accuracy: "0",
}
CHECKS = {
    lesson09.check_softmax_backward: (softmax_exercise, SOFTMAX_BACKWARD),
    lesson09.check: (loss_gradient, LOSS_GRADIENT),
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert question.answer == pytest.approx(answer) if question.hint else question.answer == answer
    assert len(question.replies) >= 4 and (question.hint or question.choices)
    for said, sentence in question.replies.items():
        reply = question.reply(str(said))
        assert reply.right is (said == question.answer) and reply.sentence.endswith(sentence)
        assert sentence.endswith((".", "?"))


def test_the_answers_are_what_others_work_out():
    p = softmax(np.log([1, 2, 5]))
    assert p[1] == pytest.approx(MADE[lesson09.first_probability])
    np.testing.assert_allclose(softmax(np.log([1, 2, 5]) + 100), p)
    assert -np.log(softmax(np.zeros(10))[3]) == pytest.approx(MADE[lesson09.uniform_guess])
    p = np.array([0.2, 0.5, 0.3])
    nudge = np.array([0, 1e-6, 0])
    slope = (softmax(np.log(p) + nudge) - softmax(np.log(p) - nudge)) / 2e-6
    assert slope[0] == pytest.approx(MADE[lesson09.of_another_score])
    assert lesson09.uniform_guess().question.reply("2.3").right
    assert lesson09.uniform_guess().question.reply("2,303").right
    assert lesson09.of_the_right_score().question.reply("-3/4").right


# ---- Right answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "solution"),
    [(check, solution) for check, (_, solutions) in CHECKS.items() for solution in solutions],
)
def test_right_answers_pass(check, solution):
    verdict = check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "equals the engine's for all" in repr(verdict)


@pytest.mark.parametrize("check", CHECKS)
def test_an_unwritten_function_is_told_so(check):
    def function(one, other): ...

    assert check(function).right is None


def test_the_engine_agrees_with_pytorch(torch):
    for case in softmax_exercise.EXERCISE.cases:
        z = torch.tensor(np.log(case["p"]), requires_grad=True)
        (z.softmax(0) * torch.tensor(case["dp"])).sum().backward()
        np.testing.assert_allclose(softmax_exercise.right(**case), z.grad, rtol=1e-9, atol=1e-12)
    for case in loss_gradient.EXERCISE.cases:
        z = torch.tensor(case["z"], requires_grad=True, dtype=torch.float64)
        torch.nn.functional.cross_entropy(z, torch.tensor(case["labels"])).backward()
        np.testing.assert_allclose(loss_gradient.right(**case), z.grad, rtol=1e-9, atol=1e-12)


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "mistake"),
    [(check, mistake) for check, (module, _) in CHECKS.items() for mistake in module.MISTAKES],
    ids=lambda value: getattr(value, "sentence", "")[:40],
)
def test_a_mistake_is_named(check, mistake):
    verdict = check(mistake.make)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


@pytest.mark.parametrize(
    ("check", "mistake"),
    [(check, mistake) for check, (module, _) in CHECKS.items() for mistake in module.SHAPES],
    ids=lambda value: getattr(value, "sentence", "")[:40],
)
def test_a_wrong_shape_is_named(check, mistake):
    def function(one, other):
        return np.full(mistake.make(one, other), 0.123)

    if mistake.sentence.startswith("Rows and columns"):
        verdict = check(
            lambda z, labels: loss_gradient.right(z, labels).T if len(z) > 2 else right(z, labels)
        )
    else:
        verdict = check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


right = loss_gradient.right


def assigned_in_the_loop(p, dp):
    for i in range(len(p)):
        dz = dp[i] * p[i] * ((np.arange(len(p)) == i) - p)
    return dz


def returned_in_the_loop(p, dp):
    for i in range(len(p)):
        return dp[i] * p[i] * ((np.arange(len(p)) == i) - p)


def without_the_maximum(z, labels):
    with np.errstate(all="ignore"):
        e = np.exp(z)
        dz = e / e.sum(axis=1, keepdims=True)
    dz[np.arange(len(z)), labels] -= 1
    return dz / len(z)


def at_all_labels(z, labels):
    dz = softmax(z, axis=1)
    dz[:, labels] -= 1
    return dz / len(z)


def over_the_wrong_axis(z, labels):
    dz = softmax(z, axis=0)
    dz[np.arange(len(z)), labels] -= 1
    return dz / len(z)


@pytest.mark.parametrize(
    ("check", "function", "words"),
    [
        (lesson09.check_softmax_backward, assigned_in_the_loop, "Only the last class has reached dz"),
        (lesson09.check_softmax_backward, returned_in_the_loop, "Only the first class has reached dz"),
        (lesson09.check_softmax_backward, lambda p, dp: np.diag(p) - np.outer(p, p), "the Jacobian itself"),
        (lesson09.check_softmax_backward, lambda p, dp: (p * dp).sum(), "That is one number"),
        (lesson09.check, without_the_maximum, "exp has overflowed"),
        (lesson09.check, at_all_labels, "subtracted at the labels of all images"),
        (lesson09.check, over_the_wrong_axis, "Your softmax runs down the columns"),
        (lesson09.check, lambda z, labels: -np.log(softmax(z, axis=1))[0], "One number"),
    ],
)
def test_what_a_learner_writes_is_named(check, function, words):
    verdict = check(function)
    assert verdict.right is False and words in verdict.sentence


def test_the_first_wrong_cell_is_on_a_stage():
    for check, function in (
        (lesson09.check_softmax_backward, assigned_in_the_loop),
        (lesson09.check, at_all_labels),
    ):
        scene = check(function).scene
        assert scene.panels[-1].name == "yours" and scene.pointed[0] == "dz"
        cell = scene.pointed[1]
        assert scene.panel("dz").values.flat[cell] != scene.panel("yours").values.flat[cell]


@given(st.sampled_from(list(CHECKS)), st.integers(0, 99), st.sampled_from([-0.01, 0.5, 1]))
def test_one_wrong_number_is_never_passed(check, seed, off):
    exercise, generator = CHECKS[check][0].EXERCISE, np.random.default_rng(seed)
    chosen = exercise.cases[generator.integers(len(exercise.cases))]

    def function(*arguments):
        dz = exercise.right(*arguments).copy()
        if all(map(np.array_equal, arguments, chosen.values())):
            dz[tuple(generator.integers(dz.shape))] += off
        return dz

    assert check(function).right is False
