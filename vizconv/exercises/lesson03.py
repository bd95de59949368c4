"""The exercises of lesson 03: an edge averaged, a flat area, a sign, fewer products, and a filter in RGB."""

from collections.abc import Callable

import numpy as np

from vizconv.engine import cross_correlate
from vizconv.engine.writing import format_number
from vizconv.examples.filters import left_minus_right, moving_average
from vizconv.examples.photographs import BRIGHT, DARK
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import picture_filter

EDGE = np.array([[DARK, DARK, BRIGHT]] * 3)  # the window just on the dark side of an edge
SHARPENING = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
FLAT = 120


# ---- Predict -----------------------------------------------------------------------------------------------


def beside_the_edge() -> Prediction:
    """Ask what the moving average makes of the last dark pixel before an edge."""
    right = round(float(cross_correlate(EDGE, moving_average(3))[0, 0]))
    replies = {
        DARK: "The window reaches over the edge: its last column is bright.",
        BRIGHT: "Two of the window's three columns are dark.",
        (DARK + BRIGHT) // 2: "That is half and half. But two of the three columns are dark.",
        right: f"({DARK} + {DARK} + {BRIGHT}) / 3: two dark columns and a bright one.",
        (DARK + 2 * BRIGHT) // 3: "That is the value on the other side, where two columns are bright.",
    }
    hint = f"The nine pixels are three columns: {DARK}, {DARK} and {BRIGHT}. What is their average?"
    question = (
        f"Left of an edge all pixels are {DARK}, right of it {BRIGHT}. The 3×3 window stands on the last "
        "dark column. What does the moving average give?"
    )
    return predict(question, right, replies, hint)


def flat_area() -> Prediction:
    """Ask what a kernel makes of a flat area."""
    right = int(cross_correlate(np.full((3, 3), FLAT), SHARPENING)[0, 0])
    replies = {
        5 * FLAT: "That is the middle weight's product alone. The four −1 take something away.",
        0: "Add the weights up: 5 − 1 − 1 − 1 − 1 is not 0.",
        right: f"The weights add up to 1, and 1 · {FLAT} = {FLAT}. A flat area stays as it is.",
        9 * FLAT: "Nine pixels, but their weights are 5, four times −1, and four times 0.",
    }
    hint = f"All nine pixels are {FLAT}: the sum is {FLAT} times the sum of the weights."
    kernel = str(SHARPENING.tolist()).replace("-", "−")
    question = f"In a flat area all pixels are {FLAT}. What does the kernel {kernel} make of them?"
    return predict(question, right, replies, hint)


def dark_to_bright() -> Prediction:
    """Ask for the sign of left − right at an edge from dark to bright."""
    value = format_number(int(cross_correlate(EDGE, left_minus_right(3))[0, 0]))
    replies = {
        "positive": "The bright side is on the right, and there the weights are −1.",
        "negative": f"The weights −1 meet the bright side: 3 · {DARK} − 3 · {BRIGHT} = {value}.",
        "0": "0 comes out where left and right are alike. Here they are not.",
    }
    question = (
        "The kernel [[1, 0, −1], [1, 0, −1], [1, 0, −1]] stands on an edge: dark on its left, bright on its "
        "right. What is the result?"
    )
    return predict(question, "negative", replies)


def fewer_products() -> Prediction:
    """Ask how many products a pixel a separable kernel takes as two passes."""
    replies = {
        49: "So many takes the kernel in one pass. A column has 7 weights, and a row has 7.",
        14: "7 for the column and 7 for the row, instead of 49.",
        7: "That is one of the two passes.",
    }
    hint = "One pass with a column of 7 weights, and one with a row of 7."
    question = "A 7×7 blur is done as a column, then a row. How many products does a pixel take?"
    return predict(question, 14, replies, hint)


# ---- Your turn ---------------------------------------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's filter: function(picture, kernel) returns the filtered picture (3, H, W)."""
    return checker.check(picture_filter.EXERCISE, function)
