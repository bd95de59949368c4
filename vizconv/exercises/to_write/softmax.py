"""Softmax backward to write, function(p, dp) returns dz (K): what is tried, and typical mistakes."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine import softmax, softmax_backward
from vizconv.engine.arrays import own
from vizconv.exercises.checker import Exercise, Mistake, entries
from vizconv.scenes import Scene, softmax_jacobian

# ---- What is tried -----------------------------------------------------------------------------------------


def right(p, dp) -> np.ndarray:
    """Return dz = Jᵀ dp by the engine."""
    return softmax_backward(_record(p), dp[None]).dx[0]


def _record(p):
    return softmax(np.log(p)[None])


def _cases():
    generator = np.random.default_rng(9)
    yield _case([1 / 8, 2 / 8, 5 / 8], [8, 4, -1])
    for classes in (2, 4, 5):
        p = generator.integers(1, 9, classes)
        yield _case(p / p.sum(), entries(generator, (classes,)))
    yield _case([1 / 2, 1 / 4, 1 / 8, 1 / 8], [0, -4, 0, 0])  # as from a cross-entropy
    yield _case([1 / 2, 1 / 4, 1 / 8, 1 / 8], [0, 0, 0, -8])


def _case(p, dp):
    return MappingProxyType({"p": own(np.array(p)), "dp": own(np.array(dp))})


def _scene(p, dp) -> Scene:
    return softmax_jacobian(_record(p), dp[None])


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _jacobian(p):
    return np.diag(p) - np.outer(p, p)


def _one_class(number: int) -> Callable:
    """Let one row of the Jacobian be all that reaches dz."""
    return lambda p, dp: dp[number] * _jacobian(p)[number]


MISTAKES = (
    Mistake(
        "Only the last class has reached dz: does your loop write `dz = ...`? Each round has to add its "
        "share: `dz += ...`.",
        _one_class(-1),
    ),
    Mistake(
        "Only the first class has reached dz: does `return` stand inside the loop? It ends all.",
        _one_class(0),
    ),
    Mistake(
        "You used the diagonal of the Jacobian only, p(1 − p). A score changes the probabilities of the "
        "other classes, too: −p[i]·p[j].",
        lambda p, dp: dp * p * (1 - p),
    ),
    Mistake(
        "The diagonal is missing: dz[j] has the term dp[j]·p[j] as well.",
        lambda p, dp: -p * (dp @ p),
    ),
    Mistake(
        "The diagonal of your Jacobian is 0: J[i,i] = p[i]·(1 − p[i]).",
        lambda p, dp: -p * (dp @ p - dp * p),
    ),
    Mistake(
        "This is p ⊙ dp: the part −p[i]·p[j] of the Jacobian is missing.",
        lambda p, dp: p * dp,
    ),
    Mistake(
        "The products p[i]·p[j] are added; they have to be subtracted: J[i,j] = p[i]·(δ[i,j] − p[j]).",
        lambda p, dp: p * (dp + dp @ p),
    ),
    Mistake(
        "The factor p is missing: dz[j] = p[j]·(dp[j] − Σ dp·p).",
        lambda p, dp: dp - dp @ p,
    ),
    Mistake(
        "Your sum is Σ dp; each dp[i] has to be multiplied by its p[i] first.",
        lambda p, dp: p * (dp - dp.sum()),
    ),
    Mistake(
        "You took the mean of the products dp·p; their sum is asked for.",
        lambda p, dp: p * (dp - (dp * p).mean()),
    ),
    Mistake(
        "p − y is the gradient of softmax and cross-entropy together; y are labels. Here any dp may come.",
        lambda p, dp: p - dp,
    ),
    Mistake("Every sign is turned round.", lambda p, dp: -right(p, dp)),
    Mistake("dp is missing: this is the diagonal of the Jacobian.", lambda p, dp: p * (1 - p)),
    Mistake(
        "dp is missing: you added up the Jacobian's rows, which gives 0.",
        lambda p, dp: np.zeros(p.size),
    ),
    Mistake(
        "You applied softmax to p again. p already are probabilities.",
        lambda p, dp: right(softmax(p[None]).y[0], dp),
    ),
    Mistake(
        "This is the Jacobian itself. Multiply it with dp: dz[j] = Σ_i dp[i]·J[i,j].",
        lambda p, dp: _jacobian(p),
    ),
    Mistake(
        "The products dp[i]·J[i,j] are there, each in its place. Add them up over i.",
        lambda p, dp: dp[:, None] * _jacobian(p),
    ),
    Mistake(
        "The products are there, each in its place. Add them up; or write `@` instead of `*`.",
        lambda p, dp: dp * _jacobian(p),
    ),
)


def _shape(make: Callable) -> Callable:
    return lambda p, dp: make(p.size)


SHAPES = (
    Mistake("That is a whole matrix; dz has one number for each class.", _shape(lambda k: (k, k))),
    Mistake("That is one number; every class has its own.", _shape(lambda k: ())),
    Mistake("Take p and dp as they come, as rows of numbers: dz has as many axes.", _shape(lambda k: (1, k))),
    Mistake("Take p and dp as they come, as rows of numbers: dz has one axis.", _shape(lambda k: (k, 1))),
)
EXERCISE = Exercise("dz", right, tuple(_cases()), _scene, MISTAKES, SHAPES)
