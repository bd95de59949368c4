"""Answers to "your turn" of lesson 09: right ones in several styles, and slips. Lessons show none of them."""

import numpy as np
from scipy.special import softmax as scipy_softmax

from tests.exercises.slips import quiet, slip

# ---- Softmax backward: (p, dp) to dz -----------------------------------------------------------------------


def by_the_jacobian(p, dp):
    return (np.diag(p) - np.outer(p, p)).T @ dp


def by_the_short_formula(p, dp):
    return p * (dp - (dp * p).sum())


def by_a_loop_that_adds(p, dp):
    dz = np.zeros(len(p))
    for i in range(len(p)):
        dz += dp[i] * p[i] * ((np.arange(len(p)) == i) - p)
    return dz


def by_two_loops(p, dp):
    dz = [0.0] * len(p)
    for i in range(len(p)):
        for j in range(len(p)):
            dz[j] += dp[i] * p[i] * ((1 if i == j else 0) - p[j])
    return dz


def in_single_precision(p, dp):
    p = p.astype(np.float32)
    return p * (dp - dp @ p)


SOFTMAX_RIGHT = (
    by_the_jacobian,
    by_the_short_formula,
    by_a_loop_that_adds,
    by_two_loops,
    in_single_precision,
)
SOFTMAX_WRONG = (
    (slip(by_a_loop_that_adds, ("+=", "=")), "Only the last class has reached dz"),
    (
        slip(by_a_loop_that_adds, ("  return dz", "      return dz")),
        "Only the first class has reached dz",
    ),
    (lambda p, dp: np.diag(p) - np.outer(p, p), "the Jacobian itself"),
    (lambda p, dp: (p * dp).sum(), "That is one number"),
    (lambda p, dp: p - dp, "Here any dp may come"),
)


# ---- The mean loss of a batch: (z, labels) to dz -----------------------------------------------------------


def by_pairs(z, labels):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    dz = e / e.sum(axis=1, keepdims=True)
    dz[np.arange(len(z)), labels] -= 1
    return dz / len(z)


def by_ones_and_zeros(z, labels):
    return (scipy_softmax(z, axis=1) - np.eye(z.shape[1])[labels]) / len(z)


def image_by_image(z, labels):
    dz = np.zeros(z.shape)
    for n, label in enumerate(labels):
        e = np.exp(z[n] - max(z[n]))
        p = e / e.sum()
        y = np.arange(len(p)) == label
        dz[n] = (p - y) / len(z)
    return dz


def the_long_way(z, labels):
    rows = []
    for scores, label in zip(z, labels, strict=True):
        p = scipy_softmax(scores)
        dp = np.zeros(len(p))
        dp[label] = -1 / p[label] / len(z)
        rows.append(by_the_short_formula(p, dp))
    return rows


LOSS_RIGHT = (by_pairs, by_ones_and_zeros, image_by_image, the_long_way)
LOSS_WRONG = (
    (quiet(slip(by_pairs, (" - z.max(axis=1, keepdims=True)", ""))), "exp has overflowed"),
    (quiet(slip(by_pairs, ("z.max(axis=1, keepdims=True)", "z.max()"))), "subtract each row's own maximum"),
    (quiet(slip(by_pairs, ("z.max(", "z.min("))), "Subtract the largest score"),
    (
        slip(by_pairs, ("dz[np.arange(len(z)), labels]", "dz[:, labels]")),
        "at the labels of all images",
    ),
    (slip(by_ones_and_zeros, ("axis=1", "axis=0")), "Your softmax runs down the columns"),
    (lambda z, labels: -np.log(scipy_softmax(z, axis=1))[0], "One number"),
    (lambda z, labels: np.full(z.shape, np.nan), "are no numbers at all (NaN)"),
)
