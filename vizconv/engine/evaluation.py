"""A network on images with labels: read them, run it forward and backward, measure how well it knows them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from vizconv.engine.arrays import batch_first, batch_last, numbers
from vizconv.engine.networks import Network
from vizconv.engine.operations import cross_entropy, cross_entropy_backward
from vizconv.engine.operations.loss import CrossEntropyRecord, class_labels
from vizconv.engine.records import Trace

CHUNK = 500  # images at a time, so that a whole test set needs no more memory than a large batch


@dataclass(frozen=True)
class Run:
    """A network's run on a batch: forward, the loss at its end, and backward from there."""

    forward: Trace
    loss: CrossEntropyRecord
    backward: Trace

    @property
    def right(self) -> int:
        """How many images have their largest score at their label."""
        return _count_right(self.forward.y, self.loss.labels)


@dataclass(frozen=True)
class Evaluation:
    """How well a network knows some images: mean cross-entropy, share right, and how many images."""

    loss: float
    accuracy: float
    count: int


def as_batch(images: ArrayLike, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Read images as a batch (N, C, H, W) of floats of this type.

    uint8 images (N, H, W) or (N, C, H, W) are scaled from 0…255 to 0…1; floats keep their scale; (N, H, W)
    gains a channel. Raises ValueError for other shapes, no images and NaN, TypeError for other numbers.
    """
    batch = _read_images(images)
    batch = batch[:, None] if batch.ndim == 3 else batch
    in_memory = np.ascontiguousarray(batch_last(batch))
    if batch.dtype == np.uint8:
        return batch_first(in_memory / np.dtype(dtype).type(255))
    return batch_first(in_memory.astype(dtype, copy=False))


def forward_and_backward(
    network: Network, images: ArrayLike, labels: ArrayLike, input_gradient: bool = True
) -> Run:
    """Run a network up to its scores, measure the cross-entropy with labels, and run it backward from there.

    Shapes as in `fit`. Without `input_gradient`, the gradient of the images is not computed.
    """
    network = network.scoring
    forward = network.forward(as_batch(images, network.dtype))
    loss = cross_entropy(forward.y, labels)
    return Run(forward, loss, network.backward(forward, cross_entropy_backward(loss).dx, input_gradient))


def evaluate(network: Network, images: ArrayLike, labels: ArrayLike) -> Evaluation:
    """Measure a network on images and their labels (shapes as in `fit`).

    Raises ValueError or TypeError for what does not fit the network or each other.
    """
    network = network.scoring
    images, labels = read_data(network, images, labels)
    loss, right = 0.0, 0
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        scores = network.forward(as_batch(images[part], network.dtype)).y
        loss += float(cross_entropy(scores, labels[part]).losses.sum())
        right += _count_right(scores, labels[part])
    return Evaluation(loss / len(images), right / len(images), len(images))


def read_data(network: Network, images: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Check that images fit the network, and labels fit both; return them as arrays."""
    images = _read_images(images)
    scores = network.forward(as_batch(images[:1], network.dtype)).y
    return images, class_labels(labels, len(images), scores.shape[1])


def _read_images(images) -> np.ndarray:
    images = images if getattr(images, "dtype", None) == np.uint8 else numbers(images, "images")
    if images.dtype.kind not in "uf":
        raise TypeError(f"images holds {images.dtype} values; uint8 pixels (0…255) or floats are expected")
    if images.ndim not in (3, 4):
        raise ValueError(f"images has shape {images.shape}; (N, H, W) or (N, C, H, W) is expected")
    if images.size == 0:
        raise ValueError(f"images has shape {images.shape}; at least one image is expected")
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise ValueError("images holds NaN or infinite numbers; finite ones are expected")
    return images


def _count_right(scores, labels) -> int:
    return int((scores.argmax(axis=1) == labels).sum())
