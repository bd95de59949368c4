"""Training: batches in a random order, one optimizer step for each, and a report of how it goes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vizconv.engine.arrays import batch_first, numbers, require_shape
from vizconv.engine.geometry import whole
from vizconv.engine.networks import Network, parameter_gradients
from vizconv.engine.operations import cross_entropy, cross_entropy_backward
from vizconv.engine.optimizers import Optimizer

CHUNK = 500


@dataclass(frozen=True)
class Progress:
    """Where training stands: the network so far, the epoch (from 1) and the steps done in all."""

    network: Network
    epoch: int
    step: int
    loss: float

    def __repr__(self):
        return f"{type(self).__name__}(epoch {self.epoch}, step {self.step})"


@dataclass(frozen=True, repr=False)
class BatchProgress(Progress):
    """After one batch; `loss` is that batch's, before its step, and `accuracy` its share right."""

    accuracy: float


@dataclass(frozen=True, repr=False)
class EpochProgress(Progress):
    """After one epoch; `loss` and `accuracy` are the means over its batches.

    `validation` is the Evaluation of the validation digits, or None without them.
    """

    accuracy: float
    validation: "Evaluation | None"


@dataclass(frozen=True)
class Evaluation:
    """How well a network knows some images: mean cross-entropy, share right, and how many images."""

    loss: float
    accuracy: float
    count: int


def as_batch(images) -> np.ndarray:
    """Read images as a float batch (N, C, H, W).

    uint8 images (N, H, W) or (N, C, H, W) are scaled from 0…255 to float32 0…1; floats stay as they
    are, (N, H, W) gains a channel. Raises ValueError for other shapes and for NaN.
    """
    images = np.asarray(images)
    pixels = images.dtype == np.uint8
    batch = numbers(images, "images", (3, 4)) if not pixels else images
    if batch.ndim not in (3, 4):
        raise ValueError(f"images has shape {batch.shape}; (N, H, W) or (N, C, H, W) is expected")
    batch = batch[:, None] if batch.ndim == 3 else batch
    in_memory = np.ascontiguousarray(np.moveaxis(batch, 0, -1))
    return batch_first(in_memory / np.float32(255) if pixels else in_memory)


def fit(
    network: Network,
    images,
    labels,
    *,
    epochs: int,
    batch_size: int,
    optimizer: Optimizer,
    seed: int,
    validation=None,
) -> Iterator[Progress]:
    """Train with cross-entropy and yield a BatchProgress a batch and an EpochProgress an epoch.

    images (N, H, W) uint8, scaled to 0…1, or float (N, C, H, W); labels (N) whole numbers;
    `validation` is another (images, labels) pair. Each record holds the network so far, so that you
    may stop at any time and keep it; the network that came in stays as it was. The same seed gives
    the same numbers on one machine. Raises ValueError or TypeError before the first step.
    """
    epochs, batch_size = whole(epochs, "epochs", 1), whole(batch_size, "batch_size", 1)
    images, labels = np.asarray(images), np.asarray(labels)
    require_shape(labels, "labels", (len(images),), "one label an image")
    as_batch(images[:1])
    return _epochs(network, images, labels, epochs, batch_size, optimizer, seed, validation)


def _epochs(network, images, labels, epochs, batch_size, optimizer, seed, validation):
    generator = np.random.default_rng(seed)
    state, step = optimizer.start(network.parameters), 0
    for epoch in range(1, epochs + 1):
        totals = np.zeros(2)
        order = generator.permutation(len(images))
        for start in range(0, len(order), batch_size):
            chosen = np.sort(order[start : start + batch_size])
            network, state, loss, accuracy = train_step(
                network, as_batch(images[chosen]), labels[chosen], optimizer, state
            )
            totals += np.array([loss, accuracy]) * len(chosen)
            step += 1
            yield BatchProgress(network, epoch, step, loss, accuracy)
        measured = None if validation is None else evaluate(network, *validation)
        loss, accuracy = (totals / len(order)).tolist()
        yield EpochProgress(network, epoch, step, loss, accuracy, measured)


def train_step(network: Network, batch, labels, optimizer: Optimizer, state):
    """Take one step downhill; return the new network and state, the batch's loss and its accuracy."""
    trace = network.forward(batch)
    measured = cross_entropy(trace.y, labels)
    gradients = network.backward(trace, cross_entropy_backward(measured).dx, input_gradient=False)
    parameters, state = optimizer.step(network.parameters, parameter_gradients(gradients), state)
    accuracy = float((trace.y.argmax(axis=1) == labels).mean())
    return network.with_parameters(parameters), state, float(measured.y), accuracy


def evaluate(network: Network, images, labels) -> Evaluation:
    """Measure a network on images and their labels (shapes as in `fit`)."""
    labels = np.asarray(labels)
    require_shape(labels, "labels", (len(images),), "one label an image")
    loss, right = 0.0, 0
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        scores = network.forward(as_batch(images[part])).y
        loss += float(cross_entropy(scores, labels[part]).losses.sum())
        right += int((scores.argmax(axis=1) == labels[part]).sum())
    return Evaluation(loss / len(images), right / len(images), len(images))
