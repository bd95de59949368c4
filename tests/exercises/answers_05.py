"""Answers to "your turn" of lesson 05: right ones in several styles, and slips. Lessons show none of them."""

import math

import numpy as np

import vizconv as vc
from tests.exercises.slips import slip


def step_by_step(w, b, a_prev, y):
    z = w * a_prev + b
    a = 1 / (1 + np.exp(-z))
    delta = a * (1 - a) * 2 * (a - y)
    return np.array([a_prev * delta, delta, w * delta])


def by_math(w, b, a_prev, y):
    a = 1 / (1 + math.exp(-(w * a_prev + b)))
    da = 2 * a - 2 * y
    dz = da * (a - a * a)
    return [dz * a_prev, dz, dz * w]


def by_the_engine(w, b, a_prev, y):
    record = vc.sigmoid(w * a_prev + b)
    delta = float(record.slope) * 2 * (float(record.y) - y)
    return (delta * a_prev, delta, delta * w)


def by_finite_differences(w, b, a_prev, y):
    def cost(numbers):
        return (vc.sigmoid(numbers[0] * numbers[2] + numbers[1]).y - y) ** 2

    steps = 1e-5 * np.eye(3)
    here = np.array([w, b, a_prev], float)
    return np.array([(cost(here + step) - cost(here - step)) / 2e-5 for step in steps])


RIGHT = (step_by_step, by_math, by_the_engine, by_finite_differences)
WRONG = (
    (slip(step_by_step, ("a * (1 - a)", "np.exp(-a) / (1 + np.exp(-a)) ** 2")), "σ′(a)"),
    (slip(step_by_step, ("a * (1 - a) * 2", "2")), "you took ∂C/∂a for δ"),
    (lambda w, b, a_prev, y: 0.5, "Return all three, in one array."),
    (lambda w, b, a_prev, y: w / 0, "ZeroDivisionError"),
)


def by_matrix(w, b, a_prev, da):
    a = 1 / (1 + np.exp(-(w @ a_prev + b)))
    return w.T @ (a * (1 - a) * da)


def by_two_loops(w, b, a_prev, da):
    da_prev = np.zeros(len(a_prev))
    for k in range(len(b)):
        z = sum(w[k, i] * a_prev[i] for i in range(len(a_prev))) + b[k]
        delta = vc.sigmoid(z).slope * da[k]
        for i in range(len(a_prev)):
            da_prev[i] += w[k, i] * delta
    return da_prev


def by_rows(w, b, a_prev, da):
    slopes = vc.sigmoid(w @ a_prev + b).slope
    return sum(row * slope * arrived for row, slope, arrived in zip(w, slopes, da, strict=True)).tolist()


def by_the_layers_engine(w, b, a_prev, da):
    record = vc.linear(a_prev[None], w, b)
    delta = vc.sigmoid_backward(vc.sigmoid(record.y), da[None]).dx
    return vc.linear_backward(record, delta).dx[0].astype(np.float32)


LAYER_RIGHT = (by_matrix, by_two_loops, by_rows, by_the_layers_engine)
LAYER_WRONG = (
    (slip(by_two_loops, ("+= w[k, i]", "= w[k, i]")), "`+=`"),
    (lambda w, b, a_prev, da: w @ da, "mismatch in its core dimension"),
)
