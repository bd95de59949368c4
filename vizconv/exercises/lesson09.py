"""The exercises of lesson 09: what softmax does to scores, what their gradient is, and two ways backward."""

import math
from collections.abc import Callable

import numpy as np

from vizconv.engine import cross_entropy as cross_entropy_of
from vizconv.engine import cross_entropy_backward, softmax
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import loss_gradient
from vizconv.exercises.to_write import softmax as softmax_exercise

SCORES = np.log([1, 2, 5])
LABEL = 1


# ---- Predict -----------------------------------------------------------------------------------------------


def first_probability() -> Prediction:
    """Ask for the probability of the middle one of three scores ln 1, ln 2, ln 5."""
    right = float(softmax(SCORES[None]).y[0, LABEL])
    replies = {
        2: "exp(ln 2) = 2. Now divide it by the sum of all three.",
        0.4: "2/5 compares with the largest. Divide by the sum of all three: 1 + 2 + 5.",
        1 / 3: "That would be all three alike.",
        right: "exp gives 1, 2 and 5; their sum is 8, and 2/8 = 0.25.",
    }
    hint = "exp(ln 2) is 2. Do that to all three scores, then divide by the sum."
    return predict("The scores are ln 1, ln 2 and ln 5. Which probability has ln 2?", right, replies, hint)


def hundred_more() -> Prediction:
    """Ask what adding 100 to all scores does to the probabilities."""
    replies = {
        "nothing": "Every exp is multiplied by the same e^100, the sum as well; in the quotient it cancels.",
        "the largest becomes nearly 1": "Multiplying the scores by 100 would do that. Adding multiplies each "
        "exp by e^100, and the sum as well.",
        "they become more alike": "The differences of the scores stay as they are, and only those count.",
        "they add up to more than 1": "Softmax divides by the sum, so that they always add up to 1.",
    }
    question = "100 is added to all three scores. What happens to the probabilities?"
    return predict(question, "nothing", replies)


def uniform_guess() -> Prediction:
    """Ask for the loss of ten equal probabilities."""
    right = math.log(10)
    exact = "−log(1/10) = ln 10 = 2.30. A loss above that is worse than not looking at the picture."
    replies = {
        0.1: "That is the probability. The loss is −log of it, the natural logarithm.",
        1: "That is the logarithm to base 10. Here log is the natural one.",
        -2.3: "The sign: the logarithm of 1/10 is negative, and the loss is minus that.",
        right: exact,
        0: "0 is the loss of somebody who is certain and right.",
    }
    hint = "The loss is −log p, with the natural logarithm and the p of the right class."
    question = "Ten classes, all scores alike. What is the loss, whichever class is right?"
    return predict(question, right, replies, hint)


def of_another_score() -> Prediction:
    """Ask for an entry of the Jacobian off the diagonal."""
    replies = {
        -0.1: "J[0,1] = p[0]·(0 − p[1]) = −0.2 · 0.5: what one class gains, the others lose.",
        0.1: "The size is right. But when another score rises, does p[0] rise?",
        0.16: "That is J[0,0] = 0.2 · (1 − 0.2), how p[0] changes with its own score.",
        0.25: "That is J[1,1] = 0.5 · (1 − 0.5), how p[1] changes with its own score.",
        0: "All probabilities share one sum. When z[1] rises, the sum does.",
        -0.5: "The factor p[0] is missing.",
        0.2: "That is p[0] itself.",
    }
    hint = "J[i,j] = p[i]·(δ[i,j] − p[j]), and δ[0,1] is 0."
    return predict("p[0] is 0.2 and p[1] is 0.5. What is ∂p[0]/∂z[1]?", -0.1, replies, hint)


def of_the_right_score() -> Prediction:
    """Ask for the gradient of the right class's score when its probability is 0.25."""
    right = float(cross_entropy_backward(cross_entropy_of(SCORES[None], [LABEL])).dx[0, LABEL])
    replies = {
        0.75: "The size is right. But a higher score of the right class lowers the loss.",
        0.25: "That is p. The right class has y = 1, which has to be subtracted.",
        -0.25: "p − y: what is y for the right class?",
        -4: "That is dp = −1/p. It still has to go back through softmax.",
        0.1875: "That is p(1 − p), the diagonal of the Jacobian. Multiply it with dp = −4.",
        right: "−4 · 0.25 · 0.75 = −0.75, which is p − 1. The division by p has cancelled.",
    }
    hint = "Multiply dp = −1/p with J[1,1] = p(1 − p)."
    return predict("The right class has p = 0.25. What is the gradient of its score?", right, replies, hint)


def slope_of_accuracy() -> Prediction:
    """Ask for the gradient of the accuracy."""
    replies = {
        "0": "A small nudge changes no winner, and so the accuracy stays as it is. Only where two scores are "
        "equal does it jump.",
        "1/N": "An image more would be 1/N. But a nudge by a millionth does not make one more right.",
        "p − y": "That is the gradient of the loss. How much does the share of right images change when a "
        "score moves by a millionth?",
        "negative": "A larger score of the right class can only help. But does a millionth help?",
    }
    question = "The score of a wrong image's label rises by a millionth. How steep is the accuracy there?"
    return predict(question, "0", replies)


# ---- Your turn ---------------------------------------------------------------------------------------------


def check_softmax_backward(function: Callable) -> Verdict:
    """Check a learner's way back through softmax: function(p, dp) returns dz, for one image."""
    return checker.check(softmax_exercise.EXERCISE, function)


def check(function: Callable) -> Verdict:
    """Check a learner's gradient of a batch's mean loss: function(z, labels) returns dz."""
    return checker.check(loss_gradient.EXERCISE, function)
