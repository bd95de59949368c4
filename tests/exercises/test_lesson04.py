"""The exercises of lesson 04: right answers pass in every style, typical mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vizconv as vc
from tests.exercises.questions import assert_answered_in_sentences
from tests.exercises.solutions_04 import LAYER
from tests.scenes.checks import assert_drawn, assert_sums
from vizconv.exercises import lesson04
from vizconv.exercises.to_write.convolutional_layer import EXERCISE, MISTAKES, SHAPES, right

MADE = {
    lesson04.parameters_of_a_filter: 28,
    lesson04.shape_of_y: "8 × 28 × 28",
    lesson04.zeros_of_the_matrix: 108,
    lesson04.moved_by_one_with_stride_two: "it becomes another map",
    lesson04.field_of_three_layers: 7,
    lesson04.second_layer_of_lenet: 2416,
    lesson04.twice_the_scale: 1024,
}


@pytest.mark.parametrize(("make", "answer"), MADE.items(), ids=[make.__name__ for make in MADE])
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make, answer):
    question = make().question
    assert_answered_in_sentences(question, answer, 3)
    assert question.hint or question.choices


def test_the_answers_are_what_the_engine_says():
    layers = vc.lenet5().layers
    assert sum(each.size for each in layers["conv2"].parameters.values()) == 2416
    assert vc.conv2d(np.zeros((1, 3, 32, 32)), np.zeros((8, 3, 5, 5))).y.shape[1:] == (8, 28, 28)
    x, w = np.ones((4, 4)), np.full((1, 1, 2, 2), 7)
    assert (vc.convolution_matrix(w, x.shape) == 0).sum() == MADE[lesson04.zeros_of_the_matrix]
    pixel, kernel = np.ones((1, 1)), np.ones((3, 3))
    for _ in range(3):
        pixel = vc.convolve(pixel, kernel, padding="full")
    assert pixel.shape == (7, 7) and (pixel > 0).all()


# ---- Your turn ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solution", LAYER)
def test_right_answers_pass(solution):
    verdict = lesson04.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert "equals the engine's for all 6 inputs (x 2×4×4, w 2×2×2×2, b 2;" in repr(verdict)


def test_an_unwritten_function_is_told_so():
    def layer(x, w, b): ...

    assert lesson04.check(layer).right is None


def test_the_cases_are_pytorchs(torch):
    for case in EXERCISE.cases:
        x, w, b = (torch.tensor(np.array(array, float)) for array in case.values())
        expected = torch.nn.functional.conv2d(x[None], w, b)[0].numpy()
        np.testing.assert_allclose(EXERCISE.right(**case), expected, rtol=1e-12, atol=1e-9)


def test_every_case_has_a_stage():
    for case in EXERCISE.cases:
        scene = EXERCISE.scene(**case)
        assert_sums(scene)
        assert_drawn(scene)
        np.testing.assert_array_equal(scene.panel("y").values, right(**case))


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sentence[:40])
def test_a_mistake_is_named(mistake):
    verdict = lesson04.check(but_right(mistake.make))
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def but_right(make):
    """Turn a mistake into a function: right where the mistake fits no case."""

    def function(x, w, b):
        try:
            made = make(x, w, b)
        except ValueError:
            return right(x, w, b)
        return made if made.shape == right(x, w, b).shape else right(x, w, b)

    return function


@pytest.mark.parametrize("mistake", SHAPES, ids=lambda mistake: mistake.sentence[:40])
def test_a_wrong_shape_is_named(mistake):
    def function(x, w, b):
        return np.full(mistake.make(x, w, b), 0.25) if tells(mistake, x, w, b) else right(x, w, b)

    verdict = lesson04.check(function)
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


def tells(mistake, *case):
    """Say whether a mistake of shape shows for a case, and no earlier one leads to the same shape."""
    shape, earlier = mistake.make(*case), SHAPES[: SHAPES.index(mistake)]
    return shape != right(*case).shape and all(other.make(*case) != shape for other in earlier)


def written(share, start=0):
    """A layer by loops in which `share(y_f, x, w, f, c)` says what becomes of a channel's sum."""

    def function(x, w, b):
        y = np.zeros(right(x, w, b).shape)
        for f in range(len(w)):
            for c in range(len(x)):
                y[f] = share(y[f], vc.cross_correlate(x[c], w[f, c]), b[f])
        return y

    return function


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (written(lambda y, s, b: y + s), "The bias is missing"),
        (written(lambda y, s, b: y + s + b), "once for each channel"),
        (written(lambda y, s, b: s + b), "Only the last channel is in it"),
        (lambda x, w, b: right(x, w[:, :, ::-1, ::-1], b), "turned by 180 degrees"),
        (lambda x, w, b: right(x, np.swapaxes(w, 0, 1), b), "Filters and channels are swapped"),
        (lambda x, w, b: right(x, w, 0 * b).mean(0) + b[0], "That is a single map"),
        (lambda x, w, b: x, "are as large as x"),
        (
            lambda x, w, b: np.array([[vc.cross_correlate(*p) for p in zip(x, k, strict=True)] for k in w]),
            "for every channel of every filter",
        ),
        (lambda x, w, b: right(x, w, 0 * b) + b, "ValueError: operands could not be broadcast"),
    ],
)
def test_what_a_learner_writes_is_named(function, words):
    verdict = lesson04.check(function)
    assert verdict.right is False and words in verdict.sentence


def test_the_first_wrong_cell_is_on_a_stage():
    scene = lesson04.check(written(lambda y, s, b: y + s)).scene
    assert [panel.name for panel in scene.panels] == ["x", "w", "b", "y", "yours"]
    name, cell = scene.pointed
    assert name == "y" and scene.panel("y").values.flat[cell] != scene.panel("yours").values.flat[cell]


@given(st.integers(0, 99), st.integers(-1, 1), st.sampled_from([0.5, 1, 3]))
def test_one_wrong_number_is_never_passed(seed, case, off):
    case, generator = EXERCISE.cases[case], np.random.default_rng(seed)

    def function(x, w, b):
        y = right(x, w, b).astype(float)
        if np.array_equal(x, case["x"]):
            y[tuple(generator.integers(y.shape))] += off
        return y

    assert lesson04.check(function).right is False
