"""The exercise of lesson 01: right answers pass in every style, mistakes are named, no wrong one passes."""

import ast
import inspect
import textwrap
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exercises.solutions import CROSS_CORRELATION, by_patches
from vizconv import engine
from vizconv.exercises import lesson01
from vizconv.exercises.to_write.cross_correlation import EXERCISE, MISTAKES, SHAPES


@pytest.mark.parametrize("solution", [*CROSS_CORRELATION, engine.cross_correlate])
def test_right_answers_pass(solution):
    verdict = lesson01.check(solution)
    assert verdict.right is True and verdict.scene is None
    assert repr(verdict).startswith(
        "✓ Right: your y equals the engine's for all 8 inputs (x 4×4, w 2×2, stride 1;"
    )
    assert "One thing" not in repr(verdict)


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


# ---- Typical mistakes, by name -----------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sentence[:40])
def test_a_mistake_is_named(mistake):
    """Where a mistake makes a difference, it is the mistake that is named."""
    verdict = lesson01.check(but_right(mistake.make))
    assert verdict.right is False
    assert verdict.sentence.endswith(mistake.sentence)


def but_right(make):
    """Turn a mistake into a function: right where the mistake fits no case."""

    def function(x, w, stride):
        try:
            return make(x, w, stride)
        except ValueError:
            return engine.cross_correlate(x, w, stride)

    return function


@pytest.mark.parametrize("mistake", SHAPES, ids=lambda mistake: mistake.sentence[:40])
def test_a_wrong_shape_is_named(mistake):
    verdict = lesson01.check(
        lambda *case: np.full(mistake.make(*case), 0.25) if wrong(mistake, case) else RIGHT(*case)
    )
    assert verdict.right is False and verdict.sentence.endswith(mistake.sentence)


RIGHT = engine.cross_correlate


def wrong(mistake, case):
    """Say whether a mistake of shape shows in a case, and no other one leads to the same shape."""
    shape = mistake.make(*case)
    earlier = SHAPES[: SHAPES.index(mistake)]
    return shape != RIGHT(*case).shape and all(other.make(*case) != shape for other in earlier)


def test_no_two_mistakes_are_confused():
    """In each case the mistakes make different results, or one that is right."""
    for case in EXERCISE.cases:
        made = {}
        for mistake in MISTAKES:
            try:
                result = np.asarray(mistake.make(*case.values()))
            except ValueError:
                continue
            if not np.array_equal(result, RIGHT(*case.values())):
                made.setdefault((result.shape, result.tobytes()), []).append(mistake.sentence)
        assert [names for names in made.values() if len(names) > 1 and case["stride"] > 1] == []


# ---- As learners write them --------------------------------------------------------------------------------


def changed_patches(*changes):
    """The lines of `by_patches` with some words replaced, as a function."""
    source = textwrap.dedent(inspect.getsource(by_patches))
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return compiled(ast.parse(source))


def compiled(tree):
    names = {"np": np}
    exec(compile(ast.fix_missing_locations(tree), "<learner>", "exec"), names)
    return names["by_patches"]


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
    (
        [("        y[i, j]", "        y[i, j]"), ("    return y", "        return y")],
        (1, 0),
        "Only the first row",
    ),
    ([("    return y", "            return y")], (0, 1), "Only the first number"),
    ([(".sum()", ".mean()")], (0, 0), "This is the average"),
    ([(" * w)", " @ w)")], (0, 0), "You multiplied matrices"),
    ([("np.zeros((rows, columns))", "np.zeros((rows, columns), dtype=int)")], (0, 2), "halves are cut off"),
    ([("y[i, j] =", "z =")], (0, 0), "still 0 everywhere"),
    ([("(x[", "abs(x[")], (0, 0), "numbers are wrong"),
]


@pytest.mark.parametrize(("changes", "first", "sentence"), LEARNERS, ids=[name for *_, name in LEARNERS])
def test_a_learners_mistake_is_named_and_its_first_wrong_cell_shown(changes, first, sentence):
    verdict = lesson01.check(changed_patches(*changes))
    assert verdict.right is False
    assert sentence in verdict.sentence and (verdict.scene is None) == (first is None)
    if first is not None:
        panel, cell = verdict.scene.pointed
        assert np.unravel_index(cell, verdict.scene.panel(panel).shape) == first


# ---- No wrong function passes ------------------------------------------------------------------------------


@given(st.data())
def test_one_wrong_number_anywhere_is_found(data):
    number = data.draw(st.integers(0, len(EXERCISE.cases) - 1))
    case = EXERCISE.cases[number]
    y = RIGHT(*case.values())
    index = tuple(data.draw(st.integers(0, size - 1)) for size in y.shape)
    off = data.draw(st.sampled_from([0.01, -1, 1000, np.nan, np.inf]))
    verdict = lesson01.check(partial(off_at, case, index, off))
    assert verdict.right is False
    assert f"your y[{index[0]}, {index[1]}] is" in verdict.sentence
    assert verdict.scene.pointed == ("y", np.ravel_multi_index(index, y.shape))
    assert np.argwhere(verdict.scene.panel("yours").kinds).tolist() == [list(index)]


def off_at(case, index, off, x, w, stride):
    y = RIGHT(x, w, stride).astype(float)
    if np.array_equal(x, case["x"]) and np.array_equal(w, case["w"]):
        y[index] += off
    return y


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


@pytest.mark.parametrize("seed", range(80))
def test_a_changed_solution_never_passes_unless_it_is_right(seed):
    generator = np.random.default_rng(seed)
    tree = ast.parse(textwrap.dedent(inspect.getsource(by_patches)))
    mutant = compiled(OneChange(seed % 40, generator).visit(tree))
    with np.errstate(all="ignore"):
        verdict = lesson01.check(mutant)
    if verdict.right:
        for _ in range(200):
            w_size, stride = generator.integers(1, 5, 2), int(generator.integers(1, 4))
            x = generator.integers(-9, 10, w_size + generator.integers(0, 7, 2))
            w = generator.integers(-9, 10, w_size)
            np.testing.assert_array_equal(mutant(x, w, stride), RIGHT(x, w, stride))
