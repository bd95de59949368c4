"""The exercises of lesson 07: who reads a pixel, what adds up, and dw and dx of one's own."""

from collections.abc import Callable

import numpy as np

from vizconv.engine import convolve, cross_correlate
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import WORKED_DY, WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import input_gradient, strided_input_gradient, weight_gradient

X, W, DY = np.array(WORKED_INPUT), np.array(WORKED_KERNEL), np.array(WORKED_DY)


# ---- Predict: dw -------------------------------------------------------------------------------------------


def products_of_a_weight() -> Prediction:
    """Ask how many products add up to one number of dw."""
    windows = cross_correlate(X, W).size
    replies = {
        W.size: "So many add up to one number of y. Ask for one weight: which outputs has it helped to make?",
        X.size: f"One weight does not meet every pixel: w[0,1] never meets x[0,0], but {windows} others.",
        1: "A weight is used again at every place where the kernel stands.",
        windows: f"The kernel stands at {windows} places, and at each of them w[0,1] meets one pixel.",
    }
    hint = "At how many places does the kernel stand? At each of them every weight is used once."
    return predict("How many products add up to dw[0,1]?", windows, replies, hint)


def shape_of_dw() -> Prediction:
    """Ask for the shape of the gradient of a whole layer's weights."""
    right = "(5, 3, 2, 2)"
    replies = {
        "(5, 2, 2)": "That would be one sum over the channels. Each channel has a kernel of its own, and so "
        "a gradient of its own.",
        "(10, 5, 3, 2, 2)": "One for every image? All ten images met the same weights, so theirs add up.",
        right: "The shape of w itself: filters, channels, rows, columns. Nothing but images and positions "
        "is summed over.",
        "(3, 2, 2)": "Five filters have five times as many weights as one.",
    }
    question = "10 images of 3 channels go through 5 filters of 2×2. What is the shape of dw?"
    return predict(question, right, replies)


# ---- Predict: dx -------------------------------------------------------------------------------------------


def readers_of_a_pixel() -> Prediction:
    """Ask how many windows read a corner, an edge and an inner pixel."""
    times = cross_correlate(np.ones_like(DY), np.ones_like(W), padding="full")
    right = f"{times[0, 0]}, {times[0, 2]} and {times[2, 1]}"
    replies = {
        "4, 4 and 4": "The kernel would have to stick out of the picture to reach a corner so often.",
        "1, 1 and 1": "The windows overlap: a pixel in the middle lies under several of them.",
        right: "A corner lies under one window, an edge under two, and an inner pixel under each of the four "
        "weights once.",
        "4, 2 and 1": "It is the other way round. Step through y, and watch the corner.",
    }
    question = "The 2×2 kernel slides over the 4×4 picture. How many windows read x[0,0], x[0,2] and x[2,1]?"
    return predict(question, right, replies)


def bottom_edge() -> Prediction:
    """Ask for dx[3,2], the cell whose formula goes wrong in notes, when every dy is 1."""
    ones = np.ones_like(DY)
    right, unturned = (int(slide(ones, W, padding="full")[3, 2]) for slide in (convolve, cross_correlate))
    every, first, second = int(W.sum()), int(W[1, 1]), int(W[1, 0])
    written = f"{format_number(first)} + ({format_number(second)}) = {format_number(right)}"
    replies = {
        every: "That is the sum of all four weights: an inner pixel has four readers. This one lies in the "
        "last row.",
        unturned: "The upper row of the kernel would have to lie on the last row of the picture. Then its "
        "lower row would stick out.",
        first: "That is the share of y[2,1]. There is another reader.",
        second: "That is the share of y[2,2]. There is another reader.",
        right: f"y[2,1] read it with w[1,1], and y[2,2] with w[1,0]: {written}.",
    }
    hint = "Only y[2,1] and y[2,2] read x[3,2]. With which weight does each of them?"
    return predict("Let every dy be 1, so that L is the sum of all y. What is dx[3,2]?", right, replies, hint)


def readers_at_stride_two() -> Prediction:
    """Ask who reads a pixel when the stride is 2."""
    right = "y[1,1] with w[1,2], and y[1,2] with w[1,0]"
    replies = {
        "y[1,2] with w[1,0] only": "That is one of them. In the columns, 2j + v = 4 has two solutions.",
        "y[3,4], y[3,3], y[2,4] and five more": "So it is with a stride of 1. Here the window for y[3,4] "
        "would begin in row 6.",
        right: "Rows: 2i + u = 3 leaves only i = 1, u = 1. Columns: 2j + v = 4 has j = 1, v = 2 and j = 2, "
        "v = 0.",
        "y[1,1] with w[1,1], and y[1,2] with w[1,2]": "The outputs are right. The weight is what is left of "
        "the index: v = 4 − 2j.",
    }
    question = "x is 7×7, the kernel 3×3, the stride 2, no padding. Which outputs read x[3,4]?"
    return predict(question, right, replies)


def unread_pixel() -> Prediction:
    """Ask how L changes with a pixel that no window reads."""
    replies = {
        100: "That would be so if dx were 1 there. Which output has this pixel in its sum?",
        0: "The windows begin in the rows 0 and 2, so row 5 is in no sum, and dx[5,2] = 0.",
    }
    hint = "In which rows do the windows begin, and where do they end?"
    layer = "x is 6×6, the kernel 3×3, the stride 2, no padding"
    return predict(f"{layer}. You add 100 to x[5,2]. By how much does L change?", 0, replies, hint)


# ---- Predict: the hidden kernel ----------------------------------------------------------------------------


def picture_that_hides() -> Prediction:
    """Ask from which picture a kernel cannot be found."""
    right = "an even picture, 1 everywhere"
    replies = {
        "a single 1 in the middle, else 0": "Each number of y* is then one weight, or 0. Just read them.",
        right: "Every y* is the sum of all nine weights. Any kernel with that sum fits.",
        "mixed numbers": "Every place gives another equation for the weights: 16 of them, for 9 unknowns.",
    }
    question = (
        "You know x and y* = x ⋆ w*, but not the 3×3 kernel w*. From which picture can w* not be found?"
    )
    return predict(question, right, replies)


# ---- Your turn ---------------------------------------------------------------------------------------------


def check_dw(function: Callable) -> Verdict:
    """Check a learner's gradient of the kernel: function(x, dy) returns dw, of images x (N, H, W)."""
    return checker.check(weight_gradient.EXERCISE, function)


def check_dx(function: Callable) -> Verdict:
    """Check a learner's gradient of the input with stride 1 and no padding: function(dy, w) returns dx."""
    return checker.check(input_gradient.EXERCISE, function)


def check_dx_with_stride(function: Callable) -> Verdict:
    """Check a learner's gradient of the input: function(dy, w, x, stride, padding) returns dx."""
    return checker.check(strided_input_gradient.EXERCISE, function)
