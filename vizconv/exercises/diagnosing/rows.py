"""The ways back of linear, ReLU and softmax with cross-entropy, to be diagnosed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vizconv.engine import cross_entropy, linear, linear_backward, relu, relu_backward
from vizconv.exercises.diagnosing.subject import Part, Subject, Trial, trial
from vizconv.exercises.diagnosing.sums import product_scene, sum_scene
from vizconv.exercises.exercise import entries
from vizconv.exercises.mistakes import Mistakes, common, cut_off, instead, only, returned_early, signs, then
from vizconv.exercises.to_write import loss_gradient
from vizconv.scenes import linear as linear_scene
from vizconv.scenes import relu_gate

# ---- linear ------------------------------------------------------------------------------------------------


def _linear_trials():
    generator = np.random.default_rng(16)
    for images, inputs, outputs in ((1, 3, 2), (1, 3, 3), (1, 1, 4), (3, 4, 2), (2, 2, 2), (4, 5, 3)):
        record = linear(
            entries(generator, (images, inputs)) / 1.0,
            entries(generator, (outputs, inputs)) / 2,
            entries(generator, (outputs,)) / 1.0,
        )
        yield trial(record, entries(generator, record.y.shape) / 4)


def _right(gradient: str) -> Callable:
    return lambda record, dy: getattr(linear_backward(record, dy), gradient)


def _square(make: Callable) -> Callable:
    def made(record, dy):
        if len(set(record.weight.shape)) > 1:
            raise ValueError("this mistake fits a square weight only")
        return make(record, dy)

    return made


def _of_images(right: Callable, what: str) -> Mistakes:
    return {
        f"Your {what} is the mean over the images; it is their sum. (A mean, if one is wanted, is already in "
        "dy.)": lambda record, dy: right(record, dy) / len(dy),
        "Only the first image counts: the same weights met every image.": instead(right, dy=only(0)),
        "Only the last image counts: each one overwrites the one before. Add them up, `+=`.": instead(
            right, dy=only(-1)
        ),
    }


LINEAR = {
    "dx": {
        "Your weights are transposed: dx_i = Σ_k dy_k·w[k, i].": _square(
            lambda record, dy: dy @ record.weight.T
        ),
        "Only the first output's share is there: every output has read x, so dx adds up over them.": instead(
            _right("dx"), dy=only(np.s_[:, 0])
        ),
        "Only the last output's share is there: each overwrites the one before. Add them up, `+=`.": instead(
            _right("dx"), dy=only(np.s_[:, -1])
        ),
        "Your dx is the mean over the outputs; it is their sum.": lambda record, dy: (
            _right("dx")(record, dy) / dy.shape[1]
        ),
        "Your dx is divided by the number of images: every image has a dx of its own.": lambda record, dy: (
            _right("dx")(record, dy) / len(dy)
        ),
        "You added the bias: what is added has no part in dx.": lambda record, dy: (
            (dy + record.bias) @ record.weight
        ),
        "dy is missing: you added up the weights alone.": instead(_right("dx"), dy=np.ones_like),
        "You put y where dy belongs.": lambda record, dy: record.y @ record.weight,
        **common(_right("dx"), "dx", "ni"),
        **returned_early(_right("dx"), "image"),
    },
    "dweight": {
        "Your dw is transposed: dw[k, i] = Σ_n dy[n, k]·x[n, i].": _square(
            lambda record, dy: record.x.T @ dy
        ),
        **_of_images(_right("dweight"), "dw"),
        "dy is missing: you added up the numbers of x alone.": instead(_right("dweight"), dy=np.ones_like),
        "You put y where dy belongs.": lambda record, dy: record.y.T @ record.x,
        "You multiplied with the weights: dw[k, i] = Σ_n dy[n, k]·x[n, i].": lambda record, dy: (
            record.weight * (dy.T @ record.x)
        ),
        **common(_right("dweight"), "dw", "ki"),
        **returned_early(_right("dweight"), "output"),
    },
    "dbias": {
        **_of_images(_right("dbias"), "db"),
        "The sum over the images is missing: the same bias went into every one.": lambda record, dy: dy,
        "You added up everything: every output has a bias of its own.": lambda record, dy: np.broadcast_to(
            dy.sum(), dy.shape[1:]
        ),
        "You added up the outputs; it is the images that are summed over.": lambda record, dy: dy.sum(axis=1),
        "These are the images, counted: add up their dy.": instead(_right("dbias"), dy=np.ones_like),
        "You multiplied with the bias: db is dy, added up, whatever b is.": lambda record, dy: (
            record.bias * dy.sum(axis=0)
        ),
        "Your db is still 0 everywhere: add dy to it.": then(_right("dbias"), np.zeros_like),
        **signs(_right("dbias")),
        **cut_off(_right("dbias"), "db"),
    },
}


def _linear_part(tried: Trial, gradient: str, index: tuple[int, ...]) -> Part:
    if gradient == "dx":
        return Part(linear_scene(tried.record, tried.dy, index[0]), "dx", index[:1])
    if gradient == "dweight":
        return Part(product_scene(tried.dy, tried.record.x), "dw", ())
    return Part(sum_scene(tried.dy[:, index[0]]), "db", index)


# ---- ReLU --------------------------------------------------------------------------------------------------


def _relu_trials():
    generator = np.random.default_rng(17)
    yield trial(relu([[3.0, -1.0, 0.0, 2.0]]), [[5, 7, -4, -3]])
    for shape in ((2, 5), (1, 1, 3, 4), (2, 3, 2, 2)):
        x = generator.integers(-2, 3, shape) * 0.5
        yield trial(relu(x), entries(generator, shape) / 2)


def _right_of_relu(record: Any, dy: np.ndarray) -> np.ndarray:
    return relu_backward(record, dy).dx


RELU: Mistakes = {
    "At x = 0 you let dy through; here the slope of ReLU at 0 is 0: `x > 0`.": lambda record, dy: (
        dy * (record.x >= 0)
    ),
    "At x = 0 you let half of dy through; here the slope of ReLU at 0 is 0.": lambda record, dy: (
        dy * np.heaviside(record.x, 0.5)
    ),
    "Your gate asks dy: the gate is `x > 0`, and dy goes through it with its sign.": lambda record, dy: (
        dy * (dy > 0)
    ),
    "Your gate asks x and dy, as “guided” backpropagation: negative dy go through, too.": lambda record, dy: (
        dy * (dy > 0) * (record.x > 0)
    ),
    "Your gate lets through where x is negative; it is open where x > 0.": lambda record, dy: (
        dy * (record.x < 0)
    ),
    "Your gate lets through where x ≤ 0; it is open where x > 0.": lambda record, dy: dy * (record.x <= 0),
    "The gate is missing: where x was cut off, y does not depend on x, and dx is 0.": lambda record, dy: dy,
    "This is the gate itself: multiply it by dy.": lambda record, dy: (record.x > 0) * 1.0,
    "You multiplied dy by y; the slope of ReLU is 1 there, whatever x is.": lambda record, dy: dy * record.y,
    "You multiplied dy by x; the slope is 1 where x > 0, else 0.": lambda record, dy: dy * record.x,
    "This is y, the way forward. The way back is gate · dy.": lambda record, dy: record.y,
    "Your gate is −1 where x is negative, the slope of |x|; that of ReLU is 0 there.": lambda record, dy: (
        dy * np.sign(record.x)
    ),
    **signs(_right_of_relu),
    "Your dx is still 0 everywhere: it is gate · dy.": then(_right_of_relu, np.zeros_like),
    **cut_off(_right_of_relu, "dx"),
    "Only the first image has a gradient.": then(_right_of_relu, only(0)),
}


def _relu_part(tried: Trial, gradient: str, index: tuple[int, ...]) -> Part:
    leading = index[: 2 if len(index) == 4 else 1]
    return Part(relu_gate(tried.record, tried.dy, *leading), gradient, leading)


# ---- Softmax and cross-entropy -----------------------------------------------------------------------------


def _loss_trials():
    for case in loss_gradient.EXERCISE.cases:
        yield trial(cross_entropy(case["z"] / 1.0, case["labels"]))


def _of_scores(make: Callable) -> Callable:
    return lambda record, dy: make(record.x, record.labels)


def _loss_part(tried: Trial, *_) -> Part:
    return Part(loss_gradient.EXERCISE.scene(tried.record.x, tried.record.labels), "dz", ())


LINEAR_SUBJECT = Subject(
    gradients=("dx", "dweight", "dbias"), trials=tuple(_linear_trials()), mistakes=LINEAR, scene=_linear_part
)
RELU_SUBJECT = Subject(
    gradients=("dx",), trials=tuple(_relu_trials()), mistakes={"dx": RELU}, scene=_relu_part
)
LOSS_SUBJECT = Subject(
    gradients=("dx",),
    trials=tuple(_loss_trials()),
    mistakes={"dx": {said: _of_scores(make) for said, make in loss_gradient.MISTAKES.items()}},
    scene=_loss_part,
)
