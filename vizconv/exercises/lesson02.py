"""The exercises of lesson 02: a turned kernel, a stamp, when the turn does not matter, and a convolution."""

from collections.abc import Callable

import numpy as np

from vizconv.engine import convolve, cross_correlate, rot180
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import convolution

X, K = np.array(WORKED_INPUT), np.array(WORKED_KERNEL)
SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])


# ---- Predict -----------------------------------------------------------------------------------------------


def first_result() -> Prediction:
    """Ask for the first number of x * k in valid mode."""
    pairs = zip(X[:2, :2].ravel(), rot180(K).ravel(), strict=True)
    right = int(convolve(X, K)[0, 0])
    products = " + ".join(f"({format_number(x)})({format_number(k)})" for x, k in pairs)
    rows, columns = (int(cross_correlate(X, half)[0, 0]) for half in (K[::-1], K[:, ::-1]))
    replies = {
        int(cross_correlate(X, K)[0, 0]): "That is x ⋆ k: the kernel as it is. Turn it first.",
        rows: "You reversed the kernel's rows only. Turned by 180 degrees, its columns are reversed, too.",
        columns: "You reversed the kernel's columns only. Turned by 180 degrees, its rows are reversed, too.",
        right: f"{products} = {format_number(right)}.",
    }
    turned = ", ".join(map(format_number, rot180(K).ravel()))
    hint = f"Read row by row, the turned kernel is {turned}. Lay it on the picture's first patch."
    question = "Which number comes out at the first place, when the kernel is turned by 180 degrees?"
    return predict(question, right, replies, hint)


def which_copies() -> Prediction:
    """Ask which operation puts the kernel round a single 1 as it is."""
    replies = {
        "x ⋆ k": "The kernel's last number meets the 1 first, and its first number meets it last. So the "
        "kernel comes out in reverse order, which is turned by 180 degrees.",
        "x * k": "An unturned kernel that slides over the 1 comes out turned. Turned before, it comes out "
        "as it is.",
        "both": "Let the unturned kernel slide from the upper left. Which of its numbers meets the 1 first?",
        "neither": "Every result is one number of the kernel, times 1. Follow which one comes when.",
    }
    question = "All pixels are 0, but for a single 1 in the middle. Which result shows the kernel as it is?"
    return predict(question, "x * k", replies)


def no_difference() -> Prediction:
    """Ask for which kernel x * k and x ⋆ k are the same."""
    kernels = [[[1, 2], [3, 4]], [[1, 2], [1, 2]], [[1, 2], [2, 3]], [[1, 2], [2, 1]]]
    mirrored = "Its rows are alike, but turned by 180 degrees it is {}: left and right are swapped."
    transposed = "It equals its transpose. But turned by 180 degrees it is {}."
    reasons = (
        "Turned by 180 degrees it is {}.",
        mirrored,
        transposed,
        "Turned by 180 degrees it is {} again.",
    )
    replies = {
        str(kernel): reason.format(rot180(kernel).tolist())
        for kernel, reason in zip(kernels, reasons, strict=True)
    }
    return predict("For which kernel are x * k and x ⋆ k the same?", str(kernels[-1]), replies)


def sobel_turned() -> Prediction:
    """Ask what becomes of a result of the Sobel kernel when the kernel is turned."""
    replies = {
        12: "Turn the kernel by 180 degrees: the column 1, 2, 1 and the column −1, −2, −1 change places.",
        0: "The middle column is 0, but the left and the right one are not.",
        -12: "Turned, the kernel is itself with every sign turned round; and so is every result.",
    }
    hint = "Write the kernel down, turned by 180 degrees, beside the original. What has changed?"
    question = (
        f"At some pixel the result of x ⋆ k is 12, with k = {SOBEL.tolist()}. What is that of x * k there?"
    )
    return predict(question, -12, replies, hint)


# ---- Your turn: x * k in full mode -------------------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's convolution: function(x, k) returns y, as large as every overlap makes it."""
    return checker.check(convolution.EXERCISE, function)
