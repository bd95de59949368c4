"""From scores to probabilities to one number to make small."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import NotANumber, floats, numbers, own, require_shape
from vizconv.engine.records import Gradients, Record, gradient_of


@dataclass(frozen=True, eq=False, repr=False)
class SoftmaxRecord(Record):
    """What `softmax` did: x, shifted = x - max x, exponentials = exp(shifted) and y, all (N, K)."""

    x: np.ndarray
    shifted: np.ndarray
    exponentials: np.ndarray
    y: np.ndarray

    @property
    def jacobian(self) -> np.ndarray:
        """Every ∂y_i/∂x_j = y_i (δ_ij - y_j) of every row, (N, K, K)."""
        one = np.eye(self.y.shape[1], dtype=self.y.dtype)
        return self.y[:, :, None] * (one - self.y[:, None, :])

    @property
    def surprise(self) -> np.ndarray:
        """The -log y of every class, (N, K), finite where y itself has become 0."""
        return _surprise(self.shifted, self.exponentials)


def softmax(x: ArrayLike) -> SoftmaxRecord:
    """Turn each row of scores into probabilities: y_i = exp(x_i) / Σ_j exp(x_j).

    x (N, K). The row's maximum is subtracted first, which changes no result and keeps exp finite.
    Raises ValueError where that maximum is NaN or infinite (PyTorch answers NaN); a score of -∞ beside
    others has the probability 0.
    """
    x = numbers(x, "x", 2)
    top = x.max(axis=1, keepdims=True)
    if not np.isfinite(top).all():
        row = int(np.argmin(np.isfinite(top)))
        raise NotANumber(f"the largest score in row {row} of x is {top[row, 0]}; a finite number is expected")
    shifted = x - top if x.dtype.kind == "f" else _below(top, x)
    exponentials = np.exp(shifted)
    y = exponentials / exponentials.sum(axis=1, keepdims=True)
    return SoftmaxRecord(own(x), shifted, exponentials, y)


def _below(top: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return x - top of whole numbers, exactly, although it may be twice as far as int64 reaches."""
    return 0.0 - (top - x).view(np.uint64)


def _surprise(shifted: np.ndarray, exponentials: np.ndarray) -> np.ndarray:
    return np.log(exponentials.sum(axis=1, keepdims=True)) - shifted


def softmax_backward(record: SoftmaxRecord, dy: ArrayLike) -> Gradients:
    """Apply the Jacobian y_i (δ_ij - y_j) to dy: dx = y ⊙ (dy - Σ_j dy_j y_j), row by row."""
    dy = gradient_of(record, SoftmaxRecord, softmax, dy)
    return Gradients(dy, record.y * (dy - (dy * record.y).sum(axis=1, keepdims=True)))


@dataclass(frozen=True, eq=False, repr=False)
class LogSoftmaxRecord(Record):
    """What `log_softmax` did: x, probabilities = softmax(x) and y, their logarithms, all (N, K)."""

    x: np.ndarray
    probabilities: np.ndarray
    y: np.ndarray


def log_softmax(x: ArrayLike) -> LogSoftmaxRecord:
    """Turn each row of scores into the logarithms of probabilities: y_i = x_i - log Σ_j exp(x_j).

    x (N, K). Finite where a probability itself has become 0. Raises ValueError as `softmax`.
    """
    made = softmax(x)
    return LogSoftmaxRecord(made.x, made.y, -made.surprise)


def log_softmax_backward(record: LogSoftmaxRecord, dy: ArrayLike) -> Gradients:
    """Take from every dy the row's sum, weighed by the probability: dx = dy - softmax(x) Σ_j dy_j."""
    dy = gradient_of(record, LogSoftmaxRecord, log_softmax, dy)
    return Gradients(dy, dy - record.probabilities * dy.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CrossEntropyRecord(Record):
    """What `cross_entropy` did.

    x (N, K) scores, labels (N), shifted = x - max x, exponentials = exp(shifted) and probabilities, all
    (N, K), losses (N), y: their mean, of shape ().
    """

    x: np.ndarray
    labels: np.ndarray
    shifted: np.ndarray
    exponentials: np.ndarray
    probabilities: np.ndarray
    losses: np.ndarray
    y: np.ndarray

    @property
    def surprise(self) -> np.ndarray:
        """The -log p of every class, (N, K), finite where p itself has become 0."""
        return _surprise(self.shifted, self.exponentials)


def cross_entropy(x: ArrayLike, labels: ArrayLike) -> CrossEntropyRecord:
    """Measure how little the softmax of the scores expects the labels: y = mean of -log p_label.

    x (N, K) scores, labels (N) whole numbers from 0 to K - 1. Raises ValueError for labels out of
    range or of another count and for rows without a finite maximum, TypeError for labels that are not
    whole numbers.
    """
    probable = softmax(x)
    labels = class_labels(labels, *probable.y.shape)
    rows = np.arange(len(labels))
    losses = probable.surprise[rows, labels]
    return CrossEntropyRecord(
        x=probable.x,
        labels=labels,
        shifted=probable.shifted,
        exponentials=probable.exponentials,
        probabilities=probable.y,
        losses=losses,
        y=np.asarray(losses.mean()),
    )


def cross_entropy_backward(record: CrossEntropyRecord, dy: ArrayLike = 1.0) -> Gradients:
    """Find the gradient of the scores: dx = (p - onehot(label)) / N, times dy (one number)."""
    dy = gradient_of(record, CrossEntropyRecord, cross_entropy, dy)
    dx = record.probabilities.copy()
    dx[np.arange(len(dx)), record.labels] -= 1
    dx *= dy / len(dx)
    return Gradients(dy, dx)


def class_labels(labels: ArrayLike, count: int, classes: int) -> np.ndarray:
    """Read `count` labels, whole numbers from 0 to `classes` - 1."""
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels hold {labels.dtype} values; whole numbers are expected")
    require_shape(labels, "labels", (count,), "one label an image")
    if labels.min() < 0 or labels.max() >= classes:
        wrong = labels[(labels < 0) | (labels >= classes)][0]
        raise ValueError(f"labels hold {wrong}; 0 to {classes - 1} are expected for {classes} scores")
    return own(labels)


@dataclass(frozen=True, eq=False, repr=False)
class MseRecord(Record):
    """What `mse` did: x, target and differences = x - target, of one shape, and y of shape ()."""

    x: np.ndarray
    target: np.ndarray
    differences: np.ndarray
    y: np.ndarray


def mse(x: ArrayLike, target: ArrayLike) -> MseRecord:
    """Measure how far x is from a target of its shape: the mean of (x - target)² over all numbers.

    Raises ValueError when the shapes differ.
    """
    x, target = numbers(x, "x"), numbers(target, "target")
    require_shape(target, "target", x.shape, "the shape of x")
    differences = floats(x) - floats(target)
    return MseRecord(own(x), own(target), differences, np.asarray((differences * differences).mean()))


def mse_backward(record: MseRecord, dy: ArrayLike = 1.0) -> Gradients:
    """Find the gradient of x: dx = 2 (x - target) / n, times dy (one number)."""
    dy = gradient_of(record, MseRecord, mse, dy)
    return Gradients(dy, record.differences * (2 * dy / record.differences.size))
