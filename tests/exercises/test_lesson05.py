"""The exercises of lesson 05: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exercises import solutions_05
from tests.exercises.questions import assert_answered_in_sentences
from vizconv.exercises import lesson05
from vizconv.exercises.to_write.neuron import LAYER, LAYER_MISTAKES, LAYER_SHAPES, MISTAKES, NEURON, SHAPES

CHECKS = {"neuron": (lesson05.check, NEURON), "layer": (lesson05.check_layer, LAYER)}
MADE = {
    lesson05.sign_of_the_slope: "negative",
    lesson05.half_the_difference: -0.375,
    lesson05.below_zero: 0,
    lesson05.two_paths: 20,
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert_answered_in_sentences(question, answer, 3)
    assert question.hint or question.choices


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
    assert quotient(lambda w: neuron(w, 0.75), 2) == pytest.approx(MADE[lesson05.half_the_difference])
    assert quotient(lambda w: (relu(3 * w - 8) - 1) ** 2, 2) == MADE[lesson05.below_zero]
    assert quotient(two, 1) == pytest.approx(MADE[lesson05.two_paths])
    assert {32, -12, 44, 20} <= set(lesson05.two_paths().question.replies)


# ---- Solutions, in several styles --------------------------------------------------------------------------


@pytest.mark.parametrize("solution", solutions_05.NEURON)
def test_right_gradients_pass(solution):
    verdict = lesson05.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "your gradient equals the engine's for all 6 inputs" in repr(verdict)


@pytest.mark.parametrize("solution", solutions_05.LAYER)
def test_right_ways_back_pass(solution):
    verdict = lesson05.check_layer(solution)
    assert verdict.right is True and "w 4×4, b 4, a_prev 4, da 4" in repr(verdict)


@pytest.mark.parametrize("check", [lesson05.check, lesson05.check_layer])
def test_an_unwritten_function_is_told_so(check):
    def gradient(w, b, a_prev, last): ...

    assert check(gradient).right is None


@pytest.mark.parametrize("case", LAYER.cases, ids=lambda case: str(case["w"].shape))
def test_the_layers_gradient_is_a_difference_quotient(case):
    def passed_on(a_prev):
        return case["da"] / (1 + np.exp(-(case["w"] @ a_prev + case["b"])))

    a_prev, h = case["a_prev"], 1e-6
    found = [
        (passed_on(a_prev + step) - passed_on(a_prev - step)).sum() / (2 * h)
        for step in h * np.eye(len(a_prev))
    ]
    np.testing.assert_allclose(LAYER.right(*case.values()), found, rtol=1e-6, atol=1e-8)


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


def but_right(make, right):
    """Turn a mistake into a function: right where the mistake fits no case."""

    def function(*arguments):
        try:
            return make(*arguments)
        except ValueError:
            return right(*arguments)

    return function


EVERY = [(name, mistake) for name, mistakes in (("neuron", MISTAKES), ("layer", LAYER_MISTAKES))
         for mistake in mistakes]  # fmt: skip
EVERY_SHAPE = [("neuron", shape) for shape in SHAPES] + [("layer", shape) for shape in LAYER_SHAPES]


@pytest.mark.parametrize(("which", "mistake"), EVERY, ids=lambda part: getattr(part, "sentence", part)[:40])
def test_a_mistake_is_named(which, mistake):
    check, exercise = CHECKS[which]
    verdict = check(but_right(mistake.make, exercise.right))
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


@pytest.mark.parametrize(
    ("which", "mistake"), EVERY_SHAPE, ids=lambda part: getattr(part, "sentence", part)[:40]
)
def test_a_wrong_shape_is_named(which, mistake):
    check, exercise = CHECKS[which]

    def function(*arguments):
        earlier = [other.make(*arguments) for other in exercise.shapes[: exercise.shapes.index(mistake)]]
        shape, right = mistake.make(*arguments), exercise.right(*arguments)
        return right if shape in [right.shape, *earlier] else np.full(shape, 0.123)

    verdict = check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


@pytest.mark.parametrize(("exercise", "number"), [(NEURON, 0), (LAYER, 2)])
def test_one_case_tells_all_mistakes_apart(exercise, number):
    case, made = exercise.cases[number], []
    for mistake in exercise.mistakes:
        try:
            made.append((mistake.sentence, np.asarray(mistake.make(*case.values()))))
        except ValueError:
            continue
    for at, (sentence, values) in enumerate(made):
        for other, others in made[:at]:
            alike = values.shape == others.shape and np.allclose(values, others, rtol=1e-4)
            assert not alike or sentence == other, (sentence, other)


def written_with_the_slope_at_a(w, b, a_prev, y):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    a = sigmoid(w * a_prev + b)
    delta = sigmoid(a) * (1 - sigmoid(a)) * 2 * (a - y)
    return [a_prev * delta, delta, w * delta]


def written_without_the_slope(w, b, a_prev, y):
    delta = 2 * (1 / (1 + np.exp(-(w * a_prev + b))) - y)
    return np.array([a_prev, 1, w]) * delta


def written_with_an_assignment(w, b, a_prev, da):
    found = np.zeros(len(a_prev))
    for k in range(len(b)):
        a = 1 / (1 + np.exp(-(w[k] @ a_prev + b[k])))
        for i in range(len(a_prev)):
            found[i] = w[k, i] * a * (1 - a) * da[k]
    return found


@pytest.mark.parametrize(
    ("which", "function", "words"),
    [
        ("neuron", written_with_the_slope_at_a, "σ′(a)"),
        ("neuron", written_without_the_slope, "you took ∂C/∂a for δ"),
        ("neuron", lambda w, b, a_prev, y: 0.5, "Return all three, in one array."),
        ("neuron", lambda w, b, a_prev, y: w / 0, "ZeroDivisionError"),
        ("layer", written_with_an_assignment, "`+=`"),
        ("layer", lambda w, b, a_prev, da: w @ da, "is right"),
    ],
)
def test_what_a_learner_writes_is_named(which, function, words):
    check, _ = CHECKS[which]
    verdict = check(function)
    assert verdict.right is False and words in verdict.sentence


@pytest.mark.parametrize("which", CHECKS)
def test_the_first_wrong_number_is_on_a_stage(which):
    check, exercise = CHECKS[which]
    verdict = check(lambda *arguments: 2 * exercise.right(*arguments))
    name, cell = verdict.scene.pointed
    assert name == exercise.name and cell == 0
    assert verdict.scene.panel("yours").values[0] == 2 * verdict.scene.panel(name).values[0]
    assert "image/png" in verdict._repr_mimebundle_()[0]


@pytest.mark.parametrize("which", CHECKS)
def test_the_stages_sums_are_the_right_numbers(which):
    _, exercise = CHECKS[which]
    for case in exercise.cases:
        scene = exercise.scene(*case.values())
        np.testing.assert_allclose(scene.sums()[exercise.name], exercise.right(*case.values()), rtol=1e-12)


@given(st.sampled_from(list(CHECKS)), st.integers(-1, 1), st.integers(0, 9), st.sampled_from([0.01, 1, -3]))
def test_one_wrong_number_is_never_passed(which, case, cell, off):
    check, exercise = CHECKS[which]
    met = exercise.cases[case]

    def function(*arguments):
        found = exercise.right(*arguments)
        if all(np.array_equal(one, other) for one, other in zip(arguments, met.values(), strict=True)):
            found[cell % found.size] += off
        return found

    assert check(function).right is False
