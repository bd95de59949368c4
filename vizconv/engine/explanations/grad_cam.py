"""Grad-CAM: which of a layer's maps speak for a class, and where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers
from vizconv.engine.explanations.question import Of, answers, run, score_gradient
from vizconv.engine.networks import Network
from vizconv.engine.operations import relu
from vizconv.engine.records import Record, Trace


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GradCam(Record):
    """What `grad_cam` found, step by step.

    x (C, H, W); activations A and gradients dA of the layer, (K, h, w); weights α (K), the mean of each map's
    gradients; signed Σ_k α_k A_k, (h, w); map: its positive part; upsampled: the map in the image's size
    (H, W), bilinear; answer: what all this is the gradient of. Nothing is normalised.
    """

    x: np.ndarray
    answer: float
    activations: np.ndarray
    gradients: np.ndarray
    weights: np.ndarray
    signed: np.ndarray
    map: np.ndarray
    upsampled: np.ndarray

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left after the ReLU: no place of the layer speaks for the class."""
        return not self.map.any()


def grad_cam(network: Network, image: ArrayLike, target: int, layer: str, of: Of = "score") -> GradCam:
    """Weigh a layer's maps by how much they raise one class: ReLU(Σ_k α_k A_k), α_k the mean of dS/dA_k.

    image (C, H, W) or grey (H, W), layer: the name of one that makes maps. The gradient is that of the score
    or of the probability, whose gradients fade where it is near 1. Raises ValueError when the image does not
    fit or the class is not there, KeyError for another layer's name, TypeError for what is no name, and
    ValueError for a layer without maps.
    Selvaraju et al., "Grad-CAM: visual explanations from deep networks", 2017.
    """
    network, trace = run(network, image)
    answer = answers(trace.y, target, of)
    activations = _maps(trace, layer)
    gradients = network.backward(trace, score_gradient(trace.y, target, of))[layer].dy[0]
    weights = gradients.mean(axis=(1, 2))
    signed = np.tensordot(weights, activations, axes=1)
    positive = relu(signed[None, None]).y[0, 0]
    x = next(iter(trace.values())).x[0]
    return GradCam(
        x=x,
        answer=float(answer[0]),
        activations=activations,
        gradients=gradients,
        weights=weights,
        signed=signed,
        map=positive,
        upsampled=upsample(positive, x.shape[1:]),
    )


def _maps(trace: Trace, layer: str) -> np.ndarray:
    if not isinstance(layer, str):
        raise TypeError(f"layer is {layer!r}; the name of a layer is expected")
    activations = trace[layer].y
    if activations.ndim != 4:
        fitting = ", ".join(name for name, record in trace.items() if record.y.ndim == 4)
        expected = f"one of {fitting} is expected" if fitting else "this network has none"
        raise ValueError(f"layer {layer!r} makes rows of numbers, not maps; {expected}")
    return activations[0]


def upsample(small: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Stretch a map (h, w) to a shape (H, W), bilinear between the middles of its cells.

    As PyTorch's `interpolate(mode="bilinear", align_corners=False)` does. Raises ValueError for no map.
    """
    small = numbers(small, "small", 2)
    down, along = (_between(old, new) for old, new in zip(small.shape, shape, strict=True))
    return down @ small @ along.T


def _between(old: int, new: int) -> np.ndarray:
    """Return the share of each old cell in each new one, (new, old)."""
    at = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    first = np.minimum(at.astype(int), old - 1)
    second, rest = np.minimum(first + 1, old - 1), at - first
    shares, rows = np.zeros((new, old)), np.arange(new)
    np.add.at(shares, (rows, first), 1 - rest)
    np.add.at(shares, (rows, second), rest)
    return shares
