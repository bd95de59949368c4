"""What is particular to lesson 01: its answers, its cases, and a solution changed on purpose or by chance."""

import ast
import inspect

import numpy as np
import pytest

from tests.exercises.answers_01 import by_patches
from tests.exercises.questions import ANSWERS
from tests.exercises.slips import slip
from vizconv.engine import cross_correlate
from vizconv.exercises import lesson01
from vizconv.exercises.to_write.cross_correlation import EXERCISE


def test_the_right_answers_are_what_the_lesson_shows():
    y = cross_correlate(lesson01.X, lesson01.W)
    assert ANSWERS[lesson01.first_result] == y[0, 0] and ANSWERS[lesson01.places] == y.size
    counted = [row for row in range(0, 7, 3) if row + 3 <= 7]
    assert f"The windows begin in the rows {counted[0]} and {counted[1]}." in repr_of_right(
        lesson01.stride_of_three
    )
    bright = cross_correlate(np.full((6, 6), 9), np.full((3, 3), 1 / 9), padding=1)
    assert ANSWERS[lesson01.corner_of_an_even_picture] == pytest.approx(bright[0, 0])
    assert "(1)(6) + (−2)(0) + (5)(−7) + (8)(−1) = −37" in repr_of_right(lesson01.first_result)


def repr_of_right(make):
    question = make().question
    return repr(question.reply(str(question.answer)))


def test_the_cases_tell_rows_from_columns_and_have_all_that_goes_wrong():
    sizes = [(case["x"].shape, case["w"].shape, case["stride"]) for case in EXERCISE.cases]
    assert {stride for *_, stride in sizes} == {1, 2, 3}
    assert any(w[0] % 2 == 0 and w[0] != w[1] for _, w, _ in sizes)
    assert any((x[0] - w[0]) % stride for x, w, stride in sizes) and any(x == w for x, w, _ in sizes)
    assert any(case["x"].dtype.kind == "f" for case in EXERCISE.cases)
    for case in EXERCISE.cases:
        w = case["w"]
        assert not any(np.array_equal(w, other) for other in (w[::-1], w[:, ::-1], w[::-1, ::-1]))
        assert w.shape[0] != w.shape[1] or not np.array_equal(w, w.T)


# ---- As learners write them --------------------------------------------------------------------------------

WINDOW = "x[i * stride : i * stride + height, j * stride : j * stride + width]"
LEARNERS = [
    ([(" * w)", " * w[::-1, ::-1])")], (0, 0), "numbers of a convolution"),
    ([(" * w)", " * w.T)")], (0, 0), "the kernel is transposed"),
    ([("y[i, j] =", "y[j, i] =")], (0, 1), "Your y is transposed"),
    ([(WINDOW, "x[i : i + height, j : j + width]")], (0, 1), "the window moves by one cell"),
    ([("// stride", "")], None, "your function stops with ValueError: operands could not be broadcast"),
    ([("// stride + 1", "// stride")], (0, 2), "One row and one column are missing"),
    (
        [("// stride + 1", "// stride + 2"), ("(rows):", "(rows - 1):"), ("(columns):", "(columns - 1):")],
        (0, 3),
        "too many",
    ),
    ([("    return y", "        return y")], (1, 0), "Only the first row"),
    ([("    return y", "            return y")], (0, 1), "Only the first number"),
    ([(".sum()", ".mean()")], (0, 0), "This is the average"),
    ([(" * w)", " @ w)")], (0, 0), "You multiplied matrices"),
    ([("(rows, columns))", "(rows, columns), dtype=int)")], (0, 2), "fractions are cut off"),
    ([("y[i, j] =", "z =")], (0, 0), "still 0 everywhere"),
    ([("(x[", "abs(x[")], (0, 0), "numbers are wrong"),
]


@pytest.mark.parametrize(("changes", "first", "sentence"), LEARNERS, ids=[name for *_, name in LEARNERS])
def test_a_learners_mistake_is_named_and_its_first_wrong_cell_shown(changes, first, sentence):
    verdict = lesson01.check(slip(by_patches, *changes))
    assert verdict.right is False
    assert sentence in verdict.sentence and (verdict.scene is None) == (first is None)
    if first is not None:
        panel, cell = verdict.scene.pointed
        assert np.unravel_index(cell, verdict.scene.panel(panel).shape) == first


# ---- No wrong function passes ------------------------------------------------------------------------------


class OneChange(ast.NodeTransformer):
    """Change the n-th number, operator or name of the arguments in a function, or a `range`."""

    def __init__(self, number, generator):
        self.left, self.generator = number, generator

    def visit(self, node):
        node = self.generic_visit(node)
        if isinstance(node, ast.BinOp | ast.Constant) or (isinstance(node, ast.Name) and node.id in NAMES):
            self.left -= 1
            if self.left == -1:
                return self.change(node)
        return node

    def change(self, node):
        if isinstance(node, ast.BinOp):
            operators = [kind for kind in OPERATORS if not isinstance(node.op, kind)]
            return ast.BinOp(node.left, operators[self.generator.integers(len(operators))](), node.right)
        if isinstance(node, ast.Constant):
            return ast.Constant(node.value + int(self.generator.choice([-1, 1])))
        names = [name for name in NAMES if name != node.id]
        return ast.Name(names[self.generator.integers(len(names))], node.ctx)


OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)
NAMES = ("height", "width", "rows", "columns", "i", "j", "stride")


def compiled(tree):
    names = {"np": np}
    exec(compile(ast.fix_missing_locations(tree), "<learner>", "exec"), names)
    return names["by_patches"]


@pytest.mark.parametrize("seed", range(80))
def test_a_changed_solution_never_passes_unless_it_is_right(seed):
    generator = np.random.default_rng(seed)
    mutant = compiled(OneChange(seed % 40, generator).visit(ast.parse(inspect.getsource(by_patches))))
    with np.errstate(all="ignore"):
        verdict = lesson01.check(mutant)
    if verdict.right:
        for _ in range(200):
            w_size, stride = generator.integers(1, 5, 2), int(generator.integers(1, 4))
            x = generator.integers(-9, 10, w_size + generator.integers(0, 7, 2))
            w = generator.integers(-9, 10, w_size)
            np.testing.assert_array_equal(mutant(x, w, stride), cross_correlate(x, w, stride))
