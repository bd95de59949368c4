"""Softmax backward to write, function(p, dp) returns dz (K): what is tried, and typical mistakes."""

from collections.abc import Callable

import numpy as np

from vizconv.engine import softmax, softmax_backward
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import common, instead, then
from vizconv.scenes import Scene, softmax_jacobian

# ---- What is tried -----------------------------------------------------------------------------------------


def right(p: np.ndarray, dp: np.ndarray) -> np.ndarray:
    """Return dz = Jᵀ dp by the engine."""
    return softmax_backward(_record(p), dp[None]).dx[0]


def _record(p):
    return softmax(np.log(p)[None])


def _cases():
    generator = np.random.default_rng(9)
    yield [1 / 8, 2 / 8, 5 / 8], [8, 4, -1]
    for classes in (2, 4, 5):
        p = generator.integers(1, 9, classes)
        yield p / p.sum(), entries(generator, (classes,))
    yield [1 / 2, 1 / 4, 1 / 8, 1 / 8], [0, -4, 0, 0]  # as from a cross-entropy
    yield [1 / 2, 1 / 4, 1 / 8, 1 / 8], [0, 0, 0, -8]


def _scene(p, dp) -> Scene:
    return softmax_jacobian(_record(p), dp[None])


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _jacobian(p):
    return np.diag(p) - np.outer(p, p)


def _one_class(number: int) -> Callable:
    """Let one row of the Jacobian be all that reaches dz."""
    return lambda p, dp: dp[number] * _jacobian(p)[number]


MISTAKES = {
    "Only the last class has reached dz: does your loop write `dz = ...`? "
    "Each round has to add its share: `dz += ...`.": _one_class(-1),
    "Only the first class has reached dz: does `return` stand inside the loop? It ends all.": _one_class(0),
    "You used the diagonal of the Jacobian only, p(1 − p). A score changes the probabilities "
    "of the other classes, too: −p[i]·p[j].": lambda p, dp: dp * p * (1 - p),
    "The diagonal is missing: dz[j] has the term dp[j]·p[j] as well.": lambda p, dp: -p * (dp @ p),
    "The diagonal of your Jacobian is 0: J[i,i] = p[i]·(1 − p[i]).": lambda p, dp: -p * (dp @ p - dp * p),
    "This is p ⊙ dp: the part −p[i]·p[j] of the Jacobian is missing.": lambda p, dp: p * dp,
    "The products p[i]·p[j] are added; they have to be subtracted: "
    "J[i,j] = p[i]·(δ[i,j] − p[j]).": lambda p, dp: p * (dp + dp @ p),
    "The factor p is missing: dz[j] = p[j]·(dp[j] − Σ dp·p).": lambda p, dp: dp - dp @ p,
    "Your sum is Σ dp; each dp[i] has to be multiplied by its p[i] first.": lambda p, dp: p * (dp - dp.sum()),
    "You took the mean of the products dp·p; their sum is asked for.": lambda p, dp: (
        p * (dp - (dp * p).mean())
    ),
    "p − y is the gradient of softmax and cross-entropy together; y are labels. "
    "Here any dp may come.": lambda p, dp: p - dp,
    "dp is missing: this is the diagonal of the Jacobian.": lambda p, dp: p * (1 - p),
    "You applied softmax to p again. p already are probabilities.": instead(
        right, p=lambda p: softmax(p[None]).y[0]
    ),
    "This is the Jacobian itself. Multiply it with dp: dz[j] = Σ_i dp[i]·J[i,j].": lambda p, dp: _jacobian(p),
    "The products dp[i]·J[i,j] are there, each in its place. Add them up over i.": lambda p, dp: (
        dp[:, None] * _jacobian(p)
    ),
    "The products are there, each in its place. Add them up; or write `@` instead of `*`.": lambda p, dp: (
        dp * _jacobian(p)
    ),
    **common(
        right, "dz", "j", "add each dp[i]·J[i,j] to it. Is dp missing? The Jacobian's rows alone add up to 0"
    ),
}


SHAPES = {
    "That is a whole matrix; dz has one number for each class.": then(right, lambda dz: (dz.size, dz.size)),
    "That is one number; every class has its own.": then(right, lambda dz: ()),
    "Take p and dp as they come, as rows of numbers: dz has as many axes.": then(
        right, lambda dz: (1, dz.size)
    ),
    "Take p and dp as they come, as rows of numbers: dz has one axis.": then(right, lambda dz: (dz.size, 1)),
}
EXERCISE = Exercise(name="dz", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
