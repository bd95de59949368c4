"""The exercises of lesson 05: signs, halves, dead neurons and paths; gradients of a neuron and of a layer."""

from collections.abc import Callable
from typing import Any

from vizconv.engine.writing import format_number
from vizconv.examples.neurons import read_tensors, run
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import neuron
from vizconv.scenes import chain

# ---- Predict -----------------------------------------------------------------------------------------------


def derivative(graph: str, name: str, activation: str, **tensors: Any) -> float:
    """Return a derivative of C in one of the explorer's graphs, as the stage shows it; its first cell."""
    layers, loss = run(read_tensors(graph, tensors), activation)
    return float(chain(layers, loss).panel(f"d{name}").values.flat[0])


def sign_of_the_slope() -> Prediction:
    """Ask for the sign of ∂C/∂w of the first neuron."""
    replies = {
        "negative": "A larger w makes z larger, since a_prev is positive; that makes a larger; and a = 0.5 "
        "moves up to y = 1. So C falls when w grows: its slope over w is negative.",
        "positive": "Then C would grow with w. Go step by step: what does a larger w do to z, that to a, and "
        "that to the distance from y?",
        "0": "Then C would not move when w does. But z does, and σ is not flat at z = 0.",
    }
    question = "w = 2, a_prev = 3, b = −6 and y = 1, so that z = 0 and a = 0.5. Which sign has ∂C/∂w?"
    return predict(question, "negative", replies)


def half_the_difference() -> Prediction:
    """Ask what becomes of ∂C/∂w when a − y is halved."""
    right = derivative("one neuron", "w", "sigmoid", y=0.75)
    replies = {
        derivative("one neuron", "w", "sigmoid"): "The factor a − y has changed, from −0.5 to −0.25.",
        right / 2: "C itself has become a quarter. Its slope 2 (a − y) has become a half.",
        4 * right: "The other way round: a − y is smaller now, so the slope is, too.",
        right: "Only one factor of the product has changed. It is halved, and so is the product, while C "
        "itself has become a quarter.",
    }
    hint = "∂C/∂w = a_prev · σ′(z) · 2 (a − y). Which of the factors have changed?"
    question = "∂C/∂w is −0.75 for y = 1. Now y moves to 0.75, which halves a − y. What is ∂C/∂w then?"
    return predict(question, right, replies, hint)


def below_zero() -> Prediction:
    """Ask for ∂C/∂w of a ReLU neuron with z below 0."""
    replies = {
        -6: "That would be 3 · 1 · 2 (0 − 1), with a slope of 1. But z is below 0.",
        -2: "That is ∂C/∂a. What is the slope of a ReLU at z = −2?",
        0: "A ReLU is flat below 0: whatever w does to z, a stays 0, and C stays 1. The other factors may be "
        "as large as they like, one 0 among them is enough.",
    }
    hint = "Move w a little in thought: z moves, from −2 to a bit more or less. What does a do?"
    question = "The activation is a ReLU, w = 2, a_prev = 3, b = −8 and y = 1, so that z = −2. What is ∂C/∂w?"
    return predict(question, derivative("one neuron", "w", "ReLU", b=-8), replies, hint)


def two_paths() -> Prediction:
    """Ask for the sum over two paths."""
    upper, lower = 4 * 4 * 2, 4 * -1 * 3
    right = derivative("two side by side", "a0", "ReLU")
    replies = {
        upper: f"That is the upper path. The lower one is there, too: 4 · (−1) · 3 = {format_number(lower)}.",
        lower: f"That is the lower path. The upper one is there, too: 4 · 4 · 2 = {format_number(upper)}.",
        upper - lower: "Keep the sign of the lower path: its weight is −1.",
        upper * lower: "Along a path slopes are multiplied. Paths are added.",
        60: "That is 4 · (4 − 1) · (2 + 3): it also counts 4 · 3 and −1 · 2, but no path goes from one "
        "neuron's weight over to the other's.",
        right: f"The upper path brings {format_number(upper)}, the lower one {format_number(lower)}, and the "
        "two are added.",
    }
    hint = "Multiply along each path: ∂C/∂z₂, the weight into z₂, the ReLU's slope 1, the weight after a₀."
    question = "Both ReLUs are open, so their slopes are 1, and ∂C/∂z₂ = 4. What is ∂C/∂a₀?"
    return predict(question, right, replies, hint)


# ---- Your turn ---------------------------------------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's gradients of one neuron: function(w, b, a_prev, y) returns three numbers."""
    return checker.check(neuron.NEURON, function)


def check_layer(function: Callable) -> Verdict:
    """Check a learner's way back through a layer: function(w, b, a_prev, da) returns ∂C/∂a_prev."""
    return checker.check(neuron.LAYER, function)
