"""The exercises of lesson 06: zeros of a Jacobian, a border, padding, an unread pixel, and dx of a row."""

from collections.abc import Callable

import numpy as np

from vizconv.engine.writing import format_number
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import row_gradient

W, DY = np.array([3, 2]), np.array([1, 10, 100, 1, 10])


# ---- Predict -----------------------------------------------------------------------------------------------


def zeros_of_the_jacobian() -> Prediction:
    """Ask how many entries of ∂y/∂x are 0 whatever the numbers."""
    replies = {
        0: "Does y[0] change when the last number of x does? It does not even read it.",
        3: "Each of the 3 outputs reads 2 of the 4 numbers. How many does it not read?",
        4: "Each of the 3 outputs reads 2 of the 4 numbers. How many does it not read?",
        9: "Each output reads 2 numbers, so each row has 2 entries that need not be 0.",
        6: "Each of the 3 outputs reads 2 of the 4 numbers, and the other 2 cannot change it: 3 · 2 zeros.",
    }
    hint = "One row for each output, one column for each number of x. Which ones does an output not read?"
    question = "x has 4 numbers, w 2, y 3. How many of the 12 entries of ∂y/∂x are 0, whatever x and w are?"
    return predict(question, 6, replies, hint)


def gradient_at_the_border() -> Prediction:
    """Ask for dx[0], which only one output reads."""
    w, dy = np.array([5, 7]), np.array([2, 4, 3])
    border, second = row_gradient.right(dy, w, 4, 1, 0)[:2].tolist()
    replies = {
        second: "That is dx[1]. Only one output reads x[0].",
        int(dy[0] * w[1]): "That is the other number of w. With which one does y[0] read x[0]?",
        int(dy.sum() * w[0]): "Only y[0] reads x[0]: y[1] begins at x[1], and y[2] at x[2].",
        int(w[0]): "That is ∂y[0]/∂x[0]. L changes dy[0] times as much as y[0] does.",
        border: f"Only y[0] reads x[0], with w[0]: ({dy[0]})({w[0]}) = {border}. One term, not two.",
    }
    hint = "Which outputs read x[0], and with which number of w? Their dy times that number, added up."
    question = f"Other numbers: w = {w.tolist()} and dy = {dy.tolist()}, x of 4 again. What is dx[0]?"
    return predict(question, border, replies, hint)


def border_with_padding() -> Prediction:
    """Ask for dx[0] when the window may stick out by one."""
    right, turned, unpadded = (
        int(row_gradient.right(DY[:outputs], w, 4, 1, padding)[0])
        for outputs, w, padding in ((5, W, 1), (5, W[::-1], 1), (3, W, 0))
    )
    terms = f"({DY[0]})({W[1]}) + ({DY[1]})({W[0]}) = {right}"
    replies = {
        unpadded: "With a padding of 1 the first window begins one cell left of x. Who reads x[0] now?",
        turned: "You met y[0] with w[0]. But y[0] begins in the padding: w[0] lies there, w[1] on x[0].",
        int(W[1]): "That is the share of y[0]. Now y[1] reads x[0], too.",
        int(DY[1] * W[0]): "That is the share of y[1]. Now y[0] reads x[0], too.",
        right: f"y[0] reads x[0] with w[1], y[1] reads it with w[0]: {terms}.",
    }
    hint = "Output o begins at x[o − 1]. Which outputs reach x[0], and with which number of w?"
    listed = ", ".join(map(format_number, DY))
    question = f"A padding of 1, w = [3, 2] and dy = [{listed}]. What is dx[0] now?"
    return predict(question, right, replies, hint)


def unread_pixel() -> Prediction:
    """Ask for the gradient of a pixel that a stride of 2 leaves over."""
    replies = {
        "the same as dx[2]": "y[1] reads x[2] with w[0]. Which output reads x[4]?",
        "dy[1] · w[1]": "That is dx[3]: y[1] begins at x[2], so that its last number lies on x[3].",
        "0": "y[0] reads x[0] and x[1], y[1] reads x[2] and x[3]. Nothing that happens to x[4] reaches L.",
        "there is none": "x[4] belongs to x, so that dx has a number for it: how much L changes with it.",
    }
    question = "x has 5 numbers, w 2, and the stride is 2. What is dx[4], the gradient of the last one?"
    return predict(question, "0", replies)


# ---- Your turn: dx -----------------------------------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's gradient: function(dy, w, length, stride, padding) returns dx, one number a pixel."""
    return checker.check(row_gradient.EXERCISE, function)
