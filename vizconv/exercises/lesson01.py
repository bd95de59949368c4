"""The exercises of lesson 01: one window, how many places, and a cross-correlation of one's own."""

from collections.abc import Callable

import numpy as np

from vizconv.engine import convolve, cross_correlate, output_size
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import cross_correlation

X, W = np.array(WORKED_INPUT), np.array(WORKED_KERNEL)
PICTURE, KERNEL = 7, 3  # rows and columns of the picture and the kernel that the sliders start with


# ---- Predict -----------------------------------------------------------------------------------------------


def first_result() -> Prediction:
    """Ask for the number that comes out where the kernel lies first."""
    pairs = zip(X[:2, :2].ravel(), W.ravel(), strict=True)
    right = int(cross_correlate(X, W)[0, 0])
    products = " + ".join(f"({format_number(x)})({format_number(w)})" for x, w in pairs)
    turned = "That comes out when the kernel is turned upside down first. Lay it on the picture as it is."
    replies = {
        -right: "The size is right, the sign is not: look at the kernel's lower row again.",
        int(convolve(X, W)[0, 0]): turned,
        int(cross_correlate(X, W.T)[0, 0]): "You swapped rows and columns of the kernel.",
        right: f"{products} = {format_number(right)}.",
    }
    hint = "Four pairs of numbers lie on each other. Multiply each pair, then add the four products."
    return predict("Which number comes out at the first place?", right, replies, hint)


def places() -> Prediction:
    """Ask at how many places the kernel fits."""
    height, width = cross_correlate(X, W).shape
    apart, touching = cross_correlate(X, W, stride=2).size, cross_correlate(X, W, padding="full").size
    replies = {
        height: "That is one direction. The kernel moves along the rows and down the columns.",
        X.size: "In the last row and the last column it would stick out.",
        apart: "The kernel moves by one cell at a time, so the places overlap.",
        touching: "At so many it touches the picture, but it sticks out at some.",
        height * width: f"{height} places along the height, times {width} along the width.",
    }
    hint = "In how many rows can the kernel's upper row stand? And in how many columns its left one?"
    question = "At how many places can the kernel lie without sticking out?"
    return predict(question, height * width, replies, hint)


def stride_of_three() -> Prediction:
    """Ask what a stride of 3 leaves over."""
    count, exact = output_size(PICTURE, KERNEL, stride=3), (PICTURE - KERNEL) / 3 + 1
    too_many = f"{count + 1}, and the last window ends with the picture"
    between = f"{format_number(exact)}, because ({PICTURE} − {KERNEL}) / 3 + 1 = {format_number(exact)}"
    right = f"{count}, and the last row is read by no window"
    last = f"Row {PICTURE - 1} is the last one"
    ends = f"{last}, and one more window would need the rows {3 * count} to {3 * count + KERNEL - 1}."
    rows = " and ".join(map(str, range(0, PICTURE - KERNEL + 1, 3)))
    replies = {
        too_many: ends,
        between: "A number of places is a whole number. Which one is it, and what becomes of the rest?",
        right: f"The windows begin in the rows {rows}. {ends}",
    }
    sizes = f"A {PICTURE}×{PICTURE} picture, a {KERNEL}×{KERNEL} kernel, a stride of 3"
    question = f"{sizes}: how many results in each direction?"
    return predict(question, right, replies)


def padding_that_keeps_the_size() -> Prediction:
    """Ask how many rings of padding make the result as large as the picture."""
    sizes = {rings: output_size(PICTURE, KERNEL, padding=rings) for rings in range(5)}
    right = next(rings for rings, size in sizes.items() if size == PICTURE)
    replies = {rings: f"With P = {rings} the result is {size}×{size}." for rings, size in sizes.items()}
    hint = f"A ring adds a row on both sides. The kernel takes away {PICTURE - sizes[0]} rows in all."
    on = f"a {KERNEL}×{KERNEL} kernel on a {PICTURE}×{PICTURE} picture"
    question = f"With {on}, which P gives a {PICTURE}×{PICTURE} result?"
    return predict(question, right, replies, hint)


def corner_of_an_even_picture() -> Prediction:
    """Ask what the average is in the corner of a picture of nines with a border of zeros."""
    inside = cross_correlate(np.ones((6, 6), int), np.ones((3, 3), int), padding=1)  # of nine cells
    corner, edge, middle = (int(inside[index]) for index in ((0, 0), (0, 1), (1, 1)))  # times 9 / 9
    replies = {
        middle: "So it is in the middle, where the kernel lies on nines only.",
        edge: "So it is along an edge. In the corner more of the kernel lies on zeros.",
        0: "Only the cells outside are zeros. Some cells under the kernel are nines.",
        corner: f"{corner} of the nine cells are nines, {9 - corner} are zeros: {9 * corner} / 9 = {corner}.",
    }
    hint = "Count how many of the nine cells under the kernel lie on the picture."
    question = "Every pixel is 9. With one ring of zeros around it, what is the 3×3 average in the corner?"
    return predict(question, corner, replies, hint)


# ---- Your turn -------------------------------------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's cross-correlation: function(x, w, stride) returns y."""
    return checker.check(cross_correlation.EXERCISE, function)
