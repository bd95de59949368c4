"""What is asked of a network: how much it says for one class, and how that changes with its scores.

All is computed in float64: ties and kinks that float32 breaks by chance would move a whole map.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers
from vizconv.engine.evaluation import as_batch
from vizconv.engine.geometry import whole
from vizconv.engine.networks import Network, require_network
from vizconv.engine.operations import softmax, softmax_backward
from vizconv.engine.records import Trace

Of = Literal["score", "probability"]


def precise(network: Network) -> Network:
    """Return the network up to its scores, in float64; raise TypeError for what is none."""
    require_network(network)
    return network.scoring.precise


def read_image(image: ArrayLike) -> np.ndarray:
    """Read one image, (C, H, W), (1, C, H, W) or grey (H, W), as a batch of one in float64.

    uint8 pixels are scaled from 0…255 to 0…1. Raises ValueError for another shape, several images and NaN,
    TypeError for other whole numbers, whose scale nobody knows.
    """
    image = np.asarray(image)
    image = image if image.dtype == np.uint8 else numbers(image, "image")
    if image.ndim not in (2, 3, 4) or (image.ndim == 4 and len(image) != 1):
        raise ValueError(f"image has shape {image.shape}; one image, (C, H, W) or (H, W), is expected")
    return as_batch(image.reshape((1,) * (4 - image.ndim) + image.shape), np.float64)


def run(network: Network, image: ArrayLike) -> tuple[Network, Trace]:
    """Run a network on one image, in float64.

    Raises ValueError when the image does not fit, or the network does not end with a row of scores.
    """
    network = precise(network)
    trace = network.forward(read_image(image))
    require_scores(trace)
    return network, trace


def require_scores(trace: Trace) -> None:
    """Raise ValueError unless a network's run ends with one row of scores an image."""
    if trace.y.ndim != 2:
        raise ValueError(
            f"the network ends with shape {trace.y.shape}; a row of scores is expected at its end"
        )


def answers(scores: np.ndarray, target: int, of: Of) -> np.ndarray:
    """Return the score or the probability of one class, for each row of scores (N, K).

    Raises ValueError for a class that is not there, or anything but "score" and "probability".
    """
    require_class(target, scores)
    if not isinstance(of, str) or of not in ("score", "probability"):
        raise ValueError(f"of is {of!r}; 'score' or 'probability' is expected")
    return (scores if of == "score" else softmax(scores).y)[:, target]


def score_gradient(scores: np.ndarray, target: int, of: Of) -> np.ndarray:
    """Return the gradient of `answers` by the scores: 1 for the class, or p_t (1[i = t] - p_i)."""
    one = np.zeros_like(scores)
    one[:, target] = 1
    return one if of == "score" else softmax_backward(softmax(scores), one).dx


def require_class(target: int, scores: np.ndarray, name: str = "target") -> None:
    """Raise ValueError unless a class has a score."""
    classes = scores.shape[1]
    if not 0 <= whole(target, name, 0) < classes:
        raise ValueError(f"{name} is {target}; 0 to {classes - 1} is expected for {classes} scores")
