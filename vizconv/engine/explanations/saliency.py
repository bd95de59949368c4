"""Saliency: how what the network says changes with every pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.explanations.question import Of, answers, run, score_gradient
from vizconv.engine.networks import Network
from vizconv.engine.records import Record


@dataclass(frozen=True, eq=False, repr=False)
class Saliency(Record):
    """What `saliency` found: x and gradient (C, H, W), and the answer that it is the gradient of."""

    x: np.ndarray
    answer: float
    gradient: np.ndarray

    @property
    def magnitude(self) -> np.ndarray:
        """The largest |gradient| of each pixel's channels, (H, W): how much it matters, not which way."""
        return np.abs(self.gradient).max(axis=0)

    @property
    def times_input(self) -> np.ndarray:
        """Gradient × input, (C, H, W): what each pixel would lose with its ink, by the slope at hand."""
        return self.gradient * self.x


def saliency(network: Network, image: ArrayLike, target: int, of: Of = "score") -> Saliency:
    """Find dS/dx: the gradient of one class's score, or of its probability, by every pixel.

    image (C, H, W) or grey (H, W). Raises ValueError when the image does not fit the network or the class is
    not there. Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks", 2014.
    """
    network, trace = run(network, image)
    answer = answers(trace.y, target, of)
    gradients = network.backward(trace, score_gradient(trace.y, target, of))
    x = next(iter(trace.values())).x[0]
    return Saliency(x, float(answer[0]), np.asarray(gradients.dx)[0])
