"""Rules against the engine, and against PyTorch's and SciPy's own: on random numbers, ties and borders."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from tests.engine.cases import integers, normals, poolings, seeds
from vizconv import engine
from vizconv.engine.arrays import NotANumber
from vizconv.engine.geometry import geometry, windows
from vizconv.scenes import Rule, Terms
from vizconv.scenes.rules import made
from vizconv.scenes.view import whole_area

BY_NUMBER = {
    "gate": lambda z: engine.relu(z).gate,
    "sigmoid": special.expit,
    "sigmoid slope": lambda z: special.expit(z) * special.expit(-z),
    "tanh": np.tanh,
    "tanh slope": lambda z: 1 / np.cosh(z) ** 2,
    "exp": lambda z: np.e**z,
    "minus log": lambda p: -np.log2(p) / np.log2(np.e),
    "inverse": lambda p: p**-1.0,
}


def apply(name, *values, terms=None, size=0):
    return made(
        Rule(name=name, out="out", of=("in",) * len(values), terms=terms and "t"), values, terms, size
    )


@pytest.mark.parametrize("name", BY_NUMBER)
@given(seed=seeds)
def test_number_by_number(name, seed):
    (z,) = normals(seed, (3, 4))
    z = np.abs(z) + 0.1 if name in ("minus log", "inverse") else z
    np.testing.assert_allclose(apply(name, z), BY_NUMBER[name](z).ravel(), rtol=1e-9, atol=1e-12)


@given(st.integers(1, 4), st.integers(1, 6), seeds, st.sampled_from([1, 3000]))
def test_row_by_row(rows, classes, seed, scale):
    z = scale * normals(seed, (rows, classes))[0]
    labels = integers(seed, (rows,), low=0, high=classes - 1)[0]
    log_p = special.log_softmax(z, axis=1)
    np.testing.assert_allclose(apply("softmax", z), np.exp(log_p).ravel(), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(apply("surprise", z), -log_p.ravel(), rtol=1e-9, atol=1e-12)
    hits = apply("right", z, np.eye(classes)[labels])
    assert hits.tolist() == [int(np.argmax(row) == label) for row, label in zip(z, labels, strict=True)]
    assert apply("minus maximum", z[0]).tolist() == [-max(z[0])]
    np.testing.assert_allclose(apply("inverse sum", np.exp(z[0] / scale)), 1 / sum(np.exp(z[0] / scale)))


def test_far_scores_are_surprising_by_a_finite_number():
    assert apply("surprise", [[1000.0, 0.0]]).tolist() == [0, 1000]
    assert apply("softmax", [[1000.0, 0.0]]).tolist() == [1, 0]


def test_the_first_of_equal_scores_is_the_largest():
    assert apply("right", [[2, 2, 1]], [[1, 0, 0]]).tolist() == [1]
    assert apply("right", [[2, 2, 1]], [[0, 1, 0]]).tolist() == [0]


@given(poolings(), seeds)
def test_windows_have_the_engines_masks(case, seed):
    size, settings = case
    x = integers(seed, (1, 1, *size), low=-2, high=1)[0]
    record = engine.max_pool2d(x, **settings)
    setting = record.geometry
    cells = windows(np.arange(np.prod(setting.padded_size)).reshape(setting.padded_size), setting).ravel()
    padded = np.full(setting.padded_size, -np.inf)
    padded[setting.crop] = x[0, 0]
    every = np.arange(cells.size)
    inside = np.isfinite(padded.ravel()[cells])
    terms = Terms(every[inside] // np.prod(setting.kernel_size), cells[inside], every[inside])
    mask = apply("mask", padded, terms=terms, size=cells.size).reshape(record.mask.shape)
    np.testing.assert_array_equal(mask, record.mask)
    equal = record.patches == record.y[..., None, None]
    ties = apply("ties", padded, terms=terms, size=cells.size)
    np.testing.assert_array_equal(ties.reshape(equal.shape), equal)


@pytest.mark.parametrize(("border", "mode"), [("reflect", "reflect"), ("repeat", "edge")])
@given(
    size=st.tuples(st.integers(4, 6), st.integers(4, 6)),
    padding=st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2),
    seed=seeds,
)
def test_a_border_is_numpys(border, mode, size, padding, seed):
    (x,) = integers(seed, size)
    setting = geometry(size, 1, padding=padding, border=border)
    padded = np.zeros(setting.padded_size, int)
    padded[setting.crop] = x
    terms = whole_area(setting).border
    actual = apply("border", padded, terms=terms, size=padded.size)
    np.testing.assert_array_equal(actual.reshape(padded.shape), np.pad(x, padding, mode=mode))
    assert len(terms) == padded.size - x.size


def test_what_the_engine_refuses_is_refused():
    terms = Terms([0, 0], [0, 1], [0, 1])
    with pytest.raises(NotANumber, match="x holds NaN, which is neither larger nor smaller"):
        apply("mask", [1.0, np.nan], terms=terms, size=2)
    for name in ("softmax", "surprise"):
        with pytest.raises(NotANumber, match="the largest score in row 1 of x is inf"):
            apply(name, [[1.0, 2.0], [np.inf, 0.0]])
