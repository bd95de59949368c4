"""The exercises of lesson 08: who gets the gradient, ties, overlap, leftovers, and max pooling's way back."""

from collections.abc import Callable

import numpy as np

from vizconv.engine import max_pool2d, max_pool2d_backward
from vizconv.examples.matrices import WORKED_INPUT
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import pooling

X = np.array(WORKED_INPUT)
DY = np.array([[1, 2], [4, 5]])
PEAK = np.array([[0, 1, 2], [3, 9, 4], [5, 6, 7]])
TIED = np.array([[7, 3], [7, 7]])
ROWS = 7


def _back(x, dy, size, stride):
    return max_pool2d_backward(max_pool2d(x[None, None], size, stride), dy[None, None]).dx[0, 0]


# ---- Predict -----------------------------------------------------------------------------------------------


def who_gets_it() -> Prediction:
    """Ask how many cells of dx are not 0 in the worked example."""
    right = int((_back(X, DY, 2, 2) != 0).sum())
    replies = {
        right: "One winner in each of the four windows: the 8, the 9, the 4, and one of the two zeros below "
        "right. Who of the two? That is a question for later.",
        5: "The window below right holds its maximum, 0, twice. If each of the two took the 5, more would go "
        "back than came in. See below.",
        16: "A small change of the 1 in the corner: does y notice? Its window's maximum is the 8.",
        12: "It is the other way round: 12 cells made nothing of y.",
        1: "There is a maximum in every window, not one in all of x.",
    }
    hint = "In each window, ask of every cell: if it grows by a tiny bit, does y change?"
    return predict("How many of the 16 cells of dx are not 0?", right, replies, hint)


def middle_of_four() -> Prediction:
    """Ask for dx of a cell that is the maximum of four overlapping windows."""
    right = int(_back(PEAK, np.array([[1, 10], [100, 1000]]), 2, 1)[1, 1])
    replies = {
        right: "All four windows chose the 9. If it grows by h, every one of the four results grows by h.",
        1000: "That is what the last window sends. The three before it have chosen the 9, too.",
        1: "That is what the first window sends. The others have chosen the 9, too.",
        277.75: "The four do not share one gradient, and nothing is averaged. Each sends its own.",
    }
    hint = "How many of the four windows hold the 9? What does each of them send back?"
    question = f"x is {PEAK.tolist()}, 2×2 windows, stride 1, dy = [[1, 10], [100, 1000]]. What is dx[1, 1]?"
    return predict(question, right, replies, hint)


def three_ties() -> Prediction:
    """Ask how much comes back when every tie takes the whole gradient."""
    replies = {
        18: "Three cells, 6 each. But L has only 6 to give: raise all four cells by h, and the maximum rises "
        "by h, and L by 6h.",
        6: "That is what should come back. But the mask holds three True, and each is multiplied by 6.",
        24: "The 3 is not the maximum: its mask is False.",
        2: "That would be one third of it, for one cell. The mask does not divide.",
    }
    hint = "Write the mask down: where does the window equal 7? Then multiply it by 6, and add up."
    question = (
        f"A window is {TIED.tolist()}, its dy is 6, and mask = (window == max). What do the four numbers of "
        "dx = mask · dy add up to?"
    )
    return predict(question, 6 * int((TIED.max() == TIED).sum()), replies, hint)


def leftovers() -> Prediction:
    """Ask how many cells have a gradient of 0 for sure, whatever x is, since no window reads them."""
    read = 2 * (ROWS // 2)
    right = ROWS**2 - read**2
    replies = {
        right: "Rows and columns 0 to 5 are read, 36 cells. The last row and the last column, 7 + 7 − 1 "
        "cells, are read by no window.",
        2 * ROWS: "Nearly: the corner belongs to the last row and to the last column. Count it once.",
        0: "2 does not divide 7. Where would the fourth window end?",
        read**2: "That many are read.",
        ROWS**2 - 9: "So many of them are 0 in the end (nine windows, nine winners). But which ones, depends "
        "on x. How many are 0 for sure?",
    }
    hint = "How many windows fit in a row? Where does the last one end?"
    question = "x is 7×7, windows are 2×2, the stride is 2. How many cells of x does no window read?"
    return predict(question, right, replies, hint)


def shares() -> Prediction:
    """Ask for dx of average pooling."""
    replies = {
        2: "8 is shared equally by the four cells of the window, whatever their numbers.",
        8: "If one of the four grows by h, the mean grows by h/4 only.",
        4: "The window has 2·2 = 4 cells. How much of 8 is for each?",
        32: "A mean divides by 4; so does its way back.",
    }
    hint = "By how much does the mean of four numbers grow, when one of them grows by h?"
    question = "Average pooling, 2×2 windows, stride 2, dy[0, 0] = 8. What is dx[0, 0]?"
    return predict(question, 2, replies, hint)


# ---- Your turn: the way back of max pooling ----------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's way back: function(x, dy, size, stride) returns dx, as large as x."""
    return checker.check(pooling.EXERCISE, function)
